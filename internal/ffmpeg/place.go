package ffmpeg

import (
	"fmt"
	"math"
	"strings"

	"mynah/internal/frame"
)

// Placement describes how a source picture is placed in the frame. All lengths are in pixels. Those of the
// source refer to its upright form with square pixels.
type Placement struct {
	// CropX, CropY, CropW and CropH are the part of the source that is used.
	CropX, CropY, CropW, CropH int
	// ScaledW and ScaledH are the size to which that part is scaled.
	ScaledW, ScaledH int
	// OffsetX and OffsetY are the position of its top left corner in the frame: 0 or negative if it is cropped,
	// 0 or positive if it is padded.
	OffsetX, OffsetY int
	// FrameW and FrameH are the frame's size.
	FrameW, FrameH int
	// Blurred: a blurred, darkened copy of the picture fills the part of the frame that the picture leaves empty.
	Blurred bool
}

// IsPadded reports whether the picture leaves a part of the frame empty.
func (p Placement) IsPadded() bool {
	return p.OffsetX > 0 || p.OffsetY > 0 || p.OffsetX+p.ScaledW < p.FrameW || p.OffsetY+p.ScaledH < p.FrameH
}

// PlaceSource returns the placement of a source of w x h pixels in a frame.
func PlaceSource(w, h, frameW, frameH int, how frame.Placing) Placement {
	p := Placement{CropW: w, CropH: h, FrameW: frameW, FrameH: frameH}
	at := how.Position
	switch how.Fit {
	case frame.Stretch:
		p.ScaledW, p.ScaledH = frameW, frameH
	case frame.Contain, frame.Blur:
		p.Blurred = how.Fit == frame.Blur
		s := math.Min(float64(frameW)/float64(w), float64(frameH)/float64(h))
		p.ScaledW = clamp(int(math.Round(float64(w)*s)), 1, frameW)
		p.ScaledH = clamp(int(math.Round(float64(h)*s)), 1, frameH)
		p.OffsetX = computeAlignOffset(frameW-p.ScaledW, at.X)
		p.OffsetY = computeAlignOffset(frameH-p.ScaledH, at.Y)
	default:
		s := math.Max(float64(frameW)/float64(w), float64(frameH)/float64(h))
		shareX, shareY := how.ComputeCropShares(float64(frameW)/(s*float64(w)), float64(frameH)/(s*float64(h)))
		p.CropX, p.CropW, p.ScaledW, p.OffsetX = placeCoveringAxis(w, frameW, s, shareX)
		p.CropY, p.CropH, p.ScaledH, p.OffsetY = placeCoveringAxis(h, frameH, s, shareY)
	}
	return p
}

// placeCoveringAxis places one axis of a source that, scaled by s, is at least as long as the frame. It crops to the
// visible pixels before scaling, so that a panorama takes no more time than its visible part. share is the part of
// the invisible pixels that is before the frame, from 0 to 1.
func placeCoveringAxis(n, room int, s, share float64) (crop, length, scaled, offset int) {
	seen := float64(room) / s
	from := math.Max(float64(n)-seen, 0) * share
	crop = clamp(int(math.Floor(from+1e-9)), 0, n-1)
	end := clamp(int(math.Ceil(from+seen-1e-9)), crop+1, n)
	length = end - crop
	scaled = max(int(math.Round(float64(length)*s)), room)
	offset = -clamp(int(math.Round((from-float64(crop))*s)), 0, scaled-room)
	return crop, length, scaled, offset
}

// computeAlignOffset returns the offset of a picture in a frame that is longer by free pixels: 0 at the start,
// free at the end, otherwise half of it.
func computeAlignOffset(free int, at frame.Align) int {
	switch at {
	case frame.AlignStart:
		return 0
	case frame.AlignEnd:
		return free
	default:
		return free / 2
	}
}

// clamp limits v to the range low to high.
func clamp(v, low, high int) int { return max(low, min(v, high)) }

// Source describes a picture or clip for the filters.
type Source struct {
	// Width and Height are the stored size, before rotation and with the source's pixel shape.
	Width, Height int
	// Turn is an EXIF orientation, 1 to 8.
	Turn int
	// PixelW / PixelH is the aspect ratio of a pixel.
	PixelW, PixelH int
	Alpha          bool
	Coding
	// Colours names the conversion from the source's to the video's colours. Table is the path of its files
	// without their endings (.csp, .cube). Both are empty if the colours are the same.
	Colours string
	Table   string `json:"-"`
}

// Coding describes the pixel format of a source.
type Coding struct {
	// Matrix is the colour matrix as the scale filter names it ("bt601", "bt709", "bt2020"), or "rgb".
	Matrix string
	// FullRange: luma uses all 256 values.
	FullRange bool
	// Primaries and Transfer are code points of ITU-T H.273; 0 if not stated.
	Primaries, Transfer int
	// Plain: the pixels are already 8-bit 4:2:0.
	Plain bool
}

