// Package sign contains the rules for signs: a sign is replaced by its name or a pause, or omitted.
// Voices receive no signs.
package sign

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// NameSpelledSign returns the name of a sign in text that is spelled letter by letter.
func NameSpelledSign(p *passage.Passage) string {
	text := p.Src
	name := p.Signs[text]
	for key, s := range map[string]string{
		"dot": ".", "slash": "/", "at": "@", "dash": "-", "underscore": "_", "colon": ":",
	} {
		if s == text {
			name = p.FindWord(key)
		}
	}
	switch {
	case name != "":
		return " " + name + ", "
	case strings.Contains(pauses, text):
		return ""
	}
	if s, end := p.ParseSuperscript(0); end > 0 && s != "" {
		return " " + p.SpellCardinal(strings.TrimPrefix(s, "-"), "") + ", "
	}
	if top, low, ok := token.ParseVulgarFraction(text); ok {
		return " " + p.SpellFraction(strconv.Itoa(top), strconv.Itoa(low)) + ", "
	}
	if say := sayNumberCharacter(p, text); say != "" {
		return " " + say + ", "
	}
	return " "
}

// pauses are punctuation marks, which voices read as a pause or ignore.
const pauses = ".,;:!?…¡¿\"'“”‘’„‚«»‹›()[]-–—‐‑―、。，！？：；「」『』（）।॥؟،؛·՞՜"

// ReadSignBetween reads signs according to the tokens on both sides: 5 - 3, 3 x 4, 2*3, a / b.
func ReadSignBetween(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if p.IsDashBetweenMeasures(i) && !p.IsInFormula(i) {
		return i + 1, p.FindWord("to")
	} else if p.IsDashBetweenMeasures(i) {
		return i + 1, p.FindWord("minus")
	}
	before, after := p.TokenAt(p.FindIndexBefore(i)), p.TokenAt(p.SkipGap(i+1))
	value := func(t token.Token) bool {
		return t.Kind == token.Digits || t.Kind == token.Word && len([]rune(t.Text)) == 1
	}
	switch t.Text {
	case "-", "−", "–":
		if token.IsSingleLetter(p.TokenAt(i+1)) && before.Text != "" && strings.Contains("=(+*/<>±", before.Text) {
			return i + 1, p.FindWord("minus")
		}
		if before.Kind == token.Digits && after.Kind == token.Digits && p.TokenAt(i-1).Kind == token.Gap &&
			p.TokenAt(i+1).Kind == token.Gap &&
			p.IsInFormula(i) {
			return i + 1, p.FindWord("minus")
		}
	case "*", "×", "·", "⋅":
		if value(before) && value(after) && (t.Text == "*" || t.Text == "×" || before.Kind == token.Digits) {
			return i + 1, p.FindWord("times")
		}
		if t.Text == "*" && p.TokenAt(i-1).Kind != token.Gap && p.TokenAt(i+1).Kind != token.Gap &&
			before.Kind == token.Word &&
			after.Kind == token.Word {
			return i + 1, p.FindWord("times")
		}
	case ":", "/":
		if p.TokenAt(i-1).Text == "." && p.TokenAt(i+1).Kind == token.Digits && p.TokenAt(i+2).Text == "." &&
			p.Contains("ordinal stop", "yes") {
			return i + 1, p.FindWord("and") // 24./25. Dezember
		}
		if t.Text == "/" && (before.Kind == token.Digits && token.IsSingleLetter(after) || token.IsSingleLetter(before) &&
			after.Kind == token.Digits) {
			return i + 1, p.FindWord("over")
		}
		if t.Text == "/" && before.Kind == token.Word && after.Kind == token.Word && p.TokenAt(i-1).Kind == token.Word &&
			p.TokenAt(i+1).Kind == token.Word {
			if p.Contains("either or", before.Lower+"/"+after.Lower) {
				if p.IsOneOf(i-1, "and", "either") {
					return i + 1, " "
				}
				return i + 1, "or"
			}
			if p.TokenAt(p.FindIndexBefore(i-1)).Kind == token.Digits && p.FindWord("per") != "" && len(before.Text) > 2 {
				return i + 1, p.FindWord("per") // 7 days/week
			}
		}
		if t.Text == "/" && before.Kind == token.Digits && after.Kind == token.Digits && p.TokenAt(i-1).Kind == token.Gap {
			return i + 1, p.FindWord("over")
		}
	case ".":
		if after.Kind == token.Word && p.TokenAt(i+1).Kind == token.Word && (i == 0 || p.TokenAt(i-1).Kind == token.Gap) {
			return i + 1, p.FindWord("dot") // .NET
		}
		if b := p.TokenAt(i - 1); p.TokenAt(i+1).Kind == token.Digits && p.Point == "." && (i == 0 || b.Kind == token.Gap ||
			b.Text == "(" || b.Text == "=") {
			say := p.FindWord("point") + " " + p.SpellDecimals(p.TokenAt(i+1).Text) // .5 inches
			if u, end := p.ParseUnit(p.SkipGap(i + 2)); end > p.SkipGap(i+2) && p.IsUnitOfNumber(i+2, p.SkipGap(i+2), end) {
				return end, say + " " + u.Other
			}
			return i + 2, say
		}
	case "!":
		if p.TokenAt(i+1).Text == "=" {
			return i + 2 + countConsecutive(p, i+2, "="), p.Signs["≠"]
		}
	case "<", ">", "=":
		if p.TokenAt(i+1).Text == "=" && t.Text != "=" {
			return i + 2, p.Signs[map[string]string{"<": "≤", ">": "≥"}[t.Text]]
		}
		if p.TokenAt(i+1).Text == ">" && t.Text == "=" {
			return i + 2, p.Signs["→"]
		}
		if t.Text == "=" && p.TokenAt(i+1).Text == "=" {
			n := countConsecutive(p, i, "=")
			if value(before) || value(after) || p.TokenAt(i-1).Kind == token.Gap && p.TokenAt(i+n).Kind == token.Gap {
				return i + n, p.Signs["="]
			}
			return i + n, " " // Markdown marks around a word
		}
		if t.Text == "<" && skipHTMLTag(p, i) > i {
			return skipHTMLTag(p, i), " "
		}
	}
	if token.IsDash(t.Text) && p.TokenAt(i+1).Text == ">" {
		return i + 2, p.Signs["→"]
	}
	return i, ""
}

