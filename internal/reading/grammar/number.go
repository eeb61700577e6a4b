package grammar

import (
	"strconv"
	"strings"
)

// Num is a number as it is written in the text.
type Num struct {
	Minus    string // word for the sign before the number, or ""
	Whole    string // digits before the decimal mark, without separators
	Fraction string // digits after the decimal mark
	Mark     string // the decimal mark
	Top, Low int    // numerator and denominator of a fraction after the whole number (1½)
	Grouped  bool   // the digits had separators between groups of three
}

// CanBeYear reports whether a number could be a year: four digits, from 1000 to 2099.
func (n Num) CanBeYear() bool {
	return len(n.Whole) == 4 && n.Fraction == "" && n.Low == 0 && !n.Grouped && n.Minus == "" && n.Whole >= "1000" &&
		n.Whole <= "2099"
}

// PrependOfA returns "of a" or "of an" with a noun: "of a mile", "of an inch".
func (g *Grammar) PrependOfA(name string) string {
	if strings.ContainsAny(name[:1], "aeiou") {
		return g.FindWord("of a") + "n " + name
	}
	return g.FindWord("of a") + " " + name
}

// SpellHalf returns the word for half of something of the given gender. It returns "" if n is not ½, or if
// the language reads ½ like other fractions.
func (g *Grammar) SpellHalf(n Num, gender string) string {
	if n.Top != 1 || n.Low != 2 || n.Whole != "0" {
		return ""
	}
	if w := g.FindWord("half " + gender); w != "" {
		return w
	}
	return g.FindWord("half")
}

// SpellExponent returns the words for an exponent: squared, cubed, to the sixth.
func (g *Grammar) SpellExponent(exponent string) string {
	number, negative := strings.CutPrefix(exponent, "-")
	if w := g.FindWord("power " + exponent); w != "" {
		return w
	}
	say := g.SpellCardinal(number, "")
	if negative {
		say = g.FindWord("minus") + " " + say
	} else if form := g.FindWord("power form"); form != "" {
		if o := g.SpellOrdinal(number, form); o != "" {
			say = o
		}
	}
	pattern := g.FindWord("power")
	return strings.TrimSpace(strings.Replace(pattern, "*", say, 1))
}

// SpellNumber returns a number in words. form is a grammatical form, such as a gender.
func (g *Grammar) SpellNumber(n Num, form string) string {
	var out []string
	if n.Minus != "" {
		out = append(out, n.Minus)
	}
	switch {
	case n.Low > 0:
		out = append(out, g.SpellMixed(n.Whole, strconv.Itoa(n.Top), strconv.Itoa(n.Low), form))
	case n.Fraction != "":
		out = append(out, g.SpellCardinal(n.Whole, ""), g.SpellDecimalMark(n.Mark), g.SpellDecimals(n.Fraction))
	default:
		out = append(out, g.SpellCardinal(n.Whole, form))
	}
	return strings.Join(out, " ")
}

// SpellDecimalMark returns the word for a decimal mark.
func (g *Grammar) SpellDecimalMark(mark string) string {
	w := g.FindWord("point")
	if mark == "," {
		w = g.FindWord("comma")
	}
	if w == "" && g.Rules != nil {
		return g.Rules.FindDecimalWord(g.findCardinalRuleSet())
	}
	return w
}

// SpellDecimals returns the words for the digits after the decimal mark.
func (g *Grammar) SpellDecimals(fraction string) string {
	if len(fraction) > g.together || len(fraction) < 2 || g.together == 0 {
		if len(fraction) > 12 {
			return g.SpellDigitGroups(fraction)
		}
		return g.SpellDigits(fraction)
	}
	rest := strings.TrimLeft(fraction, "0")
	zeros := g.SpellDigits(fraction[:len(fraction)-len(rest)])
	if rest == "" {
		return zeros
	}
	return strings.TrimSpace(zeros + " " + g.SpellCardinal(rest, ""))
}

// SpellMixed returns the words for a whole number, which may be 0, and a fraction.
func (g *Grammar) SpellMixed(whole, top, low, form string) string {
	part := g.SpellFraction(top, low)
	if whole == "0" || part == "" {
		return part
	}
	half := top == "1" && low == "2"
	if half {
		if say := g.spellWholeAndHalf(whole, form); say != "" {
			return say
		}
	}
	joined := g.FindWord("and")
	if w := g.FindWord("mixed"); w != "" {
		joined = strings.TrimPrefix(w, "-")
	}
	return strings.Join(strings.Fields(g.SpellCardinal(whole, "")+" "+joined+" "+part), " ")
}

// spellWholeAndHalf returns the words for a whole number and a half, or "" if the language has no short form.
func (g *Grammar) spellWholeAndHalf(whole, form string) string {
	if whole == "1" {
		for _, key := range []string{"one and a half " + form, "one and a half"} {
			if w := g.FindWord(key); w != "" {
				return w
			}
		}
	}
	half := g.FindWord("and a half " + form)
	if half == "" || g.Base != "sv" {
		half = g.FindWord("and a half")
	}
	glued, ok := strings.CutPrefix(half, "-")
	switch {
	case half == "":
		return ""
	case !ok:
		return g.SpellCardinal(whole, form) + " " + half
	}
	number := g.SpellCardinal(whole, "part")
	if g.Base == "nl" && strings.HasSuffix(number, "e") {
		glued = "ë" + strings.TrimPrefix(glued, "e")
	}
	return number + glued
}

// SpellFraction returns the words for a fraction, or "".
func (g *Grammar) SpellFraction(top, low string) string {
	d, err := strconv.Atoi(low)
	n, errTop := strconv.Atoi(top)
	if err != nil || errTop != nil {
		return g.SpellCardinal(top, "") + " " + g.FindWord("over") + " " + g.SpellCardinal(low, "")
	}
	if w := g.FindWord("fraction " + top + "/" + low); w != "" {
		return w
	}
	const largest = 1000
	if d < 2 || d > largest || g.part == nil {
		return g.SpellCardinal(top, "") + " " + g.FindWord("over") + " " + g.SpellCardinal(low, "")
	}
	name := g.part(g, d, n)
	if name == "" {
		return g.SpellCardinal(top, "") + " " + g.FindWord("over") + " " + g.SpellCardinal(low, "")
	}
	if one := g.FindWord("one part"); n == 1 && one != "" {
		return one + " " + name
	}
	return g.SpellCardinal(top, "part") + " " + name
}
