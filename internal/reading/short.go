package reading

import (
	"strings"
	"unicode"
)

// fromWord reads what begins with a word.
func (p *passage) fromWord(i int) (int, string) {
	if !p.known {
		if p.word("dot") != "" {
			return p.addresses(i)
		}
		return i, ""
	}
	if end, say := p.greekLetter(i); end > i {
		return end, say
	}
	if t := p.at(i); t.text == t.lower && p.plainWord(i) {
		return i, ""
	}
	for _, rule := range []func(int) (int, string){
		p.addresses, p.stateName, p.unitAlone, p.monthDay, p.weekdays, p.moneyCode, p.numbered, p.abbreviations,
		p.initials, p.romans, p.letterDigits, p.acronyms, p.codeWords, p.tailed,
	} {
		if end, say := rule(i); end > i && say != "" {
			return end, say
		}
	}
	return i, ""
}

// greekLetter reads a Greek letter that stands as a symbol, with its exponent.
func (p *passage) greekLetter(i int) (int, string) {
	name := greek(p.at(i).lower)
	if name == "" || p.base == "el" {
		return i, ""
	}
	if n, end := p.superscript(i + 1); end > i+1 {
		return end, name + " " + p.toThePower(n)
	}
	return i + 1, name
}

// greek names a letter that stands as a symbol.
func greek(s string) string {
	if len(s) != 2 || s[0] < 0xce || s[0] > 0xcf {
		return ""
	}
	const letters = "αβγδεζηθικλμνξοπρστυφχψω"
	names := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda my ny xi omikron " +
		"pi rho sigma tau ypsilon phi chi psi omega")
	if i := strings.Index(letters, s); i >= 0 {
		return names[i/2]
	}
	return ""
}

// plainWord tells that no rule can be for a word in small letters: nothing but a blank or a
// comma follows it, and no table has it. Most words are such.
func (p *passage) plainWord(i int) bool {
	next := p.at(i + 1)
	if next.kind != gap && next.text != "," || p.at(i+2).kind == digits {
		return false
	}
	t := p.at(i).text
	_, short := p.bare[t]
	_, month := p.month[t]
	return !short && !month && !p.letter[strings.ToUpper(t)]
}

// unitAlone reads a unit such as km/h that no number stands in front of.
func (p *passage) unitAlone(i int) (int, string) {
	if p.at(i).text == "km" && p.at(p.skip(i+1)).kind == digits && p.at(p.before(i)).kind != digits {
		u, _ := p.unitAt(i)
		if u != nil {
			return i + 1, u.one // on a road: km 23
		}
	}
	if p.at(i+1).text != "/" || p.at(i-1).kind == sign && i > 0 {
		return i, ""
	}
	u, end := p.unitAt(i)
	if end < i+3 {
		return i, ""
	}
	return end, u.other
}

// weekdays reads Mo., Tue in front of a date.
func (p *passage) weekdays(i int) (int, string) {
	t := p.at(i)
	name, ok := p.days[t.lower]
	if !ok {
		return i, ""
	}
	j := i + 1
	if p.at(j).text == "." {
		j++
	}
	k := j
	if p.at(k).text == "," {
		k++
	}
	k = p.skip(k)
	_, month := p.month[p.at(k).lower]
	if p.at(k+1).text == "." {
		month = month && p.at(p.skip(k+2)).kind == digits
		if month {
			return j, name
		}
	}
	if p.at(k).kind != digits && (!month || p.at(p.skip(k+1)).kind != digits) && (!isDash(p.at(k).text) ||
		p.days[p.at(p.skip(k+1)).lower] == "") {
		after := p.at(p.skip(j))
		cut := j > i+1 && after.kind == word && after.text == after.lower
		if !cut && (j == i+1 || !p.in("safe weekdays", t.lower)) || t.text == t.lower && p.base == "de" {
			return i, ""
		}
	}
	if isDash(p.at(k).text) {
		m := p.skip(k + 1)
		if other := p.days[p.at(m).lower]; other != "" {
			if p.at(m+1).text == "." && !p.ended(m+2) {
				m++
			}
			return m + 1, name + " " + p.word("to") + " " + other
		}
	}
	return j, name
}

