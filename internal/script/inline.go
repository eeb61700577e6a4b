package script

import (
	"html"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	markdown "github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"mynah/internal/emphasis"
	"mynah/internal/utter"
)

// The Markdown parser needs quadratic time for some inputs ("[[[[…"). It therefore parses at most
// maxInline bytes of a paragraph at once, with at most maxMarks characters that may be markup. Longer
// paragraphs are split between lines or words, and markup does not extend over such a split.
const (
	maxInline = 8 << 10
	maxMarks  = 200
)

// marks are the characters that can begin markup.
const marks = "\\`*_[<&~"

// inline parses the Markdown markup inside paragraphs.
type inline struct {
	parser     markdown.Parser
	references []markdown.Reference
}

// maxReferences is the maximum number of link definitions, "[name]: address".
const maxReferences = 200

// newInlineParser returns a parser that knows the link definitions of the whole file.
func newInlineParser(items []item) *inline {
	in := &inline{}
	for _, it := range items {
		if it.line == nil || len(in.references) == maxReferences {
			continue
		}
		t := strings.TrimSpace(it.line.text)
		if !strings.HasPrefix(t, "[") || strings.HasPrefix(t, "[^") {
			continue
		}
		if name, address, ok := strings.Cut(t[1:], "]:"); ok && address != "" && !strings.ContainsAny(name, "[]") {
			in.references = append(in.references, markdown.NewReference([]byte(name), []byte(strings.TrimSpace(address)), nil))
		}
	}
	return in
}

func (in *inline) ensureParser() {
	if in.parser != nil {
		return
	}
	in.parser = markdown.NewParser(
		markdown.WithBlockParsers(util.Prioritized(markdown.NewParagraphParser(), 100)),
		markdown.WithInlineParsers(append(listInlineParsers(), emphasis.NewParsers()...)...),
		markdown.WithParagraphTransformers(markdown.DefaultParagraphTransformers()...),
	)
}

func listInlineParsers() []util.PrioritizedValue {
	const beforeLinks = 150
	return append(markdown.DefaultInlineParsers(), util.Prioritized(footnoteParser{}, beforeLinks))
}

// parseRuns parses the markup of narration into runs of equal style. HTML tags are removed with a warning.
// clicks are the places of clicks, as byte offsets in the joined text of the runs.
func (p *parser) parseRuns(pieces []piece) (runs []utter.Run, clicks []int) {
	var b runBuilder
	p.addRuns(&b, pieces)
	runs = b.finishRuns()
	return runs, b.clicks
}

func (p *parser) addRuns(b *runBuilder, pieces []piece) {
	for len(pieces) > 0 {
		var now []piece
		now, pieces = splitOffParsablePieces(pieces)
		p.parsePiecesTogether(b, now)
		b.addNewline(utter.Plain)
	}
}

// splitOffParsablePieces splits off as many pieces as may be parsed at once. A single piece that is too long is split
// at a space.
func splitOffParsablePieces(pieces []piece) (now, rest []piece) {
	size, found := 0, 0
	for i, q := range pieces {
		t := q.text()
		fits := measurePrefix(t, maxInline-size, maxMarks-found)
		size += fits + 1
		found += countMarks(t[:fits])
		if fits == len(t) {
			continue
		}
		if i > 0 {
			return pieces[:i], pieces[i:]
		}
		if at := strings.LastIndexByte(t[:fits], ' '); at > 0 {
			fits = at
		}
		now = []piece{{line: q.line, from: q.from, to: q.from + fits}}
		pieces[0].from += fits
		return now, pieces
	}
	return pieces, nil
}

// measurePrefix returns the length in bytes of the longest prefix of t with at most size bytes and at
// most most characters of marks. The prefix has at least one character.
func measurePrefix(t string, size, most int) int {
	n := 0
	for i := range len(t) {
		if strings.IndexByte(marks, t[i]) >= 0 {
			n++
		}
		if (i >= size || n > most) && i > 0 && t[i]&0xc0 != 0x80 {
			return i
		}
	}
	return len(t)
}

func countMarks(t string) int {
	n := 0
	for i := range len(t) {
		if strings.IndexByte(marks, t[i]) >= 0 {
			n++
		}
	}
	return n
}

