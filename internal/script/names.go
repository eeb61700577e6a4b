package script

import (
	"strings"
	"unicode/utf8"
)

func runes(s string) int { return utf8.RuneCountInString(s) }

// runeLen is the number of bytes of the first character of s.
func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// nearest gives the known name that an author may have meant: within two letters
// (one for a name of three), swapped neighbours counting once; or, failing that, the
// only known name that begins with the unknown one. near tells the two apart: only
// the first is taken for a misspelling.
func nearest(unknown string, known []string) (name string, near bool) {
	u := []rune(strings.ToLower(unknown))
	if len(u) > 40 {
		return "", false
	}
	best := 3
	switch len(u) {
	case 0, 1:
		return "", false
	case 2, 3:
		best = 2
	}
	for _, k := range known {
		if d := distance(u, []rune(k), best); d < best {
			name, best = k, d
		}
	}
	if name != "" {
		return name, true
	}
	for _, k := range known {
		if len(u) >= 3 && strings.HasPrefix(k, string(u)) {
			if name != "" {
				return "", false
			}
			name = k
		}
	}
	return name, false
}

// distance counts the letters to add, drop, change or swap with their neighbour to
// turn a into b. What would be limit or more is limit.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
		before, above, row = above, row, before
	}
	return min(above[len(b)], limit)
}

// quoted puts a name or value of the author into a message: on one line, not too
// long, in quotation marks.
func quoted(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 60
	if runes(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return "\"" + s + "\""
}

// either lists words for a sentence: "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
