package caption

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"mynah/internal/timeline"
)

// paragraph is the text of one paragraph of narration with its times.
type paragraph struct {
	text string
	// spans are consecutive ranges that cover the whole text.
	spans []span
	// ends are the byte offsets at which sentences end.
	ends []int
	end  int64 // sample at which the last word ends
}

// span is a range of the text in bytes, usually a word with the punctuation and spaces after it, and
// the samples between which it is spoken.
type span struct {
	from, to   int
	start, end int64
}

// addSentence appends a sentence. It omits the words that are cut off at the end of the scene.
func (p *paragraph) addSentence(text string, words []Word, v timeline.Voice) {
	for k, w := range words {
		if w.Start < v.Samples {
			continue
		}
		if k == 0 {
			return
		}
		text, words = text[:findCueStartBefore(text, w.Offset)], words[:k]
		break
	}
	text, places := normalizeSpaces(text)
	if strings.TrimSpace(text) == "" { // text that consists of no-break spaces is kept
		return
	}
	base := len(p.text)
	if p.text != "" {
		last, _ := utf8.DecodeLastRuneInString(p.text)
		first, _ := utf8.DecodeRuneInString(text)
		if !isUnspacedScript(last) || !isUnspacedScript(first) {
			p.text += " "
			base++
			p.spans[len(p.spans)-1].to++
		}
	}
	p.text += text
	first := len(p.spans)
	if len(words) == 0 {
		p.addSharedSpans(base, v.Start, v.Start+v.Samples)
	}
	for k, w := range words {
		from := base
		if k > 0 {
			from += findCueStartBefore(text, places(w.Offset))
		}
		start, end := v.Start+max(w.Start, 0), v.Start+min(max(w.End, w.Start, 0), v.Samples)
		if n := len(p.spans); n > first {
			last := &p.spans[n-1]
			start = max(start, last.start)
			if from <= last.from || from >= len(p.text) { // both words are in one range without a space
				last.end = max(last.end, end)
				continue
			}
			last.to = from
		}
		p.spans = append(p.spans, span{from: from, to: len(p.text), start: start, end: max(start, end)})
	}
	p.ends = append(p.ends, len(p.text))
	p.end = max(p.end, p.spans[len(p.spans)-1].end)
}

// normalizeSpaces returns a text with single spaces between words, and a function that maps byte offsets of the
// original text to it.
func normalizeSpaces(text string) (string, func(int) int) {
	var b strings.Builder
	moved := make([]int, len(text)+1)
	blank := false
	for i, r := range text {
		if isBreakingSpace(r) {
			blank = b.Len() > 0
		} else if r != '\ufeff' {
			if blank {
				b.WriteByte(' ')
			}
			blank = false
			moved[i] = b.Len()
			b.WriteRune(r)
			continue
		}
		moved[i] = b.Len()
		if blank {
			moved[i]++
		}
	}
	out := b.String()
	return out, func(at int) int {
		if at < 0 || at >= len(text) {
			return len(out)
		}
		for at > 0 && !utf8.RuneStart(text[at]) {
			at--
		}
		return min(moved[at], len(out))
	}
}

