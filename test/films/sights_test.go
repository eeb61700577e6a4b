package films_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// place writes a script with one picture or clip into a folder and returns its path.
func place(t *testing.T, dir, header, body string) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("s-%x.md", crc32.ChecksumIEEE([]byte(header+body))))
	if err := os.WriteFile(path, []byte("---\nsize: 320x180\n"+header+"---\n\n"+body+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// withChunk inserts a chunk after the header of a PNG file.
func withChunk(t *testing.T, path, kind string, body []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), kind...)
	c = append(c, body...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	const head = 33
	if err := os.WriteFile(path, slices.Concat(b[:head], c, b[head:]), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestColours checks that pictures with a wide gamut or a high dynamic range have the colours that
// browsers show.
func TestColours(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir, cacheDir := t.TempDir(), t.TempDir()
	mk := func(name string, args ...string) string {
		path := filepath.Join(dir, name)
		run(t, "ffmpeg", append(append([]string{"-v", "error", "-y", "-f", "lavfi", "-i"}, args...), path)...)
		return path
	}
	const orange = "color=0xC86432:s=320x180:r=25:d=0.2,format=rgb24"
	withChunk(t, mk("p3.png", orange, "-frames:v", "1"), "cICP", []byte{12, 13, 0, 1})
	withChunk(t, mk("light.png", "color=0x303030:s=320x180,format=rgb24", "-frames:v", "1"), "gAMA", []byte{0, 1, 0x86, 0xa0})
	withChunk(t, mk("bad.png", orange, "-frames:v", "1"), "iCCP", []byte("x\x00\x00no profile"))
	withChunk(t, mk("p3a.png", "color=0xC86432@0.5:s=320x180,format=rgba", "-frames:v", "1"), "cICP", []byte{12, 13, 0, 1})
	mk("p3.mp4", orange, "-vf", "scale=out_color_matrix=bt709", "-c:v", "libx264", "-pix_fmt", "yuv420p",
		"-color_primaries", "smpte432", "-color_trc", "bt709", "-colorspace", "bt709")
	mk("2020.mp4", orange, "-vf", "scale=out_color_matrix=bt2020", "-c:v", "libx264", "-pix_fmt", "yuv420p",
		"-color_primaries", "bt2020", "-color_trc", "bt2020-10", "-colorspace", "bt2020nc")
	for name, luma := range map[string]int{"hlg-white": 721, "hlg-mid": 502, "pq-white": 573} {
		transfer := "arib-std-b67"
		if strings.HasPrefix(name, "pq") {
			transfer = "smpte2084"
		}
		mk(name+".mov", "color=black:s=320x180:r=25:d=0.2,format=yuv420p10le,geq=lum="+strconv.Itoa(luma)+":cb=512:cr=512", "-c:v", "libx265",
			"-x265-params", "log-level=none", "-color_trc", transfer, "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
	}
	mk("lies.mp4", "color=gray:s=320x180:r=25:d=0.2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-color_trc",
		"log100", "-color_primaries", "film", "-colorspace", "ycgco")
	for name, c := range map[string]struct {
		want color.RGBA
		by   int
	}{
		"p3.png": {color.RGBA{215, 93, 31, 255}, 3}, "light.png": {color.RGBA{120, 120, 120, 255}, 2},
		"bad.png": {color.RGBA{200, 100, 50, 255}, 2},
		"p3a.png": {color.RGBA{235, 174, 143, 255}, 3},
		"p3.mp4":  {color.RGBA{215, 93, 31, 255}, 4}, "2020.mp4": {color.RGBA{240, 76, 29, 255}, 5},
		"hlg-white.mov": {color.RGBA{236, 236, 236, 255}, 6}, "pq-white.mov": {color.RGBA{236, 236, 236, 255}, 6},
		"hlg-mid.mov": {color.RGBA{140, 140, 140, 255}, 5},
		"lies.mp4":    {color.RGBA{128, 128, 128, 255}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film, _ := produce(t, place(t, dir, "canvas: white\n", "![]("+name+")"), cacheDir, nil)
			checkColor(t, middle(t, film), c.want, c.by)
		})
	}
}

// corner returns the colour at the position (40, 40) of a video's first frame.
func corner(t *testing.T, film string) color.RGBA {
	t.Helper()
	b := run(t, "ffmpeg", "-v", "error", "-i", film, "-frames:v", "1", "-vf",
		"scale=in_color_matrix=bt709:in_range=tv,format=rgb24,crop=2:2:40:40", "-f", "rawvideo", "-")
	return color.RGBA{b[0], b[1], b[2], 255}
}

// TestTurnedAVIF checks that AVIF images with the same pixels but different rotations are different
// pictures in the cache.
func TestTurnedAVIF(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir, cacheDir := t.TempDir(), t.TempDir()
	quarters := filepath.Join(dir, "q.png")
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
		"color=red:s=32x18[a];color=lime:s=32x18[b];color=blue:s=32x18[c];color=yellow:s=32x18[d];[a][b]hstack[t];"+
			"[c][d]hstack[u];[t][u]vstack", "-frames:v", "1", quarters)
	red, lime, blue, yellow := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}, color.RGBA{0, 0, 255, 255},
		color.RGBA{255, 255, 0, 255}
	for i, c := range []struct {
		args []string
		want color.RGBA // colour at the position (40, 40)
	}{
		{nil, red},
		{[]string{"--irot", "1"}, lime},
		{[]string{"--irot", "2"}, yellow},
		{[]string{"--irot", "3"}, blue},
		{[]string{"--imir", "0"}, blue},
		{[]string{"--imir", "1"}, lime},
		{[]string{"--irot", "1", "--imir", "0"}, red},
		{[]string{"--irot", "1", "--imir", "1"}, yellow},
		{[]string{"--irot", "3", "--imir", "1"}, red},
	} {
		name := fmt.Sprintf("t%d.avif", i)
		run(t, "avifenc", append(append([]string{"-s", "9", "--min", "0", "--max", "0"}, c.args...), quarters, filepath.Join(dir, name))...)
		film, _ := produce(t, place(t, dir, "asset-resize: fit\n", "![]("+name+")"), cacheDir, nil)
		if got := corner(t, film); max(int(got.R)-int(c.want.R), int(c.want.R)-int(got.R), int(got.G)-int(c.want.G),
			int(c.want.G)-int(got.G), int(got.B)-int(c.want.B), int(c.want.B)-int(got.B)) > 4 {
			t.Errorf("%v: the corner is %v, want %v", c.args, got, c.want)
		}
	}
}

// TestAnimations checks that animated WebP and AVIF images play as GIFs do.
func TestAnimations(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	dir, cacheDir := t.TempDir(), t.TempDir()
	const source = "color=red:s=320x180:r=10:d=0.2[a];color=lime:s=320x180:r=10:d=0.3[b];[a][b]concat,format=rgba"
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libwebp_anim", "-lossless", "1", filepath.Join(dir, "a.webp"))
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, filepath.Join(dir, "f%d.png"))
	frames := []string{"-s", "9", "--min", "0", "--max", "0", "--fps", "10"}
	for i := range 5 {
		frames = append(frames, filepath.Join(dir, fmt.Sprintf("f%d.png", i+1)))
	}
	run(t, "avifenc", append(frames, filepath.Join(dir, "a.avif"))...)
	for _, name := range []string{"a.webp", "a.avif"} {
		for body, want := range map[string]string{
			"![](" + name + ")":                       "RRGGG",
			"![](" + name + ")\n\n(pause: 1)":         "RRGGGRRGGG",
			"![freeze](" + name + ")\n\n(pause: 0.8)": "RRGGGGGG",
		} {
			film, r := produce(t, place(t, dir, "", body), cacheDir, nil)
			if r.FPS.Num != 10*r.FPS.Den {
				t.Errorf("%s: %v frames per second", body, r.FPS)
			}
			b := run(t, "ffmpeg", "-v", "error", "-i", film, "-vf", "scale=1:1,format=rgb24", "-f", "rawvideo", "-")
			var got strings.Builder
			for p := range slices.Chunk(b, 3) {
				if p[0] > p[1] {
					got.WriteByte('R')
				} else {
					got.WriteByte('G')
				}
			}
			if got.String() != want {
				t.Errorf("%s shows %s, want %s", body, got.String(), want)
			}
		}
	}
}

