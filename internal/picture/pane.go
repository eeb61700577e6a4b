package picture

import (
	"context"
	"image"
	"io"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
)

// Pane is a picture in a part of the frame, below the layers of its view.
type Pane struct {
	// Rect is where the picture is shown, in pixels of the frame. Its corners are even numbers.
	Rect image.Rectangle
	// View is the picture. It has no layers, captions and callouts.
	View *View
	// Shown is the number of frames of View that were shown before the first frame of the view around it, Moving the
	// number of frames after which View no longer changes.
	Shown, Moving int64
}

func listPaneLooks(panes []Pane) []PaneLook {
	var out []PaneLook
	for _, p := range panes {
		l := PaneLook{ShotLook: p.View.ComputeLook().ShotLook, Rect: p.Rect}
		if p.View.IsMoving() {
			l.Shown, l.Moving = p.Shown, p.Moving
		}
		out = append(out, l)
	}
	return out
}

// frameAt returns the frame of a pane's view that is shown at frame n of the view around it.
func (p Pane) frameAt(n int64) int64 {
	n += p.Shown
	if p.Moving > 0 {
		n = min(n, p.Moving-1)
	}
	return n
}

// painterOf returns a painter of frames with the size of a pane.
func (p *Painter) painterOf(pane Pane) *Painter {
	size := pane.Rect.Size()
	p.mu.Lock()
	defer p.mu.Unlock()
	if of, ok := p.paneSizes[size]; ok {
		return of
	}
	pic := p.pic
	pic.Width, pic.Height = size.X, size.Y
	of := NewPainter(p.tools, pic, p.layers)
	if p.paneSizes == nil {
		p.paneSizes = map[image.Point]*Painter{}
	}
	p.paneSizes[size] = of
	return of
}

// paintPanes returns the picture of frame n of a view with panes, without callouts and layers.
func (p *Painter) paintPanes(ctx context.Context, v *View, n int64) ([]byte, error) {
	out := p.newSolidFrame(v.Canvas)
	for _, pane := range v.Panes {
		frame, err := p.painterOf(pane).PaintFrame(ctx, pane.View, pane.frameAt(n))
		if err != nil {
			return nil, err
		}
		p.placePane(out, pane, frame)
	}
	return out, nil
}

// placePane copies the frame of a pane to its place.
func (p *Painter) placePane(out []byte, pane Pane, frame []byte) {
	w, h := p.pic.Width, p.pic.Height
	pw, ph := pane.Rect.Dx(), pane.Rect.Dy()
	to, from := w*h, pw*ph
	copyRows(out[:to], w, pane.Rect.Min, frame[:from], pw)
	half := pane.Rect.Min.Div(2)
	copyRows(out[to:to*5/4], w/2, half, frame[from:from*5/4], pw/2)
	copyRows(out[to*5/4:], w/2, half, frame[from*5/4:], pw/2)
}

// copyRows copies a plane whose rows are width long to a place of a plane whose rows are stride long.
func copyRows(to []byte, stride int, at image.Point, from []byte, width int) {
	for y := 0; len(from) >= width && width > 0; y++ {
		copy(to[(at.Y+y)*stride+at.X:], from[:width])
		from = from[width:]
	}
}

// paneFrames paints the frames of a view with panes.
type paneFrames struct {
	p       *Painter
	v       *View
	n       int64
	readers []io.Reader // of the panes that move; nil for the others
	parts   [][]byte    // the current frames of the panes
	left    []int64     // how many frames each reader still has
}

// newPaneReader returns a reader of count frames of a view with panes, from frame from on.
func (p *Painter) newPaneReader(ctx context.Context, v *View, from, count int64) (io.Reader, error) {
	f := &paneFrames{p: p, v: v, n: from}
	for _, pane := range v.Panes {
		of := p.painterOf(pane)
		at := pane.frameAt(from)
		moves := pane.View.IsMoving() && at+1 < max(pane.Moving, 1)
		if !moves {
			frame, err := of.PaintFrame(ctx, pane.View, at)
			if err != nil {
				return nil, err
			}
			f.readers, f.parts, f.left = append(f.readers, nil), append(f.parts, frame), append(f.left, 0)
			continue
		}
		n := min(count, pane.Moving-at)
		r, err := of.openFrames(ctx, pane.View, at, n)
		if err != nil {
			return nil, err
		}
		f.readers, f.parts, f.left = append(f.readers, r), append(f.parts, make([]byte, of.CountFrameBytes())), append(f.left, n)
	}
	end := from + count
	return p.newFrameReader(func(last []byte) ([]byte, error) {
		if f.n == end {
			return nil, io.EOF
		}
		return f.paintNext(last)
	}), nil
}

