package slide_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

func request(blocks []slide.Block) slide.Request {
	for i := range blocks {
		blocks[i].Range = diag.Range{File: "script.md", Start: diag.Pos{Line: 7 + i, Column: 1}}
	}
	return slide.Request{Width: 1280, Height: 720, Blocks: blocks}
}

func over(blocks []slide.Block) slide.Request {
	r := request(blocks)
	r.Over = true
	return r
}

func drawOne(t *testing.T, d *slide.Drawer, r slide.Request) *slide.Drawn {
	t.Helper()
	got, err := d.Draw(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// slidePixel returns the colour of a slide at a point of the frame.
func slidePixel(d *slide.Drawn, x, y int) color.NRGBA {
	if image.Pt(x, y).In(d.Bounds) {
		return d.Image.NRGBAAt(x, y)
	}
	return d.Rest
}

// inkedBox returns the bounding box of the pixels that satisfy is.
func inkedBox(d *slide.Drawn, is func(color.NRGBA) bool) image.Rectangle {
	var out image.Rectangle
	for y := d.Bounds.Min.Y; y < d.Bounds.Max.Y; y++ {
		for x := d.Bounds.Min.X; x < d.Bounds.Max.X; x++ {
			if is(d.Image.NRGBAAt(x, y)) {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

func isDark(c color.NRGBA) bool {
	return c.A > 200 && int(c.R)+int(c.G)+int(c.B) < 150
}

func isWhite(c color.NRGBA) bool { return c.A > 250 && c.R > 250 && c.G > 250 && c.B > 250 }

func warned(d *slide.Drawn, part string) bool {
	for _, w := range d.Warnings {
		if strings.Contains(w.Summary, part) {
			return true
		}
	}
	return false
}

func warnings(d *slide.Drawn) string { return fmt.Sprintf("%+v", d.Warnings) }

func TestSlides(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	t.Run("plain text is centred and black on white", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, request(text("Hello World")))
		if !got.Opaque || got.Rest != (color.NRGBA{255, 255, 255, 255}) {
			t.Errorf("opaque %v, rest %v", got.Opaque, got.Rest)
		}
		box := inkedBox(got, isDark)
		if h := box.Dy(); h < 60 || h > 110 {
			t.Errorf("letters of 100 pixels are %d high", h)
		}
		if x := box.Min.X + box.Max.X; x < 1270 || x > 1290 {
			t.Errorf("the text %v is not in the middle of 1280", box)
		}
		if y := box.Min.Y + box.Max.Y; y < 690 || y > 750 {
			t.Errorf("the text %v is not in the middle of 720", box)
		}
		if got.Bounds.Dx() > 1000 {
			t.Errorf("the picture covers the whole frame, %v", got.Bounds)
		}
	})
	t.Run("plain text has twice the base size", func(t *testing.T) {
		t.Parallel()
		small := text("Hello")
		small[0].FontSize = 25
		a, b := inkedBox(drawOne(t, d, request(small)), isDark), inkedBox(drawOne(t, d, request(text("Hello"))), isDark)
		if r := float64(b.Dy()) / float64(a.Dy()); r < 1.85 || r > 2.15 {
			t.Errorf("100 pixels are %.2f times as high as 50", r)
		}
	})
	t.Run("headings follow the base size", func(t *testing.T) {
		t.Parallel()
		small := md("# HHH")
		small[0].FontSize = 25
		a, b := inkedBox(drawOne(t, d, request(small)), isDark), inkedBox(drawOne(t, d, request(md("# HHH"))), isDark)
		if r := float64(b.Dy()) / float64(a.Dy()); r < 1.9 || r > 2.1 {
			t.Errorf("a heading at a base of 50 is %.2f times as high as at 25", r)
		}
	})
	t.Run("a project's body changes no heading and no plain text", func(t *testing.T) {
		t.Parallel()
		for _, blocks := range [][]slide.Block{text("HHH"), md("# HHH"), md("## HHH")} {
			r := request(blocks)
			r.Theme, r.Files = "t.css", fstest.MapFS{"t.css": {Data: []byte("body { font-size: 20px }")}}
			a, b := inkedBox(drawOne(t, d, r), isDark), inkedBox(drawOne(t, d, request(blocks)), isDark)
			if a.Dy() != b.Dy() {
				t.Errorf("%q is %d pixels high, %d without the theme", blocks[0].Text, a.Dy(), b.Dy())
			}
		}
		r := request(md("- HHH"))
		r.Theme, r.Files = "t.css", fstest.MapFS{"t.css": {Data: []byte("body { font-size: 20px }")}}
		a, b := inkedBox(drawOne(t, d, r), isDark), inkedBox(drawOne(t, d, request(md("- HHH"))), isDark)
		if a.Dy() > b.Dy()/2 {
			t.Errorf("a list is %d pixels high, %d without the theme", a.Dy(), b.Dy())
		}
	})
	t.Run("faces that themes name have stand-ins", func(t *testing.T) {
		t.Parallel()
		widths := map[int]string{}
		for _, family := range []string{"Arial", "Times", "Courier", "Calibri", "Georgia", "Verdana", "Noto Sans"} {
			r := request(md("**Hillimwwg** Hillimwwg"))
			r.Theme, r.Files = "t.css", fstest.MapFS{"t.css": {Data: []byte("body { font-family: " + family + " }")}}
			drawn := drawOne(t, d, r)
			if len(drawn.Warnings) > 0 {
				t.Errorf("%s: %+v", family, drawn.Warnings)
			}
			w := inkedBox(drawn, isDark).Dx()
			if other := widths[w]; other != "" {
				t.Errorf("%s looks like %s", family, other)
			}
			widths[w] = family
		}
	})
	t.Run("a slide keeps clear of captions", func(t *testing.T) {
		t.Parallel()
		list := "# Title\n" + strings.Repeat("- item\n", 7)
		for _, blocks := range [][]slide.Block{md(list), md("|a|b|\n|-|-|\n" + strings.Repeat("|1|2|\n", 12)), md("Short.")} {
			free := inkedBox(drawOne(t, d, request(blocks)), isDark)
			r := request(blocks)
			r.Captions = slide.Strips{Bottom: 150}
			got := inkedBox(drawOne(t, d, r), isDark)
			if got.Max.Y > 570 {
				t.Errorf("it reaches to %d, free to %d", got.Max.Y, free.Max.Y)
			}
			if free.Max.Y <= 570 && got != free {
				t.Errorf("%v moved to %v though it met no caption", free, got)
			}
		}
	})
	t.Run("headings are twice and one and a half times the text", func(t *testing.T) {
		t.Parallel()
		one, two := inkedBox(drawOne(t, d, request(md("# HHH"))), isDark), inkedBox(drawOne(t, d, request(md("## HHH"))), isDark)
		if r := float64(one.Dy()) / float64(two.Dy()); r < 1.28 || r > 1.38 {
			t.Errorf("# is %.2f times as high as ##, want 2 / 1.5", r)
		}
	})
	t.Run("over a picture", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, over(text("Hello")))
		if got.Opaque || got.Rest.A != 143 || got.Rest.R != 0 {
			t.Errorf("rest %v, want black at .56 (143)", got.Rest)
		}
		if box := inkedBox(got, isWhite); box.Dx() < 150 {
			t.Errorf("white text in %v", box)
		}
	})
	t.Run("light darkens nothing", func(t *testing.T) {
		t.Parallel()
		r := over(md("# Title\n\n- one\n- two"))
		r.Theme = "light"
		got := drawOne(t, d, r)
		if got.Rest.A != 0 {
			t.Errorf("rest %v, want nothing", got.Rest)
		}
		if inkedBox(got, isWhite).Empty() || inkedBox(got, isDark).Empty() {
			t.Error("the heading is not white, or the list not dark on its box")
		}
	})
	t.Run("every theme draws, alone and over a picture", func(t *testing.T) {
		t.Parallel()
		seen := map[string]string{}
		for _, theme := range slide.ListThemes() {
			for _, r := range []slide.Request{request(md("# T\n\n- a\n- b")), over(md("# T\n\n- a\n- b"))} {
				r.Theme = theme
				got := drawOne(t, d, r)
				if got.Opaque == r.Over || len(got.Warnings) > 0 {
					t.Errorf("%s, over %v: opaque %v, warnings %v", theme, r.Over, got.Opaque, got.Warnings)
				}
				seen[string(got.Image.Pix)] += theme
			}
		}
		if len(seen) != 2*len(slide.ListThemes())-1 { // default and light are the same alone
			t.Errorf("%d different pictures", len(seen))
		}
	})
	t.Run("canvas", func(t *testing.T) {
		t.Parallel()
		r := request(text("Hello"))
		r.Canvas, r.CanvasSet = frame.Color{R: 10, G: 20, B: 60, A: 255}, true
		got := drawOne(t, d, r)
		if got.Rest != (color.NRGBA{10, 20, 60, 255}) || inkedBox(got, isWhite).Empty() {
			t.Errorf("rest %v; or the text is not white on a dark canvas", got.Rest)
		}
	})
	t.Run("letters of the world are no boxes", func(t *testing.T) {
		t.Parallel()
		seen := map[string]rune{}
		for _, c := range "你好世界日本語한글שלוםمرحبا🚀🎉" {
			got := drawOne(t, d, request(text(string(c))))
			if len(got.Warnings) > 0 {
				t.Errorf("%c: %v", c, got.Warnings)
			}
			if other, ok := seen[string(got.Image.Pix)]; ok && other != c {
				t.Errorf("%c looks like %c", c, other)
			}
			seen[string(got.Image.Pix)] = c
		}
	})
	t.Run("right to left", func(t *testing.T) {
		t.Parallel()
		left, right := inkedBox(drawOne(t, d, request(md("- abc\n- abc def ghi"))),
			isDark), inkedBox(drawOne(t, d, request(md("- שלום\n- שלום עולם שלום"))), isDark)
		if left.Empty() || right.Empty() {
			t.Fatal("no text")
		}
		first := inkedBox(drawOne(t, d, request(md("- ש\n- שלום עולם שלום"))), func(c color.NRGBA) bool { return isDark(c) })
		if first.Max.X < right.Max.X-30 {
			t.Errorf("the short line is not at the right edge: %v in %v", first, right)
		}
	})
	t.Run("sizes of frames", func(t *testing.T) {
		t.Parallel()
		for _, size := range []image.Point{{1920, 1080}, {1080, 1920}, {854, 480}, {1000, 1000}, {722, 1284}} {
			r := over(md("# A\n\n- b"))
			r.Width, r.Height = size.X, size.Y
			got := drawOne(t, d, r)
			if !got.Bounds.In(image.Rectangle{Max: size}) || got.Image.Rect != got.Bounds {
				t.Errorf("%v: %v, image %v", size, got.Bounds, got.Image.Rect)
			}
			box := inkedBox(got, isWhite)
			if x := float64(box.Min.X+box.Max.X) / 2 / float64(size.X); x < .47 || x > .53 {
				t.Errorf("%v: the text %v is not in the middle", size, box)
			}
		}
	})
	t.Run("a font's letter is missing", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, request(text("a \U0001FBFF\U000E0FF0 \U00012FFE b")))
		if !warned(got, "no font contains") {
			t.Errorf("warnings %s", warnings(got))
		}
	})
}

