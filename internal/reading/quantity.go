package reading

import (
	"slices"
	"strconv"
	"strings"
)

// quantity is a number, or a span of numbers, with what it counts.
type quantity struct {
	sign   string // the word in front, such as about
	n      num
	to     *num // the end of a span
	scale  *scale
	unit   *noun
	money  *currency
	before bool // the sign of the money stands in front
	per    string
}

// quantities reads a number with what it counts, beginning at a sign, at the sign or code of
// a currency, or at the number.
func (p *passage) quantities(i int) (int, string) {
	var q quantity
	j := p.leadingSign(i, &q)
	if c, end := p.currencyAt(j); end > j {
		k := p.skip(end)
		if m := p.at(k).text; isMinus(m) && p.at(k+1).kind == digits {
			q.n.minus = p.word("minus")
			k++
		}
		if p.at(k).kind != digits {
			return i, ""
		}
		q.money, q.before = c, true
		j = k
	}
	minus := q.n.minus
	n, end := p.number(j)
	if end == j {
		return i, ""
	}
	if p.glued(end) && p.at(end).kind == digits {
		return i, ""
	}
	q.n = n
	q.n.minus = minus
	if q.n.fraction == "" && q.n.low == 0 {
		end = p.mixedNumber(end, &q.n)
	}
	first := end
	if mark := p.at(end).text; (mark == "." || mark == "," || mark == ":") && isDash(p.at(end+1).text) &&
		p.at(end+2).kind != digits && (q.money != nil || p.moneyBehind(end+2)) {
		end += 2 // 20,- €
	}
	end = p.scaleAt(end, &q)
	end = p.span(j, end, &q)
	end = p.scaleAt(end, &q)
	end = p.counted(j, end, &q)
	end = p.perUnit(end, &q)
	if last, say := p.halfBehind(end, q); say != "" {
		return last, say
	}
	if p.glued(end) && p.at(end-1).kind == digits && end == first {
		return p.withLetters(i, end, &q)
	}
	return end, p.quantityWords(i, end, q)
}

// leadingSign parses what may stand in front of a number: minus, plus, about.
func (p *passage) leadingSign(i int, q *quantity) int {
	t := p.at(i)
	if t.kind != sign || p.at(i+1).kind == gap {
		return i
	}
	switch {
	case isMinus(t.text):
		q.n.minus = p.word("minus")
	case t.text == "+":
		q.n.minus = p.word("plus")
	case t.text == "±":
		q.n.minus = p.signs["±"]
	case t.text == "~" || t.text == "≈":
		q.sign = p.word("about")
	default:
		return i
	}
	return i + 1
}

func isMinus(s string) bool { return s == "-" || s == "−" || s == "–" }

// mixedNumber parses the fraction of "1 1/2".
func (p *passage) mixedNumber(end int, n *num) int {
	j := end
	if p.at(j).kind != gap {
		return end
	}
	if top, low, ok := vulgar(p.at(j + 1).text); ok {
		n.top, n.low = top, low
		return j + 2
	}
	top, ok := p.small(j+1, 2)
	low, ok2 := p.small(j+3, 3)
	if mark := p.at(j + 2).text; !ok || !ok2 || mark != "/" && mark != "⁄" || top >= low || top == 0 ||
		p.glued(j+4) || p.at(j+4).text == "/" {
		return end
	}
	n.top, n.low = top, low
	return j + 4
}

// scaleAt parses million, Mio., bn, k behind a number.
func (p *passage) scaleAt(i int, q *quantity) int {
	if q.scale != nil {
		return i
	}
	j := p.skip(i)
	if p.at(j).text == "-" && len(p.at(j+1).text) > 4 && j == i {
		j++ // a $3.5-billion deal
	}
	t := p.at(j)
	if t.kind != word {
		return i
	}
	s, ok := p.scales[t.text]
	if !ok {
		s, ok = p.scales[t.lower]
		if ok && len(t.lower) < 3 {
			ok = false
		}
	}
	if !ok {
		return i
	}
	if len(t.text) == 1 {
		// A lone letter is a scale with money, or where it is glued: 4K is a size of pictures,
		// 5m a length.
		glued := j == i && (t.text == "k" || t.text == "M")
		if q.money == nil && !p.moneyBehind(j+1) && !glued {
			return i
		}
		if p.at(j+1).kind == sign && p.at(j+1).text == "/" {
			return i
		}
	}
	q.scale = &s
	if p.at(j+1).text == "." && t.lower != strings.ToLower(s.one) && t.lower != strings.ToLower(s.other) &&
		!p.ended(j+2) {
		j++
	}
	return j + 1
}

