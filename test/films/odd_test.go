package films_test

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/testrun"
)

// TestOddFiles builds videos of files as cameras and programs write them. It checks the colour in
// the middle of the first frame, which shows a wrong colour matrix, range or rotation.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir := t.TempDir()
	const teal = "0x30A080" // 48, 160, 128
	mk := func(name string, args ...string) {
		run(t, "ffmpeg", append(append([]string{"-v", "error", "-y"}, args...), filepath.Join(dir, name))...)
	}
	src := func(s string) []string {
		return []string{"-f", "lavfi", "-i", "color=" + teal + ":s=" + s + ":r=25:d=1,format=rgb24"}
	}
	sound := []string{"-f", "lavfi", "-i", "sine=f=440:r=44100:d=1", "-ac", "1", "-c:a", "aac"}
	still := append(src("320x180"), "-frames:v", "1")
	mk("rgb.png", still...)
	mk("deep.png", append(still, "-pix_fmt", "rgb48be")...)
	b, err := os.ReadFile(filepath.Join(dir, "rgb.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a b (1) %03d ü.png"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	mk("photo.jpg", append(still, "-q:v", "2", "-pix_fmt", "yuvj444p")...)
	mk("pic.webp", append(still, "-c:v", "libwebp", "-lossless", "1")...)
	mk("lossy.webp", append(still, "-c:v", "libwebp", "-quality", "90")...)
	mk("c444.mp4", append(src("320x180"), "-pix_fmt", "yuv444p", "-c:v", "libx264")...)
	mk("c10.mp4", append(src("320x180"), "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params", "log-level=none")...)
	mk("mono.mov", append(append(src("320x180"), sound...), "-pix_fmt", "yuv420p", "-c:v", "libx264")...)
	mk("mute.webm", append(src("320x180"), "-c:v", "libvpx-vp9")...)
	mk("full.mp4", "-f", "lavfi", "-i", "color="+teal+":s=1280x720:r=25:d=1,format=rgb24,scale=out_color_matrix=bt709:"+
		"out_range=pc,format=yuv420p",
		"-color_range", "pc", "-colorspace", "bt709", "-c:v", "libx264")
	mk("odd.mkv", append(src("318x178"), "-vf", "setsar=4/3", "-pix_fmt", "yuv420p", "-c:v", "libx264")...)
	mk("a.gif", append(src("100x60"), "-r", "10", "-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse")...)
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><rect width="64" height="36" fill="#30A080"/></svg>`
	if err := os.WriteFile(filepath.Join(dir, "d.svg"), []byte(svg), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "avifenc", "--lossless", filepath.Join(dir, "rgb.png"), filepath.Join(dir, "pic.avif"))
	cacheDir := t.TempDir()
	for _, name := range []string{
		"rgb.png", "deep.png", "a b (1) %03d ü.png", "photo.jpg", "pic.webp", "lossy.webp", "pic.avif", "d.svg",
		"c444.mp4", "c10.mp4", "mono.mov", "mute.webm", "full.mp4", "odd.mkv", "a.gif",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := filepath.Join(dir, fmt.Sprintf("s-%x.md", name))
			if err := os.WriteFile(script, []byte("---\nsize: 320x180\n---\n\n![]("+name+")\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			film, r := produce(t, script, cacheDir, nil)
			check(t, film, r)
			checkColor(t, middle(t, film), color.RGBA{48, 160, 128, 255}, 5)
		})
	}
}

// middle returns the colour in the middle of the first frame of a video.
func middle(t *testing.T, film string) color.RGBA {
	t.Helper()
	b := run(t, "ffmpeg", "-v", "error", "-i", film, "-frames:v", "1", "-vf",
		"scale=in_color_matrix=bt709:in_range=tv,format=rgb24,crop=2:2", "-f", "rawvideo", "-")
	return color.RGBA{b[0], b[1], b[2], 255}
}

func checkColor(t *testing.T, got, want color.RGBA, by int) {
	t.Helper()
	for _, d := range [][2]uint8{{got.R, want.R}, {got.G, want.G}, {got.B, want.B}} {
		if v := int(d[0]) - int(d[1]); v > by || v < -by {
			t.Fatalf("colour %v, want %v", got, want)
		}
	}
}

// TestTransparency checks a transparent picture on the canvas.
func TestTransparency(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=0xFF0000@0.5:s=320x180,format=rgba", "-frames:v",
		"1", filepath.Join(dir, "half.png"))
	for _, c := range []struct {
		script string
		want   color.RGBA
	}{
		{"![](half.png)", color.RGBA{255, 128, 128, 255}},
		{"![contain](half.png)", color.RGBA{128, 0, 0, 255}},
		{"(canvas: blue)\n\n![](half.png)", color.RGBA{128, 0, 128, 255}},
	} {
		path := filepath.Join(dir, fmt.Sprintf("%x.md", c.script))
		if err := os.WriteFile(path, []byte("---\nsize: 320x180\n---\n\n"+c.script+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		film, _ := produce(t, path, "", nil)
		checkColor(t, middle(t, film), c.want, 4)
	}
}

// TestReferenceScripts builds real scripts, if they exist, and checks facts about their videos.
func TestReferenceScripts(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	root := filepath.Join("..", "..", "..", "shared", "examples")
	if _, err := os.Stat(root); err != nil {
		t.Skip("shared/examples is not next to the repository: its scripts are not tested")
	}
	for _, c := range []struct {
		name   string
		frames int64
		rate   string
		cuts   []int // first frames of new pictures
	}{
		{"slides", 350, "25/1", []int{25, 75, 125, 175, 225}},
		{"video-segments", 275, "25/1", []int{125, 175, 225}},
		{"callouts", 0, "30000/1001", nil},
		{"hello-world", 0, "25/1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			film, r := produce(t, filepath.Join(root, c.name, "script", "source.md"), "", nil)
			sums := check(t, film, r)
			if c.frames > 0 && r.Frames != c.frames {
				t.Errorf("%d frames, want %d", r.Frames, c.frames)
			}
			if got := fmt.Sprintf("%d/%d", r.FPS.Num, r.FPS.Den); got != c.rate {
				t.Errorf("rate %s, want %s", got, c.rate)
			}
			for _, cut := range c.cuts {
				if sums[cut] == sums[cut-1] {
					t.Errorf("no cut at frame %d", cut)
				}
			}
		})
	}
}
