package voice

import "testing"

// BenchmarkFinish measures what a spoken sentence costs after its engine: 6 s of speech.
func BenchmarkFinish(b *testing.B) {
	pcm := make([]int16, 6*22050)
	for i := range pcm {
		pcm[i] = int16((i*7919)%20000 - 10000)
	}
	booth := &Booth{resamplers: map[int]*resampler{}}
	for b.Loop() {
		c, err := booth.atRate(Clip{PCM: pcm, Rate: 22050})
		if err != nil {
			b.Fatal(err)
		}
		c = trim(c)
		amplify(c.PCM, leveling(c.PCM, -16))
	}
}
