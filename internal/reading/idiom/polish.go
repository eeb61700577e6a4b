package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// newPolishForms returns the context-dependent forms of Polish.
func newPolishForms() passage.Forms {
	return passage.Forms{
		Year: sayPolishYear, Counts: choosePolishCardinalForm, Ordinal: choosePolishOrdinalForm, Date: sayPolishDate,
		Clock: sayPolishClock,
		Roman: sayPolishRoman,
	}
}

// sayPolishYear returns a year as an ordinal number in the case that the sentence requires.
func sayPolishYear(p *passage.Passage, at, year int) string {
	form := p.FindPolishCase(at)
	b := p.FindIndexBefore(at)
	switch {
	case p.IsOneOf(b, "w", "we", "po", "o", "przy"):
		form = "loc"
	case p.IsOneOf(b, "roku", "do", "od"):
		form = "gen"
	case p.IsOneOf(b, "rok"):
		form = ""
	case p.IsOneOf(p.SkipGap(at+1), "roku", "r") && form == "":
		form = "gen"
	case p.IsOneOf(p.SkipGap(at+1), "rok"):
		form = ""
	case p.IsOneOf(p.SkipGap(at+1), "rokiem"):
		form = "ins"
	case form == "" && !p.IsOneOf(p.SkipGap(at+1), "rok"):
		form = "nom"
	}
	key := "m"
	if form != "" && form != "nom" {
		key = "m." + form
	}
	return p.SpellOrdinal(strconv.Itoa(year), key)
}

func choosePolishCardinalForm(p *passage.Passage, from int, gender string) string {
	if c := p.FindPolishCase(from); c != "" {
		return gender + "." + c
	}
	return gender
}

// choosePolishOrdinalForm returns the form of an ordinal number: it agrees with the noun after it, in the case
// that the words before it require.
func choosePolishOrdinalForm(p *passage.Passage, from, to int) string {
	switch p.TokenAt(p.FindIndexBefore(from)).Lower {
	case "lata":
		return "pl"
	case "latach":
		return "pl.loc"
	case "lat":
		return "pl.gen"
	}
	gender := p.FindNounGenderAfter(to)
	if gender == "" {
		gender = "m"
	}
	next := p.TokenAt(p.SkipGap(to)).Lower
	c := p.FindPolishCase(from)
	switch {
	case c == "" && p.Contains("gen nouns", next):
		c = "gen"
	case p.Contains("loc nouns", next) && (c == "" || c == "loc"):
		c = "loc"
	case c == "acc" && gender == "f":
		c = "acc"
	}
	if c == "" {
		return gender
	}
	return gender + "." + c
}

func sayPolishDate(p *passage.Passage, from, to int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + p.SpellOrdinal(strconv.Itoa(d.Year), "m.gen")
		if p.Contains("short years", p.TokenAt(p.SkipGap(to)).Lower) || !d.Named {
			year += ""
		}
		if !d.Named {
			year += " roku"
			if p.IsOneOf(p.SkipGap(to), "roku", "r") {
				year = strings.TrimSuffix(year, " roku")
			}
		}
	}
	if d.Day == 0 {
		month := p.Months[d.Month]
		if p.TokenAt(from).Kind == token.Word {
			month = p.TokenAt(from).Text
			if len([]rune(month)) <= 4 && month != "maj" && month != "maja" && month != "luty" {
				month = p.Months[d.Month]
			}
		}
		return month + year
	}
	form := "m.gen"
	if p.IsOneOf(p.FindIndexBefore(from), "jest", "był", "to", "dziś", "dzisiaj", "jutro") &&
		!p.IsOneOf(p.FindIndexBefore(p.FindIndexBefore(from)), "do", "od") {
		form = "m"
	}
	day := p.SpellOrdinal(strconv.Itoa(d.Day), form)
	if d.Last > 0 {
		day += " do " + p.SpellOrdinal(strconv.Itoa(d.Last), "m.gen")
	}
	return day + " " + p.Of[d.Month] + year
}

// sayPolishClock returns a time with the hour as an ordinal number: czternasta trzydzieści, o czternastej
// trzydzieści.
func sayPolishClock(p *passage.Passage, from, _ int, c passage.Clock) string {
	form := "f"
	b := p.FindIndexBefore(from)
	if p.TokenAt(b).Text == "." {
		b--
	}
	if p.IsOneOf(b, "o", "po", "przed", "od", "do", "godzinie", "godz", "około", "ok", "przy", "z", "na", "koło") &&
		!p.IsOneOf(b, "godzina", "na", "przed") {
		form = "f.loc"
		if p.IsOneOf(b, "godz") && !p.IsOneOf(p.FindIndexBefore(b), "o", "po", "od", "do", "około", "godz") {
			form = "f"
		}
	}
	if p.IsOneOf(b, "godziny") || p.IsOneOf(b, "od", "do") {
		form = "f.gen"
	}
	hour := p.SpellOrdinal(strconv.Itoa(c.Hour), form)
	if c.Hour == 0 {
		hour = map[string]string{"f": "zerowa", "f.loc": "zerowej", "f.gen": "zerowej"}[form]
	}
	say := hour
	switch {
	case c.Minute > 0 && c.Minute < 10:
		say += " zero " + p.SpellCount(uint64(c.Minute), "")
	case c.Minute > 0:
		say += " " + p.SpellCount(uint64(c.Minute), "")
	case c.HasSecond:
		say += " zero zero"
	}
	if c.HasSecond {
		say += " i " + sayUnits(p, c.Second, "s")
	}
	return say
}

func sayPolishRoman(p *passage.Passage, i, to, n int, kind string) string {
	number := strconv.Itoa(n)
	switch kind {
	case "century":
		if b := p.FindIndexBefore(i); p.Roman[p.TokenAt(b).Lower] == "century" {
			form := p.GuessGender(p.TokenAt(b))
			if p.Contains("loc nouns", p.TokenAt(b).Lower) {
				form += ".loc"
			}
			return p.SpellOrdinal(number, form)
		}
		return p.SpellOrdinal(number, choosePolishOrdinalForm(p, i, to))
	case "ordinal":
		name := p.TokenAt(p.FindIndexBefore(i)).Lower
		form := "m"
		switch {
		case strings.HasSuffix(name, "ego") || strings.HasSuffix(name, "a") && !p.Contains("queens", name):
			form = "m.gen"
		case strings.HasSuffix(name, "owi"):
			form = "m.dat"
		case strings.HasSuffix(name, "em"):
			form = "m.ins"
		case p.Contains("queens", name):
			form = "f"
		case p.Contains("queens", strings.TrimRight(name, "yi")+"a"):
			form = "f.gen"
		}
		return p.SpellOrdinal(number, form)
	}
	return p.SpellCount(uint64(n), "")
}
