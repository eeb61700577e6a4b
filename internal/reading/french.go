package reading

import (
	"strconv"
	"strings"
)

// french sets up French.
func (g *grammar) french() {
	g.spaced, g.together = true, 3
	if g.region == "ch" {
		g.group = ".'"
	}
	g.part = frenchPart
}

// frenchForms are the ways of French.
func frenchForms() forms {
	return forms{
		Year:    func(p *passage, _, year int) string { return p.count(uint64(max(year, 0)), "") },
		Ordinal: romanceOrdinal, Date: frenchDate, Clock: frenchClock, Roman: frenchRoman,
	}
}

// romanceOrdinal gives the gender of the noun behind, else in front of an ordinal number.
func romanceOrdinal(p *passage, from, to int) string {
	if g := p.genderBehind(to); g != "" {
		return g
	}
	if g := p.gender(p.at(p.before(from))); g != "" && p.at(p.before(from)).kind == word {
		return g
	}
	return "m"
}

func frenchDate(p *passage, _, _ int, d date) string {
	return romanceDate(p, d, dateWords{first: "premier", to: " au ", between: " "})
}

func frenchClock(p *passage, _, _ int, c clock) string {
	hour := p.count(uint64(c.hour), "f")
	say := hour + " heures"
	if c.hour < 2 {
		say = hour + " heure"
	}
	if c.minute > 0 || c.hasSecond {
		say += " " + p.count(uint64(c.minute), "f")
	}
	if c.hasSecond {
		say += " minutes " + p.count(uint64(c.second), "f") + " secondes"
		if c.minute == 1 {
			say = strings.Replace(say, "une minutes", "une minute", 1)
		}
	}
	return say
}

func frenchPart(g *grammar, d, n int) string {
	several := n != 1
	var name string
	switch d {
	case 2:
		name = "demi"
	case 3:
		return "tiers"
	case 4:
		name = "quart"
	default:
		name = g.ordinal(strconv.Itoa(d), "m")
	}
	if several {
		name += "s"
	}
	return name
}

func frenchRoman(p *passage, _, _, n int, kind string) string {
	number := strconv.Itoa(n)
	switch {
	case kind == "century":
		return p.ordinal(number, "m")
	case kind == "ordinal" && n == 1:
		return "premier"
	}
	return p.count(uint64(n), "")
}
