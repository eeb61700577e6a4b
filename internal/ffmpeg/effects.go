package ffmpeg

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Effect is a function of the CSS filter property, applied to a part of a picture. The
// formulas are those of W3C Filter Effects Module Level 1, section 8.
type Effect struct {
	// Name: blur, brightness, contrast, saturate, grayscale, sepia, invert, hue-rotate.
	Name string
	// Value: pixels of the film for blur, degrees for hue-rotate, else a factor with 1
	// for all of it.
	Value float64
}

// Backdrop is what a slide does to a part of the picture behind it: effects, one after
// the other, inside a rectangle of the frame or, where that is empty, on all of it.
type Backdrop struct {
	Effects        []Effect
	Left, Top      int
	Width, Height  int
	FrameW, FrameH int
}

// backdrops returns the filters from label in to label out, both 4:2:0.
func backdrops(list []Backdrop, in, out string) string {
	var all []string
	for i, b := range list {
		to := out
		if i < len(list)-1 {
			to = fmt.Sprintf("%sn%d", out, i)
		}
		all = append(all, b.graph(in, to))
		in = to
	}
	return strings.Join(all, ";")
}

func (b Backdrop) graph(in, out string) string {
	chain := b.chain()
	if len(chain) == 0 {
		return fmt.Sprintf("[%s]null[%s]", in, out)
	}
	filters := strings.Join(chain, ",")
	if b.Width <= 0 || b.Height <= 0 || b.Left <= 0 && b.Top <= 0 && b.Left+b.Width >= b.FrameW && b.Top+b.Height >= b.FrameH {
		return fmt.Sprintf("[%s]%s[%s]", in, filters, out)
	}
	x, y := clamp(b.Left, 0, b.FrameW-2)&^1, clamp(b.Top, 0, b.FrameH-2)&^1
	w, h := (clamp(b.Left+b.Width, x+2, b.FrameW)-x)&^1, (clamp(b.Top+b.Height, y+2, b.FrameH)-y)&^1
	return fmt.Sprintf("[%s]split[%sw][%sp];[%sp]crop=%d:%d:%d:%d,%s[%sq];[%sw][%sq]overlay=%d:%d:format=yuv420[%s]",
		in, out, out, out, w, h, x, y, filters, out, out, out, x, y, out)
}

