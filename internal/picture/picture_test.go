package picture_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
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

const width, height = 96, 64

// painter returns a painter of small frames.
func painter(t *testing.T) *picture.Painter {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return picture.NewPainter(ffmpeg.NewTools(run, "ffmpeg", "ffprobe"), steadyPicture(), bars{})
}

// steadyPicture returns the form of the tests' frames.
func steadyPicture() ffmpeg.Picture {
	return ffmpeg.Picture{Width: width, Height: height, FPS: frame.Rate{Num: 25, Den: 1}, StillQP: 18, ClipCRF: 21}
}

func paint(t *testing.T, stills ...picture.Still) [][]byte {
	t.Helper()
	p := painter(t)
	frames, err := p.PaintStills(t.Context(), stills)
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) != len(stills) {
		t.Fatalf("%d frames of %d stills", len(frames), len(stills))
	}
	for _, f := range frames {
		if len(f) != p.CountFrameBytes() || len(f) != width*height*3/2 {
			t.Fatalf("a frame has %d bytes", len(f))
		}
	}
	return frames
}

// yuv is a pixel of a frame in limited range.
type yuv struct{ y, u, v byte }

func pixel(frame []byte, x, y int) yuv {
	const n = width * height
	c := y/2*(width/2) + x/2
	return yuv{frame[y*width+x], frame[n+c], frame[n*5/4+c]}
}

// The colours of the tests in BT.709 limited range (ITU-R BT.709-6).
var (
	black = yuv{16, 128, 128}
	white = yuv{235, 128, 128}
	red   = yuv{63, 102, 240}
	green = yuv{173, 42, 26}
	blue  = yuv{32, 240, 118}
)

func isNear(a, b yuv) bool {
	alike := func(a, b byte) bool { return max(a, b)-min(a, b) <= 3 }
	return alike(a.y, b.y) && alike(a.u, b.u) && alike(a.v, b.v)
}

// asset writes a picture with equal columns and rows of colours; columns is their number per row.
func asset(t *testing.T, w, h, columns int, colors ...color.Color) *picture.Asset {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	rows := len(colors) / columns
	for y := range h {
		for x := range w {
			m.Set(x, y, colors[y*rows/h*columns+x*columns/w])
		}
	}
	return assetOf(t, m)
}

// assetOf writes a picture.
func assetOf(t *testing.T, m *image.NRGBA) *picture.Asset {
	t.Helper()
	w, h := m.Rect.Dx(), m.Rect.Dy()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return staged(t, b.Bytes(), ffmpeg.Source{
		Width: w, Height: h, Turn: 1, PixelW: 1, PixelH: 1,
		Alpha: !m.Opaque(), Coding: ffmpeg.Coding{Matrix: "rgb"},
	})
}

func staged(t *testing.T, file []byte, s ffmpeg.Source) *picture.Asset {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in-1")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return &picture.Asset{
		Input: ffmpeg.Input{Path: path, Format: media.PNG}, Content: cache.NewHasher("file").AddBytes(file).Key(), Source: s,
	}
}

var (
	rgbRed   = color.NRGBA{255, 0, 0, 255}
	rgbGreen = color.NRGBA{0, 255, 0, 255}
	rgbBlue  = color.NRGBA{0, 0, 255, 255}
	rgbWhite = color.NRGBA{255, 255, 255, 255}
)

func TestPlainCanvas(t *testing.T) {
	t.Parallel()
	for c, want := range map[frame.Color]yuv{
		{A: 255}: black, {R: 255, G: 255, B: 255, A: 255}: white, {R: 255, A: 255}: red, {G: 255, A: 255}: green, {B: 255, A: 255}: blue,
	} {
		f := paint(t, picture.Still{Canvas: c})[0]
		for _, at := range [][2]int{{0, 0}, {width - 1, height - 1}} {
			if got := pixel(f, at[0], at[1]); got != want {
				t.Errorf("%v is %v, want %v", c, got, want)
			}
		}
	}
}

// TestOrientations paints a picture of four colours in each orientation of EXIF 2.32, tag 0x0112.
func TestOrientations(t *testing.T) {
	t.Parallel()
	stored := asset(t, 40, 20, 2, rgbRed, rgbGreen, rgbBlue, rgbWhite)
	want := [][4]yuv{ // top left, top right, bottom left, bottom right
		{red, green, blue, white},
		{green, red, white, blue},
		{white, blue, green, red},
		{blue, white, red, green},
		{red, blue, green, white},
		{blue, red, white, green},
		{white, green, blue, red},
		{green, white, red, blue},
	}
	var stills []picture.Still
	for i := range want {
		a := *stored
		a.Source.Turn = i + 1
		stills = append(stills, picture.Still{Asset: &a, Placing: frame.Placing{Fit: frame.Stretch}})
	}
	for i, f := range paint(t, stills...) {
		got := [4]yuv{}
		for k := range got {
			got[k] = pixel(f, width/4+k%2*width/2, height/4+k/2*height/2)
		}
		for k := range got {
			if !isNear(got[k], want[i][k]) {
				t.Errorf("orientation %d is %v, want %v", i+1, got, want[i])
				break
			}
		}
	}
}

