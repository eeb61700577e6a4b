package script

import (
	"strings"
	"unicode/utf8"

	"mynah/internal/similar"
)

func countCharacters(s string) int { return utf8.RuneCountInString(s) }

// measureFirstRune returns the number of bytes of the first character of s.
func measureFirstRune(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// findNearestName returns the known name that an author probably meant, or "". near is true if the name is
// within one edit of a name of up to five letters, or within two edits of a longer one; swapped
// neighbouring letters count as one edit. Otherwise near is false, and name is a known name within two
// edits, or the only known name that begins with the unknown one.
func findNearestName(unknown string, known []string) (name string, near bool) {
	u := strings.ToLower(unknown)
	if n := countCharacters(u); n < 2 || n > 40 {
		return "", false
	}
	if name, near = similar.FindNearest(u, known); near {
		return name, true
	}
	const far = 2 // maximum edit distance for a hint
	for _, k := range known {
		if countCharacters(u) > far+2 && similar.CountEditsUpTo(u, k, far+1) <= far {
			return k, false
		}
	}
	for _, k := range known {
		if countCharacters(u) >= 3 && strings.HasPrefix(k, u) {
			if name != "" {
				return "", false
			}
			name = k
		}
	}
	return name, false
}

// quoteForMessage formats a name or value of the author for a message: on one line, in quotation marks, with at
// most 60 characters.
func quoteForMessage(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 60
	if countCharacters(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return "\"" + s + "\""
}

// joinWithOr joins words as in a sentence: "a, b or c".
func joinWithOr(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
