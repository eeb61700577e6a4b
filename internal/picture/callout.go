package picture

import (
	"image"
	"math"

	"mynah/internal/ffmpeg"
)

// mapping maps a point of an upright source picture to the frame: x becomes x*sx + dx, y becomes y*sy
// + dy.
type mapping struct{ sx, sy, dx, dy float64 }

func newMapping(p ffmpeg.Placement) mapping {
	m := mapping{sx: float64(p.ScaledW) / float64(p.CropW), sy: float64(p.ScaledH) / float64(p.CropH)}
	m.dx, m.dy = float64(p.OffsetX)-float64(p.CropX)*m.sx, float64(p.OffsetY)-float64(p.CropY)*m.sy
	return m
}

// Callout is a shape that is highlighted in a picture. Its bounds are in pixels of the video frame.
// With OfImage they are in pixels of the upright original picture, and the shape moves with it.
type Callout struct {
	Round          bool
	X0, Y0, X1, Y1 float64
	OfImage        bool
	// Pane is the index of the view's pane whose picture an OfImage shape belongs to. Without panes it is 0.
	Pane int `json:",omitempty"`
	// Alpha is the opacity of the black outside the shape, from 0 to 1. With Mask, the shape is black
	// instead.
	Alpha float64
	Mask  bool
	// Blur makes the content of the shape unreadable and does not darken the rest.
	Blur bool `json:",omitempty"`
	// Corner is the radius of a rectangle's corners, in pixels of the frame.
	Corner float64 `json:",omitempty"`
}

// callouts are the callouts of one picture, in pixels of the frame.
type callouts struct {
	bright, masks, blurred []shape
	// dark is the opacity of the black outside the bright shapes, from 0 to 1.
	dark float64
}

// shape is an ellipse if round is set, otherwise a rectangle, in pixels of the frame.
type shape struct {
	round          bool
	x0, y0, x1, y1 float64
	corner         float64 // radius of a rectangle's corners
	// area is the only part of the frame in which the shape has an effect; an empty one means the whole frame.
	area image.Rectangle
}

// clipTo returns the part of the range low..high that is inside the range from..to of the shape's area.
func (s shape) clipTo(low, high float64, from, to int) (float64, float64) {
	if s.area.Empty() {
		return low, high
	}
	return math.Max(low, float64(from)), math.Min(high, float64(to))
}

// darker is the factor by which the opacity in scripts is multiplied. With it, videos match
// measurements of the hosted service: white becomes 123 at 0.5, 178 at 0.3 and 47 at 0.8.
const darker = 1.02

// newCallouts converts callouts to pixels of the frame. sites are where the pictures below them are.
func newCallouts(list []Callout, sites []site) callouts {
	var out callouts
	for _, c := range list {
		s := shape{round: c.Round, x0: c.X0, y0: c.Y0, x1: c.X1, y1: c.Y1, corner: c.Corner}
		if c.OfImage {
			m := sites[c.Pane]
			s.x0, s.x1, s.y0, s.y1 = s.x0*m.sx+m.dx, s.x1*m.sx+m.dx, s.y0*m.sy+m.dy, s.y1*m.sy+m.dy
			s.area = m.area
		}
		if c.Blur {
			out.blurred = append(out.blurred, s)
			continue
		}
		if c.Mask {
			out.masks = append(out.masks, s)
			continue
		}
		out.bright = append(out.bright, s)
		out.dark = math.Max(out.dark, math.Min(c.Alpha*darker, 1))
	}
	return out
}

// subRows is the number of sub-rows per pixel row for anti-aliasing.
const subRows = 8

// addCoverage adds to each pixel of row y the area that the shapes cover; whole means a fully covered pixel.
// It reports whether any pixel is covered.
func addCoverage(shapes []shape, y int, row []float32) bool {
	found := false
	for _, s := range shapes {
		top, bottom := s.clipTo(s.y0, s.y1, s.area.Min.Y, s.area.Max.Y)
		if float64(y+1) <= top || float64(y) >= bottom {
			continue
		}
		for k := range subRows {
			yy := float64(y) + (float64(k)+0.5)/subRows
			if yy < top || yy > bottom {
				continue
			}
			x0, x1 := s.x0, s.x1
			if d := math.Max(s.y0+s.corner-yy, yy-s.y1+s.corner); !s.round && d > 0 && s.corner > 0 {
				inset := s.corner - math.Sqrt(math.Max(s.corner*s.corner-d*d, 0))
				x0, x1 = x0+inset, x1-inset
			}
			if s.round {
				ry := (s.y1 - s.y0) / 2
				t := (yy - s.y0 - ry) / ry
				half := (s.x1 - s.x0) / 2 * math.Sqrt(math.Max(1-t*t, 0))
				x0, x1 = (s.x0+s.x1)/2-half, (s.x0+s.x1)/2+half
			}
			x0, x1 = s.clipTo(x0, x1, s.area.Min.X, s.area.Max.X)
			found = addCoveredRange(row, x0, x1) || found
		}
	}
	return found
}

// whole is the value of a fully covered pixel.
const whole = subRows

