package script

import (
	"slices"

	"mynah/internal/frame"
)

const watermarkForm = "none, or an image file of the project, then in any order a place such as top-right and a " +
	"strength from 0 to 1"

// newWatermarkParser returns the parser of watermarks: a file, which may contain blanks, followed by options. "none" is
// a Watermark without a file.
func newWatermarkParser() valueParser[Watermark] {
	form := Form{Kind: FileKind, Words: []string{"none"}, Allowed: watermarkForm}
	return valueParser[Watermark]{Form: form, parse: func(p *parser, name string, v value) (Watermark, bool) {
		w := Watermark{Position: frame.Position{X: frame.AlignEnd, Y: frame.AlignStart}, Strength: 0.6}
		words := v.splitWords()
		if v.kind != scalarValue || len(words) == 0 {
			p.reportValue(name, v, watermarkForm, nil)
			return w, false
		}
		if none, ok := newChoiceParser("none").read(v.text); ok && none != "" {
			return w, true
		}
		n, placed, strong := len(words), false, false
		for ; n > 1; n-- {
			text := words[n-1].text
			if position, _, ok := frame.ParsePosition(text); ok && !placed {
				w.Position, placed = position, true
				continue
			}
			f, isNumber := parseNumber(text)
			if !isNumber || strong {
				break
			}
			strong = true
			if w.Strength = f; f < 0 || f > 1 {
				p.reportValue("the strength of watermark", value{text: text, at: words[n-1].at}, "a number from 0 to 1", nil)
				return w, false
			}
		}
		file := v
		if n < len(words) {
			file.text = v.text[:findEndOfNthWord(v.text, n)]
			file.at = v.newRange(0, len(file.text))
		}
		if !slices.Contains([]string{".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif"}, findLowerExtension(file.text)) {
			p.reportValue(name, v, watermarkForm, nil)
			return w, false
		}
		var ok bool
		w.File, ok = p.parseFilePath(name, file, "")
		return w, ok
	}}
}

// newBrandParser returns the parser of brands: .css files.
func newBrandParser() valueParser[File] {
	k := newFileParser("a .css file of the project")
	return valueParser[File]{Form: k.Form, parse: func(p *parser, name string, v value) (File, bool) {
		if v.kind != scalarValue || findLowerExtension(v.text) != ".css" {
			p.reportValue(name, v, k.Allowed, nil)
			return File{}, false
		}
		return k.parse(p, name, v)
	}}
}

// newProgressParser returns the parser of progress; true means "bar".
func newProgressParser() valueParser[bool] {
	k := newChoiceParser("bar", "none")
	return valueParser[bool]{Form: k.Form, read: func(s string) (bool, bool) {
		w, ok := k.read(s)
		return w == "bar", ok
	}}
}
