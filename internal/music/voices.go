package music

import "math"

// partial is one sine of a struck sound.
type partial struct {
	times   float64 // the note's frequency
	level   float64
	seconds float64 // after which it is 60 dB softer
}

// strike adds up sines that begin at once and die away, and damps them when the note ends.
func strike(hz, seconds float64, partials []partial) []float64 {
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
		// A damped sine is a recursion of second order.
		w, r := 2*math.Pi*f/Rate, math.Pow(0.001, 1/(p.seconds*Rate))
		c1, c2 := 2*r*math.Cos(w), r*r
		a, b := 0.0, -p.level*math.Sin(w)/r
		for i := range min(len(out), int(p.seconds*Rate)) {
			out[i] += a
			a, b = c1*a-c2*b, a
		}
	}
	ends(out, 0.002, damp)
	return out
}

// ends fades a sound in and out, in seconds.
func ends(x []float64, in, out float64) {
	n := min(int(in*Rate), len(x))
	for i := range n {
		x[i] *= ease(float64(i) / float64(n))
	}
	n = min(int(out*Rate), len(x))
	for i := range n {
		x[len(x)-1-i] *= ease(float64(i) / float64(n))
	}
}

// ease goes from 0 to 1 without a corner.
func ease(x float64) float64 { return x * x * (3 - 2*x) }

// piano is a soft one, as if under felt.
func piano(hz, seconds float64) []float64 {
	long := 5.5 * math.Pow(220/hz, 0.45)
	var partials []partial
	for k := 1; k <= 8; k++ {
		n := float64(k)
		stiff := math.Sqrt(1 + 0.0004*n*n) // strings are a little sharp above
		partials = append(partials, partial{n * stiff, 0.5 / math.Pow(n, 1.7), long / (1 + 0.55*(n-1))})
	}
	return strike(hz, seconds, append(partials, partial{1.0011, 0.25, long * 0.8})) // a second string
}

func marimba(hz, seconds float64) []float64 {
	long := 1.1 * math.Pow(330/hz, 0.4)
	return strike(hz, max(seconds, 0.4), []partial{{1, 0.75, long}, {3.932, 0.18, long * 0.3}, {9.2, 0.06, long * 0.12}})
}

func bell(hz, seconds float64) []float64 {
	return strike(hz, max(seconds, 1.6), []partial{{1, 0.5, 2.6}, {2.001, 0.16, 1.9}, {2.76, 0.1, 1.1}, {5.4, 0.05, 0.5}})
}

// bass is round and soft; its second partial lets small loudspeakers tell the note.
func bass(hz, seconds float64) []float64 {
	out := strike(hz, seconds, []partial{{1, 0.8, 3.2}, {2, 0.3, 1.8}, {3, 0.1, 0.9}, {4, 0.03, 0.4}})
	ends(out, 0.006, 0.02)
	return out
}

// wave returns one turn of a wave with the given harmonics, and its first sample again.
func wave(levels ...float64) []float64 {
	const n = 2048
	out := make([]float64, n+1)
	for i := range out {
		for k, level := range levels {
			out[i] += level * math.Sin(2*math.Pi*float64((k+1)*i)/n)
		}
	}
	return out
}

// pad is a held sound that comes and goes slowly.
func (s *stage) pad(hz, seconds float64) []float64 {
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
	ends(out, min(0.6, seconds/2), 0.9)
	return out
}

// stringTone is how a plucked string sounds.
type stringTone struct {
	bright  float64 // 0 to 1
	seconds float64 // until it is 60 dB softer
	soft    float64 // Hz: what the finger does not excite
}

// pluck plays a string (Karplus and Strong, with the string tuned by an all-pass).
func (s *stage) pluck(g stringTone) voice {
	return func(hz, seconds float64) []float64 {
		damp := 0.5 - 0.42*g.bright // the share of the sample before: a low-pass
		period := Rate/hz - damp
		n := int(period - 0.3)
		part := period - float64(n)
		tune := (1 - part) / (1 + part)
		string_ := s.finger(n, g.soft)
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
		ends(out, 0.001, 0.06)
		return out
	}
}

// finger returns the shape that a finger leaves a string in: soft noise, without what has
// a knot where it was plucked, and as much above as below.
func (s *stage) finger(n int, soft float64) []float64 {
	raw := make([]float64, n)
	for i := range raw {
		raw[i] = 2*s.rand.Float64() - 1
	}
	highest(soft).loop(raw) // the string closes, so the filter goes around too
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

// kick is a soft drum.
func kick() []float64 {
	out := make([]float64, Rate*22/100)
	phase := 0.0
	for i := range out {
		t := float64(i) / Rate
		phase += 2 * math.Pi * (48 + 75*math.Exp(-t*38)) / Rate
		out[i] = math.Sin(phase) * math.Exp(-t*17)
	}
	ends(out, 0.002, 0.04)
	return out
}

// hiss is noise of a band that begins within a time and dies away: a shaker, a brush.
func (s *stage) hiss(low, high, rise, fall float64) []float64 {
	out := make([]float64, int((rise+4*fall)*Rate))
	for i := range out {
		t := float64(i) / Rate
		env := ease(t / rise)
		if t >= rise {
			env = math.Exp(-(t - rise) / fall)
		}
		out[i] = (2*s.rand.Float64() - 1) * env
	}
	lowest(low).over(out)
	highest(high).over(out)
	ends(out, 0.001, fall)
	return out
}

// snap is fingers, or a soft clap.
func (s *stage) snap() []float64 {
	out := s.hiss(900, 5200, 0.001, 0.03)
	boost(1900, 2, 8).over(out)
	for i := range out { // two hands are never one
		if k := i - 500; k >= 0 {
			out[i] += 0.4 * out[k] * 0.5
		}
	}
	return out
}
