// Package passage provides a text in one language as tokens, with questions about the neighbours of a
// token: whether a number counts a noun and of which gender, whether it is a year, which unit or
// currency follows. All rules of reading use it. Language-specific forms are functions in Forms, which
// package idiom provides.
package passage

import (
	"slices"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/token"
)

// Passage is a text in one language, split into tokens. Rules refer to a token by its index. For a
// range of tokens they return the index after the last one.
type Passage struct {
	*grammar.Grammar
	Src    string
	Tokens []token.Token

	forms Forms
}

// New returns a passage for a text.
func New(g *grammar.Grammar, f Forms, text string) *Passage {
	return &Passage{Grammar: g, forms: f, Src: text, Tokens: token.SplitTokens(text)}
}

// TokenAt returns a token. Outside of the text it returns the zero Token, which is a gap.
func (p *Passage) TokenAt(i int) token.Token {
	if i < 0 || i >= len(p.Tokens) {
		return token.Token{}
	}
	return p.Tokens[i]
}

// IsOneOf reports whether a token, in lower case, is one of texts.
func (p *Passage) IsOneOf(i int, texts ...string) bool {
	t := p.TokenAt(i)
	if t.Lower == "" {
		return false
	}
	return slices.Contains(texts, t.Lower)
}

// SkipGap returns the index after a gap at token i, or i if none exists.
func (p *Passage) SkipGap(i int) int {
	if i < len(p.Tokens) && p.TokenAt(i).Kind == token.Gap {
		return i + 1
	}
	return i
}

// FindIndexBefore returns the index of the last token before token i that is not a gap, or -1.
func (p *Passage) FindIndexBefore(i int) int {
	i--
	if i >= 0 && p.Tokens[i].Kind == token.Gap {
		i--
	}
	return i
}

// IsAtEnd reports whether there is no token except a gap from index i on.
func (p *Passage) IsAtEnd(i int) bool { return p.SkipGap(i) >= len(p.Tokens) }

// IsWordOrDigits reports whether token i is a word or a number, so that no space separates it from the token
// before.
func (p *Passage) IsWordOrDigits(i int) bool {
	k := p.TokenAt(i).Kind
	return i < len(p.Tokens) && (k == token.Word || k == token.Digits)
}

// ParseSmallNumber returns the value of a token that is a number of at most most digits. It returns false for
// other tokens, and if most is above 9.
func (p *Passage) ParseSmallNumber(i, most int) (int, bool) {
	t := p.TokenAt(i)
	if t.Kind != token.Digits || len(t.Text) > most || most > 9 {
		return 0, false
	}
	n := 0
	for _, c := range t.Text {
		n = n*10 + int(c-'0')
	}
	return n, true
}

// CanStartAt reports whether something new may begin at token i: it is not inside a word, an address or a
// number.
func (p *Passage) CanStartAt(i int) bool {
	b := p.TokenAt(i - 1)
	return i == 0 || b.Kind == token.Gap || b.Kind == token.Sign && !strings.Contains("-_.@/+", b.Text)
}

// IsWeekdayBefore reports whether the name or abbreviation of a weekday is before token i.
func (p *Passage) IsWeekdayBefore(i int) bool {
	b := p.FindIndexBefore(i)
	for p.TokenAt(b).Text == "," || p.TokenAt(b).Text == "." {
		b = p.FindIndexBefore(b)
	}
	w := p.TokenAt(b).Lower
	return p.Day[w] || p.Days[w] != ""
}

// FindSymbolEnd returns the index of the token that begins length bytes after the start of token i, if a
// symbol may end there.
func (p *Passage) FindSymbolEnd(i, length int) int {
	at := p.TokenAt(i).Start + length
	j := i
	for j < len(p.Tokens) && p.Tokens[j].Start < at {
		j++
	}
	if j > i && p.Tokens[j-1].End != at {
		return i
	}
	last := p.TokenAt(j - 1)
	if (last.Kind == token.Word || last.Kind == token.Digits) && (p.IsWordOrDigits(j) || p.IsApostrophe(j)) {
		return i
	}
	return j
}

// IsApostrophe reports whether token i is an apostrophe inside a word.
func (p *Passage) IsApostrophe(i int) bool {
	t := p.TokenAt(i).Text
	return (t == "'" || t == "’") && p.TokenAt(i+1).Kind == token.Word
}

// IsInCapitals reports whether most words near token i are written in capitals, so that capitals do not
// indicate acronyms.
func (p *Passage) IsInCapitals(i int) bool {
	const few = 4
	loud, all := 0, 0
	for j := max(0, i-40); j < min(len(p.Tokens), i+40); j++ {
		t := p.TokenAt(j)
		if t.Kind != token.Word || len([]rune(t.Text)) < 2 || p.Letter[t.Text] || p.Spoken[t.Text] && len(t.Text) > 3 ||
			!strings.ContainsFunc(strings.ToUpper(t.Text), token.IsVowel) {
			continue
		}
		all++
		if t.Text != t.Lower && t.Text == strings.ToUpper(t.Text) {
			loud++
		}
	}
	return all >= few && 3*loud > 2*all
}
