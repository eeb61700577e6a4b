package slide

import (
	"fmt"
	"image"
	"strings"

	"mynah/internal/frame"
)

// Mount is what is drawn around a picture that is shown on the theme's ground: a shadow, the bar of a window, or the
// edge of a phone.
type Mount struct {
	Kind frame.Mount // NoMount draws the shadow of a picture with rounded corners
	// Rect is where the picture is, in pixels of the frame, Radius the radius of its corners.
	Rect   image.Rectangle
	Radius int
	// Address is the text in the bar of a browser's window.
	Address string
}

// Hole is a part of the frame that a drawing leaves transparent, so that a picture below it is seen.
type Hole struct {
	Rect image.Rectangle
	// Radius is the radius of its rounded corners, in pixels; with SquareTop only of those at the bottom.
	Radius    int
	SquareTop bool
}

// Place is where a slide is in the frame.
type Place struct {
	Layout frame.Layout
	// Upright stacks the parts of the layout.
	Upright bool
	// Area is the part of the frame for the text, in pixels; it is empty for the whole frame.
	Area image.Rectangle
	// OnGround is true if a ground is drawn separately below the slide: the slide then has no background.
	OnGround bool
	// Avoid is a part of the frame that the text should not cover.
	Avoid image.Rectangle
	Holes []Hole
}

// Part is what is drawn of a slide.
type Part int

// Values of Part.
const (
	Whole Part = iota
	OnlyText
	OnlyBackground
	// UnderText is the slide with transparent letters, so that what is behind them can be measured. Drawn.Texts is set.
	UnderText
)

// Ground is a drawing without text: the background of the theme, around pictures.
type Ground struct {
	// Bare leaves out the background, so that only the mounts are drawn.
	Bare   bool
	Mounts []Mount
	// Watermark is drawn over everything; nil means none.
	Watermark *Watermark
	// Progress draws a bar of this share of the width, from 0 to 1; 0 means none.
	Progress float64
}

// Watermark is an image at an edge of the frame. It is drawn in its own size, but at most a fifth of the frame wide and
// high.
type Watermark struct {
	File     string // name of the project's file
	Position frame.Position
	Opacity  float64
}

// listPlaceClasses returns the CSS classes that describe where the slide is, each after a blank.
func (r Request) listPlaceClasses() string {
	out := ""
	if r.Layout != frame.NoLayout {
		out += " layout layout-" + string(r.Layout)
	}
	if r.hasNoBackground() {
		out += " placed"
	}
	if r.Ground != nil || r.Only == OnlyBackground {
		out += " ground"
	}
	if r.Only == UnderText {
		out += " under-text"
	}
	if r.Upright {
		out += " upright"
	}
	return out
}

// hasNoBackground reports whether the drawing is transparent where there is no text or mount.
func (r Request) hasNoBackground() bool {
	return r.OnGround || r.Only == OnlyText || r.Ground != nil && r.Ground.Bare
}

// formatMounts returns the HTML of the mounts.
func (r Request) formatMounts() string {
	if r.Ground == nil {
		return ""
	}
	s := r.computeScale()
	px := func(v int) string { return fmt.Sprintf("%gpx", float64(v)/s) }
	var out strings.Builder
	for _, m := range r.Ground.Mounts {
		kind := string(m.Kind)
		if kind == "" {
			kind = "card"
		}
		fmt.Fprintf(&out, `<div class="mount %s" style="left:%s;top:%s;width:%s;height:%s;--radius:%s">`, kind,
			px(m.Rect.Min.X), px(m.Rect.Min.Y), px(m.Rect.Dx()), px(m.Rect.Dy()), px(m.Radius))
		if m.Kind == frame.BrowserMount {
			out.WriteString(`<div class="bar"><i></i><i></i><i></i><b></b></div>`)
		}
		out.WriteString("</div>")
	}
	if w := r.Ground.Watermark; w != nil {
		side := map[frame.Align]string{frame.AlignStart: "start", frame.AlignCenter: "center", frame.AlignEnd: "end"}
		fmt.Fprintf(&out, `<div class="watermark" style="justify-content:%s;align-items:%s;opacity:%g"><img src="%s%s"></div>`,
			side[w.Position.X], side[w.Position.Y], w.Opacity, baseMark, escapePath(w.File))
	}
	if r.Ground.Progress > 0 {
		fmt.Fprintf(&out, `<div class="progress" style="width:%.4f%%"></div>`, 100*r.Ground.Progress)
	}
	return out.String()
}

