// Package host starts cells for the server: a job cell for each build, and desk cells, one for each tenant, for requests
// that a person waits for. It answers the calls of cells: slots for programs, engines that need keys or the network,
// and browsers. What a cell says is never trusted: numbers, names and files are checked here.
package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/turns"
	"mynah/internal/voice"
)

// Config contains the settings of a host.
type Config struct {
	// Program and Args start a cell: this binary with the command cell.
	Program string
	Args    []string
	// Desks is the maximum number of desk cells. The one that was used least recently ends for a new one.
	Desks int
	// DeskIdle, DeskRequests and DeskMemory end a desk cell: the time since its last request, the number of its requests,
	// and its memory in bytes after a request.
	DeskIdle     time.Duration
	DeskRequests int
	DeskMemory   int64
	// Browsers is the number of browsers that are kept ready, once the first was needed.
	Browsers int
	// BuildNice is the niceness of job cells and their programs, so that requests of people have priority.
	BuildNice int
	// Grace is how long a cell may take to end by itself.
	Grace time.Duration
	// StartTime is how long a cell may take to start and to be set up.
	StartTime time.Duration
}

// DefaultConfig returns the default settings, without Program.
func DefaultConfig() Config {
	return Config{
		Args: []string{"cell"}, Desks: 8, DeskIdle: time.Minute, DeskRequests: 500, DeskMemory: 1 << 30, Browsers: 1,
		BuildNice: 10, Grace: 3 * time.Second, StartTime: startTime,
	}
}

// startTime is how long a process may take to start and to be set up.
const startTime = 20 * time.Second

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Desks >= 1 && c.Desks <= 1000, "desks: %d, must be 1 to 1000", c.Desks)
	check(c.DeskIdle >= time.Second, "desk-idle: %s, must be at least a second", c.DeskIdle)
	check(c.DeskRequests >= 1, "desk-requests: %d, must be at least 1", c.DeskRequests)
	check(c.DeskMemory >= 64<<20, "desk-memory: must be at least 64 MiB")
	check(c.BuildNice >= 0 && c.BuildNice <= 19, "build-nice: %d, must be 0 to 19", c.BuildNice)
	check(c.StartTime > 0, "start-time: %s, must be positive", c.StartTime)
	check(c.Browsers >= 0 && c.Browsers <= 100, "browsers: %d, must be 0 to 100", c.Browsers)
	return errors.Join(errs...)
}

// Services are what a host uses for its cells.
type Services struct {
	// Run starts the cells.
	Run *proc.Runner
	// SetUp returns the settings of a cell of a tenant. nice is the niceness of its programs.
	SetUp func(tenant string, nice int) (json.RawMessage, error)
	// Slots decides when a cell may start a program.
	Slots *turns.Queue
	// Engines speak for cells: those that need keys or the network.
	Engines []voice.Engine
	// Spend counts what Engines speak; nil counts nothing.
	Spend Spend
	// Local speak for cells too, on this machine: neural models.
	Local []voice.Engine
	// OpenBrowser starts a browser.
	OpenBrowser slide.Opener
	Log         *slog.Logger
}

// Host starts cells. It is safe for concurrent use.
type Host struct {
	cfg      Config
	services Services
	browsers *browserPool
	speakers *speakers

	closing chan struct{} // closed by Close; cells that start are killed then

	mu      sync.Mutex
	desks   map[string]*desk // by tenant
	leaving map[*desk]bool   // retired desks that still have requests
	waiting int              // requests that wait for a place for their desk
	freed   chan struct{}    // closed, and replaced, when a place may have become free
	closed  bool
	ending  sync.WaitGroup // desks that are being started or ended, and the sweeper
}

// New creates a host; cfg must be valid. Close it after use.
func New(cfg Config, s Services) (*Host, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Program == "" {
		return nil, fault.New(fault.Internal, nil, "the program of cells is missing")
	}
	if s.Spend == nil {
		s.Spend = func(context.Context, string, string, int64) error { return nil }
	}
	h := &Host{
		cfg: cfg, services: s, browsers: newBrowserPool(cfg.Browsers, s.OpenBrowser), speakers: newSpeakers(s.Engines, s.Local, s.Spend),
		desks: map[string]*desk{}, leaving: map[*desk]bool{}, freed: make(chan struct{}), closing: make(chan struct{}),
	}
	h.ending.Go(h.endIdleDesks)
	return h, nil
}

