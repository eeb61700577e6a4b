package voice

import "time"

// ShareTime divides the time of words that were heard as one, by how long each is
// to say; a word alone has it exactly.
func ShareTime(words []Word, from, to time.Duration) {
	weights := make([]float64, len(words))
	for i, w := range words {
		weights[i] = max(Effort(w.Text), 0.5)
	}
	Spread(words, weights, from, to)
	if len(words) == 1 {
		words[0].Exact = true
	}
}
