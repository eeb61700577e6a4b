// Package house is the composition root: only it knows all engines and drivers. It reads and
// checks the settings of engines and voices, creates the parts of Mynah and connects them, checks
// the installed programs (mynah doctor), and runs the server with its periodic cleaning. All
// other packages get what they need as arguments.
package house

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mynah/internal/cache"
	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/studio"
	"mynah/internal/system"
	"mynah/internal/voice"
	"mynah/internal/voice/espeak"
	"mynah/internal/voice/flite"
	"mynah/internal/voice/models"
	"mynah/internal/voice/onnx"
	"mynah/internal/voice/piper"
)

// Config contains the settings of all parts.
type Config struct {
	// CacheDir is the cache folder; empty means the user's cache folder.
	CacheDir string
	// NoCache uses an empty cache that is removed at the end.
	NoCache bool
	// Program starts model hosts: this binary, which has the command cell. If it is empty, neural models run in this
	// process.
	Program string
	Proc    proc.Config
	Voice   voice.Config
	Studio  studio.Config
	Espeak  espeak.Config
	Flite   flite.Config
	Slide   slide.Config
	Engines EnginesConfig
	// VoicesDir is the folder of installed voices; empty means the user's data folder.
	VoicesDir string
}

// DefaultConfig returns the default settings.
func DefaultConfig() Config {
	return Config{
		Proc: proc.DefaultConfig(), Voice: voice.DefaultConfig(), Studio: studio.DefaultConfig(),
		Espeak: espeak.DefaultConfig(), Flite: flite.DefaultConfig(), Slide: slide.DefaultConfig(),
	}
}

// Validate reports all errors at once.
func (c Config) Validate() error {
	return errors.Join(c.Proc.Validate(), c.Voice.Validate(), c.Studio.Validate(), prefixErrors("espeak-ng", c.Espeak.Validate()),
		prefixErrors("flite", c.Flite.Validate()), prefixErrors("slides", c.Slide.Validate()),
		prefixErrors("piper", c.newPiperConfig().Validate()))
}

// prefixErrors adds the name of a part of Mynah to each of its joined configuration errors.
func prefixErrors(part string, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, fmt.Errorf("%s: %w", part, e))
	}
	return errors.Join(out...)
}

// findDefaultCacheDir returns the cache folder of the XDG base directory specification.
func findDefaultCacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("the default cache folder cannot be determined: %w", err)
	}
	return filepath.Join(dir, "mynah"), nil
}

// House holds the connected parts of Mynah.
type House struct {
	Store  *cache.Store
	Runner *proc.Runner
	Booth  *voice.Booth
	Drawer *slide.Drawer
	Studio *studio.Studio

	espeak    *espeak.Engine
	helper    string // name or path of mynah-espeak
	piper     *piper.Engine
	models    *host.Models // nil if neural models run in this process
	engines   EnginesConfig
	temporary string
	alive     *system.Lock // locked while the temporary folder is in use
}

// makeTemporaryDir creates a temporary folder of this process, and removes those of killed
// processes, whose locks are free.
func makeTemporaryDir() (string, *system.Lock, error) {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), temporaryPrefix+"*", aliveName))
	for _, name := range old {
		if lock, err := system.TryLock(name); err == nil {
			_ = os.RemoveAll(filepath.Dir(name))
			lock.Unlock()
		}
	}
	for {
		dir, err := os.MkdirTemp("", temporaryPrefix+"*")
		if err != nil {
			return "", nil, err
		}
		name := filepath.Join(dir, aliveName)
		var lock *system.Lock
		if err = os.WriteFile(name, nil, 0o600); err == nil {
			lock, err = system.TryLock(name)
		}
		if err == nil {
			return dir, lock, nil
		}
		_ = os.RemoveAll(dir)
		// Another process may have removed it before it was locked.
		if !errors.Is(err, system.ErrTaken) && !errors.Is(err, fs.ErrNotExist) {
			return "", nil, err
		}
	}
}

const (
	temporaryPrefix = "mynah-cache-"
	aliveName       = "alive"
)

// OpenCache opens only the cache.
func OpenCache(cfg Config) (*cache.Store, error) {
	dir := cfg.CacheDir
	if dir == "" {
		var err error
		if dir, err = findDefaultCacheDir(); err != nil {
			return nil, fault.New(fault.Disk, err, "the default cache folder cannot be determined").
				WithHint("choose one with --cache-dir")
		}
	}
	store, err := cache.Open(dir)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "the cache %s cannot be used", dir).
			WithHint("choose another folder with --cache-dir")
	}
	return store, nil
}

// surroundings are what the parts of a House take from elsewhere. Each is nil for this process's own.
type surroundings struct {
	slots proc.Slots
	// engine returns the engine of a name that needs keys or the network.
	engine func(name string) voice.Engine
	// neural speaks with neural voices.
	neural voice.Engine
	open   slide.Opener
}

// New creates and connects the parts. Close the House after use.
func New(cfg Config) (*House, error) { return newWithin(cfg, surroundings{}) }

