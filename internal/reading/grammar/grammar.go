// Package grammar contains the data of each language: the tables of its words, units, currencies and
// abbreviations (tables/*.txt), the way it writes numbers, and its words for cardinal and ordinal
// numbers, decimals and fractions. A new language begins with a new table. Forms that depend on
// neighbouring words are in package idiom.
package grammar

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"mynah/internal/spellout"
)

// Figures describes how a language and region write numbers and dates in digits.
type Figures struct {
	Point, Group string // decimal mark, and marks between groups of three digits
	Spaced       bool   // spaces can separate groups of three digits
	MonthFirst   bool   // 3/4 means the 4th of March
}

// Grammar is a language: its table, its number rules, and functions for what tables cannot express. It
// is not safe for concurrent use.
type Grammar struct {
	*Table
	Figures
	Base, Region string             // lower-case language and region
	Rules        *spellout.Language // nil if CLDR has no rules for the language
	Known        bool               // the table is complete, not only names of signs

	tag      language.Tag
	together int        // up to this number of decimals, they are read as one number
	digit    [10]string // cache of the words of digits
	// card adapts a spelled cardinal number: short forms of hundreds, spellings. It may be nil.
	card func(words, form string, n uint64) string
	// part returns the denominator d of a fraction with the numerator n. It is nil if fractions are not
	// supported in the language.
	part func(g *Grammar, d, n int) string
}

// New returns the grammar of a language (BCP 47). Unknown languages have an empty table.
func New(name string) *Grammar {
	tag, err := language.Parse(name)
	if err != nil {
		tag = language.Und
	}
	baseTag, _, region := tag.Raw()
	base := baseTag.String()
	switch base {
	case "no", "nn":
		base = "nb"
	}
	g := &Grammar{Table: newTable(), Base: base, Region: strings.ToLower(region.String()), tag: tag}
	if load, ok := tables()[base]; ok {
		g.Table = load()
		g.Known = len(g.Cards) > 0
	}
	spoken := name
	if base == "nb" {
		spoken = "nb"
	}
	g.Rules, _ = spellout.ForLanguage(spoken)
	g.Point, g.Group = ",", "."
	g.setUpLanguage()
	return g
}

// setUpLanguage sets the properties that differ between languages.
func (g *Grammar) setUpLanguage() {
	switch g.Base {
	case "en":
		g.setUpEnglish()
	case "de":
		g.setUpGerman()
	case "fr":
		g.setUpFrench()
	case "es":
		g.setUpSpanish()
	case "it":
		g.setUpItalian()
	case "pt":
		g.setUpPortuguese()
	case "nl":
		g.setUpDutch()
	case "sv", "da", "nb":
		g.setUpScandinavian()
	case "pl":
		g.setUpPolish()
	case "ja", "zh", "ko", "th", "he", "hi", "ms", "mt", "sw", "ga", "cy", "fil", "bn", "ta", "te":
		g.Point, g.Group = ".", ","
	}
}

