package slide

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// slideLayout is the result of page.js: the layout of a slide. Lengths are in CSS pixels.
type slideLayout struct {
	Wait      bool       `json:"wait"` // style sheets are still loading
	Zoom      float64    `json:"z"`
	Tight     bool       `json:"tight"`    // the slide was too full for its usual size
	Small     float64    `json:"small"`    // size of the smallest text, or 0
	Authored  float64    `json:"authored"` // size of the smallest text whose size the script sets, or 0
	Largest   string     `json:"largest"`  // the tallest part of an overfull slide, such as "the list of 9 items"
	Content   [4]float64 `json:"content"`  // left, top, right and bottom of the blocks
	Box       [4]float64 `json:"box"`      // the part of the page to photograph, likewise
	Flat      bool       `json:"flat"`     // outside the box there is only one colour
	Backdrops []struct {
		Filter string     `json:"filter"`
		Box    [4]float64 `json:"box"`
	} `json:"backdrops"`
	Texts []struct {
		Color [4]float64 `json:"color"` // red, green and blue from 0 to 255, and alpha from 0 to 1
		Box   [4]float64 `json:"box"`
	} `json:"texts"`
	// Logo is the size of the watermark's image, in its own pixels; zeros if it cannot be drawn.
	Logo    []float64 `json:"logo"`
	Missing []string  `json:"missing"` // font families that are not installed
	Broken  []string  `json:"broken"`  // font families whose file is not a font
	Tofu    []rune    `json:"tofu"`    // characters that no font has
	// Letters are the texts to be drawn in each font family of the theme.
	Letters map[string]string `json:"letters"`
}

// drawOnPage draws a slide on page p, which must not be used by another goroutine.
func (d *Drawer) drawOnPage(ctx context.Context, p *page, r Request) (*Drawn, error) {
	k := gatherFiles(r)
	var err error
	if k.diagrams, err = d.drawDiagrams(ctx, p.browser, r); err != nil {
		return nil, err
	}
	hyphens, err := d.hyphenateWords(ctx, p.browser, r)
	if err != nil {
		return nil, err
	}
	c := composeHTML(r, k, d.cacheCodeStyle)
	behind := []byte(nil)
	if r.showsPictureBehind(k) {
		behind = r.Behind
	}
	base := p.beginSlide(k, behind)
	if err := p.prepareFrame(ctx, r); err != nil {
		return nil, err
	}
	page := strings.ReplaceAll(c.html, baseMark, base)
	if err := p.call(ctx, "Page.setDocumentContent", params{"frameId": p.frame, "html": page}, nil); err != nil {
		return nil, err
	}
	preload := k.listThemeImages(base)
	if behind != nil {
		preload = append(preload, base+behindName)
	}
	m, err := d.layOut(ctx, p, measureArgs{
		Colors: r.Only == UnderText, Area: r.toCSSBox(r.Area), Avoid: r.toCSSBox(r.Avoid),
		Whole: r.Ground != nil && (!r.Ground.Bare || len(r.Ground.Mounts) > 0),
		Scale: r.computeScale(), Project: k.theme != "", Hyphens: hyphens,
		Preload: preload, Runes: d.listUntestedCharacters(r.listBlockTexts()), Clear: [2]float64{r.Captions.Top, r.Captions.Bottom},
	})
	if err != nil {
		return nil, err
	}
	out := &Drawn{Warnings: k.warnings, layout: m}
	d.addWarnings(out, r, k, c, m)
	s := r.computeScale()
	for _, t := range m.Texts {
		out.Texts = append(out.Texts, Text{
			Bounds: image.Rect(int(t.Box[0]*s), int(t.Box[1]*s), int(math.Ceil(t.Box[2]*s)), int(math.Ceil(t.Box[3]*s))),
			Color:  color.NRGBA{R: uint8(t.Color[0]), G: uint8(t.Color[1]), B: uint8(t.Color[2]), A: uint8(t.Color[3] * 255)},
		})
	}
	if behind == nil && r.Over {
		out.Backdrops = r.convertBackdrops(m)
	}
	if err := p.takeScreenshot(ctx, r, m, out); err != nil {
		return nil, err
	}
	out.cutHoles(r.Holes, r.Width, r.Height)
	whole := out.Bounds == image.Rect(0, 0, r.Width, r.Height)
	out.Opaque = (whole || out.Rest.A == 0xff) && out.Image.Opaque()
	return out, nil
}

