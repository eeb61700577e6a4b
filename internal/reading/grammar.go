package reading

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"mynah/internal/spellout"
)

// grammar is a language: its table, its rules for numbers, and what only a function can say.
type grammar struct {
	*table
	base, region string // in lower case
	tag          language.Tag
	rules        *spellout.Language // nil: CLDR cannot spell the language
	known        bool               // there is a whole table, not just names of signs
	point, group string             // marks of decimals and of groups of three
	spaced       bool               // groups of three may be parted by blanks
	together     int                // up to so many decimals are read as one number
	monthFirst   bool               // 3/4 is the 4th of March
	digit        [10]string         // words of single digits, as far as they were needed
	// card adapts a spelled cardinal number: short ways for hundreds, spellings. It may be nil.
	card func(words, form string, n uint64) string
	// part names the denominator d of a fraction, of which there are n; nil: the language has no fractions.
	part func(g *grammar, d, n int) string
}

// forms are the ways of a language to read things by the words around them. Those that are
// nil have a common meaning, see the methods of passage with their names.
type forms struct {
	// Year reads a year of four digits at most.
	Year func(p *passage, at, n int) string
	// Counts gives the form of a cardinal number that counts a noun of a gender.
	Counts func(p *passage, from int, gender string) string
	// Ordinal gives the form of an ordinal number at tokens from to to.
	Ordinal func(p *passage, from, to int) string
	// Date reads a date that stands at tokens from to to.
	Date func(p *passage, from, to int, d date) string
	// Clock reads a time.
	Clock func(p *passage, from, to int, c clock) string
	// Roman reads a Roman numeral: kind is cardinal, ordinal (of a ruler) or century.
	Roman func(p *passage, from, to, n int, kind string) string
}

// idiomOf gives the forms of a language; empty of those that are not known.
func idiomOf(base string) forms {
	switch base {
	case "en":
		return englishForms()
	case "de":
		return germanForms()
	case "fr":
		return frenchForms()
	case "es":
		return spanishForms()
	case "it":
		return italianForms()
	case "pt":
		return portugueseForms()
	case "nl":
		return dutchForms()
	case "sv", "da", "nb":
		return scandinavianForms()
	case "pl":
		return polishForms()
	}
	return forms{}
}

// newGrammar makes the grammar of a language (BCP 47).
func newGrammar(name string) *grammar {
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
	g := &grammar{table: newTable(), base: base, region: strings.ToLower(region.String()), tag: tag}
	if load, ok := tables()[base]; ok {
		g.table = load()
		g.known = len(g.cards) > 0
	}
	spoken := name
	if base == "nb" {
		spoken = "nb"
	}
	g.rules, _ = spellout.For(spoken)
	g.point, g.group = ",", "."
	g.setUp()
	return g
}

// setUp fills in what differs between languages.
func (g *grammar) setUp() {
	switch g.base {
	case "en":
		g.english()
	case "de":
		g.german()
	case "fr":
		g.french()
	case "es":
		g.spanish()
	case "it":
		g.italian()
	case "pt":
		g.portuguese()
	case "nl":
		g.dutch()
	case "sv", "da", "nb":
		g.scandinavian()
	case "pl":
		g.polish()
	case "ja", "zh", "ko", "th", "he", "hi", "ms", "mt", "sw", "ga", "cy", "fil", "bn", "ta", "te":
		g.point, g.group = ".", ","
	}
}

// cardinal spells digits in a form; numbers that are too large are read in groups of three,
// those with zeros in front digit by digit.
func (g *grammar) cardinal(number, form string) string {
	if len(number) > 1 && number[0] == '0' {
		if len(number) > 3 && strings.Trim(number, "0") == "" || len(number) > 6 {
			return g.groups(number)
		}
		return g.apart(number)
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n >= spellout.Limit {
		return g.groups(number)
	}
	return g.count(n, form)
}

// count spells a number in a form.
func (g *grammar) count(n uint64, form string) string {
	if g.rules == nil {
		return ""
	}
	set, ok := g.cards[form]
	if !ok {
		set, ok = g.cards["-"]
	}
	if !ok {
		set = g.anyCardinal()
	}
	words, ok := g.rules.Spell(n, set)
	if !ok {
		return ""
	}
	if g.card != nil {
		words = g.card(words, form, n)
	}
	return words
}

// anyCardinal is the rule set for numbers in a language without a table.
func (g *grammar) anyCardinal() string {
	for _, set := range []string{"spellout-numbering", "spellout-cardinal", "spellout-cardinal-masculine"} {
		if g.rules.Has(set) {
			return set
		}
	}
	for _, set := range g.rules.RuleSets() {
		if strings.HasPrefix(set, "spellout-cardinal") {
			return set
		}
	}
	return "spellout-numbering"
}

// apart reads digits one by one.
func (g *grammar) apart(number string) string {
	var out []string
	for _, c := range number {
		if c >= '0' && c <= '9' {
			if g.digit[c-'0'] == "" {
				g.digit[c-'0'] = g.count(uint64(c-'0'), "")
			}
			out = append(out, g.digit[c-'0'])
		}
	}
	return strings.Join(out, " ")
}

// groups reads a long number in groups of three digits, from the left.
func (g *grammar) groups(number string) string {
	var b strings.Builder
	first := len(number) % 3
	if first == 0 {
		first = 3
	}
	for at, end := 0, first; at < len(number); at, end = end, end+3 {
		if at > 0 {
			b.WriteString(", ")
		}
		b.WriteString(g.apart(number[at:end]))
	}
	return b.String()
}

// ordinal spells an ordinal number in a form; empty where it has no such form.
func (g *grammar) ordinal(number, form string) string {
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || g.rules == nil || len(number) > 1 && number[0] == '0' {
		return ""
	}
	set, ok := g.ords[form]
	if !ok {
		if set, ok = g.ords["-"]; !ok {
			return ""
		}
	}
	words, _ := g.rules.Spell(n, set)
	switch g.base { // slips of CLDR
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

// plural chooses the form of a noun for a number; decimals is how many digits stand behind
// the mark.
func (g *grammar) plural(n noun, whole string, fraction string) string {
	tail := whole
	if len(tail) > 6 {
		tail = "1" + tail[len(tail)-6:]
	}
	i, err := strconv.Atoi(tail)
	if err != nil {
		return n.other
	}
	fraction = fraction[:min(len(fraction), 6)]
	f, _ := strconv.Atoi(fraction)
	t, _ := strconv.Atoi(strings.TrimRight(fraction, "0"))
	if fraction != "" && g.base != "fr" && g.base != "pt" {
		if g.base == "pl" {
			return n.genitive
		}
		return n.other
	}
	switch plural.Cardinal.MatchPlural(g.tag, i, len(fraction), len(strings.TrimRight(fraction, "0")), f, t) {
	case plural.One:
		if g.base == "pt" && i == 0 && fraction == "" {
			return n.other
		}
		return n.one
	case plural.Few:
		return n.few
	default:
		return n.other
	}
}

// hasFractions tells whether the language names the parts of a whole.
func (g *grammar) hasFractions() bool { return g.part != nil }

// word gives a language's word for a key.
func (g *grammar) word(key string) string { return g.words[key] }