func (p *passage) moneyBehind(i int) bool {
	_, end := p.currencyAt(p.skip(i))
	return end > p.skip(i)
}

// span parses the second number of 2–4, 1939-45, 10 - 20 km.
func (p *passage) span(from, i int, q *quantity) int {
	dash := p.skip(i)
	mark := p.at(dash).text
	if !isDash(mark) || q.n.minus != "" {
		return i
	}
	j := p.skip(dash + 1)
	if q.money != nil && q.before {
		if c, end := p.currencyAt(j); end > j && c.major.one == q.money.major.one {
			j = end
		}
	}
	n, end := p.number(j)
	if end == j || p.at(end).kind == digits || isDash(p.at(end).text) && p.at(end+1).kind == digits {
		return i
	}
	spaced := dash > i
	if mark == "-" || mark == "‑" || mark == "‐" || mark == "−" {
		a, err := strconv.ParseFloat(q.n.whole+"."+q.n.fraction, 64)
		b, err2 := strconv.ParseFloat(n.whole+"."+n.fraction, 64)
		whole := len(n.whole) > 1 && n.whole[0] == '0'
		short := len(q.n.whole) == 4 && len(n.whole) == 2 && q.n.likeYear()
		if err != nil || err2 != nil || spaced && (b <= a || p.formula(dash)) || !short && (b <= a || whole || len(n.whole) > len(q.n.whole)+1 ||
			len(q.n.whole) == 3 && len(n.whole) == 4) {
			return i
		}
	}
	if b := p.at(from - 1); isDash(b.text) && p.glued(from-2) {
		return i // the middle of CVE-2026-1234
	}
	q.to = &n
	return end
}

// counted parses what a number counts: a unit, money, percent.
func (p *passage) counted(from, i int, q *quantity) int {
	if q.money != nil {
		j := p.skip(i)
		if c, end := p.currencyAt(j); end > j && c == q.money && j > i {
			return end // $5 USD
		}
		return i
	}
	if u, end := p.unitAt(i + 1); p.at(i).text == "-" && end > i+1 && p.at(end).text == "-" && q.to == nil {
		q.unit = &noun{gender: u.gender, one: u.one, few: u.one, other: u.one, genitive: u.one}
		return end // 100-m-Lauf
	}
	j := p.skip(i)
	if p.at(j).lower == p.word("of million") && q.scale != nil && p.at(j+1).kind == gap {
		j += 2
	}
	if c, end := p.currencyAt(j); end > j {
		if b := p.before(from); (j <= i || p.at(p.skip(end)).kind != digits) && b < len(p.tokens) {
			q.money = c
			return p.minorBehind(end, q)
		}
	}
	if isDash(p.at(from-1).text) && p.glued(from-2) && len(p.at(j).text) == 1 {
		return i // B-52s
	}
	if u, end := p.unitAt(j); end > j && p.takesUnit(i, j, end) {
		q.unit = u
		if next := p.at(end + 2); p.at(end).text == "." && p.at(end+1).kind == gap && next.kind == word && next.text == next.lower {
			end++ // 5 lbs. of flour
		}
		return end
	}
	return i
}

// minorBehind parses the cents of "5 € 20" and "5 euros 20".
func (p *passage) minorBehind(i int, q *quantity) int {
	j := p.skip(i)
	if q.n.fraction == "" && q.scale == nil && q.to == nil && j == i && p.at(i-1).kind == sign &&
		p.at(j).kind == digits && len(p.at(j).text) == 2 {
		q.n.fraction, q.n.mark = p.at(j).text, p.point
		return j + 1
	}
	return i
}

