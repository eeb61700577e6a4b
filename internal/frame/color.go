package frame

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/mazznoer/csscolorparser"
)

// Color is a CSS colour with straight alpha.
type Color struct{ R, G, B, A uint8 }

// ListColorNames returns the names of CSS colours. They are sorted, so that suggestions of similar names are
// deterministic.
func ListColorNames() []string {
	return append(slices.Sorted(maps.Keys(csscolorparser.NamedColors)), "transparent")
}

// ParseColor parses a CSS colour: a name, #rgb, #rgba, #rrggbb, #rrggbbaa, or a function such as rgb(…).
func ParseColor(s string) (Color, bool) {
	s = strings.ToLower(s)
	if name, _, ok := strings.Cut(s, "("); ok {
		switch strings.TrimSpace(name) {
		case "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch":
		default:
			return Color{}, false
		}
		if strings.Contains(s, "nan") || strings.Contains(s, "inf") {
			return Color{}, false // the parser accepts them as numbers
		}
	} else if !strings.HasPrefix(s, "#") && isHex(s) {
		return Color{}, false // CSS requires the #
	}
	c, err := csscolorparser.Parse(s)
	if err != nil || math.IsNaN(c.R+c.G+c.B+c.A) {
		return Color{}, false
	}
	r, g, b, a := c.Clamp().RGBA255()
	return Color{r, g, b, a}, true
}

// isHex reports whether s consists of hexadecimal digits. No colour name does.
func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}
