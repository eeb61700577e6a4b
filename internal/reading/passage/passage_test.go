package passage_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/readingtest"
	"mynah/internal/reading/token"
)

// first returns a passage, and the index of its first token of a kind.
func first(t *testing.T, language, text string, kind token.Kind) (*passage.Passage, int) {
	t.Helper()
	p := readingtest.NewPassage(language, text)
	for i := range p.Tokens {
		if p.TokenAt(i).Kind == kind {
			return p, i
		}
	}
	t.Fatalf("%q has no token of kind %d", text, kind)
	return nil, 0
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	p := readingtest.NewPassage("en", "At 5 o'clock ")
	if p.TokenAt(-1) != (token.Token{}) || p.TokenAt(99) != (token.Token{}) {
		t.Error("there is something outside of the text")
	}
	if !p.IsOneOf(0, "on", "at") || p.IsOneOf(0, "At") || p.IsOneOf(-1, "") {
		t.Error("words are not compared in lower case")
	}
	if got := []int{
		p.SkipGap(1), p.SkipGap(2), p.FindIndexBefore(2), p.FindIndexBefore(0),
		p.FindIndexBefore(1),
	}; got[0] != 2 ||
		got[1] != 2 ||
		got[2] != 0 ||
		got[3] != -1 || got[4] != 0 {
		t.Errorf("the tokens next to gaps are %v", got)
	}
	last := len(p.Tokens) - 1
	if !p.IsAtEnd(last) || p.IsAtEnd(0) || p.IsWordOrDigits(1) || !p.IsWordOrDigits(2) || p.IsWordOrDigits(last+1) {
		t.Error("ends and gaps are not seen")
	}
	if n, ok := p.ParseSmallNumber(2, 1); n != 5 || !ok {
		t.Errorf("the number is %d, %t", n, ok)
	}
	if _, ok := p.ParseSmallNumber(0, 9); ok {
		t.Error("a word is a number")
	}
	if !p.IsApostrophe(5) || p.IsApostrophe(4) {
		t.Error("an apostrophe within a word is not seen")
	}
}

func TestOpens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"5": true, "a 5": true, "(5": true, "a5": false, "a.5": false, "a_5": false, "@5": false,
	} {
		p, i := first(t, "en", text, token.Digits)
		if got := p.CanStartAt(i); got != want {
			t.Errorf("something may begin at the number of %q: %t, want %t", text, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text string
		want           grammar.Num
		rest           string
	}{
		{"en", "1,234,567.89 km", grammar.Num{Whole: "1234567", Fraction: "89", Mark: ".", Grouped: true}, " km"},
		{"en", "1,00,000 rupees", grammar.Num{Whole: "100000", Grouped: true}, " rupees"},
		{"en", "3.14.", grammar.Num{Whole: "3", Fraction: "14", Mark: "."}, "."},
		{"en", "1.2.3", grammar.Num{Whole: "1"}, ".2.3"},
		{"en", "1,5", grammar.Num{Whole: "1"}, ",5"},
		{"de", "1.234,5 l", grammar.Num{Whole: "1234", Fraction: "5", Mark: ",", Grouped: true}, " l"},
		{"de", "1 234 km", grammar.Num{Whole: "1234", Grouped: true}, " km"},
		{"en", "1 234 km", grammar.Num{Whole: "1"}, " 234 km"},
		{"en", "1\u00a0234 km", grammar.Num{Whole: "1234", Grouped: true}, " km"},
		{"de", "1½ kg", grammar.Num{Whole: "1", Top: 1, Low: 2}, " kg"},
		{"de", "0123.456", grammar.Num{Whole: "0123"}, ".456"},
	} {
		p, i := first(t, c.language, c.text, token.Digits)
		got, end := p.ParseNumber(i)
		if rest := p.Src[p.TokenAt(end-1).End:]; got != c.want || rest != c.rest {
			t.Errorf("%s: %q is %+v with %q behind, want %+v with %q", c.language, c.text, got, rest, c.want, c.rest)
		}
	}
	p := readingtest.NewPassage("en", "¾ x")
	if n, end := p.ParseNumber(0); n != (grammar.Num{Whole: "0", Top: 3, Low: 4}) || end != 1 {
		t.Errorf("¾ is %+v", n)
	}
	if _, end := p.ParseNumber(2); end != 2 {
		t.Error("a word is a number")
	}
}

func TestRaised(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"x⁻¹²", "-12", ""}, {"x⁻", "", ""}, {"H₂₀", "", "20"}, {"x2", "", ""}} {
		p := readingtest.NewPassage("en", c[0])
		raised, _ := p.ParseSuperscript(1)
		lowered, _ := p.ParseSubscript(1)
		if raised != c[1] || lowered != c[2] {
			t.Errorf("%s: raised %q, lowered %q", c[0], raised, lowered)
		}
	}
}