func (d *Drawer) cacheCodeStyle(theme string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.styles[theme]; !ok {
		d.styles[theme] = composeCodeStyle(theme)
	}
	return d.styles[theme]
}

// prepareFrame sets the size of the page and the colour of its background.
func (p *page) prepareFrame(ctx context.Context, r Request) error {
	s := r.computeScale()
	if err := p.resize(ctx, [3]float64{math.Ceil(float64(r.Width)/s - 1e-6), math.Ceil(float64(r.Height)/s - 1e-6), s}); err != nil {
		return err
	}
	canvas := params{"r": 255, "g": 255, "b": 255, "a": 1}
	switch {
	case r.Over, r.hasNoBackground():
		canvas = params{"r": 0, "g": 0, "b": 0, "a": 0}
	case r.CanvasSet:
		canvas = params{"r": r.Canvas.R, "g": r.Canvas.G, "b": r.Canvas.B, "a": float64(r.Canvas.A) / 255}
	}
	return p.setBackground(ctx, canvas)
}

// resize sets the page's width, height and scale, unless they are already set.
func (p *page) resize(ctx context.Context, size [3]float64) error {
	if size == p.size {
		return nil
	}
	err := p.call(ctx, "Emulation.setDeviceMetricsOverride", params{
		"width": int(size[0]), "height": int(size[1]), "deviceScaleFactor": size[2], "mobile": false,
	}, nil)
	if err == nil {
		p.size = size
	}
	return err
}

// setBackground sets the background colour of the page, unless it is already set.
func (p *page) setBackground(ctx context.Context, canvas params) error {
	if fmt.Sprint(canvas) == fmt.Sprint(p.canvas) {
		return nil
	}
	err := p.call(ctx, "Emulation.setDefaultBackgroundColorOverride", params{"color": canvas}, nil)
	if err == nil {
		p.canvas = canvas
	}
	return err
}

type measureArgs struct {
	Scale   float64  `json:"scale"`
	Project bool     `json:"project"`
	Preload []string `json:"preload"`
	Runes   []rune   `json:"runes"`
	// Clear contains the heights of the strips at the top and bottom that must stay clear for captions.
	Clear [2]float64 `json:"clear"`
	// Area is the part of the page for the text, Avoid a part that text should not cover: left, top, right and
	// bottom. Nil means the whole page, and none.
	Area  *[4]float64 `json:"area"`
	Avoid *[4]float64 `json:"avoid"`
	// Colors requests the colours of the letters.
	Colors bool `json:"colors"`
	// Whole requests a screenshot of the whole frame.
	Whole bool `json:"whole"`
	// Hyphens maps long words to the same words with soft hyphens.
	Hyphens map[string]string `json:"hyphens"`
}

// layOut waits until the page is loaded, lays it out and fits it into the frame.
func (d *Drawer) layOut(ctx context.Context, p *page, args measureArgs) (slideLayout, error) {
	const sheetsTime = 2 * time.Second
	end := time.Now().Add(sheetsTime)
	for {
		var m slideLayout
		if err := p.callFunction(ctx, readLayoutScript(), args, &m); err != nil {
			return m, err
		}
		if !m.Wait || time.Now().After(end) {
			d.recordTestedGlyphs(args.Runes, m.Tofu)
			return m, nil
		}
		if err := waitFor(ctx, 2*time.Millisecond); err != nil {
			return m, err
		}
	}
}

func (r Request) listBlockTexts() []string {
	var out []string
	for _, b := range r.Blocks {
		out = append(out, b.Text)
	}
	return out
}

