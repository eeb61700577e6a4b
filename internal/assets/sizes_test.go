package assets

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// TestSizes checks the findings about pictures of which less than 60 % is visible, that are enlarged
// more than twice, or of which nothing is visible.
func TestSizes(t *testing.T) {
	t.Parallel()
	const cropped, enlarged, gone = "is cropped to fill", "will blur", "nothing of"
	turned := newStill(90, 160)
	turned.header.Turn = 6
	drawn := newStill(16, 9)
	drawn.drawn = true
	for _, c := range []struct {
		name  string
		asset *Asset
		fit   frame.Fit
		top   bool // the script sets a position
		want  string
	}{
		{"as the frame", newStill(1600, 900), frame.Cover, false, ""},
		{"enlarged twice", newStill(800, 450), frame.Cover, false, ""},
		{"enlarged more", newStill(799, 450), frame.Cover, false, "2.0 times"},
		{"enlarged, to contain", newStill(700, 900), frame.Contain, false, ""},
		{"enlarged to contain", newStill(700, 449), frame.Contain, false, "2.0 times"},
		{"enlarged to be stretched", newStill(700, 900), frame.Stretch, false, "2.3 times"},
		{"drawn at its size", drawn, frame.Cover, false, ""},
		{"60 % are seen", newStill(1600, 1500), frame.Cover, false, ""},
		{"less", newStill(1600, 1501), frame.Cover, false, "only 60 % of"},
		{"less, from the top", newStill(1600, 1501), frame.Cover, true, ""},
		{"less, contained", newStill(1600, 1501), frame.Contain, false, ""},
		{"less, stretched", newStill(1600, 1501), frame.Stretch, false, ""},
		{"hardly any", newStill(1600, 160000), frame.Cover, false, "only 1 % of"},
		{"a line", newStill(2, 100000), frame.Cover, false, gone},
		{"a line, from the top", newStill(2, 100000), frame.Cover, true, gone},
		{"a line, contained", newStill(1600, 450000), frame.Contain, false, ""},
		{"two lines", newStill(160000, 3), frame.Cover, false, "only 1 % of"},
		{"two lines of its height", newStill(160000, 2), frame.Cover, false, "only 1 % of"},
		{"turned", turned, frame.Cover, false, "10.0 times"},
		{"a photograph", newStill(1600, 1501), frame.Cover, false, "write ![contain](a)"},
		{"a screenshot", newScreenshot(1600, 1501), frame.Cover, false, "write ![screen](a) or ![browser](a)"},
		{"blurred beside it", newStill(1600, 1501), frame.Blur, false, ""},
		{"a clip", clip(1600, 3000, nil), frame.Cover, false, "only 30 % of"},
		{"sound", onlySound(nil), frame.Cover, false, ""},
		{"none", nil, frame.Cover, false, ""},
	} {
		board := &storyboard.Board{Film: storyboard.Film{Width: 1600, Height: 900}}
		ch := check{board, &Set{byName: map[string]*Asset{"a": c.asset}}}
		shot := storyboard.Shot{File: "a", Range: at(3)}
		shot.Fit = c.fit
		if c.top {
			shot.Position = frame.Position{Y: frame.AlignStart}
		}
		var found sizeFindings
		var list diag.List
		ch.checkEnlargingAndCropping(&storyboard.Scene{Shots: []storyboard.Shot{shot}}, 0, 1, &found, &list)
		found.reportAll(&list)
		got := findingLines(list)
		for _, d := range list {
			got = append(got, d.Hint)
		}
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.ContainsFunc(got,
			func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if list.HasErrors() != (c.want == gone) || slices.Contains(got, "no hint") {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestSizesOfAll checks that a video gets one warning of each kind, which lists the pictures and their
// scenes.
func TestSizesOfAll(t *testing.T) {
	t.Parallel()
	of := func(n int) (out []sizeFinding) {
		for i := range n {
			f := sizeFinding{file: fmt.Sprint(i), how: "half", place: at(i + 1), hint: "do"}
			out = addOrMergeFinding(out, f, 0)
			out = addOrMergeFinding(out, f, 0)
			out = addOrMergeFinding(out, f, 2)
		}
		return out
	}
	all := func(n int) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("%q (half) in scenes 1 and 3", fmt.Sprint(i)))
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		found sizeFindings
		want  []string
	}{
		{sizeFindings{}, nil},
		{
			sizeFindings{cropped: of(1)},
			[]string{`warning 1: only half of "0" is visible in scenes 1 and 3: it is cropped to fill the frame`},
		},
		{sizeFindings{enlarged: of(1)}, []string{`warning 1: "0" is enlarged half in scenes 1 and 3 and will look blurred`}},
		{sizeFindings{cropped: of(2), enlarged: of(2)}, []string{
			"warning 1: 2 pictures are cropped to fill the frame, with less than 60 % of each visible: " + all(2),
			"warning 1: 2 pictures are enlarged more than 2 times and will look blurred: " + all(2),
		}},
		{
			sizeFindings{enlarged: of(10)},
			[]string{"warning 1: 10 pictures are enlarged more than 2 times and will look blurred: " + all(10)},
		},
		{
			sizeFindings{enlarged: of(11)},
			[]string{"warning 1: 11 pictures are enlarged more than 2 times and will look blurred: " + all(10) + ", and 1 more"},
		},
	} {
		var list diag.List
		c.found.reportAll(&list)
		if got := findingLines(list); !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	apart := addOrMergeFinding(nil, sizeFinding{file: "a", how: "x"}, 0)
	apart = addOrMergeFinding(addOrMergeFinding(apart, sizeFinding{file: "a", how: "y"}, 1),
		sizeFinding{file: "b", how: "x"}, 2)
	if len(apart) != 3 {
		t.Errorf("%+v", apart)
	}
}

// TestSegments checks that a segment must be inside its clip, or end at most one frame after it.
func TestSegments(t *testing.T) {
	t.Parallel()
	to := func(d time.Duration) *script.ClipRange { return &script.ClipRange{To: d} }
	for name, c := range map[string]struct {
		asset   *Asset
		kind    storyboard.ShotKind
		segment *script.ClipRange
		want    string
	}{
		"whole":          {clip(1, 1, big.NewRat(2, 1)), storyboard.Clip, nil, ""},
		"to its end":     {clip(1, 1, big.NewRat(2, 1)), storyboard.Clip, to(2 * time.Second), ""},
		"a frame behind": {clip(1, 1, big.NewRat(2, 1)), storyboard.Clip, to(2040 * time.Millisecond), ""},
		"more than that": {
			clip(1, 1, big.NewRat(2, 1)), storyboard.Clip, to(2041 * time.Millisecond),
			`error 3: the segment ends at 2.04 s, but "a" is only 2.00 s long`,
		},
		"far behind": {
			clip(1, 1, big.NewRat(5, 2)), storyboard.Clip, to(time.Minute),
			`error 3: the segment ends at 60.00 s, but "a" is only 2.50 s long`,
		},
		"a length of zero":    {clip(1, 1, new(big.Rat)), storyboard.Clip, nil, `error 3: "a" has no duration`},
		"a length below zero": {clip(1, 1, big.NewRat(-1, 1)), storyboard.Clip, nil, `error 3: "a" has no duration`},
		"hardly a length":     {clip(1, 1, big.NewRat(1, 10)), storyboard.GIF, nil, ""},
		"no pictures":         {onlySound(nil), storyboard.Clip, nil, `error 3: "a" has sound but no picture`},
		"an image":            {newStill(1, 1), storyboard.Image, nil, ""},
		"none":                {nil, storyboard.Clip, nil, ""},
	} {
		var list diag.List
		check{nil, &Set{byName: map[string]*Asset{"a": c.asset}}}.checkShot(storyboard.Shot{
			Kind: c.kind, File: "a", Range: at(3),
			Segment: c.segment,
		}, &list)
		if got := strings.Join(findingLines(list), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSilentFiles checks that files used as sound must contain sound, and that files used as narration
// must have a length.
func TestSilentFiles(t *testing.T) {
	t.Parallel()
	second := big.NewRat(1, 1)
	set := &Set{byName: map[string]*Asset{
		"sound": onlySound(second), "endless": onlySound(nil), "mute": clip(1, 1, second), "image": newStill(1, 1), "gone": nil,
	}}
	for _, c := range []struct {
		name        string
		music, part bool // an error is expected
	}{
		{"sound", false, false},
		{"endless", false, true},
		{"mute", true, true},
		{"image", true, true},
		{"gone", false, false},
		{"", false, false},
	} {
		m := &storyboard.Music{File: c.name, Range: at(2)}
		board := &storyboard.Board{Film: storyboard.Film{Music: m}, Scenes: []storyboard.Scene{{
			Music: &storyboard.Music{File: c.name, Range: at(4)}, Parts: []storyboard.Part{{File: c.name, Range: at(5)}},
		}, {}}}
		var want []string
		for line, found := range map[int]bool{2: c.music, 4: c.music, 5: c.part} {
			if found {
				want = append(want, fmt.Sprintf("error %d: %q contains no sound", line, c.name))
			}
		}
		slices.Sort(want)
		var list diag.List
		check{board, set}.checkUsesOfFiles(&list)
		if got := findingLines(list); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", c.name, got, want)
		}
	}
}

// TestCalloutsThatNobodySees checks the warnings about callouts outside the frame or picture.
func TestCalloutsThatNobodySees(t *testing.T) {
	t.Parallel()
	set := &Set{byName: map[string]*Asset{"a": newStill(400, 200), "gone": nil}}
	shot, lost := &storyboard.Shot{File: "a"}, &storyboard.Shot{File: "gone"}
	for _, c := range []struct {
		name   string
		film   frame.Size // the header's frame size is 160x90
		box    [4]float64
		image  bool
		shot   *storyboard.Shot
		want   string
		circle bool
	}{
		{"inside", frame.Size{Width: 160, Height: 90}, [4]float64{150, 80, 200, 200}, false, nil, "", false},
		{
			"at the right",
			frame.Size{Width: 160, Height: 90},
			[4]float64{160, 80, 200, 200},
			false, nil,
			"outside the frame, which has 160 x 90 pixels", false,
		},
		{
			"below",
			frame.Size{Width: 160, Height: 90},
			[4]float64{10, 90, 20, 100},
			false, shot,
			"outside the frame, which has 160 x 90 pixels", false,
		},
		{"a circle", frame.Size{Width: 160, Height: 90}, [4]float64{-5, 40, 5, 0}, false, nil, "outside the frame", true},
		{"a larger circle", frame.Size{Width: 160, Height: 90}, [4]float64{-5, 40, 6, 0}, false, nil, "", true},
		{"of an image", frame.Size{Width: 160, Height: 90}, [4]float64{370, 190, 500, 500}, true, shot, "", false},
		{
			"outside of an image",
			frame.Size{Width: 160, Height: 90},
			[4]float64{400, 190, 500, 500},
			true, shot,
			`outside "a", which has 400 x 200 pixels`, false,
		},
		{
			"in a part of an image that is cropped away",
			frame.Size{Width: 160, Height: 90},
			[4]float64{0, 50, 20, 80},
			true, shot,
			`its part of "a" is cropped away`, false,
		},
		{
			"of an image that is gone",
			frame.Size{Width: 160, Height: 90},
			[4]float64{400, 190, 500, 500},
			true, lost, "",
			false,
		},
		{
			"in a narrow frame",
			frame.Size{Width: 90, Height: 90},
			[4]float64{0, 0, 10, 10},
			false, nil,
			"not visible in a video of 90 x 90", false,
		},
		{"in a low frame", frame.Size{Width: 160, Height: 40}, [4]float64{50, 40, 60, 50}, false, nil, "", false},
	} {
		one := script.Callout{
			Shape: script.Rectangle, Left: c.box[0], Top: c.box[1], Right: c.box[2], Bottom: c.box[3],
			OfImage: c.image, At: script.At{Range: at(7)},
		}
		if c.circle {
			one.Shape, one.CX, one.CY, one.Size = script.Circle, c.box[0], c.box[1], c.box[2]
		}
		board := &storyboard.Board{Film: storyboard.Film{
			Width: c.film.Width, Height: c.film.Height,
			Header: frame.Size{Width: 160, Height: 90},
		}}
		var list diag.List
		scene, index := &storyboard.Scene{}, -1
		if c.shot != nil {
			scene.Shots, index = []storyboard.Shot{*c.shot}, 0
		}
		check{board, set}.checkCallouts([]script.Callout{one, one}, scene, index, &list)
		got := findingLines(list)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 2 || !strings.Contains(got[1], c.want) ||
			!strings.HasPrefix(got[0], "warning 7")) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCalloutsKeepTheirPlace checks the position of callouts if the video's size differs from the
// header's.
func TestCalloutsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	set := &Set{byName: map[string]*Asset{"a": newStill(160, 90)}}
	one := script.Callout{Shape: script.Rectangle, Left: 10, Top: 20, Right: 30, Bottom: 40}
	for _, c := range []struct {
		film, header frame.Size
		image        bool
		want         float64 // left edge of the callout
	}{
		{frame.Size{Width: 160, Height: 90}, frame.Size{Width: 160, Height: 90}, false, 10},
		{frame.Size{Width: 320, Height: 180}, frame.Size{Width: 160, Height: 90}, false, 20},
		{frame.Size{Width: 320, Height: 180}, frame.Size{}, false, 10},
		{frame.Size{Width: 320, Height: 180}, frame.Size{Width: 160, Height: 90}, true, 10},
		{frame.Size{Width: 160, Height: 180}, frame.Size{Width: 160, Height: 90}, false, 80 - 70*160./90},
		{frame.Size{Width: 320, Height: 90}, frame.Size{Width: 160, Height: 90}, false, 90},
	} {
		one.OfImage = c.image
		film := storyboard.Film{Width: c.film.Width, Height: c.film.Height, Header: c.header}
		if got := set.ConvertCallouts(film, []script.Callout{one}, nil, -1); len(got) != 1 || math.Abs(got[0].X0-c.want) > 1e-9 {
			t.Errorf("%+v: %+v, want %g", c, got, c.want)
		}
	}
	round := set.ConvertCallouts(storyboard.Film{}, []script.Callout{{Shape: script.Circle, CX: 50, CY: 40, Size: 10}},
		nil, -1)[0]
	if !round.Round || round.X0 != 40 || round.Y0 != 30 || round.X1 != 60 || round.Y1 != 50 {
		t.Errorf("%+v", round)
	}
}

func newScreenshot(w, h int) *Asset {
	a := newStill(w, h)
	a.Input.Format = media.PNG
	return a
}
