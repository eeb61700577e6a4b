package slide

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mynah/internal/diag"
)

// addWarnings adds warnings for the author: omitted content, missing fonts, missing characters.
func (d *Drawer) addWarnings(out *Drawn, r Request, k *projectFiles, c composed, m slideLayout) {
	add := func(hint, format string, args ...any) {
		out.Warnings = append(out.Warnings, Warning{Range: r.newWarningRange(), Summary: fmt.Sprintf(format, args...), Hint: hint})
	}
	for _, what := range c.cut {
		add("split it over several scenes", "the slide leaves out %s", what)
	}
	for _, code := range c.emoji {
		add("write the emoji itself, or a code such as :rocket:", "%s is not an emoji code; it is shown as written", code)
	}
	addSizeWarning(out, r, m)
	if s := r.computeScale(); len(m.Logo) == 2 {
		switch {
		case m.Logo[0] == 0 || m.Logo[1] == 0:
			add("export it again as SVG or PNG", "the watermark %s cannot be drawn", r.Ground.Watermark.File)
		case m.Logo[0]*s > float64(r.Width) || m.Logo[1]*s > float64(r.Height):
			add("export it smaller", "the watermark %s is larger than the frame, with %.0fx%.0f pixels; "+
				"it is drawn at most a fifth as wide and high as the frame",
				r.Ground.Watermark.File, m.Logo[0], m.Logo[1])
		}
	}
	for _, name := range m.Missing {
		add("add it with @font-face and a file of the project, or install it",
			"the font %q is not installed; another font is used", name)
	}
	for _, name := range m.Broken {
		add("check that the file in @font-face exists and is a font",
			"the font %q cannot be read; another font is used", name)
	}
	faces := k.listThemeFonts(r.findThemeFile())
	for _, name := range slices.Sorted(maps.Keys(m.Letters)) {
		if lacked := d.removeKnownTofu(findMissingCharacters(faces[name], m.Letters[name])); len(lacked) > 0 {
			w := NewMissingCharactersWarning(name, lacked)
			w.Range = r.newWarningRange()
			out.Warnings = append(out.Warnings, w)
		}
	}
	for _, b := range r.Blocks {
		if w, ok := NewTofuWarning("font", d.listKnownTofu([]string{b.Text})); ok {
			w.Range = b.Range
			out.Warnings = append(out.Warnings, w)
		}
	}
}

// addSizeWarning adds a warning about text that is too small to read.
func addSizeWarning(out *Drawn, r Request, m slideLayout) {
	w := Warning{Range: r.newWarningRange()}
	const exact = 0.1 // rounding of the browser
	switch {
	case m.Small > 0 && m.Small < readable-exact:
		w.Code = diag.TextTooSmall
		w.Summary = fmt.Sprintf("the slide is too full: its smallest text is only %.0f pixels high in a frame of 720", m.Small)
		w.Hint = fmt.Sprintf("split %s over several scenes", cmp.Or(m.Largest, "it"))
	case m.Small > 0 && m.Small < preferred-exact:
		w.Code = diag.SmallText
		w.Summary = fmt.Sprintf("the slide is full: its smallest text is %.0f pixels high in a frame of 720", m.Small)
		w.Hint = fmt.Sprintf("shorten %s, or split it over several scenes", cmp.Or(m.Largest, "the text"))
	case m.Authored > 0 && m.Authored < readable-exact:
		w.Code = diag.SmallText
		w.Summary = fmt.Sprintf("the smallest text of the slide is only %.0f pixels high in a frame of 720", m.Authored)
		w.Hint = "write a larger font-size"
	default:
		return
	}
	out.Warnings = append(out.Warnings, w)
}

// removeKnownTofu removes characters that are known to be in no font.
func (d *Drawer) removeKnownTofu(letters []rune) []rune {
	tofu := d.listKnownTofu([]string{string(letters)})
	return slices.DeleteFunc(letters, func(r rune) bool { return slices.Contains(tofu, r) })
}

// NewTofuWarning returns a warning about characters that no font has, or false if there are none. font is the
// noun in the message, such as "font".
func NewTofuWarning(font string, tofu []rune) (Warning, bool) {
	var lost []string
	for _, r := range tofu {
		lost = append(lost, string(r))
	}
	return Warning{
		Summary: fmt.Sprintf("no %s contains %s; boxes are drawn instead", font, strings.Join(lost, " ")),
		Hint:    "install a font with these letters, such as one of the Noto fonts",
	}, len(lost) > 0
}