// isBreakingSpace reports whether a character is white space at which text may be split, or a control
// character.
func isBreakingSpace(r rune) bool {
	switch r {
	case '\u00a0', '\u2007', '\u202f': // no-break spaces
		return false
	}
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

// findCueStartBefore moves a byte offset from the first letter of a word back to a place where a cue may begin:
// after a space, so that quotes and brackets stay with their word, or between letters of a script
// without spaces.
func findCueStartBefore(text string, at int) int {
	if at < 0 || at > len(text) {
		return len(text)
	}
	for at > 0 {
		before, n := utf8.DecodeLastRuneInString(text[:at])
		behind, _ := utf8.DecodeRuneInString(text[at:])
		opens := unicode.In(before, unicode.Ps, unicode.Pi)
		if isBreakingSpace(before) || isUnspacedScript(before) && !opens || isUnspacedScript(behind) && unicode.IsLetter(before) {
			return at
		}
		at -= n
	}
	return at
}

// isUnspacedScript reports whether a character belongs to a script that is written without spaces.
func isUnspacedScript(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef // punctuation of these scripts
}

// findSampleAt returns the sample at which the byte offset textByte is spoken. The characters of a word share its
// time equally.
func (p *paragraph) findSampleAt(textByte int) int64 {
	s := p.spans[p.findSpanAt(textByte)]
	all := strings.TrimRight(p.text[s.from:s.to], " ")
	n := int64(utf8.RuneCountInString(all))
	if textByte >= s.from+len(all) || n == 0 {
		return s.end
	}
	return s.start + (s.end-s.start)*int64(utf8.RuneCountInString(p.text[s.from:textByte]))/n
}

// findSpanAt returns the index of the span that contains a byte offset.
func (p *paragraph) findSpanAt(textByte int) int {
	return max(sort.Search(len(p.spans), func(i int) bool { return p.spans[i].from > textByte })-1, 0)
}

// listWordsBetween returns the spoken words in the range from..to, as ranges without spaces. Offsets are relative
// to from.
func (p *paragraph) listWordsBetween(from, to int) []CueWord {
	var out []CueWord
	for _, s := range p.spans[p.findSpanAt(from):] {
		if s.from >= to {
			break
		}
		a, b := max(s.from, from), min(s.to, to)
		for a < b {
			n := strings.IndexByte(p.text[a:b], ' ')
			if n < 0 {
				n = b - a
			}
			if n > 0 {
				end := s.end
				if rest := strings.TrimLeft(p.text[a+n:s.to], " "); rest != "" {
					end = p.findSampleAt(s.to - len(rest))
				}
				out = append(out, CueWord{Offset: a - from, Length: n, Start: p.findSampleAt(a), End: end})
			}
			a += n + 1
		}
	}
	return out
}

// splitIntoCues splits the paragraph into cues.
func (p *paragraph) splitIntoCues(scene int, limit limits) []Cue {
	if p.text == "" {
		return nil
	}
	t := p.splitIntoAtoms(limit)
	cuts := t.chooseCuts(limit)
	starts := make([]int64, len(cuts)+1)
	starts[len(cuts)] = p.end
	even := false
	for k, c := range cuts {
		starts[k] = p.findSampleAt(t.atoms[c].from)
		even = even || k > 0 && starts[k] <= starts[k-1]
	}
	if even = even || p.end <= starts[len(cuts)-1]; even {
		p.spreadTimesEvenly(starts[0])
		for k, c := range cuts {
			starts[k] = p.findSampleAt(t.atoms[c].from)
		}
	}
	var out []Cue
	for k, from := range cuts {
		to := len(t.atoms)
		if k+1 < len(cuts) {
			to = cuts[k+1]
		}
		c := Cue{Start: starts[k], End: starts[k+1], Scene: scene, glued: t.atoms[to-1].blank == 0}
		a, b := t.atoms[from].from, t.atoms[to-1].to
		c.Text = p.text[a:b]
		breaks, _ := t.breakLines(from, to, limit)
		for _, at := range breaks {
			c.Breaks = append(c.Breaks, t.atoms[at].from-a)
		}
		c.Words = p.listWordsBetween(a, b)
		c.clampWords()
		if c.Paragraph = len(out); c.End > c.Start {
			out = append(out, c)
		}
	}
	return out
}

// newCueOfLines returns the paragraph as one cue with the given lines. Lines that do not fit into the
// frame are wrapped.
func (p *paragraph) newCueOfLines(scene int, lines []string, limit limits) Cue {
	c := Cue{Scene: scene, Text: p.text, Words: p.listWordsBetween(0, len(p.text)), End: p.end}
	if len(p.spans) > 0 {
		c.Start = p.spans[0].start
	}
	at := 0
	for _, line := range lines {
		text, _ := normalizeSpaces(line)
		if text == "" {
			continue
		}
		found := strings.Index(p.text[at:], text)
		if found < 0 { // the text does not consist of these lines
			break
		}
		if at += found; at > 0 {
			c.Breaks = append(c.Breaks, at)
		}
		for _, b := range findLineBreaks(text, limit) {
			c.Breaks = append(c.Breaks, at+b)
		}
		at += len(text)
	}
	c.clampWords()
	return c
}

// findLineBreaks returns the byte offsets at which a line must be broken to fit into the frame.
func findLineBreaks(line string, limit limits) []int {
	if limit.room <= 0 || uniseg.StringWidth(line) <= limit.room {
		return nil
	}
	p := &paragraph{}
	p.addSentence(line, nil, timeline.Voice{Samples: 1})
	room := limits{chars: len(line), line: limit.room, lines: len(line)}
	t := p.splitIntoAtoms(room)
	breaks, _ := t.breakLines(0, len(t.atoms), room)
	var out []int
	for _, b := range breaks {
		out = append(out, t.atoms[b].from)
	}
	return out
}

// spreadTimesEvenly replaces all times: the characters share the time from start to the end of the paragraph
// equally. It is used if some cue would otherwise have no time.
func (p *paragraph) spreadTimesEvenly(start int64) {
	p.spans = nil
	p.addSharedSpans(0, start, max(p.end, start))
}

// mostShared is the maximum number of characters of a span with a computed time.
const mostShared = 64

// addSharedSpans appends spans for the words from a byte offset to the end of the text. They share the time
// start..end in proportion to their characters.
func (p *paragraph) addSharedSpans(from int, start, end int64) {
	all := int64(utf8.RuneCountInString(p.text[from:]))
	at := func(n int64) int64 { return start + (end-start)*n/max(all, 1) }
	s := span{from: from, start: start}
	var n, first int64
	for i, r := range p.text[from:] {
		if i > 0 && (p.text[from+i-1] == ' ' || n-first == mostShared && !unicode.IsMark(r) && r != '\u200d') {
			s.to, s.end = from+i, at(n)
			p.spans = append(p.spans, s)
			s, first = span{from: s.to, start: s.end}, n
		}
		n++
	}
	s.to, s.end = len(p.text), end
	p.spans = append(p.spans, s)
}

// clampWords limits the times of the words to those of the cue.
func (c *Cue) clampWords() {
	for i := range c.Words {
		w := &c.Words[i]
		w.Start = min(max(w.Start, c.Start), c.End)
		w.End = min(max(w.End, w.Start), c.End)
	}
}
