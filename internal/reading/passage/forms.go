package passage

import "time"

// Forms are functions of a language for forms that depend on the words around them. Functions may be
// nil; the methods of Passage that call them then use a default.
type Forms struct {
	// Year returns the words of a year with up to four digits.
	Year func(p *Passage, at, n int) string
	// Counts returns the form of a cardinal number that counts a noun of a gender.
	Counts func(p *Passage, from int, gender string) string
	// Ordinal returns the form of an ordinal number at the tokens from..to.
	Ordinal func(p *Passage, from, to int) string
	// Date returns the words of a date at the tokens from..to.
	Date func(p *Passage, from, to int, d Date) string
	// Clock returns the words of a time of day.
	Clock func(p *Passage, from, to int, c Clock) string
	// Roman returns the words of a Roman numeral. kind is cardinal, ordinal (of a ruler) or century.
	Roman func(p *Passage, from, to, n int, kind string) string
}

// Date is a date as far as it is written. Zero means that a part is missing.
type Date struct {
	Day, Month, Year int
	Last             int  // last day of a range of days
	Named            bool // the month is written as a word
	DayFirst         bool // the day is written before the month
}

// Exists reports whether the calendar has such a day.
func (d Date) Exists() bool {
	const leap = 2000 // a leap year
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
	Half                 string // "a" for a.m., "p" for p.m., or ""
	Label                bool   // a word such as Uhr follows and is part of the time
}

// SayYear returns the words of a year. at is its token.
func (p *Passage) SayYear(at, year int) string {
	if p.forms.Year != nil {
		return p.forms.Year(p, at, year)
	}
	return p.SpellCount(uint64(max(year, 0)), "")
}

// ChooseCardinalForm returns the form of a cardinal number before a noun of a gender.
func (p *Passage) ChooseCardinalForm(from int, gender string) string {
	if p.forms.Counts != nil {
		return p.forms.Counts(p, from, gender)
	}
	return gender
}

// ChooseOrdinalForm returns the form of an ordinal number, according to the words around it.
func (p *Passage) ChooseOrdinalForm(from, to int) string {
	if p.forms.Ordinal != nil {
		return p.forms.Ordinal(p, from, to)
	}
	if g := p.FindNounGenderAfter(to); g != "" {
		return g
	}
	return "-"
}

// SayDate returns the words of a date at the tokens from..to, or "" if the language has no function
// for it.
func (p *Passage) SayDate(from, to int, d Date) string {
	if p.forms.Date == nil {
		return ""
	}
	return p.forms.Date(p, from, to, d)
}

// SayClock returns the words of a time of day, or "" if the language has no function for it.
func (p *Passage) SayClock(from, to int, c Clock) string {
	if p.forms.Clock == nil {
		return ""
	}
	return p.forms.Clock(p, from, to, c)
}

// SayRoman returns the words of a Roman numeral, or "" if the language has no function for it.
func (p *Passage) SayRoman(from, to, n int, kind string) string {
	if p.forms.Roman == nil {
		return ""
	}
	return p.forms.Roman(p, from, to, n, kind)
}
