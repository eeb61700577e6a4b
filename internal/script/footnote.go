package script

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	markdown "github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// maxLabel is the maximum length of a footnote's name, in bytes.
const maxLabel = 100

// footnote is the Markdown node of a footnote mark such as [^1]. The mark is neither spoken nor shown.
type footnote struct{ ast.BaseInline }

// Kind implements ast.Node.
func (*footnote) Kind() ast.NodeKind { return ast.KindString }

// Dump implements ast.Node.
func (f *footnote) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

// footnoteParser parses the marks of footnotes in narration.
type footnoteParser struct{}

// Trigger implements parser.InlineParser.
func (footnoteParser) Trigger() []byte { return []byte{'['} }

// Parse implements parser.InlineParser.
func (footnoteParser) Parse(_ ast.Node, block text.Reader, _ markdown.Context) ast.Node {
	line, _ := block.PeekLine()
	n := measureFootnoteMark(line)
	if n == 0 || n < len(line) && line[n] == '(' {
		return nil
	}
	block.Advance(n)
	return &footnote{}
}

// measureFootnoteMark returns the length of the footnote mark at the start of a text, or 0.
func measureFootnoteMark(s []byte) int {
	if !bytes.HasPrefix(s, []byte("[^")) {
		return 0
	}
	end := bytes.IndexByte(s[:min(len(s), maxLabel)], ']')
	if end < len("[^x") || bytes.ContainsAny(s[2:end], " \t[^") {
		return 0
	}
	return end + 1
}

// definesFootnote reports whether a line begins the text of a footnote: "[^1]: text".
func definesFootnote(t string) bool {
	n := measureFootnoteMark([]byte(t[:min(len(t), maxLabel+1)]))
	return n > 0 && strings.HasPrefix(t[n:], ":")
}

// removeFootnotes returns the lines of a paragraph without footnote definitions ("[^1]: text"). A
// definition ends with its paragraph, but indented paragraphs after it belong to it, too.
func (p *parser) removeFootnotes(lines []*line) []*line {
	var out []*line
	inside := p.inFootnote && beginsIndented(lines[0])
	for _, l := range lines {
		if t, _ := l.trim(); definesFootnote(t) {
			inside = true
		}
		if !inside {
			out = append(out, l)
		}
	}
	p.inFootnote = inside
	return out
}

// beginsIndented reports whether a line begins with a tab or two spaces.
func beginsIndented(l *line) bool {
	return strings.HasPrefix(l.text, "\t") || strings.HasPrefix(l.text, "  ")
}
