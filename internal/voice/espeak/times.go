package espeak

import (
	"slices"
	"strings"
	"time"

	"mynah/internal/voice"
)

// setTimesFromPhonemes estimates word times. phonemes is the program's output: one line per clause, with groups
// separated by blanks, mostly one per word. It locates the clauses by the silences between them, and divides
// the time of a clause among its phonemes.
func setTimesFromPhonemes(clip *voice.Clip, phrases []voice.Phrase, phonemes string) {
	effort := make([]float64, len(clip.Words))
	for _, p := range phrases {
		if p.Word >= 0 {
			effort[p.Word] = voice.EstimateEffort(p.Text)
		}
	}
	clauses := parsePhonemes(phonemes)
	spans := splitIntoStretches(clip.PCM, clip.Rate, len(clauses))
	if len(spans) != len(clauses) && len(spans) > 0 {
		clauses = [][]float64{slices.Concat(clauses...)}
		spans = []stretch{{spans[0].from, spans[len(spans)-1].to}}
	}
	var groups []voice.Sound
	for i, c := range clauses {
		if i < len(spans) {
			groups = append(groups, placeSounds(c, spans[i])...)
		}
	}
	if voice.AlignWordsToGroups(clip.Words, effort, groups) {
		return
	}
	whole := stretch{0, clip.Length()}
	if len(spans) > 0 {
		whole = stretch{spans[0].from, spans[len(spans)-1].to}
	}
	voice.SpreadTimeByWeights(clip.Words, effort, whole.from, whole.to)
}

// parsePhonemes returns the weights of the groups in each clause of the program's output.
func parsePhonemes(phonemes string) [][]float64 {
	var out [][]float64
	for line := range strings.Lines(phonemes) {
		var clause []float64
		for g := range strings.FieldsSeq(line) {
			if w := estimateGroupLength(g); w > 0 {
				clause = append(clause, w)
			}
		}
		if len(clause) > 0 {
			out = append(out, clause)
		}
	}
	return out
}

// estimateGroupLength estimates the length of a group, in sounds. Vowels count more than consonants, long vowels most.
// Text in parentheses names a language and does not count.
func estimateGroupLength(group string) float64 {
	const vowels = "aeiouAEIOUV@&03Y"
	sum, depth := 0.0, 0
	for _, r := range group {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth > 0:
		case strings.ContainsRune(vowels, r):
			sum += 1.2
		case r == ':':
			sum += 0.5
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '?':
			sum += 0.8
		}
	}
	return sum
}

// placeSounds divides a stretch of time among groups in proportion to their weights.
func placeSounds(weights []float64, s stretch) []voice.Sound {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	out := make([]voice.Sound, len(weights))
	at, sum := s.from, 0.0
	for i, w := range weights {
		sum += w
		end := s.from + time.Duration(float64(s.to-s.from)*sum/total)
		out[i] = voice.Sound{Weight: w, Start: at, End: end}
		at = end
	}
	return out
}

// stretch is an interval of a clip.
type stretch struct{ from, to time.Duration }

const (
	frame    = 5 * time.Millisecond
	pause    = 60 * time.Millisecond // shorter silences belong to speech
	loudness = 60                    // sample values below this are silence; the program's silence is exactly zero
)

// splitIntoStretches splits a clip into n stretches of speech at its n-1 longest silences. It returns fewer if there
// are fewer silences.
func splitIntoStretches(pcm []int16, rate, n int) []stretch {
	size := max(int(frame.Seconds()*float64(rate)), 1)
	type gap struct{ from, to int }
	var gaps []gap
	first, last := -1, -1
	for i := 0; i < len(pcm); i += size {
		end := min(i+size, len(pcm))
		if isQuiet(pcm[i:end]) {
			continue
		}
		if last >= 0 && time.Duration(i-last)*time.Second/time.Duration(rate) >= pause {
			gaps = append(gaps, gap{last, i})
		}
		if first < 0 {
			first = i
		}
		last = end
	}
	if first < 0 || n < 1 {
		return nil
	}
	slices.SortStableFunc(gaps, func(a, b gap) int { return (b.to - b.from) - (a.to - a.from) })
	gaps = gaps[:min(len(gaps), n-1)]
	slices.SortFunc(gaps, func(a, b gap) int { return a.from - b.from })
	at := func(i int) time.Duration { return time.Duration(i) * time.Second / time.Duration(rate) }
	var out []stretch
	from := first
	for _, g := range gaps {
		out = append(out, stretch{at(from), at(g.from)})
		from = g.to
	}
	return append(out, stretch{at(from), at(last)})
}

// isQuiet reports whether all samples are silence.
func isQuiet(pcm []int16) bool {
	for _, s := range pcm {
		if s > loudness || s < -loudness {
			return false
		}
	}
	return true
}
