package script

import (
	"strings"

	"mynah/internal/frame"
)

// subtitles reads the header's property: a mode, or a map.
func (p *parser) subtitles(v value) (*Subtitles, bool) {
	s := &Subtitles{Mode: SubtitlesOverlay}
	if v.kind != mapValue {
		mode, ok := read(p, "subtitles", v, subtitleMode())
		if ok {
			s.Mode = *mode
		}
		return s, ok
	}
	ok := true
	for _, e := range v.entries {
		ok = p.subtitle(s, e) && ok
	}
	return s, ok
}

func subtitleMode() kind[SubtitleMode] {
	k := oneOf("overlay", "auto", "embed", "external", "none")
	return kind[SubtitleMode]{allowed: k.allowed + ", or a map", words: k.words, read: func(s string) (SubtitleMode, bool) {
		w, ok := k.read(s)
		if w == "auto" {
			w = "overlay"
		}
		return SubtitleMode(w), ok
	}}
}

// margin is the kind of distances from an edge.
func margin() kind[Margin] {
	pixels := decimalIn(0, maxPixel, "pixels", "px")
	share := decimalIn(0, 90, "percent", "%")
	return kind[Margin]{
		allowed: "pixels of a frame whose shorter side is 720, or a share of the height such as 18%",
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

// subtitle reads one line of the map.
func (p *parser) subtitle(s *Subtitles, e entry) bool {
	name := e.name + " of subtitles"
	var ok bool
	switch e.name {
	case "mode":
		var mode *SubtitleMode
		if mode, ok = read(p, name, e.value, subtitleMode()); ok {
			s.Mode = *mode
		}
	case "break":
		var n *float64
		if n, ok = read(p, name, e.value, wholeNumber(minChars, maxChars, "characters")); ok {
			s.Break = int(*n)
		}
	case "size":
		ok = into(&s.Size, p, name, e.value, decimalIn(1, maxFont, "pixels", "px"))
	case "scale":
		ok = into(&s.Scale, p, name, e.value, factor(0.1, 10))
	case "color":
		s.Color, ok = read(p, name, e.value, colorOrNone())
	case "background":
		s.Background, ok = read(p, name, e.value, colorOrNone())
	case "outline":
		s.Outline, ok = read(p, name, e.value, colorOrNone())
	case "highlight":
		s.Highlight, ok = read(p, name, e.value, color())
	case "font":
		s.Font, ok = p.font(name, e.value)
	case "position":
		ok = into(&s.Position, p, name, e.value, oneOf("bottom", "middle", "top"))
	case "margin":
		s.Margin, ok = read(p, name, e.value, margin())
	case "style":
		var style *string
		if style, ok = read(p, name, e.value, oneOf("normal", "karaoke")); ok {
			s.Karaoke = *style == "karaoke"
		}
	default:
		ok = p.unknown("the name in subtitles", e.name, e.at, []string{
			"mode", "break", "size", "scale", "color", "background", "outline", "font", "position", "margin", "style", "highlight",
		})
	}
	return ok
}

// into reads a scalar to where it belongs; what does not fit leaves it as it was.
func into[T any](to *T, p *parser, name string, v value, k kind[T]) bool {
	t, ok := read(p, name, v, k)
	if ok {
		*to = *t
	}
	return ok
}

// wholeNumber is the kind of whole numbers in a range.
func wholeNumber(from, to float64, what string) kind[float64] {
	k := decimalIn(from, to, "a whole number of "+what, "")
	return kind[float64]{allowed: k.allowed, read: func(s string) (float64, bool) {
		n, ok := k.read(s)
		return n, ok && n == float64(int(n))
	}}
}

// colorOrNone is the kind of colours of which "none" is one: fully transparent.
func colorOrNone() kind[frame.Color] {
	k := color()
	return kind[frame.Color]{allowed: k.allowed + ", or none", many: k.many, read: func(s string) (frame.Color, bool) {
		if strings.EqualFold(s, "none") {
			return frame.Color{}, true
		}
		return k.read(s)
	}}
}

// font reads a family's name, or a font file of the project.
func (p *parser) font(name string, v value) (*File, bool) {
	if v.kind == scalarValue {
		switch fileEnding(v.text) {
		case ".ttf", ".otf", ".ttc", ".woff", ".woff2":
			f, ok := p.filePath(name, v, "")
			return &f, ok
		}
	}
	family, ok := read(p, name, v, anyText("a font family, or a .ttf or .otf file of the project"))
	if !ok {
		return nil, false
	}
	return &File{Name: *family, Range: v.at, Literal: true}, true
}
