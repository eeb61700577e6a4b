package script

import (
	"strings"

	"mynah/internal/diag"
)

// item is a result of the first pass over a file: either a logical line or a fenced block.
type item struct {
	line  *line
	fence *fenceBlock
}

// fenceBlock is a fenced block of the file. first and last are line indexes.
type fenceBlock struct {
	first, last int
	open        fenceMark
	info        string
	text        []string // lines of the block, without the indentation of the opening line
}

// fenceMark is the row of backticks or tildes that opens or closes a fenced block; indent is in
// columns.
type fenceMark struct {
	char   byte
	length int
	indent int
}

// scanner is the first pass over a file. It removes comments and finds fenced blocks in one pass,
// because text inside a comment cannot open a fence and the reverse.
type scanner struct {
	src      *source
	diags    *diag.List
	next     int
	items    []item
	unclosed bool
	// noCommentEnd and noFenceEnd record that no end follows, so that many unclosed openings do not each
	// search to the end of the file.
	noCommentEnd bool
	noFenceEnd   []fenceMark
}

// scanItems runs the first pass from line index first to the end of the file. unclosed is set if a comment
// or a fence has no end.
func scanItems(src *source, first int, diags *diag.List) (items []item, unclosed bool) {
	s := scanner{src: src, diags: diags, next: first}
	for s.next < len(src.lines) {
		if s.scanFence(src.lines[s.next], s.next) {
			continue
		}
		l := s.readNextJoinedLine()
		if l.last > l.first || l.text != src.lines[l.first] {
			s.next = l.last // text after a comment may open a fence
			if s.scanFence(l.text, l.last) {
				continue
			}
			s.next = l.last + 1
		}
		s.items = append(s.items, item{line: l})
	}
	return s.items, s.unclosed
}

// readNextJoinedLine reads the next line, joined with the following lines if a comment continues on them.
func (s *scanner) readNextJoinedLine() *line {
	i := s.next
	raw := s.src.lines[i]
	l := &line{src: s.src, first: i, last: i}
	col, rest := 0, raw
	var b strings.Builder
	keep := func(text string) {
		if text != "" {
			l.segs = append(l.segs, seg{off: b.Len(), line: l.last, col: col})
			b.WriteString(text)
		}
	}
	comments := 0
	for {
		at := strings.Index(rest, "<!--")
		if at < 0 {
			break
		}
		keep(rest[:at])
		col += countCharacters(rest[:at])
		comments++
		length, line, ok := s.findCommentEnd(rest[at:], l.last)
		if !ok {
			l.last = s.reportUnclosedComment(l.last, col)
			rest = ""
			break
		}
		if line == l.last {
			if isClick(rest[at : at+length]) {
				l.clicks = append(l.clicks, b.Len())
			}
			col += countCharacters(rest[at : at+length])
			rest = rest[at+length:]
			continue
		}
		l.last = line
		col = countCharacters(s.src.lines[line][:length])
		rest = s.src.lines[line][length:]
	}
	if comments == 0 {
		l.text = raw
		l.segs = []seg{{off: 0, line: i}}
	} else {
		keep(rest)
		l.text = b.String()
		if len(l.segs) == 0 {
			l.segs = []seg{{line: i}}
		}
		l.void = strings.TrimSpace(l.text) == ""
	}
	s.next = l.last + 1
	return l
}

// isClick reports whether a comment is a cue for the next step of a scene: <!-- click -->.
func isClick(comment string) bool {
	inner := strings.TrimSuffix(strings.TrimPrefix(comment, "<!--"), "-->")
	return strings.EqualFold(strings.TrimSpace(inner), "click")
}

// findCommentEnd finds the end of the comment at the start of text, which is a part of line i. line is the
// index of the line with the end, length the offset after the end: relative to text if line is i,
// otherwise in that line. "<!-->" and "<!--->" are complete comments, as in HTML.
func (s *scanner) findCommentEnd(text string, i int) (length, line int, ok bool) {
	if j := strings.Index(text[2:], "-->"); j >= 0 {
		return 2 + j + 3, i, true
	}
	if s.noCommentEnd {
		return 0, 0, false
	}
	for k := i + 1; k < len(s.src.lines); k++ {
		if j := strings.Index(s.src.lines[k], "-->"); j >= 0 {
			return j + 3, k, true
		}
	}
	s.noCommentEnd = true
	return 0, 0, false
}

