package ffmpeg_test

import (
	"flag"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/media"
)

var update = flag.Bool("update", false, "accept what is seen now")

// lines returns arguments with one option per line.
func lines(args []string) string {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			if strings.HasPrefix(a, "-") {
				b.WriteString("\n")
			} else {
				b.WriteString(" ")
			}
		}
		b.WriteString(a)
	}
	return b.String()
}

// hd returns the form of a 720p video.
func hd() ffmpeg.Picture {
	still, clip := ffmpeg.DefaultQuality()
	return ffmpeg.Picture{Width: 1280, Height: 720, FPS: frame.Rate{Num: 25, Den: 1}, StillQP: still, ClipCRF: clip}
}

func newStill(n int, f media.Format, s ffmpeg.Source, fit frame.Fit) ffmpeg.StillInput {
	w, h := s.ComputeUprightSize()
	return ffmpeg.StillInput{
		Input: ffmpeg.Input{Path: fmt.Sprintf("/s/in-%d", n), Format: f}, Source: s, Canvas: frame.Color{R: 1, G: 2, B: 255, A: 255},
		Placement: ffmpeg.PlaceSource(w, h, 1280, 720, frame.Placing{Fit: fit, Position: frame.Position{}}),
	}
}

func clip(s ffmpeg.Source, fit frame.Fit) ffmpeg.ClipInput {
	w, h := s.ComputeUprightSize()
	return ffmpeg.ClipInput{
		Input: ffmpeg.Input{Path: "/s/in-1", Format: media.MOV}, Source: s, Canvas: frame.Color{A: 255}, Frames: 50,
		Placement: ffmpeg.PlaceSource(w, h, 1280, 720, frame.Placing{Fit: fit, Position: frame.Position{}}),
	}
}

