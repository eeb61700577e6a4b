package arrange_test

import (
	"image"
	"testing"

	"mynah/internal/arrange"
	"mynah/internal/frame"
	"mynah/internal/storyboard"
)

func newScene(layout frame.Layout, slides int, mounts ...frame.Mount) *storyboard.Scene {
	s := &storyboard.Scene{Layout: layout, Slides: make([]storyboard.Slide, slides)}
	for _, m := range mounts {
		s.Shots = append(s.Shots, storyboard.Shot{File: "a.png", Mount: m})
	}
	return s
}

func sizeOf(string) (w, h int) { return 1600, 1000 }

func all(s *storyboard.Scene) []int {
	var out []int
	for i := range s.Shots {
		out = append(out, i)
	}
	return out
}

// TestShots checks the places of pictures in frames of 1280x720 and 720x1280.
func TestShots(t *testing.T) {
	t.Parallel()
	const plain = frame.NoMount
	for _, c := range []struct {
		name   string
		scene  *storyboard.Scene
		w, h   int
		ground bool
		want   []image.Rectangle
	}{
		{"no layout", newScene(frame.NoLayout, 1, plain), 1280, 720, false, nil},
		{"title", newScene(frame.TitleLayout, 1, plain), 1280, 720, false, nil},
		{"lower third", newScene(frame.LowerThird, 1, plain), 1280, 720, false, nil},
		{"split", newScene(frame.Split, 1, plain), 1280, 720, true, []image.Rectangle{image.Rect(640, 0, 1280, 720)}},
		{"split-left", newScene(frame.SplitLeft, 1, plain), 1280, 720, true, []image.Rectangle{image.Rect(0, 0, 640, 720)}},
		{"upright split", newScene(frame.Split, 1, plain), 720, 1280, true, []image.Rectangle{image.Rect(0, 640, 720, 1280)}},
		{"upright split-left", newScene(frame.SplitLeft, 1, plain), 720, 1280, true, []image.Rectangle{image.Rect(0, 0, 720, 640)}},
		{"screen", newScene(frame.NoLayout, 0, frame.ScreenMount), 1280, 720, true, []image.Rectangle{image.Rect(132, 42, 1146, 676)}},
		{
			"grid of two", newScene(frame.Grid, 0, plain, plain), 1280, 720, true,
			[]image.Rectangle{image.Rect(40, 40, 630, 680), image.Rect(650, 40, 1240, 680)},
		},
		{
			"upright grid of two", newScene(frame.Grid, 0, plain, plain), 720, 1280, true,
			[]image.Rectangle{image.Rect(40, 40, 680, 630), image.Rect(40, 650, 680, 1240)},
		},
		{
			"corner", newScene(frame.Corner, 0, plain, plain), 1280, 720, false,
			[]image.Rectangle{image.Rect(0, 0, 1280, 720), image.Rect(868, 452, 1252, 692)},
		},
		{"corner of a slide", newScene(frame.Corner, 1, plain), 1280, 720, true, []image.Rectangle{image.Rect(868, 452, 1252, 692)}},
	} {
		got := arrange.Shots(c.scene, all(c.scene), sizeOf, c.w, c.h)
		if got.Ground != c.ground || len(got.Panes) != len(c.want) {
			t.Errorf("%s: ground %v, %d panes %v", c.name, got.Ground, len(got.Panes), got.Panes)
			continue
		}
		for i, p := range got.Panes {
			if p.Rect != c.want[i] || p.Shot != i {
				t.Errorf("%s: shot %d is at %v, want %v", c.name, p.Shot, p.Rect, c.want[i])
			}
		}
	}
}

// TestPanesFitTheFrame checks for all layouts, mounts, numbers of pictures and sizes that panes are inside the frame, have
// even corners, and that those of a grid do not overlap.
func TestPanesFitTheFrame(t *testing.T) {
	t.Parallel()
	mounts := []frame.Mount{frame.NoMount, frame.ScreenMount, frame.BrowserMount, frame.PhoneMount}
	for _, layout := range append(frame.ListLayouts(), frame.NoLayout) {
		for _, mount := range mounts {
			for n := 1; n <= frame.MostOfGrid; n++ {
				for _, size := range []image.Point{{1280, 720}, {720, 1280}, {1080, 1080}, {64, 36}, {3840, 2160}, {3840, 256}} {
					var list []frame.Mount
					for range n {
						list = append(list, mount)
					}
					s := newScene(layout, 1, list...)
					shots := all(s)
					if !layout.ShowsAllPictures() {
						shots = shots[:1]
					}
					tall := func(string) (int, int) { return 300, 4000 }
					for _, of := range []arrange.Sizes{sizeOf, tall, nil} {
						checkPanes(t, layout, arrange.Shots(s, shots, of, size.X, size.Y).Panes, size)
					}
				}
			}
		}
	}
}

func checkPanes(t *testing.T, layout frame.Layout, panes []arrange.Pane, size image.Point) {
	t.Helper()
	for i, p := range panes {
		if r := p.Rect; r.Empty() || !r.In(image.Rectangle{Max: size}) || (r.Min.X|r.Min.Y|r.Max.X|r.Max.Y)&1 != 0 {
			t.Errorf("%s of %d in %v: %v", layout, len(panes), size, r)
		}
		for _, other := range panes[:i] {
			if layout == frame.Grid && p.Rect.Overlaps(other.Rect) {
				t.Errorf("grid of %d in %v: %v and %v overlap", len(panes), size, p.Rect, other.Rect)
			}
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		layout   frame.Layout
		pictures int
		want     image.Rectangle
		onGround bool
	}{
		{frame.NoLayout, 1, image.Rectangle{}, false},
		{frame.Split, 1, image.Rect(0, 0, 640, 720), true},
		{frame.SplitLeft, 1, image.Rect(640, 0, 1280, 720), true},
		{frame.LowerThird, 1, image.Rect(0, 360, 1280, 720), false},
		{frame.Grid, 4, image.Rect(0, 0, 1280, 158), true},
		{frame.Corner, 1, image.Rectangle{}, true},
		{frame.Corner, 2, image.Rectangle{}, false},
	} {
		s := newScene(c.layout, 1, make([]frame.Mount, c.pictures)...)
		got := arrange.Text(s, sizeOf, 1280, 720)
		if got.Area != c.want || got.OnGround != c.onGround || (c.layout == frame.Corner) == got.Avoid.Rect.Empty() {
			t.Errorf("%s with %d pictures: %+v", c.layout, c.pictures, got)
		}
	}
}
