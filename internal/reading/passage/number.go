package passage

import (
	"strings"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/token"
)

// ParseNumber parses a number without a sign at token i. It returns the index after it, or i.
func (p *Passage) ParseNumber(i int) (number grammar.Num, nextIndex int) {
	t := p.TokenAt(i)
	if t.Kind != token.Digits {
		if top, low, ok := token.ParseVulgarFraction(t.Text); ok {
			return grammar.Num{Whole: "0", Top: top, Low: low}, i + 1
		}
		return grammar.Num{}, i
	}
	n := grammar.Num{Whole: t.Text}
	end := i + 1
	if len(t.Text) <= 3 && t.Text[0] != '0' {
		if e, whole := p.parseGroupedDigits(i); e > end {
			n.Whole, n.Grouped, end = whole, true, e
		}
	}
	if top, low, ok := token.ParseVulgarFraction(p.TokenAt(end).Text); ok {
		n.Top, n.Low = top, low
		return n, end + 1
	}
	if f := p.TokenAt(end + 1); p.TokenAt(end).Kind == token.Sign && f.Kind == token.Digits &&
		!isTooLong(n.Whole, f.Text) {
		mark := p.TokenAt(end).Text
		decimal := mark == p.Point || mark == "." && (len(f.Text) != 3 || n.Whole == "0") && !n.Grouped || mark == "·"
		more := p.TokenAt(end+2).Text == mark && p.TokenAt(end+3).Kind == token.Digits
		if decimal && !more {
			n.Fraction, n.Mark = f.Text, mark
			end += 2
		}
	}
	return n, end
}

func isTooLong(whole, fraction string) bool { return len(whole) > 40 && len(fraction) > 40 }

// parseGroupedDigits parses a number with separators between groups of three digits. It returns the index after
// it, and its digits.
func (p *Passage) parseGroupedDigits(i int) (end int, whole string) {
	marks := p.Group + "'’\u02d9"
	end, whole = i+1, p.TokenAt(i).Text
	mark := ""
	for {
		m, d := p.TokenAt(end), p.TokenAt(end+1)
		blank := m.Kind == token.Gap && (strings.Trim(m.Text, "\u00a0\u202f\u2009\u2007") == "" || p.Spaced &&
			m.Text == " ")
		if ((m.Kind != token.Sign || !strings.Contains(marks, m.Text)) && !blank) || mark != "" && m.Text != mark ||
			d.Kind != token.Digits || len(d.Text) != 3 {
			break
		}
		mark = m.Text
		whole += d.Text
		end += 2
	}
	if mark == "" && p.Base == "en" { // Indian grouping: 1,00,000
		var groups strings.Builder
		at := i + 1
		for p.TokenAt(at).Text == "," && p.TokenAt(at+1).Kind == token.Digits && len(p.TokenAt(at+1).Text) == 2 {
			groups.WriteString(p.TokenAt(at + 1).Text)
			at += 2
		}
		if groups.String() != "" && p.TokenAt(at).Text == "," && p.TokenAt(at+1).Kind == token.Digits &&
			len(p.TokenAt(at+1).Text) == 3 {
			return at + 2, p.TokenAt(i).Text + groups.String() + p.TokenAt(at+1).Text
		}
	}
	return end, whole
}

// ParseSuperscript parses superscript digits. It returns them as plain digits, and the index after them.
func (p *Passage) ParseSuperscript(i int) (digits string, nextIndex int) {
	var b strings.Builder
	for ; p.TokenAt(i).Kind == token.Sign; i++ {
		k := strings.Index(token.Raised, p.TokenAt(i).Text)
		if k < 0 {
			break
		}
		b.WriteByte("-0123456789"[len([]rune(token.Raised[:k]))])
	}
	s := b.String()
	if s == "-" {
		return "", 0
	}
	return s, i
}

