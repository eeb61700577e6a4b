package cut

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/overlay"
	"mynah/internal/storyboard"
	"mynah/internal/testrun"
	"mynah/internal/timeline"
)

// lumaOf returns the luma of a pixel of a PNG image, in the range of video.
func lumaOf(t *testing.T, b []byte, x, y int) (luma int, size image.Point) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	grey := color.GrayModel.Convert(img.At(x, y)).(color.Gray)
	return 16 + int(grey.Y)*219/255, img.Bounds().Size()
}

// TestSnapshot checks a frame at a time and in the middle of a scene. A missing scene or time is a usage error.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, "![](clip.mp4)\n(pause: 1)\n\n---\n(canvas: white)\n(duration: 1)\n")
	c := s.cutter(t)
	const ms = time.Millisecond
	at := func(d time.Duration) *time.Duration { return &d }
	for _, x := range []struct {
		scene int
		from  *time.Duration
		want  int // luma
	}{{1, nil, 130}, {1, at(99 * ms), 30}, {1, at(999 * ms), 210}, {2, nil, 235}} {
		b, list, err := c.DrawSnapshot(t.Context(), x.scene, x.from)
		if err != nil || len(list) > 0 {
			t.Fatalf("%+v: %v %v", x, list, err)
		}
		if got, size := lumaOf(t, b, 5, 5); !isNear(got, x.want) || size != image.Pt(width, height) {
			t.Errorf("%+v: luma %d in %v", x, got, size)
		}
	}
	for _, x := range []struct {
		scene int
		from  *time.Duration
		want  string
	}{
		{0, nil, "scene 0 does not exist: the last scene is 2"},
		{3, nil, "scene 3 does not exist: the last scene is 2"},
		{-1, nil, "scene -1 does not exist"},
		{1, at(time.Second), "scene 1 has no frame at 1s: it lasts 1.00 s"},
		{2, at(-ms), "scene 2 has no frame at -1ms: it lasts 1.00 s"},
	} {
		_, _, err := c.DrawSnapshot(t.Context(), x.scene, x.from)
		if f, ok := fault.As(err); !ok || f.Code != fault.Usage || !strings.HasPrefix(f.Public, x.want) || f.Hint == "" {
			t.Errorf("%+v: %v", x, err)
		}
	}
}

// TestSheet checks a sheet with a frame of each of up to 400 scenes, 480 pixels wide plus a margin, below its number.
func TestSheet(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](clip.mp4)\n(pause: 1)\n\n---\n(canvas: white)\n(duration: 1)\n")
	c := s.cutter(t)
	var progress []float64
	c.Report = func(done float64) { progress = append(progress, done) }
	b, list, err := c.DrawSheet(t.Context())
	if err != nil || len(list) > 0 || len(progress) != 2 || progress[0] != 0.5 || progress[1] != 1 {
		t.Fatalf("%v %v, progress %v", list, err, progress)
	}
	first, size := lumaOf(t, b, 254, 175)
	second, _ := lumaOf(t, b, 750, 175)
	if !isNear(first, 130) || !isNear(second, 235) || size.X < 990 || size.X > 1020 || size.Y < 300 || size.Y > 340 {
		t.Errorf("lumas %d and %d in %v", first, second, size)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for n, usage := range map[int]bool{400: false, 401: true} {
		line, board := *s.Line, *s.Board
		line.Scenes, board.Scenes = make([]timeline.Scene, n), make([]storyboard.Scene, n)
		for i := range n {
			line.Scenes[i], board.Scenes[i] = s.Line.Scenes[1], s.Board.Scenes[1]
		}
		c.in = Input{
			Board: &board, Line: &line, Files: s.Files, Slides: make([][]overlay.SlideState, n),
			Captions: make([][]overlay.CaptionSpan, n),
		}
		if _, _, err := c.DrawSheet(ctx); (fault.CodeOf(err) == fault.Usage) != usage || !usage &&
			!errors.Is(err, context.Canceled) {
			t.Errorf("%d scenes: %v", n, err)
		}
	}
}
