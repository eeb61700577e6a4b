package script

import "strings"

// Rules for where a direction begins. "(name: …)" on one line is always a direction; an unknown name
// is reported and ignored. A direction over several lines must be distinguished from prose such as
// "(note: he left", followed by "and came back)". A known name always begins a direction: with text
// after the colon the bracket must close before the next blank line; with nothing or the first line of
// a map after the colon, the direction may continue over blank lines and separators. A misspelt name
// begins a direction if nothing or a brace follows the colon. Any other name does so if, in addition,
// the next line is a line of a map. All other brackets are narration.

// opening is the parsed "(name:" at the start of a text. Offsets are in bytes from the bracket.
type opening struct {
	name       string // name of the direction in lower case
	start, end int    // offsets of the name
	value      int    // offset of the first byte after the colon
}

// parseDirectionStart parses "(name:" at the start of t. Blanks are allowed before the name and the colon.
func parseDirectionStart(t string) (opening, bool) {
	if t == "" || t[0] != '(' {
		return opening{}, false
	}
	var o opening
	o.start = len(t) - len(strings.TrimLeft(t[1:], blanks))
	for o.end = o.start; o.end < len(t); o.end++ {
		if c := t[o.end]; (c|0x20 < 'a' || c|0x20 > 'z') && (c != '-' || o.end == o.start) {
			break
		}
	}
	colon := len(t) - len(strings.TrimLeft(t[o.end:], blanks))
	if o.end == o.start || colon == len(t) || t[colon] != ':' {
		return opening{}, false
	}
	o.name = strings.ToLower(t[o.start:o.end])
	o.value = colon + 1
	return o, true
}

// findDirectionEnd returns the offset of the bracket that closes the direction at the start of t, or
// -1. It skips a quoted string after the colon.
func findDirectionEnd(t string, o opening) int {
	depth := 1
	for i := skipBlanksAndQuoted(t, o.value); i < len(t); i++ {
		switch t[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// skipBlanksAndQuoted returns the offset after the blanks and the quoted string at i, or i if there is
// none.
func skipBlanksAndQuoted(t string, i int) int {
	j := len(t) - len(strings.TrimLeft(t[i:], blanks))
	if end, ok := findQuoteEnd(t[j:]); ok {
		return j + end
	}
	return i
}

// isWholeDirection reports whether t, a trimmed line, is exactly one direction; end is the offset of
// its closing bracket. Brackets in the value of a known direction need not balance: "(chapter: Smile
// :))" is complete.
func isWholeDirection(t string, o opening, isKnown bool) (end int, ok bool) {
	last := len(t) - 1
	if t[last] != ')' {
		return 0, false
	}
	m := findDirectionEnd(t, o)
	switch {
	case m == last:
		return last, true
	case !isKnown:
		return 0, false
	case m < 0:
		return last, strings.TrimSpace(t[o.value:last]) != ""
	}
	return last, !strings.Contains(t[m:], "(")
}

// countOpenBrackets returns the number of brackets that a line opens minus those it closes, ignoring quoted
// values.
func countOpenBrackets(t string) int {
	depth := 0
	for i := 0; i < len(t); i++ {
		switch t[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ':', ',', '{':
			if i+1 < len(t) && t[i+1] == ' ' {
				i = skipBlanksAndQuoted(t, i+1) - 1
			}
		}
	}
	return depth
}

// form says how far a direction over several lines may continue.
type form int

const (
	noForm   form = iota // not a direction over several lines
	textForm             // continues up to a blank line
	mapForm              // continues over blank lines and separators
)

// detectMultilineForm returns the form of a direction that begins in line t and is not closed there. next is the
// index of the item after the line.
func (p *parser) detectMultilineForm(t string, o opening, next int) form {
	rest := hideVariableBraces(strings.TrimSpace(t[o.value:]))
	starts := rest == "" || isYAMLComment(rest)
	brace := rest != "" && rest[0] == '{'
	_, _, key := splitKeyLine(rest)
	if p.known.asDirected[o.name] {
		if starts || brace || key {
			return mapForm
		}
		if o.name == t[o.start:o.end] {
			return textForm
		}
		return noForm // "(Image: the" with a capital letter is more likely prose
	}
	if !starts && !brace {
		return noForm
	}
	if _, near := findNearestName(o.name, p.known.directions); near {
		return mapForm
	}
	for ; next < len(p.items); next++ {
		l := p.items[next].line
		if l == nil {
			return noForm
		}
		if u := strings.TrimSpace(l.text); u != "" {
			if _, _, key = splitKeyLine(u); key || brace {
				return mapForm
			}
			return noForm
		}
	}
	return noForm
}

// parseMultiline parses a direction over several lines that begins at the current item. t is the trimmed
// text of the first line, and off its offset in l. It returns false if the text is not a direction.
func (p *parser) parseMultiline(l *line, t string, off int, o opening) bool {
	how := p.detectMultilineForm(t, o, p.at+1)
	if how == noForm {
		return false
	}
	p.flushNarration()
	pieces := []piece{{line: l, from: off + o.value, to: off + len(t)}}
	depth := 1 + countOpenBrackets(t[o.value:])
	for j := p.at + 1; j < len(p.items); j++ {
		next := p.items[j].line
		if next == nil || endsUnclosedDirection(next, how) {
			break
		}
		u, at := next.trim()
		depth += countOpenBrackets(u)
		to := at + len(u)
		if depth > 0 || !strings.HasSuffix(u, ")") {
			pieces = append(pieces, piece{line: next, from: 0, to: to})
			continue
		}
		pieces = append(pieces, piece{line: next, from: 0, to: to - 1})
		r := l.newByteRange(off, off+1)
		r.End = next.newByteRange(to-1, to).End
		p.recordBlock(blockDirection, l.first, next.last)
		p.at = j + 1
		p.addDirection(direction{
			name: o.name, at: l.newByteRange(off+o.start, off+o.end), whole: r, value: p.parseBlock(o.name, pieces),
		})
		return true
	}
	p.reportUnclosedDirection(l, off, o)
	return true
}

// endsUnclosedDirection reports whether a line cannot belong to an open direction.
func endsUnclosedDirection(l *line, how form) bool {
	t := strings.TrimSpace(l.text)
	if t == "" {
		return how == textForm && !l.void
	}
	if _, ok := parseDirectionStart(t); ok || strings.HasPrefix(t, "![") || strings.HasPrefix(t, "<speak") || t[0] == '>' {
		return true
	}
	return how == textForm && isSeparator(t)
}

// reportUnclosedDirection reports an unclosed direction and skips the following lines that may belong to its
// map.
func (p *parser) reportUnclosedDirection(l *line, off int, o opening) {
	p.unclosed = true
	d := p.diags.Errorf(l.newByteRange(off, off+o.value), "the direction (%s: … is not closed", o.name)
	d.Detail = "A direction ends with a closing round bracket at the end of its line"
	d.Hint = "write ) at the end of the direction"
	for p.at++; p.at < len(p.items); p.at++ {
		next := p.items[p.at].line
		if next == nil || endsUnclosedDirection(next, mapForm) {
			return
		}
		if _, _, ok := splitKeyLine(hideVariableBraces(strings.TrimSpace(next.text))); !ok {
			return
		}
	}
}
