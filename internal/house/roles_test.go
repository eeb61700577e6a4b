package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/janitor"
	"mynah/internal/record"
)

// site is where the stand-in builders of all processes work. It checks that no build runs twice at the same time.
type site struct {
	t    *testing.T
	time time.Duration // of a build

	mu      sync.Mutex
	running map[string]int
	begun   []string
	ended   map[string]error // by build and attempt: how the context ended
	hold    map[string]chan struct{}
}

func newSite(t *testing.T, each time.Duration) *site {
	t.Helper()
	return &site{t: t, time: each, running: map[string]int{}, ended: map[string]error{}, hold: map[string]chan struct{}{}}
}

// holdBuild makes a build wait for the end of its context, or for the channel to be closed if it does not care.
func (s *site) holdBuild(id string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold[id] = make(chan struct{})
	return s.hold[id]
}

func (s *site) listBegun() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.begun...)
}

func (s *site) endOf(attempt string) (error, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err, ok := s.ended[attempt]
	return err, ok
}

// process is a set of roles on the shared database, with builders that stand in for cells.
type process struct {
	*site
	ports   ports
	work    *workRole
	janitor *janitor.Janitor
	deaf    bool // its builds do not stop with their contexts
}

// Build implements worker.Builder.
func (p *process) Build(
	ctx context.Context, _ string, w cell.BuildWork, _ *os.File, report func(cell.Progress),
) (cell.BuildResult, error) {
	attempt := filepath.Base(w.Dir)
	id, _, _ := strings.Cut(attempt, "-")
	p.mu.Lock()
	p.begun = append(p.begun, id)
	if p.running[id]++; p.running[id] > 1 && p.hold[id] == nil {
		p.t.Errorf("%s runs %d times at once", id, p.running[id])
	}
	hold := p.hold[id]
	delete(p.hold, id) // further attempts are not held
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.running[id]--
		p.ended[attempt] = context.Cause(ctx)
	}()
	report(cell.Progress{Percent: 50, Phase: "speech"})
	gone := ctx.Done()
	if p.deaf {
		gone = nil
	}
	end := (<-chan time.Time)(nil)
	if hold == nil {
		end = time.After(p.time)
	}
	select {
	case <-gone:
		return cell.BuildResult{}, ctx.Err()
	case <-end:
	case <-hold:
	}
	return cell.BuildResult{Seconds: 1}, os.WriteFile(filepath.Join(w.Dir, "out", cell.ResultFilm), []byte(attempt), 0o600)
}

// startProcess starts a set of roles on a data folder.
func startProcess(t *testing.T, s *site, data, name string, change func(*ServeConfig)) *process {
	t.Helper()
	cfg := DefaultServeConfig()
	cfg.Log, cfg.Sweep = slog.New(slog.DiscardHandler), time.Second
	cfg.Queue.Lease = 3 * time.Second
	if change != nil {
		change(&cfg)
	}
	p := &process{site: s}
	var err error
	if p.ports, err = openPorts(t.Context(), data, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.ports.close)
	if p.work, err = openWork(filepath.Join(data, "work-"+name), cfg, p.ports, p); err != nil {
		t.Fatal(err)
	}
	p.janitor = openJanitor(cfg, p.ports, func() error { return nil })
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	p.work.Start(ctx)
	var sweeping sync.WaitGroup
	sweeping.Go(func() { p.janitor.Run(ctx) })
	t.Cleanup(func() {
		stop()
		sweeping.Wait()
		_ = p.work.Stop(ctx)
	})
	return p
}

func (p *process) create(tenant, id string) {
	p.t.Helper()
	b := record.Build{
		ID: id, Tenant: tenant, Key: "k", Kind: record.Video, State: record.Queued, Message: "Waiting", Created: time.Now(),
		Spec: record.Spec{Text: "Hello."},
	}
	if err := p.ports.records.Create(p.t.Context(), b); err != nil {
		p.t.Error(err)
	}
}

func (p *process) build(id string) record.Build {
	p.t.Helper()
	b, err := p.ports.records.Build(p.t.Context(), id)
	if err != nil {
		p.t.Error(err)
	}
	return b
}

func waitUntil(t *testing.T, what string, longest time.Duration, done func() bool) {
	t.Helper()
	for end := time.Now().Add(longest); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", longest, what)
		}
	}
}

// checkSuccess checks that a build succeeded with the result of an attempt.
func (p *process) checkSuccess(id string, attempt int) {
	p.t.Helper()
	b := p.build(id)
	want := record.MakeResultKey(id, attempt, cell.ResultFilm)
	if b.State != record.Succeeded || b.Result == nil || b.Result.Main != want {
		p.t.Errorf("%s is %+v", id, b)
		return
	}
	f, err := p.ports.objects.OpenAt(p.t.Context(), b.Result.Main)
	if err != nil {
		p.t.Errorf("the result of %s: %v", id, err)
		return
	}
	_ = f.Close()
}

