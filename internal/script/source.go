package script

import (
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/diag"
)

// source is a file cut into lines of valid text in the normal form NFC, in which columns are
// counted: where the author's line is in it already, every code point stands for one of it.
type source struct {
	file  string
	lines []string
}

// maxBadBytes is how many lines with broken encoding are reported: a file that is no
// text at all has one on every line.
const maxBadBytes = 10

// newSource cuts src at LF, CRLF and lone CR, takes a byte-order mark away, and
// replaces what cannot stand in a script: invalid bytes and NUL are reported, other
// control characters become blanks. Of a file in UTF-16 nothing is kept.
func newSource(file string, src []byte, diags *diag.List) *source {
	s := &source{file: file}
	if len(src) >= 2 && (src[0] == 0xff && src[1] == 0xfe || src[0] == 0xfe && src[1] == 0xff) {
		d := diags.Errorf(s.place(0, 0, 1), "the file is written in UTF-16")
		d.Detail = "A script must be text in UTF-8"
		d.Hint = "save it again as UTF-8"
		return s
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	clean := isClean(text)
	bad := 0
	for {
		i := strings.IndexAny(text, "\r\n")
		line, rest := text, ""
		if i >= 0 {
			end := i + 1
			if text[i] == '\r' && end < len(text) && text[end] == '\n' {
				end++
			}
			line, rest = text[:i], text[end:]
		}
		if !clean && !isClean(line) {
			line = s.cleanLine(line, &bad, diags)
		}
		s.lines = append(s.lines, norm.NFC.String(line))
		if i < 0 {
			return s
		}
		text = rest
	}
}

// isClean tells whether every code point may stay as it is.
func isClean(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return false
		}
	}
	return !strings.ContainsAny(text, markers)
}

func (s *source) cleanLine(line string, bad *int, diags *diag.List) string {
	var b strings.Builder
	column, reported := 0, *bad >= maxBadBytes
	report := func(summary, detail, hint string) {
		if reported {
			return
		}
		reported = true
		*bad++
		d := diags.Errorf(s.place(len(s.lines), column, column+1), "%s", summary)
		d.Detail, d.Hint = detail, hint
	}
	for i := 0; i < len(line); column++ {
		c, n := utf8.DecodeRuneInString(line[i:])
		switch {
		case c == utf8.RuneError && n == 1:
			report("this text is not valid UTF-8", "A script must be text in UTF-8", "save the file again as UTF-8")
			b.WriteRune(utf8.RuneError)
		case c == 0:
			report("there is a NUL byte in the text", "A script must be text in UTF-8", "remove the byte; is this really a script?")
			b.WriteRune(utf8.RuneError)
		case c < ' ' && c != '\t', c == 0x7f:
			b.WriteByte(' ')
		case strings.ContainsRune(markers, c):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(c)
		}
		i += n
	}
	return b.String()
}

// place makes a range within one line; line, from and to count from 0.
func (s *source) place(line, from, to int) diag.Range {
	return diag.Range{
		File:  s.file,
		Start: diag.Pos{Line: line + 1, Column: from + 1},
		End:   diag.Pos{Line: line + 1, Column: to + 1},
	}
}

// wholeLine is the range of a line without the blanks around its text.
func (s *source) wholeLine(i int) diag.Range {
	return s.lineRange(i, i)
}

// lineRange is the range from the first character of a line to the end of another.
func (s *source) lineRange(first, last int) diag.Range {
	indent := utf8.RuneCountInString(s.lines[first]) - utf8.RuneCountInString(strings.TrimLeft(s.lines[first], blanks))
	r := s.place(first, indent, indent)
	r.End = diag.Pos{Line: last + 1, Column: utf8.RuneCountInString(strings.TrimRight(s.lines[last], blanks)) + 1}
	if last == first && r.End.Column < r.Start.Column {
		r.End = r.Start
	}
	return r
}

// blanks are the characters that separate words on a line.
const blanks = " \t"

// seg says where a stretch of a logical line stands: off is its first byte in the
// line's text, line and col the place in the file, from 0.
type seg struct{ off, line, col int }

// line is a logical line: a line of the file, or what is left of several when
// comments are taken out.
type line struct {
	src         *source
	text        string
	segs        []seg
	first, last int // lines of the file, from 0
	// void is set when nothing but comments stood here.
	void bool
	// counts are the code points before every countEvery-th byte, so that places on
	// long lines are found in little time; filled when first asked for.
	counts []int
	// of is the line that this one is a part of, off where it begins there.
	of  *line
	off int
}

const countEvery = 256

// pos finds the place of a byte of the text. Beyond the end it is that of the end.
func (l *line) pos(off int) diag.Pos {
	off = min(max(off, 0), len(l.text))
	if l.of != nil {
		return l.of.pos(l.off + off)
	}
	i := sort.Search(len(l.segs), func(i int) bool { return l.segs[i].off > off }) - 1
	s := l.segs[max(i, 0)]
	return diag.Pos{Line: s.line + 1, Column: s.col + l.count(off) - l.count(s.off) + 1}
}

// count gives the code points before a byte.
func (l *line) count(off int) int {
	if len(l.text) <= countEvery {
		return utf8.RuneCountInString(l.text[:off])
	}
	if l.counts == nil {
		l.counts = make([]int, 1, len(l.text)/countEvery+1)
		n := 0
		for i := countEvery; i <= len(l.text); i += countEvery {
			for j := i - countEvery; j < i; j++ {
				if utf8.RuneStart(l.text[j]) {
					n++
				}
			}
			l.counts = append(l.counts, n)
		}
	}
	k := off / countEvery
	n := l.counts[k]
	for j := k * countEvery; j < off; j++ {
		if utf8.RuneStart(l.text[j]) {
			n++
		}
	}
	return n
}

// cut makes a line of a part of a line.
func (l *line) cut(from, to int) *line {
	c := &line{src: l.src, text: l.text[from:to], first: l.first, last: l.last, of: l, off: from}
	if l.of != nil {
		c.of, c.off = l.of, l.off+from
	}
	return c
}

// span is the range of the bytes up to to, exclusive. It ends after its last
// character, not where the next begins: a comment may stand between.
func (l *line) span(from, to int) diag.Range {
	start := l.pos(from)
	end := start
	for to > from && !utf8.RuneStart(l.text[to-1]) {
		to--
	}
	if to > from {
		end = l.pos(to - 1)
		end.Column++
	}
	return diag.Range{File: l.src.file, Start: start, End: end}
}

// trimmed is the text without the blanks around it, and the offset where it begins.
func (l *line) trimmed() (string, int) {
	t := strings.TrimSpace(l.text)
	return t, strings.Index(l.text, t)
}

// all is the range of the line's text without the blanks around it.
func (l *line) all() diag.Range {
	t, off := l.trimmed()
	return l.span(off, off+len(t))
}
