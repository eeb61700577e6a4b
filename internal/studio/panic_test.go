package studio_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"mynah/internal/compile"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/meter"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// TestPanicsEndTheBuildAlone checks that a panic in a goroutine of a phase becomes a fault of the
// build. The panics come from Progress, which the goroutines of each phase call when they finish a
// part.
func TestPanicsEndTheBuildAlone(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, image.NewGray(image.Rect(0, 0, 64, 64))), f.Close()); err != nil {
		t.Fatal(err)
	}
	const script = "---\nsize: 320x180\nsubtitles: none\n---\n![](a.png)\nHello.\n\n---\n# A slide\n\nGoodbye.\n"
	if err := os.WriteFile(filepath.Join(dir, "s.md"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, phase := range []string{"reading files", "speaking", "drawing pictures", "mixing sound"} {
		cfg := house.DefaultConfig()
		cfg.CacheDir = t.TempDir()
		h, err := house.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		_, err = h.Studio.Produce(t.Context(), studio.Request{
			Dir: dir, Request: compile.Request{Script: "s.md"}, Output: filepath.Join(t.TempDir(), "film.mp4"),
			Progress: func(p meter.Progress) {
				if p.Phase != phase {
					return
				}
				stack := make([]byte, 1<<14)
				if stack = stack[:runtime.Stack(stack, false)]; bytes.Contains(stack, []byte("errgroup")) {
					panic("boom")
				}
			},
		})
		got, ok := fault.As(err)
		if !ok || got.Code != fault.Internal || !strings.HasPrefix(got.Public, "internal error while "+phase) {
			t.Errorf("%s: %v", phase, err)
			continue
		}
		if strings.Contains(got.Public+got.Hint, "goroutine") ||
			!strings.Contains(got.Error(), "boom") || !strings.Contains(got.Error(), "panic_test.go") {
			t.Errorf("%s: the stack must be only in the cause: %v", phase, got)
		}
	}
}
