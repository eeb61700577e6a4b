// Package worker runs the builds of a server: it gets an id from the queue, fetches the project,
// builds it with the studio and stores the results. Failures are written to the build's record.
package worker

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/objects"
	"mynah/internal/record"
	"mynah/internal/upload"
)

// Config contains the settings of a worker.
type Config struct {
	// Dir is the folder of projects that are being built, on the same disk as the objects.
	Dir string
	// MostResult is the maximum size of a file of a result, in bytes.
	MostResult int64
}

// Builder does builds in cells.
type Builder interface {
	// Build does a build. The error is a fault, a *host.KilledError if the cell was killed from outside, or that of ctx.
	Build(ctx context.Context, tenant string, w cell.BuildWork, archive *os.File, report func(cell.Progress)) (cell.BuildResult, error)
}

// Worker runs builds, several at once.
type Worker struct {
	cfg     Config
	store   record.Store
	objects *objects.Store
	fetcher *upload.Fetcher
	builder Builder
	log     *slog.Logger
	now     func() time.Time

	mu      sync.Mutex
	running map[string]context.CancelFunc
}

// New creates a worker and empties its folder, which may contain files left by a crash.
func New(
	cfg Config, store record.Store, objects *objects.Store, fetcher *upload.Fetcher, builder Builder, log *slog.Logger,
) (*Worker, error) {
	if err := errors.Join(os.RemoveAll(cfg.Dir), os.MkdirAll(cfg.Dir, 0o700)); err != nil {
		return nil, err
	}
	return &Worker{
		cfg: cfg, store: store, objects: objects, fetcher: fetcher, builder: builder, log: log, now: time.Now,
		running: map[string]context.CancelFunc{},
	}, nil
}

// errOver is returned for a build that has already ended.
var errOver = errors.New("the build has already ended")

// Cancel stops a running build.
func (w *Worker) Cancel(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stop := w.running[id]; stop != nil {
		stop()
	}
}

// CountRunning returns the number of running builds.
func (w *Worker) CountRunning() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.running)
}

// Work runs a build. It returns record.ErrStopped if the server's stop interrupted it; all other
// results are in the record.
func (w *Worker) Work(ctx context.Context, id string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w.mu.Lock()
	w.running[id] = stop
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.running, id)
		w.mu.Unlock()
	}()
	log := w.log.With("build", id)
	b, err := w.store.Update(ctx, id, func(b *record.Build) error {
		if b.State.IsOver() {
			return errOver
		}
		if b.State == record.Queued {
			if err := b.MoveToState(record.Running, w.now()); err != nil {
				return err
			}
		}
		b.Attempts++
		b.Message = "Starting"
		return nil
	})
	if errors.Is(err, errOver) || errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "build begins", "kind", b.Kind, "attempt", b.Attempts)
	start := w.now()
	out := outcome{}
	doing := "making the video"
	if b.Kind == record.Speech {
		doing = "making the audio"
	}
	// otherwise the build would stay in the state running
	out.err = fault.Guard(doing, func() error { return w.buildInOwnFolder(ctx, log, b, &out) })
	out.took = w.now().Sub(start).Round(time.Millisecond)
	return w.recordOutcome(ctx, log, b.ID, out)
}

// outcome is the result of running a build.
type outcome struct {
	cell   cell.BuildResult
	result *record.Result
	err    error
	took   time.Duration
}

// recordOutcome writes the outcome to the build's record.
func (w *Worker) recordOutcome(work context.Context, log *slog.Logger, id string, out outcome) error {
	ctx, stopped := context.WithoutCancel(work), false
	_, werr := w.store.Update(ctx, id, func(b *record.Build) error {
		if b.State != record.Running { // it was cancelled
			return errOver
		}
		b.Warnings, b.WarningScenes = out.cell.Warnings, out.cell.WarningScenes
		switch {
		case out.err == nil && out.cell.Failure == "":
			b.Result, b.Percent, b.Phase, b.Message = out.result, 100, "", "Video ready"
			if b.Kind == record.Speech {
				b.Message = "Audio ready"
			}
			return b.MoveToState(record.Succeeded, w.now())
		case work.Err() != nil && errors.Is(context.Cause(work), context.DeadlineExceeded):
			b.Message = "The build took too long and was stopped. Split the script, or ask the operator of this server for more time."
			return b.MoveToState(record.Failed, w.now())
		case work.Err() != nil:
			stopped = true
			b.Attempts-- // a stopped server does not count as an attempt
			b.Message = "Waiting"
			return b.MoveToState(record.Queued, w.now())
		default:
			b.Message, b.Errors = out.cell.Failure, out.cell.Errors
			if out.err != nil {
				b.Message = cell.FormatFault(out.err)
			}
			return b.MoveToState(record.Failed, w.now())
		}
	})
	switch {
	case errors.Is(werr, errOver), errors.Is(werr, record.ErrNotFound):
		log.InfoContext(ctx, "build was cancelled", "took", out.took)
		return errors.Join(w.objects.Delete(ctx, out.result.ListKeys()...))
	case werr != nil:
		log.ErrorContext(ctx, "the end of a build cannot be written", "error", werr)
		return werr
	case stopped:
		log.InfoContext(ctx, "build goes back to the queue", "took", out.took)
		return record.ErrStopped
	case out.err != nil:
		log.WarnContext(ctx, "build failed", "took", out.took, "error", out.err)
	case out.cell.Failure != "":
		log.WarnContext(ctx, "build failed", "took", out.took, "error", out.cell.Failure)
	default:
		log.InfoContext(ctx, "build succeeded", "took", out.took, "seconds", out.result.Seconds)
	}
	return nil
}

