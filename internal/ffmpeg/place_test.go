package ffmpeg_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	const start, center, end = frame.AlignStart, frame.AlignCenter, frame.AlignEnd
	at := func(x, y frame.Align) frame.Position { return frame.Position{X: x, Y: y} }
	for _, c := range []struct {
		name string
		w, h int
		fit  frame.Fit
		at   frame.Position
		// CROP-W x CROP-H + CROP-X + CROP-Y, the scaled size, and the offset
		want   string
		padded bool
	}{
		{"of the frame's size", 1280, 720, frame.Cover, at(center, center), "1280x720+0+0 1280x720 at 0 0", false},
		{"of the frame's shape", 2560, 1440, frame.Cover, at(center, center), "2560x1440+0+0 1280x720 at 0 0", false},
		{"smaller", 640, 360, frame.Cover, at(center, center), "640x360+0+0 1280x720 at 0 0", false},
		{"too wide", 2000, 720, frame.Cover, at(center, center), "1280x720+360+0 1280x720 at 0 0", false},
		{"too wide, its left", 2000, 720, frame.Cover, at(start, center), "1280x720+0+0 1280x720 at 0 0", false},
		{"too wide, its right", 2000, 720, frame.Cover, at(end, center), "1280x720+720+0 1280x720 at 0 0", false},
		{"too high", 1280, 1720, frame.Cover, at(center, center), "1280x720+0+500 1280x720 at 0 0", false},
		{"too high, its top", 1280, 1720, frame.Cover, at(end, start), "1280x720+0+0 1280x720 at 0 0", false},
		{"too high, its bottom", 1280, 1720, frame.Cover, at(start, end), "1280x720+0+1000 1280x720 at 0 0", false},
		{"scaled up and cropped", 640, 400, frame.Cover, at(center, center), "640x360+0+20 1280x720 at 0 0", false},
		{"an empty fit is cover", 2000, 720, "", at(center, center), "1280x720+360+0 1280x720 at 0 0", false},

		{"contained, of the frame's shape", 640, 360, frame.Contain, at(center, center), "640x360+0+0 1280x720 at 0 0", false},
		{"contained, high", 720, 1440, frame.Contain, at(center, center), "720x1440+0+0 360x720 at 460 0", true},
		{"contained, high, left", 720, 1440, frame.Contain, at(start, center), "720x1440+0+0 360x720 at 0 0", true},
		{"contained, high, right", 720, 1440, frame.Contain, at(end, end), "720x1440+0+0 360x720 at 920 0", true},
		{"contained, wide", 2560, 720, frame.Contain, at(center, center), "2560x720+0+0 1280x360 at 0 180", true},
		{"contained, wide, top", 2560, 720, frame.Contain, at(center, start), "2560x720+0+0 1280x360 at 0 0", true},
		{"contained, wide, bottom", 2560, 720, frame.Contain, at(start, end), "2560x720+0+0 1280x360 at 0 360", true},
		{"contained, scaled up", 100, 100, frame.Contain, at(center, center), "100x100+0+0 720x720 at 280 0", true},
		{"contained, but a line", 10000, 1, frame.Contain, at(center, center), "10000x1+0+0 1280x1 at 0 359", true},

		{"stretched", 100, 900, frame.Stretch, at(end, end), "100x900+0+0 1280x720 at 0 0", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := ffmpeg.PlaceSource(c.w, c.h, 1280, 720, frame.Placing{Fit: c.fit, Position: c.at})
			got := fmt.Sprintf("%dx%d+%d+%d %dx%d at %d %d", p.CropW, p.CropH, p.CropX, p.CropY, p.ScaledW, p.ScaledH, p.OffsetX, p.OffsetY)
			if got != c.want || p.IsPadded() != c.padded {
				t.Errorf("got %s, padded %v", got, p.IsPadded())
			}
		})
	}
}

// axis is one axis of a Placement.
type axis struct {
	source, frame              int
	crop, seen, scaled, offset int
	at                         frame.Align
}

