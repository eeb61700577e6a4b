package cut

import (
	"image"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/picture"
	"mynah/internal/steptest"
)

// callout returns a callout from x0 to x1.
func callout(x0, x1, style string) string {
	return "(callout:\n  type: rectangle\n  left: " + x0 + "\n  top: 4\n  right: " + x1 + "\n  bottom: 30\n  style: " + style + ")\n\n"
}

// drawCallouts stores a grey box for each drawing of callouts that a studio needs.
func (s *studio) drawCallouts(t *testing.T) {
	t.Helper()
	tools := Tools{FFmpeg: s.FFmpeg, Version: steptest.Version, Form: steptest.NewTimelinePicture(s.Line)}
	s.callouts = map[cache.Key]picture.LayerRef{}
	for _, d := range listCalloutDrawings(s.NewMaker(t), tools, Input{Board: s.Board, Line: s.Line, Files: s.Files}) {
		m := d.Marks[0]
		s.drawn = append(s.drawn, d)
		s.callouts[d.ID()] = s.StoreLayer(t, width, height, image.Rect(int(m.Left), int(m.Top), int(m.Right), int(m.Bottom)), grey)
	}
}

// TestRevealedCallouts checks that callouts over a still appear one after the other, and that only the fades are
// encoded frame by frame.
func TestRevealedCallouts(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n\n(reveal: callouts)\n\n(duration: 4)\n\n"+callout("4", "20", "darken")+callout("30", "60", "mask"))
	c, p := s.makePlan(t)
	wantRuns(t, c, p, "crossing a.png: 2 in 2", "picture a.png: 18", "crossing a.png: 2 in 2", "picture a.png: 18")
	frames := s.playPlan(t, p)
	const plain, dark, black = 63, 39, 16
	wantLuma(t, frames, 0, 25, 20, 55, 47, dark, dark)
	wantLuma(t, frames, 0, 10, 20, plain, plain, plain)
	wantLuma(t, frames, 19, 25, 20, dark, 47, 55, plain)
	wantLuma(t, frames, 19, 40, 20, dark, 31, 24, black)
	s.wantFrames(t, frames, 0, 0, 1, 5, 20, 21, 30, 39)
	s.checkNothingNew(t, p)
}

// TestOutlines checks that outlines and labels are drawn layers that fade in after the transition.
func TestOutlines(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](b.png)\n\n(duration: 1)\n\n---\n\n(transition: crossfade 0.3)\n\n![](a.png)\n\n(duration: 2)\n\n"+
		callout("4", "20", "outline")+callout("30", "60", "highlight\n  label: here"))
	s.drawCallouts(t)
	if len(s.drawn) != 2 || !s.drawn[0].Marks[0].Marker || len(s.drawn[1].Marks) != 2 || s.drawn[1].Marks[1].Label != "here" {
		t.Fatalf("drawings %+v", s.drawn)
	}
	c, p := s.makePlan(t)
	wantRuns(t, c, p, "picture b.png: 10", "crossing a.png: 3 in 3", "crossing a.png: 2 in 2", "picture a.png: 15")
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 13, 10, 20, 84, 105, 126, 126)
	s.wantFrames(t, frames, 1, 0, 2, 3, 4, 5, 19)
	s.checkNothingNew(t, p)
}

// TestCameraOverStill checks that the camera moves to a callout and back, that the time between is a still, and that
// captions stay where they are.
func TestCameraOverStill(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n\n```\nx\n```\n\n(duration: 4)\n\n"+
		"(callout:\n  type: rectangle\n  left: 40\n  top: 12\n  right: 60\n  bottom: 24\n  style: zoom)\n")
	s.slide(t, 0, height)
	s.caption(t, 0, 15, 25)
	c, p := s.makePlan(t)
	wantRuns(t, c, p, "move a.png: 8 in 8", "picture a.png: 24 [7 10 7]", "move a.png: 8 in 8")
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 10, 20, 30, 126)
	wantLuma(t, frames, 39, 20, 30, 63)
	wantLuma(t, frames, 20, 4, 4, 126)
	s.wantFrames(t, frames, 0, 0, 4, 7, 8, 16, 20, 31, 33, 38, 39)
	s.checkNothingNew(t, p)
}

// TestCalloutsOnClips checks callouts on moving pictures: the frames are those of the clip, and what is hidden is
// hidden in the transition, too.
func TestCalloutsOnClips(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n\n(duration: 1)\n\n---\n\n(transition: crossfade 0.3)\n\n![](clip.mp4)\n\n(duration: 2)\n\n"+
		callout("4", "20", "outline")+callout("30", "60", "blur")+"---\n\n![](five.gif)\n\n(duration: 1.5)\n\n"+callout("4", "20", "outline"))
	s.drawCallouts(t)
	c, p := s.makePlan(t)
	wantRuns(t, c, p, "picture a.png: 10", "crossing clip.mp4: 3 in 3", "clip clip.mp4: 7 in 7", "picture clip.mp4: 10",
		"clip five.gif: 15 in 15")
	frames := s.playPlan(t, p)
	wantLuma(t, frames, 15, 25, 20, 130, 150, 170, 190, 210, 210)
	wantLuma(t, frames, 16, 10, 20, 126, 126, 126, 126)
	wantLuma(t, frames, 33, 60, 30, 169, 200, 40, 80)
	s.wantFrames(t, frames, 1, 0, 2, 4, 9, 15)
	s.wantFrames(t, frames, 2, 0, 3, 7, 14)
	s.checkNothingNew(t, p)
}

// TestCalloutKeys checks that a changed callout makes only its own parts anew.
func TestCalloutKeys(t *testing.T) {
	t.Parallel()
	text := "![](a.png)\n\n(reveal: callouts)\n\n(duration: 4)\n\n" + callout("4", "20", "darken")
	one, two := newStudio(t, text+callout("30", "60", "mask")), newStudio(t, text+callout("30", "50", "mask"))
	_, a := one.makePlan(t)
	_, b := two.makePlan(t)
	for i := range a.Runs {
		if same := a.Runs[i].Segment == b.Runs[i].Segment; same != (i < 2) {
			t.Errorf("run %d: the same is %v", i, same)
		}
	}
}
