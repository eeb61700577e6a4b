// Package spellout writes whole numbers as words by CLDR's rule-based number format (RBNF), in
// every language for which CLDR has rules. It contains the rules and their interpreter; decimals,
// dates and texts are for its callers.
package spellout

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the rules
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Limit is the first number that the rules do not spell.
const Limit = 1_000_000_000_000_000_000

// packed holds the rules of all languages: a line "= TAG", then the rules of this language.
// scripts/language-data writes it.
//
//go:embed rules.txt.gz
var packed []byte

// Language is the rules of one language. It is safe for use by several goroutines.
type Language struct {
	tag   language.Tag
	names []string // of the public rule sets, in the order of the data
	sets  map[string]*set
}

// For finds the rules of a language (BCP 47), of its parent languages where it has none of
// its own. False means that CLDR cannot spell the language.
func For(tag string) (*Language, bool) {
	parsed, err := language.Parse(tag)
	if err != nil {
		return nil, false
	}
	for _, name := range candidates(parsed) {
		if load, ok := languages()[name]; ok {
			l := load()
			return l, len(l.names) > 0
		}
	}
	return nil, false
}

// candidates are the names under which the rules of a language may be found.
func candidates(tag language.Tag) []string {
	var out []string
	base, script, region := tag.Raw()
	names := []string{base.String()}
	switch base.String() {
	case "nb":
		names = []string{"no"}
	case "tl":
		names = []string{"fil"}
	case "iw":
		names = []string{"he"}
	case "in":
		names = []string{"id"}
	case "sh":
		names = []string{"sr-Latn"}
	case "cmn":
		names = []string{"zh"}
	}
	for _, name := range names {
		if script.String() != "Zzzz" {
			out = append(out, name+"-"+script.String())
		}
		if region.String() != "ZZ" {
			out = append(out, name+"-"+region.String())
		}
		if name == "zh" && (region.String() == "TW" || region.String() == "HK" || region.String() == "MO") {
			out = append(out, "zh-Hant")
		}
		out = append(out, name)
	}
	return out
}

// languages maps each tag of the data to a function that parses its rules, once.
//
//nolint:gochecknoglobals // a read-only table that is built when it is first used
var languages = sync.OnceValue(func() map[string]func() *Language {
	out := map[string]func() *Language{}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return out
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return out
	}
	for part := range strings.SplitSeq("\n"+string(text), "\n= ") {
		tag, rules, ok := strings.Cut(part, "\n")
		if !ok {
			continue
		}
		out[tag] = sync.OnceValue(func() *Language { return parse(tag, rules) })
	}
	return out
})

// Tags are the languages of the data, sorted.
func Tags() []string {
	var out []string
	for tag := range languages() {
		out = append(out, tag)
	}
	slices.Sort(out)
	return out
}

// RuleSets are the names of the public rule sets, such as spellout-cardinal-feminine.
func (l *Language) RuleSets() []string { return slices.Clone(l.names) }

// Has reports whether the language has a rule set.
func (l *Language) Has(ruleSet string) bool { return l.sets["%"+ruleSet] != nil }

// Spell writes a number by a rule set. False means that there is no such rule set, that the
// rules end in digits for this number, or that it is not below Limit.
func (l *Language) Spell(n uint64, ruleSet string) (string, bool) {
	s := l.sets["%"+ruleSet]
	if s == nil || n >= Limit {
		return "", false
	}
	w := writer{language: l}
	w.set(s, n, 0)
	if w.failed {
		return "", false
	}
	return tidy(w.out.String()), true
}

// Mark is the word that a rule set writes between a whole number and its decimals; empty
// where it does not simply set a word between them.
func (l *Language) Mark(ruleSet string) string {
	const deepest = 4
	s := l.sets["%"+ruleSet]
	for range deepest {
		if s == nil {
			return ""
		}
		if s.mark != "" {
			return s.mark
		}
		if len(s.rules) == 0 || len(s.rules[0].parts) != 1 || s.rules[0].parts[0].kind != same {
			return ""
		}
		s = l.sets[s.rules[0].parts[0].text]
	}
	return ""
}

// tidy takes out the soft hyphens that the rules write inside words, and doubled blanks.
func tidy(s string) string {
	s = strings.NewReplacer("\u00ad", "", "\u200b", "").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}
