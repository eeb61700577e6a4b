package calendar

import (
	"strings"

	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// sayEnglishDecade returns the spoken form of 1990s and '90s.
func sayEnglishDecade(p *passage.Passage, i, n int) string {
	tens := n % 100
	var name string
	switch {
	case n >= 1000 && n%1000 == 0:
		return p.SpellCount(uint64(n), "") + "s"
	case tens == 0:
		return p.SayYear(i, n) + "s"
	case tens == 10:
		name = "tens"
	default:
		name = strings.TrimSuffix(p.SpellCount(uint64(tens), ""), "y") + "ies"
	}
	if n >= 1000 {
		return p.SpellCount(uint64(n/100), "") + " " + name
	}
	return name
}

// ReadShortDecade reads '90s, and years such as '68.
func ReadShortDecade(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if t := p.TokenAt(i).Text; t != "'" && t != "’" && t != "‘" || !p.CanStartAt(i) {
		return i, ""
	}
	if end, say := ReadDecade(p, i+1); end > i+1 {
		return end, say
	}
	if n, ok := p.ParseSmallNumber(i+1, 2); ok && len(p.TokenAt(i+1).Text) == 2 && !p.IsWordOrDigits(i+2) {
		if n < 10 && p.Base == "en" {
			return i + 2, "oh " + p.SpellCount(uint64(n), "")
		}
		return i + 2, p.SpellCardinal(p.TokenAt(i+1).Text, "")
	}
	return i, ""
}

// ReadDecade reads 1990s, '90s, 90er, années 90, 1990-tallet.
func ReadDecade(p *passage.Passage, i int) (nextIndex int, spoken string) {
	t := p.TokenAt(i)
	n, ok := p.ParseSmallNumber(i, 4)
	if !ok || n%10 != 0 || len(t.Text) != 2 && len(t.Text) != 4 || len(t.Text) == 4 && (n < 1000 || n > 2090) {
		return i, ""
	}
	j := i + 1
	hyphen := p.TokenAt(j).Text == "-" || p.TokenAt(j).Text == "‑"
	if p.TokenAt(j).Text == "'" || p.TokenAt(j).Text == "’" || hyphen {
		j++
	}
	e := p.TokenAt(j)
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
		return j + 1, sayDecade(p, i, n, say) + e.Lower[len(ending):]
	}
	return i, ""
}

// sayDecade returns the spoken form of a decade. In pattern a star marks the place of the number.
func sayDecade(p *passage.Passage, i, n int, pattern string) string {
	if p.Base == "en" {
		return sayEnglishDecade(p, i, n)
	}
	spelled := p.SpellCount(uint64(n), "")
	if n >= 1100 {
		spelled = p.SayYear(i, n)
		if p.Base == "da" || p.Base == "nb" {
			spelled = p.SpellCount(uint64(n/100), "") + p.SpellCount(uint64(n%100), "")
			if n%100 == 0 {
				spelled = p.SpellCount(uint64(n/100), "") + map[string]string{"da": "hundred", "nb": "hundre"}[p.Base]
			}
		}
	}
	if strings.HasPrefix(pattern, "*e") {
		spelled = strings.TrimSuffix(spelled, "e")
	}
	return strings.ReplaceAll(strings.Replace(pattern, "*", spelled, 1), "treserne", "tresserne")
}
