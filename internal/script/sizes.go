package script

import (
	"strings"

	"mynah/internal/frame"
)

// mostSizes is the maximum number of further sizes of a video.
const mostSizes = 8

// newSizesParser returns the parser of several frame sizes, separated by commas or blanks.
func newSizesParser() valueParser[[]frame.Size] {
	one := newSizeParser()
	form := one.Form
	form.Allowed = "frame sizes separated by commas: " + one.Allowed
	return valueParser[[]frame.Size]{Form: form, parse: func(p *parser, name string, v value) ([]frame.Size, bool) {
		var out []frame.Size
		if v.kind != scalarValue {
			p.reportValue(name, v, form.Allowed, nil)
			return nil, false
		}
		for _, w := range v.splitWords() {
			text := strings.Trim(w.text, ",[]")
			if text == "" {
				continue
			}
			for word := range strings.SplitSeq(text, ",") {
				size, ok := parseValue(p, name, value{text: word, at: w.at}, one)
				if !ok {
					return nil, false
				}
				out = append(out, *size)
			}
		}
		if len(out) == 0 || len(out) > mostSizes {
			p.reportValue(name, v, "one to eight frame sizes separated by commas, such as 1080x1920, 1080x1080", nil)
			return nil, false
		}
		return out, true
	}}
}
