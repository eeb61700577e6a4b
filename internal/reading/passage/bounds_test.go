package passage_test

import (
	"strings"
	"testing"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/readingtest"
)

// TestModels checks that model numbers are read in pairs, as a whole, or digit by digit.
func TestModels(t *testing.T) {
	t.Parallel()
	en, de := readingtest.NewPassage("en", ""), readingtest.NewPassage("de", "")
	for _, c := range []struct {
		p            *passage.Passage
		number, want string
	}{
		{en, "1984", "nineteen eighty-four"},
		{en, "2000", "two thousand"},
		{en, "2016", "twenty sixteen"},
		{en, "1905", "one thousand nine hundred five"},
		{en, "1900", "one thousand nine hundred"},
		{en, "0123", "zero one two three"},
		{en, "123", "one hundred twenty-three"},
		{en, "12345", "twelve thousand three hundred forty-five"},
		{en, "123456", "one two three four five six"},
		{de, "1984", "eintausendneunhundertvierundachtzig"},
	} {
		if got := c.p.SayModelNumber(c.number); got != c.want {
			t.Errorf("%s: %q, want %q", c.number, got, c.want)
		}
	}
	for letters, want := range map[string]string{
		"ABC": "A B C", "xzw": "X Z W", "xyz": "xyz", "ABCD": "ABCD", "abc": "abc", "bcd": "B C D", "bcdf": "bcdf",
		"a": "A", "é": "É", "Ab": "Ab",
	} {
		if got := en.SayGluedLetters(letters); got != want {
			t.Errorf("%s: %q, want %q", letters, got, want)
		}
	}
	for text, want := range map[string]string{
		"a1b": "A one B", "s1": "S one", "1s": "ones",
		"a1b23": "A one B twenty-three", "a12b34c": "A one two B three four C",
	} {
		p := readingtest.NewPassage("en", text)
		if got := p.SayLettersAndDigits(0, len(p.Tokens)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestFormsByDefault checks the defaults for a language without Forms.
func TestFormsByDefault(t *testing.T) {
	t.Parallel()
	p := passage.New(grammar.New("cs"), passage.Forms{}, "roku 1999")
	if p.SayYear(2, 0) != p.SpellCount(0, "") || p.SayYear(2, -5) != p.SpellCount(0, "") ||
		p.ChooseOrdinalForm(2, 3) != "-" ||
		p.ChooseCardinalForm(2, "f") != "f" {
		t.Error("years and forms are not those of any language")
	}
}

// TestSmallNumbers checks the limit of digits of ParseSmallNumber.
func TestSmallNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want int
		ok   bool
	}{{"12", 2, 12, true}, {"123", 2, 0, false}, {"007", 3, 7, true}, {"123456789", 9, 123456789, true}, {
		"1", 10, 0,
		false,
	}, {"x", 2, 0, false}, {"0", 1, 0, true}} {
		if n, ok := readingtest.NewPassage("en", c.text).ParseSmallNumber(0, c.most); n != c.want || ok != c.ok {
			t.Errorf("%s of %d digits: %d, %v", c.text, c.most, n, ok)
		}
	}
}

// TestHowFarOneLooks checks that IsInFormula considers 24 tokens, and IsInCapitals 40.
func TestHowFarOneLooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		gaps int
		want bool
	}{{0, true}, {10, true}, {11, false}, {12, false}, {13, false}} {
		behind := readingtest.NewPassage("en", "- "+strings.Repeat("a ", c.gaps)+"=")
		if got := behind.IsInFormula(0); got != c.want {
			t.Errorf("%d words in front of the sign: %v", c.gaps, got)
		}
		front := readingtest.NewPassage("en", "="+strings.Repeat(" a", c.gaps)+" -")
		if got, want := front.IsInFormula(len(front.Tokens)-1), c.gaps <= 11; got != want {
			t.Errorf("%d words behind the sign: %v", c.gaps, got)
		}
	}
	for words, want := range map[string]bool{
		"OPEN THE BOX NOW": true, "OPEN THE BOX": false, "OPEN THE BOX now please": false, "OPEN THE BOX NOW please": true,
		"OPEN THE BOX NOW please sir": false, "A B C D OPEN": false,
	} {
		if got := readingtest.NewPassage("en", words).IsInCapitals(0); got != want {
			t.Errorf("%q shouts: %v", words, got)
		}
	}
	far := strings.Repeat("1 ", 20)
	if p := readingtest.NewPassage("en", far+"OPEN THE BOX NOW "+far); !p.IsInCapitals(7) || p.IsInCapitals(6) ||
		!p.IsInCapitals(80) || p.IsInCapitals(81) {
		t.Error("capitals within 40 tokens are not seen, or those further away are")
	}
}

// TestNumbersAtTheirBounds checks which marks are decimal marks and which are group separators.
func TestNumbersAtTheirBounds(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{ // language, text, whole, fraction
		{"de", "0.125", "0", "125"},
		{"de", "1.125", "1125", ""},
		{"de", "1.12", "1", "12"},
		{"en", "1·5", "1", "5"},
		{"en", "12,34,567", "1234567", ""},
		{"en", "12,34,56", "12", ""},
		{"en", "1,234,56", "1234", ""},
		{"en", "1234,567", "1234", ""},
		{"de", "1.234 567", "1234", ""},
		{"de", "1 234.567", "1234", ""},
		{"de", "1.234.5", "1234", ""},
		{"fr", "1\u202f234,5", "1234", "5"},
		{"en", "1,0000", "1", ""},
		{"en", "999,999", "999999", ""},
	} {
		if n, _ := readingtest.NewPassage(c[0], c[1]).ParseNumber(0); n.Whole != c[2] || n.Fraction != c[3] {
			t.Errorf("%s: %s is %s and %s, want %s and %s", c[0], c[1], n.Whole, n.Fraction, c[2], c[3])
		}
	}
	long := strings.Repeat("1", 41)
	for text, want := range map[string]int{long + "." + long: 0, long[:40] + "." + long: 41, long + "." + long[:40]: 40} {
		if n, _ := readingtest.NewPassage("en", text).ParseNumber(0); len(n.Fraction) != want {
			t.Errorf("%.50s… has %d decimals, want %d", text, len(n.Fraction), want)
		}
	}
}
