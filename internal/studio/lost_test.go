package studio_test

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/compile"
	"mynah/internal/studio"
	"mynah/internal/testrun"
	"mynah/internal/voice/tone"
)

// spoiler damages random entries of a cache until it is stopped.
type spoiler struct {
	dir   string
	rng   *rand.Rand
	pause time.Duration
	// modes are the kinds of damage: removed, truncated, changed, or all for the whole folder.
	modes []string
	hits  int
	most  int // of hits; 0 means any number
}

// spoilUntil damages an entry after each pause until done is closed.
func (s *spoiler) spoilUntil(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(s.pause):
		}
		if files := s.listEntries(); len(files) > 0 && (s.most == 0 || s.hits < s.most) {
			s.spoil(files[s.rng.IntN(len(files))])
		}
	}
}

func (s *spoiler) listEntries() []string {
	var out []string
	_ = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), "tmp-") {
			return filepath.SkipDir
		}
		if err == nil && d.Type().IsRegular() && len(d.Name()) == 62 {
			out = append(out, path)
		}
		return nil
	})
	return out
}

func (s *spoiler) spoil(path string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	s.hits++
	switch at := s.rng.Int64N(info.Size() + 1); s.modes[s.rng.IntN(len(s.modes))] {
	case "all":
		_ = os.RemoveAll(s.dir)
	case "removed":
		_ = os.Remove(path)
	case "truncated":
		_ = os.Truncate(path, at)
	case "changed":
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			var b [1]byte
			if _, err := f.ReadAt(b[:], at); err == nil {
				b[0] ^= 0x55
				_, _ = f.WriteAt(b[:], at)
			}
			_ = f.Close()
		}
	}
}

// writeProjectToLose writes a project of every kind, and a slide, a list that is revealed, captions and a callout.
func writeProjectToLose(t *testing.T) string {
	t.Helper()
	dir := writeProjectOfEveryKind(t)
	path := filepath.Join(dir, "s.md")
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(script) + "\n---\n\n```md\n# A slide\n\n- one\n- two\n```\n\nA slide is shown. It has a list.\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// buildSpoiled builds a project while the entries of its cache are damaged, and returns the bytes of the video.
func buildSpoiled(t *testing.T, dir string, s *spoiler) []byte {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	e := &slowEngine{Engine: tone.New(), rng: rand.New(rand.NewPCG(1, 1)), max: time.Millisecond}
	e.fails, e.standIn = "Not mine", true
	st := newSlowStudioWithCache(t, e, time.Hour, nil, store)
	done := make(chan struct{})
	var group sync.WaitGroup
	if s != nil {
		s.dir = store.Dir()
		group.Go(func() { s.spoilUntil(done) })
	}
	defer group.Wait()
	defer close(done)
	out := filepath.Join(t.TempDir(), "video.mp4")
	var video []byte
	for range 2 { // the second build finds parts
		if _, err := st.Produce(t.Context(), studio.Request{
			Dir: dir, Request: compile.Request{Script: "s.md"}, Output: out,
		}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if video != nil && !bytes.Equal(video, b) {
			t.Error("the second build differs")
		}
		video = b
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
	}
	return video
}

// TestLostParts checks that builds end with the same bytes while entries of the cache are removed, truncated and
// changed all the time.
func TestLostParts(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := writeProjectToLose(t)
	want := buildSpoiled(t, dir, nil)
	for i, modes := range [][]string{{"removed"}, {"truncated"}, {"changed"}, {"removed", "truncated", "changed"}} {
		if testing.Short() && i < 3 {
			continue
		}
		s := &spoiler{rng: rand.New(rand.NewPCG(uint64(i), 1)), modes: modes, pause: time.Duration(i) * 2 * time.Millisecond}
		got := buildSpoiled(t, dir, s)
		if !bytes.Equal(got, want) || s.hits == 0 {
			t.Errorf("%v: the video differs after %d hits", modes, s.hits)
		}
		t.Logf("%v: %d hits", modes, s.hits)
	}
}

// TestCacheIsRemovedDuringBuild removes the whole folder of the cache several times during a build.
func TestCacheIsRemovedDuringBuild(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := writeProjectOfScenes(t, 4)
	want := buildSpoiled(t, dir, nil)
	s := &spoiler{rng: rand.New(rand.NewPCG(1, 1)), pause: 150 * time.Millisecond, modes: []string{"all"}, most: 3}
	if got := buildSpoiled(t, dir, s); !bytes.Equal(got, want) || s.hits == 0 {
		t.Errorf("the video differs after %d hits", s.hits)
	}
}
