package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/record"
	"mynah/internal/store"
)

const lease = 15 * time.Second

func createFor(t *testing.T, s *store.Store, tenant string, ids ...string) {
	t.Helper()
	for _, id := range ids {
		b := queued(id)
		b.Tenant = tenant
		if err := s.Create(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

func leaseNext(t *testing.T, s *store.Store, owner string) record.Build {
	t.Helper()
	b, err := s.LeaseNext(t.Context(), owner, lease)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// leaseAll leases all waiting builds and returns their ids in order.
func leaseAll(t *testing.T, s *store.Store) (ids []string) {
	t.Helper()
	for {
		b, err := s.LeaseNext(t.Context(), "me", lease)
		if errors.Is(err, record.ErrNotFound) {
			return ids
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, b.ID)
	}
}

func TestTenantsTakeTurns(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	createFor(t, s, "a", "01", "02", "03", "04")
	createFor(t, s, "b", "05", "06")
	createFor(t, s, "c", "07")
	if got := leaseAll(t, s); !slices.Equal(got, []string{"01", "05", "07", "02", "06", "03", "04"}) {
		t.Errorf("the order is %v", got)
	}
	// A tenant that was not served lately comes first, and one that is new before it.
	createFor(t, s, "a", "11", "12")
	createFor(t, s, "c", "13", "14")
	createFor(t, s, "new", "15", "16")
	if got := leaseAll(t, s); !slices.Equal(got, []string{"15", "13", "11", "16", "14", "12"}) {
		t.Errorf("the order is %v", got)
	}
}

// TestAFullQueueDelaysNoOtherTenant checks that the first build of a tenant is next, however many builds of another
// wait.
func TestAFullQueueDelaysNoOtherTenant(t *testing.T) {
	t.Parallel()
	s := open(t, store.Config{})
	const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 1000)
		INSERT INTO builds (id, tenant, key, state, doc)
		SELECT printf('%05d', i), 'large', 'k', 'queued', json_object('id', printf('%05d', i), 'state', 'queued') FROM n`
	if _, err := s.Writer().ExecContext(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		leaseNext(t, s, "me")
	}
	createFor(t, s, "small", "99999")
	if b := leaseNext(t, s, "me"); b.ID != "99999" {
		t.Errorf("build %s comes before that of the other tenant", b.ID)
	}
	begin := time.Now()
	for range 20 {
		leaseNext(t, s, "me")
	}
	t.Logf("a lease among 1,000 builds takes %s", time.Since(begin)/20)
}

func TestALeaseIsWritten(t *testing.T) {
	t.Parallel()
	s, set := openAtNoon(t, store.Config{})
	create(t, s, "01")
	select {
	case <-s.Queued():
	default:
		t.Error("a new build gives no signal")
	}
	set(noon.Add(time.Second))
	leaseNext(t, s, "me")
	b, err := s.Build(t.Context(), "01")
	want := record.Lease{Owner: "me", Until: noon.Add(time.Second + lease), Attempt: 1}
	if err != nil || b.State != record.Running || b.Lease != want || !b.Started.Equal(noon.Add(time.Second)) {
		t.Errorf("the build is %+v, %v", b, err)
	}
	if !b.IsHeldBy("me", 1) || b.IsHeldBy("me", 2) || b.IsHeldBy("", 1) {
		t.Error("the lease is that of the wrong attempt")
	}
}

// TestOneBuildIsLeasedOnce has two processes lease all builds side by side.
func TestOneBuildIsLeasedOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	all := []*store.Store{reopen(t, path, store.Config{}), reopen(t, path, store.Config{})}
	const builds = 60
	for i := range builds {
		createFor(t, all[i%2], fmt.Sprint(i%3), fmt.Sprintf("%02d", i))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for i, s := range all {
		wg.Go(func() {
			for {
				b, err := s.LeaseNext(t.Context(), fmt.Sprint("owner-", i), lease)
				if errors.Is(err, record.ErrNotFound) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[b.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was leased %d times", id, n)
		}
	}
	if len(seen) != builds {
		t.Errorf("%d builds of %d were leased", len(seen), builds)
	}
}

func TestRenewalsWriteProgressAndBringBackWhatStops(t *testing.T) {
	t.Parallel()
	s, set := openAtNoon(t, store.Config{})
	create(t, s, "01", "02", "03", "04", "05", "06")
	for range 6 {
		leaseNext(t, s, "me")
	}
	move(t, s, "02", record.Cancelled)
	move(t, s, "03", record.Cancelled)
	if err := s.DeleteBuild(t.Context(), "03"); err != nil {
		t.Fatal(err)
	}
	steal := func(b *record.Build) error { b.Lease.Owner = "another"; return nil }
	if _, err := s.Update(t.Context(), "04", steal); err != nil {
		t.Fatal(err)
	}
	set(noon.Add(time.Second))
	progress := func(id string, attempt, percent int) record.Progress {
		return record.Progress{ID: id, Attempt: attempt, Percent: percent, Phase: "speech", Message: "Speech"}
	}
	list := []record.Progress{
		progress("01", 1, 30), progress("02", 1, 31), progress("03", 1, 32), progress("04", 1, 33), progress("05", 2, 34),
		{ID: "06", Attempt: 1},
	}
	renew := func() (ids []string) {
		stop, err := s.RenewLeases(t.Context(), "me", lease, list)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range stop {
			ids = append(ids, p.ID)
		}
		return ids
	}
	if got := renew(); !slices.Equal(got, []string{"02", "03", "04", "05"}) {
		t.Errorf("to stop: %v", got)
	}
	for id, want := range map[string]struct {
		percent int
		message string
	}{"01": {30, "Speech"}, "02": {0, "Starting"}, "04": {0, "Starting"}, "05": {0, "Starting"}, "06": {0, "Starting"}} {
		b, err := s.Build(t.Context(), id)
		if b.Percent != want.percent || b.Message != want.message || err != nil {
			t.Errorf("%s is at %d with %q, want %+v; %v", id, b.Percent, b.Message, want, err)
		}
		renewed := b.Lease.Until.Equal(noon.Add(time.Second + lease))
		if want := id == "01" || id == "06" || id == "02"; renewed != want {
			t.Errorf("%s is leased until %s", id, b.Lease.Until)
		}
	}
	renew() // equal progress is no event
	list = []record.Progress{{ID: "01", Attempt: 1, Percent: 20, Message: "Less"}}
	renew()
	if b, err := s.Build(t.Context(), "01"); b.Percent != 30 || b.Message != "Less" || err != nil {
		t.Errorf("after less progress it is at %d with %q, %v", b.Percent, b.Message, err)
	}
	events, err := s.Events(t.Context(), "01", 2)
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprint(e.Seq, " ", e.Type, " ", string(e.Data)))
	}
	want := []string{
		`3 progress {"state":"running","phase":"speech","percent":30,"message":"Speech"}`,
		`4 progress {"state":"running","percent":30,"message":"Less"}`,
	}
	if !slices.Equal(got, want) || err != nil {
		t.Errorf("the events are %q, %v", got, err)
	}
}

func TestExpiredLeasesAreTakenBack(t *testing.T) {
	t.Parallel()
	s, set := openAtNoon(t, store.Config{})
	create(t, s, "01", "02")
	first := leaseNext(t, s, "dead")
	for attempt := 1; ; attempt++ {
		at := noon.Add(time.Duration(attempt) * time.Hour)
		set(at)
		if out, err := s.TakeBackExpired(t.Context(), first.Lease.Until); len(out) != 0 || err != nil {
			t.Fatalf("taken back too early: %+v, %v", out, err)
		}
		out, err := s.TakeBackExpired(t.Context(), at)
		if len(out) != 1 || out[0].ID != "01" || out[0].Lease.Lost != attempt || err != nil {
			t.Fatalf("attempt %d: %+v, %v", attempt, out, err)
		}
		if attempt == record.MostAttempts {
			if out[0].State != record.Failed || !strings.Contains(out[0].Message, "cut off 3 times") || !out[0].Ended.Equal(at) {
				t.Errorf("after the last attempt it is %s: %s", out[0].State, out[0].Message)
			}
			return
		}
		if out[0].State != record.Queued || out[0].Lease.Owner != "" {
			t.Errorf("after attempt %d it is %+v", attempt, out[0])
		}
		// A build whose work was cut off comes after the others.
		if attempt == 1 {
			if b := leaseNext(t, s, "me"); b.ID != "02" {
				t.Errorf("%s is next", b.ID)
			}
			move(t, s, "02", record.Cancelled)
		}
		if first = leaseNext(t, s, "me"); first.ID != "01" || first.Lease.Attempt != attempt+1 {
			t.Errorf("next is %s, attempt %d", first.ID, first.Lease.Attempt)
		}
		// The dead server comes back, and cannot write.
		stop, err := s.RenewLeases(t.Context(), "dead", lease, []record.Progress{{ID: "01", Attempt: 1, Message: "x"}})
		if len(stop) != 1 || err != nil {
			t.Errorf("a lost lease: %v, %v", stop, err)
		}
	}
}

// TestDatabasesOfEarlierVersions checks that the records of an earlier version are those of the tenant main, and that
// their builds go on.
func TestDatabasesOfEarlierVersions(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := store.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), steps[0]+`PRAGMA user_version = 1;
		CREATE TABLE river_job (id INTEGER PRIMARY KEY);
		INSERT INTO keys (id, tenant, name, hash, created) VALUES ('k', '', 'n', x'00', 1), ('l', 'other', 'n', x'00', 2);
		INSERT INTO uploads (id, tenant, created) VALUES ('u', '', 1);
		INSERT INTO answers (tenant, key, body, created, answer) VALUES ('', 'k 1', x'00', 9e12, '{"status":202}');
		INSERT INTO builds (id, tenant, key, state, doc) VALUES
			('01', '', 'k', 'queued', '{"id":"01","tenant":"","state":"queued","percent":7,"message":"Waiting","attempts":1}'),
			('02', '', 'k', 'running', '{"id":"02","tenant":"","state":"running","phase":"speech","percent":42,"attempts":1}'),
			('03', '', 'k', 'succeeded', '{"id":"03","tenant":"","state":"succeeded","percent":100,"message":"Video ready",
				"spec":{"text":"Hé \"you\""},"result":{"main":"results/03/result.mp4","seconds":2.5}}'),
			('04', 'other', 'l', 'queued', '{"id":"04","tenant":"other","state":"queued"}');
		INSERT INTO events (build, seq, at, type, data) VALUES ('02', 1, 1, 'state', '{}');`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, path, store.Config{})
	page, err := s.Builds(t.Context(), "main", record.Filter{Limit: 10})
	if len(page) != 3 || err != nil {
		t.Fatalf("the tenant main has the builds %+v, %v", page, err)
	}
	done, running, waiting := page[0], page[1], page[2]
	if done.Tenant != "main" || done.Percent != 100 || done.Message != "Video ready" || done.Spec.Text != `Hé "you"` ||
		done.Result.Main != "results/03/result.mp4" || done.Result.Seconds != 2.5 {
		t.Errorf("a finished build is %+v", done)
	}
	if running.Percent != 42 || running.Phase != "speech" || running.Lease != (record.Lease{Attempt: 1}) {
		t.Errorf("a running build is %+v", running)
	}
	if waiting.Percent != 7 || waiting.Lease != (record.Lease{Attempt: 1, Lost: 1}) {
		t.Errorf("a waiting build is %+v", waiting)
	}
	if out, err := s.TakeBackExpired(t.Context(), time.Now()); len(out) != 1 || out[0].Lease.Lost != 1 || err != nil {
		t.Errorf("taken back: %+v, %v", out, err)
	}
	if got := leaseAll(t, s); !slices.Equal(got, []string{"01", "04", "02"}) {
		t.Errorf("the order is %v", got)
	}
	if ok, err := s.HasUpload(t.Context(), "main", "u"); !ok || err != nil {
		t.Errorf("the upload: %v, %v", ok, err)
	}
	fresh, same, a, err := s.BeginAnswer(t.Context(), "main", "k 1", []byte{0})
	if fresh || !same || a == nil || err != nil {
		t.Errorf("the answer: %v, %v, %v, %v", fresh, same, a, err)
	}
	for id, want := range map[string]string{"k": "main", "l": "other"} {
		if k, err := s.Key(t.Context(), id); k.Tenant != want || err != nil {
			t.Errorf("the key %s is %+v, %v", id, k, err)
		}
	}
	if events, err := s.Events(t.Context(), "02", 0); len(events) < 2 || err != nil {
		t.Errorf("the events are %+v, %v", events, err)
	}
	if b, err := s.Build(t.Context(), "04"); b.Tenant != "other" || err != nil {
		t.Errorf("another tenant's build is %+v, %v", b, err)
	}
}
