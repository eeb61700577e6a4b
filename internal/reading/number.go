package reading

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// num is a number as it is written.
type num struct {
	minus    string // the word for the sign in front, or empty
	whole    string // digits without marks between
	fraction string // digits behind the mark
	mark     string // of the decimals
	top, low int    // of a fraction behind the whole number: 1½
	grouped  bool   // marks between groups of three
}

// number parses a number without a sign at a token and tells the token behind it.
func (p *passage) number(i int) (num, int) {
	t := p.at(i)
	if t.kind != digits {
		if top, low, ok := vulgar(t.text); ok {
			return num{whole: "0", top: top, low: low}, i + 1
		}
		return num{}, i
	}
	n := num{whole: t.text}
	end := i + 1
	if len(t.text) <= 3 && t.text[0] != '0' {
		if e, whole := p.grouped(i); e > end {
			n.whole, n.grouped, end = whole, true, e
		}
	}
	if top, low, ok := vulgar(p.at(end).text); ok {
		n.top, n.low = top, low
		return n, end + 1
	}
	if f := p.at(end + 1); p.at(end).kind == sign && f.kind == digits && !tooLong(n.whole, f.text) {
		mark := p.at(end).text
		decimal := mark == p.point || mark == "." && (len(f.text) != 3 || n.whole == "0") && !n.grouped || mark == "·"
		more := p.at(end+2).text == mark && p.at(end+3).kind == digits
		if decimal && !more {
			n.fraction, n.mark = f.text, mark
			end += 2
		}
	}
	return n, end
}

func tooLong(whole, fraction string) bool { return len(whole) > 40 && len(fraction) > 40 }

// grouped parses a number with marks between its groups of three digits.
func (p *passage) grouped(i int) (end int, whole string) {
	marks := p.group + "'’\u02d9"
	end, whole = i+1, p.at(i).text
	mark := ""
	for {
		m, d := p.at(end), p.at(end+1)
		blank := m.kind == gap && (strings.Trim(m.text, "\u00a0\u202f\u2009\u2007") == "" || p.spaced && m.text == " ")
		if ((m.kind != sign || !strings.Contains(marks, m.text)) && !blank) || mark != "" && m.text != mark ||
			d.kind != digits || len(d.text) != 3 {
			break
		}
		mark = m.text
		whole += d.text
		end += 2
	}
	if mark == "" && p.base == "en" { // 1,00,000 in India
		var groups strings.Builder
		at := i + 1
		for p.at(at).text == "," && p.at(at+1).kind == digits && len(p.at(at+1).text) == 2 {
			groups.WriteString(p.at(at + 1).text)
			at += 2
		}
		if groups.String() != "" && p.at(at).text == "," && p.at(at+1).kind == digits && len(p.at(at+1).text) == 3 {
			return at + 2, p.at(i).text + groups.String() + p.at(at+1).text
		}
	}
	return end, whole
}

// vulgar parses a fraction that is one character.
func vulgar(s string) (top, low int, ok bool) {
	r, size := utf8.DecodeRuneInString(s)
	if size != len(s) || size < 2 {
		return 0, 0, false
	}
	pairs := map[rune][2]int{
		'½': {1, 2}, '⅓': {1, 3}, '⅔': {2, 3}, '¼': {1, 4}, '¾': {3, 4}, '⅕': {1, 5}, '⅖': {2, 5}, '⅗': {3, 5},
		'⅘': {4, 5},
		'⅙': {1, 6}, '⅚': {5, 6}, '⅐': {1, 7}, '⅛': {1, 8}, '⅜': {3, 8}, '⅝': {5, 8}, '⅞': {7, 8}, '⅑': {1, 9},
		'⅒': {1, 10},
	}
	f, ok := pairs[r]
	return f[0], f[1], ok
}

// spell writes a number in words.
func (g *grammar) spell(n num, form string) string {
	var out []string
	if n.minus != "" {
		out = append(out, n.minus)
	}
	switch {
	case n.low > 0:
		out = append(out, g.mixed(n.whole, strconv.Itoa(n.top), strconv.Itoa(n.low), form))
	case n.fraction != "":
		out = append(out, g.cardinal(n.whole, ""), g.mark(n.mark), g.decimals(n.fraction))
	default:
		out = append(out, g.cardinal(n.whole, form))
	}
	return strings.Join(out, " ")
}

// mark names the mark in front of decimals.
func (g *grammar) mark(mark string) string {
	w := g.word("point")
	if mark == "," {
		w = g.word("comma")
	}
	if w == "" && g.rules != nil {
		return g.rules.Mark(g.anyCardinal())
	}
	return w
}

// decimals reads the digits behind the mark.
func (g *grammar) decimals(fraction string) string {
	if len(fraction) > g.together || len(fraction) < 2 || g.together == 0 {
		if len(fraction) > 12 {
			return g.groups(fraction)
		}
		return g.apart(fraction)
	}
	rest := strings.TrimLeft(fraction, "0")
	zeros := g.apart(fraction[:len(fraction)-len(rest)])
	if rest == "" {
		return zeros
	}
	return strings.TrimSpace(zeros + " " + g.cardinal(rest, ""))
}

// mixed reads a fraction with a whole number in front, which may be 0.
func (g *grammar) mixed(whole, top, low, form string) string {
	part := g.fraction(top, low)
	if whole == "0" || part == "" {
		return part
	}
	half := top == "1" && low == "2"
	if half {
		if say := g.andHalf(whole, form); say != "" {
			return say
		}
	}
	joined := g.word("and")
	if w := g.word("mixed"); w != "" {
		joined = strings.TrimPrefix(w, "-")
	}
	return strings.Join(strings.Fields(g.cardinal(whole, "")+" "+joined+" "+part), " ")
}

// andHalf reads a whole number and a half; empty where the language has no short way.
func (g *grammar) andHalf(whole, form string) string {
	if whole == "1" {
		for _, key := range []string{"one and a half " + form, "one and a half"} {
			if w := g.word(key); w != "" {
				return w
			}
		}
	}
	half := g.word("and a half " + form)
	if half == "" || g.base != "sv" {
		half = g.word("and a half")
	}
	glued, ok := strings.CutPrefix(half, "-")
	switch {
	case half == "":
		return ""
	case !ok:
		return g.cardinal(whole, form) + " " + half
	}
	number := g.cardinal(whole, "part")
	if g.base == "nl" && strings.HasSuffix(number, "e") {
		glued = "ë" + strings.TrimPrefix(glued, "e")
	}
	return number + glued
}

// fraction reads one number over another.
func (g *grammar) fraction(top, low string) string {
	d, err := strconv.Atoi(low)
	n, errTop := strconv.Atoi(top)
	if err != nil || errTop != nil {
		return g.cardinal(top, "") + " " + g.word("over") + " " + g.cardinal(low, "")
	}
	if w := g.word("fraction " + top + "/" + low); w != "" {
		return w
	}
	const largest = 1000
	if d < 2 || d > largest || g.part == nil {
		return g.cardinal(top, "") + " " + g.word("over") + " " + g.cardinal(low, "")
	}
	form := "part"
	if n == 1 {
		if one := g.word("one part"); one != "" {
			return one + " " + g.part(g, d, 1)
		}
	}
	name := g.part(g, d, n)
	if name == "" {
		return g.cardinal(top, "") + " " + g.word("over") + " " + g.cardinal(low, "")
	}
	return g.cardinal(top, form) + " " + name
}