// countConsecutive returns the number of consecutive tokens with the given text from token i on.
func countConsecutive(p *passage.Passage, i int, text string) int {
	n := 0
	for p.TokenAt(i+n).Text == text {
		n++
	}
	return n
}

// skipHTMLTag returns the index after an HTML tag such as <b> or </b> at token i.
func skipHTMLTag(p *passage.Passage, i int) (nextIndex int) {
	j := i + 1
	if p.TokenAt(j).Text == "/" {
		j++
	}
	if p.TokenAt(j).Kind == token.Word && p.TokenAt(j+1).Text == ">" {
		return j + 2
	}
	return i
}

// ReadSignName reads a sign as its name. Punctuation marks are not changed, and other signs without a name are
// omitted.
func ReadSignName(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if strings.Contains(pauses, t.Text) {
		return i, ""
	}
	before, after := p.TokenAt(i-1), p.TokenAt(i+1)
	switch t.Text {
	case "*":
		if !p.Known || (p.TokenAt(p.FindIndexBefore(i)).Kind != token.Digits ||
			p.TokenAt(p.SkipGap(i+1)).Kind != token.Digits) {
			return i + 1, " "
		}
	case "_", "|", "`", "{", "}", "•", "‣", "▪", "●", "◦", "■", "¬", "¨", "´", "¯", "¸":
		return i + 1, " "
	case "+":
		if before.Kind == token.Word && after.Text == "+" { // C++
			n := countConsecutive(p, i, "+")
			return i + n, strings.TrimSpace(strings.Repeat(p.FindWord("plus")+" ", n))
		}
	case "#":
		if before.Kind == token.Word && len([]rune(before.Text)) == 1 && after.Kind != token.Word {
			return i + 1, p.FindWord("sharp")
		}
	case "~", "^", "=", "<", ">":
		if p.Signs[t.Text] != "" && (before.Kind == token.Word && after.Kind == token.Word && t.Text == "~" ||
			i+1 >= len(p.Tokens) && t.Text != "~" || t.Text == "~" && after.Kind == token.Gap) {
			return i + 1, " "
		}
	case "°":
		return i + 1, p.FindWord("degrees")
	}
	if exponent, end := p.ParseSuperscript(i); end > i && p.Known {
		if before.Kind == token.Word || before.Text == ")" {
			return end, p.SpellExponent(exponent)
		}
		return end, p.SpellCardinal(strings.TrimPrefix(exponent, "-"), "")
	}
	if s, end := p.ParseSubscript(i); end > i && p.Known {
		return end, p.SpellCardinal(s, "")
	}
	if say := p.Signs[t.Text+t.Text]; say != "" && after.Text == t.Text {
		return i + 2, say
	}
	if say := p.Signs[t.Text]; say != "" {
		if b := p.TokenAt(p.FindIndexBefore(i)); b.Kind != token.Word && b.Kind != token.Digits {
			// "< 5" at the start is "less than five", without a verb.
			say = strings.TrimPrefix(strings.TrimPrefix(say, "is "), "er ")
		}
		return i + 1, say
	}
	if say := sayNumberCharacter(p, t.Text); say != "" {
		return i + 1, say
	}
	if p.Known {
		return i + 1, " "
	}
	r, _ := utf8.DecodeRuneInString(t.Text)
	if unicode.Is(unicode.So, r) {
		return i + 1, " "
	}
	return i, ""
}

// sayNumberCharacter returns the spoken form of a number in one character, such as ① and Ⅳ, or "".
func sayNumberCharacter(p *passage.Passage, text string) string {
	r, _ := utf8.DecodeRuneInString(text)
	if p.Rules == nil || !unicode.IsNumber(r) {
		return ""
	}
	plain := strings.Trim(norm.NFKC.String(text), "().")
	if token.IsDigits(plain) {
		return p.SpellCardinal(plain, "")
	}
	if n := token.ParseRoman(strings.ToUpper(plain)); n > 0 {
		return p.SpellCount(uint64(n), "")
	}
	return ""
}
