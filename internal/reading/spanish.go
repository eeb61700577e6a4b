package reading

import (
	"strconv"
	"strings"
)

// spanish sets up Spanish. Central America, Mexico and the United States write a point in
// front of decimals.
func (g *grammar) spanish() {
	g.together, g.spaced = 2, true
	switch g.region {
	case "mx", "us", "pr", "gt", "hn", "ni", "pa", "sv", "do", "pe":
		g.point, g.group, g.spaced = ".", ",", false
	}
	g.part = spanishPart
}

// spanishForms are the ways of Spanish.
func spanishForms() forms {
	return forms{
		Year:    func(p *passage, _, year int) string { return p.count(uint64(max(year, 0)), "") },
		Ordinal: spanishOrdinal, Date: spanishDate, Clock: spanishClock, Roman: spanishRoman,
	}
}

// spanishOrdinal shortens primero and tercero in front of masculine nouns.
func spanishOrdinal(p *passage, from, to int) string {
	if g := p.genderBehind(to); g == "m" {
		return "adj"
	}
	return romanceOrdinal(p, from, to)
}

func spanishDate(p *passage, _, _ int, d date) string {
	first := "primero"
	if p.region == "es" {
		first = "uno"
	}
	return romanceDate(p, d, dateWords{first: first, to: " al ", between: " de "})
}

func spanishClock(p *passage, _, _ int, c clock) string {
	say := p.count(uint64(c.hour), "f")
	switch {
	case c.minute > 0 && c.hour <= 12 && c.hour > 0 && !c.label && !c.hasSecond:
		switch c.minute {
		case 15:
			say += " y cuarto"
		case 30:
			say += " y media"
		default:
			say += " y " + p.count(uint64(c.minute), "")
		}
	case c.minute > 0 || c.hasSecond:
		say += " " + p.count(uint64(c.minute), "")
	case c.hour == 1 && c.label:
		say += " hora"
	case c.label || c.hour > 12 || c.hour == 0:
		say += " horas"
	}
	if c.hasSecond {
		say += " y " + p.count(uint64(c.second), "m") + " segundos"
	}
	return say
}

func spanishPart(g *grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		name = "medio"
	case 3:
		name = "tercio"
	case 4, 5, 6, 7, 8, 9, 10, 100, 1000:
		name = g.ordinal(strconv.Itoa(d), "m")
	default:
		words := g.count(uint64(d), "m")
		if strings.Contains(words, " ") && d < 100 {
			words = strings.ReplaceAll(words, " y ", "i")
		}
		name = strings.TrimSuffix(words, "a") + "avo"
		if strings.HasSuffix(words, "a") {
			name = words + "vo"
		}
	}
	if several {
		name += "s"
	}
	return name
}

func spanishRoman(p *passage, i, to, n int, kind string) string {
	const lastOrdinal = 10
	if kind == "century" && p.in("after roman", p.at(p.skip(to)).lower) {
		return p.ordinal(strconv.Itoa(n), p.genderBehind(to))
	}
	if kind == "ordinal" && n <= lastOrdinal || kind == "century" && n < lastOrdinal {
		form := "m"
		if kind == "ordinal" && p.in("queens", p.at(p.before(i)).lower) {
			form = "f"
		}
		return p.ordinal(strconv.Itoa(n), form)
	}
	return p.count(uint64(n), "")
}
