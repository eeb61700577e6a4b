package slide_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"mynah/internal/frame"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" `

func drawSVG(t *testing.T, d *slide.Drawer, source string, cover image.Point) (image.Image, error) {
	t.Helper()
	b, err := d.DrawSVG(t.Context(), slide.Drawing{Source: []byte(source), Cover: cover, MostPixels: 150_000_000})
	if err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img, nil
}

func pixelAt(img image.Image, x, y int) color.NRGBA {
	c, _ := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	return c
}

func TestDrawSVG(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	green := color.NRGBA{G: 255, A: 255}
	const lime = `<rect width="100%" height="100%" fill="#0f0"/></svg>`
	for name, c := range map[string]struct {
		source string
		cover  image.Point
		size   image.Point
	}{
		"as large as it says":   {svgHead + `width="64" height="36">` + lime, image.Pt(2, 2), image.Pt(64, 36)},
		"enlarged":              {svgHead + `width="64" height="36">` + lime, image.Pt(320, 180), image.Pt(320, 180)},
		"enlarged by its width": {svgHead + `width="10" height="40">` + lime, image.Pt(320, 180), image.Pt(320, 1280)},
		"without a size":        {svgHead + `viewBox="0 0 400 300">` + lime, image.Pt(2, 2), image.Pt(400, 300)},
		"of a size in percent": {
			svgHead + `width="100%" height="100%" viewBox="0 0 400 300">` + lime,
			image.Pt(2, 2), image.Pt(400, 300),
		},
		"in millimetres":   {svgHead + `width="25.4mm" height="2in" viewBox="0 0 1 2">` + lime, image.Pt(2, 2), image.Pt(96, 192)},
		"without anything": {svgHead + `>` + lime, image.Pt(2, 2), image.Pt(300, 150)},
		"of few units":     {svgHead + `viewBox="0 0 2 1">` + lime, image.Pt(2, 2), image.Pt(200, 100)},
		"variables": {svgHead +
			`width="64" height="36"><style>:root{--c:rgb(0 255 0)}rect{fill:var(--c)}</style><rect width="64" ` +
			`height="36"/></svg>`, image.Pt(2, 2), image.Pt(64, 36)},
		"colour functions": {
			svgHead +
				`width="64" height="36"><rect width="64" height="36" style="fill:color-mix(in srgb, #0f0 100%, red)"/></svg>`,
			image.Pt(2, 2), image.Pt(64, 36),
		},
		"HTML inside": {svgHead +
			`width="64" height="36"><foreignObject width="64" height="36"><div xmlns="http://www.w3.org/1999/xhtml" ` +
			`style="background:#0f0;height:36px">x</div></foreignObject></svg>`, image.Pt(2, 2), image.Pt(64, 36)},
		"an image inside": {svgHead +
			`width="64" height="36"><image width="64" height="36" xlink:href="data:image/svg+xml,%3Csvg ` +
			`xmlns='http://www.w3.org/2000/svg' width='64' height='36'%3E%3Crect width='64' height='36' ` +
			`fill='lime'/%3E%3C/svg%3E"/></svg>`, image.Pt(2, 2), image.Pt(64, 36)},
		"larger than what is drawn": {svgHead + `width="12000" height="12000">` + lime, image.Pt(2, 2), image.Pt(5657, 5657)},
	} {
		img, err := drawSVG(t, d, c.source, c.cover)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if img.Bounds().Size() != c.size {
			t.Errorf("%s: it is %v large, want %v", name, img.Bounds().Size(), c.size)
		}
		if got := pixelAt(img, 2, c.size.Y-3); got != green {
			t.Errorf("%s: it is %v", name, got)
		}
	}
	img, err := drawSVG(t, d, svgHead+`width="64" height="36"><rect width="32" height="36" fill="#0f0" opacity=".5"/></svg>`, image.Pt(2, 2))
	if err != nil || pixelAt(img, 40, 9).A != 0 || pixelAt(img, 10, 9).A < 126 || pixelAt(img, 10, 9).A > 129 {
		t.Errorf("what is transparent is not: %v", err)
	}
}

// TestDrawSVGAsOnSlides checks that DrawSVG and a slide draw the same file equally.
func TestDrawSVGAsOnSlides(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	source := svgHead + `width="640" height="360"><rect width="640" height="360" fill="#123"/>
<foreignObject x="20" y="20" width="600" height="200"><p xmlns="http://www.w3.org/1999/xhtml"
style="font:40px sans-serif;color:hsl(50deg 90% 60%)">Order service</p></foreignObject>
<text x="30" y="300" font-size="50" fill="rebeccapurple">Text</text></svg>`
	alone, err := drawSVG(t, d, source, image.Pt(2, 2))
	if err != nil {
		t.Fatal(err)
	}
	r := request(md("![](a.svg)"))
	r.Files = fstest.MapFS{"a.svg": {Data: []byte(source)}}
	onSlide := drawOne(t, d, r)
	dark := inkedBox(onSlide, func(c color.NRGBA) bool { return c == color.NRGBA{0x11, 0x22, 0x33, 255} })
	if dark.Dx() != 640 || dark.Dy() != 360 {
		t.Fatalf("the slide shows it at %v", dark)
	}
	different, most := 0, 0
	const corner = 20 // slides round the corners of pictures
	for y := corner; y < 360-corner; y++ {
		for x := corner; x < 640-corner; x++ {
			a, b := pixelAt(alone, x, y), pixelAt(onSlide.Image, dark.Min.X+x, dark.Min.Y+y)
			d := max(int(a.R)-int(b.R), int(b.R)-int(a.R), int(a.G)-int(b.G), int(b.G)-int(a.G), int(a.B)-int(b.B), int(b.B)-int(a.B))
			most = max(most, d)
			if d > 0 {
				different++
			}
		}
	}
	if different > 0 {
		t.Errorf("%d pixels differ, by up to %d", different, most)
	}
}

