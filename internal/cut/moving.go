package cut

import (
	"context"
	"io"
	"os"
	"strconv"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
)

// makeMoving encodes moving pictures. With an error, it returns the frame whose file was being read.
func (c *Cutter) makeMoving(ctx context.Context, t movingTask) (viewFrame, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends programs that decode clips in panes
	at := t.viewFrame
	err := c.MakeParts(ctx, func() error {
		var enter *ffmpeg.TransitionInput
		if t.enter != "" {
			before, err := c.painter.PaintFrame(ctx, t.before.view, t.before.frame)
			if err != nil {
				at = t.before
				return err
			}
			enter = &ffmpeg.TransitionInput{Type: t.enter, Frames: t.count}
			if enter.Path, err = c.WriteScratch("enter", t.key, before); err != nil {
				return err
			}
			defer func() { _ = os.Remove(enter.Path) }()
		}
		if t.view.Clip != nil && !t.view.NeedsPaintedFrames() {
			return c.makeClip(ctx, t, enter)
		}
		view := t.view
		if enter != nil {
			states, err := c.writeCaptionStates(view, t.frame, t.count, t.key)
			if err != nil {
				return err
			}
			if enter.States, view = states, view.WithoutCaptions(); states != nil {
				defer func() { _ = os.Remove(states.Path) }()
			}
		}
		frames, err := c.painter.PaintFrames(ctx, view, t.frame, t.count)
		if err != nil {
			return err
		}
		return c.encoder.EncodeFrames(ctx, t.key, frames, enter)
	}, t.key)
	return at, err
}

// crossfade is the only transition that this program computes itself, unless a clip is involved.
const crossfade = "crossfade"

// separateComputedCrossfades separates the crossfades that this program computes, in batches for one process each, from
// the other tasks. A batch keeps its frames in memory while the process runs.
func (p *Plan) separateComputedCrossfades(frameBytes int) (crossings [][]movingTask, rest []movingTask) {
	held := batchBytes
	for _, m := range p.moving {
		if m.enter != crossfade || m.view.Clip != nil {
			rest = append(rest, m)
			continue
		}
		needs := 2 * frameBytes
		if m.view.IsMoving() {
			needs = batchBytes
		}
		if held += needs; held > batchBytes {
			crossings, held = append(crossings, nil), needs
		}
		last := len(crossings) - 1
		crossings[last] = append(crossings[last], m)
	}
	return crossings, rest
}

// makeCrossings encodes several crossfades with one process. With an error, it returns the frame whose file was
// being read.
func (c *Cutter) makeCrossings(ctx context.Context, batch []movingTask) (viewFrame, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends programs that decode clips in panes
	at := batch[0].viewFrame
	var keys []cache.Key
	for _, t := range batch {
		keys = append(keys, t.key)
	}
	err := c.MakeParts(ctx, func() error {
		var lengths []int64
		var all []io.Reader
		for _, t := range batch {
			at = t.before
			before, err := c.painter.PaintFrame(ctx, t.before.view, t.before.frame)
			if err != nil {
				return err
			}
			at = t.viewFrame
			frames, err := c.painter.PaintFrames(ctx, t.view.WithoutCaptions(), t.frame, t.count)
			if err != nil {
				return err
			}
			crossing := c.painter.DrawCaptionsOnFrames(picture.CrossFade(before, frames, t.count), t.view, t.frame)
			lengths, all = append(lengths, t.count), append(all, crossing)
		}
		return c.encoder.EncodeCrossings(ctx, io.MultiReader(all...), lengths, keys)
	}, keys...)
	return at, err
}

// makeClip encodes a range of a clip with its overlays.
func (c *Cutter) makeClip(ctx context.Context, t movingTask, enter *ffmpeg.TransitionInput) error {
	clip := *t.view.Clip
	clip.Skip, clip.Frames, clip.Held, clip.Enter = t.frame, t.count, t.held, enter
	add := func(l *picture.Layer, from, to int64) error {
		raw, box := l.ToRaw(c.form.Width, c.form.Height)
		if box.Empty() || from >= to {
			return nil
		}
		path, err := c.WriteScratch("layer-"+strconv.Itoa(len(clip.Layers)), t.key, raw)
		clip.Layers = append(clip.Layers, ffmpeg.LayerInput{
			Path: path, X: box.Min.X, Y: box.Min.Y, W: box.Dx(), H: box.Dy(), From: from, To: to,
		})
		return err
	}
	defer func() {
		for _, l := range clip.Layers {
			_ = os.Remove(l.Path)
		}
	}()
	if shade := c.painter.NewClipCalloutLayer(t.view); shade != nil {
		if err := add(shade, 0, t.count); err != nil {
			return err
		}
	}
	for k, span := range t.view.Spans {
		end := t.frame + t.count
		if k+1 < len(t.view.Spans) {
			end = min(end, t.view.Spans[k+1].From)
		}
		for _, ref := range span.Layers {
			l, err := c.layers.Layer(ref)
			if err != nil {
				return err
			}
			if err := add(l, max(span.From-t.frame, 0), end-t.frame); err != nil {
				return err
			}
		}
	}
	states, err := c.writeCaptionStates(t.view, t.frame, t.count, t.key)
	if err != nil {
		return err
	}
	if clip.States = states; states != nil {
		defer func() { _ = os.Remove(states.Path) }()
	}
	_, err = c.encoder.EncodeClip(ctx, t.key, clip)
	return err
}
