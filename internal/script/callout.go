package script

import (
	"slices"
	"strings"
)

// listCalloutKeys returns the keys that the map of a callout may have.
func listCalloutKeys() []mapKey[Callout] {
	place := func(put func(c *Callout, v float64)) storer[Callout] {
		return newStorer(newDecimalParser(-maxPixel, maxPixel, "pixels", "px"), put)
	}
	return []mapKey[Callout]{
		{
			name: "type", byDefault: "`circle`",
			storer: newStorer(newChoiceParser(string(Circle), string(Rectangle)),
				func(c *Callout, v string) { c.Shape = CalloutShape(v) }),
		},
		{name: "cx", help: "the horizontal centre of a circle", storer: place(func(c *Callout, v float64) { c.CX = v })},
		{name: "cy", help: "the vertical centre of a circle", storer: place(func(c *Callout, v float64) { c.CY = v })},
		{
			name: "size", help: "the radius of a circle",
			storer: newStorer(newDecimalParser(1, maxPixel, "pixels", "px"), func(c *Callout, v float64) { c.Size = v }),
		},
		{name: "left", help: "the left edge of a rectangle", storer: place(func(c *Callout, v float64) { c.Left = v })},
		{name: "top", help: "the top edge of a rectangle", storer: place(func(c *Callout, v float64) { c.Top = v })},
		{name: "right", help: "the right edge of a rectangle", storer: place(func(c *Callout, v float64) { c.Right = v })},
		{name: "bottom", help: "the bottom edge of a rectangle", storer: place(func(c *Callout, v float64) { c.Bottom = v })},
		{
			name: "alpha", byDefault: "0.5", help: "how dark the rest is",
			storer: newStorer(newDecimalParser(0, 1, "a number", ""), func(c *Callout, v float64) { c.Alpha = v }),
		},
		{
			name: "style", help: "what the callout does instead of darkening the rest; see below",
			storer: newStorer(newCalloutStyleParser(), func(c *Callout, v CalloutStyle) { c.Style = v }),
		},
		{
			name: "label", help: "a small plate with a text next to the shape",
			storer: newStorer(newLabelParser(), func(c *Callout, v string) { c.Label = v }),
		},
		{
			name: "of", byDefault: "`frame`", help: "with `image`, lengths are pixels of the original picture or " +
				"clip, and the callout moves and scales with it",
			storer: newStorer(newChoiceParser("frame", "image"), func(c *Callout, v string) { c.OfImage = v == "image" }),
		},
	}
}

// newCalloutForm describes the allowed values of a callout.
func newCalloutForm() Form {
	return Form{
		Kind: MapKind, Keys: describeKeys(listCalloutKeys()),
		Allowed: "a map: cx, cy and size of a circle, or type: rectangle with left, top, right and bottom; alpha, " +
			"style, label, of",
	}
}

// parseCallout parses the map of a callout. It returns false if it reported an error.
func (p *parser) parseCallout(d direction) (Node, bool) {
	if d.value.kind != mapValue {
		p.reportValue(d.name, d.value, p.known.byName[d.name].Allowed, nil)
		return nil, false
	}
	c := &Callout{At: At{Range: d.whole}, Shape: Circle, Alpha: 0.5}
	ok := parseMap(p, d.name, d.value, listCalloutKeys(), c)
	given := map[string]entry{}
	for _, e := range d.value.entries {
		given[e.name] = e
	}
	return c, ok && p.checkCalloutShape(c, d, given)
}

// listCalloutStyles returns the styles that a script can name.
func listCalloutStyles() []string {
	return []string{string(Mask), string(Outline), string(CameraZoom), string(BlurInside), string(MarkerColor)}
}

// newCalloutStyleParser returns the parser of a callout's style. An unknown word is a warning.
func newCalloutStyleParser() valueParser[CalloutStyle] {
	words := listCalloutStyles()
	form := Form{Kind: ChoiceKind, Words: words, Allowed: newChoiceParser(words...).Allowed}
	return valueParser[CalloutStyle]{Form: form, parse: func(p *parser, name string, v value) (CalloutStyle, bool) {
		if v.kind == mapValue {
			p.reportValue(name, v, form.Allowed, nil)
			return Darken, false
		}
		word := strings.ToLower(strings.TrimSpace(v.text))
		if slices.Contains(words, word) {
			return CalloutStyle(word), true
		}
		w := p.diags.Warnf(v.at, "unknown callout style %s; the callout darkens what is outside it",
			quoteForMessage(word))
		w.Detail = "Allowed: " + form.Allowed
		w.Hint = "write one of these, or remove the line to darken the rest"
		if near, ok := findNearestName(word, words); ok {
			w.Hint = "did you mean " + near + "?"
		}
		return Darken, true
	}}
}

// maxCalloutLabel is the maximum length of a callout's label, in characters.
const maxCalloutLabel = 200

func newLabelParser() valueParser[string] {
	return valueParser[string]{
		Form: Form{Kind: TextKind, Allowed: "a text of up to 200 characters"},
		read: func(s string) (string, bool) {
			s = strings.TrimSpace(s)
			return s, s != "" && countCharacters(s) <= maxCalloutLabel
		},
	}
}

// checkCalloutShape reports whether a callout has the values that its shape needs; otherwise it reports an
// error.
func (p *parser) checkCalloutShape(c *Callout, d direction, given map[string]entry) bool {
	needed, others := []string{"cx", "cy", "size"}, []string{"left", "top", "right", "bottom"}
	if c.Shape == Rectangle {
		needed, others = others, needed
	}
	var missing []string
	for _, n := range needed {
		if _, ok := given[n]; !ok {
			missing = append(missing, n)
		}
	}
	for _, n := range others {
		if e, ok := given[n]; ok {
			w := p.diags.Warnf(e.at, "%s does not apply to a callout of type %s and is ignored", quoteForMessage(n),
				string(c.Shape))
			w.Detail = "A " + string(c.Shape) + " has " + strings.Join(needed, ", ")
			w.Hint = "write type: rectangle for left, top, right and bottom, type: circle for cx, cy and size"
		}
	}
	if len(missing) > 0 {
		e := p.diags.Errorf(d.at, "the callout has no %s", strings.Join(missing, ", "))
		e.Detail = "A " + string(c.Shape) + " needs " + strings.Join(needed, ", ") +
			", in pixels of the frame, from its top left corner"
		if c.Shape == Circle && len(given) > 0 && len(missing) == len(needed) {
			e.Hint = "add type: rectangle if the callout is a rectangle"
		}
		return false
	}
	if c.Shape == Rectangle && (c.Right <= c.Left || c.Bottom <= c.Top) {
		e := p.diags.Errorf(d.at, "the callout has no area: from %s, %s to %s, %s",
			formatDecimal(c.Left), formatDecimal(c.Top), formatDecimal(c.Right), formatDecimal(c.Bottom))
		e.Detail = "right must be greater than left, and bottom greater than top"
		return false
	}
	return true
}
