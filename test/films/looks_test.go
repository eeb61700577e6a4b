package films_test

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/house"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// written writes a script into a folder with pictures of one colour each.
func written(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	for _, c := range []string{"red", "blue", "white"} {
		run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color="+c+":s=640x360,format=rgb24", "-frames:v", "1",
			filepath.Join(dir, c+".png"))
	}
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=white:s=320x180:r=25:d=2,format=yuv420p", "-c:v",
		"libx264", filepath.Join(dir, "white.mp4"))
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=10:d=1", filepath.Join(dir, "moving.gif"))
	path := filepath.Join(dir, "script.md")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pixels decodes one frame of a video, and returns a function that returns the colour of a pixel.
func pixels(t *testing.T, film string, frame int) func(x, y int) color.RGBA {
	t.Helper()
	v, _ := probe(t, film)
	b := run(t, "ffmpeg", "-v", "error", "-i", film, "-frames:v", "1", "-vf",
		fmt.Sprintf("select=eq(n\\,%d),scale=in_color_matrix=bt709:in_range=tv,format=rgb24", frame), "-f", "rawvideo", "-")
	return func(x, y int) color.RGBA {
		p := b[(y*v.Width+x)*3:]
		return color.RGBA{p[0], p[1], p[2], 255}
	}
}

// codedPictures counts the pictures of a video that are not skip pictures.
func codedPictures(t *testing.T, film string) int {
	t.Helper()
	n := 0
	for line := range strings.FieldsSeq(string(run(t, "ffprobe", "-v", "error", "-select_streams", "v",
		"-show_entries", "frame=pict_type,pkt_size", "-of", "csv=p=0", film))) {
		size, kind, _ := strings.Cut(strings.Trim(line, ","), ",")
		// B pictures of plain slides are as small as skip pictures, which are P pictures.
		if v, err := strconv.Atoi(size); err == nil && (v > 40 || kind == "B") {
			n++
		}
	}
	return n
}

// TestTransitions checks the middle frame of each transition from red to blue at five points: left,
// right, top, bottom, centre. The letters are n for the new scene, o for the old one, b for black,
// and x for a mixture.
func TestTransitions(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	want := []struct{ name, looks string }{
		{"crossfade", "xxxxx"},
		{"wipe-right", "no..."},
		{"wipe-left", "on..."},
		{"wipe-up", "..on."},
		{"wipe-down", "..no."},
		{"circle", "bbbb."},
		{"rect", "bbbb."},
		{"slide-right", "no..."},
		{"slide-left", "on..."},
		{"slide-up", "..on."},
		{"slide-down", "..no."},
		{"fade-right", "no..x"},
		{"fade-left", "on..x"},
		{"fade-up", "..onx"},
		{"fade-down", "..nox"},
		{"slice-right", "no..."},
		{"slice-left", "on..."},
		{"slice-up", "..on."},
		{"slice-down", "..no."},
		{"fade-circle", "....n"},
		{"dissolve", "....."},
		{"pixelize", "xxxxx"},
		{"radial", "on..."},
		{"reveal", "....."},
	}
	var s strings.Builder
	s.WriteString("---\nsize: 320x180\n---\n![](red.png)\n")
	for _, c := range want {
		fmt.Fprintf(&s, "\n---\n(transition: %s 0.8)\n![](blue.png)\n\n---\n![](red.png)\n", c.name)
	}
	film, r := produce(t, written(t, s.String()), "", nil)
	sums := check(t, film, r)
	if wanted := int64(25 * (1 + 2*len(want))); r.Frames != wanted {
		t.Errorf("%d frames, want %d: transitions must not change the length", r.Frames, wanted)
	}
	red, blue := color.RGBA{254, 0, 0, 255}, color.RGBA{0, 0, 254, 255}
	all := run(t, "ffmpeg", "-v", "error", "-i", film, "-vf",
		"select=eq(mod(n\\,25)\\,10),scale=in_color_matrix=bt709:in_range=tv,format=rgb24",
		"-fps_mode", "passthrough", "-f", "rawvideo", "-")
	for i, c := range want {
		start := 25 * (1 + 2*i)
		at := all[(1+2*i)*320*180*3:]
		for k, p := range [][2]int{{20, 90}, {300, 90}, {160, 12}, {160, 168}, {160, 90}} {
			rgb := at[(p[1]*320+p[0])*3:]
			got := color.RGBA{rgb[0], rgb[1], rgb[2], 255}
			like := func(w color.RGBA, by int) bool {
				d := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
				return d(got.R, w.R) <= by && d(got.G, w.G) <= by && d(got.B, w.B) <= by
			}
			ok := true
			switch c.looks[k] {
			case 'n':
				ok = like(blue, 24)
			case 'o':
				ok = like(red, 24)
			case 'b':
				ok = like(color.RGBA{A: 255}, 24)
			case 'x':
				ok = !like(red, 24) && !like(blue, 24) && got.R > 40 && got.B > 40
			}
			if !ok {
				t.Errorf("%s: the colour at %v is %v, want %q", c.name, p, got, c.looks[k])
			}
		}
		// Between plain colours, a reveal looks like a cut.
		if c.name != "reveal" && (sums[start+10] == sums[start-1] || sums[start+10] == sums[start+20]) {
			t.Errorf("%s is not visible", c.name)
		}
		if sums[start+20] != sums[start+24] {
			t.Errorf("%s: the still picture after the transition changes", c.name)
		}
	}
}

