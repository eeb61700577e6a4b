package passage

import "time"

// Forms are the ways of a language to read things by the words around them. Those that are
// nil have a common meaning, see the methods of Passage that call them.
type Forms struct {
	// Year reads a year of four digits at most.
	Year func(p *Passage, at, n int) string
	// Counts gives the form of a cardinal number that counts a noun of a gender.
	Counts func(p *Passage, from int, gender string) string
	// Ordinal gives the form of an ordinal number at tokens from to to.
	Ordinal func(p *Passage, from, to int) string
	// Date reads a date that stands at tokens from to to.
	Date func(p *Passage, from, to int, d Date) string
	// Clock reads a time.
	Clock func(p *Passage, from, to int, c Clock) string
	// Roman reads a Roman numeral: kind is cardinal, ordinal (of a ruler) or century.
	Roman func(p *Passage, from, to, n int, kind string) string
}

// Date is a day, or what is known about it; zeros are unknown.
type Date struct {
	Day, Month, Year int
	Last             int  // of a range of days
	Named            bool // the month is written as a word
	DayFirst         bool // as it is written
}

// Exists reports whether there is such a day.
func (d Date) Exists() bool {
	const leap = 2000 // a year that has all days
	year := d.Year
	if year == 0 {
		year = leap
	}
	return d.Month >= 1 && d.Month <= 12 && d.Day >= 1 &&
		d.Day <= time.Date(year, time.Month(d.Month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Clock is a time of day as it is written.
type Clock struct {
	Hour, Minute, Second int
	HasMinute, HasSecond bool
	Half                 string // "a" or "p" for a.m. and p.m.
	Label                bool   // a word such as Uhr stands after, and is part of the time
}

// YearWords reads a year.
func (p *Passage) YearWords(at, year int) string {
	if p.forms.Year != nil {
		return p.forms.Year(p, at, year)
	}
	return p.Count(uint64(max(year, 0)), "")
}

// FormFor returns the form of a cardinal number in front of a noun.
func (p *Passage) FormFor(from int, gender string) string {
	if p.forms.Counts != nil {
		return p.forms.Counts(p, from, gender)
	}
	return gender
}

// OrdinalForm chooses the form of an ordinal number by the words around it.
func (p *Passage) OrdinalForm(from, to int) string {
	if p.forms.Ordinal != nil {
		return p.forms.Ordinal(p, from, to)
	}
	if g := p.GenderBehind(to); g != "" {
		return g
	}
	return "-"
}

// DateWords reads a date that stands at tokens from to to; empty where the language has no way.
func (p *Passage) DateWords(from, to int, d Date) string {
	if p.forms.Date == nil {
		return ""
	}
	return p.forms.Date(p, from, to, d)
}

// ClockWords reads a time; empty where the language has no way.
func (p *Passage) ClockWords(from, to int, c Clock) string {
	if p.forms.Clock == nil {
		return ""
	}
	return p.forms.Clock(p, from, to, c)
}

// RomanWords reads a Roman numeral; empty where the language has no way of its own.
func (p *Passage) RomanWords(from, to, n int, kind string) string {
	if p.forms.Roman == nil {
		return ""
	}
	return p.forms.Roman(p, from, to, n, kind)
}
