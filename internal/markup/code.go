package markup

import (
	"html"
	"math"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	fhtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// dim is the CSS class of code lines that are not highlighted.
const dim = "dim"

// RenderCode returns the HTML of a block of code. Each line is an element of class "line"; tokens have the
// classes that ComposeCodeStyle defines. Code in an unknown language is not coloured. Lines for which lit
// returns false have the class "dim"; line numbers start at 1, and a nil lit highlights all lines.
func RenderCode(language, text string, lit func(line int) bool) string {
	return renderLines(findLexer(language), text, lit)
}

// findLexer returns the lexer of a language, or nil if the language is unknown.
func findLexer(language string) chroma.Lexer {
	if language == "" {
		return nil
	}
	return lexers.Get(language)
}

func renderLines(lexer chroma.Lexer, text string, lit func(line int) bool) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\uFFFD")
	var out strings.Builder
	out.Grow(4 * len(text))
	out.WriteString(`<pre class="code"><code>`)
	for i, line := range tokenizeLines(lexer, text) {
		if lit == nil || lit(i+1) {
			out.WriteString(`<span class="line">`)
		} else {
			out.WriteString(`<span class="line ` + dim + `">`)
		}
		for _, t := range line {
			writeToken(&out, t)
		}
		out.WriteString("\n</span>")
	}
	out.WriteString("</code></pre>\n")
	return out.String()
}

// tokenizeLines splits code into the tokens of each line, without line ends.
func tokenizeLines(lexer chroma.Lexer, text string) [][]chroma.Token {
	all := []chroma.Token{{Type: chroma.Text, Value: text}}
	if lexer != nil {
		if it, err := chroma.Coalesce(lexer).Tokenise(nil, text); err == nil {
			all = it.Tokens()
		}
	}
	lines := chroma.SplitTokensIntoLines(all)
	for _, line := range lines {
		for i := range line {
			line[i].Value = strings.Trim(line[i].Value, "\n")
		}
	}
	// Lexers may add a line end at the end of the text.
	want := strings.Count(text, "\n") + 1
	lines = lines[:min(len(lines), want)]
	return append(lines, make([][]chroma.Token, want-len(lines))...)
}

func writeToken(out *strings.Builder, t chroma.Token) {
	if t.Value == "" {
		return
	}
	class := ""
	for kind := t.Type; kind != 0 && class == ""; kind = kind.Parent() {
		class = chroma.StandardTypes[kind]
	}
	if class == "" {
		out.WriteString(html.EscapeString(t.Value))
		return
	}
	out.WriteString(`<span class="` + class + `">` + html.EscapeString(t.Value) + `</span>`)
}

// ComposeCodeStyle returns the CSS for code in elements of class "code". name is the name of a Pygments
// style; an unknown name means a plain style. Background colours are omitted, and each text colour is
// adjusted to a contrast of at least 4.5:1 to background, "#rrggbb".
func ComposeCodeStyle(name, background string) string {
	style, ok := styles.Registry[name]
	if !ok {
		style = styles.Fallback
	}
	ground := chroma.ParseColour(background)
	var out strings.Builder
	for _, kind := range listTokenTypes() {
		entry := style.Get(kind)
		entry.Background = 0
		if entry.Colour.IsSet() {
			entry.Colour = ensureContrast(entry.Colour, ground)
		}
		if css := fhtml.StyleEntryToCSS(entry); css != "" {
			out.WriteString(".code ." + chroma.StandardTypes[kind] + "{" + css + "}\n")
		}
	}
	return out.String()
}

// ensureContrast returns a colour with enough contrast to the background (WCAG 2, 1.4.3): it changes c
// towards black or white.
func ensureContrast(c, ground chroma.Colour) chroma.Colour {
	const enough, steps = 4.5, 20
	step := -1.0 / steps
	if computeLuminance(ground) < 0.18 {
		step = -step
	}
	out := c
	for i := 1; i <= steps && computeContrast(out, ground) < enough; i++ {
		out = mixShade(c, step*float64(i))
	}
	return out
}

// mixShade mixes a colour with white, or with black if share is negative.
func mixShade(c chroma.Colour, share float64) chroma.Colour {
	end := 255.0
	if share < 0 {
		end, share = 0, -share
	}
	part := func(v uint8) uint8 { return uint8(math.Round(float64(v) + (end-float64(v))*share)) }
	return chroma.NewColour(part(c.Red()), part(c.Green()), part(c.Blue()))
}

func computeContrast(a, b chroma.Colour) float64 {
	la, lb := computeLuminance(a), computeLuminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func computeLuminance(c chroma.Colour) float64 {
	part := func(v uint8) float64 {
		if f := float64(v) / 255; f > 0.04045 {
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	return 0.2126*part(c.Red()) + 0.7152*part(c.Green()) + 0.0722*part(c.Blue())
}

// listTokenTypes returns the kinds of tokens that have CSS classes, sorted.
func listTokenTypes() []chroma.TokenType {
	var out []chroma.TokenType
	for kind, class := range chroma.StandardTypes {
		if kind > 0 && class != "" {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}
