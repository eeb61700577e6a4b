package address

import (
	"strings"
	"unicode"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// ReadIdentifier reads identifiers of program code, such as getName and max_size.
func ReadIdentifier(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if !p.CanStartAt(i) && p.TokenAt(i-1).Text != "." {
		return i, ""
	}
	if p.TokenAt(i+1).Text == "_" {
		if end, m := matchPatternAt(p, i, shapes.snake); end > i {
			return end, separateIdentifierWords(p, m)
		}
	}
	if t := p.TokenAt(i); t.Text == t.Lower || t.Text == strings.ToUpper(t.Text) {
		if p.TokenAt(i+1).Text == "(" && p.TokenAt(i+2).Text == ")" && len(t.Text) > 1 {
			return i + 3, t.Text
		}
		return i, ""
	}
	if end, m := matchPatternAt(p, i, shapes.camel); end > i {
		return end, separateIdentifierWords(p, m)
	}
	return i, ""
}

// separateIdentifierWords returns the words of an identifier, separated by spaces.
func separateIdentifierWords(p *passage.Passage, s string) string {
	s = strings.TrimSuffix(s, "()")
	if known := strings.ToLower(s); strings.HasPrefix(known, "mc") || strings.HasPrefix(known, "mac") ||
		listBrandNames()[known] {
		return ""
	}
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		upper := unicode.IsUpper(c)
		switch {
		case c == '_':
			c = ' '
		case i > 0 && upper && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1])),
			i > 0 && upper && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1]):
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	var out []string
	for w := range strings.FieldsSeq(b.String()) {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			out = append(out, sayAddressPiece(p, w))
		} else if w == strings.ToUpper(w) && len(w) > 1 && (p.Letter[w] || !strings.ContainsFunc(w, token.IsVowel)) &&
			!p.Spoken[w] {
			out = append(out, token.SpellLetters(w))
		} else {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// listBrandNames returns lower-case words that look like identifiers but are read as one word.
func listBrandNames() map[string]bool {
	return newWordSet("iphone ipad ipod imac youtube javascript typescript ebay paypal wordpress linkedin tiktok " +
		"whatsapp " +
		"facetime airpods openai powerpoint onedrive sharepoint narakeet latex mcdonald github gitlab bitcoin")
}

func newWordSet(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
