package frame

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/mazznoer/csscolorparser"
)

// Color is a CSS colour, not premultiplied.
type Color struct{ R, G, B, A uint8 }

// ColorNames are the names that CSS has for colours, sorted so that of two equally near ones
// always the same is suggested.
func ColorNames() []string {
	return append(slices.Sorted(maps.Keys(csscolorparser.NamedColors)), "transparent")
}

// ParseColor reads a CSS colour: a name, #rgb, #rgba, #rrggbb, #rrggbbaa, or a function such as
// rgb(…).
func ParseColor(s string) (Color, bool) {
	s = strings.ToLower(s)
	if name, _, ok := strings.Cut(s, "("); ok {
		switch strings.TrimSpace(name) {
		case "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch":
		default:
			return Color{}, false
		}
		if strings.Contains(s, "nan") || strings.Contains(s, "inf") {
			return Color{}, false // the parser takes them for numbers
		}
	} else if !strings.HasPrefix(s, "#") && isHex(s) {
		return Color{}, false // CSS wants the #
	}
	c, err := csscolorparser.Parse(s)
	if err != nil || math.IsNaN(c.R+c.G+c.B+c.A) {
		return Color{}, false
	}
	r, g, b, a := c.Clamp().RGBA255()
	return Color{r, g, b, a}, true
}

// isHex reports whether s consists of hexadecimal digits. No name of a colour does.
func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}
