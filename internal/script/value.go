package script

import (
	"strings"

	"mynah/internal/diag"
)

// valueKind is the syntactic kind of a value.
type valueKind int

const (
	scalarValue valueKind = iota
	mapValue
	listValue
	// brokenValue is the kind of a value whose error was already reported.
	brokenValue
)

// value is the parsed text after the colon of a property or direction.
type value struct {
	kind    valueKind
	text    string // only for scalars; without quotes and comment, and with variables replaced
	at      diag.Range
	entries []entry

	// If text is in the file exactly as written, line and off are the place where it begins. Otherwise
	// line is nil.
	line *line
	off  int
}

// entry is a name and its value in a map.
type entry struct {
	name  string
	at    diag.Range
	value value
}

// newRange returns the range in the file of the bytes from..to of a scalar, or of the whole scalar if its
// place is unknown.
func (v value) newRange(from, to int) diag.Range {
	if v.line == nil {
		return v.at
	}
	return v.line.newByteRange(v.off+from, v.off+to)
}

// word is a word of a scalar with its range in the file.
type word struct {
	text string
	at   diag.Range
}

func (v value) splitWords() []word {
	var out []word
	at := 0
	for f := range strings.FieldsSeq(v.text) {
		at += strings.Index(v.text[at:], f)
		out = append(out, word{text: f, at: v.newRange(at, at+len(f))})
		at += len(f)
	}
	return out
}

// parseScalar parses a part of a line as plain text. It removes enclosing quotes and a trailing comment. A
// # at the beginning starts a comment only if a space follows: "#ff0000" is a colour.
func (p *parser) parseScalar(l *line, from, to int) value {
	from, to = trimByteRange(l.text, from, to)
	raw := l.text[from:to]
	if text, end, ok := parseQuoted(raw); ok {
		return value{text: p.vars.replaceInLine(text), at: l.newByteRange(from, from+end)}
	}
	if raw == "#" || strings.HasPrefix(raw, "# ") || strings.HasPrefix(raw, "#\t") {
		return value{at: l.newByteRange(from, from)}
	}
	if i := findCommentStart(raw); i >= 0 {
		from, to = trimByteRange(l.text, from, from+i)
		raw = l.text[from:to]
	}
	v := value{text: raw, at: l.newByteRange(from, to), line: l, off: from}
	if expanded := p.vars.replaceInLine(raw); expanded != raw {
		v.text, v.line = strings.TrimSpace(expanded), nil
	}
	return v
}

// trimByteRange narrows the byte range from..to of text, so that it has no blanks at both ends.
func trimByteRange(text string, from, to int) (int, int) {
	t := strings.TrimSpace(text[from:to])
	if t == "" {
		return from, from
	}
	from += strings.Index(text[from:to], t)
	return from, from + len(t)
}

// findCommentStart returns the offset of the first # after a blank, or -1.
func findCommentStart(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] == '#' && (text[i-1] == ' ' || text[i-1] == '\t') {
			return i
		}
	}
	return -1
}

// parseQuoted parses text that is one quoted string, optionally followed by a comment. end is the offset
// after the closing quote.
func parseQuoted(text string) (s string, end int, ok bool) {
	end, ok = findQuoteEnd(text)
	if !ok {
		return "", 0, false
	}
	if rest := strings.TrimLeft(text[end:], blanks); rest != "" && (rest[0] != '#' || len(rest) == len(text)-end) {
		return "", 0, false
	}
	inner := text[1 : end-1]
	if text[0] == '\'' {
		return strings.ReplaceAll(inner, "''", "'"), end, true
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(inner), end, true
}

// findQuoteEnd returns the offset after the quoted string at the start of text, or false.
func findQuoteEnd(text string) (int, bool) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return 0, false
	}
	q := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case q == '"' && text[i] == '\\':
			i++
		case text[i] != q:
		case q == '\'' && i+1 < len(text) && text[i+1] == q:
			i++
		default:
			return i + 1, true
		}
	}
	return 0, false
}

// piece is the byte range from..to of a logical line.
type piece struct {
	line     *line
	from, to int
}

func (p piece) text() string { return p.line.text[p.from:p.to] }

// isEmpty reports whether the piece is blank or only a comment.
func (p piece) isEmpty() bool {
	t := strings.TrimSpace(p.text())
	return t == "" || isYAMLComment(t)
}

func isYAMLComment(t string) bool {
	return t == "#" || strings.HasPrefix(t, "# ") || strings.HasPrefix(t, "#\t")
}