// Close ends all desk cells, also those that have requests, and ready browsers. Builds end with their contexts.
func (h *Host) Close() {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
	for _, d := range h.desks {
		h.stop(d)
	}
	for d := range h.leaving {
		h.stop(d)
	}
	clear(h.desks)
	clear(h.leaving)
	h.signalFree()
	h.mu.Unlock()
	h.ending.Wait()
	h.browsers.close()
}

// running is a cell that runs.
type running struct {
	*cell.Child
	assistant *assistant
}

// errSlowStart is why a cell is killed that does not start in time.
var errSlowStart = errors.New("it did not start in time")

// limitStart returns a context for a process that starts. It ends with ctx, and until started is called also after
// longest and when closing is closed. end must be called when the process has ended.
func limitStart(
	ctx context.Context, closing <-chan struct{}, longest time.Duration,
) (limited context.Context, started, end func()) {
	limited, kill := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		slow := time.NewTimer(longest)
		defer slow.Stop()
		select {
		case <-slow.C:
			kill(errSlowStart)
		case <-closing:
			kill(fault.New(fault.Cancelled, nil, "the server is stopping"))
		case <-done:
		}
	}()
	return limited, sync.OnceFunc(func() { close(done) }), func() { kill(nil) }
}

// start starts a cell and sets it up.
func (h *Host) start(ctx context.Context, tenant string, lane turns.Lane) (*running, error) {
	nice := 0
	if lane == turns.Builds {
		nice = h.cfg.BuildNice
	}
	config, err := h.services.SetUp(tenant, nice)
	if err != nil {
		return nil, err
	}
	a := newAssistant(h, tenant, lane)
	limited, started, end := limitStart(ctx, h.closing, h.cfg.StartTime)
	defer started()
	child, err := cell.Launch(limited, h.services.Run, proc.Command{
		Program: h.cfg.Program, Args: h.cfg.Args, Stderr: newLogWriter(h.services.Log, tenant), Nice: nice,
	}, cell.HostLimits(), func(*cell.Peer) map[string]cell.Handler { return a.handlers() })
	if err != nil {
		defer end()
		a.end()
		return nil, explainStart(ctx, limited, err, err)
	}
	r := &running{child, a}
	go func() {
		<-child.Done()
		a.end()
		<-child.Exited()
		end()
	}()
	if _, err := cell.Ask[struct{}](limited, child.Peer, cell.SetUp, cell.Setup{Config: config}); err != nil {
		said := r.stop(0)
		if child.Err() != nil { // the cell broke the protocol, which has ended the connection
			said = errors.Join(child.Err(), keepText(said))
		}
		return nil, explainStart(ctx, limited, err, said)
	}
	return r, nil
}

// keepText returns an error of which only the text counts.
func keepText(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(err.Error())
}

// explainStart returns the error of a cell that failed to start: err is that of the call, said is how the process
// ended.
func explainStart(ctx, limited context.Context, err, said error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cause := context.Cause(limited) // context.Canceled if the process has ended by itself
	if errors.Is(cause, errSlowStart) {
		return fault.New(fault.Internal, errors.Join(cause, keepText(said)), "a process for the work does not start").
			WithHint("try again; the server may be very busy")
	}
	if _, ok := fault.As(cause); ok {
		return cause
	}
	if exit, ok := errors.AsType[*proc.ExitError](said); ok && errors.Is(err, cell.ErrGone) && isKill(exit) {
		return &KilledError{said}
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	return fault.New(fault.Internal, errors.Join(err, said), "a process for the work does not start")
}

// stop ends a cell, and returns how it ended.
func (r *running) stop(grace time.Duration) error {
	err := r.Stop(grace)
	r.assistant.end()
	return err
}

// logWriter writes what a cell prints to standard error to the log, up to a limit.
type logWriter struct {
	log  *slog.Logger
	left int
}

func newLogWriter(log *slog.Logger, tenant string) *logWriter {
	const most = 64 << 10
	return &logWriter{log.With("tenant", tenant), most}
}

// Write implements io.Writer.
func (w *logWriter) Write(b []byte) (int, error) {
	if w.left > 0 {
		w.log.Warn("a cell printed", "text", string(b[:min(len(b), w.left)]))
		w.left -= len(b)
	}
	return len(b), nil
}
