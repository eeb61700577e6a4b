package reading

import (
	"strconv"
	"strings"
)

// polish sets up Polish.
func (g *grammar) polish() {
	g.spaced, g.together = true, 2
	g.part = polishPart
}

// polishForms are the ways of Polish.
func polishForms() forms {
	return forms{
		Year: polishYear, Counts: polishCounts, Ordinal: polishOrdinal, Date: polishDate, Clock: polishClock,
		Roman: polishRoman,
	}
}

// polishCase gives the case that the words in front ask for: gen, loc, ins, dat; empty is
// the nominative.
func (p *passage) polishCase(from int) string {
	b := p.before(from)
	for p.at(b).text == "," || p.at(b).text == "(" || p.at(b).text == "." {
		b = p.before(b)
	}
	w := p.at(b).lower
	for _, c := range []string{"gen", "loc", "ins", "dat"} {
		if p.in(c, w) {
			return c
		}
	}
	if w == "z" || w == "ze" {
		for j := from; j < min(len(p.tokens), from+5); j++ {
			if t := p.at(j); t.kind == word && strings.HasSuffix(t.lower, "mi") {
				return "ins" // z 3 osobami
			}
		}
		return "gen"
	}
	return ""
}

// polishYear reads an ordinal in the case of the sentence.
func polishYear(p *passage, at, year int) string {
	form := p.polishCase(at)
	b := p.before(at)
	switch {
	case p.is(b, "w", "we", "po", "o", "przy"):
		form = "loc"
	case p.is(b, "roku", "do", "od"):
		form = "gen"
	case p.is(b, "rok"):
		form = ""
	case p.is(p.skip(at+1), "roku", "r") && form == "":
		form = "gen"
	case p.is(p.skip(at+1), "rok"):
		form = ""
	case p.is(p.skip(at+1), "rokiem"):
		form = "ins"
	case form == "" && !p.is(p.skip(at+1), "rok"):
		form = "nom"
	}
	key := "m"
	if form != "" && form != "nom" {
		key = "m." + form
	}
	return p.ordinal(strconv.Itoa(year), key)
}

func polishCounts(p *passage, from int, gender string) string {
	if c := p.polishCase(from); c != "" {
		return gender + "." + c
	}
	return gender
}

// polishOrdinal agrees with the noun behind, in the case of the words in front.
func polishOrdinal(p *passage, from, to int) string {
	switch p.at(p.before(from)).lower {
	case "lata":
		return "pl"
	case "latach":
		return "pl.loc"
	case "lat":
		return "pl.gen"
	}
	gender := p.genderBehind(to)
	if gender == "" {
		gender = "m"
	}
	next := p.at(p.skip(to)).lower
	c := p.polishCase(from)
	switch {
	case c == "" && p.in("gen nouns", next):
		c = "gen"
	case p.in("loc nouns", next) && (c == "" || c == "loc"):
		c = "loc"
	case c == "acc" && gender == "f":
		c = "acc"
	}
	if c == "" {
		return gender
	}
	return gender + "." + c
}

func polishDate(p *passage, from, to int, d date) string {
	year := ""
	if d.year > 0 {
		year = " " + p.ordinal(strconv.Itoa(d.year), "m.gen")
		if p.in("short years", p.at(p.skip(to)).lower) || !d.named {
			year += ""
		}
		if !d.named {
			year += " roku"
			if p.is(p.skip(to), "roku", "r") {
				year = strings.TrimSuffix(year, " roku")
			}
		}
	}
	if d.day == 0 {
		month := p.months[d.month]
		if p.at(from).kind == word {
			month = p.at(from).text
			if len([]rune(month)) <= 4 && month != "maj" && month != "maja" && month != "luty" {
				month = p.months[d.month]
			}
		}
		return month + year
	}
	form := "m.gen"
	if p.is(p.before(from), "jest", "był", "to", "dziś", "dzisiaj", "jutro") &&
		!p.is(p.before(p.before(from)), "do", "od") {
		form = "m"
	}
	day := p.ordinal(strconv.Itoa(d.day), form)
	if d.last > 0 {
		day += " do " + p.ordinal(strconv.Itoa(d.last), "m.gen")
	}
	return day + " " + p.of[d.month] + year
}

// polishClock reads hours as ordinals: czternasta trzydzieści, o czternastej trzydzieści.
func polishClock(p *passage, from, _ int, c clock) string {
	form := "f"
	b := p.before(from)
	if p.at(b).text == "." {
		b--
	}
	if p.is(b, "o", "po", "przed", "od", "do", "godzinie", "godz", "około", "ok", "przy", "z", "na", "koło") &&
		!p.is(b, "godzina", "na", "przed") {
		form = "f.loc"
		if p.is(b, "godz") && !p.is(p.before(b), "o", "po", "od", "do", "około", "godz") {
			form = "f"
		}
	}
	if p.is(b, "godziny") || p.is(b, "od", "do") {
		form = "f.gen"
	}
	hour := p.ordinal(strconv.Itoa(c.hour), form)
	if c.hour == 0 {
		hour = map[string]string{"f": "zerowa", "f.loc": "zerowej", "f.gen": "zerowej"}[form]
	}
	say := hour
	switch {
	case c.minute > 0 && c.minute < 10:
		say += " zero " + p.count(uint64(c.minute), "")
	case c.minute > 0:
		say += " " + p.count(uint64(c.minute), "")
	case c.hasSecond:
		say += " zero zero"
	}
	if c.hasSecond {
		say += " i " + p.count(uint64(c.second), "f") + " " + p.plural(noun{
			one: "sekunda", few: "sekundy",
			other: "sekund",
		}, strconv.Itoa(c.second), "")
	}
	return say
}

func polishPart(g *grammar, d, n int) string {
	o := g.ordinal(strconv.Itoa(d), "f")
	switch tens := n % 100; {
	case n == 1:
		return o
	case n%10 >= 2 && n%10 <= 4 && (tens < 12 || tens > 14):
		return g.ordinal(strconv.Itoa(d), "pl")
	}
	return g.ordinal(strconv.Itoa(d), "pl.gen")
}

func polishRoman(p *passage, i, to, n int, kind string) string {
	number := strconv.Itoa(n)
	switch kind {
	case "century":
		if b := p.before(i); p.roman[p.at(b).lower] == "century" {
			form := p.gender(p.at(b))
			if p.in("loc nouns", p.at(b).lower) {
				form += ".loc"
			}
			return p.ordinal(number, form)
		}
		return p.ordinal(number, polishOrdinal(p, i, to))
	case "ordinal":
		name := p.at(p.before(i)).lower
		form := "m"
		switch {
		case strings.HasSuffix(name, "ego") || strings.HasSuffix(name, "a") && !p.in("queens", name):
			form = "m.gen"
		case strings.HasSuffix(name, "owi"):
			form = "m.dat"
		case strings.HasSuffix(name, "em"):
			form = "m.ins"
		case p.in("queens", name):
			form = "f"
		case p.in("queens", strings.TrimRight(name, "yi")+"a"):
			form = "f.gen"
		}
		return p.ordinal(number, form)
	}
	return p.count(uint64(n), "")
}

// firstDay tells that a number is the first day of "od 1 do 5 maja".
func (p *passage) firstDay(i int) bool {
	j := p.skip(i)
	if !p.is(j, "do") {
		return false
	}
	k := p.skip(j + 1)
	_, month := p.month[p.at(p.skip(k+1)).lower]
	return p.at(k).kind == digits && month
}