func (b Backdrop) chain() []string {
	var out []string
	rgb := false
	for _, f := range b.Effects {
		filter, inRGB := f.filter()
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

// filter returns one filter, and whether it works on RGB.
func (f Effect) filter() (filter string, rgb bool) {
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
		// The standard deviation of the Gaussian; chroma has half the size.
		return fmt.Sprintf("gblur=sigma=%s:steps=2", number(math.Min(v, 1000))), false
	case "brightness":
		return lut("clip(val*" + number(v) + "\\,0\\,255)")
	case "contrast":
		return lut("clip((val-127.5)*" + number(v) + "+127.5\\,0\\,255)")
	case "invert":
		v = math.Min(v, 1)
		return lut("clip(val*" + number(1-2*v) + "+" + number(255*v) + "\\,0\\,255)")
	case "saturate":
		return mixer(saturate(v)), true
	case "grayscale":
		return mixer(saturate(1 - math.Min(v, 1))), true
	case "sepia":
		s := 1 - math.Min(v, 1)
		return mixer([9]float64{
			0.393 + 0.607*s, 0.769 - 0.769*s, 0.189 - 0.189*s,
			0.349 - 0.349*s, 0.686 + 0.314*s, 0.168 - 0.168*s,
			0.272 - 0.272*s, 0.534 - 0.534*s, 0.131 + 0.869*s,
		}), true
	case "hue-rotate":
		sin, cos := math.Sincos(v * math.Pi / 180)
		return mixer([9]float64{
			0.213 + cos*0.787 - sin*0.213, 0.715 - cos*0.715 - sin*0.715, 0.072 - cos*0.072 + sin*0.928,
			0.213 - cos*0.213 + sin*0.143, 0.715 + cos*0.285 + sin*0.140, 0.072 - cos*0.072 - sin*0.283,
			0.213 - cos*0.213 - sin*0.787, 0.715 - cos*0.715 + sin*0.715, 0.072 + cos*0.928 + sin*0.072,
		}), true
	default:
		return "", false
	}
}

func saturate(s float64) [9]float64 {
	return [9]float64{
		0.213 + 0.787*s, 0.715 - 0.715*s, 0.072 - 0.072*s,
		0.213 - 0.213*s, 0.715 + 0.285*s, 0.072 - 0.072*s,
		0.213 - 0.213*s, 0.715 - 0.715*s, 0.072 + 0.928*s,
	}
}

// mixer multiplies colours by a matrix; the filter takes factors of up to 2.
func mixer(m [9]float64) string {
	names := []string{"rr", "rg", "rb", "gr", "gg", "gb", "br", "bg", "bb"}
	var out []string
	for i, n := range names {
		out = append(out, n+"="+strconv.FormatFloat(math.Max(-2, math.Min(m[i], 2)), 'f', 6, 64))
	}
	return "colorchannelmixer=" + strings.Join(out, ":")
}

// LayerInput is a picture that is on a clip for some of its frames: a file of ours of
// one raw frame, 8 bit 4:2:0 with alpha that is not multiplied in.
type LayerInput struct {
	Path string
	// X and Y are where it is, W and H its size; all are even.
	X, Y, W, H int
	// From is the first frame on which it is, To the one behind the last.
	From, To int64
}

// EnterInput lets a moving picture come in over another that stands still.
type EnterInput struct {
	// Type is one of the language's transitions.
	Type string
	// Path is a file of ours that holds the standing picture: one raw frame of the film's
	// size, 8 bit 4:2:0.
	Path string
	// Frames is how long that takes.
	Frames int64
	// States are on both.
	States *StatesInput
}

// rawInput reads raw frames of the film's size and rate.
func (p Picture) rawInput(path string) []string {
	return p.raw(path, "yuv420p", p.Width, p.Height)
}

func (p Picture) raw(path, format string, w, h int) []string {
	return []string{
		"-f", "rawvideo", "-pix_fmt", format, "-s", fmt.Sprintf("%dx%d", w, h),
		"-framerate", Rate(p.FPS), "-i", path,
	}
}

// graph returns the filters by which the pictures of label in come in, as label out;
// still is the label of the standing picture's input. The steps are equal: the first is
// seen at once, and the frame behind the last is the new picture itself. Both run at a
// thousand frames a second here: all times are whole microseconds, and the filter, which
// takes a minute at most, has room for a transition of any length that a film may have.
func (e EnterInput) graph(in, still, out string) string {
	// The filter waits for ever for pictures that a file which is cut off does not have, so
	// the last stands for them.
	const steady = "settb=1/1000,setpts=N,fps=1000,format=yuv444p"
	return fmt.Sprintf("[%s]%s,tpad=stop_mode=clone:stop=%d[%sb];[%s]loop=loop=%d:size=1,%s[%sa];[%sa][%sb]xfade=transition=%s:duration=%s:offset=-0.001,format=yuv420p[%s]",
		in, steady, e.Frames, out, still, e.Frames, steady, out, out, out, xfade(e.Type), micros((e.Frames+1)*1000), out)
}

// xfade returns the name that ffmpeg has for a transition of the language.
func xfade(transition string) string {
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

// ReadEnter are the arguments of a process that writes the first so many frames of raw
// pictures, read from its input, that come in over another.
func (p Picture) ReadEnter(e EnterInput, count int64) []string {
	args := append(append(quiet(), p.rawInput("pipe:0")...), p.rawInput(e.Path)...)
	return append(args, "-filter_complex", e.graph("0:v", "1:v", "v"), "-map", "[v]", "-frames:v", strconv.FormatInt(count, 10),
		"-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
}
