package cache

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Shared is a second place for entries that several caches share, such as a blob.Store. Its errors are never errors of
// the cache. A missing entry is fs.ErrNotExist.
type Shared interface {
	// Get returns a reader of length bytes from offset; a negative length means up to the end.
	Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error)
	// Put stores the bytes of a reader completely or not at all.
	Put(ctx context.Context, name string, r io.Reader) error
}

// OpenWithShared opens a store like Open. Entries that the folder lacks are fetched from shared and kept in the folder.
// Entries are put to both. Probes stay in the folder, because they describe files and programs of this machine.
func OpenWithShared(dir string, shared Shared) (*Store, error) {
	s, err := Open(dir)
	if err != nil {
		return nil, err
	}
	s.shared = &tier{shared: shared, call: func(do func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(context.Background(), sharedTimeout)
		defer cancel()
		return do(ctx)
	}}
	return s, nil
}

// Limits of the shared tier.
const (
	sharedTimeout = time.Minute      // for one entry
	sharedPause   = 30 * time.Second // after an error; so a tier that is away delays no build
	sharedLargest = 8 << 30          // bytes of an entry
)

// tier is the second place of a store. A nil tier has no entries.
type tier struct {
	shared Shared
	// call makes one call, with a time limit of its own: what it gets is useful after a build ends, too.
	call  func(func(context.Context) error) error
	mu    sync.Mutex
	until time.Time // no calls until then, after an error
}

// use calls the tier unless it failed shortly before.
func (t *tier) use(do func(context.Context) error) error {
	t.mu.Lock()
	paused := time.Now().Before(t.until)
	t.mu.Unlock()
	if paused {
		return fs.ErrNotExist
	}
	err := t.call(do)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.mu.Lock()
		t.until = time.Now().Add(sharedPause)
		t.mu.Unlock()
	}
	return err
}

// put stores the file of an entry.
func (t *tier) put(file string, kind Kind, key Key) {
	if t == nil || kind == Probes {
		return
	}
	_ = t.use(func(ctx context.Context) error {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		return t.shared.Put(ctx, makeEntryName(kind, key), f)
	})
}

// get writes the file of an entry.
func (t *tier) get(file *os.File, kind Kind, key Key) error {
	if t == nil || kind == Probes {
		return fs.ErrNotExist
	}
	return t.use(func(ctx context.Context) error {
		r, err := t.shared.Get(ctx, makeEntryName(kind, key), 0, -1)
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }()
		_, err = io.Copy(file, io.LimitReader(r, sharedLargest))
		return err
	})
}

// fetchShared fetches an entry into the folder. It reports whether the entry is complete.
func (s *Store) fetchShared(kind Kind, key Key) bool {
	if s.shared == nil || kind == Probes {
		return false
	}
	dir, done, err := s.own.beginWrite(s.dir)
	if err != nil {
		return false
	}
	defer done()
	f, err := os.CreateTemp(dir, "get-*")
	if err != nil {
		return false
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if errors.Join(s.shared.get(f, kind, key), f.Close()) != nil {
		return false
	}
	e, err := openChecked(f.Name(), kind, key)
	if err != nil {
		return false
	}
	_ = e.Close() // before the file is renamed, for Windows
	return s.placeEntry(f.Name(), kind, key) == nil
}
