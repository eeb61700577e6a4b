package cut

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/timeline"
)

// DrawCallouts draws the rings, markers and labels that the pictures of in need. It returns the layers for
// Input.Callouts.
func DrawCallouts(
	ctx context.Context, m part.Maker, tools Tools, in Input, drawing overlay.Input, cues []caption.Cue,
) (map[cache.Key]picture.LayerRef, diag.List, error) {
	return overlay.DrawCallouts(ctx, m, drawing, listCalloutDrawings(m, tools, in), cues)
}

// listCalloutDrawings returns the drawings of callouts that the pictures of in need, each once.
func listCalloutDrawings(m part.Maker, tools Tools, in Input) (out []overlay.CalloutDrawing) {
	if !slices.ContainsFunc(in.Line.Scenes, func(s timeline.Scene) bool { return len(s.Callouts) > 0 }) {
		return nil
	}
	in.Slides = make([][]overlay.SlideState, len(in.Line.Scenes))
	in.Captions = make([][]overlay.CaptionSpan, len(in.Line.Scenes))
	c := New(m, tools, in)
	seen := map[cache.Key]bool{}
	c.collect = func(d overlay.CalloutDrawing) {
		if id := d.ID(); !seen[id] {
			seen[id] = true
			out = append(out, d)
		}
	}
	for i, scene := range in.Line.Scenes {
		for _, pic := range scene.Pictures {
			c.newView(i, pic)
		}
	}
	return out
}

// timedCallout is a callout of a picture, with its times in frames of the picture.
type timedCallout struct {
	script.Callout
	shape    picture.Callout
	from, to int64
	fade     int64
	// front: only the label is shown, over what the camera shows.
	front bool
	// effect: the shape darkens or masks the picture.
	effect bool
}

// calloutPlanner plans the callouts of one view.
type calloutPlanner struct {
	*Cutter
	v        *picture.View
	scene    int
	place    diag.Range
	revealed bool
	timed    []timedCallout
}

// addCallouts adds the callouts of a picture of a scene to its view: those of its shots, or without shots those of the
// scene. The shots in panes are in the order of the view's panes.
func (c *Cutter) addCallouts(v *picture.View, scene int, pic timeline.Picture, shots ...int) {
	board := &c.in.Board.Scenes[scene]
	p := &calloutPlanner{Cutter: c, v: v, scene: scene, revealed: board.RevealCallouts}
	if len(shots) == 0 {
		p.addList(board.Callouts, c.in.Files.ConvertCallouts(c.in.Board.Film, board.Callouts, nil, -1), -1, pic)
	}
	for k, n := range shots {
		shot := &board.Shots[n]
		shapes := c.in.Files.ConvertCallouts(c.in.Board.Film, shot.Callouts, board, n)
		for i := range shapes {
			if shapes[i].OfImage {
				shapes[i].Pane = k
			}
		}
		p.addList(shot.Callouts, shapes, n, pic)
	}
	p.addStates(pic)
}

// addList adds the callouts of a shot; shot is -1 for those of a scene without pictures.
func (p *calloutPlanner) addList(list []script.Callout, shapes []picture.Callout, shot int, pic timeline.Picture) {
	if len(list) > 0 && p.place == (diag.Range{}) {
		p.place = list[0].Range
	}
	for k, one := range list {
		if p.isAlwaysShown(one) {
			p.v.Callouts = append(p.v.Callouts, shapes[k])
		}
	}
	for _, span := range p.in.Line.Scenes[p.scene].Callouts {
		if span.Shot == shot && span.Item < len(list) {
			p.addTimed(list[span.Item], shapes[span.Item], span, pic)
		}
	}
}

// isAlwaysShown reports whether the effect of a callout on the picture is there for as long as the picture.
func (p *calloutPlanner) isAlwaysShown(c script.Callout) bool {
	return c.Style == script.BlurInside || c.Style.IsPlain() && !p.revealed
}

