// Package system hides the differences between operating systems in handling files: file
// identity, locks that end with their process, free disk space, and links to staged files.
package system

import (
	"errors"
	"io/fs"
	"time"

	"github.com/gofrs/flock"
)

// Identity identifies a version of a file: device, inode, size in bytes, modification time and
// change time, both in nanoseconds since 1970.
type Identity [5]int64

// Size returns the file's size in bytes.
func (id Identity) Size() int64 { return id[2] }

// ReadChangeTime returns when the file, its name or its permissions changed.
func (id Identity) ReadChangeTime() time.Time { return time.Unix(0, id[4]) }

// Identify identifies a file; links are followed.
func Identify(path string) (Identity, error) { return identify(path, true) }

// IdentifyRegular identifies a regular file; it fails for a link.
func IdentifyRegular(path string) (Identity, error) { return identify(path, false) }

// IdentifyProgram identifies the file of the running program.
func IdentifyProgram() (Identity, error) {
	path, err := findRunningProgram()
	if err != nil {
		return Identity{}, err
	}
	return Identify(path)
}

// ErrTaken is returned if another process holds the lock of a file or folder.
var ErrTaken = errors.New("another process uses it")

// Lock is a lock on a file or folder. It is held until Unlock or until the process ends, even if
// it is killed.
type Lock struct {
	held *flock.Flock
}

// TryLock locks an existing file or folder without waiting. It returns ErrTaken if it is locked,
// and fs.ErrNotExist if it was removed or replaced.
func TryLock(path string) (*Lock, error) {
	place, flag, err := prepareLockFile(path)
	if err != nil {
		return nil, err
	}
	l := &Lock{held: flock.New(place, flock.SetFlag(flag))}
	switch ok, err := l.held.TryLock(); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ErrTaken
	case !isStillNamed(l.held, path):
		l.Unlock()
		return nil, &fs.PathError{Op: "lock", Path: path, Err: fs.ErrNotExist}
	}
	return l, nil
}

// Unlock releases the lock.
func (l *Lock) Unlock() {
	_ = l.held.Unlock()
	removeLockFile(l.held.Path())
}
