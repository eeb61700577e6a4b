package cache_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

func key(n int64) cache.Key { return cache.NewHasher("test").Int(n).Key() }

func TestWhatIsPutIsFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, ok := s.Get(cache.Segments, key(1)); ok {
		t.Error("found before it was put")
	}
	want := bytes.Repeat([]byte("abc"), 100000)
	if err := s.PutBytes(cache.Segments, key(1), want); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.Get(cache.Segments, key(1)); !ok || !bytes.Equal(got, want) {
		t.Error("not what was put")
	}
	e, ok := s.Open(cache.Segments, key(1))
	if !ok {
		t.Fatal("not found")
	}
	defer func() { _ = e.Close() }()
	if got, err := io.ReadAll(e); err != nil || !bytes.Equal(got, want) {
		t.Error("not what was put")
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
	if !errors.Is(err, fail) || s.Has(cache.Sounds, key(1)) {
		t.Error("half an entry is there")
	}
	left, _ := filepath.Glob(filepath.Join(s.Dir(), "tmp-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range int64(2) {
		if err := s.PutBytes(cache.Pictures, key(n), bytes.Repeat([]byte{7}, 5000)); err != nil {
			t.Fatal(err)
		}
		k := key(n).String()
		path := filepath.Join(s.Dir(), "pictures", k[:2], k[2:])
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[2500] ^= 1
		if n == 1 {
			b = b[:3000]
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.Open(cache.Pictures, key(n)); ok {
			t.Error("a damaged entry is opened")
		}
		if s.Has(cache.Pictures, key(n)) {
			t.Error("a damaged entry stays")
		}
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range int64(10) {
		if err := s.PutBytes(cache.Narration, key(n), make([]byte, 992)); err != nil {
			t.Fatal(err)
		}
	}
	done, err := s.Use()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(0); !errors.Is(err, cache.ErrInUse) {
		t.Errorf("pruned while in use: %v", err)
	}
	done()
	gone, err := s.Prune(3000)
	if err != nil || gone.Entries != 7 {
		t.Errorf("%+v %v", gone, err)
	}
	if _, err := s.Prune(0); err != nil {
		t.Fatal(err)
	}
	usage, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range usage {
		if u.Entries != 0 {
			t.Errorf("%+v", u)
		}
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
				if b, ok := s.Get(cache.Segments, key(n)); !ok || len(b) != 3000 || b[0] != byte(n) {
					t.Error("a torn entry")
				}
			}
		})
	}
	wg.Wait()
}

func TestHashersKeepPartsApart(t *testing.T) {
	t.Parallel()
	a := cache.NewHasher("x").String("ab").String("c").Key()
	b := cache.NewHasher("x").String("a").String("bc").Key()
	if a == b {
		t.Error("two lists of parts have one key")
	}
}

// TestHashFileNotes: a large file that did not change is not read again, and one that
// did is.
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
			<-time.After(2100 * time.Millisecond) // until its times are told apart
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
