package markup

import (
	"html"
	"strings"
)

// Text is plain text: its lines stay lines, and each runs in the direction of its own
// letters. A blank line keeps its height.
func Text(s string) string {
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
