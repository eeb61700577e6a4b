package figure

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadVersion reads versions such as 1.2.3 and IP addresses such as 192.168.0.1.
func ReadVersion(p *passage.Passage, i int) (nextIndex int, spoken string) {
	parts := []string{p.TokenAt(i).Text}
	j := i + 1
	for p.TokenAt(j).Text == "." && p.TokenAt(j+1).Kind == token.Digits {
		parts = append(parts, p.TokenAt(j+1).Text)
		j += 2
	}
	if len(parts) < 3 && (len(parts) != 2 || !p.Contains("versions", p.TokenAt(p.FindIndexBefore(i)).Lower)) {
		return i, ""
	}
	if len(parts) > 2 && p.Group == "." && canBeDigitGroups(parts) {
		return i, ""
	}
	address := len(parts) == 4
	for k, part := range parts {
		address = address && len(part) <= 3
		parts[k] = p.SpellCardinal(part, "")
	}
	joint := p.FindWord("version point")
	if joint == "" {
		joint = p.FindWord("point")
	}
	if address && !p.Contains("versions", p.TokenAt(p.FindIndexBefore(i)).Lower) {
		for k := range parts {
			parts[k] = p.SpellDigits(p.TokenAt(i + 2*k).Text)
		}
		joint = p.FindWord("dot")
	}
	var say strings.Builder
	say.WriteString(strings.Join(parts, " "+joint+" "))
	if p.TokenAt(j).Text == "/" && p.TokenAt(j+1).Kind == token.Digits && address { // 10.0.0.0/8
		say.WriteString(" " + p.FindWord("slash") + " " + p.SpellCardinal(p.TokenAt(j+1).Text, ""))
		j += 2
	}
	if p.TokenAt(j).Text == ":" && p.TokenAt(j+1).Kind == token.Digits && address {
		say.WriteString(" " + p.FindWord("colon") + " " + p.SpellCardinal(p.TokenAt(j+1).Text, ""))
		j += 2
	}
	for p.IsWordOrDigits(j) { // 1.2.3rc1
		if p.TokenAt(j).Kind == token.Digits {
			say.WriteString(" " + p.SpellCardinal(p.TokenAt(j).Text, ""))
		} else {
			say.WriteString(" " + p.SayGluedLetters(p.TokenAt(j).Text))
		}
		j++
	}
	return j, say.String()
}

// canBeDigitGroups reports whether parts that are separated by points may be groups of three digits.
func canBeDigitGroups(parts []string) bool {
	for k, part := range parts {
		if k > 0 && len(part) != 3 || k == 0 && (len(part) > 3 || part[0] == '0') {
			return false
		}
	}
	return true
}

// ReadCode reads a number at the start of a word of letters and digits.
func ReadCode(p *passage.Passage, i int) (nextIndex int, spoken string) {
	j := i
	for p.IsWordOrDigits(j) {
		j++
	}
	if j-i < 3 {
		return i, ""
	}
	return j, p.SayLettersAndDigits(i, j)
}

// ReadLetterDigits reads words of letters and digits that begin with a letter: A4, MP3, H2O, COVID-19, x².
func ReadLetterDigits(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if exponent, end := p.ParseSuperscript(i + 1); end > i+1 {
		if w := p.FindWord("letter power " + exponent); w != "" {
			return end, t.Text + " " + w
		}
		return end, t.Text + " " + p.SpellExponent(exponent)
	}
	if s, end := p.ParseSubscript(i + 1); end > i+1 {
		say := p.SayGluedLetters(t.Text) + " " + p.SpellCardinal(s, "")
		switch next := p.TokenAt(end); next.Kind {
		case token.Word:
			return end + 1, say + " " + p.SayGluedLetters(next.Text)
		case token.Digits:
			return end + 1, say + " " + p.SpellCardinal(next.Text, "")
		case token.Sign, token.Gap:
		}
		return end, say
	}
	if p.TokenAt(i+1).Text == "^" && len([]rune(t.Text)) <= 2 {
		if end, say := readExponent(p, i+1, t.Text); end > i+1 {
			return end, say
		}
	}
	j := i
	for p.IsWordOrDigits(j) {
		j++
	}
	if j-i < 2 {
		return i, ""
	}
	if j-i == 2 && (t.Lower == "mp" || len([]rune(t.Text)) > 3 || t.Text != t.Lower) {
		return j, spellIfAcronym(p, t.Text) + " " + p.SayModelNumber(p.TokenAt(i+1).Text)
	}
	return j, p.SayLettersAndDigits(i, j)
}

// spellIfAcronym returns an acronym spelled letter by letter, or another word unchanged.
func spellIfAcronym(p *passage.Passage, s string) string {
	if p.Spoken[s] {
		return s
	}
	if s == strings.ToUpper(s) && (len([]rune(s)) <= 3 || p.Letter[s]) {
		return token.SpellLetters(s)
	}
	return p.SayGluedLetters(s)
}