func newWithin(cfg Config, around surroundings) (*House, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fault.New(fault.Usage, err, "invalid settings")
	}
	h := &House{}
	if cfg.NoCache {
		dir, alive, err := makeTemporaryDir()
		if err != nil {
			return nil, fault.New(fault.Disk, err, "cannot create a temporary folder")
		}
		h.temporary, h.alive, cfg.CacheDir = dir, alive, dir
	}
	if err := h.connectParts(cfg, around); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (h *House) connectParts(cfg Config, around surroundings) error {
	var err error
	if h.Store, err = OpenCache(cfg); err != nil {
		return err
	}
	if around.slots != nil {
		h.Runner, err = proc.NewWithSlots(cfg.Proc, around.slots)
	} else {
		h.Runner, err = proc.New(cfg.Proc)
	}
	if err != nil {
		return err
	}
	e, err := espeak.New(cfg.Espeak, h.Runner)
	if err != nil {
		return err
	}
	h.espeak, h.helper = e, cfg.Espeak.Helper
	f, err := flite.New(cfg.Flite, h.Runner)
	if err != nil {
		return err
	}
	engines := []voice.Engine{
		voice.WithCachedVersion(e, h.Store, func() (string, error) {
			id, err := h.Runner.IdentifyProgram(cfg.Espeak.Program)
			helper, _ := h.Runner.IdentifyProgram(cfg.Espeak.Helper) // it is optional, but changes the sound
			return id + " " + helper, err
		}),
		voice.WithCachedVersion(f, h.Store, func() (string, error) { return h.Runner.IdentifyProgram(cfg.Flite.Program) }),
	}
	if h.piper, err = piper.New(cfg.newPiperConfig(), h.Runner); err != nil {
		return err
	}
	var neural voice.Engine = h.piper
	switch {
	case around.neural != nil:
		neural = &delegated{h.piper, around.neural}
	case cfg.Program != "":
		h.models = newModels(cfg, cfg.Program, h.Runner)
		neural = &delegated{h.piper, h.models.NewEngine()}
	}
	identify := func() (string, error) { return h.identifyPiperFiles(cfg.newPiperConfig()) }
	engines = append(engines, voice.WithCachedVersion(neural, h.Store, identify))
	h.engines = cfg.Engines
	more, err := cfg.Engines.newEngines(around.engine)
	if err != nil {
		return err
	}
	cfg.Voice.Extra, cfg.Voice.Defaults, cfg.Voice.Fallback = cfg.Engines.Voices, cfg.Engines.Defaults, cfg.Engines.Fallback
	if h.Booth, err = voice.NewBooth(cfg.Voice, append(engines, more...), h.Store); err != nil {
		return err
	}
	if cfg.Slide.TempDir == "" {
		// In the cache folder, the next process removes what a killed one leaves.
		cfg.Slide.TempDir, _ = h.Store.MakeTempDir()
	}
	if h.Drawer, err = slide.New(cfg.Slide, h.Runner, around.open); err != nil {
		return err
	}
	h.Studio, err = studio.New(cfg.Studio, h.Runner, h.Booth, h.Drawer, h.Store)
	return err
}

// Close ends helpers and removes temporary files.
func (h *House) Close() {
	if h.Drawer != nil {
		h.Drawer.Close()
	}
	if h.espeak != nil {
		h.espeak.Close()
	}
	if h.models != nil {
		h.models.Close()
	}
	if h.piper != nil {
		h.piper.Close()
	}
	if h.Runner != nil {
		h.Runner.WaitUntilIdle()
	}
	if h.Store != nil {
		h.Store.Close()
	}
	if h.temporary != "" {
		_ = os.RemoveAll(h.temporary)
		h.alive.Unlock()
	}
}

// CheckTools returns the programs that Mynah uses, as mynah doctor shows them.
func (h *House) CheckTools(ctx context.Context) []Tool { return h.checkTools(ctx) }

// newPiperConfig returns the settings of neural voices.
func (c Config) newPiperConfig() piper.Config {
	p := piper.DefaultConfig()
	p.Dir, p.Espeak = c.findVoicesDir(), c.Espeak.Program
	for _, e := range c.Engines.Engines {
		if e.isLocal() {
			p.Library, p.Steady = e.Library, e.Steady
			p.Program = cmp.Or(e.Program, p.Program)
			p.Timeout = cmp.Or(e.Timeout, p.Timeout)
		}
	}
	if p.Library == "" {
		p.Library = onnx.FindLibrary(
			filepath.Join(filepath.Dir(findDefaultVoicesDir()), "lib"), "/usr/local/lib/mynah", "/usr/local/lib",
			"/opt/homebrew/lib",
		)
	}
	return p
}

func (c Config) findVoicesDir() string { return cmp.Or(c.VoicesDir, findDefaultVoicesDir()) }

// identifyPiperFiles identifies the files that decide the sound of neural voices, for cache keys.
func (h *House) identifyPiperFiles(cfg piper.Config) (string, error) {
	reader, err := h.Runner.IdentifyProgram(cfg.Espeak)
	if err != nil {
		return "", err
	}
	var by string
	if info, err := os.Stat(cfg.Library); err == nil {
		by = fmt.Sprint(cfg.Library, info.Size(), info.ModTime().UnixNano())
	} else if by, err = h.Runner.IdentifyProgram(cfg.Program); err != nil {
		return "", err
	}
	return fmt.Sprint(reader, " ", by, " ", cfg.Steady), nil
}

// NewInstaller creates an installer of voices; an empty index means the public list.
func NewInstaller(cfg Config, index string) (*models.Installer, error) {
	i := models.DefaultInstallConfig(cfg.findVoicesDir())
	i.Index = cmp.Or(index, i.Index)
	return models.NewInstaller(i)
}

// RemoveVoice removes an installed voice.
func RemoveVoice(cfg Config, name string) error {
	err := models.RemoveVoice(cfg.findVoicesDir(), name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fault.New(fault.Usage, nil, "no voice %q is installed in %s", name, cfg.findVoicesDir())
	case err != nil:
		return fault.New(fault.Disk, err, "the voice %s cannot be removed", name)
	}
	return nil
}
