// Package markup renders the fenced blocks of a script (Markdown, code, plain text) as HTML for
// slides. The HTML is a fragment without scripts and event handlers. Its only addresses are those of
// the author's images and links; the code that draws the page decides which of them may be loaded. The
// package does not depend on themes, sizes or browsers and reads no files.
package markup

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/yuin/goldmark"
	emoji "github.com/yuin/goldmark-emoji"
	emojiast "github.com/yuin/goldmark-emoji/ast"
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

// All is the argument of Markdown that shows all list items.
const All = -1

// later is the CSS class of list items that are not shown yet.
const later = "later"

// maxNesting is the maximum nesting of quotes and lists. Time and memory grow with it, and deeper
// nesting would not fit on a slide.
const maxNesting = 50

// maxMarkdown is the maximum number of bytes of Markdown that are parsed, far more than fits on a
// slide. Some texts need time that grows with the square of their length.
const maxMarkdown = 16 << 10

// maxLanguages is the maximum number of code languages in one text, because looking up an unknown
// language is slow.
const maxLanguages = 20

// Document is rendered Markdown.
type Document struct {
	HTML   string
	Images []string // addresses of images as the author wrote them, in order
	Items  int      // number of list items, as returned by Items
	// Unknown contains texts that look like emoji codes but do not exist, such as ":rokcet:"; they are shown as
	// written.
	Unknown []string
	Cut     bool // the text is longer than maxMarkdown, and its end was omitted
}

// RenderMarkdown renders GitHub Flavored Markdown with footnotes. List items after the first shown ones,
// counted including nested ones, have the class "later"; with All no item has it. HTML is escaped,
// except for a few inline tags without attributes (such as <br> and <kbd>); comments are removed.
func RenderMarkdown(source string, shown int) Document {
	src, cut := prepareSource(source)
	md := newMarkdownEngine()
	root := md.Parser().Parse(text.NewReader(src))
	doc := Document{Cut: cut}
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			doc.countAndAdjustNode(n, shown)
			doc.collectUnknownEmoji(n, src)
			markQuoteSource(n, src)
		}
		return ast.WalkContinue, nil
	})
	var out bytes.Buffer
	// Writing to memory cannot fail.
	_ = md.Renderer().Render(&out, src, root)
	doc.HTML = out.String()
	return doc
}

// CountItems returns the number of list items in Markdown, including nested ones. It is the number of steps
// when a slide is revealed by items.
func CountItems(markdown string) int {
	src, _ := prepareSource(markdown)
	items := 0
	_ = ast.Walk(newMarkdownEngine().Parser().Parse(text.NewReader(src)),
		func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering && n.Kind() == ast.KindListItem {
				items++
			}
			return ast.WalkContinue, nil
		})
	return items
}

// FindHeading returns the text of the first heading in Markdown, or "".
func FindHeading(markdown string) string {
	src, _ := prepareSource(markdown)
	var words strings.Builder
	within := false
	_ = ast.Walk(newMarkdownEngine().Parser().Parse(text.NewReader(src)),
		func(n ast.Node, entering bool) (ast.WalkStatus, error) {
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
			case *emojiast.Emoji:
				if within && entering {
					words.WriteString(string(n.Value.Unicode))
				}
			}
			return ast.WalkContinue, nil
		})
	return strings.Join(strings.Fields(words.String()), " ")
}

// prepareSource shortens a text that is too long, and flattens one that is nested too deeply. cut reports
// whether the text was shortened.
func prepareSource(s string) (src []byte, cut bool) {
	if cut = len(s) > maxMarkdown; cut {
		s = s[:maxMarkdown]
	}
	return []byte(limitNesting(strings.ToValidUTF8(s, "\uFFFD"))), cut
}

func newMarkdownEngine() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignStyle)),
			extension.Strikethrough, extension.Linkify, extension.TaskList,
			extension.NewFootnote(extension.WithFootnoteBacklinkHTML("")),
			emoji.New(emoji.WithRenderingMethod(emoji.Unicode)),
		),
		goldmark.WithParserOptions(parser.WithInlineParsers(emphasis.NewParsers()...)),
		goldmark.WithRendererOptions(
			renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{languages: map[string]chroma.Lexer{}}, 100)),
			ghtml.WithEastAsianLineBreaks(ghtml.EastAsianLineBreaksCSS3Draft),
		),
	)
}

// countAndAdjustNode counts list items, collects the addresses of images, and sets the writing direction of each
// top-level block to that of its text.
func (d *Document) countAndAdjustNode(n ast.Node, shown int) {
	switch n := n.(type) {
	case *ast.ListItem:
		d.Items++
		if shown >= 0 && d.Items > shown {
			n.SetAttributeString("class", later)
		}
	case *ast.Image:
		d.Images = append(d.Images, string(n.Destination))
	}
	// Only top-level blocks: nested elements with dir are ignored when the direction of the outer element
	// is determined, so a list would not follow its items.
	if p := n.Parent(); n.Type() == ast.TypeBlock && p != nil && (p.Kind() == ast.KindDocument || p.Kind() == east.KindFootnote) {
		n.SetAttributeString("dir", "auto")
	}
}

// emojiCode matches text that looks like an emoji code.
var emojiCode = regexp.MustCompile(`(?:^|[\s(])(:[a-z][a-z0-9_+-]+:)`)

