package cut

import (
	"fmt"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/overlay"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// TestLongest checks that only showings of the same range of the same file count.
func TestLongest(t *testing.T) {
	t.Parallel()
	pic := timeline.Picture{Shot: 1, From: 2, Length: 3, SpeedNum: 4, SpeedDen: 5, Moving: 10}
	other := func(change func(*timeline.Picture)) timeline.Picture {
		o := pic
		o.Moving = 20
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		other timeline.Picture
		want  int64
	}{
		"same":    {other(func(*timeline.Picture) {}), 20},
		"shorter": {other(func(o *timeline.Picture) { o.Moving = 5 }), 10},
		"shot":    {other(func(o *timeline.Picture) { o.Shot = 0 }), 10},
		"from":    {other(func(o *timeline.Picture) { o.From = 0 }), 10},
		"length":  {other(func(o *timeline.Picture) { o.Length = 0 }), 10},
		"speed":   {other(func(o *timeline.Picture) { o.SpeedNum = 1 }), 10},
		"slower":  {other(func(o *timeline.Picture) { o.SpeedDen = 1 }), 10},
	} {
		if got := findLongestShowing([]timeline.Picture{c.other, pic}, pic); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if got := findLongestShowing(nil, pic); got != 10 {
		t.Errorf("alone: %d", got)
	}
}

// TestOnSlides checks that the last state that begins before a picture is its first, and that states after it
// are not visible.
func TestOnSlides(t *testing.T) {
	t.Parallel()
	layer := func(n byte) picture.LayerRef { return picture.LayerRef{Key: cache.Key{n}} }
	for name, c := range map[string]struct {
		states byte
		steps  []int64
		want   string // starts of the spans with their states
	}{
		"none":                 {0, []int64{0}, "[]"},
		"no steps":             {1, nil, "[0:0]"},
		"from its first frame": {2, []int64{100, 105}, "[0:0 5:1]"},
		"in front":             {3, []int64{80, 99, 105}, "[0:1 5:2]"},
		"one frame later":      {2, []int64{90, 101}, "[0:0 1:1]"},
		"its last frame":       {2, []int64{90, 109}, "[0:0 9:1]"},
		"behind":               {2, []int64{90, 110}, "[0:0]"},
		"at its first frame":   {2, []int64{90, 100}, "[0:1]"},
		"more than states":     {2, []int64{100, 103, 106}, "[0:0 3:1 6:1]"},
	} {
		cutter := &Cutter{in: Input{Line: &timeline.Line{Scenes: []timeline.Scene{{Steps: c.steps}}}}}
		var states []overlay.SlideState
		for n := range c.states {
			states = append(states, overlay.SlideState{Layer: layer(n)})
		}
		cutter.in.Slides = [][]overlay.SlideState{states}
		v := &picture.View{}
		cutter.addSlides(v, 0, timeline.Picture{Start: 100, Frames: 10})
		got := []string{}
		for _, s := range v.Spans {
			got = append(got, fmt.Sprintf("%d:%d", s.From, s.Layers[0].Key[0]))
		}
		if text := fmt.Sprint(got); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

// TestRunsOfClips checks, for a clip of ten frames with a still end and a GIF of five, each with captions,
// which frames are part of the clip's segment and which are stills.
func TestRunsOfClips(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](clip.mp4)\n\n---\n![](five.gif)\n")
	const still = "![](a.png)\n(duration: 1)\n\n---\n"
	for _, c := range []struct {
		text     string
		captions [][2]int64
		want     []string
	}{
		{"![](clip.mp4)\n(pause: 2)\n", nil, []string{"clip clip.mp4: 10 in 20"}},
		{"![](clip.mp4)\n(pause: 2)\n", [][2]int64{{0, 20}}, []string{"clip clip.mp4: 10 in 20"}},
		{"![](clip.mp4)\n(pause: 2)\n", [][2]int64{{0, 10}}, []string{"clip clip.mp4: 10 in 10", "picture clip.mp4: 10"}},
		{"![](clip.mp4)\n(pause: 2)\n", [][2]int64{{0, 9}}, []string{"clip clip.mp4: 10 in 20"}},
		{"![](clip.mp4)\n(pause: 2)\n", [][2]int64{{10, 20}}, []string{"clip clip.mp4: 10 in 10", "picture clip.mp4: 10"}},
		{"![](clip.mp4)\n(pause: 2)\n", [][2]int64{{9, 20}}, []string{"clip clip.mp4: 10 in 20"}},
		{
			"![](clip.mp4)\n(pause: 2)\n",
			[][2]int64{{11, 15}},
			[]string{"clip clip.mp4: 10 in 11", "picture clip.mp4: 9 [4 5]"},
		},
		{"![](clip.mp4)\n(pause: 1)\n", [][2]int64{{3, 5}}, []string{"clip clip.mp4: 10 in 10"}},
		{"![](five.gif)\n(pause: 1.2)\n", nil, []string{"clip five.gif: 5 in 10 again after 5", "clip five.gif: 2 in 2"}},
		{"![](five.gif)\n(pause: 1.2)\n", [][2]int64{{0, 12}}, []string{"clip five.gif: 5 in 10 again after 5", "clip five.gif: 2 in 2"}},
		{"![](five.gif)\n(pause: 0.5)\n", nil, []string{"clip five.gif: 5 in 5 again after 5"}},
		{still + "(transition: wipe-left 0.5)\n![](five.gif)\n(pause: 1.2)\n", nil, []string{
			"picture a.png: 10", "crossing five.gif: 5 in 5", "clip five.gif: 5 in 5 again after 5",
			"clip five.gif: 2 in 2",
		}},
		{still + "(transition: wipe-left 0.4)\n![](five.gif)\n(pause: 0.5)\n", nil, []string{
			"picture a.png: 10", "crossing five.gif: 4 in 4", "clip five.gif: 1 in 1",
		}},
		{still + "(transition: wipe-left 0.5)\n![](five.gif)\n(pause: 0.5)\n", nil, []string{
			"picture a.png: 10", "crossing five.gif: 5 in 5",
		}},
		{still + "(transition: wipe-left 0.5)\n![](clip.mp4)\n(pause: 0.5)\n", nil, []string{
			"picture a.png: 10", "crossing clip.mp4: 5 in 5", "clip clip.mp4: 5 in 5",
		}},
		{still + "(transition: wipe-left 0.5)\n![](clip.mp4)\n(pause: 2)\n", nil, []string{
			"picture a.png: 10", "crossing clip.mp4: 5 in 5", "clip clip.mp4: 5 in 15",
		}},
		{still + "(transition: wipe-left 1)\n![zoom](b.png)\n(duration: 1)\n", nil, []string{
			"picture a.png: 10", "crossing b.png: 10 in 10",
		}},
		{still + "(transition: wipe-left 0.9)\n![zoom](b.png)\n(duration: 1)\n", nil, []string{
			"picture a.png: 10", "crossing b.png: 9 in 9", "move b.png: 1 in 1",
		}},
	} {
		s.Timed = s.PlanTimeline(t, s.NewMaker(t), header+c.text)
		s.slides = make([][]overlay.SlideState, len(s.Board.Scenes))
		s.captions = make([][]overlay.CaptionSpan, len(s.Board.Scenes))
		for _, span := range c.captions {
			s.caption(t, 0, span[0], span[1])
		}
		cutter := s.cutter(t)
		p := cutter.PlanPictures()
		if got := describePlan(cutter.Book, p); got != strings.Join(c.want, "\n") {
			t.Errorf("%q with captions %v:\n%s\nwant\n%s", c.text, c.captions, got, strings.Join(c.want, "\n"))
		}
		if n := len(p.stills) + len(p.moving) + len(p.chains); n != len(c.want) {
			t.Errorf("%d parts are made of %d", n, len(c.want))
		}
	}
}
