package script

import (
	"strings"

	"mynah/internal/frame"
)

// newSubtitlesParser returns the parser of the property subtitles: a mode, or a map.
func newSubtitlesParser() valueParser[Subtitles] {
	mode := newSubtitleModeParser()
	form := mode.Form
	form.Keys = describeKeys(listSubtitleKeys())
	return valueParser[Subtitles]{Form: form, parse: func(p *parser, name string, v value) (Subtitles, bool) {
		s := Subtitles{Mode: SubtitlesOverlay}
		if v.kind == mapValue {
			ok := parseMap(p, name, v, listSubtitleKeys(), &s)
			return s, ok
		}
		m, ok := parseValue(p, name, v, mode)
		if ok {
			s.Mode = *m
		}
		return s, ok
	}}
}

func newSubtitleModeParser() valueParser[SubtitleMode] {
	k := newChoiceParser("overlay", "auto", "embed", "external", "none")
	k.Allowed += ", or a map"
	return valueParser[SubtitleMode]{Form: k.Form, read: func(s string) (SubtitleMode, bool) {
		w, ok := k.read(s)
		if w == "auto" {
			w = "overlay"
		}
		return SubtitleMode(w), ok
	}}
}

// newMarginParser returns the parser of the distance from an edge.
func newMarginParser() valueParser[Margin] {
	pixels := newDecimalParser(0, maxPixel, "pixels", "px")
	share := newDecimalParser(0, 90, "percent", "%")
	return valueParser[Margin]{
		Form: Form{
			Kind: NumberKind, To: maxPixel, Unit: "px",
			Allowed: "pixels of a frame whose shorter side is 720, or a share of the height such as 18%",
		},
		read: func(s string) (Margin, bool) {
			if strings.HasSuffix(strings.TrimSpace(s), "%") {
				v, ok := share.read(s)
				return Margin{Value: v, Percent: true}, ok
			}
			v, ok := pixels.read(s)
			return Margin{Value: v}, ok
		},
	}
}

// listSubtitleKeys returns the keys that the map of subtitles may have.
func listSubtitleKeys() []mapKey[Subtitles] {
	return []mapKey[Subtitles]{
		{
			name: "mode", byDefault: "`overlay`", help: "see above",
			storer: newStorer(newSubtitleModeParser(), func(s *Subtitles, v SubtitleMode) { s.Mode = v }),
		},
		{
			name: "break", byDefault: "80", help: "each cue has fewer characters than this, in the files, too. Values " +
				"above 84 make lines longer, and add lines where longer ones do not fit the frame",
			storer: newStorer(newIntegerParser(minChars, maxChars, "characters"), func(s *Subtitles, v float64) { s.Break = int(v) }),
		},
		{
			name: "size", byDefault: "36", help: "in vertical videos, relative to a width of 720",
			storer: newStorer(newDecimalParser(1, maxFont, "pixels", "px"), func(s *Subtitles, v float64) { s.Size = v }),
		},
		{
			name: "scale", byDefault: "1", help: "multiplies the usual size",
			storer: newStorer(newFactorParser(0.1, 10), func(s *Subtitles, v float64) { s.Scale = v }),
		},
		{
			name: "color", byDefault: "white", help: "put a colour with `#` in quotes",
			storer: newStorer(newColorOrNoneParser(), func(s *Subtitles, v frame.Color) { s.Color = &v }),
		},
		{
			name: "background", byDefault: "none",
			storer: newStorer(newColorOrNoneParser(), func(s *Subtitles, v frame.Color) { s.Background = &v }),
		},
		{
			name: "outline", byDefault: "black; none with a `background`",
			storer: newStorer(newColorOrNoneParser(), func(s *Subtitles, v frame.Color) { s.Outline = &v }),
		},
		{
			name: "font", byDefault: "a sans-serif font", help: "",
			storer: newStorer(newFontParser(), func(s *Subtitles, v File) { s.Font = &v }),
		},
		{
			name: "position", byDefault: "`bottom`",
			storer: newStorer(newChoiceParser("bottom", "middle", "top"), func(s *Subtitles, v string) { s.Position = v }),
		},
		{
			name: "margin", byDefault: "30 pixels; 18% at the bottom of vertical videos, above the controls of apps",
			help:   "the distance from the edge that `position` names",
			storer: newStorer(newMarginParser(), func(s *Subtitles, v Margin) { s.Margin = &v }),
		},
		{
			name: "style", byDefault: "`normal`", help: "with `karaoke`, the word that is being said has another colour; `box` is white on " +
				"a translucent box; `words` shows one to three large words at a time",
			storer: newStorer(newChoiceParser("normal", "karaoke", "box", "words"), func(s *Subtitles, v string) {
				s.Karaoke, s.Box, s.Words = v == "karaoke", v == "box", v == "words"
			}),
		},
		{
			name: "highlight", byDefault: "yellow", help: "the colour of the word that is being said",
			storer: newStorer(newColorParser(), func(s *Subtitles, v frame.Color) { s.Highlight = &v }),
		},
	}
}

// newIntegerParser returns the parser of whole numbers from..to, both inclusive. what is the unit in
// messages.
func newIntegerParser(from, to float64, what string) valueParser[float64] {
	k := newDecimalParser(from, to, "a whole number of "+what, "")
	return valueParser[float64]{Form: k.Form, read: func(s string) (float64, bool) {
		n, ok := k.read(s)
		return n, ok && n == float64(int(n))
	}}
}

// newColorOrNoneParser returns the parser of colours, in which "none" means fully transparent.
func newColorOrNoneParser() valueParser[frame.Color] {
	k := newColorParser()
	form := k.Form
	form.Words, form.Allowed = []string{"none"}, k.Allowed+", or none"
	return valueParser[frame.Color]{Form: form, many: k.many, read: func(s string) (frame.Color, bool) {
		if strings.EqualFold(s, "none") {
			return frame.Color{}, true
		}
		return k.read(s)
	}}
}

// newFontParser returns the parser of fonts: the name of a family, or a font file of the project.
func newFontParser() valueParser[File] {
	family := newTextParser(TextKind, "a font family, or a .ttf or .otf file of the project")
	return valueParser[File]{Form: family.Form, parse: func(p *parser, name string, v value) (File, bool) {
		if v.kind == scalarValue {
			switch findLowerExtension(v.text) {
			case ".ttf", ".otf", ".ttc", ".woff", ".woff2":
				return p.parseFilePath(name, v, "")
			}
		}
		f, ok := parseValue(p, name, v, family)
		if !ok {
			return File{}, false
		}
		return File{Name: *f, Range: v.at, Literal: true}, true
	}}
}
