package worker_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mynah/internal/record"
	"mynah/internal/worker"
)

// records is a store with one build.
type records struct {
	record.Store
	mu sync.Mutex
	b  record.Build
}

// Update implements record.Store.
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

// TestPanicFailsTheBuild checks that a panic fails a build with a plain message, and that its stack
// is logged. The panic comes from a worker whose studio is nil.
func TestPanicFailsTheBuild(t *testing.T) {
	t.Parallel()
	for kind, want := range map[record.Kind]string{
		record.Speech: "Internal error while making the audio", record.Video: "Internal error while making the video",
	} {
		r := &records{b: record.Build{
			ID: "1", Kind: kind, State: record.Queued,
			Spec: record.Spec{Text: "Hello.", Speech: &record.SpeechSpec{Format: "mp3"}},
		}}
		var log bytes.Buffer
		w, err := worker.New(worker.Config{Dir: filepath.Join(t.TempDir(), "work")}, r, nil, nil, nil,
			slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Work(t.Context(), "1"); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if r.b.State != record.Failed || !strings.HasPrefix(r.b.Message, want) || strings.Contains(r.b.Message, "goroutine") {
			t.Errorf("%s: the build is %s, with the message %q", kind, r.b.State, r.b.Message)
		}
		if !strings.Contains(log.String(), "worker.go") || w.CountRunning() != 0 {
			t.Errorf("%s: %d builds are running, the log is %s", kind, w.CountRunning(), log.String())
		}
	}
}
