package script

import (
	"cmp"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/similar"
)

// Images differ from CommonMark: file names may contain spaces and brackets, and the text in the
// square brackets contains options.

const (
	// maxAlt and maxDest are the maximum lengths of the parts of an image, in bytes.
	maxAlt  = 1000
	maxDest = maxPath + 500
)

// image contains the byte offsets of the parts of an image, relative to its "!". The "alt" part is the
// text in square brackets.
type image struct {
	altFrom, altTo   int
	fileFrom, fileTo int
	end              int
}

// parseImage parses the image at the start of t.
func parseImage(t string) (image, bool) {
	if !strings.HasPrefix(t, "![") {
		return image{}, false
	}
	var m image
	m.altFrom = 2
	m.altTo = findClosingBracket(t, 2, '[', ']', maxAlt)
	if m.altTo < 0 || m.altTo+1 >= len(t) || t[m.altTo+1] != '(' {
		return image{}, false
	}
	from := m.altTo + 2
	from = len(t) - len(strings.TrimLeft(t[from:], blanks))
	if from < len(t) && t[from] == '<' {
		if end := strings.IndexByte(t[from:min(len(t), from+maxDest)], '>'); end > 0 {
			to := findClosingBracket(t, from+end+1, '(', ')', maxDest)
			if to >= 0 && isImageTitle(strings.TrimSpace(t[from+end+1:to])) {
				m.fileFrom, m.fileTo, m.end = from+1, from+end, to+1
				return m, true
			}
		}
	}
	to := findClosingBracket(t, from, '(', ')', maxDest)
	if to < 0 && t[len(t)-1] == ')' && len(t) < maxDest && !strings.Contains(t[from:], "![") {
		to = len(t) - 1 // unbalanced brackets in a name at the end of the line
	}
	if to < 0 {
		return image{}, false
	}
	m.fileFrom, m.fileTo = trimByteRange(t, from, to)
	m.fileTo = m.fileFrom + measureImagePath(t[m.fileFrom:m.fileTo])
	m.end = to + 1
	return m, true
}

// findClosingBracket returns the offset of the bracket that closes one opened before from, or -1. It
// searches most bytes, up to the beginning of another image.
func findClosingBracket(t string, from int, left, right byte, most int) int {
	depth := 1
	for i := from; i < len(t) && i < from+most; i++ {
		switch t[i] {
		case left:
			depth++
		case right:
			if depth--; depth == 0 {
				return i
			}
		case '!':
			if strings.HasPrefix(t[i:], "![") {
				return -1
			}
		}
	}
	return -1
}

// isImageTitle reports whether t may follow the file name of a Markdown image: t is empty, or a title in
// quotes.
func isImageTitle(t string) bool {
	if t == "" {
		return true
	}
	end, ok := findQuoteEnd(t)
	return ok && end == len(t)
}

// measureImagePath returns the length of the file name in t, without a quoted title after it.
func measureImagePath(t string) int {
	if t == "" || t[len(t)-1] != '"' && t[len(t)-1] != '\'' {
		return len(t)
	}
	q := t[len(t)-1]
	for i := len(t) - 2; i > 0; i-- {
		if t[i] == q && (t[i-1] == ' ' || t[i-1] == '\t') {
			return len(strings.TrimRight(t[:i], blanks))
		}
	}
	return len(t)
}

// newPicture returns the Picture of the image whose "![" is at offset off of a line. It returns false if it
// reported an error.
func (p *parser) newPicture(l *line, off int, m image) (*Picture, bool) {
	pic := &Picture{At: At{Range: l.newByteRange(off, off+m.end)}}
	options := p.newLiteralValue(l, off+m.altFrom, off+m.altTo)
	ok := p.parseOptions(pic, options)
	name := p.newLiteralValue(l, off+m.fileFrom, off+m.fileTo)
	if name.text == "" {
		d := p.diags.Errorf(pic.Range, "this image has no file")
		d.Detail = "An image is written ![options](file)"
		return pic, false
	}
	f, named := p.parseFilePath("the file of an image", name, "")
	pic.File, pic.FileRange = f.Name, f.Range
	return pic, ok && named
}

