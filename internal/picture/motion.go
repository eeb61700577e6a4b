package picture

import (
	"encoding/binary"
	"math"
	"strings"

	"mynah/internal/ffmpeg"
	"mynah/internal/script"
)

// How far a picture moves.
const (
	// closest is how large a zoom makes the picture, roomy how large a pan without room
	// to move.
	closest = 1.25
	roomy   = 1.2
	// least is how much of the frame's length a pan needs for its way.
	least = 0.12
	// longest is the most frames' lengths of a panorama that a pan shows.
	longest = 24
	// finer is how much larger than it is ever seen the source is held, so that the
	// weights between pixels do not show; largest bounds that, in bytes.
	finer   = 1.5
	largest = 48 << 20
)

// move is a way over a picture. Lengths are in pixels of the frame.
type move struct {
	motion         script.Motion
	frameW, frameH float64
	// contentW and contentH are the size of the whole picture where it just fills the
	// frame; base is how much larger it is at all times.
	contentW, contentH, base float64
	// fromX and toX are where the frame lies in the room that there is, 0 to 1.
	fromX, toX, fromY, toY float64
	frames                 int64
}

// newMove plans a way over an upright source of w x h pixels.
func newMove(s Still, m script.Motion, edge string, frames int64, pic ffmpeg.Picture) move {
	out := move{motion: m, frameW: float64(pic.Width), frameH: float64(pic.Height), base: 1, frames: frames}
	out.contentW, out.contentH = out.frameW, out.frameH
	if s.Fit == script.Cover || s.Fit == "" {
		w, h := s.Asset.Source.Upright()
		scale := math.Max(out.frameW/float64(w), out.frameH/float64(h))
		out.contentW = math.Min(float64(w)*scale, longest*out.frameW)
		out.contentH = math.Min(float64(h)*scale, longest*out.frameH)
	}
	out.fromX, out.fromY = share(s.Position.X), share(s.Position.Y)
	if m == script.Zoom || m == script.ZoomOut {
		out.toX, out.toY = out.fromX, out.fromY
		return out
	}
	alongX, alongY := out.contentW >= out.frameW*(1+least), out.contentH >= out.frameH*(1+least)
	out.fromX, out.toX, out.fromY, out.toY = way(edge, alongY && !alongX)
	roomX, roomY := out.contentW-out.frameW, out.contentH-out.frameH
	if m == script.Pan && (out.fromX == out.toX || roomX < least*out.frameW) && (out.fromY == out.toY || roomY < least*out.frameH) {
		out.base = roomy
	}
	return out
}

func share(a script.Align) float64 {
	switch a {
	case script.AlignStart:
		return 0
	case script.AlignEnd:
		return 1
	default:
		return 0.5
	}
}

// way says from where to where a pan goes: towards its edge, else along the longer side.
func way(edge string, vertical bool) (fromX, toX, fromY, toY float64) {
	fromX, toX, fromY, toY = 0.5, 0.5, 0.5, 0.5
	for word := range strings.SplitSeq(edge, "-") {
		switch word {
		case "left":
			fromX, toX = 1, 0
		case "right":
			fromX, toX = 0, 1
		case "top":
			fromY, toY = 1, 0
		case "bottom":
			fromY, toY = 0, 1
		}
	}
	if fromX == toX && fromY == toY {
		if vertical {
			return 0.5, 0.5, 0, 1
		}
		return 0, 1, 0.5, 0.5
	}
	return fromX, toX, fromY, toY
}

// zoomAt is how large the picture is at a part of the way, 0 to 1.
func (m move) zoomAt(t float64) float64 {
	switch m.motion {
	case script.Zoom, script.PanZoom:
		return math.Pow(closest, t)
	case script.ZoomOut, script.PanZoomOut:
		return math.Pow(closest, 1-t)
	default:
		return m.base
	}
}

// most is how large the picture ever is.
func (m move) most() float64 { return math.Max(math.Max(m.zoomAt(0), m.zoomAt(1)), 1) }

// view gives the part of the content that frame k shows, for a content of size 1: its
// top left corner and its size.
func (m move) view(k int64) (x, y, w, h float64) {
	t := 0.0
	if m.frames > 1 {
		t = float64(k) / float64(m.frames-1)
	}
	t = (1 - math.Cos(math.Pi*t)) / 2 // sets out and arrives gently
	zoom := m.zoomAt(t)
	w, h = m.frameW/(m.contentW*zoom), m.frameH/(m.contentH*zoom)
	x = (m.fromX + (m.toX-m.fromX)*t) * (1 - w)
	y = (m.fromY + (m.toY-m.fromY)*t) * (1 - h)
	return x, y, w, h
}

