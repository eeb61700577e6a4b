package cut

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/overlay"
	"mynah/internal/part"
)

// Poster is the recipe of a poster without captions.
type Poster struct {
	Motion
	Tool string `json:"tool" part:"the picture"`
}

// Kind implements part.Recipe.
func (Poster) Kind() part.Kind { return part.Poster }

// Version implements part.Recipe.
func (Poster) Version() int { return 1 }

// DrawPoster draws frame n of the film as JPEG, without captions. It returns nil if the film shows no captions at that
// frame: the poster is then the frame itself.
func (c *Cutter) DrawPoster(ctx context.Context, n int64) ([]byte, error) {
	scene := 0
	for i, s := range c.in.Line.Scenes {
		if s.Start <= n {
			scene = i
		}
	}
	covered := func(s overlay.CaptionSpan) bool { return s.From <= n && n < s.To }
	if !slices.ContainsFunc(c.in.Captions[scene], covered) {
		return nil, nil
	}
	bare := *c
	bare.in.Captions = make([][]overlay.CaptionSpan, len(c.in.Captions))
	at, before, enter, err := bare.findFrame(scene, n-c.in.Line.Scenes[scene].Start)
	if err != nil {
		return nil, err
	}
	recipe := Poster{Tool: c.version, Motion: Motion{
		Look: at.view.ComputeLook(), Enter: enter.Type, From: at.frame, Count: enter.Frames, Form: c.encoder.NewForm(),
	}}
	if before.view != nil {
		look := before.view.ComputeLook()
		recipe.Before, recipe.BeforeFrame = &look, before.frame
	}
	key := part.ComputeKey(recipe)
	if b, ok := c.Store.ReadEntry(cache.Pictures, key); ok {
		return b, nil
	}
	c.Book.AddRecipe(recipe, part.Label{Name: fmt.Sprintf("frame %d", n), Scene: scene + 1})
	err = c.MakeParts(ctx, func() error {
		frame, list, err := bare.DrawFrame(ctx, scene, n-c.in.Line.Scenes[scene].Start)
		if err == nil && len(list) > 0 {
			err = errors.New(list[0].Summary)
		}
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := c.tools.RunFFmpeg(ctx, c.form.EncodeJPEGArgs(), bytes.NewReader(frame), &out); err != nil {
			return err
		}
		return c.Store.PutBytes(cache.Pictures, key, out.Bytes())
	}, key)
	if err != nil {
		return nil, err
	}
	b, ok := c.Store.ReadEntry(cache.Pictures, key)
	if !ok {
		return nil, cache.ErrLost
	}
	return b, nil
}
