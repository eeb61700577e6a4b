package ffmpeg

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Effect is a function of the CSS filter property. The formulas are those of W3C Filter Effects Module Level 1,
// section 8.
type Effect struct {
	// Name is blur, brightness, contrast, saturate, grayscale, sepia, invert or hue-rotate.
	Name string
	// Value is in pixels for blur, in degrees for hue-rotate, and otherwise a factor where 1 is 100 %.
	Value float64
}

// Backdrop contains the effects of a slide on the picture behind it, in order. They apply to a rectangle of the
// frame, or to the whole frame if the rectangle is empty.
type Backdrop struct {
	Effects        []Effect
	Left, Top      int
	Width, Height  int
	FrameW, FrameH int
}

// formatBackdropGraph returns the filter graph from label in to label out, both 4:2:0.
func formatBackdropGraph(list []Backdrop, in, out string) string {
	var all []string
	for i, b := range list {
		to := out
		if i < len(list)-1 {
			to = fmt.Sprintf("%sn%d", out, i)
		}
		all = append(all, b.formatFilterGraph(in, to))
		in = to
	}
	return strings.Join(all, ";")
}

// formatFilterGraph returns the filter graph of one backdrop.
func (b Backdrop) formatFilterGraph(in, out string) string {
	chain := b.listEffectFilters()
	if len(chain) == 0 {
		return fmt.Sprintf("[%s]null[%s]", in, out)
	}
	filters := strings.Join(chain, ",")
	whole := b.Left <= 0 && b.Top <= 0 && b.Left+b.Width >= b.FrameW && b.Top+b.Height >= b.FrameH
	if b.Width <= 0 || b.Height <= 0 || whole {
		return fmt.Sprintf("[%s]%s[%s]", in, filters, out)
	}
	x, y := clamp(b.Left, 0, b.FrameW-2)&^1, clamp(b.Top, 0, b.FrameH-2)&^1
	w, h := (clamp(b.Left+b.Width, x+2, b.FrameW)-x)&^1, (clamp(b.Top+b.Height, y+2, b.FrameH)-y)&^1
	return fmt.Sprintf("[%s]split[%sw][%sp];[%sp]crop=%d:%d:%d:%d,%s[%sq];[%sw][%sq]overlay=%d:%d:format=yuv420[%s]",
		in, out, out, out, w, h, x, y, filters, out, out, out, x, y, out)
}

// listEffectFilters returns the filters of the effects, with conversions between YUV and RGB.
func (b Backdrop) listEffectFilters() []string {
	var out []string
	rgb := false
	for _, f := range b.Effects {
		filter, inRGB := f.formatFilter()
		if filter == "" {
			continue
		}
		switch {
		case inRGB && !rgb:
			out = append(out, "scale=in_color_matrix=bt709:in_range=tv:"+movingScaling, "format=gbrp")
		case !inRGB && rgb:
			out = append(out, "scale="+toFilm+":"+movingScaling, "format=yuv420p")
		}
		rgb = inRGB
		out = append(out, filter)
	}
	if rgb {
		out = append(out, "scale="+toFilm+":"+movingScaling, "format=yuv420p")
	}
	return out
}

// formatFilter returns the filter of an effect, and whether it works on RGB.
func (f Effect) formatFilter() (filter string, rgb bool) {
	v := f.Value
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }
	lut := func(expr string) (string, bool) {
		return fmt.Sprintf("lutrgb=r='%s':g='%s':b='%s'", expr, expr, expr), true
	}
	switch f.Name {
	case "blur":
		if v < 0.05 {
			return "", false
		}
		// sigma is the standard deviation; for chroma, the filter halves it.
		return fmt.Sprintf("gblur=sigma=%s:steps=2", number(math.Min(v, 1000))), false
	case "brightness":
		return lut("clip(val*" + number(v) + "\\,0\\,255)")
	case "contrast":
		return lut("clip((val-127.5)*" + number(v) + "+127.5\\,0\\,255)")
	case "invert":
		v = math.Min(v, 1)
		return lut("clip(val*" + number(1-2*v) + "+" + number(255*v) + "\\,0\\,255)")
	case "saturate":
		return formatColorMatrixFilter(newSaturationMatrix(v)), true
	case "grayscale":
		return formatColorMatrixFilter(newSaturationMatrix(1 - math.Min(v, 1))), true
	case "sepia":
		s := 1 - math.Min(v, 1)
		return formatColorMatrixFilter([9]float64{
			0.393 + 0.607*s, 0.769 - 0.769*s, 0.189 - 0.189*s,
			0.349 - 0.349*s, 0.686 + 0.314*s, 0.168 - 0.168*s,
			0.272 - 0.272*s, 0.534 - 0.534*s, 0.131 + 0.869*s,
		}), true
	case "hue-rotate":
		sin, cos := math.Sincos(v * math.Pi / 180)
		return formatColorMatrixFilter([9]float64{
			0.213 + cos*0.787 - sin*0.213, 0.715 - cos*0.715 - sin*0.715, 0.072 - cos*0.072 + sin*0.928,
			0.213 - cos*0.213 + sin*0.143, 0.715 + cos*0.285 + sin*0.140, 0.072 - cos*0.072 - sin*0.283,
			0.213 - cos*0.213 - sin*0.787, 0.715 - cos*0.715 + sin*0.715, 0.072 + cos*0.928 + sin*0.072,
		}), true
	default:
		return "", false
	}
}

