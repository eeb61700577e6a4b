package address

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadHouseNumber reads the number of a house before a street, or the postal code after a state: "one
// twenty-three Main Street", "Illinois six two seven zero four".
func ReadHouseNumber(p *passage.Passage, i int) (int, string) {
	t := p.At(i)
	if p.Base != "en" || len(t.Text) > 5 || t.Text[0] == '0' && len(t.Text) != 5 {
		return i, ""
	}
	if b := p.At(p.Before(i)); len(t.Text) == 5 && p.States[b.Text] != "" {
		end := i + 1
		say := p.SpellDigits(t.Text)
		if p.At(end).Text == "-" && len(p.At(end+1).Text) == 4 && p.At(end+1).Kind == token.Digits {
			say += ", " + p.SpellDigits(p.At(end+1).Text)
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
		return i + 1, p.Cardinal(head, "") + " hundred"
	case tail[0] == '0':
		return i + 1, p.Cardinal(head, "") + " oh " + p.Cardinal(tail[1:], "")
	}
	return i + 1, p.Cardinal(head, "") + " " + p.Cardinal(tail, "")
}

// isStreetAfter reports whether up to four capitalized words follow token i, of which the last is a
// kind of street.
func isStreetAfter(p *passage.Passage, i int) bool {
	const most = 4
	j := i
	for range most {
		if p.At(j).Kind != token.Gap {
			return false
		}
		j++
		t := p.At(j)
		if p.In("streets", t.Lower) {
			return j > i+1
		}
		if t.Kind == token.Digits {
			j++
			if p.At(j).Kind == token.Word {
				j++
			}
			continue
		}
		if t.Kind != token.Word || t.Text == t.Lower {
			return false
		}
		j++
		if p.At(j).Text == "." {
			j++
		}
	}
	return false
}

// ReadStateName reads the abbreviation of a state after a town or before a postal code.
func ReadStateName(p *passage.Passage, i int) (int, string) {
	name := p.States[p.At(i).Text]
	if name == "" || p.Glued(i+1) {
		return i, ""
	}
	code := p.At(p.Skip(i + 1))
	town := p.At(p.Before(p.Before(i)))
	comma := p.At(p.Before(i)).Text == "," && town.Kind == token.Word && town.Text != strings.ToUpper(town.Text) &&
		town.Text != town.Lower
	if code.Kind == token.Digits && len(code.Text) == 5 || comma && p.At(i).Text != "IN" && p.At(i).Text != "OR" &&
		p.At(i).Text != "OK" && p.At(i).Text != "ME" {
		return i + 1, name
	}
	return i, ""
}

// ReadPostalCode reads the five digits before a German town.
func ReadPostalCode(p *passage.Passage, i int) (int, string) {
	if b := p.At(p.Before(i)); p.Base == "de" && b.Text == "," && len(p.At(i).Text) == 5 &&
		p.At(i+1).Kind == token.Gap &&
		p.At(i+2).Kind == token.Word && p.At(i+2).Text != p.At(i+2).Lower {
		return i + 1, p.SpellDigits(p.At(i).Text)
	}
	return i, ""
}
