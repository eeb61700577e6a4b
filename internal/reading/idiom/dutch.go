package idiom

import (
	"strconv"

	"mynah/internal/reading/passage"
)

// newDutchForms returns the context-dependent forms of Dutch.
func newDutchForms() passage.Forms {
	return passage.Forms{
		Year: func(p *passage.Passage, _, year int) string {
			words, _ := p.Rules.Spell(uint64(max(year, 0)), "spellout-numbering-year")
			return words
		},
		Counts:  func(*passage.Passage, int, string) string { return "" },
		Ordinal: func(*passage.Passage, int, int) string { return "-" },
		Date:    sayDutchDate, Clock: sayDutchClock, Roman: sayDutchRoman,
	}
}

func sayDutchDate(p *passage.Passage, from, _ int, d passage.Date) string {
	month := sayMonthAndYear(p, from, d)
	if d.Day == 0 {
		return month
	}
	day := p.SpellCount(uint64(d.Day), "")
	if d.Last > 0 {
		day += " tot " + p.SpellCount(uint64(d.Last), "")
	}
	return day + " " + month
}

func sayDutchClock(p *passage.Passage, _, _ int, c passage.Clock) string {
	say := p.SpellCount(uint64(c.Hour), "") + " uur"
	if c.Minute > 0 || c.HasSecond {
		say += " " + p.SpellCount(uint64(c.Minute), "")
	}
	if c.HasSecond {
		say += " en " + sayUnits(p, c.Second, "s")
	}
	return say
}

func sayDutchRoman(p *passage.Passage, i, _, n int, kind string) string {
	switch kind {
	case "ordinal":
		if p.IsOneOf(p.FindIndexBefore(i), "de", "het") {
			return p.SpellOrdinal(strconv.Itoa(n), "-")
		}
		return "de " + p.SpellOrdinal(strconv.Itoa(n), "-")
	case "century":
		return p.SpellOrdinal(strconv.Itoa(n), "-")
	}
	return p.SpellCount(uint64(n), "")
}