// addTimed adds what appears of a callout: its ring, marker or effect, its label, and the movement of the camera.
func (p *calloutPlanner) addTimed(
	c script.Callout, shape picture.Callout, span timeline.CalloutSpan, pic timeline.Picture,
) {
	t := timedCallout{Callout: c, shape: shape, from: span.From - pic.Start, to: span.To - pic.Start, fade: span.Fade}
	if t.to <= 0 || t.from >= pic.Frames {
		return
	}
	t.effect = c.Style.IsPlain() && p.revealed
	if t.effect {
		const corner = 8 // pixels of a frame whose shorter side is 720
		t.shape.Corner = corner * float64(min(p.form.Width, p.form.Height)) / 720
	}
	if c.Style == script.CameraZoom {
		p.addCamera(&t, span)
	}
	if t.effect || c.Label != "" || c.Style == script.Outline || c.Style == script.MarkerColor {
		p.timed = append(p.timed, t)
	}
}

// addCamera adds the movements of the camera to a callout and back, and places its label where the shape then is.
func (p *calloutPlanner) addCamera(t *timedCallout, span timeline.CalloutSpan) {
	t.shape = p.v.LocateCallout(t.shape, p.form, max(t.from, 0)+span.Move)
	view := picture.AimCamera(t.shape, p.form.Width, p.form.Height)
	before := picture.CameraView{}
	if n := len(p.v.Camera); n > 0 && span.Follows {
		before = p.v.Camera[n-1].End
	}
	if view != before {
		p.v.Camera = append(p.v.Camera, picture.CameraMove{From: t.from, Frames: span.Move, Start: before, End: view})
	}
	t.shape, t.front = t.shape.MapToCamera(view, p.form.Width, p.form.Height), true
	const air = 6 // between the shape and its label, for an enlarged ring; pixels of a frame whose shorter side is 720
	t.shape = t.shape.Grow(air * view.ComputeZoom() * float64(min(p.form.Width, p.form.Height)) / 720)
	t.from += span.Move
	if !span.Continues {
		t.to -= span.Move
		if view != (picture.CameraView{}) {
			p.v.Camera = append(p.v.Camera, picture.CameraMove{From: t.to, Frames: span.Move, Start: view})
		}
	}
}

