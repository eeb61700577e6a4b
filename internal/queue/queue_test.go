package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mynah/internal/queue"
	"mynah/internal/record"
	"mynah/internal/store"
)

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func create(t *testing.T, s *store.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		b := record.Build{ID: id, Tenant: "main", Key: "k", State: record.Queued, Message: "Waiting"}
		if err := s.Create(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// config returns settings with short times.
func config(workers int) queue.Config {
	return queue.Config{
		Workers: workers, Timeout: time.Minute, Lease: 2 * time.Second,
		Renew: 50 * time.Millisecond, Poll: 20 * time.Millisecond,
	}
}

// start starts a dispatcher, which stops when the test ends.
func start(t *testing.T, cfg queue.Config, s queue.Store, work queue.Work) *queue.Dispatcher {
	t.Helper()
	d := queue.New(cfg, s, work, slog.New(slog.DiscardHandler))
	d.Start(context.WithoutCancel(t.Context()))
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		cancel()
		if err := d.Stop(now); err != nil {
			t.Error(err)
		}
	})
	return d
}

// finish writes the outcome of an attempt.
func finish(ctx context.Context, t *testing.T, s *store.Store, a queue.Attempt, to record.State) {
	t.Helper()
	_, err := s.Update(context.WithoutCancel(ctx), a.Build.ID, func(b *record.Build) error {
		if !b.IsHeldBy(a.Build.Lease.Owner, a.Build.Lease.Attempt) {
			return errors.New("not held")
		}
		if to == record.Queued {
			return b.PutBack(time.Now())
		}
		return b.MoveToState(to, time.Now())
	})
	if err != nil {
		t.Errorf("%s, attempt %d: %v", a.Build.ID, a.Build.Lease.Attempt, err)
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// seen collects what happened.
type seen struct {
	mu   sync.Mutex
	list []string
}

func (s *seen) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, fmt.Sprintf(format, args...))
}

func (s *seen) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

func TestBuildsRunInTheirOrderOnce(t *testing.T) {
	t.Parallel()
	s, got := open(t, filepath.Join(t.TempDir(), "q.db")), &seen{}
	create(t, s, "a", "b")
	d := start(t, config(1), s, func(ctx context.Context, a queue.Attempt) {
		got.add("%s", a.Build.ID)
		finish(ctx, t, s, a, record.Failed)
	})
	create(t, s, "c")
	eventually(t, "three builds run", func() bool { return len(got.all()) >= 3 })
	time.Sleep(200 * time.Millisecond) // long enough for an unexpected further one
	if list := got.all(); !slices.Equal(list, []string{"a", "b", "c"}) || d.CountRunning() != 0 {
		t.Errorf("%v, %d run", list, d.CountRunning())
	}
}

// TestABuildStartsAtOnce checks that a new build need not wait for the next poll.
func TestABuildStartsAtOnce(t *testing.T) {
	t.Parallel()
	s, begun := open(t, filepath.Join(t.TempDir(), "q.db")), make(chan time.Time, 1)
	cfg := config(1)
	cfg.Poll = time.Hour
	start(t, cfg, s, func(ctx context.Context, a queue.Attempt) {
		begun <- time.Now()
		finish(ctx, t, s, a, record.Succeeded)
	})
	for _, id := range []string{"a", "b"} {
		time.Sleep(50 * time.Millisecond)
		begin := time.Now()
		create(t, s, id)
		select {
		case at := <-begun:
			t.Logf("%s started after %s", id, at.Sub(begin))
		case <-time.After(10 * time.Second):
			t.Fatalf("%s does not start", id)
		}
	}
}

func TestAStopCutsShortAndTheNextStartGoesOn(t *testing.T) {
	t.Parallel()
	s, got := open(t, filepath.Join(t.TempDir(), "q.db")), &seen{}
	create(t, s, "a", "b")
	d := start(t, config(1), s, func(ctx context.Context, a queue.Attempt) {
		<-ctx.Done()
		<-a.Stopping
		got.add("%s %v", a.Build.ID, context.Cause(ctx))
		finish(ctx, t, s, a, record.Queued)
	})
	eventually(t, "a build runs", func() bool { return d.CountRunning() == 1 })
	grace, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := d.Stop(grace); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if list := got.all(); !slices.Equal(list, []string{"a the server stops"}) {
		t.Errorf("%q", list)
	}
	start(t, config(1), s, func(ctx context.Context, a queue.Attempt) {
		got.add("%s %d %d", a.Build.ID, a.Build.Lease.Attempt, a.Build.Lease.Lost)
		finish(ctx, t, s, a, record.Succeeded)
	})
	eventually(t, "all builds run", func() bool { return len(got.all()) == 3 })
	if list := got.all()[1:]; !slices.Equal(list, []string{"a 2 0", "b 1 0"}) {
		t.Errorf("%q", list)
	}
}

