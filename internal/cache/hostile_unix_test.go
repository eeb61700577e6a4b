//go:build unix

package cache_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mynah/internal/cache"
)

// TestPruneAHostileFolder checks that FIFOs and links in a cache neither stop its pruning nor lead out of it.
func TestPruneAHostileFolder(t *testing.T) {
	t.Parallel()
	s, other := open(t), open(t)
	putAged(t, s, time.Hour, 1)
	putAged(t, other, time.Hour, 2)
	end, err := other.MarkInUse()
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	in := func(name string) string { return filepath.Join(s.Dir(), name) }
	sessions, err := filepath.Glob(filepath.Join(other.Dir(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	var prefix string
	for _, path := range sessions {
		if found, _ := filepath.Glob(filepath.Join(path, "build-*")); len(found) > 0 {
			prefix = filepath.Base(path)[:4]
		}
	}
	if prefix == "" {
		t.Fatal("no session was found")
	}
	k := key(2).String()
	victim := filepath.Join(other.Dir(), "narration", k[:2], k[2:])
	for _, err := range []error{
		syscall.Mkfifo(in(prefix+"fifo"), 0o600), syscall.Mkfifo(in("narration/fifo"), 0o600),
		syscall.Mkfifo(in("probes"), 0o600),
		os.Symlink(other.Dir(), in(prefix+"link")),
		os.Symlink(filepath.Join(other.Dir(), "narration"), in("narration/link")),
		os.Mkdir(in(prefix+"left"), 0o700), os.Symlink(other.Dir(), in(prefix+"left/link")),
		os.Symlink(filepath.Join(other.Dir(), "narration"), in("pictures")),
	} {
		if err != nil && !errors.Is(err, os.ErrExist) {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(other.Dir(), link); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := cache.PruneFolders([]string{s.Dir()}, 0); err != nil {
			t.Error(err)
		}
		if _, err := cache.PruneFolders([]string{link}, 0); err == nil {
			t.Error("a folder that is a link was pruned")
		}
		again, err := cache.Open(s.Dir())
		if err != nil {
			t.Error(err)
			return
		}
		again.Close()
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the cache is still being pruned")
	}
	if _, err := os.Stat(victim); err != nil {
		t.Error(err)
	}
	if len(listThere(s, 1)) != 0 {
		t.Error("the entry is left")
	}
	if _, err := os.Lstat(in(prefix + "left")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of an ended process is left: %v", err)
	}
}

// TestPruneWhileFoldersAreSwapped checks that a folder that is a link every other moment leads nowhere.
func TestPruneWhileFoldersAreSwapped(t *testing.T) {
	t.Parallel()
	s, other := open(t), open(t)
	var keys []int64
	for n := range int64(50) {
		keys = append(keys, n)
	}
	putAged(t, other, time.Hour, keys...)
	narration, away := filepath.Join(s.Dir(), "narration"), filepath.Join(s.Dir(), "away")
	stop, stopped := make(chan struct{}), make(chan struct{})
	putAged(t, s, time.Hour, keys...)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.Rename(narration, away)
			_ = os.Symlink(filepath.Join(other.Dir(), "narration"), narration)
			_ = os.Remove(narration)
			_ = os.Rename(away, narration)
		}
	}()
	for range 30 {
		_, _ = cache.PruneFolders([]string{s.Dir()}, 0)
	}
	close(stop)
	<-stopped
	if n := len(listThere(other, keys...)); n != len(keys) {
		t.Errorf("%d of %d entries of another cache are left", n, len(keys))
	}
}
