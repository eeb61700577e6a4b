// Package idiom contains forms that depend on the words around them, which tables cannot express: how
// each language reads years, dates, times, ordinal and Roman numerals by case, gender, article and
// order. It provides them as passage.Forms, so that rules do not depend on languages.
package idiom

import (
	"slices"
	"strconv"

	"mynah/internal/reading/passage"
)

// FindForms returns the forms of a language. They are empty for an unknown language.
func FindForms(base string) passage.Forms {
	switch base {
	case "en":
		return newEnglishForms()
	case "de":
		return newGermanForms()
	case "fr":
		return newFrenchForms()
	case "es":
		return newSpanishForms()
	case "it":
		return newItalianForms()
	case "pt":
		return newPortugueseForms()
	case "nl":
		return newDutchForms()
	case "sv", "da", "nb":
		return newScandinavianForms()
	case "pl":
		return newPolishForms()
	}
	return passage.Forms{}
}

// sayMonthAndYear returns the month of a date, with its year if it has one.
func sayMonthAndYear(p *passage.Passage, from int, d passage.Date) string {
	if d.Year > 0 {
		return p.Months[d.Month] + " " + p.SayYear(from, d.Year)
	}
	return p.Months[d.Month]
}

// sayUnits returns a number of a unit of measurement, in the gender of the unit and with its plural form. symbol is one
// of the symbols of the unit in the language's table: "s" for seconds.
func sayUnits(p *passage.Passage, n int, symbol string) string {
	for _, u := range p.Units {
		if slices.Contains(u.Symbols, symbol) {
			return p.SpellCount(uint64(n), u.Gender) + " " + p.InflectNoun(u.Noun, strconv.Itoa(n), "")
		}
	}
	return p.SpellCount(uint64(n), "")
}
