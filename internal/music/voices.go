package music

import "math"

// partial is one sine component of a struck sound.
type partial struct {
	times   float64 // multiple of the note's frequency
	level   float64
	seconds float64 // time until it is 60 dB softer
}

// newStruckSound returns a sum of decaying sines, which is damped when the note ends.
func newStruckSound(hz, seconds float64, partials []partial) []float64 {
	const damp = 0.09 // seconds
	longest := 0.0
	for _, p := range partials {
		longest = max(longest, p.seconds)
	}
	out := make([]float64, int(min(seconds+damp, longest)*Rate))
	for _, p := range partials {
		f := hz * p.times
		if f > 15000 {
			continue
		}
		// A decaying sine is a second-order recursion.
		w, r := 2*math.Pi*f/Rate, math.Pow(0.001, 1/(p.seconds*Rate))
		c1, c2 := 2*r*math.Cos(w), r*r
		a, b := 0.0, -p.level*math.Sin(w)/r
		for i := range min(len(out), int(p.seconds*Rate)) {
			out[i] += a
			a, b = c1*a-c2*b, a
		}
	}
	fadeEnds(out, 0.002, damp)
	return out
}

// fadeEnds fades a sound in and out; in and out are in seconds.
func fadeEnds(x []float64, in, out float64) {
	n := min(int(in*Rate), len(x))
	for i := range n {
		x[i] *= easeInOut(float64(i) / float64(n))
	}
	n = min(int(out*Rate), len(x))
	for i := range n {
		x[len(x)-1-i] *= easeInOut(float64(i) / float64(n))
	}
}

// easeInOut rises smoothly from 0 to 1 for x from 0 to 1.
func easeInOut(x float64) float64 { return x * x * (3 - 2*x) }

// newPianoSound returns the sound of a soft piano.
func newPianoSound(hz, seconds float64) []float64 {
	long := 5.5 * math.Pow(220/hz, 0.45)
	var partials []partial
	for k := 1; k <= 8; k++ {
		n := float64(k)
		stiff := math.Sqrt(1 + 0.0004*n*n) // upper partials of strings are slightly sharp
		partials = append(partials, partial{n * stiff, 0.5 / math.Pow(n, 1.7), long / (1 + 0.55*(n-1))})
	}
	return newStruckSound(hz, seconds, append(partials, partial{1.0011, 0.25, long * 0.8})) // a second, detuned string
}

func newMarimbaSound(hz, seconds float64) []float64 {
	long := 1.1 * math.Pow(330/hz, 0.4)
	return newStruckSound(hz, max(seconds, 0.4), []partial{
		{1, 0.75, long},
		{3.932, 0.18, long * 0.3},
		{9.2, 0.06, long * 0.12},
	})
}

func newBellSound(hz, seconds float64) []float64 {
	return newStruckSound(hz, max(seconds, 1.6), []partial{
		{1, 0.5, 2.6},
		{2.001, 0.16, 1.9},
		{2.76, 0.1, 1.1},
		{5.4, 0.05, 0.5},
	})
}

// newBassSound returns a soft bass sound. Its second partial makes the note audible on small loudspeakers.
func newBassSound(hz, seconds float64) []float64 {
	out := newStruckSound(hz, seconds, []partial{{1, 0.8, 3.2}, {2, 0.3, 1.8}, {3, 0.1, 0.9}, {4, 0.03, 0.4}})
	fadeEnds(out, 0.006, 0.02)
	return out
}

// newWave returns one period of a waveform with the given harmonics, followed by its first sample.
func newWave(levels ...float64) []float64 {
	const n = 2048
	out := make([]float64, n+1)
	for i := range out {
		for k, level := range levels {
			out[i] += level * math.Sin(2*math.Pi*float64((k+1)*i)/n)
		}
	}
	return out
}

