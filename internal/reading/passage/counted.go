package passage

import (
	"slices"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/token"
)

// PolishCase returns the grammatical case that the words before token from require: gen, loc, ins,
// dat, or "" for the nominative.
func (p *Passage) PolishCase(from int) string {
	b := p.Before(from)
	for p.At(b).Text == "," || p.At(b).Text == "(" || p.At(b).Text == "." {
		b = p.Before(b)
	}
	w := p.At(b).Lower
	for _, c := range []string{"gen", "loc", "ins", "dat"} {
		if p.In(c, w) {
			return c
		}
	}
	if w == "z" || w == "ze" {
		for j := from; j < min(len(p.Tokens), from+5); j++ {
			if t := p.At(j); t.Kind == token.Word && strings.HasSuffix(t.Lower, "mi") {
				return "ins" // z 3 osobami
			}
		}
		return "gen"
	}
	return ""
}

// TakesUnit reports whether a unit at the tokens j..end that is also an ordinary word is meant as a
// unit of the number at token i.
func (p *Passage) TakesUnit(i, j, end int) bool {
	t := p.At(j)
	if j == i && len(t.Text) == 1 && strings.Contains("BFKJN", t.Text) {
		return false // gate 12B
	}
	if (t.Text == "x" || t.Text == "×") && p.At(p.Skip(end)).Kind == token.Digits {
		return false
	}
	if end != j+1 || !p.In("doubtful units", t.Text) {
		return true
	}
	return j == i || p.Ended(end) || p.At(end).Kind == token.Sign && !strings.Contains("'’/", p.At(end).Text)
}

// UnitAt finds the longest unit that begins at token i. It returns the index after it, or i.
func (p *Passage) UnitAt(i int) (*grammar.Noun, int) {
	if i >= len(p.Tokens) {
		return nil, i
	}
	if mark := p.At(i).Text; p.Base == "en" && (mark == "\"" || mark == "'") && p.At(i-1).Kind == token.Digits {
		return p.parseInchMark(i, mark)
	}
	text := p.Src[p.At(i).Start:]
	best, length := -1, 0
	for k := range p.Units {
		for _, s := range p.Units[k].Symbols {
			if len(s) > length && strings.HasPrefix(text, s) {
				if p.EndAfter(i, len(s)) > i {
					best, length = k, len(s)
				}
			}
		}
	}
	if best < 0 {
		return nil, i
	}
	return &p.Units[best].Noun, p.EndAfter(i, length)
}

// parseInchMark reads 3.5" and 6' as units, unless the mark closes a quotation.
func (p *Passage) parseInchMark(i int, mark string) (*grammar.Noun, int) {
	for j := range i {
		if p.Tokens[j].Text == mark {
			return nil, i
		}
	}
	if p.Glued(i + 1) {
		return nil, i
	}
	symbol := map[string]string{"\"": "in", "'": "ft"}[mark]
	for k := range p.Units {
		if slices.Contains(p.Units[k].Symbols, symbol) {
			return &p.Units[k].Noun, i + 1
		}
	}
	return nil, i
}

// CurrencyAt finds the sign, code or abbreviation of a currency at token i. It returns the index after
// it, or i.
func (p *Passage) CurrencyAt(i int) (*grammar.Currency, int) {
	if i >= len(p.Tokens) || p.At(i).Kind == token.Digits || p.At(i).Kind == token.Gap {
		return nil, i
	}
	text := p.Src[p.At(i).Start:]
	best, length := -1, 0
	for k := range p.Money {
		for _, s := range p.Money[k].Symbols {
			if len(s) > length && strings.HasPrefix(text, s) && p.symbolEnds(i, len(s)) {
				best, length = k, len(s)
			}
		}
	}
	if best < 0 {
		return nil, i
	}
	j := i
	for j < len(p.Tokens) && p.Tokens[j].Start < p.At(i).Start+length {
		j++
	}
	return &p.Money[best], j
}

// symbolEnds reports whether the sign or code of a currency may end length bytes after the start of
// token i.
func (p *Passage) symbolEnds(i, length int) bool {
	at := p.At(i).Start + length
	for j := i; j < len(p.Tokens); j++ {
		if p.Tokens[j].End == at {
			next := p.At(j + 1)
			return p.Tokens[j].Kind == token.Sign || next.Kind != token.Word && !p.Apostrophe(j+1)
		}
		if p.Tokens[j].End > at {
			return false
		}
	}
	return false
}

