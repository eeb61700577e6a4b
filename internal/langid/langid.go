// Package langid detects the language of a text: from its script, if that belongs to one language,
// else from its function words. It is used for video scripts that set no language, and to notice that
// a voice reads a text in another language. It returns no result for short texts such as titles and
// names.
package langid

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// leastWords is the minimum number of function words for a result. mostOther is the minimum ratio of
// the result's function words to those of English or, if the result is English, of the next language.
const (
	leastWords = 12
	mostOther  = 3
)

// DetectLanguage returns the language of a text as a BCP 47 language subtag, such as "de", or "" if the text is
// too short or ambiguous.
func DetectLanguage(text string) string {
	if tag := DetectByLetters(text); tag != "" {
		return tag
	}
	return detectByWords(text)
}

// DetectByLetters returns the language that the majority of letters belongs to, if these are not Latin, or
// "".
func DetectByLetters(text string) string {
	count := map[string]int{}
	all := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		all++
		if s := findScript(r); s != "" {
			count[s]++
		}
	}
	best := ""
	for _, s := range listScripts() { // the order is fixed, for a deterministic result
		if n := count[s.name]; n > 0 && (best == "" || n > count[best]) {
			best = s.name
		}
	}
	kana := count["Hiragana"] + count["Katakana"]
	east := kana + count["Han"] + count["Hangul"]
	switch {
	case best == "" || max(count[best], east)*2 <= all:
		return ""
	case kana > 0 && east >= count[best] && kana*8 >= count["Han"]:
		return "ja"
	}
	i := slices.IndexFunc(listScripts(), func(s script) bool { return s.name == best })
	return listScripts()[i].detectLanguage(text)
}

// script is a writing system. tag is its language, or the default one if several languages use it.
type script struct {
	name, tag string
	// others are further languages with letters that only they use, the most distinctive first.
	others []marked
}

type marked struct{ tag, letters string }

// listScripts returns the scripts that identify a language.
func listScripts() []script {
	return []script{
		{"Han", "zh", nil},
		{"Hiragana", "ja", nil},
		{"Katakana", "ja", nil},
		{"Hangul", "ko", nil},
		{"Cyrillic", "ru", []marked{{"uk", "іїєґ"}, {"be", "ў"}, {"kk", "қғұһ"}, {"mk", "ѓќѕ"}, {"sr", "ђћљњџ"}}},
		{"Greek", "el", nil},
		{"Hebrew", "he", nil},
		{"Arabic", "ar", []marked{{"ur", "ٹڈڑےں"}, {"fa", "پچژگ"}}},
		{"Devanagari", "hi", []marked{{"mr", "ळ"}}},
		{"Bengali", "bn", nil},
		{"Gurmukhi", "pa", nil},
		{"Gujarati", "gu", nil},
		{"Oriya", "or", nil},
		{"Tamil", "ta", nil},
		{"Telugu", "te", nil},
		{"Kannada", "kn", nil},
		{"Malayalam", "ml", nil},
		{"Sinhala", "si", nil},
		{"Thai", "th", nil},
		{"Lao", "lo", nil},
		{"Khmer", "km", nil},
		{"Myanmar", "my", nil},
		{"Georgian", "ka", nil},
		{"Armenian", "hy", nil},
		{"Ethiopic", "am", nil},
	}
}

func findScript(r rune) string {
	if r < 0x370 { // Latin letters and diacritics
		return ""
	}
	for _, s := range listScripts() {
		if unicode.Is(unicode.Scripts[s.name], r) {
			return s.name
		}
	}
	return ""
}

// detectLanguage returns the language of a text in this script.
func (s script) detectLanguage(text string) string {
	lower := strings.ToLower(text)
	for _, m := range s.others {
		if strings.ContainsAny(lower, m.letters) {
			return m.tag
		}
	}
	if s.name == "Cyrillic" && strings.Contains(lower, "ъ") && !strings.ContainsAny(lower, "ыэё") {
		return "bg"
	}
	return s.tag
}

// detectByWords returns the language with the most function words in the text, or "" if the result is
// unclear.
func detectByWords(text string) string {
	lists := listFunctionWords()
	score := map[string]int{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text),
		func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		word = strings.Trim(word, "'’")
		english := lists["en"][word]
		if english {
			score["en"]++
		}
		for tag, list := range lists {
			if tag != "en" && list[word] && !english {
				score[tag]++
			}
		}
	}
	best, second := "", ""
	for _, tag := range sortTags(lists) {
		switch {
		case best == "" || score[tag] > score[best]:
			best, second = tag, best
		case second == "" || score[tag] > score[second]:
			second = tag
		}
	}
	switch {
	case score[best] < leastWords || score[best] == score[second]:
		return ""
	case best == "en" && score[best] < mostOther*score[second], best != "en" && score[best] < mostOther*score["en"]:
		return ""
	}
	return best
}

func sortTags(m map[string]map[string]bool) []string {
	var out []string
	for tag := range m {
		out = append(out, tag)
	}
	slices.Sort(out)
	return out
}

// ToBaseLanguage returns the language of a tag without its region, in the form that Detect returns: "nb" for no, nn
// and nb-NO, and "zh" for cmn-CN.
func ToBaseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch base {
	case "no", "nn":
		return "nb"
	case "cmn", "yue":
		return "zh"
	}
	return base
}

// FindEnglishName returns the English name of a language, or the tag if the language is unknown.
func FindEnglishName(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	base, _ := t.Base()
	return display.English.Languages().Name(base)
}
