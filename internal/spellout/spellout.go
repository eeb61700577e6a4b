// Package spellout spells whole numbers as words according to CLDR's rule-based number format (RBNF),
// in every language for which CLDR has rules. It contains the rules and their interpreter. Callers
// handle decimals, dates and text.
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

// Limit is the smallest number that cannot be spelled.
const Limit = 1_000_000_000_000_000_000

// packed contains the rules of all languages, compressed: for each language a line "= TAG" and its
// rules. scripts/language-data generates it.
//
//go:embed rules.txt.gz
var packed []byte

// Language contains the rules of one language. It is safe for concurrent use.
type Language struct {
	tag   language.Tag
	names []string // names of the public rule sets, in the order of the data
	sets  map[string]*set
}

// ForLanguage returns the rules of a language (BCP 47), or of its parent language if it has none. It returns
// false if CLDR has no rules.
func ForLanguage(tag string) (*Language, bool) {
	parsed, err := language.Parse(tag)
	if err != nil {
		return nil, false
	}
	for _, name := range listCandidateNames(parsed) {
		if load, ok := languages()[name]; ok {
			l := load()
			return l, len(l.names) > 0
		}
	}
	return nil, false
}

// listCandidateNames returns the names under which the rules of a language may be stored, the most specific
// first.
func listCandidateNames(tag language.Tag) []string {
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

// languages maps the tags in the data to functions that parse the rules on the first call.
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
		out[tag] = sync.OnceValue(func() *Language { return parseLanguage(tag, rules) })
	}
	return out
})

// ListTags returns the languages with rules, sorted.
func ListTags() []string {
	var out []string
	for tag := range languages() {
		out = append(out, tag)
	}
	slices.Sort(out)
	return out
}

// ListRuleSets returns the names of the public rule sets, such as spellout-cardinal-feminine.
func (l *Language) ListRuleSets() []string { return slices.Clone(l.names) }

// HasRuleSet reports whether the language has a public rule set of this name.
func (l *Language) HasRuleSet(ruleSet string) bool { return l.sets["%"+ruleSet] != nil }

// Spell spells a number by a rule set. It returns false if there is no such rule set, if its rules
// would write this number in digits, or if the number is not below Limit.
func (l *Language) Spell(n uint64, ruleSet string) (string, bool) {
	s := l.sets["%"+ruleSet]
	if s == nil || n >= Limit {
		return "", false
	}
	w := writer{language: l}
	w.spellBySet(s, n, 0)
	if w.failed {
		return "", false
	}
	return removeHyphensAndSpaces(w.out.String()), true
}

// FindDecimalWord returns the word that a rule set writes between a whole number and its decimals. It returns ""
// if the rules do more than insert a word.
func (l *Language) FindDecimalWord(ruleSet string) string {
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

// removeHyphensAndSpaces removes soft hyphens and zero-width spaces, and repeated spaces.
func removeHyphensAndSpaces(s string) string {
	s = strings.NewReplacer("\u00ad", "", "\u200b", "").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}
