package figure

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadOrdinalOrRange reads 3rd, 3., 3º, 2e and 1:a, and ranges of them.
func ReadOrdinalOrRange(p *passage.Passage, i int) (nextIndex int, spoken string) {
	end, say := readOrdinal(p, i)
	if end == i {
		return i, ""
	}
	dash := p.SkipGap(end)
	if !token.IsDash(p.TokenAt(dash).Text) {
		return end, say
	}
	next := p.SkipGap(dash + 1)
	last, other := readOrdinal(p, next)
	if last == next {
		return end, say
	}
	return last, say + " " + p.FindWord("to") + " " + other
}

// readOrdinal reads one ordinal number.
func readOrdinal(p *passage.Passage, i int) (nextIndex int, spoken string) {
	n, j := p.ParseNumber(i)
	if j == i || n.Fraction != "" || n.Low > 0 || len(n.Whole) > 9 {
		return i, ""
	}
	if w := p.FindWord("ordinal " + n.Whole + p.TokenAt(j).Lower); w != "" {
		return j + 1, w
	}
	if form, end := ParseOrdinalEnding(p, j); end > j && (!p.IsWordOrDigits(end) || p.TokenAt(end-1).Kind == token.Sign &&
		p.TokenAt(end).Kind == token.Digits) {
		if next := p.TokenAt(p.SkipGap(end)); p.TokenAt(end-1).Text == "°" && (next.Kind != token.Word || next.Text == "C" ||
			next.Text == "F") {
			return i, ""
		}
		if noun := p.ChooseOrdinalForm(i, end); form == "*" || form == "m" && noun == "adj" { // el 3º piso: tercer
			form = noun
		}
		if say := p.SpellOrdinal(n.Whole, form); say != "" {
			return end, say
		}
	}
	if b := p.TokenAt(p.FindIndexBefore(i)); p.TokenAt(j).Text == "." && p.Contains("ordinal stop", "yes") &&
		p.Roman[b.Lower] == "ordinal" &&
		b.Text != b.Lower && len(n.Whole) <= 2 {
		return j + 1, p.SayRoman(i, j+1, token.ParseIntOrMinusOne(n.Whole), "ordinal")
	}
	if p.TokenAt(j).Text != "." || !p.Contains("ordinal stop", "yes") || len(n.Whole) > 3 || n.Grouped {
		return i, ""
	}
	next := p.TokenAt(p.SkipGap(j + 1))
	switch {
	case p.IsAtEnd(j + 1):
		if !p.Contains("before ordinals", p.TokenAt(p.FindIndexBefore(i)).Lower) {
			return i, ""
		}
	case p.TokenAt(j+1).Text == ",":
	case p.TokenAt(j+1).Text == "/" && p.TokenAt(j+2).Kind == token.Digits && p.TokenAt(j+3).Text == ".":
	case token.IsDash(next.Text):
		k := p.SkipGap(p.SkipGap(j+1) + 1)
		if p.TokenAt(k).Kind != token.Digits || p.TokenAt(k+1).Text != "." {
			return i, ""
		}
	case p.TokenAt(j+1).Kind != token.Gap || next.Kind != token.Word &&
		!p.Contains("before ordinals", p.TokenAt(p.FindIndexBefore(i)).Lower):
		return i, ""
	}
	say := p.SpellOrdinal(n.Whole, p.ChooseOrdinalForm(i, j+1))
	if say == "" {
		return i, ""
	}
	return j + 1, say
}

// ParseOrdinalEnding parses the ending of an ordinal number in digits. It returns the form for Ordinal, and
// the index after the ending.
func ParseOrdinalEnding(p *passage.Passage, i int) (form string, nextIndex int) {
	var text strings.Builder
	best, end := "", i
	for j := i; j < i+3; j++ {
		t := p.TokenAt(j)
		if t.Kind == token.Gap {
			break
		}
		text.WriteString(t.Lower)
		if form, ok := p.Ends[text.String()]; ok {
			best, end = form, j+1
		}
	}
	return best, end
}