// listUntestedCharacters returns the characters of texts for which it is not yet known whether a font has them.
func (d *Drawer) listUntestedCharacters(texts []string) []rune {
	const most = 500
	d.mu.Lock()
	defer d.mu.Unlock()
	out := []rune{}
	for _, text := range texts {
		for _, c := range text {
			if _, ok := d.glyphs[c]; !ok && needsGlyph(c) && len(out) < most && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// needsGlyph reports whether a character draws something by itself and may be missing from fonts.
func needsGlyph(c rune) bool {
	return c > unicode.MaxLatin1 && !unicode.In(c, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Z,
		unicode.Mn, unicode.Me, unicode.Mc, unicode.Variation_Selector, unicode.Regional_Indicator) && c != unicode.ReplacementChar
}

func (d *Drawer) recordTestedGlyphs(asked, tofu []rune) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range asked {
		d.glyphs[c] = !slices.Contains(tofu, c)
	}
}

// listThemeImages returns the addresses of the image files that a theme may show.
func (k *projectFiles) listThemeImages(base string) []string {
	out := []string{}
	for _, name := range k.listFileNames() {
		if slices.Contains([]string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"}, strings.ToLower(path.Ext(name))) {
			out = append(out, base+escapePath(name))
		}
	}
	return out
}

// ListFiles returns the names of the project's files that a slide depends on: its theme, the files that
// the theme refers to, and images.
func ListFiles(r Request) []string { return gatherFiles(r).listFileNames() }

func (k *projectFiles) listFileNames() []string {
	out := make([]string, 0, len(k.files))
	for name := range k.files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// convertBackdrops converts backdrop filters from CSS to pixels of the frame.
func (r Request) convertBackdrops(m slideLayout) []Backdrop {
	var out []Backdrop
	s := r.computeScale()
	frame := image.Rect(0, 0, r.Width, r.Height)
	for _, b := range m.Backdrops {
		box := image.Rect(int(math.Round(b.Box[0]*s)), int(math.Round(b.Box[1]*s)), int(math.Round(b.Box[2]*s)),
			int(math.Round(b.Box[3]*s)))
		out = append(out, Backdrop{Bounds: box.Intersect(frame), Filters: parseFilters(b.Filter, s)})
	}
	return out
}

// parseFilters parses a computed backdrop-filter, in which all lengths are in pixels.
func parseFilters(css string, scale float64) []Filter {
	var out []Filter
	for css = strings.TrimSpace(css); css != ""; css = strings.TrimSpace(css) {
		name, rest, ok := strings.Cut(css, "(")
		if !ok {
			break
		}
		depth, end := 1, 0
		for ; end < len(rest) && depth > 0; end++ {
			switch rest[end] {
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		inner := strings.TrimSuffix(rest[:end], ")")
		out = append(out, parseFilter(strings.TrimSpace(name), inner, scale))
		css = rest[end:]
	}
	return out
}

func parseFilter(name, inner string, scale float64) Filter {
	f := Filter{Name: name, Text: name + "(" + inner + ")"}
	number := strings.TrimRight(inner, "abcdefghijklmnopqrstuvwxyz%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return f
	}
	switch {
	case strings.HasSuffix(inner, "%"):
		v /= 100
	case strings.HasSuffix(inner, "px"):
		v *= scale
	}
	f.Value = v
	return f
}

// mostBox is the maximum size of a partial screenshot, as a share of the frame. Larger parts are
// replaced by a screenshot of the whole frame.
const mostBox = 0.85

// takeScreenshot takes the screenshot of the slide. If one colour surrounds the content, it contains only the
// content.
func (p *page) takeScreenshot(ctx context.Context, r Request, m slideLayout, out *Drawn) error {
	frame := image.Rect(0, 0, r.Width, r.Height)
	if box, ok := r.computeContentBox(m); ok {
		img, err := p.captureScreenshot(ctx, box, r.computeScale())
		if err != nil {
			return err
		}
		// The border has one colour only if the content is not cut off.
		img.Rect = img.Rect.Add(box.Min)
		if rest, ok := findBorderColor(img, frame); ok && img.Rect.Size() == box.Size() {
			out.Image, out.Bounds, out.Rest = img, box, rest
			return nil
		}
	}
	img, err := p.captureScreenshot(ctx, image.Rectangle{}, r.computeScale())
	if err != nil {
		return err
	}
	if img.Rect.Dx() < r.Width || img.Rect.Dy() < r.Height {
		return fmt.Errorf("the browser drew %v instead of %v", img.Rect.Size(), frame.Size())
	}
	if whole, ok := img.SubImage(frame).(*image.NRGBA); ok {
		out.Image, out.Bounds = whole, frame
	}
	if rest, ok := findBorderColor(out.Image, image.Rectangle{}); ok {
		out.Rest = rest
	}
	return nil
}

// computeContentBox returns the rectangle of the content, rounded outwards so that its corners are whole pixels both
// of the page and of the frame. It returns false if the whole frame must be used.
func (r Request) computeContentBox(m slideLayout) (image.Rectangle, bool) {
	if !m.Flat || m.Box[2] <= m.Box[0] {
		return image.Rectangle{}, false
	}
	step := shorter / computeGCD(shorter, min(r.Width, r.Height))
	down := func(v float64) int { return int(math.Floor(v/float64(step))) * step }
	up := func(v float64) int { return int(math.Ceil(v/float64(step))) * step }
	s := r.computeScale()
	page := image.Rect(0, 0, down(float64(r.Width)/s), down(float64(r.Height)/s))
	css := image.Rect(down(m.Box[0]), down(m.Box[1]), up(m.Box[2]), up(m.Box[3])).Intersect(page)
	if css.Dx()*css.Dy() <= 0 {
		return image.Rectangle{}, false
	}
	num := min(r.Width, r.Height) / computeGCD(shorter, min(r.Width, r.Height))
	box := image.Rect(css.Min.X/step*num, css.Min.Y/step*num, css.Max.X/step*num, css.Max.Y/step*num)
	frame := image.Rect(0, 0, r.Width, r.Height)
	if !box.In(frame) || float64(box.Dx()*box.Dy()) > mostBox*float64(r.Width*r.Height) {
		return image.Rectangle{}, false
	}
	return box, true
}

func computeGCD(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// captureScreenshot takes a screenshot of a part of the frame; an empty part means the whole frame.
func (p *page) captureScreenshot(ctx context.Context, part image.Rectangle, scale float64) (*image.NRGBA, error) {
	in := params{"format": "png", "optimizeForSpeed": true, "captureBeyondViewport": false}
	if !part.Empty() {
		in["clip"] = params{
			"x": float64(part.Min.X) / scale, "y": float64(part.Min.Y) / scale,
			"width": float64(part.Dx()) / scale, "height": float64(part.Dy()) / scale, "scale": 1,
		}
	}
	var shot struct {
		Data []byte `json:"data"`
	}
	if err := p.call(ctx, "Page.captureScreenshot", in, &shot); err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		return nil, fmt.Errorf("read the browser's picture: %w", err)
	}
	return toNRGBA(img), nil
}

// toNRGBA converts an image to NRGBA. Opaque PNGs are decoded as RGBA, which has the same bytes.
func toNRGBA(img image.Image) *image.NRGBA {
	switch img := img.(type) {
	case *image.NRGBA:
		return img
	case *image.RGBA:
		return &image.NRGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
	}
	b := img.Bounds()
	out := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

// findBorderColor returns the colour of the image's border, or false if the border has several colours. Sides that are
// at the edge of the frame do not count, because nothing is outside of them.
func findBorderColor(img *image.NRGBA, frame image.Rectangle) (color.NRGBA, bool) {
	b := img.Rect
	right, bottom := b.Max.X-1, b.Max.Y-1
	found, ok := color.NRGBA{}, false
	for _, side := range []struct {
		atEdge bool
		line   image.Rectangle
	}{
		{b.Min.Y == frame.Min.Y, image.Rect(b.Min.X, b.Min.Y, b.Max.X, b.Min.Y+1)},
		{b.Max.Y == frame.Max.Y, image.Rect(b.Min.X, bottom, b.Max.X, b.Max.Y)},
		{b.Min.X == frame.Min.X, image.Rect(b.Min.X, b.Min.Y, b.Min.X+1, b.Max.Y)},
		{b.Max.X == frame.Max.X, image.Rect(right, b.Min.Y, b.Max.X, b.Max.Y)},
	} {
		if side.atEdge && !frame.Empty() {
			continue
		}
		for y := side.line.Min.Y; y < side.line.Max.Y; y++ {
			for x := side.line.Min.X; x < side.line.Max.X; x++ {
				c := img.NRGBAAt(x, y)
				if ok && c != found {
					return color.NRGBA{}, false
				}
				found, ok = c, true
			}
		}
	}
	return found, ok
}
