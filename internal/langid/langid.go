// Package langid determines the language of a text: by its letters where a writing system belongs
// to one language, else by its function words. It is used for scripts that name no language, and
// to notice that a voice reads a text in another language than its own. It answers only when the
// text is clear; a title or a name is not enough.
package langid

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// leastWords is how many function words must speak for a language, and mostOther how many
// times more they must be than those of English (or of another language, for English).
const (
	leastWords = 12
	mostOther  = 3
)

// Of returns the language of a text as a BCP 47 base tag, such as "de", or "" where the text
// does not clearly speak for one.
func Of(text string) string {
	if tag := OfLetters(text); tag != "" {
		return tag
	}
	return ofWords(text)
}

// OfLetters returns the language that most letters of a text belong to, where these are not
// Latin, or "".
func OfLetters(text string) string {
	count := map[string]int{}
	all := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		all++
		if s := scriptOf(r); s != "" {
			count[s]++
		}
	}
	best := ""
	for _, s := range scripts() { // in a fixed order
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
	i := slices.IndexFunc(scripts(), func(s script) bool { return s.name == best })
	return scripts()[i].language(text)
}

// script is a script of one language, or of several that some letters tell apart.
type script struct {
	name, tag string
	// others are languages by letters that only they have, the surest first.
	others []marked
}

type marked struct{ tag, letters string }

// scripts lists the scripts that tell a language.
func scripts() []script {
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

func scriptOf(r rune) string {
	if r < 0x370 { // Latin and its marks
		return ""
	}
	for _, s := range scripts() {
		if unicode.Is(unicode.Scripts[s.name], r) {
			return s.name
		}
	}
	return ""
}

// language distinguishes the languages of a script.
func (s script) language(text string) string {
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

// ofWords finds the language whose function words a text holds.
func ofWords(text string) string {
	lists := functionWords()
	score := map[string]int{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
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
	for _, tag := range sortedTags(lists) {
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

func sortedTags(m map[string]map[string]bool) []string {
	var out []string
	for tag := range m {
		out = append(out, tag)
	}
	slices.Sort(out)
	return out
}

// Base returns the language of a tag without its region, in the form that Of gives: "nb" for no,
// nn and nb-NO, "zh" for cmn-CN.
func Base(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch base {
	case "no", "nn":
		return "nb"
	case "cmn", "yue":
		return "zh"
	}
	return base
}

// Name returns a language's name in English, or the tag where it is not known.
func Name(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	base, _ := t.Base()
	return display.English.Languages().Name(base)
}
