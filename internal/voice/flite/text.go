package flite

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/voice"
)

// joinPhrases concatenates the phrases. A fragment gets a final comma, which prevents a falling pitch.
func joinPhrases(phrases []voice.Phrase, fragment bool) string {
	var b strings.Builder
	for _, p := range phrases {
		b.WriteString(p.Text)
	}
	s := strings.TrimSpace(b.String())
	if fragment {
		s = strings.TrimRight(s, ".!? ,;:") + ","
	}
	return s + "\n"
}

// isSpoken reports whether flite speaks a character.
func isSpoken(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' ||
		strings.ContainsRune("$%&@#+=<>*/^~_|", r)
}

// toASCII converts a text to ASCII, because flite reads nothing else: it removes accents, replaces signs by words
// or ASCII forms, and replaces other scripts by blanks.
func toASCII(s string) string {
	s = newSignReplacer().Replace(s)
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r < unicode.MaxASCII && r >= ' ':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// newSignReplacer returns the replacements for characters without an ASCII decomposition.
func newSignReplacer() *strings.Replacer {
	return strings.NewReplacer(
		"‘", "'", "’", "'", "“", `"`, "”", `"`, "«", `"`, "»", `"`, "„", `"`,
		"–", ", ", "—", ", ", "…", "...", "·", " ", "×", " times ", "÷", " divided by ", "±", " plus or minus ",
		"€", " euro ", "£", " pound ", "¥", " yen ", "©", " copyright ", "°", " degrees ",
		"ß", "ss", "æ", "ae", "Æ", "Ae", "œ", "oe", "Œ", "Oe", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L", "đ", "d", "Đ",
		"D",
		"ð", "d", "Ð", "D", "þ", "th", "Þ", "Th", "ı", "i",
	)
}