// TestArguments compares the arguments of all functions with a golden file.
func TestArguments(t *testing.T) {
	t.Parallel()
	photo := ffmpeg.Source{
		Width: 4000, Height: 3000, Turn: 6, PixelW: 1, PixelH: 1,
		Coding: ffmpeg.Coding{Matrix: "bt601", FullRange: true},
	}
	drawing := ffmpeg.Source{Width: 300, Height: 200, Turn: 1, PixelW: 1, PixelH: 1, Alpha: true, Coding: ffmpeg.Coding{Matrix: "rgb"}}
	plain := ffmpeg.Source{Width: 1280, Height: 720, Turn: 1, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "bt709", Plain: true}}
	dv := ffmpeg.Source{Width: 720, Height: 576, Turn: 1, PixelW: 64, PixelH: 45, Coding: ffmpeg.Coding{Matrix: "bt601"}}
	hdr := ffmpeg.Source{
		Width: 3840, Height: 2160, Turn: 1, PixelW: 1, PixelH: 1,
		Coding: ffmpeg.Coding{Matrix: "bt2020", Primaries: 9, Transfer: 16}, Colours: "c", Table: "/s/it's: [a],b",
	}
	stretch := clip(photo, frame.Cover)
	stretch.From, stretch.Length, stretch.SpeedNum, stretch.SpeedDen, stretch.Held = 1500000, 2000001, 3, 2, true
	slow := clip(photo, frame.Contain)
	slow.Rate = frame.Rate{Num: 5, Den: 1}
	gif := clip(drawing, frame.Contain)
	gif.Format = media.GIF
	webm := clip(drawing, frame.Stretch)
	webm.Format, webm.AlphaVPX = media.Matroska, "libvpx-vp9"
	ntsc := hd()
	ntsc.FPS = frame.Rate{Num: 30000, Den: 1001}
	one := []ffmpeg.StillInput{newStill(0, media.PNG, drawing, frame.Contain)}
	three := []ffmpeg.StillInput{
		newStill(0, media.JPEG, photo, frame.Cover),
		newStill(1, media.PNG, plain, frame.Cover),
		newStill(2, media.WebP, drawing, frame.Stretch),
	}
	blurred := []ffmpeg.StillInput{newStill(0, media.JPEG, photo, frame.Cover), newStill(1, media.PNG, plain, frame.Cover)}
	blurred[0].Backdrops = []ffmpeg.Backdrop{{Effects: []ffmpeg.Effect{{Name: "blur", Value: 12}, {Name: "brightness", Value: 0.5}}}}
	blurred[1].EnlargeW, blurred[1].EnlargeH = 1920, 1080
	slide := clip(plain, frame.Cover)
	slide.Skip, slide.Again = 5, true
	slide.Layers = []ffmpeg.LayerInput{
		{Path: "/s/layer-0", W: 1280, H: 720, To: 10},
		{Path: "/s/layer-1", X: 100, Y: 50, W: 40, H: 30, From: 10, To: 50},
	}
	slide.Backdrops = []ffmpeg.Backdrop{
		{
			Effects: []ffmpeg.Effect{{Name: "sepia", Value: 1}, {Name: "blur", Value: 4}}, Left: 101, Top: 50,
			Width: 300, Height: 200, FrameW: 1280, FrameH: 720,
		},
		{Effects: []ffmpeg.Effect{{Name: "contrast", Value: 2}}},
	}
	slide.Enter = &ffmpeg.TransitionInput{Type: "slice-up", Path: "/s/before", Frames: 50}
	states := &ffmpeg.StatesInput{Path: "/s/captions", X: 100, Y: 600, W: 800, H: 90}
	said := slide
	said.States = states
	sound := ffmpeg.SoundInput{Input: ffmpeg.Input{Path: "/s/in-1", Format: media.MP3}, Channels: 1}
	part := sound
	part.From, part.Length, part.SpeedNum, part.SpeedDen, part.Channels = 250000, 1, 1, 3, 2
	var b strings.Builder
	for _, job := range []struct {
		name string
		args []string
	}{
		{"ReadStills, one", ffmpeg.ReadStillsArgs(one)},
		{"ReadStills, three", ffmpeg.ReadStillsArgs(three)},
		{"EncodeImages", hd().EncodeImagesArgs(three)},
		{"EncodeStills", hd().EncodeStillsArgs()},
		{"EncodeMoving", ntsc.EncodeMovingArgs(nil)},
		{"EncodeClip", ntsc.EncodeClipArgs(clip(dv, frame.Contain))},
		{"EncodeClip, a stretch, faster, that stands at its end", hd().EncodeClipArgs(stretch)},
		{"EncodeClip of few pictures", hd().EncodeClipArgs(slow)},
		{"EncodeClip of the film's own form", hd().EncodeClipArgs(clip(plain, frame.Cover))},
		{"EncodeClip of high dynamic range", hd().EncodeClipArgs(clip(hdr, frame.Cover))},
		{"ReadClip of a GIF", hd().ReadClipArgs(gif)},
		{"ReadClip of a transparent WebM", hd().ReadClipArgs(webm)},
		{"ReadEnter", hd().ReadTransitionArgs(ffmpeg.TransitionInput{Type: "dissolve", Path: "/s/before", Frames: 12}, 7)},
		{"EncodeMoving that comes in", ntsc.EncodeMovingArgs(&ffmpeg.TransitionInput{
			Type: "circle", Path: "/s/before",
			Frames: 15,
		})},
		{"EncodeCrossings", hd().EncodeCrossingsArgs([]int64{15, 1, 15})},
		{"EncodeChains", hd().EncodeChainsArgs([]int64{4, 9})},
		{"EncodeMoving that comes in under captions", ntsc.EncodeMovingArgs(&ffmpeg.TransitionInput{
			Type: "circle",
			Path: "/s/before", Frames: 15, States: states,
		})},
		{"EncodeClip under a slide and captions, that comes in", hd().EncodeClipArgs(said)},
		{"EncodeClip under captions", hd().EncodeClipArgs(func() ffmpeg.ClipInput {
			c := clip(plain,
				frame.Cover)
			c.States = states
			return c
		}())},
		{"PNG", hd().EncodePNGArgs()},
		{"Sheet", hd().EncodeSheetArgs(7, 480)},
		{"EncodeClip under a slide, that comes in", hd().EncodeClipArgs(slide)},
		{"ReadStills of an image under a blur", ffmpeg.ReadStillsArgs(blurred)},
		{"ReadSound", ffmpeg.ReadSoundArgs(sound, 48000)},
		{"ReadSound, a stretch, slower, in stereo", ffmpeg.ReadSoundArgs(part, 48000)},
		{"ReadSound of more than two channels", ffmpeg.ReadSoundArgs(ffmpeg.SoundInput{
			Input: sound.Input, Channels: 2,
			Surround: true,
		}, 48000)},
		{"MergeAlpha", ffmpeg.MergeAlphaArgs(ffmpeg.Input{Path: "/s/in-1", Format: media.MOV, Cycles: true})},
		{"AAC", ffmpeg.NewDefaultAAC(2).EncodeArgs()},
		{"AAC of two files", ffmpeg.NewDefaultAAC(1).EncodeFilesArgs([]string{"/s/a", "/s/b"},
			[]string{"/s/a.aac", "/s/b.aac"})},
		{"SpeechFile wav", ffmpeg.EncodeSpeechFileArgs("wav", 48000, 1, "/s/out.wav")},
		{"SpeechFile mp3", ffmpeg.EncodeSpeechFileArgs("mp3", 48000, 2, "/s/out.mp3")},
		{"SpeechFile m4a", ffmpeg.EncodeSpeechFileArgs("m4a", 48000, 1, "/s/out.m4a")},
		{"SpeechStream", ffmpeg.EncodeSpeechStreamArgs(24000, 1)},
		{"Poster", hd().EncodePosterArgs(3)},
	} {
		fmt.Fprintf(&b, "# %s\n%s\n\n", job.name, lines(job.args))
	}
	const golden = "testdata/arguments.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("arguments changed; look at them, then accept them by -update:\n%s", &b)
	}
}

