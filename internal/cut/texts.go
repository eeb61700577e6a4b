package cut

import (
	"mynah/internal/cache"
	"mynah/internal/overlay"
	"mynah/internal/picture"
)

// fadeTexts separates the texts of slides from the pictures of a transition, so that no two texts are seen at the same
// time: the old text fades out in the first third, the new one fades in in the last. entersScene is true for the
// transition between two scenes. Without slides on both sides, nothing changes.
func (t *movingTask) fadeTexts(entersScene bool) {
	old, hasOld := t.before.findSlide(t.before.frame)
	now, hasNow := t.findSlide(0)
	if !entersScene || !hasOld || !hasNow {
		return
	}
	t.before.view = withGround(t.before.view, old)
	view := withGround(t.view, now)
	view.Captions = addTextFades(t.view.Captions, old.Text, now.Text, t.count)
	t.view = view
}

// findSlide returns the state of the slides at a frame. It returns false if there is no slide whose text was drawn
// separately.
func (s viewFrame) findSlide(frame int64) (overlay.SlideState, bool) {
	found := -1
	for i, span := range s.view.Spans {
		if span.From <= frame {
			found = i
		}
	}
	if found < 0 || found >= len(s.slides) || s.slides[found].Text.Key == (cache.Key{}) {
		return overlay.SlideState{}, false
	}
	return s.slides[found], true
}

// withGround returns a view that shows the background of a slide without its text.
func withGround(v *picture.View, s overlay.SlideState) *picture.View {
	out := *v
	out.Spans = nil
	if s.Ground.Key != (cache.Key{}) {
		out.Spans = []picture.Span{{Layers: []picture.LayerRef{s.Ground}}}
	}
	return &out
}

// addTextFades returns captions with the texts of a transition of count frames below them.
func addTextFades(captions []picture.Span, old, now picture.LayerRef, count int64) []picture.Span {
	var out []picture.Span
	for f := range count {
		third := float64(count) / 3
		at := float64(f) + 0.5
		span := picture.Span{From: f}
		if opacity := 1 - at/third; opacity > 0 {
			span.Layers = append(span.Layers, old.WithOpacity(opacity))
		}
		if opacity := (at - 2*third) / third; opacity > 0 {
			span.Layers = append(span.Layers, now.WithOpacity(opacity))
		}
		for i, c := range captions {
			if c.From <= f && (i+1 == len(captions) || captions[i+1].From > f) {
				span.Layers = append(span.Layers, c.Layers...)
			}
		}
		out = append(out, span)
	}
	return out
}
