// Package dtw aligns two recordings of the same words: it finds the moment of one recording for each moment of
// the other, by dynamic time warping of mel-frequency cepstral coefficients. Its input is only samples. Two
// recordings of 20 s take about 50 ms of one core, mostly for Fourier transforms, and 3 MB.
//
// Sources: S. Davis and P. Mermelstein, Comparison of parametric representations for monosyllabic word
// recognition in continuously spoken sentences, IEEE Transactions on Acoustics, Speech, and Signal Processing
// 28 (1980), 357-366; H. Sakoe and S. Chiba, Dynamic programming algorithm optimization for spoken word
// recognition, the same 26 (1978), 43-49.
package dtw

import (
	"math"
	"time"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Hop is the time from one frame of features to the next.
const Hop = 10 * time.Millisecond

// The parameters of the features.
const (
	frameLength  = 16 * time.Millisecond
	preEmphasis  = 0.97
	melFilters   = 26
	lowestHertz  = 80.0
	highestHertz = 7000.0 // at most the Nyquist frequency of 16 kHz, the lowest common sample rate of speech
	coefficients = 13
	dims         = 2 * coefficients // coefficients and their changes
	floorDB      = -55.0            // relative to the loudest frame; softer frames count as equally silent
	speechDB     = -25.0            // relative to the loudest frame; louder frames count for means and deviations
	silenceDB    = -35.0            // relative to the loudest frame; softer frames may have any length
	// Weights of the loudness and of the changes, determined with two voices: see the test of word times in
	// package voice.
	loudnessWeight = 2.0
	changeWeight   = 1.5
)

// Features contains the mel-frequency cepstral coefficients of a recording's frames and their changes. Values
// are relative to the recording's mean, in units of its standard deviation. This removes constant differences
// between voices and microphones.
type Features struct {
	frames int
	values []float32 // dims values per frame
	silent []bool
}

func (f Features) listFrameValues(i int) []float32 { return f.values[i*dims : (i+1)*dims] }

// ComputeMFCC computes the features of samples. rate is in Hz; recordings with different rates can be compared.
func ComputeMFCC(pcm []int16, rate int) Features {
	size := int(frameLength.Seconds() * float64(rate))
	if size < 2 || len(pcm) == 0 {
		return Features{}
	}
	hop := Hop.Seconds() * float64(rate)
	n := int(float64(len(pcm))/hop) + 1
	s := newSpectra(size, rate)
	mel, energy := make([]float64, n*melFilters), make([]float64, n)
	for t := range n {
		bands := mel[t*melFilters : (t+1)*melFilters]
		s.measureFrameEnergies(pcm, int(float64(t)*hop)-size/2, bands)
		for _, e := range bands {
			energy[t] += e
		}
	}
	return standardiseAndAddChanges(computeCepstra(mel, energy), energy)
}

// spectra computes the energies of mel bands.
type spectra struct {
	fft      *fourier.FFT
	window   []float64 // Hamming window
	frame    []float64
	spectrum []complex128
	power    []float64
	bank     []filter
}

func newSpectra(size, rate int) *spectra {
	padded := findFastTransformSize(size)
	s := &spectra{
		fft: fourier.NewFFT(padded), window: make([]float64, size), frame: make([]float64, padded),
		spectrum: make([]complex128, padded/2+1), power: make([]float64, padded/2+1), bank: newMelFilters(padded, rate),
	}
	for i := range s.window {
		s.window[i] = 0.54 - 0.46*math.Cos(2*math.Pi*float64(i)/float64(size-1))
	}
	return s
}

// findFastTransformSize returns the smallest number from n on that is a multiple of 64 and has only the prime factors 2
// and 3, because Fourier transforms of such lengths are fast.
func findFastTransformSize(n int) int {
	const step = 64
	for n = (n + step - 1) / step * step; ; n += step {
		rest := n
		for _, p := range []int{2, 3} {
			for rest%p == 0 {
				rest /= p
			}
		}
		if rest == 1 {
			return n
		}
	}
}

// measureFrameEnergies computes the energies of the frame that begins at the sample from, which may be outside of the
// recording.
func (s *spectra) measureFrameEnergies(pcm []int16, from int, bands []float64) {
	before := 0.0
	if from > 0 && from <= len(pcm) {
		before = float64(pcm[from-1])
	}
	for i, w := range s.window {
		v := 0.0
		if k := from + i; k >= 0 && k < len(pcm) {
			v = float64(pcm[k])
		}
		s.frame[i] = (v - preEmphasis*before) * w
		before = v
	}
	s.fft.Coefficients(s.spectrum, s.frame)
	for k, c := range s.spectrum {
		s.power[k] = real(c)*real(c) + imag(c)*imag(c)
	}
	for m, f := range s.bank {
		bands[m] = 0
		for k, w := range f.weights {
			bands[m] += w * s.power[f.first+k]
		}
	}
}

// filter is a triangular filter over the bins of a spectrum.
type filter struct {
	first   int
	weights []float64
}

// newMelFilters returns triangular filters that are evenly spaced on the mel scale and have equal areas.
func newMelFilters(size, rate int) []filter {
	mel := func(hz float64) float64 { return 2595 * math.Log10(1+hz/700) }
	hertz := func(m float64) float64 { return 700 * (math.Pow(10, m/2595) - 1) }
	low, high := mel(lowestHertz), mel(min(highestHertz, float64(rate)/2))
	edge := func(i int) float64 {
		return hertz(low+(high-low)*float64(i)/(melFilters+1)) * float64(size) / float64(rate)
	}
	bank := make([]filter, melFilters)
	for m := range bank {
		a, b, c := edge(m), edge(m+1), edge(m+2)
		f := filter{first: int(math.Ceil(a))}
		for k := f.first; float64(k) < c && k <= size/2; k++ {
			w := (float64(k) - a) / (b - a)
			if float64(k) > b {
				w = (c - float64(k)) / (c - b)
			}
			f.weights = append(f.weights, w/(b-a))
		}
		bank[m] = f
	}
	return bank
}

// decibelsToRatio converts a ratio of energies from dB to a factor.
func decibelsToRatio(db float64) float64 { return math.Pow(10, db/10) }

// findMaximum returns the maximum energy.
func findMaximum(energy []float64) float64 {
	most := 1e-9
	for _, e := range energy {
		most = max(most, e)
	}
	return most
}

// computeCepstra returns the cosine transforms of the logarithmic band energies.
func computeCepstra(mel, energy []float64) []float64 {
	floor := findMaximum(energy) * decibelsToRatio(floorDB) / melFilters
	var cosines [melFilters][coefficients]float64
	for m := range melFilters {
		for c := range coefficients {
			cosines[m][c] = math.Cos(math.Pi * float64(c) * (float64(m) + 0.5) / melFilters)
		}
	}
	out := make([]float64, len(energy)*coefficients)
	for t := range energy {
		row := out[t*coefficients : (t+1)*coefficients]
		for m, e := range mel[t*melFilters : (t+1)*melFilters] {
			l := math.Log(e + floor)
			for c := range row {
				row[c] += cosines[m][c] * l
			}
		}
	}
	return out
}

// standardiseAndAddChanges normalises coefficients by their mean and standard deviation over speech, and adds their
// changes over two frames on either side.
func standardiseAndAddChanges(cep, energy []float64) Features {
	n := len(energy)
	f := Features{frames: n, values: make([]float32, n*dims), silent: make([]bool, n)}
	most := findMaximum(energy)
	for t, e := range energy {
		f.silent[t] = e < most*decibelsToRatio(silenceDB)
	}
	speech := most * decibelsToRatio(speechDB)
	for c := range coefficients {
		sum, squares, count := 0.0, 0.0, 0.0
		for t, e := range energy {
			if v := cep[t*coefficients+c]; e > speech {
				sum, squares, count = sum+v, squares+v*v, count+1
			}
		}
		mean := sum / max(count, 1)
		spread := math.Sqrt(max(squares/max(count, 1)-mean*mean, 1e-6))
		at := func(t int) float64 { return (cep[min(max(t, 0), n-1)*coefficients+c] - mean) / spread }
		weight := 1.0
		if c == 0 {
			weight = loudnessWeight
		}
		for t := range n {
			change := (at(t+1) - at(t-1) + 2*(at(t+2)-at(t-2))) / 10
			f.values[t*dims+c] = float32(weight * at(t))
			f.values[t*dims+coefficients+c] = float32(changeWeight * change)
		}
	}
	return f
}
