package picture

import (
	"encoding/binary"
	"math"
	"strings"

	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
)

// Constants of how far pictures move.
const (
	// slight and strong are scale factors of a moving picture; at 1 it just fills the frame.
	slight, strong = 1.10, 1.25
	// panSpeed is the speed of a pan without strong, in frame widths per second.
	panSpeed = 0.011
	// longest is the maximum length that a strong pan shows of a panorama, in frame widths or heights.
	longest = 24
	// finer is the factor by which the source is enlarged beyond the largest size shown, so that
	// interpolation between its pixels is invisible. largest is the maximum size of the enlarged source,
	// in bytes.
	finer   = 1.5
	largest = 48 << 20
)

// Move is the motion of an image while it is shown. Edge is the side or corner that it moves towards
// ("left", "top-left", …), or "".
type Move struct {
	Motion frame.Motion
	Edge   string
	Strong bool
}

// move is a path of the view over a picture at constant speed. Lengths are in pixels of the frame.
type move struct {
	frameW, frameH float64
	// contentW and contentH are the size of the whole picture at the scale at which it just fills the
	// frame.
	contentW, contentH float64
	// zoom is the scale of the picture; at 1 it just fills the frame.
	zoom course
	// x and y are the position of the frame within the range that the picture leaves it, from 0 to 1. dx
	// and dy are an offset from there, in pixels.
	x, y, dx, dy course
	frames       int64
}

// course is a number that changes evenly between two values.
type course struct{ from, to float64 }

// computeValue returns the value at time t, from 0 to 1.
func (c course) computeValue(t float64) float64 { return c.from + (c.to-c.from)*t }

func (c course) reverse() course { return course{c.to, c.from} }

// newMove returns the path of a view over a still that is shown for a number of frames.
func newMove(s Still, m Move, frames int64, pic ffmpeg.Picture) move {
	out := move{frameW: float64(pic.Width), frameH: float64(pic.Height), frames: frames}
	out.contentW, out.contentH = out.frameW, out.frameH
	if s.Fit == frame.Cover || s.Fit == "" {
		w, h := s.Asset.Source.ComputeUprightSize()
		scale := math.Max(out.frameW/float64(w), out.frameH/float64(h))
		out.contentW = math.Min(float64(w)*scale, longest*out.frameW)
		out.contentH = math.Min(float64(h)*scale, longest*out.frameH)
	}
	near := slight
	if m.Strong {
		near = strong
	}
	out.zoom.from, out.zoom.to = near, near
	if m.Motion != frame.Pan {
		out.zoom.from = 1
	}
	switch {
	case m.Motion == frame.Zoom || m.Motion == frame.ZoomOut:
		out.x.from, out.y.from = out.computeShares(s.Placing, 1)
		out.x.to, out.y.to = out.computeShares(s.Placing, near)
	case m.Strong:
		x, y := out.findPanDirection(m.Edge)
		out.x.from, out.x.to = (1-x)/2, (1+x)/2
		out.y.from, out.y.to = (1-y)/2, (1+y)/2
		out.keepFocusDuringPan(s.Focus, x != 0, y != 0)
	default:
		out.setDrift(m, float64(frames*pic.FPS.Den)/float64(pic.FPS.Num), near)
		out.aimDriftAtFocus(s.Focus, near, m.Edge == "")
	}
	if m.Motion == frame.ZoomOut || m.Motion == frame.PanZoomOut {
		out.zoom, out.x, out.y = out.zoom.reverse(), out.x.reverse(), out.y.reverse()
		out.dx, out.dy = out.dx.reverse(), out.dy.reverse()
	}
	return out
}

// setDrift sets a path from the centre towards an edge, limited by the size of the picture. seconds is
// the duration.
func (m *move) setDrift(way Move, seconds, zoom float64) {
	m.x.from, m.x.to, m.y.from, m.y.to = 0.5, 0.5, 0.5, 0.5
	x, y := m.findPanDirection(way.Edge)
	d := panSpeed * m.frameW * seconds
	if x != 0 && y != 0 {
		d /= math.Sqrt2
	}
	m.dx.to = x * math.Min(d, (m.contentW*zoom-m.frameW)/2)
	m.dy.to = y * math.Min(d, (m.contentH*zoom-m.frameH)/2)
}

