package script

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"mynah/internal/diag"
)

// Format prints a script in its canonical form: one blank line between blocks, "---" between scenes,
// directions as "(name: value)", maps indented by two spaces, image options in a fixed order, LF line
// ends. Narration, comments and slides are not changed. The findings are those of Parse. Formatting is
// idempotent and preserves the meaning: Format parses its own output, and returns src unchanged if the
// meaning would differ or a block is not closed.
func Format(file string, src []byte) ([]byte, diag.List) {
	before, diags := Parse(file, src)
	out, ok := formatSource(file, src)
	if !ok || !Equal(before, parseWithoutFindings(file, out)) {
		return src, diags
	}
	if again, ok := formatSource(file, out); !ok || !bytes.Equal(again, out) {
		return src, diags
	}
	return out, diags
}

func parseWithoutFindings(file string, src []byte) *Script {
	s, _ := Parse(file, src)
	return s
}

// printer writes the blocks of a file in canonical form.
type printer struct {
	p     *parser
	lines []string
	out   []string
}

// formatSource prints a script in canonical form. It returns false if a block is unclosed or lines would be
// lost.
func formatSource(file string, src []byte) (out []byte, ok bool) {
	var diags diag.List
	p := newParser(file, ".", newVars(nil), &diags)
	p.parse(src)
	w := printer{p: p, lines: p.src.lines}
	body := w.formatHeader()
	blocks := w.mergeBlocksOnSameLine()
	if p.unclosed || !w.coversLines(blocks, body) {
		return nil, false
	}
	last := -1 // index of the last printed block
	for i, b := range blocks {
		if b.kind == blockSeparator && (last < 0 || blocks[last].kind == blockSeparator || areAllSeparators(blocks[i:])) {
			continue
		}
		if len(w.out) > 0 && (last < 0 || !w.staysTogether(blocks[last], b)) {
			w.out = append(w.out, "")
		}
		w.formatBlock(b)
		last = i
	}
	if len(w.out) == 0 {
		return nil, true
	}
	return []byte(strings.Join(w.out, "\n") + "\n"), true
}

func areAllSeparators(blocks []block) bool {
	return !slices.ContainsFunc(blocks, func(b block) bool { return b.kind != blockSeparator })
}

// mergeBlocksOnSameLine joins blocks that share a line of the file. Joined blocks are printed unchanged.
func (w *printer) mergeBlocksOnSameLine() []block {
	var out []block
	for _, b := range w.p.blocks {
		if n := len(out); n > 0 && b.first <= out[n-1].last {
			out[n-1].kind = blockSpeak
			out[n-1].last = max(out[n-1].last, b.last)
			continue
		}
		out = append(out, b)
	}
	return out
}

// coversLines reports whether every non-blank line from line body on belongs to a block.
func (w *printer) coversLines(blocks []block, body int) bool {
	for i, next := body, 0; i < len(w.lines); i++ {
		for next < len(blocks) && blocks[next].last < i {
			next++
		}
		if strings.TrimSpace(w.lines[i]) != "" && (next == len(blocks) || blocks[next].first > i) {
			return false
		}
	}
	return true
}

// staysTogether reports whether no blank line is printed between two blocks. This is true for
// directions and pictures on consecutive lines, and for a comment directly above a block.
func (w *printer) staysTogether(a, b block) bool {
	line := func(k blockKind) bool { return k == blockDirection || k == blockLine }
	if b.first != a.last+1 {
		return false
	}
	return line(a.kind) && line(b.kind) || a.kind == blockComment && b.kind != blockSeparator
}

// formatHeader prints the header and returns the index of the first line after it.
func (w *printer) formatHeader() int {
	r := w.p.out.Header.Range
	if r.Start.Line == 0 {
		return 0
	}
	end := r.End.Line // index of the line after the closing dashes
	w.out = append(w.out, "---")
	lines := w.lines[1 : end-1]
	verbatim := strings.Contains(strings.Join(lines, "\n"), "<!--")
	for _, l := range lines {
		if strings.TrimSpace(l) == "" && w.out[len(w.out)-1] != "" && len(w.out) > 1 {
			w.out = append(w.out, "")
		}
		if strings.TrimSpace(l) == "" {
			continue
		}
		if !verbatim && l[0] != ' ' && l[0] != '\t' {
			l = formatHeaderLine(l)
		}
		w.out = append(w.out, strings.TrimRight(l, blanks))
	}
	if w.out[len(w.out)-1] == "" {
		w.out = w.out[:len(w.out)-1]
	}
	w.out = append(w.out, "---")
	return end
}

// formatHeaderLine returns a line of the header with insignificant spaces removed.
func formatHeaderLine(l string) string {
	q := piece{line: &line{src: &source{}, text: l, segs: []seg{{}}}, to: len(l)}
	name, _, rest, ok := splitHeaderLine(q)
	if !ok || q.isEmpty() {
		return l
	}
	return strings.TrimSpace(name + ": " + strings.TrimSpace(rest.text()))
}

