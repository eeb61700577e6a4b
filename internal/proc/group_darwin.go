package proc

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// groupAttr puts a child in a group of its own. Nothing ties its life to ours here: after a
// kill -9 of Mynah it sees its pipes close.
func groupAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit waits by a kernel queue, which reports an end without reaping. A child that has
// ended already is refused there (ESRCH).
func awaitExit(pid int) {
	queue, err := unix.Kqueue()
	if err != nil {
		return // the wait that follows waits, too
	}
	defer func() { _ = unix.Close(queue) }()
	want := []unix.Kevent_t{{Ident: uint64(pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD | unix.EV_ONESHOT, Fflags: unix.NOTE_EXIT}}
	got := make([]unix.Kevent_t, 1)
	for {
		if _, err := unix.Kevent(queue, want, got, nil); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// limit puts niceness on a child that has just started. The system has no limits for another
// process.
func limit(pid, nice int, _ Limits) { setNice(pid, nice) }

// groupCPU is the processor time, in hundredths of a second, of the processes of a group as ps
// tells it, as 12:34.56 for each.
func groupCPU(group int) (units int64, known bool) {
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "/bin/ps", "-o", "time=", "-g", strconv.Itoa(group)).Output()
	if err != nil {
		return 0, false
	}
	for field := range strings.FieldsSeq(string(out)) {
		var t int64
		for part := range strings.SplitSeq(field, ":") {
			seconds, hundredths, _ := strings.Cut(part, ".")
			n, err1 := strconv.ParseInt(seconds, 10, 64)
			h, err2 := strconv.ParseInt("0"+hundredths, 10, 64)
			if err1 != nil || err2 != nil {
				return 0, false
			}
			t = t*60 + n*100 + h
		}
		units += t
	}
	return units, true
}

// widen does nothing: pipes grow by themselves here.
func widen(*os.File) {}

// peakUnit is the unit of a process's most memory, in bytes; getrusage(2).
const peakUnit = 1
