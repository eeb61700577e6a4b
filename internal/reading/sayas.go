package reading

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/reading/calendar"
	"mynah/internal/reading/figure"
	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

func chooseEnglishOrdinalSuffix(n string) string {
	if len(n) > 1 && n[len(n)-2] == '1' {
		return "th"
	}
	switch n[len(n)-1] {
	case '1':
		return "st"
	case '2':
		return "nd"
	case '3':
		return "rd"
	}
	return "th"
}

// ReadAs returns the spoken form of a text for SSML's say-as. as is the kind: cardinal, ordinal,
// digits, fraction, unit, date, time, telephone, currency, address or expletive. The format of a date
// consists of the letters y, m and d, once or once per digit. It returns false if the kind is unknown
// or does not fit the text. An empty result means that the voice reads the text correctly without
// changes.
func ReadAs(text, as, format, language string) (string, bool) {
	p := newPassage(grammar.New(language), strings.TrimSpace(norm.NFC.String(text)))
	number := strings.ContainsFunc(p.Src, unicode.IsDigit)
	switch as {
	case "digits", "telephone":
		say := sayDigitGroups(p)
		return say, say != ""
	case "fraction":
		if say := sayFraction(p); say != "" {
			return say, true
		}
		return readWholeText(p), number
	case "cardinal", "number":
		if n, end := parseSignedNumber(p, 0); end == len(p.Tokens) && end > 0 {
			return p.SpellNumber(n, ""), true
		}
		return readWholeText(p), number
	case "unit", "currency", "address":
		return readWholeText(p), number || as == "address"
	case "ordinal":
		return sayOrdinal(p)
	case "date":
		return sayDate(p, strings.ToLower(format), number)
	case "time":
		if say := sayDuration(p); say != "" {
			return say, true
		}
		return readWholeText(p), number
	case "expletive", "bleep":
		return "beep", text != ""
	}
	return "", false
}

// readWholeText returns the spoken form of the whole text, or "" if nothing changes.
func readWholeText(p *passage.Passage) string {
	changes := listReplacements(p, nil)
	if len(changes) == 0 {
		return ""
	}
	var b strings.Builder
	at := 0
	for _, c := range changes {
		b.WriteString(p.Src[at:c.start] + c.say)
		at = c.end
	}
	return strings.TrimSpace(b.String() + p.Src[at:])
}

// parseSignedNumber parses a number with an optional sign at token i. It returns the index after it.
func parseSignedNumber(p *passage.Passage, i int) (number grammar.Num, nextIndex int) {
	j := i
	minus := ""
	if token.CanBeMinus(p.TokenAt(i).Text) {
		minus = p.FindWord("minus")
		j++
	}
	n, end := p.ParseNumber(j)
	if end == j {
		return n, i
	}
	n.Minus = minus
	return n, end
}

// sayDigitGroups returns digits and letters one by one, with short pauses between groups.
func sayDigitGroups(p *passage.Passage) string {
	var out []string
	group := ""
	for _, t := range p.Tokens {
		switch {
		case t.Kind == token.Digits && p.Rules != nil:
			group = strings.TrimSpace(group + " " + p.SpellDigits(t.Text))
		case t.Kind == token.Word || t.Kind == token.Digits:
			group = strings.TrimSpace(group + " " + token.SpellLetters(t.Text))
		case t.Text == "+":
			group = strings.TrimSpace(group + " " + p.FindWord("plus"))
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

// sayFraction returns the spoken form of 3/4, 3 1/4 and 1+1/2, for all numbers.
func sayFraction(p *passage.Passage) string {
	m := regexp.MustCompile(`^(?:(\d+)\s*[+ ]\s*)?(\d+)\s*[/⁄]\s*(\d+)$`).FindStringSubmatch(p.Src)
	if m == nil || !p.HasFractions() {
		return ""
	}
	if m[1] != "" {
		return p.SpellMixed(m[1], m[2], m[3], "")
	}
	return p.SpellFraction(m[2], m[3])
}

// sayOrdinal returns the spoken form of a number as an ordinal. The number may already be written as
// one.
func sayOrdinal(p *passage.Passage) (string, bool) {
	n, end := p.ParseNumber(0)
	if end == 0 || n.Fraction != "" || n.Low > 0 {
		return "", false
	}
	form := "-"
	if _, suffix := figure.ParseOrdinalEnding(p, end); suffix > end {
		f, _ := figure.ParseOrdinalEnding(p, end)
		if f != "*" {
			form = f
		}
		if p.Base == "en" && !strings.EqualFold(p.TokenAt(end).Text, chooseEnglishOrdinalSuffix(n.Whole)) {
			return "", false
		}
		end = suffix
	} else if p.TokenAt(end).Text == "." {
		end++
	}
	say := p.SpellOrdinal(n.Whole, form)
	return say, say != "" && end == len(p.Tokens)
}

// sayDate returns the spoken form of a date whose parts are in the order of format.
func sayDate(p *passage.Passage, format string, number bool) (string, bool) {
	var parts []string
	named := false
	for _, t := range p.Tokens {
		if t.Kind == token.Digits {
			parts = append(parts, t.Text)
		}
		named = named || t.Kind == token.Word
	}
	if named && number {
		return readWholeText(p), true // 25 November 2026
	}
	if len(parts) == 1 && len(p.Src) == 8 {
		if len(format) != len(parts[0]) {
			format = "yyyymmdd"
		}
		parts, format = splitDateDigits(parts[0], format)
	}
	format = collapseRepeatedLetters(format)
	if format == "" {
		format = chooseDateOrder(p, parts)
	}
	if len(format) != len(parts) || len(parts) == 0 || strings.Trim(format, "ymd") != "" {
		return "", false
	}
	say := calendar.SayFormattedDate(p, parts, format)
	return say, say != ""
}

func chooseDateOrder(p *passage.Passage, parts []string) string {
	switch {
	case len(parts) == 1:
		return "y"
	case len(parts) > 0 && len(parts[0]) == 4:
		return "ymd"
	case p.MonthFirst:
		return "mdy"
	}
	return "dmy"
}

// splitDateDigits splits eight digits according to a format such as ddmmyyyy.
func splitDateDigits(text, format string) (parts []string, order string) {
	for rest := format; rest != ""; {
		n := len(rest) - len(strings.TrimLeft(rest, rest[:1]))
		parts, text, rest = append(parts, text[:n]), text[n:], rest[n:]
	}
	return parts, collapseRepeatedLetters(format)
}

// collapseRepeatedLetters replaces repeated letters of a format by one: dd.mm.yyyy becomes dmy.
func collapseRepeatedLetters(format string) string {
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

// sayDuration returns the spoken form of 1'21" as minutes and seconds.
func sayDuration(p *passage.Passage) string {
	m := regexp.MustCompile(`^(\d+)\s*['′]\s*(\d+)\s*(?:["″]|'')$`).FindStringSubmatch(p.Src)
	if m == nil {
		return ""
	}
	var out []string
	for i, symbol := range []string{"min", "s"} {
		q := newPassage(p.Grammar, m[i+1]+" "+symbol)
		u, end := q.ParseUnit(2)
		if end == 2 {
			return ""
		}
		number := strings.TrimLeft(m[i+1], "0")
		if number == "" {
			number = "0"
		}
		out = append(out, figure.SayMeasure(q, grammar.Num{Whole: number}, u))
	}
	return strings.Join(out, " ")
}
