package slide

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html"
	"image"
	"slices"
	"strings"
	"time"

	"mynah/internal/cache"
	"mynah/internal/fault"
)

//go:embed assets/callout.js
var calloutScript string

// CalloutSheet is a drawing of callouts: rings in the theme's accent colour, or markers, and labels. Of Request, it
// uses the size, the theme, the language, the files and the captions.
type CalloutSheet struct {
	Request
	Marks []CalloutMark
}

// CalloutMark is one callout of a sheet. Lengths are in pixels of the frame.
type CalloutMark struct {
	Round bool
	// Left, Top, Right and Bottom are the shape.
	Left, Top, Right, Bottom float64
	// Ring draws a ring around the shape. Marker fills it with the theme's marker colour.
	Ring, Marker bool
	// Label is a text next to the shape, or "". It is placed inside Within.
	Label  string
	Within [4]float64
}

// calloutRadius is the radius of the corners of rectangles, in pixels of a frame whose shorter side is 720.
const calloutRadius = 8

// DrawnCallouts is the picture of a CalloutSheet. The bounds of Image are its position in the frame; everything else is
// transparent.
type DrawnCallouts struct {
	Image *image.NRGBA
	// Labels are the boxes of the labels in the frame. Tofu are characters of labels that no font has.
	Labels []image.Rectangle
	Tofu   []rune
	// Accent and Marker are the colours of rings and markers, as CSS.
	Accent, Marker string
}

// Enlarge returns the same sheet for a frame that is larger by a factor.
func (s CalloutSheet) Enlarge(scale float64) CalloutSheet {
	s.Width, s.Height = int(float64(s.Width)*scale), int(float64(s.Height)*scale)
	s.Marks = slices.Clone(s.Marks)
	for i := range s.Marks {
		m := &s.Marks[i]
		m.Left, m.Top, m.Right, m.Bottom = m.Left*scale, m.Top*scale, m.Right*scale, m.Bottom*scale
		for k := range m.Within {
			m.Within[k] *= scale
		}
	}
	return s
}

// listTexts returns the labels of the sheet.
func (s CalloutSheet) listTexts() []string {
	var out []string
	for _, m := range s.Marks {
		if m.Label != "" {
			out = append(out, m.Label)
		}
	}
	return out
}

// ComputeKey returns the cache key of the drawing; version is the result of Drawer.ReadVersion.
func (s CalloutSheet) ComputeKey(version string) cache.Key {
	k := gatherFiles(s.Request)
	h := cache.NewHasher("callouts 1").AddString(version).AddString(s.formatHTML(k)).AddString(calloutScript)
	h.AddInts(int64(s.Width), int64(s.Height)).AddFloats(s.Captions.Top, s.Captions.Bottom)
	for _, m := range s.Marks {
		h.AddFloats(m.Left, m.Top, m.Right, m.Bottom).AddFloats(m.Within[:]...)
	}
	for _, name := range k.listFileNames() {
		h.AddString(name).AddBytes(k.files[name])
	}
	return h.Key()
}

// formatHTML returns the page of the sheet.
func (s CalloutSheet) formatHTML(k *projectFiles) string {
	var body strings.Builder
	for i, m := range s.Marks {
		if m.Ring {
			s.writeShape(&body, m, "callout-halo", ringOffset)
			s.writeShape(&body, m, "callout-ring", ringOffset)
		}
		if m.Marker {
			s.writeShape(&body, m, "callout-marker", 0)
		}
		if m.Label != "" {
			fmt.Fprintf(&body, `<div class="callout-label" dir="auto" data-mark="%d">%s</div>`, i, html.EscapeString(m.Label))
		}
	}
	noCode := func(string) string { return "" }
	return s.formatHead(k, "callouts ", readBuiltInSheet("force")+readBuiltInSheet("callout"), noCode) +
		"<body>" + body.String() + "</body></html>"
}

// ringOffset is the distance between a shape and the middle of its ring: the ring is around the shape.
const ringOffset = 2

// writeShape writes a shape as SVG, enlarged by grow on each side.
func (s CalloutSheet) writeShape(out *strings.Builder, m CalloutMark, class string, grow float64) {
	scale := s.computeScale()
	x, y, w, h := m.Left/scale-grow, m.Top/scale-grow, (m.Right-m.Left)/scale+2*grow, (m.Bottom-m.Top)/scale+2*grow
	out.WriteString(`<svg class="callout-shapes">`)
	if m.Round {
		fmt.Fprintf(out, `<ellipse class="%s" cx="%.3f" cy="%.3f" rx="%.3f" ry="%.3f"/>`, class, x+w/2, y+h/2, w/2, h/2)
	} else {
		fmt.Fprintf(out, `<rect class="%s" x="%.3f" y="%.3f" width="%.3f" height="%.3f" rx="%g"/>`, class, x, y, w, h,
			calloutRadius+grow)
	}
	out.WriteString("</svg>")
}

