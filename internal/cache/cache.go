// Package cache stores results that take long to compute: narration, pictures, segments, properties of files.
// The key of an entry is a hash of everything that determines its bytes, so an entry can be unused but never
// stale. Everything in the cache can be computed again: deleting the folder is always safe.
//
// An entry is written to a temporary file and renamed. So readers see a complete entry or none, even if two
// builds run at the same time or one is killed. An entry ends in a checksum: a damaged entry is removed and
// counts as missing. The same applies to anything else at the entry's path.
package cache

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"mynah/internal/system"
)

// Kind is a group of entries. It is the first folder of an entry's path.
type Kind string

// The kinds of entries.
const (
	Narration Kind = "narration"
	Pictures  Kind = "pictures"
	Segments  Kind = "segments"
	Sounds    Kind = "sounds"
	Probes    Kind = "probes"
)

// listKinds returns all kinds.
func listKinds() []Kind { return []Kind{Narration, Pictures, Segments, Sounds, Probes} }

// HashFile returns a key that is the hash of a file's content.
func HashFile(ctx context.Context, path string) (Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return Key{}, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	buf := make([]byte, chooseBufferSize(f))
	for {
		if err := ctx.Err(); err != nil {
			return Key{}, err
		}
		n, err := f.Read(buf)
		_, _ = h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return Key(h.Sum(nil)), nil
		}
		if err != nil {
			return Key{}, err
		}
	}
}

// chooseBufferSize returns the size of the buffer for reading a file. It is small for small files, because allocated
// memory must be cleared.
func chooseBufferSize(f *os.File) int64 {
	const most = 256 << 10
	fi, err := f.Stat()
	if err != nil {
		return most
	}
	return min(fi.Size()+1, most)
}

// Store.HashFile caches the hash of a large file until the file's size or times change. Hashing a small file is
// faster than a look-up. A file that changed within the settled time is always hashed, because another change
// might not alter its timestamps.
const (
	largeFile = 4 << 20
	settled   = 2 * time.Second
)

// HashFile returns the hash of a file's content like the function HashFile, and caches it for large files.
func (s *Store) HashFile(ctx context.Context, path string) (Key, error) {
	id, err := system.Identify(path)
	if err != nil {
		return Key{}, err
	}
	if id.Size() < largeFile || time.Since(id.ReadChangeTime()) < settled {
		return HashFile(ctx, path)
	}
	note := NewHasher("file 1").AddInts(id[:]...).Key()
	if b, ok := s.ReadEntry(Probes, note); ok && len(b) == sha256.Size {
		return Key(b), nil
	}
	k, err := HashFile(ctx, path)
	if err != nil {
		return Key{}, err
	}
	return k, s.PutBytes(Probes, note, k[:])
}

// Store is a folder of entries. It is safe for concurrent use by goroutines and processes.
type Store struct {
	dir string
	own session
}

const (
	trailerSize = 8 // CRC-32C of the address and the content, then the magic number
	magic       = 0x4d796e32
)

// Open opens a store. It creates the folder if it is missing, and removes the temporary files of killed
// processes. The caller must close the store.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the cache folder: %w", err)
	}
	// The tag makes backup programs skip the folder: https://bford.info/cachedir/
	tag := filepath.Join(dir, "CACHEDIR.TAG")
	if _, err := os.Stat(tag); errors.Is(err, fs.ErrNotExist) {
		text := "Signature: 8a477f597d28d172789f06886806bc55\n# Mynah's cache; deleting it is always safe.\n"
		_ = os.WriteFile(tag, []byte(text), 0o600)
	}
	removeLeftFolders(dir)
	return &Store{dir: dir}, nil
}

// Close removes the temporary files of this store. Later writes fail.
func (s *Store) Close() { s.own.close() }

// Dir returns the store's folder.
func (s *Store) Dir() string { return s.dir }

// makeEntryPath returns the path of an entry's file.
func (s *Store) makeEntryPath(kind Kind, key Key) string {
	k := key.String()
	return filepath.Join(s.dir, string(kind), k[:2], k[2:])
}

// newEntryChecksum returns a checksum that already contains an entry's address. So an entry that was moved to another
// path is not valid there.
func newEntryChecksum(kind Kind, key Key) hash.Hash32 {
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_, _ = io.WriteString(h, string(kind))
	_, _ = h.Write(key[:])
	return h
}

