package house

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"

	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/cell/inside"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/turns"
	"mynah/internal/upload"
	"mynah/internal/voice"
	"mynah/internal/voice/models"
	"mynah/internal/voice/piper"
)

// cellConfig are the settings of a cell, as its host sends them. It contains no key of a service: those are in fields
// that are not encoded.
type cellConfig struct {
	Config Config        `json:"config"`
	Limits upload.Limits `json:"limits"`
}

// RunCell is the process of a cell: it does the work of the host that started it, until the host closes the connection
// or ctx ends. Signals end it as if it did not handle them: the host must see that it was killed.
func RunCell(ctx context.Context) error {
	signal.Reset(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	var w *inside.Worker
	//nolint:contextcheck // the connection ends by Close
	peer, err := cell.Connect(cell.CellLimits(), func(p *cell.Peer) map[string]cell.Handler {
		w = inside.New(p, inside.Openers{Parts: openCellParts, Model: openModel})
		return w.Handlers()
	})
	if err != nil {
		return err
	}
	select {
	case <-peer.Done():
	case <-ctx.Done():
	}
	peer.Close()
	w.Close()
	return peer.Err()
}

// openCellParts creates the parts of a cell.
func openCellParts(config json.RawMessage, h inside.Host) (inside.Parts, error) {
	var c cellConfig
	if err := json.Unmarshal(config, &c); err != nil {
		return inside.Parts{}, fault.New(fault.Internal, err, "the settings of the cell cannot be read")
	}
	around := surroundings{slots: h, engine: h.NewEngine, neural: h.NewEngine(piper.Name)}
	if cell.CanPassFiles {
		around.open = h.OpenBrowser
	}
	parts, err := newWithin(c.Config, around)
	if err != nil {
		return inside.Parts{}, err
	}
	return inside.Parts{
		Studio: parts.Studio, Booth: parts.Booth, Runner: parts.Runner, Limits: c.Limits, Close: parts.Close,
	}, nil
}

// openModel opens the engine of a model host.
func openModel(config json.RawMessage) (voice.Engine, func(), error) {
	var c cellConfig
	if err := json.Unmarshal(config, &c); err != nil {
		return nil, nil, fault.New(fault.Internal, err, "the settings of the model host cannot be read")
	}
	run, err := proc.New(c.Config.Proc)
	if err != nil {
		return nil, nil, err
	}
	e, err := piper.New(c.Config.newPiperConfig(), run)
	if err != nil {
		return nil, nil, err
	}
	return e, func() {
		e.Close()
		run.WaitUntilIdle()
	}, nil
}

// newModels returns what starts model hosts, by a program that has the command cell.
func newModels(cfg Config, program string, run *proc.Runner) *host.Models {
	m := host.DefaultModelsConfig()
	m.Program, m.Engine, m.SpeakerMark = program, piper.Name, piper.SpeakerMark
	cfg.VoicesDir = cfg.findVoicesDir()
	m.Exists = func(model string) bool {
		_, err := models.ReadInstalledVoice(cfg.VoicesDir, model)
		return !errors.Is(err, fs.ErrNotExist) // the model host explains what is wrong with a damaged one
	}
	return host.NewModels(m, run, func() (json.RawMessage, error) { return json.Marshal(cellConfig{Config: cfg}) })
}

// delegated is the engine of neural voices whose models run in other processes: only the folder of voices is read here.
type delegated struct {
	*piper.Engine
	speaker voice.Engine
}

// Version implements voice.Engine.
func (e *delegated) Version(ctx context.Context) (string, error) { return e.speaker.Version(ctx) }

// Speak implements voice.Engine.
func (e *delegated) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	return e.speaker.Speak(ctx, req)
}

// CellsConfig are the settings of the cells that a process starts.
type CellsConfig struct {
	Host host.Config
	// Limits are the limits of archives.
	Limits upload.Limits
	// CacheOf returns the cache folder of a tenant.
	CacheOf func(tenant string) string
	// Spend counts what engines over the network speak; nil counts nothing. budget is that of the engine's settings.
	Spend func(ctx context.Context, tenant, engine string, n, budget int64) error
	// Profiles is the folder of the browsers' profiles.
	Profiles string
	Log      *slog.Logger
}

