package assets

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/colour"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/storyboard"
)

// newIdentifier returns an identifier without files.
func newIdentifier(board *storyboard.Board) *identifier {
	return &identifier{
		board: board, profiles: map[profileKey]profileFound{},
		set: &Set{byName: map[string]*Asset{}, places: map[string]diag.Range{}, tables: map[string]*colourTable{}},
	}
}

// newStill returns an image of w x h pixels.
func newStill(w, h int) *Asset { return &Asset{header: media.Header{Width: w, Height: h}} }

// clip returns a clip of w x h pixels; length is in seconds.
func clip(w, h int, length *big.Rat) *Asset {
	return &Asset{Info: &ffmpeg.Info{Video: &ffmpeg.Video{
		Source: ffmpeg.Source{Width: w, Height: h, PixelW: 1, PixelH: 1}, Rate: frame.Rate{Num: 25, Den: 1}, Length: length,
	}}}
}

// onlySound returns a file without pictures; length is in seconds and may be nil.
func onlySound(length *big.Rat) *Asset {
	return &Asset{Info: &ffmpeg.Info{Audio: &ffmpeg.Audio{Length: length}}}
}

// findingLines formats findings: severity, line and summary.
func findingLines(list diag.List) (out []string) {
	for _, d := range list {
		out = append(out, fmt.Sprintf("%s %d: %s", d.Severity, d.Range.Start.Line, d.Summary))
		if d.Hint == "" {
			out = append(out, "no hint")
		}
	}
	return out
}

func at(line int) diag.Range { return diag.Range{File: "s.md", Start: diag.Pos{Line: line}} }

// linearGrey returns an ICC profile of linear grey: a header, and a tag with the curve.
func linearGrey() []byte {
	b := make([]byte, 128, 160)
	copy(b[12:], "mntrGRAYXYZ ")
	copy(b[36:], "acsp")
	b = append(b, 0, 0, 0, 1, 'k', 'T', 'R', 'C', 0, 0, 0, 144, 0, 0, 0, 14) // one tag, at byte 144, 14 bytes long
	return append(b, 'c', 'u', 'r', 'v', 0, 0, 0, 0, 0, 0, 0, 1, 1, 0)       // a gamma of 1
}

