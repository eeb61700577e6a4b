// Package arrange computes where in the frame the pictures and the text of a scene are: by the layout of the scene, and
// by the mounts of its pictures. It knows sizes only; other packages draw.
package arrange

import (
	"image"
	"math"
	"slices"

	"mynah/internal/frame"
	"mynah/internal/storyboard"
)

// Pane is a picture in a part of the frame.
type Pane struct {
	// Shot is the index of the shot in its scene.
	Shot int
	// Rect is where the picture is shown. Its corners are even numbers of pixels.
	Rect image.Rectangle
	// Radius is the radius of its rounded corners, in pixels; with SquareTop only of those at the bottom.
	Radius    int
	SquareTop bool
	Mount     frame.Mount
	// Whole is true if the picture fills Rect exactly, without a crop.
	Whole bool
	// Shadow is true if the picture casts a shadow on what is below it.
	Shadow bool
}

// Arrangement is where the pictures of a scene are at one time.
type Arrangement struct {
	// Panes are in the order in which they are drawn. Without panes, the picture fills the frame.
	Panes []Pane
	// Ground is true if the theme's ground is shown around the panes.
	Ground bool
}

// Place is where the text of a scene is. It does not change during the scene.
type Place struct {
	// Area is the part of the frame for text; it is empty for the whole frame.
	Area image.Rectangle
	// OnGround is true if the text is on the theme's ground, although the scene has pictures.
	OnGround bool
	// Avoid is a part of the frame that text must not cover, and where the text layer has a hole; it may be empty.
	Avoid Pane
}

// Sizes returns the upright size of a file's picture, in pixels; zeros if it is unknown. A nil Sizes knows none.
type Sizes func(file string) (w, h int)

// arranger computes the arrangement of one scene.
type arranger struct {
	scene *storyboard.Scene
	size  Sizes
	frame image.Point
	unit  float64 // pixels of the frame per pixel of a frame whose shorter side is 720
}

func newArranger(scene *storyboard.Scene, size Sizes, w, h int) arranger {
	if size == nil {
		size = func(string) (int, int) { return 0, 0 }
	}
	return arranger{scene: scene, size: size, frame: image.Pt(w, h), unit: float64(min(w, h)) / 720}
}

// Shots returns where the given shots of a scene are in a frame of w x h pixels. shots are those that are shown at the
// same time: one, or with the layouts grid and corner several.
func Shots(scene *storyboard.Scene, shots []int, size Sizes, w, h int) Arrangement {
	a := newArranger(scene, size, w, h)
	if len(shots) == 0 {
		return Arrangement{}
	}
	whole := image.Rectangle{Max: a.frame}
	switch scene.Layout {
	case frame.Split, frame.SplitLeft:
		_, area := a.halves()
		return Arrangement{Ground: true, Panes: []Pane{a.newPane(shots[0], area)}}
	case frame.Grid:
		return a.arrangeGrid(shots)
	case frame.Corner:
		var out Arrangement
		last := len(scene.Shots) - 1
		out.Ground = last == 0
		for _, shot := range shots {
			if shot != last {
				out.Panes = append(out.Panes, a.newPane(shot, whole))
				out.Ground = scene.Shots[shot].Mount != frame.NoMount
			}
		}
		if shots[len(shots)-1] == last {
			out.Panes = append(out.Panes, a.newCornerPane(last))
		}
		return out
	}
	if scene.Shots[shots[0]].Mount == frame.NoMount {
		return Arrangement{}
	}
	return Arrangement{Ground: true, Panes: []Pane{a.newPane(shots[0], whole)}}
}

// Text returns where the text of a scene is in a frame of w x h pixels.
func Text(scene *storyboard.Scene, size Sizes, w, h int) Place {
	a := newArranger(scene, size, w, h)
	switch scene.Layout {
	case frame.Split, frame.SplitLeft:
		text, _ := a.halves()
		return Place{Area: text, OnGround: true}
	case frame.LowerThird:
		// The plate is at the bottom of the area, which is higher than a third so that the plate fits above subtitles.
		return Place{Area: image.Rect(0, h/2, w, h)}
	case frame.Grid:
		return Place{Area: image.Rect(0, 0, w, a.measureGridTitle()), OnGround: true}
	case frame.Corner:
		return Place{OnGround: len(scene.Shots) == 1, Avoid: a.newCornerPane(len(scene.Shots) - 1)}
	}
	return Place{}
}

