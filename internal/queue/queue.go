// Package queue gives the builds that wait in the database to this server's workers. A build is leased to one server
// at a time; several servers may share the database. The leases are renewed once a second, in one transaction that also
// writes the progress and learns which builds were cancelled.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"mynah/internal/record"
)

// Config contains the settings of a dispatcher.
type Config struct {
	// Workers is the number of builds that run at once.
	Workers int
	// Timeout is the maximum time of a build.
	Timeout time.Duration
	// Lease is how long a server that does not respond keeps its builds.
	Lease time.Duration
	// Renew is the interval at which leases are renewed and progress is written.
	Renew time.Duration
	// Poll is the interval at which the database is asked for builds of other processes.
	Poll time.Duration
}

// DefaultConfig runs two builds at once.
func DefaultConfig() Config {
	return Config{
		Workers: 2, Timeout: 6 * time.Hour, Lease: 15 * time.Second, Renew: time.Second, Poll: 500 * time.Millisecond,
	}
}

// Validate reports all errors at once.
func (c Config) Validate() error {
	var errs []error
	if c.Workers < 1 || c.Workers > 1000 {
		errs = append(errs, fmt.Errorf("workers: %d, must be 1 to 1000", c.Workers))
	}
	if c.Timeout < time.Second {
		errs = append(errs, fmt.Errorf("build-timeout: %s, must be at least a second", c.Timeout))
	}
	if c.Renew <= 0 || c.Poll <= 0 || c.Lease < 3*c.Renew {
		errs = append(errs, fmt.Errorf("lease: %s, must be at least three times the interval of %s", c.Lease, c.Renew))
	}
	return errors.Join(errs...)
}

// Store leases builds.
type Store interface {
	// LeaseNext leases the build whose turn it is, or returns record.ErrNotFound if no build waits.
	LeaseNext(ctx context.Context, owner string, length time.Duration) (record.Build, error)
	// RenewLeases renews the leases of builds, writes their progress, and returns the builds that must stop.
	RenewLeases(
		ctx context.Context, owner string, length time.Duration, builds []record.Progress,
	) (stop []record.Progress, err error)
	// TakeBackExpired ends the attempts whose leases ended before a time.
	TakeBackExpired(ctx context.Context, before time.Time) ([]record.Build, error)
	// Queued receives a value after this process has stored a build.
	Queued() <-chan struct{}
}

// Attempt is the work on a build under a lease.
type Attempt struct {
	Build record.Build
	// Report takes the progress, which is written later.
	Report func(percent int, phase, message string)
	// Stopping is closed when the server begins to stop.
	Stopping <-chan struct{}
}

// Work does an attempt and writes its outcome to the record, unless the lease has passed to another server. The cause
// of the context's end is record.ErrStopped, record.ErrCancelled, or context.DeadlineExceeded.
type Work func(ctx context.Context, a Attempt)

// computeHold returns how long after the beginning of a lease's last renewal its attempt may run. The attempt, whose
// processes need a moment to end, must have stopped when another server takes the build.
func (c Config) computeHold() time.Duration {
	const share = 3 // of a lease, at most, is kept for the end
	return c.Lease - min(2*c.Renew, c.Lease/share)
}

// running is an attempt that runs.
type running struct {
	stop     context.CancelCauseFunc
	expiry   *time.Timer // stops the attempt
	progress record.Progress
}

// Dispatcher leases builds and runs them.
type Dispatcher struct {
	cfg   Config
	store Store
	work  Work
	log   *slog.Logger
	owner string

	wake chan struct{}  // has a value when a place has become free
	halt chan struct{}  // closed when no more builds are leased
	jobs sync.WaitGroup // attempts
	end  context.CancelFunc
	done sync.WaitGroup // the loops

	mu       sync.Mutex
	attempts map[*running]bool
	cut      bool // attempts are stopped at once
}

// New creates a dispatcher; cfg must be valid.
func New(cfg Config, store Store, work Work, log *slog.Logger) *Dispatcher {
	return &Dispatcher{
		cfg: cfg, store: store, work: work, log: log, owner: ulid.Make().String(), wake: make(chan struct{}, 1),
		halt: make(chan struct{}), attempts: map[*running]bool{},
	}
}

// Start starts to lease and run builds, until Stop.
func (d *Dispatcher) Start(ctx context.Context) {
	ctx, d.end = context.WithCancel(ctx)
	d.done.Go(func() { d.leaseBuilds(ctx) })
	d.done.Go(func() { d.renewPeriodically(ctx) })
}

// Stop leases no more builds and waits for those that run. When ctx ends, they are stopped and go back to the queue.
func (d *Dispatcher) Stop(ctx context.Context) error {
	d.mu.Lock()
	if !d.isStopping() {
		close(d.halt)
	}
	d.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		d.jobs.Wait()
		close(ended)
	}()
	defer func() {
		d.end()
		d.done.Wait()
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	d.mu.Lock()
	d.cut = true
	d.mu.Unlock()
	d.stopAll(record.ErrStopped)
	const patience = 30 * time.Second
	select {
	case <-ended:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("%d builds did not stop within %s", d.CountRunning(), patience)
	}
}

