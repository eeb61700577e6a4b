// Package idiom contains forms that depend on the words around them, which tables cannot express: how
// each language reads years, dates, times, ordinal and Roman numerals by case, gender, article and
// order. It provides them as passage.Forms, so that rules do not depend on languages.
package idiom

import (
	"mynah/internal/reading/passage"
)

// Of returns the forms of a language. They are empty for an unknown language.
func Of(base string) passage.Forms {
	switch base {
	case "en":
		return englishForms()
	case "de":
		return germanForms()
	case "fr":
		return frenchForms()
	case "es":
		return spanishForms()
	case "it":
		return italianForms()
	case "pt":
		return portugueseForms()
	case "nl":
		return dutchForms()
	case "sv", "da", "nb":
		return scandinavianForms()
	case "pl":
		return polishForms()
	}
	return passage.Forms{}
}
