package reading

import (
	"strconv"
	"strings"
)

// scandinavian sets up Swedish, Danish and Norwegian.
func (g *grammar) scandinavian() {
	g.together, g.spaced = 2, true
	g.card = scandinavianCard
	g.part = scandinavianPart
	if g.base == "sv" {
		g.group = ".\u00a0"
	}
}

// scandinavianForms are the ways of Swedish, Danish and Norwegian.
func scandinavianForms() forms {
	return forms{
		Year: scandinavianYear, Ordinal: scandinavianOrdinal, Date: scandinavianDate,
		Clock: scandinavianClock,
		Roman: scandinavianRoman,
	}
}

// scandinavianCard fixes spellings of CLDR that nobody uses.
func scandinavianCard(words, form string, _ uint64) string {
	if strings.HasPrefix(words, "million") {
		words = "en " + words
	}
	if form == "c" {
		words = strings.ReplaceAll(words, "tusinde", "tusind")
	}
	return words
}

func scandinavianYear(p *passage, _, year int) string {
	if year >= 2000 && year < 2100 && p.base != "sv" || year >= 2000 && year < 2010 || year < 1100 {
		return p.count(uint64(max(year, 0)), "")
	}
	words, _ := p.rules.Spell(uint64(year), "spellout-numbering-year")
	return words
}

func scandinavianOrdinal(p *passage, _, to int) string {
	if g := p.genderBehind(to); g == "n" {
		return "n"
	}
	return "-"
}

func scandinavianDate(p *passage, from, _ int, d date) string {
	year := ""
	if d.year > 0 {
		year = " " + p.yearWords(from, d.year)
	}
	month := p.months[d.month]
	if d.day == 0 {
		return month + year
	}
	day := p.ordinal(strconv.Itoa(d.day), "-")
	if d.last > 0 {
		day += " " + p.word("to") + " " + p.ordinal(strconv.Itoa(d.last), "-")
	}
	article := "den "
	if b := p.before(from); p.at(b).text == "." && p.is(b-1, "d") {
		article = ""
	}
	if p.is(p.before(from), "den", "det", "de") || p.base == "nb" && !p.is(p.before(from), "en") || d.last > 0 &&
		p.is(p.before(from), "til") {
		article = ""
	}
	if p.base == "sv" && p.weekdayBefore(from) || p.is(p.before(from), "till", "til", "från", "fra") {
		article = "den "
	}
	if p.base == "nb" {
		article = ""
	}
	return article + day + " " + month + year
}

func scandinavianClock(p *passage, _, _ int, c clock) string {
	say := p.count(uint64(c.hour), p.word("form of hours"))
	switch {
	case c.minute > 0 && c.minute < 10:
		say += " " + p.count(0, "") + " " + p.count(uint64(c.minute), "")
	case c.minute > 0:
		say += " " + p.count(uint64(c.minute), "")
	case c.hasSecond:
		say += " " + p.count(0, "") + " " + p.count(0, "")
	}
	if c.hasSecond {
		say += " " + p.word("and") + " " + p.count(uint64(c.second), "") + " " + p.word("seconds")
	}
	return say
}

func scandinavianPart(g *grammar, d, n int) string {
	several := n != 1
	if w := g.word("part " + strconv.Itoa(d)); w != "" {
		if several {
			return g.word("parts " + strconv.Itoa(d))
		}
		return w
	}
	name := g.ordinal(strconv.Itoa(d), "-")
	if g.base == "sv" {
		name = strings.TrimSuffix(name, "de") + "del"
		if strings.HasSuffix(g.ordinal(strconv.Itoa(d), "-"), "te") {
			name = g.ordinal(strconv.Itoa(d), "-") + "del"
		}
		name = strings.TrimPrefix(name, "ett")
		if several {
			return name + "ar"
		}
		return name
	}
	name += "del"
	if several {
		name += g.word("parts")
	}
	return name
}

func scandinavianRoman(p *passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.is(p.before(i), "den", "det") {
			return p.ordinal(strconv.Itoa(n), "-")
		}
		o := p.ordinal(strconv.Itoa(n), "-")
		if p.base == "sv" && !p.in("queens", p.at(p.before(i)).lower) {
			o = p.ordinal(strconv.Itoa(n), "m")
		}
		return "den " + o
	case "century":
		return p.ordinal(strconv.Itoa(n), "-")
	}
	return p.count(uint64(n), "")
}
