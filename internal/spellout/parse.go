package spellout

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// set is a named rule set. Its rules are sorted by base.
type set struct {
	name  string
	rules []rule
	mark  string // word for the decimal mark, if the rule for decimals contains only a word
}

// rule is the text for numbers from base up to the base of the next rule.
type rule struct {
	base    uint64
	divisor uint64 // the divisor of << and >>: the radix to the power of the exponent
	parts   []part
	modulus bool // one of the parts is a remainder
}

// kind is the kind of a part of a rule's text.
type kind int

const (
	literal  kind = iota
	quotient      // <<: the quotient
	rest          // >>: the remainder
	restBy        // >>>: the remainder, by the rule before this one
	same          // =%name=: the number, by another rule set
	digits        // =#,##0=: the number in digits
	counted       // $(cardinal,one{…}other{…})$: a plural form of the quotient
)

// part is a literal or substitution in a rule's text.
type part struct {
	kind  kind
	text  string // the literal text, or the name of the rule set; "" means the current one
	forms map[plural.Form]string
}

func parseLanguage(tag, text string) *Language {
	l := &Language{tag: language.Make(tag), sets: map[string]*set{}}
	var current *set
	skip := true
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "%") && strings.HasSuffix(line, ":") {
			name := strings.TrimSuffix(line, ":")
			skip = name == "%%lenient-parse"
			if skip {
				continue
			}
			current = &set{name: name}
			l.sets[name] = current
			if public, ok := strings.CutPrefix(name, "%"); ok && !strings.HasPrefix(public, "%") {
				l.names = append(l.names, public)
			}
			continue
		}
		if skip || current == nil || line == "" {
			continue
		}
		current.addRule(strings.TrimSuffix(line, ";"))
	}
	for _, s := range l.sets {
		slices.SortStableFunc(s.rules, func(a, b rule) int { return cmp.Compare(a.base, b.base) })
	}
	return l
}

// addRule parses a line such as "1100/100: << >%%2d-year>". From a rule for decimals it takes only the
// word for the decimal mark. Rules for negative numbers and infinity are ignored.
func (s *set) addRule(line string) {
	head, body, ok := strings.Cut(line, ":")
	if !ok {
		return
	}
	if head == "x.x" && s.mark == "" || head == "x,x" {
		s.mark = parseDecimalWord(body)
		return
	}
	reduce := len(head) - len(strings.TrimRight(head, ">"))
	head = strings.TrimRight(head, ">")
	number, radixText, hasRadix := strings.Cut(head, "/")
	base, err := strconv.ParseUint(strings.ReplaceAll(number, ",", ""), 10, 64)
	if err != nil {
		return
	}
	radix := uint64(10)
	if hasRadix {
		if radix, err = strconv.ParseUint(strings.ReplaceAll(radixText, ",", ""), 10, 64); err != nil || radix < 2 {
			return
		}
	}
	divisor := raiseToPower(radix, max(findLargestExponent(base, radix)-reduce, 0))
	body = strings.TrimLeft(body, " \t")
	body = strings.TrimPrefix(body, "'")
	with, without, optional := splitOptional(body)
	if !optional {
		s.rules = append(s.rules, newRule(base, divisor, body))
		return
	}
	// Text in brackets is omitted for multiples of the divisor, which therefore get a separate rule.
	if base > 0 && base%divisor == 0 {
		s.rules = append(s.rules, newRule(base, divisor, without))
		base++
	}
	s.rules = append(s.rules, newRule(base, divisor, with))
}

// parseDecimalWord returns the word in a rule for decimals such as "<< comma >>", or "" if the rule has
// another form.
func parseDecimalWord(body string) string {
	p := parseParts(strings.TrimSpace(body))
	if len(p) != 3 || p[0].kind != quotient || p[1].kind != literal || p[2].kind != rest && p[2].kind != restBy {
		return ""
	}
	if word := strings.TrimSpace(p[1].text); !strings.ContainsAny(word, "[]") {
		return word
	}
	return ""
}

// splitOptional returns the text of a rule with and without the part in brackets. Text after a bar in the
// brackets replaces the part if it is omitted.
func splitOptional(body string) (with, without string, optional bool) {
	open := strings.IndexByte(body, '[')
	end := strings.LastIndexByte(body, ']')
	if open < 0 || end < open {
		return body, body, false
	}
	inside, instead, _ := strings.Cut(body[open+1:end], "|")
	return body[:open] + inside + body[end+1:], body[:open] + instead + body[end+1:], true
}

func findLargestExponent(base, radix uint64) int {
	e := 0
	for limit := base / radix; base > 0 && limit > 0; limit /= radix {
		e++
	}
	return e
}

func raiseToPower(radix uint64, exponent int) uint64 {
	out := uint64(1)
	for range exponent {
		if out > math.MaxUint64/radix {
			return out
		}
		out *= radix
	}
	return out
}

func newRule(base, divisor uint64, body string) rule {
	r := rule{base: base, divisor: divisor, parts: parseParts(body)}
	for _, p := range r.parts {
		r.modulus = r.modulus || p.kind == rest || p.kind == restBy
	}
	return r
}

// parseParts splits the text of a rule into literals and substitutions. CLDR's JSON files contain arrows in
// place of < and >.
func parseParts(body string) []part {
	body = strings.NewReplacer("←", "<", "→", ">").Replace(body)
	var out []part
	for body != "" {
		i := strings.IndexAny(body, "<>=$")
		if i < 0 {
			return append(out, part{text: body})
		}
		if i > 0 {
			out = append(out, part{text: body[:i]})
			body = body[i:]
		}
		p, n := parseSubstitution(body)
		out = append(out, p)
		body = body[n:]
	}
	return out
}

// parseSubstitution parses the substitution at the start of a text, and returns its length in bytes.
func parseSubstitution(body string) (part, int) {
	if strings.HasPrefix(body, "$(") {
		if end := strings.Index(body, ")$"); end > 0 {
			return part{kind: counted, forms: parsePluralForms(body[len("$("):end])}, end + len(")$")
		}
	}
	if strings.HasPrefix(body, ">>>") {
		return part{kind: restBy}, len(">>>")
	}
	c := body[:1]
	end := strings.Index(body[1:], c)
	if end < 0 || c == "$" {
		return part{text: c}, 1
	}
	name, n := body[1:1+end], end+2
	k := map[string]kind{"<": quotient, ">": rest, "=": same}[c]
	switch {
	case strings.HasPrefix(name, "%"), name == "" && k != same:
		return part{kind: k, text: name}, n
	}
	return part{kind: digits}, n
}

// parsePluralForms parses the forms in "cardinal,one{st}other{th}".
func parsePluralForms(s string) map[plural.Form]string {
	names := map[string]plural.Form{
		"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many,
		"other": plural.Other,
	}
	out := map[plural.Form]string{}
	_, s, _ = strings.Cut(s, ",")
	for s != "" {
		name, after, ok := strings.Cut(s, "{")
		if !ok {
			break
		}
		text, tail, _ := strings.Cut(after, "}")
		if f, known := names[strings.TrimSpace(name)]; known {
			out[f] = text
		}
		s = tail
	}
	return out
}
