package reading

import (
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
	if mark := p.at(end).text; (mark == "." || mark == "," || mark == ":") && isDash(p.at(end+1).text) && p.at(end+2).kind != digits && (q.money != nil || p.moneyBehind(end+2)) {
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
	if mark := p.at(j + 2).text; !ok || !ok2 || mark != "/" && mark != "⁄" || top >= low || top == 0 || p.glued(j+4) || p.at(j+4).text == "/" {
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
	if p.at(j+1).text == "." && t.lower != strings.ToLower(s.one) && t.lower != strings.ToLower(s.other) && !p.ended(j+2) {
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
		short := len(q.n.whole) == 4 && len(n.whole) == 2 && p.likeYear(q.n)
		if err != nil || err2 != nil || spaced || !short && (b <= a || whole || len(n.whole) > len(q.n.whole)+1 || len(q.n.whole) == 3 && len(n.whole) == 4) {
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
	if u, end := p.unitAt(j); end > j && p.takesUnit(i, j, end) {
		q.unit = u
		return end
	}
	return i
}

// minorBehind parses the cents of "5 € 20" and "5 euros 20".
func (p *passage) minorBehind(i int, q *quantity) int {
	j := p.skip(i)
	if q.n.fraction == "" && q.scale == nil && q.to == nil && j == i && p.at(i-1).kind == sign && p.at(j).kind == digits && len(p.at(j).text) == 2 {
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
	return j == i || p.ended(end) || p.at(end).kind == sign && p.at(end).text != "'" && p.at(end).text != "’"
}

// unitAt finds the longest unit that begins at a token.
func (p *passage) unitAt(i int) (*noun, int) {
	if i >= len(p.tokens) {
		return nil, i
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

// quantityWords writes a quantity.
func (p *passage) quantityWords(from, to int, q quantity) string {
	var out []string
	out = append(out, q.sign)
	switch {
	case q.money != nil:
		out = append(out, p.moneyWords(from, q))
	case q.unit != nil:
		out = append(out, p.unitWords(from, q))
	case q.scale != nil:
		out = append(out, p.scaleWords(from, q))
	case q.to != nil:
		out = append(out, p.spanWords(from, to, q))
	default:
		out = append(out, p.plainWords(from, to, q))
	}
	out = append(out, q.per)
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// formFor gives the form of a cardinal number in front of a noun.
func (p *passage) formFor(from int, gender string) string {
	if p.forms.counts != nil {
		return p.forms.counts(p, from, gender)
	}
	return gender
}

// numbers writes a number, or both of a span, in front of a noun.
func (p *passage) numbers(from int, q quantity, n noun) string {
	form := p.formFor(from, n.gender)
	if p.base == "pl" && !strings.HasSuffix(form, ".gen") && n.one != "" {
		form = n.gender // units have no other cases in the table
	}
	if q.to == nil {
		return p.spell(q.n, form)
	}
	end := form
	if w := p.word("form behind to"); w != "" {
		end = w
		if _, ok := p.cards[form+"."+w]; ok {
			end = form + "." + w
		}
	}
	return p.spell(q.n, form) + " " + p.word("to") + " " + p.spell(*q.to, end)
}

// last is the number that a noun agrees with.
func (q quantity) last() num {
	if q.to != nil {
		return *q.to
	}
	return q.n
}

// agreed is a noun in the form that a number asks for.
func (p *passage) agreed(from int, q quantity, n noun) string {
	l := q.last()
	if p.base == "pl" && q.to != nil {
		return n.other
	}
	if p.base == "pl" && l.low == 0 && l.fraction == "" && strings.HasSuffix(p.formFor(from, n.gender), ".gen") {
		if l.whole == "1" {
			return n.genitive
		}
		return n.other
	}
	if l.low > 0 {
		if l.whole == "0" && p.base != "pl" {
			return n.one
		}
		if p.base == "pl" {
			return n.genitive
		}
		return p.plural(n, l.whole, "5")
	}
	return p.plural(n, l.whole, l.fraction)
}

func (p *passage) scaleWords(from int, q quantity) string {
	return p.numbers(from, q, q.scale.noun) + " " + p.agreed(from, q, q.scale.noun)
}

func (p *passage) unitWords(from int, q quantity) string {
	if q.scale != nil {
		return p.scaleWords(from, q) + p.ofMillion(q, q.unit.other) + q.unit.other
	}
	if q.n.low > 0 && q.n.whole == "0" && q.to == nil {
		if w := p.half(q.n, q.unit.gender); w != "" {
			return strings.TrimSpace(q.n.minus+" "+w) + " " + p.agreed(from, q, *q.unit)
		}
		if w := p.word("of a"); w != "" {
			return p.spell(q.n, "") + " " + p.ofA(q.unit.one)
		}
	}
	return p.numbers(from, q, *q.unit) + " " + p.agreed(from, q, *q.unit)
}

// halfBehind reads "1½ heure" as une heure et demie, in the languages that set the half
// behind the noun.
func (p *passage) halfBehind(i int, q quantity) (int, string) {
	and := p.word("and a half f")
	if and == "" || q.n.top != 1 || q.n.low != 2 || q.n.whole == "0" || q.to != nil || q.money != nil || q.scale != nil {
		return i, ""
	}
	var gender, name string
	end := i
	if q.unit != nil {
		gender, name = q.unit.gender, p.plural(*q.unit, q.n.whole, "")
		end = i + 1
	} else if gender = p.genderBehind(i); gender != "" {
		name = p.at(p.skip(i)).text
		if q.n.whole == "1" {
			name = p.singular(name)
		}
		end = p.skip(i) + 2
	}
	if name == "" {
		return i, ""
	}
	if gender != "f" {
		and = p.word("and a half")
	}
	return end - 1, strings.TrimSpace(q.n.minus + " " + p.cardinal(q.n.whole, gender) + " " + name + " " + and)
}

// singular gives the singular of a noun, by the units, else by its ending.
func (p *passage) singular(name string) string {
	for _, u := range p.units {
		if u.other == name {
			return u.one
		}
	}
	if p.base == "it" {
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// ofA is "of a mile", "of an inch".
func (p *passage) ofA(name string) string {
	if strings.ContainsAny(name[:1], "aeiou") {
		return p.word("of a") + "n " + name
	}
	return p.word("of a") + " " + name
}

// half is how half of something is said, by its gender; empty where it is said as other
// fractions are.
func (p *passage) half(n num, gender string) string {
	if n.top != 1 || n.low != 2 || n.whole != "0" {
		return ""
	}
	if w := p.word("half " + gender); w != "" {
		return w
	}
	return p.word("half")
}

// ofMillion is what joins a scale with its noun: cinco millones de euros.
func (p *passage) ofMillion(q quantity, next string) string {
	of := p.word("of million")
	if of == "" || q.scale.exponent < 6 {
		return " "
	}
	if p.base == "fr" && next != "" && strings.ContainsAny(next[:1], "aeiouhAEIOU") {
		return " d'"
	}
	return " " + of + " "
}

// moneyWords reads an amount: whole units, cents, or decimals of a million.
func (p *passage) moneyWords(from int, q quantity) string {
	c := q.money
	switch {
	case q.scale != nil:
		return p.scaleWords(from, q) + p.ofMillion(q, c.major.other) + c.major.other
	case q.to != nil || q.n.fraction == "" || c.minor.one == "" || len(q.n.fraction) != 2:
		return p.numbers(from, q, c.major) + p.millionsOf(q) + p.agreed(from, q, c.major)
	}
	fraction := q.n.fraction
	cents := strings.TrimLeft(fraction, "0")
	whole := num{minus: q.n.minus, whole: q.n.whole}
	major := p.spell(whole, p.formFor(from, c.major.gender)) + " " + p.plural(c.major, whole.whole, "")
	if cents == "" {
		return major
	}
	minor := p.cardinal(cents, p.formFor(from, c.minor.gender)) + " " + p.plural(c.minor, cents, "")
	if strings.Trim(q.n.whole, "0") == "" {
		return strings.TrimSpace(q.n.minus + " " + minor)
	}
	if and := p.word("money and"); and != "" {
		return major + " " + and + " " + minor
	}
	if p.word("short cents") != "" {
		return major + " " + p.cardinal(cents, "")
	}
	return major + " " + minor
}

// millionsOf joins a number that ends in a million with its noun: un millón de euros.
func (p *passage) millionsOf(q quantity) string {
	if of := p.word("of million"); of != "" && len(q.last().whole) > 6 && strings.HasSuffix(q.last().whole, "000000") && q.last().fraction == "" {
		return p.ofMillion(quantity{scale: &scale{exponent: 6}}, q.money.major.other)
	}
	return " "
}

// spanWords reads 1939–1945 and 2–4.
func (p *passage) spanWords(from, to int, q quantity) string {
	a, b := q.n, *q.to
	if p.base != "pl" && p.likeYear(a) && (p.likeYear(b) && !p.countedAfter(to) || len(b.whole) == 2) && !p.notYear(from) {
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

// genderBehind gives the gender of the noun behind a number; empty where there is none.
func (p *passage) genderBehind(i int) string {
	j := p.skip(i)
	if w, _, ok := strings.Cut(p.word("percent"), " "); ok && p.at(j).lower == w {
		return "m"
	}
	for range 2 {
		t := p.at(j)
		if j == i || t.kind != word || p.in("functions", t.lower) {
			return ""
		}
		if g := p.gender(t); g != "" {
			return g
		}
		i, j = j+1, p.skip(j+1)
	}
	return ""
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
		} else {
			say.WriteString(" " + p.glue(t.text))
		}
		end++
	}
	return end, say.String()
}

// glue reads letters that touch a number: short ones letter by letter.
func (p *passage) glue(s string) string {
	if len([]rune(s)) <= 3 && (s == strings.ToUpper(s) || !strings.ContainsAny(strings.ToLower(s), "aeiouyäöüáéíóúàèåøæ")) {
		return letters(s)
	}
	if len([]rune(s)) == 1 {
		return strings.ToUpper(s)
	}
	return s
}
