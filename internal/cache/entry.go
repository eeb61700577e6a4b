package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"sync"
	"time"
)

// blockSize is the number of bytes of an entry that are read and checked together.
const blockSize = 256 << 10

// Entry is an open entry. Its checksum was correct when it was opened, and each block is checked again when it is read.
// So a reader gets the right bytes or ErrLost, also if something truncates or changes the file meanwhile. It is safe
// for concurrent use, apart from Read and Seek.
type Entry struct {
	*io.SectionReader
	f      *os.File
	size   int64
	blocks []uint32 // CRC-32C of each block

	mu    sync.Mutex
	block int    // the block that bytes contains
	bytes []byte // its content
}

// Close closes the entry.
func (e *Entry) Close() error { return e.f.Close() }

var errDamaged = errors.New("damaged entry")

// openChecked opens the file of an entry, and checks it.
func openChecked(path string, kind Kind, key Key) (*Entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	e := &Entry{f: f}
	if err := e.check(newEntryChecksum(kind, key)); err != nil {
		_ = f.Close()
		return nil, err
	}
	e.SectionReader = io.NewSectionReader(blockReader{e}, 0, e.size)
	return e, nil
}

// check measures an entry and returns errDamaged if its checksum is wrong.
func (e *Entry) check(sum hash.Hash32) error {
	fi, err := e.f.Stat()
	if err != nil {
		return err
	}
	e.size = fi.Size() - trailerSize
	if e.size < 0 || !fi.Mode().IsRegular() {
		return errDamaged
	}
	e.bytes = make([]byte, min(e.size+trailerSize, blockSize)) // the trailer of a short entry is read with it
	rest := fi.Size()
	var trailer []byte
	for e.block = -1; rest > 0; rest -= int64(len(e.bytes)) {
		e.block++
		e.bytes = e.bytes[:min(rest, blockSize)]
		if _, err := e.f.ReadAt(e.bytes, int64(e.block)*blockSize); err != nil {
			return err
		}
		content := e.bytes[:max(min(e.size-int64(e.block)*blockSize, int64(len(e.bytes))), 0)]
		trailer = append(trailer, e.bytes[len(content):]...)
		_, _ = sum.Write(content)
		e.blocks = append(e.blocks, crc32.Checksum(content, castagnoli()))
	}
	if binary.BigEndian.Uint32(trailer) != sum.Sum32() || binary.BigEndian.Uint32(trailer[4:]) != magic {
		return errDamaged
	}
	return nil
}

// castagnoli returns the table of CRC-32C. The package crc32 makes it once.
func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// readBlock makes e.bytes the content of a block. The caller holds e.mu.
func (e *Entry) readBlock(n int) error {
	if n == e.block {
		return nil
	}
	e.block = -1
	length := min(e.size-int64(n)*blockSize, blockSize)
	e.bytes = e.bytes[:length]
	_, err := e.f.ReadAt(e.bytes, int64(n)*blockSize)
	if errors.Is(err, io.EOF) || err == nil && crc32.Checksum(e.bytes, castagnoli()) != e.blocks[n] {
		return fmt.Errorf("%w: a file was changed while it was read", ErrLost)
	}
	if err != nil {
		return err
	}
	e.block = n
	return nil
}

// blockReader reads an entry block by block.
type blockReader struct{ e *Entry }

// ReadAt implements io.ReaderAt. The SectionReader of the entry keeps offsets within its size.
func (r blockReader) ReadAt(p []byte, off int64) (n int, err error) {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	for n < len(p) && off < r.e.size {
		if err := r.e.readBlock(int(off / blockSize)); err != nil {
			return n, err
		}
		at := off % blockSize
		length := min(r.e.size-off+at, blockSize) // of the content in the block
		done := copy(p[n:], r.e.bytes[at:length])
		n, off = n+done, off+int64(done)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// OpenEntry opens an entry. It returns false if none exists. Opening updates the entry's time of last use, on
// which Prune relies.
func (s *Store) OpenEntry(kind Kind, key Key) (*Entry, bool) {
	if e, ok := s.openCopy(kind, key); ok {
		return e, true
	}
	e, ok := s.openLocal(kind, key)
	if !ok && s.fetchShared(kind, key) {
		e, ok = s.openLocal(kind, key)
	}
	if !ok {
		return nil, false
	}
	return s.replaceByCopy(e, kind, key), true
}

// openLocal opens an entry in the folder, and removes it if it is damaged.
func (s *Store) openLocal(kind Kind, key Key) (*Entry, bool) {
	p := s.makeEntryPath(kind, key)
	before, err := os.Stat(p)
	if err != nil {
		return nil, false
	}
	var e *Entry
	err = errDamaged
	if before.Mode().IsRegular() { // opening a FIFO would wait
		e, err = openChecked(p, kind, key)
	}
	if err != nil {
		// Otherwise, another process has replaced the entry meanwhile.
		if now, err := os.Stat(p); err == nil && os.SameFile(before, now) {
			_ = os.RemoveAll(p)
		}
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(p, now, now)
	return e, true
}

// ReadEntry returns the content of an entry.
func (s *Store) ReadEntry(kind Kind, key Key) ([]byte, bool) {
	e, ok := s.OpenEntry(kind, key)
	if !ok {
		return nil, false
	}
	defer func() { _ = e.Close() }()
	if len(e.blocks) == 1 {
		return e.bytes[:e.size:e.size], true
	}
	b := make([]byte, e.size)
	if _, err := io.ReadFull(e, b); err != nil {
		return nil, false
	}
	return b, true
}

// RemoveEntry removes an entry, for example if it turned out to be wrong.
func (s *Store) RemoveEntry(kind Kind, key Key) {
	_ = os.Remove(s.makeEntryPath(kind, key))
	s.removeCopy(kind, key)
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
