package script

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"

	"mynah/internal/diag"
)

// maxElements is the maximum nesting of SSML elements.
const maxElements = 64

// beginsSpeakBlock reports whether a trimmed line begins with the tag <speak>.
func beginsSpeakBlock(t string) bool {
	rest, ok := strings.CutPrefix(t, "<speak")
	return ok && (rest == "" || strings.ContainsAny(rest[:1], " \t/>"))
}

// splitSpeak handles a line with text before a complete <speak> block: it splits the line, so that the
// block is parsed next. It returns false if the line contains no such block.
func (p *parser) splitSpeak(l *line) bool {
	i := strings.Index(l.text, "<speak")
	if i < 0 || !beginsSpeakBlock(l.text[i:]) || !strings.Contains(l.text[i:], "</speak") ||
		strings.Count(l.text[:i], "`")%2 == 1 {
		return false
	}
	p.para = append(p.para, l.cutLine(0, i))
	p.items[p.at].line = l.cutLine(i, len(l.text))
	return true
}

// parseSpeakBlock parses a <speak> block that begins at offset off of the current line. Text after the block on
// its last line becomes the next line.
func (p *parser) parseSpeakBlock(l *line, off int) {
	pieces, rest, ok := p.collectSpeakLines(l, off)
	if !ok {
		p.unclosed = true
		d := p.diags.Errorf(l.newByteRange(off, off+len("<speak")), "this <speak> block is not closed")
		d.Detail = "A block of SSML begins with <speak> and ends with </speak>"
		d.Hint = "write </speak> at the end of the block"
		for p.at++; p.at < len(p.items); p.at++ {
			if next := p.items[p.at].line; next == nil || isSeparator(next.text) {
				break
			}
		}
		return
	}
	last := pieces[len(pieces)-1]
	p.recordBlock(blockSpeak, l.first, last.line.last)
	p.at += len(pieces)
	if strings.TrimSpace(rest.text()) != "" {
		p.at--
		p.items[p.at].line = rest.line.cutLine(rest.from, rest.to)
	}
	n := &SSML{At: At{Range: l.newByteRange(off, off+1)}}
	n.Range.End = last.line.newByteRange(last.to-1, last.to).End
	r := ssmlReader{p: p, pieces: pieces}
	for i, q := range pieces {
		if i > 0 {
			r.text.WriteByte('\n')
		}
		r.starts = append(r.starts, r.text.Len())
		r.text.WriteString(q.text())
	}
	n.Source = r.text.String()
	if n.Root = r.parse(n.Source); n.Root != nil {
		p.appendNode(n)
	}
}

// collectSpeakLines collects the lines of a block up to its closing tag. rest is the text after the tag. ok
// is false if the block is not closed.
func (p *parser) collectSpeakLines(l *line, off int) (pieces []piece, rest piece, ok bool) {
	q := piece{line: l, from: off, to: len(l.text)}
	if i := strings.IndexByte(q.text(), '>'); i > 0 && q.text()[i-1] == '/' {
		return []piece{{line: l, from: off, to: off + i + 1}}, piece{line: l, from: off + i + 1, to: len(l.text)}, true
	}
	skip := len("<speak")
	for j := p.at; j < len(p.items) && p.at >= p.speakless; j++ {
		next := p.items[j].line
		if next == nil {
			p.speakless = j
			break
		}
		if j > p.at {
			q, skip = piece{line: next, to: len(next.text)}, 0
			if beginsSpeakBlock(strings.TrimSpace(next.text)) {
				p.speakless = j
				break
			}
		}
		if end := findSpeakEnd(q.text(), skip); end > 0 {
			rest = piece{line: q.line, from: q.from + end, to: q.to}
			q.to = q.from + end
			return append(pieces, q), rest, true
		}
		pieces = append(pieces, q)
		if j == len(p.items)-1 {
			p.speakless = len(p.items)
		}
	}
	return nil, piece{}, false
}

// findSpeakEnd returns the offset after the first </speak> in t at or after from, or 0 if none exists.
func findSpeakEnd(t string, from int) int {
	i := strings.Index(t[from:], "</speak")
	if i < 0 {
		return 0
	}
	end := strings.IndexByte(t[from+i:], '>')
	if end < 0 {
		return 0
	}
	return from + i + end + 1
}

