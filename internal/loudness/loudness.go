// Package loudness measures the loudness of sound as ITU-R BS.1770-4 and EBU R 128 define it. Sentences and
// whole soundtracks are levelled by this measure. It does not change sound.
package loudness

import (
	"math"
	"slices"
)

// ITU-R BS.1770-4 defines loudness as the mean of K-weighted energy in overlapping blocks of 400 ms, one every
// 100 ms. Only blocks count that are above -70 LUFS and at most 10 LU below the mean of these.
const (
	rate      = 48000
	step      = rate / 10 // samples per step; a block has four steps
	absolute  = -70.0     // LUFS
	relative  = -10.0     // LU
	blockLong = 4
)

// Step is the K-weighted energy of a section of sound: the sum over its samples and channels. Steps of
// consecutive sounds can be concatenated.
type Step struct {
	Energy  float64
	Samples int64
}

// NewSilentSteps returns the steps of silence.
func NewSilentSteps(samples int64) []Step {
	steps := slices.Repeat([]Step{{Samples: step}}, int(samples/step))
	if rest := samples % step; rest > 0 {
		steps = append(steps, Step{Samples: rest})
	}
	return steps
}

// biquad is a second-order filter in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2, s1, s2 float64 }

func (f *biquad) filterSample(x float64) float64 {
	y := f.b0*x + f.s1
	f.s1 = f.b1*x - f.a1*y + f.s2
	f.s2 = f.b2*x - f.a2*y
	return y
}

// newKWeighting returns the K-weighting filter at 48 kHz (BS.1770-4, tables 1 and 2): a high shelf, then a high
// pass.
func newKWeighting() [2]biquad {
	return [2]biquad{
		{
			b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285, a1: -1.69065929318241,
			a2: 0.73248077421585,
		},
		{b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621},
	}
}

// Meter measures sound in steps.
type Meter struct {
	channels int
	filters  [][2]biquad
	steps    []Step
	now      Step
}

// NewMeter returns a meter for sound at 48 kHz with 1 or 2 channels.
func NewMeter(channels int) *Meter {
	m := &Meter{channels: channels}
	for range channels {
		m.filters = append(m.filters, newKWeighting())
	}
	return m
}

// AddSamples measures interleaved samples; 1 is full scale.
func (m *Meter) AddSamples(samples []float64) {
	for i := 0; i+m.channels <= len(samples); i += m.channels {
		for c := range m.channels {
			f := &m.filters[c]
			y := f[1].filterSample(f[0].filterSample(samples[i+c]))
			m.now.Energy += y * y
		}
		if m.now.Samples++; m.now.Samples == step {
			m.steps = append(m.steps, m.now)
			m.now = Step{}
		}
	}
}

// ListSteps returns the steps so far. The last one may be shorter than 100 ms.
func (m *Meter) ListSteps() []Step {
	if m.now.Samples == 0 {
		return m.steps
	}
	return append(slices.Clip(m.steps), m.now)
}

// ComputeIntegratedLoudness returns the loudness of a sound in LUFS, minus infinity for silence. Sound that is shorter
// than a block counts as one block.
func ComputeIntegratedLoudness(steps []Step) float64 {
	var blocks []float64 // mean squares
	for i := 0; i+blockLong <= len(steps) || i == 0; i++ {
		var b Step
		for _, s := range steps[i:min(i+blockLong, len(steps))] {
			b.Energy += s.Energy
			b.Samples += s.Samples
		}
		if b.Samples > 0 {
			blocks = append(blocks, b.Energy/float64(b.Samples))
		}
	}
	gate := math.Pow(10, (absolute+0.691)/10)
	gate = math.Max(gate, computeMeanAboveGate(blocks, gate)*math.Pow(10, relative/10))
	mean := computeMeanAboveGate(blocks, gate)
	if mean <= 0 {
		return math.Inf(-1)
	}
	return -0.691 + 10*math.Log10(mean)
}

// computeMeanAboveGate returns the mean of the blocks above a gate.
func computeMeanAboveGate(blocks []float64, gate float64) float64 {
	sum, n := 0.0, 0
	for _, b := range blocks {
		if b > gate {
			sum += b
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// ComputeGainInHalfDecibels returns the gain that changes a loudness to a target, in steps of 0.5 dB and limited to ±20
// dB; 0 for silence.
func ComputeGainInHalfDecibels(loudness, target float64) int {
	if math.IsInf(loudness, 0) || math.IsNaN(loudness) {
		return 0
	}
	const most = 40
	return int(min(max(math.Round((target-loudness)*2), -most), most))
}

// HalfDecibelsToFactor converts a gain in half decibels to a factor.
func HalfDecibelsToFactor(halfDB int) float64 { return math.Pow(10, float64(halfDB)/40) }
