package release

import (
	"bytes"
	"context"
	"fmt"

	"mynah/internal/cache"
	"mynah/internal/film"
	"mynah/internal/part"
)

// choosePosterFrame returns the frame for the poster.
func (r *Releaser) choosePosterFrame() int64 {
	return r.video.Line.ChoosePosterFrame(r.video.Board.Film.Poster)
}

// makePoster returns the poster image.
func (r *Releaser) makePoster(ctx context.Context, f *film.Film) ([]byte, error) {
	if r.video.Poster != nil {
		return r.video.Poster, nil
	}
	n := r.choosePosterFrame()
	track, err := f.OpenPictureTrack(r.Store)
	if err != nil {
		return nil, err
	}
	defer track.Close()
	var stream bytes.Buffer
	count, err := track.WriteAnnexB(&stream, n)
	if err != nil {
		return nil, err
	}
	recipe := Poster{Stream: cache.NewHasher("stream").AddBytes(stream.Bytes()).Key(), Tool: r.version}
	if b, ok := r.Store.ReadEntry(cache.Pictures, part.ComputeKey(recipe)); ok {
		return b, nil
	}
	key := r.Book.AddRecipe(recipe, part.Label{Name: fmt.Sprintf("frame %d", n)})
	err = r.MakeParts(ctx, func() error {
		var out bytes.Buffer
		if err := r.tools.RunFFmpeg(ctx, r.video.Form.EncodePosterArgs(count), &stream, &out); err != nil {
			return err
		}
		return r.Store.PutBytes(cache.Pictures, key, out.Bytes())
	}, key)
	if err != nil {
		return nil, err
	}
	b, ok := r.Store.ReadEntry(cache.Pictures, key)
	if !ok {
		return nil, cache.ErrLost
	}
	return b, nil
}

// Poster is the recipe of a poster. Stream is the hash of the encoded pictures from which it is decoded.
type Poster struct {
	Stream cache.Key `json:"stream" part:"the picture"`
	Tool   string    `json:"tool" part:"the picture"`
}

// Kind implements part.Recipe.
func (Poster) Kind() part.Kind { return part.Poster }

// Version implements part.Recipe.
func (Poster) Version() int { return 2 }
