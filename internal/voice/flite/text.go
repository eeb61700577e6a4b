package flite

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/voice"
)

// text concatenates the phrases. A fragment gets a final comma, which prevents a falling pitch.
func text(phrases []voice.Phrase, fragment bool) string {
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

// spoken reports whether flite speaks a character.
func spoken(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("$%&@#+=<>*/^~_|", r)
}

// fold converts a text to ASCII, because flite reads nothing else: it removes accents, replaces signs by words
// or ASCII forms, and replaces other scripts by blanks.
func fold(s string) string {
	s = signs().Replace(s)
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

// signs returns the replacements for characters without an ASCII decomposition.
func signs() *strings.Replacer {
	return strings.NewReplacer(
		"‘", "'", "’", "'", "“", `"`, "”", `"`, "«", `"`, "»", `"`, "„", `"`,
		"–", ", ", "—", ", ", "…", "...", "·", " ", "×", " times ", "÷", " divided by ", "±", " plus or minus ",
		"€", " euro ", "£", " pound ", "¥", " yen ", "©", " copyright ", "°", " degrees ",
		"ß", "ss", "æ", "ae", "Æ", "Ae", "œ", "oe", "Œ", "Oe", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D",
		"ð", "d", "Ð", "D", "þ", "th", "Þ", "Th", "ı", "i",
	)
}
