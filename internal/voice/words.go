package voice

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"

	"mynah/internal/utter"
)

// Span is a byte range of a text; End is exclusive.
type Span struct{ Start, End int }

// SplitWords returns the words of a text as a reader sees them: the text between blanks without outer punctuation,
// and single characters in Chinese and Japanese. A symbol such as an emoji or % is a word; punctuation is not.
// Subtitles highlight these words.
func SplitWords(text string) []Span {
	var out []Span
	start := -1
	for i, r := range text {
		blank := unicode.IsSpace(r) || unicode.IsControl(r)
		switch {
		case !blank && start < 0:
			start = i
		case blank && start >= 0:
			out = appendWordsOfToken(out, text, start, i)
			start = -1
		}
	}
	if start >= 0 {
		out = appendWordsOfToken(out, text, start, len(text))
	}
	return out
}

func appendWordsOfToken(out []Span, text string, start, end int) []Span {
	for start < end {
		r, n := utf8.DecodeRuneInString(text[start:end])
		if isSayable(r) {
			break
		}
		start += n
	}
	for start < end {
		r, n := utf8.DecodeLastRuneInString(text[start:end])
		if isSayable(r) || unicode.IsMark(r) || r == '\u200d' {
			break
		}
		end -= n
	}
	if start >= end {
		return out
	}
	token := text[start:end]
	if !strings.ContainsFunc(token, isHanOrKana) {
		return append(out, Span{start, end})
	}
	// One word per segment; a segment that is not a word extends the previous word.
	at := start
	first := len(out)
	for it := words.FromString(token); it.Next(); {
		seg := it.Value()
		if strings.ContainsFunc(seg, isSayable) || len(out) == first {
			out = append(out, Span{at, at + len(seg)})
		} else if !strings.ContainsFunc(seg, unicode.IsPunct) {
			out[len(out)-1].End = at + len(seg)
		}
		at += len(seg)
	}
	return out
}

// isSayable reports whether a character can be spoken.
func isSayable(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) && r != utf8.RuneError ||
		r == '%' || r == '&' || r == '@' || r == '#'
}

// isHanOrKana reports whether a character's script has no blanks between words and can be segmented without a
// dictionary. Thai and similar scripts need a dictionary; there, a phrase counts as a word.
func isHanOrKana(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// Phrase is a part of a sentence as an engine should say it.
type Phrase struct {
	Text string
	Word int // index into the words of the plain text; -1 for text between words
}

// SplitPhrases splits a request into words and the text between them. Letters to be spelled are separated ("S, A,
// R"), and control characters become blanks. The concatenated phrases are the text to speak.
func SplitPhrases(req Request) (phrases []Phrase, plain string, spans []Span) {
	plain = req.Text()
	spans = SplitWords(plain)
	at := 0
	for i, s := range spans {
		if s.Start > at {
			phrases = append(phrases, Phrase{Text: replaceUnsafeCharacters(plain[at:s.Start]), Word: -1})
		}
		phrases = append(phrases, Phrase{Text: replaceUnsafeCharacters(spellStyledParts(req.Runs, s)), Word: i})
		at = s.End
	}
	if at < len(plain) {
		phrases = append(phrases, Phrase{Text: replaceUnsafeCharacters(plain[at:]), Word: -1})
	}
	return phrases, plain, spans
}

// spellStyledParts returns a word in which the parts that belong to runs with the style Spell are spelled out.
func spellStyledParts(runs []utter.Run, s Span) string {
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

// SpellOut separates the letters of a word: "SAR" becomes "S, A, R".
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

// replaceUnsafeCharacters removes characters that an engine might interpret as a command: control characters, including
// line ends and NUL, become blanks, and broken UTF-8 becomes U+FFFD.
func replaceUnsafeCharacters(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return ' '
		}
		return r
	}, s)
}

// NewWords returns the words of a plain text, with times that an engine still has to set.
func NewWords(plain string, spans []Span) []Word {
	out := make([]Word, len(spans))
	for i, s := range spans {
		out[i] = Word{Text: plain[s.Start:s.End], Offset: s.Start}
	}
	return out
}
