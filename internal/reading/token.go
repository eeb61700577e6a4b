package reading

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is made of.
type kind int

const (
	gap    kind = iota // blanks
	word               // letters, with their marks
	digits             // decimal digits
	sign               // one other character
)

// token is a piece of a text. Tokens lie side by side and cover all of it.
type token struct {
	kind       kind
	start, end int    // in bytes, in the text
	text       string // without invisible characters; digits of all scripts as 0 to 9
	lower      string // text in lower case
}

// invisible are characters that only tell where a line may break.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u2060', '\ufeff', '\u200e', '\u200f', '\u180e':
		return true
	}
	return false
}

// joiner are characters that shape the letters of some scripts; elsewhere they are invisible.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

func kindOf(r rune) kind {
	switch {
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return word
	case unicode.IsDigit(r):
		return digits
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return gap
	}
	return sign
}

// tokenize cuts a text into tokens, in linear time. Letters of scripts without blanks between
// words are tokens of their own.
func tokenize(text string) []token {
	out := make([]token, 0, len(text)/4+1)
	single := false // the letter before is a token of its own
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		k := kindOf(r)
		if invisible(r) || joiner(r) {
			k = gap
			if next, _ := utf8.DecodeRuneInString(text[at+size:]); len(out) > 0 && out[len(out)-1].kind == word &&
				kindOf(next) == word {
				k = word
			}
		}
		last := len(out) - 1
		alone := k == word && !unicode.IsMark(r) && (unspaced(r) || single)
		if k == word && !unicode.IsMark(r) {
			single = unspaced(r)
		}
		if last >= 0 && out[last].kind == k && k != sign && out[last].end == at && !alone {
			out[last].end += size
		} else {
			out = append(out, token{kind: k, start: at, end: at + size})
		}
		at += size
	}
	for i := range out {
		t := &out[i]
		t.text = visible(strings.ToValidUTF8(text[t.start:t.end], "\ufffd"))
		switch t.kind {
		case digits:
			t.text = ascii(t.text)
			t.lower = t.text
		case word:
			t.lower = strings.ToLower(t.text)
		case gap, sign:
			t.lower = t.text
		}
	}
	return out
}

// visible takes the invisible characters out of a token, and joiners out of Latin words.
func visible(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f && (invisible(r) || joiner(r)) }) {
		return s
	}
	first, _ := utf8.DecodeRuneInString(s)
	shaped := !unicode.In(first, unicode.Latin, unicode.Greek, unicode.Cyrillic)
	return strings.Map(func(r rune) rune {
		if invisible(r) || joiner(r) && !shaped {
			return -1
		}
		return r
	}, s)
}

// ascii writes the digits of any script as 0 to 9.
func ascii(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(asciiDigit, s)
		}
	}
	return s
}

// asciiDigit uses that the digits of a script stand side by side, from 0 on.
func asciiDigit(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	for d := range rune(10) {
		if !unicode.IsDigit(r - d - 1) {
			return '0' + d
		}
	}
	return '0' + (r-0x1D7CE)%10 // mathematical digits: five alphabets without a gap
}

// passage is a text in one language, cut into tokens.
type passage struct {
	*grammar
	forms  forms
	src    string
	tokens []token
}

// newPassage cuts a text into tokens.
func newPassage(g *grammar, f forms, text string) *passage {
	return &passage{grammar: g, forms: f, src: text, tokens: tokenize(text)}
}

// at gives a token; outside of the text it is a gap.
func (p *passage) at(i int) token {
	if i < 0 || i >= len(p.tokens) {
		return token{}
	}
	return p.tokens[i]
}

// is tells whether a token is one of some texts, in lower case.
func (p *passage) is(i int, texts ...string) bool {
	t := p.at(i)
	if t.lower == "" {
		return false
	}
	return slices.Contains(texts, t.lower)
}

// skip passes over a gap.
func (p *passage) skip(i int) int {
	if i < len(p.tokens) && p.at(i).kind == gap {
		return i + 1
	}
	return i
}

// before gives the index of the word, number or sign in front of a token, or -1.
func (p *passage) before(i int) int {
	i--
	if i >= 0 && p.tokens[i].kind == gap {
		i--
	}
	return i
}

// ended tells that the text ends at a token, blanks left out.
func (p *passage) ended(i int) bool { return p.skip(i) >= len(p.tokens) }

// glued tells that a word or number follows without a blank.
func (p *passage) glued(i int) bool {
	k := p.at(i).kind
	return i < len(p.tokens) && (k == word || k == digits)
}

// small tells whether a token is a number of at most so many digits, and gives it.
func (p *passage) small(i, most int) (int, bool) {
	t := p.at(i)
	if t.kind != digits || len(t.text) > most || most > 9 {
		return 0, false
	}
	n := 0
	for _, c := range t.text {
		n = n*10 + int(c-'0')
	}
	return n, true
}
