package studio

import (
	"slices"
	"testing"

	"mynah/internal/meter"
)

// TestTotalProgress checks that the percentage does not decrease when the number of videos becomes known.
func TestTotalProgress(t *testing.T) {
	t.Parallel()
	var got []float64
	total := &totalProgress{videos: 1, report: func(p meter.Progress) { got = append(got, p.Percent) }}
	first := total.newVideoReport(0)
	first(meter.Progress{Percent: 8})
	total.videos = 2
	for _, percent := range []float64{10, 40, 100} {
		first(meter.Progress{Percent: percent})
	}
	second := total.newVideoReport(1)
	for _, percent := range []float64{0, 50, 100} {
		second(meter.Progress{Percent: percent})
	}
	if want := []float64{8, 8, 20, 50, 50, 75, 100}; !slices.Equal(got, want) {
		t.Errorf("the percentages are %v, want %v", got, want)
	}
	(&totalProgress{videos: 1}).newVideoReport(0)(meter.Progress{Percent: 1}) // nobody listens
}
