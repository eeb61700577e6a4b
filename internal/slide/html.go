package slide

import (
	"embed"
	"fmt"
	"html"
	"math"
	"strings"

	"mynah/internal/cache"
	"mynah/internal/frame"
	"mynah/internal/markup"
)

//go:embed assets/*.css
var sheets embed.FS

// Sizes of text in pixels of a frame whose shorter side is 720.
const (
	baseSize  = 50
	codeFloor = 14 // below it code is cut rather than shrunk
	textFloor = 18
)

// composed is a slide's page, but for where its files are found.
type composed struct {
	html  string   // holds baseMark where the address of the files goes
	floor float64  // how far the slide may be shrunk
	code  bool     // nothing but code is on it
	step  int      // the step that is shown
	cut   []string // what was left out before anything was drawn
}

const baseMark = "mynah-base:"

// compose writes the page of a slide.
func compose(r Request, k *projectFiles, styleOf func(theme string) string) composed {
	c := composed{floor: 1, code: len(r.Blocks) > 0, step: min(max(r.State, 0), r.States()-1)}
	var body strings.Builder
	step := c.step
	for i, b := range r.Blocks {
		n := b.States()
		body.WriteString(c.block(r, i, step, k.diagrams))
		if b.Reveal {
			step -= n
		}
		c.floor = min(c.floor, floorOf(b))
		c.code = c.code && r.Blocks[i].Kind == frame.CodeBlock
	}
	theme, ours := r.builtIn()
	dir := ""
	if !ours {
		theme, dir = "project", escapePath(strings.TrimSuffix(r.themeFile(), lastPart(r.themeFile())))
	}
	css := k.theme
	if ours {
		css = asset(theme)
	}
	var out strings.Builder
	// Rules in a layer that are important win over all important ones outside of layers.
	fmt.Fprintf(&out, `<!doctype html><html class="%s theme-%s" lang="%s"><head><meta charset="utf-8"><base href="%s%s">`,
		r.mode(), theme, html.EscapeString(r.Language), baseMark, dir)
	out.WriteString("<style>" + asset("force") + r.behindRule(k) + "</style><style>" + asset("base") + styleOf(theme) + "</style>")
	out.WriteString(`<style class="theme">` + escapeStyle(css) + "</style></head><body>")
	out.WriteString(`<div class="backdrop"><div class="slide">` + body.String() + "</div></div></body></html>")
	c.html = out.String()
	return c
}

// mode are the classes that say what the slide stands on.
func (r Request) mode() string {
	switch {
	case r.Over:
		return "over"
	case !r.CanvasSet:
		return "alone"
	case luminance(r.Canvas) < 0.18:
		return "alone canvas canvas-dark"
	default:
		return "alone canvas canvas-light"
	}
}

