package flite

import (
	"strings"
	"unicode/utf8"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

// toPhones converts IPA to flite's phones: those of the CMU dictionary in lower case, with the stress after
// vowels. It omits symbols that English does not have.
func toPhones(ipa string) []string {
	table := listPhones()
	var out []string
	stress, stressed := "0", false
	for rest := strings.NewReplacer("g", "ɡ", "ː", "", "ˑ", "", "͡", "", "'", "ˈ", "’", "ˈ").Replace(ipa); rest != ""; {
		switch {
		case strings.HasPrefix(rest, "ˈ"):
			stress, rest = "1", rest[len("ˈ"):]
			continue
		case strings.HasPrefix(rest, "ˌ"):
			stress, rest = "0", rest[len("ˌ"):]
			continue
		}
		n := min(6, len(rest))
		for ; n > 0; n-- {
			if _, ok := table[rest[:n]]; ok {
				break
			}
		}
		if n == 0 {
			_, size := utf8.DecodeRuneInString(rest)
			rest = rest[size:]
			continue
		}
		for p := range strings.FieldsSeq(table[rest[:n]]) {
			if strings.ContainsAny(p[:1], "aeiou") {
				out = append(out, p+stress)
				stressed = stressed || stress == "1"
				stress = "0"
				continue
			}
			out = append(out, p)
		}
		rest = rest[n:]
	}
	if stressed {
		return out
	}
	for i, p := range out { // a word without stress gets it on its first full vowel
		if strings.HasSuffix(p, "0") && p != "ax0" {
			out[i] = strings.TrimSuffix(p, "0") + "1"
			break
		}
	}
	return out
}

// listPhones returns flite's phones, separated by blanks, for IPA symbols.
func listPhones() map[string]string {
	return map[string]string{
		"p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "ɡ": "g", "f": "f", "v": "v", "θ": "th", "ð": "dh",
		"s": "s", "z": "z", "ʃ": "sh", "ʒ": "zh",
		"h": "hh", "m": "m", "n": "n", "ŋ": "ng", "l": "l", "ɹ": "r", "r": "r", "ɾ": "d", "w": "w", "j": "y",
		"tʃ": "ch", "dʒ": "jh", "x": "k", "ʔ": "t",
		"ç": "hh", "ʁ": "r", "ɫ": "l", "ɲ": "n y", "ʍ": "w", "β": "v", "ts": "t s",
		"i": "iy", "ɪ": "ih", "e": "eh", "ɛ": "eh", "æ": "ae", "a": "aa", "ɑ": "aa", "ɒ": "aa", "ɔ": "ao",
		"o": "ow", "ʊ": "uh", "u": "uw", "ʌ": "ah",
		"ə": "ax", "ɐ": "ax", "ɜ": "er", "ɝ": "er", "ɚ": "er", "ɜr": "er", "ɜɹ": "er", "əɹ": "er", "y": "uw",
		"ø": "er", "œ": "er", "ʏ": "uh", "ɨ": "ih", "ɯ": "uh",
		"eɪ": "ey", "aɪ": "ay", "ɔɪ": "oy", "aʊ": "aw", "oʊ": "ow", "əʊ": "ow", "ɪə": "ih r", "eə": "eh r",
		"ʊə": "uh r",
	}
}

// insertPhones replaces the text of words in runs with IPA by flite's markup, and returns the phones of each such
// word by its index. Several words of one run are spoken as one unit: the first word gets the markup, the
// others become empty.
func insertPhones(runs []utter.Run, phrases []voice.Phrase, spans []voice.Span) map[int][]string {
	out := map[int][]string{}
	at := 0
	for _, r := range runs {
		from, to := at, at+len(r.Text)
		at = to
		list := toPhones(r.IPA)
		if len(list) == 0 {
			continue
		}
		first := true
		for i := range phrases {
			w := phrases[i].Word
			if w < 0 || spans[w].Start < from || spans[w].End > to {
				continue
			}
			if !first {
				phrases[i].Text, out[w] = "", []string{}
				continue
			}
			first = false
			phrases[i].Text = `<phoneme ph="` + strings.Join(list, " ") + `">x</phoneme>`
			out[w] = stripStress(list)
		}
	}
	return out
}

// stripStress removes the stress from phones.
func stripStress(list []string) []string {
	var out []string
	for _, p := range list {
		out = append(out, strings.TrimRight(p, "01"))
	}
	return out
}

// replaceMarkupCharacters replaces characters that flite would interpret as markup. It is for sentences that contain
// markup.
func replaceMarkupCharacters(s string) string {
	return strings.NewReplacer("&", " and ", "<", " less than ", ">", " greater than ").Replace(s)
}