// formatBlock prints one block.
func (w *printer) formatBlock(b block) {
	lines := w.lines[b.first : b.last+1]
	commented := slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "<!--") })
	switch {
	case b.kind == blockSeparator:
		w.out = append(w.out, "---")
	case b.kind == blockSpeak:
		w.out = append(w.out, lines...)
	case b.kind == blockFence:
		w.out = append(w.out, dedentClosedFence(lines)...)
	case commented || b.kind == blockComment || b.kind == blockText:
		for _, l := range lines {
			w.out = append(w.out, strings.TrimRight(l, blanks))
		}
	case b.kind == blockQuote:
		for _, l := range lines {
			w.out = append(w.out, strings.TrimSpace("> "+strings.TrimLeft(strings.TrimSpace(l), "> \t")))
		}
	case len(lines) == 1:
		w.out = append(w.out, w.formatLine(strings.TrimSpace(lines[0])))
	default:
		w.out = append(w.out, formatDirectionLines(lines)...)
	}
}

// dedentClosedFence returns a fenced block without the indentation of its opening line.
func dedentClosedFence(lines []string) []string {
	open, info, ok := parseFenceStart(lines[0])
	end, rest, closed := splitFenceMark(lines[len(lines)-1])
	if !ok || !closed || len(lines) < 2 || end.char != open.char || strings.TrimSpace(rest) != "" {
		return lines
	}
	mark := strings.Repeat(string(open.char), open.length)
	out := []string{mark + info}
	for _, l := range lines[1 : len(lines)-1] {
		out = append(out, dedent(l, open.indent))
	}
	return append(out, mark)
}

// formatLine prints one line of directions and pictures; each goes on a separate line.
func (w *printer) formatLine(t string) string {
	parts := w.p.splitParts(t)
	if parts == nil {
		if o, ok := parseDirectionStart(t); ok {
			return formatDirection(t, o, len(t)-1)
		}
		return t
	}
	var out []string
	for _, part := range parts {
		if rest := t[part.at:]; part.image != nil {
			out = append(out, formatImage(rest, *part.image))
		} else {
			out = append(out, formatDirection(rest, part.open, part.end))
		}
	}
	return strings.Join(out, "\n")
}

func formatDirection(t string, o opening, end int) string {
	return strings.TrimRight("("+o.name+": "+strings.TrimSpace(t[o.value:end]), blanks) + ")"
}

// formatImage prints an image with its options in a fixed order: fit, position, motion, time, sound,
// then unknown words.
func formatImage(t string, m image) string {
	alt, file := t[m.altFrom:m.altTo], t[m.fileFrom:m.fileTo]
	if m.fileFrom > 0 && t[m.fileFrom-1] == '<' {
		file = "<" + file + ">"
	}
	if strings.Contains(alt, "{{") {
		return "![" + alt + "](" + file + ")" // the variable may contain options, so their order is unknown
	}
	words := splitOptions(value{text: strings.TrimSpace(alt)})
	groups := []string{
		"fit", "focus", "corner", "x", "y", "center", "motion", "strong", "sync", "still", "segment", "mute", "",
	}
	rank := func(x word) int {
		g := applyOption(&Picture{}, strings.ToLower(x.text))
		if g == "focus?" {
			g = ""
		}
		if g == "x" || g == "y" {
			g = "corner" // the order of positions on the two axes matters
		}
		return slices.Index(groups, g)
	}
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(rank(a), rank(b)) })
	var texts []string
	for _, x := range words {
		texts = append(texts, x.text)
	}
	return "![" + strings.Join(texts, " ") + "](" + file + ")"
}

// formatDirectionLines prints a direction over several lines. A map of one level is indented by two spaces;
// anything else is not changed.
func formatDirectionLines(lines []string) []string {
	head := strings.TrimSpace(lines[0])
	o, ok := parseDirectionStart(head)
	verbatim := make([]string, len(lines))
	for i, l := range lines {
		verbatim[i] = strings.TrimRight(l, blanks)
	}
	if !ok || strings.TrimSpace(head[o.value:]) != "" {
		return verbatim
	}
	out := []string{"(" + o.name + ":"}
	for i, l := range lines[1:] {
		t := strings.TrimSpace(l)
		if i == len(lines)-2 {
			t = strings.TrimSpace(strings.TrimSuffix(t, ")"))
		}
		if t == "" {
			continue
		}
		key, colon, ok := splitKeyLine(hideVariableBraces(t))
		rest := strings.TrimSpace(t[min(colon+1, len(t)):])
		if !ok || key != t[:colon] || rest == "" || isYAMLComment(rest) || findCommentStart(rest) >= 0 ||
			needsYAMLScalar(rest) {
			return verbatim
		}
		out = append(out, "  "+key+": "+rest)
	}
	out[len(out)-1] += ")"
	return out
}
