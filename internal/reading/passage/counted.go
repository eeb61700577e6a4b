package passage

import (
	"slices"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/token"
)

// FindPolishCase returns the grammatical case that the words before token from require: gen, loc, ins,
// dat, or "" for the nominative.
func (p *Passage) FindPolishCase(from int) string {
	b := p.FindIndexBefore(from)
	for p.TokenAt(b).Text == "," || p.TokenAt(b).Text == "(" || p.TokenAt(b).Text == "." {
		b = p.FindIndexBefore(b)
	}
	w := p.TokenAt(b).Lower
	for _, c := range []string{"gen", "loc", "ins", "dat"} {
		if p.Contains(c, w) {
			return c
		}
	}
	if w == "z" || w == "ze" {
		for j := from; j < min(len(p.Tokens), from+5); j++ {
			if t := p.TokenAt(j); t.Kind == token.Word && strings.HasSuffix(t.Lower, "mi") {
				return "ins" // z 3 osobami
			}
		}
		return "gen"
	}
	return ""
}

// IsUnitOfNumber reports whether the unit at the tokens unit..end belongs to the number that ends before token
// after. It is false for words and letters that probably mean something else, such as the B of "gate 12B".
func (p *Passage) IsUnitOfNumber(after, unit, end int) bool {
	t := p.TokenAt(unit)
	if unit == after && len(t.Text) == 1 && strings.Contains("BFKJN", t.Text) {
		return false // gate 12B
	}
	if (t.Text == "x" || t.Text == "×") && p.TokenAt(p.SkipGap(end)).Kind == token.Digits {
		return false
	}
	if end != unit+1 || !p.Contains("doubtful units", t.Text) {
		return true
	}
	return unit == after || p.IsAtEnd(end) || p.TokenAt(end).Kind == token.Sign && !strings.Contains("'’/", p.TokenAt(end).Text)
}

// ParseUnit finds the longest unit that begins at token i. It returns the index after it, or i.
func (p *Passage) ParseUnit(i int) (unit *grammar.Noun, nextIndex int) {
	if i >= len(p.Tokens) {
		return nil, i
	}
	if mark := p.TokenAt(i).Text; p.Base == "en" && (mark == "\"" || mark == "'") && p.TokenAt(i-1).Kind == token.Digits {
		return p.parseInchMark(i, mark)
	}
	text := p.Src[p.TokenAt(i).Start:]
	best, length := -1, 0
	for k := range p.Units {
		for _, s := range p.Units[k].Symbols {
			if len(s) > length && strings.HasPrefix(text, s) {
				if p.FindSymbolEnd(i, len(s)) > i {
					best, length = k, len(s)
				}
			}
		}
	}
	if best < 0 {
		return nil, i
	}
	return &p.Units[best].Noun, p.FindSymbolEnd(i, length)
}

