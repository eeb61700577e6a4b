package spellout

import (
	"sort"
	"strings"

	"golang.org/x/text/feature/plural"
)

// deepest is the maximum depth of rules that call each other. Rules that call themselves without end
// fail.
const deepest = 64

// writer spells one number.
type writer struct {
	language *Language
	out      strings.Builder
	failed   bool
}

func (w *writer) spellBySet(s *set, n uint64, depth int) {
	i := s.findRule(n)
	if i < 0 || depth > deepest {
		w.failed = true
		return
	}
	w.spellByRule(s, i, n, depth)
}

// findRule returns the index of the rule for a number, or -1.
func (s *set) findRule(n uint64) int {
	i := sort.Search(len(s.rules), func(i int) bool { return s.rules[i].base > n }) - 1
	if i > 0 {
		// A rule with a remainder is not used if the remainder is 0, unless its base has a remainder, too.
		if r := s.rules[i]; r.modulus && n%r.divisor == 0 && r.base%r.divisor != 0 {
			i--
		}
	}
	return i
}

func (w *writer) spellByRule(s *set, index int, n uint64, depth int) {
	r := s.rules[index]
	for _, p := range r.parts {
		target := s
		if p.kind != literal && p.text != "" {
			if target = w.language.sets[p.text]; target == nil {
				w.failed = true
				return
			}
		}
		switch p.kind {
		case literal:
			w.out.WriteString(p.text)
		case quotient:
			w.spellBySet(target, n/r.divisor, depth+1)
		case rest:
			w.spellBySet(target, n%r.divisor, depth+1)
		case restBy:
			if index == 0 || depth > deepest {
				w.failed = true
				return
			}
			w.spellByRule(s, index-1, n%r.divisor, depth+1)
		case same:
			w.spellBySet(target, n, depth+1)
		case counted:
			w.writePluralForm(p, n/r.divisor)
		case digits:
			w.failed = true
		}
		if w.failed {
			return
		}
	}
}

func (w *writer) writePluralForm(p part, n uint64) {
	const enough = 1_000_000_000 // plural forms of larger numbers depend only on their last digits
	form := plural.Cardinal.MatchPlural(w.language.tag, int(n%enough), 0, 0, 0, 0)
	text, ok := p.forms[form]
	if !ok {
		text = p.forms[plural.Other]
	}
	w.out.WriteString(text)
}