// ssmlReader parses one <speak> block.
type ssmlReader struct {
	p      *parser
	text   strings.Builder
	pieces []piece
	starts []int
}

// newByteRange returns the range in the file of the bytes from..to of the block.
func (r *ssmlReader) newByteRange(from, to int) diag.Range {
	i, j := r.findPieceAt(from), r.findPieceAt(max(to-1, from))
	s := r.pieces[i].line.newByteRange(r.pieces[i].from+from-r.starts[i], min(r.pieces[i].from+to-r.starts[i], r.pieces[i].to))
	if j > i {
		q := r.pieces[j]
		s.End = q.line.newByteRange(q.from, min(q.from+to-r.starts[j], q.to)).End
	}
	return s
}

// findPieceAt returns the index of the piece that contains the byte at off.
func (r *ssmlReader) findPieceAt(off int) int {
	i := 0
	for j := len(r.starts); i < j; {
		if h := (i + j) / 2; r.starts[h] <= off {
			i = h + 1
		} else {
			j = h
		}
	}
	return max(i-1, 0)
}

// open is an element whose end tag was not read yet. from and to are the offsets of its start tag.
type open struct {
	element *Element
	from    int
	to      int
}

// parse parses the block and returns its root element. On an error it reports the reason and returns
// nil.
func (r *ssmlReader) parse(source string) *Element {
	d := xml.NewDecoder(strings.NewReader(source))
	var stack []open
	var root *Element
	for {
		from := int(d.InputOffset())
		token, err := d.RawToken()
		to := int(d.InputOffset())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.reportMalformed(source, from, to, err)
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := r.newElement(t, from, to)
			if root == nil {
				root = e
			} else if len(stack) > 0 {
				top := stack[len(stack)-1].element
				top.Content = append(top.Content, Content{Child: e})
			}
			stack = append(stack, open{element: e, from: from, to: to})
			if len(stack) > maxElements {
				r.p.diags.Errorf(r.newByteRange(from, to), "the elements of this <speak> block are nested more than %d deep", maxElements)
				return nil
			}
		case xml.EndElement:
			if !r.checkEndTag(stack, formatQualifiedName(t.Name), from, to) {
				return nil
			}
			top := stack[len(stack)-1]
			top.element.Range = r.newByteRange(top.from, to)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				top := stack[len(stack)-1].element
				top.Content = append(top.Content, Content{Text: r.p.vars.replaceInLine(string(t))})
			}
		case xml.Directive, xml.ProcInst:
			e := r.p.diags.Errorf(r.newByteRange(from, to), "declarations are not allowed in a <speak> block")
			e.Hint = "remove it"
			return nil
		}
	}
	if len(stack) > 0 {
		top := stack[len(stack)-1]
		r.reportUnclosed(top)
		return nil
	}
	return root
}

// checkEndTag reports whether an end tag closes the last open element. Otherwise it reports an error.
func (r *ssmlReader) checkEndTag(stack []open, name string, from, to int) bool {
	if len(stack) > 0 && stack[len(stack)-1].element.Name == name {
		return true
	}
	for _, s := range slices.Backward(stack) {
		if s.element.Name == name {
			r.reportUnclosed(stack[len(stack)-1])
			return false
		}
	}
	d := r.p.diags.Errorf(r.newByteRange(from, to), "</%s> closes nothing", name)
	d.Detail = "In a <speak> block every end tag closes the last open element"
	if len(stack) > 0 {
		d.Hint = "did you mean </" + stack[len(stack)-1].element.Name + ">?"
	}
	return false
}

func (r *ssmlReader) reportUnclosed(o open) {
	d := r.p.diags.Errorf(r.newByteRange(o.from, o.to), "<%s> is not closed", o.element.Name)
	d.Detail = "In a <speak> block every element must be closed inside the element that contains it"
	d.Hint = "write </" + o.element.Name + "> at its end, or <" + o.element.Name + "/> if it is empty"
}