// addCoveredRange adds to each pixel of a row the share of it that lies between x0 and x1. It reports whether any
// does.
func addCoveredRange(row []float32, x0, x1 float64) bool {
	x0, x1 = math.Max(x0, 0), math.Min(x1, float64(len(row)))
	if x0 >= x1 {
		return false
	}
	first, last := int(x0), min(int(x1), len(row)-1)
	if first == last {
		row[first] += float32(x1 - x0)
		return true
	}
	row[first] += float32(float64(first+1) - x0)
	for i := first + 1; i < last; i++ {
		row[i]++
	}
	row[last] += float32(x1 - float64(last))
	return true
}

// newRowAlphas returns a function that returns the opacity of the black for each pixel of row y, from 0 to
// 255; w is the width of a row. The function reuses the returned slice. one is true if all pixels of
// the row have the same opacity.
func (c callouts) newRowAlphas(w int) func(y int) (row []byte, one bool) {
	out, bright, masked := make([]byte, w), make([]float32, w), make([]float32, w)
	plain := byte(0)
	if len(c.bright) > 0 {
		plain = byte(c.dark*255 + 0.5)
	}
	return func(y int) ([]byte, bool) {
		clear(bright)
		clear(masked)
		inside, hidden := addCoverage(c.bright, y, bright), addCoverage(c.masks, y, masked)
		if !inside && !hidden {
			fillBytes(out, plain)
			return out, true
		}
		for x := range out {
			a := 0.0
			if len(c.bright) > 0 {
				a = c.dark * (1 - math.Min(float64(bright[x])/whole, 1))
			}
			a = 1 - (1-a)*(1-math.Min(float64(masked[x])/whole, 1))
			out[x] = byte(a*255 + 0.5)
		}
		return out, false
	}
}

// darkenFrame hides the content of blurred callouts in a frame of w x h pixels, and then darkens the frame.
func (c callouts) darkenFrame(frame []byte, w, h int) {
	for _, s := range c.blurred {
		s.hideContent(frame, w, h)
	}
	if len(c.bright) == 0 && len(c.masks) == 0 {
		return
	}
	n := w * h
	alphas := c.newRowAlphas(w)
	above := make([]byte, w)
	for y := range h {
		row, one := alphas(y)
		line := frame[y*w:][:w]
		if one {
			darkenRow(line, 16, row[0])
		} else {
			for x, a := range row {
				line[x] = blend(line[x], 16, a)
			}
		}
		if y&1 == 0 {
			copy(above, row)
			continue
		}
		for _, plane := range [][]byte{frame[n : n*5/4], frame[n*5/4:]} {
			line := plane[y/2*(w/2):][:w/2]
			for x := range line {
				a := (uint(above[2*x]) + uint(above[2*x+1]) + uint(row[2*x]) + uint(row[2*x+1]) + 2) / 4
				line[x] = blend(line[x], 128, byte(a))
			}
		}
	}
}

// darkenRow mixes a colour with an opacity into all pixels of a row.
func darkenRow(line []byte, color, alpha byte) {
	if alpha == 0 {
		return
	}
	var table [256]byte
	for i := range table {
		table[i] = blend(byte(i), color, alpha)
	}
	for i, p := range line {
		line[i] = table[p]
	}
}

// toLayer returns the black of the callouts as a layer.
func (c callouts) toLayer(w, h int) *Layer {
	n := w * h
	l := &Layer{w: w, h: h, luma: make([]byte, n), alpha: make([]byte, n), u: make([]byte, n/4), v: make([]byte, n/4)}
	fillBytes(l.luma, 16)
	fillBytes(l.u, 128)
	fillBytes(l.v, 128)
	alphas := c.newRowAlphas(w)
	for y := range h {
		row, _ := alphas(y)
		copy(l.alpha[y*w:], row)
	}
	return l
}

// IsOutside reports whether no part of a callout is inside an area of w x h pixels.
func (c Callout) IsOutside(w, h int) bool {
	return c.X1 <= 0 || c.Y1 <= 0 || c.X0 >= float64(w) || c.Y0 >= float64(h)
}

// MapToPlacement returns a callout for a frame in which the same picture is placed differently, so that it
// covers the same part of the picture.
func (c Callout) MapToPlacement(from, to ffmpeg.Placement) Callout {
	a, b := newMapping(from), newMapping(to)
	x := func(v float64) float64 { return (v-a.dx)/a.sx*b.sx + b.dx }
	y := func(v float64) float64 { return (v-a.dy)/a.sy*b.sy + b.dy }
	c.X0, c.X1, c.Y0, c.Y1 = x(c.X0), x(c.X1), y(c.Y0), y(c.Y1)
	return c
}

// MapToSize returns a callout of a frame of w0 x h0 pixels for a frame of w x h pixels. It keeps its
// position relative to the centre, in units of the frame's shorter side.
func (c Callout) MapToSize(w0, h0, w, h int) Callout {
	scale := float64(min(w, h)) / float64(min(w0, h0))
	x := func(v float64) float64 { return (v-float64(w0)/2)*scale + float64(w)/2 }
	y := func(v float64) float64 { return (v-float64(h0)/2)*scale + float64(h)/2 }
	c.X0, c.X1, c.Y0, c.Y1 = x(c.X0), x(c.X1), y(c.Y0), y(c.Y1)
	return c
}
