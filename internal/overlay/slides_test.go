package overlay

import (
	"image"
	"reflect"
	"strings"
	"testing"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// TestReportSlides checks that a warning of several states, and an invalid diagram, are each reported
// once.
func TestReportSlides(t *testing.T) {
	t.Parallel()
	at := func(line int) diag.Range {
		return diag.Range{File: "s.md", Start: diag.Pos{Line: line, Column: 1}, End: diag.Pos{Line: line + 2, Column: 4}}
	}
	r := slide.Request{Blocks: []slide.Block{
		{Kind: frame.DotBlock, Range: at(2)},
		{Kind: frame.MermaidBlock, Range: at(5)},
		{Kind: frame.MathBlock, Range: at(8)},
	}}
	tasks := []slideTask{{state: 0, request: r}, {state: 1, request: r}, {state: 0, request: r}}
	w := func(line int, text string) slide.Warning {
		return slide.Warning{Range: at(line), Summary: text, Hint: "do"}
	}
	heads := []slideHead{
		{Warnings: []slide.Warning{w(1, "a"), w(1, "b"), w(2, "a")}},
		{Warnings: []slide.Warning{w(1, "a"), w(3, "a")}},
		{},
	}
	wrong := func(d ...*slide.DiagramError) []*slide.DiagramError {
		return append(d, make([]*slide.DiagramError, 3-len(d))...)
	}
	for name, c := range map[string]struct {
		wrong []*slide.DiagramError
		want  []string
		end   diag.Pos // end of the first error's range
	}{
		"warnings": {wrong(), nil, diag.Pos{}},
		"a graph": {
			wrong(&slide.DiagramError{Text: "x"}),
			[]string{"2 the graph cannot be drawn: x"},
			diag.Pos{Line: 4, Column: 4},
		},
		"its first line": {
			wrong(&slide.DiagramError{Line: 1, Text: "x"}),
			[]string{"3 the graph cannot be drawn: x"},
			diag.Pos{Line: 3, Column: 1},
		},
		"a later state": {wrong(nil, &slide.DiagramError{Text: "x"}), nil, diag.Pos{}},
		"a diagram": {
			wrong(nil, nil, &slide.DiagramError{Block: 1, Line: 2, Text: "y"}),
			[]string{"7 the diagram cannot be drawn: y"},
			diag.Pos{Line: 7, Column: 1},
		},
		"a formula, both": {
			wrong(&slide.DiagramError{Block: 2, Text: "z"}, &slide.DiagramError{Block: 2, Text: "z"}),
			[]string{"8 the formula cannot be drawn: z"},
			diag.Pos{Line: 10, Column: 4},
		},
	} {
		list := listSlideFindings(tasks, heads, c.wrong)
		var warnings, errs diag.List
		for _, d := range list {
			if d.Severity == diag.Error {
				errs = append(errs, d)
			} else {
				warnings = append(warnings, d)
			}
		}
		if got := findingLines(warnings); !reflect.DeepEqual(got, []string{"1 a", "1 b", "2 a", "3 a"}) || warnings[0].Hint != "do" {
			t.Errorf("%s: warnings are %q", name, got)
		}
		if got := findingLines(errs); !reflect.DeepEqual(got, c.want) || len(errs) > 0 && errs[0].Range.End != c.end {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestLabels checks the names of slides and captions in messages: the first line or text, at most 60
// characters.
func TestLabels(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60)
	for text, want := range map[string]string{"\n\n one \ntwo\nthree": "one", long: long, long + "y": long + "…", "": ""} {
		task := slideTask{scene: 1, request: slide.Request{Blocks: []slide.Block{{Text: text}, {Text: "other"}}}}
		if got := task.newLabel(); got != (part.Label{Name: want, Scene: 2}) {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for text, want := range map[string]string{"One two.": "One two.", long: long, long + "y": long + "…"} {
		if got := newCaptionLabel(caption.Cue{Text: text, Scene: 4}); got != (part.Label{Name: want, Scene: 5}) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestSlideRequest checks the Request for a scene's slides.
func TestSlideRequest(t *testing.T) {
	t.Parallel()
	a := artistOf(64, 36, script.Subtitles{})
	a.Board.Film.Language = "de"
	scene := &storyboard.Scene{Slides: []storyboard.Slide{
		{Kind: frame.CodeBlock, Text: "a", Theme: "dark", FontSize: 30, Language: "go", Ranges: []frame.LineRange{{}}},
		{Kind: frame.MarkdownBlock, Text: "b", Theme: "light", Reveal: true},
		{Kind: frame.MarkdownBlock, Text: "c"},
	}}
	r := a.newSlideRequest(scene)
	if r.Over || r.Width != 64 || r.Height != 36 || r.Theme != "dark" || r.Language != "de" || len(r.Blocks) != 3 {
		t.Errorf("%+v", r)
	}
	if b := r.Blocks; !b[0].Reveal || !b[1].Reveal || b[2].Reveal || b[0].FontSize != 30 || b[0].Language != "go" ||
		b[1].Text != "b" {
		t.Errorf("%+v", r.Blocks)
	}
	scene.Shots = make([]storyboard.Shot, 1)
	if !a.newSlideRequest(scene).Over {
		t.Error("the request for a slide over a picture has Over unset")
	}
	if got := ListSlideFiles(a.Input, &storyboard.Scene{Shots: scene.Shots}); got != nil {
		t.Errorf("a scene without slides names %q", got)
	}
}

// TestBackdrops checks the conversion of backdrop filters and their rectangles, in order.
func TestBackdrops(t *testing.T) {
	t.Parallel()
	d := &slide.Drawn{Backdrops: []slide.Backdrop{
		{Bounds: image.Rect(2, 4, 12, 34), Filters: []slide.Filter{{Name: "blur", Value: 3}, {Name: "sepia", Value: 0.5}}},
		{},
	}}
	want := []ffmpeg.Backdrop{
		{
			Left: 2, Top: 4, Width: 10, Height: 30, FrameW: 64, FrameH: 36,
			Effects: []ffmpeg.Effect{{Name: "blur", Value: 3}, {Name: "sepia", Value: 0.5}},
		},
		{FrameW: 64, FrameH: 36},
	}
	if got := convertBackdrops(d, slide.Request{Width: 64, Height: 36}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
