package frame

import (
	"math"
	"strconv"
	"strings"
)

// Focus is the point of a picture that a crop keeps in view. X and Y are shares of the picture's width and height,
// from 0 to 1, from its top left corner. Set is false if there is no such point.
type Focus struct {
	Set bool    `json:"set"`
	X   float64 `json:"x"`
	Y   float64 `json:"y"`
}

// ParseFocus parses two percentages such as "70% 30%": the position from the left and from the top edge.
func ParseFocus(s string) (Focus, bool) {
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == '\t' || c == ',' })
	if len(parts) != 2 {
		return Focus{}, false
	}
	x, okX := parsePercentage(parts[0])
	y, okY := parsePercentage(parts[1])
	return Focus{Set: true, X: x, Y: y}, okX && okY
}

// parsePercentage parses a percentage from 0% to 100% as a share.
func parsePercentage(s string) (float64, bool) {
	digits, ok := strings.CutSuffix(s, "%")
	if !ok || digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(digits, 64)
	return v / 100, err == nil && v >= 0 && v <= 100
}

// ComputeCropShares returns which part of the pixels that a crop removes is before the visible part, from 0 to 1, on
// each axis. seenX and seenY are the visible shares of the picture's width and height.
func (p Placing) ComputeCropShares(seenX, seenY float64) (x, y float64) {
	if !p.Focus.Set {
		return p.Position.X.toShare(), p.Position.Y.toShare()
	}
	return computeFocusShare(p.Focus.X, seenX), computeFocusShare(p.Focus.Y, seenY)
}

// computeFocusShare returns where a visible part of size seen must begin so that at is as near as possible to its
// middle: a share of the range that it can move in. If it cannot move, the share is that towards which a zoom
// brings the point to the middle.
func computeFocusShare(at, seen float64) float64 {
	const whole = 1 - 1e-9
	if seen >= whole {
		return at
	}
	return math.Min(math.Max((at-seen/2)/(1-seen), 0), 1)
}

// toShare returns the part of the invisible pixels that is before a picture with this alignment.
func (a Align) toShare() float64 {
	switch a {
	case AlignStart:
		return 0
	case AlignEnd:
		return 1
	default:
		return 0.5
	}
}
