package picture

import (
	"context"
	"errors"
	"image"
	"io"
	"math"
	"slices"
	"sort"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
)

// View is the picture that is shown for a part of a scene: a still, a moving image, or a range of a
// clip, with callouts and layers on it.
type View struct {
	// Still is the picture, or the first frame of a clip.
	Still
	// Clip is set if a clip or GIF plays.
	Clip *ffmpeg.ClipInput
	Move
	// Panes are pictures in parts of the frame, in the order in which they are drawn. With panes, Still has no Asset,
	// and Clip is nil.
	Panes []Pane
	// Mount is the layer that surrounds the panes; its key is zero if none exists.
	Mount LayerRef
	// Callouts are shown all the time.
	Callouts []Callout
	// CalloutStates are the states of callouts that appear or disappear, ordered by first frame. Camera are the
	// movements of the camera over picture and slides, in order.
	CalloutStates []CalloutState
	Camera        []CameraMove
	// Frames is the length of the view in frames. Cycle is the number of frames after which a GIF repeats;
	// 0 means never.
	Frames, Cycle int64
	// Spans are the layers of slides, ordered by first frame. It is empty if no slide is shown.
	Spans []Span
	// Captions are the layers of captions, which are drawn over everything else. It is nil if no caption
	// is shown.
	Captions []Span
}

// Span is a list of layers that are shown from frame From of a view to the next Span.
type Span struct {
	From   int64
	Layers []LayerRef
}

// LayerRef identifies a layer, which is read when it is needed.
type LayerRef struct {
	// Key is the hash of the layer's appearance.
	Key cache.Key
	// Drawing is the cache key of the layer's pixels.
	Drawing cache.Key
	// Boxes are the boxes of the frame that are taken from the drawing Lit, which has the same position.
	Lit   cache.Key
	Boxes []image.Rectangle
	// Faded is the transparency of the layer: 0 shows it as drawn, 255 hides it. It is a part of Key.
	Faded uint8
	// Large is the drawing at LargeScale times the size, for the camera; 0 means that none exists.
	Large      cache.Key
	LargeScale float64
	// Often is true if the layer is used for many frames, so that it is worth keeping in memory.
	Often bool
}

// Layers reads layers from the cache.
type Layers interface {
	Layer(ref LayerRef) (*Layer, error)
}

// IsMoving reports whether consecutive frames of the view differ even without changes of layers.
func (v *View) IsMoving() bool {
	return v.Clip != nil || v.Motion != "" || slices.ContainsFunc(v.Panes, func(p Pane) bool { return p.View.IsMoving() })
}

// findSpan returns the index of the span that is shown at a frame, or -1.
func findSpan(spans []Span, frame int64) int {
	return sort.Search(len(spans), func(i int) bool { return spans[i].From > frame }) - 1
}

// findShownLayers returns the layers that are shown at a frame.
func findShownLayers(spans []Span, frame int64) []LayerRef {
	if i := findSpan(spans, frame); i >= 0 {
		return spans[i].Layers
	}
	return nil
}

// hasAnyLayer reports whether any of the spans has layers.
func hasAnyLayer(spans []Span) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return len(s.Layers) > 0 })
}

// FreezeAt returns a view that shows only the given frame. v must not move.
func (v *View) FreezeAt(frame int64) View {
	out := *v
	out.Spans, out.Captions = nil, nil
	out.CalloutStates, out.Camera = v.cutStates(frame, 1), v.cutCamera(frame, 1)
	if i := findSpan(v.Spans, frame); i >= 0 {
		out.Spans = []Span{{Layers: v.Spans[i].Layers}}
	}
	if on := findShownLayers(v.Captions, frame); len(on) > 0 {
		out.Captions = []Span{{Layers: on}}
	}
	return out
}

// WithoutCaptions returns the view without captions.
func (v *View) WithoutCaptions() *View {
	if len(v.Captions) == 0 {
		return v
	}
	out := *v
	out.Captions = nil
	return &out
}

// WithCaptionsDuring returns the view with only the captions that are shown in the count frames from frame from
// on.
func (v *View) WithCaptionsDuring(from, count int64) *View {
	out := *v
	out.Captions = nil
	for i, s := range v.Captions {
		if s.From >= from+count || i+1 < len(v.Captions) && v.Captions[i+1].From <= from {
			continue
		}
		s.From = max(s.From, from)
		out.Captions = append(out.Captions, s)
	}
	if !hasAnyLayer(out.Captions) {
		out.Captions = nil
	}
	return &out
}

// State is a range of frames of a view in which its layers do not change.
type State struct{ From, Frames int64 }

// SplitIntoStates splits the frames from..to of a view into ranges in which its layers do not change.
func (v *View) SplitIntoStates(from, to int64) []State {
	var out []State
	for from < to {
		end := to
		for _, spans := range [][]Span{v.Spans, v.Captions} {
			if i := findSpan(spans, from) + 1; i < len(spans) {
				end = min(end, spans[i].From)
			}
		}
		out = append(out, State{from, end - from})
		from = end
	}
	return out
}

