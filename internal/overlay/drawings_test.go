package overlay

import (
	"errors"
	"image"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/frame"
	"mynah/internal/picture"
)

// keepDrawing stores a drawing of w x h pixels in a cache.
func keepDrawing(t *testing.T, store *cache.Store, key cache.Key, w, h int) {
	t.Helper()
	b, err := picture.NewLayer(image.NewNRGBA(image.Rect(0, 0, w, h)), frame.Color{}, w, h).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := store.PutBytes(cache.Pictures, key, b); err != nil {
		t.Fatal(err)
	}
}

// TestDrawingsInUseAreKept checks that layers for many frames stay in memory, and layers for one
// picture do not.
func TestDrawingsInUseAreKept(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDrawings(store)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(n byte) *picture.Layer {
		t.Helper()
		l, err := d.Layer(picture.LayerRef{Key: cache.Key{n}, Drawing: cache.Key{n}, Often: n < 200})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for n := range byte(2*mostKept + 1) {
		keepDrawing(t, store, cache.Key{n}, 8, 8)
	}
	first := ask(0)
	for n := range byte(2 * mostKept) {
		ask(n + 1)
		if ask(0) != first {
			t.Fatalf("a drawing in use was read again after %d others", n+1)
		}
	}
	if d.kept.Len() > mostKept {
		t.Errorf("%d drawings are kept", d.kept.Len())
	}
	keepDrawing(t, store, cache.Key{200}, 64, 36)
	if one, two := ask(200), ask(200); one == two {
		t.Error("a drawing for one picture is kept in memory")
	}
}

// TestLostDrawing checks that a missing drawing returns cache.ErrLost, so that the part is made again.
func TestLostDrawing(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDrawings(store)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Layer(picture.LayerRef{Drawing: cache.Key{1}}); !errors.Is(err, cache.ErrLost) {
		t.Errorf("got %v", err)
	}
}
