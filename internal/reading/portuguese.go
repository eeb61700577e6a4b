package reading

import (
	"strconv"
	"strings"
)

// portuguese sets up Portuguese: Brazilian without a region.
func (g *grammar) portuguese() {
	g.together, g.spaced = 2, true
	g.part = portuguesePart
	if g.region != "pt" && g.region != "ao" && g.region != "mz" {
		g.card = func(words, _ string, _ uint64) string {
			return strings.ReplaceAll(strings.ReplaceAll(words, "dezasseis", "dezesseis"), "catorze", "quatorze")
		}
	}
}

// portugueseForms are the ways of Portuguese.
func portugueseForms() forms {
	return forms{
		Year:    func(p *passage, _, year int) string { return p.count(uint64(max(year, 0)), "") },
		Ordinal: romanceOrdinal, Date: portugueseDate, Clock: portugueseClock,
		Roman: portugueseRoman,
	}
}

func portugueseDate(p *passage, _, _ int, d date) string {
	return romanceDate(p, d, dateWords{first: "primeiro", to: " a ", between: " de "})
}

func portugueseClock(p *passage, _, _ int, c clock) string {
	say := p.count(uint64(c.hour), "f")
	hours := " horas"
	if c.hour < 2 {
		hours = " hora"
	}
	switch {
	case c.minute == 0:
		say += hours
	case c.minute == 30 && c.hour > 0 && c.hour <= 12 && !c.label && !c.hasSecond:
		say += " e meia"
	default:
		say += " e " + p.count(uint64(c.minute), "")
	}
	if c.hasSecond {
		if c.minute == 0 {
			say += " e zero"
		}
		say += " e " + p.count(uint64(c.second), "m") + " segundos"
	}
	return say
}

func portuguesePart(g *grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		name = "meio"
	case 3:
		name = "terço"
	case 4, 5, 6, 7, 8, 9, 10, 100, 1000:
		name = g.ordinal(strconv.Itoa(d), "m")
	default:
		name = g.count(uint64(d), "m") + " avo"
		if d > 2 {
			return name + "s"
		}
	}
	if several {
		name += "s"
	}
	return name
}

func portugueseRoman(p *passage, i, to, n int, kind string) string {
	const lastOrdinal = 10
	if kind == "century" && p.in("after roman", p.at(p.skip(to)).lower) {
		return p.ordinal(strconv.Itoa(n), p.genderBehind(to))
	}
	if kind == "ordinal" && n <= lastOrdinal || kind == "century" && n <= lastOrdinal {
		form := "m"
		if kind == "ordinal" && p.in("queens", p.at(p.before(i)).lower) {
			form = "f"
		}
		return p.ordinal(strconv.Itoa(n), form)
	}
	return p.count(uint64(n), "")
}