// TestTransitionsOverWhatMoves checks transitions from and to clips, GIFs and moving images, under
// slides that change.
func TestTransitionsOverWhatMoves(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	script := written(t, `---
size: 320x180
transition: wipe-right 0.4
---
![](white.mp4)
---
![zoom](blue.png)
(duration: 1)
---
![](moving.gif)
(pause: 3.5)
---
![](moving.gif)
(pause: 2)

`+"```md\n- a\n- b\n- c\n```\n(reveal: items)\n"+`
---
![](white.mp4)
(duration: 3)

`+"```md\n- a\n- b\n- c\n```\n(reveal: items)\n"+`
---
![pan right](blue.png)
(callout:
  cx: 320
  cy: 180
  size: 90)
(duration: 1)
---
(transition: crossfade 9)
![](red.png)
---
(transition: radial 2.8)
![](moving.gif)
(pause: 3)
---
(transition: slice-up 2.8)
![](blue.png)
(duration: 3)
`)
	cache := t.TempDir()
	film, r := produce(t, script, cache, nil)
	sums := check(t, film, r)
	if r.Frames != 25*2+25+88+50+75+25+25+75+75 {
		t.Errorf("%d frames", r.Frames)
	}
	// The GIF starts again after a second, both when it came in by a transition and when it did
	// not. Its last second is cut, and coded separately.
	gif := 75
	if sums[gif+30] != sums[gif+55] || sums[gif+30] == sums[gif+35] {
		t.Error("the GIF does not start again")
	}
	for _, n := range []int{12, 20} {
		a, b := pixels(t, film, gif+n), pixels(t, film, gif+n+25)
		for x := 8; x < 320; x += 64 {
			checkColor(t, a(x, 90), b(x, 90), 40)
		}
	}
	again, _ := produce(t, script, cache, nil)
	other, _ := produce(t, script, "", func(c *house.Config) { c.Proc.Jobs = 1 })
	if sum(t, film) != sum(t, again) || sum(t, film) != sum(t, other) {
		t.Error("a second build of the same script has other bytes")
	}
}

// TestOnlyOverlapsAreEncoded counts the coded pictures of a video of slides with crossfades.
func TestOnlyOverlapsAreEncoded(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	var s strings.Builder
	s.WriteString("---\nsize: 320x180\nfps: 30\ntransition: crossfade 0.5\n---\n")
	const scenes = 6
	for i := range scenes {
		fmt.Fprintf(&s, "```\nSlide %d\n```\n(duration: 4)\n---\n", i)
	}
	film, r := produce(t, written(t, s.String()), "", nil)
	check(t, film, r)
	// In the middle third of a transition, neither text is visible: these pictures may be as small as skip pictures.
	if got, most := codedPictures(t, film), scenes+15*(scenes-1); got > most || got < scenes+10*(scenes-1) {
		t.Errorf("%d pictures are encoded, want at most %d", got, most)
	}
}

