package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"math"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/frame"
	"mynah/internal/picture"
)

// timed returns a view of a white canvas on which a red bar appears from frame 10 on, within 4 frames, and is replaced
// by a green one from frame 20 on.
func timed() *picture.View {
	layers := func(c color.NRGBA) []picture.CalloutLayer {
		return []picture.CalloutLayer{{LayerRef: picture.LayerRef{Key: cache.Key{c.R, c.G, c.B, 1}}}}
	}
	return &picture.View{
		Still: picture.Still{Canvas: frame.Color{R: 255, G: 255, B: 255, A: 255}}, Frames: 30,
		CalloutStates: []picture.CalloutState{
			{}, {From: 10, Fade: 4, Layers: layers(rgbRed)}, {From: 20, Fade: 4, Layers: layers(rgbGreen)},
		},
	}
}

// TestCalloutsFade checks that a state appears evenly, and that the next one replaces it.
func TestCalloutsFade(t *testing.T) {
	t.Parallel()
	v := timed()
	probe := bar(rgbRed).Box()
	at := func(n int64) yuv {
		f := frameAt(t, v, n)
		return pixel(f, probe.Min.X+2, probe.Min.Y+2)
	}
	if p := at(9); !isNear(p, white) {
		t.Errorf("before: %v", p)
	}
	last := white.y
	for n := int64(10); n < 14; n++ {
		now := at(n)
		if now.y >= last || now.y <= red.y {
			t.Errorf("frame %d has luma %d after %d", n, now.y, last)
		}
		last = now.y
	}
	for n, want := range map[int64]yuv{14: red, 19: red, 24: green, 29: green} {
		if p := at(n); !isNear(p, want) {
			t.Errorf("frame %d is %v", n, p)
		}
	}
	if p := at(21); p.y <= red.y || p.y >= green.y {
		t.Errorf("between two states: %v", p)
	}
}

// TestCutViews checks that parts of a view look as the view does there, and that parts which look alike have one key.
func TestCutViews(t *testing.T) {
	t.Parallel()
	v := timed()
	v.Camera = []picture.CameraMove{{From: 12, Frames: 6, End: picture.CameraView{X: 0.25, Y: 0.25, Size: 0.5}}}
	v.Spans = []picture.Span{{From: 3}, {From: 17, Layers: on(rgbBlue)}}
	for _, from := range []int64{0, 5, 10, 11, 13, 17, 20, 22, 24} {
		part := v.Cut(from, 3)
		for n := range int64(3) {
			if !bytes.Equal(frameAt(t, part, n), frameAt(t, v, from+n)) {
				t.Errorf("frame %d of the part from %d differs", n, from)
			}
		}
	}
	for _, pair := range [][2]int64{{0, 8}, {25, 29}} {
		a, b := v.FreezeAt(pair[0]), v.FreezeAt(pair[1])
		if a.ComputeLook().Key() != b.ComputeLook().Key() {
			t.Errorf("frames %v look the same and have two keys", pair)
		}
	}
	seen := map[cache.Key]int64{}
	for n := int64(9); n < 25; n++ {
		now := v.FreezeAt(n)
		k := now.ComputeLook().Key()
		if before, ok := seen[k]; ok && n != 19 {
			t.Errorf("frames %d and %d have one key", before, n)
		}
		seen[k] = n
	}
	var moves, stands int64
	for _, s := range v.SplitAtMoves(0, 30) {
		if s.Moves {
			moves += s.Frames
		} else {
			stands += s.Frames
		}
	}
	if moves != 8+4 || stands != 18 {
		t.Errorf("%d frames move and %d stand", moves, stands)
	}
}

// TestFadesAreCrossfades checks that a fade that is encoded as a cross-fade shows the same frames as the view.
func TestFadesAreCrossfades(t *testing.T) {
	t.Parallel()
	v := timed()
	p := painter(t)
	for _, from := range []int64{10, 20} {
		part := v.Cut(from, 4)
		before, after, ok := part.SplitFade()
		if !ok {
			t.Fatalf("the part from %d is no fade", from)
		}
		incoming, err := p.PaintFrames(t.Context(), after, 0, 4)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(picture.CrossFade(frameAt(t, before, 0), incoming, 4))
		if err != nil {
			t.Fatal(err)
		}
		for n := range int64(4) {
			want := frameAt(t, v, from+n)
			if !bytes.Equal(got[n*int64(len(want)):][:len(want)], want) {
				t.Errorf("frame %d differs", from+n)
			}
		}
	}
	if _, _, ok := v.Cut(8, 4).SplitFade(); ok {
		t.Error("a part that begins before the fade is one")
	}
}

