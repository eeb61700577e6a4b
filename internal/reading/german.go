package reading

import (
	"strconv"
	"strings"
)

// german sets up German.
func (g *grammar) german() {
	g.spaced = true
	g.part = germanPart
}

// germanForms are the ways of German.
func germanForms() forms {
	return forms{
		Year: germanYear, Counts: germanCounts, Ordinal: germanOrdinal, Date: germanDate, Clock: germanClock,
		Roman: germanRoman,
	}
}

func germanYear(p *passage, _, year int) string {
	words, _ := p.rules.Spell(uint64(max(year, 0)), "spellout-numbering-year")
	return words
}

// germanCase tells the case of what follows a word: dative, accusative, genitive, or
// nothing known.
func (p *passage) germanCase(i int) string {
	w := p.at(p.before(i)).lower
	for _, c := range []string{"dative", "accusative", "genitive"} {
		if p.in(c, w) {
			return c
		}
	}
	return ""
}

// germanCounts gives the form of "ein" in front of a noun.
func germanCounts(p *passage, from int, gender string) string {
	switch p.germanCase(from) {
	case "dative":
		if gender == "f" {
			return "r"
		}
		return "m.dat"
	case "genitive":
		if gender == "f" {
			return "r"
		}
		return "s"
	case "accusative":
		if gender == "m" {
			return "m.acc"
		}
	}
	return gender
}

// germanOrdinal gives the ending of an ordinal number: weak behind der, am, dem, strong
// without an article.
func germanOrdinal(p *passage, from, to int) string {
	if dash := p.skip(to); isDash(p.at(dash).text) && p.at(p.skip(dash+1)+1).text == "." {
		to = p.skip(dash+1) + 2 // 1.–3. Klasse
	}
	gender := p.genderBehind(to)
	b := p.before(from)
	w := p.at(b).lower
	if isDash(w) {
		for b >= 0 && p.at(b).kind != word {
			b--
		}
		w = p.at(b).lower
	}
	switch {
	case w == "der":
		before := p.at(p.before(b)).lower
		if gender == "f" || p.in("dative", before) || p.in("genitive", before) {
			return "n"
		}
		if gender == "" && p.genitiveBefore(b) {
			return "n"
		}
		return "-"
	case w == "die" && p.pluralBehind(to):
		return "n"
	case p.in("weak", w):
		return "-"
	case p.in("oblique", w), p.in("dative", w) && gender != "" && strings.HasSuffix(w, "m"):
		return "n"
	case p.in("dative", w):
		if gender == "f" {
			return "r"
		}
		if gender != "" {
			return "m"
		}
		return "n"
	case w == "ein" || strings.HasSuffix(w, "ein") && p.in("possessives", w) || p.in("possessives", w):
		if gender == "n" {
			return "s"
		}
		return "r"
	}
	switch gender {
	case "f":
		return "-"
	case "n":
		return "s"
	}
	return "r"
}

func (p *passage) genitiveBefore(i int) bool {
	t := p.at(p.before(i))
	return t.kind == word && t.text != t.lower && strings.HasSuffix(p.src[:p.at(i).start], " ") && p.before(i) > 0
}

// pluralBehind tells that the noun behind a number is in the plural.
func (p *passage) pluralBehind(i int) bool {
	t := p.at(p.skip(i))
	g := p.gender(t)
	return (g == "m" || g == "n") && p.is(p.skip(i), "spiele", "jahre", "tage", "plätze", "teile")
}

// germanDate reads am dritten Oktober, der dritte Oktober, dritter Oktober.
func germanDate(p *passage, from, _ int, d date) string {
	year := ""
	if d.year > 0 {
		year = " " + germanYear(p, from, d.year)
	}
	month := p.months[d.month]
	if d.day == 0 {
		return month + year
	}
	form := p.germanDay(from)
	day := p.ordinal(strconv.Itoa(d.day), form)
	if d.last > 0 {
		day += " bis " + p.ordinal(strconv.Itoa(d.last), form)
	}
	return day + " " + month + year
}

// germanDay gives the ending of a day by the words in front.
func (p *passage) germanDay(from int) string {
	b := p.before(from)
	for p.at(b).text == "," || p.at(b).text == "(" {
		b = p.before(b)
	}
	if isDash(p.at(b).text) && p.month[p.at(p.before(b)).lower] > 0 {
		return p.germanDay(max(p.before(p.before(b))-1, 0)) // 5. Mai – 7. Mai: as the first
	}
	w := p.at(b).lower
	if p.day[w] || p.days[w] != "" || p.at(b).text == "." && p.days[p.at(b-1).lower] != "" {
		c := p.before(b)
		if p.at(b).text == "." {
			c = p.before(b - 1)
		}
		w = p.at(c).lower
		if w != "der" && !p.in("oblique", w) {
			w = ""
		}
		if w == "der" {
			return "-"
		}
	}
	switch {
	case w == "der" || w == "dieser" || w == "jeder":
		if p.in("dative", p.at(p.before(b)).lower) {
			return "n"
		}
		return "-"
	case p.in("oblique", w) || p.in("dative", w) || p.in("accusative", w) || w == "bis" || w == "und" || w == "oder":
		return "n"
	}
	return "r"
}

func germanClock(p *passage, _, _ int, c clock) string {
	hour := p.count(uint64(c.hour), "n")
	say := hour + " Uhr"
	if c.minute > 0 {
		say += " " + p.count(uint64(c.minute), "")
	}
	if c.hasSecond {
		if c.minute == 0 {
			say += " null"
		}
		say += " " + p.count(uint64(c.second), "")
	}
	return say
}

func germanPart(g *grammar, d, _ int) string {
	if d == 2 {
		return "halbe"
	}
	o := g.ordinal(strconv.Itoa(d), "-")
	return capital(strings.TrimPrefix(strings.TrimSuffix(o, "e")+"el",
		"ein")) //nolint:gocritic // einhundertstel is Hundertstel
}

func germanRoman(p *passage, i, end, n int, kind string) string {
	number := strconv.Itoa(n)
	switch kind {
	case "century":
		return p.ordinal(number, germanOrdinal(p, i, end))
	case "ordinal":
		b := p.before(i)
		name := p.at(b)
		before := p.at(p.before(b)).lower
		article, form := "der", "-"
		woman := p.in("queens", name.lower) || p.in("queens", strings.TrimSuffix(name.lower, "s"))
		if woman {
			article = "die"
		}
		switch {
		case strings.HasSuffix(name.lower, "s") && p.roman[strings.TrimSuffix(name.lower, "s")] == "ordinal":
			article, form = "des", "n"
			if woman {
				article = "der"
			}
		case p.in("dative", before):
			article, form = "dem", "n"
			if woman {
				article = "der"
			}
		case p.in("accusative", before):
			form = "n"
			if !woman {
				article = "den"
			} else {
				form = "-"
			}
		}
		if p.is(b, "der", "die", "des", "dem", "den") {
			return capital(p.ordinal(number, germanOrdinal(p, i, end)))
		}
		return article + " " + capital(p.ordinal(number, form))
	}
	return p.count(uint64(n), "")
}
