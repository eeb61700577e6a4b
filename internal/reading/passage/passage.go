// Package passage is a text in one language, cut into tokens, with answers about the neighbours of
// a token: whether a number counts a noun and of which gender, whether it is a year, which unit or
// currency follows. All rules of reading share this view. What a language does by neighbours are
// Forms, which package idiom fills in.
package passage

import (
	"slices"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/token"
)

// Passage is a text in one language, cut into tokens. Rules name a token by its index; of a
// stretch of tokens they give the index after its last.
type Passage struct {
	*grammar.Grammar
	Src    string
	Tokens []token.Token

	forms Forms
}

// New cuts a text into tokens.
func New(g *grammar.Grammar, f Forms, text string) *Passage {
	return &Passage{Grammar: g, forms: f, Src: text, Tokens: token.Split(text)}
}

// At returns a token; outside of the text it is a gap.
func (p *Passage) At(i int) token.Token {
	if i < 0 || i >= len(p.Tokens) {
		return token.Token{}
	}
	return p.Tokens[i]
}

// Is reports whether a token is one of some texts, in lower case.
func (p *Passage) Is(i int, texts ...string) bool {
	t := p.At(i)
	if t.Lower == "" {
		return false
	}
	return slices.Contains(texts, t.Lower)
}

// Skip passes over a gap.
func (p *Passage) Skip(i int) int {
	if i < len(p.Tokens) && p.At(i).Kind == token.Gap {
		return i + 1
	}
	return i
}

// Before returns the index of the word, number or sign in front of a token, or -1.
func (p *Passage) Before(i int) int {
	i--
	if i >= 0 && p.Tokens[i].Kind == token.Gap {
		i--
	}
	return i
}

// Ended reports whether the text ends at a token, blanks left out.
func (p *Passage) Ended(i int) bool { return p.Skip(i) >= len(p.Tokens) }

// Glued reports whether token i is a word or number, and so follows the text before it without a space.
func (p *Passage) Glued(i int) bool {
	k := p.At(i).Kind
	return i < len(p.Tokens) && (k == token.Word || k == token.Digits)
}

// Small reports whether a token is a number of at most so many digits, and gives it.
func (p *Passage) Small(i, most int) (int, bool) {
	t := p.At(i)
	if t.Kind != token.Digits || len(t.Text) > most || most > 9 {
		return 0, false
	}
	n := 0
	for _, c := range t.Text {
		n = n*10 + int(c-'0')
	}
	return n, true
}

// Opens reports whether a thing may begin at a token: not within a word, an address or a number.
func (p *Passage) Opens(i int) bool {
	b := p.At(i - 1)
	return i == 0 || b.Kind == token.Gap || b.Kind == token.Sign && !strings.Contains("-_.@/+", b.Text)
}

// WeekdayBefore reports whether the name of a day stands in front, which may be cut short.
func (p *Passage) WeekdayBefore(i int) bool {
	b := p.Before(i)
	for p.At(b).Text == "," || p.At(b).Text == "." {
		b = p.Before(b)
	}
	w := p.At(b).Lower
	return p.Day[w] || p.Days[w] != ""
}

// EndAfter returns the token after so many bytes from a token on, if a symbol may end there.
func (p *Passage) EndAfter(i, length int) int {
	at := p.At(i).Start + length
	j := i
	for j < len(p.Tokens) && p.Tokens[j].Start < at {
		j++
	}
	if j > i && p.Tokens[j-1].End != at {
		return i
	}
	last := p.At(j - 1)
	if (last.Kind == token.Word || last.Kind == token.Digits) && (p.Glued(j) || p.Apostrophe(j)) {
		return i
	}
	return j
}

// Apostrophe reports whether a word goes on after an apostrophe.
func (p *Passage) Apostrophe(i int) bool {
	t := p.At(i).Text
	return (t == "'" || t == "’") && p.At(i+1).Kind == token.Word
}

// Shouting reports whether most words of a text are written in capitals, so that these say
// nothing.
func (p *Passage) Shouting(i int) bool {
	const few = 4
	loud, all := 0, 0
	for j := max(0, i-40); j < min(len(p.Tokens), i+40); j++ {
		t := p.At(j)
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
