package cut

import (
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// newView returns what a picture of a scene shows.
func (c *Cutter) newView(i int, pic timeline.Picture) viewFrame {
	scene := &c.in.Board.Scenes[i]
	v := &picture.View{Still: picture.Still{Canvas: scene.Canvas}, Frames: pic.Frames}
	out := viewFrame{view: v, place: scene.Range, name: "the canvas"}
	if len(scene.Slides) > 0 {
		out.name, out.place = "the slide", scene.Slides[0].Range
		c.addSlides(v, i, pic)
	}
	c.addCaptions(v, i, pic)
	if pic.Shot < 0 {
		c.addCallouts(v, i, pic, nil)
		return out
	}
	shot := scene.Shots[pic.Shot]
	a := c.in.Files.GetUsable(shot.File).ToPicture()
	out.name, out.place = shot.File, shot.Range
	v.Canvas, v.Asset, v.Placing = shot.Canvas, a, shot.Placing
	switch {
	case pic.Moving > 0:
		v.Clip, v.Cycle = c.newClipInput(i, pic, v), pic.Cycle
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
	c.addCallouts(v, i, pic, &shot)
	return out
}

// addSlides adds the states of a scene's slides to one of its pictures.
func (c *Cutter) addSlides(v *picture.View, i int, pic timeline.Picture) {
	states := c.in.Slides[i]
	if len(states) == 0 {
		return
	}
	v.Backdrops = states[0].Backdrops
	steps := c.in.Line.Scenes[i].Steps
	if len(steps) == 0 {
		steps = []int64{pic.Start}
	}
	for k, at := range steps {
		at -= pic.Start
		layer := states[min(k, len(states)-1)].Layer
		switch {
		case at >= pic.Frames:
		case at <= 0:
			v.Spans = []picture.Span{{Layers: []picture.LayerRef{layer}}}
		default:
			v.Spans = append(v.Spans, picture.Span{From: at, Layers: []picture.LayerRef{layer}})
		}
	}
}

// newClipInput returns the part of a clip or GIF that a picture plays.
func (c *Cutter) newClipInput(i int, pic timeline.Picture, v *picture.View) *ffmpeg.ClipInput {
	shot := c.in.Board.Scenes[i].Shots[pic.Shot]
	w, h := v.Asset.Source.ComputeUprightSize()
	clip := &ffmpeg.ClipInput{
		Input: v.Asset.Input, Source: v.Asset.Source, Canvas: shot.Canvas,
		ClipOverlays: ffmpeg.ClipOverlays{Backdrops: v.Backdrops},
		Placement:    ffmpeg.PlaceSource(w, h, c.form.Width, c.form.Height, shot.Placing),
		Stretch: ffmpeg.Stretch{
			From: pic.From, Length: pic.Length, SpeedNum: pic.SpeedNum, SpeedDen: pic.SpeedDen,
			Again: pic.Cycle > 0 && (len(v.Spans) > 1 || len(v.Captions) > 0 || pic.Fade > pic.Cycle),
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
