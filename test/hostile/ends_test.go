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

// TestDamagedCache damages what a build left in the cache, in every way that disks and
// people do, and builds again: the film is the same.
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
			// Now all of them, now some, now one kind of damage alone.
			if round > 5 && rng.IntN(2) == 0 {
				continue
			}
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
		// What notes that the files beside the film are a build's own is damaged too.
		o := s.build(t, "--force")
		if o.code != 0 || s.bytes(t) != want {
			t.Errorf("round %d, %d entries damaged: it ended with %d, the film is %s, not %s: %s", round, damaged, o.code, sum(s.bytes(t)), sum(want), o.stderr)
		}
		if damaged == 0 {
			t.Error("nothing was damaged")
		}
	}
	// Kinds that are files, and a lock that is a folder.
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
		t.Errorf("with files in the place of folders it ended with %d: %s", o.code, o.stderr)
	}
}

// entries are the files of the cache's kinds.
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

// TestBuildsSideBySide builds one project by several processes at the same time, to the
// same film and with the same cache, cold and warm.
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
					t.Errorf("%s: it ended with %d: %s", how, o.code, o.stderr)
				}
				if got := s.bytes(t); got != want {
					t.Errorf("%s: the film is %s, not %s", how, sum(got), sum(want))
				}
			})
		}
		wg.Wait()
		s.clean(t)
	}
}

// TestKills kills builds at random moments. The old film is there, or the new one whole;
// no process lives on, and the next build gives the same film and clears what was left.
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
		if i%2 == 0 { // half of the builds find what others made
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
			t.Fatalf("kill %d left a film that is neither old nor new", i)
		} else if got == oldFilm {
			cut++
		}
		waitUntil(t, "no process is left", func() bool { return len(s.processes()) == 0 })
		// Every other one is followed by a build; what many kills leave is cleared too.
		if i%2 == 0 && i < kills-2 {
			continue
		}
		if o := s.build(t); o.code != 0 || s.bytes(t) != want {
			t.Fatalf("after kill %d it ended with %d, and the film is %s, not %s: %s", i, o.code, sum(s.bytes(t)), sum(want), o.stderr)
		}
	}
	t.Logf("%d of %d builds were cut short", cut, kills)
	if cut < kills/4 {
		t.Errorf("%d of %d builds were cut short: that proves nothing", cut, kills)
	}
}

// TestKilledWhileWriting kills a build at the moments that are rare by chance: while its
// files stand beside the film.
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
		// Where all stands, nothing is written.
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
			t.Fatal("the film is not whole")
		}
		if left() {
			if seen++; seen == 3 {
				break
			}
		}
	}
	if seen == 0 {
		t.Error("no kill left a file: that proves nothing")
	}
	if o := s.build(t); o.code != 0 || s.bytes(t) != want {
		t.Error("the next build fails:", o.stderr)
	}
}