// GenderBehind returns the gender of the noun after a number, or "" if no noun follows.
func (p *Passage) GenderBehind(i int) string {
	start := i
	j := p.Skip(i)
	if w, _, ok := strings.Cut(p.Word("percent"), " "); ok && p.At(j).Lower == w {
		return "m"
	}
	for range 2 {
		t := p.At(j)
		if j == i || t.Kind != token.Word || p.In("functions", t.Lower) {
			break
		}
		if g := p.Gender(t); g != "" {
			return g
		}
		i, j = j+1, p.Skip(j+1)
	}
	if t := p.At(p.Skip(start)); p.Skip(start) > start && t.Kind == token.Word && !p.In("functions", t.Lower) &&
		len([]rune(t.Text)) > 1 && (t.Text == t.Lower) != (p.Base == "de") {
		return p.commonGender()
	}
	return ""
}

// commonGender returns the gender of most nouns in the language.
func (p *Passage) commonGender() string {
	switch p.Base {
	case "sv", "da":
		return "c"
	case "en", "nl":
		return ""
	}
	return "m"
}

// Gender returns the gender of a noun from the table, or by its ending.
func (p *Passage) Gender(t token.Token) string {
	if g, ok := p.Nouns[t.Lower]; ok {
		return g
	}
	if p.Base == "de" && t.Text == t.Lower {
		return ""
	}
	runes := []rune(t.Lower)
	for n := min(6, len(runes)-1); n > 0; n-- {
		if g, ok := p.Nouns["-"+string(runes[len(runes)-n:])]; ok {
			return g
		}
	}
	return ""
}

// IsYear reports whether the number at the tokens from..to is a year. From 1500 on, it is a year
// unless it counts something; earlier numbers need a word before them that indicates a year.
func (p *Passage) IsYear(from, to int, n grammar.Num) bool {
	if early := len(n.Whole) == 3 && token.IsDigits(n.Whole) && n.Fraction == "" && n.Minus == "" &&
		n.Low == 0; early &&
		p.Base == "pl" {
		return p.In("after years", p.At(p.Skip(to)).Lower)
	}
	if !n.LikeYear() || p.NotYear(from) {
		return false
	}
	if p.Base == "pl" && !p.In("before years", p.At(p.Before(from)).Lower) &&
		!p.In("after years", p.At(p.Skip(to)).Lower) {
		return false
	}
	if p.In("before years", p.At(p.Before(from)).Lower) || p.In("after years", p.At(p.Skip(to)).Lower) {
		return !p.CountedAfter(to)
	}
	if p.At(from-1).Kind == token.Sign && p.At(from-1).Text != "(" && !token.IsDash(p.At(from-1).Text) &&
		p.At(from-1).Text != "'" && p.At(from-1).Text != "’" {
		return n.Whole >= "1500" && p.At(from-1).Text == "\"" && !p.CountedAfter(to)
	}
	return n.Whole >= "1500" && !p.CountedAfter(to)
}

// NotYear reports whether the word before token from excludes that a number is a year.
func (p *Passage) NotYear(from int) bool {
	b := p.Before(from)
	if p.At(b).Text == "." {
		b--
	}
	return p.In("before numbers", p.At(b).Lower) || p.At(b).Text == "#"
}

// CountedAfter reports whether a noun that the number counts follows at token i.
func (p *Passage) CountedAfter(i int) bool {
	j := p.Skip(i)
	t := p.At(j)
	if j == i || t.Kind != token.Word || p.In("functions", t.Lower) || p.In("after years", t.Lower) {
		return false
	}
	if _, end := p.UnitAt(j); end > j && p.TakesUnit(i, j, end) {
		return true
	}
	if p.Base == "de" {
		// A noun is capitalized. Names after years follow a preposition.
		if t.Text != t.Lower {
			return !p.In("before years", p.At(p.Before(i-1)).Lower)
		}
		return p.At(p.Skip(j+1)).Kind == token.Word && p.At(p.Skip(j+1)).Text != p.At(p.Skip(j+1)).Lower &&
			strings.HasSuffix(t.Lower, "e")
	}
	if t.Text != t.Lower {
		return false
	}
	if p.isPlural(t.Lower) {
		return true
	}
	k := p.Skip(j + 1)
	next := p.At(k)
	return p.Base == "en" && next.Kind == token.Word && next.Text == next.Lower && !p.In("functions", next.Lower) &&
		p.isPlural(next.Lower)
}

// isPlural reports whether a word may be a plural noun.
func (p *Passage) isPlural(w string) bool {
	if p.In("counted", w) {
		return true
	}
	if p.In("functions", w) || p.In("not counted", w) {
		return false
	}
	for ending := range p.Sets["plural endings"] {
		if strings.HasSuffix(w, ending) && len(w) > len(ending)+1 {
			return !strings.HasSuffix(w, "ss")
		}
	}
	return false
}
