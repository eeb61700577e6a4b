package token_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/reading/token"
)

// kinds formats a text with the kind of each token before it.
func kinds(text string) string {
	var b strings.Builder
	for _, t := range token.SplitTokens(text) {
		b.WriteString([]string{"_", "w", "d", "s"}[t.Kind] + "<" + t.Text + ">")
	}
	return b.String()
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"On 3/4, a1b":             "w<On>_< >d<3>s</>d<4>s<,>_< >w<a>d<1>w<b>",
		"--":                      "s<->s<->",
		"a \t\n b":                "w<a>_< \t\n >w<b>",
		"٣٤ 𝟗":                    "d<34>_< >d<9>",
		"日本 人":                    "w<日>w<本>_< >w<人>",
		"cafe\u0301":              "w<cafe\u0301>",
		"in\u00adfor":             "w<infor>",
		"5\u00ad0":                "d<5>_<>d<0>",
		"a\xff":                   "w<a>s<\ufffd>",
		"می\u200cخواهم ab\u200cc": "w<می\u200cخواهم>_< >w<abc>",
		"":                        "",
		"\u00adx y\u00ad":         "_<>w<x>_< >w<y>_<>",
		"x\u00ad5\u00adx":         "w<x>_<>d<5>_<>w<x>",
		"日a b":                    "w<日>w<a>_< >w<b>",
		"a日":                      "w<a>w<日>",
		"日\u0301\u0301a":          "w<日\u0301\u0301>w<a>",
		"คน":                      "w<ค>w<น>",
		"αβ\u200dγ":               "w<αβγ>",
		"дж\u200cж":               "w<джж>",
		"𝟎𝟗𝟘𝟙𝟡𝟢𝟿":                 "d<0901909>",
		"٠٩ ۰۹ ०९":                "d<09>_< >d<09>_< >d<09>",
		"a_b\x00":                 "w<a>s<_>w<b>_<\x00>",
	} {
		if got := kinds(text); got != want {
			t.Errorf("%q is cut into %s, want %s", text, got, want)
		}
	}
	if got := token.SplitTokens("ÄRGER")[0].Lower; got != "ärger" {
		t.Errorf("in lower case: %q", got)
	}
}

func TestRoman(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"I": 1, "IV": 4, "XIX": 19, "XLII": 42, "MCMXCIX": 1999, "MMMCMXCIX": 3999,
		"": 0, "IIII": 0, "IC": 0, "IXIX": 0, "iv": 0, "X1": 0,
	} {
		if got := token.ParseRoman(s); got != want {
			t.Errorf("%q is %d, want %d", s, got, want)
		}
	}
}

// TestAllRomans compares ParseRoman with numerals composed of thousands, hundreds, tens and ones.
func TestAllRomans(t *testing.T) {
	t.Parallel()
	places := [4][]string{
		{"", "M", "MM", "MMM"},
		{"", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"},
		{"", "X", "XX", "XX" + "X", "XL", "L", "LX", "LXX", "LXXX", "XC"},
		{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"},
	}
	for n := 1; n < 4000; n++ {
		s := places[0][n/1000] + places[1][n/100%10] + places[2][n/10%10] + places[3][n%10]
		if got := token.ParseRoman(s); got != n {
			t.Errorf("%q is %d, want %d", s, got, n)
		}
	}
	for _, s := range []string{
		"VV", "LL", "DD", "MMMM", "VX", "IXI", "CMC", "XCX", "IVI", "CMM", "VIV", "I ", "A",
		"XVIIII",
	} {
		if got := token.ParseRoman(s); got != 0 {
			t.Errorf("%q is %d", s, got)
		}
	}
}

func TestVulgar(t *testing.T) {
	t.Parallel()
	if top, low, ok := token.ParseVulgarFraction("¾"); top != 3 || low != 4 || !ok {
		t.Errorf("¾ is %d/%d, %t", top, low, ok)
	}
	for _, r := range "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒" { // Unicode writes each as top, fraction slash, low
		top, low, ok := token.ParseVulgarFraction(string(r))
		if got := strconv.Itoa(top) + "⁄" + strconv.Itoa(low); !ok || got != norm.NFKC.String(string(r)) {
			t.Errorf("%c is %s, %t", r, got, ok)
		}
	}
	for _, s := range []string{"", "1", "½½", "é"} {
		if top, low, ok := token.ParseVulgarFraction(s); top != 0 || low != 0 || ok {
			t.Errorf("%q is the fraction %d/%d", s, top, low)
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][2]bool{ // dash, minus
		"-": {true, true}, "–": {true, true}, "−": {true, true}, "—": {true, false}, "‑": {true, false},
		"+": {false, false}, "": {false, false}, "--": {false, false},
	} {
		if got := [2]bool{token.IsDash(s), token.CanBeMinus(s)}; got != want {
			t.Errorf("%q is dash, minus: %v, want %v", s, got, want)
		}
	}
	for s, want := range map[string]int{"0": 0, "42": 42, "": -1, "4a": -1} {
		if got := token.ParseIntOrMinusOne(s); got != want {
			t.Errorf("the value of %q is %d, want %d", s, got, want)
		}
	}
	for r, want := range map[rune]bool{
		'a': true, 'Ж': true, '日': true, '٣': true, '7': true, '_': true, '-': false,
		' ': false, '½': false,
	} {
		if got := token.IsWordCharacter(r); got != want {
			t.Errorf("%c is part of a word: %v", r, got)
		}
	}
	for r, want := range map[rune]bool{'日': true, 'か': true, 'カ': true, 'ก': true, 'a': false, '가': false, '7': false} {
		if got := token.IsUnspacedLetter(r); got != want {
			t.Errorf("%c is of a script without blanks: %v", r, got)
		}
	}
	if !token.IsDigits("007") || token.IsDigits("") || token.IsDigits("7a") {
		t.Error("IsDigits is wrong")
	}
	if got := token.SpellLetters("käse\u0301"); got != "K Ä S E\u0301" {
		t.Errorf("SpellLetters: %q", got)
	}
	if !token.IsVowel('Ö') || token.IsVowel('B') {
		t.Error("IsVowel is wrong")
	}
	one, two := token.SplitTokens("x")[0], token.SplitTokens("xy")[0]
	if !token.IsSingleLetter(one) || token.IsSingleLetter(two) {
		t.Error("IsLetter is wrong")
	}
}

// FuzzSplit checks that tokens are consecutive, cover the text and are not empty, and that digits are
// 0 to 9.
func FuzzSplit(f *testing.F) {
	f.Add("On 3/4 a\u00adb ٣ 日本\u200d x\xff")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, k := range token.SplitTokens(text) {
			if k.Start != at || k.End <= k.Start || !utf8.ValidString(k.Text) {
				t.Fatalf("%q: %+v behind byte %d", text, k, at)
			}
			if k.Kind == token.Digits && !token.IsDigits(k.Text) {
				t.Fatalf("%q: digits %q", text, k.Text)
			}
			at = k.End
		}
		if at != len(text) {
			t.Fatalf("%q is covered to byte %d", text, at)
		}
	})
}
