package figure

import (
	"strconv"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// quantityWords returns the spoken form of the quantity at the tokens from..to.
func quantityWords(p *passage.Passage, from, to int, q quantity) string {
	var out []string
	out = append(out, q.sign)
	switch {
	case q.money != nil:
		out = append(out, moneyWords(p, from, q))
	case q.unit != nil:
		out = append(out, unitWords(p, from, q))
	case q.scale != nil:
		if g := p.GenderBehind(to); p.Base == "pt" && q.scale.Exponent == 3 && g != "" {
			thousands := *q.scale
			thousands.Gender = g // duas mil pessoas
			q.scale = &thousands
		}
		out = append(out, scaleWords(p, from, q))
	case q.to != nil:
		out = append(out, spanWords(p, from, to, q))
	default:
		out = append(out, plainWords(p, from, to, q))
	}
	out = append(out, q.per)
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// numberWords returns the words of a number, or of both numbers of a range, before a noun.
func numberWords(p *passage.Passage, from int, q quantity, n grammar.Noun) string {
	form := p.FormFor(from, n.Gender)
	if p.Base == "pl" && !strings.HasSuffix(form, ".gen") && n.One != "" {
		form = n.Gender // the table contains no other cases of units
	}
	if q.to == nil {
		return p.Spell(q.n, form)
	}
	end := form
	if w := p.Word("form behind to"); w != "" {
		end = w
		if _, ok := p.Cards[form+"."+w]; ok {
			end = form + "." + w
		}
	}
	return p.Spell(q.n, form) + " " + p.Word("to") + " " + p.Spell(*q.to, end)
}

// agreeingNumber returns the number with which a noun agrees: the second one of a range.
func (q quantity) agreeingNumber() grammar.Num {
	if q.to != nil {
		return *q.to
	}
	return q.n
}

// inflectNoun returns the form of a noun that a number requires.
func inflectNoun(p *passage.Passage, from int, q quantity, n grammar.Noun) string {
	l := q.agreeingNumber()
	if p.Base == "pl" && q.to != nil {
		return n.Other
	}
	if p.Base == "pl" && l.Low == 0 && l.Fraction == "" && strings.HasSuffix(p.FormFor(from, n.Gender), ".gen") {
		if l.Whole == "1" {
			return n.Genitive
		}
		return n.Other
	}
	if l.Low > 0 {
		if l.Whole == "0" && p.Base != "pl" {
			return n.One
		}
		if p.Base == "pl" {
			return n.Genitive
		}
		return p.Plural(n, l.Whole, "5")
	}
	return p.Plural(n, l.Whole, l.Fraction)
}

func scaleWords(p *passage.Passage, from int, q quantity) string {
	return numberWords(p, from, q, q.scale.Noun) + " " + inflectNoun(p, from, q, q.scale.Noun)
}

func unitWords(p *passage.Passage, from int, q quantity) string {
	if q.scale != nil {
		return scaleWords(p, from, q) + millionConnector(p, q, q.unit.Other) + q.unit.Other
	}
	if q.n.Low > 0 && q.n.Whole == "0" && q.to == nil {
		if w := p.Half(q.n, q.unit.Gender); w != "" {
			return strings.TrimSpace(q.n.Minus+" "+w) + " " + inflectNoun(p, from, q, *q.unit)
		}
		if w := p.Word("of a"); w != "" {
			return p.Spell(q.n, "") + " " + p.OfA(q.unit.One)
		}
	}
	return numberWords(p, from, q, *q.unit) + " " + inflectNoun(p, from, q, *q.unit)
}

// Measure returns the spoken form of a number of units.
func Measure(p *passage.Passage, n grammar.Num, u *grammar.Noun) string {
	return unitWords(p, 0, quantity{n: n, unit: u})
}

// readHalfAfter reads "1½ heure" as "une heure et demie", in languages in which the half follows the
// noun.
func readHalfAfter(p *passage.Passage, i int, q quantity) (int, string) {
	and := p.Word("and a half f")
	if and == "" || q.n.Top != 1 || q.n.Low != 2 || q.n.Whole == "0" || q.to != nil || q.money != nil ||
		q.scale != nil {
		return i, ""
	}
	var gender, name string
	end := i
	if q.unit != nil {
		gender, name = q.unit.Gender, p.Plural(*q.unit, q.n.Whole, "")
		end = i + 1
	} else if gender = p.GenderBehind(i); gender != "" {
		name = p.At(p.Skip(i)).Text
		if q.n.Whole == "1" {
			name = singularOf(p, name)
		}
		end = p.Skip(i) + 2
	}
	if name == "" {
		return i, ""
	}
	if gender != "f" {
		and = p.Word("and a half")
	}
	return end - 1, strings.TrimSpace(q.n.Minus + " " + p.Cardinal(q.n.Whole, gender) + " " + name + " " + and)
}

// singularOf returns the singular of a noun, from the table of units or by its ending.
func singularOf(p *passage.Passage, name string) string {
	for _, u := range p.Units {
		if u.Other == name {
			return u.One
		}
	}
	if p.Base == "it" {
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// millionConnector returns the word between a large number and its noun: cinco millones de euros.
func millionConnector(p *passage.Passage, q quantity, next string) string {
	of := p.Word("of million")
	if of == "" || q.scale.Exponent < 6 {
		return " "
	}
	if p.Base == "fr" && next != "" && strings.ContainsAny(next[:1], "aeiouhAEIOU") {
		return " d'"
	}
	return " " + of + " "
}

// moneyWords returns the spoken form of an amount of money.
func moneyWords(p *passage.Passage, from int, q quantity) string {
	c := q.money
	if q.to != nil && (len(q.n.Fraction) == 2 || len(q.to.Fraction) == 2) && q.scale == nil && c.Minor.One != "" {
		a, b := q, q // 4.50–9 is read as two amounts
		a.to, b.to, b.n = nil, nil, *q.to
		return moneyWords(p, from, a) + " " + p.Word("to") + " " + moneyWords(p, from, b)
	}
	switch {
	case q.scale != nil:
		return scaleWords(p, from, q) + millionConnector(p, q, c.Major.Other) + c.Major.Other
	case q.to != nil || q.n.Fraction == "" || c.Minor.One == "" || len(q.n.Fraction) != 2:
		return numberWords(p, from, q, c.Major) + millionsOf(p, q) + inflectNoun(p, from, q, c.Major)
	}
	fraction := q.n.Fraction
	cents := strings.TrimLeft(fraction, "0")
	whole := grammar.Num{Minus: q.n.Minus, Whole: q.n.Whole}
	major := p.Spell(whole, p.FormFor(from, c.Major.Gender)) + " " + p.Plural(c.Major, whole.Whole, "")
	if cents == "" {
		return major
	}
	minor := p.Cardinal(cents, p.FormFor(from, c.Minor.Gender)) + " " + p.Plural(c.Minor, cents, "")
	if strings.Trim(q.n.Whole, "0") == "" {
		return strings.TrimSpace(q.n.Minus + " " + minor)
	}
	if and := p.Word("money and"); and != "" {
		return major + " " + and + " " + minor
	}
	if p.Word("short cents") != "" {
		return major + " " + p.Cardinal(cents, "")
	}
	return major + " " + minor
}

// millionsOf returns the word between a number that ends with millions and its noun: un millón de
// euros.
func millionsOf(p *passage.Passage, q quantity) string {
	if of := p.Word("of million"); of != "" && len(q.agreeingNumber().Whole) > 6 &&
		strings.HasSuffix(q.agreeingNumber().Whole, "000000") && q.agreeingNumber().Fraction == "" {
		return millionConnector(p, quantity{scale: &grammar.Scale{Exponent: 6}}, q.money.Major.Other)
	}
	return " "
}

// isFirstDay reports whether token i is the first day of a range of days such as "od 1 do 5 maja".
func isFirstDay(p *passage.Passage, i int) bool {
	j := p.Skip(i)
	if !p.Is(j, "do") {
		return false
	}
	k := p.Skip(j + 1)
	_, month := p.Month[p.At(p.Skip(k+1)).Lower]
	return p.At(k).Kind == token.Digits && month
}

// spanWords returns the spoken form of a range such as 1939–1945 and 2–4.
func spanWords(p *passage.Passage, from, to int, q quantity) string {
	a, b := q.n, *q.to
	if p.Base != "pl" && a.LikeYear() && (b.LikeYear() && !p.CountedAfter(to) || len(b.Whole) == 2) &&
		!p.NotYear(from) {
		x, _ := strconv.Atoi(a.Whole)
		y, _ := strconv.Atoi(b.Whole)
		if len(b.Whole) == 2 {
			return p.YearWords(from, x) + " " + p.Word("to") + " " + p.Cardinal(b.Whole, "")
		}
		return p.YearWords(from, x) + " " + p.Word("to") + " " + p.YearWords(to, y)
	}
	n := grammar.Noun{Gender: p.GenderBehind(to)}
	return numberWords(p, from, q, n)
}

// plainWords returns the spoken form of a number without unit or money.
func plainWords(p *passage.Passage, from, to int, q quantity) string {
	if p.IsYear(from, to, q.n) {
		y, _ := strconv.Atoi(q.n.Whole)
		return p.YearWords(from, y)
	}
	gender := p.GenderBehind(to)
	if gender == "" {
		if p.Base == "pl" && isFirstDay(p, to) {
			return p.Ordinal(q.n.Whole, "m.gen")
		}
		if p.Base == "pl" && p.PolishCase(from) == "gen" {
			return p.Spell(q.n, "m.gen")
		}
		return p.Spell(q.n, "")
	}
	if w := p.Half(q.n, gender); w != "" {
		return w
	}
	return p.Spell(q.n, p.FormFor(from, gender))
}
