package script

import (
	"slices"
	"strconv"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// direction is a stage direction with its parsed value.
type direction struct {
	name      string
	at, whole diag.Range // ranges of the name, of the whole direction
	value     value
}

// addDirection adds the node of a direction, or reports its errors.
func (p *parser) addDirection(d direction) {
	switch {
	case !p.known.has(d.name):
		p.reportUnknown("the direction", d.name, d.at, p.known.directions, p.known.header...)
		return
	case !p.known.asDirected[d.name]:
		w := p.diags.Warnf(d.at, "%s can be set only in the header and is ignored here", quoteForMessage(d.name))
		w.Code = diag.UnknownProperty
		w.Detail = "Directions: " + strings.Join(p.known.directions, ", ")
		w.Hint = "move it to the header, between two lines of --- at the start of the script"
		return
	case d.value.kind == brokenValue:
		return
	case p.isAbsent(d.name, d.value):
		return
	}
	node, ok := p.newNode(d)
	if !ok {
		return
	}
	if p.known.byName[d.name].Reach == WholeScene {
		if p.seen[d.name] {
			p.warnTwice(d.name, d.at, "in this scene")
		}
		p.seen[d.name] = true
	}
	if node != nil {
		p.appendNode(node)
	}
}

// isAbsent reports whether a property has an empty value, and warns that it is ignored.
func (p *parser) isAbsent(name string, v value) bool {
	if v.kind != scalarValue || strings.TrimSpace(v.text) != "" {
		return false
	}
	d := p.diags.Warnf(v.at, "%s has no value and is ignored", name)
	d.Hint = "write a value after its colon, or remove the line"
	return true
}

// revealKind returns the parser of the value of (reveal: …).
func revealKind() kind[Reveal] {
	lines := lineRangesKind("items, or lines of code such as 1-3, 4-6")
	form := lines.Form
	form.Words = []string{"items"}
	return kind[Reveal]{Form: form, read: func(s string) (Reveal, bool) {
		if strings.EqualFold(s, "items") {
			return Reveal{Items: true}, true
		}
		ranges, ok := lines.read(s)
		return Reveal{Ranges: ranges}, ok
	}}
}

// maxCodeLine is the maximum line number of code on a slide.
const maxCodeLine = 100000

// lineRangesKind returns the parser of a list of line ranges, such as "1-3, 5".
func lineRangesKind(allowed string) kind[[]frame.LineRange] {
	form := Form{Kind: LinesKind, From: 1, To: maxCodeLine, Allowed: allowed}
	return kind[[]frame.LineRange]{Form: form, read: func(s string) ([]frame.LineRange, bool) {
		var out []frame.LineRange
		for part := range strings.SplitSeq(s, ",") {
			a, b, cut := strings.Cut(part, "-")
			if !cut {
				b = a
			}
			from, err1 := strconv.Atoi(strings.TrimSpace(a))
			to, err2 := strconv.Atoi(strings.TrimSpace(b))
			if err1 != nil || err2 != nil || from < 1 || to < from || to > maxCodeLine {
				return nil, false
			}
			out = append(out, frame.LineRange{From: from, To: to})
		}
		return out, true
	}}
}

// calloutKeys returns the keys that the map of a callout may have.
func calloutKeys() []key[Callout] {
	place := func(put func(c *Callout, v float64)) reader[Callout] {
		return storeWith(decimalKind(-maxPixel, maxPixel, "pixels", "px"), put)
	}
	return []key[Callout]{
		{
			name: "type", byDefault: "`circle`",
			reader: storeWith(choiceKind(string(Circle), string(Rectangle)),
				func(c *Callout, v string) { c.Shape = CalloutShape(v) }),
		},
		{name: "cx", help: "the horizontal centre of a circle", reader: place(func(c *Callout, v float64) { c.CX = v })},
		{name: "cy", help: "the vertical centre of a circle", reader: place(func(c *Callout, v float64) { c.CY = v })},
		{
			name: "size", help: "the radius of a circle",
			reader: storeWith(decimalKind(1, maxPixel, "pixels", "px"), func(c *Callout, v float64) { c.Size = v }),
		},
		{name: "left", help: "the left edge of a rectangle", reader: place(func(c *Callout, v float64) { c.Left = v })},
		{name: "top", help: "the top edge of a rectangle", reader: place(func(c *Callout, v float64) { c.Top = v })},
		{name: "right", help: "the right edge of a rectangle", reader: place(func(c *Callout, v float64) { c.Right = v })},
		{name: "bottom", help: "the bottom edge of a rectangle", reader: place(func(c *Callout, v float64) { c.Bottom = v })},
		{
			name: "alpha", byDefault: "0.5", help: "how dark the rest is",
			reader: storeWith(decimalKind(0, 1, "a number", ""), func(c *Callout, v float64) { c.Alpha = v }),
		},
		{
			name: "style", help: "`mask` paints the shape black instead, and does not change the rest",
			reader: storeWith(calloutStyleKind(), func(c *Callout, v string) { c.Mask = v == "mask" }),
		},
		{
			name: "of", byDefault: "`frame`", help: "with `image`, lengths are pixels of the original picture or " +
				"clip, and the callout moves and scales with it",
			reader: storeWith(choiceKind("frame", "image"), func(c *Callout, v string) { c.OfImage = v == "image" }),
		},
	}
}

// calloutForm describes the allowed values of a callout.
func calloutForm() Form {
	return Form{
		Kind: MapKind, Keys: describeKeys(calloutKeys()),
		Allowed: "a map: cx, cy and size of a circle, or type: rectangle with left, top, right and bottom; alpha; " +
			"style: mask",
	}
}

// parseCallout parses the map of a callout. It returns false if it reported an error.
func (p *parser) parseCallout(d direction) (Node, bool) {
	if d.value.kind != mapValue {
		p.reportValue(d.name, d.value, p.known.byName[d.name].Allowed, nil)
		return nil, false
	}
	c := &Callout{At: At{Range: d.whole}, Shape: Circle, Alpha: 0.5}
	ok := readMap(p, d.name, d.value, calloutKeys(), c)
	given := map[string]entry{}
	for _, e := range d.value.entries {
		given[e.name] = e
	}
	if e, styled := given["style"]; styled && !c.Mask && e.value.kind != mapValue {
		w := p.diags.Warnf(e.at, "unknown callout style %s; the callout darkens what is outside it",
			quoteForMessage(strings.ToLower(strings.TrimSpace(e.value.text))))
		w.Hint = "write style: mask to paint the shape black, or remove the line"
	}
	return c, ok && p.checkCalloutShape(c, d, given)
}

// calloutStyleKind returns the parser of a callout's style. Any word is accepted; only "mask" has an
// effect.
func calloutStyleKind() kind[string] {
	form := Form{Kind: ChoiceKind, Words: []string{"mask"}, Allowed: "mask"}
	return kind[string]{Form: form, parse: func(p *parser, name string, v value) (string, bool) {
		if v.kind == mapValue {
			p.reportValue(name, v, form.Allowed, nil)
			return "", false
		}
		return strings.ToLower(strings.TrimSpace(v.text)), true
	}}
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
			w := p.diags.Warnf(e.at, "%s does not apply to a callout of type %s and is ignored", quoteForMessage(n), string(c.Shape))
			w.Detail = "A " + string(c.Shape) + " has " + strings.Join(needed, ", ")
			w.Hint = "write type: rectangle for left, top, right and bottom, type: circle for cx, cy and size"
		}
	}
	if len(missing) > 0 {
		e := p.diags.Errorf(d.at, "the callout has no %s", strings.Join(missing, ", "))
		e.Detail = "A " + string(c.Shape) + " needs " + strings.Join(needed, ", ") + ", in pixels of the frame, from its top left corner"
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

// pictureKeys returns the keys that the map of an image, or with video of a clip, may have.
func pictureKeys(video bool) []key[Picture] {
	file := key[Picture]{
		name: "file",
		reader: storeWith(fileKind("a file of the project"),
			func(p *Picture, f File) { p.File, p.FileRange = f.Name, f.Range }),
	}
	size := key[Picture]{
		name: "size", byDefault: "as `asset-resize` says", help: "how it fills the frame",
		reader: storeWith(fitKind(), func(p *Picture, v frame.Fit) { p.Fit = v }),
	}
	position := key[Picture]{
		name: "position", byDefault: "`center`", help: "which part stays visible after the crop, or the place between the bars",
		reader: storeWith(positionKind(), func(p *Picture, v string) { p.Position, p.Edge = readPosition(v) }),
	}
	if !video {
		return []key[Picture]{file, size, position}
	}
	return []key[Picture]{
		file,
		{
			name: "segment", help: "the part of the clip that is shown",
			reader: storeWith(clipPartKind(), func(p *Picture, v Picture) { p.Still, p.Segment = v.Still, v.Segment }),
		},
		{
			name: "sync", byDefault: "`freeze`", help: "how clip and narration share their time",
			reader: storeWith(choiceKind(string(Match), string(Trim), string(Loop), string(LoopAudio), string(Freeze)),
				func(p *Picture, v string) { p.Sync = Sync(v) }),
		},
		size, position,
		{
			name: "volume", byDefault: "1", help: "of the clip's own sound",
			reader: storeWith(factorKind(0, 10), func(p *Picture, v float64) { p.Volume = &v }),
		},
	}
}

// pictureForm describes the allowed values of (image: …), or with video of (video: …).
func pictureForm(video bool) Form {
	keys := pictureKeys(video)
	what := "an image file"
	if video {
		what = "a clip"
	}
	return Form{
		Kind: FileKind, Keys: describeKeys(keys),
		Allowed: what + " of the project, or a map of " + strings.Join(keyNames(keys), ", "),
	}
}

// parsePictureDirection parses (image: …) and (video: …).
func (p *parser) parsePictureDirection(d direction) (Node, bool) {
	pic := &Picture{At: At{Range: d.whole}, Video: d.name == "video"}
	allowed := p.known.byName[d.name].Allowed
	if d.value.kind != mapValue {
		f, ok := p.filePath(d.name, d.value, allowed)
		pic.File, pic.FileRange = f.Name, f.Range
		return pic, ok
	}
	ok := readMap(p, d.name, d.value, pictureKeys(pic.Video), pic)
	named := slices.ContainsFunc(d.value.entries, func(e entry) bool { return e.name == "file" })
	if !named && ok {
		e := p.diags.Errorf(d.at, "%s names no file", d.name)
		e.Detail = "Allowed: " + allowed
		e.Hint = "add a line such as file: name.png"
		if pic.Video {
			e.Hint = "add a line such as file: name.mp4"
		}
	}
	return pic, ok && named
}

// clipPartKind returns the parser of the key "segment": a still frame, a range, or the time from which the
// clip plays. Its result is a Picture in which only Still or Segment is set.
func clipPartKind() kind[Picture] {
	stills := []string{string(StillStart), string(StillEnd)}
	return kind[Picture]{
		Form: Form{
			Kind: SegmentKind, Words: stills,
			Allowed: "start, end, a segment such as 10-14.5 or 01:00-01:01, or the time from which the clip plays",
		},
		read: func(s string) (Picture, bool) {
			if w, ok := choiceKind(stills...).read(s); ok {
				return Picture{Playing: Playing{Still: Still(w)}}, true
			}
			if at, ok := parseClock(s); ok && at < maxTime {
				return Picture{Playing: Playing{Segment: &Segment{From: at}}}, true
			}
			stretch, ok := parseSegment(s)
			return Picture{Playing: Playing{Segment: &stretch}}, ok
		},
	}
}
