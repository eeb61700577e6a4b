// Package overlay draws what covers pictures: slides, and the subtitles that are shown in the
// picture. Each drawing is kept in the cache as a layer; package cut puts layers on pictures.
package overlay

import (
	"io/fs"

	lru "github.com/hashicorp/golang-lru/v2"

	"mynah/internal/cache"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// Input is what slides and captions are drawn from.
type Input struct {
	Board  *storyboard.Board
	Files  fs.FS // of the project
	Drawer *slide.Drawer
}

// artist draws for one storyboard.
type artist struct {
	part.Maker
	Input
}

const doing = "drawing slides"

// drawingKey addresses the drawing of a slide or caption; its head is kept under key.
func drawingKey(key cache.Key) cache.Key {
	return cache.NewHasher("drawing 1").Bytes(key[:]).Key()
}

// mostKept is how many layers that are on many frames are kept in memory.
const mostKept = 32

// Drawings reads the layers that references name from the cache, and keeps those in memory that
// were used last. It is safe for use by many goroutines.
type Drawings struct {
	store *cache.Store
	kept  *lru.Cache[cache.Key, *picture.Layer]
}

// NewDrawings returns the drawings of a cache.
func NewDrawings(store *cache.Store) (*Drawings, error) {
	kept, err := lru.New[cache.Key, *picture.Layer](mostKept)
	return &Drawings{store: store, kept: kept}, err
}

// Layer implements picture.Layers. It fails with cache.ErrLost where a drawing is gone.
func (d *Drawings) Layer(ref picture.LayerRef) (*picture.Layer, error) {
	if l, ok := d.kept.Get(ref.Key); ok {
		return l, nil
	}
	l, err := d.drawing(ref.Drawing, ref.Often)
	if err != nil {
		return nil, err
	}
	if len(ref.Boxes) > 0 {
		lit, err := d.drawing(ref.Lit, ref.Often)
		if err != nil {
			return nil, err
		}
		l = l.With(lit, ref.Boxes)
	}
	if ref.Often {
		d.kept.Add(ref.Key, l)
	}
	return l, nil
}

// drawing reads a drawing of the cache.
func (d *Drawings) drawing(key cache.Key, often bool) (*picture.Layer, error) {
	if l, ok := d.kept.Get(key); ok {
		return l, nil
	}
	b, ok := d.store.Get(cache.Pictures, key)
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