// buildInOwnFolder runs a build in a cell, in its own folder.
func (w *Worker) buildInOwnFolder(ctx context.Context, log *slog.Logger, b record.Build, out *outcome) error {
	dir := filepath.Join(w.cfg.Dir, b.ID)
	if err := os.RemoveAll(dir); err != nil {
		return fault.New(fault.Disk, err, "the folder for the build cannot be created")
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			log.ErrorContext(ctx, "a folder cannot be removed", "error", err)
		}
	}()
	report := w.newReporter(ctx, b.ID)
	project, archive, err := w.prepareProject(ctx, b.Spec, dir, report)
	if err != nil {
		return err
	}
	if archive != nil {
		defer func() { _ = archive.Close() }()
	}
	out.cell, err = w.builder.Build(ctx, b.Tenant, cell.BuildWork{ProjectWork: project, Speech: b.Spec.Speech}, archive, report)
	if err != nil || out.cell.Failure != "" {
		return err
	}
	out.result, err = w.publish(ctx, b, filepath.Join(dir, "out"), out.cell)
	return err
}

// newReporter returns a function that writes progress to the record, at most a few times a second,
// and stops the build when it was cancelled.
func (w *Worker) newReporter(ctx context.Context, id string) func(cell.Progress) {
	var last time.Time
	var percent int
	var phase string
	var mu sync.Mutex
	return func(p cell.Progress) {
		mu.Lock()
		defer mu.Unlock()
		n := min(int(p.Percent), 99)
		if n == percent && p.Phase == phase || w.now().Sub(last) < 250*time.Millisecond && p.Phase == phase {
			return
		}
		last, percent, phase = w.now(), n, p.Phase
		_, err := w.store.Update(ctx, id, func(b *record.Build) error {
			if b.State != record.Running {
				return errOver
			}
			b.Percent, b.Phase, b.Message = n, p.Phase, cell.CapitalizeFirst(p.Phase)
			return nil
		})
		if errors.Is(err, errOver) || errors.Is(err, record.ErrNotFound) {
			w.Cancel(id)
		}
	}
}

// prepareProject creates the folders of a cell, and fetches the project's archive. The caller must close the archive,
// which is nil for an inline text.
func (w *Worker) prepareProject(
	ctx context.Context, spec record.Spec, dir string, report func(cell.Progress),
) (p cell.ProjectWork, archive *os.File, err error) {
	p = cell.ProjectWork{
		Dir: dir, Text: spec.Text, Source: spec.Source, Settings: spec.Settings, Variables: spec.Variables,
		SkipLinks: spec.Type == api.GitHub,
	}
	if err := makeFolders(dir); err != nil || spec.Type == "" {
		return p, nil, err
	}
	report(cell.Progress{Phase: "fetching the project"})
	archive, p.ArchiveSize, err = w.openArchive(ctx, spec, dir)
	p.HasArchive = err == nil
	if !cell.CanPassFiles && archive != nil {
		p.ArchivePath = archive.Name()
	}
	return p, archive, err
}

// openArchive opens the archive of a build and downloads it if necessary.
func (w *Worker) openArchive(ctx context.Context, spec record.Spec, dir string) (f *os.File, size int64, err error) {
	switch spec.Type {
	case api.ZipURL, api.GitHub:
		f, err := os.OpenFile(filepath.Join(dir, "archive.zip"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, 0, fault.New(fault.Disk, err, "the archive cannot be written")
		}
		if spec.Type == api.ZipURL {
			size, err = w.fetcher.FetchURL(ctx, spec.Repository, f)
		} else {
			size, err = w.fetcher.FetchGitHub(ctx, spec.Repository, spec.SHA, spec.Token, f)
		}
		if err != nil {
			_ = f.Close()
			return nil, 0, err
		}
		return f, size, nil
	default:
		f, size, err := w.objects.OpenFile(ctx, record.MakeUploadKey(spec.Repository))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, 0, fault.New(fault.Input, nil, "the upload has expired").WithHint("upload the project again")
		}
		if err != nil {
			return nil, 0, fault.New(fault.Disk, err, "the upload cannot be read")
		}
		return f, size, nil
	}
}
