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

// LikeYear reports whether a number could be a year: four digits, from 1000 to 2099.
func (n Num) LikeYear() bool {
	return len(n.Whole) == 4 && n.Fraction == "" && n.Low == 0 && !n.Grouped && n.Minus == "" && n.Whole >= "1000" &&
		n.Whole <= "2099"
}

// OfA returns "of a" or "of an" with a noun: "of a mile", "of an inch".
func (g *Grammar) OfA(name string) string {
	if strings.ContainsAny(name[:1], "aeiou") {
		return g.Word("of a") + "n " + name
	}
	return g.Word("of a") + " " + name
}

// Half returns the word for half of something of the given gender. It returns "" if n is not ½, or if
// the language reads ½ like other fractions.
func (g *Grammar) Half(n Num, gender string) string {
	if n.Top != 1 || n.Low != 2 || n.Whole != "0" {
		return ""
	}
	if w := g.Word("half " + gender); w != "" {
		return w
	}
	return g.Word("half")
}

// ToThePower returns the words for an exponent: squared, cubed, to the sixth.
func (g *Grammar) ToThePower(exponent string) string {
	number, negative := strings.CutPrefix(exponent, "-")
	if w := g.Word("power " + exponent); w != "" {
		return w
	}
	say := g.Cardinal(number, "")
	if negative {
		say = g.Word("minus") + " " + say
	} else if form := g.Word("power form"); form != "" {
		if o := g.Ordinal(number, form); o != "" {
			say = o
		}
	}
	pattern := g.Word("power")
	return strings.TrimSpace(strings.Replace(pattern, "*", say, 1))
}

// Spell returns a number in words. form is a grammatical form, such as a gender.
func (g *Grammar) Spell(n Num, form string) string {
	var out []string
	if n.Minus != "" {
		out = append(out, n.Minus)
	}
	switch {
	case n.Low > 0:
		out = append(out, g.Mixed(n.Whole, strconv.Itoa(n.Top), strconv.Itoa(n.Low), form))
	case n.Fraction != "":
		out = append(out, g.Cardinal(n.Whole, ""), g.Mark(n.Mark), g.Decimals(n.Fraction))
	default:
		out = append(out, g.Cardinal(n.Whole, form))
	}
	return strings.Join(out, " ")
}

// Mark returns the word for a decimal mark.
func (g *Grammar) Mark(mark string) string {
	w := g.Word("point")
	if mark == "," {
		w = g.Word("comma")
	}
	if w == "" && g.Rules != nil {
		return g.Rules.Mark(g.anyCardinal())
	}
	return w
}

// Decimals returns the words for the digits after the decimal mark.
func (g *Grammar) Decimals(fraction string) string {
	if len(fraction) > g.together || len(fraction) < 2 || g.together == 0 {
		if len(fraction) > 12 {
			return g.SpellGroups(fraction)
		}
		return g.SpellDigits(fraction)
	}
	rest := strings.TrimLeft(fraction, "0")
	zeros := g.SpellDigits(fraction[:len(fraction)-len(rest)])
	if rest == "" {
		return zeros
	}
	return strings.TrimSpace(zeros + " " + g.Cardinal(rest, ""))
}

// Mixed returns the words for a whole number, which may be 0, and a fraction.
func (g *Grammar) Mixed(whole, top, low, form string) string {
	part := g.Fraction(top, low)
	if whole == "0" || part == "" {
		return part
	}
	half := top == "1" && low == "2"
	if half {
		if say := g.andHalf(whole, form); say != "" {
			return say
		}
	}
	joined := g.Word("and")
	if w := g.Word("mixed"); w != "" {
		joined = strings.TrimPrefix(w, "-")
	}
	return strings.Join(strings.Fields(g.Cardinal(whole, "")+" "+joined+" "+part), " ")
}

// andHalf returns the words for a whole number and a half, or "" if the language has no short form.
func (g *Grammar) andHalf(whole, form string) string {
	if whole == "1" {
		for _, key := range []string{"one and a half " + form, "one and a half"} {
			if w := g.Word(key); w != "" {
				return w
			}
		}
	}
	half := g.Word("and a half " + form)
	if half == "" || g.Base != "sv" {
		half = g.Word("and a half")
	}
	glued, ok := strings.CutPrefix(half, "-")
	switch {
	case half == "":
		return ""
	case !ok:
		return g.Cardinal(whole, form) + " " + half
	}
	number := g.Cardinal(whole, "part")
	if g.Base == "nl" && strings.HasSuffix(number, "e") {
		glued = "ë" + strings.TrimPrefix(glued, "e")
	}
	return number + glued
}

// Fraction returns the words for a fraction, or "".
func (g *Grammar) Fraction(top, low string) string {
	d, err := strconv.Atoi(low)
	n, errTop := strconv.Atoi(top)
	if err != nil || errTop != nil {
		return g.Cardinal(top, "") + " " + g.Word("over") + " " + g.Cardinal(low, "")
	}
	if w := g.Word("fraction " + top + "/" + low); w != "" {
		return w
	}
	const largest = 1000
	if d < 2 || d > largest || g.part == nil {
		return g.Cardinal(top, "") + " " + g.Word("over") + " " + g.Cardinal(low, "")
	}
	name := g.part(g, d, n)
	if name == "" {
		return g.Cardinal(top, "") + " " + g.Word("over") + " " + g.Cardinal(low, "")
	}
	if one := g.Word("one part"); n == 1 && one != "" {
		return one + " " + name
	}
	return g.Cardinal(top, "part") + " " + name
}
