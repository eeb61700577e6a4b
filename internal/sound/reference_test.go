package sound_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"mynah/internal/loudness"
	"mynah/internal/sound"
)

// The tests in this file compare the package with slow, simple implementations of its definitions.

// computeDuckGain returns the factor of ducks at a time. Ramps are linear in decibels; the lowest gain counts.
func duckGain(ducks []sound.Duck, at int64) float64 {
	db := 0.0
	for _, d := range ducks {
		down := float64(at-(d.From-d.Down)) / float64(d.Down)
		up := float64(d.To+d.Up-at) / float64(d.Up)
		part := max(0, min(1, down, up))
		db = max(db, part*float64(d.Depth)/10)
	}
	return math.Pow(10, -db/20)
}

// plainMix returns the sum at a sample and channel of the track.
func plainMix(clips []sound.Clip, at int64, channel, channels int) float64 {
	sum := 0.0
	for _, c := range clips {
		src, _ := c.Source.(*tape)
		pos := at - c.Start
		if pos < 0 || pos >= c.Samples {
			continue
		}
		frames := int64(len(src.samples) / src.channels)
		frame := c.From + pos
		if c.Loop && frames > c.From {
			frame = c.From + pos%(frames-c.From)
		}
		if frame >= frames {
			continue
		}
		v := float64(src.samples[int(frame)*src.channels])
		switch {
		case src.channels == 2 && channels == 1:
			v = float64((int(src.samples[2*frame]) + int(src.samples[2*frame+1])) / 2)
		case src.channels == 2:
			v = float64(src.samples[2*int(frame)+channel])
		}
		v *= float64(c.Gain) / 1000 * duckGain(c.Ducks, at)
		if pos < c.FadeIn {
			v *= float64(pos) / float64(c.FadeIn)
		}
		if left := c.Samples - pos; left <= c.FadeOut {
			v *= float64(left) / float64(c.FadeOut+1)
		}
		sum += v
	}
	return max(math.MinInt16, min(sum, math.MaxInt16))
}

// anyClip returns a random clip near the start of a track.
func anyClip(r *rand.Rand) sound.Clip {
	channels := 1 + r.IntN(2)
	src := &tape{channels: channels, samples: noise(r, channels*(1+r.IntN(3000)))}
	for i := range src.samples {
		src.samples[i] *= 20
	}
	c := sound.Clip{
		Source: src, Start: r.Int64N(9000) - 3000, Samples: r.Int64N(9000), Loop: r.IntN(2) == 0,
		Gain: r.Int64N(1500), FadeIn: r.Int64N(4), FadeOut: r.Int64N(4),
	}
	if r.IntN(3) == 0 {
		c.From = r.Int64N(3500)
	}
	if r.IntN(2) == 0 {
		c.FadeIn, c.FadeOut = r.Int64N(5000), r.Int64N(5000)
	}
	for from := r.Int64N(6000) - 2000; from < 9000 && r.IntN(3) > 0; {
		d := sound.Duck{
			From: from, To: from + r.Int64N(1500), Down: 1 + r.Int64N(1000), Up: 1 + r.Int64N(2000),
			Depth: r.Int64N(200),
		}
		c.Ducks = append(c.Ducks, d)
		from = d.To + 1 + r.Int64N(3000)
	}
	return c
}

func TestMixIsWhatItIsDefinedAs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for trial := range 60 {
		var clips []sound.Clip
		for range 1 + r.IntN(3) {
			clips = append(clips, anyClip(r))
		}
		samples, channels := 4000+r.Int64N(5000), 1+r.IntN(2)
		got := mix(t, clips, samples, channels)
		if len(got) != int(samples)*channels {
			t.Fatalf("%d values, want %d", len(got), int(samples)*channels)
		}
		for i, v := range got {
			want := plainMix(clips, int64(i/channels), i%channels, channels)
			if math.Abs(float64(v)-want) > 0.6 {
				t.Fatalf("trial %d: sample %d of channel %d of %d is %d, want %.2f of %+v", trial, i/channels, i%channels,
					channels, v, want, clips)
			}
		}
	}
}

func TestLoopsAtTheirBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		clip sound.Clip
		want []int16
	}{
		{"of one sample, begun before", sound.Clip{Source: mono(7), Start: -3, Samples: 6, Loop: true}, []int16{7, 7, 7, 0}},
		{
			"of one sample behind From",
			sound.Clip{Source: mono(1, 7), From: 1, Start: -3, Samples: 5, Loop: true},
			[]int16{7, 7, 0, 0},
		},
		{"begun before, in its middle", sound.Clip{Source: mono(1, 2, 3), Start: -4, Samples: 9, Loop: true}, []int16{
			2,
			3, 1, 2,
		}},
		{"begun a whole turn before", sound.Clip{Source: mono(1, 2, 3), Start: -3, Samples: 9, Loop: true}, []int16{
			1, 2,
			3, 1,
		}},
		{"from its end", sound.Clip{Source: mono(1, 2), From: 2, Samples: 4, Loop: true}, []int16{0, 0, 0, 0}},
		{
			"from behind its end, begun before",
			sound.Clip{Source: mono(1, 2), From: 5, Start: -1, Samples: 4, Loop: true},
			[]int16{0, 0, 0, 0},
		},
		{"of nothing", sound.Clip{Source: mono(), Samples: 4, Loop: true}, []int16{0, 0, 0, 0}},
		{"a fade of one sample", sound.Clip{Source: mono(100, 100, 100), Samples: 3, FadeIn: 1, FadeOut: 1}, []int16{
			0,
			100, 50, 0,
		}},
		{"fades that meet", sound.Clip{Source: mono(120, 120), Samples: 2, FadeIn: 2, FadeOut: 2}, []int16{0, 20, 0, 0}},
		{"halves are rounded up", sound.Clip{Source: mono(1, -1, 3, -3), Samples: 4, Gain: 500}, []int16{1, 0, 2, -1}},
	} {
		if c.clip.Gain == 0 {
			c.clip.Gain = 1000
		}
		if got := mix(t, []sound.Clip{c.clip}, 4, 1); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestSourcesAreOpenedOnce checks that sources are opened once and closed after their clip's last sample.
func TestSourcesAreOpenedOnce(t *testing.T) {
	t.Parallel()
	for _, samples := range []int64{1, 4095, 4096, 4097, 12288} {
		src := mono(make([]int16, 20000)...)
		mix(t, []sound.Clip{{Source: src, Samples: samples, Gain: 1000}}, 20000, 1)
		if src.opened != 1 {
			t.Errorf("a clip of %d samples opens its source %d times", samples, src.opened)
		}
		late := mono(1)
		mix(t, []sound.Clip{{Source: late, Start: samples, Samples: 1, Gain: 1000}}, samples, 1)
		if late.opened != 0 {
			t.Errorf("a clip behind %d samples opens its source %d times", samples, late.opened)
		}
	}
}

// filter contains two of the four phases of the filter in BS.1770-4, annex 2. The others are these reversed.
var filter = [2][12]float64{
	{
		0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
		0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500,
	},
	{
		-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
		0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375,
	},
}

const limitAt = 0.7943 // -2 dB

// plainGain returns the limiter's gain at each sample: the minimum gain that true peaks within 50 ms need,
// averaged twice over 25 ms on either side.
func plainGain(x []float64, channels int) []float64 {
	n := len(x) / channels
	need := make([]float64, n)
	for i := range need {
		need[i] = 1
		for c := range channels {
			at := func(k int) float64 {
				if k < 0 || k >= n {
					return 0
				}
				return x[k*channels+c]
			}
			peak := math.Abs(at(i))
			for _, phase := range filter {
				forth, back := 0.0, 0.0
				for k, h := range phase {
					forth += h * at(i+6-k)
					back += h * at(i-5+k)
				}
				peak = max(peak, math.Abs(forth), math.Abs(back))
			}
			need[i] = min(need[i], limitAt/peak)
		}
	}
	return slidingMean(slidingMean(slidingMin(need, 2400), 1200), 1200)
}

// slidingMin returns the minimum within a distance, for values of at most 1.
func slidingMin(v []float64, far int) []float64 {
	out := slices.Repeat([]float64{1}, len(v))
	for i, x := range v {
		if x == 1 {
			continue
		}
		for k := max(0, i-far); k < min(len(v), i+far+1); k++ {
			out[k] = min(out[k], x)
		}
	}
	return out
}

// slidingMean returns the mean within a distance. Values beyond the ends count as 1.
func slidingMean(v []float64, far int) []float64 {
	before := make([]float64, len(v)+1) // sums of 1 minus the value
	for i, x := range v {
		before[i+1] = before[i] + 1 - x
	}
	out := make([]float64, len(v))
	for i := range v {
		out[i] = 1 - (before[min(len(v), i+far+1)]-before[max(0, i-far)])/float64(2*far+1)
	}
	return out
}

// TestLimiterIsWhatItIsDefinedAs tests peaks at random positions, also around the rendered range.
func TestLimiterIsWhatItIsDefinedAs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 8 {
		const samples = 3000
		channels := 1 + trial%2
		pcm := make([]int16, (samples+2*sound.Around)*channels)
		for i := range pcm {
			pcm[i] = int16(r.IntN(20000) - 10000)
		}
		for range 1 + r.IntN(4) { // a burst in one channel
			at := r.IntN(len(pcm)/channels - 40)
			for k := range 1 + r.IntN(30) {
				pcm[(at+k)*channels+r.IntN(channels)] = int16(r.IntN(65536) - 32768)
			}
		}
		x := make([]float64, len(pcm))
		for i, v := range pcm {
			x[i] = float64(v) / 32768
		}
		gain := plainGain(x, channels)
		clip := sound.Clip{
			Source: &tape{samples: pcm, channels: channels}, Start: -sound.Around,
			Samples: samples + 2*sound.Around, Gain: 1000,
		}
		got := render(t, []sound.Clip{clip}, samples, channels, sound.Master{Limit: true})
		if len(got) != samples*channels {
			t.Fatalf("%d values, want %d", len(got), samples*channels)
		}
		for i, v := range got {
			at := i/channels + sound.Around
			if want := x[i+sound.Around*channels] * 32768 * gain[at]; math.Abs(float64(v)-want) > 0.51 {
				t.Fatalf("trial %d: sample %d is %d, want %.2f (gain %.5f)", trial, i, v, want, gain[at])
			}
		}
	}
}

