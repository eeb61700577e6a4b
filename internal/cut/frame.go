package cut

import (
	"bytes"
	"context"
	"errors"

	"mynah/internal/blame"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
)

// DrawFrame returns the raw pixels of a scene's frame n. If a file cannot be read, it returns a finding instead.
func (c *Cutter) DrawFrame(ctx context.Context, scene int, n int64) ([]byte, diag.List, error) {
	if err := c.in.Files.WriteFiles(); err != nil {
		return nil, nil, err
	}
	frame, err := c.drawSceneFrame(ctx, scene, n)
	var list diag.List
	if f, ok := errors.AsType[*fileError](err); ok {
		from := f.at.findSource(f.error)
		blame.AddUnusableFile(&list, from.place, from.name, f.error)
		return nil, list, nil
	}
	return frame, nil, err
}

// drawSceneFrame draws frame n of a scene, including transitions.
func (c *Cutter) drawSceneFrame(ctx context.Context, scene int, n int64) ([]byte, error) {
	now, before, enter, err := c.findFrame(scene, n)
	if err != nil {
		return nil, err
	}
	if before.view == nil {
		return c.paintFrame(ctx, now)
	}
	bare := now
	bare.view = now.view.WithoutCaptions()
	frame, err := c.paintFrame(ctx, bare)
	if err != nil {
		return nil, err
	}
	frame, err = c.drawTransition(ctx, before, frame, enter, now.frame)
	if err != nil {
		return nil, err
	}
	return frame, c.painter.DrawCaptions(frame, now.view, now.frame)
}

// findFrame returns what frame n of a scene shows. During a transition, it also returns the transition and the frame
// before it, without captions; otherwise the view of before is nil.
func (c *Cutter) findFrame(scene int, n int64) (now, before viewFrame, enter ffmpeg.TransitionInput, err error) {
	for i := range scene + 1 {
		for _, pic := range c.in.Line.Scenes[i].Pictures {
			at := c.in.Line.Scenes[i].Start + n - pic.Start
			if i == scene && at < pic.Frames {
				now = c.newView(i, pic)
				now.frame = at
				if at >= pic.Fade || before.view == nil {
					return now, viewFrame{}, enter, nil
				}
				before.view = before.view.WithoutCaptions()
				t := movingTask{viewFrame: now, count: pic.Fade, before: before}
				t.fadeTexts(pic.Start == c.in.Line.Scenes[i].Start)
				return t.viewFrame, t.before, ffmpeg.TransitionInput{Type: pic.Enter, Frames: pic.Fade}, nil
			}
			before = viewFrame{view: &picture.View{}}
			if i >= scene-1 { // a picture of an earlier scene cannot be visible in this one
				before = c.newView(i, pic)
				before.frame = pic.Frames - 1
			}
		}
	}
	return now, before, enter, fault.New(fault.Internal, nil, "a scene has no picture at frame %d", n)
}

// fileError is an error of reading a file of the project.
type fileError struct {
	error
	at viewFrame
}

// paintFrame draws a frame. The error is a *fileError if a file of the project cannot be read.
func (c *Cutter) paintFrame(ctx context.Context, s viewFrame) ([]byte, error) {
	frame, err := c.painter.PaintFrame(ctx, s.view, s.frame)
	if err == nil || ctx.Err() != nil || !blame.MayBeInputError(err) {
		return frame, err
	}
	return nil, &fileError{err, s}
}

// drawTransition draws frame n of a transition from the frame before to frame.
func (c *Cutter) drawTransition(
	ctx context.Context, before viewFrame, frame []byte, e ffmpeg.TransitionInput, n int64,
) ([]byte, error) {
	old, err := c.paintFrame(ctx, before)
	if err != nil {
		return nil, err
	}
	if e.Path, err = c.WriteScratch("enter", before.view.ComputeLook().Key(), old); err != nil {
		return nil, err
	}
	// Each frame of a transition depends only on its number.
	in := bytes.NewReader(bytes.Repeat(frame, int(n+1)))
	var out bytes.Buffer
	if err := c.tools.RunFFmpeg(ctx, c.form.ReadTransitionArgs(e, n+1), in, &out); err != nil {
		return nil, err
	}
	if b := out.Bytes(); len(b) >= len(frame) {
		return b[len(b)-len(frame):], nil
	}
	return nil, errors.New("the transition could not be drawn")
}
