package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// newScandinavianForms returns the context-dependent forms of Swedish, Danish and Norwegian.
func newScandinavianForms() passage.Forms {
	return passage.Forms{
		Year: sayScandinavianYear, Ordinal: chooseScandinavianOrdinalForm, Date: sayScandinavianDate,
		Clock: sayScandinavianClock,
		Roman: sayScandinavianRoman,
	}
}

func sayScandinavianYear(p *passage.Passage, _, year int) string {
	if year >= 2000 && year < 2100 && p.Base != "sv" || year >= 2000 && year < 2010 || year < 1100 {
		return p.SpellCount(uint64(max(year, 0)), "")
	}
	words, _ := p.Rules.Spell(uint64(year), "spellout-numbering-year")
	return words
}

func chooseScandinavianOrdinalForm(p *passage.Passage, _, to int) string {
	if g := p.FindNounGenderAfter(to); g == "n" {
		return "n"
	}
	return "-"
}

func sayScandinavianDate(p *passage.Passage, from, _ int, d passage.Date) string {
	month := sayMonthAndYear(p, from, d)
	if d.Day == 0 {
		return month
	}
	day := p.SpellOrdinal(strconv.Itoa(d.Day), "-")
	if d.Last > 0 {
		day += " " + p.FindWord("to") + " " + p.SpellOrdinal(strconv.Itoa(d.Last), "-")
	}
	article := "den "
	if b := p.FindIndexBefore(from); p.TokenAt(b).Text == "." && p.IsOneOf(b-1, "d") {
		article = ""
	}
	if p.IsOneOf(p.FindIndexBefore(from), "den", "det", "de") || p.Base == "nb" &&
		!p.IsOneOf(p.FindIndexBefore(from), "en") ||
		d.Last > 0 &&
			p.IsOneOf(p.FindIndexBefore(from), "til") {
		article = ""
	}
	if p.Base == "sv" && p.IsWeekdayBefore(from) || p.IsOneOf(p.FindIndexBefore(from), "till", "til", "från", "fra") {
		article = "den "
	}
	if p.Base == "nb" {
		article = ""
	}
	return article + day + " " + month
}

func sayScandinavianClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.SpellCount(uint64(c.Hour), p.FindWord("form of hours"))
	switch {
	case c.Minute > 0 && c.Minute < 10:
		say += " " + p.SpellCount(0, "") + " " + p.SpellCount(uint64(c.Minute), "")
	case c.Minute > 0:
		say += " " + p.SpellCount(uint64(c.Minute), "")
	case c.HasSecond:
		say += " " + p.SpellCount(0, "") + " " + p.SpellCount(0, "")
	}
	if c.HasSecond {
		say += " " + p.FindWord("and") + " " + sayUnits(p, c.Second, "s")
	}
	return say
}

func sayScandinavianRoman(p *passage.Passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.IsOneOf(p.FindIndexBefore(i), "den", "det") {
			return p.SpellOrdinal(strconv.Itoa(n), "-")
		}
		o := p.SpellOrdinal(strconv.Itoa(n), "-")
		if p.Base == "sv" && !p.Contains("queens", p.TokenAt(p.FindIndexBefore(i)).Lower) {
			o = p.SpellOrdinal(strconv.Itoa(n), "m")
		}
		return "den " + o
	case "century":
		return p.SpellOrdinal(strconv.Itoa(n), "-")
	}
	return p.SpellCount(uint64(n), "")
}
