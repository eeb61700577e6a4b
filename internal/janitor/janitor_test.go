package janitor_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/janitor"
	"mynah/internal/record"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// state is the records and objects of a server.
type state struct {
	mu      sync.Mutex
	builds  map[string]record.Build
	uploads map[string]time.Time
	objects map[string]time.Time
	broken  string // an object that cannot be deleted
}

// Build implements janitor.Builds.
func (s *state) Build(_ context.Context, id string) (record.Build, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.builds[id]
	if !ok {
		return b, record.ErrNotFound
	}
	return b, nil
}

// Update implements janitor.Builds.
func (s *state) Update(_ context.Context, id string, change func(*record.Build) error) (record.Build, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.builds[id]
	if !ok {
		return b, record.ErrNotFound
	}
	if err := change(&b); err != nil {
		return s.builds[id], err
	}
	s.builds[id] = b
	return b, nil
}

// ListEnded implements janitor.Builds.
func (s *state) ListEnded(_ context.Context, before time.Time, _ int) (out []record.Build, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.builds {
		if b.State.IsOver() && b.State != record.Expired && b.Ended.Before(before) {
			out = append(out, b)
		}
	}
	return out, nil
}

// DeleteExpired implements janitor.Builds.
func (s *state) DeleteExpired(_ context.Context, before time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.builds, func(_ string, b record.Build) bool {
		return b.State == record.Expired && b.Ended.Before(before)
	})
	return nil
}

// TakeExpiredUploads implements janitor.Uploads.
func (s *state) TakeExpiredUploads(_ context.Context, before time.Time) (out []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.uploads, func(id string, at time.Time) bool {
		if at.Before(before) {
			out = append(out, id)
		}
		return at.Before(before)
	})
	return out, nil
}

// UploadExists implements janitor.Uploads.
func (s *state) UploadExists(_ context.Context, id string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.uploads[id]
	return ok, nil
}

var errBroken = errors.New("broken")

// Delete implements janitor.Objects.
func (s *state) Delete(_ context.Context, keys ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if k == s.broken {
			return errBroken
		}
		delete(s.objects, k)
	}
	return nil
}

// ForEachObject implements janitor.Objects.
func (s *state) ForEachObject(_ context.Context, prefix string, do func(string, time.Time) error) error {
	s.mu.Lock()
	objects := maps.Clone(s.objects)
	s.mu.Unlock()
	for _, k := range slices.Sorted(maps.Keys(objects)) {
		if !strings.HasPrefix(k, prefix) {
			continue
		}
		if err := do(k, objects[k]); err != nil {
			return err
		}
	}
	return nil
}

func (s *state) listObjects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

func newJanitor(s *state) *janitor.Janitor {
	c := janitor.Config{
		Every: time.Second, KeepResults: time.Hour, KeepUploads: 2 * time.Hour, KeepRecords: 24 * time.Hour,
	}
	return janitor.New(c, s, s, func() error { return nil }, slog.New(slog.DiscardHandler))
}

func succeeded(id string, ended time.Time, keys ...string) record.Build {
	b := record.Build{
		ID: id, State: record.Succeeded, Ended: ended, Spec: record.Spec{Text: "x"},
		Result: &record.Result{Main: keys[0]},
	}
	for _, k := range keys[1:] {
		b.Result.Further = append(b.Result.Further, record.SizedFile{Size: "64x64", Key: k})
	}
	return b
}

