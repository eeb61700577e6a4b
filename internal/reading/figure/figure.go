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
func ReadPower(p *passage.Passage, i int) (nextIndex int, spoken string) {
	n, end := p.ParseNumber(i)
	if end == i || n.Low > 0 {
		return i, ""
	}
	if exponent, e := p.ParseSuperscript(end); e > end {
		return e, p.SpellNumber(n, "") + " " + p.SpellExponent(exponent)
	}
	if p.TokenAt(end).Text == "^" {
		return readExponent(p, end, p.SpellNumber(n, ""))
	}
	if e := p.TokenAt(end); e.Lower == "e" && n.Fraction+n.Whole != "" && p.FindWord("times") != "" {
		exponent, j := "", end+1
		if token.CanBeMinus(p.TokenAt(j).Text) {
			exponent, j = "-", j+1
		} else if p.TokenAt(j).Text == "+" {
			j++
		}
		if t := p.TokenAt(j); t.Kind == token.Digits && len(t.Text) <= 3 && !p.IsWordOrDigits(j+1) {
			return j + 1, p.SpellNumber(n, "") + " " + p.FindWord("times") + " " + p.SpellCount(10, "") + " " +
				p.SpellExponent(exponent+t.Text)
		}
	}
	return i, ""
}

// readExponent reads an exponent such as "^6". base is the spoken form of the base.
func readExponent(p *passage.Passage, i int, base string) (nextIndex int, spoken string) {
	j := i + 1
	minus := ""
	if token.CanBeMinus(p.TokenAt(j).Text) {
		minus = "-"
		j++
	}
	switch t := p.TokenAt(j); t.Kind {
	case token.Digits:
		return j + 1, base + " " + p.SpellExponent(minus+t.Text)
	case token.Word:
		return j + 1, base + " " + p.FindWord("to the") + " " + t.Text
	default:
		return i, ""
	}
}

// ReadRatio reads ratios and scores: 16:9 and 3:1.
func ReadRatio(p *passage.Passage, i int) (nextIndex int, spoken string) {
	parts := []string{p.TokenAt(i).Text}
	j := i + 1
	for p.TokenAt(j).Text == ":" && p.TokenAt(j+1).Kind == token.Digits {
		n, end := p.ParseNumber(j + 1)
		if n.Fraction != "" || n.Low > 0 {
			n.Whole, end = p.TokenAt(j+1).Text, j+2
		}
		parts = append(parts, n.Whole)
		j = end
	}
	if len(parts) == 1 && p.TokenAt(j).Kind == token.Gap && p.TokenAt(j+1).Text == ":" &&
		p.TokenAt(j+2).Kind == token.Gap &&
		p.TokenAt(j+3).Kind == token.Digits {
		parts = append(parts, p.TokenAt(j+3).Text)
		j += 4
	}
	if len(parts) > 1 {
		for k := range parts {
			form := ""
			if k > 0 {
				form = p.FindWord("form behind to")
			}
			parts[k] = p.SpellCardinal(parts[k], form)
		}
		return j, strings.Join(parts, " "+p.FindWord("ratio")+" ")
	}
	// 3-1 is a score if the second number is lower, or a word before it indicates a score.
	a, ok := p.ParseSmallNumber(i, 3)
	b, ok2 := p.ParseSmallNumber(i+2, 3)
	if !ok || !ok2 || !token.IsDash(p.TokenAt(i+1).Text) || p.IsWordOrDigits(i+3) || token.IsDash(p.TokenAt(i+3).Text) ||
		p.IsWordOrDigits(i-1) {
		return i, ""
	}
	if mark := p.TokenAt(i + 3).Text; (mark == "." || mark == "," || mark == "/" || mark == ":") &&
		p.TokenAt(i+4).Kind == token.Digits || token.IsDash(p.TokenAt(i-1).Text) {
		return i, ""
	}
	if p.Contains("before scores", p.TokenAt(p.FindIndexBefore(i)).Lower) || a >= b && a < 20 &&
		len(p.TokenAt(i+2).Text) < 3 {
		return i + 3, p.SpellCardinal(p.TokenAt(i).Text, "") + " " + p.FindWord("score") + " " +
			p.SpellCardinal(p.TokenAt(i+2).Text,
				p.FindWord("form in scores"))
	}
	return i, ""
}

// ReadFraction reads 3/4, and fixed expressions such as 24/7.
func ReadFraction(p *passage.Passage, i int) (nextIndex int, spoken string) {
	mark := p.TokenAt(i + 1).Text
	low := p.TokenAt(i + 2)
	if mark != "/" && mark != "⁄" || low.Kind != token.Digits || p.TokenAt(i).Kind != token.Digits ||
		p.TokenAt(i+3).Text == "/" {
		return i, ""
	}
	top := p.TokenAt(i).Text
	if top == "1" && low.Text == "2" {
		if end, say := spellHalfBefore(p, i+3); say != "" {
			return end, say
		}
	}
	if w := p.FindWord("fraction " + top + "/" + low.Text); w != "" && (p.FindWord("of a") == "" || !isUnitAt(p, i+3)) {
		return i + 3, w
	}
	before := p.TokenAt(p.FindIndexBefore(i)).Lower
	switch {
	case len(top) == 4 && (grammar.Num{Whole: top}).CanBeYear() && len(low.Text) <= 4:
		x := token.ParseIntOrMinusOne(top)
		if len(low.Text) == 4 {
			return i + 3, p.SayYear(i, x) + " " + p.SayYear(i+2, token.ParseIntOrMinusOne(low.Text))
		}
		return i + 3, p.SayYear(i, x) + " " + p.SpellCardinal(low.Text, "")
	case p.Contains("before parts", before):
		return i + 3, p.SpellCardinal(top, "") + " " + p.FindWord("out of") + " " +
			p.SpellCardinal(low.Text, p.FindWord("form out of"))
	case p.IsWordOrDigits(i + 3):
		return i, ""
	}
	say := p.SpellFraction(top, low.Text)
	if u, end := p.ParseUnit(p.SkipGap(i + 3)); end > p.SkipGap(i+3) && p.IsUnitOfNumber(i+3, p.SkipGap(i+3), end) {
		if p.FindWord("of a") != "" {
			return end, say + " " + p.PrependOfA(u.One)
		}
		return end, say + " " + u.One
	}
	return i + 3, say
}

