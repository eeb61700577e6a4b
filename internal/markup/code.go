package markup

import (
	"html"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	fhtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// Dim is the class of lines of code that stand back.
const Dim = "dim"

// Code is a block of code, each line an element of the class "line", its words marked by
// the classes that CodeStyle gives colours to. An unknown language is plain text. Lines
// for which lit answers false, counted from 1, have the class Dim; nil lights all.
func Code(language, text string, lit func(line int) bool) string {
	return code(lexerOf(language), text, lit)
}

// lexerOf is nil for a language that nobody knows.
func lexerOf(language string) chroma.Lexer {
	if language == "" {
		return nil
	}
	return lexers.Get(language)
}

func code(lexer chroma.Lexer, text string, lit func(line int) bool) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\uFFFD")
	var out strings.Builder
	out.Grow(4 * len(text))
	out.WriteString(`<pre class="code"><code>`)
	for i, line := range tokens(lexer, text) {
		if lit == nil || lit(i+1) {
			out.WriteString(`<span class="line">`)
		} else {
			out.WriteString(`<span class="line ` + Dim + `">`)
		}
		for _, t := range line {
			word(&out, t)
		}
		out.WriteString("\n</span>")
	}
	out.WriteString("</code></pre>\n")
	return out.String()
}

// tokens are the words of code, line by line, without the ends of lines.
func tokens(lexer chroma.Lexer, text string) [][]chroma.Token {
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
	// Lexers end the text by a line end of their own.
	want := strings.Count(text, "\n") + 1
	lines = lines[:min(len(lines), want)]
	return append(lines, make([][]chroma.Token, want-len(lines))...)
}

func word(out *strings.Builder, t chroma.Token) {
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

// CodeStyle is the CSS of a style of code by its name (see Styles), for elements of the
// class "code". It says nothing of backgrounds.
func CodeStyle(name string) string {
	style, ok := styles.Registry[name]
	if !ok {
		style = styles.Fallback
	}
	var out strings.Builder
	background := style.Get(chroma.Background)
	for _, kind := range kinds() {
		entry := style.Get(kind)
		entry.Background = 0
		if entry.Colour == background.Colour {
			entry.Colour = 0
		}
		if css := fhtml.StyleEntryToCSS(entry); css != "" {
			out.WriteString(".code ." + chroma.StandardTypes[kind] + "{" + css + "}\n")
		}
	}
	return out.String()
}

// kinds are the kinds of words, in an order of their own.
func kinds() []chroma.TokenType {
	var out []chroma.TokenType
	for kind, class := range chroma.StandardTypes {
		if kind > 0 && class != "" {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}
