package script

import (
	"strings"
	"unicode/utf8"

	"mynah/internal/similar"
)

func runes(s string) int { return utf8.RuneCountInString(s) }

// runeLen returns the number of bytes of the first character of s.
func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// nearest returns the known name that an author may have meant: within one letter of a name of up
// to five letters, or two letters of a longer one, with swapped neighbours counting once;
// otherwise the only known name that begins with the unknown one. near is set in the first case,
// which counts as a misspelling.
func nearest(unknown string, known []string) (name string, near bool) {
	u := strings.ToLower(unknown)
	if n := runes(u); n < 2 || n > 40 {
		return "", false
	}
	if name, near = similar.Nearest(u, known); near {
		return name, true
	}
	const far = 2 // letters; enough for a hint only
	for _, k := range known {
		if runes(u) > far+2 && similar.Distance(u, k, far+1) <= far {
			return k, false
		}
	}
	for _, k := range known {
		if runes(u) >= 3 && strings.HasPrefix(k, u) {
			if name != "" {
				return "", false
			}
			name = k
		}
	}
	return name, false
}

// quote returns a name or value of the author for a message: on one line, shortened, in quotation
// marks.
func quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 60
	if runes(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return "\"" + s + "\""
}

// joinOr lists words for a sentence: "a, b or c".
func joinOr(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
