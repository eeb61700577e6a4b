package studio_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/compile"
	"mynah/internal/fault"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/studio"
	"mynah/internal/testrun"
	"mynah/internal/voice"
	"mynah/internal/voice/espeak"
	"mynah/internal/voice/tone"
)

// slowEngine answers after random delays, as a remote service does.
type slowEngine struct {
	*tone.Engine
	mu  sync.Mutex
	rng *rand.Rand
	max time.Duration
	// fails is the sentence at which the engine fails; empty means that it never fails.
	fails string
	// standIn lets another voice speak when the engine fails.
	standIn bool
}

func (e *slowEngine) Abilities() voice.Abilities {
	a := e.Engine.Abilities()
	a.Remote = true
	return a
}

func (e *slowEngine) Speak(ctx context.Context, r voice.Request) (voice.Clip, error) {
	e.mu.Lock()
	wait := time.Duration(e.rng.Int64N(int64(e.max)))
	e.mu.Unlock()
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return voice.Clip{}, ctx.Err()
	}
	for _, run := range r.Runs {
		if e.fails != "" && strings.Contains(run.Text, e.fails) {
			return voice.Clip{}, fault.New(fault.ToolFailed, nil, "the service is gone")
		}
	}
	return e.Engine.Speak(ctx, r)
}

// newSlowStudio creates a studio with an empty cache and slow voices. ahead is its setting
// Config.Ahead.
func newSlowStudio(t *testing.T, e *slowEngine, ahead time.Duration, executor part.Executor) *studio.Studio {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return newSlowStudioWithCache(t, e, ahead, executor, store)
}

// newSlowStudioWithCache creates a slowStudio with a cache, and closes the cache at the end of the test.
func newSlowStudioWithCache(t *testing.T, e *slowEngine, ahead time.Duration, executor part.Executor, store *cache.Store) *studio.Studio {
	t.Helper()
	runner, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	drawer, err := slide.New(slide.DefaultConfig(), runner, nil)
	if err != nil {
		t.Fatal(err)
	}
	standIn, err := espeak.New(espeak.DefaultConfig(), runner)
	if err != nil {
		t.Fatal(err)
	}
	settings := voice.DefaultConfig()
	settings.Fallback = e.standIn
	booth, err := voice.NewBooth(settings, []voice.Engine{e, standIn}, store)
	if err != nil {
		t.Fatal(err)
	}
	cfg := studio.DefaultConfig()
	cfg.Ahead, cfg.Executor = ahead, executor
	s, err := studio.New(cfg, runner, booth, drawer, store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drawer.Close(); store.Close() })
	return s
}

// writeProjectOfScenes writes a project of pictures, transitions, captions and moves.
func writeProjectOfScenes(t *testing.T, scenes int) string {
	t.Helper()
	dir := t.TempDir()
	var script strings.Builder
	script.WriteString("---\nsize: 160x90\nvoice: tone/high\nsubtitles: overlay\ntransition: crossfade 0.2\n---\n")
	for i := range scenes {
		name := fmt.Sprintf("%d.png", i%5)
		img := image.NewRGBA(image.Rect(0, 0, 64, 36))
		for k := range img.Pix {
			img.Pix[k] = byte(k*(i%5+1)) | 0x40
		}
		img.SetRGBA(0, 0, color.RGBA{A: 255})
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
			t.Fatal(err)
		}
		move := ""
		if i%4 == 1 {
			move = "zoom "
		}
		if i == 2 {
			script.WriteString("\n```md\n# A slide\n```\n")
		}
		fmt.Fprintf(&script, "\n![%scover](%s)\n\nScene %d says this. And it says more %d.\n\n---\n", move, name, i, i*i)
	}
	text := strings.TrimSuffix(script.String(), "---\n")
	if err := os.WriteFile(filepath.Join(dir, "s.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestOnlyBuildsWorkAhead checks that plans and subtitles make no pictures and no sound.
func TestOnlyBuildsWorkAhead(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := writeProjectOfScenes(t, 14)
	for name, do := range map[string]func(*studio.Studio, studio.Request) error{
		"plan": func(s *studio.Studio, r studio.Request) error { _, err := s.Plan(t.Context(), r); return err },
		"subtitles": func(s *studio.Studio, r studio.Request) error {
			_, err := s.MakeSubtitles(t.Context(), r, []studio.SubtitleFile{{Format: "srt"}})
			return err
		},
	} {
		e := &slowEngine{Engine: tone.New(), rng: rand.New(rand.NewPCG(7, 1)), max: 30 * time.Millisecond}
		store, err := cache.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s := newSlowStudioWithCache(t, e, 0, nil, store)
		if err := do(s, studio.Request{Dir: dir, Request: compile.Request{Script: "s.md"}}); err != nil {
			t.Fatal(err)
		}
		usage, err := store.ListUsage()
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range usage {
			if (u.Kind == cache.Segments || u.Kind == cache.Sounds) && u.Entries > 0 {
				t.Errorf("%s made %d parts of the kind %s", name, u.Entries, u.Kind)
			}
		}
	}
}

// TestSpeechFailsBesideOtherWork checks that the error names the sentence and that no file is
// written.
func TestSpeechFailsBesideOtherWork(t *testing.T) {
	t.Parallel()
	dir := writeProjectOfScenes(t, 14)
	e := &slowEngine{Engine: tone.New(), rng: rand.New(rand.NewPCG(5, 1)), max: 30 * time.Millisecond, fails: "twelve"}
	out := filepath.Join(t.TempDir(), "film.mp4")
	_, err := newSlowStudio(t, e, 0, nil).Produce(t.Context(),
		studio.Request{Dir: dir, Request: compile.Request{Script: "s.md"}, Output: out})
	if f, ok := fault.As(err); !ok || !strings.Contains(f.Public, "of scene 13") {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(out)); len(entries) > 0 {
		t.Errorf("files were left: %v", entries)
	}
}

// TestStopBesideOtherWork checks that cancelling ends a build at once while scenes are made ahead.
func TestStopBesideOtherWork(t *testing.T) {
	t.Parallel()
	dir := writeProjectOfScenes(t, 14)
	e := &slowEngine{Engine: tone.New(), rng: rand.New(rand.NewPCG(6, 1)), max: time.Minute}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := newSlowStudio(t, e, 0, nil).Produce(ctx, studio.Request{
		Dir: dir, Request: compile.Request{Script: "s.md"}, Output: filepath.Join(t.TempDir(), "film.mp4"),
	})
	if fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
}
