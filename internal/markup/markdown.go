// Package markup renders the fenced blocks of a script (Markdown, code, plain text) as HTML for
// slides. The HTML is a fragment without scripts and event handlers; its only addresses are those
// of images and links of the author. The package does not know themes, sizes or browsers and reads
// no file: the code that draws the page decides which addresses are allowed.
package markup

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"mynah/internal/emphasis"
)

// All shows every item of the lists of a slide.
const All = -1

// later is the class of list items that are not shown yet.
const later = "later"

// maxNesting is how deep quotes and lists may be in each other. Time and memory grow
// with the depth, and nothing so deep could be seen on a slide.
const maxNesting = 50

// maxMarkdown is how many bytes of Markdown are read, far more than a slide can show: some
// texts take time that grows with the square of their length.
const maxMarkdown = 16 << 10

// maxLanguages is how many languages of code one text may name: looking up one that is
// not known is dear.
const maxLanguages = 20

// Document is a piece of Markdown, read.
type Document struct {
	HTML   string
	Images []string // the addresses of images as the author wrote them, in order
	Items  int      // how many list items there are, as by Items
	Cut    bool     // the text is longer than maxMarkdown, and its end was left out
}

// Markdown reads GitHub's Markdown with footnotes. Of the list items, nested ones
// included, only the first shown are without the class Later; All shows all. HTML is
// not passed through: a few harmless inline tags without attributes (such as <br> and
// <kbd>) mean what they say, comments are dropped, all else appears as text.
func Markdown(source string, shown int) Document {
	src, cut := prepare(source)
	md := engine()
	root := md.Parser().Parse(text.NewReader(src))
	doc := Document{Cut: cut}
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			doc.visit(n, shown)
		}
		return ast.WalkContinue, nil
	})
	var out bytes.Buffer
	// Writing to memory does not fail, and the renderers of this package do not either.
	_ = md.Renderer().Render(&out, src, root)
	doc.HTML = out.String()
	return doc
}

// Items counts the list items of a piece of Markdown, nested ones included: what a slide
// shows one after the other when it is revealed by items.
func Items(markdown string) int {
	src, _ := prepare(markdown)
	items := 0
	_ = ast.Walk(engine().Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Kind() == ast.KindListItem {
			items++
		}
		return ast.WalkContinue, nil
	})
	return items
}

// Heading returns the words of the first heading of a piece of Markdown, or "".
func Heading(markdown string) string {
	src, _ := prepare(markdown)
	var words strings.Builder
	within := false
	_ = ast.Walk(engine().Parser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Heading:
			if within = entering; !entering && strings.TrimSpace(words.String()) != "" {
				return ast.WalkStop, nil
			}
		case *ast.Text:
			if within && entering {
				words.Write(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(n.Value(src)))))
				if n.SoftLineBreak() || n.HardLineBreak() {
					words.WriteByte(' ')
				}
			}
		case *ast.String:
			if within && entering {
				words.Write(n.Value)
			}
		case *ast.AutoLink:
			if within && entering {
				words.Write(n.Label(src))
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(words.String()), " ")
}

// prepare cuts a text where it gets too long or too deep.
func prepare(s string) (src []byte, cut bool) {
	if cut = len(s) > maxMarkdown; cut {
		s = s[:maxMarkdown]
	}
	return []byte(flatten(strings.ToValidUTF8(s, "\uFFFD"))), cut
}

func engine() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignStyle)),
			extension.Strikethrough, extension.Linkify, extension.TaskList,
			extension.NewFootnote(extension.WithFootnoteBacklinkHTML("")),
		),
		goldmark.WithParserOptions(parser.WithInlineParsers(emphasis.Parsers()...)),
		goldmark.WithRendererOptions(
			renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{languages: map[string]chroma.Lexer{}}, 100)),
			ghtml.WithEastAsianLineBreaks(ghtml.EastAsianLineBreaksCSS3Draft),
		),
	)
}

