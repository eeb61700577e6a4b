package frame

// BlockKind is the kind of content of a slide's block.
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

// LineRange is a range of lines of code, from 1, both ends included.
type LineRange struct{ From, To int }
