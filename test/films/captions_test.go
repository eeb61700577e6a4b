package films_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/caption"
	"mynah/internal/house"
	"mynah/internal/part"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// The size of the area at the foot of the small frames in these tests, in pixels.
const (
	bandTop, bandHeight = 280, 80
	bandWidth           = 640
)

// captioned builds a script and returns the path of its video, the result, and the cues of its
// captions.
func captioned(t *testing.T, script string) (string, *studio.Result, []caption.Cue) {
	t.Helper()
	h := openHouse(t, "", nil)
	defer h.Close()
	path := written(t, script)
	out := filepath.Join(t.TempDir(), "film.mp4")
	request := requestVideo(path, out)
	request.Timeline = true
	r, err := h.Studio.Produce(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	var plan struct{ Captions []caption.Cue }
	b, err := os.ReadFile(r.Timeline)
	if err == nil {
		err = json.Unmarshal(b, &plan)
	}
	if err != nil || len(plan.Captions) == 0 {
		t.Fatalf("no captions: %v", err)
	}
	return out, r, plan.Captions
}

// seen describes the foot of a frame: the numbers of pixels in the colours of the outline and of
// the highlight, and the centre of the highlighted pixels.
type seen struct {
	black, yellow int
	x, y          float64
}

// feet examines the foot of every frame of a video.
func feet(t *testing.T, film string) []seen {
	t.Helper()
	b := run(t, "ffmpeg", "-v", "error", "-i", film, "-vf",
		"crop=640:80:0:280,scale=in_color_matrix=bt709:in_range=tv,format=rgb24", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
	var out []seen
	for frame := range slices.Chunk(b, bandWidth*bandHeight*3) {
		var s seen
		for i := 0; i < len(frame); i += 3 {
			r, g, b := frame[i], frame[i+1], frame[i+2]
			switch {
			case r < 40 && g < 40 && b < 40:
				s.black++
			case r > 200 && g > 200 && b < 90:
				s.yellow++
				s.x += float64(i / 3 % bandWidth)
				s.y += float64(i / 3 / bandWidth)
			}
		}
		if s.yellow > 0 {
			s.x, s.y = s.x/float64(s.yellow), s.y/float64(s.yellow)
		}
		out = append(out, s)
	}
	return out
}

// frameAt returns the frame nearest to a sample, at 25 frames per second.
func frameAt(sample int64) int { return int(math.Round(float64(sample) * 25 / 48000)) }

const everywhere = `transition: crossfade 0.4
size: 640x360
fps: 25
---
![](red.png)
This is said over a picture that stands, which takes one and another piece of text.

And this after a while.
---
![mute](white.mp4)
Over a clip that moves on.
---
![zoom](blue.png)
(transition: wipe-right 1)
This comes in at once.
---
![](red.png)
![](white.png)
Two pictures, and one that fades into the other while it is said.
---
![](moving.gif)
(canvas: white)
A thing that goes round.
---
![](blue.png)
(duration: 1)
> nobody says this
---
![](red.png)
(duration: 1)
`

// TestCaptionsAreOnAtTheirTimes examines every frame of videos with stills, clips, moves, GIFs and
// transitions. A caption must be visible from the frame nearest to its start to the frame nearest
// to its end, and in no other frame.
func TestCaptionsAreOnAtTheirTimes(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for name, header := range map[string]string{"plain": "subtitles: overlay\n", "karaoke": "subtitles:\n  style: karaoke\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film, r, cues := captioned(t, "---\n"+header+everywhere)
			check(t, film, r)
			if len(r.Warnings) > 0 {
				t.Errorf("warnings: %v", r.Warnings)
			}
			on := make([]bool, r.Frames)
			for _, c := range cues {
				for n := frameAt(c.Start); n < frameAt(c.End); n++ {
					on[n] = true
				}
			}
			gif := gifFrames(cues)
			for n, s := range feet(t, film) {
				if got := s.black > 60; got != on[n] && !gif(n) {
					t.Errorf("frame %d has %d dark pixels; caption expected: %v", n, s.black, on[n])
				}
				if (name == "plain") && s.yellow > 0 && !gif(n) {
					t.Errorf("frame %d has a highlight", n)
				}
			}
		})
	}
}

