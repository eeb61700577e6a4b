package picture_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/testrun"
)

// grey converts luma to the value of R, G and B of a pixel without colour.
func grey(y byte) float64 { return (float64(y) - 16) * 255 / 219 }

func frameAt(t *testing.T, v *picture.View, n int64) []byte {
	t.Helper()
	f, err := painter(t).PaintFrame(t.Context(), v, n)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// circleAt returns a circular callout, in pixels of the picture.
func circleAt(x, y, radius, alpha float64) picture.Callout {
	return picture.Callout{Round: true, X0: x - radius, Y0: y - radius, X1: x + radius, Y1: y + radius, Alpha: alpha, OfImage: true}
}

// TestDarkness compares callouts with values that were measured in videos of the hosted service.
func TestDarkness(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	a := asset(t, 2*width, 2*height, 1, rgbWhite)
	for alpha, want := range map[float64]float64{0.5: 123, 0.3: 178, 0.8: 47, 0: 255, 1: 0} {
		v := &picture.View{Still: picture.Still{Asset: a}, Callouts: []picture.Callout{circleAt(width, height, height/2, alpha)}}
		f := frameAt(t, v, 0)
		if got := grey(pixel(f, 2, 2).y); math.Abs(got-want) > 4 {
			t.Errorf("alpha %v: outside white is %.0f, want %.0f", alpha, got, want)
		}
		if got := pixel(f, width/2, height/2); !isNear(got, white) {
			t.Errorf("alpha %v: inside it is %v", alpha, got)
		}
	}
}

// TestCalloutShapes checks points inside and outside of callouts on pictures that are moved and
// scaled.
func TestCalloutShapes(t *testing.T) {
	t.Parallel()
	wide := asset(t, 4*width, 2*height, 1, rgbWhite) // with cover, its middle half is visible
	square := asset(t, height/2, height/2, 1, rgbWhite)
	circle := circleAt(2*width, height, height/4, 1)
	box := picture.Callout{X0: width + 4, Y0: 0, X1: width + 20, Y1: 20, Alpha: 1, OfImage: true}
	mask := circle
	mask.Mask = true
	for _, c := range []struct {
		name          string
		still         picture.Still
		callouts      []picture.Callout
		bright, black []image.Point
	}{
		{
			"a circle",
			picture.Still{Asset: wide},
			[]picture.Callout{circle},
			[]image.Point{{width / 2, height / 2}, {width/2 + height/8 - 2, height / 2}},
			[]image.Point{{1, 1}, {width/2 + height/8 + 2, height / 2}, {width/2 + height/9, height/2 + height/9}},
		},
		{
			"a circle and a rectangle",
			picture.Still{Asset: wide},
			[]picture.Callout{circle, box},
			[]image.Point{{width / 2, height / 2}, {3, 1}, {9, 8}},
			[]image.Point{{1, 1}, {11, 2}, {4, 11}},
		},
		{
			"a mask",
			picture.Still{Asset: wide},
			[]picture.Callout{mask},
			[]image.Point{{1, 1}, {width/2 + height/8 + 2, height / 2}},
			[]image.Point{{width / 2, height / 2}},
		},
		{
			"on a padded picture",
			picture.Still{Asset: square, Placing: frame.Placing{Fit: frame.Contain}, Canvas: frame.Color{R: 255, G: 255, B: 255, A: 255}},
			[]picture.Callout{{X0: 0, Y0: 0, X1: height / 4, Y1: height / 4, Alpha: 1, OfImage: true}},
			[]image.Point{{(width-height)/2 + 2, 2}, {width/2 - 2, height/2 - 2}},
			[]image.Point{{1, 1}, {width/2 + 2, height/2 + 2}},
		},
		{
			"in pixels of the frame, on a padded picture",
			picture.Still{Asset: square, Placing: frame.Placing{Fit: frame.Contain}, Canvas: frame.Color{R: 255, G: 255, B: 255, A: 255}},
			[]picture.Callout{{X0: 0, Y0: 0, X1: 10, Y1: 10, Alpha: 1}},
			[]image.Point{{1, 1}, {8, 8}},
			[]image.Point{{12, 2}, {2, 12}, {width / 2, height / 2}},
		},
		{
			"on the bare canvas",
			picture.Still{Canvas: frame.Color{R: 255, G: 255, B: 255, A: 255}},
			[]picture.Callout{{X0: 0, Y0: 0, X1: 10, Y1: 10, Alpha: 1}},
			[]image.Point{{1, 1}, {8, 8}},
			[]image.Point{{12, 2}, {2, 12}, {width / 2, height / 2}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := frameAt(t, &picture.View{Still: c.still, Callouts: c.callouts}, 0)
			for _, p := range c.bright {
				if got := pixel(f, p.X, p.Y); !isNear(got, white) {
					t.Errorf("%v is %v, want white", p, got)
				}
			}
			for _, p := range c.black {
				if got := pixel(f, p.X, p.Y); !isNear(got, black) {
					t.Errorf("%v is %v, want black", p, got)
				}
			}
		})
	}
}

// TestSoftEdges checks that the edge of a circle is anti-aliased.
func TestSoftEdges(t *testing.T) {
	t.Parallel()
	v := &picture.View{
		Still:    picture.Still{Asset: asset(t, width, height, 1, rgbWhite)},
		Callouts: []picture.Callout{circleAt(width/2, height/2, 20, 1)},
	}
	f := frameAt(t, v, 0)
	between := 0
	sum := 0.0
	for i := range width * height {
		g := grey(f[i])
		sum += g / 255
		if g > 40 && g < 215 {
			between++
		}
	}
	if between < 40 {
		t.Errorf("%d pixels are soft", between)
	}
	if want := math.Pi * 400; math.Abs(sum-want) > 10 {
		t.Errorf("the circle has an area of %.1f, want %.1f", sum, want)
	}
}

// overlay returns a layer with a box of one colour in front of another.
func overlay(box image.Rectangle, c color.NRGBA, rest frame.Color) *picture.Layer {
	img := image.NewNRGBA(box)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			img.SetNRGBA(x, y, c)
		}
	}
	return picture.NewLayer(img, rest, width, height)
}

