package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"mynah/internal/auth"
	"mynah/internal/cache"
	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/httpapi"
	"mynah/internal/proc"
	"mynah/internal/queue"
	"mynah/internal/store"
	"mynah/internal/system"
	"mynah/internal/upload"
	"mynah/internal/worker"
)

// ServeConfig contains the settings of a server.
type ServeConfig struct {
	// Data is the server's data folder; it is created if missing.
	Data string
	// Listen is the address, such as 127.0.0.1:8080; port 0 means any free port.
	Listen string
	// TLSCert and TLSKey are files; set both or neither.
	TLSCert, TLSKey string
	HTTP            httpapi.Config
	Auth            auth.Config
	Store           store.Config
	Queue           queue.Config
	Fetch           upload.FetchConfig
	Limits          upload.Limits
	Cells           host.Config
	// MostResult is the maximum size of a file of a result, in bytes.
	MostResult int64
	// Grace is how long running builds may continue when the server stops.
	Grace time.Duration
	// CacheSize is the maximum size of the cache in bytes, enforced at each sweep.
	CacheSize int64
	// Sweep is the interval at which expired data are removed.
	Sweep time.Duration
	// Log receives the server's log, Out the messages for the person who started it.
	Log *slog.Logger
	Out io.Writer
}

// DefaultServeConfig returns the default settings of a server.
func DefaultServeConfig() ServeConfig {
	return ServeConfig{
		Data: "mynah-data", Listen: "127.0.0.1:8080", HTTP: httpapi.DefaultConfig(), Auth: auth.DefaultConfig(),
		Store: store.Config{MaxQueued: 100}, Queue: queue.DefaultConfig(), Fetch: upload.DefaultFetchConfig(), Limits: upload.DefaultLimits(),
		Cells: host.DefaultConfig(), MostResult: 64 << 30,
		Grace: 30 * time.Second, CacheSize: 20 << 30, Sweep: time.Minute, Log: slog.New(slog.DiscardHandler), Out: io.Discard,
	}
}

// Validate reports all errors at once.
func (c ServeConfig) Validate() error {
	errs := []error{c.HTTP.Validate(), c.Auth.Validate(), c.Queue.Validate(), c.Fetch.Validate(), c.Limits.Validate(), c.Cells.Validate()}
	check := func(ok bool, text string) {
		if !ok {
			errs = append(errs, errors.New(text))
		}
	}
	check(c.Data != "", "data: must be a folder")
	check((c.TLSCert == "") == (c.TLSKey == ""), "tls-cert and tls-key: set both or neither")
	check(c.Grace >= 0, "grace: must not be negative")
	check(c.Sweep >= time.Second, "sweep: must be at least a second")
	check(c.MostResult >= 1<<20, "most-result: must be at least 1 MiB")
	check(c.CacheSize >= 1<<20, "cache-size: must be at least 1 MiB")
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		errs = append(errs, fmt.Errorf("listen: %q, must be like 127.0.0.1:8080", c.Listen))
	}
	return errors.Join(errs...)
}

// databaseFile is the name of the database in the data folder.
const databaseFile = "mynah.db"

// OpenRecords opens the database in a server's data folder, also while the server runs. It is an
// error if no server has used the folder.
func OpenRecords(ctx context.Context, data string, cfg store.Config) (*store.Store, error) {
	if _, err := os.Stat(filepath.Join(data, databaseFile)); err != nil {
		return nil, fault.New(fault.Usage, nil, "the folder %s is not a server's data folder", data).
			WithHint("use the folder of mynah serve --data; the server creates its data there at its first start")
	}
	return openDatabase(ctx, data, cfg)
}

func openDatabase(ctx context.Context, data string, cfg store.Config) (*store.Store, error) {
	s, err := store.Open(ctx, filepath.Join(data, databaseFile), cfg)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "the database in %s cannot be opened", data)
	}
	return s, nil
}

// lockDataFolder locks the data folder for this process.
func lockDataFolder(data string) (*flock.Flock, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fault.New(fault.Disk, err, "the data folder %s cannot be created", data).
			WithHint("choose another folder with --data")
	}
	l := flock.New(filepath.Join(data, "lock"), flock.SetFlag(os.O_RDWR|os.O_CREATE))
	switch ok, err := l.TryLock(); {
	case err != nil:
		return nil, fault.New(fault.Disk, err, "the data folder %s cannot be written", data).
			WithHint("choose another folder with --data")
	case !ok:
		return nil, fault.New(fault.Usage, nil, "another server is using the data folder %s", data).
			WithHint("stop it, or choose another folder with --data")
	}
	return l, nil
}

