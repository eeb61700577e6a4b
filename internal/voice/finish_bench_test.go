package voice

import "testing"

// BenchmarkFinish measures what a spoken sentence costs behind its engine: 6 s of speech.
func BenchmarkFinish(b *testing.B) {
	pcm := make([]int16, 6*22050)
	for i := range pcm {
		pcm[i] = int16((i*7919)%20000 - 10000)
	}
	booth := &Booth{resamplers: map[int]*resampler{}}
	for b.Loop() {
		if _, err := booth.finish(Clip{PCM: pcm, Rate: 22050}, levels{volume: 1, level: -16}); err != nil {
			b.Fatal(err)
		}
	}
}
