package picture

import (
	"slices"
	"sort"

	"mynah/internal/cache"
)

// CalloutState is the state of a view's timed callouts from a frame on, until the next state. In the first Fade
// frames, it replaces the state before gradually.
type CalloutState struct {
	From, Fade int64
	// Callouts darken or hide parts of the picture.
	Callouts []Callout
	// Layers are drawn over picture and slides, and move with the camera.
	Layers []CalloutLayer
	// Front are drawn over everything but captions, and do not move with the camera.
	Front []LayerRef
}

// CalloutLayer is the drawing of a ring, a marker or a label.
type CalloutLayer struct {
	LayerRef
	// OfImage: the drawing belongs to the frame At of the view, and moves with the picture.
	OfImage bool
	At      int64
	// Pane is the index of the pane whose picture it is. Without panes it is 0.
	Pane int
	// Marker: the drawing tints what is below it as a marker does, instead of covering it.
	Marker bool
}

// isEmpty reports whether a state shows nothing.
func (m *CalloutState) isEmpty() bool { return len(m.Callouts)+len(m.Layers)+len(m.Front) == 0 }

// CalloutStateLook describes a CalloutState for cache keys.
type CalloutStateLook struct {
	From     int64              `json:"from,omitempty"`
	Fade     int64              `json:"fade,omitempty"`
	Callouts []Callout          `json:"callouts,omitempty"`
	Layers   []CalloutLayerLook `json:"layers,omitempty"`
	Front    []cache.Key        `json:"front,omitempty"`
}

// CalloutLayerLook describes a CalloutLayer for cache keys.
type CalloutLayerLook struct {
	Key     cache.Key `json:"key"`
	OfImage bool      `json:"ofImage,omitempty"`
	At      int64     `json:"at,omitempty"`
	Pane    int       `json:"pane,omitempty"`
	Marker  bool      `json:"marker,omitempty"`
}

func listStateLooks(states []CalloutState) (out []CalloutStateLook) {
	for _, m := range states {
		look := CalloutStateLook{From: m.From, Fade: m.Fade, Callouts: m.Callouts}
		for _, l := range m.Layers {
			look.Layers = append(look.Layers, CalloutLayerLook{l.Key, l.OfImage, l.At, l.Pane, l.Marker})
		}
		for _, l := range m.Front {
			look.Front = append(look.Front, l.Key)
		}
		out = append(out, look)
	}
	return out
}

// findState returns the index of the state at a frame, or -1.
func (v *View) findState(frame int64) int {
	return sort.Search(len(v.CalloutStates), func(i int) bool { return v.CalloutStates[i].From > frame }) - 1
}

// findFade returns the states at a frame: now, and during a fade the one before with the opacity of now, from 0 to
// 256. Both may be nil.
func (v *View) findFade(frame int64) (before, now *CalloutState, opacity uint64) {
	i := v.findState(frame)
	if i < 0 {
		return nil, nil, 256
	}
	now = &v.CalloutStates[i]
	if passed := frame - now.From; passed < now.Fade {
		before = &CalloutState{}
		if i > 0 {
			before = &v.CalloutStates[i-1]
		}
		return before, now, uint64((passed + 1) * 256 / (now.Fade + 1))
	}
	return nil, now, 256
}

// cutStates returns the states in the count frames from frame from on, counted from there. It returns nil if they show
// nothing.
func (v *View) cutStates(from, count int64) (out []CalloutState) {
	before, now, _ := v.findFade(from)
	switch {
	case before != nil:
		old, next := *before, *now
		next.From -= from
		old.From, old.Fade = next.From-1, 0
		out = append(out, old, next)
	case now != nil:
		still := *now
		still.From, still.Fade = 0, 0
		out = append(out, still)
	}
	for _, m := range v.CalloutStates[v.findState(from)+1:] {
		if m.From < from+count {
			m.From -= from
			out = append(out, m)
		}
	}
	if !slices.ContainsFunc(out, func(m CalloutState) bool { return !m.isEmpty() }) {
		return nil
	}
	return out
}