// TestCameraIsSmooth checks that the camera moves in one direction without jumps, slowly at both ends, and ends where
// it should.
func TestCameraIsSmooth(t *testing.T) {
	t.Parallel()
	const period, frames = 40, 24
	target := picture.AimCamera(picture.Callout{X0: 40, Y0: 20, X1: 70, Y1: 40}, width, height)
	if target.Size != 0.5 {
		t.Fatalf("the camera shows %v", target)
	}
	v := &picture.View{
		Still: picture.Still{Asset: wave(t, width*2, height*2, period)}, Frames: frames,
		Camera: []picture.CameraMove{{Frames: frames, End: target}},
	}
	p := painter(t)
	r, err := p.PaintFrames(t.Context(), v, 0, frames)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	whole := frameAt(t, &picture.View{Still: v.Still, Frames: 1}, 0)
	size := len(whole)
	difference := func(a, b []byte) float64 {
		sum := 0.0
		for i := range width * height {
			sum += math.Abs(float64(a[i]) - float64(b[i]))
		}
		return sum / width / height
	}
	last, before := whole, 0.0
	end := frameAt(t, v, frames)
	var steps []float64
	for n := range frames {
		now := all[n*size:][:size]
		steps = append(steps, difference(last, now))
		last = now
	}
	steps = append(steps, difference(last, end))
	for i, s := range steps {
		if i > 0 && math.Abs(s-before) > 6 {
			t.Errorf("the step to frame %d is %.1f after %.1f", i, s, before)
		}
		before = s
	}
	if steps[0] > 2 || steps[frames] > 2 {
		t.Errorf("the first step is %.1f, the last %.1f", steps[0], steps[frames])
	}
}

// TestCameraIsSharp checks that what the camera shows has the details of the picture, and not of a frame.
func TestCameraIsSharp(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, width*2, height*2))
	for i := range img.Pix {
		img.Pix[i] = 255
		if i%4 < 3 && (i/4%(2*width))%2 == 0 {
			img.Pix[i] = 0
		}
	}
	still := picture.Still{Asset: assetOf(t, img)}
	view := picture.CameraView{X: 0.25, Y: 0.25, Size: 0.5}
	f := frameAt(t, &picture.View{Still: still, Frames: 1, Camera: []picture.CameraMove{{Start: view, End: view}}}, 0)
	for x := 20; x < 40; x++ {
		if p := pixel(f, x, 30); (p.y > 128) != (x%2 == 1) {
			t.Fatalf("pixel %d is %v", x, p)
		}
	}
}

