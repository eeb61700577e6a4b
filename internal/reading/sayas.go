package reading

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SayAs tells how a text is said that is to be taken as something: cardinal, ordinal,
// digits, fraction, unit, date, time, telephone, currency, address, expletive; the format of
// a date is some of the letters y, m and d, once or as often as there are digits. It is false
// where text and kind do not fit, or the kind is unknown; an empty answer says that the voice
// reads the text well by itself.
func SayAs(text, as, format, language string) (string, bool) {
	p := passageOf(newGrammar(language), strings.TrimSpace(norm.NFC.String(text)))
	number := strings.ContainsFunc(p.src, unicode.IsDigit)
	switch as {
	case "digits", "telephone":
		say := p.digitGroups()
		return say, say != ""
	case "fraction":
		if say := p.sayFraction(); say != "" {
			return say, true
		}
		return p.plain(), number
	case "cardinal", "number":
		if n, end := p.signed(0); end == len(p.tokens) && end > 0 {
			return p.spell(n, ""), true
		}
		return p.plain(), number
	case "unit", "currency", "address":
		return p.plain(), number || as == "address"
	case "ordinal":
		return p.sayOrdinal()
	case "date":
		return p.sayDate(strings.ToLower(format), number)
	case "time":
		if say := p.sayDuration(); say != "" {
			return say, true
		}
		return p.plain(), number
	case "expletive", "bleep":
		return "beep", text != ""
	}
	return "", false
}

// plain reads the whole text; empty where nothing changes.
func (p *passage) plain() string {
	changes := p.changes(nil)
	if len(changes) == 0 {
		return ""
	}
	var b strings.Builder
	at := 0
	for _, c := range changes {
		b.WriteString(p.src[at:c.start] + c.say)
		at = c.end
	}
	return strings.TrimSpace(b.String() + p.src[at:])
}

// signed parses a number that may have a sign.
func (p *passage) signed(i int) (num, int) {
	j := i
	minus := ""
	if isMinus(p.at(i).text) {
		minus = p.word("minus")
		j++
	}
	n, end := p.number(j)
	if end == j {
		return n, i
	}
	n.minus = minus
	return n, end
}

// digitGroups reads digits and letters one by one; what parts their groups is a short pause.
func (p *passage) digitGroups() string {
	var out []string
	group := ""
	for _, t := range p.tokens {
		switch {
		case t.kind == digits && p.rules != nil:
			group = strings.TrimSpace(group + " " + p.apart(t.text))
		case t.kind == word || t.kind == digits:
			group = strings.TrimSpace(group + " " + letters(t.text))
		case t.text == "+":
			group = strings.TrimSpace(group + " " + p.word("plus"))
		default:
			if group != "" {
				out = append(out, group)
			}
			group = ""
		}
	}
	if group != "" {
		out = append(out, group)
	}
	return strings.Join(out, ", ")
}

// sayFraction reads 3/4, 3 1/4 and 1+1/2, whatever the numbers.
func (p *passage) sayFraction() string {
	m := regexp.MustCompile(`^(?:(\d+)\s*[+ ]\s*)?(\d+)\s*[/⁄]\s*(\d+)$`).FindStringSubmatch(p.src)
	if m == nil || !p.hasFractions() {
		return ""
	}
	if m[1] != "" {
		return p.mixed(m[1], m[2], m[3], "")
	}
	return p.fraction(m[2], m[3])
}

// sayOrdinal reads a number that may be written as an ordinal already.
func (p *passage) sayOrdinal() (string, bool) {
	n, end := p.number(0)
	if end == 0 || n.fraction != "" || n.low > 0 {
		return "", false
	}
	form := "-"
	if _, suffix := p.ordinalEnding(end); suffix > end {
		f, _ := p.ordinalEnding(end)
		if f != "*" {
			form = f
		}
		if p.base == "en" && !strings.EqualFold(p.at(end).text, englishEnding(n.whole)) {
			return "", false
		}
		end = suffix
	} else if p.at(end).text == "." {
		end++
	}
	say := p.ordinal(n.whole, form)
	return say, say != "" && end == len(p.tokens)
}

// sayDate reads a date in the order of its format.
func (p *passage) sayDate(format string, number bool) (string, bool) {
	var parts []string
	named := false
	for _, t := range p.tokens {
		if t.kind == digits {
			parts = append(parts, t.text)
		}
		named = named || t.kind == word
	}
	if named && number {
		return p.plain(), true // 25 November 2026
	}
	if len(parts) == 1 && len(p.src) == 8 {
		if len(format) != len(parts[0]) {
			format = "yyyymmdd"
		}
		parts, format = cutDate(parts[0], format)
	}
	format = once(format)
	if format == "" {
		format = p.usualOrder(parts)
	}
	if len(format) != len(parts) || len(parts) == 0 || strings.Trim(format, "ymd") != "" {
		return "", false
	}
	say := p.formattedDate(parts, format)
	return say, say != ""
}

func (p *passage) usualOrder(parts []string) string {
	switch {
	case len(parts) == 1:
		return "y"
	case len(parts) > 0 && len(parts[0]) == 4:
		return "ymd"
	case p.monthFirst:
		return "mdy"
	}
	return "dmy"
}

// cutDate cuts eight digits by a format such as ddmmyyyy.
func cutDate(text, format string) (parts []string, order string) {
	for rest := format; rest != ""; {
		n := len(rest) - len(strings.TrimLeft(rest, rest[:1]))
		parts, text, rest = append(parts, text[:n]), text[n:], rest[n:]
	}
	return parts, once(format)
}

// once takes the letters of a format that are repeated as one: dd.mm.yyyy is dmy.
func once(format string) string {
	var b strings.Builder
	last := rune(0)
	for _, c := range format {
		if unicode.IsLetter(c) && c != last {
			b.WriteRune(c)
		}
		last = c
	}
	return b.String()
}

// sayDuration reads 1'21" as minutes and seconds.
func (p *passage) sayDuration() string {
	m := regexp.MustCompile(`^(\d+)\s*['′]\s*(\d+)\s*(?:["″]|'')$`).FindStringSubmatch(p.src)
	if m == nil {
		return ""
	}
	var out []string
	for i, symbol := range []string{"min", "s"} {
		q := passageOf(p.grammar, m[i+1]+" "+symbol)
		u, end := q.unitAt(2)
		if end == 2 {
			return ""
		}
		number := strings.TrimLeft(m[i+1], "0")
		if number == "" {
			number = "0"
		}
		out = append(out, q.measure(num{whole: number}, u))
	}
	return strings.Join(out, " ")
}