// Cut returns the view of the count frames from frame from on, which count from 0 there. The picture of v must not
// move by itself.
func (v *View) Cut(from, count int64) *View {
	out := *v
	out.Frames = count
	out.Spans, out.Captions = cutSpans(v.Spans, from, count), cutSpans(v.Captions, from, count)
	out.CalloutStates, out.Camera = v.cutStates(from, count), v.cutCamera(from, count)
	return &out
}

// cutSpans returns the spans of the count frames from frame from on, counted from there.
func cutSpans(spans []Span, from, count int64) (out []Span) {
	for i, s := range spans {
		if s.From >= from+count || i+1 < len(spans) && spans[i+1].From <= from {
			continue
		}
		s.From = max(s.From-from, 0)
		out = append(out, s)
	}
	if !hasAnyLayer(out) {
		return nil
	}
	return out
}

// Stretch is a range of frames of a view in which timed callouts and the camera all stand still or not.
type Stretch struct {
	From, Frames int64
	Moves        bool
}

// SplitAtMoves splits the frames from..to of a view at the beginnings and ends of fades and camera movements.
func (v *View) SplitAtMoves(from, to int64) (out []Stretch) {
	edges := []int64{from, to}
	add := func(at int64) {
		if at > from && at < to {
			edges = append(edges, at)
		}
	}
	for _, m := range v.CalloutStates {
		add(m.From)
		add(m.From + m.Fade)
	}
	for _, m := range v.Camera {
		add(m.From)
		add(m.From + m.Frames)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	for i := 0; i+1 < len(edges); i++ {
		s := Stretch{From: edges[i], Frames: edges[i+1] - edges[i]}
		before, _, _ := v.findFade(s.From)
		s.Moves = before != nil || v.isCameraMoving(s.From)
		if n := len(out); n > 0 && s.Moves && out[n-1].Moves {
			out[n-1].Frames += s.Frames
			continue
		}
		out = append(out, s)
	}
	return out
}

// SplitFade returns the views before and after the fade that a view consists of. It returns false if the camera moves,
// or if there is more than one fade.
func (v *View) SplitFade() (before, after *View, ok bool) {
	old, now, _ := v.findFade(0)
	several := v.findState(v.Frames-1) != v.findState(0) || len(v.Camera) > 1
	if old == nil || now.From != 0 || several || v.isCameraMoving(0) {
		return nil, nil, false
	}
	a, b := *v, *v
	a.Captions, a.Spans = nil, cutSpans(v.Spans, 0, 1)
	a.CalloutStates, b.CalloutStates = v.freezeState(old), v.freezeState(now)
	return &a, &b, true
}

// freezeState returns the states of a view that shows only one, all the time.
func (v *View) freezeState(m *CalloutState) []CalloutState {
	if m.isEmpty() {
		return nil
	}
	still := *m
	still.From, still.Fade = 0, 0
	return []CalloutState{still}
}

// HasMovesAfter reports whether a fade or a movement of the camera ends, or a state begins, after a frame.
func (v *View) HasMovesAfter(frame int64) bool {
	return slices.ContainsFunc(v.CalloutStates, func(m CalloutState) bool { return m.From+m.Fade > frame }) ||
		slices.ContainsFunc(v.Camera, func(m CameraMove) bool { return m.From+m.Frames > frame })
}

// HasTimedCallouts reports whether a view has callouts that appear, disappear or move the camera.
func (v *View) HasTimedCallouts() bool { return len(v.CalloutStates)+len(v.Camera) > 0 }

// NeedsPaintedFrames reports whether the frames of a clip must be painted by this program, because ffmpeg does not
// draw its callouts.
func (v *View) NeedsPaintedFrames() bool {
	return v.HasTimedCallouts() || slices.ContainsFunc(v.Callouts, func(c Callout) bool { return c.Blur })
}