func (p *parser) parsePiecesTogether(b *runBuilder, pieces []piece) {
	src := joined{values: b}
	for _, q := range pieces {
		src.addPiece(p, q)
	}
	whole := src.text.String()
	if !strings.ContainsAny(whole, marks+markers) {
		b.addText(utter.Plain, whole)
		return
	}
	p.inline.ensureParser()
	ctx := markdown.NewContext()
	if strings.Contains(whole, "[") {
		for _, r := range p.inline.references {
			ctx.AddReference(r)
		}
	}
	source := []byte(whole)
	doc := p.inline.parser.Parse(text.NewReader(source), markdown.WithContext(ctx))
	w := walker{p: p, b: b, source: source, joined: &src}
	w.walkChildren(doc, utter.Plain)
}

// walker converts the Markdown tree of a paragraph to runs.
type walker struct {
	p      *parser
	b      *runBuilder
	source []byte
	joined *joined
	warned bool
}

func (w *walker) walkChildren(n ast.Node, style utter.Style) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.walkNode(c, style)
	}
}

func (w *walker) walkNode(n ast.Node, style utter.Style) {
	switch n := n.(type) {
	case *ast.Text:
		w.b.addText(style, unescape(string(n.Segment.Value(w.source))))
		if n.SoftLineBreak() || n.HardLineBreak() {
			w.b.addNewline(style)
		}
	case *ast.String:
		w.b.addText(style, string(n.Value))
	case *ast.CodeSpan:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				w.b.addText(utter.Spell, string(t.Segment.Value(w.source)))
			}
		}
	case *ast.AutoLink:
		w.b.addText(style, string(n.Label(w.source)))
	case *ast.RawHTML:
		w.dropAndWarnOfHTML(n, style)
	case *ast.Image:
	case *footnote:
		w.b.removeTrailingSpace()
	case *ast.Emphasis:
		s := utter.Emphasis
		if n.Level > 1 {
			s = utter.Strong
		}
		w.walkChildren(n, chooseStrongerStyle(style, s))
	case *extast.Strikethrough:
		w.walkChildren(n, chooseStrongerStyle(style, utter.Reduced))
	default:
		w.walkChildren(n, style)
	}
}

