package cache

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// copies are private copies of the entries that this process finds or puts.
type copies struct {
	mu    sync.Mutex
	users int
	dir   string // empty without users
}

// KeepCopies makes the store keep a copy of each entry that it finds or puts from now on, until the returned function
// is called. Then no such entry can be lost, whatever happens to the cache. It needs space on the disk, so a build
// calls it only after the cache has lost an entry.
func (s *Store) KeepCopies() (release func(), err error) {
	own, err := s.own.ensureFolder(s.dir)
	if err != nil {
		return nil, err
	}
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if s.kept.users == 0 {
		if s.kept.dir, err = os.MkdirTemp(own, "copies-*"); err != nil {
			return nil, err
		}
	}
	s.kept.users++
	return sync.OnceFunc(s.releaseCopies), nil
}

func (s *Store) releaseCopies() {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if s.kept.users--; s.kept.users == 0 {
		_ = os.RemoveAll(s.kept.dir)
		s.kept.dir = ""
	}
}

// findCopyPath returns the path of the copy of an entry, or false if no copies are kept.
func (s *Store) findCopyPath(kind Kind, key Key) (string, bool) {
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	return filepath.Join(s.kept.dir, strings.ReplaceAll(makeEntryName(kind, key), "/", "-")), s.kept.dir != ""
}

// openCopy opens the copy of an entry.
func (s *Store) openCopy(kind Kind, key Key) (*Entry, bool) {
	path, ok := s.findCopyPath(kind, key)
	if !ok {
		return nil, false
	}
	e, err := openChecked(path, kind, key)
	return e, err == nil
}

// keepCopy copies the file of an entry if copies are kept. Without a copy, the entry can be lost, which is no error.
func (s *Store) keepCopy(name string, kind Kind, key Key) {
	path, ok := s.findCopyPath(kind, key)
	if !ok {
		return
	}
	from, err := os.Open(name)
	if err != nil {
		return
	}
	defer func() { _ = from.Close() }()
	to, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return
	}
	_, err = io.Copy(to, from)
	if errors.Join(err, to.Close()) == nil && os.Rename(to.Name(), path) == nil {
		return
	}
	_ = os.Remove(to.Name())
}

// replaceByCopy copies an open entry if copies are kept, and returns the copy. The bytes of the copy are checked when
// it is opened. It returns e if there is no copy.
func (s *Store) replaceByCopy(e *Entry, kind Kind, key Key) *Entry {
	if _, ok := s.findCopyPath(kind, key); !ok {
		return e
	}
	s.keepCopy(e.f.Name(), kind, key)
	c, ok := s.openCopy(kind, key)
	if !ok {
		return e
	}
	_ = e.Close()
	return c
}

// removeCopy removes the copy of an entry.
func (s *Store) removeCopy(kind Kind, key Key) {
	if path, ok := s.findCopyPath(kind, key); ok {
		if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}
