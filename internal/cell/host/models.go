package host

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice"
)

// ModelsConfig contains the settings of model hosts.
type ModelsConfig struct {
	// Program and Args start a model host: this binary with the command cell.
	Program string
	Args    []string
	// Engine is the name of the engine that runs models.
	Engine string
	// SpeakerMark separates the name of a model from that of one of its speakers in the name of a voice.
	SpeakerMark string
	// Idle ends a model host that has not spoken for this time.
	Idle time.Duration
	// Most is the number of models that are kept loaded; the one that was used least recently ends for a new one.
	Most int
}

// DefaultModelsConfig returns the default settings, without Program and Engine.
func DefaultModelsConfig() ModelsConfig {
	return ModelsConfig{Args: []string{"cell"}, SpeakerMark: "+", Idle: 5 * time.Minute, Most: 3}
}

// Models starts model hosts: processes that keep one neural model loaded, and turn text into samples. It is safe for
// concurrent use.
type Models struct {
	cfg   ModelsConfig
	run   *proc.Runner
	setUp func() (json.RawMessage, error)

	mu     sync.Mutex
	hosts  map[string]*modelHost // by model
	closed bool
	sweep  *time.Ticker
	ending sync.WaitGroup
}

// modelHost is the process of a model.
type modelHost struct {
	started chan struct{} // closed when child or err is set
	child   *cell.Child
	err     error
	lastUse time.Time
}

// NewModels returns what starts model hosts. setUp returns their settings. Close it after use.
func NewModels(cfg ModelsConfig, run *proc.Runner, setUp func() (json.RawMessage, error)) *Models {
	m := &Models{cfg: cfg, run: run, setUp: setUp, hosts: map[string]*modelHost{}, sweep: time.NewTicker(max(cfg.Idle/10, time.Second/10))}
	go m.endIdle()
	return m
}

// NewEngine returns an engine that speaks in model hosts.
func (m *Models) NewEngine() voice.Engine { return cell.NewEngine(m.cfg.Engine, m.connect) }

// connect returns the connection to the process of a voice's model, and starts it if it does not run.
func (m *Models) connect(ctx context.Context, voiceID string) (*cell.Peer, error) {
	model, _, _ := strings.Cut(voiceID, m.cfg.SpeakerMark)
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return nil, fault.New(fault.Cancelled, nil, "stopped")
	}
	h := m.hosts[model]
	if h != nil && h.hasEnded() {
		m.end(model, h)
		h = nil
	}
	if h == nil {
		m.makeRoom()
		h = &modelHost{started: make(chan struct{})}
		m.hosts[model] = h
		go m.start(h) //nolint:contextcheck,gosec // the model host outlives its first request
	}
	h.lastUse = time.Now()
	m.mu.Unlock()
	select {
	case <-h.started:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if h.err != nil {
		return nil, h.err
	}
	return h.child.Peer, nil
}

// start starts a model host.
func (m *Models) start(h *modelHost) {
	defer close(h.started)
	config, err := m.setUp()
	if err != nil {
		h.err = err
		return
	}
	ctx := context.Background()
	h.child, h.err = cell.Launch(ctx, m.run, proc.Command{Program: m.cfg.Program, Args: m.cfg.Args}, cell.HostLimits(), nil)
	if h.err != nil {
		return
	}
	if _, err := cell.Ask[struct{}](ctx, h.child.Peer, cell.SetUpModel, cell.Setup{Config: config}); err != nil {
		h.err = errors.Join(err, h.child.Kill())
	}
}

// hasEnded reports whether a model host has ended by itself or did not start.
func (h *modelHost) hasEnded() bool {
	select {
	case <-h.started:
	default:
		return false
	}
	if h.err != nil {
		return true
	}
	select {
	case <-h.child.Done():
		return true
	default:
		return false
	}
}

// makeRoom ends the model host that was used least recently, if there are too many. The lock must be held.
func (m *Models) makeRoom() {
	if len(m.hosts) < m.cfg.Most {
		return
	}
	var oldest string
	for model, h := range m.hosts {
		if o := m.hosts[oldest]; o == nil || h.lastUse.Before(o.lastUse) {
			oldest = model
		}
	}
	m.end(oldest, m.hosts[oldest])
}

// end ends a model host in the background. The lock must be held.
func (m *Models) end(model string, h *modelHost) {
	delete(m.hosts, model)
	m.ending.Go(func() {
		<-h.started
		if h.err == nil {
			const grace = time.Second
			_ = h.child.Stop(grace)
		}
	})
}

// endIdle ends model hosts that are idle, until Close.
func (m *Models) endIdle() {
	for now := range m.sweep.C {
		m.mu.Lock()
		if m.closed {
			m.mu.Unlock()
			return
		}
		for model, h := range m.hosts {
			if now.Sub(h.lastUse) >= m.cfg.Idle {
				m.end(model, h)
			}
		}
		m.mu.Unlock()
	}
}

// Count returns the number of model hosts.
func (m *Models) Count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.hosts)
}

// Close ends all model hosts.
func (m *Models) Close() {
	m.mu.Lock()
	m.closed = true
	for model, h := range m.hosts {
		m.end(model, h)
	}
	m.mu.Unlock()
	m.sweep.Reset(time.Millisecond) // lets endIdle return
	m.ending.Wait()
}