// dropAndWarnOfHTML removes an HTML tag from the narration and warns about the first one. <br> becomes a line end.
func (w *walker) dropAndWarnOfHTML(n *ast.RawHTML, style utter.Style) {
	if n.Segments.Len() == 0 {
		return
	}
	s := n.Segments.At(0)
	tag := string(s.Value(w.source))
	if strings.HasPrefix(strings.ToLower(tag), "<br") {
		w.b.addNewline(style)
	}
	if w.warned {
		return
	}
	w.warned = true
	i := sort.SearchInts(w.joined.starts, s.Start+1) - 1
	q := w.joined.pieces[i]
	if at := s.Start - w.joined.starts[i]; !strings.Contains(q.text(), "{{") {
		q.from += at
		q.to = min(q.to, q.from+len(tag))
	}
	d := w.p.diags.Warnf(q.newTrimmedRange(), "the HTML tag %s is left out of the narration", quoteForMessage(tag))
	d.Detail = "Narration can contain Markdown, and SSML in <speak> … </speak>"
	d.Hint = `write \< for a literal bracket`
	name := strings.TrimLeft(tag, "</")
	name = name[:len(name)-len(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz-"))]
	_, ssml := listSSMLElements()[name]
	switch {
	case name == "p" || name == "s" || name == "audio", strings.Trim(tag, "</>") == "sub", strings.Trim(tag, "</>") == "mark":
		ssml = false // HTML has elements of these names, too
	}
	switch {
	case name == "img" || name == "video":
		d.Hint = "write ![](file) on a line of its own"
	case name == "hr":
		d.Hint = "write --- for a new scene"
	case name == "speak":
		d.Hint = "begin <speak> on a line of its own"
	case ssml:
		d.Hint = "write SSML as a separate block: <speak> … </speak>"
	}
}

// chooseStrongerStyle returns the style of text that is nested in styles a and b.
func chooseStrongerStyle(a, b utter.Style) utter.Style {
	rank := func(s utter.Style) int {
		switch s {
		case utter.Reduced:
			return 1
		case utter.Emphasis:
			return 2
		case utter.Strong:
			return 3
		case utter.Spell:
			return 4
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// unescape replaces backslash escapes of punctuation and HTML entities by the characters.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			if end := strings.IndexByte(s[i:min(len(s), i+40)], ';'); end > 1 && isHTMLEntity(s[i+1:i+end]) {
				entity := s[i : i+end+1]
				said := html.UnescapeString(entity)
				if strings.HasSuffix(said, ";") && said != ";" {
					said = entity // only a prefix of the name is an entity, as in &notanentity;
				}
				b.WriteString(said)
				i += end
				continue
			}
			b.WriteByte('&')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func isHTMLEntity(s string) bool {
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '#' {
			return false
		}
	}
	return true
}

// runBuilder collects text as runs of equal style. It replaces white space by single spaces and
// removes it at both ends.
type runBuilder struct {
	runs   []utter.Run
	now    []byte
	style  utter.Style
	spaced bool     // the text is empty or ends in a space
	values []string // values of variables, indexed by the number between markers
	any    bool
	lines  bool // keep line ends instead of replacing them by spaces
	comma  bool // a comma must be added before the next word, after the cell of a table
	clicks []int
}

// addText adds text of one style. It replaces numbers between markers by the values of variables.
func (b *runBuilder) addText(style utter.Style, s string) {
	m := []rune(markers)
	for {
		before, rest, ok := strings.Cut(s, string(m[0]))
		b.addPlain(style, before)
		if !ok {
			return
		}
		number, after, _ := strings.Cut(rest, string(m[1]))
		if i, err := strconv.Atoi(number); err == nil && i < len(b.values) {
			b.addPlain(style, b.values[i])
		}
		s = after
	}
}

func (b *runBuilder) addPlain(style utter.Style, s string) {
	for _, c := range s {
		if string(c) == clickMarker {
			b.addClick()
			continue
		}
		if unicode.IsSpace(c) && c != '\u00a0' && c != '\u202f' {
			if c == '\n' {
				b.addNewline(style)
			} else {
				b.addSpace(style)
			}
			continue
		}
		if unicode.IsControl(c) {
			continue
		}
		if b.comma {
			b.comma = false
			b.removeTrailingSpace()
			b.setStyle(utter.Plain)
			b.now = append(b.now, ", "...)
		}
		b.setStyle(style)
		b.now = utf8.AppendRune(b.now, c)
		b.spaced, b.any = false, true
	}
}

// addClick records a click at the end of the text so far.
func (b *runBuilder) addClick() {
	n := len(b.now)
	for _, r := range b.runs {
		n += len(r.Text)
	}
	b.clicks = append(b.clicks, n)
}

// addSpace adds a space, unless the text is empty or ends in one.
func (b *runBuilder) addSpace(style utter.Style) {
	if !b.any || b.spaced {
		return
	}
	b.setStyle(style)
	b.now = append(b.now, ' ')
	b.spaced = true
}

// addNewline ends a line: with "\n" if b.lines is set, otherwise with a space.
func (b *runBuilder) addNewline(style utter.Style) {
	if !b.lines || !b.any {
		b.addSpace(style)
		return
	}
	b.removeTrailingSpace()
	b.setStyle(style)
	b.now = append(b.now, '\n')
	b.spaced = true
}

func (b *runBuilder) setStyle(style utter.Style) {
	if style != b.style {
		b.endRun()
		b.style = style
	}
}

func (b *runBuilder) endRun() {
	if len(b.now) > 0 {
		b.runs = appendOrExtendRun(b.runs, utter.Run{Style: b.style, Text: string(b.now)})
		b.now = b.now[:0]
	}
}

// finishRuns returns the runs.
func (b *runBuilder) finishRuns() []utter.Run {
	b.removeTrailingSpace()
	b.endRun()
	return b.runs
}

// removeTrailingSpace removes the space at the end of the text, if there is one.
func (b *runBuilder) removeTrailingSpace() {
	if !b.spaced {
		return
	}
	b.spaced = false
	if n := len(b.now); n > 0 {
		b.now = b.now[:n-1]
		return
	}
	n := len(b.runs) - 1
	last := b.runs[n].Text
	if b.runs[n].Text = last[:len(last)-1]; b.runs[n].Text == "" {
		b.runs = b.runs[:n]
	}
}
