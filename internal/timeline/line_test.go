package timeline_test

import (
	"testing"

	"mynah/internal/frame"
	"mynah/internal/timeline"
)

// TestSample checks that a frame begins at the nearest sample at every frame rate.
func TestSample(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate          frame.Rate
		frame, sample int64
	}{
		{frame.Rate{Num: 25, Den: 1}, 25, 48000},
		{frame.Rate{Num: 30000, Den: 1001}, 1, 1602}, // 1601.6
		{frame.Rate{Num: 30000, Den: 1001}, 30000, 48048000},
		{frame.Rate{Num: 7, Den: 1}, 1, 6857}, // 6857.14
	} {
		l := &timeline.Line{FPS: c.rate}
		if got := l.ToSample(c.frame); got != c.sample {
			t.Errorf("at %v, frame %d begins at %d, want %d", c.rate, c.frame, got, c.sample)
		}
	}
}
