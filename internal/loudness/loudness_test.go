package loudness_test

import (
	"math"
	"testing"

	"mynah/internal/loudness"
)

// sine returns a tone with a peak level in dB relative to full scale; seconds is its length.
func sine(hz, db, seconds float64, channels int) []float64 {
	n := int(seconds * 48000)
	out := make([]float64, 0, n*channels)
	for i := range n {
		v := math.Pow(10, db/20) * math.Sin(2*math.Pi*hz*float64(i)/48000)
		for range channels {
			out = append(out, v)
		}
	}
	return out
}

// TestKnownLoudness measures tones of EBU Tech 3341 (1 kHz in two channels has its own level) and of BS.1770
// (one channel is 3.01 LU softer).
func TestKnownLoudness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		sound    []float64
		channels int
		want     float64
	}{
		{"-23 in two channels", sine(1000, -23, 20, 2), 2, -23},
		{"-33 in two channels", sine(1000, -33, 20, 2), 2, -33},
		{"one channel", sine(997, 0, 5, 1), 1, -3.01},
		{"the soft parts are gated", append(append(sine(1000, -36, 10, 2), sine(1000, -23, 60, 2)...), sine(1000, -36, 10, 2)...), 2, -23},
		{"silence is gated", append(make([]float64, 2*480000), sine(1000, -20, 10, 2)...), 2, -20},
		{"shorter than a block", sine(1000, -20, 0.25, 2), 2, -20},
	} {
		m := loudness.NewMeter(c.channels)
		m.AddSamples(c.sound)
		if got := loudness.ComputeIntegratedLoudness(m.ListSteps()); math.Abs(got-c.want) > 0.1 {
			t.Errorf("%s: %.2f LUFS, want %.2f", c.name, got, c.want)
		}
	}
	for _, n := range []int{0, 100, 480000} {
		m := loudness.NewMeter(1)
		m.AddSamples(make([]float64, n))
		if got := loudness.ComputeIntegratedLoudness(m.ListSteps()); !math.IsInf(got, -1) {
			t.Errorf("silence of %d samples: %.2f LUFS", n, got)
		}
	}
}

func TestHalfDecibels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		has, want float64
		gain      int
	}{{-16, -16, 0}, {-16.2, -16, 0}, {-16.3, -16, 1}, {-19.01, -16, 6}, {-10, -16, -12}, {-90, -16, 40}, {math.Inf(-1), -16, 0}} {
		if got := loudness.ComputeGainInHalfDecibels(c.has, c.want); got != c.gain {
			t.Errorf("from %g to %g: %d half dB, want %d", c.has, c.want, got, c.gain)
		}
	}
}
