package cache_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"mynah/internal/blob"
	"mynah/internal/cache"
)

// path returns the path of an entry.
func path(s *cache.Store, kind cache.Kind, n int64) string {
	k := key(n).String()
	return filepath.Join(s.Dir(), string(kind), k[:2], k[2:])
}

// content returns bytes that differ at every place within 4 GiB.
func content(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

// TestEntriesOfAllSizes checks entries around the sizes of blocks.
func TestEntriesOfAllSizes(t *testing.T) {
	t.Parallel()
	s := open(t)
	const block = 256 << 10
	for _, size := range []int{
		0, 1, 8, block - 9, block - 8, block - 7, block - 1, block, block + 1, 2*block - 8, 2 * block, 700_000,
	} {
		want := content(size)
		if err := s.PutBytes(cache.Segments, key(int64(size)), want); err != nil {
			t.Fatal(err)
		}
		if got, ok := s.ReadEntry(cache.Segments, key(int64(size))); !ok || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: read %d, %v", size, len(got), ok)
		}
		e, ok := s.OpenEntry(cache.Segments, key(int64(size)))
		if !ok || e.Size() != int64(size) {
			t.Fatalf("%d bytes: missing", size)
		}
		for _, at := range []int{0, size / 2, max(size-5, 0), size, block - 3} {
			if at > size {
				continue
			}
			got := make([]byte, min(size-at, 300_000)+1)
			n, err := e.ReadAt(got, int64(at))
			if whole := n == size-at; !bytes.Equal(got[:n], want[at:at+n]) || n < min(size-at, 300_000) ||
				whole != errors.Is(err, io.EOF) {
				t.Errorf("%d bytes at %d: %d, %v", size, at, n, err)
			}
		}
		if got, err := io.ReadAll(e); !bytes.Equal(got, want) || err != nil {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
		_ = e.Close()
	}
}

// TestChangeWhileReading changes the file of an open entry.
func TestChangeWhileReading(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, size := range []int{1000, 1_000_000} {
		for name, change := range map[string]func(string) error{
			"truncated": func(p string) error { return os.Truncate(p, int64(size/3)) },
			"emptied":   func(p string) error { return os.Truncate(p, 0) },
			"changed": func(p string) error {
				b := content(size)
				b[size*9/10]++
				f, err := os.OpenFile(p, os.O_WRONLY, 0)
				if err != nil {
					return err
				}
				_, err = f.Write(b)
				return errors.Join(err, f.Close())
			},
			"removed": os.Remove,
		} {
			if err := s.PutBytes(cache.Sounds, key(1), content(size)); err != nil {
				t.Fatal(err)
			}
			e, ok := s.OpenEntry(cache.Sounds, key(1))
			if !ok {
				t.Fatal("missing")
			}
			if err := change(path(s, cache.Sounds, 1)); err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(e)
			if err == nil && !bytes.Equal(b, content(size)) || err != nil && !errors.Is(err, cache.ErrLost) ||
				name == "removed" && err != nil {
				t.Errorf("%s, %d bytes: read %d, %v", name, size, len(b), err)
			}
			_ = e.Close()
		}
	}
}

// TestKeepCopies checks that copies replace lost entries until their release.
func TestKeepCopies(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.PutBytes(cache.Sounds, key(1), []byte("found")); err != nil {
		t.Fatal(err)
	}
	release, err := s.KeepCopies()
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.KeepCopies()
	if err != nil {
		t.Fatal(err)
	}
	if !s.HasEntry(cache.Sounds, key(1)) {
		t.Error("an entry is missing")
	}
	if err := s.PutBytes(cache.Sounds, key(2), []byte("put")); err != nil {
		t.Fatal(err)
	}
	again()
	again()
	spoil := func() {
		if err := errors.Join(os.Remove(path(s, cache.Sounds, 1)), os.Truncate(path(s, cache.Sounds, 2), 2)); err != nil {
			t.Fatal(err)
		}
	}
	spoil()
	for n, want := range map[int64]string{1: "found", 2: "put"} {
		if b, ok := s.ReadEntry(cache.Sounds, key(n)); string(b) != want || !ok {
			t.Errorf("%q, %v, want %q", b, ok, want)
		}
	}
	s.RemoveEntry(cache.Sounds, key(2))
	if s.HasEntry(cache.Sounds, key(2)) {
		t.Error("a removed entry is there")
	}
	release()
	if s.HasEntry(cache.Sounds, key(1)) {
		t.Error("a copy is there after its release")
	}
	s.Close()
	if left, _ := filepath.Glob(filepath.Join(s.Dir(), "tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// shelf is a shared tier that can fail.
type shelf struct {
	*blob.Disk
	err        error
	puts, gets atomic.Int64
}

func (s *shelf) Put(ctx context.Context, name string, r io.Reader) error {
	s.puts.Add(1)
	if s.err != nil {
		return s.err
	}
	return s.Disk.Put(ctx, name, r)
}

func (s *shelf) Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	s.gets.Add(1)
	if s.err != nil {
		return nil, s.err
	}
	return s.Disk.Get(ctx, name, offset, length)
}

func openShared(t *testing.T, shared cache.Shared) *cache.Store {
	t.Helper()
	s, err := cache.OpenWithShared(t.TempDir(), shared)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestSharedTier(t *testing.T) {
	t.Parallel()
	disk, err := blob.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	both := &shelf{Disk: disk}
	a, b := openShared(t, both), openShared(t, both)
	want := content(600_000)
	if err := errors.Join(a.PutBytes(cache.Segments, key(1), want), a.PutBytes(cache.Probes, key(2), want)); err != nil {
		t.Fatal(err)
	}
	if !b.HasEntry(cache.Segments, key(1)) {
		t.Fatal("an entry of the shared tier is missing")
	}
	if b.HasEntry(cache.Probes, key(2)) || b.HasEntry(cache.Segments, key(3)) {
		t.Error("an entry is there that was not put, or belongs to one machine")
	}
	before := both.gets.Load()
	if got, ok := b.ReadEntry(cache.Segments, key(1)); !ok || !bytes.Equal(got, want) || both.gets.Load() != before {
		t.Error("an entry was not kept in the folder")
	}
	// An entry that is lost in the folder is fetched again.
	if err := os.Remove(path(b, cache.Segments, 1)); err != nil {
		t.Fatal(err)
	}
	if got, ok := b.ReadEntry(cache.Segments, key(1)); !ok || !bytes.Equal(got, want) {
		t.Error("a lost entry was not fetched again")
	}
	// Damaged entries of the tier, and entries under another name, are missing.
	k := key(1).String()
	name, other := "segments/"+k[:2]+"/"+k[2:], key(4).String()
	r, err := disk.Get(t.Context(), name, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close(),
		disk.Put(t.Context(), "segments/"+other[:2]+"/"+other[2:], bytes.NewReader(whole)),
		disk.Put(t.Context(), name, bytes.NewReader(whole[:5000]))); err != nil {
		t.Fatal(err)
	}
	c := openShared(t, both)
	if c.HasEntry(cache.Segments, key(1)) || c.HasEntry(cache.Segments, key(4)) {
		t.Error("a damaged entry is there")
	}
	if err := c.PutBytes(cache.Segments, key(1), want); err != nil {
		t.Fatal(err)
	}
	if d := openShared(t, both); !d.HasEntry(cache.Segments, key(1)) {
		t.Error("a damaged entry was not replaced")
	}
}

// TestSharedTierFails checks that a tier that fails is no error, and is not called for every entry.
func TestSharedTierFails(t *testing.T) {
	t.Parallel()
	broken := &shelf{err: errors.New("away")}
	s := openShared(t, broken)
	for n := range int64(20) {
		if s.HasEntry(cache.Sounds, key(n)) {
			t.Error("an entry is there")
		}
		if err := s.PutBytes(cache.Sounds, key(n), []byte("x")); err != nil {
			t.Error(err)
		}
		if b, ok := s.ReadEntry(cache.Sounds, key(n)); string(b) != "x" || !ok {
			t.Errorf("%q, %v", b, ok)
		}
	}
	if n := broken.puts.Load() + broken.gets.Load(); n != 1 {
		t.Errorf("the tier was called %d times", n)
	}
	half := openShared(t, halfTier{})
	if half.HasEntry(cache.Sounds, key(1)) {
		t.Error("half an entry is there")
	}
	err := filepath.WalkDir(half.Dir(), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(p, ".TAG") {
			t.Errorf("left: %s", p)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// halfTier returns readers that fail.
type halfTier struct{}

func (halfTier) Put(context.Context, string, io.Reader) error { return nil }

func (halfTier) Get(context.Context, string, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader("half"), &failing{})), nil
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
