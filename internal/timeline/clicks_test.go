package timeline_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// at returns a range on a line of the script.
func at(line int) diag.Range { return diag.Range{Start: diag.Pos{Line: line, Column: 1}} }

// TestClicks checks what appears at which frame. The narration is one sentence of 4 s; a word with the byte offset n
// begins after n tenths of a second, so that a click at offset 10 is at frame 50.
func TestClicks(t *testing.T) {
	t.Parallel()
	list := storyboard.Slide{Range: at(2), Reveal: true, Steps: 3}
	picture := func(line int) storyboard.Shot {
		return storyboard.Shot{Kind: storyboard.Image, File: "i.png", Range: at(line)}
	}
	film := func(line int) storyboard.Shot {
		return storyboard.Shot{Kind: storyboard.Clip, File: "c.mp4", Range: at(line), Volume: 1}
	}
	for _, c := range []struct {
		name   string
		scene  storyboard.Scene
		clicks []int
		want   string // steps, then shots with their first frames
	}{
		{"as many clicks as items", storyboard.Scene{Slides: []storyboard.Slide{list}}, []int{5, 10, 20}, "[25 50 100] -1@0"},
		{"one click fewer", storyboard.Scene{Slides: []storyboard.Slide{list}}, []int{10, 20}, "[0 50 100] -1@0"},
		{"items left over", storyboard.Scene{Slides: []storyboard.Slide{list}}, []int{10}, "[0 50 137] -1@0"},
		{"more clicks than items", storyboard.Scene{Slides: []storyboard.Slide{list}}, []int{5, 10, 20, 30}, "[25 50 100] -1@0"},
		{"pictures", storyboard.Scene{Shots: []storyboard.Shot{picture(1), picture(2), picture(3)}}, []int{10, 20}, "[] 0@0 1@50+20 2@100+20"},
		{
			"a picture without a click",
			storyboard.Scene{Shots: []storyboard.Shot{picture(1), picture(2), picture(3)}},
			[]int{10},
			"[] 0@0 1@50+20 2@137+20",
		},
		{"a clip", storyboard.Scene{Shots: []storyboard.Shot{picture(1), film(2)}}, []int{20}, "[] 0@0 1@100~50"},
		{
			"a picture before a list",
			storyboard.Scene{Shots: []storyboard.Shot{picture(0), picture(1)}, Slides: []storyboard.Slide{list}},
			[]int{5, 10, 20, 30},
			"[50 100 150] 0@0 1@25+20",
		},
		{
			"grid",
			storyboard.Scene{Layout: frame.Grid, Shots: []storyboard.Shot{picture(1), picture(2), film(3)}},
			[]int{10, 20},
			"[] (0)@0 (0 1)@50+20 (0 1 2)@100+20",
		},
		{"a clip longer than the narration", storyboard.Scene{Shots: []storyboard.Shot{picture(1), film(2)}}, []int{40}, "[] 0@0 1@200~50"},
		{
			"corner",
			storyboard.Scene{Layout: frame.Corner, Shots: []storyboard.Shot{picture(0), picture(1), film(3)}, Slides: []storyboard.Slide{list}},
			[]int{10, 20, 30, 35},
			"[100 150 175] (0 2)@0 (1 2)@50+20",
		},
		{
			"a clip that begins at a click in a grid",
			storyboard.Scene{Layout: frame.Grid, Shots: []storyboard.Shot{picture(1), film(2)}},
			[]int{40},
			"[] (0)@0 (0 1)@200+20",
		},
		{
			"two clicks at the same word",
			storyboard.Scene{Shots: []storyboard.Shot{picture(1), picture(2), picture(3)}},
			[]int{10, 10},
			"[] 0@0 2@50+20",
		},
	} {
		c.scene.Number = 1
		c.scene.Parts = []storyboard.Part{{Kind: storyboard.Speech, Text: "x", Clicks: c.clicks}}
		b := &storyboard.Board{
			Film:   storyboard.Film{Width: 64, Height: 64, FPS: frame.Rate{Num: fps, Den: 1}},
			Scenes: []storyboard.Scene{c.scene},
		}
		m := timeline.Measured{
			Files: map[string]timeline.Media{
				"i.png": {}, "c.mp4": {Length: big.NewRat(1, 1), Rate: frame.Rate{Num: fps, Den: 1}},
			},
			Speech:   [][]int64{{4 * timeline.SampleRate}},
			FindWord: func(_, _, offset int) int64 { return int64(offset) * timeline.SampleRate / 10 },
		}
		if got := describeAppearances(timeline.Compute(b, m).Scenes[0]); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// describeAppearances describes the steps and pictures of a scene: the shot, its first frame, and after "+" the length of
// a cross-fade or after "~" the number of frames in which a clip plays.
func describeAppearances(s timeline.Scene) string {
	out := fmt.Sprint(s.Steps)
	for _, p := range s.Pictures {
		shot := fmt.Sprint(p.Shot)
		if len(p.Beside) > 0 {
			shot = "(" + strings.Trim(fmt.Sprint(p.ListShots()), "[]") + ")"
		}
		out += fmt.Sprintf(" %s@%d", shot, p.Start)
		if p.Fade > 0 {
			out += fmt.Sprintf("+%d", p.Fade)
		}
		if p.Moving > 0 {
			out += fmt.Sprintf("~%d", p.Moving)
		}
	}
	return out
}

// TestShownTogether checks the length of scenes whose layout shows clips at the same time, and from which frame on each
// shot is shown.
func TestShownTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		layout frame.Layout
		shots  []storyboard.Shot
		frames int64
	}{
		{frame.Grid, []storyboard.Shot{clip(""), clip(""), image()}, 100},
		{frame.Corner, []storyboard.Shot{clip(""), clip("")}, 100},
		{frame.Corner, []storyboard.Shot{clip(""), clip(""), clip("")}, 200},
		{frame.Corner, []storyboard.Shot{image(), clip(script.Freeze)}, 100},
		{frame.NoLayout, []storyboard.Shot{clip(""), clip("")}, 200},
	} {
		l := compute(storyboard.Scene{Layout: c.layout, Shots: c.shots}, 0, 2)
		if l.Frames != c.frames {
			t.Errorf("%s of %d: %d frames, want %d", c.layout, len(c.shots), l.Frames, c.frames)
		}
		for _, p := range l.Scenes[0].Pictures {
			for _, b := range p.Beside {
				if b.Start != 0 || b.Frames != c.frames {
					t.Errorf("%s of %d: %+v in a picture at %d", c.layout, len(c.shots), b, p.Start)
				}
			}
		}
	}
}
