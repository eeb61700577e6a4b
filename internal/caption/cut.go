package caption

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// ending says what ends at a place where a text may be split.
type ending int

const (
	nothing  ending = iota
	clause          // a part of a sentence between punctuation marks
	sentence        // a complete sentence
)

// atom is a range of text that is never broken over lines. A space may follow it.
type atom struct {
	from, to    int // byte offsets in the text
	chars, cols int
	blank       int // 1 if a space follows, else 0
	ends        ending
	// dangling is true for a short word that belongs to the next one, such as an article.
	dangling bool
	// whole is true if the atom ends at the end of a word.
	whole bool
	// phrase is true if a Japanese phrase probably ends with the atom.
	phrase bool
}

// atoms is a text as a list of atoms, with sums for fast measuring.
type atoms struct {
	atoms []atom
	// chars[i] and cols[i] are the characters and columns of the atoms before i, including spaces.
	// sentences[i] is the number of sentences that end before i.
	chars, cols, sentences []int
}

// splitIntoAtoms splits the text at all places where a line may end: where Unicode's line breaking rules (UAX
// 14) and canBreakAt allow it, and between letters of scripts without spaces. An atom that is too long
// for a cue or a line is split between letters.
func (p *paragraph) splitIntoAtoms(limit limits) *atoms {
	t := &atoms{chars: []int{0}, cols: []int{0}, sentences: []int{0}}
	from, state, rest := 0, -1, p.text
	for at := 0; rest != ""; {
		var segment string
		segment, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		at += len(segment)
		if rest != "" && !p.canBreakAt(at) {
			continue
		}
		for _, end := range p.findSpokenWordEnds(from, at) {
			t.splitAndAppend(p, from, end, limit)
			from = end
		}
	}
	return t
}

// canBreakAt reports whether a line may end at a place where Unicode allows it. Words are not split at
// their hyphens.
func (p *paragraph) canBreakAt(textByte int) bool {
	before, _ := utf8.DecodeLastRuneInString(p.text[:textByte])
	behind, _ := utf8.DecodeRuneInString(p.text[textByte:])
	return before == ' ' || before == '\u200b' || isUnspacedScript(before) || isUnspacedScript(behind)
}

// findSpokenWordEnds returns the ends of words in the range from..to, in scripts without spaces such as
// Thai. It uses the word times of the voice, since Unicode's rules would need a dictionary.
func (p *paragraph) findSpokenWordEnds(from, to int) []int {
	var out []int
	for _, s := range p.spans[p.findSpanAt(from):] {
		if s.from <= from {
			continue
		}
		if s.from >= to {
			break
		}
		before, _ := utf8.DecodeLastRuneInString(p.text[:s.from])
		behind, _ := utf8.DecodeRuneInString(p.text[s.from:])
		if isSoutheastAsian(before) && isSoutheastAsian(behind) && !unicode.IsMark(behind) &&
			!isTrailingVowelOrMark(behind) && !isLeadingVowel(before) {
			out = append(out, s.from)
		}
	}
	return append(out, to)
}

