package reading

import (
	"strconv"
	"strings"
)

// ordinals reads 3rd, 3., 3º, 2e, 1:a and spans of them.
func (p *passage) ordinals(i int) (int, string) {
	end, say := p.oneOrdinal(i)
	if end == i {
		return i, ""
	}
	dash := p.skip(end)
	if !isDash(p.at(dash).text) {
		return end, say
	}
	next := p.skip(dash + 1)
	last, other := p.oneOrdinal(next)
	if last == next {
		return end, say
	}
	return last, say + " " + p.word("to") + " " + other
}

// oneOrdinal reads an ordinal number.
func (p *passage) oneOrdinal(i int) (int, string) {
	n, j := p.number(i)
	if j == i || n.fraction != "" || n.low > 0 || len(n.whole) > 9 {
		return i, ""
	}
	if w := p.word("ordinal " + n.whole + p.at(j).lower); w != "" {
		return j + 1, w
	}
	if form, end := p.ordinalEnding(j); end > j && (!p.glued(end) || p.at(end-1).kind == sign &&
		p.at(end).kind == digits) {
		if next := p.at(p.skip(end)); p.at(end-1).text == "°" && (next.kind != word || next.text == "C" ||
			next.text == "F") {
			return i, ""
		}
		if form == "*" {
			form = p.ordinalForm(i, end)
		}
		if say := p.ordinal(n.whole, form); say != "" {
			return end, say
		}
	}
	if b := p.at(p.before(i)); p.at(j).text == "." && p.in("ordinal stop", "yes") && p.roman[b.lower] == "ordinal" &&
		b.text != b.lower && len(n.whole) <= 2 {
		return j + 1, p.romanWords(i, j+1, parseSmall(n.whole), "ordinal")
	}
	if p.at(j).text != "." || !p.in("ordinal stop", "yes") || len(n.whole) > 3 || n.grouped {
		return i, ""
	}
	next := p.at(p.skip(j + 1))
	switch {
	case p.ended(j + 1):
		if !p.in("before ordinals", p.at(p.before(i)).lower) {
			return i, ""
		}
	case p.at(j+1).text == ",":
	case p.at(j+1).text == "/" && p.at(j+2).kind == digits && p.at(j+3).text == ".":
	case isDash(next.text):
		k := p.skip(p.skip(j+1) + 1)
		if p.at(k).kind != digits || p.at(k+1).text != "." {
			return i, ""
		}
	case p.at(j+1).kind != gap || next.kind != word && !p.in("before ordinals", p.at(p.before(i)).lower):
		return i, ""
	}
	say := p.ordinal(n.whole, p.ordinalForm(i, j+1))
	if say == "" {
		return i, ""
	}
	return j + 1, say
}

// ordinalForm chooses the form of an ordinal number by the words around it.
func (p *passage) ordinalForm(from, to int) string {
	if p.forms.Ordinal != nil {
		return p.forms.Ordinal(p, from, to)
	}
	if g := p.genderBehind(to); g != "" {
		return g
	}
	return "-"
}

// ordinalEnding parses what stands behind the digits of an ordinal number.
func (p *passage) ordinalEnding(i int) (string, int) {
	var text strings.Builder
	best, end := "", i
	for j := i; j < i+3; j++ {
		t := p.at(j)
		if t.kind == gap {
			break
		}
		text.WriteString(t.lower)
		if form, ok := p.ends[text.String()]; ok {
			best, end = form, j+1
		}
	}
	return best, end
}

// romanNumeral parses a Roman numeral in its canonical form; 0 is anything else.
func romanNumeral(s string) int {
	if s == "" || strings.Trim(s, "IVXLCDM") != "" {
		return 0
	}
	steps := []struct {
		value int
		text  string
	}{
		{1000, "M"},
		{900, "CM"},
		{500, "D"},
		{400, "CD"},
		{100, "C"},
		{90, "XC"},
		{50, "L"},
		{40, "XL"},
		{10, "X"},
		{9, "IX"},
		{5, "V"},
		{4, "IV"},
		{1, "I"},
	}
	n, rest := 0, s
	for _, step := range steps {
		for count := 0; strings.HasPrefix(rest, step.text) && count < 3; count++ {
			n, rest = n+step.value, rest[len(step.text):]
			if len(step.text) == 2 {
				break
			}
		}
	}
	if rest != "" {
		return 0
	}
	return n
}

