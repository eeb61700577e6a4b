package script

import (
	"strings"

	"mynah/internal/frame"
)

const allowedFocus = "two percentages from 0% to 100%, the position from the left and from the top edge of the picture"

// isPartOfFocus reports whether a word is a number that belongs to the option "focus" before it.
func isPartOfFocus(before, word string) bool {
	first, _, _ := strings.Cut(before, " ")
	number := strings.TrimSuffix(strings.TrimLeft(word, "+-"), "%")
	isFocus := strings.EqualFold(first, "focus")
	if near, ok := findNearestOption(first, []string{"focus"}); ok && strings.HasSuffix(word, "%") {
		isFocus = near == "focus" // the whole option is reported as misspelt
	}
	return isFocus && number != "" && strings.Trim(number, "0123456789.") == ""
}

// reportFocus reports options "focus" without a valid point. In an alternative text, which contains words that are
// not options, the word alone is text. It returns false if it reported an error.
func (p *parser) reportFocus(list []word, text bool) bool {
	ok := true
	for _, w := range list {
		if text && strings.EqualFold(w.text, "focus") {
			continue
		}
		if strings.EqualFold(w.text, "focus") {
			d := p.diags.Errorf(w.at, "focus needs a point of the picture")
			d.Detail, d.Hint = "Allowed: "+allowedFocus, "write for example focus 70% 30%"
		} else {
			d := p.diags.Errorf(w.at, "%s is not a point of the picture", quoteForMessage(w.text))
			d.Detail, d.Hint = "Allowed: "+allowedFocus, "write for example focus 70% 30%"
		}
		ok = false
	}
	return ok
}

// newFocusParser returns the parser of the key "focus" of a picture.
func newFocusParser() valueParser[frame.Focus] {
	return valueParser[frame.Focus]{
		Form: Form{Kind: TextKind, Allowed: allowedFocus + ", such as 70% 30%"},
		read: frame.ParseFocus,
	}
}