// sourceStart matches the beginning of the source of a quote.
var sourceStart = regexp.MustCompile(`^(?:[—–―]|--) ?\S`)

// collectUnknownEmoji collects emoji codes that do not exist.
func (d *Document) collectUnknownEmoji(n ast.Node, src []byte) {
	text, ok := n.(*ast.Text)
	if !ok || n.Parent() != nil && n.Parent().Kind() == ast.KindCodeSpan {
		return
	}
	for _, m := range emojiCode.FindAllSubmatch(text.Value(src), -1) {
		if code := string(m[1]); !slices.Contains(d.Unknown, code) {
			d.Unknown = append(d.Unknown, code)
		}
	}
}

// markQuoteSource gives the source of a quote, which is a last paragraph or line that begins with a
// dash, the class "source".
func markQuoteSource(n ast.Node, src []byte) {
	p, ok := n.(*ast.Paragraph)
	if !ok || n.Parent().Kind() != ast.KindBlockquote || n.NextSibling() != nil {
		return
	}
	begins := func(c ast.Node) bool {
		text, ok := c.(*ast.Text)
		return ok && sourceStart.Match(text.Value(src))
	}
	if p.PreviousSibling() != nil && begins(p.FirstChild()) {
		p.SetAttributeString("class", "source")
		return
	}
	if begins(p.FirstChild()) { // a dialogue
		return
	}
	for c := p.LastChild(); c != nil && c.PreviousSibling() != nil; c = c.PreviousSibling() {
		before, ok := c.PreviousSibling().(*ast.Text)
		if !ok || !before.SoftLineBreak() && !before.HardLineBreak() {
			continue
		}
		if !begins(c) { // the last line is no source
			return
		}
		before.SetSoftLineBreak(false)
		before.SetHardLineBreak(false)
		source := ast.NewParagraph()
		source.SetAttributeString("class", "source")
		for c != nil {
			next := c.NextSibling()
			source.AppendChild(source, c)
			c = next
		}
		p.Parent().InsertAfter(p.Parent(), p, source)
		return
	}
}

// nodeRenderer renders HTML and code differently from goldmark.
type nodeRenderer struct{ languages map[string]chroma.Lexer }

// RegisterFuncs implements renderer.NodeRenderer.
func (o nodeRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, renderRawHTML)
	r.Register(ast.KindHTMLBlock, renderHTMLBlock)
	r.Register(ast.KindFencedCodeBlock, o.renderCodeBlock)
	r.Register(ast.KindCodeBlock, o.renderCodeBlock)
}

func renderRawHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n, ok := node.(*ast.RawHTML); ok && entering {
		_, _ = w.WriteString(escapeHTML(string(n.Segments.Value(source))))
	}
	return ast.WalkSkipChildren, nil
}

func renderHTMLBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n, ok := node.(*ast.HTMLBlock)
	if !ok || !entering {
		return ast.WalkSkipChildren, nil
	}
	all := string(n.Lines().Value(source))
	if n.HasClosure() {
		all += string(n.ClosureLine.Value(source))
	}
	if body := strings.TrimSpace(escapeHTML(all)); body != "" {
		_, _ = w.WriteString(`<p dir="auto">` + body + "</p>\n")
	}
	return ast.WalkSkipChildren, nil
}

func (o nodeRenderer) renderCodeBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	var lexer chroma.Lexer
	if n, ok := node.(*ast.FencedCodeBlock); ok {
		lexer = o.findLexerOnce(string(n.Language(source)))
	}
	text := strings.TrimSuffix(string(node.Lines().Value(source)), "\n")
	_, _ = w.WriteString(renderLines(lexer, text, nil))
	return ast.WalkSkipChildren, nil
}

// findLexerOnce returns the lexer of a language; each language is looked up only once.
func (o nodeRenderer) findLexerOnce(language string) chroma.Lexer {
	lexer, ok := o.languages[language]
	if !ok && len(o.languages) < maxLanguages {
		lexer = findLexer(language)
		o.languages[language] = lexer
	}
	return lexer
}

// escapeHTML escapes HTML. It removes comments and keeps a few tags.
func escapeHTML(s string) string {
	tags := regexp.MustCompile(`(?s)<!--.*?-->|</?[A-Za-z]+\s*/?>`)
	var out strings.Builder
	at := 0
	for _, m := range tags.FindAllStringIndex(s, -1) {
		out.WriteString(html.EscapeString(s[at:m[0]]))
		out.WriteString(filterTag(s[m[0]:m[1]]))
		at = m[1]
	}
	out.WriteString(html.EscapeString(s[at:]))
	return out.String()
}

// filterTag returns an allowed tag unchanged, "" for a comment, and any other tag escaped.
func filterTag(s string) string {
	if strings.HasPrefix(s, "<!--") {
		return ""
	}
	name := strings.ToLower(strings.Trim(s, "</> \t\r\n"))
	if !slices.Contains([]string{
		"b", "br", "cite", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small",
		"strong", "sub", "sup", "u", "var", "wbr",
	}, name) {
		return html.EscapeString(s)
	}
	if strings.HasPrefix(s, "</") {
		return "</" + name + ">"
	}
	return "<" + name + ">"
}

// limitNesting removes the marks of quotes and lists at the start of a line that exceed maxNesting, and
// indentation that would have the same effect.
func limitNesting(s string) string {
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
