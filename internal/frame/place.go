package frame

import "strings"

// Fit is how a picture fills the frame. In a script, empty means: as asset-resize says.
type Fit string

// The fits.
const (
	Cover   Fit = "cover"
	Contain Fit = "contain"
	Stretch Fit = "fit"
)

// Align is a place along one axis.
type Align string

// The places; the empty one means centre.
const (
	AlignStart  Align = "start" // left, top
	AlignCenter Align = ""
	AlignEnd    Align = "end" // right, bottom
)

// Position says which part survives a crop, or where a padded picture sits.
type Position struct {
	X, Y Align
}

// Placing is how a picture is placed in the frame. It goes as one value from the script to the program
// that draws.
type Placing struct {
	Fit      Fit      `json:"fit"`
	Position Position `json:"position"`
}

// ParsePosition reads top, left, top-left, left-top, center-left and the like. edge is the
// word, or both of them with the vertical one first; that of the centre is "".
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

// Motion is slow movement over an image.
type Motion string

// The motions.
const (
	Zoom       Motion = "zoom"
	ZoomOut    Motion = "zoomout"
	Pan        Motion = "pan"
	PanZoom    Motion = "panzoom"
	PanZoomOut Motion = "panzoomout"
)