// moneyCode reads USD 5 and R$ 5.
func (p *passage) moneyCode(i int) (int, string) {
	c, end := p.currencyAt(i)
	if end == i || c == nil {
		return i, ""
	}
	if p.at(end).text == "/" { // USD/EUR
		if _, other := p.currencyAt(end + 1); other > end+1 && p.at(other-1).kind == word {
			return other, letters(p.at(i).text) + " " + letters(p.at(end+1).text)
		}
	}
	if p.at(p.skip(end)).kind == digits || isMinus(p.at(p.skip(end)).text) && p.at(p.skip(end)+1).kind == digits {
		return p.quantities(i)
	}
	return i, ""
}

// numbered reads words that stand in front of a number: v2.1, No. 5.
func (p *passage) numbered(i int) (int, string) {
	t := p.at(i)
	if mark := p.at(i + 1).text; (t.lower == "n" || t.lower == "no") && (mark == "°" || mark == "º") &&
		p.at(p.skip(i+2)).kind == digits {
		return i + 2, p.word("number")
	}
	if mark := p.at(i + 2).text; t.lower == "n" && p.at(i+1).text == "." && (mark == "°" || mark == "º") &&
		p.at(p.skip(i+3)).kind == digits {
		return i + 3, p.word("number")
	}
	if (t.text == "v" || t.text == "V") && p.at(i+1).kind == digits {
		j, say := p.versions(i + 1)
		if j == i+1 {
			n, end := p.number(i + 1)
			if t.text == "V" && n.fraction == "" {
				return i, ""
			}
			j, say = end, p.spell(n, "")
		}
		return j, p.word("version") + " " + say
	}
	return i, ""
}

// abbreviations reads a short form by the table: e.g., z. B., Dr., etc.
func (p *passage) abbreviations(i int) (int, string) {
	t := p.at(i)
	if say, ok := p.bare[t.text]; ok && p.at(i+1).text != "." && !p.apostrophe(i+1) {
		return i + 1, say
	}
	if end, say := p.phrase(i); end > i {
		return end, say
	}
	const longest = 5
	key, exact := "", ""
	end, say := i, ""
	for j, k := i, 0; k < longest && p.at(j).kind == word && p.at(j+1).text == "."; k++ {
		key += p.at(j).lower
		exact += p.at(j).text
		if a, ok := p.shortForm(key, exact, i, j+2); ok && p.mayEnd(i, j+2, key) {
			end, say = j+2, a
		}
		key, exact = key+".", exact+"."
		if t := p.at(j + 2); t.kind == word && p.at(j+3).text != "." { // dott.ssa
			if a, ok := p.short[key+t.lower]; ok {
				end, say = j+3, a
			}
		}
		j = p.skip(j + 2)
	}
	if p.base == "pl" && t.lower == "godz" && end > i {
		say = p.polishHour(i)
	}
	return end, say
}

// phrase finds a short form with signs in it, such as t/m.
func (p *passage) phrase(i int) (int, string) {
	if k := p.at(i + 1).kind; k != sign || !p.opens(i) {
		return i, ""
	}
	text := p.src[p.at(i).start:]
	best, end := "", i
	for key := range p.phrases {
		e := p.boundary(i, len(key))
		if e > i && p.at(e-1).kind == sign && p.at(e).kind != gap {
			continue
		}
		if len(key) > len(best) && strings.HasPrefix(text, key) && e > i {
			best, end = key, e
		}
	}
	return end, p.phrases[best]
}

// polishHour is "godz." in the case of the sentence.
func (p *passage) polishHour(i int) string {
	switch p.polishCase(i) {
	case "loc":
		return "godzinie"
	case "gen":
		return "godziny"
	}
	return "godzina"
}

// mayEnd tells whether a short form may stand at the end of a sentence: many look like words.
func (p *passage) mayEnd(from, to int, key string) bool {
	return !p.ended(to) || from == 0 || strings.Contains(key, ".") || p.in("last", key)
}

