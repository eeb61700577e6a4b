package markup

import (
	"html"
	"strings"
)

// RenderText renders plain text as HTML. Each line is a block with the writing direction of its text. A
// blank line keeps its height.
func RenderText(s string) string {
	var out strings.Builder
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD")
	for line := range strings.SplitSeq(s, "\n") {
		if strings.TrimSpace(line) == "" {
			out.WriteString("<div><br></div>\n")
			continue
		}
		out.WriteString(`<div dir="auto">` + html.EscapeString(strings.TrimRight(line, " \t")) + "</div>\n")
	}
	return out.String()
}
