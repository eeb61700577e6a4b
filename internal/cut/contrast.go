package cut

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"

	"mynah/internal/diag"
	"mynah/internal/overlay"
	"mynah/internal/picture"
)

// leastContrast is the contrast that text needs (WCAG 2.2, success criterion 1.4.3).
const leastContrast = 4.5

// CheckContrast warns about slides whose letters have too little contrast with the picture behind them.
func (c *Cutter) CheckContrast(ctx context.Context, list []overlay.Letters) (warnings diag.List, err error) {
	for _, l := range list {
		worst := math.Inf(1)
		for _, pic := range c.in.Line.Scenes[l.Scene].Pictures {
			s := c.newView(l.Scene, pic)
			view := s.view.WithoutCaptions()
			view.Spans = []picture.Span{{Layers: []picture.LayerRef{l.Under}}}
			view.CalloutStates, view.Camera = nil, nil
			s.view, s.frame = view, 0
			frame, err := c.paintFrame(ctx, s)
			if _, ok := errors.AsType[*fileError](err); ok {
				continue // a build reports files that cannot be read
			}
			if err != nil {
				return warnings, err
			}
			for _, t := range l.Texts {
				worst = min(worst, c.measureContrast(frame, t.Bounds, t.Color))
			}
		}
		if worst < leastContrast-0.05 {
			d := warnings.Warnf(l.Range,
				"the text of this slide is hard to read over its picture: %s gives it a contrast of %.1f to 1", l.Theme, worst)
			d.Code = diag.LowContrast
			d.Detail = "Text needs a contrast of at least 4.5 to 1"
			d.Hint = "darken or lighten the picture with .backdrop { background: rgb(0 0 0 / .56) }, " +
				"or change the colour of the text"
		}
	}
	return warnings, nil
}

// measureContrast returns the contrast between a colour and what a raw frame shows in a box: that of the quarter of the
// pixels which is nearest to the colour.
func (c *Cutter) measureContrast(frame []byte, box image.Rectangle, text color.NRGBA) float64 {
	w, h := c.form.Width, c.form.Height
	box = box.Intersect(image.Rect(0, 0, w, h))
	var all []float64
	letters := computeLuminance(float64(text.R), float64(text.G), float64(text.B))
	for y := box.Min.Y; y < box.Max.Y; y += 2 {
		for x := box.Min.X; x < box.Max.X; x += 2 {
			i := y/2*(w/2) + x/2
			behind := computeLuminance(convertToRGB(frame[y*w+x], frame[w*h+i], frame[w*h*5/4+i]))
			all = append(all, (max(letters, behind)+0.05)/(min(letters, behind)+0.05))
		}
	}
	if len(all) == 0 {
		return math.Inf(1)
	}
	slices.Sort(all)
	return all[len(all)/4]
}

// convertToRGB converts a pixel from BT.709 limited range to RGB from 0 to 255.
func convertToRGB(luma, cb, cr byte) (r, g, b float64) {
	y, u, v := 255.0/219*(float64(luma)-16), 255.0/224*(float64(cb)-128), 255.0/224*(float64(cr)-128)
	clamp := func(f float64) float64 { return min(max(f, 0), 255) }
	return clamp(y + 1.5748*v), clamp(y - 0.1873*u - 0.4681*v), clamp(y + 1.8556*u)
}

// computeLuminance returns the relative luminance of WCAG 2, from 0 to 1, of a colour in RGB from 0 to 255.
func computeLuminance(r, g, b float64) float64 {
	linear := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