// gifFrames returns a function that reports whether a frame is near the GIF, whose own colours look
// like captions.
func gifFrames(cues []caption.Cue) func(int) bool {
	for _, c := range cues {
		if strings.HasPrefix(c.Text, "A thing") {
			return func(n int) bool { return n >= frameAt(c.Start)-15 && n < frameAt(c.End)+40 }
		}
	}
	return func(int) bool { return false }
}

// TestKaraoke checks that each word is highlighted while it is spoken, in reading order, over a
// still picture and over a clip.
func TestKaraoke(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, c := range []struct {
		name, script string
		right        bool
	}{
		{"over a still", "![](red.png)\nSeven words are said over this picture.", true},
		{"over a clip", "![freeze mute](white.mp4)\nSeven words are said over this clip, and some.", true},
		{
			"while it comes in",
			"![](red.png)\n(duration: 1)\n---\n(transition: slide-left 2)\n![](blue.png)\nSeven words while it comes in.", true,
		},
		{"from right to left", "![](red.png)\n(duration: 3)\n> אחת שתיים שלוש ארבע", false},
		{"without blanks", "![](red.png)\n(duration: 3)\n> 今天早上 港口里 非常安静", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			film, r, cues := captioned(t, "---\nsubtitles: {style: karaoke, highlight: yellow, size: 44}\nsize: 640x360\n"+
				"fps: 25\n---\n"+c.script+"\n")
			check(t, film, r)
			all := feet(t, film)
			lit := 0
			for _, cue := range cues {
				last := seen{}
				for i, w := range cue.Words {
					a, z := frameAt(w.Start), frameAt(w.End)
					if i+1 < len(cue.Words) && cue.Words[i+1].Start-w.End < 7200 {
						z = frameAt(cue.Words[i+1].Start)
					}
					if z = min(z, frameAt(cue.End)); a >= z {
						continue
					}
					lit++
					for n := a; n < z; n++ {
						if s := all[n]; s.yellow < 8 || math.Abs(s.x-all[a].x) > 3 {
							t.Errorf("frame %d: the highlight of %q differs from that in its first frame: %+v, %+v",
								n, cue.Text[w.Offset:][:w.Length], s, all[a])
						}
					}
					now := all[a]
					if sameLine := math.Abs(now.y-last.y) < 9; last.yellow > 0 && sameLine && now.x > last.x != c.right {
						t.Errorf("the highlight of %q is at %.0f, that of the previous word at %.0f",
							cue.Text[w.Offset:][:w.Length], now.x, last.x)
					}
					last = now
				}
				if n := frameAt(cue.End); n < len(all) && all[n].yellow > 0 &&
					!slices.ContainsFunc(cues, func(o caption.Cue) bool { return frameAt(o.Start) <= n && frameAt(o.End) > n }) {
					t.Errorf("frame %d has a highlight after the end of %q", n, cue.Text)
				}
			}
			if lit < 3 {
				t.Errorf("%d words were highlighted", lit)
			}
		})
	}
}