// reportUnclosedComment reports an unclosed comment and returns the index of the last line that is treated
// as part of it. This is the line before the next separator, so that errors after it are still found.
func (s *scanner) reportUnclosedComment(i, col int) int {
	s.unclosed = true
	d := s.diags.Errorf(s.src.newRangeInLine(i, col, col+4), "this comment is not closed")
	d.Detail = "A comment begins with <!-- and ends with -->"
	d.Hint = "write --> at the end of the comment"
	return s.findLineBeforeSeparator(i)
}

// findLineBeforeSeparator returns the last line before the next separator after line i.
func (s *scanner) findLineBeforeSeparator(i int) int {
	for i+1 < len(s.src.lines) && !isSeparator(s.src.lines[i+1]) {
		i++
	}
	return i
}

// scanFence parses the fenced block that text, at line index i, opens. It returns false if text opens
// none.
func (s *scanner) scanFence(text string, i int) bool {
	open, info, ok := parseFenceStart(text)
	if !ok {
		return false
	}
	f := &fenceBlock{first: i, open: open, info: info}
	end, closed := s.findFenceEnd(open, i+1)
	if !closed {
		s.unclosed = true
		r := s.src.newTrimmedLineRange(i)
		d := s.diags.Errorf(r, "this fenced block is not closed")
		mark := strings.Repeat(string(open.char), open.length)
		d.Detail = "A block that begins with " + mark + " ends with a line of " + mark + " alone"
		d.Hint = "write " + mark + " on its own line at the end of the block"
		end = s.findLineBeforeSeparator(i) + 1
	}
	for _, l := range s.src.lines[i+1 : end] {
		f.text = append(f.text, dedent(l, open.indent))
	}
	f.last = min(end, len(s.src.lines)-1)
	s.next = end
	if closed {
		s.next = end + 1
	} else {
		f.last = end - 1
	}
	s.items = append(s.items, item{fence: f})
	return true
}

// findFenceEnd returns the index of the line that closes a block: it consists of at least as many of the
// same character, and is indented by at most three columns more than the opening line.
func (s *scanner) findFenceEnd(open fenceMark, from int) (int, bool) {
	for _, f := range s.noFenceEnd {
		if f.char == open.char && open.length >= f.length && open.indent <= f.indent {
			return 0, false
		}
	}
	for i := from; i < len(s.src.lines); i++ {
		mark, rest, ok := splitFenceMark(s.src.lines[i])
		if ok && mark.char == open.char && mark.length >= open.length && mark.indent <= open.indent+3 &&
			strings.TrimSpace(rest) == "" {
			return i, true
		}
	}
	s.noFenceEnd = append(s.noFenceEnd, open)
	return 0, false
}

// parseFenceStart parses the opening line of a fenced block, at any indentation.
func parseFenceStart(text string) (mark fenceMark, info string, ok bool) {
	mark, rest, ok := splitFenceMark(text)
	if !ok || mark.char == '`' && strings.Contains(rest, "`") {
		return fenceMark{}, "", false // text such as ```code``` is inline code
	}
	return mark, strings.TrimSpace(rest), true
}

// splitFenceMark splits a line that begins with three or more backticks or tildes into these and the rest.
func splitFenceMark(text string) (mark fenceMark, rest string, ok bool) {
	t := strings.TrimLeft(text, blanks)
	if len(t) < 3 || t[0] != '`' && t[0] != '~' {
		return fenceMark{}, "", false
	}
	n := 1
	for n < len(t) && t[n] == t[0] {
		n++
	}
	if n < 3 {
		return fenceMark{}, "", false
	}
	return fenceMark{char: t[0], length: n, indent: measureIndentColumns(text[:len(text)-len(t)])}, t[n:], true
}

// tabStop is the distance of tab stops in columns, as in CommonMark.
const tabStop = 4

// measureIndentColumns returns the width of an indentation in columns.
func measureIndentColumns(indent string) int {
	n := 0
	for _, c := range []byte(indent) {
		if c == '\t' {
			n += tabStop - n%tabStop
		} else {
			n++
		}
	}
	return n
}

// dedent removes up to n columns of indentation.
func dedent(text string, n int) string {
	for at := 0; n > 0 && text != ""; {
		step := 1
		switch text[0] {
		case '\t':
			step = tabStop - at%tabStop
		case ' ':
		default:
			return text
		}
		text = text[1:]
		if step > n {
			return strings.Repeat(" ", step-n) + text
		}
		n -= step
		at += step
	}
	return text
}

// isSeparator reports whether a line consists of three or more dashes.
func isSeparator(text string) bool {
	t := strings.TrimSpace(text)
	return len(t) >= 3 && strings.Trim(t, "-") == ""
}
