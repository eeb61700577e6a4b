package address

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadPhoneNumber reads telephone numbers in groups of digits, with a short pause between groups.
func ReadPhoneNumber(p *passage.Passage, i int) (nextIndex int, spoken string) {
	plus := p.TokenAt(i).Text == "+"
	j := i
	if plus {
		j++
	}
	var parts []string
	var marks strings.Builder
	open := false
	const mostGroups = 9
	for {
		if len(parts) > mostGroups {
			return i, ""
		}
		t := p.TokenAt(j)
		if t.Text == "(" && !open && p.TokenAt(j+1).Kind == token.Digits && p.TokenAt(j+2).Text == ")" {
			parts = append(parts, p.TokenAt(j+1).Text)
			marks.WriteString("(")
			j += 3
			open = true
		} else if t.Kind == token.Digits {
			parts = append(parts, t.Text)
			j++
		} else {
			break
		}
		end := j
		if next := skipPhoneSeparator(p, j); next > j &&
			(p.TokenAt(next).Kind == token.Digits || p.TokenAt(next).Text == "(" &&
				p.TokenAt(next+1).Kind == token.Digits) {
			marks.WriteString(strings.TrimSpace(p.TokenAt(j).Text) + "_")
			j = next
			continue
		} else if open && p.TokenAt(j).Kind == token.Digits && p.TokenAt(j-1).Text == ")" {
			continue
		}
		j = end
		break
	}
	if p.IsWordOrDigits(j) || !isPhoneNumber(p, i, plus, parts, marks.String()) {
		return i, ""
	}
	// After or before such a sign the digits are part of a date, a calculation or an equation.
	if token.IsDash(p.TokenAt(i-1).Text) && p.IsWordOrDigits(i-2) || p.TokenAt(i-1).Text == "/" && p.IsWordOrDigits(i-2) {
		return i, ""
	}
	return j, sayPhoneNumber(p, plus, parts)
}

// skipPhoneSeparator returns the index after the characters that can separate groups of a telephone number.
func skipPhoneSeparator(p *passage.Passage, i int) (nextIndex int) {
	t := p.TokenAt(i)
	switch {
	case t.Kind == token.Gap && (t.Text == " " || t.Text == "\u00a0" || t.Text == "\u202f"):
		if token.IsDash(p.TokenAt(i+1).Text) && p.TokenAt(i+2).Kind == token.Gap || p.TokenAt(i+1).Text == "/" &&
			p.TokenAt(i+2).Kind == token.Gap {
			return i + 3
		}
		return i + 1
	case t.Text == "-" || t.Text == "‑" || t.Text == "." || t.Text == "/" || t.Text == "–":
		return i + 1
	}
	return i
}

// isPhoneNumber reports whether groups of digits are a telephone number. marks are the characters between
// the groups.
func isPhoneNumber(p *passage.Passage, i int, plus bool, parts []string, marks string) bool {
	total, lengths := 0, make([]string, len(parts))
	for k, part := range parts {
		total += len(part)
		lengths[k] = string(rune('0' + min(len(part), 9)))
	}
	shape := strings.Join(lengths, "")
	const shortest, longest = 6, 16
	called := followsTelephoneWord(p, i)
	switch {
	case total > longest || len(parts) == 0:
		return false
	case plus:
		return total >= 7 && (len(parts) > 1 || total >= 9)
	case called && total >= 5 && (len(parts) > 1 || total >= 7 || parts[0][0] == '0') && !strings.Contains(marks, "."):
		return true
	case shape == "4444" || shape == "324" && p.Base == "en" && strings.Trim(marks, "-_") == "":
		return true
	case called && total == 3 && len(parts) == 1 &&
		p.Contains("before emergencies", p.TokenAt(p.FindIndexBefore(i)).Lower):
		return true
	case strings.HasPrefix(marks, "("):
		return total >= shortest+1 && len(parts) > 1
	case len(parts) < 2 || total < shortest+1:
		return len(parts) == 1 && parts[0][0] == '0' && len(parts[0]) >= 9
	case strings.Contains(marks, "-") && strings.Trim(marks, "-_") == "" || strings.Trim(marks, "._") == "" &&
		strings.Contains(marks, ".") && shape == "334":
		switch shape {
		case "34", "334", "1334", "3333", "3322", "32222", "3222", "2322":
			return p.Base == "en" || len(parts) > 2
		}
		return parts[0][0] == '0' && len(parts[0]) > 1 && total >= 8
	case parts[0][0] == '0' && len(parts[0]) >= 2 && !strings.Contains(marks, "."):
		return total >= 8
	case strings.Trim(marks, "._") == "" && parts[0][0] == '0' && shape == "22222":
		return true
	case strings.Trim(marks, "_") == "" && (shape == "2222" && (p.Base == "da" || p.Base == "nb") || shape == "322" &&
		p.Base == "nb"):
		return true
	case strings.Trim(marks, "_") == "" && p.Base != "en" && (shape == "3222" && p.Base == "es" || shape == "2322"):
		return true
	}
	return false
}

// followsTelephoneWord reports whether one of the words before token i means telephone.
func followsTelephoneWord(p *passage.Passage, i int) bool {
	for range 3 {
		i = p.FindIndexBefore(i)
		for i >= 0 && p.TokenAt(i).Kind == token.Sign {
			i = p.FindIndexBefore(i)
		}
		if i < 0 {
			return false
		}
		if p.Contains("before phones", p.TokenAt(i).Lower) {
			return true
		}
		if p.TokenAt(i).Kind == token.Digits {
			return false
		}
	}
	return false
}

func sayPhoneNumber(p *passage.Passage, plus bool, parts []string) string {
	pairs := (p.Base == "fr" || p.Base == "da" || p.Base == "nb") && len(parts) > 2
	var out []string
	for k, part := range parts {
		var say string
		switch {
		case pairs && len(part) <= 2, plus && k == 0 && p.FindWord("country codes") != "":
			say = p.SpellCardinal(part, "")
		case len(part) > 4 && k > 0 && len(part)%2 == 0 && len(part) <= 8:
			say = sayDigitGroups(p, part, 2)
		case len(part) > 4:
			say = p.SpellDigitGroups(part)
		default:
			say = p.SpellDigits(part)
		}
		out = append(out, say)
	}
	if plus && len(parts) > 2 && parts[1] == "0" { // +44 (0)20: the zero is dialled only inside the country
		out = append(out[:1], out[2:]...)
	}
	say := strings.Join(out, ", ")
	if plus {
		return p.FindWord("plus") + " " + say
	}
	return say
}

// sayDigitGroups returns the digits of a number one by one, with a pause after each group of size digits.
func sayDigitGroups(p *passage.Passage, number string, size int) string {
	var out []string
	for at := 0; at < len(number); at += size {
		out = append(out, p.SpellDigits(number[at:min(at+size, len(number))]))
	}
	return strings.Join(out, ", ")
}

// ReadPhoneNumberAtSign reads telephone numbers that begin with a plus or a bracket.
func ReadPhoneNumberAtSign(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if t := p.TokenAt(i).Text; t != "+" && t != "(" {
		return i, ""
	}
	return ReadPhoneNumber(p, i)
}