// luminance is that of WCAG 2, on white where the colour is translucent.
func luminance(c frame.Color) float64 {
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

func floorOf(b Block) float64 {
	size := b.FontSize
	switch {
	case b.Kind == frame.CodeBlock && size == 0:
		return float64(codeFloor) / baseSize
	case b.Kind == frame.CodeBlock:
		return min(1, codeFloor/size)
	case b.Kind == frame.TextBlock && size == 0:
		return float64(textFloor) / (2 * baseSize)
	case b.Kind == frame.TextBlock:
		return min(1, textFloor/(2*size))
	case size == 0:
		return float64(textFloor) / baseSize
	default:
		return min(1, textFloor/size)
	}
}

// block writes a block, as it is at a step that counts from the block's own first; a
// step before that hides all that is revealed.
func (c *composed) block(r Request, i, step int, diagrams map[int]string) string {
	b := r.Blocks[i]
	var class, inner string
	switch b.Kind {
	case frame.MarkdownBlock:
		shown := markup.All
		if b.Reveal {
			shown = max(step+1, 0)
		}
		doc := markup.Markdown(b.Text, shown)
		class, inner = "markdown", rebaseImages(doc.HTML)
		if doc.Cut {
			c.cut = append(c.cut, "the end of a text that is longer than any slide")
		}
	case frame.CodeBlock:
		class, inner = "codeblock", c.listing(r, b, step)
	case frame.MermaidBlock, frame.DotBlock, frame.MathBlock:
		class, inner = "diagram "+string(b.Kind), diagrams[i]
		if inner == "" { // for a key, which needs no drawing
			inner = html.EscapeString(b.Text)
		}
	default:
		class, inner = "text", markup.Text(b.Text)
	}
	style := ""
	if b.FontSize > 0 {
		// Headings and plain text are multiples of the base, whatever a theme's body has.
		size := b.FontSize
		if b.Kind == frame.TextBlock {
			size *= 2
		}
		style = fmt.Sprintf(` style="--base:%gpx;font-size:%gpx"`, b.FontSize, size)
		class += " sized"
	}
	return fmt.Sprintf("<section class=\"block %s\"%s>%s</section>", class, style, inner)
}

// listing writes code, and of a long one only as many lines as can be seen.
func (c *composed) listing(r Request, b Block, step int) string {
	most := int(math.Ceil(float64(r.Height)/r.scale()/min(codeFloor, cmpOr(b.FontSize, codeFloor)))) + 1
	text, lines := b.Text, strings.Count(b.Text, "\n")+1
	if lines > most {
		text = strings.Join(strings.SplitN(text, "\n", most+1)[:most], "\n")
	}
	const longest = 2000 // letters of a line; none so long can be seen
	text = clipEachLine(text, longest)
	var lit func(int) bool
	ranges := b.Highlight
	if b.Reveal && len(b.Ranges) > 0 {
		ranges = nil
		if step >= 0 {
			i := min(step, len(b.Ranges)-1)
			ranges = b.Ranges[i : i+1]
		}
		lit = func(line int) bool { return inRanges(ranges, line) }
	} else if len(ranges) > 0 {
		lit = func(line int) bool { return inRanges(ranges, line) }
	}
	return markup.Code(b.Language, text, lit)
}

func cmpOr(v, other float64) float64 {
	if v > 0 {
		return v
	}
	return other
}

func inRanges(ranges []frame.LineRange, line int) bool {
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

// rebaseImages has images be found from the project's folder, wherever the theme is.
func rebaseImages(s string) string {
	s = strings.ReplaceAll(s, `<img src="`, `<img src="`+baseMark)
	return strings.ReplaceAll(s, `<img src="`+baseMark+"data:", `<img src="data:`)
}

// escapeStyle takes from a style sheet what would end its element.
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

func lastPart(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

func asset(name string) string {
	b, err := sheets.ReadFile("assets/" + name + ".css")
	if err != nil {
		panic(err) // the names are ours
	}
	return string(b)
}

// usesBehind reports whether the picture behind the slide decides how it looks.
func (r Request) usesBehind(k *projectFiles) bool {
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

func (r Request) behindRule(k *projectFiles) string {
	if !r.usesBehind(k) {
		return ""
	}
	return "@layer force{html.over{background:url(" + baseMark + behindName + ") 0 0/100vw 100vh no-repeat!important}}"
}

// Key addresses a slide's picture in a cache by all that decides its pixels: the page,
// the theme, the bytes of every file it refers to, the size, the step, and the version
// that Drawer.Version gave.
func (r Request) Key(version string) cache.Key {
	k := gather(r)
	c := compose(r, k, codeStyle)
	h := cache.NewHasher("slide 2").String(version).String(c.html).String(pageScript)
	h.Int(int64(r.Width), int64(r.Height)).Bool(r.Over, r.CanvasSet).Float(c.floor, r.Captions.Top, r.Captions.Bottom).Bool(c.code)
	if r.CanvasSet && !r.Over {
		h.Int(int64(r.Canvas.R), int64(r.Canvas.G), int64(r.Canvas.B), int64(r.Canvas.A))
	}
	for _, name := range k.names() {
		h.String(name).Bytes(k.files[name])
	}
	h.String(r.drawers())
	if r.usesBehind(k) {
		h.Bytes(r.Behind)
	}
	return h.Key()
}

// codeStyle is the CSS of code in a theme.
func codeStyle(theme string) string {
	switch theme {
	case "dark":
		return markup.CodeStyle("catppuccin-mocha", "#161d28")
	case "paper":
		return markup.CodeStyle("gruvbox-light", "#f0e7d4")
	case "bold":
		return markup.CodeStyle("dracula", "#15151a")
	default:
		return markup.CodeStyle("github", "#e6e8ec")
	}
}