// Put stores what the function write writes. If it fails, nothing is stored.
func (s *Store) Put(kind Kind, key Key, write func(io.Writer) error) error {
	dir, done, err := s.own.beginWrite(s.dir)
	if err != nil {
		return fmt.Errorf("write to the cache: %w", err)
	}
	defer done()
	f, err := os.CreateTemp(dir, "put-*")
	if err != nil {
		return fmt.Errorf("write to the cache: %w", err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	sum := newEntryChecksum(kind, key)
	buf := bufio.NewWriterSize(f, 256<<10)
	if err := write(io.MultiWriter(buf, sum)); err != nil {
		return err
	}
	var trailer [trailerSize]byte
	binary.BigEndian.PutUint32(trailer[:4], sum.Sum32())
	binary.BigEndian.PutUint32(trailer[4:], magic)
	if _, err := buf.Write(trailer[:]); err != nil {
		return fmt.Errorf("write to the cache: %w", err)
	}
	if err := errors.Join(buf.Flush(), f.Close()); err != nil {
		return fmt.Errorf("write to the cache: %w", err)
	}
	dst := s.makeEntryPath(kind, key)
	err = s.forceIntoStore(f.Name(), dst)
	if system.IsBlockedByOpenFile(err) && s.HasEntry(kind, key) {
		return nil // an equal entry exists and is open for reading
	}
	if err != nil {
		return fmt.Errorf("write to the cache: %w", err)
	}
	return nil
}

// forceIntoStore renames a file to its path in the store. It removes what is in the way: a folder in the place of a
// file, or a file in the place of a folder.
func (s *Store) forceIntoStore(name, dst string) error {
	inner := filepath.Dir(dst)
	try := func() error {
		if err := os.MkdirAll(inner, 0o700); err != nil {
			return err
		}
		return os.Rename(name, dst)
	}
	err := try()
	if err == nil {
		return nil
	}
	cleared := false
	for _, dir := range []string{filepath.Dir(inner), inner} {
		if fi, err := os.Lstat(dir); err == nil && !fi.IsDir() {
			cleared = os.Remove(dir) == nil || cleared
		}
	}
	if fi, err := os.Lstat(dst); err == nil && fi.IsDir() {
		cleared = os.RemoveAll(dst) == nil || cleared
	}
	if !cleared {
		return err
	}
	return try()
}

// PutBytes stores b.
func (s *Store) PutBytes(kind Kind, key Key, b []byte) error {
	return s.Put(kind, key, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// Entry is an open entry. Its checksum is correct.
type Entry struct {
	f    *os.File
	size int64
	*io.SectionReader
}

// Close closes the entry.
func (e *Entry) Close() error { return e.f.Close() }

// OpenEntry opens an entry. It returns false if none exists. Opening updates the entry's time of last use, on
// which Prune relies.
func (s *Store) OpenEntry(kind Kind, key Key) (*Entry, bool) {
	p := s.makeEntryPath(kind, key)
	f, err := os.Open(p)
	if err != nil {
		return nil, false
	}
	size, err := checkAndMeasureEntry(f, newEntryChecksum(kind, key))
	if err != nil {
		opened, err1 := f.Stat()
		named, err2 := os.Stat(p)
		_ = f.Close()
		// Otherwise, another process has replaced the entry meanwhile.
		if err1 == nil && err2 == nil && os.SameFile(opened, named) {
			_ = os.RemoveAll(p)
		}
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(p, now, now)
	return &Entry{f: f, size: size, SectionReader: io.NewSectionReader(f, 0, size)}, true
}

// ReadEntry returns the content of an entry.
func (s *Store) ReadEntry(kind Kind, key Key) ([]byte, bool) {
	e, ok := s.OpenEntry(kind, key)
	if !ok {
		return nil, false
	}
	defer func() { _ = e.Close() }()
	b := make([]byte, e.size)
	if _, err := io.ReadFull(e, b); err != nil {
		return nil, false
	}
	return b, true
}

// RemoveEntry removes an entry, for example if it turned out to be wrong.
func (s *Store) RemoveEntry(kind Kind, key Key) {
	_ = os.Remove(s.makeEntryPath(kind, key))
}

// HasEntry reports whether there is an entry with a correct checksum. It checks the content, because callers base
// plans on the result.
func (s *Store) HasEntry(kind Kind, key Key) bool {
	e, ok := s.OpenEntry(kind, key)
	if ok {
		_ = e.Close()
	}
	return ok
}

var errDamaged = errors.New("damaged entry")

// checkAndMeasureEntry returns the size of an entry's content, or an error if its checksum is wrong.
func checkAndMeasureEntry(f *os.File, sum hash.Hash32) (int64, error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size := fi.Size() - trailerSize
	if size < 0 {
		return 0, errDamaged
	}
	buf := make([]byte, min(size+1, 64<<10))
	if _, err := io.CopyBuffer(sum, io.NewSectionReader(f, 0, size), buf); err != nil {
		return 0, err
	}
	var trailer, want [trailerSize]byte
	if _, err := f.ReadAt(trailer[:], size); err != nil {
		return 0, err
	}
	binary.BigEndian.PutUint32(want[:4], sum.Sum32())
	binary.BigEndian.PutUint32(want[4:], magic)
	if !bytes.Equal(trailer[:], want[:]) {
		return 0, errDamaged
	}
	return size, nil
}

// Usage is the number and total size of the entries of a kind.
type Usage struct {
	Kind    Kind  `json:"kind"`
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
}

type file struct {
	path string
	kind Kind
	size int64
	used time.Time
}

// listFiles returns the files of all entries.
func (s *Store) listFiles() ([]file, error) {
	var out []file
	for _, kind := range listKinds() {
		err := filepath.WalkDir(filepath.Join(s.dir, string(kind)), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				return err
			}
			if d.IsDir() {
				return nil
			}
			fi, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil // another process removed it meanwhile
			}
			if err != nil {
				return err
			}
			out = append(out, file{p, kind, fi.Size(), fi.ModTime()})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list the cache: %w", err)
		}
	}
	return out, nil
}

// ListUsage returns the usage of each kind.
func (s *Store) ListUsage() ([]Usage, error) {
	files, err := s.listFiles()
	if err != nil {
		return nil, err
	}
	var out []Usage
	for _, kind := range listKinds() {
		u := Usage{Kind: kind}
		for _, f := range files {
			if f.kind == kind {
				u.Entries++
				u.Bytes += f.size
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// Prune removes the least recently used entries until at most maxBytes are left, and returns what it removed.
// It returns ErrInUse while a build uses the store.
func (s *Store) Prune(maxBytes int64) (Usage, error) {
	l := s.newLock()
	ok, err := l.TryLock()
	if err != nil {
		return Usage{}, fmt.Errorf("lock the cache: %w", err)
	}
	if !ok {
		return Usage{}, ErrInUse
	}
	defer func() { _ = l.Unlock() }()
	files, err := s.listFiles()
	if err != nil {
		return Usage{}, err
	}
	slices.SortFunc(files, func(a, b file) int {
		if c := a.used.Compare(b.used); c != 0 {
			return c
		}
		return strings.Compare(a.path, b.path)
	})
	var total int64
	for _, f := range files {
		total += f.size
	}
	var gone Usage
	for _, f := range files {
		if total <= maxBytes {
			break
		}
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return gone, fmt.Errorf("prune the cache: %w", err)
		}
		total -= f.size
		gone.Entries++
		gone.Bytes += f.size
	}
	return gone, nil
}

// MakeTempDir creates a folder for a build's temporary files. The caller removes it. If the build is killed, the
// next process that opens the store removes it.
func (s *Store) MakeTempDir() (string, error) {
	dir, err := s.own.ensureFolder(s.dir)
	if err != nil {
		return "", err
	}
	return os.MkdirTemp(dir, "work-*")
}

// MarkInUse marks the store as in use until the returned function is called or the process ends, even if it is
// killed. Prune fails meanwhile.
func (s *Store) MarkInUse() (func(), error) {
	l := s.newLock()
	if err := l.RLock(); err != nil {
		return nil, fmt.Errorf("lock the cache: %w", err)
	}
	return func() { _ = l.Unlock() }, nil
}

// newLock returns the lock that MarkInUse and Prune share.
func (s *Store) newLock() *flock.Flock {
	path := filepath.Join(s.dir, "lock")
	if fi, err := os.Lstat(path); err == nil && fi.IsDir() {
		_ = os.RemoveAll(path)
	}
	return flock.New(path)
}

// ErrInUse means that a build is using the store.
var ErrInUse = errors.New("a build is using the cache")

// ErrLost means that an entry disappeared during a build because something else removed or damaged it.
var ErrLost = errors.New("the cache lost an entry while it was in use")
