package cut

import (
	"context"
	"errors"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
)

// makeStills encodes stills: image files without overlays directly by one process, all others from painted
// frames.
func (c *Cutter) makeStills(ctx context.Context, batch []stillTask) error {
	var bare, painted []int
	for i, t := range batch {
		if t.view.IsBareImage() && !t.raw {
			bare = append(bare, i)
		} else {
			painted = append(painted, i)
		}
	}
	if len(bare) > 0 {
		var inputs []ffmpeg.StillInput
		var keys []cache.Key
		for _, i := range bare {
			inputs, keys = append(inputs, c.painter.NewStillInput(batch[i].view.Still)), append(keys, batch[i].key)
		}
		encode := func() error { return c.encoder.EncodeImages(ctx, inputs, keys) }
		if err := c.MakeParts(ctx, encode, keys...); err != nil {
			return c.findUnreadableImage(ctx, batch, bare, err)
		}
	}
	if len(painted) == 0 {
		return nil
	}
	var keys []cache.Key
	for _, i := range painted {
		keys = append(keys, batch[i].key)
	}
	return c.MakeParts(ctx, func() error { return c.paintAndEncodeStills(ctx, batch, painted, keys) }, keys...)
}

// paintAndEncodeStills paints the stills of a batch with the given indexes and encodes the frames.
func (c *Cutter) paintAndEncodeStills(ctx context.Context, batch []stillTask, painted []int, keys []cache.Key) error {
	var images []picture.Still
	var places []int
	for _, i := range painted {
		if v := batch[i].view; v.Clip == nil {
			images, places = append(images, v.Still), append(places, i)
		}
	}
	err := c.painter.PaintAndKeep(ctx, images)
	if f, ok := errors.AsType[*picture.Failure](err); ok {
		return &picture.Failure{Index: places[f.Index], Err: f.Err}
	}
	if err != nil {
		return err
	}
	var frames [][]byte
	for _, i := range painted {
		frame, err := c.painter.PaintFrame(ctx, batch[i].view, batch[i].frame)
		if err != nil {
			return &picture.Failure{Index: i, Err: err}
		}
		frames = append(frames, frame)
	}
	return c.encoder.EncodeStills(ctx, frames, keys)
}

// findUnreadableImage finds out which image of a batch cannot be read, by reading each of them separately.
func (c *Cutter) findUnreadableImage(ctx context.Context, batch []stillTask, bare []int, err error) error {
	for _, i := range bare {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := c.painter.PaintStills(ctx, []picture.Still{batch[i].view.Still}); err != nil {
			if f, ok := errors.AsType[*picture.Failure](err); ok {
				return &picture.Failure{Index: i, Err: f.Err}
			}
			return err
		}
	}
	return err
}