// server holds the connected parts of a server.
type server struct {
	cfg      ServeConfig
	data     string // the data folder
	run      *proc.Runner
	cells    *host.Host
	caches   string           // the folder of the caches of all tenants
	budgets  map[string]int64 // of engines over the network, in characters a month
	ports    ports
	work     *workRole
	guard    *auth.Guard
	stopping atomic.Bool
	close    []func()
}

// Serve runs a server until ctx ends, and stops it gracefully.
func Serve(ctx context.Context, cfg Config, serve ServeConfig) error {
	if err := errors.Join(cfg.Validate(), serve.Validate()); err != nil {
		return fault.New(fault.Usage, err, "invalid settings")
	}
	o := &server{cfg: serve}
	defer o.closeAll()
	if err := o.openParts(ctx, cfg); err != nil {
		return err
	}
	return o.serveUntilDone(ctx)
}

func (o *server) addCloser(f func()) { o.close = append(o.close, f) }

// closeAll closes everything in reverse order of opening.
func (o *server) closeAll() {
	for _, f := range slices.Backward(o.close) {
		f()
	}
}

func (o *server) openParts(ctx context.Context, cfg Config) error {
	data, err := filepath.Abs(o.cfg.Data)
	if err != nil {
		return fault.New(fault.Disk, err, "the data folder %s cannot be found", o.cfg.Data)
	}
	o.data = data
	held, err := lockDataFolder(data)
	if err != nil {
		return err
	}
	o.addCloser(func() { _ = held.Close() })
	if cfg.CacheDir == "" {
		cfg.CacheDir = filepath.Join(data, "cache")
	}
	if cfg.findVoicesDir() == "" { // a service account without a home folder
		cfg.VoicesDir = filepath.Join(data, "voices")
	}
	if o.ports, err = openPorts(ctx, data, o.cfg); err != nil {
		return err
	}
	o.addCloser(o.ports.close) // after the cells, which still use the database when they end
	if err := o.openCells(cfg); err != nil {
		return err
	}
	if o.work, err = openWork(filepath.Join(data, "work"), o.cfg, o.ports, o.cells); err != nil {
		return err
	}
	o.guard = auth.NewGuard(o.cfg.Auth, o.ports.records)
	// The folder's lock is held: no other server can hold leases.
	_, err = o.ports.records.TakeBackExpired(ctx, time.Now().AddDate(1, 0, 0))
	if err = errors.Join(err, o.ports.records.DropUnanswered(ctx), o.ports.objects.RemovePartlyWritten(ctx)); err != nil {
		return fault.New(fault.Disk, err, "the builds that were running when the server stopped cannot be resumed")
	}
	return nil
}

// openCells opens what starts cells and their browsers.
func (o *server) openCells(cfg Config) (err error) {
	if o.run, err = proc.New(cfg.Proc); err != nil {
		return err
	}
	o.caches = cfg.CacheDir
	profiles := filepath.Join(o.data, "browsers")
	// The data folder's lock is held: these are profiles of browsers that have ended with a server.
	if err := os.RemoveAll(profiles); err != nil {
		return fault.New(fault.Disk, err, "the folder of the browsers' profiles cannot be emptied")
	}
	o.budgets = map[string]int64{}
	for _, e := range cfg.Engines.Engines {
		if !e.isLocal() {
			o.budgets[e.Name] = int64(e.Budget)
		}
	}
	if err := os.MkdirAll(o.caches, 0o700); err != nil {
		return fault.New(fault.Disk, err, "the cache %s cannot be used", o.caches)
	}
	cells, models, err := newHost(cfg, CellsConfig{
		Host: o.cfg.Cells, Limits: o.cfg.Limits, Log: o.cfg.Log, Profiles: profiles,
		CacheOf: func(tenant string) string { return findTenantCache(o.caches, tenant) },
		Spend: func(ctx context.Context, tenant, engine string, n, budget int64) error {
			return o.ports.records.Spend(ctx, tenant, engine, n, budget)
		},
	}, o.run)
	if err != nil {
		return err
	}
	o.cells = cells
	o.addCloser(func() {
		cells.Close()
		models.Close()
		o.run.WaitUntilIdle()
	})
	return nil
}

