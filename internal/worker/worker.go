// Package worker runs the builds of a server: it gets a leased build from the queue, fetches the project, has a cell
// build it, and stores the results. Failures are written to the build's record.
package worker

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/objects"
	"mynah/internal/queue"
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

// Records are the records of builds.
type Records interface {
	// Update changes a build in a transaction; if change fails, Update returns its error and changes nothing.
	Update(ctx context.Context, id string, change func(*record.Build) error) (record.Build, error)
}

// Worker runs builds, several at once.
type Worker struct {
	cfg     Config
	store   Records
	objects *objects.Store
	fetcher *upload.Fetcher
	builder Builder
	log     *slog.Logger
	now     func() time.Time
}

// New creates a worker and empties its folder, which may contain files left by a crash.
func New(
	cfg Config, store Records, objects *objects.Store, fetcher *upload.Fetcher, builder Builder, log *slog.Logger,
) (*Worker, error) {
	if err := errors.Join(os.RemoveAll(cfg.Dir), os.MkdirAll(cfg.Dir, 0o700)); err != nil {
		return nil, err
	}
	return &Worker{
		cfg: cfg, store: store, objects: objects, fetcher: fetcher, builder: builder, log: log, now: time.Now,
	}, nil
}

// errNotHeld is returned for a build that was cancelled, or is that of another server by now.
var errNotHeld = errors.New("the build is not held by this attempt")

// Work does an attempt of a build, and writes the outcome to the record.
func (w *Worker) Work(ctx context.Context, a queue.Attempt) {
	b := a.Build
	log := w.log.With("build", b.ID, "attempt", b.Lease.Attempt)
	log.InfoContext(ctx, "build begins", "kind", b.Kind, "tenant", b.Tenant)
	start := w.now()
	out := outcome{}
	doing := "making the video"
	if b.Kind == record.Speech {
		doing = "making the audio"
	}
	// A panic must not leave the build in the state running.
	out.err = fault.Guard(doing, func() error { return w.buildInOwnFolder(ctx, log, a, &out) })
	out.took = w.now().Sub(start).Round(time.Millisecond)
	_, out.killed = errors.AsType[*host.KilledError](out.err)
	out.stopped = ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) ||
		out.killed && w.stopsSoon(ctx, a)
	w.recordOutcome(ctx, log, b, out)
}

// stopsSoon reports whether the server begins to stop now. The signal that stops a server may reach its cells first.
func (w *Worker) stopsSoon(ctx context.Context, a queue.Attempt) bool {
	const patience = 500 * time.Millisecond
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-a.Stopping:
		return true
	case <-ctx.Done():
		return true
	case <-wait.C:
		return false
	}
}

// outcome is the result of an attempt.
type outcome struct {
	cell    cell.BuildResult
	result  *record.Result
	err     error
	stopped bool // by the server's stop
	killed  bool // its process was killed from outside
	took    time.Duration
}

// recordOutcome writes the outcome of an attempt to the build's record, if the attempt still holds it.
func (w *Worker) recordOutcome(ctx context.Context, log *slog.Logger, attempt record.Build, out outcome) {
	tooLong := errors.Is(context.Cause(ctx), context.DeadlineExceeded)
	ctx = context.WithoutCancel(ctx)
	b, err := w.store.Update(ctx, attempt.ID, func(b *record.Build) error {
		if !b.IsHeldBy(attempt.Lease.Owner, attempt.Lease.Attempt) {
			return errNotHeld
		}
		switch {
		case out.err == nil && out.cell.Failure == "":
			b.Warnings, b.WarningScenes = out.cell.Warnings, out.cell.WarningScenes
			b.Result, b.Percent, b.Phase, b.Message = out.result, 100, "", "Video ready"
			if b.Kind == record.Speech {
				b.Message = "Audio ready"
			}
			return b.MoveToState(record.Succeeded, w.now())
		case tooLong:
			b.Message = "The build took too long and was stopped. Split the script, or ask the operator of this server for more time."
			return b.MoveToState(record.Failed, w.now())
		case out.stopped:
			return b.PutBack(w.now()) // this costs no attempt
		case out.killed:
			return b.LoseAttempt(w.now())
		default:
			b.Warnings, b.WarningScenes = out.cell.Warnings, out.cell.WarningScenes
			b.Message, b.Errors = out.cell.Failure, out.cell.Errors
			if out.err != nil {
				b.Message = cell.FormatFault(out.err)
			}
			return b.MoveToState(record.Failed, w.now())
		}
	})
	log = log.With("took", out.took)
	switch {
	case errors.Is(err, errNotHeld), errors.Is(err, record.ErrNotFound):
		log.InfoContext(ctx, "build was cancelled, or is done elsewhere")
		if err := w.objects.Delete(ctx, out.result.ListKeys()...); err != nil {
			log.ErrorContext(ctx, "the result of a cancelled build cannot be removed", "error", err)
		}
	case err != nil: // the lease ends, and the build is tried again
		log.ErrorContext(ctx, "the end of a build cannot be written", "error", err)
	case b.State == record.Succeeded:
		log.InfoContext(ctx, "build succeeded", "seconds", out.result.Seconds)
	case b.State == record.Queued:
		log.InfoContext(ctx, "build goes back to the queue", "lost", b.Lease.Lost, "error", out.err)
	case out.err != nil:
		log.WarnContext(ctx, "build failed", "error", out.err)
	default:
		log.WarnContext(ctx, "build failed", "error", out.cell.Failure)
	}
}

// buildInOwnFolder runs a build in a cell, in a folder of this attempt.
func (w *Worker) buildInOwnFolder(ctx context.Context, log *slog.Logger, a queue.Attempt, out *outcome) error {
	b := a.Build
	dir := filepath.Join(w.cfg.Dir, b.ID+"-"+strconv.Itoa(b.Lease.Attempt))
	if err := os.RemoveAll(dir); err != nil {
		return fault.New(fault.Disk, err, "the folder for the build cannot be created")
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			log.ErrorContext(ctx, "a folder cannot be removed", "error", err)
		}
	}()
	report := func(p cell.Progress) { a.Report(min(int(p.Percent), 99), p.Phase, cell.CapitalizeFirst(p.Phase)) }
	project, archive, err := w.prepareProject(ctx, b.Spec, dir, report)
	if err != nil {
		return err
	}
	if archive != nil {
		defer func() { _ = archive.Close() }()
	}
	work := cell.BuildWork{ProjectWork: project, Speech: b.Spec.Speech}
	out.cell, err = w.builder.Build(ctx, b.Tenant, work, archive, report)
	if err != nil || out.cell.Failure != "" {
		return err
	}
	out.result, err = w.publish(ctx, b, filepath.Join(dir, "out"), out.cell)
	return err
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
