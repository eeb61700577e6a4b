package system

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"github.com/gofrs/flock"
	"golang.org/x/sys/windows"
)

// basicInfo is FILE_BASIC_INFO; times are in units of 100 ns since 1601.
type basicInfo struct {
	created, accessed, written, changed int64
	attributes                          uint32
	_                                   uint32
}

// toUnixNanoseconds converts a time in units of 100 ns since 1601 to nanoseconds since 1970.
func toUnixNanoseconds(t int64) int64 { return (t - 116444736000000000) * 100 }

// identify returns the identity of a file. Without follow, it fails for links and other files that are not
// regular.
func identify(path string, follow bool) (Identity, error) {
	if !follow {
		info, err := os.Lstat(path)
		if err != nil {
			return Identity{}, err
		}
		if !info.Mode().IsRegular() {
			return Identity{}, &os.PathError{Op: "lstat", Path: path, Err: errors.New("it is not a regular file")}
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return Identity{}, err
	}
	defer func() { _ = f.Close() }()
	handle := windows.Handle(f.Fd())
	var id windows.ByHandleFileInformation
	var times basicInfo
	err = windows.GetFileInformationByHandle(handle, &id)
	if err == nil {
		err = windows.GetFileInformationByHandleEx(handle, windows.FileBasicInfo,
			(*byte)(unsafe.Pointer(&times)), uint32(unsafe.Sizeof(times)))
	}
	if err != nil {
		return Identity{}, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	pair := func(high, low uint32) int64 { return int64(high)<<32 | int64(low) }
	return Identity{
		int64(id.VolumeSerialNumber), pair(id.FileIndexHigh, id.FileIndexLow), pair(id.FileSizeHigh, id.FileSizeLow),
		toUnixNanoseconds(times.written), toUnixNanoseconds(times.changed),
	}, nil
}

// OpenWithoutWaiting is a flag for os.OpenFile; nothing that a file system contains lets an open wait here.
const OpenWithoutWaiting = 0

// prepareLockFile returns the file to lock for path: a file in a folder for temporary files, named after a hash of
// path. Windows cannot lock folders, and a locked file can be neither written nor renamed.
func prepareLockFile(path string) (place string, flag int, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", 0, err
	}
	dir := filepath.Join(os.TempDir(), "mynah-locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", 0, err
	}
	sum := sha256.Sum256([]byte(strings.ToLower(path)))
	return filepath.Join(dir, hex.EncodeToString(sum[:16])), os.O_RDWR | os.O_CREATE, nil
}

// isStillNamed reports whether the file that was locked still exists.
func isStillNamed(_ *flock.Flock, path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// removeLockFile removes the file of a lock; it stays if another process has it open.
func removeLockFile(place string) { _ = os.Remove(place) }

// MeasureFreeSpace returns the free space of a folder's disk in bytes.
func MeasureFreeSpace(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(min(free, 1<<62)), nil
}

// IsDiskFull reports whether an error means that a disk or quota is full.
func IsDiskFull(err error) bool {
	full := []error{
		windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED,
		syscall.ENOSPC,
	}
	for _, e := range full {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// IsBlockedByOpenFile reports whether a file could not be replaced because it is open.
func IsBlockedByOpenFile(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

// Link makes a file available under another name, for programs that read it. Few users may
// create symbolic links, so it is a hard link, or a copy if that fails, as on another disk.
func Link(file, name string) error {
	if os.Link(file, name) == nil {
		return nil
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// SyncToDisk waits until a file is on the disk. For folders, it does nothing, because Windows does not support it.
func SyncToDisk(path string) error {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// FindUserDataDir returns the folder of the user's data.
func FindUserDataDir() (string, error) { return os.UserCacheDir() }