// TestNamesInAnyForm checks that files are found if their names are in another Unicode normal form.
func TestNamesInAnyForm(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	const decomposed, composed = "Mu\u0308ll", "M\u00fcll"
	if err := os.MkdirAll(filepath.Join(dir, decomposed), 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=lime:s=320x180", "-frames:v", "1",
		filepath.Join(dir, decomposed, decomposed+".png"))
	for name, b := range map[string][]byte{
		"t\u0068e\u0301me.css": []byte("body{background:url(" + composed + "/" + composed + ".png)}"),
		"e\u0301.md":           []byte("(duration: 0.2)\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := place(t, dir, "", "![]("+composed+"/"+composed+".png)\n\n---\n(theme: th\u00e9me.css)\n\n```\nx\n```\n\n---\n(include: \u00e9.md)")
	film, r := produce(t, path, "", nil)
	checkColor(t, corner(t, film), color.RGBA{0, 255, 0, 255}, 3)
	if r.Frames < 50 || len(r.Warnings) > 0 {
		t.Errorf("%d frames, %v", r.Frames, r.Warnings)
	}
	b := run(t, "ffmpeg", "-v", "error", "-ss", "1.5", "-i", film, "-frames:v", "1", "-vf",
		"crop=2:2:20:20,format=rgb24", "-f", "rawvideo", "-")
	if !bytes.Equal(b[:2], []byte{b[0], b[1]}) || b[1] < 200 || b[0] > 60 {
		t.Errorf("the picture of the theme is not visible: %v", b[:3])
	}
}

// TestSurround checks that sound with more than two channels is mixed down by ITU-R BS.775.
func TestSurround(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir, cacheDir := t.TempDir(), t.TempDir()
	level := func(pan string) [2]float64 {
		name := fmt.Sprintf("%x.wav", crc32.ChecksumIEEE([]byte(pan)))
		run(t, "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "sine=f=440:r=48000:d=1", "-af", "pan="+pan, filepath.Join(dir, name))
		film, _ := produce(t, place(t, dir, "loudness: none\n", "(audio: "+name+")"), cacheDir, nil)
		text := string(run(
			t, "sh", "-c",
			`ffmpeg -v info -ss 0.2 -t 0.6 -i "$1" -af astats=measure_overall=none:measure_perchannel=RMS_level -f null - 2>&1`,
			"sh", film,
		))
		var out [2]float64
		for i, part := range strings.Split(text, "RMS level dB: ")[1:] {
			v, err := strconv.ParseFloat(strings.Fields(part)[0], 64)
			if err != nil || v < -90 {
				v = -90
			}
			out[i] = v
		}
		return out
	}
	full := level("stereo|FL=c0|FR=c0")[0]
	for pan, want := range map[string][2]float64{
		"5.1|FC=c0":             {-3, -3},
		"5.1|FL=c0":             {0, -90},
		"5.1|BL=c0":             {-3, -90},
		"5.1|LFE=c0":            {-90, -90},
		"5.1|FL=c0|FR=c0|FC=c0": {4.6, 4.6},
		"7.1|FC=c0":             {-3, -3},
		"7.1|SR=c0":             {-90, -3},
	} {
		got := level(pan)
		for i := range got {
			if want[i] == -90 && got[i] < -60 {
				continue
			}
			if d := got[i] - full - want[i]; d > 0.3 || d < -0.3 {
				t.Errorf("%s: channel %d is %.1f dB, want %.1f", pan, i, got[i]-full, want[i])
			}
		}
	}
}

// TestSizes checks the warnings about pictures that are cropped or enlarged too much.
func TestSizes(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir, cacheDir := t.TempDir(), t.TempDir()
	for name, size := range map[string]string{"wide": "1600x180", "small": "64x36", "good": "640x400", "line": "2x4000"} {
		run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=lime:s="+size, "-frames:v", "1", filepath.Join(dir, name+".png"))
	}
	if err := os.WriteFile(filepath.Join(dir, "d.svg"),
		[]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	for picture, want := range map[string]string{
		"![](good.png)": "", "![](d.svg)": "", "![contain](wide.png)": "",
		"![](wide.png)": `only 20 % of "wide.png"`, "![left](wide.png)": "",
		"![](small.png)": "enlarged 5.0 times", "![contain](small.png)": "enlarged 5.0 times", "![fit](wide.png)": "",
	} {
		_, r := produce(t, place(t, dir, "", picture), cacheDir, nil)
		said := ""
		for _, w := range r.Warnings {
			said += w.Summary + "\n"
		}
		if want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", picture, said, want)
		}
	}
	_, err := attempt(t, place(t, dir, "", "![](line.png)"), cacheDir)
	if wrong := (*studio.ScriptError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "nothing of") {
		t.Errorf("a crop without pixels: %v", err)
	}
}

// attempt builds a script and returns the error.
func attempt(t *testing.T, path, cacheDir string) (*studio.Result, error) {
	t.Helper()
	h := openHouse(t, cacheDir, nil)
	defer h.Close()
	return h.Studio.Produce(t.Context(), requestVideo(path, filepath.Join(t.TempDir(), "film.mp4")))
}
