// Package system has what each operating system does differently about files: the identity of a
// file, locks that end with their process, free space on a disk, links to staged files. Packages
// above it do not ask which system they run on.
package system

import (
	"errors"
	"io/fs"
	"time"

	"github.com/gofrs/flock"
)

// Identity is what a file is recognised by: device, inode, size in bytes, when it was written and
// when it or its name was changed, both in nanoseconds since 1970.
type Identity [5]int64

// Size is the file's length in bytes.
func (id Identity) Size() int64 { return id[2] }

// Changed is when the file, its name or its permissions changed.
func (id Identity) Changed() time.Time { return time.Unix(0, id[4]) }

// Identify identifies a file; links are followed.
func Identify(path string) (Identity, error) { return identify(path, true) }

// IdentifyRegular identifies a regular file; it fails for a link.
func IdentifyRegular(path string) (Identity, error) { return identify(path, false) }

// IdentifyProgram identifies the file of the running program.
func IdentifyProgram() (Identity, error) {
	path, err := program()
	if err != nil {
		return Identity{}, err
	}
	return Identify(path)
}

// ErrTaken tells that another holds the lock of a file or folder.
var ErrTaken = errors.New("another process uses it")

// Lock is held on a file or folder until Release or until the process ends, however it ends.
type Lock struct {
	held *flock.Flock
}

// TryLock locks a file or folder that exists, or fails at once: with ErrTaken where it is
// locked, with fs.ErrNotExist where it was removed or replaced meanwhile.
func TryLock(path string) (*Lock, error) {
	place, flag, err := lockPlace(path)
	if err != nil {
		return nil, err
	}
	l := &Lock{held: flock.New(place, flock.SetFlag(flag))}
	switch ok, err := l.held.TryLock(); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ErrTaken
	case !isThere(l.held, path):
		l.Release()
		return nil, &fs.PathError{Op: "lock", Path: path, Err: fs.ErrNotExist}
	}
	return l, nil
}

// Release returns the lock back.
func (l *Lock) Release() {
	_ = l.held.Unlock()
	forgetLock(l.held.Path())
}
