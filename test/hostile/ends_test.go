//go:build linux

package hostile_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mynah/internal/testrun"
)

// TestDamagedCache damages the files in a cache in every way that disks and people do, and builds
// again. The video must be the same.
func TestDamagedCache(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	s := siteWithEverything(t)
	if o := s.build(t); o.code != 0 {
		t.Fatal(o.stderr)
	}
	want := s.bytes(t)
	rng := rand.New(rand.NewPCG(3, 3))
	for round := range 12 {
		damaged := 0
		for _, name := range s.entries(t) {
			// From round 6 on, about half of the entries remain undamaged.
			if round > 5 && rng.IntN(2) == 0 {
				continue
			}
			// Up to round 8, a round damages all its entries in the same way.
			kind := round % 6
			if round > 8 {
				kind = rng.IntN(6)
			}
			if err := damageFile(name, kind, rng); err != nil {
				t.Fatal(err)
			}
			damaged++
		}
		if err := os.Remove(s.videoPath()); err != nil {
			t.Fatal(err)
		}
		// The record of the files written by earlier builds is damaged too, so --force is needed.
		o := s.build(t, "--force")
		if o.code != 0 || s.bytes(t) != want {
			t.Errorf("round %d, %d damaged entries: exit code %d, the video is %s, want %s: %s", round, damaged,
				o.code, sum(s.bytes(t)), sum(want), o.stderr)
		}
		if damaged == 0 {
			t.Error("no file was damaged")
		}
	}
	// Files in the place of the folders of the cache, and a folder in the place of the lock.
	for _, kind := range []string{"segments", "sounds", "pictures", "narration", "probes", "lock"} {
		path := filepath.Join(s.cache, kind)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if kind == "lock" {
			if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		s.write(t, path, "no folder")
	}
	if o := s.build(t, "--force"); o.code != 0 || s.bytes(t) != want {
		t.Errorf("with files in the place of folders the exit code is %d: %s", o.code, o.stderr)
	}
}

// entries lists the files in the cache.
func (s *site) entries(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(s.cache, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(path) != s.cache {
			out = append(out, path)
		}
		return err
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d entries: %v", len(out), err)
	}
	return out
}

// damageFile damages a file in one of six ways.
func damageFile(name string, kind int, rng *rand.Rand) error {
	b, err := os.ReadFile(name)
	if err != nil || len(b) == 0 {
		return err
	}
	switch kind {
	case 0:
		b = b[:rng.IntN(len(b))]
	case 1:
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
	case 2:
		clear(b)
	case 3:
		return os.Remove(name)
	case 4:
		if err := os.Remove(name); err != nil {
			return err
		}
		return os.MkdirAll(filepath.Join(name, "in", "it"), 0o700)
	case 5:
		b = append(b, b...)
	}
	return os.WriteFile(name, b, 0o600)
}

// TestBuildsSideBySide builds a project with several processes at the same time, with the same
// video file and the same cache, which is empty at first and then filled.
func TestBuildsSideBySide(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	s := siteWithEverything(t)
	want := s.reference(t)
	for _, how := range []string{"cold", "warm"} {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if o := run(t, s.command(t.Context())); o.code != 0 {
					t.Errorf("%s: exit code %d: %s", how, o.code, o.stderr)
				}
				if got := s.bytes(t); got != want {
					t.Errorf("%s: the video is %s, want %s", how, sum(got), sum(want))
				}
			})
		}
		wg.Wait()
		s.clean(t)
	}
}

// TestKills kills builds at random moments. After a kill, the old video or the complete new one
// exists and no process is running. The next build makes the same video and removes temporary
// files.
func TestKills(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	kills := 20
	if testing.Short() {
		kills = 3
	}
	s := siteWithEverything(t)
	begin := time.Now()
	want := s.reference(t)
	cold := time.Since(begin)
	rng := rand.New(rand.NewPCG(11, 11))
	cut := 0
	for i := range kills {
		if i%2 == 0 { // half of the builds use a filled cache
			if err := os.RemoveAll(s.cache); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.RemoveAll(s.out); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(s.out, 0o700); err != nil {
			t.Fatal(err)
		}
		s.write(t, s.videoPath(), oldFilm)
		cmd := s.command(t.Context())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.Int64N(int64(cold))))
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
		if got := s.bytes(t); got != oldFilm && got != want {
			t.Fatalf("after kill %d the video is neither the old nor the new one", i)
		} else if got == oldFilm {
			cut++
		}
		waitUntil(t, "no process is left", func() bool { return len(s.processes()) == 0 })
		// Only every other kill is followed by a build, so that a build must also clean up after
		// several kills.
		if i%2 == 0 && i < kills-2 {
			continue
		}
		if o := s.build(t); o.code != 0 || s.bytes(t) != want {
			t.Fatalf("after kill %d: exit code %d, the video is %s, want %s: %s", i, o.code, sum(s.bytes(t)), sum(want), o.stderr)
		}
	}
	t.Logf("%d of %d builds were killed before their end", cut, kills)
	if cut < kills/4 {
		t.Errorf("only %d of %d builds were killed before their end, which is too few for this test", cut, kills)
	}
}

// TestKilledWhileWriting kills a build at moments that random kills rarely hit: while it writes the
// files next to the video.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := siteWithEverything(t)
	if o := s.build(t); o.code != 0 {
		t.Fatal(o.stderr)
	}
	want := s.bytes(t)
	left := func() bool {
		for _, n := range names(t, s.out) {
			if strings.HasPrefix(n, ".") {
				return true
			}
		}
		return false
	}
	seen := 0
	for range 30 {
		// A build writes nothing if all files exist, so one is removed.
		if err := os.Remove(filepath.Join(s.out, "film.jpg")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		cmd := s.command(t.Context())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		for over := false; !over && !left(); {
			select {
			case <-ended:
				over = true
			default:
			}
		}
		_ = cmd.Process.Kill()
		<-ended
		if s.bytes(t) != want {
			t.Fatal("the video is not complete")
		}
		if left() {
			if seen++; seen == 3 {
				break
			}
		}
	}
	if seen == 0 {
		t.Error("no kill left a file, so the test has checked nothing")
	}
	if o := s.build(t); o.code != 0 || s.bytes(t) != want {
		t.Error("the next build failed:", o.stderr)
	}
}
