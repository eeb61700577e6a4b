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

// Spelled returns the name of a sign in text that is spelled letter by letter.
func Spelled(p *passage.Passage) string {
	text := p.Src
	name := p.Signs[text]
	for key, s := range map[string]string{
		"dot": ".", "slash": "/", "at": "@", "dash": "-", "underscore": "_", "colon": ":",
	} {
		if s == text {
			name = p.Word(key)
		}
	}
	switch {
	case name != "":
		return " " + name + ", "
	case strings.Contains(pauses, text):
		return ""
	}
	if s, end := p.Superscript(0); end > 0 && s != "" {
		return " " + p.Cardinal(strings.TrimPrefix(s, "-"), "") + ", "
	}
	if top, low, ok := token.ParseVulgarFraction(text); ok {
		return " " + p.Fraction(strconv.Itoa(top), strconv.Itoa(low)) + ", "
	}
	if say := readNumberCharacter(p, text); say != "" {
		return " " + say + ", "
	}
	return " "
}

// pauses are punctuation marks, which voices read as a pause or ignore.
const pauses = ".,;:!?…¡¿\"'“”‘’„‚«»‹›()[]-–—‐‑―、。，！？：；「」『』（）।॥؟،؛·՞՜"

// ReadSignBetween reads signs according to the tokens on both sides: 5 - 3, 3 x 4, 2*3, a / b.
func ReadSignBetween(p *passage.Passage, i int) (int, string) {
	t := p.At(i)
	if p.IsMeasuredSpan(i) && !p.Formula(i) {
		return i + 1, p.Word("to")
	} else if p.IsMeasuredSpan(i) {
		return i + 1, p.Word("minus")
	}
	before, after := p.At(p.Before(i)), p.At(p.Skip(i+1))
	value := func(t token.Token) bool {
		return t.Kind == token.Digits || t.Kind == token.Word && len([]rune(t.Text)) == 1
	}
	switch t.Text {
	case "-", "−", "–":
		if token.IsLetter(p.At(i+1)) && before.Text != "" && strings.Contains("=(+*/<>±", before.Text) {
			return i + 1, p.Word("minus")
		}
		if before.Kind == token.Digits && after.Kind == token.Digits && p.At(i-1).Kind == token.Gap &&
			p.At(i+1).Kind == token.Gap &&
			p.Formula(i) {
			return i + 1, p.Word("minus")
		}
	case "*", "×", "·", "⋅":
		if value(before) && value(after) && (t.Text == "*" || t.Text == "×" || before.Kind == token.Digits) {
			return i + 1, p.Word("times")
		}
		if t.Text == "*" && p.At(i-1).Kind != token.Gap && p.At(i+1).Kind != token.Gap &&
			before.Kind == token.Word &&
			after.Kind == token.Word {
			return i + 1, p.Word("times")
		}
	case ":", "/":
		if p.At(i-1).Text == "." && p.At(i+1).Kind == token.Digits && p.At(i+2).Text == "." &&
			p.In("ordinal stop", "yes") {
			return i + 1, p.Word("and") // 24./25. Dezember
		}
		if t.Text == "/" && (before.Kind == token.Digits && token.IsLetter(after) || token.IsLetter(before) &&
			after.Kind == token.Digits) {
			return i + 1, p.Word("over")
		}
		if t.Text == "/" && before.Kind == token.Word && after.Kind == token.Word && p.At(i-1).Kind == token.Word &&
			p.At(i+1).Kind == token.Word {
			if p.In("either or", before.Lower+"/"+after.Lower) {
				if p.Is(i-1, "and", "either") {
					return i + 1, " "
				}
				return i + 1, "or"
			}
			if p.At(p.Before(i-1)).Kind == token.Digits && p.Word("per") != "" && len(before.Text) > 2 {
				return i + 1, p.Word("per") // 7 days/week
			}
		}
		if t.Text == "/" && before.Kind == token.Digits && after.Kind == token.Digits && p.At(i-1).Kind == token.Gap {
			return i + 1, p.Word("over")
		}
	case ".":
		if after.Kind == token.Word && p.At(i+1).Kind == token.Word && (i == 0 || p.At(i-1).Kind == token.Gap) {
			return i + 1, p.Word("dot") // .NET
		}
		if b := p.At(i - 1); p.At(i+1).Kind == token.Digits && p.Point == "." && (i == 0 || b.Kind == token.Gap ||
			b.Text == "(" || b.Text == "=") {
			say := p.Word("point") + " " + p.Decimals(p.At(i+1).Text) // .5 inches
			if u, end := p.UnitAt(p.Skip(i + 2)); end > p.Skip(i+2) && p.TakesUnit(i+2, p.Skip(i+2), end) {
				return end, say + " " + u.Other
			}
			return i + 2, say
		}
	case "!":
		if p.At(i+1).Text == "=" {
			return i + 2 + countRepeats(p, i+2, "="), p.Signs["≠"]
		}
	case "<", ">", "=":
		if p.At(i+1).Text == "=" && t.Text != "=" {
			return i + 2, p.Signs[map[string]string{"<": "≤", ">": "≥"}[t.Text]]
		}
		if p.At(i+1).Text == ">" && t.Text == "=" {
			return i + 2, p.Signs["→"]
		}
		if t.Text == "=" && p.At(i+1).Text == "=" {
			n := countRepeats(p, i, "=")
			if value(before) || value(after) || p.At(i-1).Kind == token.Gap && p.At(i+n).Kind == token.Gap {
				return i + n, p.Signs["="]
			}
			return i + n, " " // Markdown marks around a word
		}
		if t.Text == "<" && skipTag(p, i) > i {
			return skipTag(p, i), " "
		}
	}
	if token.IsDash(t.Text) && p.At(i+1).Text == ">" {
		return i + 2, p.Signs["→"]
	}
	return i, ""
}

