package token

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsDash reports whether a token is a hyphen, a dash or a minus sign.
func IsDash(s string) bool {
	return s == "-" || s == "–" || s == "—" || s == "‐" || s == "‑" || s == "−"
}

// Raised contains the superscript characters: the minus, then the digits 0 to 9.
const Raised = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"

// ParseVulgarFraction parses a fraction in one character, such as ½.
func ParseVulgarFraction(s string) (top, low int, ok bool) {
	r, size := utf8.DecodeRuneInString(s)
	if size != len(s) || size < 2 {
		return 0, 0, false
	}
	pairs := map[rune][2]int{
		'½': {1, 2}, '⅓': {1, 3}, '⅔': {2, 3}, '¼': {1, 4}, '¾': {3, 4}, '⅕': {1, 5}, '⅖': {2, 5},
		'⅗': {3, 5}, '⅘': {4, 5}, '⅙': {1, 6}, '⅚': {5, 6}, '⅐': {1, 7}, '⅛': {1, 8}, '⅜': {3, 8}, '⅝': {5, 8},
		'⅞': {7, 8}, '⅑': {1, 9},
		'⅒': {1, 10},
	}
	f, ok := pairs[r]
	return f[0], f[1], ok
}

// ParseRoman returns the value of a Roman numeral in its canonical form, or 0 for other texts.
func ParseRoman(s string) int {
	steps := []struct {
		value int
		text  string
	}{
		{1000, "M"},
		{900, "CM"},
		{500, "D"},
		{400, "CD"},
		{100, "C"},
		{90, "XC"},
		{50, "L"},
		{40, "XL"},
		{10, "X"},
		{9, "IX"},
		{5, "V"},
		{4, "IV"},
		{1, "I"},
	}
	n, rest := 0, s
	for _, step := range steps {
		for strings.HasPrefix(rest, step.text) {
			n, rest = n+step.value, rest[len(step.text):]
		}
	}
	const most = 3999
	var canonical strings.Builder
	left := n
	for _, step := range steps {
		for ; left >= step.value && n <= most; left -= step.value {
			canonical.WriteString(step.text)
		}
	}
	if canonical.String() != s {
		return 0
	}
	return n
}

// CanBeMinus reports whether a token may be a minus before a number.
func CanBeMinus(s string) bool { return s == "-" || s == "−" || s == "–" }

// IsVowel reports whether an upper-case letter is a vowel in one of the supported languages.
func IsVowel(r rune) bool {
	return strings.ContainsRune("AEIOUYÄÖÜÅÆØÀÁÂÃÈÉÊËÌÍÎÏÒÓÔÕÙÚÛÝĄĘÓ", r)
}

// SpellLetters returns the letters of a word in upper case, separated by spaces. Combining marks stay with
// their letter.
func SpellLetters(s string) string {
	var b strings.Builder
	for _, r := range s {
		if b.Len() > 0 && !unicode.IsMark(r) {
			b.WriteByte(' ')
		}
		if !unicode.IsMark(r) {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// IsSingleLetter reports whether a token is a single letter, which may stand for a number.
func IsSingleLetter(t Token) bool { return t.Kind == Word && len([]rune(t.Text)) == 1 }

// IsDigits reports whether a text consists only of ASCII digits and is not empty.
func IsDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// ParseIntOrMinusOne returns the value of a small number, or -1 for other texts.
func ParseIntOrMinusOne(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
