package voice

import (
	_ "embed" // the lists
	"strings"
	"sync"
	"unicode"
)

// suppressions contains CLDR's lists of abbreviations that do not end a sentence. Each list begins with a line
// "= TAG"; one abbreviation per line follows. scripts/language-data writes the file.
//
//go:embed suppressions.txt
var suppressions string

// ownAbbreviations contains the lists that CLDR lacks: a line "= TAG", then lines "KIND: words". See
// parseAbbreviations for the kinds.
//
//go:embed abbreviations.txt
var ownAbbreviations string

// abbreviations contains the abbreviations of one language, without their final stop.
type abbreviations struct {
	exact    map[string]bool // from CLDR; case-sensitive
	spaced   []string        // from CLDR, those that contain blanks
	always   map[string]bool // lower case; never end a sentence
	loose    map[string]bool // end a sentence if a sentence starter follows
	digit    map[string]bool // do not end a sentence if a number follows
	common   map[string]bool // also ordinary words, which may end a sentence
	tails    []string        // endings of abbreviated compounds
	starters map[string]bool // words that likely start a sentence
	titles   map[string]bool // English titles such as Mr; used for all languages
}

// allAbbreviations parses the lists once and returns them by language tag.
//
//nolint:gochecknoglobals // read-only tables that are built when they are first used
var allAbbreviations = sync.OnceValue(func() map[string]abbreviations {
	out := map[string]abbreviations{}
	for part := range strings.SplitSeq("\n"+ownAbbreviations, "\n= ") {
		tag, lines, ok := strings.Cut(part, "\n")
		if !ok || tag == "" {
			continue // text before the first list
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

// parseAbbreviations parses lines of the form "KIND: word word …" of one language.
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

// findAbbreviations returns the lists of a language. Languages without lists use those of English, because
// English titles occur in all languages.
func findAbbreviations(language string) abbreviations {
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

// continuesAfterAbbreviation reports whether the sentence continues after a word that ends in a stop. bare is the word
// without the stop, body is the text up to and including it. digit reports whether a number follows, starts whether the
// next word is one that usually starts a sentence. listed is false if no list contains the word.
func (a abbreviations) continuesAfterAbbreviation(bare, body string, digit, starts bool) (goesOn, listed bool) {
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
