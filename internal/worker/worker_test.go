package worker_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/queue"
	"mynah/internal/record"
	"mynah/internal/worker"
)

// records is a store with one build.
type records struct {
	mu sync.Mutex
	b  record.Build
}

// Update implements worker.Records.
func (r *records) Update(_ context.Context, _ string, change func(*record.Build) error) (record.Build, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.b
	if err := change(&b); err != nil {
		return r.b, err
	}
	r.b = b
	return b, nil
}

// builder is a worker.Builder.
type builder func(ctx context.Context) (cell.BuildResult, error)

// Build implements worker.Builder.
func (f builder) Build(
	ctx context.Context, _ string, _ cell.BuildWork, _ *os.File, _ func(cell.Progress),
) (cell.BuildResult, error) {
	return f(ctx)
}

// begin returns a running build, and the attempt that holds it.
func begin(t *testing.T, kind record.Kind) (*records, queue.Attempt) {
	t.Helper()
	b := record.Build{
		ID: "1", Kind: kind, State: record.Queued,
		Spec: record.Spec{Text: "Hello.", Speech: &record.SpeechSpec{Format: "mp3"}},
	}
	if err := b.Begin("me", time.Now(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &records{b: b}, queue.Attempt{
		Build: b, Report: func(int, string, string) {},
	}
}

func newWorker(t *testing.T, r *records, b worker.Builder, log *slog.Logger) *worker.Worker {
	t.Helper()
	w, err := worker.New(worker.Config{Dir: filepath.Join(t.TempDir(), "work")}, r, nil, nil, b, log)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestPanicFailsTheBuild checks that a panic fails a build with a plain message, and that its stack
// is logged. The panic comes from a worker whose builder is nil.
func TestPanicFailsTheBuild(t *testing.T) {
	t.Parallel()
	for kind, want := range map[record.Kind]string{
		record.Speech: "Internal error while making the audio", record.Video: "Internal error while making the video",
	} {
		r, a := begin(t, kind)
		var log bytes.Buffer
		newWorker(t, r, nil, slog.New(slog.NewTextHandler(&log, nil))).Work(t.Context(), a)
		if r.b.State != record.Failed || !strings.HasPrefix(r.b.Message, want) || strings.Contains(r.b.Message, "goroutine") {
			t.Errorf("%s: the build is %s, with the message %q", kind, r.b.State, r.b.Message)
		}
		if !strings.Contains(log.String(), "worker.go") {
			t.Errorf("%s: the log is %s", kind, log.String())
		}
	}
}

// TestEndsOfAttempts checks in which state each kind of end leaves a build, and whether it costs an attempt.
func TestEndsOfAttempts(t *testing.T) {
	t.Parallel()
	killed := &host.KilledError{Err: errors.New("signal: killed")}
	fail := func(err error) builder {
		return func(context.Context) (cell.BuildResult, error) { return cell.BuildResult{}, err }
	}
	wait := builder(func(ctx context.Context) (cell.BuildResult, error) {
		<-ctx.Done()
		return cell.BuildResult{}, ctx.Err()
	})
	for name, c := range map[string]struct {
		builder  builder
		cause    error // of the context's end
		stopping bool
		lost     int // before
		want     record.State
		wantLost int
		message  string
	}{
		"the cell was killed": {builder: fail(killed), want: record.Queued, wantLost: 1, message: "Waiting"},
		"killed again":        {builder: fail(killed), lost: 1, want: record.Queued, wantLost: 2, message: "Waiting"},
		"killed a third time": {builder: fail(killed), lost: 2, want: record.Failed, wantLost: 3, message: "cut off 3 times"},
		"killed at a stop": {
			builder: fail(killed), stopping: true, lost: 2, want: record.Queued, wantLost: 2, message: "Waiting",
		},
		"the server stops": {
			builder: wait, cause: record.ErrStopped, lost: 2, want: record.Queued, wantLost: 2, message: "Waiting",
		},
		"too long": {
			builder: wait, cause: context.DeadlineExceeded, want: record.Failed, message: "took too long",
		},
		"an error": {
			builder: fail(errors.New("secret")), lost: 1, want: record.Failed, wantLost: 1, message: "internal error",
		},
		"the author's mistake": {
			builder: func(context.Context) (cell.BuildResult, error) { return cell.BuildResult{Failure: "No."}, nil },
			want:    record.Failed, message: "No.",
		},
	} {
		r, a := begin(t, record.Video)
		r.b.Lease.Lost = c.lost
		stopping := make(chan struct{})
		if a.Stopping = stopping; c.stopping {
			close(stopping)
		}
		ctx, stop := context.WithCancelCause(t.Context())
		if c.cause != nil {
			stop(c.cause)
		}
		newWorker(t, r, c.builder, slog.New(slog.DiscardHandler)).Work(ctx, a)
		stop(nil)
		if r.b.State != c.want || r.b.Lease.Lost != c.wantLost || !strings.Contains(r.b.Message, c.message) {
			t.Errorf("%s: the build is %s, %d attempts lost, %q", name, r.b.State, r.b.Lease.Lost, r.b.Message)
		}
	}
}

// TestALostLeaseWritesNothing checks that the outcome of an attempt is written only by the attempt that holds the
// build.
func TestALostLeaseWritesNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*record.Build){
		"another server":  func(b *record.Build) { b.Lease.Owner = "another" },
		"another attempt": func(b *record.Build) { b.Lease.Attempt++ },
		"cancelled":       func(b *record.Build) { b.State = record.Cancelled },
	} {
		r, a := begin(t, record.Video)
		change(&r.b)
		want := r.b
		fail := builder(func(context.Context) (cell.BuildResult, error) { return cell.BuildResult{Failure: "No."}, nil })
		newWorker(t, r, fail, slog.New(slog.DiscardHandler)).Work(t.Context(), a)
		if r.b.State != want.State || r.b.Message != want.Message || r.b.Lease != want.Lease {
			t.Errorf("%s: the build became %s, %q", name, r.b.State, r.b.Message)
		}
	}
}
