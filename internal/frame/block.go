package frame

// BlockKind is what a block of a slide holds.
type BlockKind string

// The kinds of blocks.
const (
	TextBlock     BlockKind = "text"
	MarkdownBlock BlockKind = "markdown"
	CodeBlock     BlockKind = "code"
	MermaidBlock  BlockKind = "mermaid"
	DotBlock      BlockKind = "dot"
	MathBlock     BlockKind = "math"
)

// LineRange is a range of lines of code, both ends included, from 1.
type LineRange struct{ From, To int }
