package release

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/testrun"
	"mynah/internal/timeline"
)

const story = `title: The harbour
author: A. Gull
description: A morning by the sea.
language: en-GB
subtitles: embed
poster: 1.5
---

(canvas: black)
(chapter: Morning)

Every morning the boats come in.

---
(canvas: white)
(chapter: Noon)
(duration: 2)

By noon all their fish is sold.

> Fish is sold.
`

// TestPublish checks the video's tags, subtitles and chapters, and the files next to it.
func TestPublish(t *testing.T) {
	t.Parallel()
	p := newPress(t, story)
	files := p.publish(t, p.target())
	if got := p.names(t); got != ".chapters.txt .jpg .mp4 .srt .timeline.json .transcript.md .vtt" {
		t.Errorf("%s", got)
	}
	if p.checks != "()" {
		t.Errorf("checks: %q", p.checks)
	}
	for i, path := range files.listPaths() {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("file %d: %v", i, err)
		}
	}
	info := p.probe(t, files.Film)
	for name, want := range map[string]string{
		"title": "The harbour", "artist": "A. Gull", "description": "A morning by the sea.",
		"comment": "A morning by the sea.", "encoder": "Mynah",
	} {
		if got := info.Format.Tags[name]; got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if len(info.Streams) < 3 || info.Streams[2].Type != "subtitle" {
		t.Fatalf("%+v", info.Streams)
	}
	for _, s := range info.Streams[:3] {
		if s.Tags["language"] != "eng" {
			t.Errorf("the language of %s is %q", s.Type, s.Tags["language"])
		}
	}
	if len(info.Chapters) != 2 || info.Chapters[0].Tags["title"] != "Morning" || info.Chapters[1].Tags["title"] != "Noon" {
		t.Errorf("%+v", info.Chapters)
	}
	second := p.Line.ToDuration(p.Line.Scenes[1].Start)
	transcript, chapters := string(p.read(t, ".transcript.md")), string(p.read(t, ".chapters.txt"))
	for _, want := range []string{
		"# The harbour", "## 0:00 Morning", "## 0:02 Noon",
		"Every morning the boats come in.", "By noon all their fish is sold.",
	} {
		if !strings.Contains(transcript, want) {
			t.Errorf("the transcript has no %q:\n%s", want, transcript)
		}
	}
	if noon := strings.Index(transcript, "## 0:02 Noon"); noon > strings.Index(transcript, "By noon") ||
		noon < strings.Index(transcript, "Every morning") {
		t.Errorf("the second chapter is not in its place:\n%s", transcript)
	}
	if want := "0:00 Morning\n0:0" + string(rune('0'+int(second.Seconds()))) + " Noon\n"; chapters != want {
		t.Errorf("%q, want %q", chapters, want)
	}
	srt := string(p.read(t, ".srt"))
	if srt != caption.FormatSRT(p.Cues) || !strings.Contains(srt, "Fish is sold.") || string(p.read(t,
		".vtt")) != caption.FormatVTT(p.Cues) {
		t.Errorf("%s", srt)
	}
	var plan struct {
		Timeline timeline.Line `json:"timeline"`
		Captions []caption.Cue `json:"captions"`
	}
	if err := json.Unmarshal(p.read(t, ".timeline.json"), &plan); err != nil ||
		plan.Timeline.Frames != p.Line.Frames || len(plan.Captions) != len(p.Cues) {
		t.Errorf("%v %+v", err, plan)
	}
	if l := p.luma(t, p.read(t, ".jpg")); l > 20 {
		t.Errorf("the poster, of the first scene, has the luma %d", l)
	}
	for i, done := range p.reports {
		if done < 0 || done > 1 {
			t.Errorf("report %d is %v", i, done)
		}
	}
}

