package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// pauses are signs that every voice takes as a pause, or as nothing.
const pauses = ".,;:!?…¡¿\"'“”‘’„‚«»‹›()[]-–—‐‑―、。，！？：；「」『』（）।॥؟،؛·՞՜"

// fromSign reads what begins with a sign.
func (p *passage) fromSign(i int) (int, string) {
	t := p.at(i)
	if p.known {
		for _, rule := range []func(int) (int, string){
			p.phonePlus, p.signedNumber, p.shortDecade, p.hashes, p.pathsAndFlags, p.between,
		} {
			if end, say := rule(i); end > i && say != "" {
				return end, say
			}
		}
	} else if _, _, ok := vulgar(t.text); ok {
		return i, ""
	}
	return p.signName(i)
}

func (p *passage) phonePlus(i int) (int, string) {
	if t := p.at(i).text; t != "+" && t != "(" {
		return i, ""
	}
	return p.phones(i)
}

// signedNumber reads -5, +3, ~50, $5 and ½.
func (p *passage) signedNumber(i int) (int, string) {
	t := p.at(i)
	if p.isMeasuredSpan(i) && !p.formula(i) {
		return i + 1, p.word("to")
	} else if p.isMeasuredSpan(i) {
		return i + 1, p.word("minus")
	}
	if _, _, ok := vulgar(t.text); ok {
		return p.quantities(i)
	}
	if c, end := p.currencyAt(i); c != nil && end > i {
		return p.quantities(i)
	}
	if !strings.Contains("-−–+±~≈", t.text) || p.at(i+1).kind == gap {
		return i, ""
	}
	b := p.at(i - 1)
	if isDash(t.text) && (b.kind == word || b.kind == digits || b.text == ")" || b.text == "." || isDash(b.text)) {
		return i, ""
	}
	if isMinus(t.text) || t.text == "+" || t.text == "±" {
		if p.at(i+1).kind != digits {
			if _, end := p.currencyAt(i + 1); end == i+1 || p.at(end).kind != digits {
				return i, ""
			}
		}
	}
	if n, end := p.number(i + 1); end > i+1 && (p.at(end).text == "^" || strings.Contains(raised, p.at(end).text) &&
		p.at(end).kind == sign) {
		return i + 1, p.signs[t.text]
	} else if n.fraction == "" && p.at(end).text == "/" && p.at(end+1).kind == digits {
		return i + 1, p.signs[t.text]
	}
	return p.quantities(i)
}

// isMeasuredSpan says whether a dash stands between two numbers that both have the same unit, as in
// 30 %–40 % and 20 °C – 25 °C.
func (p *passage) isMeasuredSpan(i int) bool {
	if mark := p.at(i).text; !isDash(mark) || mark == "−" {
		return false
	}
	unit, start := p.before(i), p.skip(i+1)
	_, end := p.number(start)
	if end == start || p.at(unit).kind == digits {
		return false
	}
	behind := p.skip(end)
	if degrees := p.at(behind).text == "°" && p.at(unit).text != "°"; degrees {
		behind = p.skip(behind + 1)
	}
	before := p.at(p.before(unit))
	return p.at(unit).text == p.at(behind).text && (before.kind == digits || before.text == "°")
}

// shortDecade reads '90s and '68.
func (p *passage) shortDecade(i int) (int, string) {
	if t := p.at(i).text; t != "'" && t != "’" && t != "‘" || !p.opens(i) {
		return i, ""
	}
	if end, say := p.decades(i + 1); end > i+1 {
		return end, say
	}
	if n, ok := p.small(i+1, 2); ok && len(p.at(i+1).text) == 2 && !p.glued(i+2) {
		if n < 10 && p.base == "en" {
			return i + 2, "oh " + p.count(uint64(n), "")
		}
		return i + 2, p.cardinal(p.at(i+1).text, "")
	}
	return i, ""
}

// hashes reads #5 and #topic.
func (p *passage) hashes(i int) (int, string) {
	if p.at(i).text != "#" {
		return i, ""
	}
	switch next := p.at(i + 1); next.kind {
	case digits:
		n, end := p.number(i + 1)
		if n.fraction != "" || p.glued(end) {
			return i + 1, p.word("hash")
		}
		return end, p.word("number") + " " + p.spell(n, "")
	case word:
		if p.opens(i) {
			return i + 1, p.word("hashtag")
		}
	}
	return i, ""
}

