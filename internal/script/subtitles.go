package script

import (
	"strings"

	"mynah/internal/frame"
)

// subtitlesKind returns the parser of the property subtitles: a mode, or a map.
func subtitlesKind() kind[Subtitles] {
	mode := subtitleModeKind()
	form := mode.Form
	form.Keys = describeKeys(subtitleKeys())
	return kind[Subtitles]{Form: form, parse: func(p *parser, name string, v value) (Subtitles, bool) {
		s := Subtitles{Mode: SubtitlesOverlay}
		if v.kind == mapValue {
			ok := readMap(p, name, v, subtitleKeys(), &s)
			return s, ok
		}
		m, ok := readValue(p, name, v, mode)
		if ok {
			s.Mode = *m
		}
		return s, ok
	}}
}

func subtitleModeKind() kind[SubtitleMode] {
	k := choiceKind("overlay", "auto", "embed", "external", "none")
	k.Allowed += ", or a map"
	return kind[SubtitleMode]{Form: k.Form, read: func(s string) (SubtitleMode, bool) {
		w, ok := k.read(s)
		if w == "auto" {
			w = "overlay"
		}
		return SubtitleMode(w), ok
	}}
}

// marginKind returns the parser of the distance from an edge.
func marginKind() kind[Margin] {
	pixels := decimalKind(0, maxPixel, "pixels", "px")
	share := decimalKind(0, 90, "percent", "%")
	return kind[Margin]{
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

// subtitleKeys returns the keys that the map of subtitles may have.
func subtitleKeys() []key[Subtitles] {
	return []key[Subtitles]{
		{
			name: "mode", byDefault: "`overlay`", help: "see above",
			reader: storeWith(subtitleModeKind(), func(s *Subtitles, v SubtitleMode) { s.Mode = v }),
		},
		{
			name: "break", byDefault: "80", help: "each cue has fewer characters than this, in the files, too. Values " +
				"above 84 make lines longer, and add lines where longer ones do not fit the frame",
			reader: storeWith(integerKind(minChars, maxChars, "characters"), func(s *Subtitles, v float64) { s.Break = int(v) }),
		},
		{
			name: "size", byDefault: "36", help: "in vertical videos, relative to a width of 720",
			reader: storeWith(decimalKind(1, maxFont, "pixels", "px"), func(s *Subtitles, v float64) { s.Size = v }),
		},
		{
			name: "scale", byDefault: "1", help: "multiplies the usual size",
			reader: storeWith(factorKind(0.1, 10), func(s *Subtitles, v float64) { s.Scale = v }),
		},
		{
			name: "color", byDefault: "white", help: "put a colour with `#` in quotes",
			reader: storeWith(colorOrNoneKind(), func(s *Subtitles, v frame.Color) { s.Color = &v }),
		},
		{
			name: "background", byDefault: "none",
			reader: storeWith(colorOrNoneKind(), func(s *Subtitles, v frame.Color) { s.Background = &v }),
		},
		{
			name: "outline", byDefault: "black; none with a `background`",
			reader: storeWith(colorOrNoneKind(), func(s *Subtitles, v frame.Color) { s.Outline = &v }),
		},
		{
			name: "font", byDefault: "a sans-serif font", help: "",
			reader: storeWith(fontKind(), func(s *Subtitles, v File) { s.Font = &v }),
		},
		{
			name: "position", byDefault: "`bottom`",
			reader: storeWith(choiceKind("bottom", "middle", "top"), func(s *Subtitles, v string) { s.Position = v }),
		},
		{
			name: "margin", byDefault: "30 pixels; 18% at the bottom of vertical videos, above the controls of apps",
			help:   "the distance from the edge that `position` names",
			reader: storeWith(marginKind(), func(s *Subtitles, v Margin) { s.Margin = &v }),
		},
		{
			name: "style", byDefault: "`normal`", help: "with `karaoke`, the word that is being said has another colour",
			reader: storeWith(choiceKind("normal", "karaoke"), func(s *Subtitles, v string) { s.Karaoke = v == "karaoke" }),
		},
		{
			name: "highlight", byDefault: "yellow", help: "the colour of the word that is being said",
			reader: storeWith(colorKind(), func(s *Subtitles, v frame.Color) { s.Highlight = &v }),
		},
	}
}

// integerKind returns the parser of whole numbers from..to, both inclusive. what is the unit in
// messages.
func integerKind(from, to float64, what string) kind[float64] {
	k := decimalKind(from, to, "a whole number of "+what, "")
	return kind[float64]{Form: k.Form, read: func(s string) (float64, bool) {
		n, ok := k.read(s)
		return n, ok && n == float64(int(n))
	}}
}

// colorOrNoneKind returns the parser of colours, in which "none" means fully transparent.
func colorOrNoneKind() kind[frame.Color] {
	k := colorKind()
	form := k.Form
	form.Words, form.Allowed = []string{"none"}, k.Allowed+", or none"
	return kind[frame.Color]{Form: form, many: k.many, read: func(s string) (frame.Color, bool) {
		if strings.EqualFold(s, "none") {
			return frame.Color{}, true
		}
		return k.read(s)
	}}
}

// fontKind returns the parser of fonts: the name of a family, or a font file of the project.
func fontKind() kind[File] {
	family := textKind(TextKind, "a font family, or a .ttf or .otf file of the project")
	return kind[File]{Form: family.Form, parse: func(p *parser, name string, v value) (File, bool) {
		if v.kind == scalarValue {
			switch fileEnding(v.text) {
			case ".ttf", ".otf", ".ttc", ".woff", ".woff2":
				return p.filePath(name, v, "")
			}
		}
		f, ok := readValue(p, name, v, family)
		if !ok {
			return File{}, false
		}
		return File{Name: *f, Range: v.at, Literal: true}, true
	}}
}
