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
	"time"

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
	dir    string
	own    session
	kept   copies
	shared *tier // nil without a shared tier
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
	if f, err := openFolder(dir, true); err == nil {
		f.removeLeftFolders()
	}
	return &Store{dir: dir}, nil
}

// Close removes the temporary files of this store. Later writes fail.
func (s *Store) Close() { s.own.close() }

// Dir returns the store's folder.
func (s *Store) Dir() string { return s.dir }

// makeEntryName returns the name of an entry: the path of its file in the folder, with slashes.
func makeEntryName(kind Kind, key Key) string {
	k := key.String()
	return string(kind) + "/" + k[:2] + "/" + k[2:]
}

// makeEntryPath returns the path of an entry's file.
func (s *Store) makeEntryPath(kind Kind, key Key) string {
	return filepath.Join(s.dir, filepath.FromSlash(makeEntryName(kind, key)))
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
	s.keepCopy(f.Name(), kind, key)
	s.shared.put(f.Name(), kind, key)
	if err := s.placeEntry(f.Name(), kind, key); err != nil {
		return fmt.Errorf("write to the cache: %w", err)
	}
	return nil
}

// placeEntry renames a complete file to the path of an entry.
func (s *Store) placeEntry(name string, kind Kind, key Key) error {
	path := s.makeEntryPath(kind, key)
	err := s.forceIntoStore(name, path)
	if system.IsBlockedByOpenFile(err) {
		if e, failed := openChecked(path, kind, key); failed == nil {
			return e.Close() // an equal entry exists and is open for reading
		}
	}
	return err
}

// forceIntoStore renames a file to its path in the store. It removes what is in the way: a folder in the place of a
// file, or a file in the place of a folder. It makes missing folders, also if somebody removes them meanwhile.
func (s *Store) forceIntoStore(name, dst string) error {
	const maxTries = 100
	inner := filepath.Dir(dst)
	for tries := 1; ; tries++ {
		err := os.MkdirAll(inner, 0o700)
		if err == nil {
			err = os.Rename(name, dst)
		}
		if err == nil || tries == maxTries {
			return err
		}
		if !errors.Is(err, fs.ErrNotExist) && !clearWay(dst) {
			return err
		}
	}
}

// clearWay removes what is in the way of an entry's file. It returns false if it removed nothing.
func clearWay(dst string) bool {
	cleared := false
	inner := filepath.Dir(dst)
	for _, dir := range []string{filepath.Dir(inner), inner} {
		if fi, err := os.Lstat(dir); err == nil && !fi.IsDir() {
			cleared = os.Remove(dir) == nil || cleared
		}
	}
	if fi, err := os.Lstat(dst); err == nil && fi.IsDir() {
		cleared = os.RemoveAll(dst) == nil || cleared
	}
	return cleared
}

// PutBytes stores b.
func (s *Store) PutBytes(kind Kind, key Key, b []byte) error {
	return s.Put(kind, key, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
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

// ErrLost means that an entry disappeared during a build because something else removed or damaged it.
var ErrLost = errors.New("the cache lost an entry while it was in use")