func (p *passage) pathsAndFlags(i int) (int, string) {
	switch p.at(i).text {
	case "/", "~", ".":
		return p.paths(i)
	case "-":
		if b := p.at(p.before(i)).text; letter(p.at(i+1)) && b != "" && strings.Contains("=(+*/<>±", b) {
			return i, "" // a minus
		}
		return p.flags(i)
	}
	return i, ""
}

// between reads signs by what stands on either side: 5 - 3, 3 x 4, 2*3, a / b.
func (p *passage) between(i int) (int, string) {
	t := p.at(i)
	if p.isMeasuredSpan(i) && !p.formula(i) {
		return i + 1, p.word("to")
	} else if p.isMeasuredSpan(i) {
		return i + 1, p.word("minus")
	}
	before, after := p.at(p.before(i)), p.at(p.skip(i+1))
	value := func(t token) bool { return t.kind == digits || t.kind == word && len([]rune(t.text)) == 1 }
	switch t.text {
	case "-", "−", "–":
		if letter(p.at(i+1)) && before.text != "" && strings.Contains("=(+*/<>±", before.text) {
			return i + 1, p.word("minus")
		}
		if before.kind == digits && after.kind == digits && p.at(i-1).kind == gap && p.at(i+1).kind == gap &&
			p.formula(i) {
			return i + 1, p.word("minus")
		}
	case "*", "×", "·", "⋅":
		if value(before) && value(after) && (t.text == "*" || t.text == "×" || before.kind == digits) {
			return i + 1, p.word("times")
		}
		if t.text == "*" && p.at(i-1).kind != gap && p.at(i+1).kind != gap && i > 0 && before.kind == word &&
			after.kind == word {
			return i + 1, p.word("times")
		}
	case ":", "/":
		if p.at(i-1).text == "." && p.at(i+1).kind == digits && p.at(i+2).text == "." && p.in("ordinal stop", "yes") {
			return i + 1, p.word("and") // 24./25. Dezember
		}
		if t.text == "/" && (before.kind == digits && letter(after) || letter(before) && after.kind == digits) {
			return i + 1, p.word("over")
		}
		if t.text == "/" && before.kind == word && after.kind == word && p.at(i-1).kind == word &&
			p.at(i+1).kind == word {
			if p.in("either or", before.lower+"/"+after.lower) {
				if p.is(i-1, "and", "either") {
					return i + 1, " "
				}
				return i + 1, "or"
			}
			if p.at(p.before(i-1)).kind == digits && p.word("per") != "" && len(before.text) > 2 {
				return i + 1, p.word("per") // 7 days/week
			}
		}
		if t.text == "/" && before.kind == digits && after.kind == digits && p.at(i-1).kind == gap {
			return i + 1, p.word("over")
		}
	case ".":
		if after.kind == word && p.at(i+1).kind == word && (i == 0 || p.at(i-1).kind == gap) {
			return i + 1, p.word("dot") // .NET
		}
		if b := p.at(i - 1); p.at(i+1).kind == digits && p.point == "." && (i == 0 || b.kind == gap || b.text == "(" || b.text == "=") {
			say := p.word("point") + " " + p.decimals(p.at(i+1).text) // .5 inches
			if u, end := p.unitAt(p.skip(i + 2)); end > p.skip(i+2) && p.takesUnit(i+2, p.skip(i+2), end) {
				return end, say + " " + u.other
			}
			return i + 2, say
		}
	case "!":
		if p.at(i+1).text == "=" {
			return i + 2 + p.run(i+2, "="), p.signs["≠"]
		}
	case "<", ">", "=":
		if p.at(i+1).text == "=" && t.text != "=" {
			return i + 2, p.signs[map[string]string{"<": "≤", ">": "≥"}[t.text]]
		}
		if p.at(i+1).text == ">" && t.text == "=" {
			return i + 2, p.signs["→"]
		}
		if t.text == "=" && p.at(i+1).text == "=" {
			n := p.run(i, "=")
			if value(before) || value(after) || p.at(i-1).kind == gap && p.at(i+n).kind == gap {
				return i + n, p.signs["="]
			}
			return i + n, " " // marks around a word
		}
		if t.text == "<" && p.tag(i) > i {
			return p.tag(i), " "
		}
	}
	if isDash(t.text) && p.at(i+1).text == ">" {
		return i + 2, p.signs["→"]
	}
	return i, ""
}

