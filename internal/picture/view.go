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

// View is what is seen while one picture of a scene is on: a still, a move over an image
// or a stretch of a clip, the callouts on it, and the layers on those.
type View struct {
	// Still is the picture, of a clip its first frame.
	Still
	// Clip is set for what moves by itself.
	Clip *ffmpeg.ClipInput
	Move
	Callouts []Callout
	// Frames is how long it is on, Cycle after how many a GIF begins again, 0 for never.
	Frames, Cycle int64
	// Spans are the layers, by the frame from which they are seen. Without any, none is.
	Spans []Span
	// Captions are on everything, in the same way. A view without any has no spans of them.
	Captions []Span
}

// Span are the layers from a frame of a view on, up to the next span.
type Span struct {
	From   int64
	Layers []LayerRef
}

// LayerRef names a layer, which is read when it is needed.
type LayerRef struct {
	// Key addresses what is seen.
	Key cache.Key
	// Drawing is where the layer is kept.
	Drawing cache.Key
	// Boxes of the frame are taken from the drawing Lit, which is in the same place.
	Lit   cache.Key
	Boxes []image.Rectangle
	// Often reports that the layer is on many frames: it is worth keeping in memory.
	Often bool
}

// Layers reads layers.
type Layers interface {
	Layer(ref LayerRef) (*Layer, error)
}

// Moves reports whether each frame is another picture.
func (v *View) Moves() bool { return v.Clip != nil || v.Motion != "" }

// spanAt returns the place of the span that is seen at a frame, -1 for none.
func spanAt(spans []Span, frame int64) int {
	return sort.Search(len(spans), func(i int) bool { return spans[i].From > frame }) - 1
}

// layers returns what is seen at a frame.
func layers(spans []Span, frame int64) []LayerRef {
	if i := spanAt(spans, frame); i >= 0 {
		return spans[i].Layers
	}
	return nil
}

// shows reports whether any layer is ever seen.
func shows(spans []Span) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return len(s.Layers) > 0 })
}

// At returns the view that stands for one frame of a view that does not move by itself.
func (v *View) At(frame int64) View {
	out := *v
	out.Spans, out.Captions = nil, nil
	if i := spanAt(v.Spans, frame); i >= 0 {
		out.Spans = []Span{{Layers: v.Spans[i].Layers}}
	}
	if on := layers(v.Captions, frame); len(on) > 0 {
		out.Captions = []Span{{Layers: on}}
	}
	return out
}

// Uncaptioned returns the view without its captions.
func (v *View) Uncaptioned() *View {
	if len(v.Captions) == 0 {
		return v
	}
	out := *v
	out.Captions = nil
	return &out
}

// During returns the view with those captions alone that are seen from a frame on for count
// frames.
func (v *View) During(from, count int64) *View {
	out := *v
	out.Captions = nil
	for i, s := range v.Captions {
		if s.From >= from+count || i+1 < len(v.Captions) && v.Captions[i+1].From <= from {
			continue
		}
		s.From = max(s.From, from)
		out.Captions = append(out.Captions, s)
	}
	if !shows(out.Captions) {
		out.Captions = nil
	}
	return &out
}

// State is a stretch of a view in which the same layers are on it.
type State struct{ From, Frames int64 }

// States returns what a view shows from one of its frames to another, where nothing moves.
func (v *View) States(from, to int64) []State {
	var out []State
	for from < to {
		end := to
		for _, spans := range [][]Span{v.Spans, v.Captions} {
			if i := spanAt(spans, from) + 1; i < len(spans) {
				end = min(end, spans[i].From)
			}
		}
		out = append(out, State{from, end - from})
		from = end
	}
	return out
}

// Bare reports whether a view is an image file and nothing else.
func (v *View) Bare() bool {
	return v.Image() && !v.Moves() && len(v.Callouts) == 0 && !shows(v.Spans) && !shows(v.Captions)
}

// Frame returns what a view shows at frame n. It is not to be changed.
func (p *Painter) Frame(ctx context.Context, v *View, n int64) ([]byte, error) {
	if v.Clip != nil {
		return p.ofClip(ctx, v, n)
	}
	if v.Motion != "" {
		r, err := p.Frames(ctx, v, n, 1)
		if err != nil {
			return nil, err
		}
		out := make([]byte, p.FrameSize())
		_, err = io.ReadFull(r, out)
		return out, err
	}
	base, err := p.base(ctx, v.Still)
	if err != nil {
		return nil, err
	}
	return p.standing(v, n, base)
}

