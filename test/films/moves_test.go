package films_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/house"
	"mynah/internal/testrun"
)

// moves is a video in which stills, a clip that is held, a zoom and transitions follow each other. Its scenes begin at
// the frames 0, 25, 125, 150, 200, 250 and 300.
const moves = `---
size: 320x180
fps: 25
---
![](red.png)
(duration: 1)
---
![](noise.mp4)
(pause: 4)
---
![](blue.png)
(duration: 1)
---
![zoom](chart.png)
(duration: 2)
---
(transition: crossfade 1)
![](red.png)
(duration: 2)
---
(transition: slide-left 1)
![](chart.png)
(duration: 2)
---
![](blue.png)
(duration: 1)
`

func writeMoves(t *testing.T) string {
	t.Helper()
	path := written(t, moves)
	dir := filepath.Dir(path)
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", filepath.Join(dir, "chart.png"))
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=3,noise=alls=6:allf=t:all_seed=1",
		"-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", "12", filepath.Join(dir, "noise.mp4"))
	return path
}

// TestMovingPicturesBetweenStills checks that a video with B pictures between stills is decoded to the same pictures by
// two decoders, at a constant rate from time 0 on, and that a player that seeks finds each frame.
func TestMovingPicturesBetweenStills(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path := writeMoves(t)
	film, r := produce(t, path, "", nil)
	sums := check(t, film, r)
	if len(sums) != 325 {
		t.Fatalf("%d frames", len(sums))
	}
	for _, same := range [][2]int{{0, 24}, {100, 124}, {125, 149}, {225, 249}, {275, 299}, {300, 324}, {0, 230}, {125, 310}} {
		if sums[same[0]] != sums[same[1]] {
			t.Errorf("frames %d and %d differ", same[0], same[1])
		}
	}
	for _, n := range []int{26, 98, 151, 198, 201, 223, 251, 273} {
		if sums[n] == sums[n+1] {
			t.Errorf("nothing moves at frame %d", n)
		}
	}
	var times []int
	types := map[string]int{}
	for line := range strings.Lines(string(run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries",
		"packet=pts:frame=pict_type", "-of", "csv", film))) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if f[0] == "frame" {
			types[f[1]]++
			continue
		}
		n, err := strconv.Atoi(f[1])
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, n)
	}
	slices.Sort(times)
	for i, at := range times {
		if at*325 != i*(times[1]*325) || times[0] != 0 {
			t.Fatalf("frame %d is shown at %d, the second at %d", i, at, times[1])
		}
	}
	if types["B"] < 40 {
		t.Errorf("the types of the pictures are %v", types)
	}
	for _, n := range []int{0, 24, 25, 26, 27, 60, 99, 100, 124, 125, 150, 163, 199, 200, 211, 224, 225, 262, 324} {
		got := run(t, "ffmpeg", "-v", "error", "-ss", fmt.Sprintf("%.3f", float64(n)/25), "-i", film, "-map", "0:v",
			"-frames:v", "1", "-f", "framemd5", "-")
		if i := bytes.LastIndexByte(got, ','); strings.TrimSpace(string(got[i+1:])) != strings.TrimSpace(sums[n]) {
			t.Errorf("a player that seeks to frame %d shows another", n)
		}
	}
	dir := t.TempDir()
	other, ours := filepath.Join(dir, "openh264.yuv"), filepath.Join(dir, "ffmpeg.yuv")
	run(t, "gst-launch-1.0", "-q", "filesrc", "location="+film, "!", "qtdemux", "!", "h264parse", "!",
		"openh264dec", "!", "filesink", "location="+other)
	run(t, "ffmpeg", "-v", "error", "-i", film, "-map", "0:v", "-f", "rawvideo", ours)
	if sum(t, other) != sum(t, ours) {
		t.Error("openh264 and ffmpeg decode different pictures")
	}
}

// TestChromiumPlaysMovingPictures checks colours at seeks into a video with B pictures, and that no frame is corrupted.
func TestChromiumPlaysMovingPictures(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	film, r := produce(t, writeMoves(t), "", nil)
	got := inBrowser[playback](t, film, player, "look([0.5, 5.5, 9.5, 12.5, 2.02, 8.3, 0.02, 12.02, 3.98])")
	if math.Abs(got.Duration-r.Seconds) > 0.05 || got.Corrupted != 0 || got.Total == 0 || got.Played < 1 {
		t.Errorf("the player returns %+v, but the video lasts %f s", got, r.Seconds)
	}
	for i, want := range map[int]int{0: 0, 1: 2, 2: 0, 3: 2, 6: 0, 7: 2} { // red and blue
		brightest := 0
		for c := 1; c < 3; c++ {
			if got.Seen[i][1+c] > got.Seen[i][1+brightest] {
				brightest = c
			}
		}
		if brightest != want {
			t.Errorf("at %.2f s the player shows %v", got.Seen[i][0], got.Seen[i][1:])
		}
	}
}

// TestCompatibleVideos checks that a compatible video has one parameter set and no B pictures, and that both kinds of
// videos are the same from build to build, also if they share a cache.
func TestCompatibleVideos(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path, cache := writeMoves(t), t.TempDir()
	compatible := func(c *house.Config) { c.Studio.Compatible = true }
	first, r := produce(t, path, cache, nil)
	second, _ := produce(t, path, cache, compatible)
	check(t, second, r)
	for name, c := range map[string]struct {
		film string
		sets byte
	}{"default": {first, 2}, "compatible": {second, 1}} {
		file, err := os.ReadFile(c.film)
		if err != nil {
			t.Fatal(err)
		}
		_, record, ok := bytes.Cut(file, []byte("avcC"))
		if !ok || record[5]&31 != c.sets {
			t.Errorf("%s: %d parameter sets, want %d", name, record[5]&31, c.sets)
		}
		types := string(run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pict_type",
			"-of", "csv=p=0", c.film))
		if strings.Contains(types, "B") != (c.sets == 2) {
			t.Errorf("%s: a video with B pictures: %v", name, c.sets != 2)
		}
	}
	for name, film := range map[string]string{"default": first, "compatible": second} {
		again, _ := produce(t, path, "", func(c *house.Config) {
			c.Proc.Jobs = 1
			c.Studio.Compatible = name == "compatible"
		})
		if sum(t, film) != sum(t, again) {
			t.Errorf("%s: a second build has other bytes", name)
		}
	}
}
