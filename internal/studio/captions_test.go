package studio

import (
	"testing"

	"mynah/internal/cache"
	"mynah/internal/picture"
)

// TestLayersInUseAreKept however many others come after them.
func TestLayersInUseAreKept(t *testing.T) {
	t.Parallel()
	c := &captions{}
	drawn := map[byte]int{}
	ask := func(n byte) {
		if _, err := c.keep(cache.Key{n}, func() (*picture.Layer, error) {
			drawn[n]++
			return &picture.Layer{}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range byte(2 * mostKept) {
		ask(n + 1)
		ask(0)
	}
	if drawn[0] != 1 {
		t.Errorf("a layer in use is drawn %d times", drawn[0])
	}
	if ask(1); drawn[1] != 2 || len(c.kept) != mostKept {
		t.Errorf("%d layers are kept, the oldest was drawn %d times", len(c.kept), drawn[1])
	}
}
