// Package pending writes files that appear complete or not at all: under another name in the same
// folder, synced, then renamed. The leftovers of a killed process are removed by the next process
// that writes to the folder.
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

// prefix begins the names of files that are being written. They are short, so that a
// file may have a name as long as the disk allows.
const prefix = ".mynah-part-"

// File is a file that is being written.
type File struct {
	*os.File
	path string
	lock *system.Lock
	over bool
}

// Create begins a file; either Publish or Discard ends it. Its writer holds a lock on it
// for as long as it lives, however it ends: what nobody holds was left by a killed
// process, and is removed here.
func Create(path string) (*File, error) {
	dir := filepath.Dir(path)
	sweep(dir)
	for {
		// The mode is what is left of it by the process's mask, as with any program.
		name := filepath.Join(dir, prefix+strconv.FormatUint(rand.Uint64(), 36)) //nolint:gosec // it need not be secret: O_EXCL refuses one that is there
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)      //nolint:gosec // films are for others to see
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
		// Before it was locked, another process may have taken it for one that was left.
		if !errors.Is(err, system.ErrTaken) && !errors.Is(err, fs.ErrNotExist) {
			_ = os.Remove(name)
			return nil, err
		}
	}
}

func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !e.Type().IsRegular() {
			continue
		}
		name := filepath.Join(dir, e.Name())
		if lock, err := system.TryLock(name); err == nil {
			_ = os.Remove(name)
			lock.Release()
		}
	}
}

// Publish syncs the file, closes it and gives it its name. A file of that name is replaced.
func (f *File) Publish() error {
	err := errors.Join(f.Sync(), f.Close()) // some systems rename no file that is open
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		f.Discard()
		return err
	}
	f.over = true
	f.lock.Release()
	return nil
}

// Discard removes the file, unless it was published.
func (f *File) Discard() {
	if !f.over {
		f.over = true
		_ = f.Close()
		_ = os.Remove(f.Name())
		f.lock.Release()
	}
}
