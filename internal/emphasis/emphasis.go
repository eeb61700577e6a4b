// Package emphasis parses Markdown emphasis (*, ** and ~~). Unlike CommonMark it also works in text
// without spaces between words.
package emphasis

import (
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// NewParsers returns goldmark's parsers of emphasis and strikethrough with changed rules. In scripts
// without spaces, marks between punctuation and a letter are emphasis, as in これは**「重要」**です; CommonMark
// treats them as text. In other scripts, such a double mark can close emphasis but not open it. A star
// between two digits is not a mark. The parsers have priority over goldmark's own.
func NewParsers() []util.PrioritizedValue {
	const before = 490 // goldmark's own parsers have priority 500
	return []util.PrioritizedValue{
		util.Prioritized(strikethroughParser{parser.NewEmphasisParser()}, before),
		util.Prioritized(strikethroughParser{extension.NewStrikethroughParser()}, before),
	}
}

type strikethroughParser struct{ parser.InlineParser }

// Parse implements parser.InlineParser.
func (f strikethroughParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	node := f.InlineParser.Parse(parent, block, pc)
	d, ok := node.(*parser.Delimiter)
	if !ok || d.Char == '_' {
		return node
	}
	line, _ := block.PeekLine()
	if len(line) == 0 {
		return node
	}
	after, _ := utf8.DecodeRune(line)
	switch {
	case d.Char == '*' && d.OriginalLength == 1 && unicode.IsDigit(before) && unicode.IsDigit(after):
		d.CanOpen, d.CanClose = false, false // multiplication: 2*3*2
	case unicode.IsSpace(before) || unicode.IsSpace(after):
	case isEastAsian(before) || isEastAsian(after):
		d.CanOpen, d.CanClose = true, true
	case d.OriginalLength > 1 && !unicode.In(before, unicode.Ps, unicode.Pi):
		d.CanClose = true
	}
	return node
}

// isEastAsian reports whether a character belongs to an East Asian script.
func isEastAsian(r rune) bool {
	return util.IsEastAsianWideRune(r) || util.IsSpaceDiscardingUnicodeRune(r)
}
