package reading

import (
	"strconv"
	"strings"
)

// italian sets up Italian.
func (g *grammar) italian() {
	g.together = 2
	g.card = italianCard
	g.part = italianPart
}

// italianForms are the ways of Italian.
func italianForms() forms {
	return forms{
		Year: func(p *passage, _, year int) string { return p.count(uint64(max(year, 0)), "") },
		Counts: func(_ *passage, _ int, gender string) string {
			return gender
		},
		Ordinal: romanceOrdinal, Date: italianDate, Clock: italianClock, Roman: italianRoman,
	}
}

// italianCard keeps ventuno whole in front of nouns; only uno itself is cut short.
func italianCard(words, _ string, n uint64) string {
	if n > 1 && n%10 == 1 && n%100 != 11 {
		switch {
		case strings.HasSuffix(words, "una"):
			return strings.TrimSuffix(words, "a") + "o"
		case strings.HasSuffix(words, "un"):
			return words + "o"
		}
	}
	return words
}

func italianDate(p *passage, _, _ int, d date) string {
	return romanceDate(p, d, dateWords{first: "primo", to: " al ", between: " "})
}

func italianClock(p *passage, _, _ int, c clock) string {
	say := p.count(uint64(c.hour), "f")
	if c.hour == 0 && c.minute == 0 {
		say = "zero"
	}
	if c.minute > 0 || c.hasSecond {
		say += " e " + p.count(uint64(c.minute), "")
	}
	if c.hasSecond {
		say += " e " + p.count(uint64(c.second), "") + " secondi"
	}
	return say
}

func italianPart(g *grammar, d, n int) string {
	several := n != 1
	form := "m"
	if several {
		form = "mpl"
	}
	switch {
	case d == 2 && several:
		return "mezzi"
	case d == 2:
		return "mezzo"
	}
	return g.ordinal(strconv.Itoa(d), form)
}

func italianRoman(p *passage, i, to, n int, kind string) string {
	switch kind {
	case "century":
		form := p.genderBehind(to)
		if form == "" {
			form = "m"
		}
		return p.ordinal(strconv.Itoa(n), form)
	case "ordinal":
		form := "m"
		if p.in("queens", p.at(p.before(i)).lower) {
			form = "f"
		} else if g := p.genderBehind(to); g != "" && p.at(p.before(i)).text == p.at(p.before(i)).lower {
			form = g
		}
		return p.ordinal(strconv.Itoa(n), form)
	}
	return p.count(uint64(n), "")
}
