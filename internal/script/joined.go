package script

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// joined is narration as the input of the Markdown parser: lines joined, and variables replaced by
// markers.
type joined struct {
	text   strings.Builder
	starts []int
	pieces []piece
	values *runBuilder
}

// addPiece appends a piece on a new line. Between two characters of a script that is written without
// spaces, such as Chinese, it adds no line end, unless line ends are kept. A variable becomes its number between two marker
// characters, so that the parser sees one word, independent of the value.
func (j *joined) addPiece(p *parser, q piece) {
	if n := len(j.pieces); n > 0 {
		last, _ := utf8.DecodeLastRuneInString(j.pieces[n-1].text())
		first, _ := utf8.DecodeRuneInString(q.text())
		if j.values.lines || !util.IsSpaceDiscardingUnicodeRune(last) || !util.IsSpaceDiscardingUnicodeRune(first) {
			j.text.WriteByte('\n')
		}
	}
	j.starts = append(j.starts, j.text.Len())
	j.pieces = append(j.pieces, q)
	if n := len(j.pieces); n > 1 && j.pieces[n-2].line != q.line {
		j.writeClicks(j.pieces[n-2].line, len(j.pieces[n-2].line.text))
	}
	t := q.text()
	for at := 0; ; {
		start, end, _, ok := findVariable(t, at)
		if !ok {
			j.writeWithClicks(q, at, len(t))
			return
		}
		m := []rune(markers)
		j.writeWithClicks(q, at, start)
		j.text.WriteString(string(m[0]) + strconv.Itoa(len(j.values.values)) + string(m[1]))
		j.values.values = append(j.values.values, p.vars.replaceInLine(t[start:end]))
		at = end
	}
}

// writeWithClicks writes the bytes from..to of a piece, with a marker at each click.
func (j *joined) writeWithClicks(q piece, from, to int) {
	t := q.text()
	for l := q.line; l.used < len(l.clicks) && l.clicks[l.used]-q.from < to; {
		at := max(l.clicks[l.used]-q.from, from)
		j.text.WriteString(t[from:at])
		from = at
		j.writeClicks(l, l.clicks[l.used])
	}
	j.text.WriteString(t[from:to])
}

// writeClicks writes a marker for each unused click of a line up to the byte offset end.
func (j *joined) writeClicks(l *line, end int) {
	for l.used < len(l.clicks) && l.clicks[l.used] <= end {
		j.text.WriteString(clickMarker)
		l.used++
	}
}
