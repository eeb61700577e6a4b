package slide_test

import (
	"math"
	"strings"
	"testing"

	"mynah/internal/frame"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

func TestFit(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	edges := func(t *testing.T, got *slide.Drawn) {
		t.Helper()
		for x := range 1280 {
			if isDark(slidePixel(got, x, 2)) || isDark(slidePixel(got, x, 717)) {
				t.Fatal("text at the upper or lower edge")
			}
		}
		for y := range 720 {
			if isDark(slidePixel(got, 2, y)) || isDark(slidePixel(got, 1277, y)) {
				t.Fatal("text at the left or right edge")
			}
		}
	}
	const fits, small, tooSmall = "", "the slide is full", "the slide is too full"
	tests := []struct {
		name   string
		blocks []slide.Block
		warns  string
		hint   string
	}{
		{"much text", md(strings.Repeat("A paragraph of some length that says little.\n\n", 12)), fits, ""},
		{"a lot of text", md(strings.Repeat("A paragraph of some length that says little.\n\n", 24)), small, "shorten the text"},
		{"far too much text", md(strings.Repeat("A paragraph of some length that says little.\n\n", 80)), tooSmall, "split the text"},
		{"a long word", text(strings.Repeat("abcdefghij", 20)), fits, ""},
		{"wide code", code("go", "// "+strings.Repeat("wide code ", 12)+"\nx := 1"), fits, ""},
		{"a line of 280 characters", code("sh", strings.Repeat("curl -s ", 35)), fits, ""},
		{"tall code", code("go", strings.TrimSpace(strings.Repeat("x := 1\n", 60))), tooSmall, "split the 60 lines of code"},
		{"code of far too many lines", code("go", strings.Repeat("x := 1\n", 10_000)), "leaves out 9501 lines of code", "split it"},
		{
			"a wide table", md("|" + strings.Repeat(" a heading |", 12) + "\n|" + strings.Repeat("---|", 12) + "\n|" +
				strings.Repeat(" some words |", 12)), fits, "",
		},
		{
			"a tall table", md("| a | b |\n|---|---|\n" + strings.Repeat("| some | words |\n", 40)),
			tooSmall, "split the table of 41 rows and 2 columns",
		},
		{"a long list", md(strings.Repeat("- an item of some words\n", 40)), tooSmall, "split the list of 40 items"},
		{"a small size of the author", []slide.Block{{Kind: frame.TextBlock, Text: "small", FontSize: 5}}, "only 10 pixels", "write a larger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := drawOne(t, d, request(tt.blocks))
			if tt.warns == fits && inkedBox(got, isDark).Empty() {
				t.Error("nothing is drawn")
			}
			edges(t, got)
			if tt.warns == fits && len(got.Warnings) > 0 || tt.warns != fits && !warned(got, tt.warns) {
				t.Errorf("warnings %s", warnings(got))
			}
			hinted := tt.hint == ""
			for _, w := range got.Warnings {
				hinted = hinted || strings.HasPrefix(w.Hint, tt.hint)
				if w.Range.Start.Line != 7 {
					t.Errorf("the warning has the place %v", w.Range)
				}
			}
			if !hinted {
				t.Errorf("no hint %q in %+v", tt.hint, got.Warnings)
			}
		})
	}
}

// TestOverfullSlidesFillTheFrame checks that a slide that is too full fills at least 90 % of the width
// or the height and is centred, in every theme, on its own and over a picture.
func TestOverfullSlidesFillTheFrame(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	words := strings.Fields("a slide may have text of any length and lines of any width so that few of them fill the frame by themselves")
	for _, size := range [][2]int{{1280, 720}, {1080, 1920}} {
		for _, theme := range slide.ListThemes() {
			for _, over := range []bool{false, true} {
				if testing.Short() && (over || theme != "default") {
					continue
				}
				for n := 12; n < 60; n += 15 {
					list := "## Too much\n\n"
					for i := range n {
						list += "- " + strings.Join(words[:1+(i*7)%len(words)], " ") + "\n"
					}
					for name, blocks := range map[string][]slide.Block{
						"list": md(list), "text": text(strings.Repeat(strings.Join(words, " ")+"\n", n/3)),
						"paragraphs": md(strings.Repeat(strings.Join(words, " ")+"\n\n", n/3)),
					} {
						r := request(blocks)
						r.Width, r.Height, r.Theme, r.Over = size[0], size[1], theme, over
						got := drawOne(t, d, r)
						w, h := 1280.0, 720.0
						box, overfull := got.Content()
						if !overfull {
							continue
						}
						if size[0] < size[1] {
							w, h = 720, 1280
						}
						if box[2]-box[0] < .9*w && box[3]-box[1] < .9*h {
							t.Errorf("%s %s of %d (over %t): %.0f x %.0f of %.0f x %.0f", theme, name, n, over, box[2]-box[0], box[3]-box[1], w, h)
						}
						if x, y := (box[0]+box[2]-w)/2, (box[1]+box[3]-h)/2; math.Abs(x) > 2 || math.Abs(y) > 2 {
							t.Errorf("%s %s of %d (over %t): centred at %+.1f, %+.1f", theme, name, n, over, x, y)
						}
					}
				}
			}
		}
	}
}

