package overlay

import (
	"image"
	"reflect"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// artistOf returns an artist for a frame of w x h pixels with subtitles in the picture.
func artistOf(w, h int, s script.Subtitles) *artist {
	s.Mode = script.SubtitlesOverlay
	return &artist{Input: Input{Board: &storyboard.Board{Film: storyboard.Film{Width: w, Height: h, Subtitles: s}}}}
}

// TestCaptionMargin checks the margin: 30 pixels of 720, a share of the height at the bottom of
// upright frames, or the value in the script.
func TestCaptionMargin(t *testing.T) {
	t.Parallel()
	pixels, share := &script.Margin{Value: 60}, &script.Margin{Value: 25, Percent: true}
	for _, c := range []struct {
		w, h int
		s    script.Subtitles
		want int
	}{
		{1280, 720, script.Subtitles{}, 30},
		{1920, 1080, script.Subtitles{}, 45},
		{2560, 1440, script.Subtitles{Position: "top"}, 60},
		{14400, 14400, script.Subtitles{}, 600}, // not upright
		{7200, 10000, script.Subtitles{}, 1800},
		{7200, 10000, script.Subtitles{Position: "middle"}, 1800},
		{7200, 10000, script.Subtitles{Position: "top"}, 300},
		{7200, 10000, script.Subtitles{Margin: pixels}, 600},
		{12800, 7200, script.Subtitles{Margin: pixels}, 600},
		{12800, 72000, script.Subtitles{Margin: share}, 18000},
		{333, 333, script.Subtitles{}, 14},
		{12800, 7200, script.Subtitles{Margin: &script.Margin{}}, 0},
	} {
		if got := artistOf(c.w, c.h, c.s).measureCaptionMargin(); got != c.want {
			t.Errorf("%dx%d %+v: %d, want %d", c.w, c.h, c.s, got, c.want)
		}
	}
}

// TestCaptionStrips checks the room that slides leave for captions, at least two lines.
func TestCaptionStrips(t *testing.T) {
	t.Parallel()
	cue := func(scene, lines int) caption.Cue {
		c := caption.Cue{Scene: scene, Text: strings.Repeat("a ", lines-1) + "a"}
		for i := 1; i < lines; i++ {
			c.Breaks = append(c.Breaks, 2*i)
		}
		return c
	}
	high := func(lines int) float64 {
		style := slide.CaptionStyle{Size: caption.ChooseFontSize(script.Subtitles{}) * 2}
		return float64(slide.Captions{Style: style}.ComputeBoxHeight(lines))
	}
	for name, c := range map[string]struct {
		cues     []caption.Cue
		position string
		want     slide.Strips
	}{
		"none":                {nil, "bottom", slide.Strips{}},
		"of another scene":    {[]caption.Cue{cue(0, 1), cue(2, 3)}, "bottom", slide.Strips{}},
		"a line":              {[]caption.Cue{cue(0, 3), cue(1, 1)}, "bottom", slide.Strips{Bottom: (60+high(2))/2 + 16}},
		"two lines":           {[]caption.Cue{cue(1, 2), cue(1, 1)}, "bottom", slide.Strips{Bottom: (60+high(2))/2 + 16}},
		"three lines":         {[]caption.Cue{cue(1, 3), cue(1, 1)}, "bottom", slide.Strips{Bottom: (60+high(3))/2 + 16}},
		"on top":              {[]caption.Cue{cue(1, 1)}, "top", slide.Strips{Top: (60+high(2))/2 + 16}},
		"more than there is":  {[]caption.Cue{cue(1, 40)}, "bottom", slide.Strips{Bottom: 0.55*1440/2 + 16}},
		"middle, too many":    {[]caption.Cue{cue(1, 40)}, "middle", slide.Strips{Bottom: 0.55*1440/2 + 16}},
		"no position is said": {[]caption.Cue{cue(1, 1)}, "", slide.Strips{Bottom: (60+high(2))/2 + 16}},
	} {
		a := artistOf(2560, 1440, script.Subtitles{Position: c.position})
		got := a.computeCaptionStrips(1, c.cues)
		if got.Top-c.want.Top > 0.01 || c.want.Top-got.Top > 0.01 || got.Bottom-c.want.Bottom > 0.01 ||
			c.want.Bottom-got.Bottom > 0.01 {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		a.Board.Film.Subtitles.Mode = "files"
		if got := a.computeCaptionStrips(1, c.cues); got != (slide.Strips{}) {
			t.Errorf("%s: %+v without captions in the picture", name, got)
		}
	}
	small := artistOf(1280, 720, script.Subtitles{Position: "middle", Size: 20})
	if got, want := small.computeCaptionStrips(1, []caption.Cue{cue(1, 1)}),
		(720+float64(small.newCaptionStyle().ComputeBoxHeight(2)))/2+16; got != (slide.Strips{Bottom: want}) {
		t.Errorf("small letters in the middle: %+v, want %g", got, want)
	}
}

// TestCaptionStyle checks the default style, white letters with a black outline, and that a background
// replaces the default outline.
func TestCaptionStyle(t *testing.T) {
	t.Parallel()
	white, black, yellow := frame.Color{R: 255, G: 255, B: 255, A: 255}, frame.Color{A: 255},
		frame.Color{R: 255, G: 255, A: 255}
	red, nothing := frame.Color{R: 255, A: 255}, frame.Color{R: 9}
	faint := frame.Color{A: 1}
	usual := caption.ChooseFontSize(script.Subtitles{})
	for name, c := range map[string]struct {
		s    script.Subtitles
		want slide.CaptionStyle
	}{
		"usual": {script.Subtitles{}, slide.CaptionStyle{
			Size: usual * 2, Color: white, Outline: black,
			Highlight: yellow,
		}},
		"a box": {
			script.Subtitles{Background: &red},
			slide.CaptionStyle{Size: usual * 2, Color: white, Background: red, Highlight: yellow},
		},
		"a faint box": {
			script.Subtitles{Background: &faint},
			slide.CaptionStyle{Size: usual * 2, Color: white, Background: faint, Highlight: yellow},
		},
		"no box": {
			script.Subtitles{Background: &nothing},
			slide.CaptionStyle{Size: usual * 2, Color: white, Background: nothing, Outline: black, Highlight: yellow},
		},
		"a box, an edge": {
			script.Subtitles{Background: &red, Outline: &yellow},
			slide.CaptionStyle{Size: usual * 2, Color: white, Background: red, Outline: yellow, Highlight: yellow},
		},
		"colours": {
			script.Subtitles{Color: &red, Highlight: &black, Size: 50},
			slide.CaptionStyle{Size: 100, Color: red, Outline: black, Highlight: black},
		},
		"a family": {
			script.Subtitles{Font: &script.File{Name: "Own", Literal: true}},
			slide.CaptionStyle{Size: usual * 2, Color: white, Outline: black, Highlight: yellow, Family: "Own"},
		},
		"a file": {
			script.Subtitles{Font: &script.File{Name: "own.ttf"}},
			slide.CaptionStyle{Size: usual * 2, Color: white, Outline: black, Highlight: yellow, File: "own.ttf"},
		},
	} {
		for _, size := range []image.Point{{2560, 1440}, {1440, 2560}} {
			if got := artistOf(size.X, size.Y, c.s).newCaptionStyle(); got.Style != c.want || got.Width != size.X {
				t.Errorf("%s: %+v, want %+v", name, got.Style, c.want)
			}
		}
	}
}

// TestCaptionText checks the positions of words; a word that is broken over two lines has two parts.
func TestCaptionText(t *testing.T) {
	t.Parallel()
	c := caption.Cue{Text: "one two-three four", Breaks: []int{8}, Words: []caption.CueWord{
		{Offset: 0, Length: 3},
		{Offset: 4, Length: 9},
		{Offset: 14, Length: 4},
		{Offset: 4, Length: 4},
		{Offset: 8, Length: 5},
		{Offset: 5, Length: 0},
	}}
	want := slide.CaptionText{Lines: []string{"one two-", "three four"}, Words: []slide.CaptionWord{
		{{Line: 0, From: 0, To: 3}},
		{{Line: 0, From: 4, To: 8}, {Line: 1, From: 0, To: 5}},
		{{Line: 1, From: 6, To: 10}},
		{{Line: 0, From: 4, To: 8}},
		{{Line: 1, From: 0, To: 5}},
		nil,
	}}
	if got := newCaptionText(c, true); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := newCaptionText(c, false); got.Words != nil || len(got.Lines) != 2 {
		t.Errorf("without karaoke %+v", got)
	}
}

// TestCaptionPlace checks the position of captions: at the margin, horizontally centred, in even
// pixels, and never outside of the frame.
func TestCaptionPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		position string
		w, h     int // size of the drawing, including 10 pixels around the text
		margin   float64
		want     image.Point
	}{
		{"bottom", 200, 100, 30, image.Pt(540, 600)}, // 720 - 100 - (30 - 10)
		{"top", 200, 100, 30, image.Pt(540, 20)},
		{"middle", 200, 100, 30, image.Pt(540, 310)},
		{"middle", 200, 102, 30, image.Pt(540, 308)},
		{"bottom", 202, 101, 30, image.Pt(538, 598)},
		{"top", 203, 100, 31, image.Pt(538, 20)},
		{"bottom", 200, 100, 700, image.Pt(540, -10)},
		{"top", 200, 100, 700, image.Pt(540, 630)},
		{"bottom", 200, 100, 0, image.Pt(540, 630)},
		{"top", 200, 100, 0, image.Pt(540, -10)},
		{"", 200, 100, 30, image.Pt(540, 600)},
	} {
		a := artistOf(1280, 720, script.Subtitles{Position: c.position, Margin: &script.Margin{Value: c.margin}})
		d := slide.DrawnCaption{Plain: image.NewNRGBA(image.Rect(0, 0, c.w, c.h)), Margin: 10}
		if got := a.placeCaption(d); got != c.want {
			t.Errorf("%s %dx%d, margin %g: %v, want %v", c.position, c.w, c.h, c.margin, got, c.want)
		}
	}
}

