package assets_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/assets"
	"mynah/internal/cache"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/media"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/project"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// bench contains the inputs for identifying files.
type bench struct {
	maker part.Maker
	tools assets.Tools
	dir   string
}

func newBench(t *testing.T) bench {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	drawer, err := slide.New(slide.DefaultConfig(), run, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drawer.Close(); store.Close() })
	return bench{
		maker: part.Maker{Store: store, Book: part.NewBook(), Jobs: 2},
		tools: assets.Tools{FFmpeg: ffmpeg.NewTools(run, "ffmpeg", "ffprobe"), Version: "1", Run: run, Drawer: drawer},
		dir:   t.TempDir(),
	}
}

// identify parses a script and identifies the files that it refers to.
func (b bench) identify(t *testing.T, text string) (*assets.Set, *storyboard.Board, diag.List) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, "s.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := project.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	booth, err := voice.NewBooth(voice.DefaultConfig(), []voice.Engine{tone.New()}, b.maker.Store)
	if err != nil {
		t.Fatal(err)
	}
	src, err := compile.PlanScript(t.Context(), in, booth, compile.Request{Script: "s.md"})
	if err != nil || src.Findings.HasErrors() {
		t.Fatal(err, src.Findings)
	}
	b.maker.Work = t.TempDir()
	set, list, err := assets.Identify(t.Context(), b.maker, b.tools, in, src.Board)
	if err != nil {
		t.Fatal(err)
	}
	return set, src.Board, list
}

func picture(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i*7) | 0x80
	}
	return img
}

