// Package script parses scripts: Markdown with a header and stage directions. The result is a Script
// and a list of findings. The syntax of the language is defined in this package only. The package
// reads no files other than scripts, does not check names of voices, and sets no defaults for missing
// properties.
package script

import (
	"path"
	"slices"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/utter"
)

// Parse parses the text of a script; file is its path in the project, with forward slashes. It
// always returns a Script, and all findings in the order of the file. It keeps includes and
// variables; Load replaces them.
func Parse(file string, src []byte) (*Script, diag.List) {
	var diags diag.List
	p := newParser(file, path.Dir(file), newVars(nil), &diags)
	p.parse(src)
	diags.SortByPlace()
	return p.out, diags
}

// parser is the state of parsing one file.
type parser struct {
	context
	notices
	diags *diag.List

	items []item
	at    int
	// speakless is the index of the item before which a search for </speak> failed; it need not be
	// repeated.
	speakless int

	para []*line // pending lines of narration
	// inFootnote is set after the definition of a footnote; indented paragraphs continue it.
	inFootnote bool
	scene      []Node
	seen       map[string]bool
	out        *Script
	blocks     []block
}

// context is the input of a parser: the file, and everything that its parsing depends on.
type context struct {
	src    *source
	file   string
	folder string // file names are relative to this folder
	vars   vars
	known  known
	inline *inline
	// elements maps SSML elements to their attributes; it is nil until the script contains SSML.
	elements map[string][]string
}

// notices are facts about the whole file that were found while parsing it.
type notices struct {
	// headerLines is the index of the first line after text that looks like a header and already got a
	// warning; 0 if none exists.
	headerLines int
	// unclosed is set if a block has no end, openHeader if the header has none.
	unclosed, openHeader bool
	marp                 bool // the file is a Marp slide deck
}

// blockKind says how the printer prints a block of lines.
type blockKind int

const (
	blockSeparator blockKind = iota
	blockComment
	blockFence
	blockDirection
	blockLine // pictures and directions together on one line
	blockQuote
	blockSpeak
	blockText
)

// block is a range of lines of the file, as indexes; last is inclusive.
type block struct {
	kind        blockKind
	first, last int
}

func newParser(file, folder string, v vars, diags *diag.List) *parser {
	return &parser{
		context: context{file: file, folder: folder, vars: v, known: vocabulary()},
		diags:   diags, seen: map[string]bool{}, out: &Script{File: file},
	}
}

// recordBlock records a block for the printer of Format.
func (p *parser) recordBlock(kind blockKind, first, last int) {
	p.blocks = append(p.blocks, block{kind, first, last})
}

func (p *parser) parse(src []byte) {
	p.src = newSource(p.file, src, p.diags)
	body := p.parseHeader()
	if body == 0 {
		p.warnOfHeaderNearMiss()
	}
	p.items, p.unclosed = scanItems(p.src, body, p.diags)
	p.unclosed = p.unclosed || p.openHeader
	p.inline = newInlineParser(p.items)
	for _, it := range p.items {
		if it.line != nil {
			p.vars.warnOfUnknownVariables(it.line, p.diags)
		}
	}
	for p.at < len(p.items) {
		p.parseItem()
	}
	p.flushNarration()
	p.endScene()
}

// parseItem parses the current item and the following items that belong to it.
func (p *parser) parseItem() {
	it := p.items[p.at]
	if it.fence != nil {
		p.at++
		p.flushNarration()
		p.recordBlock(blockFence, it.fence.first, it.fence.last)
		p.addFence(it.fence)
		return
	}
	l := it.line
	t, off := l.trim()
	switch {
	case l.void:
		p.at++
		p.flushNarration()
		p.recordBlock(blockComment, l.first, l.last)
		p.addUnusedClicks(l)
	case t == "":
		p.at++
		p.flushNarration()
	case isSeparator(t):
		p.at++
		p.flushNarration()
		p.recordBlock(blockSeparator, l.first, l.last)
		p.endScene()
	case t[0] == '>':
		p.parseQuote()
	case beginsSpeakBlock(t):
		p.flushNarration()
		p.parseSpeakBlock(l, off)
	case p.parseOwnLine(l, t, off):
		p.addUnusedClicks(l)
	default:
		if !p.splitSpeak(l) {
			p.at++
			p.para = append(p.para, l)
		}
	}
}

// parseOwnLine parses a line that consists of directions and pictures, or the first line of a direction
// over several lines. It returns false for any other line.
func (p *parser) parseOwnLine(l *line, t string, off int) bool {
	o, opens := parseDirectionStart(t)
	if opens {
		isKnown := p.known.contains(o.name)
		if end, ok := isWholeDirection(t, o, isKnown); ok && (isKnown || t[o.end] == ':') {
			p.flushNarration()
			p.recordBlock(blockDirection, l.first, l.last)
			p.at++
			p.parseOneLine(l, off, o, end)
			return true
		}
	} else if !strings.HasPrefix(t, "![") {
		return false
	}
	if parts := p.splitParts(t); parts != nil {
		p.flushNarration()
		p.recordBlock(blockLine, l.first, l.last)
		p.at++
		for _, part := range parts {
			part.addNodeTo(p, l, off)
		}
		return true
	}
	return opens && findDirectionEnd(t, o) < 0 && p.parseMultiline(l, t, off, o)
}

