package script

import (
	"strings"
	"unicode/utf8"

	"mynah/internal/diag"
	"mynah/internal/utter"
)

// flushNarration converts the pending lines of narration to nodes: one per paragraph, heading, list item
// and table row.
func (p *parser) flushNarration() {
	lines := p.para
	if len(lines) == 0 {
		return
	}
	p.para = nil
	p.recordBlock(blockText, lines[0].first, lines[len(lines)-1].last)
	if lines = p.removeFootnotes(lines); len(lines) == 0 {
		return
	}
	table := isTable(lines)
	var now []piece
	inList := false
	done := func() {
		p.addNarration(now)
		now, inList = nil, false
	}
	for _, l := range lines {
		t, off := l.trim()
		whole := piece{line: l, from: off, to: off + len(t)}
		switch marker, kind := parseLineMark(t, len(now) == 0 || inList); {
		case table && strings.Contains(t, "|"):
			done()
			p.narrateRow(whole)
		case kind == underlineMark && len(now) > 0:
			done()
		case kind == ruleMark, kind == underlineMark && len(t) > 2, isDashLine(t), isEscapedSeparator(t):
			done()
			if l.first >= p.headerLines {
				p.warnOfRule(l, t)
			}
		case kind == headingMark:
			done()
			whole.from += marker
			whole.to = whole.from + len(strings.TrimRight(strings.TrimRight(whole.text(), "#"), blanks))
			if inner := t[marker:]; strings.HasSuffix(inner, "#") && !closesHeading(inner) {
				whole.to = off + len(t)
			}
			now = append(now, whole)
			done()
		case kind == itemMark:
			done()
			whole.from += marker
			now, inList = append(now, whole), true
		default:
			p.warnOfNearMiss(l, t, off)
			now = append(now, whole)
		}
	}
	done()
}

// closesHeading reports whether the # characters at the end of a heading are markup: they follow a
// blank, or are the whole text.
func closesHeading(t string) bool {
	rest := strings.TrimRight(t, "#")
	return rest == "" || strings.HasSuffix(rest, " ") || strings.HasSuffix(rest, "\t")
}

// markKind is the Markdown mark at the beginning of a line of narration.
type markKind int

const (
	noMark markKind = iota
	headingMark
	itemMark
	underlineMark
	ruleMark
)

// parseLineMark returns the kind of the Markdown mark at the start of t and its length in bytes,
// including the blanks after it. fresh is set at the start of a paragraph or in a list: elsewhere a
// number with a point is part of a sentence.
func parseLineMark(t string, fresh bool) (int, markKind) {
	switch t[0] {
	case '#':
		n := len(t) - len(strings.TrimLeft(t, "#"))
		if n <= 6 && (n == len(t) || strings.Contains(blanks, t[n:n+1])) {
			return n + countLeadingBlanks(t[n:]), headingMark
		}
	case '=':
		if strings.Trim(t, "=") == "" {
			return 0, underlineMark
		}
	case '-', '*', '+', '_':
		if repeatsOneMark(t) {
			return 0, ruleMark
		}
		if t[0] != '_' && (len(t) == 1 || strings.Contains(blanks, t[1:2])) {
			n := 1 + countLeadingBlanks(t[1:])
			for _, box := range []string{"[ ]", "[x]", "[X]"} {
				if strings.HasPrefix(t[n:], box) {
					n += len(box) + countLeadingBlanks(t[n+len(box):])
					break
				}
			}
			return n, itemMark
		}
	}
	if n := measureBullet(t, fresh); n > 0 {
		return n, itemMark
	}
	digits := len(t) - len(strings.TrimLeft(t, "0123456789"))
	const most = 3 // four digits, such as a year, are not the number of an item
	if digits > 0 && digits <= most && fresh && digits+1 < len(t) && (t[digits] == '.' || t[digits] == ')') {
		if n := countLeadingBlanks(t[digits+1:]); n > 0 {
			return digits + 1 + n, itemMark
		}
	}
	return 0, noMark
}

// measureBullet returns the length in bytes of a bullet and the blanks after it, or 0. A dash is a bullet
// only with fresh: at the start of a paragraph or in a list.
func measureBullet(t string, fresh bool) int {
	r, size := utf8.DecodeRuneInString(t)
	bullet := strings.ContainsRune("•‣▪●◦■", r) || fresh && (r == '–' || r == '—')
	if n := countLeadingBlanks(t[size:]); bullet && n > 0 && size+n < len(t) {
		return size + n
	}
	return 0
}

func countLeadingBlanks(t string) int { return len(t) - len(strings.TrimLeft(t, blanks)) }