func TestStates(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	items := slide.Block{Kind: frame.MarkdownBlock, Text: "# T\n\n- one\n  - two\n- three", Reveal: true}
	listing := slide.Block{
		Kind: frame.CodeBlock, Language: "go", Text: "a := 1\nb := 2\nc := 3", Reveal: true,
		Ranges: []frame.LineRange{{From: 1, To: 1}, {From: 2, To: 3}},
	}
	if items.CountSteps() != 3 || listing.CountSteps() != 2 || (slide.Block{Kind: frame.TextBlock, Reveal: true}).CountSteps() != 1 {
		t.Errorf("states %d, %d", items.CountSteps(), listing.CountSteps())
	}
	t.Run("items keep their room", func(t *testing.T) {
		t.Parallel()
		r := request([]slide.Block{items})
		all := items
		all.Reveal = false
		whole := drawOne(t, d, request([]slide.Block{all}))
		last := 0
		for r.State = range 3 {
			got := drawOne(t, d, r)
			n := 0
			for y := range 720 {
				for x := range 1280 {
					if c := slidePixel(got, x, y); isDark(c) {
						n++
						if c != slidePixel(whole, x, y) {
							t.Fatalf("state %d: the pixel %d, %d moved", r.State, x, y)
						}
					}
				}
			}
			if n <= last {
				t.Errorf("state %d shows no more than the one before: %d pixels", r.State, n)
			}
			last = n
		}
		r.State = 99
		if got := drawOne(t, d, r); !sameSlide(got, whole) {
			t.Error("the last state does not show all")
		}
	})
	t.Run("ranges of lines", func(t *testing.T) {
		t.Parallel()
		r := request([]slide.Block{listing})
		first := drawOne(t, d, r)
		r.State = 1
		second := drawOne(t, d, r)
		if sameSlide(first, second) {
			t.Error("both states look the same")
		}
		plain := listing
		plain.Reveal, plain.Highlight = false, []frame.LineRange{{From: 1, To: 1}}
		if got := drawOne(t, d, request([]slide.Block{plain})); !sameSlide(got, first) {
			t.Error("lines that are lit look unlike those that are revealed")
		}
	})
}

