package slide

import (
	"embed"
	"fmt"
	"html"
	"image"
	"math"
	"strings"
	"unicode"

	"mynah/internal/cache"
	"mynah/internal/frame"
	"mynah/internal/markup"
)

//go:embed assets/*.css
var sheets embed.FS

// Font sizes in pixels of a frame whose shorter side is 720.
const (
	baseSize  = 50
	preferred = 20 // slides that are too full shrink to this size of their smallest text without a warning
	readable  = 14 // below this size, strict builds fail
)

// composed is the HTML of a slide. The address of its files is still open: it is marked by baseMark.
type composed struct {
	html  string   // contains baseMark instead of the address of the project's files
	step  int      // index of the reveal step that is shown
	emoji []string // unknown emoji codes
	cut   []string // descriptions of content that was omitted
}

const baseMark = "mynah-base:"

// composeHTML returns the HTML of a slide.
func composeHTML(r Request, k *projectFiles, styleOf func(theme string) string) composed {
	c := composed{step: min(max(r.State, 0), r.CountSteps()-1)}
	var body strings.Builder
	step := c.step
	if r.Waits {
		step--
	}
	for i, b := range r.Blocks {
		n := b.CountSteps()
		body.WriteString(c.formatBlockHTML(r, i, step, k.diagrams))
		if b.Reveal {
			step -= n
		}
	}
	c.html = r.formatHead(k, r.listBackgroundClasses()+" ", readBuiltInSheet("force")+r.formatBehindCSS(k), styleOf) +
		`<body><div class="backdrop"><div class="slide">` + body.String() + "</div></div>" + r.formatMounts() + "</body></html>"
	return c
}

