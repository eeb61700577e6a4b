package studio

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
)

// makeMoving encodes moving pictures. With an error it tells what was being read.
func (j *job) makeMoving(ctx context.Context, t movingTask) (shown, error) {
	at := t.shown
	err := j.making(func() error {
		var enter *ffmpeg.EnterInput
		if t.enter != "" {
			before, err := j.painter.Frame(ctx, t.before.view, t.before.frame)
			if err != nil {
				at = t.before
				return err
			}
			enter = &ffmpeg.EnterInput{Type: t.enter, Frames: t.count}
			if enter.Path, err = j.scratch("enter", t.key, before); err != nil {
				return err
			}
			defer func() { _ = os.Remove(enter.Path) }()
		}
		if t.view.Clip != nil {
			return j.makeClip(ctx, t, enter)
		}
		view := t.view
		if enter != nil {
			states, err := j.captionStates(view, t.frame, t.count, t.key)
			if err != nil {
				return err
			}
			if enter.States, view = states, view.Uncaptioned(); states != nil {
				defer func() { _ = os.Remove(states.Path) }()
			}
		}
		frames, err := j.painter.Frames(ctx, view, t.frame, t.count)
		if err != nil {
			return err
		}
		return j.encoder.EncodeFrames(ctx, t.key, frames, enter)
	}, t.key)
	return at, err
}

// crossfade is the transition that needs no filter, where no clip comes in.
const crossfade = "crossfade"

// apart gives the crossfades between what we paint ourselves, in batches that one process
// encodes, and the rest. The frames that cross are held in memory while it runs.
func (p *cutPlan) apart(frame int) (crossings [][]movingTask, rest []movingTask) {
	held := batchBytes
	for _, m := range p.moving {
		if m.enter != crossfade || m.view.Clip != nil {
			rest = append(rest, m)
			continue
		}
		needs := 2 * frame
		if m.view.Motion != "" {
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

// makeCrossings encodes several crossfades by one process. With an error it tells what
// was being read.
func (j *job) makeCrossings(ctx context.Context, batch []movingTask) (shown, error) {
	at := batch[0].shown
	var keys []cache.Key
	for _, t := range batch {
		keys = append(keys, t.key)
	}
	err := j.making(func() error {
		var lengths []int64
		var all []io.Reader
		for _, t := range batch {
			at = t.before
			before, err := j.painter.Frame(ctx, t.before.view, t.before.frame)
			if err != nil {
				return err
			}
			at = t.shown
			frames, err := j.painter.Frames(ctx, t.view.Uncaptioned(), t.frame, t.count)
			if err != nil {
				return err
			}
			crossing := j.painter.Captioned(picture.Cross(before, frames, t.count), t.view, t.frame)
			lengths, all = append(lengths, t.count), append(all, crossing)
		}
		return j.encoder.EncodeCrossings(ctx, io.MultiReader(all...), lengths, keys)
	}, keys...)
	return at, err
}

// scratch writes a file of this build that a program reads.
func (j *job) scratch(kind string, key cache.Key, b []byte) (string, error) {
	path := j.scratchPath(kind, key)
	return path, os.WriteFile(path, b, 0o600)
}

func (j *job) scratchPath(kind string, key cache.Key) string {
	return filepath.Join(j.work, kind+"-"+key.String()[:32])
}

// makeClip encodes a stretch of a clip with all that lies on it.
func (j *job) makeClip(ctx context.Context, t movingTask, enter *ffmpeg.EnterInput) error {
	clip := *t.view.Clip
	clip.Skip, clip.Frames, clip.Held, clip.Enter = t.frame, t.count, t.held, enter
	add := func(l *picture.Layer, from, to int64) error {
		raw, box := l.Raw(j.form.Width, j.form.Height)
		if box.Empty() || from >= to {
			return nil
		}
		path, err := j.scratch("layer-"+strconv.Itoa(len(clip.Layers)), t.key, raw)
		clip.Layers = append(clip.Layers, ffmpeg.LayerInput{Path: path, X: box.Min.X, Y: box.Min.Y, W: box.Dx(), H: box.Dy(), From: from, To: to})
		return err
	}
	defer func() {
		for _, l := range clip.Layers {
			_ = os.Remove(l.Path)
		}
	}()
	if shade := j.painter.Shade(t.view); shade != nil {
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
			l, err := ref.Draw()
			if err != nil {
				return err
			}
			if err := add(l, max(span.From-t.frame, 0), end-t.frame); err != nil {
				return err
			}
		}
	}
	states, err := j.captionStates(t.view, t.frame, t.count, t.key)
	if err != nil {
		return err
	}
	if clip.States = states; states != nil {
		defer func() { _ = os.Remove(states.Path) }()
	}
	_, err = j.encoder.EncodeClip(ctx, t.key, clip)
	return err
}

// lengths reports clips that gave much less than they said, and lets the last picture
// stand where a frame or two are missing.
func (j *job) lengths(p *cutPlan) error {
	var list diag.List
	for k, t := range p.wanted {
		n, ok := j.encoder.Count(k)
		if !ok {
			return cache.ErrLost
		}
		missing := t.count - int64(n)
		if missing*j.form.FPS.Den*2 < j.form.FPS.Num || missing < 3 {
			continue
		}
		rate := float64(j.form.FPS.Num) / float64(j.form.FPS.Den)
		d := list.Errorf(t.place, "%q ends after %.1f of %.1f seconds: the file is cut off or damaged", t.name, float64(n)/rate, float64(t.count)/rate)
		d.Hint = "export or copy the clip again"
	}
	return j.report(list)
}
