package films_test

import (
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/testrun"
)

// findColor returns the smallest box that contains all pixels of a frame inside an area for which is returns true.
func findColor(at func(x, y int) color.RGBA, area image.Rectangle, is func(c color.RGBA) bool) (box image.Rectangle) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if is(at(x, y)) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func isRed(c color.RGBA) bool { return c.R > 150 && c.G < 80 && c.B < 80 }

// isRing reports whether a colour is the accent colour of the theme light, #0b57d0.
func isRing(c color.RGBA) bool { return c.B > 150 && c.R < 80 && c.G < 140 }

// TestCalloutsFollowMovingPanes checks that a callout of a picture in a pane stays on the thing that it marks while the
// picture moves, and is not drawn over the other panes. The thing is a red square in a grey picture.
func TestCalloutsFollowMovingPanes(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	const callout = "\n(callout:\n  type: rectangle\n  left: %LEFT\n  top: 120\n  right: %RIGHT\n  bottom: 200\n" +
		"  of: image\n  style: outline)\n"
	frame := image.Rect(0, 0, 640, 360)
	right, corner := image.Rect(320, 0, 640, 360), image.Rect(400, 200, 640, 360)
	for name, c := range map[string]struct {
		body string
		area image.Rectangle
		// leaves is true if the thing moves out of the pane.
		leaves bool
	}{
		"grid":   {"(layout: grid)\n![](plain.png)\n![zoom strong](square.png)\n", right, false},
		"first":  {"(layout: grid)\n![zoom out strong](square.png)\nOUTLINE\n![](plain.png)\n", image.Rect(0, 0, 320, 360), false},
		"corner": {"(layout: corner)\n![](plain.png)\n![zoom strong](square.png)\n", corner, false},
		"both":   {"(layout: grid)\n![zoom out strong](plain.png)\n![zoom strong](square.png)\n", right, false},
		"split":  {"(layout: split)\n![zoom strong](square.png)\n", right, false},
		"framed": {"![screen zoom strong](square.png)\n", frame, false},
		"pan":    {"(layout: grid)\n![](plain.png)\n![pan right strong](wide.png)\n", right, true},
		"whole":  {"![pan right strong](wide.png)\n", frame, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			square := func(name, size, box string) {
				run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=0x808080:s="+size+",format=rgb24,drawbox="+box+":red:fill",
					"-frames:v", "1", filepath.Join(dir, name))
			}
			square("plain.png", "640x360", "0:0:2:2")
			square("square.png", "640x360", "360:120:80:80")
			square("wide.png", "1600x360", "760:120:80:80")
			left, end := "360", "440"
			if c.leaves {
				left, end = "760", "840"
			}
			outline := strings.NewReplacer("%LEFT", left, "%RIGHT", end).Replace(callout)
			body := strings.Replace(c.body, "OUTLINE", outline, 1)
			if body == c.body {
				body += outline
			}
			path := filepath.Join(dir, "script.md")
			script := "---\nsize: 640x360\nfps: 10\ntheme: light\n---\n" + body + "\n(duration: 3)\n"
			if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			film, _ := produce(t, path, "", nil)
			var places []image.Rectangle
			for _, n := range []int{4, 10, 13, 14, 15, 16, 22, 29} {
				at := pixels(t, film, n)
				thing, ring := findColor(at, c.area, isRed), findColor(at, c.area, isRing)
				if outside := findColor(at, frame, isRing); outside != ring {
					t.Errorf("frame %d: the ring is in %v, outside of the pane %v", n, outside, c.area)
				}
				places = append(places, thing)
				if c.leaves && (thing.Min.X < c.area.Min.X+4 || thing.Max.X > c.area.Max.X-4) {
					continue // the thing is cut by the edge of the pane
				}
				// The middle of the ring is 2 px outside of the shape at 720p, and the lines scale with the picture.
				if !ring.Inset(1).In(thing.Inset(-8)) || !thing.In(ring.Inset(-2)) {
					t.Errorf("frame %d: the thing is in %v, the ring in %v", n, thing, ring)
				}
				if dx, dy := measureDistance(thing, ring); math.Abs(dx) > 1.5 || math.Abs(dy) > 1.5 {
					t.Errorf("frame %d: the middles are %.1f, %.1f px apart: %v and %v", n, dx, dy, thing, ring)
				}
			}
			if !slices.ContainsFunc(places, func(r image.Rectangle) bool { return r != places[0] }) {
				t.Errorf("the picture does not move: %v", places)
			}
		})
	}
}

