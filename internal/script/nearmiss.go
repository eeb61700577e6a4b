package script

import (
	"strings"
	"unicode/utf8"

	"mynah/internal/diag"
)

// Near misses: what was most likely meant as structure and is not, by the rules of the
// language. It is not obeyed, for it may be meant as it stands; it gets a warning that says
// what to write instead.

// dashes are the signs that word processors make of hyphens.
const dashes = "-–—―−‒‐‑"

// isDashLine says whether a trimmed line is made of dashes of any kind, but no separator.
func isDashLine(t string) bool {
	other := false
	for _, r := range t {
		switch {
		case r == '-' || r == ' ' || r == '\t':
		case strings.ContainsRune(dashes, r):
			other = true
		default:
			return false
		}
	}
	return other || t == "--"
}

// nearMiss warns of a line of narration that nearly is a direction or an image.
func (p *parser) nearMiss(l *line, t string, off int) {
	if strings.HasPrefix(t, "![[") && strings.HasSuffix(t, "]]") {
		file, _, _ := strings.Cut(strings.Trim(t[3:len(t)-2], blanks), "|")
		d := p.diags.Warnf(l.span(off, off+len(t)), "%s is no image and is spoken", quoted(t))
		d.Code, d.Hint = diag.NearMiss, "write ![]("+file+")"
		return
	}
	name, value, colon, ok := bracketed(t)
	if !ok {
		return
	}
	known := strings.ReplaceAll(strings.ReplaceAll(name, "_", "-"), " ", "-")
	fields := len(strings.Fields(value))
	switch {
	case !p.known.asDirected[known]:
		return
	case strings.HasPrefix(t, "(") && colon == ":" && known == name:
		return // a direction, or one that its own rules have told about
	case colon == "" && fields > 1, colon == "" && fields == 0 && !strings.HasPrefix(t, "("):
		return // a remark in brackets
	}
	if value == "" {
		value = "…"
	}
	d := p.diags.Warnf(l.span(off, off+len(t)), "%s is no direction and is spoken", quoted(t))
	d.Code = diag.NearMiss
	d.Detail = "A direction is written (name: value), with round brackets, a colon and hyphens"
	d.Hint = "write (" + known + ": " + value + ")"
}

// bracketed reads a line in brackets of any kind that begins with a name, which a colon of
// any kind, a blank or nothing follows.
func bracketed(t string) (name, value, colon string, ok bool) {
	open, n := utf8.DecodeRuneInString(t)
	closing, m := utf8.DecodeLastRuneInString(t)
	const pairs = "()[]{}（）［］【】｛｝"
	i, j := strings.IndexRune(pairs, open), strings.IndexRune(pairs, closing)
	if len(t) <= n+m || i < 0 || j < 0 || j != i+n {
		return "", "", "", false
	}
	inner := strings.TrimSpace(t[n : len(t)-m])
	for _, c := range []string{":", "：", "﹕"} {
		if before, after, found := strings.Cut(inner, c); found && isWordy(before) {
			return strings.ToLower(strings.TrimSpace(before)), strings.TrimSpace(after), c, true
		}
	}
	if before, after, found := strings.Cut(inner, " "); found && isWordy(before) {
		return strings.ToLower(before), strings.TrimSpace(after), "", true
	}
	return strings.ToLower(inner), "", "", isWordy(inner)
}

// isWordy says whether a text could be the name of a direction.
func isWordy(s string) bool {
	s = strings.TrimSpace(s)
	const longest = 30
	return s != "" && len(s) <= longest && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz-_ ") == ""
}

// headerNearMiss warns of a header at the head of a file that is none.
func (p *parser) headerNearMiss() {
	lines := p.src.lines
	first := 0
	for first < len(lines) && strings.TrimSpace(lines[first]) == "" {
		first++
	}
	if first == len(lines) {
		return
	}
	isProperty := func(i int) bool {
		if i >= len(lines) {
			return false
		}
		key, _, ok := keyLine(strings.TrimSpace(lines[i]))
		return ok && p.known.inHeader[strings.ToLower(key)]
	}
	t := strings.TrimSpace(lines[first])
	var summary, hint string
	switch {
	case isProperty(first):
		summary, hint = "this looks like a header and is spoken", "put a line of three dashes before it, as the first line of the file, and one behind it"
	case first > 0 && isSeparator(t) && isProperty(first+1):
		summary, hint = "this header is not at the head of the file and is spoken", "take the blank lines before it away"
	case t == "+++":
		summary, hint = "a header in +++ is not read and is spoken", "write it as name: value between two lines of three dashes"
	default:
		return
	}
	d := p.diags.Warnf(p.src.wholeLine(first), "%s", summary)
	d.Code, d.Hint = diag.NearMiss, hint
	d.Detail = "A header begins on the first line of the file, with three or more dashes"
}
