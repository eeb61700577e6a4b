package assets

import (
	"strings"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// TestCallouts checks how the styles of scripts are drawn, and the warning about a camera that would not move.
func TestCallouts(t *testing.T) {
	t.Parallel()
	film := storyboard.Film{Width: 1280, Height: 720, Header: frame.Size{Width: 1280, Height: 720}}
	set := &Set{}
	for style, want := range map[script.CalloutStyle][2]bool{
		script.Darken: {}, script.Mask: {true, false}, script.BlurInside: {false, true}, script.Outline: {},
	} {
		got := set.ConvertCallouts(film, []script.Callout{{Style: style, Shape: script.Rectangle, Right: 9, Bottom: 9}}, nil, -1)[0]
		if got.Mask != want[0] || got.Blur != want[1] || (got.Corner == 8) != want[1] {
			t.Errorf("%q: %+v", style, got)
		}
	}
	for right, want := range map[float64]int{300: 0, 716: 0, 800: 1, 1280: 1} {
		var list diag.List
		one := script.Callout{Style: script.CameraZoom, Shape: script.Rectangle, Right: right, Bottom: 100}
		check{&storyboard.Board{Film: film}, set}.checkCallouts([]script.Callout{one}, nil, -1, &list)
		if len(list) != want || want > 0 && (!strings.Contains(list[0].Summary, "the camera does not move") || list[0].Hint == "") {
			t.Errorf("up to %g: %v", right, list)
		}
	}
}