// newPadSound returns a sustained sound with a slow attack and release.
func (s *stage) newPadSound(hz, seconds float64) []float64 {
	out := make([]float64, int((seconds+0.7)*Rate))
	turn := float64(len(s.warm) - 1)
	step, at := hz/Rate*turn, s.rand.Float64()*turn
	for i := range out {
		k := int(at)
		out[i] = s.warm[k] + (at-float64(k))*(s.warm[k+1]-s.warm[k])
		if at += step; at >= turn {
			at -= turn
		}
	}
	fadeEnds(out, min(0.6, seconds/2), 0.9)
	return out
}

// stringTone contains the sound parameters of a plucked string.
type stringTone struct {
	bright  float64 // 0 to 1
	seconds float64 // time until it is 60 dB softer
	soft    float64 // Hz; the pluck contains no higher frequencies
}

// newPluck returns a plucked string (Karplus-Strong, tuned by an all-pass filter).
func (s *stage) newPluck(g stringTone) instrument {
	return func(hz, seconds float64) []float64 {
		damp := 0.5 - 0.42*g.bright // weight of the previous sample in the low-pass filter
		period := Rate/hz - damp
		n := int(period - 0.3)
		part := period - float64(n)
		tune := (1 - part) / (1 + part)
		string_ := s.newPluckedShape(n, g.soft)
		loss := math.Pow(0.001, 1/(hz*g.seconds))
		out := make([]float64, int(min(seconds+0.06, g.seconds)*Rate))
		last, in, res := 0.0, 0.0, 0.0
		at := 0
		for i := range out {
			v := string_[at]
			out[i] = v
			low := loss * ((1-damp)*v + damp*last)
			last = v
			res = tune*(low-res) + in
			in = low
			string_[at] = res
			if at++; at == n {
				at = 0
			}
		}
		fadeEnds(out, 0.001, 0.06)
		return out
	}
}

// newPluckedShape returns the initial shape of a plucked string: filtered noise without the harmonics that have a node
// where the string is plucked, and with a mean of 0.
func (s *stage) newPluckedShape(n int, soft float64) []float64 {
	raw := make([]float64, n)
	for i := range raw {
		raw[i] = 2*s.rand.Float64() - 1
	}
	newLowPass(soft).filterLoop(raw) // the string is a loop, so the filter wraps around
	out := make([]float64, n)
	where, mean, power := n/5, 0.0, 0.0
	for i := range out {
		out[i] = raw[i] - raw[(i+n-where)%n]
		mean += out[i] / float64(n)
	}
	for i := range out {
		out[i] -= mean
		power += out[i] * out[i]
	}
	scale := 0.3 / math.Sqrt(power/float64(n)+1e-12)
	for i := range out {
		out[i] *= scale
	}
	return out
}

// newKickSound returns a soft bass drum.
func newKickSound() []float64 {
	out := make([]float64, Rate*22/100)
	phase := 0.0
	for i := range out {
		t := float64(i) / Rate
		phase += 2 * math.Pi * (48 + 75*math.Exp(-t*38)) / Rate
		out[i] = math.Sin(phase) * math.Exp(-t*17)
	}
	fadeEnds(out, 0.002, 0.04)
	return out
}

// newNoiseBurst returns band-limited noise that rises for rise seconds and then decays: a shaker or brush.
func (s *stage) newNoiseBurst(low, high, rise, fall float64) []float64 {
	out := make([]float64, int((rise+4*fall)*Rate))
	for i := range out {
		t := float64(i) / Rate
		env := easeInOut(t / rise)
		if t >= rise {
			env = math.Exp(-(t - rise) / fall)
		}
		out[i] = (2*s.rand.Float64() - 1) * env
	}
	newHighPass(low).filterSound(out)
	newLowPass(high).filterSound(out)
	fadeEnds(out, 0.001, fall)
	return out
}

// newFingerSnap returns a finger snap or soft clap.
func (s *stage) newFingerSnap() []float64 {
	out := s.newNoiseBurst(900, 5200, 0.001, 0.03)
	newBandBoost(1900, 2, 8).filterSound(out)
	for i := range out { // a second, softer hit
		if k := i - 500; k >= 0 {
			out[i] += 0.4 * out[k] * 0.5
		}
	}
	return out
}