func (b bench) file(t *testing.T, name string, write func(*os.File) error) {
	t.Helper()
	f, err := os.Create(filepath.Join(b.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func (b bench) png(t *testing.T, name string, w, h int) {
	t.Helper()
	b.file(t, name, func(f *os.File) error { return png.Encode(f, picture(w, h)) })
}

// ffmpeg makes a file of the project with ffmpeg.
func (b bench) ffmpeg(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-y"}, args...)...)
	cmd.Dir = b.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

const head = "---\nsize: 160x90\nvoice: tone/high\n---\n"

// TestKinds checks that files are identified by their content, and measured.
func TestKinds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.png(t, "a.png", 160, 90)
	b.file(t, "b.jpg", func(f *os.File) error { return jpeg.Encode(f, picture(200, 100), nil) })
	b.file(t, "c.gif", func(f *os.File) error {
		palette := color.Palette{color.Black, color.White}
		two := []*image.Paletted{
			image.NewPaletted(image.Rect(0, 0, 160, 90), palette),
			image.NewPaletted(image.Rect(0, 0, 160, 90), palette),
		}
		return gif.EncodeAll(f, &gif.GIF{Image: two, Delay: []int{20, 30}})
	})
	b.ffmpeg(t, "-f", "lavfi", "-i", "testsrc=s=160x90:r=25", "-f", "lavfi", "-i", "sine=r=48000", "-t", "1",
		"-pix_fmt", "yuv420p", "d.mp4")
	b.ffmpeg(t, "-f", "lavfi", "-i", "sine=r=44100", "-t", "0.5", "-ac", "2", "e.wav")
	b.file(t, "f.svg", func(f *os.File) error {
		_, err := f.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="32" height="18">` +
			`<rect width="32" height="18" fill="red"/><image href="` + strings.Repeat("x", 81) + `"/></svg>`)
		return err
	})
	text := head + "![](a.png)\n\n![](b.jpg)\n\n---\n![](c.gif)\n\n---\n![](d.mp4)\n\n---\n![](f.svg)\n\n(audio: e.wav)\n"
	var last float64
	b.maker.Report = func(d float64) { last = d }
	set, _, list := b.identify(t, text)
	outside := `"f.svg": it refers to "` + strings.Repeat("x", 80) + `", which is not embedded in the image file and is left out`
	if len(list) != 1 || list[0].Summary != outside || !strings.Contains(list[0].Hint, "embedded") || last != 1 {
		t.Fatalf("%+v, progress %g", list, last)
	}
	names := set.ListNames()
	slices.Sort(names)
	if !slices.Equal(names, []string{"a.png", "b.jpg", "c.gif", "d.mp4", "e.wav", "f.svg"}) {
		t.Errorf("files are %q", names)
	}
	for name, want := range map[string]struct {
		format media.Format
		w, h   int
		sound  bool
	}{
		"a.png": {media.PNG, 160, 90, false}, "b.jpg": {media.JPEG, 200, 100, false}, "c.gif": {media.GIF, 160, 90, false},
		"d.mp4": {media.MOV, 160, 90, true}, "f.svg": {media.PNG, 160, 90, false},
	} {
		a := set.GetUsable(name)
		p := a.ToPicture()
		if w, h := p.Source.ComputeUprightSize(); w != want.w || h != want.h || a.Input.Format != want.format {
			t.Errorf("%s: %d x %d, %s", name, w, h, a.Input.Format)
		}
		m := a.ToMedia()
		if m.Sound != want.sound {
			t.Errorf("%s: sound %t", name, m.Sound)
		}
		if strings.Contains(a.Input.Path, name) {
			t.Errorf("%s is staged as %s", name, a.Input.Path)
		}
	}
	if m := set.GetUsable("c.gif").ToMedia(); m.Frames != 2 || m.Still || m.Length == nil ||
		m.Length.FloatString(2) != "0.50" {
		t.Errorf("a GIF: %+v", m)
	}
	if m := set.GetUsable("d.mp4").ToMedia(); m.Frames != 25 || m.Rate.Num != 25*m.Rate.Den {
		t.Errorf("a clip: %+v", m)
	}
	if m := set.ListMedia()["e.wav"]; !m.Sound || m.Length.FloatString(2) != "0.50" {
		t.Errorf("a sound: %+v", m)
	}
	if at := set.FindFirstUse("d.mp4"); at.File != "s.md" || at.Start.Line != 13 {
		t.Errorf("the place of the clip is %+v", at)
	}
	if set.GetUsable("none") != nil || (*assets.Set)(nil).GetUsable("a.png") != nil {
		t.Error("a file that is not there is known")
	}
	again, _, _ := b.identify(t, text)
	for _, name := range names {
		if again.GetUsable(name).Content != set.GetUsable(name).Content ||
			again.GetUsable(name).ToPicture().Content != set.GetUsable(name).ToPicture().Content {
			t.Errorf("%s has another content", name)
		}
	}
	if err := set.WriteFiles(); err != nil {
		t.Error(err)
	}
}

// TestBroken checks that each file that cannot be used is reported at its place.
func TestBroken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.png(t, "a.png", 160, 90)
	b.ffmpeg(t, "-f", "lavfi", "-i", "testsrc=s=160x90:r=25", "-t", "1", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "c.mp4")
	for name, keep := range map[string]int{"a.png": 300, "c.mp4": 500} {
		path := filepath.Join(b.dir, name)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content[:min(keep, len(content)/2)], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.file(t, "g.gif", func(f *os.File) error { _, err := f.WriteString("GIF89a\x01\x00\x01\x00\x00\x00\x00"); return err })
	b.file(t, "s.svg", func(f *os.File) error {
		_, err := f.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><rect`)
		return err
	})
	b.file(t, "h.gif", func(f *os.File) error {
		err := gif.Encode(f, picture(160, 90), nil)
		return errors.Join(err, f.Truncate(900))
	})
	b.file(t, "j.jpg", func(f *os.File) error {
		return errors.Join(jpeg.Encode(f, picture(200, 100), nil), f.Truncate(900))
	})
	_, _, list := b.identify(t, head+"![](a.png)\n\n---\n![](c.mp4)\n\n---\n![](g.gif)\n\n---\n![](s.svg)\n\n---\n"+
		"![](j.jpg)\n\n---\n![](h.gif)\n")
	var lines []int
	for _, d := range list {
		if d.Severity == diag.Error && strings.Contains(d.Summary, "cannot be used") && d.Hint != "" {
			lines = append(lines, d.Range.Start.Line)
		}
	}
	if !slices.Equal(lines, []int{5, 8, 14, 17, 20}) {
		t.Errorf("%+v", list)
	}
	for _, d := range list {
		if want := slices.Contains([]int{5, 17, 20}, d.Range.Start.Line); strings.Contains(d.Summary, "truncated") != want {
			t.Errorf("%q", d.Summary)
		}
	}
}

// TestUses checks findings about files that do not fit their use in the script.
func TestUses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.png(t, "tall.png", 100, 1000)
	b.png(t, "tiny.png", 16, 9)
	b.png(t, "line.png", 3000, 1)
	b.png(t, "good.png", 320, 180)
	b.ffmpeg(t, "-f", "lavfi", "-i", "testsrc=s=160x90:r=25", "-t", "1", "-pix_fmt", "yuv420p", "mute.mp4")
	b.ffmpeg(t, "-f", "lavfi", "-i", "sine=r=48000", "-t", "1", "-c:a", "aac", "sound.mp4")
	for text, want := range map[string]string{
		"![](good.png)\n":                      "",
		"![](tall.png)\n":                      `only 6 % of "tall.png" is visible in scene 1: it is cropped to fill the frame`,
		"![contain](tall.png)\n":               "",
		"![fit](tall.png)\n":                   "",
		"![top](tall.png)\n":                   "",
		"![](tiny.png)\n":                      `"tiny.png" is enlarged 10.0 times in scene 1 and will look blurred`,
		"![](line.png)\n":                      `nothing of "line.png" is visible: to fill the frame, its 3000 x 1 pixels are cropped to a line`,
		"![](mute.mp4)\n":                      "",
		"![0-5](mute.mp4)\n":                   `the segment ends at 5.00 s, but "mute.mp4" is only 1.00 s long`,
		"![0-1](mute.mp4)\n":                   "",
		"![](sound.mp4)\n":                     `"sound.mp4" has sound but no picture`,
		"![](good.png)\n\n(audio: mute.mp4)\n": `"mute.mp4" contains no sound`,
		"![](tiny.png)\n\n---\n![](tiny.png)\n\n---\n" +
			"![](mute.mp4)\n": `"tiny.png" is enlarged 10.0 times in scenes 1 and 2 and will look blurred`,
		"![](good.png)\n\n(callout:\n" +
			"  type: circle\n  cx: 500\n  cy: 500\n  size: 20\n)\n": "the callout is outside the frame, " +
			"which has 160 x 90 pixels",
		"![](good.png)\n\n(callout:\n  type: rectangle\n" +
			"  left: 700\n  top: 5\n  right: 800\n  bottom: 9\n  of: image\n)\n": `the callout is outside ` +
			`"good.png", which has 320 x 180 pixels`,
	} {
		_, _, list := b.identify(t, head+text)
		got := ""
		if len(list) > 0 {
			got = list[0].Summary
		}
		if got != want && want != "" || want == "" && len(list) > 0 {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestCallouts checks that callouts keep their position on the picture in every size of the frame.
func TestCallouts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.png(t, "good.png", 320, 180)
	set, board, list := b.identify(
		t, head+"![](good.png)\n\n(callout:\n  type: rectangle\n  left: 10\n  top: 20\n  right: 50\n  bottom: 60\n)\n",
	)
	if len(list) > 0 || len(board.Scenes[0].Shots[0].Callouts) != 1 {
		t.Fatal(list, board.Scenes[0].Shots)
	}
	shot := board.Scenes[0].Shots[0]
	film := board.Film
	if got := set.ConvertCallouts(film, shot.Callouts, &board.Scenes[0], 0); len(got) != 1 || got[0].Round ||
		got[0].X0 != 10 || got[0].Y1 != 60 {
		t.Errorf("%+v", got)
	}
	film.Width, film.Height = 320, 180 // twice the header's size
	if got := set.ConvertCallouts(film, shot.Callouts, &board.Scenes[0], 0); got[0].X0 != 20 || got[0].Y0 != 40 || got[0].X1 != 100 {
		t.Errorf("in a larger frame: %+v", got)
	}
	if got := set.ConvertCallouts(film, shot.Callouts, nil, -1); got[0].X0 != 20 || got[0].Y1 != 120 {
		t.Errorf("without a picture: %+v", got)
	}
}

// TestConverted checks that animated WebP and AVIF pictures are converted, and written only when
// something is painted.
func TestConverted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ffmpeg(t, "-f", "lavfi", "-i", "testsrc=s=160x90:r=5", "-t", "1", "-c:v", "libwebp_anim", "-lossless", "1", "a.webp")
	b.png(t, "in.png", 160, 90)
	if out, err := exec.CommandContext(t.Context(), "avifenc", filepath.Join(b.dir, "in.png"),
		filepath.Join(b.dir, "b.avif")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// avifenc keeps the alpha of images, but not of a Y4M stream.
	b.ffmpeg(t, "-f", "lavfi", "-i", "testsrc=s=160x90:r=5", "-frames:v", "3", "in%d.png")
	b.ffmpeg(t, "-f", "lavfi", "-i", "testsrc=s=160x90:r=5", "-frames:v", "3", "-pix_fmt", "yuv420p", "in.y4m")
	for _, args := range [][]string{{"in1.png", "in2.png", "in3.png", "clear.avif"}, {"in.y4m", "moving.avif"}} {
		cmd := exec.CommandContext(t.Context(), "avifenc", append([]string{"-s", "10", "--fps", "5"}, args...)...)
		cmd.Dir = b.dir
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	set, _,
		list := b.identify(t, head+"![](a.webp)\n\n---\n![](b.avif)\n\n---\n![](moving.avif)\n\n---\n![](clear.avif)\n")
	if len(list) > 0 {
		t.Fatal(list)
	}
	webp, avif := set.GetUsable("a.webp"), set.GetUsable("b.avif")
	for name, want := range map[string]media.Format{"moving.avif": media.MOV, "clear.avif": media.Matroska} {
		a := set.GetUsable(name)
		m, v := a.ToMedia(), a.ToPicture().Source
		if m.Frames != 3 || m.Still || m.Sound || !a.Input.Cycles || a.Input.Format != want ||
			v.Alpha != (want == media.Matroska) {
			t.Errorf("%s: %+v, %+v, %s", name, m, v, a.Input.Format)
		}
	}
	if m := webp.ToMedia(); m.Frames != 5 || webp.Input.Format != media.Matroska || m.Length.FloatString(1) != "1.0" {
		t.Errorf("%+v, %s", m, webp.Input.Format)
	}
	if _, err := os.Stat(webp.Input.Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is written before anything is painted: %v", err)
	}
	if err := set.WriteFiles(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(webp.Input.Path); err != nil || info.Size() == 0 {
		t.Errorf("got %v", err)
	}
	if w, h := avif.ToPicture().Source.ComputeUprightSize(); w != 160 || h != 90 || avif.Input.Format != media.PNG {
		t.Errorf("%d x %d, %s", w, h, avif.Input.Format)
	}
}

// TestColours checks that a picture with colour information is converted, and that its tables are
// written only when something is painted.
func TestColours(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.png(t, "plain.png", 160, 90)
	content, err := os.ReadFile(filepath.Join(b.dir, "plain.png"))
	if err != nil {
		t.Fatal(err)
	}
	// gAMA 1.0 after IHDR: linear light. PNG, third edition, 11.3.2.2.
	gama := []byte{0, 0, 0, 4, 'g', 'A', 'M', 'A', 0, 1, 0x86, 0xa0, 0x31, 0xe8, 0x96, 0x5f}
	linear := slices.Concat(content[:33], gama, content[33:])
	if err := os.WriteFile(filepath.Join(b.dir, "linear.png"), linear, 0o600); err != nil {
		t.Fatal(err)
	}
	b.file(t, "grey.png", func(f *os.File) error {
		var plain, packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		_, err := z.Write(assets.LinearGrey())
		err = errors.Join(err, z.Close(), png.Encode(&plain, image.NewGray(image.Rect(0, 0, 160, 90))))
		chunk := append([]byte("iCCPgrey\x00\x00"), packed.Bytes()...)
		size := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
		sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk))
		_, werr := f.Write(slices.Concat(plain.Bytes()[:33], size, chunk, sum, plain.Bytes()[33:]))
		return errors.Join(err, werr)
	})
	set, _, list := b.identify(t, head+"![](plain.png)\n\n---\n![](linear.png)\n\n---\n![](grey.png)\n")
	if len(list) > 0 {
		t.Fatal(list)
	}
	plain, converted := set.GetUsable("plain.png").ToPicture(), set.GetUsable("linear.png").ToPicture()
	if plain.Source.Colours != "" || converted.Source.Colours == "" || converted.Source.Table == "" {
		t.Fatalf("%+v, %+v", plain.Source, converted.Source)
	}
	if err := set.WriteFiles(); err != nil {
		t.Fatal(err)
	}
	if grey := set.GetUsable("grey.png").ToPicture(); grey.Source.Colours == "" {
		t.Errorf("a profile is not used: %+v", grey.Source)
	}
	for _, end := range []string{".csp", ".cube"} {
		if info, err := os.Stat(converted.Source.Table + end); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", end, err)
		}
	}
}

// TestNotTheFiles checks that a missing program and a cancelled context are errors, not findings about
// files.
func TestNotTheFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ffmpeg(t, "-f", "lavfi", "-i", "sine=r=48000", "-t", "0.1", "a.ogg")
	set, board, list := b.identify(t, head+"(audio: a.ogg)\n")
	if set == nil || len(list) > 0 {
		t.Fatal(list)
	}
	in, err := project.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	b.maker.Work = t.TempDir()
	tools := b.tools
	tools.Version = "other" // nothing is known of the file
	tools.FFmpeg = ffmpeg.NewTools(tools.Run, "ffmpeg", "no-such-program")
	_, list, err = assets.Identify(t.Context(), b.maker, tools, in, board)
	if _, ok := errors.AsType[*proc.NotFoundError](err); !ok || len(list) > 0 {
		t.Errorf("a missing program: %v, %v", err, list)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.maker.Work = t.TempDir()
	if _, list, err := assets.Identify(ctx, b.maker, b.tools, in, board); !errors.Is(err, context.Canceled) ||
		len(list) > 0 {
		t.Errorf("a stop: %v, %v", err, list)
	}
}
