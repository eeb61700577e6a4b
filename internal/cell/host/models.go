package host

import (
	"context"
	"encoding/json"
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
	// Most is the number of models that are kept loaded; the one that was used least recently ends for a new one. While
	// all of them speak, up to twice as many are loaded.
	Most int
	// Exists reports whether a model is installed; no process starts for one that is not. nil means that all are.
	Exists func(model string) bool
	// StartTime is how long a model host may take to start.
	StartTime time.Duration
}

// DefaultModelsConfig returns the default settings, without Program and Engine.
func DefaultModelsConfig() ModelsConfig {
	return ModelsConfig{Args: []string{"cell"}, SpeakerMark: "+", Idle: 5 * time.Minute, Most: 3, StartTime: startTime}
}

// Models starts model hosts: processes that keep one neural model loaded, and turn text into samples. It is safe for
// concurrent use.
type Models struct {
	cfg   ModelsConfig
	run   *proc.Runner
	setUp func() (json.RawMessage, error)

	closing chan struct{} // closed by Close

	mu     sync.Mutex
	hosts  map[string]*modelHost // by model
	users  map[string]int        // by model: calls in progress, also those that wait for a place
	freed  chan struct{}         // closed, and replaced, when a place may have become free
	closed bool
	ending sync.WaitGroup // model hosts that are being started or ended, and the sweeper
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
	m := &Models{
		cfg: cfg, run: run, setUp: setUp, hosts: map[string]*modelHost{}, users: map[string]int{},
		freed: make(chan struct{}), closing: make(chan struct{}),
	}
	m.ending.Go(m.endIdle)
	return m
}

// NewEngine returns an engine that speaks in model hosts.
func (m *Models) NewEngine() voice.Engine {
	e, _ := cell.NewEngine(m.cfg.Engine, m.connect).(namedEngine)
	return &modelEngine{e, m}
}

// modelEngine keeps the model host of a voice from being ended while it is used.
type modelEngine struct {
	namedEngine
	models *Models
}

// Speak implements voice.Engine.
func (e *modelEngine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	defer e.models.enter(req.Voice)()
	return e.namedEngine.Speak(ctx, req)
}

// Version implements voice.Engine.
func (e *modelEngine) Version(ctx context.Context) (string, error) {
	defer e.models.enter("")()
	return e.namedEngine.Version(ctx)
}

// Voices implements voice.Engine.
func (e *modelEngine) Voices(ctx context.Context) ([]voice.EngineVoice, error) {
	defer e.models.enter("")()
	return e.namedEngine.Voices(ctx)
}

// Abilities implements voice.Engine.
func (e *modelEngine) Abilities() voice.Abilities {
	defer e.models.enter("")()
	return e.namedEngine.Abilities()
}

// DescribeVoice implements voice.Namer.
func (e *modelEngine) DescribeVoice(id string) (voice.EngineVoice, bool) {
	defer e.models.enter(id)()
	return e.namedEngine.DescribeVoice(id)
}

// VoiceVersion implements voice.Versioner.
func (e *modelEngine) VoiceVersion(ctx context.Context, id string) (string, error) {
	defer e.models.enter(id)()
	return e.namedEngine.VoiceVersion(ctx, id)
}

// findModel returns the model of a voice, "" for questions about the engine.
func (m *Models) findModel(voiceID string) string {
	model, _, _ := strings.Cut(voiceID, m.cfg.SpeakerMark)
	return model
}

// enter counts a call that uses the model of a voice, until leave is called.
func (m *Models) enter(voiceID string) (leave func()) {
	model := m.findModel(voiceID)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.users[model]++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.users[model]--; m.users[model] > 0 {
			return
		}
		delete(m.users, model)
		h := m.hosts[model]
		if h == nil {
			return
		}
		h.lastUse = time.Now()
		if len(m.hosts) > m.cfg.Most {
			m.end(model, h)
		}
		m.signalFree()
	}
}

