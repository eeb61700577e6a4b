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
	case !p.known.contains(d.name):
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
	case p.warnIfEmpty(d.name, d.value):
		return
	}
	node, ok := p.newNode(d)
	if !ok {
		return
	}
	if p.known.byName[d.name].Reach == WholeScene {
		if p.seen[d.name] {
			p.warnOfRepetition(d.name, d.at, "in this scene")
		}
		p.seen[d.name] = true
	}
	if node != nil {
		p.appendNode(node)
	}
}

// warnIfEmpty reports whether a property has an empty value, and warns that it is ignored.
func (p *parser) warnIfEmpty(name string, v value) bool {
	if v.kind != scalarValue || strings.TrimSpace(v.text) != "" {
		return false
	}
	d := p.diags.Warnf(v.at, "%s has no value and is ignored", name)
	d.Hint = "write a value after its colon, or remove the line"
	return true
}

// newRevealParser returns the parser of the value of (reveal: …).
func newRevealParser() valueParser[Reveal] {
	lines := newLineRangesParser("items, callouts, or lines of code such as 1-3, 4-6")
	form := lines.Form
	form.Words = []string{"items", "callouts"}
	return valueParser[Reveal]{Form: form, read: func(s string) (Reveal, bool) {
		if strings.EqualFold(s, "items") {
			return Reveal{Items: true}, true
		}
		if strings.EqualFold(s, "callouts") {
			return Reveal{Callouts: true}, true
		}
		ranges, ok := lines.read(s)
		return Reveal{Ranges: ranges}, ok
	}}
}

// maxCodeLine is the maximum line number of code on a slide.
const maxCodeLine = 100000

// newLineRangesParser returns the parser of a list of line ranges, such as "1-3, 5".
func newLineRangesParser(allowed string) valueParser[[]frame.LineRange] {
	form := Form{Kind: LinesKind, From: 1, To: maxCodeLine, Allowed: allowed}
	return valueParser[[]frame.LineRange]{Form: form, read: func(s string) ([]frame.LineRange, bool) {
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

// listPictureKeys returns the keys that the map of an image, or with video of a clip, may have.
func listPictureKeys(video bool) []mapKey[Picture] {
	file := mapKey[Picture]{
		name: "file",
		storer: newStorer(newFileParser("a file of the project"),
			func(p *Picture, f File) { p.File, p.FileRange = f.Name, f.Range }),
	}
	size := mapKey[Picture]{
		name: "size", byDefault: "as `asset-resize` says", help: "how it fills the frame",
		storer: newStorer(newPictureFitParser(), func(p *Picture, v frame.Fit) { p.Fit = v }),
	}
	focus := mapKey[Picture]{
		name: "focus", help: "the point that a crop keeps in view, such as `70% 30%` from the left and the top edge",
		storer: newStorer(newFocusParser(), func(p *Picture, v frame.Focus) { p.Focus = v }),
	}
	position := mapKey[Picture]{
		name: "position", byDefault: "`center`", help: "which part stays visible after the crop, or the place between the bars",
		storer: newStorer(newPositionParser(), func(p *Picture, v string) { p.Position, p.Edge = parsePosition(v) }),
	}
	if !video {
		return []mapKey[Picture]{file, size, position, focus}
	}
	return []mapKey[Picture]{
		file,
		{
			name: "segment", help: "the part of the clip that is shown",
			storer: newStorer(newPlayingParser(), func(p *Picture, v Picture) { p.Still, p.Segment = v.Still, v.Segment }),
		},
		{
			name: "sync", byDefault: "`freeze`", help: "how clip and narration share their time",
			storer: newStorer(newChoiceParser(string(Match), string(Trim), string(Loop), string(LoopAudio), string(Freeze)),
				func(p *Picture, v string) { p.Sync = Sync(v) }),
		},
		size, position, focus,
		{
			name: "volume", byDefault: "1", help: "of the clip's own sound",
			storer: newStorer(newFactorParser(0, 10), func(p *Picture, v float64) { p.Volume = &v }),
		},
	}
}

// newPictureForm describes the allowed values of (image: …), or with video of (video: …).
func newPictureForm(video bool) Form {
	keys := listPictureKeys(video)
	what := "an image file"
	if video {
		what = "a clip"
	}
	return Form{
		Kind: FileKind, Keys: describeKeys(keys),
		Allowed: what + " of the project, or a map of " + strings.Join(listKeyNames(keys), ", "),
	}
}

// parsePictureDirection parses (image: …) and (video: …).
func (p *parser) parsePictureDirection(d direction) (Node, bool) {
	pic := &Picture{At: At{Range: d.whole}, Video: d.name == "video"}
	allowed := p.known.byName[d.name].Allowed
	if d.value.kind != mapValue {
		f, ok := p.parseFilePath(d.name, d.value, allowed)
		pic.File, pic.FileRange = f.Name, f.Range
		return pic, ok
	}
	ok := parseMap(p, d.name, d.value, listPictureKeys(pic.Video), pic)
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

// newPlayingParser returns the parser of the key "segment": a still frame, a range, or the time from which the
// clip plays. Its result is a Picture in which only Still or Segment is set.
func newPlayingParser() valueParser[Picture] {
	stills := []string{string(StillStart), string(StillEnd)}
	return valueParser[Picture]{
		Form: Form{
			Kind: SegmentKind, Words: stills,
			Allowed: "start, end, a segment such as 10-14.5 or 01:00-01:01, or the time from which the clip plays",
		},
		read: func(s string) (Picture, bool) {
			if w, ok := newChoiceParser(stills...).read(s); ok {
				return Picture{Playing: Playing{Still: Still(w)}}, true
			}
			if at, ok := parseClock(s); ok && at < maxTime {
				return Picture{Playing: Playing{Segment: &ClipRange{From: at}}}, true
			}
			stretch, ok := parseClipRange(s)
			return Picture{Playing: Playing{Segment: &stretch}}, ok
		},
	}
}
