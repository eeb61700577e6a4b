package picture

import (
	"math"

	"mynah/internal/frame"
)

// computeShares returns the position of the frame within the range that a picture leaves it at a scale, for a
// movement that does not pan.
func (m *move) computeShares(p frame.Placing, zoom float64) (x, y float64) {
	return p.ComputeCropShares(m.frameW/(m.contentW*zoom), m.frameH/(m.contentH*zoom))
}

// focusMargin is the minimum distance of the focus from the frame's edge during a pan, as a share of the frame.
const focusMargin = 0.1

// keepFocusDuringPan limits a pan from edge to edge to the range in which the focus is visible. pansX and pansY are
// the axes of the pan; on the other axis, the focus is as near as possible to the middle.
func (m *move) keepFocusDuringPan(focus frame.Focus, pansX, pansY bool) {
	if !focus.Set {
		return
	}
	limit := func(c *course, pans bool, at, frame, content float64) {
		narrow := func(share, zoom float64) float64 {
			seen := frame / (content * zoom)
			if seen >= 1 {
				return share
			}
			low, high := (at-seen*(1-focusMargin))/(1-seen), (at-seen*focusMargin)/(1-seen)
			if !pans {
				low, high = (at-seen/2)/(1-seen), (at-seen/2)/(1-seen)
			}
			return math.Min(math.Max(math.Min(math.Max(share, low), high), 0), 1)
		}
		c.from, c.to = narrow(c.from, m.zoom.from), narrow(c.to, m.zoom.to)
	}
	limit(&m.x, pansX, focus.X, m.frameW, m.contentW)
	limit(&m.y, pansY, focus.Y, m.frameH, m.contentH)
}

// aimDriftAtFocus changes a drift that begins in the middle of the picture so that it begins at the focus, and ends
// where the focus is still visible. zoom is the scale at the end. If anyWay is set, the drift may turn round to where
// there is more room.
func (m *move) aimDriftAtFocus(focus frame.Focus, zoom float64, anyWay bool) {
	if !focus.Set {
		return
	}
	aim := func(c, d *course, at, frame, content float64) {
		size := content * zoom
		share := frameShare(at, frame/size)
		c.from, c.to = frameShare(at, frame/(content*m.zoom.from)), share
		before, after := (size-frame)*share, (size-frame)*(1-share)
		if anyWay && d.to > after && before > after {
			d.to = -d.to
		}
		inFrame := at*size - before // position of the focus in the frame, in pixels
		back, ahead := math.Max(frame*(1-focusMargin)-inFrame, 0), math.Max(inFrame-frame*focusMargin, 0)
		d.to = math.Min(math.Max(d.to, -math.Min(before, back)), math.Min(after, ahead))
	}
	aim(&m.x, &m.dx, focus.X, m.frameW, m.contentW)
	aim(&m.y, &m.dy, focus.Y, m.frameH, m.contentH)
}

// frameShare returns the position of a frame that shows the share seen of a picture, with the point at as near as
// possible to its middle.
func frameShare(at, seen float64) float64 {
	x, _ := frame.Placing{Focus: frame.Focus{Set: true, X: at}}.ComputeCropShares(seen, 1)
	return x
}