// TestPlaceProperties checks properties of all placements.
func TestPlaceProperties(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	size := func() int { return 1 + int(math.Exp(r.Float64()*math.Log(9000))) }
	aligns := []frame.Align{frame.AlignStart, frame.AlignCenter, frame.AlignEnd}
	for range 20000 {
		w, h, fw, fh := size(), size(), 16+2*r.IntN(2000), 16+2*r.IntN(2000)
		fit := []frame.Fit{frame.Cover, frame.Contain, frame.Stretch}[r.IntN(3)]
		at := frame.Position{X: aligns[r.IntN(3)], Y: aligns[r.IntN(3)]}
		p := ffmpeg.PlaceSource(w, h, fw, fh, frame.Placing{Fit: fit, Position: at})
		x := axis{w, fw, p.CropX, p.CropW, p.ScaledW, p.OffsetX, at.X}
		y := axis{h, fh, p.CropY, p.CropH, p.ScaledH, p.OffsetY, at.Y}
		for _, a := range []axis{x, y} {
			wrong := ""
			switch {
			case a.crop < 0 || a.seen < 1 || a.crop+a.seen > a.source:
				wrong = "the part that is looked at lies outside of the source"
			case p.FrameW != fw || p.FrameH != fh:
				wrong = "another frame"
			case fit == frame.Cover:
				wrong = covers(a, math.Max(float64(fw)/float64(w), float64(fh)/float64(h)))
			case fit == frame.Contain:
				wrong = contained(a, math.Min(float64(fw)/float64(w), float64(fh)/float64(h)))
			case a.scaled != a.frame || a.offset != 0 || a.seen != a.source:
				wrong = "not stretched"
			}
			if wrong != "" {
				t.Fatalf("%s: %dx%d in %dx%d %s %+v: %+v", wrong, w, h, fw, fh, fit, at, p)
			}
		}
		if fit == frame.Contain && p.ScaledW != fw && p.ScaledH != fh {
			t.Fatalf("%dx%d in %dx%d could be larger: %+v", w, h, fw, fh, p)
		}
		if fit == frame.Cover && p.IsPadded() {
			t.Fatalf("%dx%d does not cover %dx%d: %+v", w, h, fw, fh, p)
		}
	}
}

// covers returns an error if an axis of a picture does not fill the frame correctly.
func covers(a axis, scale float64) string {
	visible := float64(a.frame) / scale
	from := float64(a.crop) - float64(a.offset)/scale
	free := math.Max(float64(a.source)-visible, 0)
	want := map[frame.Align]float64{frame.AlignStart: 0, frame.AlignCenter: free / 2, frame.AlignEnd: free}[a.at]
	switch {
	case a.offset > 0 || a.offset+a.scaled < a.frame:
		return "a part of the frame is free"
	case math.Abs(from-want) > 1.5/scale:
		return fmt.Sprintf("another part is seen: from %.2f, want %.2f", from, want)
	case float64(a.seen) > visible+2:
		return "more is scaled than is seen"
	case math.Abs(float64(a.scaled)-float64(a.seen)*scale) > 1 && a.scaled != a.frame:
		return "the shape changed"
	case math.Abs(float64(a.scaled)-float64(a.seen)*scale) > 1+scale:
		return "the shape changed by more than a pixel"
	}
	return ""
}

// contained returns an error if an axis of a picture is not completely visible.
func contained(a axis, scale float64) string {
	free := a.frame - a.scaled
	low := map[frame.Align]int{frame.AlignStart: 0, frame.AlignCenter: free / 2, frame.AlignEnd: free}[a.at]
	switch {
	case a.seen != a.source:
		return "a part of the picture is cut off"
	case a.scaled > a.frame || a.scaled < 1:
		return "it is larger than the frame"
	case a.offset != low:
		return "it stands elsewhere"
	case math.Abs(float64(a.scaled)-float64(a.source)*scale) > 0.5001 && a.scaled != 1:
		return "the shape changed"
	}
	return ""
}

func TestUpright(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    ffmpeg.Source
		w, h int
	}{
		{ffmpeg.Source{Width: 40, Height: 20}, 40, 20},
		{ffmpeg.Source{Width: 40, Height: 20, Turn: 4, PixelW: 1, PixelH: 1}, 40, 20},
		{ffmpeg.Source{Width: 40, Height: 20, Turn: 5, PixelW: 1, PixelH: 1}, 20, 40},
		{ffmpeg.Source{Width: 40, Height: 20, Turn: 8, PixelW: 3, PixelH: 3}, 20, 40},
		{ffmpeg.Source{Width: 720, Height: 576, Turn: 1, PixelW: 64, PixelH: 45}, 1024, 576},
		{ffmpeg.Source{Width: 720, Height: 480, Turn: 1, PixelW: 8, PixelH: 9}, 720, 540},
		{ffmpeg.Source{Width: 720, Height: 576, Turn: 6, PixelW: 64, PixelH: 45}, 576, 1024},
		{ffmpeg.Source{Width: 1, Height: 1, Turn: 1, PixelW: 20, PixelH: 1}, 20, 1},
	} {
		if w, h := c.s.ComputeUprightSize(); w != c.w || h != c.h {
			t.Errorf("%+v stands as %dx%d, want %dx%d", c.s, w, h, c.w, c.h)
		}
	}
}
