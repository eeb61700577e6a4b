package cut

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"mynah/internal/film"
	"mynah/internal/overlay"
	"mynah/internal/picture"
)

// lumaAt returns the luma of a raw frame of the tests' size.
func lumaAt(frame []byte, x, y int) int { return int(frame[y*width+x]) }

// TestPanes checks pictures and clips in parts of the frame: what each frame shows, and what is encoded.
func TestPanes(t *testing.T) {
	t.Parallel()
	s := newStudio(t, `
(layout: split)
![](b.png)

~~~
text
~~~
(duration: 1)

---
(layout: grid)
![](a.png)
![](clip.mp4)
(duration: 2)

---
(layout: corner)
![](clip.mp4)
![](b.png)
(duration: 1)

---
(layout: corner)
![](a.png)
![](five.gif)
(duration: 1)

---
![screen](clip.mp4)
(duration: 1)

---
(layout: corner)
![](a.png)
![](b.png)
![](clip.mp4)
(duration: 1)
`)
	c := s.cutter(t)
	left := image.Rect(0, 0, width/2, height)
	ground := s.StoreLayer(t, width, height, left, color.NRGBA{R: 255, G: 255, B: 255, A: 255})
	for i, scene := range s.Line.Scenes {
		c.in.Grounds = append(c.in.Grounds, make([]picture.LayerRef, len(scene.Pictures)))
		s.slides[i] = nil
	}
	c.in.Grounds[0][0] = ground
	p := c.PlanPictures()
	list, err := c.MakePictures(t.Context(), p)
	if err != nil || len(list) > 0 {
		t.Fatal(list, err)
	}
	const redLuma, blueLuma, white = 63, 32, 235
	clipAt := func(n int) int { return 30 + 20*n }
	for _, x := range []struct {
		scene      int
		frame      int64
		at         image.Point
		luma       int
		complement string
	}{
		{0, 3, image.Pt(10, 10), white, "the ground"},
		{0, 3, image.Pt(40, 10), blueLuma, "the right half"},
		{1, 0, image.Pt(15, 18), redLuma, "the first cell"},
		{1, 0, image.Pt(48, 18), clipAt(0), "the second cell"},
		{1, 6, image.Pt(48, 18), clipAt(6), "the second cell"},
		{1, 15, image.Pt(48, 18), clipAt(9), "the second cell after the end of the clip"},
		{2, 4, image.Pt(5, 5), clipAt(4), "the clip"},
		{2, 4, image.Pt(55, 30), blueLuma, "the corner"},
		{3, 4, image.Pt(5, 5), redLuma, "the picture"},
		{3, 7, image.Pt(55, 30), 40 + 40*2, "the GIF in the corner, in its second cycle"},
		{4, 5, image.Pt(32, 18), clipAt(5), "the clip on the ground"},
		{5, 9, image.Pt(5, 5), blueLuma, "the second picture"},
		{5, 9, image.Pt(55, 30), clipAt(9), "the clip in the corner, which goes on over the second picture"},
	} {
		frame, list, err := c.DrawFrame(t.Context(), x.scene, x.frame)
		if err != nil || len(list) > 0 {
			t.Fatal(list, err)
		}
		if got := lumaAt(frame, x.at.X, x.at.Y); got < x.luma-5 || got > x.luma+5 {
			t.Errorf("frame %d of scene %d: %s has luma %d, want %d", x.frame, x.scene+1, x.complement, got, x.luma)
		}
	}
	var frames int64
	for _, r := range p.Runs {
		frames += r.Frames
	}
	if frames != s.Line.Frames {
		t.Errorf("the runs have %d frames, the film %d", frames, s.Line.Frames)
	}
	// In the grid, only the frames in which the clip plays are encoded as movement.
	if got := describeTakes(p.Runs[1:3]); !strings.HasPrefix(got, "10 of 20") {
		t.Errorf("the grid is planned as %s", got)
	}
}

func describeTakes(runs []film.SegmentRun) string {
	var out []string
	for _, r := range runs {
		out = append(out, fmt.Sprintf("%d of %d", r.Take, r.Frames))
	}
	return strings.Join(out, ", ")
}

// TestFadingTexts checks a transition between two slides: in the first third the old text fades, in the last the new one
// appears, and between them no text is visible.
func TestFadingTexts(t *testing.T) {
	t.Parallel()
	const slides = "~~~\nold\n~~~\n(duration: 2)\n\n---\n(transition: %s 1.2)\n\n~~~\nnew\n~~~\n(duration: 2)\n"
	for _, enter := range []string{"crossfade", "wipe-right"} {
		s := newStudio(t, fmt.Sprintf(slides, enter))
		c := s.cutter(t)
		white := s.StoreLayer(t, width, height, image.Rect(0, 0, width, height), color.NRGBA{R: 255, G: 255, B: 255, A: 255})
		text := func(x int) picture.LayerRef {
			return s.StoreLayer(t, width, height, image.Rect(x, 8, x+8, 16), color.NRGBA{A: 255})
		}
		for i, x := range []int{8, 40} {
			s.slides[i] = []overlay.SlideState{{Layer: white, Text: text(x), Ground: white}}
		}
		c.in.Slides = s.slides
		for f := range int64(12) {
			frame, list, err := c.DrawFrame(t.Context(), 1, f)
			if err != nil || len(list) > 0 {
				t.Fatal(list, err)
			}
			old, now := lumaAt(frame, 12, 12) < 225, lumaAt(frame, 44, 12) < 225
			if old != (f < 4) || now != (f >= 8) {
				t.Errorf("%s, frame %d: the old text is seen: %v, the new one: %v", enter, f, old, now)
			}
		}
		if list, err := c.MakePictures(t.Context(), c.PlanPictures()); err != nil || len(list) > 0 {
			t.Error(list, err)
		}
	}
}

// TestWatermarks checks that a watermark lies still over pictures and transitions, and does not divide clips.
func TestWatermarks(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n(duration: 1)\n\n---\n(transition: slide-left 0.5)\n![](clip.mp4)\n")
	c := s.cutter(t)
	watermark := s.StoreLayer(t, width, height, image.Rect(56, 0, 64, 8), color.NRGBA{R: 255, G: 255, B: 255, A: 255})
	c.in.Watermarks = [][]picture.LayerRef{{watermark}, {watermark}}
	for scene, frames := range map[int][]int64{0: {0, 5}, 1: {0, 2, 7}} {
		for _, f := range frames {
			frame, list, err := c.DrawFrame(t.Context(), scene, f)
			if err != nil || len(list) > 0 {
				t.Fatal(list, err)
			}
			if got := lumaAt(frame, 60, 4); got < 230 {
				t.Errorf("frame %d of scene %d: the watermark has luma %d", f, scene+1, got)
			}
		}
	}
	p := c.PlanPictures()
	if got := len(p.Runs); got != 3 { // the picture, the transition, the clip
		t.Errorf("%d runs", got)
	}
}