// shortForm looks a short form up: first where it needs something that stands there.
func (p *passage) shortForm(key, exact string, from, to int) (string, bool) {
	for _, needs := range []string{"digit", "name", "after"} {
		if say, ok := p.short[key+" "+needs]; ok && p.wants(needs, from, to) {
			return say, true
		}
	}
	if say, ok := p.exact[exact]; ok {
		return say, true
	}
	say, ok := p.short[key]
	return say, ok
}

// wants tells whether what an abbreviation needs stands around it.
func (p *passage) wants(needs string, from, to int) bool {
	next := p.at(p.skip(to))
	switch needs {
	case "digit":
		if (next.text == "(" || next.text == "[") && p.at(p.skip(to)+1).kind == digits {
			return true
		}
		return next.kind == digits || romanNumeral(next.text) > 0 && next.text != "I" || next.text == "#"
	case "name":
		b := p.before(from)
		street := p.at(b).kind == word && p.at(b).text != p.at(b).lower && p.at(p.before(b)).kind == digits
		return next.kind == word && next.text != next.lower && !street
	case "after":
		b := p.at(p.before(from))
		return b.kind == digits || romanNumeral(strings.TrimRight(b.text, "er")) > 0
	}
	return true
}

// initials reads U.S., J. R. R. Tolkien: letters with stops between them.
func (p *passage) initials(i int) (int, string) {
	j := i
	var out []string
	for {
		t := p.at(j)
		if t.kind != word || len([]rune(t.text)) != 1 || p.at(j+1).text != "." {
			break
		}
		out = append(out, strings.ToUpper(t.text))
		j += 2
		if p.at(j).kind == gap && p.at(j+2).text == "." && len([]rune(p.at(j+1).text)) == 1 {
			j++
		}
	}
	if p.at(i).text == p.at(i).lower && len(out) < 2 || len(out) == 0 {
		return i, ""
	}
	next := p.at(p.skip(j))
	if len(out) == 1 && (p.at(j).kind != gap || next.kind != word || next.text == next.lower ||
		romanNumeral(out[0]) > 0 && p.in("ordinal stop", "yes")) {
		return i, ""
	}
	return j, strings.Join(out, " ")
}

// acronyms reads words of capitals: letter by letter where people do.
func (p *passage) acronyms(i int) (int, string) {
	t := p.at(i)
	name, plural := t.text, ""
	if w, ok := strings.CutSuffix(name, "s"); ok && len(w) >= 2 && w == strings.ToUpper(w) {
		name, plural = w, "s"
	}
	listed := p.letter[name]
	if p.at(i+1).text == "&" || p.at(i-1).text == "&" {
		// AT&T, R&D: letters on both sides.
		if len([]rune(name)) <= 3 && name == strings.ToUpper(name) && name != strings.ToLower(name) &&
			(p.at(i+2).kind == word || p.at(i-2).kind == word) {
			return i + 1, letters(name)
		}
	}
	if p.spoken[name] || !listed && (name != strings.ToUpper(name) || len([]rune(name)) < 2) {
		return i, ""
	}
	if !strings.ContainsFunc(name, unicode.IsUpper) && !listed {
		return i, ""
	}
	if !listed && !p.spelledOut(i, name) || listed && p.in("words too", name) && p.besideCapitals(i) {
		return i, ""
	}
	end := i + 1
	say := letters(name)
	if plural != "" {
		say += "s"
		if p.base == "en" {
			say = say[:len(say)-1] + "'s"
		}
	}
	return end, say
}

// spelledOut tells whether a word of capitals that no table has is said letter by letter.
func (p *passage) spelledOut(i int, w string) bool {
	runes := []rune(w)
	vowels := 0
	for _, r := range runes {
		if isVowel(r) {
			vowels++
		}
	}
	const longest = 6
	switch {
	case !unicode.In(runes[0], unicode.Latin):
		return false
	case vowels == 0:
		return len(runes) <= longest
	case p.shouting(i) || len(runes) > 4:
		return false
	case len(runes) == 4:
		// NASA and UEFA are words; HDMI, RGBA and ISBN have a vowel where nobody can use it.
		return vowels == 1 && (isVowel(runes[0]) || isVowel(runes[3]))
	}
	return true
}

