package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
)

// newEnglishForms returns the context-dependent forms of English.
func newEnglishForms() passage.Forms {
	return passage.Forms{
		Year: sayEnglishYear, Ordinal: func(*passage.Passage, int, int) string { return "-" },
		Date: sayEnglishDate, Clock: sayEnglishClock, Roman: sayEnglishRoman,
		Counts: func(*passage.Passage, int, string) string { return "" },
	}
}

// sayEnglishYear returns a year as two numbers: nineteen thirty-nine, nineteen oh five.
func sayEnglishYear(p *passage.Passage, _, year int) string {
	words := ""
	if year >= 2000 && year < 2010 || year < 1000 {
		words = p.SpellCount(uint64(max(year, 0)), "")
	} else if p.Rules != nil {
		words, _ = p.Rules.Spell(uint64(year), "spellout-numbering-year")
	}
	return strings.ReplaceAll(words, "oh-", "oh ")
}

// sayEnglishDate returns "March fourth" in American English, and "the third of April" in British English
// or if the day is written first.
func sayEnglishDate(p *passage.Passage, from, to int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + sayEnglishYear(p, from, d.Year)
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	day := p.SpellOrdinal(strconv.Itoa(d.Day), "-")
	if d.Last > 0 {
		day += " to " + p.SpellOrdinal(strconv.Itoa(d.Last), "-")
	}
	if d.Named && !d.DayFirst || !d.Named && p.MonthFirst {
		return month + " " + day + year
	}
	the := "the "
	if p.IsOneOf(p.FindIndexBefore(from), "the") || p.IsOneOf(to-2, "of") || p.IsOneOf(to-4, "of") {
		the = ""
	}
	return the + day + " of " + month + year
}

func sayEnglishClock(p *passage.Passage, _, to int, c passage.Clock) string {
	hour := p.SpellCount(uint64(c.Hour), "")
	say := hour
	switch {
	case c.HasSecond:
		say += " " + sayEnglishMinutes(p, c.Minute)
		say += " and " + sayCount(p, c.Second, "second", "seconds")
	case c.Minute > 0:
		say += " " + sayEnglishMinutes(p, c.Minute)
	case c.Half != "" || !c.HasMinute:
	case c.Hour == 0:
		say = "zero hundred hours"
		if p.Contains("clock labels", p.TokenAt(p.SkipGap(to)).Lower) || c.Label {
			say = "zero hundred"
		}
	case c.Hour > 12:
		say += " hundred"
	default:
		say += " o'clock"
	}
	switch {
	case c.Half != "":
		say += " " + strings.ToUpper(c.Half) + " M"
	case c.Label:
		say += " hours"
		if strings.HasSuffix(say, "o'clock hours") {
			say = hour + " hours"
		}
	}
	return say
}

func sayEnglishMinutes(p *passage.Passage, m int) string {
	if m < 10 {
		return "oh " + p.SpellCount(uint64(m), "")
	}
	return p.SpellCount(uint64(m), "")
}

func sayCount(p *passage.Passage, n int, one, other string) string {
	if n == 1 {
		return p.SpellCount(1, "") + " " + one
	}
	return p.SpellCount(uint64(n), "") + " " + other
}

func sayEnglishRoman(p *passage.Passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.IsOneOf(p.FindIndexBefore(i), "the") {
			return p.SpellOrdinal(strconv.Itoa(n), "-")
		}
		return "the " + p.SpellOrdinal(strconv.Itoa(n), "-")
	case "century":
		return p.SpellOrdinal(strconv.Itoa(n), "-")
	}
	return p.SpellCount(uint64(n), "")
}
