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

// sites are where the pictures of a view are in the current frame, and in its first frame: one for each pane, or one
// for a view without panes.
type sites struct{ now, first []site }

// newSites returns the sites of frame n of a view.
func (p *Painter) newSites(v *View, n int64) sites {
	return sites{v.listSites(p.pic, n), v.listSites(p.pic, 0)}
}

// newFixedSites returns the sites of a picture that does not move.
func newFixedSites(m mapping) sites {
	one := []site{{mapping: m}}
	return sites{one, one}
}

// listSites returns where the pictures of a view are in its frame n.
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

// FindSafeArea returns the left, top, right and bottom edge of the part of the first frame of a view that stays visible
// while the picture of a pane moves, in pixels. Without panes, pane is 0.
func (v *View) FindSafeArea(pic ffmpeg.Picture, pane int) [4]float64 {
	first := v.listSites(pic, 0)[pane]
	shown := first.area
	if shown.Empty() {
		shown = image.Rect(0, 0, pic.Width, pic.Height)
	}
	x0, y0, x1, y1 := float64(shown.Min.X), float64(shown.Min.Y), float64(shown.Max.X), float64(shown.Max.Y)
	area := [4]float64{x0, y0, x1, y1}
	for _, n := range []int64{v.Frames / 2, v.Frames - 1} {
		now := v.listSites(pic, max(n, 0))[pane]
		sx, sy := first.sx/now.sx, first.sy/now.sy
		area[0] = math.Max(area[0], (x0-now.dx)*sx+first.dx)
		area[1] = math.Max(area[1], (y0-now.dy)*sy+first.dy)
		area[2] = math.Min(area[2], (x1-now.dx)*sx+first.dx)
		area[3] = math.Min(area[3], (y1-now.dy)*sy+first.dy)
	}
	return area
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
