// Package pending writes files that appear whole or not at all: under another name in
// the same folder, synced, then renamed. What a killed process left of its own is removed
// by the next that writes to the folder. It refuses to know what is in the files.
package pending

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// prefix begins the names of files that are being written. They are short, so that a
// file may have a name as long as the disk allows.
const prefix = ".mynah-part-"

// File is a file that is being written.
type File struct {
	*os.File
	path string
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
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil && isAt(f) {
			return &File{File: f, path: path}, nil
		}
		// Another process took it for one that was left before it was locked.
		_ = f.Close()
	}
}

func isAt(f *os.File) bool {
	a, err1 := f.Stat()
	b, err2 := os.Stat(f.Name())
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !e.Type().IsRegular() {
			continue
		}
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			_ = os.Remove(f.Name())
		}
		_ = f.Close()
	}
}

// Publish syncs the file and gives it its name. A file of that name is replaced.
func (f *File) Publish() error {
	err := f.Sync()
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		f.Discard()
		return err
	}
	f.over = true
	return f.Close()
}

// Discard removes the file, unless it was published.
func (f *File) Discard() {
	if !f.over {
		f.over = true
		_ = os.Remove(f.Name())
		_ = f.Close()
	}
}
