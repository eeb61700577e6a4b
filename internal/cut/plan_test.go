package cut

import (
	"testing"

	"mynah/internal/testrun"
)

// TestStills checks that equal pictures are made once, and that a move is made frame by frame.
func TestStills(t *testing.T) {
	t.Parallel()
	s := newStudio(t, `
![](a.png)
(duration: 2)

---
(canvas: white)
(duration: 1)

---
![](a.png)
(duration: 1)

---
![zoom](b.png)
(duration: 1)
`)
	c, p := s.makePlan(t)
	wantRuns(t, c, p,
		"picture a.png: 20",
		"picture the canvas: 10",
		"picture a.png: 10",
		"move b.png: 10 in 10")
	if len(p.stills) != 2 || len(p.moving) != 1 || p.countPicturesToMake() != 12 ||
		p.Runs[0].Segment != p.Runs[2].Segment {
		t.Errorf("%d stills, %d moving, weight %v", len(p.stills), len(p.moving), p.countPicturesToMake())
	}
	if _, label, _ := c.Book.FindLabel(p.Runs[1].Segment); label.Scene != 2 {
		t.Errorf("the canvas is of scene %d", label.Scene)
	}
	frames := s.playPlan(t, p)
	for i, want := range map[int]int{0: 63, 19: 63, 20: 235, 29: 235, 30: 63, 39: 63, 40: 32, 49: 32} {
		wantLuma(t, frames, i, 5, 5, want)
	}
	s.wantFrames(t, frames, 0, 0, 19)
	s.wantFrames(t, frames, 1, 5)
	s.wantFrames(t, frames, 3, 0, 9)
	s.checkNothingNew(t, p)
}

// TestClips checks that a clip plays once and then repeats its last picture, a range is a part of the clip, a
// loop repeats, and a trimmed clip ends with its scene.
func TestClips(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, `
![](clip.mp4)
(pause: 1.5)

---
![0.2-0.6](clip.mp4)
(pause: 0.2)

---
![loop](clip.mp4)
(pause: 2.5)

---
![trim](clip.mp4)
(pause: 0.3)

---
![end](clip.mp4)
(duration: 0.5)

---
![start 0.5-0.9](clip.mp4)
(duration: 0.5)
`)
	c, p := s.makePlan(t)
	wantRuns(t, c, p,
		"clip clip.mp4: 10 in 15",
		"clip clip.mp4: 4 in 4",
		"clip clip.mp4: 10 in 10", "clip clip.mp4: 10 in 10", "clip clip.mp4: 5 in 5",
		"clip clip.mp4: 3 in 3",
		"picture clip.mp4: 5",
		"picture clip.mp4: 5")
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 0, 5, 5, 30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 210, 210, 210, 210, 210)
	wantLuma(t, frames, 15, 5, 5, 70, 90, 110, 130)
	wantLuma(t, frames, 19, 5, 5, 30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 30, 50, 70, 90, 110, 130, 150, 170,
		190, 210, 30)
	wantLuma(t, frames, 44, 5, 5, 30, 50, 70, 210, 210, 210, 210, 210, 130, 130, 130, 130, 130)
	s.wantFrames(t, frames, 0, 3, 12)
	s.wantFrames(t, frames, 1, 2)
	s.wantFrames(t, frames, 2, 13)
	s.wantFrames(t, frames, 4, 1)
	s.wantFrames(t, frames, 5, 1)
	if len(p.wanted) != 5 || p.countPicturesToMake() != 10+4+10+5+3+1+1 {
		t.Errorf("%d clips, weight %v; want one still, the range, the loop, its end and the start",
			len(p.wanted), p.countPicturesToMake())
	}
	s.checkNothingNew(t, p)
}