// TestCaptionsOnStillsStand checks that a still picture with captions is coded completely only once
// every ten seconds, that each state of a caption is coded as a change, and that all other frames
// repeat.
func TestCaptionsOnStillsStand(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	const script = "size: 640x360\nfps: 25\n---\n![](red.png)\n" +
		"One sentence follows another over one picture. It takes a while to say them all. Whoever listens may grow tired " +
		"of it.\n\nBut there is more. The picture stands, and what is said goes on. That is all that there is to say."
	words := 0
	for name, header := range map[string]string{"plain": "overlay", "karaoke": "{style: karaoke}"} {
		film, r, cues := captioned(t, "---\nsubtitles: "+header+"\n"+script)
		sums := check(t, film, r)
		distinct := map[string]bool{}
		for _, s := range sums {
			distinct[s] = true
		}
		n := codedPictures(t, film)
		most := 2*len(cues) + int(r.Frames/250) + 2
		if name == "karaoke" {
			for _, c := range cues {
				words += len(c.Words)
			}
			most += 2 * words
		}
		if n > most || len(distinct) > n {
			t.Errorf("%s: %d pictures are coded, want %d at most; %d are distinct", name, n, most, len(distinct))
		}
		whole := 0
		flags := string(run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=flags", "-of", "csv=p=0", film))
		since := 0
		for line := range strings.FieldsSeq(flags) {
			since++
			if strings.HasPrefix(line, "K") {
				whole, since = whole+1, 0
			}
			if since > 250 {
				t.Fatalf("%s: %d frames without a seek point", name, since)
			}
		}
		if whole > int(r.Frames/250)*2+2 {
			t.Errorf("%s: %d whole pictures in %d frames", name, whole, r.Frames)
		}
	}
}

// TestCaptionsOfWhichAPartIsLost checks that captions are drawn again if any of their parts is
// removed from the cache.
func TestCaptionsOfWhichAPartIsLost(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path := written(t, "---\nsubtitles: {style: karaoke}\nsize: 320x180\nfps: 25\n---\n(duration: 1)\n> Three lit words\n")
	cache := t.TempDir()
	film, _ := produce(t, path, cache, nil)
	want := sum(t, film)
	pictures, err := filepath.Glob(filepath.Join(cache, "pictures", "*", "*"))
	if err != nil || len(pictures) < 3 {
		t.Fatalf("the cache contains the pictures %q, %v", pictures, err)
	}
	for _, p := range pictures {
		if err := os.Remove(p); err != nil {
			t.Fatal(err)
		}
		if film, _ = produce(t, path, cache, nil); sum(t, film) != want {
			t.Errorf("without %s in the cache the video differs", filepath.Base(p))
		}
	}
}

// TestCaptionedFilmsAreTheSame checks that the bytes of a video do not depend on the number of
// workers or on the contents of the cache.
func TestCaptionedFilmsAreTheSame(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path := written(t, "---\nsubtitles: {style: karaoke}\n"+everywhere)
	cache := t.TempDir()
	one, _ := produce(t, path, cache, func(c *house.Config) { c.Proc.Jobs = 1 })
	two, r := produce(t, path, "", func(c *house.Config) { c.Proc.Jobs = 2 })
	again, found := produce(t, path, cache, nil)
	if sum(t, one) != sum(t, two) || sum(t, one) != sum(t, again) {
		t.Error("a second build of the same script has other bytes")
	}
	if len(r.Made) == 0 || len(found.Made) > 1 {
		t.Errorf("the second build made %v", found.Made)
	}
	// After one caption gets another word at its end, only the parts that show the caption are
	// made.
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), "nobody says this", "nobody says this now", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, edited := produce(t, path, cache, nil)
	kinds := map[part.Kind]int{}
	for _, m := range edited.Made {
		kinds[m.What]++
	}
	if kinds["subtitle"] != 1 || kinds["sentence"]+kinds["clip"]+kinds["move"] > 0 {
		t.Errorf("an edit of one caption made %v", kinds)
	}
}

// TestPlacesAndColours checks the positions and colours of captions.
func TestPlacesAndColours(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, c := range []struct {
		name, style string
		top, bottom int // first and last row that is not red
	}{
		// The margin is 15 pixels (of 30 at twice the size); a line of 17 pixels and its outline
		// are above it.
		{"bottom", "{}", 316, 347},
		{"top", "{position: top}", 14, 42},
		{"middle", "{position: middle}", 168, 192},
		{"a box", "{background: black, size: 40}", 310, 345},
		{"twice the size", "{scale: 2}", 298, 347},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			film, r, _ := captioned(t, "---\nsize: 640x360\nsubtitles: "+c.style+"\n---\n![](red.png)\n(duration: 1)\n> Hxg\n")
			check(t, film, r)
			at := pixels(t, film, 12)
			top, bottom := 360, 0
			for y := range 360 {
				for x := 250; x < 390; x++ {
					if p := at(x, y); p.R < 120 || p.G > 120 {
						top, bottom = min(top, y), max(bottom, y)
					}
				}
			}
			if top < c.top || top > c.top+12 || bottom > c.bottom || bottom < c.bottom-14 {
				t.Errorf("the caption is in the rows %d to %d", top, bottom)
			}
		})
	}
}
