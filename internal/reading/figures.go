package reading

import (
	"strings"
)

// fromDigits reads what begins with a number. Rules are tried from the narrow to the wide.
func (p *passage) fromDigits(i int) (int, string) {
	if p.known {
		for _, rule := range []func(int) (int, string){
			p.dates, p.phones, p.feet, p.house, p.versions, p.clocks, p.decades, p.ordinals, p.powers, p.ratios,
			p.sizes, p.fractions,
		} {
			if end, say := rule(i); end > i && say != "" {
				return end, say
			}
		}
	}
	if !p.known {
		n, end := p.number(i)
		if p.compound(i) || n.low > 0 {
			return i, "" // a date, time or fraction, which the voice knows best
		}
		if n.fraction != "" && p.mark(n.mark) == "" {
			return end, p.src[p.at(i).start:p.at(end-1).end]
		}
	}
	if end, say := p.postalCode(i); end > i {
		return end, say
	}
	if end, say := p.codes(i); end > i {
		return end, say
	}
	if end, say := p.quantities(i); end > i && say != "" {
		return end, say
	}
	return i + 1, p.cardinal(p.at(i).text, "")
}

// postalCode reads the five digits in front of a German town.
func (p *passage) postalCode(i int) (int, string) {
	if b := p.at(p.before(i)); p.base == "de" && b.text == "," && len(p.at(i).text) == 5 && p.at(i+1).kind == gap &&
		p.at(i+2).kind == word && p.at(i+2).text != p.at(i+2).lower {
		return i + 1, p.apart(p.at(i).text)
	}
	return i, ""
}

// versions reads 1.2.3 and addresses of machines: 192.168.0.1.
func (p *passage) versions(i int) (int, string) {
	parts := []string{p.at(i).text}
	j := i + 1
	for p.at(j).text == "." && p.at(j+1).kind == digits {
		parts = append(parts, p.at(j+1).text)
		j += 2
	}
	if len(parts) < 3 && (len(parts) != 2 || !p.in("versions", p.at(p.before(i)).lower)) {
		return i, ""
	}
	if len(parts) > 2 && p.group == "." && p.isGrouped(parts) {
		return i, ""
	}
	address := len(parts) == 4
	for k, part := range parts {
		address = address && len(part) <= 3
		parts[k] = p.cardinal(part, "")
	}
	joint := p.word("version point")
	if joint == "" {
		joint = p.word("point")
	}
	if address && !p.in("versions", p.at(p.before(i)).lower) {
		for k := range parts {
			parts[k] = p.apart(p.at(i + 2*k).text)
		}
		joint = p.word("dot")
	}
	var say strings.Builder
	say.WriteString(strings.Join(parts, " "+joint+" "))
	if p.at(j).text == "/" && p.at(j+1).kind == digits && address { // 10.0.0.0/8
		say.WriteString(" " + p.word("slash") + " " + p.cardinal(p.at(j+1).text, ""))
		j += 2
	}
	if p.at(j).text == ":" && p.at(j+1).kind == digits && address {
		say.WriteString(" " + p.word("colon") + " " + p.cardinal(p.at(j+1).text, ""))
		j += 2
	}
	for p.glued(j) { // 1.2.3rc1
		if p.at(j).kind == digits {
			say.WriteString(" " + p.cardinal(p.at(j).text, ""))
		} else {
			say.WriteString(" " + p.glue(p.at(j).text))
		}
		j++
	}
	return j, say.String()
}

func (p *passage) isGrouped(parts []string) bool {
	for k, part := range parts {
		if k > 0 && len(part) != 3 || k == 0 && (len(part) > 3 || part[0] == '0') {
			return false
		}
	}
	return true
}

// powers reads 10², 10^6, 2^n.
func (p *passage) powers(i int) (int, string) {
	n, end := p.number(i)
	if end == i || n.low > 0 {
		return i, ""
	}
	if exponent, e := p.superscript(end); e > end {
		return e, p.spell(n, "") + " " + p.toThePower(exponent)
	}
	if p.at(end).text == "^" {
		return p.caret(end, p.spell(n, ""))
	}
	if e := p.at(end); e.lower == "e" && n.fraction+n.whole != "" && p.word("times") != "" {
		exponent, j := "", end+1
		if isMinus(p.at(j).text) {
			exponent, j = "-", j+1
		} else if p.at(j).text == "+" {
			j++
		}
		if t := p.at(j); t.kind == digits && len(t.text) <= 3 && !p.glued(j+1) {
			return j + 1, p.spell(n, "") + " " + p.word("times") + " " + p.count(10, "") + " " + p.toThePower(exponent+t.text)
		}
	}
	return i, ""
}

