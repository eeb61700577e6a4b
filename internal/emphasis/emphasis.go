// Package emphasis reads the marks of emphasis in Markdown (*, ** and ~~) also where text has
// no blanks between its words.
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

// Parsers are goldmark's parsers of emphasis and of strikethrough, which also take marks
// between punctuation and a letter. Those are text to CommonMark, and scripts without blanks
// are full of them, as in これは**「重要」**です. In other scripts such marks may close, when
// they are two, but not open. A star between two digits is not a mark. They come before goldmark's own.
func Parsers() []util.PrioritizedValue {
	const before = 490 // the own ones have 500
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
		d.CanOpen, d.CanClose = false, false // a product: 2*3*2
	case unicode.IsSpace(before) || unicode.IsSpace(after):
	case unspaced(before) || unspaced(after):
		d.CanOpen, d.CanClose = true, true
	case d.OriginalLength > 1 && !unicode.In(before, unicode.Ps, unicode.Pi):
		d.CanClose = true
	}
	return node
}

// unspaced reports whether a character belongs to an East Asian script.
func unspaced(r rune) bool {
	return util.IsEastAsianWideRune(r) || util.IsSpaceDiscardingUnicodeRune(r)
}