func TestLayers(t *testing.T) {
	t.Parallel()
	half := frame.Color{A: 128}
	for _, c := range []struct {
		name           string
		layer          *picture.Layer
		inside, beside yuv
	}{
		{"nothing", picture.NewLayer(image.NewNRGBA(image.Rectangle{}), frame.Color{}, width, height), white, white},
		{"a box", overlay(image.Rect(11, 9, 51, 41), rgbRed, frame.Color{}), red, white},
		{"a box in the dark", overlay(image.Rect(11, 9, 51, 41), rgbRed, half), red, yuv{125, 128, 128}},
		{"a clear box", overlay(image.Rect(11, 9, 51, 41), color.NRGBA{}, half), white, yuv{125, 128, 128}},
		{"half of a colour", overlay(image.Rect(10, 8, 50, 40), color.NRGBA{R: 255, A: 128}, frame.Color{}), yuv{149, 115, 184}, white},
		{"the whole frame", overlay(image.Rect(-4, -4, width+9, height+9), rgbBlue, frame.Color{}), blue, blue},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, err := c.layer.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			read := &picture.Layer{}
			if err := read.UnmarshalBinary(b); err != nil {
				t.Fatal(err)
			}
			for i, l := range []*picture.Layer{c.layer, read} {
				f := paint(t, picture.Still{Canvas: frame.Color{R: 255, G: 255, B: 255, A: 255}})[0]
				l.DrawOn(f, width, height)
				if got := pixel(f, 30, 20); !isNear(got, c.inside) {
					t.Errorf("%d: inside it is %v, want %v", i, got, c.inside)
				}
				for _, at := range [][2]int{{4, 4}, {width - 2, 20}, {30, height - 2}} {
					if got := pixel(f, at[0], at[1]); !isNear(got, c.beside) {
						t.Errorf("%d: at %v it is %v, want %v", i, at, got, c.beside)
					}
				}
			}
			if raw, box := read.ToRaw(width, height); len(raw) != box.Dx()*box.Dy()*5/2 ||
				box.Min.X&1+box.Min.Y&1+box.Dx()&1+box.Dy()&1 != 0 {
				t.Errorf("%d bytes in %v", len(raw), box)
			}
		})
	}
}

func FuzzLayer(f *testing.F) {
	b, err := overlay(image.Rect(10, 8, 50, 40), rgbRed, frame.Color{}).MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, b []byte) {
		l := &picture.Layer{}
		if l.UnmarshalBinary(b) == nil {
			l.ToRaw(width, height)
		}
	})
}

// wave returns a picture of grey waves with a period in pixels, across and down.
func wave(t *testing.T, w, h int, period float64) *picture.Asset {
	t.Helper()
	var colors []color.Color
	for y := range h {
		for x := range w {
			v := 128 + 50*math.Sin(2*math.Pi*float64(x)/period) + 50*math.Sin(2*math.Pi*float64(y)/period)
			colors = append(colors, color.NRGBA{uint8(v), uint8(v), uint8(v), 255})
		}
	}
	return asset(t, w, h, w, colors...)
}

