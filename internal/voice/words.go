package voice

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"

	"mynah/internal/utter"
)

// Span is a stretch of a text, in bytes, End exclusive.
type Span struct{ Start, End int }

// Words are the words of a text as a reader sees them: what stands between blanks,
// without punctuation at either end, and single signs in Chinese and Japanese. Subtitles highlight these. A symbol on its own (an emoji, %) is a
// word; punctuation is not a word.
func Words(text string) []Span {
	var out []Span
	start := -1
	for i, r := range text {
		blank := unicode.IsSpace(r) || unicode.IsControl(r)
		switch {
		case !blank && start < 0:
			start = i
		case blank && start >= 0:
			out = appendToken(out, text, start, i)
			start = -1
		}
	}
	if start >= 0 {
		out = appendToken(out, text, start, len(text))
	}
	return out
}

func appendToken(out []Span, text string, start, end int) []Span {
	for start < end {
		r, n := utf8.DecodeRuneInString(text[start:end])
		if sayable(r) {
			break
		}
		start += n
	}
	for start < end {
		r, n := utf8.DecodeLastRuneInString(text[start:end])
		if sayable(r) || unicode.IsMark(r) || r == '\u200d' {
			break
		}
		end -= n
	}
	if start >= end {
		return out
	}
	token := text[start:end]
	if !strings.ContainsFunc(token, unspaced) {
		return append(out, Span{start, end})
	}
	// One word a segment; what is no word of its own belongs to the one before.
	at := start
	first := len(out)
	for it := words.FromString(token); it.Next(); {
		seg := it.Value()
		if strings.ContainsFunc(seg, sayable) || len(out) == first {
			out = append(out, Span{at, at + len(seg)})
		} else if !strings.ContainsFunc(seg, unicode.IsPunct) {
			out[len(out)-1].End = at + len(seg)
		}
		at += len(seg)
	}
	return out
}

func sayable(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) && r != utf8.RuneError ||
		r == '%' || r == '&' || r == '@' || r == '#'
}

// unspaced reports whether a script writes no blanks between words and can be cut without
// a dictionary. Thai and its neighbours cannot: there a phrase counts as a word.
func unspaced(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// Phrase is a part of a sentence as an engine should say it.
type Phrase struct {
	Text string
	Word int // index into Words of the plain text, or -1 between words
}

// Phrases cuts a request into words and what stands between them, with letters to be
// spelled set apart ("S, A, R") and control characters turned to blanks. Joined, the
// phrases are what to say.
func Phrases(req Request) (phrases []Phrase, plain string, spans []Span) {
	plain = req.Text()
	spans = Words(plain)
	at := 0
	for i, s := range spans {
		if s.Start > at {
			phrases = append(phrases, Phrase{Text: blankControls(plain[at:s.Start]), Word: -1})
		}
		phrases = append(phrases, Phrase{Text: blankControls(styledText(req.Runs, s)), Word: i})
		at = s.End
	}
	if at < len(plain) {
		phrases = append(phrases, Phrase{Text: blankControls(plain[at:]), Word: -1})
	}
	return phrases, plain, spans
}

// styledText is a word with the parts of it that stand in runs to be spelled.
func styledText(runs []utter.Run, s Span) string {
	var b strings.Builder
	at := 0
	for _, r := range runs {
		lo, hi := max(s.Start-at, 0), min(s.End-at, len(r.Text))
		at += len(r.Text)
		if lo >= hi {
			continue
		}
		if r.Style == utter.Spell {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(SpellOut(r.Text[lo:hi]))
		} else {
			b.WriteString(r.Text[lo:hi])
		}
	}
	return b.String()
}

// SpellOut sets the letters of a word apart: "SAR" becomes "S, A, R".
func SpellOut(word string) string {
	var b strings.Builder
	for _, r := range word {
		if unicode.IsMark(r) {
			b.WriteRune(r)
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// blankControls leaves nothing that an engine might take for a command: control characters,
// among them line ends and NUL, become blanks, broken UTF-8 is marked.
func blankControls(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return ' '
		}
		return r
	}, s)
}

// NewWords are the words of a plain text without times, for an engine to fill in.
func NewWords(plain string, spans []Span) []Word {
	out := make([]Word, len(spans))
	for i, s := range spans {
		out[i] = Word{Text: plain[s.Start:s.End], Offset: s.Start}
	}
	return out
}