func isSoutheastAsian(r rune) bool {
	return unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// isLeadingVowel reports whether r is a vowel of Thai or Lao that is written before its consonant but
// spoken after it. The two must not be separated.
func isLeadingVowel(r rune) bool { return r >= 'เ' && r <= 'ไ' || r >= 'ເ' && r <= 'ໄ' }

// isTrailingVowelOrMark reports whether r is a vowel or mark of Thai or Lao that belongs to the consonant before it,
// although Unicode classifies it as a letter.
func isTrailingVowelOrMark(r rune) bool {
	return strings.ContainsRune("ะาำๅๆฯະາຳໆຯ", r)
}

// beginsSyllable reports whether a Thai or Lao syllable probably begins at the start of text: the text
// begins with a leading vowel or a very frequent Thai word.
func beginsSyllable(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if isLeadingVowel(first) {
		return true
	}
	for _, word := range []string{"ความ", "ที่", "ซึ่ง", "และ", "หรือ", "ของ", "กับ", "ว่า"} {
		if strings.HasPrefix(text, word) {
			return true
		}
	}
	return false
}

// measureFirstLetter returns the size of the first letter of a text, with all characters that cannot be separated
// from it, in bytes, characters and columns. state and next are states of uniseg.
func measureFirstLetter(text string, state int, limit limits) (size, chars, cols, next int) {
	cluster, rest, cols, next := uniseg.FirstGraphemeClusterInString(text, state)
	size, chars = len(cluster), utf8.RuneCountInString(cluster)
	for rest != "" {
		last, _ := utf8.DecodeLastRuneInString(text[:size])
		behind, _ := utf8.DecodeRuneInString(rest)
		if !isTrailingVowelOrMark(behind) && (!isLeadingVowel(last) || !isSoutheastAsian(behind) || isLeadingVowel(behind)) {
			break
		}
		more, left, wide, after := uniseg.FirstGraphemeClusterInString(rest, next)
		n := chars + utf8.RuneCountInString(more)
		if n > limit.chars || cols+wide > limit.line {
			break
		}
		size, chars, cols, rest, next = size+len(more), n, cols+wide, left, after
	}
	return size, chars, cols, next
}

// splitAndAppend adds the range from..to as one atom, or as several if it is too long.
func (t *atoms) splitAndAppend(p *paragraph, from, to int, limit limits) {
	text := strings.TrimRight(p.text[from:to], " ")
	rest, state := text, -1
	a := atom{from: from, to: from}
	whole := a // the part of a that ends before a syllable
	for rest != "" {
		var size, n, cols int
		size, n, cols, state = measureFirstLetter(rest, state, limit)
		if a.to > a.from && (a.chars+n > limit.chars || a.cols+cols > limit.line) {
			if 3*whole.cols < a.cols {
				whole = a
			}
			t.appendAtom(whole)
			a = atom{from: whole.to, to: a.to, chars: a.chars - whole.chars, cols: a.cols - whole.cols}
			whole = atom{from: a.from, to: a.from}
		}
		if beginsSyllable(rest) {
			whole = a
		}
		rest = rest[size:]
		a.to, a.chars, a.cols = a.to+size, a.chars+n, a.cols+cols
	}
	if a.to < to {
		a.blank = 1
	}
	word := p.spans[p.findSpanAt(a.to)]
	a.whole = a.to == word.from || a.to+a.blank >= word.to
	a.ends = p.classifyEndingAfter(a)
	a.phrase = p.endsPhrase(a.to)
	a.dangling = a.ends == nothing && isDanglingWord(text)
	t.appendAtom(a)
}

func (t *atoms) appendAtom(a atom) {
	t.atoms = append(t.atoms, a)
	t.chars = append(t.chars, t.chars[len(t.chars)-1]+a.chars+a.blank)
	t.cols = append(t.cols, t.cols[len(t.cols)-1]+a.cols+a.blank)
	ended := t.sentences[len(t.sentences)-1]
	if a.ends == sentence {
		ended++
	}
	t.sentences = append(t.sentences, ended)
}

// isDanglingWord reports whether a word is short and has no punctuation except the point of an abbreviation.
// Such words, mostly articles, prepositions and titles, belong to the next word.
func isDanglingWord(word string) bool {
	n := 0
	for _, r := range strings.TrimSuffix(word, ".") {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’' || isUnspacedScript(r) {
			return false
		}
		n++
	}
	return n > 0 && n <= 4
}

// classifyEndingAfter returns what ends after an atom.
func (p *paragraph) classifyEndingAfter(a atom) ending {
	if _, ends := slices.BinarySearch(p.ends, a.to); ends {
		return sentence
	}
	text := strings.TrimRightFunc(p.text[a.from:a.to], func(r rune) bool {
		return unicode.In(r, unicode.Pe, unicode.Pf) && r != '」' && r != '）' || r == '"' || r == '\''
	})
	last, _ := utf8.DecodeLastRuneInString(text)
	next, _ := utf8.DecodeRuneInString(p.text[a.to+a.blank:])
	switch {
	case strings.ContainsRune("!?…。！？؟۔।॥｡", last):
		return sentence
	case strings.ContainsRune(",;:–—،؛、，；：」）", last) || len(text) < a.to-a.from:
		return clause
	case strings.ContainsRune("–—(（「", next):
		return clause
	default:
		return nothing
	}
}

// endsPhrase reports whether a Japanese phrase probably ends at a byte offset: particles and endings are
// written in Hiragana, and most words begin with other characters.
func (p *paragraph) endsPhrase(textByte int) bool {
	before, _ := utf8.DecodeLastRuneInString(p.text[:textByte])
	behind, _ := utf8.DecodeRuneInString(p.text[textByte:])
	return unicode.Is(unicode.Hiragana, before) && unicode.IsLetter(behind) && !unicode.Is(unicode.Hiragana, behind) && behind != 'ー' &&
		before != 'お' && before != 'ご' // honorific prefixes, which belong to the next word
}

// measureAtoms returns the characters and columns of the atoms first..after, without after and without a space at the
// end.
func (t *atoms) measureAtoms(first, after int) (chars, cols int) {
	blank := t.atoms[after-1].blank
	return t.chars[after] - t.chars[first] - blank, t.cols[after] - t.cols[first] - blank
}

// Costs for choosing where to split text. The unit is 1/100 of the cost of an almost empty cue.
const (
	onePiece   = 60 // each cue
	midClause  = 220
	atClause   = 110
	midWord    = 60
	leftAlone  = 60  // a line break after a dangling word
	orphaned   = 200 // a cue or line of one or two words
	spilled    = 60  // the beginning of a sentence in the cue of another
	unbalanced = 60
	fewColumns = 12 // maximum columns of an orphaned cue or line
)

