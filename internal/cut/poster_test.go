package cut

import (
	"bytes"
	"image/jpeg"
	"testing"

	"mynah/internal/testrun"
)

// TestSheetFrame checks that a sheet shows a caption if there is one, and no frame inside a fade.
func TestSheetFrame(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for name, c := range map[string]struct {
		script   string
		captions [][2]int64
		least    int64 // the first and last frame that are right
		most     int64
	}{
		"the middle":                 {"![](a.png)\n(duration: 2)\n", nil, 10, 10},
		"a caption at the middle":    {"![](a.png)\n(duration: 2)\n", [][2]int64{{5, 15}}, 10, 10},
		"a caption before it":        {"![](a.png)\n(duration: 2)\n", [][2]int64{{2, 7}}, 6, 6},
		"the nearer of two captions": {"![](a.png)\n(duration: 2)\n", [][2]int64{{0, 4}, {12, 20}}, 12, 12},
		// The second picture fades in within the frames 10 to 13.
		"no fade":             {"![](a.png)\n![](b.png)\n(duration: 2)\n", nil, 9, 9},
		"a caption in a fade": {"![](a.png)\n![](b.png)\n(duration: 2)\n", [][2]int64{{10, 16}}, 14, 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStudio(t, "(canvas: white)\n(duration: 1)\n\n---\n"+c.script)
			for _, span := range c.captions {
				s.caption(t, 1, span[0], span[1])
			}
			if got := s.cutter(t).chooseSheetFrame(1); got < c.least || got > c.most {
				t.Errorf("frame %d, want %d to %d; the scene is %+v", got, c.least, c.most, s.Line.Scenes[1])
			}
		})
	}
}

// TestPosterShowsNoCaption checks the pixels of posters below a caption, and that a poster is drawn once.
func TestPosterShowsNoCaption(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newStudio(t, "![](a.png)\n(duration: 1)\n\n---\n![](b.png)\n(transition: crossfade 0.4)\n(duration: 1)\n")
	s.caption(t, 0, 3, 8)
	s.caption(t, 1, 0, 10)
	if b, err := s.cutter(t).DrawPoster(t.Context(), 1); b != nil || err != nil {
		t.Errorf("a frame without captions: %d bytes, %v", len(b), err)
	}
	for n, want := range map[int64][3]uint32{5: {250, 0, 0}, 19: {0, 0, 250}} {
		c := s.cutter(t)
		b, err := c.DrawPoster(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		r, g, bl, _ := img.At(3, 3).RGBA()
		for i, v := range [3]uint32{r >> 8, g >> 8, bl >> 8} {
			if v+40 < want[i] || v > want[i]+40 {
				t.Errorf("frame %d is %d %d %d below the caption", n, r>>8, g>>8, bl>>8)
			}
		}
		again := s.cutter(t)
		second, err := again.DrawPoster(t.Context(), n)
		if err != nil || !bytes.Equal(b, second) || again.Book.CountParts() > 0 {
			t.Errorf("frame %d is drawn again: %v, %d parts", n, err, again.Book.CountParts())
		}
	}
	// In a transition, both pictures are seen without captions.
	b, err := s.cutter(t).DrawPoster(t.Context(), 12)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, bl, _ := img.At(3, 3).RGBA(); r>>8 < 40 || bl>>8 < 40 {
		t.Errorf("frame 12 is %d red and %d blue", r>>8, bl>>8)
	}
}
