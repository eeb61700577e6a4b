//go:build unix

package system

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"
)

// identify returns the identity of a file. Without follow, it fails for links and other files that are not
// regular.
func identify(path string, follow bool) (Identity, error) {
	var st unix.Stat_t
	look, op := unix.Stat, "stat"
	if !follow {
		look, op = unix.Lstat, "lstat"
	}
	if err := look(path, &st); err != nil {
		return Identity{}, &os.PathError{Op: op, Path: path, Err: err}
	}
	if !follow && st.Mode&unix.S_IFMT != unix.S_IFREG {
		return Identity{}, &os.PathError{Op: op, Path: path, Err: errors.New("it is not a regular file")}
	}
	return Identity{int64(st.Dev), int64(st.Ino), st.Size, st.Mtim.Nano(), st.Ctim.Nano()}, nil
}

// OpenWithoutWaiting is a flag for os.OpenFile: an open does not wait, as on a FIFO, and does not follow a link.
const OpenWithoutWaiting = unix.O_NONBLOCK | unix.O_NOFOLLOW

// prepareLockFile returns the file to lock for path: itself.
func prepareLockFile(path string) (place string, flag int, err error) {
	return path, os.O_RDONLY | OpenWithoutWaiting, nil
}

// isStillNamed reports whether the locked file still has its name.
func isStillNamed(held *flock.Flock, path string) bool {
	a, err1 := held.Stat()
	b, err2 := os.Lstat(path)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// removeLockFile does nothing: no lock has a file of its own here.
func removeLockFile(string) {}

// MeasureFreeSpace returns the free space of a folder's disk in bytes.
func MeasureFreeSpace(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(min(s.Bavail, 1<<40) * uint64(s.Bsize)), nil
}

// IsDiskFull reports whether an error means that a disk or quota is full.
func IsDiskFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EFBIG)
}

// IsBlockedByOpenFile reports whether a file could not be replaced because it is open: never here.
func IsBlockedByOpenFile(error) bool { return false }

// Link makes a file available under another name, for programs that read it.
func Link(file, name string) error { return os.Symlink(file, name) }

// SyncToDisk waits until a file or folder is on the disk.
func SyncToDisk(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// FindUserDataDir returns the folder of the user's data, by the XDG base directory specification.
func FindUserDataDir() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "share"), nil
}
