//go:build linux

package hostile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mynah/internal/testrun"
)

// TestTouchedFilm checks that a build does not rewrite its unchanged outputs, and that it rewrites
// them if any was changed or damaged.
func TestTouchedFilm(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := siteWithEverything(t)
	if o := s.build(t); o.code != 0 {
		t.Fatal(o.stderr)
	}
	want := s.bytes(t)
	again := func(what string, wantWritten bool) {
		before, _ := os.Stat(s.videoPath())
		if o := s.build(t); o.code != 0 {
			t.Fatal(o.stderr)
		}
		after, err := os.Stat(s.videoPath())
		if err != nil || s.bytes(t) != want {
			t.Fatalf("%s: the video differs from the previous one (%v)", what, err)
		}
		if written := before == nil || !os.SameFile(before, after); written != wantWritten {
			t.Errorf("%s: the video was rewritten: %v", what, written)
		}
	}
	again("nothing", false)
	beside := func(name string) string { return filepath.Join(s.out, name) }
	damage := func(at int) error {
		b := []byte(want)
		b[at] ^= 1
		return os.WriteFile(s.videoPath(), b, 0o600)
	}
	for _, c := range []struct {
		name  string
		touch func() error
	}{
		{"a byte of the film", func() error { return damage(len(want) / 2) }},
		{"a byte of the film, its time put back", func() error {
			fi, err := os.Stat(s.videoPath())
			return errors.Join(err, damage(0), os.Chtimes(s.videoPath(), fi.ModTime(), fi.ModTime()))
		}},
		{"the film's end", func() error { return os.Truncate(s.videoPath(), int64(len(want)-1)) }},
		{"the film's time", func() error { return os.Chtimes(s.videoPath(), time.Now(), time.Unix(1, 0)) }},
		{"the film", func() error { return os.Remove(s.videoPath()) }},
		{"the film, a link in its place", func() error {
			return errors.Join(os.Rename(s.videoPath(), beside("film.srt")), os.Symlink("film.srt", s.videoPath()))
		}},
		{"the poster", func() error { return os.Remove(beside("film.jpg")) }},
		{"the subtitles", func() error { return os.WriteFile(beside("film.srt"), []byte("1\n"), 0o600) }},
		{"the subtitles' other form", func() error { return os.Remove(beside("film.vtt")) }},
	} {
		if err := c.touch(); err != nil {
			t.Fatal(err)
		}
		again(c.name, true)
		if got, err := os.ReadFile(beside("film.srt")); err != nil || len(got) < 20 {
			t.Errorf("%s: the subtitles are %q (%v)", c.name, got, err)
		}
		again(c.name+", and again", false)
	}
}

// TestSubtitlesOfSilentFilm checks that the build of a video without narration removes old
// subtitles next to it, even if the video itself is not rewritten.
func TestSubtitlesOfSilentFilm(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := newSite(t)
	s.write(t, "s.md", header+"(duration: 1)\n")
	for range 2 {
		s.write(t, filepath.Join(s.out, "film.srt"), "1\n00:00:00,000 --> 00:00:01,000\nOld\n")
		if o := s.build(t); o.code != 0 {
			t.Fatal(o.stderr)
		}
		if _, err := os.Stat(filepath.Join(s.out, "film.srt")); err == nil {
			t.Error("old subtitles were left")
		}
	}
}