// findPanDirection returns the direction of a pan as -1, 0 or 1 on each axis: towards edge. Without an edge
// it is right, or down if only the picture's height exceeds the frame.
func (m *move) findPanDirection(edge string) (x, y float64) {
	for word := range strings.SplitSeq(edge, "-") {
		switch word {
		case "left":
			x = -1
		case "right":
			x = 1
		case "top":
			y = -1
		case "bottom":
			y = 1
		}
	}
	const pixel = 1
	switch {
	case x != 0 || y != 0:
		return x, y
	case m.contentW < m.frameW+pixel && m.contentH >= m.frameH+pixel:
		return 0, 1
	}
	return 1, 0
}

// findLargestScale returns the largest scale of the picture.
func (m move) findLargestScale() float64 { return math.Max(m.zoom.from, m.zoom.to) }

// computeViewAt returns the part of the picture that frame k shows: its top left corner and its size, as shares
// of the picture's size.
func (m move) computeViewAt(k int64) (x, y, w, h float64) {
	t := 0.0
	if m.frames > 1 {
		t = float64(k) / float64(m.frames-1)
	}
	zoom := m.zoom.computeValue(t)
	w, h = m.frameW/(m.contentW*zoom), m.frameH/(m.contentH*zoom)
	x = m.x.computeValue(t)*(1-w) + m.dx.computeValue(t)/(m.contentW*zoom)
	y = m.y.computeValue(t)*(1-h) + m.dy.computeValue(t)/(m.contentH*zoom)
	return x, y, w, h
}

// newSourceInput returns the parameters for reading the source picture, and the size in pixels to which it is
// scaled.
func (m move) newSourceInput(s Still) (in ffmpeg.StillInput, w, h int) {
	even := func(v float64) int { return max(int(math.Round(v/2))*2, 2) }
	w, h = even(m.contentW*m.findLargestScale()), even(m.contentH*m.findLargestScale())
	sw, sh := s.Asset.Source.ComputeUprightSize()
	in = ffmpeg.StillInput{
		Input: s.Asset.Input, Source: s.Asset.Source, Canvas: s.Canvas,
		Placement: ffmpeg.PlaceSource(sw, sh, w, h, s.Placing),
	}
	scale := float64(w) / m.contentW
	if fw, fh := even(float64(w)*finer), even(float64(h)*finer); fw*fh*3/2 <= largest {
		in.EnlargeW, in.EnlargeH = fw, fh
		scale *= finer
		w, h = fw, fh
	}
	// Filters of backdrops apply to the whole picture here, because a moving picture has no fixed position
	// in the frame.
	for _, b := range s.Backdrops {
		var all []ffmpeg.Effect
		for _, e := range b.Effects {
			if e.Name == "blur" {
				e.Value *= scale
			}
			all = append(all, e)
		}
		in.Backdrops = append(in.Backdrops, ffmpeg.Backdrop{Effects: all})
	}
	return in, w, h
}

// newMappingAtFrame returns the mapping from the upright source picture to frame k.
func (m move) newMappingAtFrame(s Still, k int64) mapping {
	x, y, w, h := m.computeViewAt(k)
	sw, sh := s.Asset.Source.ComputeUprightSize()
	// Map to the picture as it just fills the frame, and from there to the view.
	base := newMapping(ffmpeg.PlaceSource(sw, sh, int(m.frameW), int(m.frameH), s.Placing))
	if s.Fit == frame.Cover || s.Fit == "" {
		base = mapping{sx: m.contentW / float64(sw), sy: m.contentH / float64(sh)}
	}
	zx, zy := m.frameW/(w*m.contentW), m.frameH/(h*m.contentH)
	return mapping{
		sx: base.sx * zx, sy: base.sy * zy,
		dx: (base.dx - x*m.contentW) * zx, dy: (base.dy - y*m.contentH) * zy,
	}
}

// planes is a raw 4:2:0 picture, or one of its planes.
type planes struct {
	pix  []byte
	w, h int
}