// signalFree wakes the calls that wait for a place. The lock must be held.
func (m *Models) signalFree() {
	close(m.freed)
	m.freed = make(chan struct{})
}

// connect returns the connection to the process of a voice's model, and starts it if it does not run.
func (m *Models) connect(ctx context.Context, voiceID string) (*cell.Peer, error) {
	model := m.findModel(voiceID)
	if model != "" && m.cfg.Exists != nil && !m.cfg.Exists(model) {
		unknown := &voice.UnknownVoiceError{Engine: m.cfg.Engine, Voice: voiceID}
		return nil, fault.New(fault.ToolFailed, unknown, "the voice %s of %s is not installed", voiceID, m.cfg.Engine).
			WithHint("install it: mynah voices install %s", voiceID)
	}
	h, err := m.waitForHost(ctx, model)
	if err != nil {
		return nil, err
	}
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

// waitForHost returns the host of a model. It creates one as soon as a place is free.
func (m *Models) waitForHost(ctx context.Context, model string) (*modelHost, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		if m.closed {
			return nil, fault.New(fault.Cancelled, nil, "stopped")
		}
		h := m.hosts[model]
		if h != nil && h.hasEnded() {
			m.end(model, h)
			h = nil
		}
		if h == nil && m.makeRoom() {
			h = &modelHost{started: make(chan struct{})}
			m.hosts[model] = h
			m.ending.Go(func() { m.start(model, h) }) //nolint:contextcheck // it outlives its first request
		}
		if h != nil {
			h.lastUse = time.Now()
			return h, nil
		}
		freed := m.freed
		m.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
		}
		m.mu.Lock()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// start starts a model host.
func (m *Models) start(model string, h *modelHost) {
	defer close(h.started)
	h.child, h.err = m.launch()
	if h.err == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hosts[model] == h {
		delete(m.hosts, model)
	}
	m.signalFree()
}

// launch starts the process of a model host and sets it up.
func (m *Models) launch() (*cell.Child, error) {
	config, err := m.setUp()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	limited, started, end := limitStart(ctx, m.closing, m.cfg.StartTime)
	defer started()
	command := proc.Command{Program: m.cfg.Program, Args: m.cfg.Args}
	child, err := cell.Launch(limited, m.run, command, cell.HostLimits(), nil)
	if err != nil {
		defer end()
		return nil, explainStart(ctx, limited, err, nil)
	}
	go func() {
		<-child.Exited()
		end()
	}()
	if _, err := cell.Ask[struct{}](limited, child.Peer, cell.SetUpModel, cell.Setup{Config: config}); err != nil {
		said := child.Kill()
		return nil, explainStart(ctx, limited, err, keepText(said))
	}
	return child, nil
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

// makeRoom reports whether there is a place for a model host more. It ends the one that was used least recently of
// those that nobody uses. The lock must be held.
func (m *Models) makeRoom() bool {
	if len(m.hosts) < m.cfg.Most {
		return true
	}
	var oldest string
	var found *modelHost
	for model, h := range m.hosts {
		if m.users[model] == 0 && (found == nil || h.lastUse.Before(found.lastUse)) {
			oldest, found = model, h
		}
	}
	if found != nil {
		m.end(oldest, found)
		return true
	}
	return len(m.hosts) < 2*m.cfg.Most
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
	sweep := time.NewTicker(max(m.cfg.Idle/10, time.Second/10))
	defer sweep.Stop()
	for {
		var now time.Time
		select {
		case <-m.closing:
			return
		case now = <-sweep.C:
		}
		m.mu.Lock()
		for model, h := range m.hosts {
			if m.users[model] == 0 && now.Sub(h.lastUse) >= m.cfg.Idle {
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
	if !m.closed {
		m.closed = true
		close(m.closing)
	}
	for model, h := range m.hosts {
		m.end(model, h)
	}
	m.signalFree()
	m.mu.Unlock()
	m.ending.Wait()
}