// round converts pixels of a frame whose shorter side is 720 to whole pixels of this frame.
func (a arranger) round(v float64) int { return int(math.Round(v * a.unit)) }

// isUpright reports whether the parts of a layout are stacked.
func (a arranger) isUpright() bool { return IsUpright(a.frame.X, a.frame.Y) }

// IsUpright reports whether the parts of a layout are stacked in a frame: it is higher than wide, or nearly square, so that
// its halves beside each other would be too narrow.
func IsUpright(w, h int) bool { return 5*w < 6*h }

// halves returns the halves of the frame for text and picture.
func (a arranger) halves() (text, picture image.Rectangle) {
	w, h := a.frame.X, a.frame.Y
	first, second := image.Rect(0, 0, w/2&^1, h), image.Rect(w/2&^1, 0, w, h)
	if a.isUpright() {
		first, second = image.Rect(0, 0, w, h/2&^1), image.Rect(0, h/2&^1, w, h)
		if a.showsPhone() { // a phone is high
			textH := int(phoneText*float64(h)) &^ 1
			first, second = image.Rect(0, 0, w, textH), image.Rect(0, textH, w, h)
			if a.scene.Layout == frame.SplitLeft {
				first, second = image.Rect(0, h-textH, w, h), image.Rect(0, 0, w, h-textH)
				return first, second
			}
		}
	}
	if a.scene.Layout == frame.SplitLeft {
		return second, first
	}
	return first, second
}

// phoneText is the share of an upright frame's height that text beside a phone takes.
const phoneText = 0.38

// showsPhone reports whether a picture of the scene is shown within the edge of a phone.
func (a arranger) showsPhone() bool {
	return slices.ContainsFunc(a.scene.Shots, func(s storyboard.Shot) bool { return s.Mount == frame.PhoneMount })
}

// The share of its area that a mounted picture takes, with its mount: in the whole frame, and in a part of it.
const (
	mountShare = 0.88
	partShare  = 0.93
)

// partMargin is the distance of a mounted picture from the edges of its part, in pixels of a frame whose shorter side is 720.
const partMargin = 30

// The sizes of mounts, in pixels of a frame whose shorter side is 720.
const (
	barHeight    = 40 // of a browser's window
	screenRadius = 12
	phoneRadius  = 34 // of the screen inside the phone
	phoneEdge    = 13
	cellRadius   = 10
)

// newPane returns the pane of a shot in an area: the whole area, or with a mount a part of it.
func (a arranger) newPane(shot int, area image.Rectangle) Pane {
	s := &a.scene.Shots[shot]
	if s.Mount == frame.NoMount {
		return Pane{Shot: shot, Rect: area}
	}
	w, h := a.size(s.File)
	if w <= 0 || h <= 0 {
		w, h = a.frame.X, a.frame.Y
	}
	var above, around float64 // of the mount, in pixels of this frame
	radius := screenRadius
	switch s.Mount {
	case frame.BrowserMount:
		above = barHeight * a.unit
	case frame.PhoneMount:
		around, radius = phoneEdge*a.unit, phoneRadius
	case frame.NoMount, frame.ScreenMount:
	}
	share := mountShare
	if area.Dx() < a.frame.X || area.Dy() < a.frame.Y {
		share = partShare
	}
	roomW := share*float64(area.Dx()) - 2*around
	if area.Dx() < a.frame.X {
		roomW = math.Min(roomW, float64(area.Dx())-2*partMargin*a.unit-2*around)
	}
	roomH := share*float64(area.Dy()) - 2*around - above
	scale := math.Min(roomW/float64(w), roomH/float64(h))
	pw, ph := evenAtLeastTwo(float64(w)*scale), evenAtLeastTwo(float64(h)*scale)
	x := (area.Min.X + (area.Dx()-pw)/2) &^ 1
	y := (area.Min.Y + (area.Dy()-ph+int(above))/2) &^ 1
	return Pane{
		Shot: shot, Rect: image.Rect(x, y, x+pw, y+ph).Intersect(image.Rectangle{Max: a.frame}), Radius: a.round(float64(radius)),
		SquareTop: s.Mount == frame.BrowserMount, Mount: s.Mount, Whole: true,
	}
}

