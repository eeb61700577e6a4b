package idiom

import (
	"strconv"
	"strings"

	"mynah/internal/reading/passage"
)

// englishForms returns the context-dependent forms of English.
func englishForms() passage.Forms {
	return passage.Forms{
		Year: englishYear, Ordinal: func(*passage.Passage, int, int) string { return "-" },
		Date: englishDate, Clock: englishClock, Roman: englishRoman,
		Counts: func(*passage.Passage, int, string) string { return "" },
	}
}

// englishYear returns a year as two numbers: nineteen thirty-nine, nineteen oh five.
func englishYear(p *passage.Passage, _, year int) string {
	words := ""
	if year >= 2000 && year < 2010 || year < 1000 {
		words = p.Count(uint64(max(year, 0)), "")
	} else if p.Rules != nil {
		words, _ = p.Rules.Spell(uint64(year), "spellout-numbering-year")
	}
	return strings.ReplaceAll(words, "oh-", "oh ")
}

// englishDate returns "March fourth" in American English, and "the third of April" in British English
// or if the day is written first.
func englishDate(p *passage.Passage, from, to int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + englishYear(p, from, d.Year)
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	day := p.Ordinal(strconv.Itoa(d.Day), "-")
	if d.Last > 0 {
		day += " to " + p.Ordinal(strconv.Itoa(d.Last), "-")
	}
	if d.Named && !d.DayFirst || !d.Named && p.MonthFirst {
		return month + " " + day + year
	}
	the := "the "
	if p.Is(p.Before(from), "the") || p.Is(to-2, "of") || p.Is(to-4, "of") {
		the = ""
	}
	return the + day + " of " + month + year
}

func englishClock(p *passage.Passage, _, to int, c passage.Clock) string {
	hour := p.Count(uint64(c.Hour), "")
	say := hour
	switch {
	case c.HasSecond:
		say += " " + minuteWords(p, c.Minute)
		say += " and " + plainUnit(p, c.Second, "second", "seconds")
	case c.Minute > 0:
		say += " " + minuteWords(p, c.Minute)
	case c.Half != "" || !c.HasMinute:
	case c.Hour == 0:
		say = "zero hundred hours"
		if p.In("clock labels", p.At(p.Skip(to)).Lower) || c.Label {
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

func minuteWords(p *passage.Passage, m int) string {
	if m < 10 {
		return "oh " + p.Count(uint64(m), "")
	}
	return p.Count(uint64(m), "")
}

func plainUnit(p *passage.Passage, n int, one, other string) string {
	if n == 1 {
		return p.Count(1, "") + " " + one
	}
	return p.Count(uint64(n), "") + " " + other
}

func englishRoman(p *passage.Passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.Is(p.Before(i), "the") {
			return p.Ordinal(strconv.Itoa(n), "-")
		}
		return "the " + p.Ordinal(strconv.Itoa(n), "-")
	case "century":
		return p.Ordinal(strconv.Itoa(n), "-")
	}
	return p.Count(uint64(n), "")
}
