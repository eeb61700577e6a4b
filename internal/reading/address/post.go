package address

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadHouseNumber reads the number of a house before a street, or the postal code after a state: "one
// twenty-three Main Street", "Illinois six two seven zero four".
func ReadHouseNumber(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if p.Base != "en" || len(t.Text) > 5 || t.Text[0] == '0' && len(t.Text) != 5 {
		return i, ""
	}
	if b := p.TokenAt(p.FindIndexBefore(i)); len(t.Text) == 5 && p.States[b.Text] != "" {
		end := i + 1
		say := p.SpellDigits(t.Text)
		if p.TokenAt(end).Text == "-" && len(p.TokenAt(end+1).Text) == 4 && p.TokenAt(end+1).Kind == token.Digits {
			say += ", " + p.SpellDigits(p.TokenAt(end+1).Text)
			end += 2
		}
		return end, say
	}
	if len(t.Text) < 3 || !isStreetAfter(p, i+1) {
		return i, ""
	}
	head, tail := t.Text[:len(t.Text)-2], t.Text[len(t.Text)-2:]
	switch {
	case tail == "00" && t.Text[0] != '0':
		return i + 1, p.SpellCardinal(head, "") + " hundred"
	case tail[0] == '0':
		return i + 1, p.SpellCardinal(head, "") + " oh " + p.SpellCardinal(tail[1:], "")
	}
	return i + 1, p.SpellCardinal(head, "") + " " + p.SpellCardinal(tail, "")
}

// isStreetAfter reports whether up to four capitalized words follow token i, of which the last is a
// kind of street.
func isStreetAfter(p *passage.Passage, i int) bool {
	const most = 4
	j := i
	for range most {
		if p.TokenAt(j).Kind != token.Gap {
			return false
		}
		j++
		t := p.TokenAt(j)
		if p.Contains("streets", t.Lower) {
			return j > i+1
		}
		if t.Kind == token.Digits {
			j++
			if p.TokenAt(j).Kind == token.Word {
				j++
			}
			continue
		}
		if t.Kind != token.Word || t.Text == t.Lower {
			return false
		}
		j++
		if p.TokenAt(j).Text == "." {
			j++
		}
	}
	return false
}

// ReadStateName reads the abbreviation of a state after a town or before a postal code.
func ReadStateName(p *passage.Passage, i int) (nextIndex int, spoken string) {
	name := p.States[p.TokenAt(i).Text]
	if name == "" || p.IsWordOrDigits(i+1) {
		return i, ""
	}
	code := p.TokenAt(p.SkipGap(i + 1))
	town := p.TokenAt(p.FindIndexBefore(p.FindIndexBefore(i)))
	comma := p.TokenAt(p.FindIndexBefore(i)).Text == "," && town.Kind == token.Word &&
		town.Text != strings.ToUpper(town.Text) &&
		town.Text != town.Lower
	if code.Kind == token.Digits && len(code.Text) == 5 || comma && p.TokenAt(i).Text != "IN" &&
		p.TokenAt(i).Text != "OR" &&
		p.TokenAt(i).Text != "OK" && p.TokenAt(i).Text != "ME" {
		return i + 1, name
	}
	return i, ""
}

// ReadPostalCode reads the five digits before a German town.
func ReadPostalCode(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if b := p.TokenAt(p.FindIndexBefore(i)); p.Base == "de" && b.Text == "," && len(p.TokenAt(i).Text) == 5 &&
		p.TokenAt(i+1).Kind == token.Gap &&
		p.TokenAt(i+2).Kind == token.Word && p.TokenAt(i+2).Text != p.TokenAt(i+2).Lower {
		return i + 1, p.SpellDigits(p.TokenAt(i).Text)
	}
	return i, ""
}
