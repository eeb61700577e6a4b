//go:build unix

package host

import (
	"bytes"
	"io/fs"
	"os"
	"strconv"
	"syscall"
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