// newHost returns a host of cells with the settings of cfg, and its model hosts. Close both after use, the host first.
func newHost(cfg Config, c CellsConfig, run *proc.Runner) (*host.Host, *host.Models, error) {
	if c.Host.Program == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, nil, fault.New(fault.Internal, err, "the path of this program cannot be found")
		}
		c.Host.Program = self
	}
	engines, err := cfg.Engines.newEngines(nil)
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(c.Profiles, 0o700); err != nil {
		return nil, nil, fault.New(fault.Disk, err, "the folder of the browsers' profiles cannot be created")
	}
	cfg.Slide.TempDir = c.Profiles
	if cfg.VoicesDir = cfg.findVoicesDir(); cfg.VoicesDir != "" {
		if cfg.VoicesDir, err = filepath.Abs(cfg.VoicesDir); err != nil {
			return nil, nil, fault.New(fault.Disk, err, "the folder of voices cannot be found")
		}
	}
	folder, err := piper.New(cfg.newPiperConfig(), run)
	if err != nil {
		return nil, nil, err
	}
	models := newModels(cfg, c.Host.Program, run)
	var spend host.Spend
	if c.Spend != nil {
		spend = func(ctx context.Context, tenant, engine string, n int64) error {
			return c.Spend(ctx, tenant, engine, n, cfg.Engines.findBudget(engine))
		}
	}
	h, err := host.New(c.Host, host.Services{
		Spend: spend,
		Local: []voice.Engine{&delegated{folder, models.NewEngine()}},
		Run:   run, Engines: engines, Log: c.Log, OpenBrowser: slide.NewOpener(cfg.Slide, run),
		Slots: turns.New(turns.Config{Most: cfg.Proc.Jobs, Patience: patience}),
		SetUp: func(tenant string, nice int) (json.RawMessage, error) {
			own := cfg
			own.Proc.Nice = max(nice, cfg.Proc.Nice)
			var err error
			if own.CacheDir, err = filepath.Abs(c.CacheOf(tenant)); err != nil { // a cell has another working folder
				return nil, fault.New(fault.Disk, err, "the cache cannot be found")
			}
			return json.Marshal(cellConfig{own, c.Limits})
		},
	})
	if err != nil {
		models.Close()
		return nil, nil, err
	}
	return h, models, nil
}

// tenantsFolder is the folder with the caches of all tenants in a server's cache folder.
const tenantsFolder = "tenants"

// findTenantCache returns the cache folder of a tenant in a server's cache folder. Capital letters are marked, because
// some file systems do not distinguish them from small ones. Names of tenants have no underscore.
func findTenantCache(dir, tenant string) string {
	var name strings.Builder
	for _, r := range tenant {
		if unicode.IsUpper(r) {
			name.WriteByte('_')
		}
		name.WriteRune(unicode.ToLower(r))
	}
	return filepath.Join(dir, tenantsFolder, name.String())
}

// patience is how long the programs of a request that a person waits for wait for those of builds.
const patience = 200 * time.Millisecond

// CellBuild is a project that is built in a cell.
type CellBuild struct {
	Archive *os.File
	cell.ProjectWork
	Report func(cell.Progress)
	Log    *slog.Logger
}

// BuildInCell builds a project in a cell of its own, as a server does. The result's files are in the folder out; clean
// removes it.
func BuildInCell(ctx context.Context, cfg Config, b CellBuild) (r cell.BuildResult, out *os.Root, clean func(), err error) {
	if err := cfg.Validate(); err != nil {
		return r, nil, nil, fault.New(fault.Usage, err, "invalid settings")
	}
	dir, err := os.MkdirTemp("", "mynah-cell-*")
	if err != nil {
		return r, nil, nil, fault.New(fault.Disk, err, "cannot create a temporary folder")
	}
	clean = func() { _ = os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			clean()
		}
	}()
	run, err := proc.New(cfg.Proc)
	if err != nil {
		return r, nil, clean, err
	}
	cache := cfg.CacheDir
	if cfg.NoCache {
		cache = filepath.Join(dir, "cache")
	} else if cache == "" {
		if cache, err = findDefaultCacheDir(); err != nil {
			return r, nil, clean, fault.New(fault.Disk, err, "the default cache folder cannot be determined")
		}
	}
	cfg.NoCache = false
	hosting := host.DefaultConfig()
	hosting.BuildNice = 0
	h, models, err := newHost(cfg, CellsConfig{
		Host: hosting, Limits: upload.DefaultLimits(), Log: b.Log, Profiles: filepath.Join(dir, "browsers"),
		CacheOf: func(string) string { return cache },
	}, run)
	if err != nil {
		return r, nil, clean, err
	}
	defer run.WaitUntilIdle()
	defer models.Close()
	defer h.Close()
	b.Dir = filepath.Join(dir, "work")
	for _, name := range []string{"project", "out"} {
		if err := os.MkdirAll(filepath.Join(b.Dir, name), 0o700); err != nil {
			return r, nil, clean, fault.New(fault.Disk, err, "cannot create a temporary folder")
		}
	}
	if r, err = h.Build(ctx, "main", cell.BuildWork{ProjectWork: b.ProjectWork}, b.Archive, b.Report); err != nil {
		return r, nil, clean, err
	}
	out, err = os.OpenRoot(filepath.Join(b.Dir, "out"))
	return r, out, clean, err
}