// repeatsOneMark reports whether a line consists of one character, at least three times, apart from blanks. With
// a suitable first character it is a horizontal rule in Markdown.
func repeatsOneMark(t string) bool {
	n := 0
	for i := range len(t) {
		switch t[i] {
		case t[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}

// warnOfRule warns about a horizontal rule that does not separate scenes, although it does in other Markdown
// dialects.
func (p *parser) warnOfRule(l *line, t string) {
	d := p.diags.Warnf(l.newTrimmedRange(), "%s does not separate scenes and is ignored", quoteForMessage(t))
	d.Code = diag.NearMiss
	d.Detail = "Scenes are separated by a line of three or more hyphens without spaces between them"
	d.Hint = "write --- for a new scene"
}

// isTable reports whether lines contain the row of dashes below the head of a Markdown table.
func isTable(lines []*line) bool {
	for i, l := range lines {
		if i > 0 && isDashRow(strings.TrimSpace(l.text)) && strings.Contains(lines[i-1].text, "|") {
			return true
		}
	}
	return false
}

func isDashRow(t string) bool {
	return strings.Contains(t, "|") && strings.Contains(t, "-") && strings.Trim(t, "|:- \t") == ""
}

// narrateRow adds the cells of a table row as narration, one after the other.
func (p *parser) narrateRow(q piece) {
	if isDashRow(q.text()) {
		return
	}
	n := &Narration{At: At{Range: q.newTrimmedRange()}, Source: q.text()}
	var b runBuilder
	from := q.from
	for i := q.from; i <= q.to; i++ {
		if i < q.to && (q.line.text[i] != '|' || i > q.from && q.line.text[i-1] == '\\') {
			continue
		}
		p.addRuns(&b, []piece{{line: q.line, from: from, to: i}})
		b.comma = b.any
		from = i + 1
	}
	if n.Runs, n.Clicks = b.finishRuns(), b.clicks; len(n.Runs) > 0 {
		p.appendNode(n)
	}
	p.addUnusedClicks(q.line)
}

// appendOrExtendRun appends a run, or extends the last run if it has the same style.
func appendOrExtendRun(runs []utter.Run, r utter.Run) []utter.Run {
	if n := len(runs); n > 0 && runs[n-1].CanJoinRun(r) {
		runs[n-1].Text += r.Text
		return runs
	}
	return append(runs, r)
}

// addNarration adds the node of a spoken paragraph. Images inside its text become nodes before it.
func (p *parser) addNarration(pieces []piece) {
	if len(pieces) == 0 {
		return
	}
	first, last := pieces[0], pieces[len(pieces)-1]
	n := &Narration{At: At{Range: diag.Range{
		File: p.file, Start: first.newTrimmedRange().Start, End: last.newTrimmedRange().End,
	}}}
	var texts []string
	var spoken []piece
	for _, q := range pieces {
		texts = append(texts, q.text())
		p.warnOfSpokenDirection(q)
		spoken = append(spoken, p.extractPictures(q)...)
	}
	n.Source = strings.Join(texts, "\n")
	if n.Runs, n.Clicks = p.parseRuns(spoken); len(n.Runs) > 0 {
		p.appendNode(n)
	}
	for _, q := range pieces {
		p.addUnusedClicks(q.line)
	}
}

// warnOfSpokenDirection warns about a known direction inside a sentence, at most once per line.
func (p *parser) warnOfSpokenDirection(q piece) {
	t := q.text()
	last := strings.LastIndexByte(t, ')')
	code := false
	for i := range last {
		if t[i] == '`' {
			code = !code
		}
		if t[i] != '(' || code {
			continue
		}
		if o, ok := parseDirectionStart(t[i:]); ok && p.known.asDirected[o.name] {
			d := p.diags.Warnf(q.line.newByteRange(q.from+i, q.from+i+o.value),
				"the direction (%s: …) is inside a sentence and is spoken", o.name)
			d.Detail = "A direction works only on its own line"
			d.Hint = "put it on a line of its own"
			return
		}
	}
}

// extractPictures adds nodes for the images in a line of narration. It returns the parts of the line
// without the images.
func (p *parser) extractPictures(q piece) []piece {
	var left []piece
	t := q.text()
	done, last := 0, strings.LastIndexByte(t, ')')
	code := false
	for i := 0; i+1 < len(t); i++ {
		if t[i] == '`' {
			code = !code
		}
		if t[i] != '!' || t[i+1] != '[' || code || i > 0 && t[i-1] == '\\' {
			continue
		}
		m, ok := parseImage(t[i:])
		if !ok {
			if end := findClosingBracket(t[i:], 2, '[', ']', maxAlt); end > 0 && strings.HasPrefix(t[i+end:], "](") &&
				last < i+end {
				d := p.diags.Errorf(q.line.newByteRange(q.from+i, q.from+i+end+2), "this image is not closed on its line")
				d.Detail = "An image is written ![options](file) on one line; file names cannot contain line breaks"
				d.Hint = "write ) after the file name"
			}
			continue
		}
		d := p.diags.Warnf(q.line.newByteRange(q.from+i, q.from+i+m.end), "this image is inside narration")
		d.Detail = "It is shown in the scene and not spoken"
		d.Hint = "put it on a line of its own"
		if pic, ok := p.newPicture(q.line, q.from+i, m); ok {
			p.appendNode(pic)
		}
		left = append(left, piece{line: q.line, from: q.from + done, to: q.from + i})
		done = i + m.end
		i = done - 1
	}
	return append(left, piece{line: q.line, from: q.from + done, to: q.to})
}
