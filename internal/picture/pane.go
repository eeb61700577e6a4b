package picture

import (
	"context"
	"errors"
	"image"
	"io"
	"math"
	"slices"

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

// PaneError is an error in painting a pane. Pane is its index in the view.
type PaneError struct {
	Pane int
	Err  error
}

// Error implements error.
func (e *PaneError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *PaneError) Unwrap() error { return e.Err }

// ShortClipError is the error for a clip in a pane that ends long before its stated length, both in frames. If only a
// later range was read, Frames is where that begins.
type ShortClipError struct{ Frames, Stated int64 }

// Error implements error.
func (e *ShortClipError) Error() string { return "the clip is truncated" }

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

// paintPanes returns the picture of frame n of a view with panes and their mount, without callouts and layers.
func (p *Painter) paintPanes(ctx context.Context, v *View, n int64) ([]byte, error) {
	out := p.newSolidFrame(v.Canvas)
	for i, pane := range v.Panes {
		frame, err := p.painterOf(pane).PaintFrame(ctx, pane.View, pane.frameAt(n))
		if err != nil {
			return nil, &PaneError{i, err}
		}
		p.placePane(out, pane, frame)
	}
	return out, p.drawMount(out, v)
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

// paneFrames reads the frames of the panes of a view.
type paneFrames struct {
	p     *Painter
	v     *View
	parts []panePart
}

// panePart is the current frame of a pane, and where its next frames come from.
type panePart struct {
	frame []byte
	at    int64 // the next frame of the pane's view
	left  int64 // how many frames follow
	next  func(frame []byte) error
}

// openPanes prepares to read count frames of a view with panes, from frame from on. Programs that decode clips run until all
// frames are read or ctx ends.
func (p *Painter) openPanes(ctx context.Context, v *View, from, count int64) (*paneFrames, error) {
	f := &paneFrames{p: p, v: v}
	for i, pane := range v.Panes {
		of, at := p.painterOf(pane), pane.frameAt(from)
		if !pane.View.IsMoving() || at+1 >= pane.Moving {
			frame, err := of.PaintFrame(ctx, pane.View, at)
			if err != nil {
				return nil, &PaneError{i, err}
			}
			f.parts = append(f.parts, panePart{frame: frame})
			continue
		}
		part := panePart{frame: make([]byte, of.CountFrameBytes()), at: at, left: min(count, pane.Moving-at)}
		r, err := of.PaintFrames(ctx, pane.View, at, part.left)
		if err != nil {
			return nil, &PaneError{i, err}
		}
		part.next = func(frame []byte) error {
			_, err := io.ReadFull(r, frame)
			return err
		}
		f.parts = append(f.parts, part)
	}
	return f, nil
}

// readFrame paints the next frame of the panes, with their mount.
func (f *paneFrames) readFrame(frame []byte) error {
	if f.v.Mount.Key == (cache.Key{}) {
		copy(frame, f.p.newSolidFrame(f.v.Canvas))
	}
	for i := range f.parts {
		part := &f.parts[i]
		if part.left > 0 {
			err := part.next(part.frame)
			if errors.Is(err, io.EOF) {
				err = &ShortClipError{Frames: part.at, Stated: f.v.Panes[i].Moving}
			}
			if err != nil {
				return &PaneError{i, err}
			}
			part.at, part.left = part.at+1, part.left-1
		}
		f.p.placePane(frame, f.v.Panes[i], part.frame)
	}
	return f.p.drawMount(frame, f.v)
}

// drawMount draws what surrounds the panes of a view.
func (p *Painter) drawMount(frame []byte, v *View) error {
	if v.Mount.Key == (cache.Key{}) {
		return nil
	}
	return p.drawLayerRefs(frame, []LayerRef{v.Mount})
}

// hasPicture reports whether a view shows a picture or clip, and not only a slide or the canvas.
func (v *View) hasPicture() bool { return v.Asset != nil || len(v.Panes) > 0 }

// mapAt returns the mapping from the upright source picture of a pane to frame n of the view around it.
func (p Pane) mapAt(pic ffmpeg.Picture, n int64) mapping {
	pic.Width, pic.Height = p.Rect.Dx(), p.Rect.Dy()
	m := p.View.mapAt(pic, p.frameAt(n))
	m.dx, m.dy = m.dx+float64(p.Rect.Min.X), m.dy+float64(p.Rect.Min.Y)
	return m
}

// enlargePanes returns panes for a frame that is larger by a factor.
func enlargePanes(panes []Pane, scale float64) []Pane {
	even := func(v int) int { return int(math.Round(float64(v)*scale/2)) * 2 }
	out := slices.Clone(panes)
	for i := range out {
		r := &out[i].Rect
		*r = image.Rect(even(r.Min.X), even(r.Min.Y), even(r.Max.X), even(r.Max.Y))
	}
	return out
}
