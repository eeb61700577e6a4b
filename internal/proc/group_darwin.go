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

// newGroupAttr makes the child the leader of a new process group. macOS cannot end the child with its parent: if
// Mynah is killed, the child only notices that its pipes are closed.
func newGroupAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit waits until a process has ended, without reaping it. It uses a kernel queue, which rejects
// processes that have already ended (ESRCH).
func awaitExit(pid int) {
	queue, err := unix.Kqueue()
	if err != nil {
		return // the later call of Wait waits instead
	}
	defer func() { _ = unix.Close(queue) }()
	want := []unix.Kevent_t{{
		Ident: uint64(pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD | unix.EV_ONESHOT, Fflags: unix.NOTE_EXIT,
	}}
	got := make([]unix.Kevent_t, 1)
	for {
		if _, err := unix.Kevent(queue, want, got, nil); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// setLimits sets the niceness of a child that has just started. macOS cannot limit another process.
func setLimits(pid, nice int, _ Limits) { setNice(pid, nice) }

// readGroupCPU returns the processor time of all processes of a group, in hundredths of a second, from the output
// of ps such as 12:34.56.
func readGroupCPU(group int) (units int64, known bool) {
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

// enlargePipe does nothing: macOS enlarges pipes automatically.
func enlargePipe(*os.File) {}

// peakUnit is the unit of getrusage(2)'s ru_maxrss, in bytes.
const peakUnit = 1
