package reading

import "strings"

// phones reads numbers of telephones in groups, with a short pause between them.
func (p *passage) phones(i int) (int, string) {
	plus := p.at(i).text == "+"
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
		t := p.at(j)
		if t.text == "(" && !open && p.at(j+1).kind == digits && p.at(j+2).text == ")" {
			parts = append(parts, p.at(j+1).text)
			marks.WriteString("(")
			j += 3
			open = true
		} else if t.kind == digits {
			parts = append(parts, t.text)
			j++
		} else {
			break
		}
		end := j
		if next := p.phoneMark(j); next > j && (p.at(next).kind == digits || p.at(next).text == "(" &&
			p.at(next+1).kind == digits) {
			marks.WriteString(strings.TrimSpace(p.at(j).text) + "_")
			j = next
			continue
		} else if open && p.at(j).kind == digits && p.at(j-1).text == ")" {
			continue
		}
		j = end
		break
	}
	if p.glued(j) || !p.isPhone(i, plus, parts, marks.String()) {
		return i, ""
	}
	// A sign of something longer in front or behind: a date, a sum, an equation.
	if isDash(p.at(i-1).text) && p.glued(i-2) || p.at(i-1).text == "/" && p.glued(i-2) {
		return i, ""
	}
	return j, p.phoneWords(plus, parts)
}

// phoneMark passes over what may part the groups of a phone number.
func (p *passage) phoneMark(i int) int {
	t := p.at(i)
	switch {
	case t.kind == gap && (t.text == " " || t.text == "\u00a0" || t.text == "\u202f"):
		if isDash(p.at(i+1).text) && p.at(i+2).kind == gap || p.at(i+1).text == "/" && p.at(i+2).kind == gap {
			return i + 3
		}
		return i + 1
	case t.text == "-" || t.text == "‑" || t.text == "." || t.text == "/" || t.text == "–":
		return i + 1
	}
	return i
}

// isPhone tells whether groups of digits are the number of a telephone.
func (p *passage) isPhone(i int, plus bool, parts []string, marks string) bool {
	total, lengths := 0, make([]string, len(parts))
	for k, part := range parts {
		total += len(part)
		lengths[k] = string(rune('0' + min(len(part), 9)))
	}
	shape := strings.Join(lengths, "")
	const shortest, longest = 6, 16
	called := p.called(i)
	switch {
	case total > longest || len(parts) == 0:
		return false
	case plus:
		return total >= 7 && (len(parts) > 1 || total >= 9)
	case called && total >= 5 && (len(parts) > 1 || total >= 7 || parts[0][0] == '0') && !strings.Contains(marks, "."):
		return true
	case shape == "4444" || shape == "324" && p.base == "en" && strings.Trim(marks, "-_") == "":
		return true
	case called && total == 3 && len(parts) == 1 && p.in("before emergencies", p.at(p.before(i)).lower):
		return true
	case strings.HasPrefix(marks, "("):
		return total >= shortest+1 && len(parts) > 1
	case len(parts) < 2 || total < shortest+1:
		return len(parts) == 1 && parts[0][0] == '0' && len(parts[0]) >= 9
	case strings.Contains(marks, "-") && strings.Trim(marks, "-_") == "" || strings.Trim(marks, "._") == "" &&
		strings.Contains(marks, ".") && shape == "334":
		switch shape {
		case "34", "334", "1334", "3333", "3322", "32222", "3222", "2322":
			return p.base == "en" || len(parts) > 2
		}
		return parts[0][0] == '0' && len(parts[0]) > 1 && total >= 8
	case parts[0][0] == '0' && len(parts[0]) >= 2 && !strings.Contains(marks, "."):
		return total >= 8
	case strings.Trim(marks, "._") == "" && parts[0][0] == '0' && shape == "22222":
		return true
	case strings.Trim(marks, "_") == "" && (shape == "2222" && (p.base == "da" || p.base == "nb") || shape == "322" &&
		p.base == "nb"):
		return true
	case strings.Trim(marks, "_") == "" && p.base != "en" && (shape == "3222" && p.base == "es" || shape == "2322"):
		return true
	}
	return false
}

// called tells whether a word in front speaks of a telephone.
func (p *passage) called(i int) bool {
	for range 3 {
		i = p.before(i)
		for i >= 0 && p.at(i).kind == sign {
			i = p.before(i)
		}
		if i < 0 {
			return false
		}
		if p.in("before phones", p.at(i).lower) {
			return true
		}
		if p.at(i).kind == digits {
			return false
		}
	}
	return false
}

func (p *passage) phoneWords(plus bool, parts []string) string {
	pairs := (p.base == "fr" || p.base == "da" || p.base == "nb") && len(parts) > 2
	var out []string
	for k, part := range parts {
		var say string
		switch {
		case pairs && len(part) <= 2, plus && k == 0 && p.word("country codes") != "":
			say = p.cardinal(part, "")
		case len(part) > 4 && k > 0 && len(part)%2 == 0 && len(part) <= 8:
			say = p.groupsOf(part, 2)
		case len(part) > 4:
			say = p.groups(part)
		default:
			say = p.apart(part)
		}
		out = append(out, say)
	}
	if plus && len(parts) > 2 && parts[1] == "0" { // +44 (0)20: the zero is dialled at home
		out = append(out[:1], out[2:]...)
	}
	say := strings.Join(out, ", ")
	if plus {
		return p.word("plus") + " " + say
	}
	return say
}

// groupsOf reads digits one by one, with a pause behind each group of a size.
func (p *passage) groupsOf(number string, size int) string {
	var out []string
	for at := 0; at < len(number); at += size {
		out = append(out, p.apart(number[at:min(at+size, len(number))]))
	}
	return strings.Join(out, ", ")
}
