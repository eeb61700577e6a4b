package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// polishForms returns the context-dependent forms of Polish.
func polishForms() passage.Forms {
	return passage.Forms{
		Year: polishYear, Counts: polishCounts, Ordinal: polishOrdinal, Date: polishDate, Clock: polishClock,
		Roman: polishRoman,
	}
}

// polishYear returns a year as an ordinal number in the case that the sentence requires.
func polishYear(p *passage.Passage, at, year int) string {
	form := p.PolishCase(at)
	b := p.Before(at)
	switch {
	case p.Is(b, "w", "we", "po", "o", "przy"):
		form = "loc"
	case p.Is(b, "roku", "do", "od"):
		form = "gen"
	case p.Is(b, "rok"):
		form = ""
	case p.Is(p.Skip(at+1), "roku", "r") && form == "":
		form = "gen"
	case p.Is(p.Skip(at+1), "rok"):
		form = ""
	case p.Is(p.Skip(at+1), "rokiem"):
		form = "ins"
	case form == "" && !p.Is(p.Skip(at+1), "rok"):
		form = "nom"
	}
	key := "m"
	if form != "" && form != "nom" {
		key = "m." + form
	}
	return p.Ordinal(strconv.Itoa(year), key)
}

func polishCounts(p *passage.Passage, from int, gender string) string {
	if c := p.PolishCase(from); c != "" {
		return gender + "." + c
	}
	return gender
}

// polishOrdinal returns the form of an ordinal number: it agrees with the noun after it, in the case
// that the words before it require.
func polishOrdinal(p *passage.Passage, from, to int) string {
	switch p.At(p.Before(from)).Lower {
	case "lata":
		return "pl"
	case "latach":
		return "pl.loc"
	case "lat":
		return "pl.gen"
	}
	gender := p.GenderBehind(to)
	if gender == "" {
		gender = "m"
	}
	next := p.At(p.Skip(to)).Lower
	c := p.PolishCase(from)
	switch {
	case c == "" && p.In("gen nouns", next):
		c = "gen"
	case p.In("loc nouns", next) && (c == "" || c == "loc"):
		c = "loc"
	case c == "acc" && gender == "f":
		c = "acc"
	}
	if c == "" {
		return gender
	}
	return gender + "." + c
}

func polishDate(p *passage.Passage, from, to int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + p.Ordinal(strconv.Itoa(d.Year), "m.gen")
		if p.In("short years", p.At(p.Skip(to)).Lower) || !d.Named {
			year += ""
		}
		if !d.Named {
			year += " roku"
			if p.Is(p.Skip(to), "roku", "r") {
				year = strings.TrimSuffix(year, " roku")
			}
		}
	}
	if d.Day == 0 {
		month := p.Months[d.Month]
		if p.At(from).Kind == token.Word {
			month = p.At(from).Text
			if len([]rune(month)) <= 4 && month != "maj" && month != "maja" && month != "luty" {
				month = p.Months[d.Month]
			}
		}
		return month + year
	}
	form := "m.gen"
	if p.Is(p.Before(from), "jest", "był", "to", "dziś", "dzisiaj", "jutro") &&
		!p.Is(p.Before(p.Before(from)), "do", "od") {
		form = "m"
	}
	day := p.Ordinal(strconv.Itoa(d.Day), form)
	if d.Last > 0 {
		day += " do " + p.Ordinal(strconv.Itoa(d.Last), "m.gen")
	}
	return day + " " + p.Of[d.Month] + year
}

// polishClock returns a time with the hour as an ordinal number: czternasta trzydzieści, o czternastej
// trzydzieści.
func polishClock(p *passage.Passage, from, _ int, c passage.Clock) string {
	form := "f"
	b := p.Before(from)
	if p.At(b).Text == "." {
		b--
	}
	if p.Is(b, "o", "po", "przed", "od", "do", "godzinie", "godz", "około", "ok", "przy", "z", "na", "koło") &&
		!p.Is(b, "godzina", "na", "przed") {
		form = "f.loc"
		if p.Is(b, "godz") && !p.Is(p.Before(b), "o", "po", "od", "do", "około", "godz") {
			form = "f"
		}
	}
	if p.Is(b, "godziny") || p.Is(b, "od", "do") {
		form = "f.gen"
	}
	hour := p.Ordinal(strconv.Itoa(c.Hour), form)
	if c.Hour == 0 {
		hour = map[string]string{"f": "zerowa", "f.loc": "zerowej", "f.gen": "zerowej"}[form]
	}
	say := hour
	switch {
	case c.Minute > 0 && c.Minute < 10:
		say += " zero " + p.Count(uint64(c.Minute), "")
	case c.Minute > 0:
		say += " " + p.Count(uint64(c.Minute), "")
	case c.HasSecond:
		say += " zero zero"
	}
	if c.HasSecond {
		say += " i " + p.Count(uint64(c.Second), "f") + " " + p.Plural(grammar.Noun{
			One: "sekunda", Few: "sekundy",
			Other: "sekund",
		}, strconv.Itoa(c.Second), "")
	}
	return say
}

func polishRoman(p *passage.Passage, i, to, n int, kind string) string {
	number := strconv.Itoa(n)
	switch kind {
	case "century":
		if b := p.Before(i); p.Roman[p.At(b).Lower] == "century" {
			form := p.Gender(p.At(b))
			if p.In("loc nouns", p.At(b).Lower) {
				form += ".loc"
			}
			return p.Ordinal(number, form)
		}
		return p.Ordinal(number, polishOrdinal(p, i, to))
	case "ordinal":
		name := p.At(p.Before(i)).Lower
		form := "m"
		switch {
		case strings.HasSuffix(name, "ego") || strings.HasSuffix(name, "a") && !p.In("queens", name):
			form = "m.gen"
		case strings.HasSuffix(name, "owi"):
			form = "m.dat"
		case strings.HasSuffix(name, "em"):
			form = "m.ins"
		case p.In("queens", name):
			form = "f"
		case p.In("queens", strings.TrimRight(name, "yi")+"a"):
			form = "f.gen"
		}
		return p.Ordinal(number, form)
	}
	return p.Count(uint64(n), "")
}
