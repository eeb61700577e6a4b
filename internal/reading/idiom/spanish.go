package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// newSpanishForms returns the context-dependent forms of Spanish.
func newSpanishForms() passage.Forms {
	return passage.Forms{
		Year:    func(p *passage.Passage, _, year int) string { return p.SpellCount(uint64(max(year, 0)), "") },
		Ordinal: chooseSpanishOrdinalForm, Date: saySpanishDate, Clock: saySpanishClock, Roman: saySpanishRoman,
	}
}

// chooseSpanishOrdinalForm returns the form of an ordinal number: primero and tercero are shortened before
// masculine nouns.
func chooseSpanishOrdinalForm(p *passage.Passage, from, to int) string {
	if g := p.FindNounGenderAfter(to); g == "m" {
		return "adj"
	}
	return chooseRomanceOrdinalForm(p, from, to)
}

func saySpanishDate(p *passage.Passage, _, _ int, d passage.Date) string {
	first := "primero"
	if p.Region == "es" {
		first = "uno"
	}
	return sayRomanceDate(p, d, dateWords{first: first, to: " al ", between: " de "})
}

func saySpanishClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.SpellCount(uint64(c.Hour), "f")
	switch {
	case c.Minute > 0 && c.Hour <= 12 && c.Hour > 0 && !c.Label && !c.HasSecond:
		switch c.Minute {
		case 15:
			say += " y cuarto"
		case 30:
			say += " y media"
		default:
			say += " y " + p.SpellCount(uint64(c.Minute), "")
		}
	case c.Minute > 0 || c.HasSecond:
		say += " " + p.SpellCount(uint64(c.Minute), "")
	case c.Hour == 1 && c.Label:
		say += " hora"
	case c.Label || c.Hour > 12 || c.Hour == 0:
		say += " horas"
	}
	if c.HasSecond {
		say += " y " + sayUnits(p, c.Second, "s")
	}
	return say
}

func saySpanishRoman(p *passage.Passage, i, to, n int, kind string) string {
	const lastOrdinal = 10
	if kind == "century" && p.Contains("after roman", p.TokenAt(p.SkipGap(to)).Lower) {
		return p.SpellOrdinal(strconv.Itoa(n), p.FindNounGenderAfter(to))
	}
	if kind == "ordinal" && n <= lastOrdinal || kind == "century" && n < lastOrdinal {
		form := "m"
		if kind == "ordinal" && p.Contains("queens", p.TokenAt(p.FindIndexBefore(i)).Lower) {
			form = "f"
		}
		return p.SpellOrdinal(strconv.Itoa(n), form)
	}
	return p.SpellCount(uint64(n), "")
}
