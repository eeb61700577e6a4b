package grammar

import (
	"embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mynah/internal/reading/token"
)

// The tables of grammar, one file a language. A line "[name]" begins a section; in it stand
// lines of "key = value", or of fields between bars.
//
//go:embed tables/*.txt
var tableFiles embed.FS

// Table is what a language's file holds.
type Table struct {
	Words    map[string]string // names of signs and small words, by a fixed English key
	Signs    map[string]string // how a character is said
	Cards    map[string]string // rule sets for cardinal numbers, by form
	ords     map[string]string // rule sets for ordinal numbers, by form
	Months   [13]string        // from 1
	Of       [13]string        // months in the genitive, where it differs
	Month    map[string]int    // any way to write a month, in lower case, without its stop
	Days     map[string]string // short weekdays, in lower case, to their names
	Day      map[string]bool   // names of weekdays, in lower case
	Units    []unit
	prefixes map[string]string // of units: k = kilo
	Money    []Currency
	Scales   map[string]Scale
	// Short forms in lower case, without the last stop; after a blank what has to stand around: digit, name, after.
	Short   map[string]string
	Exact   map[string]string // those for which capitals count
	Letter  map[string]bool   // acronyms that are said letter by letter
	Spoken  map[string]bool   // acronyms that are said as words
	Nouns   map[string]string // genders, by a word in lower case
	Roman   map[string]string // words around which Roman numerals stand, and how these are read
	Bare    map[string]string // short forms without a stop
	Phrases map[string]string // short forms with signs in them
	States  map[string]string // short names of states
	Tails   map[string]string // ends of compounds that are cut short: str, straße
	Ends    map[string]string // what follows the digits of an ordinal number, and its form
	Sets    map[string]map[string]bool
}

// unit is something that is measured.
type unit struct {
	Symbols []string
	Noun
}

// Noun is a word that is counted, in the forms of CLDR's plural categories.
type Noun struct {
	Gender     string
	One, Other string
	Few        string // 2 to 4, in Polish
	Genitive   string // after decimals, in Polish
}

// Currency is a kind of money.
type Currency struct {
	Symbols []string
	Major   Noun
	Minor   Noun // empty: the currency has no minor unit
}

// Scale is a word such as million.
type Scale struct {
	Noun
	Exponent int
}

// tables holds the parsed table of each language.
//
//nolint:gochecknoglobals // read-only tables that are built when they are first used
var tables = sync.OnceValue(func() map[string]func() *Table {
	out := map[string]func() *Table{}
	files, err := tableFiles.ReadDir("tables")
	if err != nil {
		return out
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".txt")
		out[name] = sync.OnceValue(func() *Table {
			src, err := tableFiles.ReadFile("tables/" + name + ".txt")
			if err != nil {
				return newTable()
			}
			return parseTable(string(src))
		})
	}
	return out
})

func newTable() *Table {
	return &Table{
		Words: map[string]string{}, Signs: map[string]string{}, Cards: map[string]string{}, ords: map[string]string{},
		Month: map[string]int{}, Days: map[string]string{}, Day: map[string]bool{}, Scales: map[string]Scale{},
		Short: map[string]string{}, Exact: map[string]string{}, Letter: map[string]bool{},
		Spoken: map[string]bool{},
		Nouns:  map[string]string{}, Roman: map[string]string{},
		prefixes: map[string]string{}, Bare: map[string]string{}, Phrases: map[string]string{},
		Tails: map[string]string{}, States: map[string]string{}, Ends: map[string]string{},
		Sets: map[string]map[string]bool{},
	}
}

