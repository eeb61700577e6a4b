package grammar_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"mynah/internal/reading/grammar"
)

// wholeLanguages returns the languages with a complete table.
func wholeLanguages() []string {
	return []string{"en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl"}
}

// TestTables checks that every table contains the months, and that complete tables contain the words
// that rules need.
func TestTables(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("tables"), "*.txt")
	if err != nil || len(files) != 14 {
		t.Fatalf("%d tables, %v", len(files), err)
	}
	for _, file := range files {
		g := grammar.New(strings.TrimSuffix(file, ".txt"))
		for n := 1; n <= 12; n++ {
			if g.Months[n] == "" || g.Of[n] == "" || g.Month[strings.ToLower(g.Months[n])] != n {
				t.Errorf("%s: month %d is %q", file, n, g.Months[n])
			}
		}
		if g.Rules == nil {
			t.Errorf("%s: no rules for numbers", file)
		}
	}
	for _, name := range wholeLanguages() {
		g := grammar.New(name)
		if !g.Known || !g.HasFractions() || len(g.Units) == 0 || len(g.Money) == 0 || len(g.Scales) == 0 ||
			len(g.Day) < 7 {
			t.Errorf("%s: the table is not whole", name)
		}
		for _, key := range []string{"minus", "plus", "dot", "to", "number", "version", "times", "percent", "degrees"} {
			if g.FindWord(key) == "" {
				t.Errorf("%s: no word for %q", name, key)
			}
		}
		for _, u := range g.Units {
			if u.One == "" || u.Other == "" {
				t.Errorf("%s: a unit has no name: %+v", name, u)
			}
		}
		for _, c := range g.Money {
			if len(c.Symbols) == 0 || c.Major.One == "" || c.Major.Other == "" {
				t.Errorf("%s: a currency has no name: %+v", name, c)
			}
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	g := grammar.New("pl")
	if g.Months[5] != "maj" || g.Of[5] != "maja" || g.Month["maj"] != 5 || g.Month["maja"] != 5 {
		t.Errorf("the fifth month is %q, of %q", g.Months[5], g.Of[5])
	}
	if half := grammar.New("de").SpellHalf(grammar.Num{Whole: "0", Top: 1, Low: 2}, "f"); half != "eine halbe" {
		t.Errorf("half of a feminine noun is %q", half)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	want := map[string]string{"km": "kilometers", "mg": "milligrams", "kWh": "kilowatt hours", "km/h": "kilometers per hour"}
	for _, u := range grammar.New("en").Units {
		for _, s := range u.Symbols {
			if w, ok := want[s]; ok && u.Other == w {
				delete(want, s)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not among the units: %v", want)
	}
}

func TestCardinals(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"en", "21", "", "twenty-one"},
		{"en", "1234", "", "one thousand two hundred thirty-four"},
		{"en-GB", "1234", "", "one thousand two hundred and thirty-four"},
		{"en", "007", "", "zero zero seven"},
		{"en", "1234567", "", "one million two hundred thirty-four thousand five hundred sixty-seven"},
		{
			"en", "9999999999999999999999", "",
			"nine, nine nine nine, nine nine nine, nine nine nine, nine nine nine, nine nine nine, nine nine nine, nine nine nine",
		},
		{"de", "1", "f", "eine"},
		{"de", "1", "m.dat", "einem"},
		{"de", "21", "", "einundzwanzig"},
		{"fr", "71", "", "soixante-et-onze"},
		{"fr-CH", "71", "", "septante-et-un"},
		{"es", "21", "f", "veintiuna"},
		{"es", "500", "", "quinientos"},
		{"it", "21", "m", "ventuno"},
		{"it", "1", "m", "un"},
		{"pt", "16", "", "dezesseis"},
		{"pt-PT", "16", "", "dezasseis"},
		{"nl", "1", "", "één"},
		{"nl", "1000000", "", "een miljoen"},
		{"sv", "1", "n", "ett"},
		{"da", "1000000", "", "en million"},
		{"nb", "1", "n", "ett"},
		{"pl", "2", "f", "dwie"},
		{"pl", "2", "m.gen", "dwóch"},
		{"cs", "15", "", "patnáct"},
		{"ja", "15", "", "十五"},
		{"tlh", "15", "", ""},
	} {
		if got := grammar.New(c[0]).SpellCardinal(c[1], c[2]); got != c[3] {
			t.Errorf("%s: %s in the form %q is %q, want %q", c[0], c[1], c[2], got, c[3])
		}
	}
}

func TestOrdinals(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{
		{"en", "3", "-", "third"},
		{"en-GB", "103", "-", "one hundred and third"},
		{"de", "3", "n", "dritten"},
		{"fr", "1", "f", "première"},
		{"es", "3", "f", "tercera"},
		{"it", "2", "m", "secondo"},
		{"pt", "2", "f", "segunda"},
		{"nl", "8", "-", "achtste"},
		{"sv", "2", "m", "andre"},
		{"da", "30", "-", "tredivte"},
		{"nb", "20", "-", "tjuende"},
		{"pl", "50", "m.gen", "pięćdziesiątego"},
		{"pl", "60", "f", "sześćdziesiąta"},
		{"en", "03", "-", ""},
		{"ja", "3", "-", ""},
	} {
		if got := grammar.New(c[0]).SpellOrdinal(c[1], c[2]); got != c[3] {
			t.Errorf("%s: ordinal %s in the form %q is %q, want %q", c[0], c[1], c[2], got, c[3])
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	decimals := func(mark string) grammar.Num { return grammar.Num{Whole: "3", Fraction: "05", Mark: mark} }
	part := func(top, low int) grammar.Num { return grammar.Num{Whole: "0", Top: top, Low: low} }
	mixed := grammar.Num{Minus: "minus", Whole: "2", Top: 1, Low: 2}
	for _, c := range []struct {
		language string
		n        grammar.Num
		want     string
	}{
		{"en", decimals("."), "three point zero five"},
		{"de", decimals(","), "drei Komma null fünf"},
		{"fr", decimals(","), "trois virgule zéro cinq"},
		{"pl", decimals(","), "trzy przecinek zero pięć"},
		{"en", part(3, 4), "three quarters"},
		{"en", part(1, 2), "one half"},
		{"de", part(1, 8), "ein Achtel"},
		{"fr", part(2, 3), "deux tiers"},
		{"es", part(3, 20), "tres veinteavos"},
		{"it", part(1, 3), "un terzo"},
		{"pt", part(5, 11), "cinco onze avos"},
		{"nl", part(3, 4), "drie kwart"},
		{"sv", part(2, 3), "två tredjedelar"},
		{"da", part(3, 4), "tre fjerdedele"},
		{"nb", part(2, 5), "to femtedeler"},
		{"pl", part(3, 5), "trzy piąte"},
		{"pl", part(12, 5), "dwanaście piątych"},
		{"pl", part(22, 5), "dwadzieścia dwie piąte"},
		{"pl", part(1, 5), "jedna piąta"},
		{"en", part(3, 1001), "three over one thousand one"},
		{"en", mixed, "minus two and a half"},
		{"de", mixed, "minus zweieinhalb"},
		{"fr", mixed, "minus deux et demi"},
		{"nl", mixed, "minus tweeënhalf"},
		{"sv", mixed, "minus två och en halv"},
		{"pl", mixed, "minus dwa i pół"},
	} {
		if got := grammar.New(c.language).SpellNumber(c.n, ""); got != c.want {
			t.Errorf("%s: %+v is %q, want %q", c.language, c.n, got, c.want)
		}
	}
}

func TestPowers(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "2", "squared"},
		{"en", "6", "to the sixth"},
		{"en", "-3", "to the minus three"},
		{"de", "2", "hoch zwei"},
		{"de", "10", "hoch zehn"},
		{"fr", "3", "au cube"},
		{"pl", "2", "do kwadratu"},
		{"sv", "4", "upphöjt till fyra"},
	} {
		if got := grammar.New(c[0]).SpellExponent(c[1]); got != c[2] {
			t.Errorf("%s: to the power %s is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	n := grammar.Noun{One: "one", Few: "few", Other: "other", Genitive: "genitive"}
	for _, c := range [][4]string{
		{"en", "1", "", "one"},
		{"en", "0", "", "other"},
		{"en", "1", "5", "other"},
		{"en", "1000000", "", "other"},
		{"fr", "0", "", "one"},
		{"fr", "1", "5", "one"},
		{"fr", "2", "", "other"},
		{"pt", "0", "", "other"},
		{"pl", "1", "", "one"},
		{"pl", "3", "", "few"},
		{"pl", "13", "", "other"},
		{"pl", "22", "", "few"},
		{"pl", "2", "5", "genitive"},
		{"de", "x", "", "other"},
	} {
		if got := grammar.New(c[0]).InflectNoun(n, c[1], c[2]); got != c[3] {
			t.Errorf("%s: the noun behind %s.%s is %q, want %q", c[0], c[1], c[2], got, c[3])
		}
	}
}

// TestLongNumbersAndNouns checks that the plural form depends only on the last digits of a number.
func TestLongNumbersAndNouns(t *testing.T) {
	t.Parallel()
	n := grammar.Noun{One: "one", Few: "few", Other: "other", Genitive: "genitive"}
	for _, c := range [][4]string{
		{"pl", "100002", "", "few"},
		{"pl", "1000002", "", "few"},
		{"pl", "12345678901234567890123", "", "few"},
		{"pl", "12345678901234567890112", "", "other"},
		{"pl", "1000001", "", "other"},
		{"pl", "99999999999999999999999", "", "other"},
		{"en", "1", "00000000000000000000000000", "other"},
		{"en", "1000000000000000000000001", "", "other"},
		{"fr", "1", "99999999999999999999999999", "one"},
		{"fr", "2", "000000", "other"},
		{"fr", "1", "0000001", "one"},
		{"pt", "0", "5", "one"},
		{"pt", "1", "5", "one"},
		{"pt", "1", "", "one"},
		{"de", "1", "0", "other"},
		{"sv", "1", "", "one"},
	} {
		if got := grammar.New(c[0]).InflectNoun(n, c[1], c[2]); got != c[3] {
			t.Errorf("%s: the noun behind %s.%s is %q, want %q", c[0], c[1], c[2], got, c[3])
		}
	}
}

func TestHalvesAndParts(t *testing.T) {
	t.Parallel()
	en := grammar.New("en")
	for name, want := range map[string]string{
		"mile": "of a mile", "inch": "of an inch", "tonne": "of a tonne",
		"acre": "of an acre",
	} {
		if got := en.PrependOfA(name); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	de := grammar.New("de")
	for _, n := range []grammar.Num{{Whole: "0", Top: 3, Low: 2}, {Whole: "0", Top: 1, Low: 4}, {
		Whole: "1", Top: 1,
		Low: 2,
	}, {Whole: "5"}} {
		if got := de.SpellHalf(n, "f"); got != "" {
			t.Errorf("%+v is %q", n, got)
		}
	}
	const long = "99999999999999999999"
	for _, c := range [][3]string{
		{"3", long, "three over " + en.SpellCardinal(long, "")},
		{long, "3", en.SpellCardinal(long, "") + " over three"},
		{"3", "1", "three over one"},
		{"3", "1000", "three thousandths"},
		{"3", "1001", "three over one thousand one"},
		{"3", "20", "three twentieths"},
		{"3", "21", "three over twenty-one"},
		{"3", "32", "three thirty-seconds"},
		{"3", "63", "three over sixty-three"},
		{"3", "64", "three sixty-fourths"},
		{"3", "65", "three over sixty-five"},
		{"3", "100", "three hundredths"},
		{"1", "25", "one twenty-fifth"},
	} {
		if got := en.SpellFraction(c[0], c[1]); got != c[2] {
			t.Errorf("%s/%s is %q, want %q", c[0], c[1], got, c[2])
		}
	}
	pl := grammar.New("pl")
	for n, want := range map[string]string{
		"1": "jedna piąta", "2": "dwie piąte", "4": "cztery piąte", "5": "pięć piątych", "11": "jedenaście piątych",
		"12": "dwanaście piątych",
		"14": "czternaście piątych", "15": "piętnaście piątych", "22": "dwadzieścia dwie piąte",
		"24": "dwadzieścia cztery piąte",
		"25": "dwadzieścia pięć piątych", "112": "sto dwanaście piątych", "114": "sto czternaście piątych",
		"102": "sto dwie piąte",
	} {
		if got := pl.SpellFraction(n, "5"); got != want {
			t.Errorf("%s/5 is %q, want %q", n, got, want)
		}
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "05", "zero five"},
		{"en", "123456789012", "one two three four five six seven eight nine zero one two"},
		{"en", "1234567890123", "one, two three four, five six seven, eight nine zero, one two three"},
		{"fr", "5", "cinq"},
		{"fr", "75", "soixante-quinze"},
		{"fr", "05", "zéro cinq"},
		{"fr", "00", "zéro zéro"},
		{"it", "75", "settantacinque"},
		{"it", "755", "sette cinque cinque"},
	} {
		if got := grammar.New(c[0]).SpellDecimals(c[1]); got != c[2] {
			t.Errorf("%s: decimals %s are %q, want %q", c[0], c[1], got, c[2])
		}
	}
	for name, want := range map[string][2]string{
		"en": {"point", "comma"}, "de": {"Punkt", "Komma"}, "tlh": {"", ""},
		"fi": {"pilkku", "pilkku"},
	} {
		g := grammar.New(name)
		if got := [2]string{g.SpellDecimalMark("."), g.SpellDecimalMark(",")}; got != want {
			t.Errorf("%s: the marks are %q, want %q", name, got, want)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]grammar.Figures{
		"en":    {Point: ".", Group: ",", MonthFirst: true},
		"en-GB": {Point: ".", Group: ","},
		"de":    {Point: ",", Group: ".", Spaced: true},
		"fr-CH": {Point: ",", Group: ".'", Spaced: true},
		"es-MX": {Point: ".", Group: ","},
		"ja":    {Point: ".", Group: ","},
		"no":    {Point: ",", Group: ".", Spaced: true},
		"?":     {Point: ",", Group: "."},
	} {
		if got := grammar.New(name).Figures; got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestYears(t *testing.T) {
	t.Parallel()
	for _, n := range []grammar.Num{{Whole: "1000"}, {Whole: "2099"}} {
		if !n.CanBeYear() {
			t.Errorf("%+v is no year", n)
		}
	}
	for _, n := range []grammar.Num{
		{Whole: "0999"},
		{Whole: "2100"},
		{Whole: "199"},
		{Whole: "1999", Fraction: "5"},
		{Whole: "1999", Grouped: true},
		{Whole: "1999", Minus: "minus"},
		{Whole: "1999", Top: 1, Low: 2},
	} {
		if n.CanBeYear() {
			t.Errorf("%+v is a year", n)
		}
	}
}

// FuzzSpell checks that a number in digits is spelled without digits in every language with a complete
// table.
func FuzzSpell(f *testing.F) {
	f.Add("0", "", uint8(0))
	f.Add("00700000000", "5", uint8(1))
	f.Add("123456789012345678901234567890", "0012", uint8(10))
	f.Fuzz(func(t *testing.T, number, fraction string, pick uint8) {
		g := grammar.New(wholeLanguages()[int(pick)%len(wholeLanguages())])
		if number == "" || strings.Trim(number+fraction, "0123456789") != "" {
			return
		}
		n := grammar.Num{Whole: number, Fraction: fraction, Mark: g.Point}
		for form := range g.Cards {
			if words := g.SpellNumber(n, form); words == "" || strings.ContainsAny(words, "0123456789") {
				t.Fatalf("%s: %+v in the form %q is %q", g.Base, n, form, words)
			}
		}
	})
}
