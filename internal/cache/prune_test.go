package cache_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mynah/internal/cache"
)

// putAged puts entries of 1,000 bytes that were last used the given time ago.
func putAged(t *testing.T, s *cache.Store, ago time.Duration, keys ...int64) {
	t.Helper()
	at := time.Now().Add(-ago)
	for _, n := range keys {
		if err := s.PutBytes(cache.Narration, key(n), make([]byte, 992)); err != nil {
			t.Fatal(err)
		}
		k := key(n).String()
		if err := os.Chtimes(filepath.Join(s.Dir(), "narration", k[:2], k[2:]), at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// listThere returns which entries have a file. It does not count as use.
func listThere(s *cache.Store, keys ...int64) []int64 {
	var out []int64
	for _, n := range keys {
		k := key(n).String()
		if _, err := os.Stat(filepath.Join(s.Dir(), "narration", k[:2], k[2:])); err == nil {
			out = append(out, n)
		}
	}
	return out
}

func TestPrune(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range int64(10) {
		putAged(t, s, time.Hour-time.Duration(n)*time.Minute, n)
	}
	gone, err := s.Prune(3000)
	if err != nil || gone != (cache.Pruned{Entries: 7, Bytes: 7000, Left: 3000}) {
		t.Errorf("%+v %v", gone, err)
	}
	if left := listThere(s, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9); len(left) != 3 || left[0] != 7 {
		t.Errorf("left: %v", left)
	}
	putAged(t, s, -48*time.Hour, 1) // the clock was wrong
	if gone, err := s.Prune(0); err != nil || gone.Left != 0 {
		t.Errorf("%+v %v", gone, err)
	}
	usage, err := s.ListUsage()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range usage {
		if u.Entries != 0 {
			t.Errorf("%+v", u)
		}
	}
}

// TestPruneDuringBuilds checks that nothing is removed that was used since the oldest running build began.
func TestPruneDuringBuilds(t *testing.T) {
	t.Parallel()
	s := open(t)
	putAged(t, s, time.Hour, 1, 2, 3, 4)
	first, err := s.MarkInUse()
	if err != nil {
		t.Fatal(err)
	}
	other, err := cache.Open(s.Dir()) // of another process
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	second, err := other.MarkInUse()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.ReadEntry(cache.Narration, key(2)); !ok { // a build uses it
		t.Error("an entry is missing")
	}
	if err := other.PutBytes(cache.Narration, key(5), make([]byte, 992)); err != nil {
		t.Fatal(err)
	}
	gone, err := s.Prune(0)
	if err != nil || gone != (cache.Pruned{Entries: 3, Bytes: 3000, Left: 2000}) {
		t.Errorf("%+v, %v", gone, err)
	}
	if left := listThere(s, 1, 2, 3, 4, 5); len(left) != 2 || left[0] != 2 || left[1] != 5 {
		t.Errorf("left: %v", left)
	}
	second()
	if gone, err := s.Prune(0); err != nil || gone.Entries != 0 {
		t.Errorf("while the first build runs: %+v, %v", gone, err)
	}
	first()
	if gone, err := s.Prune(1000); err != nil || gone.Entries != 1 {
		t.Errorf("without builds: %+v, %v", gone, err)
	}
}

// TestPruneAfterKill checks that a killed build protects nothing, and leaves nothing.
func TestPruneAfterKill(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("MYNAH_TEST_CACHE"); dir != "" { // the child process
		s, err := cache.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.MarkInUse(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "ready"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		return
	}
	s := open(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestPruneAfterKill$")
	child.Env = append(os.Environ(), "MYNAH_TEST_CACHE="+s.Dir())
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(s.Dir(), "ready")); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	putAged(t, s, 0, 1)
	if gone, err := s.Prune(0); err != nil || gone.Entries != 0 {
		t.Errorf("while another process builds: %+v, %v", gone, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if gone, err := s.Prune(0); err != nil || gone.Entries != 1 {
		t.Errorf("after it was killed: %+v, %v", gone, err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Dir(), "tmp-*")); len(left) != 1 { // its own
		t.Errorf("left behind: %v", left)
	}
}

// TestPruneFolders checks that folders share a limit, each with its own builds.
func TestPruneFolders(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	putAged(t, a, 5*time.Hour, 1)
	putAged(t, b, 4*time.Hour, 2)
	putAged(t, a, 3*time.Hour, 3)
	putAged(t, b, 2*time.Hour, 4)
	missing := filepath.Join(t.TempDir(), "missing")
	dirs := []string{a.Dir(), missing, b.Dir()}
	gone, err := cache.PruneFolders(dirs, 2500)
	if err != nil || gone != (cache.Pruned{Entries: 2, Bytes: 2000, Left: 2000}) {
		t.Errorf("%+v, %v", gone, err)
	}
	if len(listThere(a, 1)) != 0 || len(listThere(b, 2)) != 0 {
		t.Error("not the least recently used entries were removed")
	}
	done, err := a.MarkInUse()
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if !a.HasEntry(cache.Narration, key(3)) {
		t.Error("an entry is missing")
	}
	if gone, err := cache.PruneFolders(dirs, 0); err != nil || gone.Left != 1000 || len(listThere(a, 3)) != 1 {
		t.Errorf("%+v, %v", gone, err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a missing folder was created")
	}
}
