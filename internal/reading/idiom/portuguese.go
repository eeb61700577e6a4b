package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// portugueseForms returns the context-dependent forms of Portuguese.
func portugueseForms() passage.Forms {
	return passage.Forms{
		Year:    func(p *passage.Passage, _, year int) string { return p.Count(uint64(max(year, 0)), "") },
		Ordinal: romanceOrdinal, Date: portugueseDate, Clock: portugueseClock,
		Roman: portugueseRoman,
	}
}

func portugueseDate(p *passage.Passage, _, _ int, d passage.Date) string {
	return romanceDate(p, d, dateWords{first: "primeiro", to: " a ", between: " de "})
}

func portugueseClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.Count(uint64(c.Hour), "f")
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
		say += " e " + p.Count(uint64(c.Minute), "")
	}
	if c.HasSecond {
		if c.Minute == 0 {
			say += " e zero"
		}
		say += " e " + p.Count(uint64(c.Second), "m") + " segundos"
	}
	return say
}

func portugueseRoman(p *passage.Passage, i, to, n int, kind string) string {
	const lastOrdinal = 10
	if kind == "century" && p.In("after roman", p.At(p.Skip(to)).Lower) {
		return p.Ordinal(strconv.Itoa(n), p.GenderBehind(to))
	}
	if kind == "ordinal" && n <= lastOrdinal || kind == "century" && n <= lastOrdinal {
		form := "m"
		if kind == "ordinal" && p.In("queens", p.At(p.Before(i)).Lower) {
			form = "f"
		}
		return p.Ordinal(strconv.Itoa(n), form)
	}
	return p.Count(uint64(n), "")
}