// TestInputsAreGuarded checks that all inputs have a named demuxer and can only be local files.
func TestInputsAreGuarded(t *testing.T) {
	t.Parallel()
	for format, demuxer := range map[media.Format]string{
		media.PNG: "png_pipe", media.JPEG: "jpeg_pipe", media.WebP: "webp_pipe", media.GIF: "gif", media.MOV: "mov",
		media.Matroska: "matroska",
		media.WAV:      "wav", media.MP3: "mp3", media.OGG: "ogg", media.FLAC: "flac",
	} {
		in := ffmpeg.Input{Path: "/s/in-1", Format: format}
		for name, args := range map[string][]string{
			"ReadStills": ffmpeg.ReadStillsArgs([]ffmpeg.StillInput{{Input: in}, {Input: in}}),
			"ReadClip":   hd().ReadClipArgs(ffmpeg.ClipInput{Input: in}),
			"EncodeClip": hd().EncodeClipArgs(ffmpeg.ClipInput{Input: in}),
			"ReadSound":  ffmpeg.ReadSoundArgs(ffmpeg.SoundInput{Input: in}, 48000),
		} {
			count := func(option, value string) int {
				n := 0
				for i, a := range args[:len(args)-1] {
					if a == option && (value == "" || args[i+1] == value) {
						n++
					}
				}
				return n
			}
			inputs := count("-i", "")
			if inputs == 0 || count("-i", in.Path) != inputs || count("-protocol_whitelist", "file") != inputs ||
				count("-format_whitelist", demuxer) != inputs || count("-f", demuxer) < inputs || count("-noautorotate", "") != inputs {
				t.Errorf("%s of %s: %q", name, format, args)
			}
		}
	}
}

// TestLevels checks the H.264 levels of ITU-T H.264, table A-1.
func TestLevels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w, h     int
		num, den int64
		want     string
	}{
		{320, 240, 25, 1, "30"},
		{16, 16, 120, 1, "30"},
		{720, 576, 25, 1, "30"},
		{720, 576, 50, 1, "31"},
		{1280, 720, 30, 1, "31"},
		{1280, 720, 60, 1, "32"},
		{720, 1280, 30000, 1001, "31"},
		{1920, 1080, 30, 1, "40"},
		{1920, 1080, 31, 1, "42"},
		{1920, 1080, 60, 1, "42"},
		{2560, 1440, 30, 1, "50"},
		{3840, 2160, 30, 1, "51"},
		{3840, 2160, 60, 1, "52"},
		{7680, 4320, 30, 1, "60"},
		{7680, 4320, 60, 1, "61"},
		{7680, 4320, 120, 1, "62"},
	} {
		p := hd()
		p.Width, p.Height, p.FPS = c.w, c.h, frame.Rate{Num: c.num, Den: c.den}
		for name, args := range map[string][]string{
			"stills": p.EncodeStillsArgs(), "images": p.EncodeImagesArgs([]ffmpeg.StillInput{{}}),
			"moving": p.EncodeMovingArgs(nil), "clips": p.EncodeClipArgs(ffmpeg.ClipInput{}),
		} {
			if !strings.Contains(strings.Join(args, " "), ":level="+c.want+":") {
				t.Errorf("%dx%d at %d/%d: %s are not of level %s: %q", c.w, c.h, c.num, c.den, name, c.want, args)
			}
		}
	}
}

// TestPartsShareTheEncodersSettings checks that the parameter sets of all segments of stills are equal, and those of all
// moving segments; if the video must be compatible, those of all segments. The effort of motion search, and how types
// of pictures are chosen, are not a part of them.
func TestPartsShareTheEncodersSettings(t *testing.T) {
	t.Parallel()
	settings := regexp.MustCompile(`:?(keyint|me|subme|partitions|b-adapt|trellis|psy|qcomp|rc-lookahead)=[\w.,]+`)
	stills := func(p ffmpeg.Picture) [][]string {
		return [][]string{
			p.EncodeStillsArgs(), p.EncodeImagesArgs([]ffmpeg.StillInput{{}}), p.EncodeChainsArgs([]int64{2, 3}),
		}
	}
	moving := func(p ffmpeg.Picture) [][]string {
		return [][]string{
			p.EncodeMovingArgs(nil), p.EncodeClipArgs(ffmpeg.ClipInput{Held: true, Frames: 9}),
			p.EncodeCrossingsArgs([]int64{3, 4}), p.EncodeMovingArgs(&ffmpeg.TransitionInput{Type: "rect", Frames: 4}),
		}
	}
	compatible := hd()
	compatible.Compatible = true
	for name, group := range map[string][][]string{
		"stills": stills(hd()), "moving": moving(hd()),
		"compatible": slices.Concat(stills(hd()), stills(compatible), moving(compatible)),
	} {
		var first string
		for _, args := range group {
			got := settings.ReplaceAllString(args[slices.Index(args, "-x264-params")+1], "")
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("%s: %s\nand %s", name, got, first)
			}
		}
	}
}

