package idiom

import (
	"mynah/internal/reading/passage"
)

// dateWords are the words in a date of a Romance language: for the first of a month, between two days
// of a range, and between day, month and year, including spaces.
type dateWords struct{ first, to, between string }

func sayRomanceDate(p *passage.Passage, d passage.Date, w dateWords) string {
	year := ""
	if d.Year > 0 {
		year = w.between + p.SpellCount(uint64(d.Year), "")
	}
	month := p.Months[d.Month]
	if d.Day == 0 {
		return month + year
	}
	day := p.SpellCount(uint64(d.Day), "")
	if d.Day == 1 {
		day = w.first
	}
	if d.Last > 0 {
		day += w.to + p.SpellCount(uint64(d.Last), "")
	}
	return day + w.between + month + year
}