// IsBareImage reports whether a view shows only an image file, without motion, callouts and layers.
func (v *View) IsBareImage() bool {
	return v.IsImageFile() && !v.IsMoving() && len(v.Panes) == 0 && len(v.Callouts) == 0 && !v.HasTimedCallouts() &&
		!hasAnyLayer(v.Spans) && !hasAnyLayer(v.Captions)
}

// PaintFrame returns frame n of a view. Callers must not change it.
func (p *Painter) PaintFrame(ctx context.Context, v *View, n int64) ([]byte, error) {
	if v.Clip != nil {
		return p.paintClipViewFrame(ctx, v, n)
	}
	if v.Motion != "" {
		r, err := p.PaintFrames(ctx, v, n, 1)
		if err != nil {
			return nil, err
		}
		out := make([]byte, p.CountFrameBytes())
		_, err = io.ReadFull(r, out)
		return out, err
	}
	if v.IsMoving() { // panes move
		out, err := p.paintPanes(ctx, v, n)
		if err != nil {
			return nil, err
		}
		if err := p.drawScene(ctx, out, v, n, v.listSites(p.pic, n), p.enlarge); err != nil {
			return nil, err
		}
		return out, p.DrawCaptions(out, v, n)
	}
	base, err := p.paintBase(ctx, v)
	if err != nil {
		return nil, err
	}
	return p.paintStillView(ctx, v, n, base, p.enlarge)
}

// paintBase returns the picture of a view that does not move, without callouts and layers. Callers must not change it.
func (p *Painter) paintBase(ctx context.Context, v *View) ([]byte, error) {
	if len(v.Panes) == 0 {
		return p.paintOrRecallStill(ctx, v.Still)
	}
	bare := View{Still: v.Still, Panes: v.Panes, Mount: v.Mount}
	k := bare.ComputeLook().Key()
	if f, ok := p.kept.Get(k); ok {
		return f, nil
	}
	out, err := p.paintPanes(ctx, v, 0)
	if err == nil {
		p.kept.Add(k, out)
	}
	return out, err
}

// paintStillView paints frame n of a view that does not move. base is the frame of its still.
func (p *Painter) paintStillView(ctx context.Context, v *View, n int64, base []byte, large enlarger) ([]byte, error) {
	if captions := findShownLayers(v.Captions, n); len(captions) > 0 {
		// The frame without captions is kept, because captions change often.
		under, err := p.paintStillView(ctx, v.WithoutCaptions(), n, base, large)
		if err != nil {
			return nil, err
		}
		out := slices.Clone(under)
		return out, p.drawLayerRefs(out, captions)
	}
	now := v.FreezeAt(n)
	k := now.ComputeLook().Key()
	if f, ok := p.kept.Get(k); ok {
		return f, nil
	}
	out := slices.Clone(base)
	if err := p.drawScene(ctx, out, v, n, v.listSites(p.pic, n), large); err != nil {
		return nil, err
	}
	if !v.isCameraMoving(n) {
		p.kept.Add(k, out)
	}
	return out, nil
}

// paintClipViewFrame returns frame n of a clip: the last frame that was played until then.
func (p *Painter) paintClipViewFrame(ctx context.Context, v *View, n int64) ([]byte, error) {
	c := v.Clip
	s := v.Still
	s.Clip, s.AtEnd, s.From = true, true, c.From
	last := n
	if v.Cycle > 0 {
		last %= v.Cycle
	}
	last = min(last, c.Frames-1)
	rate := float64(p.pic.FPS.Num) / float64(p.pic.FPS.Den)
	speed := 1.0
	if c.SpeedNum > 0 && c.SpeedDen > 0 {
		speed = float64(c.SpeedNum) / float64(c.SpeedDen)
	}
	s.Length = int64(math.Ceil(float64(last+1) / rate * speed * 1e6))
	if c.Length > 0 {
		s.Length = min(s.Length, c.Length)
	}
	frame, err := p.paintOrRecallStill(ctx, s)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(frame)
	if err := p.drawScene(ctx, out, v, n, []site{{mapping: newMapping(c.Placement)}}, p.enlarge); err != nil {
		return nil, err
	}
	return out, p.DrawCaptions(out, v, n)
}

// DrawCaptions draws the captions of frame n of a view on frame.
func (p *Painter) DrawCaptions(frame []byte, v *View, n int64) error {
	return p.drawLayerRefs(frame, findShownLayers(v.Captions, n))
}

// drawLayerRefs draws layers on a frame.
func (p *Painter) drawLayerRefs(frame []byte, list []LayerRef) error {
	for _, ref := range list {
		l, err := ReadLayer(p.layers, ref)
		if err != nil {
			return err
		}
		l.DrawOn(frame, p.pic.Width, p.pic.Height)
	}
	return nil
}