// TestTwoProcessesShareTheBuilds checks that every build is done once, and that tenants take turns.
func TestTwoProcessesShareTheBuilds(t *testing.T) {
	t.Parallel()
	data, s := t.TempDir(), newSite(t, 60*time.Millisecond)
	all := []*process{startProcess(t, s, data, "a", nil), startProcess(t, s, data, "b", nil)}
	const large = 40
	var ids []string
	for i := range large {
		ids = append(ids, fmt.Sprintf("large%02d", i))
		all[i%2].create("large", ids[i])
	}
	waitUntil(t, "some builds have begun", time.Minute, func() bool { return len(s.listBegun()) >= 4 })
	all[0].create("small", "small")
	before := len(s.listBegun())
	ids = append(ids, "small")
	waitUntil(t, "all builds end", time.Minute, func() bool {
		for _, id := range ids {
			if !all[0].build(id).State.IsOver() {
				return false
			}
		}
		return true
	})
	counts := map[string]int{}
	for place, id := range s.listBegun() {
		counts[id]++
		// Each of the four places may hold a build that was leased, but had not begun.
		if late := place - before; id == "small" && late > 4 {
			t.Errorf("%d builds began before that of the other tenant", late)
		}
	}
	for _, id := range ids {
		if counts[id] != 1 {
			t.Errorf("%s was built %d times", id, counts[id])
		}
		all[1].checkSuccess(id, 1)
	}
	// The janitors have removed nothing so far. Two days later, nothing is left.
	later := time.Now().Add(48 * time.Hour)
	var wg sync.WaitGroup
	for _, p := range all {
		wg.Go(func() {
			err := p.janitor.RemoveExpired(t.Context(), later)
			if err = errors.Join(err, p.janitor.RemoveOrphans(t.Context(), later)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if b := all[0].build("small"); b.State != record.Expired {
		t.Errorf("an old build is %s", b.State)
	}
	err := fs.WalkDir(os.DirFS(filepath.Join(data, "objects")), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestABuildOfADeadProcessIsTakenOver checks that a build goes on elsewhere when its process does not renew the lease,
// and that the process writes nothing when it comes back.
func TestABuildOfADeadProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	data, s := t.TempDir(), newSite(t, 10*time.Millisecond)
	dead := startProcess(t, s, data, "dead", func(c *ServeConfig) { c.Queue.Workers = 1 })
	dead.deaf = true
	goOn := s.holdBuild("01")
	dead.create("main", "01")
	waitUntil(t, "the build runs", time.Minute, func() bool { return len(s.listBegun()) == 1 })
	if err := dead.ports.records.Close(); err != nil {
		t.Fatal(err)
	}
	died := time.Now()
	other := startProcess(t, s, data, "other", nil)
	s.mu.Lock()
	s.running["01"] = 0 // the dead process does not count
	s.mu.Unlock()
	other.create("main", "02")
	waitUntil(t, "the other build ends", time.Minute, func() bool { return other.build("02").State.IsOver() })
	if b := other.build("01"); b.State != record.Running {
		t.Errorf("before the lease ended, the build was %s", b.State)
	}
	waitUntil(t, "the build ends", time.Minute, func() bool { return other.build("01").State.IsOver() })
	t.Logf("taken over and done %s after the death, with a lease of 3 s", time.Since(died).Round(time.Millisecond))
	close(goOn)
	waitUntil(t, "the dead process ends its work", time.Minute, func() bool { return dead.work.CountRunning() == 0 })
	other.checkSuccess("01", 2)
	if b := other.build("01"); b.Lease.Lost != 1 || b.Lease.Attempt != 2 {
		t.Errorf("the build has lost %d of %d attempts", b.Lease.Lost, b.Lease.Attempt)
	}
	// What the dead process has left is removed.
	left := record.MakeResultKey("01", 1, cell.ResultFilm)
	if err := other.janitor.RemoveOrphans(t.Context(), time.Now().Add(2*time.Hour)); err != nil {
		t.Error(err)
	}
	if _, there, err := other.ports.objects.ReadAttributes(t.Context(), left); there || err != nil {
		t.Errorf("%s is left: %v, %v", left, there, err)
	}
	other.checkSuccess("01", 2)
}

// TestACancelReachesTheOtherProcess checks that a cancelled build stops wherever it runs.
func TestACancelReachesTheOtherProcess(t *testing.T) {
	t.Parallel()
	data, s := t.TempDir(), newSite(t, 10*time.Millisecond)
	worker := startProcess(t, s, data, "worker", nil)
	door := startProcess(t, s, data, "door", func(c *ServeConfig) { c.Queue.Poll = time.Hour })
	for _, deleted := range []bool{false, true} {
		id := fmt.Sprint("deleted", deleted)
		s.holdBuild(id)
		worker.create("main", id)
		waitUntil(t, "the build runs", time.Minute, func() bool { return door.build(id).Percent == 50 })
		begin := time.Now()
		cancel := func(b *record.Build) error { return b.MoveToState(record.Cancelled, time.Now()) }
		if _, err := door.ports.records.Update(t.Context(), id, cancel); err != nil {
			t.Fatal(err)
		}
		if deleted {
			if err := door.ports.records.DeleteBuild(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		waitUntil(t, "the build stops", 2*time.Second, func() bool { _, ok := s.endOf(id + "-1"); return ok })
		t.Logf("stopped after %s", time.Since(begin).Round(time.Millisecond))
		if err, _ := s.endOf(id + "-1"); !errors.Is(err, record.ErrCancelled) {
			t.Errorf("it was stopped by %v", err)
		}
		if !deleted && door.build(id).State != record.Cancelled {
			t.Errorf("it is %s", door.build(id).State)
		}
	}
}
