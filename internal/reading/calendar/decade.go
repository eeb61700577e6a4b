package calendar

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// englishDecade returns the spoken form of 1990s and '90s.
func englishDecade(p *passage.Passage, i, n int) string {
	tens := n % 100
	var name string
	switch {
	case n >= 1000 && n%1000 == 0:
		return p.Count(uint64(n), "") + "s"
	case tens == 0:
		return p.YearWords(i, n) + "s"
	case tens == 10:
		name = "tens"
	default:
		name = strings.TrimSuffix(p.Count(uint64(tens), ""), "y") + "ies"
	}
	if n >= 1000 {
		return p.Count(uint64(n/100), "") + " " + name
	}
	return name
}

// ReadShortDecade reads '90s, and years such as '68.
func ReadShortDecade(p *passage.Passage, i int) (int, string) {
	if t := p.At(i).Text; t != "'" && t != "’" && t != "‘" || !p.Opens(i) {
		return i, ""
	}
	if end, say := ReadDecade(p, i+1); end > i+1 {
		return end, say
	}
	if n, ok := p.Small(i+1, 2); ok && len(p.At(i+1).Text) == 2 && !p.Glued(i+2) {
		if n < 10 && p.Base == "en" {
			return i + 2, "oh " + p.Count(uint64(n), "")
		}
		return i + 2, p.Cardinal(p.At(i+1).Text, "")
	}
	return i, ""
}

// ReadDecade reads 1990s, '90s, 90er, années 90, 1990-tallet.
func ReadDecade(p *passage.Passage, i int) (int, string) {
	t := p.At(i)
	n, ok := p.Small(i, 4)
	if !ok || n%10 != 0 || len(t.Text) != 2 && len(t.Text) != 4 || len(t.Text) == 4 && (n < 1000 || n > 2090) {
		return i, ""
	}
	j := i + 1
	hyphen := p.At(j).Text == "-" || p.At(j).Text == "‑"
	if p.At(j).Text == "'" || p.At(j).Text == "’" || hyphen {
		j++
	}
	e := p.At(j)
	if e.Kind != token.Word {
		return i, ""
	}
	for prefix, say := range p.Words {
		ending, ok := strings.CutPrefix(prefix, "decade ")
		if !ok || !strings.HasPrefix(e.Lower, ending) || e.Lower != ending && len(ending) < 3 {
			continue
		}
		if hyphen != strings.HasPrefix(ending, "t") && p.Base != "en" && p.Base != "de" && p.Base != "nl" {
			continue
		}
		return j + 1, decadeWords(p, i, n, say) + e.Lower[len(ending):]
	}
	return i, ""
}

// decadeWords returns the spoken form of a decade. In pattern a star marks the place of the number.
func decadeWords(p *passage.Passage, i, n int, pattern string) string {
	if p.Base == "en" {
		return englishDecade(p, i, n)
	}
	spelled := p.Count(uint64(n), "")
	if n >= 1100 {
		spelled = p.YearWords(i, n)
		if p.Base == "da" || p.Base == "nb" {
			spelled = p.Count(uint64(n/100), "") + p.Count(uint64(n%100), "")
			if n%100 == 0 {
				spelled = p.Count(uint64(n/100), "") + map[string]string{"da": "hundred", "nb": "hundre"}[p.Base]
			}
		}
	}
	if strings.HasPrefix(pattern, "*e") {
		spelled = strings.TrimSuffix(spelled, "e")
	}
	return strings.ReplaceAll(strings.Replace(pattern, "*", spelled, 1), "treserne", "tresserne")
}