// phase returns the phase of waves in a frame, in pixels; down selects the vertical ones.
func phase(f []byte, period float64, down bool) float64 {
	var re, im float64
	for y := range height {
		for x := range width {
			at := float64(x)
			if down {
				at = float64(y)
			}
			sin, cos := math.Sincos(2 * math.Pi * at / period)
			v := float64(f[y*width+x]) - 128
			re, im = re+v*cos, im+v*sin
		}
	}
	return math.Atan2(im, re) / (2 * math.Pi) * period
}

// TestPansAreSmooth measures the phase of waves to check that each frame moves by the same distance.
func TestPansAreSmooth(t *testing.T) {
	t.Parallel()
	const frames = 250
	const seconds = frames / 25.0     // 25 is the frame rate of painter
	slight := 0.011 * width * seconds // less than the picture's size allows
	for _, c := range []struct {
		move picture.Move
		w, h int
		down bool
		want float64
	}{
		{picture.Move{Edge: "right"}, 3 * width, height, false, slight},
		{picture.Move{Edge: "left"}, 3 * width, height, false, -slight},
		{picture.Move{}, 3 * width, height, false, slight},
		{picture.Move{Edge: "bottom"}, width, 3 * height, true, slight},
		{picture.Move{Edge: "top"}, width, 3 * height, true, -slight},
		{picture.Move{}, width, 3 * height, true, slight},
		{picture.Move{}, width, height, false, min(slight, 0.05*width)},
		{picture.Move{Edge: "top"}, width, height, true, -min(slight, 0.05*height)},
		{picture.Move{Edge: "right", Strong: true}, 3 * width, height, false, (3*1.25 - 1) * width},
		{picture.Move{Edge: "top", Strong: true}, width, 3 * height, true, -(3*1.25 - 1) * height},
	} {
		t.Run(fmt.Sprint(c.move, c.w, c.h), func(t *testing.T) {
			t.Parallel()
			const period = 16
			zoom := 1.1
			if c.move.Strong {
				zoom = 1.25
			}
			c.move.Motion = frame.Pan
			v := &picture.View{Still: picture.Still{Asset: wave(t, c.w, c.h, period)}, Move: c.move, Frames: frames}
			r, err := painter(t).PaintFrames(t.Context(), v, 0, frames)
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(r)
			if err != nil || len(all) != frames*width*height*3/2 {
				t.Fatalf("%d bytes, %v", len(all), err)
			}
			total, was := 0.0, 0.0
			even := c.want / (frames - 1)
			for n := range frames {
				at := phase(all[n*width*height*3/2:], period*zoom, c.down)
				if n > 0 {
					step := math.Remainder(was-at, period*zoom)
					total += step
					if math.Abs(step-even) > 0.06+0.1*math.Abs(even) {
						t.Errorf("frame %d moves by %.3f pixels, want %.3f", n, step, even)
					}
				}
				was = at
			}
			if math.Abs(total-c.want) > 1 {
				t.Errorf("it moved by %.2f pixels, want %.2f", total, c.want)
			}
		})
	}
}

// TestZooms checks the first and last scale of zooms, and that the middle of the picture does not
// move.
func TestZooms(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const frames = 50
	const period = 32
	a := wave(t, 2*width, 2*height, 2*period)
	whole := paint(t, picture.Still{Asset: a})[0]
	for motion, at := range map[frame.Motion]int64{frame.Zoom: 0, frame.ZoomOut: frames - 1} {
		v := &picture.View{Still: picture.Still{Asset: a}, Move: picture.Move{Motion: motion}, Frames: frames}
		f := frameAt(t, v, at)
		worst := 0
		for i := range width * height {
			worst = max(worst, int(max(f[i], whole[i])-min(f[i], whole[i])))
		}
		if worst > 12 {
			t.Errorf("%s: frame %d is not the whole picture: a pixel differs by %d", motion, at, worst)
		}
		for _, n := range []int64{0, frames / 2, frames - 1} {
			f := frameAt(t, v, n)
			if a, b := f[height/2*width+width/2], whole[height/2*width+width/2]; max(a, b)-min(a, b) > 6 {
				t.Errorf("%s: the middle of frame %d is %d, was %d", motion, n, a, b)
			}
		}
		if far := frameAt(t, v, frames-1-at); bytes.Equal(far, whole) {
			t.Errorf("%s does not move", motion)
		}
	}
}

