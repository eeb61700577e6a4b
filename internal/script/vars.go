package script

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mynah/internal/diag"
)

// Variables are replaced after the structure of a script was parsed: in the value of a property, the
// name of a file, the text of a paragraph or slide, an attribute. A value is therefore only text: it
// cannot start a scene, a direction or a comment, its asterisks are not emphasis, and findings point
// to the author's own text. Line breaks in a value become spaces, except in a fenced block.

// markers replace the braces of {{name}} while text is parsed by a parser that interprets braces. Each
// marker is one code point, so that columns stay correct. They are Unicode noncharacters, which
// newSource removes from scripts.
const markers = "\ufdd0\ufdd1\ufdd2\ufdd3" + clickMarker

// findVariable finds the next {{name}} in text at or after from. It returns the offsets of its start and
// end, and the name without blanks at both ends.
func findVariable(text string, from int) (start, end int, name string, ok bool) {
	for {
		i := strings.Index(text[from:], "{{")
		if i < 0 {
			return 0, 0, "", false
		}
		start = from + i
		for start+2 < len(text) && text[start+2] == '{' {
			start++ // {{{name}}} is the variable {{name}} in braces
		}
		j := start + 2
		for j < len(text) && (text[j] == ' ' || text[j] == '\t') {
			j++
		}
		first := j
		for j < len(text) {
			c, n := utf8.DecodeRuneInString(text[j:])
			if !isNameRune(c) {
				break
			}
			j += n
		}
		name = text[first:j]
		for j < len(text) && (text[j] == ' ' || text[j] == '\t') {
			j++
		}
		if name != "" && strings.HasPrefix(text[j:], "}}") {
			return start, j + 2, name, true
		}
		from = max(first, start+2)
	}
}

func isNameRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) || c == '_' || c == '-' || c == '.'
}

// vars contains the values of variables, with characters that are invalid in scripts removed. names
// are the names to suggest in messages, sorted.
type vars struct {
	values map[string]string
	names  []string
}

// maxNames is the maximum number of variable names that a message lists.
const maxNames = 20

// newVars copies the values. Invalid UTF-8 becomes U+FFFD, control characters other than line ends and
// tabs become spaces, and line ends become LF.
func newVars(given map[string]string) vars {
	v := vars{values: make(map[string]string, len(given))}
	ends := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	for name, value := range given {
		value = ends.Replace(strings.ToValidUTF8(value, "\ufffd"))
		v.values[strings.TrimSpace(name)] = strings.Map(func(c rune) rune {
			if c != '\n' && c != '\t' && unicode.IsControl(c) || strings.ContainsRune(markers, c) {
				return ' '
			}
			return c
		}, value)
	}
	v.names = slices.Sorted(maps.Keys(v.values))
	v.names = v.names[:min(len(v.names), maxNames)]
	return v
}

// replaceInLine replaces variables in text that must stay one line: line ends in values become spaces.
func (v vars) replaceInLine(text string) string {
	return v.replaceVariables(text, func(value string) string { return strings.ReplaceAll(value, "\n", " ") })
}

// replaceInText replaces variables in text that may have several lines.
func (v vars) replaceInText(text string) string {
	return v.replaceVariables(text, func(value string) string { return value })
}

func (v vars) replaceVariables(text string, shape func(string) string) string {
	if len(v.values) == 0 || !strings.Contains(text, "{{") {
		return text
	}
	var b strings.Builder
	at := 0
	for {
		start, end, name, ok := findVariable(text, at)
		if !ok {
			b.WriteString(text[at:])
			return b.String()
		}
		b.WriteString(text[at:start])
		if value, given := v.values[name]; given {
			b.WriteString(shape(value))
		} else {
			b.WriteString(text[start:end])
		}
		at = end
	}
}

// warnOfUnknownVariables reports the variables in a line that have no value.
func (v vars) warnOfUnknownVariables(l *line, diags *diag.List) {
	if !strings.Contains(l.text, "{{") {
		return
	}
	for at := 0; ; {
		start, end, name, ok := findVariable(l.text, at)
		if !ok {
			return
		}
		at = end
		if _, given := v.values[name]; given {
			continue
		}
		d := diags.Warnf(l.newByteRange(start, end), "the variable %s has no value and stays as it is", quoteForMessage(name))
		d.Code = diag.UnknownVariable
		if len(v.names) > 0 {
			d.Detail = "Variables with a value: " + strings.Join(v.names, ", ")
		}
		d.Hint = "set it when building: --var " + name + "=…"
		if near, ok := findNearestName(name, v.names); ok {
			d.Hint = "did you mean {{" + near + "}}?"
		}
	}
}

// hideVariableBraces replaces the braces of {{name}} by markers, for a parser that interprets braces. restoreVariableBraces
// is the reverse.
func hideVariableBraces(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	m := []rune(markers)
	var b strings.Builder
	at := 0
	for {
		start, end, _, ok := findVariable(text, at)
		if !ok {
			b.WriteString(text[at:])
			return b.String()
		}
		b.WriteString(text[at:start])
		b.WriteRune(m[0])
		b.WriteRune(m[1])
		b.WriteString(text[start+2 : end-2])
		b.WriteRune(m[2])
		b.WriteRune(m[3])
		at = end
	}
}

// restoreVariableBraces replaces the markers by braces.
func restoreVariableBraces(text string) string {
	if !strings.ContainsAny(text, markers) {
		return text
	}
	m := []rune(markers)
	return strings.Map(func(c rune) rune {
		switch c {
		case m[0], m[1]:
			return '{'
		case m[2], m[3]:
			return '}'
		default:
			return c
		}
	}, text)
}