// TestSettingsNameWhatDecidesTheBytes checks that different forms of a video have different settings.
func TestSettingsNameWhatDecidesTheBytes(t *testing.T) {
	t.Parallel()
	seen := map[string]string{hd().FormatSettings(): "the first"}
	for name, change := range map[string]func(p *ffmpeg.Picture){
		"width":   func(p *ffmpeg.Picture) { p.Width += 2 },
		"height":  func(p *ffmpeg.Picture) { p.Height += 2 },
		"rate":    func(p *ffmpeg.Picture) { p.FPS.Num++ },
		"still":   func(p *ffmpeg.Picture) { p.StillQP++ },
		"clip":    func(p *ffmpeg.Picture) { p.ClipCRF++ },
		"divisor": func(p *ffmpeg.Picture) { p.FPS.Den++ },
		"nothing": func(*ffmpeg.Picture) {},
	} {
		p := hd()
		change(&p)
		if other, ok := seen[p.FormatMovingSettings()]; ok {
			t.Errorf("moving pictures of a different %s have the same settings as %s", name, other)
		}
		seen[p.FormatMovingSettings()] = name
		if name == "nothing" {
			continue
		}
		if other, ok := seen[p.FormatSettings()]; ok {
			t.Errorf("a different %s has the same settings as %s", name, other)
		}
		seen[p.FormatSettings()] = name
	}
	p := hd()
	p.Compatible = true
	if p.FormatSettings() != hd().FormatSettings() || p.FormatMovingSettings() != p.FormatSettings() {
		t.Error("in a compatible video, pictures have other settings than stills in other videos")
	}
}

// TestTempo checks that each filter has a factor from 0.5 to 100, and that their product is the requested
// speed.
func TestTempo(t *testing.T) {
	t.Parallel()
	filter := regexp.MustCompile(`atempo=([0-9.]+)`)
	for _, c := range []struct {
		num, den int64
		filters  int
	}{
		{0, 0, 0},
		{1, 1, 0},
		{7, 7, 0},
		{2, 1, 1},
		{1, 2, 1},
		{100, 1, 1},
		{1, 3, 2},
		{250, 1, 2},
		{1, 100, 7},
		{48000, 44100, 1},
	} {
		args := ffmpeg.ReadSoundArgs(ffmpeg.SoundInput{SpeedNum: c.num, SpeedDen: c.den}, 48000)
		product := big.NewRat(1, 1)
		found := filter.FindAllStringSubmatch(strings.Join(args, " "), -1)
		for _, m := range found {
			f, _ := new(big.Rat).SetString(m[1])
			if f.Cmp(big.NewRat(1, 2)) < 0 || f.Cmp(big.NewRat(100, 1)) > 0 {
				t.Errorf("%d/%d: a factor of %s", c.num, c.den, m[1])
			}
			product.Mul(product, f)
		}
		want := big.NewRat(1, 1)
		if c.num > 0 {
			want = big.NewRat(c.num, c.den)
		}
		off, _ := new(big.Rat).Sub(new(big.Rat).Quo(product, want), big.NewRat(1, 1)).Float64()
		if len(found) != c.filters || off > 1e-8 || off < -1e-8 {
			t.Errorf("%d/%d: %d filters make %s", c.num, c.den, len(found), product.FloatString(9))
		}
	}
}

func TestComplaint(t *testing.T) {
	t.Parallel()
	const none = "it cannot be decoded"
	for _, c := range []struct{ name, stderr, want string }{
		{"nothing", "", none},
		{"blank lines", "\n  \n", none},
		{"the part's address goes", "[png @ 0x55d0c0ffee00] chunk too big\n", none + " (chunk too big)"},
		{"our file's name goes", "/tmp/scratch/in-12: No such file or directory\n", none + " (No such file or directory)"},
		{"the first line counts", "[h264 @ 0x5] first\n[h264 @ 0x5] second\n", none + " (first)"},
		{"what only says that it failed does not", "Error while decoding stream #0:0: Invalid argument\nConversion failed!\n", none},
		{"nor when more is said below", "Conversion failed!\nEOF\n", none + " (EOF)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ffmpeg.FindComplaint(c.stderr); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
