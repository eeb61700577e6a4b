package reading

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// patterns of what is written without blanks. Each is tried where a word begins.
type patterns struct {
	link, mail, host, path, file, snake, camel, flag *regexp.Regexp
}

//nolint:gochecknoglobals // compiled patterns, never changed
var shapes = patterns{
	link: regexp.MustCompile(`^(?i:https?://|ftp://|www\.)[^\s<>"'` + "`" + `]*[\pL\d/_=-]`),
	mail: regexp.MustCompile(`^[\pL\d_.+-]+@[\pL\d_-]+(?:\.[\pL\d_-]+)*\.[A-Za-z]{2,24}`),
	host: regexp.MustCompile(`^(?:[A-Za-z0-9-]+\.)+(?:com|org|net|io|dev|edu|gov|info|app|ai|` +
		`de|fr|uk|eu|ch|at|it|es|nl|pl|co|se|dk|no|pt|br|tv|be)\b(?::\d+)?(?:/[\w./%~?=&#-]*[\w/])?`),
	path: regexp.MustCompile(`^(?:~|\.{1,2})?(?:/[\w.-]*\w)+/?`),
	file: regexp.MustCompile(`^[\pL\d_-]*[\pL\d_](?:\.[\pL\d_-]+)*\.(?:md|txt|go|js|ts|py|rs|c|h|cpp|java|rb|sh|` +
		`css|html?|json|ya?ml|toml|xml|csv|pdf|docx?|xlsx?|pptx?|` +
		`png|jpe?g|gif|svg|webp|mp[34]|wav|mov|zip|tar|gz|exe|conf|cfg|ini|log|sql)\b`),
	snake: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?`),
	camel: regexp.MustCompile(`^(?:[a-z]+(?:[A-Z][a-z0-9]+)+(?:\(\))?|(?:[A-Z][a-z0-9]+){2,}` +
		`(?:\(\))?|[a-z]+(?:[A-Z]+[a-z0-9]*)+(?:\(\))?)`),
	flag: regexp.MustCompile(`^--?[a-z][a-z0-9]*(?:-[a-z0-9]+)*`),
}

// matched gives the token behind what a pattern finds at a token, and what it found.
func (p *passage) matched(i int, find *regexp.Regexp) (int, string) {
	text := p.src[p.at(i).start:]
	m := find.FindString(text)
	if m == "" {
		return i, ""
	}
	last, _ := utf8.DecodeLastRuneInString(m)
	next, _ := utf8.DecodeRuneInString(text[len(m):])
	if wordy(last) && wordy(next) {
		return i, ""
	}
	at := p.at(i).start + len(m)
	j := i
	for j < len(p.tokens) && p.tokens[j].end <= at {
		j++
	}
	if j == i || p.tokens[j-1].end != at {
		return i, ""
	}
	return j, m
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// opens tells that a thing may begin at a token: not within a word, an address or a number.
func (p *passage) opens(i int) bool {
	b := p.at(i - 1)
	return i == 0 || b.kind == gap || b.kind == sign && !strings.Contains("-_.@/+", b.text)
}

// addresses reads addresses of the web and of mail, and names of files.
func (p *passage) addresses(i int) (int, string) {
	if !p.opens(i) || p.at(i+1).kind == gap || i+1 >= len(p.tokens) {
		return i, ""
	}
	if end, m := p.matched(i, shapes.link); end > i {
		return end, p.address(m)
	}
	if end, m := p.matched(i, shapes.mail); end > i {
		return end, p.symbols(m)
	}
	if p.at(i+1).text != "." && p.at(i+1).text != "-" && p.at(i+1).text != "_" && p.at(i+1).kind != digits &&
		p.at(i+1).kind != word {
		return i, ""
	}
	if end, m := p.matched(i, shapes.host); end > i && !p.isAbbreviation(m) {
		return end, p.address(m)
	}
	if end, m := p.matched(i, shapes.file); end > i && !p.isAbbreviation(m) {
		return end, p.symbols(m)
	}
	return i, ""
}

// isAbbreviation tells short forms such as "i.e.c" from names of hosts and files.
func (p *passage) isAbbreviation(m string) bool {
	_, ok := p.short[strings.ToLower(m)]
	return ok || len(m) < 4
}

// address reads the address of a page; what only machines need is left out.
func (p *passage) address(s string) string {
	if _, after, ok := strings.Cut(s, "://"); ok {
		s = after
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "www."), "WWW.")
	if i := strings.IndexAny(s, "?#"); i > 0 {
		s = s[:i]
	}
	return p.symbols(strings.TrimSuffix(s, "/"))
}

// symbols says the signs of addresses and names of files by their words.
func (p *passage) symbols(s string) string {
	var out []string
	part := ""
	flush := func() {
		if part != "" {
			out = append(out, p.segment(part))
			part = ""
		}
	}
	for _, c := range s {
		name := map[rune]string{
			'.': "dot", '/': "slash", '@': "at", '-': "dash", '_': "underscore", ':': "colon", '~': "tilde",
			'+': "plus", '=': "equals", '%': "percent", '&': "and", '#': "hash",
		}[c]
		if name == "" {
			if unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c) {
				part += string(c)
			} else {
				flush()
			}
			continue
		}
		flush()
		out = append(out, p.word(name))
	}
	flush()
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// segment reads letters and digits between the signs of an address.
func (p *passage) segment(s string) string {
	var out []string
	for _, t := range tokenize(s) {
		switch {
		case t.kind == digits && len(t.text) == 4 && (num{whole: t.text}).likeYear():
			out = append(out, p.yearWords(-1, parseSmall(t.text)))
		case t.kind == digits && len(t.text) <= 2:
			out = append(out, p.cardinal(t.text, ""))
		case t.kind == digits:
			out = append(out, p.apart(t.text))
		default:
			out = append(out, p.addressWord(t.text))
		}
	}
	return strings.Join(out, " ")
}

// addressWord reads a word of an address: letters where nobody can say them as a word.
func (p *passage) addressWord(s string) string {
	const longest = 5
	upper := strings.ToUpper(s)
	switch {
	case p.in("address words", strings.ToLower(s)):
		return s
	case len(s) <= longest && !strings.ContainsFunc(upper, isVowel), len(s) > 2 && len(s) <= longest &&
		p.letter[upper] && !p.spoken[upper]:
		return letters(s)
	case p.in("address letters", s):
		return letters(s)
	case len(shapes.camel.FindString(s)) == len(s):
		return p.code(s)
	}
	return s
}

// codeWords reads names of program code.
func (p *passage) codeWords(i int) (int, string) {
	if !p.opens(i) && p.at(i-1).text != "." {
		return i, ""
	}
	if p.at(i+1).text == "_" {
		if end, m := p.matched(i, shapes.snake); end > i {
			return end, p.code(m)
		}
	}
	if t := p.at(i); t.text == t.lower || t.text == strings.ToUpper(t.text) {
		if p.at(i+1).text == "(" && p.at(i+2).text == ")" && len(t.text) > 1 {
			return i + 3, t.text
		}
		return i, ""
	}
	if end, m := p.matched(i, shapes.camel); end > i {
		return end, p.code(m)
	}
	return i, ""
}

// code sets the words apart of which a name in code is made.
func (p *passage) code(s string) string {
	s = strings.TrimSuffix(s, "()")
	if known := strings.ToLower(s); strings.HasPrefix(known, "mc") || strings.HasPrefix(known, "mac") ||
		brands()[known] {
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
			out = append(out, p.segment(w))
		} else if w == strings.ToUpper(w) && len(w) > 1 && (p.letter[w] || !strings.ContainsFunc(w, isVowel)) &&
			!p.spoken[w] {
			out = append(out, letters(w))
		} else {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// brands are words that look like code and are read as one.
func brands() map[string]bool {
	return setOf("iphone ipad ipod imac youtube javascript typescript ebay paypal wordpress linkedin tiktok whatsapp " +
		"facetime airpods openai powerpoint onedrive sharepoint narakeet latex mcdonald github gitlab bitcoin")
}

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// paths reads /etc/mynah, ~/.bashrc and ./run.sh.
func (p *passage) paths(i int) (int, string) {
	if !p.opens(i) {
		return i, ""
	}
	if end, m := p.matched(i, shapes.path); end > i {
		return end, p.symbols(m)
	}
	return i, ""
}

// flags reads an option of a command line.
func (p *passage) flags(i int) (int, string) {
	if !p.opens(i) {
		return i, ""
	}
	end, m := p.matched(i, shapes.flag)
	name := strings.TrimLeft(m, "-")
	if end == i || len(m)-len(name) == 1 && len(name) > 1 {
		return i, "" // a word behind a dash
	}
	var out []string
	for range len(m) - len(name) {
		out = append(out, p.word("dash"))
	}
	for w := range strings.SplitSeq(name, "-") {
		out = append(out, p.segment(w))
	}
	return end, strings.Join(out, " ")
}
