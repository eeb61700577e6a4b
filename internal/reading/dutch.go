package reading

import (
	"strconv"
	"strings"
)

// dutch sets up Dutch.
func (g *grammar) dutch() {
	g.together = 2
	g.card = dutchCard
	g.part = dutchPart
}

// dutchForms are the ways of Dutch.
func dutchForms() forms {
	return forms{
		Year: func(p *passage, _, year int) string {
			words, _ := p.rules.Spell(uint64(max(year, 0)), "spellout-numbering-year")
			return words
		},
		Counts:  func(*passage, int, string) string { return "" },
		Ordinal: func(*passage, int, int) string { return "-" },
		Date:    dutchDate, Clock: dutchClock, Roman: dutchRoman,
	}
}

// dutchCard takes the marks of vowels that touch out of the spelling; "een" is stressed.
func dutchCard(words, _ string, n uint64) string {
	if n == 1 {
		return "één"
	}
	return words
}

func dutchDate(p *passage, from, _ int, d date) string {
	year := ""
	if d.year > 0 {
		year = " " + p.yearWords(from, d.year)
	}
	month := p.months[d.month]
	if d.day == 0 {
		return month + year
	}
	day := p.count(uint64(d.day), "")
	if d.last > 0 {
		day += " tot " + p.count(uint64(d.last), "")
	}
	return day + " " + month + year
}

func dutchClock(p *passage, _, _ int, c clock) string {
	say := p.count(uint64(c.hour), "") + " uur"
	if c.minute > 0 || c.hasSecond {
		say += " " + p.count(uint64(c.minute), "")
	}
	if c.hasSecond {
		say += " en " + p.count(uint64(c.second), "") + " seconden"
	}
	return say
}

func dutchPart(g *grammar, d, n int) string {
	several := n != 1
	switch d {
	case 2:
		if several {
			return "halven"
		}
		return "half"
	case 4:
		return "kwart"
	}
	return strings.TrimPrefix(g.ordinal(strconv.Itoa(d), "-"), "één")
}

func dutchRoman(p *passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.is(p.before(i), "de", "het") {
			return p.ordinal(strconv.Itoa(n), "-")
		}
		return "de " + p.ordinal(strconv.Itoa(n), "-")
	case "century":
		return p.ordinal(strconv.Itoa(n), "-")
	}
	return p.count(uint64(n), "")
}