// TestMovesStartAnywhere checks that frames drawn from the middle of a move on equal those of the
// whole move.
func TestMovesStartAnywhere(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, m := range []frame.Motion{frame.Zoom, frame.ZoomOut, frame.Pan, frame.PanZoom, frame.PanZoomOut} {
		v := &picture.View{
			Still: picture.Still{Asset: wave(t, 150, 130, 9)}, Move: picture.Move{Motion: m}, Frames: 9,
			Callouts: []picture.Callout{circleAt(75, 65, 20, 0.5)},
			Spans: []picture.Span{{
				From: 4,
				Layers: []picture.LayerRef{{
					Key:   cache.Key{rgbRed.R, rgbRed.G, rgbRed.B},
					Boxes: []image.Rectangle{image.Rect(0, 0, 8, 8)},
				}},
			}},
		}
		p := painter(t)
		r, err := p.PaintFrames(t.Context(), v, 0, 9)
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for n := range int64(9) {
			f, err := p.PaintFrame(t.Context(), v, n)
			if err != nil || !bytes.Equal(f, all[n*int64(len(f)):][:len(f)]) {
				t.Errorf("%s: frame %d differs, %v", m, n, err)
			}
			if got, want := isNear(pixel(f, 3, 3), red), n >= 4; got != want {
				t.Errorf("%s: frame %d shows the layer: %v", m, n, got)
			}
		}
	}
}

// TestViewKeys checks that views that look different have different keys.
func TestViewKeys(t *testing.T) {
	t.Parallel()
	a := asset(t, 8, 8, 1, rgbRed)
	still := picture.Still{Asset: a}
	layer := func(n byte) []picture.LayerRef { return []picture.LayerRef{{Key: cache.Key{n}}} }
	seen := map[cache.Key]int{}
	for i, v := range []picture.View{
		{Still: still},
		{Still: still, Move: picture.Move{Motion: frame.Zoom}, Frames: 10},
		{Still: still, Move: picture.Move{Motion: frame.Zoom}, Frames: 11},
		{Still: still, Move: picture.Move{Motion: frame.Pan}, Frames: 10},
		{Still: still, Move: picture.Move{Motion: frame.Pan, Edge: "top"}, Frames: 10},
		{Still: still, Move: picture.Move{Motion: frame.Pan, Edge: "top", Strong: true}, Frames: 10},
		{Still: still, Callouts: []picture.Callout{{X0: 1}}},
		{Still: still, Callouts: []picture.Callout{{X0: 1, OfImage: true}}},
		{Still: still, Callouts: []picture.Callout{{X0: 1, Round: true}}},
		{Still: still, Callouts: []picture.Callout{{X0: 1, Mask: true}}},
		{Still: still, Callouts: []picture.Callout{{X0: 1}, {X0: 1}}},
		{Still: still, Spans: []picture.Span{{Layers: layer(1)}}},
		{Still: still, Spans: []picture.Span{{Layers: layer(2)}}},
		{Still: still, Spans: []picture.Span{{Layers: layer(1)}, {From: 3, Layers: layer(2)}}},
		{Still: still, Spans: []picture.Span{{Layers: layer(1)}, {From: 4, Layers: layer(2)}}},
		{Still: still, Clip: &ffmpeg.ClipInput{Stretch: ffmpeg.Stretch{From: 1}}},
		{Still: still, Clip: &ffmpeg.ClipInput{Stretch: ffmpeg.Stretch{From: 2}}},
	} {
		k := v.ComputeLook().Key()
		if other, ok := seen[k]; ok {
			t.Errorf("view %d has the key of %d", i, other)
		}
		seen[k] = i
	}
}

// BenchmarkMove draws frames of a zoom over a picture at 1920x1080.
func BenchmarkMove(b *testing.B) {
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		b.Fatal(err)
	}
	pic := ffmpeg.Picture{Width: 1920, Height: 1080, FPS: frame.Rate{Num: 30, Den: 1}}
	v := &picture.View{Still: picture.Still{Asset: noise(b, 2560, 1600)}, Move: picture.Move{Motion: frame.Zoom}, Frames: int64(b.N) + 1}
	r, err := picture.NewPainter(ffmpeg.NewTools(run, "ffmpeg", "ffprobe"), pic, bars{}).PaintFrames(b.Context(), v, 0, int64(b.N))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(1920 * 1080 * 3 / 2)
	b.ResetTimer()
	if _, err := io.Copy(io.Discard, r); err != nil {
		b.Fatal(err)
	}
}

// noise returns a picture of random pixels.
func noise(b *testing.B, w, h int) *picture.Asset {
	b.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, m); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "in-1")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return &picture.Asset{
		Input:  ffmpeg.Input{Path: path, Format: media.PNG},
		Source: ffmpeg.Source{Width: w, Height: h, Turn: 1, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "rgb"}},
	}
}