// TestPlainVideo checks that no files are written for features that a video does not have.
func TestPlainVideo(t *testing.T) {
	t.Parallel()
	p := newPress(t, "---\n(duration: 1)\n")
	files := p.publish(t, p.target())
	if got := p.names(t); got != ".jpg .mp4 .timeline.json .transcript.md" || files.SRT+files.VTT+files.Chapters != "" {
		t.Errorf("%s: %+v", got, files)
	}
	if got := string(p.read(t, ".transcript.md")); !strings.HasPrefix(got, "# script\n") {
		t.Errorf("%q", got)
	}
	if info := p.probe(t, files.Film); len(info.Streams) != 2 || info.Streams[0].Frames != "10" ||
		len(info.Chapters) != 0 {
		t.Errorf("%+v", info)
	}
	p.folder = t.TempDir()
	target := p.target()
	target.Timeline, target.Transcript = false, false
	if files := p.publish(t, target); p.names(t) != ".jpg .mp4" || files.Timeline+files.Transcript != "" {
		t.Errorf("%s", p.names(t))
	}
}

// TestStanding checks that unchanged files are not written again, and that all are written again if one was
// modified or must be removed.
func TestStanding(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	p := newPress(t, story)
	p.publish(t, p.target())
	before := p.stats(t)
	same := func(what string, want bool) {
		t.Helper()
		p.checks = ""
		p.publish(t, p.target())
		after := p.stats(t)
		if got := after[".mp4"] == before[".mp4"] && p.checks == ""; got != want {
			t.Errorf("%s: unchanged is %t", what, got)
		}
		before = after
	}
	same("the same build", true)
	for _, ending := range []string{".mp4", ".srt", ".vtt", ".jpg", ".timeline.json", ".transcript.md", ".chapters.txt"} {
		old := p.read(t, ending)
		p.put(t, ending, "touched")
		same(ending+" was touched", false)
		if string(p.read(t, ending)) != string(old) {
			t.Errorf("%s has changed", ending)
		}
	}
	if err := os.Remove(filepath.Join(p.folder, "film.vtt")); err != nil {
		t.Fatal(err)
	}
	same("a file is gone", false)
	p.Store.RemoveEntry(cache.Probes, newWrittenFileKey(p.read(t, ".srt")))
	same("the note of a file is gone", false)
	same("once more", true)
	p.video.Board.Film.Title = "Another"
	same("another title", false)
	p.video.Board.Film.Poster = script.Poster{Word: "end"}
	same("another poster", false)
	if l := p.luma(t, p.read(t, ".jpg")); l < 230 {
		t.Errorf("the poster, of the end, has the luma %d", l)
	}
}

// TestStaleFiles checks that the subtitles and chapters of a replaced video are removed, and other files are
// not.
func TestStaleFiles(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	p := newPress(t, story)
	p.publish(t, p.target())
	p.make(t, "---\n(duration: 1)\n")
	p.publish(t, p.target())
	if got := p.names(t); got != ".jpg .mp4 .timeline.json .transcript.md" {
		t.Errorf("%s", got)
	}
	// A list of chapters that no build wrote belongs to somebody else.
	p.put(t, ".chapters.txt", "mine")
	p.publish(t, p.target())
	if got := string(p.read(t, ".chapters.txt")); got != "mine" {
		t.Errorf("%q", got)
	}
	// Players would use these subtitles for a video without its own.
	before := p.stats(t)
	p.put(t, ".srt", "mine")
	p.publish(t, p.target())
	if after := p.stats(t); after[".mp4"] == before[".mp4"] || p.read(t, ".srt") != nil {
		t.Error("the files count as unchanged although there are subtitles of another video")
	}
	// Without a request for a transcript, the list of an earlier build stays.
	p.make(t, story)
	p.publish(t, p.target())
	p.make(t, "---\n(duration: 1)\n")
	target := p.target()
	target.Transcript = false
	p.publish(t, target)
	if p.read(t, ".chapters.txt") == nil {
		t.Error("chapters that were not requested are removed")
	}
	// With one, the list is stale, although all other files are unchanged.
	p.publish(t, p.target())
	if p.read(t, ".chapters.txt") != nil {
		t.Error("stale chapters stand")
	}
}