// sampler draws frames of a moving view. It is not safe for concurrent use.
type sampler struct {
	src  planes
	w, h int
	// places are the positions in a source row of the pixels of a row, in 1/256 pixels.
	places []uint32
	line   []byte
}

func newSampler(src planes, w, h int) *sampler {
	return &sampler{src: src, w: w, h: h, places: make([]uint32, w), line: make([]byte, src.w+8)}
}

// drawSourceArea draws into frame the part of the source at (x, y) with size vw x vh, as shares of the source's
// size. Chroma samples are at the left luma sample of two, between two rows (ITU-T H.264 annex E,
// chroma_sample_loc_type 0).
func (s *sampler) drawSourceArea(frame []byte, x, y, vw, vh float64) {
	n, m := s.w*s.h, s.src.w*s.src.h
	sw, sh := float64(s.src.w), float64(s.src.h)
	stepX, stepY := vw*sw/float64(s.w), vh*sh/float64(s.h)
	s.drawPlane(planes{frame[:n], s.w, s.h}, planes{s.src.pix[:m], s.src.w, s.src.h},
		line{x*sw + 0.5*stepX - 0.5, stepX}, line{y*sh + 0.5*stepY - 0.5, stepY})
	cx := line{(x*sw + 0.5*stepX - 0.5) / 2, stepX}
	cy := line{(y*sh + stepY - 1) / 2, stepY}
	for _, at := range [][2]int{{n, m}, {n * 5 / 4, m * 5 / 4}} {
		s.drawPlane(planes{frame[at[0]:][:n/4], s.w / 2, s.h / 2}, planes{s.src.pix[at[1]:][:m/4], s.src.w / 2, s.src.h / 2}, cx, cy)
	}
}

// line maps pixel i of a row or column to the position start + i*step in the source.
type line struct{ start, step float64 }

// computeSourcePosition returns the position in the source of a pixel, in 1/256 pixels. sourcePixels is the source's
// number of pixels.
func (l line) computeSourcePosition(pixel, sourcePixels int) uint32 {
	return uint32(math.Min(math.Max(l.start+float64(pixel)*l.step, 0), float64(sourcePixels-1))*256 + 0.5)
}

// drawPlane draws one plane with bilinear interpolation.
func (s *sampler) drawPlane(dst, src planes, lx, ly line) {
	places := s.places[:dst.w]
	for i := range places {
		places[i] = lx.computeSourcePosition(i, src.w)
	}
	first, last := int(places[0]>>8), min(int(places[dst.w-1]>>8)+2, src.w)
	row := s.line[:src.w+1]
	for y := range dst.h {
		at := ly.computeSourcePosition(y, src.h)
		above := int(at>>8) * src.w
		below := min(above+src.w, (src.h-1)*src.w)
		interpolate(row[first:last], src.pix[above+first:above+last], src.pix[below+first:below+last], uint64(at&255))
		out := dst.pix[y*dst.w:][:dst.w]
		for i, at := range places {
			k := at >> 8
			p, q := uint32(row[k]), uint32(row[k+1])
			out[i] = byte((p<<8 + (q-p)*(at&255) + 128) >> 8) // (q-p)*f may be negative; unsigned overflow cancels out
		}
	}
}

// interpolate sets dst to a mixed with f/256 of b. It processes eight bytes at a time: a product of a byte
// and a number up to 256 fits into 16 bits.
func interpolate(dst, a, b []byte, f uint64) {
	const even, half = 0x00ff00ff00ff00ff, 0x0080008000800080
	g := 256 - f
	n := len(dst)
	a, b = a[:n], b[:n]
	i := 0
	for ; i+8 <= n; i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		low := ((x&even)*g + (y&even)*f + half) >> 8 & even
		high := (x>>8&even)*g + (y>>8&even)*f + half
		binary.LittleEndian.PutUint64(dst[i:], low|high&^uint64(even))
	}
	for ; i < n; i++ {
		dst[i] = byte((uint64(a[i])*g + uint64(b[i])*f + 128) >> 8)
	}
}
