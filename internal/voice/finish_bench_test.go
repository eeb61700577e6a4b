package voice

import "testing"

// BenchmarkFinish measures the work after the engine, for a sentence of 6 s.
func BenchmarkFinish(b *testing.B) {
	pcm := make([]int16, 6*22050)
	for i := range pcm {
		pcm[i] = int16((i*7919)%20000 - 10000)
	}
	booth := &Booth{resamplers: map[int]*resampler{}}
	for b.Loop() {
		c, err := booth.resampleToRate(Clip{PCM: pcm, Rate: 22050})
		if err != nil {
			b.Fatal(err)
		}
		c = trimSilence(c)
		amplify(c.PCM, computeLevelingFactor(c.PCM, -16))
	}
}