// parseInchMark reads 3.5" and 6' as units, unless the mark closes a quotation.
func (p *Passage) parseInchMark(i int, mark string) (unit *grammar.Noun, nextIndex int) {
	for j := range i {
		if p.Tokens[j].Text == mark {
			return nil, i
		}
	}
	if p.IsWordOrDigits(i + 1) {
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

// ParseCurrency finds the sign, code or abbreviation of a currency at token i. It returns the index after
// it, or i.
func (p *Passage) ParseCurrency(i int) (currency *grammar.Currency, nextIndex int) {
	if i >= len(p.Tokens) || p.TokenAt(i).Kind == token.Digits || p.TokenAt(i).Kind == token.Gap {
		return nil, i
	}
	text := p.Src[p.TokenAt(i).Start:]
	best, length := -1, 0
	for k := range p.Money {
		for _, s := range p.Money[k].Symbols {
			if len(s) > length && strings.HasPrefix(text, s) && p.canCurrencySymbolEnd(i, len(s)) {
				best, length = k, len(s)
			}
		}
	}
	if best < 0 {
		return nil, i
	}
	j := i
	for j < len(p.Tokens) && p.Tokens[j].Start < p.TokenAt(i).Start+length {
		j++
	}
	return &p.Money[best], j
}

// canCurrencySymbolEnd reports whether the sign or code of a currency may end length bytes after the start of
// token i.
func (p *Passage) canCurrencySymbolEnd(i, length int) bool {
	at := p.TokenAt(i).Start + length
	for j := i; j < len(p.Tokens); j++ {
		if p.Tokens[j].End == at {
			next := p.TokenAt(j + 1)
			return p.Tokens[j].Kind == token.Sign || next.Kind != token.Word && !p.IsApostrophe(j+1)
		}
		if p.Tokens[j].End > at {
			return false
		}
	}
	return false
}

// FindNounGenderAfter returns the gender of the noun after a number, or "" if no noun follows.
func (p *Passage) FindNounGenderAfter(i int) string {
	start := i
	j := p.SkipGap(i)
	if w, _, ok := strings.Cut(p.FindWord("percent"), " "); ok && p.TokenAt(j).Lower == w {
		return "m"
	}
	for range 2 {
		t := p.TokenAt(j)
		if j == i || t.Kind != token.Word || p.Contains("functions", t.Lower) {
			break
		}
		if g := p.GuessGender(t); g != "" {
			return g
		}
		i, j = j+1, p.SkipGap(j+1)
	}
	if t := p.TokenAt(p.SkipGap(start)); p.SkipGap(start) > start && t.Kind == token.Word &&
		!p.Contains("functions", t.Lower) &&
		len([]rune(t.Text)) > 1 && (t.Text == t.Lower) != (p.Base == "de") {
		return p.chooseMostFrequentGender()
	}
	return ""
}

// chooseMostFrequentGender returns the gender of most nouns in the language.
func (p *Passage) chooseMostFrequentGender() string {
	switch p.Base {
	case "sv", "da":
		return "c"
	case "en", "nl":
		return ""
	}
	return "m"
}

// GuessGender returns the gender of a noun from the table, or by its ending.
func (p *Passage) GuessGender(t token.Token) string {
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

// IsNumberYear reports whether the number at the tokens from..to is a year. From 1500 on, it is a year
// unless it counts something; earlier numbers need a word before them that indicates a year.
func (p *Passage) IsNumberYear(from, to int, n grammar.Num) bool {
	if early := len(n.Whole) == 3 && token.IsDigits(n.Whole) && n.Fraction == "" && n.Minus == "" &&
		n.Low == 0; early &&
		p.Base == "pl" {
		return p.Contains("after years", p.TokenAt(p.SkipGap(to)).Lower)
	}
	if !n.CanBeYear() || p.IsYearExcludedBefore(from) {
		return false
	}
	if p.Base == "pl" && !p.Contains("before years", p.TokenAt(p.FindIndexBefore(from)).Lower) &&
		!p.Contains("after years", p.TokenAt(p.SkipGap(to)).Lower) {
		return false
	}
	if p.Contains("before years", p.TokenAt(p.FindIndexBefore(from)).Lower) ||
		p.Contains("after years", p.TokenAt(p.SkipGap(to)).Lower) {
		return !p.IsCountedNounAfter(to)
	}
	if p.TokenAt(from-1).Kind == token.Sign && p.TokenAt(from-1).Text != "(" && !token.IsDash(p.TokenAt(from-1).Text) &&
		p.TokenAt(from-1).Text != "'" && p.TokenAt(from-1).Text != "’" {
		return n.Whole >= "1500" && p.TokenAt(from-1).Text == "\"" && !p.IsCountedNounAfter(to)
	}
	return n.Whole >= "1500" && !p.IsCountedNounAfter(to)
}

// IsYearExcludedBefore reports whether the word before token from excludes that a number is a year.
func (p *Passage) IsYearExcludedBefore(from int) bool {
	b := p.FindIndexBefore(from)
	if p.TokenAt(b).Text == "." {
		b--
	}
	return p.Contains("before numbers", p.TokenAt(b).Lower) || p.TokenAt(b).Text == "#"
}

// IsCountedNounAfter reports whether a noun that the number counts follows at token i.
func (p *Passage) IsCountedNounAfter(i int) bool {
	j := p.SkipGap(i)
	t := p.TokenAt(j)
	if j == i || t.Kind != token.Word || p.Contains("functions", t.Lower) || p.Contains("after years", t.Lower) {
		return false
	}
	if _, end := p.ParseUnit(j); end > j && p.IsUnitOfNumber(i, j, end) {
		return true
	}
	if p.Base == "de" {
		// A noun is capitalized. Names after years follow a preposition.
		if t.Text != t.Lower {
			return !p.Contains("before years", p.TokenAt(p.FindIndexBefore(i-1)).Lower)
		}
		return p.TokenAt(p.SkipGap(j+1)).Kind == token.Word &&
			p.TokenAt(p.SkipGap(j+1)).Text != p.TokenAt(p.SkipGap(j+1)).Lower &&
			strings.HasSuffix(t.Lower, "e")
	}
	if t.Text != t.Lower {
		return false
	}
	if p.isLikelyPlural(t.Lower) {
		return true
	}
	k := p.SkipGap(j + 1)
	next := p.TokenAt(k)
	return p.Base == "en" && next.Kind == token.Word && next.Text == next.Lower && !p.Contains("functions", next.Lower) &&
		p.isLikelyPlural(next.Lower)
}

// isLikelyPlural reports whether a word may be a plural noun.
func (p *Passage) isLikelyPlural(w string) bool {
	if p.Contains("counted", w) {
		return true
	}
	if p.Contains("functions", w) || p.Contains("not counted", w) {
		return false
	}
	for ending := range p.Sets["plural endings"] {
		if strings.HasSuffix(w, ending) && len(w) > len(ending)+1 {
			return !strings.HasSuffix(w, "ss")
		}
	}
	return false
}
