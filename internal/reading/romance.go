package reading

// dateWords are what a Romance language says in a date: for the first of a month, between two
// days of a span, and between day, month and year, each with its blanks.
type dateWords struct{ first, to, between string }

func romanceDate(p *passage, d date, w dateWords) string {
	year := ""
	if d.year > 0 {
		year = w.between + p.count(uint64(d.year), "")
	}
	month := p.months[d.month]
	if d.day == 0 {
		return month + year
	}
	day := p.count(uint64(d.day), "")
	if d.day == 1 {
		day = w.first
	}
	if d.last > 0 {
		day += w.to + p.count(uint64(d.last), "")
	}
	return day + w.between + month + year
}