func evenAtLeastTwo(v float64) int { return max(int(math.Round(v/2))*2, 2) }

// newCornerPane returns the pane of the shot in the corner: 30 % of the frame's width, at the bottom right.
func (a arranger) newCornerPane(shot int) Pane {
	const share, mostHeight = 0.3, 0.45
	s := &a.scene.Shots[shot]
	w, h := a.size(s.File)
	if w <= 0 || h <= 0 {
		w, h = 16, 9
	}
	pw := evenAtLeastTwo(share * float64(a.frame.X))
	ph := evenAtLeastTwo(math.Min(float64(pw)*float64(h)/float64(w), mostHeight*float64(a.frame.Y)))
	margin := a.round(28)
	x, y := (a.frame.X-margin-pw)&^1, (a.frame.Y-margin-ph)&^1
	return Pane{Shot: shot, Rect: image.Rect(x, y, x+pw, y+ph), Radius: a.round(cellRadius), Shadow: true}
}

// measureGridTitle returns the height of the strip for the text above a grid.
func (a arranger) measureGridTitle() int {
	if len(a.scene.Slides) == 0 {
		return 0
	}
	if a.isUpright() {
		return a.frame.Y / 5 &^ 1
	}
	return a.frame.Y * 22 / 100 &^ 1
}

// arrangeGrid arranges the shots of a grid. The cells are those of all shots of the scene, so that a shot that appears
// later does not move the others.
func (a arranger) arrangeGrid(shots []int) Arrangement {
	columns, rows := chooseGrid(len(a.scene.Shots), a.isUpright())
	margin, gap := a.round(40), a.round(20)
	top := margin
	if strip := a.measureGridTitle(); strip > 0 {
		top = strip
	}
	room := image.Rect(margin, top, a.frame.X-margin, a.frame.Y-margin)
	cellW := float64(room.Dx()-gap*(columns-1)) / float64(columns)
	cellH := float64(room.Dy()-gap*(rows-1)) / float64(rows)
	out := Arrangement{Ground: true}
	for _, shot := range shots {
		row, column := shot/columns, shot%columns
		inRow := min(columns, len(a.scene.Shots)-row*columns)
		left := float64(room.Min.X) + float64(columns-inRow)*(cellW+float64(gap))/2 // the last row is centred
		x := int(math.Round(left+float64(column)*(cellW+float64(gap)))) &^ 1
		y := int(math.Round(float64(room.Min.Y)+float64(row)*(cellH+float64(gap)))) &^ 1
		pane := a.newPane(shot, image.Rect(x, y, x+evenAtLeastTwo(cellW), y+evenAtLeastTwo(cellH)))
		if pane.Mount == frame.NoMount {
			pane.Radius, pane.Shadow = a.round(cellRadius), true
		}
		out.Panes = append(out.Panes, pane)
	}
	return out
}

// chooseGrid returns the columns and rows of a grid of n pictures.
func chooseGrid(n int, upright bool) (columns, rows int) {
	switch {
	case n <= 3:
		columns, rows = n, 1
	case n == 4:
		columns, rows = 2, 2
	case n <= 6:
		columns, rows = 3, 2
	case n <= 8:
		columns, rows = 4, 2
	default:
		columns, rows = 3, 3
	}
	if upright {
		return rows, columns
	}
	return columns, rows
}

// FindPane returns where a shot of a scene is. It returns false if the shot fills the frame.
func FindPane(scene *storyboard.Scene, shot int, size Sizes, w, h int) (Pane, bool) {
	shown := []int{shot}
	if scene.Layout.ShowsAllPictures() {
		shown = shown[:0]
		for i := range scene.Shots {
			if scene.Layout == frame.Grid || i == shot || i == len(scene.Shots)-1 {
				shown = append(shown, i)
			}
		}
	}
	for _, p := range Shots(scene, shown, size, w, h).Panes {
		if p.Shot == shot {
			return p, true
		}
	}
	return Pane{}, false
}