// reportMalformed reports an error of the XML decoder.
func (r *ssmlReader) reportMalformed(source string, from, to int, err error) {
	message := err.Error()
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		message = syntax.Msg
	}
	if to > from && to <= len(source) {
		from = max(from, strings.LastIndexAny(source[:to], "<&"))
	}
	d := r.p.diags.Errorf(r.newByteRange(from, max(to, from+1)), "this <speak> block is not well-formed SSML: %s", message)
	d.Detail = "SSML is XML: tags are closed, attributes are in quotes, & and < in text are written &amp; and &lt;"
	switch {
	case strings.Contains(message, "invalid character entity"):
		d.Hint = "write &amp; for an ampersand"
		if entity := source[from:min(max(to, from), len(source))]; strings.HasSuffix(entity, ";") && html.UnescapeString(entity) != entity {
			d.Hint = fmt.Sprintf("XML has no entity of this name; write &#%d;", []rune(html.UnescapeString(entity))[0])
		}
	case strings.Contains(message, "attribute"):
		d.Hint = `write attributes as name="value"`
	}
}

// newElement creates an element from its start tag, and warns about elements and attributes that SSML 1.1
// does not have.
func (r *ssmlReader) newElement(t xml.StartElement, from, to int) *Element {
	e := &Element{Range: r.newByteRange(from, to), Name: formatQualifiedName(t.Name)}
	if r.p.elements == nil {
		r.p.elements = listSSMLElements()
	}
	known := r.p.elements
	allowed, ok := known[e.Name]
	if !ok {
		d := r.p.diags.Warnf(e.Range, "<%s> is not an element of SSML 1.1; its text is spoken", e.Name)
		names := slices.Sorted(maps.Keys(known))
		d.Detail = "Elements: " + strings.Join(names, ", ")
		if near, _ := findNearestName(e.Name, names); near != "" {
			d.Hint = "did you mean <" + near + ">?"
		}
	}
	for _, a := range t.Attr {
		name := formatQualifiedName(a.Name)
		if e.Attributes == nil {
			e.Attributes = map[string]string{}
		}
		if _, twice := e.Attributes[name]; twice {
			r.p.diags.Errorf(e.Range, "the attribute %s of <%s> is there twice", name, e.Name).Hint = "remove one of them"
		}
		e.Attributes[name] = r.p.vars.replaceInLine(a.Value)
		if !ok || strings.Contains(name, ":") || name == "xmlns" || slices.Contains(allowed, name) {
			continue
		}
		d := r.p.diags.Warnf(e.Range, "<%s> has no attribute %s in SSML 1.1; it is ignored", e.Name, quoteForMessage(name))
		d.Detail = "Attributes of <" + e.Name + ">: " + strings.Join(allowed, ", ")
		if len(allowed) == 0 {
			d.Detail = "<" + e.Name + "> has none"
		}
		if near, _ := findNearestName(name, allowed); near != "" {
			d.Hint = "did you mean " + near + "?"
		}
	}
	return e
}

func formatQualifiedName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// listSSMLElements maps the elements of SSML 1.1 to their attributes, without the attributes xml:….
func listSSMLElements() map[string][]string {
	return map[string][]string{
		"speak":    {"version", "startmark", "endmark", "onlangfailure"},
		"lexicon":  {"uri", "type", "fetchtimeout", "maxage", "maxstale"},
		"lookup":   {"ref"},
		"meta":     {"name", "content", "http-equiv"},
		"metadata": {},
		"p":        {"onlangfailure"},
		"s":        {"onlangfailure"},
		"token":    {"role", "onlangfailure"},
		"w":        {"role", "onlangfailure"},
		"say-as":   {"interpret-as", "format", "detail"},
		"phoneme":  {"ph", "alphabet", "type"},
		"sub":      {"alias"},
		"lang":     {"onlangfailure"},
		"voice":    {"gender", "age", "variant", "name", "languages", "required", "ordering", "onvoicefailure"},
		"emphasis": {"level"},
		"break":    {"strength", "time"},
		"prosody":  {"pitch", "contour", "range", "rate", "duration", "volume"},
		"audio": {
			"src", "fetchtimeout", "fetchhint", "maxage", "maxstale", "clipBegin", "clipEnd",
			"repeatCount", "repeatDur", "soundLevel", "speed",
		},
		"desc": {},
		"mark": {"name"},
	}
}
