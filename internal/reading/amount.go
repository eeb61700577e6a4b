package reading

import "strings"

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
		if g := p.genderBehind(to); p.base == "pt" && q.scale.exponent == 3 && g != "" {
			thousands := *q.scale
			thousands.gender = g // duas mil pessoas
			q.scale = &thousands
		}
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
	if p.forms.Counts != nil {
		return p.forms.Counts(p, from, gender)
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

// measure writes a number of units.
func (p *passage) measure(n num, u *noun) string { return p.unitWords(0, quantity{n: n, unit: u}) }

// halfBehind reads "1½ heure" as une heure et demie, in the languages that set the half
// behind the noun.
func (p *passage) halfBehind(i int, q quantity) (int, string) {
	and := p.word("and a half f")
	if and == "" || q.n.top != 1 || q.n.low != 2 || q.n.whole == "0" || q.to != nil || q.money != nil ||
		q.scale != nil {
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
func (g *grammar) ofA(name string) string {
	if strings.ContainsAny(name[:1], "aeiou") {
		return g.word("of a") + "n " + name
	}
	return g.word("of a") + " " + name
}

// half is how half of something is said, by its gender; empty where it is said as other
// fractions are.
func (g *grammar) half(n num, gender string) string {
	if n.top != 1 || n.low != 2 || n.whole != "0" {
		return ""
	}
	if w := g.word("half " + gender); w != "" {
		return w
	}
	return g.word("half")
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
	if q.to != nil && (len(q.n.fraction) == 2 || len(q.to.fraction) == 2) && q.scale == nil && c.minor.one != "" {
		a, b := q, q // 4.50–9 is read as two amounts
		a.to, b.to, b.n = nil, nil, *q.to
		return p.moneyWords(from, a) + " " + p.word("to") + " " + p.moneyWords(from, b)
	}
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
	if of := p.word("of million"); of != "" && len(q.last().whole) > 6 &&
		strings.HasSuffix(q.last().whole, "000000") && q.last().fraction == "" {
		return p.ofMillion(quantity{scale: &scale{exponent: 6}}, q.money.major.other)
	}
	return " "
}
