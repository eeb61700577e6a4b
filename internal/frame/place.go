package frame

import "strings"

// Fit is how a picture fills the frame. In a script, empty means the value of asset-resize.
type Fit string

// The fits.
const (
	Cover   Fit = "cover"
	Contain Fit = "contain"
	Stretch Fit = "fit"
	// Blur is Contain with a blurred, darkened copy of the picture in place of the bars.
	Blur Fit = "blur"
)

// IsPadded reports whether a picture with this fit is shown whole, with something beside it if its shape differs
// from the frame's.
func (f Fit) IsPadded() bool { return f == Contain || f == Blur }

// Align is an alignment along one axis.
type Align string

// The alignments; the empty one means centred.
const (
	AlignStart  Align = "start" // left, top
	AlignCenter Align = ""
	AlignEnd    Align = "end" // right, bottom
)

// Position is which part of a cropped picture remains visible, or where a padded picture is placed.
type Position struct {
	X, Y Align
}

// Placing is how a picture is placed in the frame.
type Placing struct {
	Fit      Fit      `json:"fit"`
	Position Position `json:"position"`
	// Focus is the point that a crop keeps in view. If it is set, a crop ignores Position.
	Focus Focus `json:"focus,omitzero"`
}

// ParsePosition parses top, left, top-left, left-top, center-left and so on. edge is the normalised form: one
// word, or both with the vertical one first; "" for the centre.
func ParsePosition(w string) (position Position, edge string, ok bool) {
	var x, y string
	parts := strings.Split(w, "-")
	if len(parts) > 2 {
		return Position{}, "", false
	}
	for _, part := range parts {
		switch {
		case part == "center":
		case (part == "left" || part == "right") && x == "":
			x = part
		case (part == "top" || part == "bottom") && y == "":
			y = part
		default:
			return Position{}, "", false
		}
	}
	switch x {
	case "left":
		position.X = AlignStart
	case "right":
		position.X = AlignEnd
	}
	switch y {
	case "top":
		position.Y = AlignStart
	case "bottom":
		position.Y = AlignEnd
	}
	return position, strings.Trim(y+"-"+x, "-"), true
}

// Motion is a slow movement across an image.
type Motion string

// The motions.
const (
	Zoom       Motion = "zoom"
	ZoomOut    Motion = "zoomout"
	Pan        Motion = "pan"
	PanZoom    Motion = "panzoom"
	PanZoomOut Motion = "panzoomout"
)
