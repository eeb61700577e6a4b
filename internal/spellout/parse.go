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

// set is a named list of rules, sorted by base value.
type set struct {
	name  string
	rules []rule
	mark  string // the word for the mark of decimals, where it is no more than a word
}

// rule says how numbers from its base value on are written.
type rule struct {
	base    uint64
	divisor uint64 // radix to the power of the exponent: what << divides by
	parts   []part
	modulus bool // one of the parts is the rest of a division
}

// kind is what a part of a rule writes.
type kind int

const (
	literal  kind = iota
	quotient      // <<
	rest          // >>
	restBy        // >>>: the rest, by the rule in front of this one
	same          // =%name=
	digits        // =#,##0=
	counted       // $(cardinal,one{…}other{…})$
)

// part is a piece of a rule's text.
type part struct {
	kind  kind
	text  string // literal: what is written; else the rule set, empty for the own one
	forms map[plural.Form]string
}

func parse(tag, text string) *Language {
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
		current.add(strings.TrimSuffix(line, ";"))
	}
	for _, s := range l.sets {
		slices.SortStableFunc(s.rules, func(a, b rule) int { return cmp.Compare(a.base, b.base) })
	}
	return l
}

// add parses a line such as "1100/100: << >%%2d-year>". Of a line for decimals the word for
// the mark is kept; those for negative numbers and infinity are passed over.
func (s *set) add(line string) {
	head, body, ok := strings.Cut(line, ":")
	if !ok {
		return
	}
	if head == "x.x" && s.mark == "" || head == "x,x" {
		s.mark = decimalMark(body)
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
	divisor := power(radix, max(exponent(base, radix)-reduce, 0))
	body = strings.TrimLeft(body, " \t")
	body = strings.TrimPrefix(body, "'")
	with, without, optional := choices(body)
	if !optional {
		s.rules = append(s.rules, newRule(base, divisor, body))
		return
	}
	// A text in brackets is left out for multiples of the divisor: these get a rule of their own.
	if base > 0 && base%divisor == 0 {
		s.rules = append(s.rules, newRule(base, divisor, without))
		base++
	}
	s.rules = append(s.rules, newRule(base, divisor, with))
}

// decimalMark returns the word of a rule such as "<< comma >>"; empty where there is more to it.
func decimalMark(body string) string {
	p := parts(strings.TrimSpace(body))
	if len(p) != 3 || p[0].kind != quotient || p[1].kind != literal || p[2].kind != rest && p[2].kind != restBy {
		return ""
	}
	if word := strings.TrimSpace(p[1].text); !strings.ContainsAny(word, "[]") {
		return word
	}
	return ""
}

// choices returns the text of a rule with and without what stands in brackets; after a bar in
// them stands what is written in their place.
func choices(body string) (with, without string, optional bool) {
	open := strings.IndexByte(body, '[')
	end := strings.LastIndexByte(body, ']')
	if open < 0 || end < open {
		return body, body, false
	}
	inside, instead, _ := strings.Cut(body[open+1:end], "|")
	return body[:open] + inside + body[end+1:], body[:open] + instead + body[end+1:], true
}

func exponent(base, radix uint64) int {
	e := 0
	for limit := base / radix; base > 0 && limit > 0; limit /= radix {
		e++
	}
	return e
}

func power(radix uint64, exponent int) uint64 {
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
	r := rule{base: base, divisor: divisor, parts: parts(body)}
	for _, p := range r.parts {
		r.modulus = r.modulus || p.kind == rest || p.kind == restBy
	}
	return r
}

// parts cuts the text of a rule into literals and substitutions. CLDR's JSON writes arrows
// where its text files write < and >.
func parts(body string) []part {
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
		p, n := substitution(body)
		out = append(out, p)
		body = body[n:]
	}
	return out
}

// substitution parses what a text begins with, and tells its length.
func substitution(body string) (part, int) {
	if strings.HasPrefix(body, "$(") {
		if end := strings.Index(body, ")$"); end > 0 {
			return part{kind: counted, forms: pluralForms(body[len("$("):end])}, end + len(")$")
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

// pluralForms parses "cardinal,one{st}other{th}".
func pluralForms(s string) map[plural.Form]string {
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