// visit counts items, notes images, and has each block run in the direction of its own
// letters.
func (d *Document) visit(n ast.Node, shown int) {
	switch n := n.(type) {
	case *ast.ListItem:
		d.Items++
		if shown >= 0 && d.Items > shown {
			n.SetAttributeString("class", later)
		}
	case *ast.Image:
		d.Images = append(d.Images, string(n.Destination))
	}
	// Only outermost blocks: elements with a direction of their own do not count for that
	// of those around them, and a list would not run as its items do.
	if p := n.Parent(); n.Type() == ast.TypeBlock && p != nil && (p.Kind() == ast.KindDocument || p.Kind() == east.KindFootnote) {
		n.SetAttributeString("dir", "auto")
	}
}

// nodeRenderer draws the nodes that goldmark's own renderer would draw unlike we want.
type nodeRenderer struct{ languages map[string]chroma.Lexer }

// RegisterFuncs implements renderer.NodeRenderer.
func (o nodeRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, rawHTML)
	r.Register(ast.KindHTMLBlock, htmlBlock)
	r.Register(ast.KindFencedCodeBlock, o.fenced)
	r.Register(ast.KindCodeBlock, o.fenced)
}

func rawHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n, ok := node.(*ast.RawHTML); ok && entering {
		_, _ = w.WriteString(harmless(string(n.Segments.Value(source))))
	}
	return ast.WalkSkipChildren, nil
}

func htmlBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n, ok := node.(*ast.HTMLBlock)
	if !ok || !entering {
		return ast.WalkSkipChildren, nil
	}
	all := string(n.Lines().Value(source))
	if n.HasClosure() {
		all += string(n.ClosureLine.Value(source))
	}
	if body := strings.TrimSpace(harmless(all)); body != "" {
		_, _ = w.WriteString(`<p dir="auto">` + body + "</p>\n")
	}
	return ast.WalkSkipChildren, nil
}

func (o nodeRenderer) fenced(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	var lexer chroma.Lexer
	if n, ok := node.(*ast.FencedCodeBlock); ok {
		lexer = o.lexer(string(n.Language(source)))
	}
	text := strings.TrimSuffix(string(node.Lines().Value(source)), "\n")
	_, _ = w.WriteString(code(lexer, text, nil))
	return ast.WalkSkipChildren, nil
}

// lexer looks up a language, each but once.
func (o nodeRenderer) lexer(language string) chroma.Lexer {
	lexer, ok := o.languages[language]
	if !ok && len(o.languages) < maxLanguages {
		lexer = lexerOf(language)
		o.languages[language] = lexer
	}
	return lexer
}

// harmless escapes HTML, but for comments, which are dropped, and a few tags.
func harmless(s string) string {
	tags := regexp.MustCompile(`(?s)<!--.*?-->|</?[A-Za-z]+\s*/?>`)
	var out strings.Builder
	at := 0
	for _, m := range tags.FindAllStringIndex(s, -1) {
		out.WriteString(html.EscapeString(s[at:m[0]]))
		out.WriteString(tag(s[m[0]:m[1]]))
		at = m[1]
	}
	out.WriteString(html.EscapeString(s[at:]))
	return out.String()
}

// tag returns a tag that may stay, nothing for a comment, and else the tag as text.
func tag(s string) string {
	if strings.HasPrefix(s, "<!--") {
		return ""
	}
	name := strings.ToLower(strings.Trim(s, "</> \t\r\n"))
	if !slices.Contains([]string{"b", "br", "cite", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "strong", "sub", "sup", "u", "var", "wbr"}, name) {
		return html.EscapeString(s)
	}
	if strings.HasPrefix(s, "</") {
		return "</" + name + ">"
	}
	return "<" + name + ">"
}

// flatten takes the marks of quotes and lists out of the head of a line, beyond the
// depth that is kept, and the indentation that would stand for such a depth.
func flatten(s string) string {
	if len(s) <= maxNesting {
		return s
	}
	var out strings.Builder
	for line := range strings.Lines(s) {
		marks, at := 0, 0
		for at < len(line) && strings.IndexByte(" \t>-+*0123456789.)", line[at]) >= 0 {
			at++
		}
		for i := range at {
			if line[i] != ' ' && (line[i] < '0' || line[i] > '9') {
				marks++
			}
			if marks > maxNesting || i >= 4*maxNesting {
				line = line[:i] + " " + strings.TrimLeft(line[at:], " ")
				break
			}
		}
		out.WriteString(line)
	}
	return out.String()
}
