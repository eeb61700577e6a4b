package script

import (
	"strings"

	"mynah/internal/diag"
)

// parseHeader parses the header and returns the index of the first line after it.
func (p *parser) parseHeader() int {
	if len(p.src.lines) == 0 || !isSeparator(p.src.lines[0]) || p.src.lines[0][0] != '-' {
		return 0
	}
	before := len(*p.diags)
	s := scanner{src: p.src, diags: p.diags, next: 1}
	var lines []*line
	for s.next < len(p.src.lines) {
		l := s.readNextJoinedLine()
		if isSeparator(l.text) {
			p.parseHeaderLines(lines, 0, l.last)
			return l.last + 1
		}
		lines = append(lines, l)
	}
	*p.diags = (*p.diags)[:before]
	p.openHeader = true
	d := p.diags.Errorf(p.src.newTrimmedLineRange(0), "the header is not closed")
	d.Detail = "A script that begins with a line of dashes has a header, which ends at the next such line"
	d.Hint = "write --- after the last property, or remove the first line"
	n := 0
	for n < len(lines) && p.isLikelyHeader(lines[n]) {
		n++
	}
	if n == 0 {
		return 1
	}
	p.parseHeaderLines(lines[:n], 0, lines[n-1].last)
	return lines[n-1].last + 1
}

// isLikelyHeader reports whether a line after an unclosed header probably still belongs to it.
func (p *parser) isLikelyHeader(l *line) bool {
	t := strings.TrimSpace(l.text)
	if t == "" || isYAMLComment(t) {
		return true
	}
	key, _, ok := splitKeyLine(t)
	return ok && (p.known.contains(strings.ToLower(key)) || strings.HasPrefix(l.text, " ") ||
		strings.HasPrefix(l.text, "\t"))
}

// parseHeaderLines parses the lines of the header. first and last are the indexes of its dashes.
func (p *parser) parseHeaderLines(lines []*line, first, last int) {
	h := &p.out.Header
	h.Range = p.src.newLineRange(first, last)
	h.Places = map[string]diag.Range{}
	p.detectMarpDeck(lines)
	for i := 0; i < len(lines); {
		p.vars.warnOfUnknownVariables(lines[i], p.diags)
		q := piece{line: lines[i], to: len(lines[i].text)}
		if q.isEmpty() {
			i++
			continue
		}
		name, nameAt, rest, ok := splitHeaderLine(q)
		if !ok {
			d := p.diags.Errorf(q.newTrimmedRange(), "%s is not a property of the header", quoteForMessage(q.text()))
			d.Detail = "A line of the header is \"name: value\", or is indented and belongs to the map above it"
			d.Hint = "write narration and pictures after the --- that closes the header"
			i++
			continue
		}
		n := p.countPropertyLines(lines[i:], rest)
		for _, l := range lines[i+1 : i+n] {
			p.vars.warnOfUnknownVariables(l, p.diags)
		}
		p.setHeaderProperty(name, nameAt, p.parseHeaderValue(name, rest, lines[i+1:i+n]))
		i += n
	}
}

// detectMarpDeck warns if the script is a Marp slide deck, and sets p.marp: the header's Marp directives are
// then ignored, even those that share their name with a property of the language.
func (p *parser) detectMarpDeck(lines []*line) {
	for _, l := range lines {
		name, at, rest, ok := splitHeaderLine(piece{line: l, to: len(l.text)})
		if ok && name == "marp" && strings.EqualFold(strings.TrimSpace(rest.text()), "true") {
			p.marp = true
			p.diags.Warnf(at, "the file is a Marp slide deck; it is built as a script without Marp's directives").
				Hint = "put the text of slides into fences and the narration outside them, and remove marp: true"
			return
		}
	}
}

// isMarpDirective reports whether a lower-case name is a directive of Marp. Source:
// https://marpit.marp.app/directives.
func isMarpDirective(name string) bool {
	switch strings.TrimPrefix(name, "_") {
	case "marp", "theme", "style", "headingdivider", "lang", "math", "paginate", "header", "footer", "class",
		"backgroundcolor", "backgroundimage", "backgroundposition", "backgroundrepeat", "backgroundsize", "color":
		return true
	}
	return false
}

