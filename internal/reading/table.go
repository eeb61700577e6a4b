package reading

import (
	"embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// The tables of grammar, one file a language. A line "[name]" begins a section; in it stand
// lines of "key = value", or of fields between bars.
//
//go:embed tables/*.txt
var tableFiles embed.FS

// table is what a language's file holds.
type table struct {
	words    map[string]string // names of signs and small words, by a fixed English key
	signs    map[string]string // how a character is said
	cards    map[string]string // rule sets for cardinal numbers, by form
	ords     map[string]string // rule sets for ordinal numbers, by form
	months   [13]string        // from 1
	of       [13]string        // months in the genitive, where it differs
	month    map[string]int    // any way to write a month, in lower case, without its stop
	days     map[string]string // short weekdays, in lower case, to their names
	day      map[string]bool   // names of weekdays, in lower case
	units    []unit
	prefixes map[string]string // of units: k = kilo
	money    []currency
	scales   map[string]scale
	short    map[string]string // in lower case, without the last stop; behind a blank what has to stand around: digit, name, after
	exact    map[string]string // those for which capitals count
	letter   map[string]bool   // acronyms that are said letter by letter
	spoken   map[string]bool   // acronyms that are said as words
	nouns    map[string]string // genders, by a word in lower case
	roman    map[string]string // words around which Roman numerals stand, and how these are read
	bare     map[string]string // short forms without a stop
	phrases  map[string]string // short forms with signs in them
	states   map[string]string // short names of states
	tails    map[string]string // ends of compounds that are cut short: str, straße
	ends     map[string]string // what stands behind the digits of an ordinal number, and its form
	sets     map[string]map[string]bool
}

// unit is something that is measured.
type unit struct {
	symbols []string
	noun
}

// noun is a word that is counted, in the forms of CLDR's plural categories.
type noun struct {
	gender     string
	one, other string
	few        string // 2 to 4, in Polish
	genitive   string // behind decimals, in Polish
}

// currency is a kind of money.
type currency struct {
	symbols []string
	major   noun
	minor   noun // empty: the currency has no minor unit
}

// scale is a word such as million.
type scale struct {
	noun
	exponent int
}

// tables holds the parsed table of each language.
//
//nolint:gochecknoglobals // read-only tables that are built when they are first used
var tables = sync.OnceValue(func() map[string]func() *table {
	out := map[string]func() *table{}
	files, err := tableFiles.ReadDir("tables")
	if err != nil {
		return out
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".txt")
		out[name] = sync.OnceValue(func() *table {
			src, err := tableFiles.ReadFile("tables/" + name + ".txt")
			if err != nil {
				return newTable()
			}
			return parseTable(string(src))
		})
	}
	return out
})

func newTable() *table {
	return &table{
		words: map[string]string{}, signs: map[string]string{}, cards: map[string]string{}, ords: map[string]string{},
		month: map[string]int{}, days: map[string]string{}, day: map[string]bool{}, scales: map[string]scale{},
		short: map[string]string{}, exact: map[string]string{}, letter: map[string]bool{},
		spoken: map[string]bool{},
		nouns:  map[string]string{}, roman: map[string]string{},
		prefixes: map[string]string{}, bare: map[string]string{}, phrases: map[string]string{},
		tails: map[string]string{}, states: map[string]string{}, ends: map[string]string{},
		sets: map[string]map[string]bool{},
	}
}

func parseTable(src string) *table {
	t := newTable()
	section, months := "", 0
	for line := range strings.SplitSeq(src, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") && section == "" {
			continue
		}
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") && len(line) > 3 {
			section = line[1 : len(line)-1]
			continue
		}
		if section == "months" {
			if months++; months <= 12 {
				t.addMonth(months, line)
			}
			continue
		}
		t.add(section, line)
	}
	return t
}

