package voice

import (
	"strings"
	"time"
	"unicode"
)

// EstimateEffort estimates how long a text takes to say. One unit is about one speech sound. It is used to divide time
// among words if the engine does not report word times.
func EstimateEffort(text string) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han):
			sum += 3
		case unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			sum += 2
		case unicode.IsDigit(r):
			sum += 3.5
		case unicode.IsLetter(r):
			sum++
		case unicode.IsSymbol(r) || strings.ContainsRune("%&@#", r):
			sum += 5
		}
	}
	return sum
}

// SpreadTimeByWeights divides the time between from and to among words, in proportion to weights, which has one element
// per word. It marks the times as estimates.
func SpreadTimeByWeights(words []Word, weights []float64, from, to time.Duration) {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	sum := 0.0
	at := from
	for i := range words {
		sum += weights[i] //nolint:gosec // one weight a word, as documented
		end := to
		if total > 0 && i < len(words)-1 {
			end = from + time.Duration(float64(to-from)*sum/total)
		}
		words[i].Start, words[i].End, words[i].Exact = at, end, false
		at = end
	}
}

// Sound is a section of a clip with its times and its symbol or weight.
type Sound struct {
	Symbol string // such as a phoneme; used by AlignWordsToSounds
	// effort to say it; used by AlignWordsToGroups
	Weight     float64
	Start, End time.Duration
}

// mostCells is the maximum number of cells of the alignment tables below. Larger inputs get estimated times.
const mostCells = 4 << 20

// AlignWordsToGroups matches groups of sounds to words by comparing the effort of the words with the weights of the
// groups. A word may match several groups ("3.14"), and several words may match one group ("of the"). It sets
// the words' times and reports whether it found a match.
func AlignWordsToGroups(words []Word, effort []float64, groups []Sound) bool {
	const mostGroups, mostWords = 16, 16
	nw, ng := len(words), len(groups)
	if nw == 0 || ng == 0 || nw*ng > mostCells/(mostGroups+mostWords) {
		return false
	}
	scale := sumNumbers(effort) / max(sumWeights(groups), 1e-9)
	cost := make([]float64, (nw+1)*(ng+1))
	// step records the last move to each cell. k > 0: one word matches k groups; k < 0: -k words match one
	// group; 0: a word matches no group.
	step := make([]int8, (nw+1)*(ng+1))
	at := func(w, g int) int { return w*(ng+1) + g }
	for i := range cost {
		cost[i] = -1
	}
	cost[0] = 0
	try := func(w, g int, c float64, s int8) {
		if i := at(w, g); cost[i] < 0 || c < cost[i] {
			cost[i], step[i] = c, s
		}
	}
	misfit := func(want, got float64) float64 { return (want - got) * (want - got) / (want + got + 1) }
	for w := range nw {
		for g := 0; g <= ng; g++ {
			c := cost[at(w, g)]
			if c < 0 {
				continue
			}
			try(w+1, g, c+effort[w]+2, 0)
			got := 0.0
			for k := 1; k <= mostGroups && g+k <= ng; k++ {
				got += groups[g+k-1].Weight * scale
				try(w+1, g+k, c+misfit(effort[w], got)+0.1*float64(k-1), int8(k))
			}
			if g == ng {
				continue
			}
			want := effort[w]
			for k := 2; k <= mostWords && w+k <= nw; k++ {
				want += effort[w+k-1]
				try(w+k, g+1, c+misfit(want, groups[g].Weight*scale)+0.4*float64(k-1), int8(-k))
			}
		}
	}
	if cost[at(nw, ng)] < 0 {
		return false
	}
	setTimesFromSteps(words, effort, groups, func(w, g int) int { return int(step[at(w, g)]) })
	return true
}

// setTimesFromSteps sets word times by following the steps of AlignWordsToGroups back from the last word.
func setTimesFromSteps(words []Word, effort []float64, groups []Sound, step func(w, g int) int) {
	for w, g := len(words), len(groups); w > 0; {
		switch k := step(w, g); {
		case k > 0:
			SpreadTimeByWeights(words[w-1:w], []float64{1}, groups[g-k].Start, groups[g-1].End)
			w, g = w-1, g-k
		case k < 0:
			SpreadTimeByWeights(words[w+k:w], effort[w+k:w], groups[g-1].Start, groups[g-1].End)
			w, g = w+k, g-1
		default:
			when := groups[max(g-1, 0)].End
			if g == 0 {
				when = groups[0].Start
			}
			words[w-1].Start, words[w-1].End, words[w-1].Exact = when, when, false
			w--
		}
	}
}

func sumNumbers(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func sumWeights(v []Sound) float64 {
	s := 0.0
	for _, x := range v {
		s += x.Weight
	}
	return s
}

// AlignWordsToSounds matches the sounds of a clip to the sounds that each word has in isolation, with the smallest
// edit distance, and sets each word's start and end from the matched sounds. It returns false, and does not
// change the words, if the two sequences differ too much.
func AlignWordsToSounds(words []Word, alone [][]string, clip []Sound) bool {
	var symbols []string
	var owner []int
	for w, list := range alone {
		for _, s := range list {
			symbols = append(symbols, s)
			owner = append(owner, w)
		}
	}
	n, m := len(symbols), len(clip)
	if n == 0 || m == 0 || (n+1)*(m+1) > mostCells {
		return false
	}
	dist := make([]int32, (n+1)*(m+1))
	at := func(i, j int) int { return i*(m+1) + j }
	differ := func(i, j int) int32 {
		if symbols[i] == clip[j].Symbol {
			return 0
		}
		return 2 // a substitution costs as much as one omission
	}
	for i := range n + 1 {
		for j := range m + 1 {
			switch {
			case i == 0:
				dist[at(i, j)] = int32(j) * 2
			case j == 0:
				dist[at(i, j)] = int32(i) * 2
			default:
				dist[at(i, j)] = min(dist[at(i-1, j-1)]+differ(i-1, j-1), dist[at(i-1, j)]+2, dist[at(i, j-1)]+2)
			}
		}
	}
	if dist[at(n, m)] > int32(max(n, m)) {
		return false // more than half of the sounds differ
	}
	belongs := make([]int, m)
	for i, j := n, m; j > 0; {
		switch d := dist[at(i, j)]; {
		case i > 0 && d == dist[at(i-1, j-1)]+differ(i-1, j-1):
			belongs[j-1] = owner[i-1]
			i, j = i-1, j-1
		case i > 0 && d == dist[at(i-1, j)]+2:
			i--
		default:
			belongs[j-1] = owner[min(i, n-1)]
			if i > 0 {
				belongs[j-1] = owner[i-1]
			}
			j--
		}
	}
	setTimesFromSounds(words, belongs, clip)
	return true
}

// setTimesFromSounds sets each word's times from the sounds that belong to it. A word without sounds gets zero length
// at the end of the previous word.
func setTimesFromSounds(words []Word, wordOfSound []int, clip []Sound) {
	j := 0
	last := clip[0].Start
	for w := range words {
		first := j
		for j < len(clip) && wordOfSound[j] <= w {
			j++
		}
		if first == j {
			words[w].Start, words[w].End, words[w].Exact = last, last, false
			continue
		}
		words[w].Start, words[w].End, words[w].Exact = clip[first].Start, clip[j-1].End, true
		last = clip[j-1].End
	}
}