func sameSlide(a, b *slide.Drawn) bool {
	for y := range 720 {
		for x := range 1280 {
			if slidePixel(a, x, y) != slidePixel(b, x, y) {
				return false
			}
		}
	}
	return true
}

func TestDiagrams(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	sort := func(kind frame.BlockKind, text string) slide.Request {
		return request([]slide.Block{{Kind: frame.TextBlock, Text: "Title"}, {Kind: kind, Text: text}})
	}
	good := map[frame.BlockKind]string{
		frame.MermaidBlock: "flowchart LR\n  A[<b>One</b>] --> B",
		frame.DotBlock:     "digraph {\n  a -> b\n}",
		frame.MathBlock:    "x = \\frac{-b}{2a}\n\n\\sqrt{2}",
	}
	bad := map[frame.BlockKind]struct {
		text string
		line int
	}{
		frame.MermaidBlock: {"flowchart LR\n  A --> B\n  B --> [[", 3},
		frame.DotBlock:     {"digraph {\n  a -> b\n  b -> -> c\n}", 3},
		frame.MathBlock:    {"x = 1\n\ny = \\frac{1\n", 3},
	}
	for kind, text := range good {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			got, again := drawOne(t, d, sort(kind, text)), drawOne(t, d, sort(kind, text))
			title := drawOne(t, d, request([]slide.Block{{Kind: frame.TextBlock, Text: "Title"}}))
			if got.Bounds.Dy() <= title.Bounds.Dy() || len(got.Warnings) > 0 {
				t.Errorf("%v, and %v without the diagram; %s", got.Bounds, title.Bounds, warnings(got))
			}
			if !sameSlide(got, again) {
				t.Error("not the same twice")
			}
			dark := sort(kind, text)
			dark.Theme = "dark"
			if inkedBox(drawOne(t, d, dark), func(c color.NRGBA) bool { return c.R > 180 && c.G > 180 }).Empty() {
				t.Error("no light lines in a dark theme")
			}
			_, err := d.Draw(t.Context(), sort(kind, bad[kind].text))
			var wrong *slide.DiagramError
			if !errors.As(err, &wrong) || wrong.Block != 1 || wrong.Line != bad[kind].line || wrong.Text == "" {
				t.Errorf("a mistake is reported as %+v (%v), want line %d", wrong, err, bad[kind].line)
			}
			if drawOne(t, d, sort(kind, text)); err == nil {
				t.Error("nothing is drawn after a mistake")
			}
		})
	}
}