// DrawCallouts draws a sheet of callouts. Errors are as in DrawCaptions.
func (d *Drawer) DrawCallouts(ctx context.Context, s CalloutSheet) (*DrawnCallouts, error) {
	var out *DrawnCallouts
	err := d.doOnPageWithRetry(ctx, func(ctx context.Context, p *page) error {
		var err error
		out, err = d.drawCalloutsOnPage(ctx, p, s)
		return err
	})
	if _, ours := fault.As(err); err == nil || ours || ctx.Err() != nil {
		return out, err
	}
	return nil, fault.New(fault.ToolFailed, err, "the callouts could not be drawn").
		WithHint("run mynah doctor to check the browser")
}

type calloutArgs struct {
	Marks []calloutArg `json:"marks"`
	Clear [2]float64   `json:"clear"`
	Runes []rune       `json:"runes"`
}

// calloutArg is a CalloutMark in CSS pixels.
type calloutArg struct {
	Box    [4]float64 `json:"box"`
	Within [4]float64 `json:"within"`
}

func (d *Drawer) drawCalloutsOnPage(ctx context.Context, p *page, s CalloutSheet) (*DrawnCallouts, error) {
	k := gatherFiles(s.Request)
	base := p.beginSlide(k, nil)
	transparent := s.Request
	transparent.Over = true
	if err := p.prepareFrame(ctx, transparent); err != nil {
		return nil, err
	}
	text := strings.ReplaceAll(s.formatHTML(k), baseMark, base)
	if err := p.call(ctx, "Page.setDocumentContent", params{"frameId": p.frame, "html": text}, nil); err != nil {
		return nil, err
	}
	scale := s.computeScale()
	args := calloutArgs{
		Clear: [2]float64{s.Captions.Top, s.Captions.Bottom}, Runes: d.listUntestedCharacters(s.listTexts()),
	}
	for _, m := range s.Marks {
		one := calloutArg{Box: [4]float64{m.Left / scale, m.Top / scale, m.Right / scale, m.Bottom / scale}}
		for i, v := range m.Within {
			one.Within[i] = v / scale
		}
		args.Marks = append(args.Marks, one)
	}
	var placed struct {
		Wait           bool         `json:"wait"`
		Labels         [][4]float64 `json:"labels"`
		Tofu           []rune       `json:"tofu"`
		Box            [4]float64   `json:"box"` // what is drawn
		Accent, Marker string
	}
	const sheetsTime = 2 * time.Second
	for end := time.Now().Add(sheetsTime); ; {
		if err := p.callFunction(ctx, calloutScript, args, &placed); err != nil {
			return nil, err
		}
		if !placed.Wait || time.Now().After(end) {
			break
		}
		if err := waitFor(ctx, 2*time.Millisecond); err != nil {
			return nil, err
		}
	}
	d.recordTestedGlyphs(args.Runes, placed.Tofu)
	out := &DrawnCallouts{Accent: placed.Accent, Marker: placed.Marker}
	for _, b := range placed.Labels {
		out.Labels = append(out.Labels, image.Rect(int(b[0]*scale), int(b[1]*scale), int(b[2]*scale+1), int(b[3]*scale+1)))
	}
	part, ok := s.computeContentBox(slideLayout{Flat: true, Box: placed.Box})
	if !ok {
		part = image.Rect(0, 0, s.Width, s.Height)
	}
	img, err := p.captureScreenshot(ctx, part, scale)
	if err != nil {
		return nil, err
	}
	if img.Rect.Dx() < part.Dx() || img.Rect.Dy() < part.Dy() {
		return nil, errors.New("the browser drew a picture that is too small")
	}
	img.Rect = img.Rect.Add(part.Min)
	out.Image = cutToInk(img, part)
	out.Tofu = d.listKnownTofu(s.listTexts())
	return out, nil
}

// cutToInk returns the smallest part of an image inside frame that contains all pixels that are not transparent.
func cutToInk(img *image.NRGBA, frame image.Rectangle) *image.NRGBA {
	var ink image.Rectangle
	for y := frame.Min.Y; y < frame.Max.Y; y++ {
		row := img.Pix[img.PixOffset(frame.Min.X, y):][:4*frame.Dx()]
		first, last := -1, -1
		for x := range frame.Dx() {
			if row[4*x+3] != 0 {
				if first < 0 {
					first = x
				}
				last = x
			}
		}
		if first >= 0 {
			ink = ink.Union(image.Rect(frame.Min.X+first, y, frame.Min.X+last+1, y+1))
		}
	}
	if out, ok := img.SubImage(ink).(*image.NRGBA); ok {
		return out
	}
	return image.NewNRGBA(image.Rectangle{})
}
