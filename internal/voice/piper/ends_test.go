package piper

import (
	"math"
	"testing"
	"time"
)

// TestEnds checks that values which cannot be lengths of symbols are rejected.
func TestEnds(t *testing.T) {
	t.Parallel()
	got := computeSymbolEnds([]float32{1, 0, 3}, 3, 1024, 1024)
	if len(got) != 3 || got[0] != time.Second/4 || got[1] != time.Second/4 || got[2] != time.Second {
		t.Errorf("%v", got)
	}
	for name, bad := range map[string][]float32{
		"too few": {1, 3}, "negative": {5, -2, 1}, "no number": {float32(math.NaN()), 1, 1},
		"endless": {float32(math.Inf(1)), 1, 1}, "nothing": {0, 0, 0}, "no frames": {1, 1, 1}, "longer than the sound": {1000, 1000, 48},
	} {
		if got := computeSymbolEnds(bad, 3, 1024, 1024); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