// romans reads a Roman numeral where the words around it call for one.
func (p *passage) romans(i int) (int, string) {
	t := p.at(i)
	text, form, end := t.text, "", i+1
	if n := romanNumeral(text); n == 0 {
		// XIXe, IIe: the ending of an ordinal number is part of the token.
		cut := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("IVXLCDM", r) })
		if cut <= 0 || strings.Trim(text[:cut], "IVX") != "" || p.base != "fr" && p.base != "nl" {
			return i, ""
		}
		if form = p.ends[text[cut:]]; form == "" || romanNumeral(text[:cut]) == 0 {
			return i, ""
		}
		text = text[:cut]
	} else if f, e := p.ordinalEnding(i + 1); e > i+1 && p.at(i+1).kind == sign && p.at(i+1).text != "." {
		form, end = f, e
	}
	n := romanNumeral(text)
	if p.shouting(i) && n > 0 && len(text) < 2 {
		return i, ""
	}
	kind := p.romanKind(i, end, text, form)
	if kind == "" {
		return i, ""
	}
	if kind == "ordinal" || kind == "century" {
		if p.at(end).text == "." && p.in("ordinal stop", "yes") && !p.ended(end+1) {
			end++
		}
	}
	say := ""
	if form != "" && form != "*" {
		say = p.ordinal(strconv.Itoa(n), form)
	}
	if say == "" {
		say = p.romanWords(i, end, n, kind)
	}
	if say == "" {
		say = p.cardinal(strconv.Itoa(n), "")
	}
	if dash := p.skip(end); isDash(p.at(dash).text) {
		k := p.skip(dash + 1)
		if m := romanNumeral(p.at(k).text); m > n && p.at(k).kind == word && (kind != "cardinal" ||
			len(p.at(k).text) > 1) {
			if last, other := p.romanAs(k, m, kind); other != "" {
				return last, say + " " + p.word("to") + " " + other
			}
		}
	}
	return end, say
}

// romanWords reads a Roman numeral; empty where the language has no way of its own.
func (p *passage) romanWords(from, to, n int, kind string) string {
	if p.forms.Roman == nil {
		return ""
	}
	return p.forms.Roman(p, from, to, n, kind)
}

// romanAs reads the second numeral of a span as the first.
func (p *passage) romanAs(i, n int, kind string) (int, string) {
	end := i + 1
	if p.at(end).text == "." && p.in("ordinal stop", "yes") && !p.ended(end+1) && kind != "cardinal" {
		end++
	}
	if say := p.romanWords(i, end, n, kind); say != "" {
		return end, say
	}
	return end, p.cardinal(strconv.Itoa(n), "")
}

// romanKind tells how a numeral is read, by the words around it; empty is not at all.
func (p *passage) romanKind(i, end int, text, form string) string {
	n := romanNumeral(text)
	before := p.before(i)
	prev := p.at(before)
	if prev.text == "." {
		prev = p.at(before - 1)
	}
	stop := p.at(end).text == "." && p.in("ordinal stop", "yes")
	after := end
	if stop {
		after++
	}
	next := p.at(p.skip(after))
	plain := strings.Trim(text, "IVX") == ""
	switch {
	case p.in("after roman", next.lower) && n <= 40 && (len(text) > 1 || form != "" || p.base != "en" &&
		(text != "I" || p.lonelyOne(next.lower)) || stop):
		return "century"
	case isDash(next.text) && n <= 30 && p.centuryBehind(p.skip(after)):
		return "century"
	case form != "" && n <= 100:
		return "ordinal"
	}
	switch kind := p.roman[prev.lower]; {
	case kind == "century" && n <= 40:
		return "century"
	case kind == "cardinal" && (text != "I" || prev.text != prev.lower || p.base != "en") && n < 5000:
		return "cardinal"
	case kind == "ordinal" && prev.text != prev.lower && n <= 30:
		if text == "I" && p.base == "en" && next.kind == word && !p.in("behind rulers", next.lower) {
			return ""
		}
		return "ordinal"
	}
	if p.in("roman between", prev.lower) && n <= 30 && plain {
		return "ordinal"
	}
	if len(text) < 2 || !plain {
		if plain && stop && len(text) > 1 && next.kind == word && next.text != next.lower {
			return "century"
		}
		if plain && stop && text != "I" && prev.kind == word && prev.text != prev.lower && next.kind == word &&
			next.text == next.lower {
			return "ordinal"
		}
		return ""
	}
	if stop && next.kind == word && next.text != next.lower && (prev.kind != word || prev.text == prev.lower) {
		return "century" // IV. Kapitel
	}
	if prev.kind == word && prev.text != prev.lower && prev.text != strings.ToUpper(prev.text) {
		if stop {
			return "ordinal"
		}
		return "cardinal"
	}
	if len(text) > 2 || text == "II" {
		return "cardinal"
	}
	return ""
}

// lonelyOne tells whether a lone I in front of a word is a numeral: in some languages it is a
// word as well.
func (p *passage) lonelyOne(next string) bool {
	switch p.base {
	case "en", "sv", "da", "nb":
		return false
	case "it":
		return next != "secoli"
	}
	return true
}

// centuryBehind tells that a span of numerals ends in front of a word for centuries.
func (p *passage) centuryBehind(dash int) bool {
	k := p.skip(dash + 1)
	if romanNumeral(strings.TrimRight(p.at(k).text, "e")) == 0 {
		return false
	}
	k++
	if p.at(k).text == "." {
		k++
	}
	return p.in("after roman", p.at(p.skip(k)).lower)
}