// parseBlock parses a value that may have several lines: a map or plain text.
func (p *parser) parseBlock(name string, pieces []piece) value {
	at := pieces[0]
	for len(pieces) > 0 && pieces[0].isEmpty() {
		pieces = pieces[1:]
	}
	for len(pieces) > 0 && pieces[len(pieces)-1].isEmpty() {
		pieces = pieces[:len(pieces)-1]
	}
	if len(pieces) == 0 {
		return value{at: at.line.newByteRange(at.from, at.from)}
	}
	first := pieces[0]
	if entries, ok := p.parsePlainMap(pieces); ok {
		return value{kind: mapValue, at: first.newTrimmedRange(), entries: entries}
	}
	if p.needsYAML(first) {
		return p.parseYAML(name, pieces)
	}
	if len(pieces) == 1 {
		return p.parseScalar(first.line, first.from, first.to)
	}
	var texts []string
	for _, q := range pieces {
		if v := p.parseScalar(q.line, q.from, q.to); v.text != "" {
			texts = append(texts, v.text)
		}
	}
	return value{text: strings.Join(texts, " "), at: first.newTrimmedRange()}
}

// newTrimmedRange returns the range of a piece without surrounding blanks.
func (p piece) newTrimmedRange() diag.Range {
	from, to := trimByteRange(p.line.text, p.from, p.to)
	return p.line.newByteRange(from, to)
}

// needsYAML reports whether a value with this first line must be parsed as YAML: a map, a list or a
// block of text.
func (p *parser) needsYAML(first piece) bool {
	t := hideVariableBraces(strings.TrimSpace(first.text()))
	if _, _, ok := splitKeyLine(t); ok {
		return true
	}
	return t[0] == '{' || beginsBlockScalar(t) || strings.HasPrefix(t, "- ")
}

// beginsBlockScalar reports whether a line begins a YAML block scalar: | or >.
func beginsBlockScalar(t string) bool {
	return (t[0] == '|' || t[0] == '>') && strings.Trim(t[1:], "+-123456789") == ""
}

// splitKeyLine splits "key: value" or "key:". colon is the offset of the colon.
func splitKeyLine(t string) (key string, colon int, ok bool) {
	colon = strings.IndexByte(t, ':')
	if colon <= 0 || colon+1 < len(t) && t[colon+1] != ' ' && t[colon+1] != '\t' {
		return "", 0, false
	}
	key = strings.TrimSpace(t[:colon])
	if len(key) >= 2 && (key[0] == '"' || key[0] == '\'') && key[len(key)-1] == key[0] {
		key = key[1 : len(key)-1]
	}
	for i := range len(key) {
		if c := key[i]; c != '-' && c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return "", 0, false
		}
	}
	return key, colon, key != ""
}

// parsePlainMap parses a map of one level with a plain value on every line, the usual form in scripts. It
// accepts more than YAML: uneven indentation, and the same plain text as in other values. It returns
// false for other maps, which the YAML parser handles.
func (p *parser) parsePlainMap(pieces []piece) ([]entry, bool) {
	entries := make([]entry, 0, len(pieces))
	for _, q := range pieces {
		if q.isEmpty() {
			continue
		}
		from, to := trimByteRange(q.line.text, q.from, q.to)
		t := q.line.text[from:to]
		key, colon, ok := splitKeyLine(t)
		if !ok {
			return nil, false
		}
		rest := strings.TrimLeft(t[colon+1:], blanks)
		if rest == "" || isYAMLComment(rest) || needsYAMLScalar(rest) {
			return nil, false
		}
		entries = append(entries, entry{
			name:  strings.ToLower(key),
			at:    q.line.newByteRange(from, from+colon),
			value: p.parseScalar(q.line, from+colon+1, to),
		})
	}
	return p.keepLastOfRepeatedKeys(entries), true
}

// needsYAMLScalar reports whether YAML would interpret a value, so that it is not plain text.
func needsYAMLScalar(t string) bool {
	switch t[0] {
	case '{':
		start, _, _, ok := findVariable(t, 0)
		return !ok || start > 0
	case '[', '|', '>', '&', '*', '!':
		return true
	case '"':
		return strings.Contains(t, `\`)
	}
	return false
}

// keepLastOfRepeatedKeys warns about repeated keys and returns the last entry of each key.
func (p *parser) keepLastOfRepeatedKeys(entries []entry) []entry {
	out := entries[:0:0]
	last := make(map[string]int, len(entries))
	for _, e := range entries {
		if i, twice := last[e.name]; twice {
			p.warnOfRepetition(e.name, e.at, "in this map")
			out[i] = e
			continue
		}
		last[e.name] = len(out)
		out = append(out, e)
	}
	return out
}

// warnOfRepetition warns about a property that is set a second time.
func (p *parser) warnOfRepetition(name string, at diag.Range, where string) {
	d := p.diags.Warnf(at, "%s is set twice %s; the last one is used", quoteForMessage(name), where)
	d.Hint = "remove one of them"
}
