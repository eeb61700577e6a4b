package espeak

import (
	"strings"
	"unicode/utf8"
)

// toMnemonics converts IPA to espeak-ng's mnemonics, which are similar to Kirshenbaum's ASCII form of IPA. It
// omits symbols without a mnemonic. It returns "" if nothing speakable remains. Some vowels have different
// mnemonics in some languages.
func toMnemonics(ipa, language string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	own, common := listLanguagePhonemes(base), listCommonPhonemes()
	var b strings.Builder
	said := false
	for rest := strings.NewReplacer("g", "ɡ", "ˑ", "", "͡", "", "͜", "", "'", "ˈ", "’", "ˈ").Replace(ipa); rest != ""; {
		found := false
		for n := min(longestSymbol, len(rest)); n > 0 && !found; n-- {
			symbol, ok := own[rest[:n]]
			if !ok {
				symbol, ok = common[rest[:n]]
			}
			if ok {
				b.WriteString(symbol)
				said = said || strings.Trim(symbol, "',_|") != ""
				rest, found = rest[n:], true
			}
		}
		if !found {
			_, n := utf8.DecodeRuneInString(rest)
			rest = rest[n:]
		}
	}
	if !said {
		return ""
	}
	if out := strings.TrimSpace(b.String()); strings.Contains(out, "'") {
		return out
	}
	return "'" + strings.TrimSpace(b.String()) // espeak-ng hardly speaks a word without stress
}

// longestSymbol is the length of the longest key of the tables below, in bytes.
const longestSymbol = 6

// listCommonPhonemes returns the mnemonics that most of espeak-ng's languages share.
func listCommonPhonemes() map[string]string {
	return map[string]string{
		"ˈ": "'", "ˌ": ",", "ː": ":", " ": "_|", ".": "", "-": "", "ʔ": "?",
		"p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "m": "m", "n": "n", "ŋ": "N", "f": "f", "v": "v",
		"s": "s", "z": "z", "h": "h", "l": "l", "r": "r", "ɹ": "r", "ɾ": "r", "w": "w", "j": "j", "x": "x", "q": "q",
		"θ": "T", "ð": "D", "ʃ": "S", "ʒ": "Z", "tʃ": "tS", "dʒ": "dZ", "ts": "ts", "dz": "dz", "pf": "pf", "ç": "C",
		"ɲ": "n^", "ɳ": "n.", "ʎ": "l^", "ɬ": "l#", "β": "B", "ɣ": "Q", "ʁ": "r", "ʀ": "r", "χ": "X", "ɥ": "y",
		"ʂ": "s.", "ʈ": "t.", "ɖ": "d.",
		"ɕ": "S;", "ʑ": "Z;", "tɕ": "tS;", "dʑ": "dZ;", "ʲ": ";",
		"a": "a", "e": "e", "i": "i", "o": "o", "u": "u", "y": "y", "ə": "@", "ɛ": "E", "ɪ": "I", "ɔ": "O", "ʊ": "U",
		"ʌ": "V",
		"æ": "a", "ɑ": "A", "ɒ": "0", "ø": "Y", "œ": "W", "ɐ": "3", "ɨ": "i\"", "ɯ": "u-", "ʏ": "y",
		"ɑ̃": "A~", "ɛ̃": "E~", "ɔ̃": "O~", "œ̃": "W~", "ɐ̃": "&~", "ã": "A~", "õ": "O~",
		"aɪ": "aI", "aʊ": "aU", "eɪ": "eI", "oʊ": "oU", "ɔɪ": "OI",
	}
}

// listLanguagePhonemes returns the mnemonics that differ in a language.
func listLanguagePhonemes(base string) map[string]string {
	switch base {
	case "en":
		return map[string]string{
			"ɑː": "A:", "ɑ": "A:", "ɔː": "O:", "iː": "i:", "i": "i", "uː": "u:", "u": "u:", "ɜː": "3:", "ɝ": "3:",
			"ɚ": "3", "ɜ": "3:", "əʊ": "oU",
			"ɪə": "i@", "eə": "e@", "ʊə": "U@", "ɛə": "e@", "e": "E", "o": "oU", "a": "a", "ɔ": "0", "əl": "@L",
			"x":  "x",
			"ɪɹ": "i@3", "ɛɹ": "e@", "ɑːɹ": "A@", "ɔːɹ": "O@",
		}
	case "de", "lb":
		return map[string]string{
			"ɔʏ": "OY", "ɔɪ": "OY", "ɔø": "OY", "aʊ": "aU", "aɪ": "aI", "øː": "Y:", "yː": "y:", "ɐ": "3", "eː": "e:",
			"oː": "o:", "aː": "A:", "ɑː": "A:",
			"uː": "u:", "iː": "i:", "ɛː": "E:", "œ": "W", "ʏ": "y", "ʁ": "r", "ʀ": "r", "ɹ": "r",
		}
	case "fr":
		return map[string]string{
			"ʁ": "r", "ø": "Y", "œ": "W", "y": "y", "ə": "@", "ɛ": "E", "ɔ": "O", "ɑ̃": "A~", "ɛ̃": "E~", "ɔ̃": "O~",
			"œ̃": "W~", "ɥ": "y", "ɑ": "a",
		}
	}
	return nil
}
