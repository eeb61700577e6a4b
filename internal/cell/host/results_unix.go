//go:build unix

package host

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// openFlags keep an open from waiting, as on a FIFO, and from following a link.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW

// checkOwner checks that a file belongs to this user and has one name.
func checkOwner(info fs.FileInfo, name string) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return nil
	case int(st.Uid) != os.Geteuid():
		return refuse(name, "it belongs to another user")
	case st.Nlink != 1:
		return refuse(name, "it has several names")
	}
	return nil
}

// A file of leastSparse bytes or more is sparse if less than the part 1/sparseShare of it is data. Smaller files may be
// silence or black, which some file systems store as holes.
const (
	leastSparse = 16 << 20
	sparseShare = 8
)

// isSparse reports whether a file consists mostly of holes. It leaves the file at its start.
func isSparse(f *os.File, info fs.FileInfo) bool {
	const block = 512 // bytes of a unit of Stat_t.Blocks
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Size() < leastSparse || st.Blocks >= info.Size()/sparseShare/block {
		return false
	}
	// ZFS counts the blocks of new files late, so the holes decide.
	defer func() { _, _ = f.Seek(0, io.SeekStart) }()
	const mostParts = 100_000
	var data, at int64
	for range mostParts {
		begin, err := f.Seek(at, unix.SEEK_DATA)
		if err != nil {
			// ENXIO: no data follow. Other errors: the file system does not know its holes, and the blocks decide.
			return true
		}
		if at, err = f.Seek(begin, unix.SEEK_HOLE); err != nil {
			return true
		}
		if data += at - begin; data >= info.Size()/sparseShare {
			return false
		}
	}
	return true
}

// MeasureMemory returns the resident memory of the cell in bytes, 0 where it cannot be measured.
func (r *running) MeasureMemory() int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(r.ProcessID()) + "/statm")
	if err != nil {
		return 0
	}
	f := bytes.Fields(b)
	const resident = 1
	if len(f) <= resident {
		return 0
	}
	pages, _ := strconv.ParseInt(string(f[resident]), 10, 64)
	return pages * int64(os.Getpagesize())
}
