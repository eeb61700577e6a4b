package picture

import (
	"context"
	"io"
)

// DrawCaptionsOnFrames returns a reader of frames with the captions of v drawn on them. The first frame in frames
// is frame number from of the view.
func (p *Painter) DrawCaptionsOnFrames(frames io.Reader, v *View, from int64) io.Reader {
	if len(v.Captions) == 0 {
		return frames
	}
	n := from
	return p.newFrameReader(func(frame []byte) ([]byte, error) {
		if frame == nil {
			frame = make([]byte, p.CountFrameBytes())
		}
		if _, err := io.ReadFull(frames, frame); err != nil {
			return nil, err
		}
		n++
		return frame, p.DrawCaptions(frame, v, n-1)
	})
}

// ViewFrame is one frame of a view.
type ViewFrame struct {
	View  *View
	Frame int64
}

// PaintSequence returns a reader of the raw frames in list. Each frame is painted when it is read.
func (p *Painter) PaintSequence(ctx context.Context, list []ViewFrame) io.Reader {
	return p.newFrameReader(func([]byte) ([]byte, error) {
		if len(list) == 0 {
			return nil, io.EOF
		}
		s := list[0]
		list = list[1:]
		return p.PaintFrame(ctx, s.View, s.Frame)
	})
}

// newFrameReader returns a reader of the frames that next returns. next receives the previous frame, whose
// memory it may reuse; it is nil at first.
func (p *Painter) newFrameReader(next func(last []byte) ([]byte, error)) io.Reader {
	return &drawing{next: next, at: p.CountFrameBytes()}
}

type drawing struct {
	next  func([]byte) ([]byte, error)
	frame []byte
	at    int
}

// Read implements io.Reader.
func (d *drawing) Read(b []byte) (int, error) {
	if d.frame == nil || d.at == len(d.frame) {
		var err error
		if d.frame, err = d.next(d.frame); err != nil {
			return 0, err
		}
		d.at = 0
	}
	n := copy(b, d.frame[d.at:])
	d.at += n
	return n, nil
}