// openFrames returns a reader of count frames of a picture in a pane, from frame from on.
func (p *Painter) openFrames(ctx context.Context, v *View, from, count int64) (io.Reader, error) {
	if v.Clip == nil {
		return p.PaintFrames(ctx, v, from, count)
	}
	return p.openClip(ctx, *v.Clip, from, count), nil
}

// openClip returns a reader of count frames of a clip. The program that decodes it ends with ctx, or when the reader has
// been read to its end.
func (p *Painter) openClip(ctx context.Context, clip ffmpeg.ClipInput, from, count int64) io.Reader {
	clip.Skip, clip.Frames = from, count
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { _ = r.CloseWithError(ctx.Err()) })
	go func() { _ = w.CloseWithError(p.tools.RunFFmpeg(ctx, p.pic.ReadClipArgs(clip), nil, w)) }()
	return r
}

// paintNext paints the next frame into last, which may be nil.
func (f *paneFrames) paintNext(last []byte) ([]byte, error) {
	for i, r := range f.readers {
		if r == nil || f.left[i] == 0 {
			continue
		}
		f.left[i]--
		if n, err := io.ReadFull(r, f.parts[i]); err != nil && (n > 0 || !isEndOfClip(err)) {
			return nil, err // a clip that is a little shorter than stated keeps its last frame
		} else if err != nil {
			f.left[i] = 0
		}
	}
	if last == nil {
		last = f.p.newSolidFrame(f.v.Canvas)
	}
	f.p.fillCanvas(last, f.v)
	for i, pane := range f.v.Panes {
		f.p.placePane(last, pane, f.parts[i])
	}
	n := f.n
	f.n++
	return last, f.p.drawOverPicture(last, f.v, n)
}

func isEndOfClip(err error) bool { return err == io.EOF } //nolint:errorlint // ReadFull returns it as it is

// fillCanvas paints the canvas around panes that do not cover the frame.
func (p *Painter) fillCanvas(frame []byte, v *View) {
	if v.Mount.Key == (cache.Key{}) {
		copy(frame, p.newSolidFrame(v.Canvas))
	}
}

// drawOverPicture draws what lies over the picture of frame n of a view: the mount, callouts, slides, captions.
func (p *Painter) drawOverPicture(frame []byte, v *View, n int64) error {
	if err := p.drawMount(frame, v); err != nil {
		return err
	}
	newCallouts(v.Callouts, p.newPaneMapping(v, n)).darkenFrame(frame, p.pic.Width, p.pic.Height)
	return p.drawLayersAndCaptions(frame, v, n)
}

// drawMount draws what surrounds the panes of a view.
func (p *Painter) drawMount(frame []byte, v *View) error {
	if v.Mount.Key == (cache.Key{}) {
		return nil
	}
	return p.drawLayerRefs(frame, []LayerRef{v.Mount})
}

// newPaneMapping returns the mapping from the picture of the first pane to frame n of a view.
func (p *Painter) newPaneMapping(v *View, n int64) mapping {
	if len(v.Panes) == 0 || v.Panes[0].View.Asset == nil {
		return mapping{}
	}
	pane := v.Panes[0]
	of, at := p.painterOf(pane), pane.Rect.Min
	var m mapping
	switch {
	case pane.View.Clip != nil:
		m = newMapping(pane.View.Clip.Placement)
	case pane.View.Motion != "":
		m = newMove(pane.View.Still, pane.View.Move, pane.View.Frames, of.pic).newMappingAtFrame(pane.View.Still, pane.frameAt(n))
	default:
		m = newMapping(of.NewStillInput(pane.View.Still).Placement)
	}
	m.dx, m.dy = m.dx+float64(at.X), m.dy+float64(at.Y)
	return m
}