func TestGenderBehind(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"de", "1 Liter", "m"},
		{"de", "1 kleine Frau", "f"},
		{"de", "5 und 6", ""},
		{"fr", "1 maison", "f"},
		{"es", "1 persona", "f"},
		{"it", "2 case", "f"},
		{"pl", "2 córki", "f"},
		{"pl", "5 dni", "m"},
		{"sv", "1 barn", "n"},
		{"sv", "1 hund", "c"},
		{"en", "5 men", ""},
		{"de", "5", ""},
		{"fr", "50 pour cent", "m"},
	} {
		p, i := first(t, c[0], c[1], token.Digits)
		if got := p.FindNounGenderAfter(i + 1); got != c[2] {
			t.Errorf("%s: the gender behind the number of %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestIsYear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text string
		want           bool
	}{
		{"en", "It began in 1999.", true},
		{"en", "1999 people", false},
		{"en", "in 1250.", true},
		{"en", "has 1250.", false},
		{"en", "page 1999", false},
		{"en", "#1999", false},
		{"en", "in 1920 pixels", false},
		{"en", "2100", false},
		{"de", "im Jahr 1848 wurde", true},
		{"de", "1848 Euro", false},
		{"pl", "w 1999 roku", true},
		{"pl", "1999", false},
		{"pl", "966 rok", true},
		{"fr", "en 1789", true},
	} {
		p, i := first(t, c.language, c.text, token.Digits)
		n, end := p.ParseNumber(i)
		if got := p.IsNumberYear(i, end, n); got != c.want {
			t.Errorf("%s: the number of %q is a year: %t, want %t", c.language, c.text, got, c.want)
		}
	}
}

func TestUnitAt(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "5 km away", "kilometers"},
		{"en", "5 km/h", "kilometers per hour"},
		{"en", "5 kmx", ""},
		{"en", "5 in", "inches"},
		{"en", "5 GB", "gigabytes"},
		{"de", "5 kg", "Kilogramm"},
		{"en", "3 xyz", ""},
		{"en", "3 km's", ""},
	} {
		p, i := first(t, c[0], c[1], token.Digits)
		u, _ := p.ParseUnit(i + 2)
		got := ""
		if u != nil {
			got = u.Other
		}
		if got != c[2] {
			t.Errorf("%s: the unit of %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
	p := readingtest.NewPassage("en", `a 3.5" disk`)
	if u, end := p.ParseUnit(5); u == nil || u.Other != "inches" || end != 6 {
		t.Errorf(`3.5" has the unit %+v`, u)
	}
	p = readingtest.NewPassage("en", `"in 35" disks`)
	if u, _ := p.ParseUnit(4); u != nil {
		t.Errorf("a quotation mark is the unit %+v", u)
	}
}

func TestTakesUnit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"5 in": true, "5 in the box": false, "5in the": true, "12B is": false, "5 km away": true,
	} {
		p, i := first(t, "en", text, token.Digits)
		j := p.SkipGap(i + 1)
		_, end := p.ParseUnit(j)
		if end == j {
			t.Fatalf("%q has no unit", text)
		}
		if got := p.IsUnitOfNumber(i+1, j, end); got != want {
			t.Errorf("%q is a number of units: %t, want %t", text, got, want)
		}
	}
}