// TestGIFs checks that GIFs repeat, and continue after a transition at the right frame.
func TestGIFs(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, `
![](five.gif)
(pause: 1.2)

---
(transition: crossfade 0.7)
![](five.gif)
(pause: 2)

---
(transition: wipe-left 0.5)
![](five.gif)
(pause: 1)

---
![freeze](five.gif)
(pause: 1)
`)
	c, p := s.makePlan(t)
	wantRuns(t, c, p,
		"clip five.gif: 5 in 10 again after 5", "clip five.gif: 2 in 2",
		"crossing five.gif: 7 in 7", "clip five.gif: 3 in 3", "clip five.gif: 5 in 10 again after 5",
		"crossing five.gif: 5 in 5", "clip five.gif: 5 in 5 again after 5",
		"clip five.gif: 5 in 10")
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 0, 5, 5, 42, 77, 136, 170, 199, 42, 77, 136, 170, 199, 42, 77)
	wantLuma(t, frames, 12, 5, 5, 75, 80, 100, 125, 155, 53, 79)
	wantLuma(t, frames, 19, 5, 5, 136, 170, 199, 42, 77, 136, 170, 199, 42, 77, 136, 170, 199)
	wantLuma(t, frames, 32, 5, 5, 199, 199, 199, 199, 199, 42, 77, 136, 170, 199)
	wantLuma(t, frames, 42, 5, 5, 42, 77, 136, 170, 199, 199, 199, 199, 199, 199)
	s.wantFrames(t, frames, 0, 8)
	s.wantFrames(t, frames, 1, 3, 8)
	s.wantFrames(t, frames, 3, 9)
	s.checkNothingNew(t, p)
}

// TestTransitions checks transitions from the last picture of the previous scene.
func TestTransitions(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, `
(transition: crossfade 0.5)
![](a.png)
(duration: 1)

---
(transition: crossfade 0.4)
![](b.png)
(duration: 1)

---
(transition: wipe-left 0.4)
![](a.png)
(duration: 1)

---
(transition: crossfade 0.4)
![](clip.mp4)
(pause: 1.5)

---
(transition: crossfade 1)
![zoom](a.png)
(duration: 1)

---
(transition: crossfade 0.4)
![](b.png)
![](a.png)
(duration: 2)
`)
	c, p := s.makePlan(t)
	wantRuns(t, c, p,
		"picture a.png: 10", // the first scene has no transition
		"crossing b.png: 4 in 4", "picture b.png: 6",
		"crossing a.png: 4 in 4", "picture a.png: 6",
		"crossing clip.mp4: 4 in 4", "clip clip.mp4: 6 in 11",
		"crossing a.png: 10 in 10",
		"crossing b.png: 4 in 4", "picture b.png: 6",
		"crossing a.png: 4 in 4", "picture a.png: 6")
	if want := 1 + 1 + 4*2 + 4 + 6 + 10 + 4 + 4; p.countPicturesToMake() != float64(want) {
		t.Errorf("the weight is %v, want %d", p.countPicturesToMake(), want)
	}
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 9, 5, 5, 63, 57, 51, 44, 38, 32, 32)
	wantLuma(t, frames, 20, 5, 5, 32, 32, 32, 32, 63)
	wantLuma(t, frames, 20, 60, 5, 63, 63, 63, 63, 63)
	wantLuma(t, frames, 33, 5, 5, 83, 110, 130, 150, 170, 190, 210, 210, 210)
	wantLuma(t, frames, 44, 5, 5, 210, 196, 184, 171, 157, 144, 130, 117, 103, 90, 77, 57)
	wantLuma(t, frames, 59, 5, 5, 32, 32, 32, 32, 32, 32, 38, 43, 50, 56, 63)
	s.wantFrames(t, frames, 0, 1)
	s.wantFrames(t, frames, 1, 0, 3, 4)
	s.wantFrames(t, frames, 2, 0, 2)
	s.wantFrames(t, frames, 3, 3, 14)
	s.wantFrames(t, frames, 4, 9)
	s.wantFrames(t, frames, 5, 0, 11)
	s.checkNothingNew(t, p)
}

