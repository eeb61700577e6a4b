package espeak

import (
	"slices"
	"strings"
	"time"

	"mynah/internal/voice"
)

// setWordTimes estimates when each word is said. The program prints the phonemes, one
// clause a line, words apart by blanks (some run together). Clauses are found in the
// sound by the silences between them, phonemes share the time of their clause.
func setWordTimes(clip *voice.Clip, phrases []voice.Phrase, phonemes string) {
	effort := make([]float64, len(clip.Words))
	for _, p := range phrases {
		if p.Word >= 0 {
			effort[p.Word] = voice.Effort(p.Text)
		}
	}
	clauses := parse(phonemes)
	spans := stretches(clip.PCM, clip.Rate, len(clauses))
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
	if voice.AlignGroups(clip.Words, effort, groups) {
		return
	}
	whole := stretch{0, clip.Length()}
	if len(spans) > 0 {
		whole = stretch{spans[0].from, spans[len(spans)-1].to}
	}
	voice.Spread(clip.Words, effort, whole.from, whole.to)
}

// parse reads the phonemes: for each clause the weight of each group.
func parse(phonemes string) [][]float64 {
	var out [][]float64
	for line := range strings.Lines(phonemes) {
		var clause []float64
		for g := range strings.FieldsSeq(line) {
			if w := weight(g); w > 0 {
				clause = append(clause, w)
			}
		}
		if len(clause) > 0 {
			out = append(out, clause)
		}
	}
	return out
}

// weight is about how many sounds long a group is: vowels last longer, and long ones
// more so. Names of languages in brackets are marks, not sounds.
func weight(group string) float64 {
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

type stretch struct{ from, to time.Duration }

const (
	frame    = 5 * time.Millisecond
	pause    = 60 * time.Millisecond // shorter silence is a part of speech
	loudness = 60                    // a sample's size below which it is silence; the program's are exact zeros
)

// stretches finds n stretches of speech with the n-1 longest silences between them. It
// gives fewer where there are fewer silences.
func stretches(pcm []int16, rate, n int) []stretch {
	size := max(int(frame.Seconds()*float64(rate)), 1)
	type gap struct{ from, to int }
	var gaps []gap
	first, last := -1, -1
	for i := 0; i < len(pcm); i += size {
		end := min(i+size, len(pcm))
		if quiet(pcm[i:end]) {
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

func quiet(pcm []int16) bool {
	for _, s := range pcm {
		if s > loudness || s < -loudness {
			return false
		}
	}
	return true
}
