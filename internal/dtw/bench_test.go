package dtw

import (
	"math/rand/v2"
	"testing"
)

// noise returns bursts of noise with the lengths of words.
func noise(seconds, rate int, seed uint64) []int16 {
	r := rand.New(rand.NewPCG(seed, 1))
	pcm := make([]int16, seconds*rate)
	level, next := 0.0, 0
	for i := range pcm {
		if i == next {
			level, next = 8000*r.Float64(), i+rate/10+r.IntN(rate/3)
		}
		pcm[i] = int16(level * (r.Float64() - 0.5))
	}
	return pcm
}

// BenchmarkSentence aligns two recordings of 20 s.
func BenchmarkSentence(b *testing.B) {
	one, other := noise(20, 22050, 1), noise(20, 24000, 2)
	for b.Loop() {
		AlignRecordings(ComputeMFCC(one, 22050), ComputeMFCC(other, 24000))
	}
}