// addStates adds the states of the timed callouts to the view: one for each time at which a callout appears or
// disappears.
func (p *calloutPlanner) addStates(pic timeline.Picture) {
	edges := []int64{0}
	for _, t := range p.timed {
		edges = append(edges, max(t.from, 0), t.to)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	for k, at := range edges {
		if at >= pic.Frames {
			break
		}
		next := pic.Frames
		if k+1 < len(edges) {
			next = min(next, edges[k+1])
		}
		state := p.newState(at)
		for _, t := range p.timed {
			if t.from == at || t.to == at {
				state.Fade = max(state.Fade, min(t.fade, next-at))
			}
		}
		p.v.CalloutStates = append(p.v.CalloutStates, state)
	}
	if len(p.timed) == 0 {
		p.v.CalloutStates = nil
	}
}

// newState returns the state of the timed callouts at a frame.
func (p *calloutPlanner) newState(at int64) picture.CalloutState {
	state := picture.CalloutState{From: at}
	sheets := map[sheet][]slide.CalloutMark{}
	for _, t := range p.timed {
		if at < t.from || at >= t.to {
			continue
		}
		if t.effect {
			state.Callouts = append(state.Callouts, t.shape)
		}
		of := sheet{front: t.front}
		if t.shape.OfImage && p.v.MovesPicture(t.shape.Pane) {
			of.ofImage, of.pane = true, t.shape.Pane
			of.frame = p.v.FindBestFrame(t.shape, p.form, t.from, t.to)
		}
		located := p.v.LocateCallout(t.shape, p.form, of.frame)
		one := slide.CalloutMark{
			Round: located.Round, Left: located.X0, Top: located.Y0, Right: located.X1, Bottom: located.Y1,
			Within: [4]float64{0, 0, float64(p.form.Width), float64(p.form.Height)},
		}
		if of.ofImage {
			one.Within = p.v.FindSafeArea(t.shape, p.form, of.frame)
		}
		if t.Style == script.MarkerColor {
			marker := one
			marker.Marker = true
			below := of
			below.marker = true
			sheets[below] = append(sheets[below], marker)
		}
		if one.Ring = t.Style == script.Outline; one.Ring || t.Label != "" {
			one.Label = t.Label
			sheets[of] = append(sheets[of], one)
		}
	}
	for _, of := range slices.SortedFunc(maps.Keys(sheets), sheet.compare) {
		ref := p.findDrawing(overlay.CalloutDrawing{
			Scene: p.scene, Place: p.place, Marks: sheets[of], Front: of.front,
		})
		if of.front {
			state.Front = append(state.Front, ref)
		} else {
			state.Layers = append(state.Layers, picture.CalloutLayer{
				LayerRef: ref, OfImage: of.ofImage, At: of.frame, Pane: of.pane, Marker: of.marker,
			})
		}
	}
	return state
}

// sheet says which marks are drawn together: those that move with the picture of the same pane, and belong to the same
// frame.
type sheet struct {
	marker, ofImage, front bool
	pane                   int
	frame                  int64
}

// compare returns the order in which sheets are drawn: markers are below rings and labels.
func (s sheet) compare(other sheet) int {
	place := func(s sheet) int {
		n := 0
		for i, is := range []bool{s.ofImage, !s.marker, s.front} {
			if is {
				n += 1 << i
			}
		}
		return n
	}
	return cmp.Or(cmp.Compare(place(s), place(other)), cmp.Compare(s.pane, other.pane), cmp.Compare(s.frame, other.frame))
}

// findDrawing returns the layer of a drawing. While the drawings are only listed, the layer is empty.
func (c *Cutter) findDrawing(d overlay.CalloutDrawing) picture.LayerRef {
	if c.collect != nil {
		c.collect(d)
	}
	return c.in.Callouts[d.ID()]
}

// planTimedStill plans the frames from..to of a picture that does not move by itself, with callouts that appear or a
// camera that moves. Only these moments are encoded frame by frame.
func (c *Cutter) planTimedStill(p *Plan, s viewFrame, scene int, from, to int64) {
	whole := s.view
	for _, span := range whole.SplitAtMoves(from, to) {
		s.view, s.frame = whole.Cut(span.From, span.Frames), 0
		if !span.Moves {
			c.planStandingPictures(p, s, scene, 0, span.Frames)
			continue
		}
		t := movingTask{viewFrame: s, count: span.Frames}
		if before, after, ok := s.view.SplitFade(); ok {
			t.view, t.enter = after, crossfade
			t.before = s
			t.before.view = before
		}
		p.Runs = append(p.Runs, c.planMotion(p, t, scene, span.Frames))
	}
}

// planPaintedClip plans a clip or GIF with callouts that this program draws, from the frame from of its picture on.
func (c *Cutter) planPaintedClip(p *Plan, s viewFrame, scene int, pic timeline.Picture, from int64) {
	moving := pic.Moving
	if pic.Cycle > 0 || s.view.HasMovesAfter(moving) {
		moving = pic.Frames // the last frame changes, too
	}
	if moving = min(moving, pic.Frames); moving > from {
		s.frame = from
		p.Runs = append(p.Runs, c.planMotion(p, movingTask{viewFrame: s, count: moving - from}, scene, moving-from))
		from = moving
	}
	c.planStandingPictures(p, s, scene, from, pic.Frames)
}

// cutForTransition returns the view of the first frames of a picture, in which the transition to it takes place.
func cutForTransition(v *picture.View, frames int64) *picture.View {
	if v.IsMoving() || !v.HasTimedCallouts() {
		return v
	}
	return v.Cut(0, cmp.Or(frames, 1))
}
