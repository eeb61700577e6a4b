package house

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"

	"mynah/internal/blob"
	"mynah/internal/fault"
	"mynah/internal/janitor"
	"mynah/internal/objects"
	"mynah/internal/queue"
	"mynah/internal/store"
	"mynah/internal/upload"
	"mynah/internal/worker"
)

// A server has three roles: the doors (httpapi), work (the dispatcher and the worker) and the janitor. They share ports
// alone, so that processes with any of the roles could share a database. With SQLite, one process has all of them.

// ports are the database and the objects.
type ports struct {
	records *store.Store
	objects *objects.Store
	log     *slog.Logger
}

// openPorts opens the database and the objects of a data folder. Close the ports after use.
func openPorts(ctx context.Context, data string, cfg ServeConfig) (p ports, err error) {
	p.log = cfg.Log
	if p.records, err = openDatabase(ctx, data, cfg.Store); err != nil {
		return p, err
	}
	secret, err := p.records.LoadOrCreateSecret(ctx, "addresses")
	if err != nil {
		return p, errors.Join(fault.New(fault.Disk, err, "the database cannot be read"), p.records.Close())
	}
	disk, err := blob.OpenDisk(filepath.Join(data, "objects"))
	if err != nil {
		return p, errors.Join(fault.New(fault.Disk, err, "the folder of objects cannot be used"), p.records.Close())
	}
	p.objects = objects.New(disk, secret)
	return p, nil
}

func (p ports) close() {
	_ = p.objects.Close()
	_ = p.records.Close()
}

// workRole leases builds and has cells do them.
type workRole struct {
	*queue.Dispatcher
	worker *worker.Worker
}

// openWork creates the role of work, whose files are in the folder dir. It is not started.
func openWork(dir string, cfg ServeConfig, p ports, builder worker.Builder) (*workRole, error) {
	fetcher, err := upload.NewFetcher(cfg.Fetch)
	if err != nil {
		return nil, err
	}
	c := worker.Config{Dir: dir, MostResult: cfg.MostResult}
	w, err := worker.New(c, p.records, p.objects, fetcher, builder, p.log)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "the work folder cannot be used")
	}
	return &workRole{queue.New(cfg.Queue, p.records, w.Work, p.log), w}, nil
}

// openJanitor creates the role of the janitor. prune reduces the caches to their limits.
func openJanitor(cfg ServeConfig, p ports, prune func() error) *janitor.Janitor {
	c := janitor.DefaultConfig()
	// An upload outlives the last build that could be started with it.
	c.Every, c.KeepResults, c.KeepUploads = cfg.Sweep, cfg.HTTP.Keep, cfg.HTTP.UploadTTL+cfg.HTTP.Keep
	return janitor.New(c, p.records, p.objects, prune, p.log)
}
