package langid

import (
	_ "embed" // for the lists
	"strings"
)

// listFunctionWords returns the most frequent articles, pronouns, prepositions, conjunctions and auxiliary
// verbs of languages in Latin script, by language.
func listFunctionWords() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for l := range strings.SplitSeq(strings.TrimSpace(wordLists), "\n") {
		tag, words, _ := strings.Cut(l, ":")
		set := map[string]bool{}
		for w := range strings.FieldsSeq(words) {
			set[w] = true
		}
		out[tag] = set
	}
	return out
}

//go:embed words.txt
var wordLists string
