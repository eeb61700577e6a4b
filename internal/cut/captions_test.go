package cut

import (
	"fmt"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// TestOverlappingCaptions checks that the earlier caption stays visible, and that a gap shows none.
func TestOverlappingCaptions(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n(duration: 2)\n")
	s.caption(t, 0, 0, 5)
	s.caption(t, 0, 3, 8)
	s.caption(t, 0, 9, 20)
	c := s.cutter(t)
	v := &picture.View{}
	c.addCaptions(v, 0, timeline.Picture{Start: 2, Frames: 16})
	var got []string
	for _, span := range v.Captions {
		got = append(got, fmt.Sprint(span.From, len(span.Layers)))
	}
	if strings.Join(got, ", ") != "0 1, 3 1, 6 0, 7 1" {
		t.Errorf("%v", got)
	}
	v = &picture.View{}
	c.addCaptions(v, 0, timeline.Picture{Start: 20, Frames: 5})
	if v.Captions != nil {
		t.Errorf("behind all: %v", v.Captions)
	}
	v = &picture.View{}
	c.addCaptions(v, 0, timeline.Picture{Start: 0, Frames: 30})
	if n := len(v.Captions); n != 5 || v.Captions[4].From != 20 || v.Captions[4].Layers != nil {
		t.Errorf("longer than all: %v", v.Captions)
	}
}

// TestLongChains checks that a chain has at most 100 pictures and lasts at most 10 s, the maximum time between
// intra pictures.
func TestLongChains(t *testing.T) {
	t.Parallel()
	s := newStudio(t, "![](a.png)\n(duration: 21)\n\n---\n![](b.png)\n(duration: 10)\n")
	s.caption(t, 0, 0, 60)
	s.caption(t, 0, 60, 100)
	s.caption(t, 0, 100, 140)
	for i := range int64(50) {
		s.caption(t, 1, 2*i, 2*i+1)
	}
	c := s.cutter(t)
	p := c.PlanPictures()
	var got []string
	for _, run := range p.Runs {
		got = append(got, fmt.Sprint(len(run.Holds), "/", run.Frames))
	}
	if strings.Join(got, " ") != "2/100 0/40 0/70 100/100" {
		t.Errorf("%v", got)
	}
	// At this rate, ten seconds are 500 pictures, so that the number of pictures limits the chain.
	c.form.FPS.Num = 50
	v := &picture.View{Frames: 210}
	for i := range int64(210) {
		v.Captions = append(v.Captions, picture.Span{From: i, Layers: []picture.LayerRef{s.captions[0][i%2].Layer}})
	}
	p = &Plan{seen: map[cache.Key]bool{}}
	c.planStandingPictures(p, viewFrame{view: v}, 0, 0, 210)
	got = nil
	for _, run := range p.Runs {
		got = append(got, fmt.Sprint(len(run.Holds), "/", run.Frames))
	}
	if strings.Join(got, " ") != "100/100 100/100 10/10" {
		t.Errorf("%v", got)
	}
}
