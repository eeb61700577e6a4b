// Package pending writes files that appear completely or not at all: it writes them under a temporary name in
// the same folder, syncs and renames them. Leftovers of a killed process are removed by the next process that
// writes to the folder.
package pending

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mynah/internal/system"
)

// prefix is the prefix of temporary names. These are short, because the final name may already have the maximum
// length.
const prefix = ".mynah-part-"

// File is a file that is being written.
type File struct {
	*os.File
	path string
	lock *system.Lock
	over bool
}

// CreateFile creates a file under a temporary name. The caller must call Publish or Discard. The process locks the
// file until it ends, even if it is killed; CreateFile removes files without a lock, which killed processes left
// behind.
func CreateFile(path string) (*File, error) {
	dir := filepath.Dir(path)
	removeLeftFiles(dir)
	for {
		// The mode is reduced by the process's umask, as usual.
		//nolint:gosec // it need not be secret: O_EXCL refuses one that is there
		name := filepath.Join(dir, prefix+strconv.FormatUint(rand.Uint64(), 36))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // films are for others to see
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		lock, err := system.TryLock(name)
		if err == nil {
			return &File{File: f, path: path, lock: lock}, nil
		}
		_ = f.Close()
		// Before the lock succeeded, another process may have removed the file as a leftover.
		if !errors.Is(err, system.ErrTaken) && !errors.Is(err, fs.ErrNotExist) {
			_ = os.Remove(name)
			return nil, err
		}
	}
}

// removeLeftFiles removes the temporary files of processes that have ended.
func removeLeftFiles(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !e.Type().IsRegular() {
			continue
		}
		name := filepath.Join(dir, e.Name())
		if lock, err := system.TryLock(name); err == nil {
			_ = os.Remove(name)
			lock.Unlock()
		}
	}
}

// Publish syncs, closes and renames the file to its final name. It replaces an existing file.
func (f *File) Publish() error {
	err := errors.Join(f.Sync(), f.Close()) // some systems cannot rename open files
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		f.Discard()
		return err
	}
	f.over = true
	f.lock.Unlock()
	return nil
}

// Discard removes the file, unless it was published.
func (f *File) Discard() {
	if !f.over {
		f.over = true
		_ = f.Close()
		_ = os.Remove(f.Name())
		f.lock.Unlock()
	}
}
