package reading

import (
	"strconv"
	"strings"
)

// likeYear tells that a number could be a year: four digits, 1000 to 2099.
func (n num) likeYear() bool {
	return len(n.whole) == 4 && n.fraction == "" && n.low == 0 && !n.grouped && n.minus == "" && n.whole >= "1000" &&
		n.whole <= "2099"
}

// isYear tells whether the number at tokens from to to is a year. From 1500 on it is one
// unless something is counted; before, a word in front has to say so.
func (p *passage) isYear(from, to int, n num) bool {
	if early := len(n.whole) == 3 && isDigits(n.whole) && n.fraction == "" && n.minus == "" && n.low == 0; early &&
		p.base == "pl" {
		return p.in("after years", p.at(p.skip(to)).lower)
	}
	if !n.likeYear() || p.notYear(from) {
		return false
	}
	if p.base == "pl" && !p.in("before years", p.at(p.before(from)).lower) &&
		!p.in("after years", p.at(p.skip(to)).lower) {
		return false
	}
	if p.in("before years", p.at(p.before(from)).lower) || p.in("after years", p.at(p.skip(to)).lower) {
		return !p.countedAfter(to)
	}
	if p.at(from-1).kind == sign && p.at(from-1).text != "(" && !isDash(p.at(from-1).text) &&
		p.at(from-1).text != "'" && p.at(from-1).text != "’" {
		return n.whole >= "1500" && p.at(from-1).text == "\"" && !p.countedAfter(to)
	}
	return n.whole >= "1500" && !p.countedAfter(to)
}

// notYear tells that a word in front makes a number anything but a year.
func (p *passage) notYear(from int) bool {
	b := p.before(from)
	if p.at(b).text == "." {
		b--
	}
	return p.in("before numbers", p.at(b).lower) || p.at(b).text == "#"
}

// countedAfter tells whether a noun stands behind a number that counts it.
func (p *passage) countedAfter(i int) bool {
	j := p.skip(i)
	t := p.at(j)
	if j == i || t.kind != word || p.in("functions", t.lower) || p.in("after years", t.lower) {
		return false
	}
	if _, end := p.unitAt(j); end > j && p.takesUnit(i, j, end) {
		return true
	}
	if p.base == "de" {
		// A noun has a capital; names behind years stand behind a preposition.
		if t.text != t.lower {
			return !p.in("before years", p.at(p.before(i-1)).lower)
		}
		return p.at(p.skip(j+1)).kind == word && p.at(p.skip(j+1)).text != p.at(p.skip(j+1)).lower &&
			strings.HasSuffix(t.lower, "e")
	}
	if t.text != t.lower {
		return false
	}
	if p.plurals(t.lower) {
		return true
	}
	k := p.skip(j + 1)
	next := p.at(k)
	return p.base == "en" && next.kind == word && next.text == next.lower && !p.in("functions", next.lower) &&
		p.plurals(next.lower)
}

// plurals tells whether a word may be a noun in the plural.
func (p *passage) plurals(w string) bool {
	if p.in("counted", w) {
		return true
	}
	if p.in("functions", w) || p.in("not counted", w) {
		return false
	}
	for ending := range p.sets["plural endings"] {
		if strings.HasSuffix(w, ending) && len(w) > len(ending)+1 {
			return !strings.HasSuffix(w, "ss")
		}
	}
	return false
}

// decades reads 1990s, '90s, 90er, années 90, 1990-tallet.
func (p *passage) decades(i int) (int, string) {
	t := p.at(i)
	n, ok := p.small(i, 4)
	if !ok || n%10 != 0 || len(t.text) != 2 && len(t.text) != 4 || len(t.text) == 4 && (n < 1000 || n > 2090) {
		return i, ""
	}
	j := i + 1
	hyphen := p.at(j).text == "-" || p.at(j).text == "‑"
	if p.at(j).text == "'" || p.at(j).text == "’" || hyphen {
		j++
	}
	e := p.at(j)
	if e.kind != word {
		return i, ""
	}
	for prefix, say := range p.words {
		ending, ok := strings.CutPrefix(prefix, "decade ")
		if !ok || !strings.HasPrefix(e.lower, ending) || e.lower != ending && len(ending) < 3 {
			continue
		}
		if hyphen != strings.HasPrefix(ending, "t") && p.base != "en" && p.base != "de" && p.base != "nl" {
			continue
		}
		return j + 1, p.decadeWords(i, n, say) + e.lower[len(ending):]
	}
	return i, ""
}

// decadeWords writes a decade; the pattern has a star for the number.
func (p *passage) decadeWords(i, n int, pattern string) string {
	if p.base == "en" {
		return p.englishDecade(i, n)
	}
	spelled := p.count(uint64(n), "")
	if n >= 1100 {
		spelled = p.yearWords(i, n)
		if p.base == "da" || p.base == "nb" {
			spelled = p.count(uint64(n/100), "") + p.count(uint64(n%100), "")
			if n%100 == 0 {
				spelled = p.count(uint64(n/100), "") + map[string]string{"da": "hundred", "nb": "hundre"}[p.base]
			}
		}
	}
	if strings.HasPrefix(pattern, "*e") {
		spelled = strings.TrimSuffix(spelled, "e")
	}
	return strings.ReplaceAll(strings.Replace(pattern, "*", spelled, 1), "treserne", "tresserne")
}

// isDigits tells whether a text is made of digits alone.
func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// parseSmall reads a small number; -1 is anything else.
func parseSmall(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