// measureDistance returns the distance between the middles of two boxes.
func measureDistance(a, b image.Rectangle) (dx, dy float64) {
	return float64(a.Min.X+a.Max.X-b.Min.X-b.Max.X) / 2, float64(a.Min.Y+a.Max.Y-b.Min.Y-b.Max.Y) / 2
}

// TestCalloutsInMovingPanes checks that what a callout of a moving picture in a pane hides is never visible, and that a
// callout in pixels of the frame stands still while the picture moves.
func TestCalloutsInMovingPanes(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir := t.TempDir()
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=0x808080:s=640x360,format=rgb24,drawbox=360:120:80:80:red:fill",
		"-frames:v", "1", filepath.Join(dir, "square.png"))
	path := filepath.Join(dir, "script.md")
	const box = "(callout:\n  type: rectangle\n  left: 356\n  top: 116\n  right: 444\n  bottom: 204\n  "
	script := "---\nsize: 640x360\nfps: 10\ntheme: light\n---\n(layout: grid)\n" +
		"![zoom strong](square.png)\n" + box + "of: image\n  style: mask)\n" +
		"![zoom strong](square.png)\n" + box + "style: outline\n  label: here)\n(duration: 3)\n"
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	film, _ := produce(t, path, "", nil)
	left, right := image.Rect(0, 0, 320, 360), image.Rect(320, 0, 640, 360)
	var rings, things []image.Rectangle
	for _, n := range []int{4, 15, 29} {
		at := pixels(t, film, n)
		if seen := findColor(at, left, isRed); !seen.Empty() {
			t.Errorf("frame %d: the mask does not hide %v", n, seen)
		}
		rings, things = append(rings, findColor(at, right, isRing)), append(things, findColor(at, right, isRed))
	}
	if rings[0] != rings[2] || rings[0].Empty() || things[0] == things[2] {
		t.Errorf("the rings are in %v, the things in %v", rings, things)
	}
}

// TestCalloutsHaveTheColorOfTheBrand checks that rings, and the edges of labels, have the accent colour of the brand, in
// every theme.
func TestCalloutsHaveTheColorOfTheBrand(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	isGreen := func(c color.RGBA) bool { return c.G > 120 && c.R < 60 && c.B < 60 }
	for _, theme := range []string{"default", "light", "dark", "paper", "bold", "mine.css"} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			path := written(t, "---\nsize: 640x360\nfps: 10\ntheme: "+theme+"\nbrand: brand.css\n---\n![](white.png)\n\n(callout:\n"+
				"  type: rectangle\n  left: 100\n  top: 100\n  right: 240\n  bottom: 200\n  style: outline)\n\n(callout:\n"+
				"  type: rectangle\n  left: 400\n  top: 100\n  right: 440\n  bottom: 140\n  style: outline\n  label: here)\n\n(duration: 1)\n")
			for name, css := range map[string]string{
				"brand.css": ":root { --accent: #009900 }", "mine.css": ":root { --accent: #cc0000 }",
			} {
				if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(css), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			film, _ := produce(t, path, "", nil)
			at := pixels(t, film, 8)
			ring := findColor(at, image.Rect(0, 0, 320, 360), isGreen)
			if !image.Rect(100, 100, 240, 200).In(ring) || !ring.In(image.Rect(94, 94, 246, 206)) {
				t.Errorf("the ring is in %v", ring)
			}
			if label := findColor(at, image.Rect(320, 150, 640, 360), isGreen); label.Empty() {
				t.Error("the label has no edge in the colour of the brand")
			}
		})
	}
}
