// Package token splits a text into words, numbers, signs and gaps, and classifies single tokens, for
// example as a dash, a Roman numeral or a fraction. It does not depend on the language.
package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsWordCharacter reports whether a character can be part of a word, a number or an identifier.
func IsWordCharacter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// IsUnspacedLetter reports whether a letter belongs to a script that is written without spaces between words.
func IsUnspacedLetter(r rune) bool {
	return r >= 0x0E00 &&
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
			unicode.Myanmar)
}

// Kind is the kind of a token.
type Kind int

// Values of Kind.
const (
	Gap    Kind = iota // white space
	Word               // letters with their combining marks
	Digits             // decimal digits
	Sign               // one other character
)

// Token is a part of a text. The tokens of a text are consecutive and cover it completely.
type Token struct {
	Kind       Kind
	Start, End int    // byte offsets in the text
	Text       string // the text without invisible characters; digits of all scripts are converted to 0 to 9
	Lower      string // Text in lower case
}

// isInvisible reports whether r is an invisible character, such as a soft hyphen or a direction mark.
func isInvisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u2060', '\ufeff', '\u200e', '\u200f', '\u180e':
		return true
	}
	return false
}

// isJoiner reports whether r is a joiner. Joiners shape the letters of some scripts, and are invisible
// elsewhere.
func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// ClassifyRune returns the kind of the token that a character belongs to.
func ClassifyRune(r rune) Kind {
	switch {
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return Word
	case unicode.IsDigit(r):
		return Digits
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return Gap
	}
	return Sign
}

// SplitTokens splits a text into tokens in linear time. Each letter of a script without spaces is a separate
// token.
func SplitTokens(text string) []Token {
	out := make([]Token, 0, len(text)/4+1)
	single := false // the previous letter is a separate token
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		k := ClassifyRune(r)
		if isInvisible(r) || isJoiner(r) {
			k = Gap
			if next, _ := utf8.DecodeRuneInString(text[at+size:]); len(out) > 0 && out[len(out)-1].Kind == Word &&
				ClassifyRune(next) == Word {
				k = Word
			}
		}
		last := len(out) - 1
		alone := k == Word && !unicode.IsMark(r) && (IsUnspacedLetter(r) || single)
		if k == Word && !unicode.IsMark(r) {
			single = IsUnspacedLetter(r)
		}
		if last >= 0 && out[last].Kind == k && k != Sign && out[last].End == at && !alone {
			out[last].End += size
		} else {
			out = append(out, Token{Kind: k, Start: at, End: at + size})
		}
		at += size
	}
	for i := range out {
		t := &out[i]
		t.Text = removeInvisible(strings.ToValidUTF8(text[t.Start:t.End], "\ufffd"))
		switch t.Kind {
		case Digits:
			t.Text = toASCIIDigits(t.Text)
			t.Lower = t.Text
		case Word:
			t.Lower = strings.ToLower(t.Text)
		case Gap, Sign:
			t.Lower = t.Text
		}
	}
	return out
}

// removeInvisible removes invisible characters from a token, and joiners from Latin words.
func removeInvisible(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f && (isInvisible(r) || isJoiner(r)) }) {
		return s
	}
	first, _ := utf8.DecodeRuneInString(s)
	shaped := !unicode.In(first, unicode.Latin, unicode.Greek, unicode.Cyrillic)
	return strings.Map(func(r rune) rune {
		if isInvisible(r) || isJoiner(r) && !shaped {
			return -1
		}
		return r
	}, s)
}

// toASCIIDigits replaces the digits of any script by 0 to 9.
func toASCIIDigits(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(toASCIIDigit, s)
		}
	}
	return s
}

// toASCIIDigit returns the ASCII digit for a digit of any script. In Unicode, the digits of a script are
// consecutive, from 0 on.
func toASCIIDigit(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	for d := range rune(10) {
		if !unicode.IsDigit(r - d - 1) {
			return '0' + d
		}
	}
	return '0' + (r-0x1D7CE)%10 // mathematical digits: five consecutive alphabets
}
