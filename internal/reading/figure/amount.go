package figure

import (
	"strconv"
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// sayQuantity returns the spoken form of the quantity at the tokens from..to.
func sayQuantity(p *passage.Passage, from, to int, q quantity) string {
	var out []string
	out = append(out, q.sign)
	switch {
	case q.money != nil:
		out = append(out, sayMoney(p, from, q))
	case q.unit != nil:
		out = append(out, sayUnit(p, from, q))
	case q.scale != nil:
		if g := p.FindNounGenderAfter(to); p.Base == "pt" && q.scale.Exponent == 3 && g != "" {
			thousands := *q.scale
			thousands.Gender = g // duas mil pessoas
			q.scale = &thousands
		}
		out = append(out, sayScale(p, from, q))
	case q.to != nil:
		out = append(out, sayRange(p, from, to, q))
	default:
		out = append(out, sayPlainNumber(p, from, to, q))
	}
	out = append(out, q.per)
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// sayNumber returns the words of a number, or of both numbers of a range, before a noun.
func sayNumber(p *passage.Passage, from int, q quantity, n grammar.Noun) string {
	form := p.ChooseCardinalForm(from, n.Gender)
	if p.Base == "pl" && !strings.HasSuffix(form, ".gen") && n.One != "" {
		form = n.Gender // the table contains no other cases of units
	}
	if q.to == nil {
		return p.SpellNumber(q.n, form)
	}
	end := form
	if w := p.FindWord("form behind to"); w != "" {
		end = w
		if _, ok := p.Cards[form+"."+w]; ok {
			end = form + "." + w
		}
	}
	return p.SpellNumber(q.n, form) + " " + p.FindWord("to") + " " + p.SpellNumber(*q.to, end)
}

// chooseAgreeingNumber returns the number with which a noun agrees: the second one of a range.
func (q quantity) chooseAgreeingNumber() grammar.Num {
	if q.to != nil {
		return *q.to
	}
	return q.n
}

// inflectNoun returns the form of a noun that a number requires.
func inflectNoun(p *passage.Passage, from int, q quantity, n grammar.Noun) string {
	l := q.chooseAgreeingNumber()
	if p.Base == "pl" && q.to != nil {
		return n.Other
	}
	if p.Base == "pl" && l.Low == 0 && l.Fraction == "" &&
		strings.HasSuffix(p.ChooseCardinalForm(from, n.Gender), ".gen") {
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
		return p.InflectNoun(n, l.Whole, "5")
	}
	return p.InflectNoun(n, l.Whole, l.Fraction)
}

func sayScale(p *passage.Passage, from int, q quantity) string {
	return sayNumber(p, from, q, q.scale.Noun) + " " + inflectNoun(p, from, q, q.scale.Noun)
}

func sayUnit(p *passage.Passage, from int, q quantity) string {
	if q.scale != nil {
		return sayScale(p, from, q) + chooseMillionConnector(p, q, q.unit.Other) + q.unit.Other
	}
	if q.n.Low > 0 && q.n.Whole == "0" && q.to == nil {
		if w := p.SpellHalf(q.n, q.unit.Gender); w != "" {
			return strings.TrimSpace(q.n.Minus+" "+w) + " " + inflectNoun(p, from, q, *q.unit)
		}
		if w := p.FindWord("of a"); w != "" {
			return p.SpellNumber(q.n, "") + " " + p.PrependOfA(q.unit.One)
		}
	}
	return sayNumber(p, from, q, *q.unit) + " " + inflectNoun(p, from, q, *q.unit)
}

// SayMeasure returns the spoken form of a number of units.
func SayMeasure(p *passage.Passage, n grammar.Num, u *grammar.Noun) string {
	return sayUnit(p, 0, quantity{n: n, unit: u})
}

// readHalfAfter reads "1½ heure" as "une heure et demie", in languages in which the half follows the
// noun.
func readHalfAfter(p *passage.Passage, i int, q quantity) (nextIndex int, spoken string) {
	and := p.FindWord("and a half f")
	if and == "" || q.n.Top != 1 || q.n.Low != 2 || q.n.Whole == "0" || q.to != nil || q.money != nil ||
		q.scale != nil {
		return i, ""
	}
	var gender, name string
	end := i
	if q.unit != nil {
		gender, name = q.unit.Gender, p.InflectNoun(*q.unit, q.n.Whole, "")
		end = i + 1
	} else if gender = p.FindNounGenderAfter(i); gender != "" {
		name = p.TokenAt(p.SkipGap(i)).Text
		if q.n.Whole == "1" {
			name = guessSingular(p, name)
		}
		end = p.SkipGap(i) + 2
	}
	if name == "" {
		return i, ""
	}
	if gender != "f" {
		and = p.FindWord("and a half")
	}
	return end - 1, strings.TrimSpace(q.n.Minus + " " + p.SpellCardinal(q.n.Whole, gender) + " " + name + " " + and)
}

// guessSingular returns the singular of a noun, from the table of units or by its ending.
func guessSingular(p *passage.Passage, name string) string {
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

// chooseMillionConnector returns the word between a large number and its noun: cinco millones de euros.
func chooseMillionConnector(p *passage.Passage, q quantity, next string) string {
	of := p.FindWord("of million")
	if of == "" || q.scale.Exponent < 6 {
		return " "
	}
	if p.Base == "fr" && next != "" && strings.ContainsAny(next[:1], "aeiouhAEIOU") {
		return " d'"
	}
	return " " + of + " "
}

// sayMoney returns the spoken form of an amount of money.
func sayMoney(p *passage.Passage, from int, q quantity) string {
	c := q.money
	if q.to != nil && (len(q.n.Fraction) == 2 || len(q.to.Fraction) == 2) && q.scale == nil && c.Minor.One != "" {
		a, b := q, q // 4.50–9 is read as two amounts
		a.to, b.to, b.n = nil, nil, *q.to
		return sayMoney(p, from, a) + " " + p.FindWord("to") + " " + sayMoney(p, from, b)
	}
	switch {
	case q.scale != nil:
		return sayScale(p, from, q) + chooseMillionConnector(p, q, c.Major.Other) + c.Major.Other
	case q.to != nil || q.n.Fraction == "" || c.Minor.One == "" || len(q.n.Fraction) != 2:
		return sayNumber(p, from, q, c.Major) + chooseMillionsPreposition(p, q) + inflectNoun(p, from, q, c.Major)
	}
	fraction := q.n.Fraction
	cents := strings.TrimLeft(fraction, "0")
	whole := grammar.Num{Minus: q.n.Minus, Whole: q.n.Whole}
	major := p.SpellNumber(whole, p.ChooseCardinalForm(from, c.Major.Gender)) + " " +
		p.InflectNoun(c.Major, whole.Whole, "")
	if cents == "" {
		return major
	}
	minor := p.SpellCardinal(cents, p.ChooseCardinalForm(from, c.Minor.Gender)) + " " + p.InflectNoun(c.Minor, cents, "")
	if strings.Trim(q.n.Whole, "0") == "" {
		return strings.TrimSpace(q.n.Minus + " " + minor)
	}
	if and := p.FindWord("money and"); and != "" {
		return major + " " + and + " " + minor
	}
	if p.FindWord("short cents") != "" {
		return major + " " + p.SpellCardinal(cents, "")
	}
	return major + " " + minor
}

// chooseMillionsPreposition returns the word between a number that ends with millions and its noun: un millón de
// euros.
func chooseMillionsPreposition(p *passage.Passage, q quantity) string {
	if of := p.FindWord("of million"); of != "" && len(q.chooseAgreeingNumber().Whole) > 6 &&
		strings.HasSuffix(q.chooseAgreeingNumber().Whole, "000000") && q.chooseAgreeingNumber().Fraction == "" {
		return chooseMillionConnector(p, quantity{scale: &grammar.Scale{Exponent: 6}}, q.money.Major.Other)
	}
	return " "
}

// startsPolishDayRange reports whether token i is the first day of a range of days such as "od 1 do 5 maja".
func startsPolishDayRange(p *passage.Passage, i int) bool {
	j := p.SkipGap(i)
	if !p.IsOneOf(j, "do") {
		return false
	}
	k := p.SkipGap(j + 1)
	_, month := p.Month[p.TokenAt(p.SkipGap(k+1)).Lower]
	return p.TokenAt(k).Kind == token.Digits && month
}

// sayRange returns the spoken form of a range such as 1939–1945 and 2–4.
func sayRange(p *passage.Passage, from, to int, q quantity) string {
	a, b := q.n, *q.to
	if p.Base != "pl" && a.CanBeYear() && (b.CanBeYear() && !p.IsCountedNounAfter(to) || len(b.Whole) == 2) &&
		!p.IsYearExcludedBefore(from) {
		x, _ := strconv.Atoi(a.Whole)
		y, _ := strconv.Atoi(b.Whole)
		if len(b.Whole) == 2 {
			return p.SayYear(from, x) + " " + p.FindWord("to") + " " + p.SpellCardinal(b.Whole, "")
		}
		return p.SayYear(from, x) + " " + p.FindWord("to") + " " + p.SayYear(to, y)
	}
	n := grammar.Noun{Gender: p.FindNounGenderAfter(to)}
	return sayNumber(p, from, q, n)
}

// sayPlainNumber returns the spoken form of a number without unit or money.
func sayPlainNumber(p *passage.Passage, from, to int, q quantity) string {
	if p.IsNumberYear(from, to, q.n) {
		y, _ := strconv.Atoi(q.n.Whole)
		return p.SayYear(from, y)
	}
	gender := p.FindNounGenderAfter(to)
	if gender == "" {
		if p.Base == "pl" && startsPolishDayRange(p, to) {
			return p.SpellOrdinal(q.n.Whole, "m.gen")
		}
		if p.Base == "pl" && p.FindPolishCase(from) == "gen" {
			return p.SpellNumber(q.n, "m.gen")
		}
		return p.SpellNumber(q.n, "")
	}
	if w := p.SpellHalf(q.n, gender); w != "" {
		return w
	}
	return p.SpellNumber(q.n, p.ChooseCardinalForm(from, gender))
}