// TestGainAroundAnImpulse measures the limiter's gain with a steady sound in the other channel: the reduction
// is complete within 50 ms of the impulse, half in the middle of the ramp, and zero 100 ms away.
func TestGainAroundAnImpulse(t *testing.T) {
	t.Parallel()
	const level, at = 16000, 6000
	pcm := make([]int16, 2*12001)
	for i := range 12001 {
		pcm[2*i+1] = level
	}
	pcm[2*at] = math.MinInt16
	got := render(t, []sound.Clip{{Source: stereo(pcm...), Samples: 12001, Gain: 1000}}, 12001, 2,
		sound.Master{Limit: true})
	if sound.Around != 4800 {
		t.Errorf("100 ms are %d samples", sound.Around)
	}
	if v := float64(got[2*at]) / -32768; math.Abs(v-limitAt) > 0.0001 {
		t.Errorf("the impulse is limited to %.4f, want %.4f", v, limitAt)
	}
	for _, c := range []struct {
		off  int
		gain float64
	}{
		{0, limitAt},
		{2400, (1 + limitAt) / 2},
		{4799, 1},
		{4801, 1},
		{5900, 1},
		// At a quarter of the ramp, the two means have accumulated 1/8.
		{1200, limitAt + (1-limitAt)/8},
		{3600, 1 - (1-limitAt)/8},
	} {
		for _, i := range []int{at - c.off, at + c.off} {
			if v := float64(got[2*i+1]) / level; math.Abs(v-c.gain) > 0.0003 {
				t.Errorf("%d samples from the impulse the gain is %.4f, want %.4f", i-at, v, c.gain)
			}
		}
	}
	if got[2*(at-4802)+1] != level || got[2*(at+4802)+1] != level {
		t.Error("samples more than 100 ms away change")
	}
}

