package caption

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"mynah/internal/timeline"
)

// paragraph is what is said in one go.
type paragraph struct {
	text string
	// spans cover the text from its beginning to its end, in order.
	spans []span
	// ends are the offsets in the text at which sentences end.
	ends []int
	end  int64 // sample at which the last word ends
}

// span is a stretch of text, from its first byte to the one after its last, that is said
// from a sample to another. A word has the marks and blanks after it.
type span struct {
	from, to   int
	start, end int64
}

// add puts a sentence after those that are there. What is cut off the end of its scene is
// left out.
func (p *paragraph) add(text string, words []Word, v timeline.Voice) {
	for k, w := range words {
		if w.Start < v.Samples {
			continue
		}
		if k == 0 {
			return
		}
		text, words = text[:wordStart(text, w.Offset)], words[:k]
		break
	}
	text, places := plain(text)
	if strings.TrimSpace(text) == "" { // blanks that hold together what they stand between are left
		return
	}
	base := len(p.text)
	if p.text != "" {
		last, _ := utf8.DecodeLastRuneInString(p.text)
		first, _ := utf8.DecodeRuneInString(text)
		if !dense(last) || !dense(first) {
			p.text += " "
			base++
			p.spans[len(p.spans)-1].to++
		}
	}
	p.text += text
	first := len(p.spans)
	if len(words) == 0 {
		p.share(base, v.Start, v.Start+v.Samples)
	}
	for k, w := range words {
		from := base
		if k > 0 {
			from += wordStart(text, places(w.Offset))
		}
		start, end := v.Start+max(w.Start, 0), v.Start+min(max(w.End, w.Start, 0), v.Samples)
		if n := len(p.spans); n > first {
			last := &p.spans[n-1]
			start = max(start, last.start)
			if from <= last.from || from >= len(p.text) { // both stand in one run without a blank
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

// plain returns a text whose words are apart by single blanks, and how places of the text
// are found in it.
func plain(text string) (string, func(int) int) {
	var b strings.Builder
	moved := make([]int, len(text)+1)
	blank := false
	for i, r := range text {
		if splits(r) {
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

// splits reports whether a character is a blank at which text may be cut, or none that can
// be seen at all.
func splits(r rune) bool {
	switch r {
	case '\u00a0', '\u2007', '\u202f': // blanks that hold together what they stand between
		return false
	}
	return unicode.IsSpace(r) || unicode.IsControl(r)
}

// wordStart goes back from a word's first letter to where a piece may begin: after a
// blank, so that quotes and brackets stay with their word, or between the letters of a
// script that is written without blanks.
func wordStart(text string, at int) int {
	if at < 0 || at > len(text) {
		return len(text)
	}
	for at > 0 {
		before, n := utf8.DecodeLastRuneInString(text[:at])
		behind, _ := utf8.DecodeRuneInString(text[at:])
		opens := unicode.In(before, unicode.Ps, unicode.Pi)
		if splits(before) || dense(before) && !opens || dense(behind) && unicode.IsLetter(before) {
			return at
		}
		at -= n
	}
	return at
}

// dense reports whether a letter is of a script that is written without blanks.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef // their punctuation
}

// at returns the sample at which a place of the text is said: characters share the time of
// their word.
func (p *paragraph) at(place int) int64 {
	s := p.spans[p.span(place)]
	all := strings.TrimRight(p.text[s.from:s.to], " ")
	n := int64(utf8.RuneCountInString(all))
	if place >= s.from+len(all) || n == 0 {
		return s.end
	}
	return s.start + (s.end-s.start)*int64(utf8.RuneCountInString(p.text[s.from:place]))/n
}

// span returns the number of the span that holds a place of the text.
func (p *paragraph) span(place int) int {
	return max(sort.Search(len(p.spans), func(i int) bool { return p.spans[i].from > place })-1, 0)
}

// words lists what is said between two places of the text, in stretches without blanks.
func (p *paragraph) words(from, to int) []CueWord {
	var out []CueWord
	for _, s := range p.spans[p.span(from):] {
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
					end = p.at(s.to - len(rest))
				}
				out = append(out, CueWord{Offset: a - from, Length: n, Start: p.at(a), End: end})
			}
			a += n + 1
		}
	}
	return out
}

// cues cuts the paragraph.
func (p *paragraph) cues(scene int, limit limits) []Cue {
	if p.text == "" {
		return nil
	}
	t := p.atoms(limit)
	cuts := t.cut(limit)
	starts := make([]int64, len(cuts)+1)
	starts[len(cuts)] = p.end
	even := false
	for k, c := range cuts {
		starts[k] = p.at(t.atoms[c].from)
		even = even || k > 0 && starts[k] <= starts[k-1]
	}
	if even = even || p.end <= starts[len(cuts)-1]; even {
		p.evenly(starts[0])
		for k, c := range cuts {
			starts[k] = p.at(t.atoms[c].from)
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
		breaks, _ := t.lines(from, to, limit)
		for _, at := range breaks {
			c.Breaks = append(c.Breaks, t.atoms[at].from-a)
		}
		c.Words = p.words(a, b)
		c.clampWords()
		if c.Paragraph = len(out); c.End > c.Start {
			out = append(out, c)
		}
	}
	return out
}

// cueOfLines returns the paragraph as one cue whose lines are given. A line for which the frame has
// no room is wrapped.
func (p *paragraph) cueOfLines(scene int, lines []string, limit limits) Cue {
	c := Cue{Scene: scene, Text: p.text, Words: p.words(0, len(p.text)), End: p.end}
	if len(p.spans) > 0 {
		c.Start = p.spans[0].start
	}
	at := 0
	for _, line := range lines {
		text, _ := plain(line)
		if text == "" {
			continue
		}
		found := strings.Index(p.text[at:], text)
		if found < 0 { // the text is not made of these lines
			break
		}
		if at += found; at > 0 {
			c.Breaks = append(c.Breaks, at)
		}
		for _, b := range breakLine(text, limit) {
			c.Breaks = append(c.Breaks, at+b)
		}
		at += len(text)
	}
	c.clampWords()
	return c
}

// breakLine returns the offsets at which a line is broken that the frame has no room for.
func breakLine(line string, limit limits) []int {
	if limit.room <= 0 || uniseg.StringWidth(line) <= limit.room {
		return nil
	}
	p := &paragraph{}
	p.add(line, nil, timeline.Voice{Samples: 1})
	room := limits{chars: len(line), line: limit.room, lines: len(line)}
	t := p.atoms(room)
	breaks, _ := t.lines(0, len(t.atoms), room)
	var out []int
	for _, b := range breaks {
		out = append(out, t.atoms[b].from)
	}
	return out
}

// evenly has all characters share the time from start to the end of the paragraph: some
// stretch of it would have none.
func (p *paragraph) evenly(start int64) {
	p.spans = nil
	p.share(0, start, max(p.end, start))
}

// mostShared bounds the characters of a span that shares its time with others.
const mostShared = 64

// share has the words from a place to the end of the text share a time by their characters.
func (p *paragraph) share(from int, start, end int64) {
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

// clampWords brings the times of the words into those of the cue.
func (c *Cue) clampWords() {
	for i := range c.Words {
		w := &c.Words[i]
		w.Start = min(max(w.Start, c.Start), c.End)
		w.End = min(max(w.End, w.Start), c.End)
	}
}