// TestImagesInTheFrame checks pixels of images that fill the frame in all ways.
func TestImagesInTheFrame(t *testing.T) {
	t.Parallel()
	thirds := asset(t, 600, 100, 3, rgbRed, rgbGreen, rgbBlue)
	veil := asset(t, 96, 64, 2, color.NRGBA{0, 0, 255, 0}, color.NRGBA{255, 255, 255, 255})
	half := asset(t, 96, 64, 1, color.NRGBA{255, 255, 255, 128})
	tall := asset(t, 20, 400, 1, rgbRed, rgbBlue)
	turned := *thirds
	turned.Source.Turn = 6
	canvas := frame.Color{R: 255, A: 255}
	at := func(x, y frame.Align) frame.Position { return frame.Position{X: x, Y: y} }
	type look struct {
		x, y int
		want yuv
	}
	cases := []struct {
		name  string
		still picture.Still
		looks []look
	}{
		{
			"cover shows the middle",
			picture.Still{Asset: thirds, Placing: frame.Placing{Fit: frame.Cover}},
			[]look{{2, 32, green}, {93, 32, green}},
		},
		{"cover from the left", picture.Still{
			Asset:   thirds,
			Placing: frame.Placing{Fit: frame.Cover, Position: at(frame.AlignStart, "")},
		}, []look{{2, 32, red}, {93, 32, red}}},
		{"cover from the right", picture.Still{
			Asset:   thirds,
			Placing: frame.Placing{Fit: frame.Cover, Position: at(frame.AlignEnd, "")},
		}, []look{{2, 32, blue}, {93, 32, blue}}},
		{"cover from the top", picture.Still{
			Asset:   tall,
			Placing: frame.Placing{Fit: frame.Cover, Position: at("", frame.AlignStart)},
		}, []look{{48, 2, red}, {48, 61, red}}},
		{"cover from the bottom", picture.Still{
			Asset:   tall,
			Placing: frame.Placing{Fit: frame.Cover, Position: at("", frame.AlignEnd)},
		}, []look{{48, 2, blue}, {48, 61, blue}}},
		{
			"contain pads with the canvas",
			picture.Still{Asset: thirds, Placing: frame.Placing{Fit: frame.Contain}},
			[]look{{48, 2, black}, {48, 61, black}, {48, 32, green}, {4, 32, red}, {91, 32, blue}},
		},
		{"contain at the top", picture.Still{
			Asset: thirds,
			Placing: frame.Placing{
				Fit:      frame.Contain,
				Position: at("", frame.AlignStart),
			}, Canvas: frame.Color{B: 255, A: 255},
		}, []look{{48, 6, green}, {48, 40, blue}}},
		{
			"a turned one, contained",
			picture.Still{Asset: &turned, Placing: frame.Placing{Fit: frame.Contain}},
			[]look{{2, 32, black}, {48, 4, red}, {48, 32, green}, {48, 60, blue}},
		},
		{
			"fit stretches",
			picture.Still{Asset: thirds, Placing: frame.Placing{Fit: frame.Stretch}},
			[]look{{4, 2, red}, {48, 32, green}, {91, 61, blue}},
		},
		{"the canvas shows through", picture.Still{
			Asset: veil, Placing: frame.Placing{Fit: frame.Cover},
			Canvas: canvas,
		}, []look{{20, 32, red}, {76, 32, white}}},
		{"the canvas shines through", picture.Still{
			Asset: half, Placing: frame.Placing{Fit: frame.Cover},
			Canvas: frame.Color{A: 255},
		}, []look{{48, 32, yuv{126, 128, 128}}}},
		{"a canvas between images", picture.Still{Canvas: canvas}, []look{{48, 32, red}}},
	}
	var stills []picture.Still
	for _, c := range cases {
		stills = append(stills, c.still)
	}
	for i, f := range paint(t, stills...) {
		for _, l := range cases[i].looks {
			if got := pixel(f, l.x, l.y); !isNear(got, l.want) {
				t.Errorf("%s: at %d,%d it is %v, want %v", cases[i].name, l.x, l.y, got, l.want)
			}
		}
	}
}