// countRepeats returns the number of consecutive tokens with the given text from token i on.
func countRepeats(p *passage.Passage, i int, text string) int {
	n := 0
	for p.At(i+n).Text == text {
		n++
	}
	return n
}

// skipTag returns the index after an HTML tag such as <b> or </b> at token i.
func skipTag(p *passage.Passage, i int) int {
	j := i + 1
	if p.At(j).Text == "/" {
		j++
	}
	if p.At(j).Kind == token.Word && p.At(j+1).Text == ">" {
		return j + 2
	}
	return i
}

// ReadSignName reads a sign as its name. Punctuation marks are not changed, and other signs without a name are
// omitted.
func ReadSignName(p *passage.Passage, i int) (int, string) {
	t := p.At(i)
	if strings.Contains(pauses, t.Text) {
		return i, ""
	}
	before, after := p.At(i-1), p.At(i+1)
	switch t.Text {
	case "*":
		if !p.Known || (p.At(p.Before(i)).Kind != token.Digits || p.At(p.Skip(i+1)).Kind != token.Digits) {
			return i + 1, " "
		}
	case "_", "|", "`", "{", "}", "•", "‣", "▪", "●", "◦", "■", "¬", "¨", "´", "¯", "¸":
		return i + 1, " "
	case "+":
		if before.Kind == token.Word && after.Text == "+" { // C++
			n := countRepeats(p, i, "+")
			return i + n, strings.TrimSpace(strings.Repeat(p.Word("plus")+" ", n))
		}
	case "#":
		if before.Kind == token.Word && len([]rune(before.Text)) == 1 && after.Kind != token.Word {
			return i + 1, p.Word("sharp")
		}
	case "~", "^", "=", "<", ">":
		if p.Signs[t.Text] != "" && (before.Kind == token.Word && after.Kind == token.Word && t.Text == "~" ||
			i+1 >= len(p.Tokens) && t.Text != "~" || t.Text == "~" && after.Kind == token.Gap) {
			return i + 1, " "
		}
	case "°":
		return i + 1, p.Word("degrees")
	}
	if exponent, end := p.Superscript(i); end > i && p.Known {
		if before.Kind == token.Word || before.Text == ")" {
			return end, p.ToThePower(exponent)
		}
		return end, p.Cardinal(strings.TrimPrefix(exponent, "-"), "")
	}
	if s, end := p.Subscript(i); end > i && p.Known {
		return end, p.Cardinal(s, "")
	}
	if say := p.Signs[t.Text+t.Text]; say != "" && after.Text == t.Text {
		return i + 2, say
	}
	if say := p.Signs[t.Text]; say != "" {
		if b := p.At(p.Before(i)); b.Kind != token.Word && b.Kind != token.Digits {
			// "< 5" at the start is "less than five", without a verb.
			say = strings.TrimPrefix(strings.TrimPrefix(say, "is "), "er ")
		}
		return i + 1, say
	}
	if say := readNumberCharacter(p, t.Text); say != "" {
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

// readNumberCharacter returns the spoken form of a number in one character, such as ① and Ⅳ, or "".
func readNumberCharacter(p *passage.Passage, text string) string {
	r, _ := utf8.DecodeRuneInString(text)
	if p.Rules == nil || !unicode.IsNumber(r) {
		return ""
	}
	plain := strings.Trim(norm.NFKC.String(text), "().")
	if token.IsDigits(plain) {
		return p.Cardinal(plain, "")
	}
	if n := token.ParseRoman(strings.ToUpper(plain)); n > 0 {
		return p.Count(uint64(n), "")
	}
	return ""
}