func TestNothingLeavesAnSVG(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "secret.svg")
	lime := svgHead + `width="64" height="36"><rect id="r" width="64" height="36" fill="#0f0"/></svg>`
	if err := os.WriteFile(secret, []byte(lime), 0o600); err != nil {
		t.Fatal(err)
	}
	source := strings.NewReplacer("URL", server.URL, "SECRET", "file://"+secret).Replace(svgHead + `width="64" height="36">
<style>@import "URL/a.css"; @font-face{font-family:F;src:url(URL/f.woff2)} text{font-family:F} rect{fill:url(URL/p.svg#p)}</style>
<script>fetch("URL/script"); document.documentElement.innerHTML = '&lt;rect width="64" height="36" fill="#0f0"/&gt;'</script>
<rect width="64" height="36" fill="#00f" onload="fetch('URL/load')"/>
<image width="64" height="36" href="SECRET"/><image width="64" height="36" href="URL/i.png"/><use href="SECRET#r"/><use href="URL/u.svg#r"/>
<foreignObject width="64" height="36"><div xmlns="http://www.w3.org/1999/xhtml"><iframe src="URL/frame" width="64"
height="36"/><img src="SECRET"/><object data="SECRET"/>
<style>div{background:url(URL/d.png)}</style></div></foreignObject>
<text>a</text></svg>`)
	img, err := drawSVG(t, drawer(t, nil), source, image.Pt(2, 2))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if asked.Load() != 0 {
		t.Errorf("%d requests reached the server", asked.Load())
	}
	for y := range 36 {
		for x := range 64 {
			if c := pixelAt(img, x, y); c.G > 200 && c.R < 50 && c.B < 50 {
				t.Fatalf("a script or another file is seen at %d,%d", x, y)
			}
		}
	}
}

func TestSVGThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	var blurs strings.Builder
	blurs.WriteString(svgHead + `width="1280" height="720"><filter id="f" x="-1" y="-1" width="3" ` +
		`height="3"><feGaussianBlur stdDeviation="100"/></filter>`)
	for i := range 5000 {
		fmt.Fprintf(&blurs, `<circle filter="url(#f)" cx="%d" cy="%d" r="300" fill="#%06x"/>`, i*37%1280, i*91%720, i*7919)
	}
	blurs.WriteString("</svg>")
	const limit = 4 * time.Second
	d := drawer(t, func(c *slide.Config) { c.Timeout = limit })
	if _, err := drawSVG(t, d, svgHead+`width="4" height="4"/>`, image.Pt(2, 2)); err != nil { // starts the browser
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ source, want string }{
		"too slow":   {blurs.String(), "needs more than 4s"},
		"too large":  {svgHead + `width="30000" height="30000"><rect width="30000" height="30000"/></svg>`, "30000 x 30000 pixels"},
		"very large": {svgHead + `viewBox="0 0 1e9 1e9"/>`, "pixels"},
		"damaged":    {svgHead + "width=\"9\" height=\"9\">\n<rect></svg>", "line 2"},
		"no SVG":     {"<html/>", "cannot read it"},
		"no size":    {svgHead + `width="0" height="0"/>`, "size is 0"},
		"truncated":  {svgHead + `width="9" height="9"><rect`, "line 1"},
	} {
		start := time.Now()
		_, err := drawSVG(t, d, c.source, image.Pt(1280, 720))
		if wrong := (*slide.DrawingError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > limit+6*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
	}
	if _, err := drawSVG(t, d, svgHead+`width="4" height="4"/>`, image.Pt(2, 2)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestRefusedDiagrams checks that invalid diagrams are errors, although mermaid draws an error picture
// for them.
func TestRefusedDiagrams(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	var large, edges strings.Builder
	large.WriteString("graph TD\n")
	edges.WriteString("graph TD\n")
	for i := range 2500 {
		fmt.Fprintf(&large, "a%d[a node with words]\n", i)
	}
	for i := range 600 {
		fmt.Fprintf(&edges, "a%d-->a%d\n", i, i+1)
	}
	for name, c := range map[string]struct {
		text, want string
		line       bool
	}{
		"too long":       {large.String(), "no more than 50000", false},
		"too many edges": {edges.String(), "limit is 500", false},
		"no diagram":     {"nothing of the kind", "No diagram type", false},
		"a mistake":      {"graph TD\nA-->B\nB--[[>C", "Parse error", true},
	} {
		r := request([]slide.Block{{Kind: frame.MermaidBlock, Text: c.text}})
		_, err := d.Draw(t.Context(), r)
		var wrong *slide.DiagramError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Text, c.want) || c.line != (wrong.Line > 0) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Draw(t.Context(), request([]slide.Block{{
		Kind: frame.MermaidBlock,
		Text: "graph TD\nA[Maximum text size in diagram exceeded]",
	}})); err != nil {
		t.Errorf("a diagram that says what mermaid says: %v", err)
	}
}