// TestADamagedImageIsNamed checks that the error contains the index of the damaged image.
func TestADamagedImageIsNamed(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	whole := asset(t, 60, 40, 1, rgbRed)
	file, err := os.ReadFile(whole.Input.Path)
	if err != nil {
		t.Fatal(err)
	}
	cut := staged(t, file[:len(file)/2], whole.Source)
	p := painter(t)
	for want, stills := range map[int][]picture.Still{
		0: {{Asset: cut}},
		2: {{}, {Asset: whole}, {Asset: cut}, {Asset: whole}},
	} {
		_, err := p.PaintStills(t.Context(), stills)
		if failure, ok := errors.AsType[*picture.Failure](err); !ok || failure.Index != want || failure.Unwrap() == nil {
			t.Errorf("error %v, want one about still %d", err, want)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := p.PaintStills(ctx, []picture.Still{{Asset: whole}, {Asset: whole}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stop is %v", err)
	} else if _, ok := errors.AsType[*picture.Failure](err); ok {
		t.Error("a stop counts as a damaged image")
	}
}

// TestFramesOfAClip checks the first and the last frame of a range.
func TestFramesOfAClip(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path := filepath.Join(t.TempDir(), "in-1")
	const graph = "color=red:s=96x64:r=10:d=2[a];color=lime:s=96x64:r=10:d=2[b];color=blue:s=96x64:r=10:d=2[c];[a][b][c]concat=n=3," +
		"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-filter_complex", graph, "-colorspace",
		"bt709", "-qp", "10", "-f", "mp4", path).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	clip := &picture.Asset{
		Input:  ffmpeg.Input{Path: path, Format: media.MOV},
		Source: ffmpeg.Source{Width: 96, Height: 64, Turn: 1, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "bt709", Plain: true}},
	}
	const second = 1_000_000
	for _, c := range []struct {
		name         string
		from, length int64
		end          bool
		want         yuv
	}{
		{"the first", 0, 0, false, red},
		{"the last", 0, 0, true, blue},
		{"the last of a clip of known length", 0, 6 * second, true, blue},
		{"the last of a clip that is shorter than it says", 0, 60 * second, true, blue},
		{"the first of a stretch", 3 * second, second / 2, false, green},
		{"the last of a stretch", second, 2 * second, true, green},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := paint(t, picture.Still{Asset: clip, Clip: true, AtEnd: c.end, From: c.from, Length: c.length})[0]
			if got := pixel(f, 48, 32); !isNear(got, c.want) {
				t.Errorf("it is %v, want %v", got, c.want)
			}
		})
	}
	p := painter(t)
	if _, err := p.PaintStills(t.Context(), []picture.Still{{Asset: clip, Clip: true, From: 60 * second}}); err == nil {
		t.Error("a frame behind the end of a clip is painted")
	}
}

// TestKeys checks that stills that look different have different keys, and that keys do not depend on
// file names.
func TestKeys(t *testing.T) {
	t.Parallel()
	a, b := asset(t, 8, 8, 1, rgbRed), asset(t, 8, 8, 1, rgbBlue)
	base := picture.Still{Asset: a}
	seen := map[cache.Key]string{}
	for i, s := range []picture.Still{
		{},
		{Canvas: frame.Color{R: 1}},
		{Canvas: frame.Color{G: 1}},
		{Canvas: frame.Color{B: 1}},
		base,
		{Asset: b},
		{Asset: a, Canvas: frame.Color{R: 1}},
		{Asset: a, Placing: frame.Placing{Fit: frame.Contain}},
		{Asset: a, Placing: frame.Placing{Position: frame.Position{X: frame.AlignStart}}},
		{Asset: a, Placing: frame.Placing{Position: frame.Position{Y: frame.AlignStart}}},
		{Asset: a, Clip: true},
		{Asset: a, Clip: true, AtEnd: true},
		{Asset: a, Clip: true, From: 1},
		{Asset: a, Clip: true, Length: 1},
		{Asset: a, Backdrops: []ffmpeg.Backdrop{{Effects: []ffmpeg.Effect{{Name: "blur", Value: 3}}}}},
		{Asset: a, Backdrops: []ffmpeg.Backdrop{{Effects: []ffmpeg.Effect{{Name: "blur", Value: 4}}}}},
		{Asset: a, Backdrops: []ffmpeg.Backdrop{{Effects: []ffmpeg.Effect{{Name: "blur", Value: 4}}, Width: 9}}},
	} {
		name := fmt.Sprint("still ", i)
		v := picture.View{Still: s}
		k := v.ComputeLook().Key()
		if other, ok := seen[k]; ok {
			t.Errorf("%s has the key of %s", name, other)
		}
		seen[k] = name
	}
	moved := *a
	moved.Input.Path = "/elsewhere/in-9"
	here, elsewhere := picture.View{Still: base}, picture.View{Still: picture.Still{Asset: &moved}}
	if here.ComputeLook().Key() != elsewhere.ComputeLook().Key() {
		t.Error("the key holds a path")
	}
}