// input says how to read the content, and the size it is held in.
func (m move) input(s Still) (in ffmpeg.StillInput, w, h int) {
	even := func(v float64) int { return max(int(math.Round(v/2))*2, 2) }
	w, h = even(m.contentW*m.most()), even(m.contentH*m.most())
	sw, sh := s.Asset.Source.Upright()
	in = ffmpeg.StillInput{
		Input: s.Asset.Input, Source: s.Asset.Source, Canvas: s.Canvas,
		Placement: ffmpeg.Place(sw, sh, w, h, s.Fit, s.Position),
	}
	scale := float64(w) / m.contentW
	if fw, fh := even(float64(w)*finer), even(float64(h)*finer); fw*fh*3/2 <= largest {
		in.EnlargeW, in.EnlargeH = fw, fh
		scale *= finer
		w, h = fw, fh
	}
	// A backdrop is that of all the picture here: what moves has no place in the frame.
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

// mapping brings points of the upright source into frame k.
func (m move) mapping(s Still, k int64) mapping {
	x, y, w, h := m.view(k)
	sw, sh := s.Asset.Source.Upright()
	// First into the content as it just fills the frame, then into the view.
	base := placed(ffmpeg.Place(sw, sh, int(m.frameW), int(m.frameH), s.Fit, s.Position))
	if s.Fit == script.Cover || s.Fit == "" {
		base = mapping{sx: m.contentW / float64(sw), sy: m.contentH / float64(sh)}
	}
	zx, zy := m.frameW/(w*m.contentW), m.frameH/(h*m.contentH)
	return mapping{
		sx: base.sx * zx, sy: base.sy * zy,
		dx: (base.dx - x*m.contentW) * zx, dy: (base.dy - y*m.contentH) * zy,
	}
}

// planes is a picture of 4:2:0, or one of its planes.
type planes struct {
	pix  []byte
	w, h int
}

// sampler draws frames of a moving view. It is for one goroutine.
type sampler struct {
	src  planes
	w, h int
	// places are where the pixels of a row lie in the source's row, in 256ths.
	places []uint32
	line   []byte
}

func newSampler(src planes, w, h int) *sampler {
	return &sampler{src: src, w: w, h: h, places: make([]uint32, w), line: make([]byte, src.w+8)}
}

// draw fills frame with the part of the source from (x, y) of size vw x vh, all for a
// source of size 1. Chroma lies as in the film: on the left luma sample of two, between
// two rows (ITU-T H.264 annex E, chroma_sample_loc_type 0).
func (s *sampler) draw(frame []byte, x, y, vw, vh float64) {
	n, m := s.w*s.h, s.src.w*s.src.h
	sw, sh := float64(s.src.w), float64(s.src.h)
	stepX, stepY := vw*sw/float64(s.w), vh*sh/float64(s.h)
	s.plane(planes{frame[:n], s.w, s.h}, planes{s.src.pix[:m], s.src.w, s.src.h},
		line{x*sw + 0.5*stepX - 0.5, stepX}, line{y*sh + 0.5*stepY - 0.5, stepY})
	cx := line{(x*sw + 0.5*stepX - 0.5) / 2, stepX}
	cy := line{(y*sh + stepY - 1) / 2, stepY}
	for _, at := range [][2]int{{n, m}, {n * 5 / 4, m * 5 / 4}} {
		s.plane(planes{frame[at[0]:][:n/4], s.w / 2, s.h / 2}, planes{s.src.pix[at[1]:][:m/4], s.src.w / 2, s.src.h / 2}, cx, cy)
	}
}

// line gives the place in the source of pixel i: start + i*step.
type line struct{ start, step float64 }

// at gives the place of pixel i among n pixels, in 256ths.
func (l line) at(i, n int) uint32 {
	return uint32(math.Min(math.Max(l.start+float64(i)*l.step, 0), float64(n-1))*256 + 0.5)
}

// plane draws one plane.
func (s *sampler) plane(dst, src planes, lx, ly line) {
	places := s.places[:dst.w]
	for i := range places {
		places[i] = lx.at(i, src.w)
	}
	first, last := int(places[0]>>8), min(int(places[dst.w-1]>>8)+2, src.w)
	row := s.line[:src.w+1]
	for y := range dst.h {
		at := ly.at(y, src.h)
		above := int(at>>8) * src.w
		below := min(above+src.w, (src.h-1)*src.w)
		lerp(row[first:last], src.pix[above+first:above+last], src.pix[below+first:below+last], uint64(at&255))
		out := dst.pix[y*dst.w:][:dst.w]
		for i, at := range places {
			k := at >> 8
			p, q := uint32(row[k]), uint32(row[k+1])
			out[i] = byte((p<<8 + (q-p)*(at&255) + 128) >> 8) // (q-p)*f may be below 0, and wraps
		}
	}
}

// lerp mixes b into a by f 256ths, eight bytes at a time: products of a byte and up to
// 256 fit lanes of 16 bits.
func lerp(dst, a, b []byte, f uint64) {
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