// newLiteralValue reads bytes of a line literally: unlike in values of directions, quotes and # have no
// special meaning.
func (p *parser) newLiteralValue(l *line, from, to int) value {
	from, to = trimByteRange(l.text, from, to)
	raw := l.text[from:to]
	v := value{text: raw, at: l.newByteRange(from, to), line: l, off: from}
	if expanded := p.vars.replaceInLine(raw); expanded != raw {
		v.text, v.line = strings.TrimSpace(expanded), nil
	}
	return v
}

// listPictureOptions returns all options of images and clips that are words.
func listPictureOptions() []string {
	return []string{
		"cover", "contain", "fit", "blur", "focus", "screen", "browser", "phone",
		"top", "bottom", "left", "right", "center", "zoom", "zoomout", "pan", "panzoom",
		"panzoomout", "match", "trim", "loop", "loop-audio", "freeze", "start", "end", "mute", "strong",
	}
}

// parseOptions parses the words between the square brackets. It returns false if it reported an error.
func (p *parser) parseOptions(pic *Picture, v value) bool {
	ok := true
	var unknown []word
	set := map[string]string{}
	var unfocused []word
	for _, w := range splitOptions(v) {
		group := applyOption(pic, strings.ToLower(w.text))
		switch {
		case group == "":
			unknown = append(unknown, w)
		case group == "focus?":
			unfocused = append(unfocused, w)
		case group == "segment?":
			d := p.diags.Errorf(w.at, "%s is not a segment of a clip", quoteForMessage(w.text))
			d.Detail = "A segment is written 10-14.5, in seconds, or 01:00-01:01, in clock time; it must end after it begins"
			ok = false
		case set[group] != "" && set[group] != w.text:
			d := p.diags.Warnf(w.at, "%s and %s cannot be combined; the last one is used", quoteForMessage(set[group]), quoteForMessage(w.text))
			d.Hint = "remove one of them"
			fallthrough
		default:
			set[group] = w.text
		}
	}
	if w, joined := set["x"]; joined && set["y"] != "" && w != set["y"] {
		pic.Edge = strings.ToLower(set["y"]) + "-" + strings.ToLower(w)
	}
	ok = p.reportFocus(unfocused, len(unknown) > 0) && ok
	if positions := cmp.Or(set["corner"], set["y"], set["x"]); pic.Focus.Set && positions != "" && pic.Motion == "" {
		d := p.diags.Warnf(v.at, "%s and focus cannot be combined; focus is used", quoteForMessage(positions))
		d.Hint = "remove one of them"
	}
	return p.reportUnknownOptions(unknown) && ok
}

// reportUnknownOptions reports words that are not options. In ordinary Markdown the brackets contain
// alternative text ("our living room"). The words are therefore errors only if each of them is close
// to an option; otherwise they get one warning. It returns false for errors.
func (p *parser) reportUnknownOptions(unknown []word) bool {
	if len(unknown) == 0 {
		return true
	}
	known := listPictureOptions()
	var misspelt []string
	for _, w := range unknown {
		name, _, _ := strings.Cut(w.text, " ")
		if near, ok := findNearestOption(name, known); ok {
			misspelt = append(misspelt, near)
		}
	}
	if len(misspelt) < len(unknown) {
		var words []string
		for _, w := range unknown {
			words = append(words, w.text)
		}
		at := diag.Range{File: unknown[0].at.File, Start: unknown[0].at.Start, End: unknown[len(unknown)-1].at.End}
		d := p.diags.Warnf(at, "%s in an image are not options and are ignored", quoteForMessage(strings.Join(words, " ")))
		if len(words) == 1 {
			d.Summary = quoteForMessage(words[0]) + " in an image is not an option and is ignored"
		}
		d.Detail = "Options: " + strings.Join(known, ", ") + ", combinations such as top-left, and segments such as 10-14.5"
		return true
	}
	for i, w := range unknown {
		d := p.diags.Errorf(w.at, "%s is not an option of an image", quoteForMessage(w.text))
		d.Detail = "Options: " + strings.Join(known, ", ") + ", combinations such as top-left, and segments such as 10-14.5"
		d.Hint = "did you mean " + misspelt[i] + "?"
	}
	return false
}

// findNearestOption returns the option that a word is a misspelling of. It is stricter than findNearestName:
// options are short, and so are words of alternative texts ("man" is not a misspelt "pan").
func findNearestOption(text string, known []string) (string, bool) {
	t := strings.ToLower(text)
	if countCharacters(t) < 3 {
		return "", false
	}
	if countCharacters(t) > 4 {
		return findNearestName(t, known)
	}
	for _, k := range known {
		sameLetters := len(t) == len(k) && t[0] != k[0] // a changed first letter usually means another word
		if similar.CountEditsUpTo(t, k, 2) < 2 && !sameLetters && (len(k) > 3 || len(t) > 3) {
			return k, true
		}
	}
	return "", false
}