// chooseCuts splits the text into cues at the lowest total cost. It returns the index of the first atom of
// each cue.
func (t *atoms) chooseCuts(limit limits) []int {
	n := len(t.atoms)
	best, from := make([]float64, n+1), make([]int, n+1)
	for j := range best[1:] {
		best[j+1] = math.Inf(1)
	}
	for i := range n {
		lines, start := 1, i
		for j := i + 1; j <= n; j++ {
			if chars, _ := t.measureAtoms(i, j); chars > limit.chars && j > i+1 {
				break
			}
			if _, cols := t.measureAtoms(start, j); cols > limit.line && j > start+1 {
				lines, start = lines+1, j-1
			}
			if lines > limit.lines {
				break
			}
			if c := best[i] + t.computeCueCost(i, j, limit); c < best[j] {
				best[j], from[j] = c, i
			}
		}
	}
	var out []int
	for j := n; j > 0; j = from[j] {
		out = append(out, from[j])
	}
	slices.Reverse(out)
	return out
}

// computeCueCost returns the cost of a cue of the atoms first..after, without after.
func (t *atoms) computeCueCost(first, after int, limit limits) float64 {
	n := len(t.atoms)
	_, cols := t.measureAtoms(first, after)
	room := float64(min(limit.chars, limit.line*limit.lines))
	left := max(1-float64(cols)/room, 0)
	c := onePiece + unbalanced*left*left
	if cols > limit.line && limit.line*limit.lines <= usualLine*usualLines {
		_, lines := t.breakLines(first, after, limit)
		c += lines / 4
	}
	if first == 0 && after == n {
		return c
	}
	if cols < fewColumns && float64(cols) < room/3 {
		switch {
		case after == n:
			c += orphaned
		case t.atoms[after-1].ends != sentence || first > 0 && t.atoms[first-1].ends != sentence:
			c += orphaned / 2
		}
	}
	if after < n {
		c += t.atoms[after-1].computeSplitCost()
		if t.atoms[after-1].ends != sentence && t.sentences[after-1] > t.sentences[first] {
			c += spilled
		}
	}
	return c
}

// computeSplitCost returns the cost of splitting the text after an atom.
func (a atom) computeSplitCost() float64 {
	c := 0.0
	switch a.ends {
	case nothing:
		c = midClause
		if a.blank == 0 {
			c -= midWord // between letters of a script without spaces
		}
		if a.phrase {
			c -= midWord
		}
	case clause:
		c = atClause
		if a.blank == 0 {
			c -= midWord
		}
	case sentence:
	}
	if !a.whole {
		c += midWord
	}
	if a.dangling {
		c += leftAlone
	}
	return c
}

// breakLines breaks a cue of the atoms first..after (without after) into as few lines as possible, of nearly equal
// length, preferably at punctuation. It returns the index of the first atom of each line after the
// first, and the cost.
func (t *atoms) breakLines(first, after int, limit limits) ([]int, float64) {
	count, start := 1, first
	for k := first + 1; k <= after; k++ {
		if _, cols := t.measureAtoms(start, k); cols > limit.line && k > start+1 {
			count, start = count+1, k-1
		}
	}
	if count == 1 {
		return nil, 0
	}
	_, all := t.measureAtoms(first, after)
	mean := float64(all) / float64(count)
	// best[k] is the lowest cost of the lines so far if they end before atom first+k. from[l][k] is the atom
	// at which line l begins in that case.
	n := after - first
	best, from := make([]float64, n+1), make([][]int, count)
	for k := range best[1:] {
		best[k+1] = math.Inf(1)
	}
	for l := range count {
		next := slices.Repeat([]float64{math.Inf(1)}, n+1)
		from[l] = make([]int, n+1)
		for a := l; a < n; a++ {
			b := a + 1
			if l == count-1 { // the last line ends with the cue
				b = n
			}
			for ; b <= n && !math.IsInf(best[a], 1); b++ {
				if _, cols := t.measureAtoms(first+a, first+b); cols > limit.line && b > a+1 {
					break
				}
				if c := best[a] + t.computeLineCost(first+a, first+b, b == n, mean); c < next[b] {
					next[b], from[l][b] = c, a
				}
			}
		}
		best = next
	}
	var out []int
	for l, k := count-1, n; l > 0; l-- {
		k = from[l][k]
		out = append(out, first+k)
	}
	slices.Reverse(out)
	return out, best[n]
}

// computeLineCost returns the cost of a line of the atoms first..after, without after. mean is the mean width of a line
// in columns.
func (t *atoms) computeLineCost(first, after int, last bool, mean float64) float64 {
	_, cols := t.measureAtoms(first, after)
	off := (float64(cols) - mean) / mean
	c := orphaned * off * off
	if end := t.atoms[after-1]; !last {
		c += end.computeSplitCost() / 2
		switch {
		case end.ends != nothing || end.blank > 0:
		case end.phrase:
			c += midClause / 2
		default:
			c += 3 * midClause // probably inside a word
		}
	}
	if after == first+1 && cols < fewColumns && float64(cols) < mean/2 {
		c += orphaned
	}
	return c
}
