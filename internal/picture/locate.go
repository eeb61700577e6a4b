package picture

import (
	"image"
	"math"

	"mynah/internal/ffmpeg"
)

// site is where the picture of a view or of a pane is in a frame.
type site struct {
	// mapping maps the upright source picture to the frame.
	mapping
	// area is the pane that shows the picture. It is empty if the picture fills the frame.
	area image.Rectangle
}

// listSites returns where the pictures of a view are in its frame n: one site for each pane, or one for a view without
// panes.
func (v *View) listSites(pic ffmpeg.Picture, n int64) []site {
	if len(v.Panes) == 0 {
		return []site{{mapping: v.mapAt(pic, n)}}
	}
	out := make([]site, len(v.Panes))
	for i, p := range v.Panes {
		out[i] = site{p.mapAt(pic, n), p.Rect}
	}
	return out
}

// mapAt returns the mapping from the upright source picture of a view without panes to its frame n.
func (v *View) mapAt(pic ffmpeg.Picture, n int64) mapping {
	switch {
	case v.Asset == nil:
		return mapping{sx: 1, sy: 1}
	case v.Motion != "":
		return newMove(v.Still, v.Move, v.Frames, pic).newMappingAtFrame(v.Still, n)
	}
	w, h := v.Asset.Source.ComputeUprightSize()
	return newMapping(ffmpeg.PlaceSource(w, h, pic.Width, pic.Height, v.Placing))
}

// LocateCallout returns a callout in pixels of frame n of a view. Of pic, it uses the size and the rate.
func (v *View) LocateCallout(c Callout, pic ffmpeg.Picture, n int64) Callout {
	if !c.OfImage {
		return c
	}
	m := v.listSites(pic, n)[c.Pane]
	c.X0, c.X1, c.Y0, c.Y1 = c.X0*m.sx+m.dx, c.X1*m.sx+m.dx, c.Y0*m.sy+m.dy, c.Y1*m.sy+m.dy
	c.OfImage = false
	return c
}

// box is a part of a frame: its left, top, right and bottom edge, in pixels.
type box [4]float64

// newBox returns the part of a frame in which a picture is visible.
func (s site) newBox(pic ffmpeg.Picture) box {
	area := s.area
	if area.Empty() {
		area = image.Rect(0, 0, pic.Width, pic.Height)
	}
	return box{float64(area.Min.X), float64(area.Min.Y), float64(area.Max.X), float64(area.Max.Y)}
}

// contains reports whether a shape is completely inside the box.
func (b box) contains(c Callout) bool {
	return c.X0 >= b[0] && c.Y0 >= b[1] && c.X1 <= b[2] && c.Y1 <= b[3]
}

// computeOverlap returns the size of the part of a shape that is inside the box, in pixels.
func (b box) computeOverlap(c Callout) float64 {
	w, h := math.Min(c.X1, b[2])-math.Max(c.X0, b[0]), math.Min(c.Y1, b[3])-math.Max(c.Y0, b[1])
	return math.Max(w, 0) * math.Max(h, 0)
}

// FindSafeArea returns the left, top, right and bottom edge of the part of frame n of a view that stays visible while
// the picture below a callout moves, in pixels. If the callout leaves it, or it is small, it is all that is visible in
// frame n.
func (v *View) FindSafeArea(c Callout, pic ffmpeg.Picture, n int64) [4]float64 {
	first := v.listSites(pic, n)[c.Pane]
	shown := first.newBox(pic)
	safe := shown
	for _, n := range []int64{0, v.Frames / 2, v.Frames - 1} {
		now := v.listSites(pic, max(n, 0))[c.Pane]
		sx, sy := first.sx/now.sx, first.sy/now.sy
		safe[0] = math.Max(safe[0], (shown[0]-now.dx)*sx+first.dx)
		safe[1] = math.Max(safe[1], (shown[1]-now.dy)*sy+first.dy)
		safe[2] = math.Min(safe[2], (shown[2]-now.dx)*sx+first.dx)
		safe[3] = math.Min(safe[3], (shown[3]-now.dy)*sy+first.dy)
	}
	isSmall := 2*(safe[2]-safe[0]) < shown[2]-shown[0] || 2*(safe[3]-safe[1]) < shown[3]-shown[1]
	if isSmall || safe.computeOverlap(v.LocateCallout(c, pic, n)) == 0 {
		return shown
	}
	return safe
}

// FindBestFrame returns the frame of a view for which a callout that moves with its picture is drawn: the first one, or,
// if a part of the callout is not visible there, that of the frames from..to in which most of it is visible.
func (v *View) FindBestFrame(c Callout, pic ffmpeg.Picture, from, to int64) (best int64) {
	most := 0.0
	look := func(n int64) {
		shown, at := v.listSites(pic, n)[c.Pane].newBox(pic), v.LocateCallout(c, pic, n)
		seen := shown.computeOverlap(at) / math.Max((at.X1-at.X0)*(at.Y1-at.Y0), 1)
		if shown.contains(at) {
			seen = 1
		}
		if seen > most {
			best, most = n, seen
		}
	}
	look(0)
	from, to = max(from, 0), min(to, v.Frames)
	for n := from; n < to && most < 1; n++ {
		look(n)
	}
	return best
}

// MovesPicture reports whether the picture of a pane moves in the frame. Without panes, pane is 0.
func (v *View) MovesPicture(pane int) bool {
	if len(v.Panes) > 0 {
		v = v.Panes[pane].View
	}
	return v.Motion != ""
}

// LocateIn returns a callout in pixels of a picture as one in pixels of the frame in which the picture is placed.
func (c Callout) LocateIn(p ffmpeg.Placement) Callout {
	m := newMapping(p)
	c.X0, c.X1, c.Y0, c.Y1 = c.X0*m.sx+m.dx, c.X1*m.sx+m.dx, c.Y0*m.sy+m.dy, c.Y1*m.sy+m.dy
	c.OfImage = false
	return c
}
