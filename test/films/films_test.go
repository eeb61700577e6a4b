// Package films_test builds complete videos and checks them with decoders and players that are
// independent of Mynah.
package films_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/compile"
	"mynah/internal/house"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

// openHouse opens a studio, which the caller closes. An empty cacheDir means a new, empty cache; change may be nil.
func openHouse(t *testing.T, cacheDir string, change func(*house.Config)) *house.House {
	t.Helper()
	cfg := house.DefaultConfig()
	cfg.CacheDir = cacheDir
	if cacheDir == "" {
		cfg.CacheDir = t.TempDir()
	}
	if change != nil {
		change(&cfg)
	}
	h, err := house.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// requestVideo returns the request for the video of the script at a path.
func requestVideo(path, output string) studio.Request {
	return studio.Request{
		Dir: filepath.Dir(path), Request: compile.Request{Script: filepath.Base(path)}, Output: output,
	}
}

// produce builds a script. Its cacheDir and change are those of openHouse.
func produce(t *testing.T, path, cacheDir string, change func(*house.Config)) (string, *studio.Result) {
	t.Helper()
	h := openHouse(t, cacheDir, change)
	defer h.Close()
	out := filepath.Join(t.TempDir(), "film.mp4")
	r, err := h.Studio.Produce(t.Context(), requestVideo(path, out))
	if err != nil {
		t.Fatal(err)
	}
	return out, r
}

// run runs a program and returns its output.
func run(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, stderr.String())
	}
	return out
}

type stream struct {
	Type     string `json:"codec_type"`
	Codec    string `json:"codec_name"`
	Profile  string `json:"profile"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	PixFmt   string `json:"pix_fmt"`
	Space    string `json:"color_space"`
	Range    string `json:"color_range"`
	Primary  string `json:"color_primaries"`
	Transfer string `json:"color_transfer"`
	Rate     string `json:"r_frame_rate"`
	Average  string `json:"avg_frame_rate"`
	Packets  string `json:"nb_read_packets"`
	Duration string `json:"duration"`
	Channels int    `json:"channels"`
	Samples  string `json:"sample_rate"`
	SAR      string `json:"sample_aspect_ratio"`
}

func (s stream) seconds(t *testing.T) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s.Duration, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func probe(t *testing.T, film string) (video, audio stream) {
	t.Helper()
	var p struct{ Streams []stream }
	if err := json.Unmarshal(run(t, "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", film), &p); err != nil {
		t.Fatal(err)
	}
	// Subtitles and chapter titles are further streams.
	if n := len(p.Streams); n < 2 || n > 4 || p.Streams[0].Type != "video" || p.Streams[1].Type != "audio" {
		t.Fatalf("%d streams: %+v", n, p.Streams)
	}
	return p.Streams[0], p.Streams[1]
}

// frames returns the hash of every decoded frame. Warnings of the decoder fail the test.
func frames(t *testing.T, film string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "warning", "-xerror", "-i", film, "-map", "0:v", "-f", "framemd5", "-")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("decode: %v\n%s", err, stderr.String())
	}
	var sums []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			f := strings.Fields(line)
			sums = append(sums, f[len(f)-1])
		}
	}
	return sums
}

// check checks the properties that every video must have, and returns the hashes of its frames.
func check(t *testing.T, film string, r *studio.Result) []string {
	t.Helper()
	v, a := probe(t, film)
	rate := fmt.Sprintf("%d/%d", r.FPS.Num, r.FPS.Den)
	if v.Codec != "h264" || v.Profile != "High" || v.PixFmt != "yuv420p" || v.SAR != "1:1" ||
		v.Space != "bt709" || v.Primary != "bt709" || v.Transfer != "bt709" || v.Range != "tv" {
		t.Errorf("video: %+v", v)
	}
	if v.Rate != rate || v.Average != rate {
		t.Errorf("rates %s and %s, want %s", v.Rate, v.Average, rate)
	}
	if v.Packets != strconv.FormatInt(r.Frames, 10) {
		t.Errorf("%s frames, want %d", v.Packets, r.Frames)
	}
	if a.Codec != "aac" || a.Profile != "LC" || a.Samples != "48000" {
		t.Errorf("sound: %+v", a)
	}
	if d := v.seconds(t) - a.seconds(t); d > 1024.0/48000 || d < -1024.0/48000 {
		t.Errorf("picture and sound differ by %f s", d)
	}
	head, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	if m, d := bytes.Index(head, []byte("moov")), bytes.Index(head, []byte("mdat")); m < 0 || d < m {
		t.Error("the index is not at the start of the file")
	}
	sums := frames(t, film)
	if int64(len(sums)) != r.Frames {
		t.Errorf("%d frames decode, want %d", len(sums), r.Frames)
	}
	return sums
}

func examplesOf(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", "..", "examples", "*", "script.md"))
	if err != nil || len(found) < 6 {
		t.Fatalf("%d examples: %v", len(found), err)
	}
	return found
}

func TestExamples(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, path := range examplesOf(t) {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Parallel()
			film, r := produce(t, path, "", nil)
			check(t, film, r)
			for _, d := range r.Warnings {
				t.Errorf("warning: %v", d)
			}
			for _, ext := range []string{".jpg"} {
				if _, err := os.Stat(strings.TrimSuffix(film, ".mp4") + ext); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestStandingFramesAreIdentical(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	film, r := produce(t, "testdata/stand/script.md", "", nil)
	sums := check(t, film, r)
	// Scenes of 25 and 12 seconds are longer than the distance between intra pictures.
	for i, s := range sums {
		if i < 625 && s != sums[0] || i >= 625 && s != sums[625] {
			t.Fatalf("frame %d of a still picture differs", i)
		}
	}
	if sums[0] == sums[625] {
		t.Error("the second scene shows the first one's picture")
	}
}

func TestASecondDecoderAgrees(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, path := range []string{"testdata/stand/script.md", "../../examples/clips/script.md", "../../examples/slideshow/script.md"} {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Parallel()
			film, _ := produce(t, path, "", nil)
			dir := t.TempDir()
			other, ours := filepath.Join(dir, "openh264.yuv"), filepath.Join(dir, "ffmpeg.yuv")
			run(t, "gst-launch-1.0", "-q", "filesrc", "location="+film, "!", "qtdemux", "!", "h264parse", "!",
				"openh264dec", "!", "filesink", "location="+other)
			run(t, "ffmpeg", "-v", "error", "-i", film, "-map", "0:v", "-f", "rawvideo", ours)
			if a, b := sum(t, other), sum(t, ours); a != b {
				t.Error("openh264 and ffmpeg decode different pictures")
			}
		})
	}
}

func sum(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || len(b) == 0 {
		t.Fatalf("%s: %v", path, err)
	}
	return sha256.Sum256(b)
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, name := range []string{"clips", "slideshow", "tour"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("..", "..", "examples", name, "script.md")
			cacheDir := t.TempDir()
			one, _ := produce(t, path, cacheDir, func(c *house.Config) { c.Proc.Jobs = 1 })
			again, _ := produce(t, path, cacheDir, nil)
			many, _ := produce(t, path, "", func(c *house.Config) { c.Proc.Jobs = 5 })
			if sum(t, one) != sum(t, again) {
				t.Error("a build with a filled cache differs")
			}
			if sum(t, one) != sum(t, many) {
				t.Error("a build with another number of workers differs")
			}
		})
	}
}