// Cancel stops a build if it runs here, at once instead of at the next renewal. Its record must say that it was
// cancelled.
func (d *Dispatcher) Cancel(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for r := range d.attempts {
		if r.progress.ID == id {
			r.stop(record.ErrCancelled)
		}
	}
}

// CountRunning returns the number of builds that run here.
func (d *Dispatcher) CountRunning() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.attempts)
}

func (d *Dispatcher) isStopping() bool {
	select {
	case <-d.halt:
		return true
	default:
		return false
	}
}

func (d *Dispatcher) signal() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *Dispatcher) stopAll(cause error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for r := range d.attempts {
		r.stop(cause)
	}
}

// leaseBuilds leases builds as long as places are free.
func (d *Dispatcher) leaseBuilds(ctx context.Context) {
	poll := time.NewTicker(d.cfg.Poll)
	defer poll.Stop()
	for {
		for d.leaseOne(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-d.halt:
			return
		case <-d.wake:
		case <-d.store.Queued():
		case <-poll.C:
		}
	}
}

// leaseOne leases a build and starts its attempt, and reports whether it did.
func (d *Dispatcher) leaseOne(ctx context.Context) bool {
	d.mu.Lock()
	free := !d.isStopping() && len(d.attempts) < d.cfg.Workers && ctx.Err() == nil
	if free {
		d.jobs.Add(1) // Stop waits for this attempt, too
	}
	d.mu.Unlock()
	if !free {
		return false
	}
	begin := time.Now()
	b, err := d.store.LeaseNext(ctx, d.owner, d.cfg.Lease)
	if err != nil {
		d.jobs.Done()
		if !errors.Is(err, record.ErrNotFound) && ctx.Err() == nil {
			d.log.ErrorContext(ctx, "the next build cannot be read from the database", "error", err)
		}
		return false
	}
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	expiry := time.AfterFunc(time.Until(begin.Add(d.cfg.computeHold())), func() { stop(record.ErrCancelled) })
	r := &running{stop, expiry, record.Progress{ID: b.ID, Attempt: b.Lease.Attempt}}
	d.mu.Lock()
	d.attempts[r] = true
	if d.cut {
		stop(record.ErrStopped)
	}
	d.mu.Unlock()
	go func() {
		defer d.jobs.Done()
		d.run(work, r, b)
	}()
	return true
}

// run does an attempt.
func (d *Dispatcher) run(ctx context.Context, r *running, b record.Build) {
	ctx, stop := context.WithTimeout(ctx, d.cfg.Timeout)
	defer stop()
	defer func() {
		d.mu.Lock()
		delete(d.attempts, r)
		d.mu.Unlock()
		r.expiry.Stop()
		r.stop(nil)
		d.signal()
	}()
	d.work(ctx, Attempt{Build: b, Stopping: d.halt, Report: func(percent int, phase, message string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		p := &r.progress
		p.Percent, p.Phase, p.Message = max(p.Percent, percent), phase, message
	}})
}

// renewPeriodically renews the leases, and takes back the builds of servers that have died.
func (d *Dispatcher) renewPeriodically(ctx context.Context) {
	tick := time.NewTicker(d.cfg.Renew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// Renewing comes first: after a pause of the machine, this server's own leases may seem expired.
		if err := d.renew(ctx); err != nil {
			if ctx.Err() == nil {
				d.log.ErrorContext(ctx, "leases of builds cannot be renewed", "error", err)
			}
			continue
		}
		lost, err := d.takeBackExpired(ctx)
		if err != nil && ctx.Err() == nil {
			d.log.ErrorContext(ctx, "builds of servers that have died cannot be taken back", "error", err)
		}
		for _, b := range lost {
			d.log.WarnContext(ctx, "the server of a build has died", "build", b.ID, "lost", b.Lease.Lost, "state", b.State)
		}
	}
}

// timeoutShare is the part of a lease that a call of the database may take, so that a call that hangs does not keep the
// next renewal from coming in time.
const timeoutShare = 4

// takeBackExpired ends the attempts of servers that have died.
func (d *Dispatcher) takeBackExpired(ctx context.Context) ([]record.Build, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Lease/timeoutShare)
	defer cancel()
	return d.store.TakeBackExpired(ctx, time.Now())
}

// renew renews the leases of the attempts that run here and stops those that must not go on: they were cancelled, or
// have passed to another server. Those that are not renewed in time stop by their timers.
func (d *Dispatcher) renew(ctx context.Context) error {
	d.mu.Lock()
	list := make([]record.Progress, 0, len(d.attempts))
	renewed := make([]*running, 0, len(d.attempts))
	for r := range d.attempts {
		list, renewed = append(list, r.progress), append(renewed, r)
	}
	d.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Lease/timeoutShare)
	defer cancel()
	begin := time.Now()
	stop, err := d.store.RenewLeases(ctx, d.owner, d.cfg.Lease, list)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range renewed {
		if d.attempts[r] {
			r.expiry.Reset(time.Until(begin.Add(d.cfg.computeHold())))
		}
	}
	for _, p := range stop {
		for r := range d.attempts {
			if r.progress.ID == p.ID && r.progress.Attempt == p.Attempt {
				r.stop(record.ErrCancelled)
			}
		}
	}
	return nil
}
