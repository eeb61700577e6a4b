package voice

import (
	_ "embed" // the lists
	"strings"
	"sync"
	"unicode"
)

// suppressions holds CLDR's lists of abbreviations that end no sentence: a line "= TAG", then
// one a line. scripts/language-data writes it.
//
//go:embed suppressions.txt
var suppressions string

//go:embed abbreviations.txt
var ownAbbreviations string

// abbreviations are the short forms of one language, without their last stop.
type abbreviations struct {
	exact    map[string]bool // CLDR's, upper and lower case count
	spaced   []string        // those of them with blanks
	always   map[string]bool // in lower case
	loose    map[string]bool // end a sentence in front of a starter
	digit    map[string]bool // go on in front of a number alone
	common   map[string]bool // words as well
	tails    []string        // of compounds
	starters map[string]bool // words that likely start a sentence
	titles   map[string]bool // of English, which are met in all languages
}

// allAbbreviations parses the lists, once.
//
//nolint:gochecknoglobals // read-only tables that are built when they are first used
var allAbbreviations = sync.OnceValue(func() map[string]abbreviations {
	out := map[string]abbreviations{}
	for part := range strings.SplitSeq("\n"+ownAbbreviations, "\n= ") {
		tag, lines, ok := strings.Cut(part, "\n")
		if !ok || tag == "" {
			continue // the head of the file
		}
		out[tag] = parseAbbreviations(lines)
	}
	for part := range strings.SplitSeq("\n"+suppressions, "\n= ") {
		tag, lines, ok := strings.Cut(part, "\n")
		known, listed := out[tag]
		if !ok || !listed {
			continue
		}
		for line := range strings.SplitSeq(lines, "\n") {
			bare := strings.TrimSuffix(line, ".")
			if strings.Contains(bare, " ") {
				known.spaced = append(known.spaced, line)
			} else if bare != "" {
				known.exact[bare] = true
			}
		}
		out[tag] = known
	}
	for tag, known := range out {
		known.titles = out["en"].titles
		out[tag] = known
	}
	return out
})

func parseAbbreviations(lines string) abbreviations {
	a := abbreviations{
		exact: map[string]bool{}, always: map[string]bool{}, loose: map[string]bool{}, digit: map[string]bool{},
		common: map[string]bool{}, titles: map[string]bool{}, starters: map[string]bool{},
	}
	for line := range strings.SplitSeq(lines, "\n") {
		kind, words, _ := strings.Cut(line, ":")
		set := map[string]map[string]bool{
			"always": a.always, "titles": a.titles, "loose": a.loose, "digit": a.digit, "common": a.common,
			"starters": a.starters,
		}[kind]
		for w := range strings.FieldsSeq(words) {
			if kind == "tails" {
				a.tails = append(a.tails, w)
			} else if set != nil {
				set[w] = true
			}
		}
	}
	return a
}

// abbreviationsOf returns the lists of a language; languages without lists use those of
// English, whose titles are met everywhere.
func abbreviationsOf(language string) abbreviations {
	all := allAbbreviations()
	switch language {
	case "no", "nn":
		language = "nb"
	case "sk":
		language = "cs"
	case "ca", "gl":
		language = "es"
	case "uk", "bg", "be":
		language = "ru"
	}
	if a, ok := all[language]; ok {
		return a
	}
	return all["en"]
}

// judge reports whether a sentence goes on after a word with a stop; listed is false where no
// list has the word. digit tells that a number follows, starts that a word follows with which
// sentences start.
func (a abbreviations) judge(bare, body string, digit, starts bool) (goesOn, listed bool) {
	low := strings.ToLower(bare)
	switch {
	case a.digit[low] && !a.always[low] && !a.loose[low] && (bare == low || len([]rune(low)) > 1):
		return digit, true
	case a.always[low] && !a.common[bare]:
		return true, true
	case a.loose[low]:
		return digit || !starts && !a.common[bare], true
	case a.common[bare]:
		return false, true
	case a.exact[bare] && len([]rune(bare)) > 1:
		return !starts, true
	}
	for _, s := range a.spaced {
		if head, ok := strings.CutSuffix(body, s); ok && (head == "" || strings.HasSuffix(head, " ")) {
			return !starts, true
		}
	}
	for _, tail := range a.tails {
		if stem, ok := strings.CutSuffix(low, tail); ok && stem != "" &&
			strings.IndexFunc(stem, unicode.IsLetter) >= 0 {
			return digit || !starts, true
		}
	}
	return a.titles[low], a.titles[low]
}
