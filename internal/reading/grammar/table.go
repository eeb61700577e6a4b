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

// tableFiles contains one file per language. A line "[name]" begins a section. A section contains
// lines of the form "key = value", or fields separated by bars.
//
//go:embed tables/*.txt
var tableFiles embed.FS

// Table contains the data of a language's file.
type Table struct {
	Words    map[string]string // words for signs, and small words, by an English key
	Signs    map[string]string // spoken form of single characters
	Cards    map[string]string // rule sets of cardinal numbers, by grammatical form
	ords     map[string]string // rule sets of ordinal numbers, by grammatical form
	Months   [13]string        // names of months, from 1
	Of       [13]string        // months in the genitive, if it differs
	Month    map[string]int    // numbers of months, by all names and abbreviations in lower case without point
	Days     map[string]string // names of weekdays, by abbreviations in lower case
	Day      map[string]bool   // names of weekdays in lower case
	Units    []unit
	prefixes map[string]string // prefixes of units: k = kilo
	Money    []Currency
	Scales   map[string]Scale
	// Short are abbreviations in lower case without the last point. A space and a condition may follow:
	// digit, name, after.
	Short   map[string]string
	Exact   map[string]string // abbreviations in which upper and lower case matter
	Letter  map[string]bool   // acronyms that are spelled letter by letter
	Spoken  map[string]bool   // acronyms that are read as words
	Nouns   map[string]string // genders of nouns in lower case
	Roman   map[string]string // words next to which Roman numerals occur, and how these are read
	Bare    map[string]string // abbreviations without a point
	Phrases map[string]string // abbreviations that contain signs
	States  map[string]string // abbreviations of states
	Tails   map[string]string // abbreviated ends of compounds: str for straße
	Ends    map[string]string // endings of ordinal numbers in digits, and their grammatical form
	Sets    map[string]map[string]bool
}

// unit is a unit of measurement.
type unit struct {
	Symbols []string
	Noun
}

// Noun is a counted noun, in the forms of CLDR's plural categories.
type Noun struct {
	Gender     string
	One, Other string
	Few        string // after 2 to 4, in Polish
	Genitive   string // after decimals, in Polish
}

// Currency is a currency with its units.
type Currency struct {
	Symbols []string
	Major   Noun
	Minor   Noun // empty if the currency has no minor unit
}

// Scale is a word for a power of ten, such as million.
type Scale struct {
	Noun
	Exponent int
}

// tables maps languages to functions that parse their tables on the first call.
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
		t.parseLine(section, line)
	}
	return t
}

// parseLine parses a line of a section of the table.
func (t *Table) parseLine(section, line string) {
	key, value, _ := strings.Cut(line, " = ")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if pairs, ok := map[string]map[string]string{
		"words": t.Words, "signs": t.Signs, "cardinals": t.Cards, "ordinals": t.ords, "prefixes": t.prefixes,
		"states": t.States, "tails": t.Tails,
	}[section]; ok {
		pairs[key] = value
		return
	}
	// In these sections, the key is the common property of the words in the value.
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
		t.addAbbreviation(key, value, strings.TrimSpace(strings.TrimPrefix(section, "short")))
	case "bare":
		if strings.ContainsFunc(key, func(r rune) bool { return token.ClassifyRune(r) == token.Sign }) {
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

// addMoney parses a line such as "€ EUR | m | euro | euros / m | cent | cents".
func (t *Table) addMoney(line string) {
	major, minor, _ := strings.Cut(line, " / ")
	f := splitFields(major)
	c := Currency{Symbols: strings.Fields(f[0]), Major: parseNoun(f[1:])}
	if minor != "" {
		c.Minor = parseNoun(splitFields(minor))
	}
	t.Money = append(t.Money, c)
}

// addScale adds a scale from a line of symbols, exponent, gender, singular and plural, such as
// "mn m | 6 | m | million | millions".
func (t *Table) addScale(line string) {
	f := splitFields(line)
	exponent, _ := strconv.Atoi(f[1])
	s := Scale{parseNoun(f[2:]), exponent}
	for symbol := range strings.FieldsSeq(f[0]) {
		t.Scales[symbol] = s
	}
	for _, name := range []string{s.One, s.Other, s.Few, s.Genitive} {
		t.Scales[strings.ToLower(name)] = s
	}
}

// addAbbreviation adds an abbreviation. "!" before it means that upper and lower case matter; needs is its
// condition or "".
func (t *Table) addAbbreviation(key, say, needs string) {
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

// addUnits parses a line of units. A first field such as "*km m² m2" stands for the unit without a
// prefix and with each of the prefixes k and m. "~" marks the place of the prefix in a name.
func (t *Table) addUnits(line string) {
	f := splitFields(line)
	symbols := strings.Fields(f[0])
	letters, ok := strings.CutPrefix(symbols[0], "*")
	if !ok {
		t.Units = append(t.Units, unit{symbols, parseNoun(f[1:])})
		return
	}
	for _, letter := range append([]string{""}, strings.Split(letters, "")...) {
		prefix := t.prefixes[letter]
		names := append([]string{f[1]}, f[2:]...)
		for i := range names[1:] {
			name := strings.ReplaceAll(names[i+1], "~", prefix)
			if t.Words["capitals"] != "" {
				name = Capitalize(name)
			}
			names[i+1] = name
		}
		u := unit{Noun: parseNoun(names)}
		for _, s := range symbols[1:] {
			u.Symbols = append(u.Symbols, letter+s)
		}
		t.Units = append(t.Units, u)
	}
}

// Capitalize returns a word with its first letter in upper case.
func Capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func addWords(set map[string]bool, line string) {
	for w := range strings.FieldsSeq(line) {
		set[w] = true
	}
}

// addMonth parses a line with the name, genitive and abbreviations of a month. The genitive "-" means
// the same as the name.
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

func splitFields(line string) []string {
	f := strings.Split(line, "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}

// parseNoun parses the fields of a noun: gender, one, other, few, and genitive after decimals.
func parseNoun(f []string) Noun {
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

// Contains reports whether a word, in lower case, is in a set of the table.
func (t *Table) Contains(set, word string) bool { return t.Sets[set][word] }