// TestFailuresLeaveAll checks that after a cancellation, a missing part or a write error, existing files are
// unchanged and no new files remain.
func TestFailuresLeaveAll(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	p := newPress(t, story)
	p.put(t, ".mp4", "old")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fails := func(what string, r *Releaser, ctx context.Context) error {
		t.Helper()
		_, _, err := r.PublishVideo(ctx, p.video)
		if got := p.names(t); err == nil || got != ".mp4" || string(p.read(t, ".mp4")) != "old" {
			t.Errorf("%s: %v, and %s", what, err, got)
		}
		return err
	}
	_ = fails("a stop", p.releaser(t, p.target()), ctx)
	target := p.target()
	r := p.releaser(t, target)
	r.out.Video = filepath.Join(p.folder, "no", "film.mp4")
	if err := fails("no folder", r, t.Context()); fault.CodeOf(err) != fault.Disk {
		t.Errorf("%v", err)
	}
	runs := p.video.Pictures
	p.video.Pictures = append(runs[:1:1], runs[0])
	if err := fails("other pictures", p.releaser(t, target), t.Context()); fault.CodeOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
	p.video.Pictures = runs
	p.Store.RemoveEntry(cache.Sounds, p.video.Sound[0].Segment)
	_ = fails("a part is gone", p.releaser(t, target), t.Context())
}

// TestPosterFrame checks that the poster is the frame in the header, limited to the video, else the middle of
// the first scene.
func TestPosterFrame(t *testing.T) {
	t.Parallel()
	line := &timeline.Line{FPS: frame.Rate{Num: 30000, Den: 1001}, Frames: 100, Scenes: []timeline.Scene{
		{Frames: 41},
		{Start: 41, Frames: 59},
	}}
	for _, c := range []struct {
		poster script.Poster
		want   int64
	}{
		{script.Poster{Word: "middle"}, 20},
		{script.Poster{Word: "start"}, 0},
		{script.Poster{Word: "end"}, 99},
		{script.Poster{At: time.Second}, 29},
		{script.Poster{At: 2 * time.Second}, 59},
		{
			script.Poster{At: time.Hour},
			99,
		},
		{script.Poster{At: -time.Hour}, 0},
	} {
		board := &storyboard.Board{}
		board.Film.Poster = c.poster
		r := &Releaser{video: Video{Board: board, Line: line}}
		if got := r.choosePosterFrame(); got != c.want {
			t.Errorf("%+v: %d, want %d", c.poster, got, c.want)
		}
	}
	line.Frames = 1
	board := &storyboard.Board{Film: storyboard.Film{Poster: script.Poster{Word: "middle"}}}
	r := &Releaser{video: Video{Board: board, Line: line}}
	if got := r.choosePosterFrame(); got != 0 {
		t.Errorf("of a single frame: %d", got)
	}
}

// TestLanguages checks the three-letter code and the tag for MP4; both are empty for an invalid language.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][2]string{
		"en-GB": {"eng", "en-GB"}, "de": {"deu", "de"}, "zh-hans": {"zho", "zh-Hans"}, "": {"", ""}, "und": {"", ""},
		"not a tag": {"", ""},
	} {
		if got := [2]string{toISO639(tag), toBCP47(tag)}; got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

// TestSoftCues checks that embedded cues have the times of the subtitle files, in whole milliseconds.
func TestSoftCues(t *testing.T) {
	t.Parallel()
	board := &storyboard.Board{}
	board.Film.Subtitles.Mode = script.SubtitlesEmbed
	cue := caption.Cue{Start: 47, End: 48100, Text: "one two", Breaks: []int{4}}
	r := &Releaser{video: Video{Board: board, Cues: []caption.Cue{cue}}}
	got := r.listEmbeddedCues()
	if len(got) != 1 || got[0].Start != 48 || got[0].End != 1002*48 || strings.Join(strings.Fields(got[0].Text),
		" ") != "one two" || !strings.Contains(got[0].Text, "\n") {
		t.Errorf("%+v", got)
	}
	board.Film.Subtitles.Mode = script.SubtitlesOverlay
	if got := r.listEmbeddedCues(); got != nil {
		t.Errorf("%+v", got)
	}
}