func TestResultsAndUploadsExpire(t *testing.T) {
	t.Parallel()
	old := noon.Add(-90 * time.Minute)
	s := &state{
		builds: map[string]record.Build{
			"old":      succeeded("old", old, "results/old/1/result.mp4", "results/old/1/result-64x64.mp4"),
			"earlier":  succeeded("earlier", old, "results/earlier/result.mp4"),
			"new":      succeeded("new", noon, "results/new/1/result.mp4"),
			"running":  {ID: "running", State: record.Running},
			"ancient":  {ID: "ancient", State: record.Expired, Ended: noon.Add(-25 * time.Hour)},
			"departed": {ID: "departed", State: record.Failed, Ended: old},
		},
		uploads: map[string]time.Time{"u1": noon.Add(-3 * time.Hour), "u2": noon},
		objects: map[string]time.Time{},
	}
	for _, k := range []string{
		"results/old/1/result.mp4", "results/old/1/result-64x64.mp4", "results/earlier/result.mp4",
		"results/new/1/result.mp4", "uploads/u1", "uploads/u2",
	} {
		s.objects[k] = old
	}
	s.broken = "results/earlier/result.mp4"
	if err := newJanitor(s).RemoveExpired(t.Context(), noon); !errors.Is(err, errBroken) {
		t.Errorf("an object that cannot be deleted: %v", err)
	}
	// The object that cannot be deleted keeps nothing else.
	want := []string{"results/earlier/result.mp4", "results/new/1/result.mp4", "uploads/u2"}
	if got := s.listObjects(); !slices.Equal(got, want) {
		t.Errorf("left: %v, want %v", got, want)
	}
	for id, want := range map[string]record.State{
		"old": record.Expired, "earlier": record.Expired, "departed": record.Expired, "new": record.Succeeded,
		"running": record.Running,
	} {
		if b := s.builds[id]; b.State != want || want == record.Expired && (b.Result != nil || b.Spec.Text != "") {
			t.Errorf("%s is %+v", id, b)
		}
	}
	if _, there := s.builds["ancient"]; there {
		t.Error("an ancient record is left")
	}
	// What could not be deleted is an orphan then.
	s.broken = ""
	if err := newJanitor(s).RemoveOrphans(t.Context(), noon); err != nil {
		t.Error(err)
	}
	if got := s.listObjects(); !slices.Equal(got, want[1:]) {
		t.Errorf("left: %v", got)
	}
}

func TestOrphans(t *testing.T) {
	t.Parallel()
	old, young := noon.Add(-4*time.Hour), noon.Add(-time.Minute)
	s := &state{
		builds: map[string]record.Build{
			"done":    succeeded("done", noon, "results/done/2/result.mp4"),
			"earlier": succeeded("earlier", noon, "results/earlier/result.mp4"),
			"run":     {ID: "run", State: record.Running, Lease: record.Lease{Attempt: 2}},
			"wait":    {ID: "wait", State: record.Queued, Lease: record.Lease{Attempt: 1}},
			"fail":    {ID: "fail", State: record.Failed, Lease: record.Lease{Attempt: 1}},
		},
		uploads: map[string]time.Time{"kept": old},
		objects: map[string]time.Time{
			"uploads/kept": old, "uploads/young": young, "something/else": old, "results/strange": old,
		},
	}
	keep := []string{
		"something/else", "uploads/kept", "uploads/young", "results/strange",
		"results/done/2/result.mp4", "results/earlier/result.mp4", "results/run/2/result.mp4",
	}
	for _, k := range append(
		keep[4:], "uploads/gone", "results/done/1/result.mp4", "results/done/2/poster.jpg", "results/done/result.mp4",
		"results/earlier/1/result.mp4", "results/run/1/result.mp4", "results/run/result.mp4", "results/wait/1/result.mp4",
		"results/fail/1/result.mp4", "results/gone/1/result.mp4", "results/gone/result.mp4",
	) {
		s.objects[k] = old
	}
	for _, k := range []string{"results/gone/1/young.mp4", "results/fail/1/young.mp4"} {
		s.objects[k] = young
		keep = append(keep, k)
	}
	slices.Sort(keep)
	if err := newJanitor(s).RemoveOrphans(t.Context(), noon); err != nil {
		t.Error(err)
	}
	if got := s.listObjects(); !slices.Equal(got, keep) {
		t.Errorf("left: %q\nwant: %q", got, keep)
	}
}

func TestRunWorksUntilItsEnd(t *testing.T) {
	t.Parallel()
	s := &state{
		builds:  map[string]record.Build{"a": succeeded("a", noon, "results/a/1/result.mp4")},
		objects: map[string]time.Time{"results/a/1/result.mp4": noon, "results/b/1/result.mp4": noon},
	}
	ctx, stop := context.WithCancel(t.Context())
	pruned := make(chan bool, 100)
	c := janitor.Config{Every: time.Millisecond, KeepResults: time.Hour, KeepUploads: time.Hour, KeepRecords: time.Hour}
	prune := func() error {
		pruned <- true
		return errors.New("this keeps nothing else")
	}
	ended := make(chan bool)
	go func() {
		janitor.New(c, s, s, prune, slog.New(slog.DiscardHandler)).Run(ctx)
		close(ended)
	}()
	<-pruned
	<-pruned
	stop()
	<-ended
	if got := s.listObjects(); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	if err := janitor.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	c := janitor.Config{Every: time.Second, KeepRecords: time.Hour, KeepUploads: time.Hour}
	if err := c.Validate(); err == nil ||
		!strings.Contains(err.Error(), "results") {
		t.Errorf("%v", err)
	}
}
