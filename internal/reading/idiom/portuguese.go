package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// newPortugueseForms returns the context-dependent forms of Portuguese.
func newPortugueseForms() passage.Forms {
	return passage.Forms{
		Year:    func(p *passage.Passage, _, year int) string { return p.SpellCount(uint64(max(year, 0)), "") },
		Ordinal: chooseRomanceOrdinalForm, Date: sayPortugueseDate, Clock: sayPortugueseClock,
		Roman: sayPortugueseRoman,
	}
}

func sayPortugueseDate(p *passage.Passage, _, _ int, d passage.Date) string {
	return sayRomanceDate(p, d, dateWords{first: "primeiro", to: " a ", between: " de "})
}

func sayPortugueseClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.SpellCount(uint64(c.Hour), "f")
	hours := " horas"
	if c.Hour < 2 {
		hours = " hora"
	}
	switch {
	case c.Minute == 0:
		say += hours
	case c.Minute == 30 && c.Hour > 0 && c.Hour <= 12 && !c.Label && !c.HasSecond:
		say += " e meia"
	default:
		say += " e " + p.SpellCount(uint64(c.Minute), "")
	}
	if c.HasSecond {
		if c.Minute == 0 {
			say += " e zero"
		}
		say += " e " + sayUnits(p, c.Second, "s")
	}
	return say
}

func sayPortugueseRoman(p *passage.Passage, i, to, n int, kind string) string {
	const lastOrdinal = 10
	if kind == "century" && p.Contains("after roman", p.TokenAt(p.SkipGap(to)).Lower) {
		return p.SpellOrdinal(strconv.Itoa(n), p.FindNounGenderAfter(to))
	}
	if kind == "ordinal" && n <= lastOrdinal || kind == "century" && n <= lastOrdinal {
		form := "m"
		if kind == "ordinal" && p.Contains("queens", p.TokenAt(p.FindIndexBefore(i)).Lower) {
			form = "f"
		}
		return p.SpellOrdinal(strconv.Itoa(n), form)
	}
	return p.SpellCount(uint64(n), "")
}