// splitHeaderLine splits a line into name and value. Unlike in maps, the colon need not be followed by a
// blank.
func splitHeaderLine(q piece) (name string, at diag.Range, rest piece, ok bool) {
	from, to := trimByteRange(q.line.text, q.from, q.to)
	t := q.line.text[from:to]
	key, colon, ok := splitKeyLine(t)
	if !ok {
		if colon = strings.IndexByte(t, ':'); colon <= 0 {
			return "", at, rest, false
		}
		if key, _, ok = splitKeyLine(t[:colon+1]); !ok || strings.HasPrefix(t[colon:], "://") {
			return "", at, rest, false
		}
	}
	end := from + len(strings.TrimRight(t[:colon], blanks))
	return strings.ToLower(key), q.line.newByteRange(from, end), piece{line: q.line, from: from + colon + 1, to: to}, true
}

// countPropertyLines returns the number of lines that a property occupies: one, or more if its value is a map or a
// block of text.
func (p *parser) countPropertyLines(lines []*line, rest piece) int {
	t := hideVariableBraces(strings.TrimSpace(rest.text()))
	braces := 0
	if t != "" && t[0] == '{' {
		braces = countOpenBraces(t)
	}
	n := 1
	if !rest.isEmpty() && braces <= 0 && !beginsBlockScalar(t) {
		return n
	}
	base := measureIndent(lines[0].text)
	for i := 1; i < len(lines); i++ {
		u := hideVariableBraces(lines[i].text)
		if strings.TrimSpace(u) == "" {
			continue
		}
		if braces <= 0 && measureIndent(u) <= base {
			break
		}
		n = i + 1
		if t != "" && t[0] == '{' {
			if braces += countOpenBraces(u); braces <= 0 {
				break
			}
		}
	}
	return n
}

func measureIndent(t string) int {
	return measureIndentColumns(t[:len(t)-len(strings.TrimLeft(t, blanks))])
}

func countOpenBraces(t string) int { return strings.Count(t, "{") - strings.Count(t, "}") }

// parseHeaderValue parses the value of a property: rest, the text after the colon, and its continuation
// lines.
func (p *parser) parseHeaderValue(name string, rest piece, more []*line) value {
	if len(more) == 0 {
		return p.parseLineValue(name, rest)
	}
	if !p.known.inHeader[name] {
		return value{at: rest.newTrimmedRange()}
	}
	pieces := []piece{rest}
	for _, l := range more {
		pieces = append(pieces, piece{line: l, to: len(l.text)})
	}
	if t := strings.TrimSpace(rest.text()); t != "" && beginsBlockScalar(t) {
		return p.parseTextBlock(pieces)
	}
	return p.parseBlock(name, pieces)
}

// parseTextBlock parses a YAML block such as "description: |" with lines under it. It joins the lines with
// spaces, since values of the header have one line.
func (p *parser) parseTextBlock(pieces []piece) value {
	var texts []string
	for _, q := range pieces[1:] {
		if t := strings.TrimSpace(q.text()); t != "" {
			texts = append(texts, p.vars.replaceInLine(t))
		}
	}
	return value{text: strings.Join(texts, " "), at: pieces[0].newTrimmedRange()}
}

// setHeaderProperty sets a property of the header.
func (p *parser) setHeaderProperty(name string, at diag.Range, v value) {
	h := &p.out.Header
	switch {
	case p.marp && isMarpDirective(name):
		return
	case !p.known.contains(name):
		p.reportUnknown("the property", name, at, p.known.header, p.known.directions...)
		return
	case !p.known.inHeader[name]:
		d := p.diags.Warnf(at, "%s is a stage direction and ignored in the header", quoteForMessage(name))
		d.Code = diag.UnknownProperty
		d.Detail = "Properties of the header: " + strings.Join(p.known.header, ", ")
		d.Hint = "write (" + name + ": …) in the scene it is meant for"
		return
	case v.kind == brokenValue:
		return
	case p.warnIfEmpty(name, v):
		return
	}
	if _, twice := h.Places[name]; twice {
		p.warnOfRepetition(name, at, "in the header")
	}
	set := h.Properties
	if p.parseProperty(&set, name, v) {
		h.Properties = set
	}
	h.Places[name] = at
}
