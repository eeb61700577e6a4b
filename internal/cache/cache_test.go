package cache_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mynah/internal/cache"
)

func open(t *testing.T) *cache.Store {
	t.Helper()
	s, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func key(n int64) cache.Key { return cache.NewHasher("test").AddInts(n).Key() }

func TestWhatIsPutIsFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, ok := s.ReadEntry(cache.Segments, key(1)); ok {
		t.Error("found before it was put")
	}
	want := bytes.Repeat([]byte("abc"), 100000)
	if err := s.PutBytes(cache.Segments, key(1), want); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.ReadEntry(cache.Segments, key(1)); !ok || !bytes.Equal(got, want) {
		t.Error("the content differs from what was stored")
	}
	e, ok := s.OpenEntry(cache.Segments, key(1))
	if !ok {
		t.Fatal("not found")
	}
	defer func() { _ = e.Close() }()
	if got, err := io.ReadAll(e); err != nil || !bytes.Equal(got, want) {
		t.Error("the content differs from what was stored")
	}
}

func TestFailedWritesLeaveNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	fail := errors.New("no")
	err := s.Put(cache.Sounds, key(1), func(w io.Writer) error {
		_, _ = w.Write([]byte("half"))
		return fail
	})
	if !errors.Is(err, fail) || s.HasEntry(cache.Sounds, key(1)) {
		t.Error("half an entry is there")
	}
	left, _ := filepath.Glob(filepath.Join(s.Dir(), "tmp-*", "*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	s.Close()
	if left, _ = filepath.Glob(filepath.Join(s.Dir(), "tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestCloseWaits closes a store during a write. This write must complete, a later one must fail, and no
// temporary file may remain.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	begun, goOn, written := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		written <- s.Put(cache.Sounds, key(1), func(w io.Writer) error {
			close(begun)
			<-goOn
			_, err := w.Write([]byte("whole"))
			return err
		})
	}()
	<-begun
	closed := make(chan struct{})
	go func() {
		s.Close()
		close(closed)
	}()
	for s.PutBytes(cache.Sounds, key(2), nil) == nil {
		time.Sleep(time.Millisecond) // until the store is closed
	}
	select {
	case <-closed:
		t.Error("closed while somebody writes")
	default:
	}
	close(goOn)
	<-closed
	if err := <-written; err != nil {
		t.Error(err)
	}
	if b, _ := s.ReadEntry(cache.Sounds, key(1)); string(b) != "whole" {
		t.Errorf("the entry contains %q", b)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Dir(), "tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestLeftFoldersAreRemoved checks that the folder of a killed process, which has no lock, is removed, and that
// of a running one is not.
func TestLeftFoldersAreRemoved(t *testing.T) {
	t.Parallel()
	s := open(t)
	work, err := s.MakeTempDir()
	if err != nil {
		t.Fatal(err)
	}
	dead := filepath.Join(s.Dir(), "tmp-dead", "work-1")
	if err := os.MkdirAll(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	other, err := cache.Open(s.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Error("the folder of a dead process is still there")
	}
	if _, err := os.Stat(work); err != nil {
		t.Error("the folder of a living process is gone:", err)
	}
	s.Close()
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range int64(6) {
		if err := s.PutBytes(cache.Pictures, key(n), bytes.Repeat([]byte{7}, 5000)); err != nil {
			t.Fatal(err)
		}
		k := key(n).String()
		path := filepath.Join(s.Dir(), "pictures", k[:2], k[2:])
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole := slices.Clone(b)
		switch n {
		case 0:
			b[2500] ^= 1
		case 1:
			b = b[:3000]
		case 2:
			clear(b)
		case 3:
			b = nil
		case 4: // another whole entry came into its place
			if err := s.PutBytes(cache.Pictures, key(100), []byte("other")); err != nil {
				t.Fatal(err)
			}
			k := key(100).String()
			if b, err = os.ReadFile(filepath.Join(s.Dir(), "pictures", k[:2], k[2:])); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if n == 5 { // a folder with content in the place of the file
			if err := errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "x"), 0o700)); err != nil {
				t.Fatal(err)
			}
		}
		if s.HasEntry(cache.Pictures, key(n)) {
			t.Errorf("a damaged entry (%d) is there", n)
		}
		if err := s.PutBytes(cache.Pictures, key(n), whole); err != nil {
			t.Errorf("a damaged entry (%d) cannot be replaced: %v", n, err)
		}
		if got, ok := s.ReadEntry(cache.Pictures, key(n)); !ok || !bytes.Equal(got, whole) {
			t.Errorf("a damaged entry (%d) was not replaced", n)
		}
		if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.OpenEntry(cache.Pictures, key(n)); ok {
			t.Error("a damaged entry is opened")
		}
		if _, ok := s.ReadEntry(cache.Pictures, key(n)); ok {
			t.Error("a damaged entry is read")
		}
	}
	// Put files in the places of folders.
	if err := errors.Join(os.RemoveAll(filepath.Join(s.Dir(), "sounds")),
		os.WriteFile(filepath.Join(s.Dir(), "sounds"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := s.PutBytes(cache.Sounds, key(1), []byte("x")); err != nil || !s.HasEntry(cache.Sounds, key(1)) {
		t.Error("a file in the place of a folder stops the cache:", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for n := range int64(20) {
				if err := s.PutBytes(cache.Segments, key(n), bytes.Repeat([]byte{byte(n)}, 3000)); err != nil {
					t.Error(err)
				}
				if b, ok := s.ReadEntry(cache.Segments, key(n)); !ok || len(b) != 3000 || b[0] != byte(n) {
					t.Error("a torn entry")
				}
			}
		})
	}
	wg.Wait()
}

func TestHashersKeepPartsApart(t *testing.T) {
	t.Parallel()
	a := cache.NewHasher("x").AddString("ab").AddString("c").Key()
	b := cache.NewHasher("x").AddString("a").AddString("bc").Key()
	if a == b {
		t.Error("two lists of parts have one key")
	}
}

// TestHashFileNotes checks that an unchanged large file is not read again, and a changed one is.
func TestHashFileNotes(t *testing.T) {
	t.Parallel()
	s, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "clip")
	write := func(b byte) cache.Key {
		t.Helper()
		if err := os.WriteFile(path, bytes.Repeat([]byte{b}, 5<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		want, err := cache.HashFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return want
	}
	for i, b := range []byte{'a', 'b', 'a'} {
		want := write(b)
		if i == 0 {
			<-time.After(2100 * time.Millisecond) // until the times differ
		}
		for range 2 {
			if got, err := s.HashFile(t.Context(), path); err != nil || got != want {
				t.Errorf("a file of %c: %s, %v, want %s", b, got, err, want)
			}
		}
	}
	if _, err := s.HashFile(t.Context(), path+"no"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// FuzzEntry replaces the file of an entry by arbitrary bytes, which must be refused unless they equal the
// original.
func FuzzEntry(f *testing.F) {
	s, err := cache.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	k := key(1)
	path := filepath.Join(s.Dir(), "probes", k.String()[:2], k.String()[2:])
	if err := s.PutBytes(cache.Probes, k, []byte("what was put")); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:9])
	f.Add(whole[len(whole)-8:])
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, ok := s.ReadEntry(cache.Probes, k); ok && (!bytes.Equal(b, whole) || string(got) != "what was put") {
			t.Fatalf("%q is taken for an entry", b)
		}
	})
}
