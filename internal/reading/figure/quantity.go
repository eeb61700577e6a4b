package figure

import (
	"strconv"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// quantity is a number, or a range of numbers, with its unit, currency or scale.
type quantity struct {
	sign   string // spoken form of a sign before the number, such as "about"
	n      grammar.Num
	to     *grammar.Num // the end of a range, or nil
	scale  *grammar.Scale
	unit   *grammar.Noun
	money  *grammar.Currency
	before bool // the currency's sign is before the number
	per    string
}

// ReadQuantity reads a quantity that begins with a sign, with the sign or code of a currency, or with
// the number.
func ReadQuantity(p *passage.Passage, i int) (nextIndex int, spoken string) {
	var q quantity
	j := parseLeadingSign(p, i, &q)
	if c, end := p.ParseCurrency(j); end > j {
		k := p.SkipGap(end)
		if m := p.TokenAt(k).Text; token.CanBeMinus(m) && p.TokenAt(k+1).Kind == token.Digits {
			q.n.Minus = p.FindWord("minus")
			k++
		}
		if p.TokenAt(k).Kind != token.Digits {
			return i, ""
		}
		q.money, q.before = c, true
		j = k
	}
	minus := q.n.Minus
	n, end := p.ParseNumber(j)
	if end == j {
		return i, ""
	}
	if p.IsWordOrDigits(end) && p.TokenAt(end).Kind == token.Digits {
		return i, ""
	}
	q.n = n
	q.n.Minus = minus
	if q.n.Fraction == "" && q.n.Low == 0 {
		end = parseMixedFraction(p, end, &q.n)
	}
	first := end
	if mark := p.TokenAt(end).Text; (mark == "." || mark == "," || mark == ":") && token.IsDash(p.TokenAt(end+1).Text) &&
		p.TokenAt(end+2).Kind != token.Digits && (q.money != nil || isCurrencyAt(p, end+2)) {
		end += 2 // 20,- €
	}
	end = parseScale(p, end, &q)
	end = parseRangeEnd(p, j, end, &q)
	end = parseScale(p, end, &q)
	end = parseUnitOrCurrency(p, j, end, &q)
	end = parsePerUnit(p, end, &q)
	if last, say := readHalfAfter(p, end, q); say != "" {
		return last, say
	}
	if p.IsWordOrDigits(end) && p.TokenAt(end-1).Kind == token.Digits && end == first {
		return readNumberWithLetters(p, i, end, &q)
	}
	return end, sayQuantity(p, i, end, q)
}

// parseLeadingSign parses signs before a number: minus, plus, about. It returns the index after them.
func parseLeadingSign(p *passage.Passage, i int, q *quantity) (nextIndex int) {
	t := p.TokenAt(i)
	if t.Kind != token.Sign || p.TokenAt(i+1).Kind == token.Gap {
		return i
	}
	switch {
	case token.CanBeMinus(t.Text):
		q.n.Minus = p.FindWord("minus")
	case t.Text == "+":
		q.n.Minus = p.FindWord("plus")
	case t.Text == "±":
		q.n.Minus = p.Signs["±"]
	case t.Text == "~" || t.Text == "≈":
		q.sign = p.FindWord("about")
	default:
		return i
	}
	return i + 1
}

// parseMixedFraction parses the fraction of "1 1/2". It returns the index after it, or end.
func parseMixedFraction(p *passage.Passage, end int, n *grammar.Num) (nextIndex int) {
	j := end
	if p.TokenAt(j).Kind != token.Gap {
		return end
	}
	if top, low, ok := token.ParseVulgarFraction(p.TokenAt(j + 1).Text); ok {
		n.Top, n.Low = top, low
		return j + 2
	}
	top, ok := p.ParseSmallNumber(j+1, 2)
	low, ok2 := p.ParseSmallNumber(j+3, 3)
	if mark := p.TokenAt(j + 2).Text; !ok || !ok2 || mark != "/" && mark != "⁄" || top >= low || top == 0 ||
		p.IsWordOrDigits(j+4) || p.TokenAt(j+4).Text == "/" {
		return end
	}
	n.Top, n.Low = top, low
	return j + 4
}

// parseScale parses a scale after a number: million, Mio., bn, k. It returns the index after it, or i.
func parseScale(p *passage.Passage, i int, q *quantity) (nextIndex int) {
	if q.scale != nil {
		return i
	}
	j := p.SkipGap(i)
	if p.TokenAt(j).Text == "-" && len(p.TokenAt(j+1).Text) > 4 && j == i {
		j++ // a $3.5-billion deal
	}
	t := p.TokenAt(j)
	if t.Kind != token.Word {
		return i
	}
	s, ok := p.Scales[t.Text]
	if !ok {
		s, ok = p.Scales[t.Lower]
		if ok && len(t.Lower) < 3 {
			ok = false
		}
	}
	if !ok {
		return i
	}
	if len(t.Text) == 1 {
		// A single letter is a scale with money, or directly after the number. 4K is a size of pictures, and
		// 5m a length.
		glued := j == i && (t.Text == "k" || t.Text == "M")
		if q.money == nil && !isCurrencyAt(p, j+1) && !glued {
			return i
		}
		if p.TokenAt(j+1).Kind == token.Sign && p.TokenAt(j+1).Text == "/" {
			return i
		}
	}
	q.scale = &s
	if p.TokenAt(j+1).Text == "." && t.Lower != strings.ToLower(s.One) && t.Lower != strings.ToLower(s.Other) &&
		!p.IsAtEnd(j+2) {
		j++
	}
	return j + 1
}

func isCurrencyAt(p *passage.Passage, i int) bool {
	_, end := p.ParseCurrency(p.SkipGap(i))
	return end > p.SkipGap(i)
}

// parseRangeEnd parses the second number of a range: 2–4, 1939-45, 10 - 20 km. It returns the index after it,
// or i.
func parseRangeEnd(p *passage.Passage, from, i int, q *quantity) (nextIndex int) {
	dash := p.SkipGap(i)
	mark := p.TokenAt(dash).Text
	if !token.IsDash(mark) || q.n.Minus != "" {
		return i
	}
	j := p.SkipGap(dash + 1)
	if q.money != nil && q.before {
		if c, end := p.ParseCurrency(j); end > j && c.Major.One == q.money.Major.One {
			j = end
		}
	}
	n, end := p.ParseNumber(j)
	if end == j || p.TokenAt(end).Kind == token.Digits || token.IsDash(p.TokenAt(end).Text) &&
		p.TokenAt(end+1).Kind == token.Digits {
		return i
	}
	spaced := dash > i
	if mark == "-" || mark == "‑" || mark == "‐" || mark == "−" {
		a, err := strconv.ParseFloat(q.n.Whole+"."+q.n.Fraction, 64)
		b, err2 := strconv.ParseFloat(n.Whole+"."+n.Fraction, 64)
		whole := len(n.Whole) > 1 && n.Whole[0] == '0'
		short := len(q.n.Whole) == 4 && len(n.Whole) == 2 && q.n.CanBeYear()
		if err != nil || err2 != nil || spaced && (b <= a || p.IsInFormula(dash)) || !short && (b <= a || whole ||
			len(n.Whole) > len(q.n.Whole)+1 ||
			len(q.n.Whole) == 3 && len(n.Whole) == 4) {
			return i
		}
	}
	if b := p.TokenAt(from - 1); token.IsDash(b.Text) && p.IsWordOrDigits(from-2) {
		return i // the middle of CVE-2026-1234
	}
	q.to = &n
	return end
}

// parseUnitOrCurrency parses what a number counts: a unit, a currency or percent. It returns the index after
// it, or i.
func parseUnitOrCurrency(p *passage.Passage, from, i int, q *quantity) (nextIndex int) {
	if q.money != nil {
		j := p.SkipGap(i)
		if c, end := p.ParseCurrency(j); end > j && c == q.money && j > i {
			return end // $5 USD
		}
		return i
	}
	if u, end := p.ParseUnit(i + 1); p.TokenAt(i).Text == "-" && end > i+1 && p.TokenAt(end).Text == "-" && q.to == nil {
		q.unit = &grammar.Noun{Gender: u.Gender, One: u.One, Few: u.One, Other: u.One, Genitive: u.One}
		return end // 100-m-Lauf
	}
	j := p.SkipGap(i)
	if p.TokenAt(j).Lower == p.FindWord("of million") && q.scale != nil && p.TokenAt(j+1).Kind == token.Gap {
		j += 2
	}
	if c, end := p.ParseCurrency(j); end > j {
		if b := p.FindIndexBefore(from); (j <= i || p.TokenAt(p.SkipGap(end)).Kind != token.Digits) && b < len(p.Tokens) {
			q.money = c
			return parseCents(p, end, q)
		}
	}
	if token.IsDash(p.TokenAt(from-1).Text) && p.IsWordOrDigits(from-2) && len(p.TokenAt(j).Text) == 1 {
		return i // B-52s
	}
	if u, end := p.ParseUnit(j); end > j && p.IsUnitOfNumber(i, j, end) {
		q.unit = u
		if next := p.TokenAt(end + 2); p.TokenAt(end).Text == "." && p.TokenAt(end+1).Kind == token.Gap &&
			next.Kind == token.Word && next.Text == next.Lower {
			end++ // 5 lbs. of flour
		}
		return end
	}
	return i
}

// parseCents parses the cents of "5 € 20" and "5 euros 20". It returns the index after them, or i.
func parseCents(p *passage.Passage, i int, q *quantity) (nextIndex int) {
	j := p.SkipGap(i)
	if q.n.Fraction == "" && q.scale == nil && q.to == nil && j == i && p.TokenAt(i-1).Kind == token.Sign &&
		p.TokenAt(j).Kind == token.Digits && len(p.TokenAt(j).Text) == 2 {
		q.n.Fraction, q.n.Mark = p.TokenAt(j).Text, p.Point
		return j + 1
	}
	return i
}

// parsePerUnit parses "/h" and "/Monat" after money or a unit. It returns the index after it, or i.
func parsePerUnit(p *passage.Passage, i int, q *quantity) (nextIndex int) {
	if q.money == nil && q.unit == nil || p.TokenAt(i).Text != "/" || p.FindWord("per") == "" {
		return i
	}
	if u, end := p.ParseUnit(i + 1); end > i+1 {
		q.per = p.FindWord("per") + " " + u.One
		return end
	}
	if t := p.TokenAt(i + 1); t.Kind == token.Word && len([]rune(t.Text)) > 2 {
		q.per = p.FindWord("per") + " " + t.Text
		return i + 2
	}
	return i
}

// readNumberWithLetters reads a number with letters after it: 3D, 5G, 4K, 12a.
func readNumberWithLetters(p *passage.Passage, from, end int, q *quantity) (nextIndex int, spoken string) {
	var say strings.Builder
	say.WriteString(sayQuantity(p, from, end, *q))
	for p.IsWordOrDigits(end) {
		t := p.TokenAt(end)
		if t.Kind == token.Digits {
			say.WriteString(" " + p.SpellCardinal(t.Text, ""))
		} else if t.Text == "s" {
			say.WriteString("s")
		} else {
			say.WriteString(" " + p.SayGluedLetters(t.Text))
		}
		end++
	}
	return end, say.String()
}

// ReadUnit reads a unit without a number before it, such as km/h.
func ReadUnit(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if p.TokenAt(i).Text == "km" && p.TokenAt(p.SkipGap(i+1)).Kind == token.Digits &&
		p.TokenAt(p.FindIndexBefore(i)).Kind != token.Digits {
		u, _ := p.ParseUnit(i)
		if u != nil {
			return i + 1, u.One // the kilometre on a road: km 23
		}
	}
	if p.TokenAt(i+1).Text != "/" || p.TokenAt(i-1).Kind == token.Sign && i > 0 {
		return i, ""
	}
	u, end := p.ParseUnit(i)
	if end < i+3 {
		return i, ""
	}
	return end, u.Other
}

// ReadMoneyCode reads amounts that begin with letters, such as USD 5 and R$ 5.
func ReadMoneyCode(p *passage.Passage, i int) (nextIndex int, spoken string) {
	c, end := p.ParseCurrency(i)
	if end == i || c == nil {
		return i, ""
	}
	if p.TokenAt(end).Text == "/" { // USD/EUR
		if _, other := p.ParseCurrency(end + 1); other > end+1 && p.TokenAt(other-1).Kind == token.Word {
			return other, token.SpellLetters(p.TokenAt(i).Text) + " " + token.SpellLetters(p.TokenAt(end+1).Text)
		}
	}
	if p.TokenAt(p.SkipGap(end)).Kind == token.Digits || token.CanBeMinus(p.TokenAt(p.SkipGap(end)).Text) &&
		p.TokenAt(p.SkipGap(end)+1).Kind == token.Digits {
		return ReadQuantity(p, i)
	}
	return i, ""
}

// ReadSignedNumber reads -5, +3, ~50, $5 and ½.
func ReadSignedNumber(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if p.IsDashBetweenMeasures(i) && !p.IsInFormula(i) {
		return i + 1, p.FindWord("to")
	} else if p.IsDashBetweenMeasures(i) {
		return i + 1, p.FindWord("minus")
	}
	if _, _, ok := token.ParseVulgarFraction(t.Text); ok {
		return ReadQuantity(p, i)
	}
	if c, end := p.ParseCurrency(i); c != nil && end > i {
		return ReadQuantity(p, i)
	}
	if !strings.Contains("-−–+±~≈", t.Text) || p.TokenAt(i+1).Kind == token.Gap {
		return i, ""
	}
	b := p.TokenAt(i - 1)
	if token.IsDash(t.Text) && (b.Kind == token.Word || b.Kind == token.Digits || b.Text == ")" ||
		b.Text == "." || token.IsDash(b.Text)) {
		return i, ""
	}
	if token.CanBeMinus(t.Text) || t.Text == "+" || t.Text == "±" {
		if p.TokenAt(i+1).Kind != token.Digits {
			if _, end := p.ParseCurrency(i + 1); end == i+1 || p.TokenAt(end).Kind != token.Digits {
				return i, ""
			}
		}
	}
	if n, end := p.ParseNumber(i + 1); end > i+1 && (p.TokenAt(end).Text == "^" ||
		strings.Contains(token.Raised, p.TokenAt(end).Text) &&
			p.TokenAt(end).Kind == token.Sign) {
		return i + 1, p.Signs[t.Text]
	} else if n.Fraction == "" && p.TokenAt(end).Text == "/" && p.TokenAt(end+1).Kind == token.Digits {
		return i + 1, p.Signs[t.Text]
	}
	return ReadQuantity(p, i)
}
