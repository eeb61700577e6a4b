// Package idiom knows how each language reads years, dates, times, ordinal and Roman numerals by
// the words around them: case, gender, article and order, which tables cannot express. It fills in
// passage.Forms, so that the rules call no function of a language by name.
package idiom

import (
	"mynah/internal/reading/passage"
)

// Of returns the forms of a language; empty of those that are not known.
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
