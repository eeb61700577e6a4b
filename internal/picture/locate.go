package picture

import (
	"math"

	"mynah/internal/ffmpeg"
)

// mapAt returns the mapping from the upright source picture of a view to its frame n.
func (v *View) mapAt(pic ffmpeg.Picture, n int64) mapping {
	switch {
	case len(v.Panes) > 0:
		return v.Panes[0].mapAt(pic, n)
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
	m := v.mapAt(pic, n)
	c.X0, c.X1, c.Y0, c.Y1 = c.X0*m.sx+m.dx, c.X1*m.sx+m.dx, c.Y0*m.sy+m.dy, c.Y1*m.sy+m.dy
	c.OfImage = false
	return c
}

// FindSafeArea returns the left, top, right and bottom edge of the part of the first frame of a view that stays visible
// while its picture moves, in pixels.
func (v *View) FindSafeArea(pic ffmpeg.Picture) [4]float64 {
	first := v.mapAt(pic, 0)
	area := [4]float64{0, 0, float64(pic.Width), float64(pic.Height)}
	for _, n := range []int64{v.Frames / 2, v.Frames - 1} {
		now := v.mapAt(pic, max(n, 0))
		sx, sy := first.sx/now.sx, first.sy/now.sy
		area[0], area[1] = math.Max(area[0], first.dx-now.dx*sx), math.Max(area[1], first.dy-now.dy*sy)
		area[2] = math.Min(area[2], (float64(pic.Width)-now.dx)*sx+first.dx)
		area[3] = math.Min(area[3], (float64(pic.Height)-now.dy)*sy+first.dy)
	}
	return area
}

// LocateIn returns a callout in pixels of a picture as one in pixels of the frame in which the picture is placed.
func (c Callout) LocateIn(p ffmpeg.Placement) Callout {
	m := newMapping(p)
	c.X0, c.X1, c.Y0, c.Y1 = c.X0*m.sx+m.dx, c.X1*m.sx+m.dx, c.Y0*m.sy+m.dy, c.Y1*m.sy+m.dy
	c.OfImage = false
	return c
}
