package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// dutchForms returns the context-dependent forms of Dutch.
func dutchForms() passage.Forms {
	return passage.Forms{
		Year: func(p *passage.Passage, _, year int) string {
			words, _ := p.Rules.Spell(uint64(max(year, 0)), "spellout-numbering-year")
			return words
		},
		Counts:  func(*passage.Passage, int, string) string { return "" },
		Ordinal: func(*passage.Passage, int, int) string { return "-" },
		Date:    dutchDate, Clock: dutchClock, Roman: dutchRoman,
	}
}

func dutchDate(p *passage.Passage, from, _ int, d passage.Date) string {
	year := ""
	if d.Year > 0 {
		year = " " + p.YearWords(from, d.Year)
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	day := p.Count(uint64(d.Day), "")
	if d.Last > 0 {
		day += " tot " + p.Count(uint64(d.Last), "")
	}
	return day + " " + month + year
}

func dutchClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.Count(uint64(c.Hour), "") + " uur"
	if c.Minute > 0 || c.HasSecond {
		say += " " + p.Count(uint64(c.Minute), "")
	}
	if c.HasSecond {
		say += " en " + p.Count(uint64(c.Second), "") + " seconden"
	}
	return say
}

func dutchRoman(p *passage.Passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.Is(p.Before(i), "de", "het") {
			return p.Ordinal(strconv.Itoa(n), "-")
		}
		return "de " + p.Ordinal(strconv.Itoa(n), "-")
	case "century":
		return p.Ordinal(strconv.Itoa(n), "-")
	}
	return p.Count(uint64(n), "")
}
