package short

import (
	"strings"
	"unicode"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadInitials reads single letters with points, such as U.S. and J. R. R. Tolkien.
func ReadInitials(p *passage.Passage, i int) (nextIndex int, spoken string) {
	j := i
	var out []string
	for {
		t := p.TokenAt(j)
		if t.Kind != token.Word || len([]rune(t.Text)) != 1 || p.TokenAt(j+1).Text != "." {
			break
		}
		out = append(out, strings.ToUpper(t.Text))
		j += 2
		if p.TokenAt(j).Kind == token.Gap && p.TokenAt(j+2).Text == "." && len([]rune(p.TokenAt(j+1).Text)) == 1 {
			j++
		}
	}
	if p.TokenAt(i).Text == p.TokenAt(i).Lower && len(out) < 2 || len(out) == 0 {
		return i, ""
	}
	next := p.TokenAt(p.SkipGap(j))
	if len(out) == 1 && (p.TokenAt(j).Kind != token.Gap || next.Kind != token.Word || next.Text == next.Lower ||
		token.ParseRoman(out[0]) > 0 && p.Contains("ordinal stop", "yes")) {
		return i, ""
	}
	return j, strings.Join(out, " ")
}

// ReadAcronym reads words in capitals. Those that people spell are spelled letter by letter.
func ReadAcronym(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	name, plural := t.Text, ""
	if w, ok := strings.CutSuffix(name, "s"); ok && len(w) >= 2 && w == strings.ToUpper(w) {
		name, plural = w, "s"
	}
	listed := p.Letter[name]
	if p.TokenAt(i+1).Text == "&" || p.TokenAt(i-1).Text == "&" {
		// AT&T, R&D: there are letters on both sides.
		if len([]rune(name)) <= 3 && name == strings.ToUpper(name) && name != strings.ToLower(name) &&
			(p.TokenAt(i+2).Kind == token.Word || p.TokenAt(i-2).Kind == token.Word) {
			return i + 1, token.SpellLetters(name)
		}
	}
	if p.Spoken[name] || !listed && (name != strings.ToUpper(name) || len([]rune(name)) < 2) {
		return i, ""
	}
	if !strings.ContainsFunc(name, unicode.IsUpper) && !listed {
		return i, ""
	}
	if !listed && !isSpelledOut(p, i, name) || listed && p.Contains("words too", name) && isNextToCapitals(p, i) {
		return i, ""
	}
	end := i + 1
	say := token.SpellLetters(name)
	if plural != "" {
		say += "s"
		if p.Base == "en" {
			say = say[:len(say)-1] + "'s"
		}
	}
	return end, say
}

// isSpelledOut reports whether a word in capitals that is not in the tables is spelled letter by letter.
func isSpelledOut(p *passage.Passage, i int, w string) bool {
	runes := []rune(w)
	vowels := 0
	for _, r := range runes {
		if token.IsVowel(r) {
			vowels++
		}
	}
	const longest = 6
	switch {
	case !unicode.In(runes[0], unicode.Latin):
		return false
	case vowels == 0:
		return len(runes) <= longest
	case p.IsInCapitals(i) || len(runes) > 4:
		return false
	case len(runes) == 4:
		// NASA and UEFA can be pronounced; HDMI, RGBA and ISBN cannot, because of the place of their vowel.
		return vowels == 1 && (token.IsVowel(runes[0]) || token.IsVowel(runes[3]))
	}
	return true
}

// isNextToCapitals reports whether a neighbouring word is also written in capitals: DO IT NOW.
func isNextToCapitals(p *passage.Passage, i int) bool {
	for _, j := range []int{p.FindIndexBefore(i), p.SkipGap(i + 1)} {
		if t := p.TokenAt(j); t.Kind == token.Word && len([]rune(t.Text)) > 1 && t.Text == strings.ToUpper(t.Text) &&
			!p.Letter[t.Text] {
			return true
		}
	}
	return false
}