// TestConversions checks which kind of colour information applies, and that sRGB is not converted.
func TestConversions(t *testing.T) {
	t.Parallel()
	chroma := [8]float64{0.3127, 0.329, 0.7, 0.3, 0.2, 0.7, 0.15, 0.06}
	own := colour.NewFromGamma(0.5, &colour.Chromaticities{0.7, 0.3, 0.2, 0.7, 0.15, 0.06, 0.3127, 0.329})
	for _, c := range []struct {
		name    string
		format  media.Format
		header  media.Header
		want    *colour.Conversion
		warning string
	}{
		{"nothing", media.PNG, media.Header{Channels: 3}, nil, ""},
		{"HDR", media.PNG, media.Header{Colours: media.Colours{Primaries: 9, Transfer: 16}}, colour.NewFromCodes(9, 16), ""},
		{"primaries alone", media.JPEG, media.Header{Colours: media.Colours{Primaries: 9}}, colour.NewFromCodes(9, 0), ""},
		{"a curve alone", media.JPEG, media.Header{Colours: media.Colours{Transfer: 8}}, colour.NewFromCodes(0, 8), ""},
		{
			"of a PNG file", media.PNG,
			media.Header{Colours: media.Colours{Primaries: 9, Transfer: 1}},
			colour.NewFromPNGCodes(9, 1), "",
		},
		{
			"of a JPEG file", media.JPEG,
			media.Header{Colours: media.Colours{Primaries: 9, Transfer: 1}},
			colour.NewFromCodes(9, 1), "",
		},
		{
			"codes and gamma", media.PNG,
			media.Header{Colours: media.Colours{Transfer: 8, Gamma: 0.5}},
			colour.NewFromPNGCodes(0, 8), "",
		},
		{"bad", media.JPEG, media.Header{Colours: media.Colours{BadICC: true, Gamma: 0.5}}, nil, warnProfile},
		{"bytes that are not a profile", media.PNG, media.Header{Channels: 3, Colours: media.Colours{ICC: "x"}}, nil, warnProfile},
		{"inks", media.JPEG, media.Header{Channels: 4, Colours: media.Colours{ICC: "x"}}, nil, ""},
		{"sRGB and gamma", media.PNG, media.Header{Colours: media.Colours{SRGB: true, Gamma: 0.5}}, nil, ""},
		{"gamma", media.PNG, media.Header{Colours: media.Colours{Gamma: 0.5}}, colour.NewFromGamma(0.5, nil), ""},
		{"the usual gamma", media.PNG, media.Header{Colours: media.Colours{Gamma: usualGamma}}, nil, ""},
		{
			"chromaticities", media.PNG,
			media.Header{Colours: media.Colours{Gamma: 0.5, HasChroma: true, Chroma: chroma}},
			own,
			"",
		},
		{
			"the usual gamma and others", media.PNG,
			media.Header{Colours: media.Colours{
				Gamma: usualGamma, HasChroma: true,
				Chroma: chroma,
			}},
			colour.NewFromGamma(usualGamma, &colour.Chromaticities{0.7, 0.3, 0.2, 0.7, 0.15, 0.06, 0.3127, 0.329}), "",
		},
		{"chromaticities alone", media.PNG, media.Header{Colours: media.Colours{HasChroma: true, Chroma: chroma}}, nil, ""},
	} {
		a := &Asset{header: c.header, Input: ffmpeg.Input{Format: c.format}}
		got := newIdentifier(nil).readConversion(a)
		if (got == nil) != (c.want == nil) || got != nil && got.ID() != c.want.ID() || a.warning != c.warning {
			t.Errorf("%s: %v, %q", c.name, got, a.warning)
		}
	}
	w := newIdentifier(nil)
	for range 2 { // the second result comes from memory
		grey := &Asset{header: media.Header{Channels: 1, Colours: media.Colours{ICC: string(linearGrey())}}}
		if got := w.readConversion(grey); got == nil || grey.warning != "" || len(w.profiles) != 1 {
			t.Errorf("a profile: %v, %q, %d profiles", got, grey.warning, len(w.profiles))
		}
	}
	if a := (&Asset{header: media.Header{Colours: media.Colours{ICC: string(linearGrey())}}}); w.readConversion(a) == nil {
		t.Error("a picture that does not say its channels has one")
	}
	converted := &Asset{
		converted: true, header: media.Header{Colours: media.Colours{Primaries: 9, Transfer: 1}},
		Input: ffmpeg.Input{Format: media.PNG},
	}
	if got := newIdentifier(nil).readConversion(converted); got == nil || got.ID() != colour.NewFromCodes(9, 1).ID() {
		t.Errorf("a file that is not a PNG has the colours of one: %v", got)
	}
}