// SayLettersAndDigits returns the spoken form of the letters and digits at the tokens from..to: H2O, MP3, a1b2.
func (p *Passage) SayLettersAndDigits(from, to int) string {
	var out []string
	long := to-from > 4
	for ; from < to; from++ {
		t := p.TokenAt(from)
		switch {
		case t.Kind == token.Digits && long:
			out = append(out, p.SpellDigits(t.Text))
		case t.Kind == token.Digits:
			out = append(out, p.SayModelNumber(t.Text))
		case t.Text == "s" && from == to-1 && len(out) > 0:
			out[len(out)-1] += "s" // MP3s
		case long:
			out = append(out, token.SpellLetters(t.Text))
		default:
			out = append(out, p.SayGluedLetters(t.Text))
		}
	}
	return strings.Join(out, " ")
}

// SayModelNumber returns the spoken form of the number of a model or standard.
func (p *Passage) SayModelNumber(number string) string {
	const most = 5
	if len(number) > most {
		return p.SpellDigits(number)
	}
	if p.Base == "en" && len(number) == 4 && number[2:] != "00" && number[0] != '0' && number[2] != '0' {
		return p.SpellCardinal(number[:2], "") + " " + p.SpellCardinal(number[2:], "")
	}
	return p.SpellCardinal(number, "")
}

// SayGluedLetters returns the spoken form of letters next to a number. Short groups are spelled letter by letter.
func (p *Passage) SayGluedLetters(s string) string {
	if len([]rune(s)) <= 3 && (s == strings.ToUpper(s) ||
		!strings.ContainsAny(strings.ToLower(s), "aeiouyäöüáéíóúàèåøæ")) {
		return token.SpellLetters(s)
	}
	if len([]rune(s)) == 1 {
		return strings.ToUpper(s)
	}
	return s
}

// ParseSubscript parses subscript digits, as in CO₂. It returns them as plain digits, and the index after
// them.
func (p *Passage) ParseSubscript(i int) (digits string, nextIndex int) {
	var b strings.Builder
	for ; p.TokenAt(i).Kind == token.Sign; i++ {
		k := strings.Index("₀₁₂₃₄₅₆₇₈₉", p.TokenAt(i).Text)
		if k < 0 {
			break
		}
		b.WriteByte("0123456789"[k/len("₀")])
	}
	return b.String(), i
}

// IsDashBetweenMeasures reports whether token i is a dash between two numbers with the same unit, as in 30
// %–40 % and 20 °C – 25 °C.
func (p *Passage) IsDashBetweenMeasures(i int) bool {
	if mark := p.TokenAt(i).Text; !token.IsDash(mark) || mark == "−" {
		return false
	}
	unit, start := p.FindIndexBefore(i), p.SkipGap(i+1)
	_, end := p.ParseNumber(start)
	if end == start || p.TokenAt(unit).Kind == token.Digits {
		return false
	}
	behind := p.SkipGap(end)
	if degrees := p.TokenAt(behind).Text == "°" && p.TokenAt(unit).Text != "°"; degrees {
		behind = p.SkipGap(behind + 1)
	}
	before := p.TokenAt(p.FindIndexBefore(unit))
	return p.TokenAt(unit).Text == p.TokenAt(behind).Text && (before.Kind == token.Digits || before.Text == "°")
}

// IsInFormula reports whether there is a sign such as = or < near token i, so that dashes mean minus.
func (p *Passage) IsInFormula(i int) bool {
	const near = 24
	for j := max(0, i-near); j < min(len(p.Tokens), i+near); j++ {
		if strings.Contains("=≠<>≤≥≈+", p.TokenAt(j).Text) && p.TokenAt(j).Kind == token.Sign {
			return true
		}
	}
	return p.TokenAt(p.FindIndexBefore(i)).Kind == token.Digits && p.TokenAt(p.SkipGap(i+1)).Kind == token.Digits &&
		p.TokenAt(i).Text == "−"
}