func isVowel(r rune) bool {
	return strings.ContainsRune("AEIOUYÄÖÜÅÆØÀÁÂÃÈÉÊËÌÍÎÏÒÓÔÕÙÚÛÝĄĘÓ", r)
}

// shouting tells that most words of a text are written in capitals, so that these say
// nothing.
func (p *passage) shouting(i int) bool {
	const few = 4
	loud, all := 0, 0
	for j := max(0, i-40); j < min(len(p.tokens), i+40); j++ {
		t := p.at(j)
		if t.kind != word || len([]rune(t.text)) < 2 || p.letter[t.text] || p.spoken[t.text] && len(t.text) > 3 ||
			!strings.ContainsFunc(strings.ToUpper(t.text), isVowel) {
			continue
		}
		all++
		if t.text != t.lower && t.text == strings.ToUpper(t.text) {
			loud++
		}
	}
	return all >= few && 3*loud > 2*all
}

// besideCapitals tells that a word next to one is written in capitals as well: DO IT NOW.
func (p *passage) besideCapitals(i int) bool {
	for _, j := range []int{p.before(i), p.skip(i + 1)} {
		if t := p.at(j); t.kind == word && len([]rune(t.text)) > 1 && t.text == strings.ToUpper(t.text) && !p.letter[t.text] {
			return true
		}
	}
	return false
}

// letters sets the letters of a word apart, in capitals; marks stay with theirs.
func letters(s string) string {
	var b strings.Builder
	for _, r := range s {
		if b.Len() > 0 && !unicode.IsMark(r) {
			b.WriteByte(' ')
		}
		if !unicode.IsMark(r) {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// letterDigits reads words that go on in digits: A4, MP3, H2O, COVID-19, x².
func (p *passage) letterDigits(i int) (int, string) {
	t := p.at(i)
	if exponent, end := p.superscript(i + 1); end > i+1 {
		if w := p.word("letter power " + exponent); w != "" {
			return end, t.text + " " + w
		}
		return end, t.text + " " + p.toThePower(exponent)
	}
	if s, end := p.subscript(i + 1); end > i+1 {
		say := p.glue(t.text) + " " + p.cardinal(s, "")
		if p.glued(end) {
			say += " " + p.glue(p.at(end).text)
			end++
		}
		return end, say
	}
	if p.at(i+1).text == "^" && len([]rune(t.text)) <= 2 {
		if end, say := p.caret(i+1, t.text); end > i+1 {
			return end, say
		}
	}
	j := i
	for p.glued(j) {
		j++
	}
	if j-i < 2 {
		return i, ""
	}
	if j-i == 2 && (t.lower == "mp" || len([]rune(t.text)) > 3 || t.text != t.lower) {
		return j, p.acronymOr(t.text) + " " + p.model(p.at(i+1).text)
	}
	return j, p.letterGroups(i, j)
}

// acronymOr reads capitals letter by letter, other words as they are.
func (p *passage) acronymOr(s string) string {
	if p.spoken[s] {
		return s
	}
	if s == strings.ToUpper(s) && (len([]rune(s)) <= 3 || p.letter[s]) {
		return letters(s)
	}
	return p.glue(s)
}

// subscript parses lowered digits: CO₂.
func (p *passage) subscript(i int) (string, int) {
	var b strings.Builder
	for ; p.at(i).kind == sign; i++ {
		k := strings.Index("₀₁₂₃₄₅₆₇₈₉", p.at(i).text)
		if k < 0 {
			break
		}
		b.WriteByte("0123456789"[k/len("₀")])
	}
	return b.String(), i
}

// tailed reads compounds that are cut short: Hauptstr.
func (p *passage) tailed(i int) (int, string) {
	t := p.at(i)
	if p.at(i+1).text != "." {
		return i, ""
	}
	for tail, say := range p.tails {
		if stem, ok := strings.CutSuffix(t.text, tail); ok && stem != "" {
			return i + 2, stem + say
		}
	}
	return i, ""
}
