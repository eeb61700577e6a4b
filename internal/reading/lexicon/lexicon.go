// Package lexicon parses a project's list of pronunciations, reports mistakes by line, and finds the
// words of the list in a text.
package lexicon

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/diag"
	"mynah/internal/reading/token"
)

// Max is the maximum size of a lexicon in bytes.
const Max = 1 << 20

// entry is the pronunciation of a word: other words, or IPA.
type entry struct {
	word     string
	Say, IPA string
	exact    bool // upper and lower case matter
}

// Lexicon is a project's list of pronunciations.
type Lexicon struct {
	byFirst map[rune][]entry // by the case-folded first letter of the word; longer words first
}

// Parse parses a lexicon: lines "word: replacement" or "word: /ipa/". Blank lines, and comments that
// begin with # at the start of a line or after a space, are ignored. A word in lower case also matches
// its forms with capitals; a word with a capital matches only itself.
func Parse(file string, src []byte) (*Lexicon, diag.List) {
	var list diag.List
	l := &Lexicon{byFirst: map[rune][]entry{}}
	seen := map[string]int{}
	text := norm.NFC.String(strings.TrimPrefix(string(src), "\ufeff"))
	number := 0
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		number++
		const longest = 1000
		at := diag.Range{File: file, Start: diag.Pos{Line: number, Column: 1}, End: diag.Pos{
			Line:   number,
			Column: max(utf8.RuneCountInString(line), 1) + 1,
		}}
		t := strings.TrimSpace(line)
		if t == "" || t[0] == '#' {
			continue
		}
		wrong := func(summary, hint string) {
			d := list.Errorf(at, "%s", summary)
			d.Detail = "A line of a lexicon is word: replacement or word: /ipa/"
			d.Hint = hint
		}
		if !utf8.ValidString(line) || len(line) > longest {
			wrong("the line is not UTF-8, or longer than 1,000 characters", "save the lexicon as UTF-8 text")
			continue
		}
		e, problem, hint := parseEntry(t)
		if problem != "" {
			wrong(problem, hint)
			continue
		}
		if before, ok := seen[e.word]; ok {
			d := list.Warnf(at, "%q is also in line %d; this line is used", e.word, before)
			d.Hint = "remove one of them"
		}
		seen[e.word] = number
		l.addEntry(e)
	}
	return l, list
}

func parseEntry(t string) (e entry, problem, hint string) {
	word, said, ok := splitEntry(t)
	if !ok {
		return e, "the line has no colon after its word", "write " + t + ": and its pronunciation"
	}
	e.word = removeQuotes(strings.TrimSpace(word))
	if said = strings.TrimSpace(said); removeQuotes(said) == said { // inside quotes, # does not start a comment
		said, _, _ = strings.Cut(" "+said, " #")
		said = strings.TrimSpace(said)
	}
	said = removeQuotes(said)
	switch {
	case !strings.ContainsFunc(e.word, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r) || unicode.IsPunct(r)
	}):
		return e, "the line has no word before its colon", "write the word as in the narration"
	case said == "":
		return e, "the word " + e.word + " has no pronunciation", "write its pronunciation after the colon"
	case strings.HasPrefix(said, "/"):
		ipa, end, _ := strings.Cut(said[1:], "/")
		if end != "" || !strings.HasSuffix(said, "/") || !strings.ContainsFunc(ipa, unicode.IsLetter) {
			return e, "the pronunciation of " + e.word + " is not closed by a slash, or empty",
				"write IPA between two slashes: /təˈmɑːtoʊ/"
		}
		e.IPA = strings.TrimSpace(ipa)
	default:
		e.Say = said
	}
	e.exact = strings.ContainsFunc(e.word, unicode.IsUpper)
	return e, "", ""
}

// splitEntry splits a line at the first colon with a space after it, or else at the first colon.
func splitEntry(t string) (word, said string, ok bool) {
	if word, said, ok = strings.Cut(t, ": "); ok {
		return word, said, true
	}
	return strings.Cut(t, ":")
}

func removeQuotes(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

func (l *Lexicon) addEntry(e entry) {
	first, _ := utf8.DecodeRuneInString(e.word)
	first = unicode.ToLower(first)
	list := slices.DeleteFunc(l.byFirst[first], func(o entry) bool { return o.word == e.word })
	list = append(list, e)
	slices.SortStableFunc(list, func(a, b entry) int {
		if a.exact != b.exact && strings.EqualFold(a.word, b.word) { // words that match fewer texts first
			if a.exact {
				return -1
			}
			return 1
		}
		return len(b.word) - len(a.word)
	})
	l.byFirst[first] = list
}

// FindLongestWordAt finds the longest word of the lexicon that begins at byte at of a text. It returns its length
// in bytes, or 0.
func (l *Lexicon) FindLongestWordAt(text string, at int) (int, entry) {
	if l == nil || len(l.byFirst) == 0 {
		return 0, entry{}
	}
	first, _ := utf8.DecodeRuneInString(text[at:])
	for _, e := range l.byFirst[unicode.ToLower(first)] {
		n, ok := matchPrefix(text[at:], e.word, e.exact)
		if ok && canWordEnd(text, at+n) {
			return n, e
		}
	}
	return 0, entry{}
}

// matchPrefix reports whether a text begins with a word, and returns the length of the match in bytes. With
// exact, upper and lower case matter.
func matchPrefix(text, word string, exact bool) (int, bool) {
	n := 0
	for _, w := range word {
		r, size := utf8.DecodeRuneInString(text[n:])
		if size == 0 || r != w && (exact || unicode.ToLower(r) != unicode.ToLower(w)) {
			return 0, false
		}
		n += size
	}
	return n, true
}

// canWordEnd reports whether a word may end at a byte offset: not inside another word or number.
func canWordEnd(text string, at int) bool {
	last, _ := utf8.DecodeLastRuneInString(text[:at])
	next, _ := utf8.DecodeRuneInString(text[at:])
	return !token.IsWordCharacter(last) || !token.IsWordCharacter(next) || token.IsUnspacedLetter(last) ||
		token.IsUnspacedLetter(next)
}
