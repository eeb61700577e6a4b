package slide_test

import (
	"image"
	"image/color"
	"testing"
	"testing/fstest"

	"mynah/internal/slide"
	"mynah/internal/testrun"
)

// calloutSheet returns a sheet for a frame of 640x360, half the size of the pixels of CSS.
func calloutSheet(theme string, marks ...slide.CalloutMark) slide.CalloutSheet {
	for i := range marks {
		marks[i].Within = [4]float64{0, 0, 640, 360}
	}
	return slide.CalloutSheet{
		Marks: marks,
		Request: slide.Request{Width: 640, Height: 360, Theme: theme, Files: fstest.MapFS{
			"own.css": {Data: []byte("body { --accent: #0a0; background: red !important; border: 9px solid } html::before { content: 'x' } " +
				"* { color: red; text-transform: uppercase }")},
			"none.css": {Data: []byte("h1 { color: blue }")},
		}},
	}
}

func drawCallouts(t *testing.T, d *slide.Drawer, s slide.CalloutSheet) *slide.DrawnCallouts {
	t.Helper()
	out, err := d.DrawCallouts(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRings checks that a ring is around its shape, in the theme's accent colour, and that nothing else is drawn.
func TestRings(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	ring := slide.CalloutMark{Left: 200, Top: 100, Right: 300, Bottom: 160, Ring: true}
	for theme, want := range map[string]color.NRGBA{
		"": {0x0b, 0x57, 0xd0, 255}, "dark": {0x6c, 0xb8, 0xff, 255}, "paper": {0x9c, 0x2f, 0x1f, 255},
		"bold": {0x11, 0x11, 0x11, 255}, "own.css": {0, 0xaa, 0, 255}, "none.css": {0, 0, 0, 255},
	} {
		out := drawCallouts(t, d, calloutSheet(theme, ring))
		for _, at := range []image.Point{{199, 130}, {300, 130}, {250, 99}, {250, 160}} {
			if got := out.Image.NRGBAAt(at.X, at.Y); got != want {
				t.Errorf("theme %q: %v at %v, want %v", theme, got, at, want)
			}
		}
		if got := out.Image.NRGBAAt(250, 130); got.A != 0 {
			t.Errorf("theme %q: the middle is %v", theme, got)
		}
		if b := out.Image.Rect; b.Min.X < 180 || b.Max.X > 320 || b.Min.Y < 80 || b.Max.Y > 182 {
			t.Errorf("theme %q: drawn is %v", theme, b)
		}
		if got := out.Image.NRGBAAt(out.Image.Rect.Min.X, out.Image.Rect.Min.Y); got.A > 8 {
			t.Errorf("theme %q: the corner is %v", theme, got)
		}
	}
	round := ring
	round.Round = true
	out := drawCallouts(t, d, calloutSheet("", round))
	if got := out.Image.NRGBAAt(203, 103); got.A > 120 {
		t.Errorf("the corner of an ellipse is %v", got)
	}
}

// TestMarkers checks that markers are bright in every theme, and cover exactly their shape.
func TestMarkers(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	for _, theme := range append(slide.ListThemes(), "own.css") {
		out := drawCallouts(t, d, calloutSheet(theme, slide.CalloutMark{Left: 200, Top: 100, Right: 300, Bottom: 160, Marker: true}))
		if got := out.Image.NRGBAAt(250, 130); got.A != 255 || int(got.R)+int(got.G) < 380 {
			t.Errorf("theme %q: %v", theme, got)
		}
		if out.Image.Rect != image.Rect(200, 100, 300, 160) {
			t.Errorf("theme %q: drawn is %v", theme, out.Image.Rect)
		}
	}
}

// TestLabels checks that labels are inside the frame, next to their shapes, not over each other or the captions, and
// legible, in several scripts and with long texts.
func TestLabels(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	long := "A text that is so long that it needs several lines on its plate, and even then it is not short of words at all"
	for _, text := range []string{
		"Here", "Hier steht’s 😀", "هنا زر الحفظ", "ここをクリックして保存します",
		"Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", long,
	} {
		for _, at := range []image.Point{{0, 0}, {600, 0}, {0, 330}, {600, 330}, {300, 170}, {-20, 400}} {
			mark := slide.CalloutMark{
				Left: float64(at.X), Top: float64(at.Y), Right: float64(at.X + 40), Bottom: float64(at.Y + 30), Ring: true, Label: text,
			}
			sheet := calloutSheet("dark", mark, slide.CalloutMark{Left: 280, Top: 30, Right: 360, Bottom: 60, Label: "Another"})
			sheet.Captions.Bottom = 100
			out := drawCallouts(t, d, sheet)
			if len(out.Labels) != 2 || len(out.Tofu) > 0 {
				t.Fatalf("%q: labels %v, tofu %q", text, out.Labels, string(out.Tofu))
			}
			label, shape := out.Labels[0], image.Rect(at.X, at.Y, at.X+40, at.Y+30)
			frame := image.Rect(0, 0, 640, 360)
			switch {
			case !label.In(frame):
				t.Errorf("%q at %v: the label %v is outside", text, at, label)
			case label.Overlaps(out.Labels[1]):
				t.Errorf("%q at %v: the labels %v overlap", text, at, out.Labels)
			case label.Overlaps(shape):
				t.Errorf("%q at %v: the label %v covers its shape", text, at, label)
			case label.Max.Y > 360-50 && at.Y < 300:
				t.Errorf("%q at %v: the label %v is over the captions", text, at, label)
			}
			dark, light := 0, 0
			for y := label.Min.Y; y < label.Max.Y; y++ {
				for x := label.Min.X; x < label.Max.X; x++ {
					switch c := out.Image.NRGBAAt(x, y); {
					case c.A == 255 && c.R < 40 && c.G < 40 && c.B < 50:
						dark++
					case c.A == 255 && c.R > 230 && c.G > 230 && c.B > 230:
						light++
					}
				}
			}
			if area := label.Dx() * label.Dy(); dark < area/3 || light < area/200 {
				t.Errorf("%q at %v: %d of %d pixels are dark, %d light", text, at, dark, area, light)
			}
		}
	}
}

// TestCalloutKeys checks that everything that changes the drawing changes its key.
func TestCalloutKeys(t *testing.T) {
	t.Parallel()
	mark := slide.CalloutMark{Left: 1, Top: 2, Right: 30, Bottom: 40, Ring: true, Label: "a"}
	seen := map[string]string{}
	for name, change := range map[string]func(*slide.CalloutSheet){
		"nothing":  func(*slide.CalloutSheet) {},
		"shape":    func(s *slide.CalloutSheet) { s.Marks[0].Left++ },
		"round":    func(s *slide.CalloutSheet) { s.Marks[0].Round = true },
		"ring":     func(s *slide.CalloutSheet) { s.Marks[0].Ring = false },
		"marker":   func(s *slide.CalloutSheet) { s.Marks[0].Marker = true },
		"label":    func(s *slide.CalloutSheet) { s.Marks[0].Label = "b" },
		"within":   func(s *slide.CalloutSheet) { s.Marks[0].Within[0]++ },
		"theme":    func(s *slide.CalloutSheet) { s.Theme = "dark" },
		"own":      func(s *slide.CalloutSheet) { s.Theme = "own.css" },
		"size":     func(s *slide.CalloutSheet) { s.Width += 2 },
		"captions": func(s *slide.CalloutSheet) { s.Captions.Bottom = 9 },
		"language": func(s *slide.CalloutSheet) { s.Language = "ja" },
	} {
		s := calloutSheet("", mark)
		change(&s)
		k := s.ComputeKey("v").String()
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[k] = name
	}
}
