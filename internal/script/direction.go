package script

import (
	"slices"
	"strconv"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// direction is a stage direction whose value has been read.
type direction struct {
	name      string
	at, whole diag.Range // of the name, of all
	value     value
}

// direct turns a direction into a node, or reports what is wrong with it.
func (p *parser) direct(d direction) {
	switch {
	case !p.known.has(d.name):
		p.unknown("the direction", d.name, d.at, p.known.directions, p.known.header...)
		return
	case !p.known.asDirected[d.name]:
		w := p.diags.Warnf(d.at, "%s is set in the header only and ignored here", quoted(d.name))
		w.Code = diag.UnknownProperty
		w.Detail = "Directions: " + strings.Join(p.known.directions, ", ")
		w.Hint = "move it to the header, between two lines of --- at the head of the script"
		return
	case d.value.kind == brokenValue:
		return
	case p.isAbsent(d.name, d.value):
		return
	}
	node, ok := p.node(d)
	if !ok {
		return
	}
	if wholeScene(d.name) {
		if p.seen[d.name] {
			p.twice(d.name, d.at, "in this scene")
		}
		p.seen[d.name] = true
	}
	if node != nil {
		p.add(node)
	}
}

// isAbsent says whether a property has no value, which counts as if it were not there.
func (p *parser) isAbsent(name string, v value) bool {
	if v.kind != scalarValue || strings.TrimSpace(v.text) != "" {
		return false
	}
	d := p.diags.Warnf(v.at, "%s has no value and is ignored", name)
	d.Hint = "write a value behind its colon, or take the line out"
	return true
}

// node makes the node of a direction. A pause of no length gives no node.
func (p *parser) node(d direction) (Node, bool) {
	at := At{Range: d.whole}
	switch d.name {
	case "pause":
		t, ok := read(p, d.name, d.value, length(0))
		if !ok || *t == 0 {
			return nil, ok
		}
		return &Pause{At: at, Length: *t}, true
	case "audio":
		f, ok := p.filePath(d.name, d.value, "a sound file of the project")
		return &Audio{At: at, File: f.Name, FileRange: f.Range}, ok
	case "image", "video":
		return p.pictureDirection(d)
	case "callout":
		return p.callout(d)
	case "chapter":
		title, ok := read(p, d.name, d.value, anyText("the title of the chapter"))
		if !ok {
			return nil, false
		}
		return &Chapter{At: at, Title: *title}, true
	case "include":
		f, ok := p.filePath(d.name, d.value, "another script of the project")
		return &Include{At: at, File: f.Name, FileRange: f.Range}, ok
	case "reveal":
		return p.reveal(d)
	case "highlight":
		ranges, ok := read(p, d.name, d.value, lineRanges("lines of code such as 2-4 or 1, 3-5"))
		if !ok {
			return nil, false
		}
		return &Highlight{At: at, Ranges: *ranges}, true
	}
	set := &Set{At: at, Name: d.name}
	if !p.set(&set.Properties, d.name, d.value) {
		return nil, false
	}
	set.Places = map[string]diag.Range{d.name: d.at}
	return set, true
}

func (p *parser) reveal(d direction) (Node, bool) {
	if strings.EqualFold(d.value.text, "items") {
		return &Reveal{At: At{Range: d.whole}, Items: true}, true
	}
	k := lineRanges("items, or lines of code such as 1-3, 4-6")
	k.words = []string{"items"}
	ranges, ok := read(p, d.name, d.value, k)
	if !ok {
		return nil, false
	}
	return &Reveal{At: At{Range: d.whole}, Ranges: *ranges}, true
}

// maxCodeLine is the highest line number of code that a slide may name.
const maxCodeLine = 100000

// lineRanges is the kind of lists of ranges of lines.
func lineRanges(allowed string) kind[[]frame.LineRange] {
	return kind[[]frame.LineRange]{allowed: allowed, read: func(s string) ([]frame.LineRange, bool) {
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

// callout reads the map of a callout.
func (p *parser) callout(d direction) (Node, bool) {
	if d.value.kind != mapValue {
		p.wrong(d.name, d.value, "a map: cx, cy and size of a circle, or type: rectangle with left, top, right and "+
			"bottom; alpha; style: mask", nil)
		return nil, false
	}
	c := &Callout{At: At{Range: d.whole}, Shape: Circle, Alpha: 0.5}
	numbers := map[string]*float64{
		"cx": &c.CX, "cy": &c.CY, "size": &c.Size,
		"left": &c.Left, "top": &c.Top, "right": &c.Right, "bottom": &c.Bottom,
	}
	given := map[string]entry{}
	ok := true
	for _, e := range d.value.entries {
		name := e.name + " of callout"
		var fits bool
		switch e.name {
		case "type":
			fits = into((*string)(&c.Shape), p, name, e.value, oneOf(string(Circle), string(Rectangle)))
		case "style":
			c.Mask, fits = p.calloutStyle(e)
		case "of":
			of := "frame"
			fits = into(&of, p, name, e.value, oneOf("frame", "image"))
			c.OfImage = of == "image"
		case "alpha":
			fits = into(&c.Alpha, p, name, e.value, decimalIn(0, 1, "a number", ""))
		case "cx", "cy", "left", "top", "right", "bottom":
			fits = into(numbers[e.name], p, name, e.value, decimalIn(-maxPixel, maxPixel, "pixels", "px"))
		case "size":
			fits = into(&c.Size, p, name, e.value, decimalIn(1, maxPixel, "pixels", "px"))
		default:
			fits = p.unknown("the name in callout", e.name, e.at, []string{
				"type", "cx", "cy", "size", "left", "top", "right", "bottom", "alpha", "style", "of",
			})
		}
		given[e.name] = e
		ok = ok && fits
	}
	return c, ok && p.calloutShape(c, d, given)
}

// calloutStyle reads the style of a callout; one that is not known darkens.
func (p *parser) calloutStyle(e entry) (mask, fits bool) {
	style := strings.ToLower(strings.TrimSpace(e.value.text))
	if e.value.kind == mapValue {
		p.wrong("style of callout", e.value, "mask", nil)
		return false, false
	}
	if style != "mask" {
		w := p.diags.Warnf(e.at, "the callout style %s is not known; the callout darkens what lies outside of it", quoted(style))
		w.Hint = "write style: mask to paint the shape black, or leave the line out"
	}
	return style == "mask", true
}

// calloutShape checks that a callout has the places that its shape needs.
func (p *parser) calloutShape(c *Callout, d direction, given map[string]entry) bool {
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
			w := p.diags.Warnf(e.at, "%s means nothing to a callout of type %s and is ignored", quoted(n), string(c.Shape))
			w.Detail = "A " + string(c.Shape) + " has " + strings.Join(needed, ", ")
			w.Hint = "write type: rectangle for left, top, right and bottom, type: circle for cx, cy and size"
		}
	}
	if len(missing) > 0 {
		e := p.diags.Errorf(d.at, "the callout lacks %s", strings.Join(missing, ", "))
		e.Detail = "A " + string(c.Shape) + " needs " + strings.Join(needed, ", ") + ", in pixels of the frame, from its top left corner"
		if c.Shape == Circle && len(given) > 0 && len(missing) == len(needed) {
			e.Hint = "add type: rectangle if the callout is one"
		}
		return false
	}
	if c.Shape == Rectangle && (c.Right <= c.Left || c.Bottom <= c.Top) {
		e := p.diags.Errorf(d.at, "the callout has no area: from %s, %s to %s, %s",
			decimal(c.Left), decimal(c.Top), decimal(c.Right), decimal(c.Bottom))
		e.Detail = "right is more than left, and bottom more than top"
		return false
	}
	return true
}

// pictureDirection reads (image: …) and (video: …).
func (p *parser) pictureDirection(d direction) (Node, bool) {
	pic := &Picture{At: At{Range: d.whole}, Video: d.name == "video"}
	what := "an image file of the project, or a map of file, size, position"
	names := []string{"file", "size", "position"}
	if pic.Video {
		what = "a clip of the project, or a map of file, segment, sync, size, position, volume"
		names = []string{"file", "segment", "sync", "size", "position", "volume"}
	}
	if d.value.kind != mapValue {
		f, ok := p.filePath(d.name, d.value, what)
		pic.File, pic.FileRange = f.Name, f.Range
		return pic, ok
	}
	ok, named := true, false
	for _, e := range d.value.entries {
		if !slices.Contains(names, e.name) {
			ok = p.unknown("the name in "+d.name, e.name, e.at, names) && ok
			continue
		}
		named = named || e.name == "file"
		ok = p.pictureEntry(pic, d.name, e) && ok
	}
	if !named && ok {
		e := p.diags.Errorf(d.at, "%s names no file", d.name)
		e.Detail = "Allowed: " + what
		e.Hint = "add a line such as file: name.png"
		if pic.Video {
			e.Hint = "add a line such as file: name.mp4"
		}
	}
	return pic, ok && named
}

func (p *parser) pictureEntry(pic *Picture, of string, e entry) bool {
	name := e.name + " of " + of
	ok := true
	switch e.name {
	case "file":
		var f File
		f, ok = p.filePath(name, e.value, "a file of the project")
		pic.File, pic.FileRange = f.Name, f.Range
	case "size":
		ok = into(&pic.Fit, p, name, e.value, fits())
	case "position":
		var where string
		if ok = into(&where, p, name, e.value, positions()); ok {
			pic.Position, pic.Edge = readPosition(where)
		}
	case "segment":
		return p.segmentEntry(pic, name, e.value)
	case "sync":
		k := oneOf(string(Match), string(Trim), string(Loop), string(LoopAudio), string(Freeze))
		ok = into((*string)(&pic.Sync), p, name, e.value, k)
	case "volume":
		pic.Volume, ok = read(p, name, e.value, factor(0, 10))
	}
	return ok
}

// segmentEntry reads start, end, a stretch, or the time from which the clip plays.
func (p *parser) segmentEntry(pic *Picture, name string, v value) bool {
	if w, ok := oneOf(string(StillStart), string(StillEnd)).read(v.text); ok && v.kind == scalarValue {
		pic.Still = Still(w)
		return true
	}
	s, ok := read(p, name, v, kind[Segment]{
		allowed: "start, end, a stretch such as 10-14.5 or 01:00-01:01, or the time from which the clip plays",
		words:   []string{"start", "end"},
		read: func(s string) (Segment, bool) {
			if at, ok := clock(s); ok && at < maxTime {
				return Segment{From: at}, true
			}
			return segment(s)
		},
	})
	pic.Segment = s
	return ok
}
