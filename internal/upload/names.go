package upload

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mynah/internal/fault"
)

// checkAndSetName refuses names that could lead out of the folder, that are unreadable, or that systems
// interpret differently. It sets e.name.
func (e *entry) checkAndSetName(limits Limits) error {
	name := e.shown
	bad := func(format string, args ...any) error {
		return newRefusal("the archive's entry %s %s", e, fmt.Sprintf(format, args...))
	}
	if !utf8.ValidString(name) {
		if e.flags&utf8Names != 0 || name != string(e.raw) {
			return fault.New(fault.Input, nil, "the name of the archive's entry %s is not UTF-8", e).
				WithHint("zip the files again with a program that writes names in UTF-8, or name the file in plain letters")
		}
		// APPNOTE.TXT, appendix D: names without the UTF-8 flag use code page 437.
		name, _ = charmap.CodePage437.NewDecoder().String(name)
		e.shown = name
	}
	if len(name) > limits.Path {
		return bad("has a path of more than %d bytes", limits.Path)
	}
	for _, c := range name {
		switch {
		case c == '\\':
			return fault.New(fault.Input, nil, "the archive's entry %s has a backslash in its name", e).
				WithHint("zip the files again with a program that separates folders by a slash: " +
					"Windows Explorer, 7-Zip or PowerShell 7")
		case unicode.IsControl(c), c == '\u2028', c == '\u2029':
			return bad("has a control character in its name")
		case changesDirection(c):
			return bad("has an invisible character in its name that changes the direction of text")
		}
	}
	if strings.HasPrefix(name, "/") {
		return bad("has an absolute path")
	}
	if len(name) >= 2 && name[1] == ':' && (name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z') {
		return bad("has a path with a drive letter")
	}
	if name == "" {
		return newRefusal("the archive has an entry without a name")
	}
	// Some programs pack the folder "." and prefix every path with it.
	name = strings.TrimPrefix(name, "./")
	name, e.folder = strings.CutSuffix(name, "/")
	if name == "" && e.shown == "./" {
		e.folder = true
		return nil
	}
	parts := strings.Split(name, "/")
	if len(parts) > limits.Depth {
		return bad("is more than %d folders deep", limits.Depth)
	}
	for _, part := range parts {
		switch {
		case part == "":
			return bad("has an empty component in its path")
		case part == "." || part == "..":
			return bad("has the component %q in its path", part)
		case len(part) > limits.Name:
			return bad("has a name of more than %d bytes", limits.Name)
		}
	}
	e.name = name
	return nil
}

// changesDirection reports whether a character changes the direction of text, so that a name
// could be displayed as another one.
func changesDirection(c rune) bool {
	return c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' ||
		c == '\u200e' || c == '\u200f' || c == '\u061c'
}

// quoteName returns a name for a message: in quotation marks, with unprintable characters escaped and
// the middle of a long name left out.
func quoteName(name string) string {
	const most, head, tail = 80, 40, 30
	if len(name) > most {
		front, back := head, len(name)-tail
		for front > 0 && !utf8.RuneStart(name[front]) {
			front--
		}
		for back < len(name) && !utf8.RuneStart(name[back]) {
			back++
		}
		name = name[:front] + "…" + name[back:]
	}
	return strconv.Quote(name)
}
