package slide_test

import (
	"image"
	"image/color"
	"math"
	"testing"
	"testing/fstest"

	"mynah/internal/frame"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

// isLike reports whether a pixel is opaque and within 12 steps of a colour.
func isLike(want color.NRGBA) func(color.NRGBA) bool {
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 12 }
	return func(c color.NRGBA) bool {
		return c.A > 250 && near(c.R, want.R) && near(c.G, want.G) && near(c.B, want.B)
	}
}

// TestBrand checks where the colours of a brand are seen.
func TestBrand(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	accent, ink := color.NRGBA{R: 228, B: 120, A: 255}, color.NRGBA{G: 90, B: 60, A: 255}
	ground := color.NRGBA{R: 255, G: 240, B: 200, A: 255}
	files := fstest.MapFS{
		"house.css": {Data: []byte(":root { --accent: #e40078; --ink: #005a3c; --ground: #fff0c8 }\n" +
			"body { color: blue }\n")},
		"mine.css": {Data: []byte("h1 { color: var(--accent) }")},
	}
	brand := func(r slide.Request, theme string) slide.Request {
		r.Brand, r.Files, r.Theme = "house.css", files, theme
		return r
	}
	shows := func(t *testing.T, got *slide.Drawn, what string, c color.NRGBA) {
		t.Helper()
		if inkedBox(got, isLike(c)).Empty() && !isLike(c)(got.Rest) {
			t.Errorf("no pixel has the colour of %s; %s", what, warnings(got))
		}
	}
	for _, theme := range []string{"default", "light", "dark", "paper", "bold"} {
		t.Run("slides of "+theme, func(t *testing.T) {
			t.Parallel()
			got := drawOne(t, d, brand(request(md("# Head\n\n- one\n- two\n\n> said")), theme))
			shows(t, got, "--ink", ink)
			shows(t, got, "--accent", accent)
			if !isLike(ground)(slidePixel(got, 3, 3)) {
				t.Errorf("the ground is %v", slidePixel(got, 3, 3))
			}
			if !warned(got, "the brand sets body") {
				t.Errorf("warnings %s", warnings(got))
			}
		})
		t.Run("over a picture, "+theme, func(t *testing.T) {
			t.Parallel()
			r := over(text("Hello"))
			r.Theme = theme
			plain := drawOne(t, d, r)
			got := drawOne(t, d, brand(over(text("Hello")), theme))
			if theme == "default" || theme == "light" {
				if !inkedBox(got, isLike(ink)).Empty() || inkedBox(got, isWhite).Empty() {
					t.Error("the text over a picture is not white")
				}
			}
			if plain.Rest != got.Rest {
				t.Errorf("the picture is darkened by %v, without the brand by %v", got.Rest, plain.Rest)
			}
		})
	}
	t.Run("a theme of the project", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, brand(request(md("# Head\n\ntext")), "mine.css"))
		shows(t, got, "--accent", accent)
		shows(t, got, "--ink", ink)
	})
	t.Run("diagrams", func(t *testing.T) {
		t.Parallel()
		r := request([]slide.Block{{Kind: frame.DotBlock, Text: "digraph { a -> b }"}})
		got := drawOne(t, d, brand(r, "default"))
		shows(t, got, "--accent", accent)
		shows(t, got, "--ink", ink)
	})
	t.Run("the bar of the progress", func(t *testing.T) {
		t.Parallel()
		r := brand(request(text("")), "default")
		r.Ground = &slide.Ground{Bare: true, Progress: 0.25}
		got := drawOne(t, d, r)
		if box := inkedBox(got, isLike(accent)); box != image.Rect(0, 714, 320, 720) || got.Rest.A != 0 {
			t.Errorf("the bar is %v, the rest %v", box, got.Rest)
		}
		if len(got.Warnings) > 0 {
			t.Errorf("slides report the same: %s", warnings(got))
		}
	})
}