// newSaturationMatrix returns the colour matrix of CSS's saturate().
func newSaturationMatrix(s float64) [9]float64 {
	return [9]float64{
		0.213 + 0.787*s, 0.715 - 0.715*s, 0.072 - 0.072*s,
		0.213 - 0.213*s, 0.715 + 0.285*s, 0.072 - 0.072*s,
		0.213 - 0.213*s, 0.715 - 0.715*s, 0.072 + 0.928*s,
	}
}

// formatColorMatrixFilter returns the filter that multiplies colours by a matrix. The filter accepts factors of -2 to
// 2.
func formatColorMatrixFilter(m [9]float64) string {
	names := []string{"rr", "rg", "rb", "gr", "gg", "gb", "br", "bg", "bb"}
	var out []string
	for i, n := range names {
		out = append(out, n+"="+strconv.FormatFloat(math.Max(-2, math.Min(m[i], 2)), 'f', 6, 64))
	}
	return "colorchannelmixer=" + strings.Join(out, ":")
}

// LayerInput is an overlay on some frames of a clip. The file contains one raw frame in 8-bit 4:2:0 with
// straight alpha.
type LayerInput struct {
	Path string
	// X and Y are its position, W and H its size; all are even.
	X, Y, W, H int
	// From is the first frame that shows it, To the one after the last.
	From, To int64
}

// TransitionInput is a transition from a still picture to a moving one.
type TransitionInput struct {
	// Type is one of the language's transitions.
	Type string
	// Path is a file with the still picture: one raw frame of the video's size in 8-bit 4:2:0.
	Path string
	// Frames is the length of the transition.
	Frames int64
	// States are drawn over both pictures; may be nil.
	States *StatesInput
}

// listRawVideoArgs returns the arguments for reading raw frames of the video's size and rate.
func (p Picture) listRawVideoArgs(path string) []string {
	return p.listRawArgs(path, "yuv420p", p.Width, p.Height)
}

// listRawArgs returns the arguments for reading raw frames.
func (p Picture) listRawArgs(path, format string, w, h int) []string {
	return []string{
		"-f", "rawvideo", "-pix_fmt", format, "-s", fmt.Sprintf("%dx%d", w, h),
		"-framerate", FormatRate(p.FPS), "-i", path,
	}
}

// formatTransitionGraph returns the filter graph of the transition. in is the label of the moving pictures, still that of
// the still picture, out that of the result. The first frame already shows a step of the transition; the frame
// after the last one is entirely the new picture. Both inputs run at 1000 frames per second here: this makes
// all times whole microseconds, and keeps long transitions below the filter's limit of one minute.
func (e TransitionInput) formatTransitionGraph(in, still, out string) string {
	// xfade waits forever for pictures that a truncated file does not have; tpad repeats the last one.
	const steady = "settb=1/1000,setpts=N,fps=1000,format=yuv444p"
	return fmt.Sprintf("[%s]%s,tpad=stop_mode=clone:stop=%d[%sb];[%s]loop=loop=%d:size=1,%s[%sa];"+
		"[%sa][%sb]xfade=transition=%s:duration=%s:offset=-0.001,format=yuv420p[%s]",
		in, steady, e.Frames, out, still, e.Frames, steady, out, out, out, translateTransition(e.Type),
		formatMicros((e.Frames+1)*1000), out)
}

// translateTransition returns ffmpeg's name for a transition of the script language.
func translateTransition(transition string) string {
	kind, way, _ := strings.Cut(transition, "-")
	switch transition {
	case "circle":
		return "circlecrop"
	case "rect":
		return "rectcrop"
	case "fade-circle":
		return "circleopen"
	case "reveal":
		return "distance"
	case "dissolve", "pixelize", "radial":
		return transition
	}
	switch kind {
	case "wipe", "slide":
		return kind + way
	case "fade":
		return "smooth" + way
	case "slice":
		return map[string]string{"left": "hlslice", "right": "hrslice", "up": "vuslice", "down": "vdslice"}[way]
	default:
		return "fade"
	}
}

// ReadTransitionArgs returns the arguments of a process that reads raw frames and writes the first count frames of a
// transition to them, as raw frames.
func (p Picture) ReadTransitionArgs(e TransitionInput, count int64) []string {
	args := append(append(listQuietArgs(), p.listRawVideoArgs("pipe:0")...), p.listRawVideoArgs(e.Path)...)
	return append(args, "-filter_complex", e.formatTransitionGraph("0:v", "1:v", "v"), "-map", "[v]",
		"-frames:v", strconv.FormatInt(count, 10),
		"-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
}