// toCSSBox converts a rectangle to left, top, right and bottom in CSS pixels; nil if it is empty.
func (r Request) toCSSBox(box image.Rectangle) *[4]float64 {
	if box.Empty() {
		return nil
	}
	s := r.computeScale()
	return &[4]float64{float64(box.Min.X) / s, float64(box.Min.Y) / s, float64(box.Max.X) / s, float64(box.Max.Y) / s}
}

// measureArea returns the size of the area for text, in pixels of the frame.
func (r Request) measureArea() (w, h int) {
	if r.Area.Empty() {
		return r.Width, r.Height
	}
	return r.Area.Dx(), r.Area.Dy()
}

// cutHoles makes the holes of a drawing transparent.
func (d *Drawn) cutHoles(holes []Hole, w, h int) {
	for _, hole := range holes {
		if hole.Rect.Intersect(d.Bounds).Empty() && d.Rest.A == 0 {
			continue
		}
		if !hole.Rect.In(d.Bounds) && d.Rest.A > 0 {
			d.growTo(image.Rect(0, 0, w, h))
		}
		box := hole.Rect.Intersect(d.Bounds)
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				i := d.Image.PixOffset(x, y)
				cover := hole.computeCoverage(x, y)
				d.Image.Pix[i+3] = uint8((int(d.Image.Pix[i+3])*(255-cover) + 127) / 255)
			}
		}
	}
}

// growTo extends the image to a larger rectangle, in the colour of the rest.
func (d *Drawn) growTo(box image.Rectangle) {
	out := image.NewNRGBA(box)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := d.Rest
			if (image.Point{X: x, Y: y}).In(d.Bounds) {
				c = d.Image.NRGBAAt(x, y)
			}
			out.SetNRGBA(x, y, c)
		}
	}
	d.Image, d.Bounds = out, box
}

// computeCoverage returns how much of a pixel is inside the hole, from 0 to 255.
func (h Hole) computeCoverage(x, y int) int {
	left, top, right, bottom := x-h.Rect.Min.X, y-h.Rect.Min.Y, h.Rect.Max.X-1-x, h.Rect.Max.Y-1-y
	dx, dy := h.Radius-min(left, right), h.Radius-min(top, bottom)
	if dx <= 0 || dy <= 0 || h.SquareTop && top < bottom {
		return 255
	}
	// Four samples per axis. Distances are from the centre of the corner's circle, in eighths of a pixel.
	inside := 0
	for sy := range 4 {
		for sx := range 4 {
			px, py := 8*dx-2*sx-1, 8*dy-2*sy-1
			if px*px+py*py <= 64*h.Radius*h.Radius {
				inside++
			}
		}
	}
	return inside * 255 / 16
}

// separateFirstLine makes the first line of Markdown a block of its own.
func separateFirstLine(text string) string {
	text = strings.TrimLeft(text, "\n")
	first, rest, _ := strings.Cut(text, "\n")
	return first + "\n\n" + rest
}

// Enlarge returns the same request for a frame that is larger by a factor.
func (r Request) Enlarge(scale float64) Request {
	grow := func(v int) int { return int(float64(v) * scale) }
	box := func(b image.Rectangle) image.Rectangle {
		return image.Rect(grow(b.Min.X), grow(b.Min.Y), grow(b.Max.X), grow(b.Max.Y))
	}
	r.Width, r.Height, r.Area, r.Avoid = grow(r.Width), grow(r.Height), box(r.Area), box(r.Avoid)
	holes := r.Holes
	r.Holes = nil
	for _, h := range holes {
		h.Rect, h.Radius = box(h.Rect), grow(h.Radius)
		r.Holes = append(r.Holes, h)
	}
	return r
}
