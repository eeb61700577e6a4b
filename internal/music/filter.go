package music

import "math"

// biquad is a second-order filter.
type biquad struct {
	b0, b1, b2, a1, a2 float64
	x1, x2, y1, y2     float64
}

func (f *biquad) filterSample(x float64) float64 {
	y := f.b0*x + f.b1*f.x1 + f.b2*f.x2 - f.a1*f.y1 - f.a2*f.y2
	f.x2, f.x1, f.y2, f.y1 = f.x1, x, f.y1, y
	return y
}

// filterLoop filters a loop in place. It filters the last second first, so that the filter's state at the start
// matches that at the end.
func (f *biquad) filterLoop(x []float64) {
	for _, v := range x[max(0, len(x)-Rate):] {
		f.filterSample(v)
	}
	for i, v := range x {
		x[i] = f.filterSample(v)
	}
}

// filterSound filters a sound in place.
func (f *biquad) filterSound(x []float64) []float64 {
	for i, v := range x {
		x[i] = f.filterSample(v)
	}
	return x
}

// newHighPass returns a high-pass filter with a cutoff frequency in Hz.
func newHighPass(hz float64) *biquad {
	cos, alpha := computeAngleTerms(hz, math.Sqrt2/2)
	a0 := 1 + alpha
	return &biquad{
		b0: (1 + cos) / 2 / a0, b1: -(1 + cos) / a0, b2: (1 + cos) / 2 / a0,
		a1: -2 * cos / a0, a2: (1 - alpha) / a0,
	}
}

// newLowPass returns a low-pass filter with a cutoff frequency in Hz.
func newLowPass(hz float64) *biquad {
	cos, alpha := computeAngleTerms(hz, math.Sqrt2/2)
	a0 := 1 + alpha
	return &biquad{
		b0: (1 - cos) / 2 / a0, b1: (1 - cos) / a0, b2: (1 - cos) / 2 / a0,
		a1: -2 * cos / a0, a2: (1 - alpha) / a0,
	}
}

// newBandBoost returns a filter that amplifies a band around hz by db decibels.
func newBandBoost(hz, q, db float64) *biquad {
	cos, alpha := computeAngleTerms(hz, q)
	a := math.Pow(10, db/40)
	a0 := 1 + alpha/a
	return &biquad{
		b0: (1 + alpha*a) / a0, b1: -2 * cos / a0, b2: (1 - alpha*a) / a0,
		a1: -2 * cos / a0, a2: (1 - alpha/a) / a0,
	}
}

// computeAngleTerms returns two intermediate values for the coefficients of a biquad.
func computeAngleTerms(hz, q float64) (cos, alpha float64) {
	w := 2 * math.Pi * hz / Rate
	return math.Cos(w), math.Sin(w) / (2 * q)
}

// delay is a delay line of the reverb with a low-pass filter and a gain below 1.
type delay struct {
	buf  []float64
	at   int
	dull float64
	gain float64
}

func (d *delay) readOldest() float64 {
	d.dull += 0.45 * (d.buf[d.at] - d.dull)
	return d.dull * d.gain
}

func (d *delay) writeNewest(v float64) {
	d.buf[d.at] = v
	if d.at++; d.at == len(d.buf) {
		d.at = 0
	}
}

// computeLoopReverb returns the reverberation of a loop, left and right. It is a feedback delay network with a Hadamard
// matrix, which preserves energy. Reverberation after the end is added at the start.
func computeLoopReverb(in []float64) (left, right []float64) {
	const (
		seconds = 1.5 // time until a sound is 60 dB softer
		tail    = 2 * Rate
		before  = 900 // samples before the first echo
	)
	lines := make([]delay, 8)
	// primes, so that echoes do not coincide
	for i, n := range []int{1453, 1811, 2039, 2311, 2659, 2957, 3319, 3673} {
		lines[i] = delay{buf: make([]float64, n), gain: math.Pow(0.001, float64(n)/Rate/seconds)}
	}
	left, right = make([]float64, len(in)), make([]float64, len(in))
	floor := newHighPass(180) // low notes would make the reverb boom
	for i := range len(in) + tail {
		x, k := 0.0, i%len(in)
		if i < len(in) {
			x = floor.filterSample(in[i])
		}
		var v [8]float64
		for j := range lines {
			v[j] = lines[j].readOldest()
		}
		to := (k + before) % len(in)
		left[to] += (v[0] - v[2] + v[4] - v[6]) * 0.5
		right[to] += (v[1] - v[3] + v[5] - v[7]) * 0.5
		multiplyByHadamard(&v)
		for j := range lines {
			lines[j].writeNewest(v[j] + x*0.35)
		}
	}
	return left, right
}

// multiplyByHadamard multiplies a vector by an orthogonal Hadamard matrix, which keeps its length.
func multiplyByHadamard(v *[8]float64) {
	for h := 1; h < 8; h *= 2 {
		for i := 0; i < 8; i += 2 * h {
			for j := i; j < i+h; j++ {
				v[j], v[j+h] = v[j]+v[j+h], v[j]-v[j+h]
			}
		}
	}
	for i := range v {
		v[i] *= 0.35355339059327373 // 1/√8
	}
}
