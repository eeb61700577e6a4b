package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/testrun"
)

// TestReserve checks that a build refuses to replace files of the project, and files next to a new video that
// no build wrote.
func TestReserve(t *testing.T) {
	t.Parallel()
	p := newPress(t, "---\n(duration: 1)\n")
	reserve := func(change func(*Target)) (*Outputs, error) {
		target := p.target()
		change(&target)
		return Reserve(p.Store, p.inputs(), target)
	}
	refused := func(what, text string, change func(*Target)) {
		t.Helper()
		_, err := reserve(change)
		if f, ok := fault.As(err); !ok || f.Code != fault.Usage || !strings.Contains(f.Public, text) || f.Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Files with the names of the video's subtitles and poster.
	for _, ending := range []string{".srt", ".vtt", ".jpg"} {
		video := filepath.Join(p.folder, "film"+ending)
		refused(ending, "cannot be named "+video, func(o *Target) { o.Video = video })
	}
	refused("not clean", "cannot be named", func(o *Target) { o.Video = p.folder + "/./film.jpg" })
	refused("the script", "which the script uses", func(o *Target) { o.Video = filepath.Join(p.Dir, "script.md") })
	link := filepath.Join(p.folder, "link.jpg")
	if err := os.Link(filepath.Join(p.Dir, "script.md"), link); err != nil {
		t.Fatal(err)
	}
	refused("a file beside the video", "replace "+link, func(o *Target) { o.Video = filepath.Join(p.folder, "link.mp4") })

	strangers := func(what string, want int, change func(*Target)) {
		t.Helper()
		out, err := reserve(change)
		if err != nil || len(out.strangers) != want {
			t.Errorf("%s: %v, %v", what, out, err)
		}
	}
	same := func(*Target) {}
	strangers("an empty folder", 0, same)
	p.put(t, ".srt", "")
	strangers("an empty file", 0, same)
	p.put(t, ".srt", "x")
	p.put(t, ".timeline.json", "mine")
	strangers("two files", 2, same)
	strangers("one that is not written", 1, func(o *Target) { o.Timeline = false })
	strangers("with force", 0, func(o *Target) { o.Force = true })
	if err := p.Store.PutBytes(cache.Probes, newWrittenFileKey([]byte("mine")), []byte{1}); err != nil {
		t.Fatal(err)
	}
	strangers("one that a build made", 1, same)
	p.put(t, ".mp4", "a video")
	strangers("beside a video", 0, same)
	if out, err := reserve(same); err != nil || !out.replaces {
		t.Errorf("it replaces a video: %v %v", out, err)
	}
	if err := os.Remove(filepath.Join(p.folder, "film.mp4")); err != nil {
		t.Fatal(err)
	}
	if out, err := reserve(same); err != nil || out.replaces {
		t.Errorf("it replaces none: %v %v", out, err)
	}
}

// TestStrangersStay checks that a file that no build wrote is not replaced by different content, and that
// nothing is written then.
func TestStrangersStay(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	p := newPress(t, story)
	p.put(t, ".srt", "mine")
	_, _, err := p.releaser(t, p.target()).PublishVideo(t.Context(), p.video)
	f, ok := fault.As(err)
	if !ok || f.Code != fault.Usage || !strings.Contains(f.Public, "film.srt, which Mynah did not create") ||
		p.names(t) != ".srt" || string(p.read(t, ".srt")) != "mine" {
		t.Errorf("%v, %s", err, p.names(t))
	}
	target := p.target()
	target.Force = true
	p.publish(t, target)
	srt := string(p.read(t, ".srt"))
	if !strings.Contains(srt, "Fish is sold.") {
		t.Errorf("%q", srt)
	}
	// An equal file may exist.
	p.folder = t.TempDir()
	p.put(t, ".srt", srt)
	p.publish(t, p.target())
}

// TestReserveFiles checks that texts replace only files that a build wrote.
func TestReserveFiles(t *testing.T) {
	t.Parallel()
	p := newPress(t, "---\n(duration: 1)\n")
	srt, vtt := filepath.Join(p.folder, "film.srt"), filepath.Join(p.folder, "film.vtt")
	p.put(t, ".srt", "mine")
	write := func(force bool, texts ...string) error {
		t.Helper()
		out, err := ReserveFiles(p.Store, p.inputs(), []string{srt, "", vtt}, force)
		if err != nil {
			t.Fatal(err)
		}
		return out.WriteTexts(t.Context(), []string{srt, "", vtt}, texts)
	}
	if err := write(false, "one", "none", "two"); fault.CodeOf(err) != fault.Usage || p.names(t) != ".srt" {
		t.Errorf("a file of others: %v, %s", err, p.names(t))
	}
	if err := write(false, "mine", "none", "two"); err != nil || string(p.read(t, ".vtt")) != "two" {
		t.Errorf("the same bytes: %v", err)
	}
	if err := write(true, "one", "none", "two"); err != nil || string(p.read(t, ".srt")) != "one" {
		t.Errorf("with force: %v", err)
	}
	if err := write(false, "three", "none", "four"); err != nil || string(p.read(t, ".srt"))+string(p.read(t,
		".vtt")) != "threefour" {
		t.Errorf("its own: %v", err)
	}
	p.put(t, ".vtt", "")
	if err := write(false, "five", "none", "six"); err != nil || string(p.read(t, ".vtt")) != "six" {
		t.Errorf("an empty file: %v", err)
	}
	_, err := ReserveFiles(p.Store, p.inputs(), []string{"", filepath.Join(p.Dir, "script.md")}, true)
	if f, ok := fault.As(err); !ok || f.Code != fault.Usage || !strings.Contains(f.Public, "which the script uses") ||
		!strings.Contains(f.Hint, "script.md") {
		t.Errorf("the script: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := &Outputs{store: p.Store}
	if err := out.WriteTexts(ctx, []string{srt}, []string{"seven"}); !errors.Is(err, context.Canceled) ||
		string(p.read(t, ".srt")) != "five" {
		t.Errorf("a stop: %v", err)
	}
	if err := out.WriteTexts(t.Context(), []string{filepath.Join(p.folder, "no", "x.srt")},
		[]string{"x"}); fault.CodeOf(err) != fault.Disk {
		t.Errorf("no folder: %v", err)
	}
	if got := p.names(t); got != ".srt .vtt" {
		t.Errorf("%s is left", got)
	}
}

// TestLargeFilesAreNotRead checks that files larger than any that a build writes are not read.
func TestLargeFilesAreNotRead(t *testing.T) {
	t.Parallel()
	p := newPress(t, "---\n(duration: 1)\n")
	out := &Outputs{store: p.Store}
	path := filepath.Join(p.folder, "film.srt")
	content := make([]byte, largestMade+1)
	for n, want := range map[int]bool{largestMade: true, largestMade + 1: false} {
		if err := errors.Join(os.WriteFile(path, content[:n], 0o600), p.Store.PutBytes(cache.Probes,
			newWrittenFileKey(content[:n]), []byte{1})); err != nil {
			t.Fatal(err)
		}
		if got := out.wasWrittenByBuild(path); got != want {
			t.Errorf("%d bytes: %t", n, got)
		}
	}
	if out.wasWrittenByBuild(path + "no") {
		t.Error("a missing file counts as one of a build")
	}
}

// TestMeter checks that progress is reported for every fiftieth of a stream, and that a cancellation ends it.
func TestMeter(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var reports []float64
	ctx, cancel := context.WithCancel(t.Context())
	m := &countingWriter{w: &contextWriter{ctx: ctx, w: &out}, total: 100, report: func(p float64) { reports = append(reports, p) }}
	for _, n := range []int{1, 1, 1, 50, 2, 1} {
		if w, err := m.Write(make([]byte, n)); w != n || err != nil {
			t.Errorf("%d of %d, %v", w, n, err)
		}
	}
	if out.Len() != 56 || fmt.Sprint(reports) != "[0.03 0.53 0.56]" {
		t.Errorf("%d bytes, %v", out.Len(), reports)
	}
	cancel()
	if n, err := m.Write([]byte("x")); n != 0 || !errors.Is(err, context.Canceled) || out.Len() != 56 {
		t.Errorf("behind a stop: %d, %v", n, err)
	}
	if _, err := io.WriteString(m.w, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
