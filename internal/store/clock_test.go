package store_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/record"
	"mynah/internal/store"
)

// noon is the initial time of the tests that set the clock.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// openAtNoon opens a store whose clock does not move, and returns it with a function that sets the
// clock.
func openAtNoon(t *testing.T, cfg store.Config) (*store.Store, func(time.Time)) {
	t.Helper()
	s := open(t, cfg)
	set := func(at time.Time) { s.SetClock(func() time.Time { return at }) }
	set(noon)
	return s, set
}

func TestAnAnswerIsKeptForADay(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]bool{
		time.Hour:                       false,
		24 * time.Hour:                  false,
		24*time.Hour + time.Millisecond: true,
		25 * time.Hour:                  true,
	} {
		s, set := openAtNoon(t, store.Config{})
		if _, _, _, err := s.BeginAnswer(t.Context(), "", "key", []byte("x")); err != nil {
			t.Fatal(err)
		}
		set(noon.Add(after))
		fresh, _, _, err := s.BeginAnswer(t.Context(), "", "key", []byte("x"))
		if fresh != want || err != nil {
			t.Errorf("after %s: fresh is %v, want %v; %v", after, fresh, want, err)
		}
	}
}

func TestAnswersBelongToATenantAndAKey(t *testing.T) {
	t.Parallel()
	s, _ := openAtNoon(t, store.Config{})
	for _, c := range []struct {
		tenant, key string
		fresh       bool
	}{{"a", "1", true}, {"a", "2", true}, {"b", "1", true}, {"a", "1", false}, {"b", "1", false}, {"b", "2", true}} {
		fresh, _, _, err := s.BeginAnswer(t.Context(), c.tenant, c.key, []byte("x"))
		if fresh != c.fresh || err != nil {
			t.Errorf("%s %s: fresh is %v, %v", c.tenant, c.key, fresh, err)
		}
	}
	if err := s.FinishAnswer(t.Context(), "a", "1", &record.Answer{Status: 202}); err != nil {
		t.Fatal(err)
	}
	if err := s.DropUnanswered(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fresh, _, a, err := s.BeginAnswer(t.Context(), "a", "1", []byte("x")); fresh || a == nil || a.Status != 202 ||
		err != nil {
		t.Errorf("an answered request: fresh is %v, %+v, %v", fresh, a, err)
	}
	if fresh, _, _, err := s.BeginAnswer(t.Context(), "a", "2", []byte("x")); !fresh || err != nil {
		t.Errorf("a dropped request: fresh is %v, %v", fresh, err)
	}
}

func TestUploadsAreForgottenByAge(t *testing.T) {
	t.Parallel()
	s, set := openAtNoon(t, store.Config{})
	for i, id := range []string{"a", "b", "c"} {
		set(noon.Add(time.Duration(i) * time.Millisecond))
		if err := s.AddUpload(t.Context(), "", id); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := s.TakeExpiredUploads(t.Context(), noon.Add(time.Millisecond))
	if err != nil || !slices.Equal(gone, []string{"a"}) {
		t.Errorf("forgotten: %v, %v", gone, err)
	}
	if err := s.AddUpload(t.Context(), "", "c"); err == nil {
		t.Error("an upload is granted twice")
	}
}

func TestALookAtABuildIsNotedOnceAnHour(t *testing.T) {
	t.Parallel()
	const most = time.Hour - time.Millisecond
	for _, c := range []struct {
		name          string
		state         record.State
		ended, polled time.Duration // before noon; polled 0 is never
		want          bool
	}{
		{"never looked at", record.Succeeded, 2 * time.Hour, 0, true},
		{"looked at long ago", record.Failed, 5 * time.Hour, 3 * time.Hour, true},
		{"looked at an hour ago", record.Succeeded, 5 * time.Hour, time.Hour, true},
		{"looked at less than an hour ago", record.Succeeded, 5 * time.Hour, most, false},
		{"ended an hour ago", record.Succeeded, time.Hour, 0, true},
		{"ended less than an hour ago", record.Succeeded, most, 0, false},
		{"still running", record.Running, 5 * time.Hour, 0, false},
		{"still waiting", record.Queued, 5 * time.Hour, 0, false},
	} {
		s, _ := openAtNoon(t, store.Config{})
		b := queued("01")
		b.State, b.Ended = c.state, noon.Add(-c.ended)
		if err := s.Create(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if c.polled > 0 {
			b.Polled = noon.Add(-c.polled)
		}
		if err := s.RecordPoll(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		got, err := s.Build(t.Context(), "01")
		if err != nil || got.Polled.Equal(noon) != c.want || !c.want && !got.Polled.IsZero() {
			t.Errorf("%s: the time of the poll is %s, want it updated: %v; %v", c.name, got.Polled, c.want, err)
		}
	}
}

// TestEventsTellWhatChanged checks that each kind of change causes one event with its time and the
// new values, and that an update without changes causes none.
func TestEventsTellWhatChanged(t *testing.T) {
	t.Parallel()
	s, set := openAtNoon(t, store.Config{})
	create(t, s, "01", "02")
	set(noon.Add(time.Second))
	for _, c := range []struct {
		name   string
		change func(*record.Build)
		want   []string // type and data of the events
	}{
		{"nothing", func(*record.Build) {}, nil},
		{"attempts", func(b *record.Build) { b.Lease.Lost++ }, nil},
		{
			"a phase", func(b *record.Build) { b.Phase = "speech" },
			[]string{`progress {"state":"queued","phase":"speech","percent":0,"message":""}`},
		},
		{
			"a message", func(b *record.Build) { b.Message = "Hm" },
			[]string{`progress {"state":"queued","phase":"speech","percent":0,"message":"Hm"}`},
		},
		{
			"percent", func(b *record.Build) { b.Percent = 7 },
			[]string{`progress {"state":"queued","phase":"speech","percent":7,"message":"Hm"}`},
		},
		{"less percent", func(b *record.Build) { b.Percent = 6 }, nil},
		{
			"a state", func(b *record.Build) { b.State, b.Message = record.Running, "Go" },
			[]string{`state {"state":"running","phase":"speech","percent":7,"message":"Go"}`},
		},
		{
			"a warning and percent", func(b *record.Build) { b.Warnings, b.Percent = []api.Diagnostic{{Code: "c"}}, 8 },
			[]string{"warnings ", `progress {"state":"running","phase":"speech","percent":8,"message":"Go"}`},
		},
	} {
		before, err := s.Events(t.Context(), "01", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Update(t.Context(), "01", func(b *record.Build) error { c.change(b); return nil }); err != nil {
			t.Fatal(err)
		}
		events, err := s.Events(t.Context(), "01", int64(len(before)))
		if err != nil || len(events) != len(c.want) {
			t.Errorf("%s: %d events, want %d; %v", c.name, len(events), len(c.want), err)
			continue
		}
		for i, e := range events {
			if got := e.Type + " " + string(e.Data); !strings.HasPrefix(got, c.want[i]) || !json.Valid(e.Data) {
				t.Errorf("%s: event %s, want %s", c.name, got, c.want[i])
			}
			if e.Seq != int64(len(before)+i+1) || !e.At.Equal(noon.Add(time.Second)) {
				t.Errorf("%s: event %d at %s", c.name, e.Seq, e.At)
			}
		}
	}
	first, err := s.Events(t.Context(), "02", 0)
	if err != nil || len(first) != 1 || first[0].Seq != 1 || first[0].Type != "state" || !first[0].At.Equal(noon) {
		t.Errorf("a new build's events: %+v, %v", first, err)
	}
}

func TestAPageOfEventsHasALimit(t *testing.T) {
	t.Parallel()
	s, _ := openAtNoon(t, store.Config{})
	create(t, s, "01")
	const text = `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i+1 FROM n WHERE i < 1500)
		INSERT INTO events (build, seq, at, type, data) SELECT '01', i, 0, 'progress', '{}' FROM n`
	if _, err := s.Writer().ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[int64]int{0: 1000, 1000: 500, 1500: 0} {
		got, err := s.Events(t.Context(), "01", after)
		if len(got) != want || err != nil {
			t.Errorf("after %d: %d events, want %d; %v", after, len(got), want, err)
		}
		if len(got) > 0 && got[0].Seq != after+1 {
			t.Errorf("after %d the first is %d", after, got[0].Seq)
		}
		if len(got) == 500 && !got[0].At.IsZero() {
			t.Errorf("the time 0 is read as %s", got[0].At)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s, _ := openAtNoon(t, store.Config{})
	id := func(ms int64) string {
		var id ulid.ULID
		if err := id.SetTime(uint64(noon.UnixMilli() + ms)); err != nil {
			t.Fatal(err)
		}
		return id.String()
	}
	for i, tags := range [][]string{{"a"}, {"a", "b"}, nil} {
		b := queued(id(int64(i) * 10))
		b.Tags = tags
		if err := s.Create(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	move(t, s, id(10), record.Running)
	for name, c := range map[string]struct {
		filter record.Filter
		want   []int64
	}{
		"all":                 {record.Filter{}, []int64{20, 10, 0}},
		"before the second":   {record.Filter{Before: id(10)}, []int64{0}},
		"since the beginning": {record.Filter{Since: noon}, []int64{20, 10, 0}},
		"since just later":    {record.Filter{Since: noon.Add(time.Millisecond)}, []int64{20, 10}},
		"since the last":      {record.Filter{Since: noon.Add(20 * time.Millisecond)}, []int64{20}},
		"since later":         {record.Filter{Since: noon.Add(21 * time.Millisecond)}, nil},
		"since before 1970":   {record.Filter{Since: time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)}, []int64{20, 10, 0}},
		"with a state":        {record.Filter{State: record.Queued}, []int64{20, 0}},
		"with a tag":          {record.Filter{Tag: "a"}, []int64{10, 0}},
		"with another tag":    {record.Filter{Tag: "b"}, []int64{10}},
		"state and tag":       {record.Filter{Tag: "a", State: record.Queued}, []int64{0}},
		"with an unknown tag": {record.Filter{Tag: "A"}, nil},
	} {
		c.filter.Limit = 10
		page, err := s.Builds(t.Context(), "", c.filter)
		var got, want []string
		for _, b := range page {
			got = append(got, b.ID)
		}
		for _, ms := range c.want {
			want = append(want, id(ms))
		}
		if !slices.Equal(got, want) || err != nil {
			t.Errorf("%s: %v, want %v; %v", name, got, want, err)
		}
	}
}

func TestCountsAndForget(t *testing.T) {
	t.Parallel()
	s, _ := openAtNoon(t, store.Config{})
	if counts, err := s.CountBuilds(t.Context()); len(counts) != 0 || err != nil {
		t.Errorf("counts of an empty store: %v, %v", counts, err)
	}
	create(t, s, "01", "02", "03", "04")
	for i, id := range []string{"03", "04"} {
		at := noon.Add(time.Duration(i) * time.Millisecond)
		for _, to := range []record.State{record.Cancelled, record.Expired} {
			if _, err := s.Update(t.Context(), id, func(b *record.Build) error { return b.MoveToState(to, at) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	counts, err := s.CountBuilds(t.Context())
	if counts[record.Queued] != 2 || counts[record.Expired] != 2 || len(counts) != 2 || err != nil {
		t.Errorf("%v, %v", counts, err)
	}
	if err := s.DeleteExpired(t.Context(), noon.Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"01": true, "03": false, "04": true} {
		if _, err := s.Build(t.Context(), id); errors.Is(err, record.ErrNotFound) == want {
			t.Errorf("%s: %v, want that it exists: %v", id, err, want)
		}
	}
}

// TestWhatIsLookedAtEndsLater checks that the later of a build's end and its last poll counts.
func TestWhatIsLookedAtEndsLater(t *testing.T) {
	t.Parallel()
	s, set := openAtNoon(t, store.Config{})
	b := queued("01")
	if err := s.Create(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, to := range []record.State{record.Running, record.Failed} {
		var err error
		if b, err = s.Update(t.Context(), "01", func(b *record.Build) error { return b.MoveToState(to, noon) }); err != nil {
			t.Fatal(err)
		}
	}
	set(noon.Add(2 * time.Hour))
	if err := s.RecordPoll(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]int{time.Hour: 0, 2 * time.Hour: 0, 2*time.Hour + time.Millisecond: 1} {
		old, err := s.ListEnded(t.Context(), noon.Add(after), 10)
		if len(old) != want || err != nil {
			t.Errorf("%s later %d builds are old, want %d; %v", after, len(old), want, err)
		}
	}
	if old, err := s.ListEnded(t.Context(), noon.Add(24*time.Hour), 0); len(old) != 0 || err != nil {
		t.Errorf("with a limit of 0: %v, %v", old, err)
	}
}

func TestKeysAreListedByAge(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	if keys, err := s.Keys(t.Context()); len(keys) != 0 || err != nil {
		t.Errorf("%v, %v", keys, err)
	}
	for i, id := range []string{"z", "b", "a"} {
		k := auth.Key{ID: id, Name: id, Tenant: "t", Hash: []byte{1}, Created: noon.Add(time.Duration(i/2) * time.Hour)}
		if err := s.AddKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := s.Keys(t.Context())
	var order []string
	for _, k := range keys {
		order = append(order, k.ID)
		if !k.LastUse.IsZero() || !k.Revoked.IsZero() || k.Created.Before(noon) || k.Tenant != "t" {
			t.Errorf("a new key is %+v", k)
		}
	}
	if !slices.Equal(order, []string{"b", "z", "a"}) || err != nil {
		t.Errorf("%v, %v", order, err)
	}
	if err := s.TouchKey(t.Context(), "b", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if k, err := s.Key(t.Context(), "b"); !k.LastUse.Equal(noon.Add(time.Hour)) || !k.Revoked.IsZero() || err != nil {
		t.Errorf("after a use %+v, %v", k, err)
	}
	for name, err := range map[string]error{
		"touched": s.TouchKey(t.Context(), "none", noon),
		"revoked": s.RevokeKey(t.Context(), "none", noon),
		"read":    errorOf(s.Key(t.Context(), "none")),
	} {
		if !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("%s of an unknown key: %v", name, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// TestAnUpdateThatFailsChangesNothing checks that a failed update changes neither the record nor
// its events.
func TestAnUpdateThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	create(t, s, "01")
	no := errors.New("no")
	if b, err := s.Update(t.Context(), "01",
		func(b *record.Build) error { b.Percent = 50; return no }); !errors.Is(err, no) || b.Percent != 0 {
		t.Errorf("%d percent, %v", b.Percent, err)
	}
	if _, err := s.Update(t.Context(), "02", func(*record.Build) error { return nil }); !errors.Is(err,
		record.ErrNotFound) {
		t.Errorf("an unknown build: %v", err)
	}
	events, err := s.Events(t.Context(), "01", 0)
	if b, berr := s.Build(t.Context(), "01"); b.Percent != 0 || len(events) != 1 || err != nil || berr != nil {
		t.Errorf("%d percent, %d events, %v, %v", b.Percent, len(events), err, berr)
	}
}

func TestPathsAndConnections(t *testing.T) {
	t.Chdir(t.TempDir())
	s := reopen(t, "relative.db", store.Config{})
	create(t, s, "01")
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if found, err := filepath.Glob("relative.db*"); len(found) == 0 || err != nil {
		t.Errorf("the database file was not found: %v, %v", found, err)
	}
	if n := s.Writer().Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections can write, want 1", n)
	}
	var journal string
	var sync, keys, version int
	var err error
	row := func(name string, to any) {
		err = errors.Join(err, s.Writer().QueryRowContext(t.Context(), "PRAGMA "+name).Scan(to))
	}
	row("journal_mode", &journal)
	row("synchronous", &sync)
	row("foreign_keys", &keys)
	row("user_version", &version)
	if journal != "wal" || sync != 2 || keys != 1 || version == 0 || err != nil {
		t.Errorf("journal %s, synchronous %d, foreign keys %d, tables %d, %v", journal, sync, keys, version, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a closed database answers")
	}
	if _, err := store.Open(t.Context(), filepath.Join("no", "such", "folder.db"), store.Config{}); err == nil {
		t.Error("a database in a missing folder was opened")
	}
}