// pruneCaches reduces the caches of all tenants to their limit, together with the folder of all caches: it may have
// entries of its own, of a version that had one cache for all tenants.
func (o *server) pruneCaches() error {
	top, err := filepath.EvalSymlinks(o.caches) // the operator may have made it a link; a tenant's cell cannot
	if err != nil {
		return err
	}
	tenants, err := os.ReadDir(filepath.Join(top, tenantsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folders := []string{top} // its entries are in folders of kinds, so that those of tenants are not counted twice
	for _, t := range tenants {
		if t.IsDir() {
			folders = append(folders, filepath.Join(top, tenantsFolder, t.Name()))
		}
	}
	_, err = cache.PruneFolders(folders, o.cfg.CacheSize)
	return err
}

func (o *server) serveUntilDone(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.cfg.Listen)
	if err != nil {
		return fault.New(fault.Usage, err, "cannot listen on %s", o.cfg.Listen).
			WithHint("choose another address with --listen")
	}
	api := httpapi.New(o.cfg.HTTP, httpapi.Services{
		Records: o.ports.records, Objects: o.ports.objects, Budgets: o.budgets, Guard: o.guard,
		Desk: worker.NewDesk(o.work.worker, o.cells), Cancel: o.work.Cancel, Ready: o.checkReady, Log: o.cfg.Log,
	})
	server := &http.Server{
		Handler: api.Handler(), ReadHeaderTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(o.cfg.Log.Handler(), slog.LevelDebug),
	}
	scheme := "http"
	if o.cfg.TLSCert != "" {
		scheme = "https"
	}
	urls := listURLs(scheme, listener.Addr())
	if public := strings.TrimSuffix(o.cfg.HTTP.PublicURL, "/"); public != "" {
		urls = []string{public}
	}
	if err := o.createFirstKey(ctx, o.data, urls[0]); err != nil {
		_ = listener.Close()
		return err
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	o.work.Start(work)
	go openJanitor(o.cfg, o.ports, o.pruneCaches).Run(ctx)
	failed := make(chan error, 1)
	go func() {
		if o.cfg.TLSCert != "" {
			failed <- server.ServeTLS(listener, o.cfg.TLSCert, o.cfg.TLSKey)
		} else {
			failed <- server.Serve(listener)
		}
	}()
	o.printReady(ctx, urls, isReachable(listener.Addr()))
	var serveErr error
	select {
	case <-ctx.Done():
	case err := <-failed:
		serveErr = fault.New(fault.Usage, err, "the server cannot serve on %s", o.cfg.Listen)
	}
	return errors.Join(serveErr, o.stopGracefully(context.WithoutCancel(ctx), server))
}

// stopGracefully lets running builds end or go back to the queue, then closes the listener.
func (o *server) stopGracefully(ctx context.Context, server *http.Server) error {
	o.stopping.Store(true)
	o.cfg.Log.InfoContext(ctx, "stopping", "running", o.work.CountRunning(), "grace", o.cfg.Grace)
	soft, cancel := context.WithTimeout(ctx, o.cfg.Grace)
	defer cancel()
	err := o.work.Stop(soft)
	doors, cancelDoors := context.WithTimeout(ctx, 5*time.Second)
	defer cancelDoors()
	if server.Shutdown(doors) != nil {
		_ = server.Close() // event streams do not end by themselves
	}
	o.cfg.Log.InfoContext(ctx, "stopped")
	if err != nil {
		return fault.New(fault.Internal, err, "the queue did not stop cleanly")
	}
	return nil
}

// leastFree is the free disk space that a build needs to start, in bytes.
const leastFree = 256 << 20

// checkReady reports whether the server can build, with the result of each check.
func (o *server) checkReady(ctx context.Context) (map[string]string, bool) {
	checks := map[string]string{"store": "ok", "queue": "ok", "disk": "ok", "tools": "ok"}
	if o.ports.records.Ping(ctx) != nil {
		checks["store"] = "the database does not respond"
	}
	if o.stopping.Load() {
		checks["queue"] = "the server is stopping"
	}
	if free, err := system.MeasureFreeSpace(o.cfg.Data); err != nil || free < leastFree {
		checks["disk"] = "the disk is nearly full"
	}
	for _, name := range []string{"ffmpeg", "ffprobe", "espeak-ng"} {
		if _, err := o.run.FindProgram(name); err != nil {
			checks["tools"] = "the program " + name + " is missing"
		}
	}
	ok := true
	for _, v := range checks {
		ok = ok && v == "ok"
	}
	return checks, ok
}