// ComputeUprightSize returns the size of the source after rotation, in square pixels.
func (s Source) ComputeUprightSize() (w, h int) {
	w, h = s.Width, s.Height
	if s.PixelW > 0 && s.PixelH > 0 && s.PixelW != s.PixelH {
		if s.PixelW > s.PixelH {
			w = max(int(math.Round(float64(w)*float64(s.PixelW)/float64(s.PixelH))), 1)
		} else {
			h = max(int(math.Round(float64(h)*float64(s.PixelH)/float64(s.PixelW))), 1)
		}
	}
	if s.Turn >= 5 {
		w, h = h, w
	}
	return w, h
}

// listTurnFilters returns the filters that convert an EXIF orientation to upright.
func listTurnFilters(turn int) []string {
	switch turn {
	case 2:
		return []string{"hflip"}
	case 3:
		return []string{"hflip", "vflip"}
	case 4:
		return []string{"vflip"}
	case 5:
		return []string{"transpose=cclock_flip"}
	case 6:
		return []string{"transpose=clock"}
	case 7:
		return []string{"transpose=clock_flip"}
	case 8:
		return []string{"transpose=cclock"}
	default:
		return nil
	}
}

const (
	// stillScaling is exact and keeps chroma at full resolution until the last step.
	stillScaling = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp"
	// movingScaling is faster, for the frames of clips.
	movingScaling = "flags=bicubic"
	// toFilm ends every chain: limited-range BT.709 in 4:2:0. Otherwise, xfade and overlay would output other
	// pixel formats and the encoder would write a different SPS.
	toFilm = "out_color_matrix=bt709:out_range=tv"
)

// pace describes how a moving source is converted to the video's frame rate. The zero value is for stills.
type pace struct {
	rate string // the video's frame rate
	// last repeats and drops pictures after all other filters, so that repeated pictures are scaled only once.
	last bool
}

// formatSourceChain returns the filter chain from a source, label in, to the video's frame, label out. Inner labels are
// derived from out.
func formatSourceChain(in, out string, s Source, p Placement, canvas frame.Color, moving pace) string {
	var f []string
	rate := moving.rate
	fps := "fps=" + rate + ":start_time=0:round=near"
	last := moving.last && !s.Alpha // a canvas already has the video's rate
	if rate != "" && !last {
		f = append(f, fps)
	}
	f = append(f, listTurnFilters(s.Turn)...)
	w, h := s.ComputeUprightSize()
	scaling := stillScaling
	if rate != "" {
		scaling = movingScaling
	}
	if s.PixelW != s.PixelH && (s.Alpha || p.CropW != w || p.CropH != h) {
		// Make the pixels square first, because the crop is in square pixels.
		f = append(f, fmt.Sprintf("scale=%d:%d:%s", w, h, scaling))
	}
	if p.CropW != w || p.CropH != h {
		f = append(f, fmt.Sprintf("crop=%d:%d:%d:%d:exact=1", p.CropW, p.CropH, p.CropX, p.CropY))
	}
	from := "in_range=tv"
	if s.FullRange {
		from = "in_range=pc"
	}
	if s.Matrix != "rgb" && s.Matrix != "" {
		from += ":in_color_matrix=" + s.Matrix
	}
	head := ""
	if s.Alpha {
		// Blend with the canvas before scaling; otherwise, the invisible colour of transparent pixels would be
		// visible at edges.
		if rate == "" {
			rate = "25"
		}
		f = append(append(f, s.listColourFilters("gbrap")...), "setsar=1")
		head = fmt.Sprintf("[%s]%s[a%s];color=c=%s:s=%dx%d:r=%s,format=gbrp,setsar=1[c%s];"+
			"[c%s][a%s]overlay=format=gbrp:shortest=1[o%s];",
			in, strings.Join(f, ","), out, formatColor(canvas), p.CropW, p.CropH, rate, out, out, out, out)
		in, f, from, s.Plain, s.Table = "o"+out, nil, "in_range=pc", false, ""
	}
	tail := ""
	switch {
	case p.IsPadded() && p.Blurred:
		f = append(append(f, fmt.Sprintf("scale=%d:%d:%s:%s", p.ScaledW, p.ScaledH, from, scaling)),
			s.listColourFilters("gbrp")...)
		tail = "[p" + out + "];" + p.formatBlurredGroundGraph("p"+out, "q"+out, scaling) + ";[q" + out + "]"
		f, tail = append(f, "setsar=1"), tail+"scale="+toFilm+":"+scaling+","
	case p.IsPadded():
		f = append(f,
			fmt.Sprintf("scale=%d:%d:%s:%s", p.ScaledW, p.ScaledH, from, scaling))
		f = append(append(f, s.listColourFilters("gbrp")...),
			fmt.Sprintf("pad=%d:%d:%d:%d:color=%s", p.FrameW, p.FrameH, p.OffsetX, p.OffsetY, formatColor(canvas)),
			"scale="+toFilm+":"+scaling)
	case s.Table == "" && s.Plain && s.Matrix == "bt709" && !s.FullRange && s.Turn <= 1 &&
		s.Width == p.FrameW && s.Height == p.FrameH && p.ScaledW == p.FrameW && p.ScaledH == p.FrameH:
		// The clip already has the video's form.
	default:
		if s.Table != "" {
			f = append(f, fmt.Sprintf("scale=%d:%d:%s:%s", p.ScaledW, p.ScaledH, from, scaling))
			f = append(f, s.listColourFilters("gbrp")...)
			from = "in_range=pc"
		}
		f = append(f, fmt.Sprintf("scale=%d:%d:%s:%s:%s", p.ScaledW, p.ScaledH, from, toFilm, scaling))
		if p.ScaledW != p.FrameW || p.ScaledH != p.FrameH {
			f = append(f, "format=yuv444p",
				fmt.Sprintf("crop=%d:%d:%d:%d:exact=1", p.FrameW, p.FrameH, -p.OffsetX, -p.OffsetY))
		}
	}
	end := []string{"format=yuv420p", "setsar=1"}
	if last {
		end = append(end, fps)
	}
	if tail != "" {
		return fmt.Sprintf("%s[%s]%s%s%s[%s]", head, in, strings.Join(f, ","), tail, strings.Join(end, ","), out)
	}
	return fmt.Sprintf("%s[%s]%s[%s]", head, in, strings.Join(append(f, end...), ","), out)
}

