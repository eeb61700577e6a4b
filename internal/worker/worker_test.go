package worker_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mynah/internal/build"
	"mynah/internal/worker"
)

// records hold one build.
type records struct {
	build.Store
	mu sync.Mutex
	b  build.Build
}

// Update implements build.Store.
func (r *records) Update(_ context.Context, _ string, change func(*build.Build) error) (build.Build, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.b
	if err := change(&b); err != nil {
		return r.b, err
	}
	r.b = b
	return b, nil
}

// TestPanicFailsTheBuild: a panic ends a build as failed, in plain words, and its stack is logged.
// A worker without a studio panics.
func TestPanicFailsTheBuild(t *testing.T) {
	t.Parallel()
	for kind, want := range map[build.Kind]string{build.Speech: "Mynah failed inside, at making the audio", build.Video: "Mynah failed inside, at making the video"} {
		r := &records{b: build.Build{ID: "1", Kind: kind, State: build.Queued, Spec: build.Spec{Text: "Hello.", Speech: &build.SpeechSpec{Format: "mp3"}}}}
		var log bytes.Buffer
		w, err := worker.New(worker.Config{Dir: filepath.Join(t.TempDir(), "work")}, r, nil, nil, nil, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Work(t.Context(), "1"); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if r.b.State != build.Failed || !strings.HasPrefix(r.b.Message, want) || strings.Contains(r.b.Message, "goroutine") {
			t.Errorf("%s: %s, %q", kind, r.b.State, r.b.Message)
		}
		if !strings.Contains(log.String(), "worker.go") || w.Running() != 0 {
			t.Errorf("%s: %d are running, the log is %s", kind, w.Running(), log.String())
		}
	}
}
