package script

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mynah/internal/diag"
)

// Near misses are lines that were probably meant as structure, but do not follow the syntax. They are
// read as narration and get a warning with the correct syntax.

// dashes are hyphens and the characters that word processors and keyboards insert instead of them.
const dashes = "-–—―−‒‐‑⸺⸻﹘﹣－─━"

// isDashLine reports whether a trimmed line consists of dashes of any kind but is not a valid
// separator.
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

// isEscapedSeparator reports whether a trimmed line is a separator with a backslash, as rich-text
// editors write it.
func isEscapedSeparator(t string) bool {
	return strings.HasPrefix(t, `\-`) && isSeparator(strings.ReplaceAll(t, `\`, ""))
}

// Patterns of lines that look like an image. The groups are the options in square brackets and the
// file; in swappedImage the order is reversed.
var (
	nearImage     = regexp.MustCompile(`^!?[ \t]*\[([^\[\]]*)\][ \t]*\(([^()]+)\)$`)
	swappedImage  = regexp.MustCompile(`^!?[ \t]*\(([^()]*)\)[ \t]*\[([^\[\]]*)\]$`)
	obsidianImage = regexp.MustCompile(`^!\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]$`)
)

// correctImageSyntax returns the correct syntax of an image for a line that was probably meant as one.
func correctImageSyntax(t string) (image string, ok bool) {
	if m := obsidianImage.FindStringSubmatch(t); m != nil {
		return "![](" + strings.Trim(m[1], blanks) + ")", true
	}
	options, file := "", ""
	if m := nearImage.FindStringSubmatch(t); m != nil {
		options, file = m[1], m[2]
	} else if m := swappedImage.FindStringSubmatch(t); m != nil {
		options, file = m[1], m[2]
		if isPictureName(options) {
			options, file = file, options
		}
	}
	if !isPictureName(file) || strings.Contains(file, "://") {
		return "", false
	}
	for word := range strings.FieldsSeq(options) {
		if group := applyOption(&Picture{}, word); group == "" || group == "segment?" {
			options = ""
			break
		}
	}
	return "![" + options + "](" + file + ")", true
}

// isPictureName reports whether a name has the extension of an image or a clip.
func isPictureName(name string) bool {
	endings := []string{
		".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".mp4", ".mov", ".webm", ".mkv", ".m4v",
	}
	return slices.Contains(endings, strings.ToLower(path.Ext(name)))
}

// warnOfNearMiss warns about a line of narration that is nearly a direction or an image.
func (p *parser) warnOfNearMiss(l *line, t string, off int) {
	if image, ok := correctImageSyntax(t); ok {
		d := p.diags.Warnf(l.newByteRange(off, off+len(t)), "%s is not an image; its text is read as narration", quoteForMessage(t))
		d.Code, d.Hint = diag.NearMiss, "write "+image
		return
	}
	name, value, colon, ok := parseBracketed(t)
	if !ok && l.first >= p.headerLines {
		name, value, ok = parseBareDirection(t)
		colon = "bare"
	}
	if !ok {
		return
	}
	known := hyphenate(name)
	fields := strings.Fields(value)
	switch {
	case !p.known.asDirected[known]:
		return
	case strings.HasPrefix(t, "(") && !strings.HasPrefix(t, "((") && colon == ":" && known == name:
		return // a direction, or an error that was already reported
	case (colon == "" || colon == "bare") && len(fields) > 0 && p.known.isFileDirection(known) &&
		path.Ext(fields[0]) == "":
		return // prose such as (image 1)
	case colon == "" && len(fields) > 1 && !p.known.mayBeginValue(known, fields[0]):
		return // prose in brackets
	case colon == "" && !strings.ContainsAny(t[:1], "([{") && !strings.HasPrefix(t, "（"):
		return // an HTML tag
	case colon == "" && len(fields) == 0 && !strings.HasPrefix(t, "("):
		return // prose in brackets
	}
	if value == "" {
		value = "…"
	}
	d := p.diags.Warnf(l.newByteRange(off, off+len(t)), "%s is not a direction; it is read as narration",
		quoteForMessage(t))
	d.Code = diag.NearMiss
	d.Detail = "A direction is written (name: value), with round brackets, a colon and hyphens"
	d.Hint = "write (" + known + ": " + value + ")"
}

// hyphenate replaces other dashes, underscores and spaces in a name by single hyphens.
func hyphenate(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return r == '_' || r == ' ' || strings.ContainsRune(dashes, r)
	}), "-")
}

// parseBareDirection reads a direction without brackets: a name in lower case, a colon and one word.
func parseBareDirection(t string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(t, ":")
	value = strings.TrimRight(strings.TrimSpace(value), ")")
	return name, value, ok && name == strings.ToLower(name) && isLikelyDirectionName(name) &&
		len(strings.Fields(value)) == 1
}

// parseBracketed reads a line in brackets of any kind that begins with a name, followed by a colon
// of any kind, a blank or nothing.
func parseBracketed(t string) (name, value, colon string, ok bool) {
	const pairs = "()[]{}<>（）［］【】｛｝"
	inner := t
	for range 2 {
		open, n := utf8.DecodeRuneInString(inner)
		closing, m := utf8.DecodeLastRuneInString(inner)
		i, j := strings.IndexRune(pairs, open), strings.IndexRune(pairs, closing)
		if len(inner) <= n+m || i < 0 || j < 0 || j != i+n {
			break
		}
		inner = strings.TrimSpace(inner[n : len(inner)-m])
	}
	if len(inner) == len(t) {
		return "", "", "", false
	}
	for _, c := range []string{":", "：", "﹕", "=", ";"} {
		if before, after, found := strings.Cut(inner, c); found && isLikelyDirectionName(before) {
			return strings.ToLower(strings.TrimSpace(before)), strings.TrimSpace(after), c, true
		}
	}
	if before, after, found := strings.Cut(inner, " "); found && isLikelyDirectionName(before) {
		return strings.ToLower(before), strings.TrimSpace(after), "", true
	}
	return strings.ToLower(inner), "", "", isLikelyDirectionName(inner)
}

// isLikelyDirectionName reports whether s consists of the characters of a direction's name and has a plausible
// length.
func isLikelyDirectionName(s string) bool {
	s = strings.TrimSpace(s)
	const longest = 30
	return s != "" && len(s) <= longest && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz_ "+dashes) == ""
}

// warnOfHeaderNearMiss warns about text at the start of a file that looks like a header but is not one.
func (p *parser) warnOfHeaderNearMiss() {
	lines := p.src.lines
	first := findFirstContentLine(lines)
	if first == len(lines) {
		return
	}
	isProperty := func(i int) bool {
		if i >= len(lines) {
			return false
		}
		key, _, ok := splitKeyLine(strings.TrimSpace(lines[i]))
		return ok && p.known.inHeader[strings.ToLower(key)]
	}
	t := strings.TrimSpace(lines[first])
	var summary, hint string
	switch {
	case isProperty(first):
		summary, hint = "this looks like a header but is read as narration",
			"put a line of three dashes before it, as the first line of the file, and one after it"
	case first > 0 && isSeparator(t) && isProperty(first+1):
		summary, hint = "this header is not at the start of the file and is read as narration",
			"remove the lines before it, or move it to the first line of the file"
	case t == "+++":
		summary, hint = "a header between lines of +++ is read as narration", "write it as name: value between two lines of three dashes"
	default:
		return
	}
	for p.headerLines = first; p.headerLines < len(lines) && strings.TrimSpace(lines[p.headerLines]) != ""; {
		p.headerLines++
	}
	d := p.diags.Warnf(p.src.newTrimmedLineRange(first), "%s", summary)
	d.Code, d.Hint = diag.NearMiss, hint
	d.Detail = "A header begins on the first line of the file, with three or more dashes"
}

// findFirstContentLine returns the index of the first line that is neither blank nor a comment.
func findFirstContentLine(lines []string) int {
	open := false
	for i, l := range lines {
		t := strings.TrimSpace(l)
		open = open || strings.HasPrefix(t, "<!--")
		switch {
		case open && strings.HasSuffix(t, "-->"):
			open = false
		case open && strings.Contains(t, "-->"), !open && t != "":
			return i
		}
	}
	return len(lines)
}
