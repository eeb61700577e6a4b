package voice

import (
	"math"
	"slices"
	"time"

	"mynah/internal/loudness"
	"mynah/internal/utter"
)

const (
	keepSilence = 10 * time.Millisecond // left at both ends of a clip
	fadeLength  = 5 * time.Millisecond  // length of the fade at both ends
	window      = 5 * time.Millisecond  // block length for the measurement of loudness
	silenceDB   = -50.0                 // relative to the loudest window; lower levels count as silence
	kneeLevel   = 0.8                   // of full scale; louder samples are compressed when a volume is applied
)

// trimSilence removes silence from both ends of a clip except keepSilence, fades the ends and shifts the word times.
// It never cuts into words with exact times. A clip that is silent throughout becomes empty.
func trimSilence(c Clip) Clip {
	first, last := findSpeech(c)
	if first >= last {
		for i := range c.Words {
			c.Words[i].Start, c.Words[i].End = 0, 0
		}
		c.PCM = nil
		return c
	}
	for _, w := range c.Words {
		if w.Exact && w.End > w.Start {
			first = min(first, toSamples(w.Start, c.Rate))
			last = max(last, toSamples(w.End, c.Rate))
		}
	}
	keep := toSamples(keepSilence, c.Rate)
	first = max(first-keep, 0)
	last = min(last+keep, len(c.PCM))
	c.PCM = append([]int16(nil), c.PCM[first:last]...)
	fadeEnds(c.PCM, true, true)
	shift, length := toTime(int64(first), c.Rate), c.Length()
	for i := range c.Words {
		w := &c.Words[i]
		w.Start = min(max(w.Start-shift, 0), length)
		w.End = min(max(w.End-shift, w.Start), length)
	}
	return c
}

// findSpeech returns the range of samples between leading and trailing silence.
func findSpeech(c Clip) (first, last int) {
	size := max(toSamples(window, c.Rate), 1)
	power := func(from int) float64 {
		sum := 0.0
		for _, s := range c.PCM[from:min(from+size, len(c.PCM))] {
			sum += float64(s) * float64(s)
		}
		return sum / float64(size)
	}
	loudest := 0.0
	for i := 0; i < len(c.PCM); i += size {
		loudest = max(loudest, power(i))
	}
	if loudest < 1 {
		return 0, 0
	}
	limit := loudest * math.Pow(10, silenceDB/10)
	for first = 0; first < len(c.PCM) && power(first) < limit; first += size {
	}
	last = (len(c.PCM) + size - 1) / size * size
	for last > first && power(last-size) < limit {
		last -= size
	}
	return first, min(last, len(c.PCM))
}

// fadeEnds fades the first and/or the last samples with half a cosine to prevent clicks. The samples are at
// Rate.
func fadeEnds(pcm []int16, atStart, atEnd bool) {
	n := min(toSamples(fadeLength, Rate), len(pcm)/2)
	for i := range n {
		g := computeFadeInFactor(i, n)
		if atStart {
			pcm[i] = toInt16(float64(pcm[i]) * g)
		}
		if j := len(pcm) - 1 - i; atEnd {
			pcm[j] = toInt16(float64(pcm[j]) * g)
		}
	}
}

// computeFadeInFactor returns the factor of a sample of a fade-in of a number of samples, along half a cosine.
func computeFadeInFactor(sample, samples int) float64 {
	return 0.5 - 0.5*math.Cos(math.Pi*(float64(sample)+0.5)/float64(samples))
}

// computeLevelingFactor returns the factor that changes samples at Rate to a loudness in LUFS. It returns 1 for silence
// and for the level 0, which means unchanged.
func computeLevelingFactor(pcm []int16, level float64) float64 {
	const most = 20 // dB, maximum change: softer sound is hardly speech
	if level == 0 || len(pcm) == 0 {
		return 1
	}
	m := loudness.NewMeter(1)
	buf := make([]float64, Rate/10)
	for part := range slices.Chunk(pcm, len(buf)) {
		for i, s := range part {
			buf[i] = float64(s) / -math.MinInt16
		}
		m.AddSamples(buf[:len(part)])
	}
	has := loudness.ComputeIntegratedLoudness(m.ListSteps())
	if math.IsInf(has, 0) {
		return 1
	}
	return math.Pow(10, min(max(level-has, -most), most)/20)
}

// computeIntendedVolume returns the mean volume factor that the author set for runs, weighted by how long they take to
// say. Leveling a sentence would remove this factor. As in loudness measurement, runs that are 10 dB below the
// mean do not count.
func computeIntendedVolume(runs []utter.Run) float64 {
	const gate = 0.1
	mean := func(least float64) float64 {
		sum, weight := 0.0, 0.0
		for _, r := range runs {
			_, _, v := r.ComputeFactors()
			said := r.Text
			if r.Say != "" {
				said = r.Say
			}
			if w := EstimateEffort(said); v*v >= least {
				sum, weight = sum+w*v*v, weight+w
			}
		}
		if weight == 0 {
			return 1
		}
		return sum / weight
	}
	return math.Sqrt(mean(gate * mean(0)))
}

// gain is a volume factor for a range of samples. It ramps for gainRamp before and after each edge of the
// range.
type gain struct {
	from, to int
	volume   float64
}

// gainRamp is half of the length of a ramp.
const gainRamp = 5 * time.Millisecond

// multiplyFactors multiplies factors, one per sample, by the gain.
func (g gain) multiplyFactors(factors []float64) {
	ramp := toSamples(gainRamp, Rate)
	rise := func(n int) float64 { // from 0 at -ramp to 1 at ramp
		if n >= ramp {
			return 1
		}
		return 0.5 + 0.5*math.Sin(math.Pi/2*float64(n)/float64(ramp))
	}
	for i := max(g.from-ramp, 0); i < min(g.to+ramp, len(factors)); i++ {
		share := 1.0
		if g.from > 0 {
			share = rise(i - g.from)
		}
		if g.to < len(factors) {
			share *= rise(g.to - i)
		}
		factors[i] *= 1 + (g.volume-1)*share
	}
}

// amplify multiplies samples by a volume factor and by gains of ranges. It compresses peaks smoothly instead of
// clipping them.
func amplify(pcm []int16, volume float64, gains ...gain) {
	if volume == 1 && len(gains) == 0 {
		return
	}
	var factors []float64
	if len(gains) > 0 {
		factors = make([]float64, len(pcm))
		for i := range factors {
			factors[i] = volume
		}
		for _, g := range gains {
			g.multiplyFactors(factors)
		}
	}
	const full = math.MaxInt16
	knee := kneeLevel * full
	for i, s := range pcm {
		if factors != nil {
			volume = factors[i]
		}
		v := float64(s) * volume
		if a := math.Abs(v); volume > 1 && a > knee {
			a = knee + (full-knee)*math.Tanh((a-knee)/(full-knee))
			v = math.Copysign(a, v)
		}
		pcm[i] = toInt16(v)
	}
}