// SpellCardinal spells a number in digits. form is a grammatical form, such as a gender. Numbers that are
// too large are read in groups of three digits, numbers with leading zeros digit by digit.
func (g *Grammar) SpellCardinal(number, form string) string {
	if len(number) > 1 && number[0] == '0' {
		if len(number) > 3 && strings.Trim(number, "0") == "" || len(number) > 6 {
			return g.SpellDigitGroups(number)
		}
		return g.SpellDigits(number)
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n >= spellout.Limit {
		return g.SpellDigitGroups(number)
	}
	return g.SpellCount(n, form)
}

// SpellCount spells a number as a cardinal. form is a grammatical form, such as a gender.
func (g *Grammar) SpellCount(n uint64, form string) string {
	if g.Rules == nil {
		return ""
	}
	set, ok := g.Cards[form]
	if !ok {
		set, ok = g.Cards["-"]
	}
	if !ok {
		set = g.findCardinalRuleSet()
	}
	words, ok := g.Rules.Spell(n, set)
	if !ok {
		return ""
	}
	if g.card != nil {
		words = g.card(words, form, n)
	}
	return words
}

// findCardinalRuleSet returns the rule set for cardinals in a language without a table.
func (g *Grammar) findCardinalRuleSet() string {
	for _, set := range []string{"spellout-numbering", "spellout-cardinal", "spellout-cardinal-masculine"} {
		if g.Rules.HasRuleSet(set) {
			return set
		}
	}
	for _, set := range g.Rules.ListRuleSets() {
		if strings.HasPrefix(set, "spellout-cardinal") {
			return set
		}
	}
	return "spellout-numbering"
}

// SpellDigits spells the digits of a number one by one.
func (g *Grammar) SpellDigits(number string) string {
	var out []string
	for _, c := range number {
		if c >= '0' && c <= '9' {
			if g.digit[c-'0'] == "" {
				g.digit[c-'0'] = g.SpellCount(uint64(c-'0'), "")
			}
			out = append(out, g.digit[c-'0'])
		}
	}
	return strings.Join(out, " ")
}

// SpellDigitGroups spells a long number in groups of three digits. The first group may be shorter.
func (g *Grammar) SpellDigitGroups(number string) string {
	var b strings.Builder
	first := len(number) % 3
	if first == 0 {
		first = 3
	}
	for at, end := 0, first; at < len(number); at, end = end, end+3 {
		if at > 0 {
			b.WriteString(", ")
		}
		b.WriteString(g.SpellDigits(number[at:end]))
	}
	return b.String()
}

// SpellOrdinal spells an ordinal number. It returns "" if the language does not have the form.
func (g *Grammar) SpellOrdinal(number, form string) string {
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || g.Rules == nil || len(number) > 1 && number[0] == '0' {
		return ""
	}
	set, ok := g.ords[form]
	if !ok {
		if set, ok = g.ords["-"]; !ok {
			return ""
		}
	}
	words, _ := g.Rules.Spell(n, set)
	switch g.Base { // errors in CLDR's rules
	case "pl":
		words = strings.NewReplacer("iętdziesi", "ięćdziesi", "szesdziesi", "sześćdziesi").Replace(words)
	case "es":
		words = strings.NewReplacer("decimoprimer", "undécim", "decimosegund", "duodécim").Replace(words)
	case "da":
		words = strings.ReplaceAll(words, "etog", "enog")
	case "nb":
		words = strings.ReplaceAll(words, "tjueende", "tjuende")
	}
	return words
}

// InflectNoun returns the form of a noun after a number. whole are the digits before the decimal mark,
// fraction those after it.
func (g *Grammar) InflectNoun(n Noun, whole string, fraction string) string {
	tail := whole
	if len(tail) > 6 {
		tail = "1" + tail[len(tail)-6:]
	}
	i, err := strconv.Atoi(tail)
	if err != nil {
		return n.Other
	}
	fraction = fraction[:min(len(fraction), 6)]
	f, _ := strconv.Atoi(fraction)
	t, _ := strconv.Atoi(strings.TrimRight(fraction, "0"))
	if fraction != "" && g.Base != "fr" && g.Base != "pt" {
		if g.Base == "pl" {
			return n.Genitive
		}
		return n.Other
	}
	switch plural.Cardinal.MatchPlural(g.tag, i, len(fraction), len(strings.TrimRight(fraction, "0")), f, t) {
	case plural.One:
		if g.Base == "pt" && i == 0 && fraction == "" {
			return n.Other
		}
		return n.One
	case plural.Few:
		return n.Few
	default:
		return n.Other
	}
}

// HasFractions reports whether fractions can be spelled in the language.
func (g *Grammar) HasFractions() bool { return g.part != nil }

// FindWord returns the language's word for a key of its table, or "".
func (g *Grammar) FindWord(key string) string { return g.Words[key] }
