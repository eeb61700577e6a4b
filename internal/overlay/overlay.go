// Package overlay draws what is shown on top of pictures: slides and subtitles. Each drawing is stored
// in the cache as a layer; package cut combines layers with pictures.
package overlay

import (
	"io/fs"

	lru "github.com/hashicorp/golang-lru/v2"

	"mynah/internal/arrange"
	"mynah/internal/cache"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// Input is the input for drawing the slides and captions of a film.
type Input struct {
	Board  *storyboard.Board
	Files  fs.FS // the project's files
	Drawer *slide.Drawer
	// Sizes returns the sizes of pictures.
	Sizes arrange.Sizes
}

// artist draws the slides and captions of one storyboard.
type artist struct {
	part.Maker
	Input
}

const doing = "drawing slides"

// newDrawingKey returns the cache key of the drawing of a slide or caption. Its metadata (slideHead or
// captionHead) is stored under key itself.
func newDrawingKey(key cache.Key) cache.Key {
	return cache.NewHasher("drawing 1").AddBytes(key[:]).Key()
}

// mostKept is the maximum number of layers in memory.
const mostKept = 32

// Drawings reads layers from the cache, and keeps layers that are used on many frames in memory. It is
// safe for concurrent use.
type Drawings struct {
	store *cache.Store
	kept  *lru.Cache[cache.Key, *picture.Layer]
}

// NewDrawings returns a reader of the layers in a cache.
func NewDrawings(store *cache.Store) (*Drawings, error) {
	kept, err := lru.New[cache.Key, *picture.Layer](mostKept)
	return &Drawings{store: store, kept: kept}, err
}

// Layer implements picture.Layers. It returns cache.ErrLost if a drawing is no longer in the cache.
func (d *Drawings) Layer(ref picture.LayerRef) (*picture.Layer, error) {
	if l, ok := d.kept.Get(ref.Key); ok {
		return l, nil
	}
	l, err := d.readOrRecallLayer(ref.Drawing, ref.Often)
	if err != nil {
		return nil, err
	}
	if len(ref.Boxes) > 0 {
		lit, err := d.readOrRecallLayer(ref.Lit, ref.Often)
		if err != nil {
			return nil, err
		}
		l = l.WithBoxesFrom(lit, ref.Boxes)
	}
	if ref.Often {
		d.kept.Add(ref.Key, l)
	}
	return l, nil
}

// readOrRecallLayer reads a layer from the cache. It keeps it in memory if often is set.
func (d *Drawings) readOrRecallLayer(key cache.Key, often bool) (*picture.Layer, error) {
	if l, ok := d.kept.Get(key); ok {
		return l, nil
	}
	b, ok := d.store.ReadEntry(cache.Pictures, key)
	if !ok {
		return nil, cache.ErrLost
	}
	l := &picture.Layer{}
	if err := l.UnmarshalBinary(b); err != nil {
		return nil, err
	}
	if often {
		d.kept.Add(key, l)
	}
	return l, nil
}