// PaintFrames returns a reader of count raw frames of a view, from frame from on. Images are read before PaintFrames
// returns. For a clip, a program runs until all frames are read or ctx ends.
func (p *Painter) PaintFrames(ctx context.Context, v *View, from, count int64) (io.Reader, error) {
	var err error
	s := &frames{ctx: ctx, p: p, v: v, n: from, end: from + count, large: p.keepEnlarged()}
	s.frame = make([]byte, p.CountFrameBytes())
	s.at = len(s.frame)
	if len(v.Panes) > 0 && v.IsMoving() {
		s.panes, err = p.openPanes(ctx, v, from, count)
		return s, err
	}
	if v.Clip != nil {
		s.clip = p.startClip(ctx, v, from, count)
		return s, nil
	}
	if v.Motion == "" {
		s.base, err = p.paintBase(ctx, v)
		return s, err
	}
	s.move = newMove(v.Still, v.Move, v.Frames, p.pic)
	in, w, h := s.move.newSourceInput(v.Still)
	sink := &frameSink{size: w * h * 3 / 2, keep: 1}
	if err := p.tools.RunFFmpeg(ctx, ffmpeg.ReadStillsArgs([]ffmpeg.StillInput{in}), nil, sink); err != nil {
		return nil, err
	}
	if len(sink.frames) != 1 || sink.n != 0 {
		return nil, errors.New("the image cannot be decoded")
	}
	s.sampler = newSampler(planes{sink.frames[0], w, h}, p.pic.Width, p.pic.Height)
	return s, nil
}

// frames is a reader that paints the frames of a view.
type frames struct {
	ctx     context.Context //nolint:containedctx // an io.Reader has no other way to get it
	p       *Painter
	v       *View
	n, end  int64
	frame   []byte
	at      int
	last    [3]int // indexes of the spans, captions and callout states that frame shows
	steady  bool   // frame shows last, and nothing moves
	base    []byte
	clip    *clipFrames
	panes   *paneFrames
	large   enlarger
	move    move
	sampler *sampler
}

// Read implements io.Reader.
func (s *frames) Read(b []byte) (int, error) {
	if s.at == len(s.frame) {
		if _, err := s.readNextFrame(); err != nil {
			return 0, err
		}
		s.at = 0
	}
	n := copy(b, s.frame[s.at:])
	s.at += n
	return n, nil
}

// readNextFrame returns the next frame. Callers must not change it.
func (s *frames) readNextFrame() ([]byte, error) {
	if s.n == s.end {
		return nil, io.EOF
	}
	if err := s.paintNextFrame(); err != nil {
		return nil, err
	}
	s.n, s.at = s.n+1, len(s.frame)
	return s.frame, nil
}

func (s *frames) paintNextFrame() error {
	switch {
	case s.clip != nil:
		if err := s.clip.readFrame(s.frame); err != nil {
			return err
		}
		return s.drawOnMoving([]site{{mapping: newMapping(s.v.Clip.Placement)}})
	case s.panes != nil:
		if err := s.panes.readFrame(s.frame); err != nil {
			return err
		}
		return s.drawOnMoving(s.v.listSites(s.p.pic, s.n))
	case s.sampler != nil:
		x, y, vw, vh := s.move.computeViewAt(s.n)
		s.sampler.drawSourceArea(s.frame, x, y, vw, vh)
		return s.drawOnMoving([]site{{mapping: s.move.newMappingAtFrame(s.v.Still, s.n)}})
	}
	now := [3]int{findSpan(s.v.Spans, s.n), findSpan(s.v.Captions, s.n), s.v.findState(s.n)}
	before, _, _ := s.v.findFade(s.n)
	moves := before != nil || s.v.isCameraMoving(s.n)
	if s.steady && now == s.last && !moves {
		return nil // the frame does not change
	}
	s.last, s.steady = now, !moves
	var err error
	s.frame, err = s.p.paintStillView(s.ctx, s.v, s.n, s.base, s.large)
	return err
}

// drawOnMoving draws everything that is over a moving picture on the current frame.
func (s *frames) drawOnMoving(at []site) error {
	if err := s.p.drawScene(s.ctx, s.frame, s.v, s.n, at, s.large); err != nil {
		return err
	}
	return s.p.DrawCaptions(s.frame, s.v, s.n)
}

// NewClipCalloutLayer returns the callouts of a clip as a layer, or nil if there are none.
func (p *Painter) NewClipCalloutLayer(v *View) *Layer {
	if v.Clip == nil || len(v.Callouts) == 0 {
		return nil
	}
	return newCallouts(v.Callouts, []site{{mapping: newMapping(v.Clip.Placement)}}).toLayer(p.pic.Width, p.pic.Height)
}
