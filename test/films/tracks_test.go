package films_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/house"
	"mynah/internal/testrun"
)

const inTracks = `---
title: "Der Hafen: früh & spät"
author: A. Gull
description: A morning by the sea.
language: pt-br
subtitles: %s
size: 320x180
fps: 29.97
---
![](red.png)
Um, dois e três. E mais uma frase, que é longa demais para uma linha só.
---
(chapter: Dois: "o fim" 終 <&>)
![mute](white.mp4)
(transition: crossfade 0.4)
A segunda cena & mais.
---
![](blue.png)
(duration: 1)
---
(chapter: Três)
![](red.png)
A terceira.
`

// TestTracksOfText checks the subtitles and chapters in a video as other programs read them.
func TestTracksOfText(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	script := written(t, fmt.Sprintf(inTracks, "embed"))
	cache := t.TempDir()
	film, r := produce(t, script, cache, nil)
	check(t, film, r)
	if len(r.Warnings) > 0 {
		t.Errorf("warnings: %v", r.Warnings)
	}
	srt, err := os.ReadFile(r.SRT)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(run(t, "ffmpeg", "-v", "error", "-i", film, "-map", "0:s", "-f", "srt", "-")), "\r", "")
	if strings.TrimSpace(got) != strings.TrimSpace(string(srt)) || !strings.Contains(got, "frase,") {
		t.Errorf("the subtitle track contains\n%s\nwant\n%s", got, srt)
	}
	var p struct {
		Streams []struct {
			Type     string            `json:"codec_type"`
			Codec    string            `json:"codec_name"`
			Tags     map[string]string `json:"tags"`
			Duration string            `json:"duration"`
		}
		Chapters []struct {
			Start, End int64
			Base       string `json:"time_base"`
			Tags       map[string]string
		}
		Format struct{ Tags map[string]string }
	}
	if err := json.Unmarshal(run(t, "ffprobe", "-v", "error", "-show_streams", "-show_chapters", "-show_format",
		"-of", "json", film), &p); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Streams {
		if s.Tags["language"] != "por" {
			t.Errorf("the language of the %s is %q", s.Type, s.Tags["language"])
		}
	}
	if len(p.Streams) != 4 || p.Streams[2].Codec != "mov_text" {
		t.Errorf("streams: %+v", p.Streams)
	}
	for name, want := range map[string]string{
		"title": "Der Hafen: früh & spät", "artist": "A. Gull",
		"description": "A morning by the sea.", "comment": "A morning by the sea.",
	} {
		if got := p.Format.Tags[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	// Chapters begin exactly with their scenes.
	titles := []string{"Der Hafen: früh & spät", `Dois: "o fim" 終 <&>`, "Três"}
	if len(p.Chapters) != len(titles) {
		t.Fatalf("chapters: %+v", p.Chapters)
	}
	plan := planOf(t, script, cache)
	for i, c := range p.Chapters {
		var num, den int64
		if _, err := fmt.Sscanf(c.Base, "%d/%d", &num, &den); err != nil {
			t.Fatal(err)
		}
		start := plan[[]int{0, 1, 3}[i]]
		want := big.NewRat(start*1001, 30000)
		if got := big.NewRat(c.Start*num, den); got.Cmp(want) != 0 || c.Tags["title"] != titles[i] {
			t.Errorf("chapter %d begins at %s with %q, want %s and %q", i, got.FloatString(6), c.Tags["title"],
				want.FloatString(6), titles[i])
		}
	}
	b, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int{"elng\x00\x00\x00\x00pt-BR\x00": 4, "chpl\x01": 1, "\x00\x00\x00\x0cencd\x00\x00\x01\x00": 3} {
		if n := strings.Count(string(b), what); n != want {
			t.Errorf("%q occurs %d times, want %d", what, n, want)
		}
	}
	again, _ := produce(t, script, "", func(c *house.Config) { c.Proc.Jobs = 1 })
	if sum(t, film) != sum(t, again) {
		t.Error("a second build of the same script has other bytes")
	}
	none, _ := produce(t, written(t, fmt.Sprintf(strings.NewReplacer("(chapter: Três)", "",
		`(chapter: Dois: "o fim" 終 <&>)`, "").Replace(inTracks), "external")), cache, nil)
	if s := string(run(t, "ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", none)); s != "video\naudio\n" {
		t.Errorf("a video without subtitles and chapters has %q", s)
	}
}

// planOf returns the first frame of each scene of a script.
func planOf(t *testing.T, script, cacheDir string) []int64 {
	t.Helper()
	var out []int64
	for _, s := range planScript(t, script, cacheDir).Line.Scenes {
		out = append(out, s.Start)
	}
	return out
}

// TestPlayersOfFilmsWithText checks that a browser and GStreamer play a video with subtitles and
// chapters, and that its pictures equal those of a video without them.
func TestPlayersOfFilmsWithText(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	cache := t.TempDir()
	film, r := produce(t, written(t, fmt.Sprintf(inTracks, "embed")), cache, nil)
	type played struct {
		Duration  float64     `json:"duration"`
		Seen      [][]float64 `json:"seen"`
		Corrupted int         `json:"corrupted"`
		Played    float64     `json:"played"`
	}
	got := inBrowser[played](t, film, player, fmt.Sprintf("look([0.5, %f])", r.Seconds-0.5))
	if got.Corrupted != 0 || got.Played < 1 || got.Duration < r.Seconds-0.03 || got.Duration > r.Seconds+0.03 {
		t.Errorf("%+v of a film of %f s", got, r.Seconds)
	}
	for _, s := range got.Seen {
		if s[1] < 200 || s[2] > 60 {
			t.Errorf("at %.2f s the player shows %v, want red", s[0], s[1:])
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