// parseOneLine parses a direction on one line. off is the offset of its opening bracket in the line, end
// that of its closing bracket, relative to off.
func (p *parser) parseOneLine(l *line, off int, o opening, end int) {
	v := p.parseLineValue(o.name, piece{line: l, from: off + o.value, to: off + end})
	p.addDirection(direction{
		name: o.name, at: l.newByteRange(off+o.start, off+o.end), whole: l.newByteRange(off, off+end+1), value: v,
	})
}

// parseLineValue reads a value on one line: plain text, or a map in braces.
func (p *parser) parseLineValue(name string, q piece) value {
	from, to := trimByteRange(q.line.text, q.from, q.to)
	if t := q.line.text[from:to]; t != "" && t[0] == '{' && needsYAMLScalar(t) && p.known.contains(name) {
		return p.parseYAML(name, []piece{{line: q.line, from: from, to: to}})
	}
	return p.parseScalar(q.line, from, to)
}

// part is one picture or direction in a line that consists of them.
type part struct {
	at    int
	image *image
	open  opening
	end   int
}

func (q part) addNodeTo(p *parser, l *line, off int) {
	if q.image == nil {
		p.parseOneLine(l, off+q.at, q.open, q.end)
		return
	}
	if pic, ok := p.newPicture(l, off+q.at, *q.image); ok {
		p.appendNode(pic)
	}
}

// splitParts splits a line that consists of pictures and known directions. It returns nil if the line
// contains anything else.
func (p *parser) splitParts(t string) []part {
	var out []part
	for at := 0; at < len(t); {
		switch rest := t[at:]; rest[0] {
		case ' ', '\t':
			at++
		case '!':
			m, ok := parseImage(rest)
			if !ok {
				return nil
			}
			out = append(out, part{at: at, image: &m})
			at += m.end
		case '(':
			o, ok := parseDirectionStart(rest)
			if !ok || !p.known.asDirected[o.name] {
				return nil
			}
			end := findDirectionEnd(rest, o)
			if end < 0 {
				return nil
			}
			out = append(out, part{at: at, open: o, end: end})
			at += end + 1
		default:
			return nil
		}
	}
	return out
}

// appendNode appends a node to the scene.
func (p *parser) appendNode(n Node) { p.scene = append(p.scene, n) }

// endScene ends the scene; an empty scene is dropped.
func (p *parser) endScene() {
	onlyClicks := !slices.ContainsFunc(p.scene, func(n Node) bool { _, ok := n.(*Click); return !ok })
	if !onlyClicks {
		r := p.scene[0].Span()
		for _, node := range p.scene {
			if end := node.Span().End; isLater(end, r.End) {
				r.End = end
			}
		}
		p.out.Scenes = append(p.out.Scenes, Scene{Range: r, Nodes: p.scene})
	}
	p.scene = nil
	clear(p.seen)
}

func isLater(a, b diag.Pos) bool {
	return a.Line > b.Line || a.Line == b.Line && a.Column > b.Column
}

// addFence adds the node of a fenced block.
func (p *parser) addFence(f *fenceBlock) {
	info := p.vars.replaceInLine(f.info)
	first, _, _ := strings.Cut(strings.ReplaceAll(info, "\t", " "), " ")
	n := &Fence{
		At:   At{Range: p.src.newLineRange(f.first, max(f.first, f.last))},
		Kind: frame.CodeBlock,
		Info: info,
		Text: p.vars.replaceInText(strings.Join(f.text, "\n")),
	}
	switch strings.ToLower(first) {
	case "":
		n.Kind = frame.TextBlock
	case "md", "markdown":
		n.Kind = frame.MarkdownBlock
	case "mermaid":
		n.Kind = frame.MermaidBlock
	case "dot":
		n.Kind = frame.DotBlock
	case "math":
		n.Kind = frame.MathBlock
	default:
		n.Language = first
	}
	p.appendNode(n)
}

// parseQuote parses the lines of a block quote.
func (p *parser) parseQuote() {
	p.flushNarration()
	var pieces []piece
	for ; p.at < len(p.items); p.at++ {
		l := p.items[p.at].line
		if l == nil {
			break
		}
		t, off := l.trim()
		if t == "" || t[0] != '>' {
			break
		}
		inner := strings.TrimLeft(t, "> \t")
		pieces = append(pieces, piece{line: l, from: off + len(t) - len(inner), to: off + len(t)})
	}
	first, last := pieces[0].line, pieces[len(pieces)-1].line
	p.recordBlock(blockQuote, first.first, last.last)
	r := first.newTrimmedRange()
	r.End = last.newTrimmedRange().End
	for _, q := range pieces {
		if strings.HasPrefix(q.text(), "![") && strings.Contains(q.text(), "](") {
			d := p.diags.Warnf(q.newTrimmedRange(), "a picture in a quote is not shown")
			d.Detail = "Quotes replace the subtitles of their scene"
			d.Hint = "write the picture on a line of its own, without >"
		}
	}
	b := runBuilder{lines: true}
	p.addRuns(&b, slices.DeleteFunc(pieces, func(q piece) bool { return q.text() == "" }))
	p.appendNode(&Quote{At: At{Range: r}, Text: joinRuns(b.finishRuns())})
}

// joinRuns joins the text of runs.
func joinRuns(runs []utter.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}
