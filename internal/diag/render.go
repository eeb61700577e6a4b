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

// Options say how findings are printed. The zero value is plain text.
type Options struct {
	// Color adds ANSI colours.
	Color bool
	// Width is how many terminal cells of a source line are shown; longer lines are
	// cut around the place. 0 means 100, less than 20 counts as 20.
	Width int
	// Most is how many findings are printed; of the rest the number is told. 0 means 100:
	// a file that is no script at all may have one on each of its lines.
	Most int
}

const (
	defaultWidth = 100
	leastWidth   = 20
	defaultMost  = 100
	// maxNote is how much of a line of a note is printed: it may quote the script.
	maxNote  = 600
	tabWidth = 4
)

// Render prints findings in the order of the list: the place and the summary, the
// line of the source with a mark under the place, what is allowed, and what to write
// instead. sources gives the text of a file as the author wrote it; where it has
// none, or is nil, the findings are printed without their line. It returns the first
// error of w.
func Render(w io.Writer, list List, sources func(file string) ([]byte, bool), opts Options) error {
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
	list = foremost(list, most)
	left := whole - len(list)
	for i, d := range list {
		r.out.Reset()
		if i > 0 {
			r.out.WriteByte('\n')
		}
		r.finding(d)
		if _, err := w.Write(r.out.Bytes()); err != nil {
			return err
		}
	}
	if left > 0 {
		_, err := fmt.Fprintf(w, "\n%s\n", notShown(left))
		return err
	}
	return nil
}

func notShown(left int) string {
	return fmt.Sprintf("%d more findings are not shown: mend these first", left)
}

// Foremost gives the list as programs are told it: no more findings than are printed, and
// where that is not all, one more that tells how many there are.
func (l List) Foremost() List {
	if len(l) <= defaultMost {
		return l
	}
	out := foremost(l, defaultMost)
	more := Diagnostic{Range: Range{File: out[0].Range.File}, Severity: Warning, Code: MoreFindings, Summary: notShown(len(l) - len(out))}
	if wrong(l) > wrong(out) {
		more.Severity = Error
	}
	return append(out, more)
}

// wrong counts the errors of a list.
func wrong(list List) int {
	n := 0
	for _, d := range list {
		if d.Severity == Error {
			n++
		}
	}
	return n
}

// foremost gives the first findings of a list in their order, errors before warnings if
// there is not room for all.
func foremost(list List, most int) List {
	if len(list) <= most {
		return list
	}
	errs := min(wrong(list), most)
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

// clipped is a line of a note, cut where it is too long to be read.
func clipped(s string) string {
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

	// The line laid out last: a line of a megabyte may have many findings.
	laidFile string
	laidLine int
	laid     []cell
}

func (r *renderer) finding(d Diagnostic) {
	place := d.Range.File
	if d.Range.Start.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", d.Range.File, d.Range.Start.Line, d.Range.Start.Column)
	}
	mark := r.style.error
	if d.Severity == Warning {
		mark = r.style.warning
	}
	fmt.Fprintf(&r.out, "%s: %s %s\n",
		r.style.bold(printable(place)), mark(d.Severity.String()+":"), r.style.bold(printable(clipped(d.Summary))))
	r.source(d.Range, mark)
	r.note("", d.Detail)
	r.note("help: ", d.Hint)
}

// note prints a text of one or more lines, aligned after its label.
func (r *renderer) note(label, text string) {
	if text == "" {
		return
	}
	for i, line := range strings.Split(text, "\n") {
		if i == 0 {
			fmt.Fprintf(&r.out, "  %s%s\n", r.style.note(label), printable(clipped(line)))
			continue
		}
		fmt.Fprintf(&r.out, "  %s%s\n", strings.Repeat(" ", len(label)), printable(clipped(line)))
	}
}

func (r *renderer) source(at Range, mark func(string) string) {
	lines := r.lines(at.File)
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return
	}
	if r.laidFile != at.File || r.laidLine != at.Start.Line {
		r.laidFile, r.laidLine, r.laid = at.File, at.Start.Line, layout(lines[at.Start.Line-1])
	}
	cells := r.laid
	from := min(max(at.Start.Column-1, 0), len(cells))
	to := len(cells)
	if at.End.Line == at.Start.Line {
		to = min(at.End.Column-1, len(cells))
	}
	for at.End.Line > at.Start.Line && to > from && cells[to-1].text == " " {
		to-- // the rest of a line that the range leaves does not end in marked blanks
	}
	text, before, under := window(cells, from, max(to, from), r.width)
	number := fmt.Sprint(at.Start.Line)
	caret := "^" + strings.Repeat("~", max(under-1, 0))
	fmt.Fprintf(&r.out, "  %s %s\n", r.style.faint(number+" |"), text)
	fmt.Fprintf(&r.out, "  %s %s%s\n",
		r.style.faint(strings.Repeat(" ", len(number))+" |"), strings.Repeat(" ", before), mark(caret))
}

// lines gives the lines of a file, cut once however many findings it has.
func (r *renderer) lines(file string) [][]byte {
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

// splitLines cuts at LF, CRLF and lone CR, and takes a byte-order mark away: what an
// editor shows.
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

// cell is one code point of a source line as it is printed.
type cell struct {
	text  string
	width int
}

// layout turns a line into printable cells, one a code point. An invalid byte counts
// as one code point.
func layout(line []byte) []cell {
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
		case !safe(c):
			cl = cell{text: "\ufffd", width: 1}
		}
		column += cl.width
		cells = append(cells, cl)
	}
	return cells
}

// window cuts a line to width cells around the place. It returns the text, the cells
// before the place, and how many cells of the place are shown (at least one).
func window(cells []cell, from, to, width int) (text string, before, under int) {
	first, last := 0, len(cells)
	if measure(cells) > width {
		// The place comes first; what room it leaves is shared by what stands around it.
		last = min(to, from+width)
		for last > from+1 && measure(cells[from:last]) > width-2 {
			last--
		}
		first = from
		room := width - 2 - measure(cells[first:last])
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
	before += measure(cells[first:from])
	return strings.TrimRight(b.String(), " "), before, max(measure(cells[from:min(to, last)]), 1)
}

func measure(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

// printable keeps text that came from a script from steering the terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if safe(c) {
			return c
		}
		return '\ufffd'
	}, s)
}

// safe tells whether a code point may be printed: neither a control character nor one
// that turns the direction of the text around it.
func safe(c rune) bool {
	return !unicode.IsControl(c) && !unicode.Is(unicode.Bidi_Control, c)
}

// style wraps text into ANSI colours when it is on.
type style struct{ on bool }

func (s style) wrap(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(t string) string    { return s.wrap("1", t) }
func (s style) faint(t string) string   { return s.wrap("2", t) }
func (s style) error(t string) string   { return s.wrap("1;31", t) }
func (s style) warning(t string) string { return s.wrap("1;33", t) }
func (s style) note(t string) string    { return s.wrap("1;36", t) }
