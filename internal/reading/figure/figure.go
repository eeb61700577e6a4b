// Package figure contains the rules for numbers and amounts: units, money, large numbers, ranges,
// ordinal and Roman numerals, fractions, powers, ratios, sizes, and digits among letters. It decides
// what a number means; packages grammar and idiom decide how a language says it.
package figure

import (
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadPower reads powers such as 10², 10^6 and 2^n.
func ReadPower(p *passage.Passage, i int) (int, string) {
	n, end := p.Number(i)
	if end == i || n.Low > 0 {
		return i, ""
	}
	if exponent, e := p.Superscript(end); e > end {
		return e, p.Spell(n, "") + " " + p.ToThePower(exponent)
	}
	if p.At(end).Text == "^" {
		return readExponent(p, end, p.Spell(n, ""))
	}
	if e := p.At(end); e.Lower == "e" && n.Fraction+n.Whole != "" && p.Word("times") != "" {
		exponent, j := "", end+1
		if token.IsMinus(p.At(j).Text) {
			exponent, j = "-", j+1
		} else if p.At(j).Text == "+" {
			j++
		}
		if t := p.At(j); t.Kind == token.Digits && len(t.Text) <= 3 && !p.Glued(j+1) {
			return j + 1, p.Spell(n, "") + " " + p.Word("times") + " " + p.Count(10, "") + " " + p.ToThePower(exponent+t.Text)
		}
	}
	return i, ""
}

// readExponent reads an exponent such as "^6". base is the spoken form of the base.
func readExponent(p *passage.Passage, i int, base string) (int, string) {
	j := i + 1
	minus := ""
	if token.IsMinus(p.At(j).Text) {
		minus = "-"
		j++
	}
	switch t := p.At(j); t.Kind {
	case token.Digits:
		return j + 1, base + " " + p.ToThePower(minus+t.Text)
	case token.Word:
		return j + 1, base + " " + p.Word("to the") + " " + t.Text
	default:
		return i, ""
	}
}

// ReadRatio reads ratios and scores: 16:9 and 3:1.
func ReadRatio(p *passage.Passage, i int) (int, string) {
	parts := []string{p.At(i).Text}
	j := i + 1
	for p.At(j).Text == ":" && p.At(j+1).Kind == token.Digits {
		n, end := p.Number(j + 1)
		if n.Fraction != "" || n.Low > 0 {
			n.Whole, end = p.At(j+1).Text, j+2
		}
		parts = append(parts, n.Whole)
		j = end
	}
	if len(parts) == 1 && p.At(j).Kind == token.Gap && p.At(j+1).Text == ":" && p.At(j+2).Kind == token.Gap &&
		p.At(j+3).Kind == token.Digits {
		parts = append(parts, p.At(j+3).Text)
		j += 4
	}
	if len(parts) > 1 {
		for k := range parts {
			form := ""
			if k > 0 {
				form = p.Word("form behind to")
			}
			parts[k] = p.Cardinal(parts[k], form)
		}
		return j, strings.Join(parts, " "+p.Word("ratio")+" ")
	}
	// 3-1 is a score if the second number is lower, or a word before it indicates a score.
	a, ok := p.Small(i, 3)
	b, ok2 := p.Small(i+2, 3)
	if !ok || !ok2 || !token.IsDash(p.At(i+1).Text) || p.Glued(i+3) || token.IsDash(p.At(i+3).Text) || p.Glued(i-1) {
		return i, ""
	}
	if mark := p.At(i + 3).Text; (mark == "." || mark == "," || mark == "/" || mark == ":") &&
		p.At(i+4).Kind == token.Digits || token.IsDash(p.At(i-1).Text) {
		return i, ""
	}
	if p.In("before scores", p.At(p.Before(i)).Lower) || a >= b && a < 20 && len(p.At(i+2).Text) < 3 {
		return i + 3, p.Cardinal(p.At(i).Text, "") + " " + p.Word("score") + " " + p.Cardinal(p.At(i+2).Text,
			p.Word("form in scores"))
	}
	return i, ""
}

// ReadFraction reads 3/4, and fixed expressions such as 24/7.
func ReadFraction(p *passage.Passage, i int) (int, string) {
	mark := p.At(i + 1).Text
	low := p.At(i + 2)
	if mark != "/" && mark != "⁄" || low.Kind != token.Digits || p.At(i).Kind != token.Digits || p.At(i+3).Text == "/" {
		return i, ""
	}
	top := p.At(i).Text
	if top == "1" && low.Text == "2" {
		if end, say := readHalf(p, i+3); say != "" {
			return end, say
		}
	}
	if w := p.Word("fraction " + top + "/" + low.Text); w != "" && (p.Word("of a") == "" || !hasUnit(p, i+3)) {
		return i + 3, w
	}
	before := p.At(p.Before(i)).Lower
	switch {
	case len(top) == 4 && (grammar.Num{Whole: top}).LikeYear() && len(low.Text) <= 4:
		x := token.Value(top)
		if len(low.Text) == 4 {
			return i + 3, p.YearWords(i, x) + " " + p.YearWords(i+2, token.Value(low.Text))
		}
		return i + 3, p.YearWords(i, x) + " " + p.Cardinal(low.Text, "")
	case p.In("before parts", before):
		return i + 3, p.Cardinal(top, "") + " " + p.Word("out of") + " " + p.Cardinal(low.Text, p.Word("form out of"))
	case p.Glued(i + 3):
		return i, ""
	}
	say := p.Fraction(top, low.Text)
	if u, end := p.UnitAt(p.Skip(i + 3)); end > p.Skip(i+3) && p.TakesUnit(i+3, p.Skip(i+3), end) {
		if p.Word("of a") != "" {
			return end, say + " " + p.OfA(u.One)
		}
		return end, say + " " + u.One
	}
	return i + 3, say
}

// hasUnit reports whether a unit begins at token i or after a space.
func hasUnit(p *passage.Passage, i int) bool {
	j := p.Skip(i)
	_, end := p.UnitAt(j)
	return end > j && p.TakesUnit(i, j, end)
}

// readHalf reads "1/2 l" and "1/2 Liter", according to the gender of the noun.
func readHalf(p *passage.Passage, i int) (int, string) {
	n := grammar.Num{Whole: "0", Top: 1, Low: 2}
	if j := p.Skip(i); hasUnit(p, i) {
		u, end := p.UnitAt(j)
		if w := p.Half(n, u.Gender); w != "" {
			one := u.One
			if p.Base == "pl" {
				one = u.Genitive
			}
			return end, w + " " + one
		}
		return i, ""
	}
	if g := p.GenderBehind(i); g != "" {
		return i, p.Half(n, g)
	}
	return i, ""
}

// ReadSize reads 4x4, 1920×1080 and 3 x 4.
func ReadSize(p *passage.Passage, i int) (int, string) {
	say, j := "", i
	for {
		n, end := p.Number(j)
		if _, e := p.Superscript(end); end == j || e > end {
			return i, ""
		}
		part := p.Spell(n, "")
		if n.Fraction == "" && !n.Grouped && n.Low == 0 {
			part = p.Model(n.Whole)
		}
		say += part
		x := p.Skip(end)
		if mark := p.At(x).Text; mark != "x" && mark != "×" && mark != "X" || p.At(p.Skip(x+1)).Kind != token.Digits ||
			(x > end) != (p.Skip(x+1) > x+1) {
			if j == i {
				return i, ""
			}
			if u, last := p.UnitAt(p.Skip(end)); last > p.Skip(end) && p.TakesUnit(end, p.Skip(end), last) {
				return last, say + " " + u.Other
			}
			return end, say
		}
		by := "by"
		if x > end {
			by = "times"
		}
		say += " " + p.Word(by) + " "
		j = p.Skip(x + 1)
	}
}

// ReadFeet reads 6'2" as "six foot two".
func ReadFeet(p *passage.Passage, i int) (int, string) {
	mark := p.At(i + 1).Text
	end := p.At(i + 3).Text
	if p.Base != "en" || mark != "'" && mark != "’" && mark != "′" || p.At(i+2).Kind != token.Digits || end != "\"" &&
		end != "”" && end != "″" {
		return i, ""
	}
	return i + 4, p.Cardinal(p.At(i).Text, "") + " foot " + p.Cardinal(p.At(i+2).Text, "")
}

// ReadNumbered reads abbreviations before a number: v2.1, No. 5.
func ReadNumbered(p *passage.Passage, i int) (int, string) {
	t := p.At(i)
	if mark := p.At(i + 1).Text; (t.Lower == "n" || t.Lower == "no") && (mark == "°" || mark == "º") &&
		p.At(p.Skip(i+2)).Kind == token.Digits {
		return i + 2, p.Word("number")
	}
	if mark := p.At(i + 2).Text; t.Lower == "n" && p.At(i+1).Text == "." && (mark == "°" || mark == "º") &&
		p.At(p.Skip(i+3)).Kind == token.Digits {
		return i + 3, p.Word("number")
	}
	if (t.Text == "v" || t.Text == "V") && p.At(i+1).Kind == token.Digits {
		j, say := ReadVersion(p, i+1)
		if j == i+1 {
			n, end := p.Number(i + 1)
			if t.Text == "V" && n.Fraction == "" {
				return i, ""
			}
			j, say = end, p.Spell(n, "")
		}
		return j, p.Word("version") + " " + say
	}
	return i, ""
}

// ReadHash reads #5 and #topic.
func ReadHash(p *passage.Passage, i int) (int, string) {
	if p.At(i).Text != "#" {
		return i, ""
	}
	switch next := p.At(i + 1); next.Kind {
	case token.Digits:
		n, end := p.Number(i + 1)
		if n.Fraction != "" || p.Glued(end) {
			return i + 1, p.Word("hash")
		}
		return end, p.Word("number") + " " + p.Spell(n, "")
	case token.Word:
		if p.Opens(i) {
			return i + 1, p.Word("hashtag")
		}
	}
	return i, ""
}