// TestHiddenContent checks that nothing is left of fine details inside a blurred callout, and that the rest does not
// change; also where the picture moves.
func TestHiddenContent(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{R: 255, G: 255, B: 255, A: 255}
			if (x/2+y/2)%2 == 0 {
				c = color.NRGBA{A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	still := picture.Still{Asset: assetOf(t, img)}
	hidden := picture.Callout{X0: 20, Y0: 10, X1: 70, Y1: 50, Blur: true}
	plain := frameAt(t, &picture.View{Still: still, Frames: 2}, 0)
	f := frameAt(t, &picture.View{Still: still, Frames: 2, Callouts: []picture.Callout{hidden}}, 0)
	for y := range height {
		for x := range width {
			in := x >= 20 && x < 70 && y >= 10 && y < 50
			p := f[y*width+x]
			if in && (p < 90 || p > 160) {
				t.Fatalf("%d,%d is %d inside", x, y, p)
			}
			if !in && p != plain[y*width+x] {
				t.Fatalf("%d,%d changed outside", x, y)
			}
		}
	}
	hidden.OfImage = true
	v := &picture.View{
		Still: still, Frames: 10, Move: picture.Move{Motion: frame.Zoom}, Callouts: []picture.Callout{hidden},
	}
	if p := pixel(frameAt(t, v, 9), width/2, height/2); p.y < 90 || p.y > 160 {
		t.Errorf("inside a moving picture: %v", p)
	}
}

// TestMarkersTint checks that a marker keeps text readable on white and on black.
func TestMarkersTint(t *testing.T) {
	t.Parallel()
	yellow := color.NRGBA{R: 255, G: 224, B: 102, A: 255}
	box := image.Rect(10, 10, 60, 40)
	ref := picture.LayerRef{Key: cache.Key{yellow.R, yellow.G, yellow.B}, Boxes: []image.Rectangle{box}}
	for _, c := range []struct {
		name        string
		ground, ink color.NRGBA
	}{{"black on white", rgbWhite, color.NRGBA{A: 255}}, {"white on black", color.NRGBA{A: 255}, rgbWhite}} {
		a := asset(t, width, height, 2, c.ground, c.ink)
		v := &picture.View{
			Still: picture.Still{Asset: a}, Frames: 1,
			CalloutStates: []picture.CalloutState{{Layers: []picture.CalloutLayer{{LayerRef: ref, Marker: true}}}},
		}
		f := frameAt(t, v, 0)
		ground, ink := pixel(f, 20, 20), pixel(f, 55, 20)
		if high, low := max(ground.y, ink.y), min(ground.y, ink.y); high < 180 || low > 90 {
			t.Errorf("%s: ground %v, letters %v", c.name, ground, ink)
		}
		if ground.u > 120 {
			t.Errorf("%s: the ground %v is not yellow", c.name, ground)
		}
		if out := pixel(f, 5, 5); !isNear(out, pixel(frameAt(t, &picture.View{Still: v.Still, Frames: 1}, 0), 5, 5)) {
			t.Errorf("%s: outside %v", c.name, out)
		}
	}
}

// TestCalloutsMoveWithTheirPicture checks that the drawing of a callout of the picture moves as the picture does.
func TestCalloutsMoveWithTheirPicture(t *testing.T) {
	t.Parallel()
	at := image.Pt(60, 40)
	a := spotted(t, 3*width, 3*height, at.Mul(3))
	ref := picture.LayerRef{Key: cache.Key{255}, Boxes: []image.Rectangle{image.Rect(at.X-4, at.Y-4, at.X+4, at.Y+4)}}
	v := &picture.View{
		Still: picture.Still{Asset: a}, Frames: 50, Move: picture.Move{Motion: frame.Zoom, Strong: true},
		CalloutStates: []picture.CalloutState{{Layers: []picture.CalloutLayer{{LayerRef: ref, OfImage: true}}}},
	}
	middle := func(f []byte, is func(p yuv) bool) (x, y float64) {
		n := 0.0
		for py := range height {
			for px := range width {
				if is(pixel(f, px, py)) {
					x, y, n = x+float64(px), y+float64(py), n+1
				}
			}
		}
		return x / n, y / n
	}
	bare := *v
	bare.CalloutStates = nil
	for _, n := range []int64{0, 25, 49} {
		x0, y0 := middle(frameAt(t, &bare, n), func(p yuv) bool { return p.y > 180 })
		x1, y1 := middle(frameAt(t, v, n), func(p yuv) bool { return p.v > 180 })
		if math.Abs(x0-x1) > 1 || math.Abs(y0-y1) > 1 {
			t.Errorf("frame %d: the picture is at %.1f,%.1f, the callout at %.1f,%.1f", n, x0, y0, x1, y1)
		}
	}
}

// TestSafeArea checks that a point in the safe area of a moving picture stays in the frame.
func TestSafeArea(t *testing.T) {
	t.Parallel()
	pic := steadyPicture()
	still := &picture.View{Still: picture.Still{Asset: wave(t, 300, 200, 9)}, Frames: 50}
	if got := still.FindSafeArea(picture.Callout{}, pic, 0); got != [4]float64{0, 0, width, height} {
		t.Errorf("without motion: %v", got)
	}
	v := *still
	v.Move = picture.Move{Motion: frame.Pan, Strong: true, Edge: "right"}
	got := v.FindSafeArea(picture.Callout{X0: 40, X1: 60, Y0: 20, Y1: 40}, pic, 0)
	if got[0] < 5 || got[2] > width || got[0] >= got[2] {
		t.Errorf("during a pan to the right: %v", got)
	}
}
