package caption

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"mynah/internal/timeline"
)

// Limits of subtitles that show few words at a time: mostColumns counts a wide character as two, and applies from the
// second word on. A pause longer than wordPause, in samples, leaves the screen empty.
const (
	mostWords   = 3
	mostColumns = 14
	wordPause   = timeline.SampleRate * 35 / 100
)

// SplitIntoWords returns the cues that show one to three words of the given cues at a time. Groups end with clauses. Cues
// without spoken words share their time by the characters of their words.
func SplitIntoWords(cues []Cue) []Cue {
	var out []Cue
	for _, c := range cues {
		words := c.Words
		if len(words) == 0 {
			words = c.shareTimeAmongWords()
		}
		first := 0
		for i := range words {
			if i+1 < len(words) && !c.endsGroup(words[first:i+2]) {
				continue
			}
			out = append(out, c.newGroup(words[first:i+1]))
			first = i + 1
		}
	}
	for i := range out {
		if next := i + 1; next < len(out) && out[next].Start-out[i].End < wordPause {
			out[i].End = max(out[next].Start, out[i].End)
		}
	}
	return out
}

// endsGroup reports whether the last of several words begins a new group.
func (c Cue) endsGroup(words []CueWord) bool {
	last, before := words[len(words)-1], words[len(words)-2]
	text := strings.TrimSpace(c.Text[words[0].Offset : last.Offset+last.Length])
	said := strings.TrimRight(c.Text[before.Offset:before.Offset+before.Length], `"'”’»)`)
	_, lastSize := utf8.DecodeLastRuneInString(said)
	return len(words) > mostWords || uniseg.StringWidth(text) > mostColumns || last.Start-before.End > wordPause ||
		strings.Contains(text, "\n") ||
		strings.ContainsAny(said[len(said)-lastSize:], ".!?…,;:。！？、，")
}

// newGroup returns the cue that shows some words of a cue.
func (c Cue) newGroup(words []CueWord) Cue {
	from, last := words[0].Offset, words[len(words)-1]
	out := c
	out.Start, out.End, out.Breaks, out.Words = words[0].Start, last.End, nil, nil
	out.Text = strings.TrimRightFunc(c.Text[from:last.Offset+last.Length], unicode.IsSpace)
	return out
}

// shareTimeAmongWords returns the words of a cue that nobody speaks, with times in proportion to their lengths.
func (c Cue) shareTimeAmongWords() []CueWord {
	var out []CueWord
	total, before := int64(max(len(strings.Join(strings.Fields(c.Text), "")), 1)), int64(0)
	at := 0
	for w := range strings.FieldsSeq(c.Text) {
		at += strings.Index(c.Text[at:], w)
		start := c.Start + (c.End-c.Start)*before/total
		before += int64(len(w))
		out = append(out, CueWord{Offset: at, Length: len(w), Start: start, End: c.Start + (c.End-c.Start)*before/total})
		at += len(w)
	}
	return out
}