// letter tells that a token is a letter that stands for a number.
func letter(t token) bool { return t.kind == word && len([]rune(t.text)) == 1 }

// run counts equal signs from a token on.
func (p *passage) run(i int, text string) int {
	n := 0
	for p.at(i+n).text == text {
		n++
	}
	return n
}

// tag gives the token behind a tag such as <b> or </b>.
func (p *passage) tag(i int) int {
	j := i + 1
	if p.at(j).text == "/" {
		j++
	}
	if p.at(j).kind == word && p.at(j+1).text == ">" {
		return j + 2
	}
	return i
}

// formula tells that a sentence has a sign of equality, so that dashes are minuses.
func (p *passage) formula(i int) bool {
	const near = 24
	for j := max(0, i-near); j < min(len(p.tokens), i+near); j++ {
		if strings.Contains("=≠<>≤≥≈+", p.at(j).text) && p.at(j).kind == sign {
			return true
		}
	}
	return p.at(p.before(i)).kind == digits && p.at(p.skip(i+1)).kind == digits && p.at(i).text == "−"
}

// signName says a sign by its name. Marks of pauses are left as they are; others that have
// no name are not spoken.
func (p *passage) signName(i int) (int, string) {
	t := p.at(i)
	if strings.Contains(pauses, t.text) {
		return i, ""
	}
	before, after := p.at(i-1), p.at(i+1)
	switch t.text {
	case "*":
		if !p.known || (p.at(p.before(i)).kind != digits || p.at(p.skip(i+1)).kind != digits) {
			return i + 1, " "
		}
	case "_", "|", "`", "{", "}", "•", "‣", "▪", "●", "◦", "■", "¬", "¨", "´", "¯", "¸":
		return i + 1, " "
	case "+":
		if before.kind == word && after.text == "+" { // C++
			n := p.run(i, "+")
			return i + n, strings.TrimSpace(strings.Repeat(p.word("plus")+" ", n))
		}
	case "#":
		if before.kind == word && len([]rune(before.text)) == 1 && after.kind != word {
			return i + 1, p.word("sharp")
		}
	case "~", "^", "=", "<", ">":
		if p.signs[t.text] != "" && (before.kind == word && after.kind == word && t.text == "~" ||
			i+1 >= len(p.tokens) && t.text != "~" || t.text == "~" && after.kind == gap) {
			return i + 1, " "
		}
	case "°":
		return i + 1, p.word("degrees")
	}
	if exponent, end := p.superscript(i); end > i && p.known {
		if before.kind == word || before.text == ")" {
			return end, p.toThePower(exponent)
		}
		return end, p.cardinal(strings.TrimPrefix(exponent, "-"), "")
	}
	if s, end := p.subscript(i); end > i && p.known {
		return end, p.cardinal(s, "")
	}
	if say := p.signs[t.text+t.text]; say != "" && after.text == t.text {
		return i + 2, say
	}
	if say := p.signs[t.text]; say != "" {
		if b := p.at(p.before(i)); b.kind != word && b.kind != digits {
			// "< 5" alone is less than five, without a verb.
			say = strings.TrimPrefix(strings.TrimPrefix(say, "is "), "er ")
		}
		return i + 1, say
	}
	if say := p.compatible(t.text); say != "" {
		return i + 1, say
	}
	if p.known {
		return i + 1, " "
	}
	r, _ := utf8.DecodeRuneInString(t.text)
	if unicode.Is(unicode.So, r) {
		return i + 1, " "
	}
	return i, ""
}

// compatible reads numbers that are one character, such as ① and Ⅳ.
func (p *passage) compatible(text string) string {
	r, _ := utf8.DecodeRuneInString(text)
	if p.rules == nil || !unicode.IsNumber(r) {
		return ""
	}
	plain := strings.Trim(norm.NFKC.String(text), "().")
	if isDigits(plain) {
		return p.cardinal(plain, "")
	}
	if n := romanNumeral(strings.ToUpper(plain)); n > 0 {
		return p.count(uint64(n), "")
	}
	return ""
}