// TestHyphens checks that a word that is wider than its line is divided at a hyphen, not scaled or cut.
func TestHyphens(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	for language, word := range map[string]string{
		"de-DE": "Donaudampfschifffahrtsgesellschaftskapitän", "nl": "arbeidsongeschiktheidsverzekering", "sv": "arbetsmarknadsdepartementet",
		"fi": "lentokonesuihkuturbiinimoottori", "nb": "menneskerettighetsorganisasjonen",
		"da": "speciallægepraksisplanlægning", "en": "antidisestablishmentarianism",
	} {
		r := request(text(word))
		r.Width, r.Height, r.Language = 1080, 1920, language
		got := drawOne(t, d, r)
		if len(got.Warnings) > 0 {
			t.Errorf("%s: %s", language, warnings(got))
		}
		// In a frame of 1080 pixels a line of 100 pixels at 720p has 150; two lines have at least 300.
		if box := inkedBox(got, isDark); box.Dy() < 270 || box.Dx() > 1010 {
			t.Errorf("%s: the word takes %v", language, box)
		}
	}
}

// TestWrappedCodeHangs checks that what does not fit in a line of code starts to the right of the line's own start.
func TestWrappedCodeHangs(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	for name, indent := range map[string]string{"no indent": "", "eight blanks": "        ", "two tabs": "\t\t"} {
		r := request(code("txt", indent+strings.TrimSpace(strings.Repeat("nnn ", 60))))
		r.Width, r.Height = 1080, 1920
		got := drawOne(t, d, r)
		box := inkedBox(got, isDark)
		var starts []int // the first dark pixel of each line of text
		inside := false
		for y := box.Min.Y; y < box.Max.Y; y++ {
			x := box.Min.X
			for x < box.Max.X && !isDark(slidePixel(got, x, y)) {
				x++
			}
			if x == box.Max.X {
				inside = false
				continue
			}
			if !inside {
				starts = append(starts, x)
			}
			inside = true
			starts[len(starts)-1] = min(starts[len(starts)-1], x)
		}
		if len(starts) < 3 {
			t.Fatalf("%s: the code has %d lines", name, len(starts))
		}
		for _, x := range starts[1:] {
			if x <= starts[0]+10 || x != starts[1] {
				t.Errorf("%s: the lines start at %v", name, starts)
				break
			}
		}
	}
}

// TestCompoundsBreakAtTheirJoints checks that a German compound breaks after its joining s: Geschwindigkeits-messung,
// not Geschwindig-keitsmessung.
func TestCompoundsBreakAtTheirJoints(t *testing.T) {
	t.Parallel()
	d := drawer(t, nil)
	r := request(text("Geschwindigkeitsmessung"))
	r.Width, r.Height, r.Language = 1080, 1920, "de"
	r.Blocks[0].FontSize = 32
	got := drawOne(t, d, r)
	box := inkedBox(got, isDark)
	middle := (box.Min.Y + box.Max.Y) / 2
	width := func(from, to int) int {
		low, high := box.Max.X, box.Min.X
		for y := from; y < to; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				if isDark(slidePixel(got, x, y)) {
					low, high = min(low, x), max(high, x)
				}
			}
		}
		return high - low
	}
	if first, second := width(box.Min.Y, middle), width(middle, box.Max.Y); float64(second) > .6*float64(first) {
		t.Errorf("the lines are %d and %d pixels wide", first, second)
	}
}
