package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// scandinavianForms returns the context-dependent forms of Swedish, Danish and Norwegian.
func scandinavianForms() passage.Forms {
	return passage.Forms{
		Year: scandinavianYear, Ordinal: scandinavianOrdinal, Date: scandinavianDate,
		Clock: scandinavianClock,
		Roman: scandinavianRoman,
	}
}

func scandinavianYear(p *passage.Passage, _, year int) string {
	if year >= 2000 && year < 2100 && p.Base != "sv" || year >= 2000 && year < 2010 || year < 1100 {
		return p.Count(uint64(max(year, 0)), "")
	}
	words, _ := p.Rules.Spell(uint64(year), "spellout-numbering-year")
	return words
}

func scandinavianOrdinal(p *passage.Passage, _, to int) string {
	if g := p.GenderBehind(to); g == "n" {
		return "n"
	}
	return "-"
}

func scandinavianDate(p *passage.Passage, from, _ int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + p.YearWords(from, d.Year)
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	day := p.Ordinal(strconv.Itoa(d.Day), "-")
	if d.Last > 0 {
		day += " " + p.Word("to") + " " + p.Ordinal(strconv.Itoa(d.Last), "-")
	}
	article := "den "
	if b := p.Before(from); p.At(b).Text == "." && p.Is(b-1, "d") {
		article = ""
	}
	if p.Is(p.Before(from), "den", "det", "de") || p.Base == "nb" && !p.Is(p.Before(from), "en") || d.Last > 0 &&
		p.Is(p.Before(from), "til") {
		article = ""
	}
	if p.Base == "sv" && p.WeekdayBefore(from) || p.Is(p.Before(from), "till", "til", "från", "fra") {
		article = "den "
	}
	if p.Base == "nb" {
		article = ""
	}
	return article + day + " " + month + year
}

func scandinavianClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.Count(uint64(c.Hour), p.Word("form of hours"))
	switch {
	case c.Minute > 0 && c.Minute < 10:
		say += " " + p.Count(0, "") + " " + p.Count(uint64(c.Minute), "")
	case c.Minute > 0:
		say += " " + p.Count(uint64(c.Minute), "")
	case c.HasSecond:
		say += " " + p.Count(0, "") + " " + p.Count(0, "")
	}
	if c.HasSecond {
		say += " " + p.Word("and") + " " + p.Count(uint64(c.Second), "") + " " + p.Word("seconds")
	}
	return say
}

func scandinavianRoman(p *passage.Passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.Is(p.Before(i), "den", "det") {
			return p.Ordinal(strconv.Itoa(n), "-")
		}
		o := p.Ordinal(strconv.Itoa(n), "-")
		if p.Base == "sv" && !p.In("queens", p.At(p.Before(i)).Lower) {
			o = p.Ordinal(strconv.Itoa(n), "m")
		}
		return "den " + o
	case "century":
		return p.Ordinal(strconv.Itoa(n), "-")
	}
	return p.Count(uint64(n), "")
}
