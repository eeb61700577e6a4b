package voice

import (
	"slices"
	"strings"
	"unicode"
)

// CountUnreadableLetters counts the letters of a text, and those in scripts that a voice's engine omits or spells out
// by name ("Chinese letter"). script is the Unicode name of the first such script: Han, Cyrillic. Numbers,
// punctuation, emoji and single Greek letters, which are symbols, are not counted. Engines behind a network are
// assumed to read all scripts.
func CountUnreadableLetters(text string, v Voice) (letters, lost int, script string) {
	reads := newScriptFilter(v)
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		s := findScript(runes[i])
		if s == "" {
			continue
		}
		end := i + 1
		for end < len(runes) && (findScript(runes[end]) == s || unicode.IsMark(runes[end])) {
			end++
		}
		n := end - i
		i = end - 1
		if s == "Greek" && n == 1 {
			continue
		}
		letters += n
		if reads != nil && !reads(s) {
			lost += n
			if script == "" {
				script = s
			}
		}
	}
	return letters, lost, script
}

// newScriptFilter returns a function that reports whether a voice reads a script. nil means that it reads all.
func newScriptFilter(v Voice) func(script string) bool {
	switch v.Engine {
	case EngineFlite:
		return func(s string) bool { return s == "Latin" }
	case EngineEspeak:
		id, _, _ := strings.Cut(v.EngineVoice, "+")
		return func(s string) bool { return canEspeakReadScript(id, s) }
	case "piper":
		// piper uses espeak-ng's pronunciation for the same language.
		base, _, _ := strings.Cut(normalizeTag(v.Language), "-")
		id := base
		for _, l := range listEspeakLanguages() {
			if b, _, _ := strings.Cut(normalizeTag(l.tag), "-"); b == base {
				id = l.id
				break
			}
		}
		return func(s string) bool { return canEspeakReadScript(id, s) }
	}
	return nil
}

// canEspeakReadScript reports whether a voice of espeak-ng 1.51 reads a script; the lists come from tests of the
// program. For some scripts, it switches to a voice of the script's language; it spells out the letters of
// others by their English names.
func canEspeakReadScript(id, script string) bool {
	base, _, _ := strings.Cut(id, "-")
	in := func(list string) bool { return slices.Contains(strings.Fields(list), base) }
	switch script {
	case "Latin":
		return !in("ja he my shn")
	case "Cyrillic":
		return in("ba be bg bs cv hr ka kk ky lfn ltg lv mk nog ru sr tt uk uz")
	case "Greek":
		return !in("af bs en hr lt mk sr vi")
	case "Arabic":
		return in("ar fa sd ug ur")
	case "Hebrew":
		return in("he")
	case "Devanagari":
		return !in("kok")
	case "Bengali":
		return !in("as")
	case "Gurmukhi", "Gujarati", "Tamil", "Kannada", "Malayalam", "Sinhala", "Georgian", "Armenian", "Hangul":
		return true
	case "Oriya":
		return in("or")
	case "Telugu":
		return in("te")
	case "Thai":
		return in("th")
	case "Myanmar":
		return in("my shn")
	case "Ethiopic":
		return in("am")
	case "Hiragana", "Katakana":
		return in("ja")
	case "Han", "Bopomofo":
		return in("cmn yue")
	}
	return false
}

// findScript returns the script of a letter, and "" for other characters and for letters that belong to several
// scripts.
func findScript(r rune) string {
	if r < unicode.MaxASCII {
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			return "Latin"
		}
		return ""
	}
	if !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for _, s := range listCommonScripts() {
		if unicode.Is(unicode.Scripts[s], r) {
			return s
		}
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

// listCommonScripts returns the scripts that findScript tries first, because Unicode has over 160.
func listCommonScripts() []string {
	return []string{
		"Latin", "Han", "Cyrillic", "Hiragana", "Katakana", "Hangul", "Arabic", "Greek", "Hebrew", "Devanagari", "Thai",
	}
}