// TestColoursOf checks that colours come from the codes of a clip, and from the header of an image or
// animation.
func TestColoursOf(t *testing.T) {
	t.Parallel()
	hdr := media.Colours{Primaries: 9, Transfer: 16}
	code := clip(1, 1, nil)
	code.Info.Video.Source.Primaries, code.Info.Video.Source.Transfer = 9, 18
	both := clip(1, 1, nil)
	both.Info.Video.Source.Primaries, both.Info.Video.Source.Transfer, both.header.Colours = 9, 18, hdr
	image := &Asset{header: media.Header{Colours: hdr}}
	deep := &Asset{header: media.Header{Colours: hdr, Deep: true}}
	w := newIdentifier(nil)
	for name, c := range map[string]struct {
		asset *Asset
		want  *colour.Conversion
	}{
		"plain clip": {clip(1, 1, nil), nil}, "clip": {code, colour.NewFromCodes(9, 18)},
		"moving image": {both, colour.NewFromCodes(9, 16)},
		"image":        {image, colour.NewFromCodes(9, 16)}, "deep image": {deep, colour.NewFromCodes(9, 16)},
		"sound": {onlySound(nil), nil}, "plain image": {newStill(1, 1), nil},
	} {
		w.chooseConversion(c.asset)
		if got := c.asset.table; (got == nil) != (c.want == nil) || got != nil &&
			(got.id != c.want.ID() || got.whole != (c.asset == deep)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if image.table != both.table || image.table == deep.table || len(w.set.tables) != 3 {
		t.Errorf("tables are %v", w.set.tables)
	}
}

// TestWithoutProfile checks that a PNG with a damaged profile is replaced by a copy without it; other
// formats are not changed.
func TestWithoutProfile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for format, moved := range map[media.Format]bool{media.PNG: true, media.JPEG: false} {
		w := newIdentifier(nil)
		a := &Asset{
			Input:  ffmpeg.Input{Path: path, Format: format},
			header: media.Header{Colours: media.Colours{BadICC: true}},
		}
		w.chooseConversion(a)
		if (a.Input.Path != path) != moved || a.warning != warnProfile {
			t.Errorf("%s: %+v", format, a)
		}
		if err := w.set.WriteFiles(); err != nil {
			t.Fatal(err)
		}
		if f, err := os.ReadFile(a.Input.Path); err != nil {
			t.Error(err)
		} else if _, err := png.Decode(bytes.NewReader(f)); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// TestTables checks that tables are written once, and again only after a failure.
func TestTables(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	s := &Set{tables: map[string]*colourTable{}, work: filepath.Join(work, "later")}
	table := s.findOrAddTable(colour.NewFromGamma(0.5, nil), false)
	if err := s.WriteFiles(); err == nil || table.written {
		t.Errorf("without a folder: %v", err)
	}
	if err := os.Mkdir(s.work, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteFiles(); err != nil || !table.written {
		t.Fatal(err)
	}
	if err := os.Remove(table.path + ".csp"); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteFiles(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(table.path + ".csp"); err == nil {
		t.Error("a table is written twice")
	}
}

// TestPixels checks the limit of 150 million pixels.
func TestPixels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w, h int
		good bool
	}{
		{15000, 10000, true},
		{15001, 10000, false},
		{150_000_000, 1, true},
		{150_000_001, 1, false},
		{1 << 31, 1 << 31, false},
		{0, 0, true},
	} {
		err := checkPixelCount(c.w, c.h)
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "150 million") {
			t.Errorf("%d x %d: %v", c.w, c.h, err)
		}
	}
}

// TestInks checks the conversion of printing inks to RGB.
func TestInks(t *testing.T) {
	t.Parallel()
	in := image.NewCMYK(image.Rect(2, 1, 5, 3))
	for i := range in.Pix {
		in.Pix[i] = byte(i)
	}
	made, err := encodeConvertedCMYK(in, func(c [4]byte) [3]byte { return [3]byte{c[0], c[1] + 100, c[2] + c[3]} })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out, err := png.Decode(bytes.NewReader(made))
	if err != nil || out.Bounds() != image.Rect(0, 0, 3, 2) {
		t.Fatal(err, out.Bounds())
	}
	for i := range 6 {
		r, g, bl, a := out.At(i%3, i/3).RGBA()
		k := 4 * i
		if got, want := [4]uint32{r >> 8, g >> 8, bl >> 8, a >> 8},
			[4]uint32{uint32(k), uint32(k + 101), uint32(2*k + 5), 255}; got != want {
			t.Errorf("pixel %d is %v, want %v", i, got, want)
		}
	}
	b.Reset()
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{"grey": {b.Bytes(), "no printing inks"}, "noise": {[]byte("noise"), "cannot be decoded"}, "none": {nil, "none"}} {
		path := filepath.Join(folder, name)
		if c.content != nil {
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := convertInks(path, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := newIdentifier(nil)
	for name, h := range map[string]media.Header{
		"no profile": {Width: 1, Height: 1, Colours: media.Colours{ICC: "x"}},
		"too large":  {Width: mostInks, Height: 2, Colours: media.Colours{ICC: "x"}},
	} {
		a := &Asset{header: h}
		if err := w.convertCMYK(a); err != nil || a.warning != warnProfile {
			t.Errorf("%s: %v, %q", name, err, a.warning)
		}
	}
}

// TestPictureSource checks the source of images and clips, and that Content depends on everything that
// determines the pixels.
func TestPictureSource(t *testing.T) {
	t.Parallel()
	image := &Asset{header: media.Header{Width: 4, Height: 3, Turn: 6, Alpha: true, FullRange: true}}
	yuv := &Asset{header: media.Header{Width: 4, Height: 3, YUV: true}}
	moving := clip(40, 30, nil)
	moving.Info.Video.AlphaVPX = "vp9"
	table := &Asset{header: image.header, table: &colourTable{id: "id", path: "path"}}
	square := ffmpeg.Source{
		Width: 4, Height: 3, Turn: 6, PixelW: 1, PixelH: 1, Alpha: true,
		Coding: ffmpeg.Coding{Matrix: "rgb", FullRange: true},
	}
	coloured := square
	coloured.Colours, coloured.Table = "id", "path"
	seen := map[cache.Key]bool{}
	for name, c := range map[string]struct {
		asset *Asset
		want  ffmpeg.Source
	}{
		"image": {image, square}, "table": {table, coloured}, "clip": {moving, moving.Info.Video.Source},
		"sound": {onlySound(nil), ffmpeg.Source{PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "rgb"}}},
		"yuv":   {yuv, ffmpeg.Source{Width: 4, Height: 3, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "bt601"}}},
	} {
		got := c.asset.ToPicture()
		if got.Source != c.want || (got.Input.AlphaVPX == "vp9") != (name == "clip") || seen[got.Content] {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		seen[got.Content] = true
	}
}

// TestMedia checks the properties of files for the timeline.
func TestMedia(t *testing.T) {
	t.Parallel()
	one, two := big.NewRat(1, 1), big.NewRat(2, 1)
	gif := func(frames int64, format media.Format, cycles bool) *Asset {
		a := clip(1, 1, one)
		a.Info.Video.Frames, a.Input.Format, a.Input.Cycles = frames, format, cycles
		return a
	}
	both := clip(1, 1, two)
	both.Info.Audio = &ffmpeg.Audio{Length: one}
	for name, c := range map[string]struct {
		asset        *Asset
		length       *big.Rat
		sound, still bool
	}{
		"none": {nil, nil, false, false}, "image": {newStill(1, 1), nil, false, false},
		"sound": {onlySound(one), one, true, false}, "clip": {both, two, true, false},
		"GIF": {gif(2, media.GIF, false), one, false, false}, "still GIF": {gif(1, media.GIF, false), one, false, true},
		"empty GIF":   {gif(0, media.GIF, false), one, false, true},
		"still movie": {gif(1, media.MOV, true), one, false, true}, "movie": {gif(2, media.MOV, true), one, false, false},
		"clip of a frame": {gif(1, media.MOV, false), one, false, false},
	} {
		m := c.asset.ToMedia()
		if (m.Length == nil) != (c.length == nil) || m.Length != nil && m.Length.Cmp(c.length) != 0 || m.Sound != c.sound ||
			m.Still != c.still {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// TestNamed checks that uses returns each file once, with the place of its first use, in the order of
// the video.
func TestNamed(t *testing.T) {
	t.Parallel()
	w := newIdentifier(&storyboard.Board{
		Film: storyboard.Film{Music: &storyboard.Music{File: "m", Range: at(1)}},
		Scenes: []storyboard.Scene{
			{
				Shots: []storyboard.Shot{{File: "a", Range: at(3)}, {File: "b", Range: at(4)}},
				Parts: []storyboard.Part{{Range: at(5)}, {File: "s", Range: at(6)}},
			},
			{
				Music: &storyboard.Music{Range: at(7)}, Shots: []storyboard.Shot{{File: "a", Range: at(8)}},
				Parts: []storyboard.Part{{File: "b", Range: at(9)}},
			},
			{Music: &storyboard.Music{File: "n", Range: at(10)}},
		},
	})
	want := []use{{"m", at(1), true}, {"a", at(3), false}, {"b", at(4), false}, {"s", at(6), true}, {"n", at(10), true}}
	if got := w.listUses(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if w.set.FindFirstUse("b") != at(4) || (*Set)(nil).FindFirstUse("b") != (diag.Range{}) {
		t.Errorf("the place of b is %+v", w.set.FindFirstUse("b"))
	}
}

// TestVersions checks the versions of recipes. A change of a version makes builds repeat the work, so
// it must be intended.
func TestVersions(t *testing.T) {
	t.Parallel()
	got := []int{Probe{}.Version(), Drawing{}.Version(), Decoded{}.Version(), Converted{}.Version(), Movie{}.Version()}
	if !slices.Equal(got, []int{5, 2, 3, 2, 2}) {
		t.Errorf("versions are %v", got)
	}
}
