package timeline_test

import (
	"slices"
	"testing"

	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// TestCalloutTimes checks when callouts appear and disappear, in frames of their scene. The rate is 50.
func TestCalloutTimes(t *testing.T) {
	t.Parallel()
	said := func(paragraphs ...int) (out []storyboard.Part) {
		for _, p := range paragraphs {
			out = append(out, storyboard.Part{Kind: storyboard.Speech, Text: "x", Paragraph: p})
		}
		return out
	}
	with := func(styles ...script.CalloutStyle) storyboard.Shot {
		shot := image()
		for _, s := range styles {
			shot.Callouts = append(shot.Callouts, script.Callout{Style: s})
		}
		return shot
	}
	span := func(shot, item int, from, to, fade, move int64) timeline.CalloutSpan {
		return timeline.CalloutSpan{Shot: shot, Item: item, From: from, To: to, Fade: fade, Move: move}
	}
	labelled := image()
	labelled.Callouts = []script.Callout{{Label: "x"}, {Style: script.BlurInside, Label: "y"}}
	onSlide := storyboard.Scene{Parts: said(0), Callouts: []script.Callout{{Style: script.Outline}}}
	revealed := func(s storyboard.Scene) storyboard.Scene {
		s.RevealCallouts = true
		return s
	}
	entering := enters("crossfade", 0.4, with(script.Outline, script.Mask))
	entering.Parts = said(0)
	zooms := storyboard.Scene{Parts: said(0, 0), Shots: []storyboard.Shot{with(script.CameraZoom, script.Outline, script.CameraZoom)}}
	first, second := span(0, 0, 0, 112, 12, 40), span(0, 2, 112, 225, 12, 40)
	first.Continues, second.Follows = true, true
	for _, c := range []struct {
		name  string
		scene storyboard.Scene
		want  []timeline.CalloutSpan
	}{
		{"none", storyboard.Scene{Parts: said(0), Shots: []storyboard.Shot{image()}}, nil},
		{
			"plain and hidden ones are there at once",
			storyboard.Scene{Parts: said(0), Shots: []storyboard.Shot{with("", script.Mask, script.BlurInside)}},
			[]timeline.CalloutSpan{span(0, 0, 0, 125, 0, 0), span(0, 1, 0, 125, 0, 0), span(0, 2, 0, 125, 0, 0)},
		},
		{"labels appear", storyboard.Scene{Parts: said(0), Shots: []storyboard.Shot{labelled}}, []timeline.CalloutSpan{
			span(0, 0, 0, 125, 12, 0), span(0, 1, 0, 125, 12, 0),
		}},
		{"on a slide", onSlide, []timeline.CalloutSpan{span(-1, 0, 0, 125, 12, 0)}},
		{"after the transition", entering, []timeline.CalloutSpan{span(0, 0, 20, 125, 12, 0), span(0, 1, 0, 125, 0, 0)}},
		{"one camera for two callouts", zooms, []timeline.CalloutSpan{first, span(0, 1, 0, 225, 12, 0), second}},
		{
			"a paragraph each", revealed(storyboard.Scene{Parts: said(0, 1), Shots: []storyboard.Shot{with("", script.CameraZoom)}}),
			[]timeline.CalloutSpan{span(0, 0, 0, 100, 12, 0), span(0, 1, 100, 225, 12, 40)},
		},
		{
			"evenly in silence",
			revealed(storyboard.Scene{Duration: seconds(3), Shots: []storyboard.Shot{with(script.Outline, script.MarkerColor, "")}}),
			[]timeline.CalloutSpan{span(0, 0, 0, 50, 12, 0), span(0, 1, 50, 100, 12, 0), span(0, 2, 100, 150, 12, 0)},
		},
		{
			"a picture each",
			storyboard.Scene{Duration: seconds(4), Shots: []storyboard.Shot{with(script.Outline), with(script.Outline)}},
			[]timeline.CalloutSpan{span(0, 0, 0, 100, 12, 0), span(1, 0, 120, 200, 12, 0)},
		},
		{
			"hardly any time",
			storyboard.Scene{Duration: seconds(0.4), Shots: []storyboard.Shot{with(script.CameraZoom)}},
			[]timeline.CalloutSpan{span(0, 0, 0, 20, 10, 8)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scene := computeLine(storyboard.Scene{}, c.scene).Scenes[1]
			for i := range scene.Callouts {
				scene.Callouts[i].From -= scene.Start
				scene.Callouts[i].To -= scene.Start
			}
			if !slices.Equal(scene.Callouts, c.want) {
				t.Errorf("got  %+v\nwant %+v", scene.Callouts, c.want)
			}
		})
	}
}