// caret reads "^6" behind a base.
func (p *passage) caret(i int, base string) (int, string) {
	j := i + 1
	minus := ""
	if isMinus(p.at(j).text) {
		minus = "-"
		j++
	}
	switch t := p.at(j); t.kind {
	case digits:
		return j + 1, base + " " + p.toThePower(minus+t.text)
	case word:
		return j + 1, base + " " + p.word("to the") + " " + t.text
	default:
		return i, ""
	}
}

// superscript parses raised digits.
func (p *passage) superscript(i int) (string, int) {
	var b strings.Builder
	for ; p.at(i).kind == sign; i++ {
		k := strings.Index(raised, p.at(i).text)
		if k < 0 {
			break
		}
		b.WriteByte("-0123456789"[len([]rune(raised[:k]))])
	}
	s := b.String()
	if s == "-" {
		return "", 0
	}
	return s, i
}

const raised = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"

// toThePower reads an exponent: squared, cubed, to the sixth.
func (g *grammar) toThePower(exponent string) string {
	number, negative := strings.CutPrefix(exponent, "-")
	if w := g.word("power " + exponent); w != "" {
		return w
	}
	say := g.cardinal(number, "")
	if negative {
		say = g.word("minus") + " " + say
	} else if form := g.word("power form"); form != "" {
		if o := g.ordinal(number, form); o != "" {
			say = o
		}
	}
	pattern := g.word("power")
	return strings.TrimSpace(strings.Replace(pattern, "*", say, 1))
}

// ratios reads 16:9 and 3:1, scores among them.
func (p *passage) ratios(i int) (int, string) {
	parts := []string{p.at(i).text}
	j := i + 1
	for p.at(j).text == ":" && p.at(j+1).kind == digits {
		n, end := p.number(j + 1)
		if n.fraction != "" || n.low > 0 {
			n.whole, end = p.at(j+1).text, j+2
		}
		parts = append(parts, n.whole)
		j = end
	}
	if len(parts) == 1 && p.at(j).kind == gap && p.at(j+1).text == ":" && p.at(j+2).kind == gap &&
		p.at(j+3).kind == digits {
		parts = append(parts, p.at(j+3).text)
		j += 4
	}
	if len(parts) > 1 {
		for k := range parts {
			form := ""
			if k > 0 {
				form = p.word("form behind to")
			}
			parts[k] = p.cardinal(parts[k], form)
		}
		return j, strings.Join(parts, " "+p.word("ratio")+" ")
	}
	// 3-1 is a score where it goes down, or a word in front speaks of one.
	a, ok := p.small(i, 3)
	b, ok2 := p.small(i+2, 3)
	if !ok || !ok2 || !isDash(p.at(i+1).text) || p.glued(i+3) || isDash(p.at(i+3).text) || p.glued(i-1) {
		return i, ""
	}
	if mark := p.at(i + 3).text; (mark == "." || mark == "," || mark == "/" || mark == ":") &&
		p.at(i+4).kind == digits || isDash(p.at(i-1).text) {
		return i, ""
	}
	if p.in("before scores", p.at(p.before(i)).lower) || a >= b && a < 20 && len(p.at(i+2).text) < 3 {
		return i + 3, p.cardinal(p.at(i).text, "") + " " + p.word("score") + " " + p.cardinal(p.at(i+2).text,
			p.word("form in scores"))
	}
	return i, ""
}

// fractions reads 3/4 and 24/7.
func (p *passage) fractions(i int) (int, string) {
	mark := p.at(i + 1).text
	low := p.at(i + 2)
	if mark != "/" && mark != "⁄" || low.kind != digits || p.at(i).kind != digits || p.at(i+3).text == "/" {
		return i, ""
	}
	top := p.at(i).text
	if top == "1" && low.text == "2" {
		if end, say := p.halfOf(i + 3); say != "" {
			return end, say
		}
	}
	if w := p.word("fraction " + top + "/" + low.text); w != "" && (p.word("of a") == "" || !p.measured(i+3)) {
		return i + 3, w
	}
	before := p.at(p.before(i)).lower
	switch {
	case len(top) == 4 && (num{whole: top}).likeYear() && len(low.text) <= 4:
		x := parseSmall(top)
		if len(low.text) == 4 {
			return i + 3, p.yearWords(i, x) + " " + p.yearWords(i+2, parseSmall(low.text))
		}
		return i + 3, p.yearWords(i, x) + " " + p.cardinal(low.text, "")
	case p.in("before parts", before):
		return i + 3, p.cardinal(top, "") + " " + p.word("out of") + " " + p.cardinal(low.text, p.word("form out of"))
	case p.glued(i + 3):
		return i, ""
	}
	say := p.fraction(top, low.text)
	if u, end := p.unitAt(p.skip(i + 3)); end > p.skip(i+3) && p.takesUnit(i+3, p.skip(i+3), end) {
		if p.word("of a") != "" {
			return end, say + " " + p.ofA(u.one)
		}
		return end, say + " " + u.one
	}
	return i + 3, say
}

