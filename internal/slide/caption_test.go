package slide_test

import (
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

var (
	white  = frame.Color{R: 255, G: 255, B: 255, A: 255}
	black  = frame.Color{A: 255}
	yellow = frame.Color{R: 255, G: 255, A: 255}
)

func usualStyle(size float64) slide.CaptionStyle {
	return slide.CaptionStyle{Size: size, Color: white, Outline: black, Highlight: yellow}
}

// words returns a caption whose words are separated by spaces.
func words(lines ...string) slide.CaptionText {
	t := slide.CaptionText{Lines: lines}
	for k, l := range lines {
		from := 0
		for i := range len(l) + 1 {
			if i == len(l) || l[i] == ' ' {
				t.Words = append(t.Words, slide.CaptionWord{{Line: k, From: from, To: i}})
				from = i + 1
			}
		}
	}
	return t
}

func drawnCaptions(t *testing.T, c slide.Captions) ([]slide.DrawnCaption, slide.CaptionFonts) {
	t.Helper()
	out, fonts, err := drawer(t, nil).DrawCaptions(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return out, fonts
}

// ink returns the number of pixels that satisfy is, and their bounding box.
func ink(img *image.NRGBA, is func(color.NRGBA) bool) (n int, box image.Rectangle) {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if is(img.NRGBAAt(x, y)) {
				n++
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return n, box
}

func isYellow(c color.NRGBA) bool { return c.A > 250 && c.R > 250 && c.G > 250 && c.B < 5 }

func isBlack(c color.NRGBA) bool { return c.A > 250 && c.R < 5 && c.G < 5 && c.B < 5 }

// TestCaptions checks the colours and positions of drawn captions by their pixels.
func TestCaptions(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	hello := slide.Captions{Width: 1280, Style: usualStyle(26), Texts: []slide.CaptionText{words("Hello there,", "old friend.")}}
	got, fonts := drawnCaptions(t, hello)
	if fonts != (slide.CaptionFonts{}) || len(got) != 1 || len(got[0].Words) != 4 {
		t.Fatalf("%+v, %v", got[0].Words, fonts)
	}
	c := got[0]
	if _, box := ink(c.Plain, isWhite); box.Dy() < 40 || box.Dy() > 66 {
		t.Errorf("two lines are %d high", box.Dy())
	}
	letters, _ := ink(c.Plain, isWhite)
	outline, around := ink(c.Plain, isBlack)
	if letters < 300 || outline < letters/2 {
		t.Errorf("%d pixels of letters, %d of outline", letters, outline)
	}
	if b := c.Plain.Rect; around.Min.X < 4 || around.Max.X > b.Dx()-4 || around.Min.Y < 4 || around.Max.Y > b.Dy()-4 {
		t.Errorf("the outline %v is cut off in %v", around, b)
	}
	n, _ := ink(c.Lit, isYellow)
	if n < letters*9/10 || n > letters*11/10 {
		t.Errorf("%d letters are lit of %d", n, letters)
	}
	// The letters of each word are inside its boxes, and no letter is outside.
	inside := 0
	for i, boxes := range c.Words {
		in := 0
		for _, b := range boxes {
			sub, _ := c.Lit.SubImage(b).(*image.NRGBA)
			for y := sub.Rect.Min.Y; y < sub.Rect.Max.Y; y++ {
				for x := sub.Rect.Min.X; x < sub.Rect.Max.X; x++ {
					if isYellow(sub.NRGBAAt(x, y)) {
						in++
					}
				}
			}
		}
		if in < 40 {
			t.Errorf("word %d has %d lit pixels in %v", i, in, boxes)
		}
		inside += in
	}
	if inside != n {
		t.Errorf("%d of %d lit pixels are in the boxes of words", inside, n)
	}
}

// TestCaptionsDoNotDependOnTheirSheet checks that a caption's pixels do not depend on the other
// captions that are drawn with it. Otherwise a video would depend on the contents of the cache.
func TestCaptionsDoNotDependOnTheirSheet(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, size := range []float64{26, 39, 33.7} {
		all := slide.Captions{Width: 1920, Style: usualStyle(size), Texts: []slide.CaptionText{
			words("A first line that is longer", "than the others are"), words("מילים, in two",
				"directions."), words("短い字幕"), words("😀 x"), words("fjord, quay, affix"),
		}}
		together, _ := drawnCaptions(t, all)
		for i, text := range all.Texts {
			one := all
			one.Texts = []slide.CaptionText{text}
			alone, _ := drawnCaptions(t, one)
			if a, b := alone[0], together[i]; !slices.Equal(a.Plain.Pix, b.Plain.Pix) ||
				!slices.Equal(a.Lit.Pix, b.Lit.Pix) || fmt.Sprint(a.Words) != fmt.Sprint(b.Words) {
				t.Errorf("size %v: %q looks different on its own sheet", size, text.Lines)
			}
		}
	}
}

// TestWordsOfCaptionsInOrder checks the boxes of words in right-to-left text.
func TestWordsOfCaptionsInOrder(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	got, _ := drawnCaptions(t, slide.Captions{Width: 1280, Style: usualStyle(40), Texts: []slide.CaptionText{
		words("one two three"), words("אחת שתיים שלוש"),
		{Lines: []string{"今天早上"}, Words: []slide.CaptionWord{{{From: 0, To: 6}}, {{From: 6, To: 12}}}},
	}})
	for i, right := range []bool{true, false, true} {
		for k := 1; k < len(got[i].Words); k++ {
			a, b := got[i].Words[k-1][0], got[i].Words[k][0]
			if (b.Min.X > a.Min.X) != right || !a.Intersect(b).Empty() {
				t.Errorf("caption %d: word %d at %v, the next at %v", i, k, a, b)
			}
		}
	}
}

// TestFontsOfCaptions checks a font file of the project, and the results for missing fonts.
func TestFontsOfCaptions(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	font, err := os.ReadFile(fontFile(t))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"fonts/my font.ttf": {Data: font}, "fonts/bad.ttf": {Data: []byte("no font")}}
	style := usualStyle(40)
	width := func(change func(*slide.CaptionStyle)) (int, slide.CaptionFonts) {
		s := style
		change(&s)
		got, fonts := drawnCaptions(t, slide.Captions{
			Width: 1280, Style: s, Files: files,
			Texts: []slide.CaptionText{words("immerwährende Wellen")},
		})
		return got[0].Plain.Rect.Dx(), fonts
	}
	ours, fonts := width(func(*slide.CaptionStyle) {})
	if fonts != (slide.CaptionFonts{}) {
		t.Errorf("our font: %+v", fonts)
	}
	if w, fonts := width(func(s *slide.CaptionStyle) { s.File = "fonts/my font.ttf" }); w == ours || fonts != (slide.CaptionFonts{}) {
		t.Errorf("a font of the project: width %d, built-in font %d, %+v", w, ours, fonts)
	}
	if w, fonts := width(func(s *slide.CaptionStyle) { s.File = "fonts/bad.ttf" }); w != ours || !fonts.Broken {
		t.Errorf("a broken font: %d wide, %+v", w, fonts)
	}
	if w, fonts := width(func(s *slide.CaptionStyle) { s.Family = "No Such Family\"</style>" }); w != ours || !fonts.Missing {
		t.Errorf("a missing family: %d wide, %+v", w, fonts)
	}
	if _, fonts := width(func(s *slide.CaptionStyle) { s.Family = "Noto Serif" }); fonts.Missing {
		t.Error("Noto Serif is reported as missing")
	}
	// A caption that is too wide is drawn smaller.
	got, _ := drawnCaptions(t, slide.Captions{
		Width: 400, Style: usualStyle(60),
		Texts: []slide.CaptionText{words("A line that is much too wide for this frame")},
	})
	if w := got[0].Plain.Rect.Dx() - 2*got[0].Margin; w > 376 || w < 360 {
		t.Errorf("it is %d wide in a frame of 400", w)
	}
}

// fontFile returns the path of an installed font.
func fontFile(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "fc-match", "-f", "%{file}", "DejaVu Sans Mono").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// opened is a file system that counts how often a file is opened.
type opened struct {
	fstest.MapFS
	times *int
}

func (o opened) Open(name string) (fs.File, error) {
	if name == "f.ttf" {
		*o.times++
	}
	return o.MapFS.Open(name)
}

func (o opened) ReadFile(name string) ([]byte, error) {
	if name == "f.ttf" {
		*o.times++
	}
	return o.MapFS.ReadFile(name)
}

// TestCaptionKeys checks that keys of captions depend on their appearance, and that the font is read
// once.
func TestCaptionKeys(t *testing.T) {
	t.Parallel()
	times := 0
	files := opened{fstest.MapFS{"f.ttf": {Data: []byte("a font")}}, &times}
	style := usualStyle(26)
	style.File = "f.ttf"
	c := slide.Captions{
		Width: 640, Files: files, Style: style,
		Texts: []slide.CaptionText{words("one"), words("two"), {Lines: []string{"one"}}, words("one")},
	}
	keys := c.ComputeKeys("1")
	if times != 1 {
		t.Errorf("the font is read %d times", times)
	}
	if len(keys) != 4 || keys[0] == keys[1] || keys[0] == keys[2] || keys[0] != keys[3] {
		t.Errorf("the keys are %v", keys)
	}
	files.MapFS["f.ttf"] = &fstest.MapFile{Data: []byte("another")}
	if again := c.ComputeKeys("1"); again[0] == keys[0] {
		t.Error("another font has the same key")
	}
	if again := c.ComputeKeys("2"); again[0] == keys[0] {
		t.Error("another browser has the same key")
	}
}

// TestWhatNeedsABrowser checks the messages for a missing browser and for fonts without characters.
func TestWhatNeedsABrowser(t *testing.T) {
	t.Parallel()
	d := drawer(t, func(c *slide.Config) { c.Program = "no-such-browser" })
	_, err := d.ReadVersion(t.Context(), "subtitles in the picture")
	if f, ok := fault.As(err); !ok || f.Code != fault.ToolMissing ||
		!strings.HasPrefix(f.Public, "subtitles in the picture need a browser") {
		t.Error(err)
	}
	if w, ok := slide.NewTofuWarning("font for subtitles", []rune("ab")); !ok ||
		w.Summary != "no font for subtitles contains a b; boxes are drawn instead" {
		t.Errorf("%+v", w)
	}
}