func parseTable(src string) *Table {
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
func (t *Table) add(section, line string) {
	key, value, _ := strings.Cut(line, " = ")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if pairs, ok := map[string]map[string]string{
		"words": t.Words, "signs": t.Signs, "cardinals": t.Cards, "ordinals": t.ords, "prefixes": t.prefixes,
		"states": t.States, "tails": t.Tails,
	}[section]; ok {
		pairs[key] = value
		return
	}
	// In these, the key is what a list of words has in common.
	if shared, ok := map[string]map[string]string{
		"ordinal endings": t.Ends, "nouns": t.Nouns, "roman": t.Roman,
	}[section]; ok {
		for w := range strings.FieldsSeq(value) {
			shared[w] = key
		}
		return
	}
	switch section {
	case "weekdays":
		for short := range strings.FieldsSeq(value) {
			t.Days[strings.ToLower(short)] = key
		}
		t.Day[strings.ToLower(key)] = true
	case "units":
		t.addUnits(line)
	case "money":
		t.addMoney(line)
	case "scales":
		t.addScale(line)
	case "short", "short digit", "short name", "short after":
		t.addShort(key, value, strings.TrimSpace(strings.TrimPrefix(section, "short")))
	case "bare":
		if strings.ContainsFunc(key, func(r rune) bool { return token.KindOf(r) == token.Sign }) {
			t.Phrases[key] = value
			return
		}
		t.Bare[key] = value
	case "letters":
		addWords(t.Letter, line)
	case "spoken":
		addWords(t.Spoken, line)
	default:
		if t.Sets[section] == nil {
			t.Sets[section] = map[string]bool{}
		}
		addWords(t.Sets[section], line)
	}
}

// addMoney parses "€ EUR | m | euro | euros / m | cent | cents".
func (t *Table) addMoney(line string) {
	major, minor, _ := strings.Cut(line, " / ")
	f := fields(major)
	c := Currency{Symbols: strings.Fields(f[0]), Major: nounOf(f[1:])}
	if minor != "" {
		c.Minor = nounOf(fields(minor))
	}
	t.Money = append(t.Money, c)
}

// addScale parses "mn m | 6 | m | million | millions".
func (t *Table) addScale(line string) {
	f := fields(line)
	exponent, _ := strconv.Atoi(f[1])
	s := Scale{nounOf(f[2:]), exponent}
	for symbol := range strings.FieldsSeq(f[0]) {
		t.Scales[symbol] = s
	}
	for _, name := range []string{s.One, s.Other, s.Few, s.Genitive} {
		t.Scales[strings.ToLower(name)] = s
	}
}

// addShort adds a short form; "!" in front of it says that its capitals count.
func (t *Table) addShort(key, say, needs string) {
	key = strings.TrimSuffix(key, ".")
	exact, counts := strings.CutPrefix(key, "!")
	switch {
	case needs != "":
		t.Short[strings.ToLower(key)+" "+needs] = say
	case counts:
		t.Exact[exact] = say
	default:
		t.Short[strings.ToLower(key)] = say
	}
}

// addUnits parses a line of units. A first field such as "*km m² m2" stands for units with
// each of the prefixes k and m, and without; "~" is the place of the prefix in a name.
func (t *Table) addUnits(line string) {
	f := fields(line)
	symbols := strings.Fields(f[0])
	letters, ok := strings.CutPrefix(symbols[0], "*")
	if !ok {
		t.Units = append(t.Units, unit{symbols, nounOf(f[1:])})
		return
	}
	for _, letter := range append([]string{""}, strings.Split(letters, "")...) {
		prefix := t.prefixes[letter]
		names := append([]string{f[1]}, f[2:]...)
		for i := range names[1:] {
			name := strings.ReplaceAll(names[i+1], "~", prefix)
			if t.Words["capitals"] != "" {
				name = Capital(name)
			}
			names[i+1] = name
		}
		u := unit{Noun: nounOf(names)}
		for _, s := range symbols[1:] {
			u.Symbols = append(u.Symbols, letter+s)
		}
		t.Units = append(t.Units, u)
	}
}

// Capital writes a word with a capital.
func Capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func addWords(set map[string]bool, line string) {
	for w := range strings.FieldsSeq(line) {
		set[w] = true
	}
}

// addMonth parses a line: name, genitive, short forms; "-" is no genitive of its own.
func (t *Table) addMonth(n int, line string) {
	f := strings.Fields(line)
	t.Months[n], t.Of[n] = f[0], f[0]
	if len(f) > 1 && f[1] != "-" {
		t.Of[n] = f[1]
		t.Month[strings.ToLower(f[1])] = n
	}
	t.Month[strings.ToLower(f[0])] = n
	for _, short := range f[min(2, len(f)):] {
		t.Month[strings.ToLower(short)] = n
	}
}

func fields(line string) []string {
	f := strings.Split(line, "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}

// nounOf reads gender, one, other, few, genitive after decimals.
func nounOf(f []string) Noun {
	n := Noun{Gender: f[0]}
	if len(f) > 1 {
		n.One, n.Other = f[1], f[1]
	}
	if len(f) > 2 {
		n.Other = f[2]
	}
	n.Few, n.Genitive = n.Other, n.Other
	if len(f) > 3 {
		n.Few = f[3]
	}
	if len(f) > 4 {
		n.Genitive = f[4]
	}
	return n
}

// In reports whether a word, in lower case, is in one of the table's own sets.
func (t *Table) In(set, word string) bool { return t.Sets[set][word] }