// splitOptions splits options at spaces and commas. It joins a range with spaces such as "1 - 2", and "focus" with the
// numbers after it.
func splitOptions(v value) []word {
	var out []word
	at := 0
	for _, f := range strings.FieldsFunc(v.text, func(c rune) bool { return c == ' ' || c == '\t' || c == ',' }) {
		at += strings.Index(v.text[at:], f)
		w := word{text: f, at: v.newRange(at, at+len(f))}
		at += len(f)
		if n := len(out); n > 0 && (f[0] == '-' || strings.HasSuffix(out[n-1].text, "-")) &&
			isLikelyTimeRange(out[n-1].text+f) {
			out[n-1].text += f
			out[n-1].at.End = w.at.End
			continue
		}
		if n := len(out); n > 0 && isPartOfFocus(out[n-1].text, f) {
			out[n-1].text += " " + f
			out[n-1].at.End = w.at.End
			continue
		}
		out = append(out, w)
	}
	return out
}

// isLikelyTimeRange reports whether a word consists only of the characters of a time range and begins with a
// digit.
func isLikelyTimeRange(s string) bool {
	return s != "" && strings.Trim(s, "0123456789:.-s") == "" && s[0] >= '0' && s[0] <= '9'
}

// applyOption applies an option to the picture. It returns the name of the group of mutually exclusive
// options that the word belongs to, "" for an unknown word, and "segment?" or "focus?" for an invalid value.
func applyOption(pic *Picture, w string) string {
	switch w {
	case "cover", "contain", "fit", "blur":
		pic.Fit = frame.Fit(w)
		return "fit"
	case "zoom", "zoomout", "pan", "panzoom", "panzoomout":
		pic.Motion = frame.Motion(w)
		return "motion"
	case "strong":
		pic.Strong = true
		return "strong"
	case "match", "trim", "loop", "loop-audio", "freeze":
		pic.Sync = Sync(w)
		return "sync"
	case "start", "end":
		pic.Still = Still(w)
		return "still"
	case "mute":
		pic.Mute = true
		return "mute"
	case "screen", "browser", "phone":
		pic.Mount = frame.Mount(w)
		return "mount"
	}
	if rest, ok := strings.CutPrefix(w, "focus"); ok && (rest == "" || rest[0] == ' ') {
		focus, ok := frame.ParseFocus(rest)
		if !ok {
			return "focus?"
		}
		pic.Focus = focus
		return "focus"
	}
	if position, edge, ok := frame.ParsePosition(w); ok {
		return mergePosition(pic, position, edge)
	}
	if isLikelyTimeRange(w) && strings.Contains(w, "-") {
		s, ok := parseClipRange(w)
		if !ok {
			return "segment?"
		}
		pic.Segment = &s
		return "segment"
	}
	return ""
}

// mergePosition applies a position to the picture and returns the group of the option. A position on one
// axis does not change the other axis.
func mergePosition(pic *Picture, position frame.Position, edge string) string {
	switch edge {
	case "":
		return "center"
	case "left", "right":
		pic.Position.X, pic.Edge = position.X, edge
		return "x"
	case "top", "bottom":
		pic.Position.Y, pic.Edge = position.Y, edge
		return "y"
	}
	pic.Position, pic.Edge = position, edge
	return "corner"
}

// newPositionParser returns the parser of positions in the frame, such as top-left.
func newPositionParser() valueParser[string] {
	return valueParser[string]{
		Form: Form{
			Kind: ChoiceKind,
			Words: []string{
				"top", "bottom", "left", "right", "center", "top-left", "top-right", "bottom-left", "bottom-right",
			},
			Allowed: "top, bottom, left, right, center, or two of them joined, such as top-left",
		},
		read: func(s string) (string, bool) {
			s = strings.Join(strings.Fields(strings.ToLower(s)), "-")
			_, _, ok := frame.ParsePosition(s)
			return s, ok
		},
	}
}

func parsePosition(w string) (frame.Position, string) {
	position, edge, _ := frame.ParsePosition(w)
	return position, edge
}
