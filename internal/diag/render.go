package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Options are the options of RenderFindings. The zero value means plain text.
type Options struct {
	// Color adds ANSI colours.
	Color bool
	// Width is the width of a source line in terminal cells; longer lines are shortened around the place.
	// 0 means 100; the minimum is 20.
	Width int
	// Most is the maximum number of printed findings, after which the number of the others is printed. 0
	// means 100. A file that is not a script may have a finding on every line.
	Most int
}

const (
	defaultWidth = 100
	leastWidth   = 20
	defaultMost  = 100
	// maxNote is the maximum length of a line of a note, which may quote the script.
	maxNote  = 600
	tabWidth = 4
)

// RenderFindings prints findings in the order of the list: place and summary, the source line with a mark
// under the place, what is allowed, and what to write instead. sources returns the content of a file;
// if it is nil or returns false, the source line is omitted. RenderFindings returns the first error of w.
func RenderFindings(w io.Writer, list List, sources func(file string) ([]byte, bool), opts Options) error {
	r := renderer{style: style{on: opts.Color}, width: opts.Width, sources: sources, files: map[string][][]byte{}}
	if r.width == 0 {
		r.width = defaultWidth
	}
	r.width = max(r.width, leastWidth)
	most := opts.Most
	if most == 0 {
		most = defaultMost
	}
	whole := len(list)
	list = limitFindings(list, most)
	left := whole - len(list)
	for i, d := range list {
		r.out.Reset()
		if i > 0 {
			r.out.WriteByte('\n')
		}
		r.printFinding(d)
		if _, err := w.Write(r.out.Bytes()); err != nil {
			return err
		}
	}
	if left > 0 {
		_, err := fmt.Fprintf(w, "\n%s\n", formatCountOfHidden(left))
		return err
	}
	return nil
}

func formatCountOfHidden(left int) string {
	return fmt.Sprintf("%d more findings are not shown: fix these first", left)
}

// LimitToPrinted returns at most as many findings as RenderFindings prints by default. If some are left out, it adds a
// finding that says how many.
func (l List) LimitToPrinted() List {
	if len(l) <= defaultMost {
		return l
	}
	out := limitFindings(l, defaultMost)
	more := Diagnostic{
		Range: Range{File: out[0].Range.File}, Severity: Warning, Code: MoreFindings,
		Summary: formatCountOfHidden(len(l) - len(out)),
	}
	if countErrors(l) > countErrors(out) {
		more.Severity = Error
	}
	return append(out, more)
}

// countErrors counts the errors of a list.
func countErrors(list List) int {
	n := 0
	for _, d := range list {
		if d.Severity == Error {
			n++
		}
	}
	return n
}

// limitFindings returns the first most findings in their order. If not all fit, errors take precedence over
// warnings.
func limitFindings(list List, most int) List {
	if len(list) <= most {
		return list
	}
	errs := min(countErrors(list), most)
	room := map[Severity]int{Error: errs, Warning: most - errs}
	var out List
	for _, d := range list {
		if room[d.Severity] > 0 {
			room[d.Severity]--
			out = append(out, d)
		}
	}
	return out
}

// shortenNoteLine shortens an overlong line of a note.
func shortenNoteLine(s string) string {
	if len(s) <= maxNote {
		return s
	}
	return strings.ToValidUTF8(s[:maxNote], "") + "…"
}

type renderer struct {
	out     bytes.Buffer
	style   style
	width   int
	sources func(file string) ([]byte, bool)
	files   map[string][][]byte

	// The last line that was laid out. It is kept because a very long line may have many findings.
	laidFile string
	laidLine int
	laid     []cell
}

func (r *renderer) printFinding(d Diagnostic) {
	place := d.Range.File
	if d.Range.Start.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", d.Range.File, d.Range.Start.Line, d.Range.Start.Column)
	}
	mark := r.style.colorAsError
	if d.Severity == Warning {
		mark = r.style.colorAsWarning
	}
	fmt.Fprintf(&r.out, "%s: %s %s\n",
		r.style.makeBold(makePrintable(place)), mark(d.Severity.String()+":"), r.style.makeBold(makePrintable(shortenNoteLine(d.Summary))))
	r.printMarkedLine(d.Range, mark)
	r.printNote("", d.Detail)
	r.printNote("help: ", d.Hint)
}

// printNote prints a text of one or more lines, aligned to the right of its label.
func (r *renderer) printNote(label, text string) {
	if text == "" {
		return
	}
	for i, line := range strings.Split(text, "\n") {
		if i == 0 {
			fmt.Fprintf(&r.out, "  %s%s\n", r.style.colorAsNote(label), makePrintable(shortenNoteLine(line)))
			continue
		}
		fmt.Fprintf(&r.out, "  %s%s\n", strings.Repeat(" ", len(label)), makePrintable(shortenNoteLine(line)))
	}
}

