package voice

import "time"

// SpreadTimeByEffort divides the time from from to to among words in proportion to their effort. The time of a single
// word is marked as exact.
func SpreadTimeByEffort(words []Word, from, to time.Duration) {
	weights := make([]float64, len(words))
	for i, w := range words {
		weights[i] = max(EstimateEffort(w.Text), 0.5)
	}
	SpreadTimeByWeights(words, weights, from, to)
	if len(words) == 1 {
		words[0].Exact = true
	}
}
