// Package loudness measures the loudness of sound as ITU-R BS.1770-4 and EBU R 128 define it.
// Sentences and whole films are levelled by the same measure. It does not change sound.
package loudness

import (
	"math"
	"slices"
)

// The measure of loudness is that of ITU-R BS.1770-4: K-weighted energy in blocks of 400
// ms, every 100 ms one, of which those count that are over -70 LUFS and no more than 10 LU
// below the mean of these.
const (
	rate      = 48000
	step      = rate / 10 // samples of a step; a block has four
	absolute  = -70.0     // LUFS
	relative  = -10.0     // LU
	blockLong = 4
)

// Step is the K-weighted energy of a stretch of sound: the sum over its samples and
// channels. Steps of consecutive sounds can be strung together.
type Step struct {
	Energy  float64
	Samples int64
}

// Silence returns the steps of samples of nothing.
func Silence(samples int64) []Step {
	steps := slices.Repeat([]Step{{Samples: step}}, int(samples/step))
	if rest := samples % step; rest > 0 {
		steps = append(steps, Step{Samples: rest})
	}
	return steps
}

// biquad is a filter of second order, in direct form 2 transposed.
type biquad struct{ b0, b1, b2, a1, a2, s1, s2 float64 }

func (f *biquad) run(x float64) float64 {
	y := f.b0*x + f.s1
	f.s1 = f.b1*x - f.a1*y + f.s2
	f.s2 = f.b2*x - f.a2*y
	return y
}

// weighting is the K filter at 48 kHz, BS.1770-4 tables 1 and 2: a shelf for the head, then
// a high pass.
func weighting() [2]biquad {
	return [2]biquad{
		{b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285, a1: -1.69065929318241, a2: 0.73248077421585},
		{b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621},
	}
}

// Meter takes sound and gives its steps.
type Meter struct {
	channels int
	filters  [][2]biquad
	steps    []Step
	now      Step
}

// NewMeter measures sound at 48 kHz of 1 or 2 channels.
func NewMeter(channels int) *Meter {
	m := &Meter{channels: channels}
	for range channels {
		m.filters = append(m.filters, weighting())
	}
	return m
}

// Add takes samples, interleaved; 1 is full scale.
func (m *Meter) Add(samples []float64) {
	for i := 0; i+m.channels <= len(samples); i += m.channels {
		for c := range m.channels {
			f := &m.filters[c]
			y := f[1].run(f[0].run(samples[i+c]))
			m.now.Energy += y * y
		}
		if m.now.Samples++; m.now.Samples == step {
			m.steps = append(m.steps, m.now)
			m.now = Step{}
		}
	}
}

// Steps returns what was measured so far; the last may be shorter than 100 ms.
func (m *Meter) Steps() []Step {
	if m.now.Samples == 0 {
		return m.steps
	}
	return append(slices.Clip(m.steps), m.now)
}

// Integrated is the loudness of a sound in LUFS; minus infinity for silence. What is
// shorter than a block is measured as one.
func Integrated(steps []Step) float64 {
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
	gate = math.Max(gate, gateBlocks(blocks, gate)*math.Pow(10, relative/10))
	mean := gateBlocks(blocks, gate)
	if mean <= 0 {
		return math.Inf(-1)
	}
	return -0.691 + 10*math.Log10(mean)
}

// gateBlocks is the mean of what is above a gate.
func gateBlocks(blocks []float64, gate float64) float64 {
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

// HalfDecibels is the gain that brings a loudness to a target, in steps of 0.5 dB, within
// 20 dB either way; 0 for silence.
func HalfDecibels(loudness, target float64) int {
	if math.IsInf(loudness, 0) || math.IsNaN(loudness) {
		return 0
	}
	const most = 40
	return int(min(max(math.Round((target-loudness)*2), -most), most))
}

// Factor of a gain in half decibels.
func Factor(halfDB int) float64 { return math.Pow(10, float64(halfDB)/40) }
