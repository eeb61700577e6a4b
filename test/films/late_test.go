package films_test

import (
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/testrun"
)

// TestClipsThatBeginLate checks clips whose container begins at any time, or whose picture begins
// later than the sound. Such a clip lasts until its last frame.
func TestClipsThatBeginLate(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	mk := func(args ...string) {
		t.Helper()
		run(t, "ffmpeg", append([]string{"-v", "error", "-y"}, args...)...)
	}
	mk("-f", "lavfi", "-i", "color=red:s=320x180:r=25:d=1[a];color=blue:s=320x180:r=25:d=1[b];[a][b]concat", "-c:v",
		"libx264", "-pix_fmt", "yuv420p", at("base.mp4"))
	mk("-f", "lavfi", "-i", "sine=d=2", "-itsoffset", "1", "-i", at("base.mp4"), "-map", "1:v", "-map", "0:a",
		"-c:v", "copy", at("late.mp4"))
	mk("-itsoffset", "5", "-i", at("base.mp4"), "-c", "copy", "-copyts", at("off.mkv"))
	for name, want := range map[string]float64{"late.mp4": 3, "off.mkv": 2} {
		script := filepath.Join(dir, name+".md")
		if err := os.WriteFile(script, []byte("---\nsize: 320x180\n---\n![]("+name+")\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		film, r := produce(t, script, "", nil)
		if r.Seconds < want-0.05 || r.Seconds > want+0.05 {
			t.Errorf("%s: the video lasts %.2f s, want %g", name, r.Seconds, want)
		}
		last := run(t, "ffmpeg", "-v", "error", "-sseof", "-0.1", "-i", film, "-frames:v", "1", "-vf", "scale=1:1",
			"-f", "rawvideo", "-pix_fmt", "rgb24", "-")
		if len(last) != 3 || last[2] < 200 || last[0] > 60 {
			t.Errorf("%s: the last frame is %v, want blue", name, last)
		}
	}
}

// TestTransparentAndTurned checks transparent VP8 clips and rotated AVIF images.
func TestTransparentAndTurned(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
		"color=red:s=64x64:d=1,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a=128", "-c:v",
		"libvpx", "-auto-alt-ref", "0", at("half.webm"))
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:s=32x64[a];color=blue:s=32x64[b];[a][b]hstack",
		"-frames:v", "1", at("halves.png"))
	run(t, "avifenc", "--irot", "1", at("halves.png"), at("turned.avif"))
	pixel := func(text, at string) []int {
		t.Helper()
		script := filepath.Join(dir, "s.md")
		if err := os.WriteFile(script, []byte("---\nsize: 320x320\n---\n"+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		film, _ := produce(t, script, "", nil)
		var out []int
		for _, c := range run(t, "ffmpeg", "-v", "error", "-i", film, "-frames:v", "1", "-vf",
			"crop=4:4:"+at+",scale=1:1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-") {
			out = append(out, int(c))
		}
		return out
	}
	if p := pixel("(canvas: #00f)\n![](half.webm)", "160:160"); len(p) != 3 || p[0] < 90 || p[0] > 170 || p[2] < 90 || p[2] > 170 {
		t.Errorf("half red over blue is %v", p)
	}
	// Rotated by 90 degrees anticlockwise, the right half is at the top.
	top, bottom := pixel("![](turned.avif)\n\n(duration: 1)", "160:40"), pixel("![](turned.avif)\n\n(duration: 1)", "160:280")
	if top[2] < 200 || bottom[0] < 200 {
		t.Errorf("top %v, bottom %v: want blue and red", top, bottom)
	}
}
