package films_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/caption"
	"mynah/internal/meter"
	"mynah/internal/testrun"
)

// TestFurtherSizes checks that one script gives videos of several sizes, that they share their speech and their
// findings, and that the progress never goes back.
func TestFurtherSizes(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	h := openHouse(t, "", nil)
	defer h.Close()
	path := written(t, "---\nsize: 320x180\nsizes: 180x320, 180x180\n---\n![](red.png)\n\nHello there.\n\n"+
		"(mood: good)\n\n---\n\n```\nTwo\n```\n\n(duration: 1)\n")
	out := filepath.Join(t.TempDir(), "my.film.mp4")
	last := 0.0
	request := requestVideo(path, out)
	request.Progress = func(p meter.Progress) {
		if p.Percent < last-1e-9 || p.Percent > 100 {
			t.Errorf("the progress is %g %% after %g %%", p.Percent, last)
		}
		last = p.Percent
	}
	r, err := h.Studio.Produce(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if last < 99.9 {
		t.Errorf("the progress ends at %g %%", last)
	}
	base := strings.TrimSuffix(out, ".mp4")
	names := []string{out, base + "-180x320.mp4", base + "-180x180.mp4"}
	if r.Film != names[0] || len(r.Further) != 2 || r.Further[0].Film != names[1] || r.Further[1].Film != names[2] {
		t.Fatalf("the files are %s and %+v", r.Film, r.Further)
	}
	for i, size := range [][2]int{{320, 180}, {180, 320}, {180, 180}} {
		v, _ := probe(t, names[i])
		if v.Width != size[0] || v.Height != size[1] {
			t.Errorf("%s has %dx%d pixels", names[i], v.Width, v.Height)
		}
	}
	speech := 0
	for _, m := range r.Made {
		if m.What == "sentence" {
			speech++
		}
	}
	if speech != 1 {
		t.Errorf("speech was made %d times: %+v", speech, r.Made)
	}
	moods := 0
	for _, w := range r.Warnings {
		if strings.Contains(w.Summary, "mood") {
			moods++
		}
	}
	if moods != 1 {
		t.Errorf("the warning is reported %d times: %v", moods, r.Warnings)
	}
	request.Progress, request.Slides = nil, true
	list, _, err := h.Studio.Check(t.Context(), request)
	if err != nil || len(list) != len(r.Warnings) {
		t.Errorf("check reports %v, the build %v; %v", list, r.Warnings, err)
	}
}

// TestLargeWords checks each frame of a video with few large words at a time, and that the files of its subtitles are
// those of other styles.
func TestLargeWords(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	const body = "size: 640x360\nfps: 25\n---\n![](red.png)\n\nThis is said over a picture, and it is not long.\n"
	film, r, cues := captioned(t, "---\nsubtitles:\n  style: words\n"+body)
	_, plain, _ := captioned(t, "---\nsubtitles: overlay\n"+body)
	words, err := os.ReadFile(r.SRT)
	if err != nil {
		t.Fatal(err)
	}
	if normal, err := os.ReadFile(plain.SRT); err != nil || !bytes.Equal(words, normal) {
		t.Errorf("the file is %q, with another style %q; %v", words, normal, err)
	}
	groups := caption.SplitIntoWords(cues)
	if len(groups) < 4 {
		t.Fatalf("there are %d groups", len(groups))
	}
	on := make([]bool, r.Frames)
	for _, g := range groups {
		for n := frameAt(g.Start); n < frameAt(g.End); n++ {
			on[n] = true
		}
	}
	seen := feet(t, film)
	for n, s := range seen {
		if got := s.black > 60; got != on[n] {
			t.Errorf("frame %d has %d dark pixels; words expected: %v", n, s.black, on[n])
		}
	}
	for i := 1; i < len(groups); i++ {
		a, b := seen[frameAt((groups[i-1].Start+groups[i-1].End)/2)], seen[frameAt((groups[i].Start+groups[i].End)/2)]
		if a == b {
			t.Errorf("%q looks like %q", groups[i].Text, groups[i-1].Text)
		}
	}
}

// TestPosterWithoutCaptions checks that a poster shows the picture without the caption that covers it in the video.
func TestPosterWithoutCaptions(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	film, r, cues := captioned(t, "---\nsize: 640x360\nfps: 25\nposter: 0.6\nsubtitles: overlay\n---\n![](red.png)\n\n"+
		"This is said for a while.\n")
	n := 15
	if cues[0].Start > int64(n*48000/25) || cues[0].End < int64(n*48000/25) {
		t.Fatalf("no caption covers the frame %d: %+v", n, cues)
	}
	count := func(path string, frame int) (dark int) {
		b := run(t, "ffmpeg", "-v", "error", "-i", path, "-frames:v", "1", "-vf",
			fmt.Sprintf("select=eq(n\\,%d),crop=640:80:0:280,format=rgb24", frame), "-f", "rawvideo", "-")
		for i := 0; i < len(b); i += 3 {
			if b[i] < 60 {
				dark++
			}
		}
		return dark
	}
	if in := count(film, n); in < 60 {
		t.Errorf("the video has %d dark pixels at the poster's frame", in)
	}
	if in := count(r.Poster, 0); in > 0 {
		t.Errorf("the poster has %d dark pixels", in)
	}
}

// TestTextsOfTransitions checks that at no frame of a transition the texts of both slides are seen: one is red, the
// other blue.
func TestTextsOfTransitions(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, kind := range []string{"crossfade", "wipe-right", "slide-left", "dissolve"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			path := written(t, "---\nsize: 640x360\nfps: 25\n---\n(theme: a.css)\n\n```\nMMMM\n```\n\n(duration: 1)\n\n"+
				"---\n(theme: b.css)\n(transition: "+kind+" 0.8)\n\n```\nMMMM\n```\n\n(duration: 1.2)\n")
			for name, color := range map[string]string{"a.css": "#f00", "b.css": "#00f"} {
				css := []byte(".text { color: " + color + " }")
				if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), css, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			film, r := produce(t, path, "", nil)
			b := run(t, "ffmpeg", "-v", "error", "-i", film,
				"-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
			firstBlue, lastRed := -1, -1
			size := len(b) / int(r.Frames)
			for n := range int(r.Frames) {
				var red, blue int
				for i := n * size; i < (n+1)*size; i += 3 {
					// The text of one colour is paler on white while it fades.
					switch d := int(b[i]) - int(b[i+2]); {
					case d > 40:
						red++
					case d < -40:
						blue++
					}
				}
				if red > 10 {
					lastRed = n
				}
				if blue > 10 && firstBlue < 0 {
					firstBlue = n
				}
				if red > 10 && blue > 10 {
					t.Errorf("frame %d shows %d pixels of the old text and %d of the new one", n, red, blue)
				}
			}
			if lastRed < 25 || lastRed > 33 || firstBlue < 37 || firstBlue > 44 {
				t.Errorf("the old text is seen until frame %d, the new one from %d", lastRed, firstBlue)
			}
		})
	}
}