// TestSlides checks that each state of a slide is a picture, or over a clip a range of it.
func TestSlides(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, "![](a.png)\n\n~~~md\n- a\n- b\n~~~\n(reveal: items)\n(duration: 2)\n\n---\n\n![loop](clip.mp4)\n"+
		"\n~~~md\n- a\n- b\n~~~\n(reveal: items)\n(pause: 2)\n\n---\n\n~~~\nslide\n~~~\n(duration: 1)\n"+
		"\n---\n\n![](clip.mp4)\n\n~~~md\n- a\n- b\n~~~\n(reveal: items)\n(pause: 1)\n")
	for scene := range 2 {
		s.slide(t, scene, 10)
		s.slide(t, scene, 20)
	}
	s.slide(t, 2, 10)
	s.slide(t, 3, 20)
	s.slide(t, 3, 10)
	c, p := s.makePlan(t)
	wantRuns(t, c, p,
		"picture a.png: 10", "picture a.png: 10",
		"clip clip.mp4: 10 in 10", "clip clip.mp4: 10 in 10",
		"picture the slide: 10",
		"clip clip.mp4: 10 in 10")
	frames := s.playPlan(t, p)
	for at, rows := range map[int][2]int{0: {126, 63}, 9: {126, 63}, 10: {126, 126}, 19: {126, 126}, 40: {126, 235}} {
		wantLuma(t, frames, at, 40, 5, rows[0])
		wantLuma(t, frames, at, 40, 15, rows[1])
	}
	wantLuma(t, frames, 20, 5, 5, 30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 30, 50, 70, 90, 110)
	wantLuma(t, frames, 20, 40, 15, 30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 126, 126, 126, 126, 126)
	wantLuma(t, frames, 20, 40, 5, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126)
	s.wantFrames(t, frames, 0, 9, 10)
	s.wantFrames(t, frames, 1, 4, 14)
	wantLuma(t, frames, 50, 40, 5, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126)
	wantLuma(t, frames, 50, 40, 15, 126, 126, 126, 126, 126, 130, 150, 170, 190, 210)
	s.wantFrames(t, frames, 2, 4)
	s.wantFrames(t, frames, 3, 4, 5)
	s.checkNothingNew(t, p)
}

// TestCaptions checks that captions over still pictures form a chain, and that captions over moving ones are
// part of these.
func TestCaptions(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, `
![](a.png)
(duration: 2)

---
![](clip.mp4)
(pause: 2)

---
![](five.gif)
(pause: 1.2)

---
![zoom](b.png)
(duration: 1)

---
(transition: wipe-left 0.5)
![](a.png)
(duration: 1)
`)
	s.caption(t, 0, 3, 8)
	s.caption(t, 0, 8, 12)
	s.caption(t, 0, 15, 20)
	s.caption(t, 1, 2, 5)
	s.caption(t, 1, 12, 16)
	s.caption(t, 2, 0, 7)
	s.caption(t, 3, 2, 6)
	s.caption(t, 4, 2, 8)
	c, p := s.makePlan(t)
	wantRuns(t, c, p,
		"picture a.png: 20 [3 5 4 3 5]",
		"clip clip.mp4: 10 in 12", "picture clip.mp4: 8 [4 4]",
		"clip five.gif: 12 in 12",
		"move b.png: 10 in 10",
		"crossing a.png: 5 in 5", "picture a.png: 5 [3 2]")
	if len(p.chains) != 3 || p.countPicturesToMake() != 5+2+2+float64(10+12+10+5) {
		t.Errorf("%d chains, weight %v", len(p.chains), p.countPicturesToMake())
	}
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 0, 5, 5, 63, 63, 63, 126, 126, 126, 126, 126, 126, 126, 126, 126, 63, 63, 63, 126, 126, 126,
		126, 126)
	wantLuma(t, frames, 0, 5, 9, 63, 63, 63, 63, 63, 63, 63, 63, 126, 126, 126, 126, 63, 63, 63, 126)
	wantLuma(t, frames, 0, 50, 5, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63)
	wantLuma(t, frames, 20, 5, 5, 30, 50, 126, 126, 126, 130, 150, 170, 190, 210, 210, 210, 126, 126, 126, 126, 210,
		210, 210, 210)
	wantLuma(t, frames, 20, 50, 5, 30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 210, 210, 210, 210, 210, 210, 210,
		210, 210, 210)
	wantLuma(t, frames, 40, 5, 5, 126, 126, 126, 126, 126, 126, 126, 136, 170, 199, 46, 77)
	wantLuma(t, frames, 52, 5, 5, 32, 32, 126, 126, 126, 126, 32, 32, 32, 32)
	wantLuma(t, frames, 62, 5, 5, 32, 32, 126, 126, 126, 126, 126, 126, 63, 63)
	wantLuma(t, frames, 62, 50, 5, 32, 63, 63, 63, 63, 63)
	s.wantFrames(t, frames, 0, 2, 3, 11, 15)
	s.wantFrames(t, frames, 1, 1, 13)
	s.wantFrames(t, frames, 3, 5)
	s.wantFrames(t, frames, 4, 1, 3, 7)
	s.checkNothingNew(t, p)
}

