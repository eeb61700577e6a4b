package cut

import (
	"testing"

	"mynah/internal/testrun"
)

// TestShorterShowings checks that shorter showings use the first pictures of the longest one where a segment can be
// cut, unless their overlays change.
func TestShorterShowings(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const text = "![loop](clip.mp4)\n\n~~~md\n- a\n- b\n- c\n- d\n~~~\n(pause: 1.5)\n"
	for _, c := range []struct {
		name       string
		text       string
		compatible bool
		states     int
		weight     float64
		want       []string
	}{
		{"a slide", text, false, 1, 10 + 5, []string{"clip clip.mp4: 10 in 10", "clip clip.mp4: 5 in 5"}},
		{"a slide, compatible", text, true, 1, 10, []string{"clip clip.mp4: 10 in 10", "clip clip.mp4: 5 in 5"}},
		{
			"four states", text + "(reveal: items)\n", false, 4, 10 + 5,
			[]string{"clip clip.mp4: 10 in 10", "clip clip.mp4: 5 in 5"},
		},
		{
			"a long clip", "![loop](long.mp4)\n(pause: 19.5)\n", false, 0, 120 + 25,
			[]string{"clip long.mp4: 120 in 120", "clip long.mp4: 50 in 50", "clip long.mp4: 25 in 25"},
		},
		{
			"nearly all of a long clip", "![loop](long.mp4)\n(pause: 23.9)\n", false, 0, 120 + 19,
			[]string{"clip long.mp4: 120 in 120", "clip long.mp4: 100 in 100", "clip long.mp4: 19 in 19"},
		},
		{
			"little after a place to cut", "![loop](long.mp4)\n(pause: 17.1)\n", false, 0, 120 + 51,
			[]string{"clip long.mp4: 120 in 120", "clip long.mp4: 51 in 51"},
		},
		{
			"a long clip, compatible", "![loop](long.mp4)\n(pause: 17.1)\n", true, 0, 120,
			[]string{"clip long.mp4: 120 in 120", "clip long.mp4: 51 in 51"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStudio(t, c.text)
			s.compatible = c.compatible
			for i := range c.states {
				s.slide(t, 0, 10+i)
			}
			cutter := s.cutter(t)
			p := cutter.PlanPictures()
			wantRuns(t, cutter, p, c.want...)
			if p.countPicturesToMake() != c.weight {
				t.Errorf("weight %v, want %v", p.countPicturesToMake(), c.weight)
			}
		})
	}
}

// TestCutClipsPlayOn plays a clip whose second showing is put together from two segments.
func TestCutClipsPlayOn(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, "![loop](long.mp4)\n(pause: 19.5)\n")
	_, p := s.makePlan(t)
	frames := s.playPlan(t, p)
	for n := range frames {
		if got, want := luma(frames[n], 5, 5), 30+n%120; got < want-2 || got > want+2 {
			t.Errorf("frame %d has the luma %d, want %d", n, got, want)
		}
	}
	s.wantFrames(t, frames, 0, 0, 49, 50, 119, 120, 169, 170, 194)
}