// add parses a line of a section.
func (t *table) add(section, line string) {
	key, value, _ := strings.Cut(line, " = ")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if pairs, ok := map[string]map[string]string{
		"words": t.words, "signs": t.signs, "cardinals": t.cards, "ordinals": t.ords, "prefixes": t.prefixes,
		"states": t.states, "tails": t.tails,
	}[section]; ok {
		pairs[key] = value
		return
	}
	// In these, the key is what a list of words has in common.
	if shared, ok := map[string]map[string]string{
		"ordinal endings": t.ends, "nouns": t.nouns, "roman": t.roman,
	}[section]; ok {
		for w := range strings.FieldsSeq(value) {
			shared[w] = key
		}
		return
	}
	switch section {
	case "weekdays":
		for short := range strings.FieldsSeq(value) {
			t.days[strings.ToLower(short)] = key
		}
		t.day[strings.ToLower(key)] = true
	case "units":
		t.addUnits(line)
	case "money":
		t.addMoney(line)
	case "scales":
		t.addScale(line)
	case "short", "short digit", "short name", "short after":
		t.addShort(key, value, strings.TrimSpace(strings.TrimPrefix(section, "short")))
	case "bare":
		if strings.ContainsFunc(key, func(r rune) bool { return kindOf(r) == sign }) {
			t.phrases[key] = value
			return
		}
		t.bare[key] = value
	case "letters":
		addWords(t.letter, line)
	case "spoken":
		addWords(t.spoken, line)
	default:
		if t.sets[section] == nil {
			t.sets[section] = map[string]bool{}
		}
		addWords(t.sets[section], line)
	}
}

// addMoney parses "€ EUR | m | euro | euros / m | cent | cents".
func (t *table) addMoney(line string) {
	major, minor, _ := strings.Cut(line, " / ")
	f := fields(major)
	c := currency{symbols: strings.Fields(f[0]), major: nounOf(f[1:])}
	if minor != "" {
		c.minor = nounOf(fields(minor))
	}
	t.money = append(t.money, c)
}

// addScale parses "mn m | 6 | m | million | millions".
func (t *table) addScale(line string) {
	f := fields(line)
	exponent, _ := strconv.Atoi(f[1])
	s := scale{nounOf(f[2:]), exponent}
	for symbol := range strings.FieldsSeq(f[0]) {
		t.scales[symbol] = s
	}
	for _, name := range []string{s.one, s.other, s.few, s.genitive} {
		t.scales[strings.ToLower(name)] = s
	}
}

// addShort adds a short form; "!" in front of it says that its capitals count.
func (t *table) addShort(key, say, needs string) {
	key = strings.TrimSuffix(key, ".")
	exact, counts := strings.CutPrefix(key, "!")
	switch {
	case needs != "":
		t.short[strings.ToLower(key)+" "+needs] = say
	case counts:
		t.exact[exact] = say
	default:
		t.short[strings.ToLower(key)] = say
	}
}

// addUnits parses a line of units. A first field such as "*km m² m2" stands for units with
// each of the prefixes k and m, and without; "~" is the place of the prefix in a name.
func (t *table) addUnits(line string) {
	f := fields(line)
	symbols := strings.Fields(f[0])
	letters, ok := strings.CutPrefix(symbols[0], "*")
	if !ok {
		t.units = append(t.units, unit{symbols, nounOf(f[1:])})
		return
	}
	for _, letter := range append([]string{""}, strings.Split(letters, "")...) {
		prefix := t.prefixes[letter]
		names := append([]string{f[1]}, f[2:]...)
		for i := range names[1:] {
			name := strings.ReplaceAll(names[i+1], "~", prefix)
			if t.words["capitals"] != "" {
				name = capital(name)
			}
			names[i+1] = name
		}
		u := unit{noun: nounOf(names)}
		for _, s := range symbols[1:] {
			u.symbols = append(u.symbols, letter+s)
		}
		t.units = append(t.units, u)
	}
}

// capital writes a word with a capital.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func addWords(set map[string]bool, line string) {
	for w := range strings.FieldsSeq(line) {
		set[w] = true
	}
}

// addMonth parses a line: name, genitive, short forms; "-" is no genitive of its own.
func (t *table) addMonth(n int, line string) {
	f := strings.Fields(line)
	t.months[n], t.of[n] = f[0], f[0]
	if len(f) > 1 && f[1] != "-" {
		t.of[n] = f[1]
		t.month[strings.ToLower(f[1])] = n
	}
	t.month[strings.ToLower(f[0])] = n
	for _, short := range f[min(2, len(f)):] {
		t.month[strings.ToLower(short)] = n
	}
}

func fields(line string) []string {
	f := strings.Split(line, "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}

// nounOf reads gender, one, other, few, genitive behind decimals.
func nounOf(f []string) noun {
	n := noun{gender: f[0]}
	if len(f) > 1 {
		n.one, n.other = f[1], f[1]
	}
	if len(f) > 2 {
		n.other = f[2]
	}
	n.few, n.genitive = n.other, n.other
	if len(f) > 3 {
		n.few = f[3]
	}
	if len(f) > 4 {
		n.genitive = f[4]
	}
	return n
}

// in tells whether a word, in lower case, is in one of the table's own sets.
func (t *table) in(set, word string) bool { return t.sets[set][word] }