func (r *renderer) printMarkedLine(at Range, mark func(string) string) {
	lines := r.readSourceLines(at.File)
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return
	}
	if r.laidFile != at.File || r.laidLine != at.Start.Line {
		r.laidFile, r.laidLine, r.laid = at.File, at.Start.Line, layOutCells(lines[at.Start.Line-1])
	}
	cells := r.laid
	from := min(max(at.Start.Column-1, 0), len(cells))
	to := len(cells)
	if at.End.Line == at.Start.Line {
		to = min(at.End.Column-1, len(cells))
	}
	for at.End.Line > at.Start.Line && to > from && cells[to-1].text == " " {
		to-- // do not mark blanks at the end of the line
	}
	text, before, under := cutAroundPlace(cells, from, max(to, from), r.width)
	number := fmt.Sprint(at.Start.Line)
	caret := "^" + strings.Repeat("~", max(under-1, 0))
	fmt.Fprintf(&r.out, "  %s %s\n", r.style.makeFaint(number+" |"), text)
	fmt.Fprintf(&r.out, "  %s %s%s\n",
		r.style.makeFaint(strings.Repeat(" ", len(number))+" |"), strings.Repeat(" ", before), mark(caret))
}

// readSourceLines returns the lines of a file; the file is split only once.
func (r *renderer) readSourceLines(file string) [][]byte {
	if lines, ok := r.files[file]; ok {
		return lines
	}
	var lines [][]byte
	if r.sources != nil {
		if text, ok := r.sources(file); ok {
			lines = splitLines(text)
		}
	}
	r.files[file] = lines
	return lines
}

// splitLines splits at LF, CRLF and lone CR, and removes a byte-order mark, as editors do.
func splitLines(text []byte) [][]byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var lines [][]byte
	for {
		i := bytes.IndexAny(text, "\r\n")
		if i < 0 {
			return append(lines, text)
		}
		lines = append(lines, text[:i])
		if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			i++
		}
		text = text[i+1:]
	}
}

// cell is one code point of a source line in the form in which it is printed.
type cell struct {
	text  string
	width int
}

// layOutCells converts a line to printable cells, one per code point or invalid byte.
func layOutCells(line []byte) []cell {
	widths := runewidth.Condition{}
	cells := make([]cell, 0, len(line))
	column := 0
	for len(line) > 0 {
		c, n := utf8.DecodeRune(line)
		line = line[n:]
		cl := cell{text: string(c), width: widths.RuneWidth(c)}
		switch {
		case c == '\t':
			cl.width = tabWidth - column%tabWidth
			cl.text = strings.Repeat(" ", cl.width)
		case !isPrintable(c):
			cl = cell{text: "\ufffd", width: 1}
		}
		column += cl.width
		cells = append(cells, cl)
	}
	return cells
}

// cutAroundPlace shortens a line to width cells around the place, the cells from..to. It returns the text, the
// number of cells before the place, and the number of shown cells of the place (at least one).
func cutAroundPlace(cells []cell, from, to, width int) (text string, before, under int) {
	first, last := 0, len(cells)
	if sumWidths(cells) > width {
		// The place takes precedence; the text around it shares the remaining room.
		last = min(to, from+width)
		for last > from+1 && sumWidths(cells[from:last]) > width-2 {
			last--
		}
		first = from
		room := width - 2 - sumWidths(cells[first:last])
		for room > 0 && (first > 0 || last < len(cells)) {
			if first > 0 {
				first--
				room -= cells[first].width
			}
			if last < len(cells) && room > 0 {
				room -= cells[last].width
				last++
			}
		}
	}
	var b strings.Builder
	if first > 0 {
		b.WriteString("…")
		before++
	}
	for _, c := range cells[first:last] {
		b.WriteString(c.text)
	}
	if last < len(cells) {
		b.WriteString("…")
	}
	before += sumWidths(cells[first:from])
	return strings.TrimRight(b.String(), " "), before, max(sumWidths(cells[from:min(to, last)]), 1)
}

func sumWidths(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

// makePrintable replaces characters that could control the terminal.
func makePrintable(s string) string {
	return strings.Map(func(c rune) rune {
		if isPrintable(c) {
			return c
		}
		return '\ufffd'
	}, s)
}

// isPrintable reports whether a character may be printed: it is not a control character and does not
// change the direction of the text.
func isPrintable(c rune) bool {
	return !unicode.IsControl(c) && !unicode.Is(unicode.Bidi_Control, c)
}

// style adds ANSI colours to text if it is on.
type style struct{ on bool }

func (s style) colorize(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) makeBold(t string) string       { return s.colorize("1", t) }
func (s style) makeFaint(t string) string      { return s.colorize("2", t) }
func (s style) colorAsError(t string) string   { return s.colorize("1;31", t) }
func (s style) colorAsWarning(t string) string { return s.colorize("1;33", t) }
func (s style) colorAsNote(t string) string    { return s.colorize("1;36", t) }