// TestReveals checks that each state of a slide is one still picture.
func TestReveals(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for name, c := range map[string]struct {
		script string
		states []int // lengths in frames
	}{
		"a list":        {"```md\n# List\n- a\n  - b\n- c\n```\n(reveal: items)\n(duration: 3)", []int{25, 25, 25}},
		"lines of code": {"(reveal: 1, 2-3)\n```go\na := 1\nb := 2\nc := 3\n```\n(duration: 2)", []int{25, 25}},
		"over a clip":   {"![](white.mp4)\n```md\n- a\n- b\n```\n(reveal: items)\n(duration: 4)", []int{50, 50}},
		"highlight":     {"(highlight: 2)\n```go\na := 1\nb := 2\nc := 3\n```\n(duration: 1)", []int{25}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film, r := produce(t, written(t, "---\nsize: 320x180\n---\n"+c.script+"\n"), "", nil)
			sums := check(t, film, r)
			at := 0
			for i, n := range c.states {
				// Pictures that are coded from a clip need some frames to reach their final
				// quality.
				if sums[at+n-5] != sums[at+n-1] && (i > 0 || name != "over a clip") {
					t.Errorf("state %d is not a still picture", i)
				}
				if at > 0 && sums[at] == sums[at-1] {
					t.Errorf("state %d looks like the previous one", i)
				}
				at += n
			}
			if at != len(sums) {
				t.Errorf("%d frames, want %d", len(sums), at)
			}
		})
	}
}

// TestSlidesOverPictures checks how much slides darken an image, a clip and a blurred clip. The
// expected values were measured in videos of the hosted service.
func TestSlidesOverPictures(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for name, c := range map[string]struct {
		script string
		want   uint8
	}{
		"an image":           {"![](white.png)\n```\nHi\n```", 112},
		"a clip":             {"![](white.mp4)\n```\nHi\n```", 112},
		"a moving image":     {"![zoom](white.png)\n```\nHi\n```", 112},
		"light over a clip":  {"(theme: light)\n![](white.mp4)\n```\nHi\n```", 255},
		"light over a image": {"(theme: light)\n![](white.png)\n```\nHi\n```", 255},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film, r := produce(t, written(t, "---\nsize: 320x180\n---\n"+c.script+"\n"), "", nil)
			check(t, film, r)
			for _, frame := range []int{0, 20} {
				checkColor(t, pixels(t, film, frame)(6, 6), color.RGBA{c.want, c.want, c.want, 255}, 5)
			}
		})
	}
}

// TestReferenceLooks compares colours with values that were measured in videos of the hosted
// service.
func TestReferenceLooks(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	root := filepath.Join("..", "..", "..", "shared", "examples")
	if _, err := os.Stat(root); err != nil {
		t.Skip("shared/examples is not next to the repository: its scripts are not tested")
	}
	t.Run("callouts", func(t *testing.T) {
		t.Parallel()
		script, cache := filepath.Join(root, "callouts", "script", "source.md"), t.TempDir()
		film, _ := produce(t, script, cache, nil)
		at := middles(t, script, cache)
		for scene, want := range map[int]uint8{1: 253, 2: 123, 5: 123, 6: 178, 7: 47, 8: 253} {
			checkColor(t, pixels(t, film, at[scene])(20, 150), color.RGBA{want, want, want, 255}, 5)
		}
		// The circle's size is in pixels of the frame.
		checkColor(t, pixels(t, film, at[8])(440, 380), color.RGBA{A: 255}, 5)
		checkColor(t, pixels(t, film, at[8])(440, 476), color.RGBA{A: 255}, 5)
		checkColor(t, pixels(t, film, at[8])(344, 380), color.RGBA{A: 255}, 5)
	})
	t.Run("slides", func(t *testing.T) {
		t.Parallel()
		film, r := produce(t, filepath.Join(root, "slides", "script", "source.md"), "", nil)
		if r.Frames != 350 {
			t.Errorf("%d frames", r.Frames)
		}
		theirs := filepath.Join(root, "slides", "result.mp4")
		for _, frame := range []int{10, 200, 300} {
			a, b := pixels(t, film, frame), pixels(t, theirs, frame)
			for _, p := range [][2]int{{40, 40}, {1240, 40}, {40, 680}, {1240, 680}} {
				checkColor(t, a(p[0], p[1]), b(p[0], p[1]), 8)
			}
		}
	})
}

// planScript returns the plan of a script.
func planScript(t *testing.T, script, cacheDir string) *studio.Plan {
	t.Helper()
	h := openHouse(t, cacheDir, nil)
	defer h.Close()
	p, err := h.Studio.Plan(t.Context(), requestVideo(script, ""))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// middles returns the middle frame of each scene of a script, by the number of the scene, from 1.
func middles(t *testing.T, path, cacheDir string) map[int]int {
	t.Helper()
	out := map[int]int{}
	for _, s := range planScript(t, path, cacheDir).Line.Scenes {
		out[s.Number] = int(s.Start + s.Frames/2)
	}
	return out
}