// measured tells that a unit stands at a token, behind a blank or none.
func (p *passage) measured(i int) bool {
	j := p.skip(i)
	_, end := p.unitAt(j)
	return end > j && p.takesUnit(i, j, end)
}

// halfOf reads "1/2 l" and "1/2 Liter" by the gender of what is halved.
func (p *passage) halfOf(i int) (int, string) {
	n := num{whole: "0", top: 1, low: 2}
	if j := p.skip(i); p.measured(i) {
		u, end := p.unitAt(j)
		if w := p.half(n, u.gender); w != "" {
			one := u.one
			if p.base == "pl" {
				one = u.genitive
			}
			return end, w + " " + one
		}
		return i, ""
	}
	if g := p.genderBehind(i); g != "" {
		return i, p.half(n, g)
	}
	return i, ""
}

// sizes reads 4x4, 1920×1080 and 3 x 4.
func (p *passage) sizes(i int) (int, string) {
	say, j := "", i
	for {
		n, end := p.number(j)
		if _, e := p.superscript(end); end == j || e > end {
			return i, ""
		}
		part := p.spell(n, "")
		if n.fraction == "" && !n.grouped && n.low == 0 {
			part = p.model(n.whole)
		}
		say += part
		x := p.skip(end)
		if mark := p.at(x).text; mark != "x" && mark != "×" && mark != "X" || p.at(p.skip(x+1)).kind != digits ||
			(x > end) != (p.skip(x+1) > x+1) {
			if j == i {
				return i, ""
			}
			if u, last := p.unitAt(p.skip(end)); last > p.skip(end) && p.takesUnit(end, p.skip(end), last) {
				return last, say + " " + u.other
			}
			return end, say
		}
		by := "by"
		if x > end {
			by = "times"
		}
		say += " " + p.word(by) + " "
		j = p.skip(x + 1)
	}
}

// feet reads 6'2" as six foot two.
func (p *passage) feet(i int) (int, string) {
	mark := p.at(i + 1).text
	end := p.at(i + 3).text
	if p.base != "en" || mark != "'" && mark != "’" && mark != "′" || p.at(i+2).kind != digits || end != "\"" &&
		end != "”" && end != "″" {
		return i, ""
	}
	return i + 4, p.cardinal(p.at(i).text, "") + " foot " + p.cardinal(p.at(i+2).text, "")
}

// codes reads a number that is the beginning of a word of letters and digits.
func (p *passage) codes(i int) (int, string) {
	j := i
	for p.glued(j) {
		j++
	}
	if j-i < 3 {
		return i, ""
	}
	return j, p.letterGroups(i, j)
}

// letterGroups reads letters and digits side by side: H2O, MP3, a1b2.
func (p *passage) letterGroups(i, j int) string {
	var out []string
	long := j-i > 4
	for ; i < j; i++ {
		t := p.at(i)
		switch {
		case t.kind == digits && long:
			out = append(out, p.apart(t.text))
		case t.kind == digits:
			out = append(out, p.model(t.text))
		case t.text == "s" && i == j-1 && len(out) > 0:
			out[len(out)-1] += "s" // MP3s
		case long:
			out = append(out, letters(t.text))
		default:
			out = append(out, p.glue(t.text))
		}
	}
	return strings.Join(out, " ")
}

// model reads the number of a model or norm.
func (p *passage) model(number string) string {
	const most = 5
	if len(number) > most {
		return p.apart(number)
	}
	if p.base == "en" && len(number) == 4 && number[2:] != "00" && number[0] != '0' && number[2] != '0' {
		return p.cardinal(number[:2], "") + " " + p.cardinal(number[2:], "")
	}
	return p.cardinal(number, "")
}

// compound tells that a number is part of something such as 2026-11-25 or 14:30.
func (p *passage) compound(i int) bool {
	joins := func(sign, number token) bool {
		return number.kind == digits && strings.Contains("-/:.", sign.text) && sign.text != p.point &&
			sign.text != p.group
	}
	return joins(p.at(i+1), p.at(i+2)) || joins(p.at(i-1), p.at(i-2))
}
