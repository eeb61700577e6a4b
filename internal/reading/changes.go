package reading

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mynah/internal/reading/lexicon"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ellipsisPause is the length of the pause for "..." inside a sentence.
const ellipsisPause = 300 * time.Millisecond

// replacement is a range of a text, in bytes, whose spoken form differs from the written one.
type replacement struct {
	start, end int
	say, ipa   string
	pause      time.Duration
}

// listReplacements returns all replacements in a text, in order.
func listReplacements(p *passage.Passage, l *lexicon.Lexicon) []replacement {
	var out []replacement
	for i := 0; i < len(p.Tokens); {
		t := p.Tokens[i]
		if c, end := findInLexicon(p, l, i); end > i {
			out = append(out, c)
			i = end
			continue
		}
		if end := skipEllipsis(p, i); end > i {
			out = append(out, replacement{start: t.Start, end: p.Tokens[end-1].End, say: ",", pause: ellipsisPause})
			i = end
			continue
		}
		end, say := readToken(p, i)
		if end > i && say != "" {
			c := addMissingSpaces(p, replacement{start: t.Start, end: p.Tokens[end-1].End, say: say})
			if n := len(out); n > 0 && out[n-1].end == c.start && !strings.HasSuffix(out[n-1].say, " ") &&
				token.IsWordCharacter([]rune(c.say)[0]) {
				c.say = " " + c.say
			}
			out = append(out, c)
			i = end
			continue
		}
		if t.Text != p.Src[t.Start:t.End] && t.Kind == token.Word {
			out = append(out, replacement{start: t.Start, end: t.End, say: t.Text})
		} else if t.Kind == token.Gap && t.Text != p.Src[t.Start:t.End] {
			out = append(out, replacement{start: t.Start, end: t.End, say: " "})
		}
		i++
	}
	return out
}

// addMissingSpaces adds spaces between the replacement and letters next to it.
func addMissingSpaces(p *passage.Passage, c replacement) replacement {
	before, _ := utf8.DecodeLastRuneInString(p.Src[:c.start])
	after, _ := utf8.DecodeRuneInString(p.Src[c.end:])
	if token.IsWordCharacter(before) && !token.IsUnspacedLetter(before) {
		c.say = " " + c.say
	}
	if token.IsWordCharacter(after) && !token.IsUnspacedLetter(after) || (after == '(' || after == '$' || after == '€') &&
		!strings.HasSuffix(c.say, " ") {
		c.say += " "
	}
	return c
}

// findInLexicon finds a word of the lexicon at token i. In scripts without spaces it may begin inside a
// token. It returns the index of the token after the word.
func findInLexicon(p *passage.Passage, l *lexicon.Lexicon, i int) (replacement, int) {
	t := p.Tokens[i]
	if l == nil || t.Kind == token.Gap {
		return replacement{}, i
	}
	if b := p.TokenAt(i - 1); i > 0 && b.Kind != token.Gap && b.Kind != token.Sign && t.Kind != token.Sign {
		r, _ := utf8.DecodeRuneInString(t.Text)
		if !token.IsUnspacedLetter(r) {
			return replacement{}, i
		}
	}
	n, e := l.FindLongestWordAt(p.Src, t.Start)
	if n == 0 {
		return replacement{}, i
	}
	end := t.Start + n
	for j := i; j < len(p.Tokens); j++ {
		if p.Tokens[j].End == end {
			return replacement{start: t.Start, end: end, say: e.Say, ipa: e.IPA}, j + 1
		}
	}
	return replacement{}, i
}

// skipEllipsis returns the index after "..." or "…" between two words of a sentence, or i. At the end of a
// sentence, the pause between sentences applies instead.
func skipEllipsis(p *passage.Passage, i int) (nextIndex int) {
	j, dots := i, 0
	for {
		switch p.TokenAt(j).Text {
		case ".":
			dots++
		case "…":
			dots += 3
		default:
			if dots < 3 || i == 0 || strings.TrimSpace(p.Src[:p.TokenAt(i).Start]) == "" {
				return i
			}
			if k := p.SkipGap(j); k >= len(p.Tokens) || !strings.ContainsFunc(p.Src[p.TokenAt(k).Start:], unicode.IsLetter) {
				return i
			}
			return j
		}
		j++
	}
}
