package slide

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"image"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"mynah/internal/fault"
)

//go:embed assets/drawing.js
var drawingScript string

// Drawing is an SVG image to be drawn as pixels.
type Drawing struct {
	Source []byte
	// Cover is the size of a frame, in pixels. The drawing is enlarged so that the frame can be filled
	// without scaling it up afterwards.
	Cover image.Point
	// MostPixels is the maximum number of pixels of the image in its own size.
	MostPixels int64
}

// drawingName is the file name of an SVG image in addresses of its page.
const drawingName = "drawing.svg"

// mostDrawn is the maximum number of pixels of an enlarged drawing.
const mostDrawn = 32_000_000

// DrawingError is an error in an SVG image.
type DrawingError struct{ Text string }

func (e *DrawingError) Error() string { return e.Text }

// DrawSVG draws an SVG image in the same way as on a slide, and returns it as a PNG with alpha. The
// image cannot run scripts, use the network or load files. An error in the image is a *DrawingError;
// other errors are as in Draw.
func (d *Drawer) DrawSVG(ctx context.Context, in Drawing) ([]byte, error) {
	if len(in.Source) > maxFile {
		return nil, &DrawingError{"it is larger than " + strconv.Itoa(maxFile>>20) + " MiB"}
	}
	var out []byte
	err := d.doOnPageWithRetry(ctx, func(ctx context.Context, p *page) error {
		var err error
		out, err = p.drawSVG(ctx, in)
		if errors.Is(err, context.DeadlineExceeded) {
			err = &DrawingError{fmt.Sprintf("a browser needs more than %s to draw it", d.cfg.Timeout.Round(time.Second))}
		}
		return err
	})
	if err == nil || ctx.Err() != nil {
		return out, err
	}
	if isFinalFailure(err) {
		return nil, err
	}
	if errors.Is(err, errGone) {
		return nil, &DrawingError{"the browser crashed"}
	}
	return nil, fault.New(fault.ToolFailed, err, "an SVG image could not be drawn")
}

func (p *page) drawSVG(ctx context.Context, in Drawing) ([]byte, error) {
	base := p.beginSlide(&projectFiles{files: map[string][]byte{drawingName: in.Source}}, nil)
	address := base + drawingName
	if err := p.setBackground(ctx, params{"r": 0, "g": 0, "b": 0, "a": 0}); err != nil {
		return nil, err
	}
	page := func(body string) error {
		text := "<!doctype html><style>*{margin:0}img{display:block;position:absolute;left:0;top:0}</style>" + body
		return p.call(ctx, "Page.setDocumentContent", params{"frameId": p.frame, "html": text}, nil)
	}
	if err := page(""); err != nil { // the size is determined before anything is painted
		return nil, err
	}
	var size struct{ Width, Height float64 }
	if err := p.callFunction(ctx, drawingScript, address, &size); err != nil {
		return nil, err
	}
	if size.Width <= 0 || size.Height <= 0 {
		return nil, &DrawingError{explainUnreadable(in.Source)}
	}
	if w, h, ok := parseViewBox(in.Source); ok {
		size.Width, size.Height = w, h
	}
	if size.Width*size.Height > float64(in.MostPixels) || size.Width > 1<<20 || size.Height > 1<<20 {
		return nil, &DrawingError{fmt.Sprintf("it has %.0f x %.0f pixels; a picture may have up to %d million",
			size.Width, size.Height, in.MostPixels/1_000_000)}
	}
	w, h, zoom := in.computePixelSize(size.Width, size.Height)
	css := func(n int) string { return strconv.FormatFloat(float64(n)/zoom, 'f', 6, 64) }
	if err := p.resize(ctx, [3]float64{math.Ceil(float64(w)/zoom - 1e-6), math.Ceil(float64(h)/zoom - 1e-6), zoom}); err != nil {
		return nil, err
	}
	body := fmt.Sprintf(`<img src="%s" style="width:%spx;height:%spx">`, html.EscapeString(address), css(w), css(h))
	if err := page(body); err != nil {
		return nil, err
	}
	if err := p.callFunction(ctx, drawingScript, address, &size); err != nil {
		return nil, err
	}
	var shot struct {
		Data string `json:"data"`
	}
	clip := params{"x": 0, "y": 0, "width": float64(w) / zoom, "height": float64(h) / zoom, "scale": 1}
	err := p.call(ctx, "Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": false, "clip": clip}, &shot)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(shot.Data)
}

// computePixelSize returns the size in pixels in which an image of w x h pixels is drawn, and the scale factor.
func (in Drawing) computePixelSize(w, h float64) (width, height int, zoom float64) {
	zoom = math.Max(1, math.Max(float64(in.Cover.X)/w, float64(in.Cover.Y)/h))
	if most := math.Sqrt(mostDrawn / (w * h)); zoom > most {
		zoom = most // an image that is larger is reduced
	}
	const longest = 16000 // maximum length of a side that browsers draw, in pixels
	zoom = math.Min(zoom, longest/math.Max(w, h))
	return max(int(math.Round(w*zoom)), 1), max(int(math.Round(h*zoom)), 1), zoom
}

// parseViewBox returns the size of an image that has a viewBox but no width and height. Its units are then
// used as pixels.
func parseViewBox(source []byte) (w, h float64, ok bool) {
	root, err := readRootElement(source)
	if err != nil {
		return 0, 0, false
	}
	for _, a := range root.Attr {
		v := strings.TrimSpace(a.Value)
		switch a.Name.Local {
		case "width", "height":
			if a.Name.Space == "" && !strings.HasSuffix(v, "%") && v != "auto" {
				return 0, 0, false
			}
		case "viewBox":
			parts := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
			if len(parts) != 4 {
				return 0, 0, false
			}
			var err1, err2 error
			w, err1 = strconv.ParseFloat(parts[2], 64)
			h, err2 = strconv.ParseFloat(parts[3], 64)
			ok = err1 == nil && err2 == nil && w > 0 && h > 0 && !math.IsInf(w, 0) && !math.IsInf(h, 0)
		}
	}
	if !ok {
		return 0, 0, false
	}
	// A small coordinate system (0 0 1 1) does not mean a picture of one pixel.
	const least = 100
	if short := math.Min(w, h); short < least {
		w, h = w*least/short, h*least/short
	}
	return w, h, true
}

// newSVGDecoder returns a decoder that reads the bytes of any declared encoding as they are.
func newSVGDecoder(source []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(source))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return d
}

func readRootElement(source []byte) (xml.StartElement, error) {
	d := newSVGDecoder(source)
	d.Strict = false
	for {
		t, err := d.RawToken()
		if err != nil {
			return xml.StartElement{}, err
		}
		if root, ok := t.(xml.StartElement); ok {
			return root, nil
		}
	}
}

// explainUnreadable returns the reason why a browser cannot read an image, as far as it can be determined.
func explainUnreadable(source []byte) string {
	d := newSVGDecoder(source)
	for {
		_, err := d.Token()
		if wrong := (*xml.SyntaxError)(nil); errors.As(err, &wrong) {
			return fmt.Sprintf("it is damaged in line %d: %s", wrong.Line, wrong.Msg)
		}
		if err != nil {
			return "a browser cannot read it, or its size is 0"
		}
	}
}