// takesUnit tells whether a unit that is a word of the language as well is meant as one.
func (p *passage) takesUnit(i, j, end int) bool {
	t := p.at(j)
	if j == i && len(t.text) == 1 && strings.Contains("BFKJN", t.text) {
		return false // gate 12B
	}
	if (t.text == "x" || t.text == "×") && p.at(p.skip(end)).kind == digits {
		return false
	}
	if end != j+1 || !p.in("doubtful units", t.text) {
		return true
	}
	return j == i || p.ended(end) || p.at(end).kind == sign && !strings.Contains("'’/", p.at(end).text)
}

// unitAt finds the longest unit that begins at a token.
func (p *passage) unitAt(i int) (*noun, int) {
	if i >= len(p.tokens) {
		return nil, i
	}
	if mark := p.at(i).text; p.base == "en" && (mark == "\"" || mark == "'") && p.at(i-1).kind == digits {
		return p.inchMark(i, mark)
	}
	text := p.src[p.at(i).start:]
	best, length := -1, 0
	for k := range p.units {
		for _, s := range p.units[k].symbols {
			if len(s) > length && strings.HasPrefix(text, s) {
				if p.boundary(i, len(s)) > i {
					best, length = k, len(s)
				}
			}
		}
	}
	if best < 0 {
		return nil, i
	}
	return &p.units[best].noun, p.boundary(i, length)
}

// inchMark reads 3.5" and 6', unless the mark closes a quotation.
func (p *passage) inchMark(i int, mark string) (*noun, int) {
	for j := range i {
		if p.tokens[j].text == mark {
			return nil, i
		}
	}
	if p.glued(i + 1) {
		return nil, i
	}
	symbol := map[string]string{"\"": "in", "'": "ft"}[mark]
	for k := range p.units {
		if slices.Contains(p.units[k].symbols, symbol) {
			return &p.units[k].noun, i + 1
		}
	}
	return nil, i
}

// boundary gives the token behind so many bytes from a token on, if a symbol may end there.
func (p *passage) boundary(i, length int) int {
	at := p.at(i).start + length
	j := i
	for j < len(p.tokens) && p.tokens[j].start < at {
		j++
	}
	if j > i && p.tokens[j-1].end != at {
		return i
	}
	last := p.at(j - 1)
	if (last.kind == word || last.kind == digits) && (p.glued(j) || p.apostrophe(j)) {
		return i
	}
	return j
}

// apostrophe tells that a word goes on behind an apostrophe.
func (p *passage) apostrophe(i int) bool {
	t := p.at(i).text
	return (t == "'" || t == "’") && p.at(i+1).kind == word
}

// currencyAt finds the sign, code or short form of a currency.
func (p *passage) currencyAt(i int) (*currency, int) {
	if i >= len(p.tokens) || p.at(i).kind == digits || p.at(i).kind == gap {
		return nil, i
	}
	text := p.src[p.at(i).start:]
	best, length := -1, 0
	for k := range p.money {
		for _, s := range p.money[k].symbols {
			if len(s) > length && strings.HasPrefix(text, s) && p.symbolEnds(i, len(s)) {
				best, length = k, len(s)
			}
		}
	}
	if best < 0 {
		return nil, i
	}
	j := i
	for j < len(p.tokens) && p.tokens[j].start < p.at(i).start+length {
		j++
	}
	return &p.money[best], j
}

// symbolEnds tells whether the sign or code of a currency may end behind so many bytes.
func (p *passage) symbolEnds(i, length int) bool {
	at := p.at(i).start + length
	for j := i; j < len(p.tokens); j++ {
		if p.tokens[j].end == at {
			next := p.at(j + 1)
			return p.tokens[j].kind == sign || next.kind != word && !p.apostrophe(j+1)
		}
		if p.tokens[j].end > at {
			return false
		}
	}
	return false
}

// perUnit parses "/h" and "/Monat" behind money or a unit.
func (p *passage) perUnit(i int, q *quantity) int {
	if q.money == nil && q.unit == nil || p.at(i).text != "/" || p.word("per") == "" {
		return i
	}
	if u, end := p.unitAt(i + 1); end > i+1 {
		q.per = p.word("per") + " " + u.one
		return end
	}
	if t := p.at(i + 1); t.kind == word && len([]rune(t.text)) > 2 {
		q.per = p.word("per") + " " + t.text
		return i + 2
	}
	return i
}

