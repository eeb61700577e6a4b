package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// newFrenchForms returns the context-dependent forms of French.
func newFrenchForms() passage.Forms {
	return passage.Forms{
		Year:    func(p *passage.Passage, _, year int) string { return p.SpellCount(uint64(max(year, 0)), "") },
		Ordinal: chooseRomanceOrdinalForm, Date: sayFrenchDate, Clock: sayFrenchClock, Roman: sayFrenchRoman,
	}
}

// chooseRomanceOrdinalForm returns the gender of an ordinal number: that of the noun after it, or else before
// it.
func chooseRomanceOrdinalForm(p *passage.Passage, from, to int) string {
	if g := p.FindNounGenderAfter(to); g != "" {
		return g
	}
	if g := p.GuessGender(p.TokenAt(p.FindIndexBefore(from))); g != "" &&
		p.TokenAt(p.FindIndexBefore(from)).Kind == token.Word {
		return g
	}
	return "m"
}

func sayFrenchDate(p *passage.Passage, _, _ int, d passage.Date) string {
	return sayRomanceDate(p, d, dateWords{first: "premier", to: " au ", between: " "})
}

func sayFrenchClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	hour := p.SpellCount(uint64(c.Hour), "f")
	say := hour + " heures"
	if c.Hour < 2 {
		say = hour + " heure"
	}
	switch {
	case c.HasSecond:
		say += " " + sayUnits(p, c.Minute, "min") + " " + sayUnits(p, c.Second, "s")
	case c.Minute > 0:
		say += " " + p.SpellCount(uint64(c.Minute), "f")
	}
	return say
}

func sayFrenchRoman(p *passage.Passage, _, _, n int, kind string) string {
	number := strconv.Itoa(n)
	switch {
	case kind == "century":
		return p.SpellOrdinal(number, "m")
	case kind == "ordinal" && n == 1:
		return "premier"
	}
	return p.SpellCount(uint64(n), "")
}