// standing paints frame n of a view that does not move, whose still is painted.
func (p *Painter) standing(v *View, n int64, base []byte) ([]byte, error) {
	if captions := layers(v.Captions, n); len(captions) > 0 {
		// What is under captions is kept: they come and go.
		under, err := p.standing(v.Uncaptioned(), n, base)
		if err != nil {
			return nil, err
		}
		out := slices.Clone(under)
		return out, p.over(out, captions)
	}
	now := v.At(n)
	k := now.Look().Key()
	if f, ok := p.kept.Get(k); ok {
		return f, nil
	}
	out := slices.Clone(base)
	if v.Asset != nil {
		newCallouts(v.Callouts, mappingOf(p.Input(v.Still).Placement)).over(out, p.pic.Width, p.pic.Height)
	}
	if err := p.over(out, layers(v.Spans, n)); err != nil {
		return nil, err
	}
	if v.Asset == nil { // without a picture, what is on the slide is called out
		newCallouts(v.Callouts, mapping{}).over(out, p.pic.Width, p.pic.Height)
	}
	p.kept.Add(k, out)
	return out, nil
}

// ofClip returns what a clip shows at frame n: the last frame of what is played until then.
func (p *Painter) ofClip(ctx context.Context, v *View, n int64) ([]byte, error) {
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
	frame, err := p.base(ctx, s)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(frame)
	newCallouts(v.Callouts, mappingOf(c.Placement)).over(out, p.pic.Width, p.pic.Height)
	return out, p.drawLayers(out, v, n)
}

// drawLayers puts the layers and the captions of frame n on it.
func (p *Painter) drawLayers(frame []byte, v *View, n int64) error {
	if err := p.over(frame, layers(v.Spans, n)); err != nil {
		return err
	}
	return p.over(frame, layers(v.Captions, n))
}

// Caption puts the captions that a view has at frame n on a frame.
func (p *Painter) Caption(frame []byte, v *View, n int64) error {
	return p.over(frame, layers(v.Captions, n))
}

// over lays layers on a frame.
func (p *Painter) over(frame []byte, list []LayerRef) error {
	for _, ref := range list {
		l, err := p.layers.Layer(ref)
		if err != nil {
			return err
		}
		l.Over(frame, p.pic.Width, p.pic.Height)
	}
	return nil
}

// Frames returns count frames of a view from frame from on, raw; the view is not a clip. What
// has to be read from files is read before it returns.
func (p *Painter) Frames(ctx context.Context, v *View, from, count int64) (io.Reader, error) {
	var err error
	s := &frames{p: p, v: v, n: from, end: from + count, frame: make([]byte, p.FrameSize()), last: [2]int{-2, -2}}
	s.at = len(s.frame)
	if v.Motion == "" {
		s.base, err = p.base(ctx, v.Still)
		return s, err
	}
	s.move = newMove(v.Still, v.Move, v.Frames, p.pic)
	in, w, h := s.move.input(v.Still)
	sink := &frameSink{size: w * h * 3 / 2, keep: 1}
	if err := p.tools.Run(ctx, ffmpeg.ReadStills([]ffmpeg.StillInput{in}), nil, sink); err != nil {
		return nil, err
	}
	if len(sink.frames) != 1 || sink.n != 0 {
		return nil, errors.New("the image cannot be decoded")
	}
	s.sampler = newSampler(planes{sink.frames[0], w, h}, p.pic.Width, p.pic.Height)
	return s, nil
}

// frames draws frames as they are read.
type frames struct {
	p       *Painter
	v       *View
	n, end  int64
	frame   []byte
	at      int
	last    [2]int // the spans that the frame shows
	base    []byte
	move    move
	sampler *sampler
}

// Read implements io.Reader.
func (s *frames) Read(b []byte) (int, error) {
	if s.at == len(s.frame) {
		if _, err := s.next(); err != nil {
			return 0, err
		}
		s.at = 0
	}
	n := copy(b, s.frame[s.at:])
	s.at += n
	return n, nil
}

// next returns the next frame, which is not to be changed.
func (s *frames) next() ([]byte, error) {
	if s.n == s.end {
		return nil, io.EOF
	}
	if err := s.draw(); err != nil {
		return nil, err
	}
	s.n, s.at = s.n+1, len(s.frame)
	return s.frame, nil
}

func (s *frames) draw() error {
	w, h := s.p.pic.Width, s.p.pic.Height
	if s.sampler != nil {
		x, y, vw, vh := s.move.view(s.n)
		s.sampler.draw(s.frame, x, y, vw, vh)
		if len(s.v.Callouts) > 0 {
			newCallouts(s.v.Callouts, s.move.mapping(s.v.Still, s.n)).over(s.frame, w, h)
		}
		return s.p.drawLayers(s.frame, s.v, s.n)
	}
	now := [2]int{spanAt(s.v.Spans, s.n), spanAt(s.v.Captions, s.n)}
	if now == s.last {
		return nil // it stands
	}
	s.last = now
	var err error
	s.frame, err = s.p.standing(s.v, s.n, s.base)
	return err
}

// Shade returns the layer by which the callouts of a clip are shown; nil without any.
func (p *Painter) Shade(v *View) *Layer {
	if v.Clip == nil || len(v.Callouts) == 0 {
		return nil
	}
	return newCallouts(v.Callouts, mappingOf(v.Clip.Placement)).layer(p.pic.Width, p.pic.Height)
}
