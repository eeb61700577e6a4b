package picture

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
)

// enlarger returns a painter of frames that are larger by a factor.
type enlarger func(scale float64) *Painter

// drawScene draws callouts and slides of frame n of a view on the frame of its picture, and applies the camera.
func (p *Painter) drawScene(ctx context.Context, frame []byte, v *View, n int64, at []site, large enlarger) error {
	camera := v.findCameraView(n)
	var err error
	switch scale := v.chooseCameraScale(n); {
	case !camera.isWhole() && scale > 1 && !v.IsMoving():
		err = p.drawEnlarged(ctx, frame, v, n, large(scale))
	default:
		if err = p.drawBelowCamera(frame, v, n, at); err == nil && !camera.isWhole() {
			p.drawCameraView(frame, planes{slices.Clone(frame), p.pic.Width, p.pic.Height}, camera)
		}
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(v.CalloutStates, func(m CalloutState) bool { return len(m.Front) > 0 }) {
		return nil
	}
	return p.fadeBetweenStates(frame, v, n, func(frame []byte, state *CalloutState) error {
		return p.drawLayerRefs(frame, state.Front)
	})
}

// drawBelowCamera draws everything that moves with the camera.
func (p *Painter) drawBelowCamera(frame []byte, v *View, n int64, at []site) error {
	w, h := p.pic.Width, p.pic.Height
	newCallouts(v.Callouts, at).darkenIf(v.hasPicture(), frame, w, h)
	return p.fadeBetweenStates(frame, v, n, func(frame []byte, state *CalloutState) error {
		newCallouts(state.Callouts, at).darkenIf(v.hasPicture(), frame, w, h)
		if err := p.drawLayerRefs(frame, findShownLayers(v.Spans, n)); err != nil {
			return err
		}
		// Without a picture, callouts highlight a part of the slide.
		newCallouts(v.Callouts, at).darkenIf(!v.hasPicture(), frame, w, h)
		newCallouts(state.Callouts, at).darkenIf(!v.hasPicture(), frame, w, h)
		for _, l := range state.Layers {
			layer, err := p.layers.Layer(l.LayerRef)
			if err != nil {
				return err
			}
			if l.OfImage {
				layer = layer.moveWith(at[l.Pane], v.listSites(p.pic, l.At)[l.Pane], w, h)
			}
			if l.Marker {
				layer.tint(frame, w, h)
			} else {
				layer.DrawOn(frame, w, h)
			}
		}
		return nil
	})
}

// darkenIf draws the callouts on a frame if a condition holds.
func (c callouts) darkenIf(condition bool, frame []byte, w, h int) {
	if condition {
		c.darkenFrame(frame, w, h)
	}
}

// fadeBetweenStates draws the state of the timed callouts at frame n. During a fade it draws two states and mixes them.
func (p *Painter) fadeBetweenStates(
	frame []byte, v *View, n int64, draw func(frame []byte, state *CalloutState) error,
) error {
	before, now, opacity := v.findFade(n)
	if now == nil {
		now = &CalloutState{}
	}
	if before == nil {
		return draw(frame, now)
	}
	other := slices.Clone(frame)
	if err := errors.Join(draw(other, before), draw(frame, now)); err != nil {
		return err
	}
	interpolate(frame, other, frame, opacity)
	return nil
}

// drawEnlarged draws what the camera shows of a picture that does not move. It paints the picture again at a larger
// scale, so that it is sharp.
func (p *Painter) drawEnlarged(ctx context.Context, frame []byte, v *View, n int64, large *Painter) error {
	pix, err := large.PaintFrame(ctx, v.enlarge(float64(large.pic.Height)/float64(p.pic.Height)), n)
	if err != nil {
		return err
	}
	p.drawCameraView(frame, planes{pix, large.pic.Width, large.pic.Height}, v.findCameraView(n))
	return nil
}

// drawCameraView draws the part of a picture that the camera shows.
func (p *Painter) drawCameraView(frame []byte, source planes, at CameraView) {
	newSampler(source, p.pic.Width, p.pic.Height).drawSourceArea(frame, at.X, at.Y, at.Size, at.Size)
}

// enlarge returns a painter of frames that are larger by a factor, as far as memory allows.
func (p *Painter) enlarge(scale float64) *Painter {
	if most := math.Sqrt(float64(largest) / float64(p.CountFrameBytes())); scale > most {
		scale = math.Max(most, 1)
	}
	even := func(v int) int { return max(int(math.Round(float64(v)*scale/2))*2, 2) }
	out := &Painter{tools: p.tools.RunBeside(), pic: p.pic, layers: enlargedLayers{p.layers, p.pic, scale}}
	out.larger, out.enlarged = p.larger, true
	out.pic.Width, out.pic.Height = even(p.pic.Width), even(p.pic.Height)
	const keptFrames = 4                                 // the picture alone, and the states of a fade
	out.kept, _ = lru.New[cache.Key, []byte](keptFrames) // fails only for a size below 1
	return out
}

// keepEnlarged returns an enlarger that returns the same painter for the same scale, so that each picture is painted
// once.
func (p *Painter) keepEnlarged() enlarger {
	kept := map[float64]*Painter{}
	return func(scale float64) *Painter {
		if kept[scale] == nil {
			kept[scale] = p.enlarge(scale)
		}
		return kept[scale]
	}
}

// enlargedLayers reads layers at a larger scale.
type enlargedLayers struct {
	layers Layers
	pic    ffmpeg.Picture
	scale  float64
}

// Layer implements Layers.
func (e enlargedLayers) Layer(ref LayerRef) (*Layer, error) {
	scale := e.scale
	if ref.LargeScale > 0 {
		scale /= ref.LargeScale
		ref = LayerRef{Key: ref.Large, Drawing: ref.Large}
	}
	l, err := e.layers.Layer(ref)
	if err != nil {
		return nil, err
	}
	even := func(v int) int { return max(int(math.Round(float64(v)*e.scale/2))*2, 2) }
	return l.resample(mapping{sx: scale, sy: scale}, even(e.pic.Width), even(e.pic.Height)), nil
}

// enlarge returns a view without camera for frames that are larger by a factor.
func (v *View) enlarge(scale float64) *View {
	out := *v
	out.Camera, out.Captions = nil, nil
	out.Callouts, out.Panes = enlargeCallouts(v.Callouts, scale), enlargePanes(v.Panes, scale)
	out.CalloutStates = slices.Clone(v.CalloutStates)
	for i := range out.CalloutStates {
		out.CalloutStates[i].Callouts, out.CalloutStates[i].Front = enlargeCallouts(out.CalloutStates[i].Callouts, scale), nil
	}
	grow := func(v int) int { return int(math.Round(float64(v) * scale)) }
	out.Backdrops = slices.Clone(v.Backdrops)
	for i, b := range out.Backdrops {
		b.Left, b.Top, b.Width, b.Height = grow(b.Left), grow(b.Top), grow(b.Width), grow(b.Height)
		b.FrameW, b.FrameH = grow(b.FrameW), grow(b.FrameH)
		b.Effects = slices.Clone(b.Effects)
		for k := range b.Effects {
			if b.Effects[k].Name == "blur" {
				b.Effects[k].Value *= scale
			}
		}
		out.Backdrops[i] = b
	}
	return &out
}

func enlargeCallouts(list []Callout, scale float64) []Callout {
	out := slices.Clone(list)
	for i := range out {
		c := &out[i]
		c.Corner *= scale
		if !c.OfImage {
			c.X0, c.Y0, c.X1, c.Y1 = c.X0*scale, c.Y0*scale, c.X1*scale, c.Y1*scale
		}
	}
	return out
}

// clipFrames reads the frames of a clip, and then repeats its last frame. If the clip lacks half a second of its stated
// length, the frames end there, and the caller finds that some are missing.
type clipFrames struct {
	from io.Reader
	last []byte
	// paintBefore returns the last frame before a range that begins later than the clip. It is nil for a range from the
	// beginning.
	paintBefore func() ([]byte, error)
	// stated is the number of frames that the clip should still have, enough the smallest number that it must not lack.
	stated, enough int64
	ended          bool
}

// startClip starts to decode count frames of a clip, from frame from of its view on.
func (p *Painter) startClip(ctx context.Context, v *View, from, count int64) *clipFrames {
	clip := *v.Clip
	twice := 2 * max(p.pic.FPS.Den, 1)
	out := &clipFrames{stated: count, enough: max((p.pic.FPS.Num+twice-1)/twice, 3)}
	if v.Cycle > 0 {
		clip.Again, clip.Length = true, 0
	} else {
		from = min(from, max(clip.Frames-1, 0)) // after the end, the last frame
		out.stated = min(count, clip.Frames-from)
	}
	if from > 0 {
		bare := &View{Still: v.Still, Clip: v.Clip, Cycle: v.Cycle}
		out.paintBefore = func() ([]byte, error) { return p.PaintFrame(ctx, bare, from) }
	}
	clip.Skip, clip.Frames, clip.Enter, clip.Layers, clip.States = from, out.stated, nil, nil, nil
	r, w := io.Pipe()
	out.from = r
	tools := p.tools.RunBeside()
	// A reader that stops early would leave the program's output waiting.
	stop := context.AfterFunc(ctx, func() { _ = r.CloseWithError(ctx.Err()) })
	go func() {
		_ = w.CloseWithError(tools.RunFFmpeg(ctx, p.pic.ReadClipArgs(clip), nil, w))
		stop()
	}()
	return out
}

// readFrame reads the next frame.
func (c *clipFrames) readFrame(frame []byte) error {
	if !c.ended && c.stated > 0 {
		_, err := io.ReadFull(c.from, frame)
		if err == nil {
			c.stated--
			c.last = append(c.last[:0], frame...)
			return nil
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		c.ended = true
	}
	switch {
	case c.last == nil && c.paintBefore == nil:
		return errors.New("the clip contains no picture that can be decoded")
	case c.stated >= c.enough:
		return io.EOF
	case c.last == nil:
		var err error
		if c.last, err = c.paintBefore(); err != nil {
			return err
		}
	}
	copy(frame, c.last)
	return nil
}

// moveWith returns a layer that was drawn for another frame of a moving picture, as it is in the current frame of w x h
// pixels. It is visible only where the picture is.
func (l *Layer) moveWith(now, drawn site, w, h int) *Layer {
	if now.mapping != drawn.mapping {
		sx, sy := now.sx/drawn.sx, now.sy/drawn.sy
		l = l.resample(mapping{sx, sy, now.dx - drawn.dx*sx, now.dy - drawn.dy*sy}, w, h)
	}
	if now.area.Empty() {
		return l
	}
	return l.crop(now.area)
}