// TestPeaksBelowTheCeilingStay checks, for all frequencies, that peaks below the ceiling are unchanged and
// higher ones are reduced to it.
func TestPeaksBelowTheCeilingStay(t *testing.T) {
	t.Parallel()
	tone := func(level, turn, phase float64) []int16 {
		pcm := make([]int16, 20000)
		for i := range pcm {
			pcm[i] = int16(math.Round(32767 * level * math.Sin(2*math.Pi*(turn*float64(i)+phase))))
		}
		return pcm
	}
	for _, c := range []struct {
		name        string
		turn, phase float64 // cycles per sample, cycles
		crest       float64 // fraction of the crest that the samples reach
	}{
		{"on its crests", 1. / 4, 0, 1},
		{"between its samples", 1. / 4, 1. / 8, math.Sqrt2 / 2},
		{"of seven samples", 1. / 7, 0, math.Cos(math.Pi / 14)},
		{"low", 1. / 480, 0, 1},
	} {
		for _, softer := range []bool{true, false} {
			level := 1.0
			if softer {
				level = 0.77 // -2.27 dB: the filter of BS.1770 overestimates some frequencies a little
			}
			pcm := tone(level, c.turn, c.phase)
			got := render(t, []sound.Clip{{Source: mono(pcm...), Samples: 20000, Gain: 1000}}, 20000, 1,
				sound.Master{Limit: true})
			if softer {
				if !slices.Equal(got, pcm) {
					t.Errorf("a tone %s at -2.27 dB changes", c.name)
				}
				continue
			}
			most := 0.0
			for _, v := range got[8000:12000] {
				most = max(most, math.Abs(float64(v))/32768)
			}
			if db := 20 * math.Log10(most/c.crest); db > -1.7 || db < -2.3 {
				t.Errorf("the crests of a tone %s are limited to %.2f dB", c.name, db)
			}
		}
	}
}

// TestGainIsExact checks gains in half decibels, rounded once and clipped at full scale.
func TestGainIsExact(t *testing.T) {
	t.Parallel()
	in := []int16{0, 1, -1, 2, 100, -100, 9999, -9999, 20000, -20000, math.MaxInt16, math.MinInt16}
	for _, gain := range []int{-40, -7, -1, 1, 2, 12, 40} {
		for _, channels := range []int{1, 2} {
			got := render(t, []sound.Clip{{Source: mono(in...), Samples: int64(len(in)), Gain: 1000}}, int64(len(in)),
				channels, sound.Master{Gain: gain})
			for i, v := range got {
				want := float64(in[i/channels]) * math.Pow(10, float64(gain)/2/20)
				want = max(math.MinInt16, min(want, math.MaxInt16))
				if math.Abs(float64(v)-want) > 0.5001 {
					t.Errorf("%d half decibels make %d of %d, want %.2f", gain, v, in[i/channels], want)
				}
			}
		}
	}
}

// TestMeasureKnowsTheGain checks that a tone of 997 Hz at -20 dBFS has -23 LUFS in one channel and -20 in two.
func TestMeasureKnowsTheGain(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 2*48000)
	for i := range pcm {
		pcm[i] = int16(math.Round(3276.7 * math.Sin(2*math.Pi*997*float64(i)/48000)))
	}
	for _, c := range []struct {
		channels int
		m        sound.Master
		want     float64
	}{
		{1, sound.Master{}, -23},
		{2, sound.Master{}, -20},
		{1, sound.Master{Gain: 12}, -17},
		{2, sound.Master{Gain: -8}, -24},
		{1, sound.Master{Gain: 60, Limit: true}, -5},
	} {
		steps, err := sound.MeasureLoudness(t.Context(), []sound.Clip{{
			Source: mono(pcm...), Samples: int64(len(pcm)),
			Gain: 1000,
		}}, int64(len(pcm)), c.channels, c.m)
		if err != nil {
			t.Fatal(err)
		}
		if got := loudness.ComputeIntegratedLoudness(steps); math.Abs(got-c.want) > 0.1 {
			t.Errorf("%d channels, %+v: %.2f LUFS, want %.2f", c.channels, c.m, got, c.want)
		}
	}
}