// spanWords reads 1939–1945 and 2–4.
func (p *passage) spanWords(from, to int, q quantity) string {
	a, b := q.n, *q.to
	if p.base != "pl" && a.likeYear() && (b.likeYear() && !p.countedAfter(to) || len(b.whole) == 2) &&
		!p.notYear(from) {
		x, _ := strconv.Atoi(a.whole)
		y, _ := strconv.Atoi(b.whole)
		if len(b.whole) == 2 {
			return p.yearWords(from, x) + " " + p.word("to") + " " + p.cardinal(b.whole, "")
		}
		return p.yearWords(from, x) + " " + p.word("to") + " " + p.yearWords(to, y)
	}
	n := noun{gender: p.genderBehind(to)}
	return p.numbers(from, q, n)
}

// plainWords reads a number that stands alone, or in front of a word.
func (p *passage) plainWords(from, to int, q quantity) string {
	if p.isYear(from, to, q.n) {
		y, _ := strconv.Atoi(q.n.whole)
		return p.yearWords(from, y)
	}
	gender := p.genderBehind(to)
	if gender == "" {
		if p.base == "pl" && p.firstDay(to) {
			return p.ordinal(q.n.whole, "m.gen")
		}
		if p.base == "pl" && p.polishCase(from) == "gen" {
			return p.spell(q.n, "m.gen")
		}
		return p.spell(q.n, "")
	}
	if w := p.half(q.n, gender); w != "" {
		return w
	}
	return p.spell(q.n, p.formFor(from, gender))
}

// genderBehind gives the gender of the noun behind a number; empty where no noun follows.
func (p *passage) genderBehind(i int) string {
	start := i
	j := p.skip(i)
	if w, _, ok := strings.Cut(p.word("percent"), " "); ok && p.at(j).lower == w {
		return "m"
	}
	for range 2 {
		t := p.at(j)
		if j == i || t.kind != word || p.in("functions", t.lower) {
			break
		}
		if g := p.gender(t); g != "" {
			return g
		}
		i, j = j+1, p.skip(j+1)
	}
	if t := p.at(p.skip(start)); p.skip(start) > start && t.kind == word && !p.in("functions", t.lower) && len([]rune(t.text)) > 1 && (t.text == t.lower) != (p.base == "de") {
		return p.commonGender()
	}
	return ""
}

// commonGender is the one that most nouns of a language have.
func (p *passage) commonGender() string {
	switch p.base {
	case "sv", "da":
		return "c"
	case "en", "nl":
		return ""
	}
	return "m"
}

// gender of a noun by the table, else by its ending.
func (p *passage) gender(t token) string {
	if g, ok := p.nouns[t.lower]; ok {
		return g
	}
	if p.base == "de" && t.text == t.lower {
		return ""
	}
	runes := []rune(t.lower)
	for n := min(6, len(runes)-1); n > 0; n-- {
		if g, ok := p.nouns["-"+string(runes[len(runes)-n:])]; ok {
			return g
		}
	}
	return ""
}

// withLetters reads a number with letters behind it: 3D, 5G, 4K, 12a.
func (p *passage) withLetters(from, end int, q *quantity) (int, string) {
	var say strings.Builder
	say.WriteString(p.quantityWords(from, end, *q))
	for p.glued(end) {
		t := p.at(end)
		if t.kind == digits {
			say.WriteString(" " + p.cardinal(t.text, ""))
		} else if t.text == "s" {
			say.WriteString("s")
		} else {
			say.WriteString(" " + p.glue(t.text))
		}
		end++
	}
	return end, say.String()
}

// glue reads letters that touch a number: short ones letter by letter.
func (p *passage) glue(s string) string {
	if len([]rune(s)) <= 3 && (s == strings.ToUpper(s) ||
		!strings.ContainsAny(strings.ToLower(s), "aeiouyäöüáéíóúàèåøæ")) {
		return letters(s)
	}
	if len([]rune(s)) == 1 {
		return strings.ToUpper(s)
	}
	return s
}
