package cut

import (
	"image"

	"mynah/internal/ffmpeg"
	"mynah/internal/overlay"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// newView returns what a picture of a scene shows.
func (c *Cutter) newView(i int, pic timeline.Picture) viewFrame {
	scene := &c.in.Board.Scenes[i]
	v := &picture.View{Still: picture.Still{Canvas: scene.Canvas}, Frames: pic.Frames}
	out := viewFrame{view: v, source: source{scene.Range, "the canvas"}}
	if len(scene.Slides) > 0 {
		out.name, out.place = "the slide", scene.Slides[0].Range
		out.slides = c.addSlides(v, i, pic)
	}
	c.addCaptions(v, i, pic)
	if out.panes = c.addPanes(v, i, pic); len(out.panes) > 0 {
		first := scene.Shots[pic.ListShots()[0]]
		out.name, out.place = first.File, first.Range
		return out
	}
	if pic.Shot < 0 {
		c.addCallouts(v, i, pic)
		return out
	}
	shot := scene.Shots[pic.Shot]
	out.name, out.place = shot.File, shot.Range
	c.setShot(v, i, pic, image.Pt(c.form.Width, c.form.Height))
	c.addCallouts(v, i, pic, pic.Shot)
	return out
}

// setShot sets the shot of a view that is drawn in the given size.
func (c *Cutter) setShot(v *picture.View, i int, pic timeline.Picture, size image.Point) {
	shot := c.in.Board.Scenes[i].Shots[pic.Shot]
	v.Canvas, v.Asset, v.Placing = shot.Canvas, c.in.Files.GetUsable(shot.File).ToPicture(), shot.Placing
	switch {
	case pic.Moving > 0:
		v.Clip, v.Cycle = c.newClipInput(i, pic, v, size), pic.Cycle
	case shot.Kind == storyboard.Clip:
		v.Still.Clip, v.AtEnd = true, shot.Still == script.StillEnd
		if l := c.in.Files.GetUsable(shot.File).Info.Video.Length; l != nil {
			v.Length = timeline.ToMicroseconds(l)
		}
		if shot.Segment != nil {
			v.From, v.Length = shot.Segment.From.Microseconds(), (shot.Segment.To - shot.Segment.From).Microseconds()
		}
	default:
		v.Move = picture.Move{Motion: shot.Motion, Edge: shot.Edge, Strong: shot.Strong}
	}
}

// addSlides adds the states of a scene's slides to one of its pictures, and returns them.
func (c *Cutter) addSlides(v *picture.View, i int, pic timeline.Picture) (shown []overlay.SlideState) {
	states := c.in.Slides[i]
	if len(states) == 0 {
		return nil
	}
	v.Backdrops = states[0].Backdrops
	steps := c.in.Line.Scenes[i].Steps
	if len(steps) > 0 && len(states) == len(steps)+1 { // the first state is shown before the first step
		steps = append([]int64{pic.Start}, steps...)
	}
	if len(steps) == 0 {
		steps = []int64{pic.Start}
	}
	for k, at := range steps {
		at -= pic.Start
		state := states[min(k, len(states)-1)]
		span := picture.Span{From: max(at, 0), Layers: []picture.LayerRef{state.Layer}}
		switch {
		case at >= pic.Frames:
		case at <= 0:
			v.Spans, shown = []picture.Span{span}, []overlay.SlideState{state}
		default:
			v.Spans, shown = append(v.Spans, span), append(shown, state)
		}
	}
	return shown
}

// newClipInput returns the part of a clip or GIF that a picture plays.
func (c *Cutter) newClipInput(i int, pic timeline.Picture, v *picture.View, size image.Point) *ffmpeg.ClipInput {
	shot := c.in.Board.Scenes[i].Shots[pic.Shot]
	w, h := v.Asset.Source.ComputeUprightSize()
	clip := &ffmpeg.ClipInput{
		Input: v.Asset.Input, Source: v.Asset.Source, Canvas: shot.Canvas,
		ClipOverlays: ffmpeg.ClipOverlays{Backdrops: v.Backdrops},
		Placement:    ffmpeg.PlaceSource(w, h, size.X, size.Y, shot.Placing),
		Stretch: ffmpeg.Stretch{
			From: pic.From, Length: pic.Length, SpeedNum: pic.SpeedNum, SpeedDen: pic.SpeedDen,
			Again: pic.Cycle > 0 && (countOverlayChanges(v) > 1 || pic.Fade > pic.Cycle),
		},
		Frames: findLongestShowing(c.in.Line.Scenes[i].Pictures, pic), Rate: c.in.Files.GetUsable(shot.File).Info.Video.Rate,
	}
	if shot.Segment == nil && (clip.Again || clip.Frames*c.form.FPS.Den*1_000_000 >= pic.Length*c.form.FPS.Num) {
		clip.Length = 0 // the whole file: the decoder finds its end
	}
	return clip
}

// findLongestShowing returns the maximum number of frames for which pictures show the same range of the same clip.
// Shorter ones use the first pictures of the same segment.
func findLongestShowing(pictures []timeline.Picture, pic timeline.Picture) int64 {
	n := pic.Moving
	for _, other := range pictures {
		if other.Shot == pic.Shot && other.From == pic.From && other.Length == pic.Length &&
			other.SpeedNum == pic.SpeedNum && other.SpeedDen == pic.SpeedDen {
			n = max(n, other.Moving)
		}
	}
	return n
}
