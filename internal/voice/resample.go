package voice

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/gonum"
)

// resampler converts between two sample rates with a polyphase windowed-sinc filter. It is read-only after
// construction and safe for concurrent use.
type resampler struct {
	up, down int // the ratio of the rates in lowest terms
	taps     int // filter taps per phase
	phases   []float32
}

const (
	halfTaps   = 32   // input samples on either side, when the rate increases
	kaiserBeta = 9.0  // about 90 dB of stop-band attenuation
	rolloff    = 0.91 // centre of the transition band, as a fraction of the lower Nyquist frequency
)

// newResampler designs the filter. Rates are in Hz.
func newResampler(from, to int) (*resampler, error) {
	if from < 1000 || to < 1000 {
		return nil, fmt.Errorf("cannot convert from %d Hz to %d Hz", from, to)
	}
	g := greatestCommonDivisor(from, to)
	r := &resampler{up: to / g, down: from / g}
	cut := rolloff * min(1, float64(to)/float64(from)) // 1 is the input's Nyquist frequency
	half := int(math.Ceil(halfTaps * max(1, float64(from)/float64(to))))
	r.taps = 2 * half
	if r.up*r.taps > 1<<22 {
		return nil, fmt.Errorf("cannot convert from %d Hz to %d Hz", from, to)
	}
	r.phases = make([]float32, r.up*r.taps)
	norm := computeBesselI0(kaiserBeta)
	for p := range r.up {
		row := r.phases[p*r.taps : (p+1)*r.taps]
		shift := float64(p) / float64(r.up)
		sum := 0.0
		weights := make([]float64, r.taps)
		for k := range weights {
			x := float64(k-half+1) - shift // distance to the output sample
			t := x / float64(half)
			if t <= -1 || t >= 1 {
				continue
			}
			weights[k] = cut * computeSinc(cut*x) * computeBesselI0(kaiserBeta*math.Sqrt(1-t*t)) / norm
			sum += weights[k]
		}
		for k, w := range weights {
			row[k] = float32(w / sum) // normalised, so that constant input stays constant
		}
	}
	return r, nil
}

// resample converts samples. The output has len(in)*to/from samples, rounded up.
func (r *resampler) resample(in []int16) []int16 {
	if r.up == r.down {
		return append([]int16(nil), in...)
	}
	n := (len(in)*r.up + r.down - 1) / r.down
	half := r.taps / 2
	var dot gonum.Implementation // computes products with SIMD, which the compiler does not
	x := make([]float32, len(in)+2*r.taps)
	for i, s := range in {
		x[i+r.taps] = float32(s)
	}
	out := make([]int16, n)
	pos, phase := 0, 0
	for i := range out {
		first := pos - half + 1 + r.taps
		win := x[first : first+r.taps]
		row := r.phases[phase*r.taps : (phase+1)*r.taps]
		out[i] = toInt16(float64(dot.Sdot(r.taps, win, 1, row, 1)))
		phase += r.down
		pos += phase / r.up
		phase %= r.up
	}
	return out
}

// toInt16 rounds a sample and clips it to the range of int16.
func toInt16(v float64) int16 {
	switch { // faster than min and max, which also handle NaN; NaN cannot occur here
	case v >= math.MaxInt16:
		return math.MaxInt16
	case v <= math.MinInt16:
		return math.MinInt16
	}
	return int16(math.RoundToEven(v))
}

func computeSinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// computeBesselI0 returns the modified Bessel function of the first kind of order 0.
func computeBesselI0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

func greatestCommonDivisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