// formatHead returns the start of a page with the theme's style sheets, up to its body. classes are those of the root
// element, with a blank at the end. force is the style sheet that takes precedence over the theme, as a CSS layer:
// !important rules inside a layer take precedence over those outside.
func (r Request) formatHead(k *projectFiles, classes, force string, styleOf func(theme string) string) string {
	theme, ours := r.chooseBuiltInTheme()
	dir := ""
	if !ours {
		theme, dir = "project", escapePath(strings.TrimSuffix(r.findThemeFile(), cutBaseName(r.findThemeFile())))
	}
	css := k.theme
	if ours {
		css = readBuiltInSheet(theme)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<!doctype html><html class="%stheme-%s%s%s" lang="%s"><head><meta charset="utf-8"><base href="%s%s">`,
		classes, theme, chooseTrackingClass(r.listBlockTexts()), r.listPlaceClasses(), html.EscapeString(r.Language), baseMark, dir)
	out.WriteString("<style>" + force + "</style><style>" + readBuiltInSheet("base") + readBuiltInSheet("layouts"))
	out.WriteString(styleOf(theme) + "</style>")
	out.WriteString(`<style class="theme">` + escapeStyle(css) + "</style>" + k.brand.formatStyle() + "</head>")
	return out.String()
}

// listBackgroundClasses returns the CSS classes that describe the background of the slide.
func (r Request) listBackgroundClasses() string {
	switch {
	case r.Over:
		return "over"
	case !r.CanvasSet:
		return "alone"
	case computeLuminance(r.Canvas) < 0.18:
		return "alone canvas canvas-dark"
	default:
		return "alone canvas canvas-light"
	}
}

// chooseTrackingClass returns the CSS class of slides whose letters are all Latin, Greek or Cyrillic: only these
// may stand closer than usual.
func chooseTrackingClass(texts []string) string {
	for _, t := range texts {
		for _, c := range t {
			if unicode.IsLetter(c) && c > unicode.MaxLatin1 && !unicode.In(c, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
				return ""
			}
		}
	}
	return " tight"
}

// computeLuminance returns the relative luminance of WCAG 2, from 0 to 1. Translucent colours are placed on
// white.
func computeLuminance(c frame.Color) float64 {
	part := func(v uint8) float64 {
		a := float64(c.A) / 255
		f := float64(v)/255*a + 1 - a
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// formatBlockHTML returns the HTML of block i at a reveal step. Steps count from the first one of the block; a
// negative step hides everything that is revealed.
func (c *composed) formatBlockHTML(r Request, i, step int, diagrams map[int]string) string {
	b := r.Blocks[i]
	var class, inner string
	switch b.Kind {
	case frame.MarkdownBlock:
		shown := markup.All
		if b.Reveal {
			shown = max(step+1, 0)
		}
		text := b.Text
		if r.Layout == frame.Stat && i == 0 {
			text = separateFirstLine(text)
		}
		doc := markup.RenderMarkdown(text, shown)
		class, inner = "markdown", rebaseImages(doc.HTML)
		c.emoji = append(c.emoji, doc.Unknown...)
		if doc.Cut {
			c.cut = append(c.cut, "the end of a text that is longer than any slide")
		}
	case frame.CodeBlock:
		class, inner = "codeblock", c.renderCode(b, step)
	case frame.MermaidBlock, frame.DotBlock, frame.MathBlock:
		class, inner = "diagram "+string(b.Kind), diagrams[i]
		if inner == "" { // only for cache keys, for which diagrams are not drawn
			inner = html.EscapeString(b.Text)
		}
	default:
		class, inner = "text", markup.RenderText(b.Text)
	}
	style := ""
	if b.FontSize > 0 {
		// Headings and plain text are multiples of --base, also if the theme sets a size for body.
		size := b.FontSize
		if b.Kind == frame.TextBlock {
			size *= 2
		}
		style = fmt.Sprintf(` style="--base:%gpx;font-size:%gpx"`, b.FontSize, size)
		class += " sized"
	}
	return fmt.Sprintf("<section class=\"block %s\"%s>%s</section>", class, style, inner)
}

// The limits of code, far above of what a reader can see.
const (
	mostLines   = 500
	longestLine = 20_000 // bytes
)

// renderCode returns the HTML of code.
func (c *composed) renderCode(b Block, step int) string {
	text, n := b.Text, strings.Count(b.Text, "\n")+1
	if n > mostLines {
		text = strings.Join(strings.SplitN(text, "\n", mostLines+1)[:mostLines], "\n")
		c.cut = append(c.cut, fmt.Sprintf("%d lines of code: it shows at most %d", n-mostLines, mostLines))
	}
	text = clipEachLine(text, longestLine)
	var lit func(int) bool
	ranges := b.Highlight
	if b.Reveal && len(b.Ranges) > 0 {
		ranges = nil
		if step >= 0 {
			i := min(step, len(b.Ranges)-1)
			ranges = b.Ranges[i : i+1]
		}
		lit = func(line int) bool { return isLineInRanges(ranges, line) }
	} else if len(ranges) > 0 {
		lit = func(line int) bool { return isLineInRanges(ranges, line) }
	}
	return markup.RenderCode(b.Language, text, lit)
}

func isLineInRanges(ranges []frame.LineRange, line int) bool {
	for _, r := range ranges {
		if line >= r.From && line <= r.To {
			return true
		}
	}
	return false
}

func clipEachLine(s string, most int) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if len(l) > most {
			lines[i] = strings.ToValidUTF8(l[:most], "")
		}
	}
	return strings.Join(lines, "\n")
}

// rebaseImages makes addresses of images relative to the project's folder instead of the theme's
// folder.
func rebaseImages(s string) string {
	s = strings.ReplaceAll(s, `<img src="`, `<img src="`+baseMark)
	return strings.ReplaceAll(s, `<img src="`+baseMark+"data:", `<img src="data:`)
}

// escapeStyle prevents that a style sheet ends its HTML element.
func escapeStyle(css string) string { return strings.ReplaceAll(css, "</", `<\/`) }

func escapePath(p string) string {
	var out strings.Builder
	for _, c := range []byte(p) {
		if c == '/' || c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func cutBaseName(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

func readBuiltInSheet(name string) string {
	b, err := sheets.ReadFile("assets/" + name + ".css")
	if err != nil {
		panic(err) // names are constants of this package
	}
	return string(b)
}

// showsPictureBehind reports whether the appearance of the slide depends on the picture behind it.
func (r Request) showsPictureBehind(k *projectFiles) bool {
	if !r.Over || len(r.Behind) == 0 {
		return false
	}
	if strings.Contains(k.theme, "backdrop-filter") {
		return true
	}
	for name, b := range k.files {
		if strings.HasSuffix(name, ".css") && strings.Contains(string(b), "backdrop-filter") {
			return true
		}
	}
	return false
}

func (r Request) formatBehindCSS(k *projectFiles) string {
	if !r.showsPictureBehind(k) {
		return ""
	}
	return "@layer force{html.over{background:url(" + baseMark + behindName + ") 0 0/100vw 100vh no-repeat!important}}"
}

// ComputeKey returns the cache key of a slide's picture. It depends on everything that determines the pixels:
// the HTML, the theme, the bytes of every file it refers to, the size, the step, and version, the
// result of Drawer.ReadVersion.
func (r Request) ComputeKey(version string) cache.Key {
	k := gatherFiles(r)
	c := composeHTML(r, k, composeCodeStyle)
	h := cache.NewHasher("slide 3").AddString(version).AddString(c.html).AddString(readLayoutScript())
	addRectangle := func(b image.Rectangle) {
		h.AddInts(int64(b.Min.X), int64(b.Min.Y), int64(b.Max.X), int64(b.Max.Y))
	}
	addRectangle(r.Area)
	addRectangle(r.Avoid)
	for _, hole := range r.Holes {
		addRectangle(hole.Rect)
		h.AddInts(int64(hole.Radius)).AddBools(hole.SquareTop)
	}
	if r.Ground != nil {
		h.AddBools(r.Ground.Bare)
	}
	h.AddInts(int64(r.Width), int64(r.Height)).AddBools(r.Over, r.CanvasSet).AddFloats(r.Captions.Top, r.Captions.Bottom)
	if r.CanvasSet && !r.Over {
		h.AddInts(int64(r.Canvas.R), int64(r.Canvas.G), int64(r.Canvas.B), int64(r.Canvas.A))
	}
	for _, name := range k.listFileNames() {
		h.AddString(name).AddBytes(k.files[name])
	}
	h.AddString(r.computeDiagramFingerprint()).AddString(r.computePatternVersion())
	if r.showsPictureBehind(k) {
		h.AddBytes(r.Behind)
	}
	return h.Key()
}

// composeCodeStyle returns the CSS of code for a theme.
func composeCodeStyle(theme string) string {
	switch theme {
	case "dark":
		return markup.ComposeCodeStyle("catppuccin-mocha", "#161d28")
	case "paper":
		return markup.ComposeCodeStyle("gruvbox-light", "#f0e7d4")
	case "bold":
		return markup.ComposeCodeStyle("dracula", "#15151a")
	default:
		return markup.ComposeCodeStyle("github", "#e6e8ec")
	}
}
