package slide

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

// findMissingCharacters returns the characters of a text that have no glyph in any of the fonts, according to
// their cmap tables. It returns nil if one of the fonts is not plain TrueType or OpenType, for example
// WOFF.
func findMissingCharacters(fonts [][]byte, text string) []rune {
	var faces []*sfnt.Font
	for _, b := range fonts {
		f, err := sfnt.Parse(b)
		if err != nil {
			return nil
		}
		faces = append(faces, f)
	}
	if len(faces) == 0 {
		return nil
	}
	var out []rune
	var buf sfnt.Buffer
	for _, r := range text {
		if !unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) ||
			unicode.Is(unicode.Variation_Selector, r) || slices.Contains(out, r) {
			continue
		}
		has := slices.ContainsFunc(faces, func(f *sfnt.Font) bool {
			index, err := f.GlyphIndex(&buf, r)
			return err == nil && index != 0
		})
		if !has {
			out = append(out, r)
		}
	}
	return out
}

// NewMissingCharactersWarning returns a warning about characters that a font of the project does not have.
func NewMissingCharactersWarning(font string, lacked []rune) Warning {
	const most = 20
	var names []string
	for _, r := range lacked[:min(len(lacked), most)] {
		names = append(names, string(r))
	}
	more := ""
	if n := len(lacked) - most; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return Warning{
		Summary: fmt.Sprintf("the font %q does not contain %s%s; another font draws them", font, strings.Join(names, " "), more),
		Hint:    "use a font with these letters",
	}
}

var (
	fontFace   = regexp.MustCompile(`(?is)@font-face\s*\{(.*?)\}`)
	fontFamily = regexp.MustCompile(`(?is)font-family\s*:\s*([^;}]+)`)
	fontSource = regexp.MustCompile(`(?is)url\(\s*["']?([^"')]+)`)
)

// listThemeFonts returns the font files that a theme declares with @font-face, by family name in lower case. A
// file that was not read is nil.
func (k *projectFiles) listThemeFonts(theme string) map[string][][]byte {
	out := map[string][][]byte{}
	for _, rule := range fontFace.FindAllStringSubmatch(k.theme, -1) {
		family, source := fontFamily.FindStringSubmatch(rule[1]), fontSource.FindStringSubmatch(rule[1])
		if family == nil || source == nil {
			continue
		}
		name := strings.ToLower(strings.Trim(strings.TrimSpace(family[1]), `"'`))
		file := path.Join(path.Dir(theme), strings.TrimSpace(source[1]))
		out[name] = append(out[name], k.files[file]) // nil if the file was not read
	}
	return out
}
