package house

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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
)

// cellConfig are the settings of a cell, as its host sends them. It contains no key of a service: those are in fields
// that are not encoded.
type cellConfig struct {
	Config Config        `json:"config"`
	Limits upload.Limits `json:"limits"`
}

// RunCell is the process of a cell: it does the work of the host that started it, until the host closes the connection
// or ctx ends.
func RunCell(ctx context.Context) error {
	var w *inside.Worker
	peer, err := cell.Connect(cell.DefaultLimits(), func(p *cell.Peer) map[string]cell.Handler {
		w = inside.New(p, openCellParts)
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
	around := surroundings{slots: h, engine: h.NewEngine}
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

// CellsConfig are the settings of the cells that a process starts.
type CellsConfig struct {
	Host host.Config
	// Limits are the limits of archives.
	Limits upload.Limits
	// CacheOf returns the cache folder of a tenant.
	CacheOf func(tenant string) string
	// Profiles is the folder of the browsers' profiles.
	Profiles string
	Log      *slog.Logger
}

// newHost returns a host of cells with the settings of cfg.
func newHost(cfg Config, c CellsConfig, run *proc.Runner) (*host.Host, error) {
	if c.Host.Program == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fault.New(fault.Internal, err, "the path of this program cannot be found")
		}
		c.Host.Program = self
	}
	engines, err := cfg.Engines.newEngines(nil)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Profiles, 0o700); err != nil {
		return nil, fault.New(fault.Disk, err, "the folder of the browsers' profiles cannot be created")
	}
	cfg.Slide.TempDir = c.Profiles
	cfg.VoicesDir = cfg.findVoicesDir()
	return host.New(c.Host, host.Services{
		Run: run, Engines: engines, Log: c.Log, OpenBrowser: slide.NewOpener(cfg.Slide, run),
		Slots: turns.New(turns.Config{Most: cfg.Proc.Jobs, Patience: patience}),
		SetUp: func(tenant string, nice int) (json.RawMessage, error) {
			own := cfg
			own.CacheDir, own.Proc.Nice = c.CacheOf(tenant), max(nice, cfg.Proc.Nice)
			return json.Marshal(cellConfig{own, c.Limits})
		},
	})
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