// TestCaptionSpans checks that a caption is shown for whole frames inside its scene, and each word is
// highlighted while it is spoken.
func TestCaptionSpans(t *testing.T) {
	t.Parallel()
	const second = timeline.SampleRate
	const ms = second / 1000
	line := &timeline.Line{
		FPS:    frame.Rate{Num: 10, Den: 1},
		Scenes: []timeline.Scene{{Start: 0, Frames: 100}, {Start: 100, Frames: 20}},
	}
	words := func(times ...int64) (out []caption.CueWord) {
		for i := 0; i < len(times); i += 2 {
			out = append(out, caption.CueWord{Start: times[i] * ms, End: times[i+1] * ms})
		}
		return out
	}
	type span struct {
		from, to int64
		word     int
	}
	for name, c := range map[string]struct {
		from, to int64 // milliseconds
		words    []caption.CueWord
		plain    bool
		want     []span
	}{
		"in its scene":          {10500, 11000, nil, false, []span{{105, 110, -1}}},
		"rounded":               {10549, 10950, nil, false, []span{{105, 110, -1}}},
		"rounded up":            {10550, 10949, nil, false, []span{{106, 109, -1}}},
		"before and behind":     {9000, 13000, nil, false, []span{{100, 120, -1}}},
		"shorter than a frame":  {10500, 10510, nil, false, []span{{105, 106, -1}}},
		"at the end of a scene": {11900, 11901, nil, false, []span{{119, 120, -1}}},
		"behind its scene":      {12000, 12500, nil, false, nil},
		"words": {
			10000, 11000, words(10200, 10400, 10700, 10900), false,
			[]span{{100, 102, -1}, {102, 104, 0}, {104, 107, -1}, {107, 109, 1}, {109, 110, -1}},
		},
		"words without pause": {
			10000, 11000, words(10000, 10400, 10500, 11000), false,
			[]span{{100, 105, 0}, {105, 110, 1}},
		},
		"words just without": {
			10000, 11000, words(10000, 10400, 10549, 11000), false,
			[]span{{100, 105, 0}, {105, 110, 1}},
		},
		"words with a pause": {
			10000, 11000, words(10000, 10400, 10550, 11000), false,
			[]span{{100, 104, 0}, {104, 106, -1}, {106, 110, 1}},
		},
		"words at one time": {10000, 11000, words(10000, 10010, 10010, 11000), false, []span{{100, 110, 1}}},
		"a word behind": {
			10000, 11000, words(10000, 10900, 10900, 11500), false,
			[]span{{100, 109, 0}, {109, 110, 1}},
		},
		"words that do not show": {10000, 11000, words(10000, 10400), true, []span{{100, 110, -1}}},
	} {
		cue := caption.Cue{Scene: 1, Start: c.from * ms, End: c.to * ms, Words: c.words}
		var head captionHead
		if !c.plain {
			for i := range c.words {
				head.Words = append(head.Words, []image.Rectangle{image.Rect(i, 0, i+1, 1)})
			}
		}
		key := cache.Key{7}
		var got []span
		for _, s := range newCaptionSpans(line, cue, key, head) {
			word := -1
			if len(s.Layer.Boxes) > 0 {
				word = s.Layer.Boxes[0].Min.X
			}
			got = append(got, span{s.From, s.To, word})
			if !s.Layer.Often || s.Layer.Drawing != newDrawingKey(key) ||
				(s.Layer.Lit == newDrawingKey(newHighlightKey(key))) != (word >= 0) {
				t.Errorf("%s: %+v", name, s.Layer)
			}
			if s.Layer.Key != newCaptionLayerRef(key, head, word).Key {
				t.Errorf("%s: another key for word %d", name, word)
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestReportCaptions checks that a problem with a font is reported once, and each missing character
// once.
func TestReportCaptions(t *testing.T) {
	t.Parallel()
	at := diag.Range{File: "s.md", Start: diag.Pos{Line: 3}}
	a := artistOf(64, 36, script.Subtitles{Font: &script.File{Name: "Own", Range: at}})
	a.Board.Scenes = []storyboard.Scene{
		{Range: diag.Range{File: "s.md", Start: diag.Pos{Line: 5}}},
		{Range: diag.Range{File: "s.md", Start: diag.Pos{Line: 9}}},
	}
	cues := []caption.Cue{{Scene: 0}, {Scene: 1}, {Scene: 1}}
	for name, c := range map[string]struct {
		heads []captionHead
		want  []string // findings with the font that the script sets
		plain []string // findings without a font in the script
	}{
		"nothing": {[]captionHead{{}, {}}, nil, nil},
		"missing": {
			[]captionHead{{Missing: true}, {Missing: true}, {Missing: true}},
			[]string{`3 the font "Own" is not installed; another font is used`},
			nil,
		},
		"broken": {
			[]captionHead{{Broken: true}, {Broken: true}, {Broken: true}},
			[]string{`3 the font "Own" cannot be read; another font is used`},
			nil,
		},
		"letters": {
			[]captionHead{
				{Tofu: []rune("ab"), Lacked: []rune("x")},
				{Tofu: []rune("bc"), Lacked: []rune("xy")},
				{Tofu: []rune("ca")},
			},
			[]string{
				"5 no font for subtitles contains a b; boxes are drawn instead", "9 no font for subtitles contains c; boxes are drawn instead",
				`3 the font "Own" does not contain x y; another font draws them`,
			},
			[]string{"5 no font for subtitles contains a b; boxes are drawn instead", "9 no font for subtitles contains c; boxes are drawn instead"},
		},
	} {
		for _, b := range []*artist{a, artistOf(64, 36, script.Subtitles{})} {
			b.Board.Scenes = a.Board.Scenes
			want := c.want
			if b != a {
				want = c.plain
			}
			if got := findingLines(b.listCaptionWarnings(cues, c.heads)); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

// findingLines formats findings as lines and summaries. It checks that each has a hint or is an error.
func findingLines(list diag.List) (out []string) {
	for _, d := range list {
		out = append(out, string(rune('0'+d.Range.Start.Line))+" "+d.Summary)
	}
	return out
}

// TestCaptionsInTheCache checks that hasCaptionInCache needs the drawing and, for karaoke, the highlighted
// drawing.
func TestCaptionsInTheCache(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a := &artist{Maker: part.Maker{Store: store}}
	plain, both, lit := cache.Key{1}, cache.Key{2}, cache.Key{3}
	for _, k := range []cache.Key{
		newDrawingKey(plain), newDrawingKey(both), newDrawingKey(newHighlightKey(both)),
		newDrawingKey(newHighlightKey(lit)),
	} {
		keepDrawing(t, store, k, 8, 8)
	}
	for _, c := range []struct {
		key           cache.Key
		karaoke, want bool
	}{
		{plain, false, true},
		{plain, true, false},
		{both, false, true},
		{both, true, true},
		{lit, false, false},
		{lit, true, false},
	} {
		if got := a.hasCaptionInCache(c.key, c.karaoke); got != c.want {
			t.Errorf("%v with karaoke %t: %t", c.key[0], c.karaoke, got)
		}
	}
}
