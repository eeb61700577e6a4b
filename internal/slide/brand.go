package slide

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mazznoer/csscolorparser"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"mynah/internal/diag"
)

// brand is a style sheet of variables that is laid over a theme. Other rules in its file are not used.
type brand struct {
	variables []declaration // in the order of the file
	fonts     []string      // the @font-face rules, with the addresses of the project's files
}

// declaration is a custom property of CSS, such as --accent.
type declaration struct{ name, value string }

// formatStyle returns the HTML of the brand's style sheet. It follows that of the theme and has the same weight, so
// that the theme's rules for slides over pictures stay in force.
func (b brand) formatStyle() string {
	if len(b.variables)+len(b.fonts) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(`<style class="brand">` + strings.Join(b.fonts, "\n") + ":root{")
	for _, v := range b.variables {
		out.WriteString(v.name + ":" + v.value + ";")
	}
	return escapeStyle(out.String()+"}") + "</style>"
}

// lookUp returns the last value of a variable.
func (b brand) lookUp(name string) (string, bool) {
	for _, v := range slices.Backward(b.variables) {
		if v.name == name {
			return v.value, true
		}
	}
	return "", false
}

// readBrand reads the brand and the fonts that it refers to. It warns about everything in the file that is neither a
// variable nor a font.
func (k *projectFiles) readBrand(file string) {
	file = path.Clean(strings.ReplaceAll(file, `\`, "/"))
	text, ok := k.readFile(file)
	if !ok {
		k.addWarning("the brand "+file+" cannot be read", "a brand is a CSS file of the project")
		return
	}
	b, ignored, err := parseBrand(string(text), func(address string) string {
		k.addReference(address, path.Dir(file), file)
		if name, ok := toProjectPath(address, path.Dir(file)); ok {
			return baseMark + escapePath(name)
		}
		return ""
	})
	k.brand = b
	at := k.at
	warn := func(line int, summary, hint string) {
		start := diag.Pos{Line: line, Column: 1}
		k.at = diag.Range{File: file, Start: start, End: start}
		k.addWarning(summary, hint)
	}
	if err != nil {
		warn(err.line, "the brand is not valid CSS here: "+shortenForMessage(err.text),
			"write :root { --accent: #0b57d0; }")
	}
	const hint = "set a variable such as --accent, or use a theme of your own for other rules"
	for i, rule := range ignored {
		if i == mostIgnored {
			warn(rule.line, fmt.Sprintf("the brand sets %d more rules, which are ignored", len(ignored)-i), hint)
			break
		}
		warn(rule.line, "the brand sets "+shortenForMessage(rule.text)+
			", which is ignored: a brand sets only variables and @font-face", hint)
	}
	k.at = at
}

// CheckBrand returns warnings about a brand, a CSS file of the project.
func CheckBrand(files fs.FS, brand string) []Warning {
	k := &projectFiles{files: map[string][]byte{}, fsys: files}
	k.readBrand(brand)
	return k.warnings
}

// mostFailures is the maximum number of errors of a brand.
const mostFailures = 100

// mostIgnored is the maximum number of ignored rules that are named.
const mostIgnored = 10

// brandNote is a part of a brand that is not used, or an error in it, and its line.
type brandNote struct {
	text string
	line int
}

// brandParser is the state of parsing a brand.
type brandParser struct {
	*css.Parser
	text   string
	rebase func(string) string
	brand
	ignored []brandNote
	failure *brandNote // the first error

	font    strings.Builder
	inFont  bool
	forRoot bool // the outermost rule is for the root of the document
	depth   int  // open blocks

	counted, line int // line is the number of line ends in the first counted bytes
}

// parseBrand parses a brand according to css-syntax-3. rebase converts the addresses in @font-face. After an error, it
// continues with the next declaration or rule; a text with very many errors is not read to its end.
func parseBrand(text string, rebase func(string) string) (b brand, ignored []brandNote, failure *brandNote) {
	p := &brandParser{Parser: css.NewParser(parse.NewInputString(text), false), text: text, rebase: rebase}
	failures := 0
	for {
		kind, _, data := p.Next()
		if kind == css.ErrorGrammar {
			if errors.Is(p.Err(), io.EOF) {
				return p.brand, p.ignored, p.failure
			}
			if p.failure == nil {
				p.failure = &brandNote{text: strings.TrimSpace(joinTokens(p.Values(), nil)), line: p.findLine()}
			}
			// Each error costs time in proportion to the length of the text.
			if failures++; failures == mostFailures {
				return p.brand, p.ignored, p.failure
			}
			continue
		}
		p.add(kind, string(data))
	}
}

// findLine returns the line of the last character that was parsed and is not white space.
func (p *brandParser) findLine() int {
	end := min(max(p.Offset(), 0), len(p.text))
	end = len(strings.TrimRight(p.text[:end], " \t\r\n\f;}"))
	if end > p.counted {
		p.line += strings.Count(p.text[p.counted:end], "\n")
		p.counted = end
	}
	return p.line + 1
}

// ignore records a rule that is not used.
func (p *brandParser) ignore(rule string) {
	p.ignored = append(p.ignored, brandNote{rule, p.findLine()})
}

// add adds a part of the style sheet to the brand.
func (p *brandParser) add(kind css.GrammarType, data string) {
	switch kind {
	case css.AtRuleGrammar:
		p.ignore(data)
	case css.BeginAtRuleGrammar:
		if p.inFont = strings.EqualFold(data, "@font-face") && p.depth == 0; p.inFont {
			p.font.Reset()
			p.font.WriteString("@font-face{")
		} else {
			p.ignore(data)
			p.forRoot = false
		}
		p.depth++
	case css.EndAtRuleGrammar:
		if p.depth--; p.inFont {
			p.fonts = append(p.fonts, p.font.String()+"}")
			p.inFont = false
		}
	case css.BeginRulesetGrammar:
		if p.depth == 0 {
			p.forRoot = false
			for selector := range strings.SplitSeq(joinTokens(p.Values(), nil), ",") {
				selector = strings.TrimSpace(selector)
				if strings.EqualFold(selector, ":root") || strings.EqualFold(selector, "html") {
					p.forRoot = true
				} else {
					p.ignore(selector)
				}
			}
		} else if p.forRoot {
			p.ignore(joinTokens(p.Values(), nil))
		}
		p.depth++
	case css.EndRulesetGrammar:
		p.depth--
	case css.CustomPropertyGrammar:
		if p.forRoot && p.depth == 1 {
			p.variables = append(p.variables, declaration{data, strings.TrimSpace(joinTokens(p.Values(), nil))})
		}
	case css.DeclarationGrammar:
		switch {
		case p.inFont:
			p.font.WriteString(data + ":" + joinTokens(p.Values(), p.rebase) + ";")
		case p.forRoot && p.depth == 1:
			p.ignore(data)
		}
	case css.ErrorGrammar, css.CommentGrammar, css.TokenGrammar, css.QualifiedRuleGrammar:
	}
}

// joinTokens returns the text of tokens. rebase converts the addresses in url(); nil keeps them.
func joinTokens(tokens []css.Token, rebase func(string) string) string {
	var out strings.Builder
	for _, t := range tokens {
		if t.TokenType == css.URLToken && rebase != nil {
			inner := strings.TrimSpace(strings.TrimSuffix(string(t.Data[len("url("):]), ")"))
			out.WriteString(`url("` + strings.ReplaceAll(rebase(strings.Trim(inner, `"'`)), `"`, "%22") + `")`)
			continue
		}
		out.Write(t.Data)
	}
	return out.String()
}

// apply replaces the colours of diagrams by those of a brand.
func (look *diagramLook) apply(b brand) {
	set := func(name string, to *string) bool {
		v, ok := b.lookUp(name)
		if !ok {
			return false
		}
		c, err := csscolorparser.Parse(v)
		if err == nil {
			*to = c.HexString()
		}
		return err == nil
	}
	set("--ink", &look.Ink)
	set("--muted", &look.Muted)
	set("--ground", &look.Ground)
	if set("--accent", &look.Edge) {
		look.Series[0] = look.Edge
		accent, err1 := csscolorparser.Parse(look.Edge)
		ground, err2 := csscolorparser.Parse(look.Ground)
		if err1 == nil && err2 == nil {
			const tint = 0.14
			mix := func(a, b float64) float64 { return a*(1-tint) + b*tint }
			look.Fill = csscolorparser.Color{
				R: mix(ground.R, accent.R), G: mix(ground.G, accent.G), B: mix(ground.B, accent.B), A: 1,
			}.HexString()
		}
	}
	if v, ok := b.lookUp("--sans"); ok {
		look.Font = v
	}
}