// isUnitAt reports whether a unit begins at token i or after a space.
func isUnitAt(p *passage.Passage, i int) bool {
	j := p.SkipGap(i)
	_, end := p.ParseUnit(j)
	return end > j && p.IsUnitOfNumber(i, j, end)
}

// spellHalfBefore returns the spoken form of 1/2 before the unit or noun at token i, in the gender of that word,
// with the unit. It returns "" if there is no such word or the language has no such form.
func spellHalfBefore(p *passage.Passage, i int) (nextIndex int, spoken string) {
	n := grammar.Num{Whole: "0", Top: 1, Low: 2}
	if j := p.SkipGap(i); isUnitAt(p, i) {
		u, end := p.ParseUnit(j)
		if w := p.SpellHalf(n, u.Gender); w != "" {
			one := u.One
			if p.Base == "pl" {
				one = u.Genitive
			}
			return end, w + " " + one
		}
		return i, ""
	}
	if g := p.FindNounGenderAfter(i); g != "" {
		return i, p.SpellHalf(n, g)
	}
	return i, ""
}

// ReadSize reads 4x4, 1920×1080 and 3 x 4.
func ReadSize(p *passage.Passage, i int) (nextIndex int, spoken string) {
	say, j := "", i
	for {
		n, end := p.ParseNumber(j)
		if _, e := p.ParseSuperscript(end); end == j || e > end {
			return i, ""
		}
		part := p.SpellNumber(n, "")
		if n.Fraction == "" && !n.Grouped && n.Low == 0 {
			part = p.SayModelNumber(n.Whole)
		}
		say += part
		x := p.SkipGap(end)
		if mark := p.TokenAt(x).Text; mark != "x" && mark != "×" && mark != "X" ||
			p.TokenAt(p.SkipGap(x+1)).Kind != token.Digits ||
			(x > end) != (p.SkipGap(x+1) > x+1) {
			if j == i {
				return i, ""
			}
			if u, last := p.ParseUnit(p.SkipGap(end)); last > p.SkipGap(end) && p.IsUnitOfNumber(end, p.SkipGap(end), last) {
				return last, say + " " + u.Other
			}
			return end, say
		}
		by := "by"
		if x > end {
			by = "times"
		}
		say += " " + p.FindWord(by) + " "
		j = p.SkipGap(x + 1)
	}
}

// ReadFeet reads 6'2" as "six foot two".
func ReadFeet(p *passage.Passage, i int) (nextIndex int, spoken string) {
	mark := p.TokenAt(i + 1).Text
	end := p.TokenAt(i + 3).Text
	if p.Base != "en" || mark != "'" && mark != "’" && mark != "′" || p.TokenAt(i+2).Kind != token.Digits || end != "\"" &&
		end != "”" && end != "″" {
		return i, ""
	}
	return i + 4, p.SpellCardinal(p.TokenAt(i).Text, "") + " foot " + p.SpellCardinal(p.TokenAt(i+2).Text, "")
}

// ReadNumberAbbreviation reads abbreviations before a number: v2.1, No. 5.
func ReadNumberAbbreviation(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if mark := p.TokenAt(i + 1).Text; (t.Lower == "n" || t.Lower == "no") && (mark == "°" || mark == "º") &&
		p.TokenAt(p.SkipGap(i+2)).Kind == token.Digits {
		return i + 2, p.FindWord("number")
	}
	if mark := p.TokenAt(i + 2).Text; t.Lower == "n" && p.TokenAt(i+1).Text == "." && (mark == "°" || mark == "º") &&
		p.TokenAt(p.SkipGap(i+3)).Kind == token.Digits {
		return i + 3, p.FindWord("number")
	}
	if (t.Text == "v" || t.Text == "V") && p.TokenAt(i+1).Kind == token.Digits {
		j, say := ReadVersion(p, i+1)
		if j == i+1 {
			n, end := p.ParseNumber(i + 1)
			if t.Text == "V" && n.Fraction == "" {
				return i, ""
			}
			j, say = end, p.SpellNumber(n, "")
		}
		return j, p.FindWord("version") + " " + say
	}
	return i, ""
}

// ReadHash reads #5 and #topic.
func ReadHash(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if p.TokenAt(i).Text != "#" {
		return i, ""
	}
	switch next := p.TokenAt(i + 1); next.Kind {
	case token.Digits:
		n, end := p.ParseNumber(i + 1)
		if n.Fraction != "" || p.IsWordOrDigits(end) {
			return i + 1, p.FindWord("hash")
		}
		return end, p.FindWord("number") + " " + p.SpellNumber(n, "")
	case token.Word:
		if p.CanStartAt(i) {
			return i + 1, p.FindWord("hashtag")
		}
	}
	return i, ""
}