// TestWatermarks checks the places of watermarks, and the warnings about unusual images.
func TestWatermarks(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	green := color.NRGBA{G: 170, A: 255}
	svg := func(w, h string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(svgHead + `width="` + w + `" height="` + h + `" viewBox="0 0 10 5">` +
			`<rect width="10" height="5" fill="#0a0"/></svg>`)}
	}
	draw := func(t *testing.T, file string, at frame.Position, strength float64) *slide.Drawn {
		t.Helper()
		r := request(text(""))
		r.Files = fstest.MapFS{
			"a logo.svg": svg("100", "50"), "large.svg": svg("3000", "1500"), "broken.png": {Data: []byte("no image")},
		}
		r.Ground = &slide.Ground{Bare: true, Watermark: &slide.Watermark{File: file, Position: at, Opacity: strength}}
		return drawOne(t, d, r)
	}
	topRight := frame.Position{X: frame.AlignEnd, Y: frame.AlignStart}
	t.Run("a corner", func(t *testing.T) {
		t.Parallel()
		got := draw(t, "a logo.svg", topRight, 1)
		if box := inkedBox(got, isLike(green)); box != image.Rect(1150, 26, 1250, 76) || len(got.Warnings) > 0 {
			t.Errorf("it is at %v; %s", box, warnings(got))
		}
	})
	t.Run("the other corner, half transparent", func(t *testing.T) {
		t.Parallel()
		got := draw(t, "a logo.svg", frame.Position{X: frame.AlignStart, Y: frame.AlignEnd}, 0.5)
		box := inkedBox(got, func(c color.NRGBA) bool { return c.A > 120 && c.A < 135 })
		if box != image.Rect(30, 644, 130, 694) {
			t.Errorf("it is at %v", box)
		}
	})
	t.Run("larger than the frame", func(t *testing.T) {
		t.Parallel()
		got := draw(t, "large.svg", topRight, 1)
		if box := inkedBox(got, isLike(green)); box.Size() != image.Pt(256, 128) ||
			!warned(got, "larger than the frame, with 3000x1500") {
			t.Errorf("it is %v; %s", box, warnings(got))
		}
	})
	t.Run("no image", func(t *testing.T) {
		t.Parallel()
		if got := draw(t, "broken.png", topRight, 1); !warned(got, "the watermark broken.png cannot be drawn") {
			t.Errorf("warnings %s", warnings(got))
		}
	})
}

// TestPartsOfTheFrame checks that a slide with content at an edge of the frame, with quote marks above its lines or
// with a bar above its text is drawn as a part of the frame: a picture of the whole frame costs several times as much.
func TestPartsOfTheFrame(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	for layout, c := range map[frame.Layout]struct {
		text string
		most float64
	}{
		frame.QuoteLayout: {"> What is measured gets done.\n>\n> — Author", 0.6},
		frame.LowerThird:  {"## Ada\n\nMathematician", 0.3},
		frame.TitleLayout: {"# Ships\n\nA day", 0.3},
	} {
		t.Run(string(layout), func(t *testing.T) {
			t.Parallel()
			r := request(md(c.text))
			r.Layout, r.Over = layout, layout == frame.LowerThird
			got := drawOne(t, d, r)
			share := float64(got.Bounds.Dx()*got.Bounds.Dy()) / (1280 * 720)
			if share > c.most || share < 0.02 {
				t.Errorf("%.2f of the frame is drawn: %v", share, got.Bounds)
			}
			if got.Rest != got.Image.NRGBAAt(got.Bounds.Max.X-1, got.Bounds.Min.Y) {
				t.Errorf("the corner is not %v", got.Rest)
			}
		})
	}
}

// TestBars checks that the bars of headings and titles, which stand apart from the text, are in the picture.
func TestBars(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	accent := color.NRGBA{R: 228, B: 120, A: 255}
	files := fstest.MapFS{"house.css": {Data: []byte(":root { --accent: #e40078 }")}}
	for _, c := range []struct {
		name, theme, language, text string
		layout                      frame.Layout
		want                        image.Rectangle
	}{
		{"below a heading", "dark", "", "# Head", "", image.Rect(585, 401, 695, 408)},
		{"below a heading of Arabic", "dark", "ar", "# مرحبا", "", image.Rect(585, 401, 695, 408)},
		{"above a title", "default", "", "# Head", frame.TitleLayout, image.Rect(80, 272, 175, 279)},
		{
			"above a long title", "dark", "", "# A heading of several words that takes two lines", frame.TitleLayout,
			image.Rect(80, 207, 175, 214),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := request(md(c.text))
			r.Theme, r.Language, r.Layout, r.Brand, r.Files = c.theme, c.language, c.layout, "house.css", files
			box := inkedBox(drawOne(t, d, r), isLike(accent))
			if math.Abs(float64(box.Dx()-c.want.Dx())) > 3 || math.Abs(float64(box.Dy()-c.want.Dy())) > 2 ||
				math.Abs(float64(box.Min.X-c.want.Min.X)) > 4 {
				t.Errorf("the bar is %v, want %v", box, c.want)
			}
		})
	}
}
