package script

import (
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/diag"
)

// source is a file split into lines of valid text in Unicode normal form NFC. Columns count code
// points of this text. They are the columns of the original file, too, if it is already NFC.
type source struct {
	file  string
	lines []string
}

// maxBadBytes is the maximum number of reported lines with invalid encoding. A binary file has one on
// nearly every line.
const maxBadBytes = 10

// newSource splits src at LF, CRLF and lone CR, removes a byte-order mark, and replaces invalid
// characters: invalid bytes and NUL are reported, other control characters become blanks. A file in
// UTF-16 is reported and has no lines.
func newSource(file string, src []byte, diags *diag.List) *source {
	s := &source{file: file}
	if len(src) >= 2 && (src[0] == 0xff && src[1] == 0xfe || src[0] == 0xfe && src[1] == 0xff) {
		d := diags.Errorf(s.newRangeInLine(0, 0, 1), "the file is written in UTF-16")
		d.Detail = "A script must be text in UTF-8"
		d.Hint = "save it again as UTF-8"
		return s
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	clean := isValidText(text)
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
		if !clean && !isValidText(line) {
			line = s.replaceInvalidCharacters(line, &bad, diags)
		}
		s.lines = append(s.lines, norm.NFC.String(line))
		if i < 0 {
			return s
		}
		text = rest
	}
}

// isValidText reports whether all code points are valid in a script.
func isValidText(text string) bool {
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

func (s *source) replaceInvalidCharacters(line string, bad *int, diags *diag.List) string {
	var b strings.Builder
	column, reported := 0, *bad >= maxBadBytes
	report := func(summary, detail, hint string) {
		if reported {
			return
		}
		reported = true
		*bad++
		d := diags.Errorf(s.newRangeInLine(len(s.lines), column, column+1), "%s", summary)
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

// newRangeInLine returns a range within one line. line, from and to are indexes, counted from 0.
func (s *source) newRangeInLine(line, from, to int) diag.Range {
	return diag.Range{
		File:  s.file,
		Start: diag.Pos{Line: line + 1, Column: from + 1},
		End:   diag.Pos{Line: line + 1, Column: to + 1},
	}
}

// newTrimmedLineRange returns the range of a line, without blanks at both ends.
func (s *source) newTrimmedLineRange(i int) diag.Range {
	return s.newLineRange(i, i)
}

// newLineRange returns the range from the start of line first to the end of line last.
func (s *source) newLineRange(first, last int) diag.Range {
	indent := utf8.RuneCountInString(s.lines[first]) - utf8.RuneCountInString(strings.TrimLeft(s.lines[first], blanks))
	r := s.newRangeInLine(first, indent, indent)
	r.End = diag.Pos{Line: last + 1, Column: utf8.RuneCountInString(strings.TrimRight(s.lines[last], blanks)) + 1}
	if last == first && r.End.Column < r.Start.Column {
		r.End = r.Start
	}
	return r
}

// blanks are the characters that separate words on a line.
const blanks = " \t"

// seg maps a part of a logical line to the file: off is the byte offset of the part in the line's
// text, line and col are its position in the file, counted from 0.
type seg struct{ off, line, col int }

// line is a logical line: one line of the file, or several lines that are joined because a comment
// between them was removed.
type line struct {
	src         *source
	text        string
	segs        []seg
	first, last int // indexes of lines of the file
	// void is set if the line contained only comments.
	void bool
	// clicks are the byte offsets in text of comments that are cues, used the number of those that already
	// belong to a node.
	clicks []int
	used   int
	// counts[i] is the number of code points before byte i*countEvery. It makes positions on long lines
	// fast, and is computed when first needed.
	counts []int
	// of is the line that this line was cut from, or nil; off is the byte offset in it.
	of  *line
	off int
}

const countEvery = 256

// newPosition returns the position in the file of the byte at off. Offsets beyond the end of the text mean its
// end.
func (l *line) newPosition(off int) diag.Pos {
	off = min(max(off, 0), len(l.text))
	if l.of != nil {
		return l.of.newPosition(l.off + off)
	}
	i := sort.Search(len(l.segs), func(i int) bool { return l.segs[i].off > off }) - 1
	s := l.segs[max(i, 0)]
	return diag.Pos{Line: s.line + 1, Column: s.col + l.countRunesBefore(off) - l.countRunesBefore(s.off) + 1}
}

// countRunesBefore returns the number of code points before byte off.
func (l *line) countRunesBefore(off int) int {
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

// cutLine returns the bytes from..to of l as a line, with the clicks in them.
func (l *line) cutLine(from, to int) *line {
	c := &line{src: l.src, text: l.text[from:to], first: l.first, last: l.last, of: l, off: from}
	for ; l.used < len(l.clicks) && l.clicks[l.used] <= to; l.used++ {
		c.clicks = append(c.clicks, max(l.clicks[l.used]-from, 0))
	}
	if l.of != nil {
		c.of, c.off = l.of, l.off+from
	}
	return c
}

// newByteRange returns the range in the file of the bytes from..to; to is exclusive. The range ends directly
// after the last character, because a comment may follow before the next one.
func (l *line) newByteRange(from, to int) diag.Range {
	start := l.newPosition(from)
	end := start
	for to > from && !utf8.RuneStart(l.text[to-1]) {
		to--
	}
	if to > from {
		end = l.newPosition(to - 1)
		end.Column++
	}
	return diag.Range{File: l.src.file, Start: start, End: end}
}

// trim returns the text without blanks at both ends, and the byte offset at which it begins.
func (l *line) trim() (string, int) {
	t := strings.TrimSpace(l.text)
	return t, strings.Index(l.text, t)
}

// newTrimmedRange returns the range of the line's text, without blanks at both ends.
func (l *line) newTrimmedRange() diag.Range {
	t, off := l.trim()
	return l.newByteRange(off, off+len(t))
}
