package figure

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadOrdinals reads 3rd, 3., 3º, 2e and 1:a, and ranges of them.
func ReadOrdinals(p *passage.Passage, i int) (int, string) {
	end, say := readOrdinal(p, i)
	if end == i {
		return i, ""
	}
	dash := p.Skip(end)
	if !token.IsDash(p.At(dash).Text) {
		return end, say
	}
	next := p.Skip(dash + 1)
	last, other := readOrdinal(p, next)
	if last == next {
		return end, say
	}
	return last, say + " " + p.Word("to") + " " + other
}

// readOrdinal reads one ordinal number.
func readOrdinal(p *passage.Passage, i int) (int, string) {
	n, j := p.Number(i)
	if j == i || n.Fraction != "" || n.Low > 0 || len(n.Whole) > 9 {
		return i, ""
	}
	if w := p.Word("ordinal " + n.Whole + p.At(j).Lower); w != "" {
		return j + 1, w
	}
	if form, end := OrdinalEnding(p, j); end > j && (!p.Glued(end) || p.At(end-1).Kind == token.Sign &&
		p.At(end).Kind == token.Digits) {
		if next := p.At(p.Skip(end)); p.At(end-1).Text == "°" && (next.Kind != token.Word || next.Text == "C" ||
			next.Text == "F") {
			return i, ""
		}
		if noun := p.OrdinalForm(i, end); form == "*" || form == "m" && noun == "adj" { // el 3º piso: tercer
			form = noun
		}
		if say := p.Ordinal(n.Whole, form); say != "" {
			return end, say
		}
	}
	if b := p.At(p.Before(i)); p.At(j).Text == "." && p.In("ordinal stop", "yes") && p.Roman[b.Lower] == "ordinal" &&
		b.Text != b.Lower && len(n.Whole) <= 2 {
		return j + 1, p.RomanWords(i, j+1, token.Value(n.Whole), "ordinal")
	}
	if p.At(j).Text != "." || !p.In("ordinal stop", "yes") || len(n.Whole) > 3 || n.Grouped {
		return i, ""
	}
	next := p.At(p.Skip(j + 1))
	switch {
	case p.Ended(j + 1):
		if !p.In("before ordinals", p.At(p.Before(i)).Lower) {
			return i, ""
		}
	case p.At(j+1).Text == ",":
	case p.At(j+1).Text == "/" && p.At(j+2).Kind == token.Digits && p.At(j+3).Text == ".":
	case token.IsDash(next.Text):
		k := p.Skip(p.Skip(j+1) + 1)
		if p.At(k).Kind != token.Digits || p.At(k+1).Text != "." {
			return i, ""
		}
	case p.At(j+1).Kind != token.Gap || next.Kind != token.Word && !p.In("before ordinals", p.At(p.Before(i)).Lower):
		return i, ""
	}
	say := p.Ordinal(n.Whole, p.OrdinalForm(i, j+1))
	if say == "" {
		return i, ""
	}
	return j + 1, say
}

// OrdinalEnding parses the ending of an ordinal number in digits. It returns the form for Ordinal, and
// the index after the ending.
func OrdinalEnding(p *passage.Passage, i int) (string, int) {
	var text strings.Builder
	best, end := "", i
	for j := i; j < i+3; j++ {
		t := p.At(j)
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