// TestAStopWaitsForWhatEndsInTime checks that a stop within its grace interrupts nothing, and starts nothing.
func TestAStopWaitsForWhatEndsInTime(t *testing.T) {
	t.Parallel()
	s, got, goOn := open(t, filepath.Join(t.TempDir(), "q.db")), &seen{}, make(chan struct{})
	create(t, s, "a", "b")
	d := start(t, config(1), s, func(ctx context.Context, a queue.Attempt) {
		<-goOn
		got.add("%s %v", a.Build.ID, ctx.Err())
		finish(ctx, t, s, a, record.Succeeded)
	})
	eventually(t, "a build runs", func() bool { return d.CountRunning() == 1 })
	time.AfterFunc(3*time.Second, func() { close(goOn) }) // longer than a lease
	if err := d.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if list := got.all(); !slices.Equal(list, []string{"a <nil>"}) {
		t.Errorf("%q", list)
	}
	if b, err := s.Build(t.Context(), "a"); b.State != record.Succeeded || b.Lease.Lost != 0 || err != nil {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestABuildMayNotTakeTooLong(t *testing.T) {
	t.Parallel()
	s, cause := open(t, filepath.Join(t.TempDir(), "q.db")), make(chan error, 1)
	create(t, s, "a")
	cfg := config(1)
	cfg.Timeout = 30 * time.Millisecond
	start(t, cfg, s, func(ctx context.Context, a queue.Attempt) {
		<-ctx.Done()
		finish(ctx, t, s, a, record.Failed)
		cause <- context.Cause(ctx)
	})
	if err := <-cause; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the cause is %v", err)
	}
}

func TestProgressIsWritten(t *testing.T) {
	t.Parallel()
	s, goOn := open(t, filepath.Join(t.TempDir(), "q.db")), make(chan struct{})
	create(t, s, "a")
	start(t, config(1), s, func(ctx context.Context, a queue.Attempt) {
		for percent := range 1000 {
			a.Report(percent/20, "speech", "Speech")
		}
		<-goOn
		finish(ctx, t, s, a, record.Succeeded)
	})
	eventually(t, "the progress is in the record", func() bool {
		b, err := s.Build(t.Context(), "a")
		return err == nil && b.Percent == 49 && b.Phase == "speech"
	})
	close(goOn)
	eventually(t, "it ends", func() bool { b, _ := s.Build(t.Context(), "a"); return b.State.IsOver() })
	if events, err := s.Events(t.Context(), "a", 0); len(events) > 10 || err != nil {
		t.Errorf("%d events for a quick progress, %v", len(events), err)
	}
}

// unreachable is a database that cannot be reached any more.
type unreachable struct{ queue.Store }

// RenewLeases implements queue.Store.
func (unreachable) RenewLeases(context.Context, string, time.Duration, []record.Progress) ([]record.Progress, error) {
	return nil, errors.New("no database")
}

// hanging is a database whose renewals answer only when their contexts end.
type hanging struct{ queue.Store }

// RenewLeases implements queue.Store.
func (hanging) RenewLeases(
	ctx context.Context, _ string, _ time.Duration, _ []record.Progress,
) ([]record.Progress, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestALeaseThatCannotBeRenewedIsGivenUp checks that a server stops its builds before another may take them.
func TestALeaseThatCannotBeRenewedIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(queue.Store) queue.Store{
		"an error": func(s queue.Store) queue.Store { return unreachable{s} },
		"no end":   func(s queue.Store) queue.Store { return hanging{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ended := open(t, filepath.Join(t.TempDir(), "q.db")), make(chan time.Duration, 1)
			create(t, s, "a")
			cfg := config(1)
			cfg.Lease, cfg.Renew = 2*time.Second, 500*time.Millisecond
			start(t, cfg, wrap(s), func(ctx context.Context, a queue.Attempt) {
				<-ctx.Done()
				left := time.Until(a.Build.Lease.Until)
				finish(ctx, t, s, a, record.Failed)
				if cause := context.Cause(ctx); !errors.Is(cause, record.ErrCancelled) {
					t.Errorf("the cause is %v", cause)
				}
				ended <- left
			})
			select {
			case left := <-ended: // two thirds of a second are kept
				if left < 200*time.Millisecond || left > time.Second {
					t.Errorf("the build stops %s before the end of its lease", left)
				}
			case <-time.After(10 * time.Second):
				t.Error("the build goes on without a lease")
			}
		})
	}
}

// slowTaker is a database that takes back builds only when the context ends.
type slowTaker struct{ queue.Store }

// TakeBackExpired implements queue.Store.
func (slowTaker) TakeBackExpired(ctx context.Context, _ time.Time) ([]record.Build, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestRenewedLeasesAreKept checks that an attempt goes on for many leases, also while another call hangs.
func TestRenewedLeasesAreKept(t *testing.T) {
	t.Parallel()
	s, ended := open(t, filepath.Join(t.TempDir(), "q.db")), make(chan error, 1)
	create(t, s, "a")
	cfg := config(1)
	cfg.Lease, cfg.Renew = 1200*time.Millisecond, 50*time.Millisecond
	start(t, cfg, slowTaker{s}, func(ctx context.Context, a queue.Attempt) {
		select {
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
		}
		ended <- context.Cause(ctx)
		finish(ctx, t, s, a, record.Succeeded)
	})
	if err := <-ended; err != nil {
		t.Errorf("the build was stopped: %v", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	if err := queue.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*queue.Config){
		"no workers": func(c *queue.Config) { c.Workers = 0 }, "no time": func(c *queue.Config) { c.Timeout = 0 },
		"a short lease": func(c *queue.Config) { c.Lease = 2 * c.Renew }, "no poll": func(c *queue.Config) { c.Poll = 0 },
	} {
		c := queue.DefaultConfig()
		if change(&c); c.Validate() == nil {
			t.Errorf("%s is valid", name)
		}
	}
}
