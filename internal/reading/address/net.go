// Package address contains the rules for web and mail addresses, files, command-line options,
// identifiers in code, telephone numbers, house numbers and postal codes. Their digits and letters are
// read one by one or in groups.
package address

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"mynah/internal/reading/grammar"
	"mynah/internal/reading/passage"
	"mynah/internal/reading/token"
)

// patterns are regular expressions of things that are written without spaces. Each is tried at the
// start of a word.
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

// matchPatternAt matches a pattern at token i. It returns the index of the token after the match, and the
// matched text.
func matchPatternAt(p *passage.Passage, i int, find *regexp.Regexp) (nextIndex int, matched string) {
	text := p.Src[p.TokenAt(i).Start:]
	m := find.FindString(text)
	if m == "" {
		return i, ""
	}
	last, _ := utf8.DecodeLastRuneInString(m)
	next, _ := utf8.DecodeRuneInString(text[len(m):])
	if token.IsWordCharacter(last) && token.IsWordCharacter(next) {
		return i, ""
	}
	at := p.TokenAt(i).Start + len(m)
	j := i
	for j < len(p.Tokens) && p.Tokens[j].End <= at {
		j++
	}
	if j == i || p.Tokens[j-1].End != at {
		return i, ""
	}
	return j, m
}

// ReadLink reads web addresses, mail addresses and file names.
func ReadLink(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if !p.CanStartAt(i) || p.TokenAt(i+1).Kind == token.Gap || i+1 >= len(p.Tokens) {
		return i, ""
	}
	if end, m := matchPatternAt(p, i, shapes.link); end > i {
		return end, sayWebAddress(p, m)
	}
	if end, m := matchPatternAt(p, i, shapes.mail); end > i {
		return end, sayAddressOrFileName(p, m)
	}
	if p.TokenAt(i+1).Text != "." && p.TokenAt(i+1).Text != "-" && p.TokenAt(i+1).Text != "_" &&
		p.TokenAt(i+1).Kind != token.Digits &&
		p.TokenAt(i+1).Kind != token.Word {
		return i, ""
	}
	if end, m := matchPatternAt(p, i, shapes.host); end > i && !isAbbreviationOrShort(p, m) {
		return end, sayWebAddress(p, m)
	}
	if end, m := matchPatternAt(p, i, shapes.file); end > i && !isAbbreviationOrShort(p, m) {
		return end, sayAddressOrFileName(p, m)
	}
	return i, ""
}

// isAbbreviationOrShort reports whether m is an abbreviation such as "i.e.", which looks like the name of a
// host or file.
func isAbbreviationOrShort(p *passage.Passage, m string) bool {
	_, ok := p.Short[strings.ToLower(m)]
	return ok || len(m) < 4
}

// sayWebAddress returns the spoken form of a web address. It omits parts such as https:// and www.
func sayWebAddress(p *passage.Passage, s string) string {
	if _, after, ok := strings.Cut(s, "://"); ok {
		s = after
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "www."), "WWW.")
	if i := strings.IndexAny(s, "?#"); i > 0 {
		s = s[:i]
	}
	return sayAddressOrFileName(p, strings.TrimSuffix(s, "/"))
}

// sayAddressOrFileName returns the spoken form of an address or file name, with words for its signs.
func sayAddressOrFileName(p *passage.Passage, s string) string {
	var out []string
	part := ""
	flush := func() {
		if part != "" {
			out = append(out, sayAddressPiece(p, part))
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
		out = append(out, p.FindWord(name))
	}
	flush()
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// sayAddressPiece returns the spoken form of the letters and digits between two signs of an address.
func sayAddressPiece(p *passage.Passage, s string) string {
	var out []string
	for _, t := range token.SplitTokens(s) {
		switch {
		case t.Kind == token.Digits && len(t.Text) == 4 && (grammar.Num{Whole: t.Text}).CanBeYear():
			out = append(out, p.SayYear(-1, token.ParseIntOrMinusOne(t.Text)))
		case t.Kind == token.Digits && len(t.Text) <= 2:
			out = append(out, p.SpellCardinal(t.Text, ""))
		case t.Kind == token.Digits:
			out = append(out, p.SpellDigits(t.Text))
		default:
			out = append(out, sayAddressWord(p, t.Text))
		}
	}
	return strings.Join(out, " ")
}

// sayAddressWord returns the spoken form of a word of an address. Words that cannot be pronounced are
// spelled.
func sayAddressWord(p *passage.Passage, s string) string {
	const longest = 5
	upper := strings.ToUpper(s)
	switch {
	case p.Contains("address words", strings.ToLower(s)):
		return s
	case len(s) <= longest && !strings.ContainsFunc(upper, token.IsVowel), len(s) > 2 && len(s) <= longest &&
		p.Letter[upper] && !p.Spoken[upper]:
		return token.SpellLetters(s)
	case p.Contains("address letters", s):
		return token.SpellLetters(s)
	case len(shapes.camel.FindString(s)) == len(s):
		return separateIdentifierWords(p, s)
	}
	return s
}

// readPath reads file paths such as /etc/mynah, ~/.bashrc and ./run.sh.
func readPath(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if !p.CanStartAt(i) {
		return i, ""
	}
	if end, m := matchPatternAt(p, i, shapes.path); end > i {
		return end, sayAddressOrFileName(p, m)
	}
	return i, ""
}

// readFlag reads command-line options such as --help.
func readFlag(p *passage.Passage, i int) (nextIndex int, spoken string) {
	if !p.CanStartAt(i) {
		return i, ""
	}
	end, m := matchPatternAt(p, i, shapes.flag)
	name := strings.TrimLeft(m, "-")
	if end == i || len(m)-len(name) == 1 && len(name) > 1 {
		return i, "" // a word after a dash, not an option
	}
	var out []string
	for range len(m) - len(name) {
		out = append(out, p.FindWord("dash"))
	}
	for w := range strings.SplitSeq(name, "-") {
		out = append(out, sayAddressPiece(p, w))
	}
	return end, strings.Join(out, " ")
}

// ReadPathOrFlag reads file paths and command-line options that begin with a sign.
func ReadPathOrFlag(p *passage.Passage, i int) (nextIndex int, spoken string) {
	switch p.TokenAt(i).Text {
	case "/", "~", ".":
		return readPath(p, i)
	case "-":
		if b := p.TokenAt(p.FindIndexBefore(i)).Text; token.IsSingleLetter(p.TokenAt(i+1)) && b != "" &&
			strings.Contains("=(+*/<>±", b) {
			return i, "" // a minus
		}
		return readFlag(p, i)
	}
	return i, ""
}