// TestEndOfMoves checks that the last frame after a transition is not lost.
func TestEndOfMoves(t *testing.T) {
	t.Parallel()
	s := newStudio(t, `
![](a.png)
(duration: 1)

---
(transition: crossfade 0.9)
![zoom](b.png)
(duration: 1)

---
(transition: crossfade 0.9)
![](a.png)
(duration: 1)

---
(transition: crossfade 0.9)
![](clip.mp4)
(pause: 1)
`)
	c := s.cutter(t)
	wantRuns(t, c, c.PlanPictures(), "picture a.png: 10",
		"crossing b.png: 9 in 9", "move b.png: 1 in 1", "crossing a.png: 9 in 9", "picture a.png: 1",
		"crossing clip.mp4: 9 in 9", "clip clip.mp4: 1 in 1")
}

// TestStretches checks that the decoder finds the end of a clip that is shown completely, and gets the length
// of other ranges. A clip that repeats while its overlays change is read repeatedly.
func TestStretches(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, `
![](clip.mp4)
(pause: 1.5)

---
![0.2-0.6](clip.mp4)
(pause: 0.2)

---
![](clip.mp4)
(duration: 0.5)

---
![](five.gif)
(pause: 1)

---
(transition: crossfade 0.5)
![](five.gif)
(pause: 1)

---
(transition: crossfade 0.6)
![](five.gif)
(pause: 1)

---
![](five.gif)
(pause: 1)

---
![match](clip.mp4)
(pause: 2)

---
![](five.gif)
(pause: 0.3)

---
![](five.gif)
(pause: 1)
`)
	s.caption(t, 6, 2, 4)
	s.caption(t, 9, 0, 10)
	c := s.cutter(t)
	type stretch struct {
		from, length, frames int64
		again                bool
	}
	var got []stretch
	for i, scene := range s.Line.Scenes {
		v := c.newView(i, scene.Pictures[0]).view
		got = append(got, stretch{v.Clip.From, v.Clip.Length, v.Clip.Frames, v.Clip.Again})
	}
	want := []stretch{
		{0, 0, 10, false},
		{200_000, 400_000, 4, false},
		{0, 1_000_000, 5, false},
		{0, 0, 5, false},
		{0, 0, 5, false},
		{0, 0, 5, true},
		{0, 0, 5, true},
		{0, 0, 20, false},
		{0, 500_000, 3, false},
		{0, 0, 5, false},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("scene %d: %+v, want %+v", i+1, got[i], want[i])
		}
	}
	if v := c.newView(7, s.Line.Scenes[7].Pictures[0]).view.Clip; v.SpeedNum*2 != v.SpeedDen {
		t.Errorf("a clip in twice its time has the speed %d/%d", v.SpeedNum, v.SpeedDen)
	}
}

// TestViews checks that the name of a picture is its file, the slide or the canvas.
func TestViews(t *testing.T) {
	t.Parallel()
	s := newStudio(t, `
![end](clip.mp4)
(duration: 0.5)

---
![start 0.5-0.9](clip.mp4)
(duration: 0.5)

---
![pan left strong](a.png)
(duration: 1)

---

~~~
slide
~~~
(duration: 1)

---
(canvas: red)
(callout:
  cx: 5
  cy: 5
  size: 3)
(duration: 1)
`)
	s.slide(t, 3, 10)
	c := s.cutter(t)
	view := func(i int) viewFrame { return c.newView(i, s.Line.Scenes[i].Pictures[0]) }
	if v := view(0); !v.view.Still.Clip || !v.view.AtEnd || v.view.Length != 1_000_000 || v.name != "clip.mp4" ||
		v.place.Start.Line != 7 {
		t.Errorf("the end of a clip: %+v %+v", v, v.view.Still)
	}
	if v := view(1); !v.view.Still.Clip || v.view.AtEnd || v.view.From != 500_000 || v.view.Length != 400_000 {
		t.Errorf("the start of a segment: %+v", v.view.Still)
	}
	if v := view(2); v.view.Motion != "pan" || v.view.Edge != "left" || !v.view.Strong || v.view.Clip != nil {
		t.Errorf("a pan: %+v", v.view.Move)
	}
	if v := view(3); v.name != "the slide" || v.place.Start.Line != 20 || len(v.view.Spans) != 1 || v.view.Asset != nil {
		t.Errorf("a slide: %+v", v)
	}
	if v := view(4); v.name != "the canvas" || v.view.Canvas.R != 255 || len(v.view.Callouts) != 1 {
		t.Errorf("the canvas: %+v", v)
	}
}
