package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// spanishForms returns the context-dependent forms of Spanish.
func spanishForms() passage.Forms {
	return passage.Forms{
		Year:    func(p *passage.Passage, _, year int) string { return p.Count(uint64(max(year, 0)), "") },
		Ordinal: spanishOrdinal, Date: spanishDate, Clock: spanishClock, Roman: spanishRoman,
	}
}

// spanishOrdinal returns the form of an ordinal number: primero and tercero are shortened before
// masculine nouns.
func spanishOrdinal(p *passage.Passage, from, to int) string {
	if g := p.GenderBehind(to); g == "m" {
		return "adj"
	}
	return romanceOrdinal(p, from, to)
}

func spanishDate(p *passage.Passage, _, _ int, d passage.Date) string {
	first := "primero"
	if p.Region == "es" {
		first = "uno"
	}
	return romanceDate(p, d, dateWords{first: first, to: " al ", between: " de "})
}

func spanishClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.Count(uint64(c.Hour), "f")
	switch {
	case c.Minute > 0 && c.Hour <= 12 && c.Hour > 0 && !c.Label && !c.HasSecond:
		switch c.Minute {
		case 15:
			say += " y cuarto"
		case 30:
			say += " y media"
		default:
			say += " y " + p.Count(uint64(c.Minute), "")
		}
	case c.Minute > 0 || c.HasSecond:
		say += " " + p.Count(uint64(c.Minute), "")
	case c.Hour == 1 && c.Label:
		say += " hora"
	case c.Label || c.Hour > 12 || c.Hour == 0:
		say += " horas"
	}
	if c.HasSecond {
		say += " y " + p.Count(uint64(c.Second), "m") + " segundos"
	}
	return say
}

func spanishRoman(p *passage.Passage, i, to, n int, kind string) string {
	const lastOrdinal = 10
	if kind == "century" && p.In("after roman", p.At(p.Skip(to)).Lower) {
		return p.Ordinal(strconv.Itoa(n), p.GenderBehind(to))
	}
	if kind == "ordinal" && n <= lastOrdinal || kind == "century" && n < lastOrdinal {
		form := "m"
		if kind == "ordinal" && p.In("queens", p.At(p.Before(i)).Lower) {
			form = "f"
		}
		return p.Ordinal(strconv.Itoa(n), form)
	}
	return p.Count(uint64(n), "")
}
