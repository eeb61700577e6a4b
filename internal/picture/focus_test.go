package picture_test

import (
	"image"
	"image/color"
	"testing"

	"mynah/internal/frame"
	"mynah/internal/picture"
)

// spotted returns a grey picture with a white square of 40 pixels around a point.
func spotted(t *testing.T, w, h int, at image.Point) *picture.Asset {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: 60, G: 60, B: 60, A: 255}
			if image.Pt(x, y).In(image.Rect(at.X-20, at.Y-20, at.X+20, at.Y+20)) {
				c = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return assetOf(t, img)
}

// TestFocusStaysInView checks that every frame of each motion shows the focus, and that a still shows it in the middle
// if the picture has room.
func TestFocusStaysInView(t *testing.T) {
	t.Parallel()
	const w, h = 600, 200
	for _, at := range []image.Point{{60, 100}, {300, 100}, {430, 60}, {560, 150}} {
		a := spotted(t, w, h, at)
		place := frame.Placing{Focus: frame.Focus{Set: true, X: float64(at.X) / w, Y: float64(at.Y) / h}}
		sees := func(f []byte) int {
			n := 0
			for _, p := range f[:width*height] {
				if p > 150 {
					n++
				}
			}
			return n
		}
		still := paint(t, picture.Still{Asset: a, Placing: place})[0]
		if at.X == 300 && !isNear(pixel(still, width/2, height/2), white) {
			t.Error("the focus is not in the middle")
		}
		for _, m := range []picture.Move{
			{Motion: frame.Zoom},
			{Motion: frame.ZoomOut},
			{Motion: frame.Pan, Edge: "left"},
			{Motion: frame.Pan, Edge: "right"},
			{Motion: frame.Pan},
			{Motion: frame.Pan, Strong: true},
			{Motion: frame.PanZoom, Edge: "top-left"},
			{Motion: frame.PanZoomOut, Strong: true, Edge: "left"},
			{Motion: frame.Zoom, Strong: true},
		} {
			v := &picture.View{Still: picture.Still{Asset: a, Placing: place}, Move: m, Frames: 2500}
			for _, n := range []int64{0, 1250, 2499} {
				if got := sees(frameAt(t, v, n)); got < 40 {
					t.Errorf("focus %v, %+v: frame %d shows %d of its pixels", at, m, n, got)
				}
			}
		}
	}
}

// TestBlurredGround checks that blur shows the whole picture, with a darkened copy of it instead of bars.
func TestBlurredGround(t *testing.T) {
	t.Parallel()
	a := asset(t, 60, 90, 2, color.NRGBA{R: 255, A: 255}, color.NRGBA{B: 255, A: 255})
	v := &picture.View{Still: picture.Still{Asset: a, Placing: frame.Placing{Fit: frame.Blur}}, Frames: 50}
	f := frameAt(t, v, 0)
	if p := pixel(f, width/2-8, height/2); !isNear(p, red) {
		t.Errorf("the picture is %v", p)
	}
	left, right := pixel(f, 3, height/2), pixel(f, width-4, height/2)
	if left.v < 160 || left.y >= red.y || right.u < 160 || right.y > blue.y+3 {
		t.Errorf("the ground is %v and %v", left, right)
	}
	v.Move = picture.Move{Motion: frame.Zoom}
	last := frameAt(t, v, 49)
	if p := pixel(last, 1, height/2); p.v < 160 {
		t.Errorf("the ground of a zoom is %v", p)
	}
	contain := &picture.View{Still: picture.Still{Asset: a, Placing: frame.Placing{Fit: frame.Contain}}}
	if v.ComputeLook().Key() == contain.ComputeLook().Key() {
		t.Error("blur and contain have one key")
	}
}