// Constants of the blurred copy of a picture behind it.
const (
	groundBrightness = 0.55
	// groundSigma is the standard deviation of the blur, as a share of the frame's shorter side.
	groundSigma = 0.05
	// groundShrink is the factor by which the copy is reduced before it is blurred, which takes less time and
	// looks the same.
	groundShrink = 8
)

// formatBlurredGroundGraph returns the filter graph that places a scaled picture, label in, on a blurred, darkened
// copy of itself that covers the frame, label out. Both are RGB.
func (p Placement) formatBlurredGroundGraph(in, out, scaling string) string {
	w, h := max(p.FrameW/groundShrink, 2), max(p.FrameH/groundShrink, 2)
	scale := math.Max(float64(p.FrameW)/float64(p.ScaledW), float64(p.FrameH)/float64(p.ScaledH))
	cropW := clamp(int(math.Round(float64(p.FrameW)/scale)), 1, p.ScaledW)
	cropH := clamp(int(math.Round(float64(p.FrameH)/scale)), 1, p.ScaledH)
	sigma := groundSigma * float64(min(p.FrameW, p.FrameH)) / groundShrink
	dark := fmt.Sprintf("val*%.3f", groundBrightness)
	return fmt.Sprintf("[%s]split[%sa][%sb];[%sb]crop=%d:%d:%d:%d:exact=1,scale=%d:%d:flags=area,"+
		"gblur=sigma=%.4f:steps=3,lutrgb=r='%s':g='%s':b='%s',scale=%d:%d:%s,setsar=1,format=gbrp[%sc];"+
		"[%sc][%sa]overlay=%d:%d:format=gbrp:shortest=1[%s]",
		in, in, in, in, cropW, cropH, (p.ScaledW-cropW)/2, (p.ScaledH-cropH)/2, w, h,
		sigma, dark, dark, dark, p.FrameW, p.FrameH, scaling, in, in, in, p.OffsetX, p.OffsetY, out)
}

// listColourFilters returns the filters that convert a source's colours to the video's, in an 8-bit RGB format.
// Intermediate values have 16 bits, because linear light needs them.
func (s Source) listColourFilters(format string) []string {
	if s.Table == "" {
		return []string{"format=" + format}
	}
	return []string{
		"format=" + format + "16le",
		"lut3d=file=" + escapeFilterValue(s.Table+".csp"), "lut1d=file=" + escapeFilterValue(s.Table+".cube"),
	}
}

// escapeFilterValue escapes text as an option value in a filter graph: once for the list of options and once for
// the graph (ffmpeg-utils, "Quoting and escaping").
func escapeFilterValue(text string) string {
	option := strings.NewReplacer(`\`, `\\`, `'`, `\'`, `:`, `\:`).Replace(text)
	return strings.NewReplacer(`\`, `\\`, `'`, `\'`, `[`, `\[`, `]`, `\]`, `,`, `\,`, `;`, `\;`).Replace(option)
}

// formatColor returns a colour in ffmpeg's notation.
func formatColor(c frame.Color) string { return fmt.Sprintf("0x%02X%02X%02X", c.R, c.G, c.B) }
