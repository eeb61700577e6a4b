package flite

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/voice"
)

// text joins the phrases. A fragment ends in a comma, which keeps the voice up.
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

// spoken reports whether a character is one that the program says something for.
func spoken(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("$%&@#+=<>*/^~_|", r)
}

// fold writes a text in ASCII, all that the program reads: accents go, signs become
// words or their plain forms, other scripts become blanks.
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

func signs() *strings.Replacer {
	return strings.NewReplacer(
		"‘", "'", "’", "'", "“", `"`, "”", `"`, "«", `"`, "»", `"`, "„", `"`,
		"–", ", ", "—", ", ", "…", "...", "·", " ", "×", " times ", "÷", " divided by ", "±", " plus or minus ",
		"€", " euro ", "£", " pound ", "¥", " yen ", "©", " copyright ", "°", " degrees ",
		"ß", "ss", "æ", "ae", "Æ", "Ae", "œ", "oe", "Œ", "Oe", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D",
		"ð", "d", "Ð", "D", "þ", "th", "Þ", "Th", "ı", "i",
	)
}
