package sign

import (
	"strings"

	"mynah/internal/reading/passage"
)

// ReadGreekLetter reads a Greek letter that is used as a symbol, with its exponent.
func ReadGreekLetter(p *passage.Passage, i int) (nextIndex int, spoken string) {
	name := nameGreekLetter(p.TokenAt(i).Lower)
	if name == "" || p.Base == "el" {
		return i, ""
	}
	if n, end := p.ParseSuperscript(i + 1); end > i+1 {
		return end, name + " " + p.SpellExponent(n)
	}
	return i + 1, name
}

// nameGreekLetter returns the English name of a Greek letter, or "".
func nameGreekLetter(s string) string {
	if len(s) != 2 || s[0] < 0xce || s[0] > 0xcf {
		return ""
	}
	const letters = "αβγδεζηθικλμνξοπρστυφχψω"
	names := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda my ny xi omikron " +
		"pi rho sigma tau ypsilon phi chi psi omega")
	if i := strings.Index(letters, s); i >= 0 {
		return names[i/2]
	}
	return ""
}