func TestCurrencyAt(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "$5", "dollar"},
		{"en", "€5", "euro"},
		{"en", "USD 5", "U S dollar"},
		{"en", "CADs 5", ""},
		{"pt", "R$ 5", "real"},
		{"pl", "zł", "złoty"},
		{"en", "5", ""},
		{"en", "GBPs", ""},
	} {
		p := readingtest.NewPassage(c[0], c[1])
		money, _ := p.ParseCurrency(0)
		got := ""
		if money != nil {
			got = money.Major.One
		}
		if got != c[2] {
			t.Errorf("%s: the money of %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestShouting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"HOW TO OPEN THE BOX": true, "How To Open The Box": false, "how to open the BOX": false, "THE BOX": false,
		"HTTP CSV SQL XML": false,
	} {
		if got := readingtest.NewPassage("en", text).IsInCapitals(0); got != want {
			t.Errorf("%q shouts: %t, want %t", text, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text              string
		measured, formula bool
	}{
		{"30 %–40 %", true, false},
		{"20 °C – 25 °C", true, false},
		{"50 % - 20 % = 30 %", true, true},
		{"30–40 %", false, false},
		{"a – b", false, false},
	} {
		p := readingtest.NewPassage("en", c.text)
		i := 0
		for !token.IsDash(p.TokenAt(i).Text) {
			i++
		}
		if got := p.IsDashBetweenMeasures(i); got != c.measured || p.IsInFormula(i) != c.formula {
			t.Errorf("%q is a measured span: %t, in a formula: %t", c.text, got, p.IsInFormula(i))
		}
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "H2O", "H two O"},
		{"en", "MP3s", "M P threes"},
		{"en", "a1b2c3", "A one B two C three"},
		{"en", "Boeing747", "Boeing seven hundred forty-seven"},
		{"en", "RFC2616", "R F C twenty-six sixteen"},
		{"de", "A4", "A vier"},
	} {
		p := readingtest.NewPassage(c[0], c[1])
		if got := p.SayLettersAndDigits(0, len(p.Tokens)); got != c[2] {
			t.Errorf("%s: %q is read as %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestWeekdayBefore(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"Montag, 3": true, "Mo., 3": true, "am 3": false} {
		p, i := first(t, "de", text, token.Digits)
		if got := p.IsWeekdayBefore(i); got != want {
			t.Errorf("%q has a weekday: %t, want %t", text, got, want)
		}
	}
}

func TestPolishCase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"bez 5": "gen", "w 5": "loc", "z 5 osobami": "ins", "z 5 osób": "gen", "ma 5": "",
	} {
		p, i := first(t, "pl", text, token.Digits)
		if got := p.FindPolishCase(i); got != want {
			t.Errorf("the case in %q is %q, want %q", text, got, want)
		}
	}
}

func TestDateExists(t *testing.T) {
	t.Parallel()
	for _, d := range []passage.Date{
		{Day: 29, Month: 2}, {Day: 29, Month: 2, Year: 2024}, {Day: 1, Month: 1}, {Day: 31, Month: 12},
	} {
		if !d.Exists() {
			t.Errorf("%+v is no day", d)
		}
	}
	for _, d := range []passage.Date{
		{Day: 29, Month: 2, Year: 2023},
		{Day: 0, Month: 1},
		{Day: 1, Month: 0},
		{Day: 1, Month: 13},
		{Day: 31, Month: 4},
		{Day: 32, Month: 12},
	} {
		if d.Exists() {
			t.Errorf("%+v is a day", d)
		}
	}
}

var update = flag.Bool("update", false, "write the sentences anew")

// TestSentences compares the facts about each number of sentences with the golden file.
func TestSentences(t *testing.T) {
	t.Parallel()
	readingtest.CheckSentences(t, *update, facts)
}

// facts returns the results of all methods for each number of a sentence.
func facts(p *passage.Passage) string {
	var out []string
	for i := range p.Tokens {
		n, end := p.ParseNumber(i)
		if end == i {
			continue
		}
		u, unit := p.ParseUnit(p.SkipGap(end))
		money, _ := p.ParseCurrency(p.SkipGap(end))
		say := []string{p.SpellNumber(n, ""), p.FindNounGenderAfter(end)}
		if u != nil {
			say = append(say, u.One, fmt.Sprint(p.IsUnitOfNumber(end, p.SkipGap(end), unit)))
		}
		if money != nil {
			say = append(say, money.Major.One)
		}
		for _, fact := range []struct {
			name  string
			holds bool
		}{
			{"year", p.IsNumberYear(i, end, n)},
			{"no year", p.IsYearExcludedBefore(i)},
			{"counted", p.IsCountedNounAfter(end)},
			{"opens", p.CanStartAt(i)},
			{"ended", p.IsAtEnd(end)},
			{"glued", p.IsWordOrDigits(end)},
			{"shouting", p.IsInCapitals(i)},
			{"span", p.IsDashBetweenMeasures(end)},
			{"weekday", p.IsWeekdayBefore(i)},
		} {
			if fact.holds {
				say = append(say, fact.name)
			}
		}
		out = append(out, strings.Join(say, ", "))
	}
	return strings.Join(out, "; ")
}

// FuzzNeighbours checks that numbers, units and currencies end inside the text, and that the digits of
// numbers are those in the text.
func FuzzNeighbours(f *testing.F) {
	f.Add("1,234.5 km/h, $5 and 1½ \" 1 000 000 €")
	f.Add("1.2.3 20 °C–25 °C R$ 5zł '5' kWh")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"en", "de", "pl", "fr"} {
			p := readingtest.NewPassage(name, text)
			for i := range p.Tokens {
				n, end := p.ParseNumber(i)
				_, unit := p.ParseUnit(i)
				_, money := p.ParseCurrency(i)
				for _, e := range []int{end, unit, money} {
					if e < i || e > len(p.Tokens) {
						t.Fatalf("%s: token %d of %d in %q ends at %d", name, i, len(p.Tokens), text, e)
					}
				}
				if strings.Trim(n.Whole+n.Fraction, "0123456789") != "" {
					t.Fatalf("%s: %q has the number %+v", name, text, n)
				}
			}
		}
	})
}
