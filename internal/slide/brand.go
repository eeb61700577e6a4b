package slide

import (
	"errors"
	"fmt"
	"io"
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

// formatStyle returns the HTML of the brand's style sheet. It follows that of the theme and has the same weight, so that
// the theme's rules for slides over pictures stay in force.
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
	if err != nil {
		k.at = diag.Range{File: file, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
		k.addWarning(fmt.Sprintf("the brand is not valid CSS: %v", err), "write :root { --accent: #0b57d0; }")
	}
	for _, rule := range ignored {
		k.at = diag.Range{File: file, Start: diag.Pos{Line: rule.line, Column: 1}, End: diag.Pos{Line: rule.line, Column: 1}}
		k.addWarning("the brand sets "+shortenForMessage(rule.text)+", which is ignored: a brand sets only variables and @font-face",
			"set a variable such as --accent, or use a theme of your own for other rules")
	}
	k.at = at
}

// ignoredRule is a rule of a brand that is not used.
type ignoredRule struct {
	text string
	line int
}

// parseBrand parses a brand according to css-syntax-3. rebase converts the addresses in @font-face.
func parseBrand(text string, rebase func(string) string) (b brand, ignored []ignoredRule, err error) {
	in := parse.NewInputString(text)
	p := css.NewParser(in, false)
	ignore := func(rule string) {
		line := 1 + strings.Count(text[:min(max(p.Offset()-1, 0), len(text))], "\n")
		if n := len(ignored); n == 0 || ignored[n-1] != (ignoredRule{rule, line}) {
			ignored = append(ignored, ignoredRule{rule, line})
		}
	}
	inFont, forRoot, depth := false, false, 0
	var font strings.Builder
	for {
		kind, _, data := p.Next()
		switch kind {
		case css.ErrorGrammar:
			if p.Err() != nil && !errors.Is(p.Err(), io.EOF) {
				return b, ignored, p.Err()
			}
			if errors.Is(p.Err(), io.EOF) {
				return b, ignored, nil
			}
		case css.AtRuleGrammar:
			ignore(string(data))
		case css.BeginAtRuleGrammar:
			if inFont = strings.EqualFold(string(data), "@font-face") && depth == 0; inFont {
				font.Reset()
				font.WriteString("@font-face{")
			} else {
				ignore(string(data))
			}
			depth++
		case css.EndAtRuleGrammar:
			if depth--; inFont {
				b.fonts = append(b.fonts, font.String()+"}")
				inFont = false
			}
		case css.QualifiedRuleGrammar, css.BeginRulesetGrammar:
			selector := strings.TrimSpace(joinTokens(p.Values(), nil))
			root := strings.EqualFold(selector, ":root") || strings.EqualFold(selector, "html")
			forRoot = root && depth == 0 && (forRoot || kind == css.BeginRulesetGrammar)
			if !root {
				ignore(selector)
			}
			if kind == css.BeginRulesetGrammar {
				depth++
			}
		case css.EndRulesetGrammar:
			depth--
			forRoot = false
		case css.CustomPropertyGrammar:
			if forRoot {
				b.variables = append(b.variables, declaration{string(data), strings.TrimSpace(joinTokens(p.Values(), nil))})
			}
		case css.DeclarationGrammar:
			switch {
			case inFont:
				font.WriteString(string(data) + ":" + joinTokens(p.Values(), rebase) + ";")
			case forRoot:
				ignore(string(data))
			}
		case css.CommentGrammar, css.TokenGrammar:
		}
	}
}

// joinTokens returns the text of tokens. rebase converts the addresses in url(); nil keeps them.
func joinTokens(tokens []css.Token, rebase func(string) string) string {
	var out strings.Builder
	for _, t := range tokens {
		if t.TokenType == css.URLToken && rebase != nil {
			inner := strings.TrimSpace(string(t.Data[len("url(") : len(t.Data)-1]))
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
			look.Fill = csscolorparser.Color{R: mix(ground.R, accent.R), G: mix(ground.G, accent.G), B: mix(ground.B, accent.B), A: 1}.HexString()
		}
	}
	if v, ok := b.lookUp("--sans"); ok {
		look.Font = v
	}
}
