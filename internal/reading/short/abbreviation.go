// Package short contains the rules for abbreviations, initials, acronyms and shortened compounds. They
// decide by the words around them what is expanded, what is spelled letter by letter, and what is read
// as a word.
package short

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadAbbreviation reads abbreviations of the table: e.g., z. B., Dr., etc.
func ReadAbbreviation(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if say, ok := p.Bare[t.Text]; ok && p.TokenAt(i+1).Text != "." && !p.IsApostrophe(i+1) {
		return i + 1, say
	}
	if end, say := readAbbreviationWithSigns(p, i); end > i {
		return end, say
	}
	const longest = 5
	key, exact := "", ""
	end, say := i, ""
	for j, k := i, 0; k < longest && p.TokenAt(j).Kind == token.Word && p.TokenAt(j+1).Text == "."; k++ {
		key += p.TokenAt(j).Lower
		exact += p.TokenAt(j).Text
		if a, ok := expandAbbreviation(p, key, exact, i, j+2); ok && canEndSentence(p, i, j+2, key) {
			end, say = j+2, a
		}
		key, exact = key+".", exact+"."
		if t := p.TokenAt(j + 2); t.Kind == token.Word && p.TokenAt(j+3).Text != "." { // dott.ssa
			if a, ok := p.Short[key+t.Lower]; ok {
				end, say = j+3, a
			}
		}
		j = p.SkipGap(j + 2)
	}
	if p.Base == "pl" && t.Lower == "godz" && end > i {
		say = inflectPolishHour(p, i)
	}
	return end, say
}

// readAbbreviationWithSigns finds an abbreviation that contains signs, such as t/m.
func readAbbreviationWithSigns(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if k := p.TokenAt(i + 1).Kind; k != token.Sign || !p.CanStartAt(i) {
		return i, ""
	}
	text := p.Src[p.TokenAt(i).Start:]
	best, end := "", i
	for key := range p.Phrases {
		e := p.FindSymbolEnd(i, len(key))
		if e > i && p.TokenAt(e-1).Kind == token.Sign && p.TokenAt(e).Kind != token.Gap {
			continue
		}
		if len(key) > len(best) && strings.HasPrefix(text, key) && e > i {
			best, end = key, e
		}
	}
	return end, p.Phrases[best]
}

// inflectPolishHour returns the word for "godz." in the case that the sentence requires.
func inflectPolishHour(p *passage.Passage, i int) string {
	switch p.FindPolishCase(i) {
	case "loc":
		return "godzinie"
	case "gen":
		return "godziny"
	}
	return "godzina"
}

// canEndSentence reports whether an abbreviation may be at the end of a sentence. Many look like words, whose
// point ends the sentence.
func canEndSentence(p *passage.Passage, from, to int, key string) bool {
	return !p.IsAtEnd(to) || from == 0 || strings.Contains(key, ".") || p.Contains("last", key)
}

// expandAbbreviation returns the expansion of an abbreviation. Entries with a condition that is met take
// precedence.
func expandAbbreviation(p *passage.Passage, key, exact string, from, to int) (string, bool) {
	for _, needs := range []string{"digit", "name", "after"} {
		if say, ok := p.Short[key+" "+needs]; ok && isAbbreviationConditionMet(p, needs, from, to) {
			return say, true
		}
	}
	if say, ok := p.Exact[exact]; ok {
		return say, true
	}
	say, ok := p.Short[key]
	return say, ok
}

// isAbbreviationConditionMet reports whether the condition of an abbreviation is met: digit, name or after.
func isAbbreviationConditionMet(p *passage.Passage, needs string, from, to int) bool {
	next := p.TokenAt(p.SkipGap(to))
	switch needs {
	case "digit":
		if (next.Text == "(" || next.Text == "[") && p.TokenAt(p.SkipGap(to)+1).Kind == token.Digits {
			return true
		}
		return next.Kind == token.Digits || token.ParseRoman(next.Text) > 0 && next.Text != "I" || next.Text == "#"
	case "name":
		b := p.FindIndexBefore(from)
		street := p.TokenAt(b).Kind == token.Word && p.TokenAt(b).Text != p.TokenAt(b).Lower &&
			p.TokenAt(p.FindIndexBefore(b)).Kind == token.Digits
		return next.Kind == token.Word && next.Text != next.Lower && !street
	case "after":
		b := p.TokenAt(p.FindIndexBefore(from))
		return b.Kind == token.Digits || token.ParseRoman(strings.TrimRight(b.Text, "er")) > 0
	}
	return true
}

// ReadAbbreviatedCompound reads compounds with an abbreviated end: Hauptstr.
func ReadAbbreviatedCompound(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	if p.TokenAt(i+1).Text != "." {
		return i, ""
	}
	for tail, say := range p.Tails {
		if stem, ok := strings.CutSuffix(t.Text, tail); ok && stem != "" {
			return i + 2, stem + say
		}
	}
	return i, ""
}
