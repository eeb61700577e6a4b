package proc

import (
	"errors"
	"math"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// groupAttr puts a child in a group of its own and ties its life to ours. Descendants
// of the child are not tied: after a kill -9 of Mynah they see their pipes close.
func groupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// awaitExit waits until a child has ended, and leaves it to be reaped.
func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

func killGroup(pid int, sig syscall.Signal) { _ = syscall.Kill(-pid, sig) }

// awaitGroup waits until no process is left in a group that was killed, for a while:
// where nobody reaps orphans they stay as zombies, which do no harm.
func awaitGroup(pid int, most time.Duration) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(most); time.Now().Before(end); <-tick.C {
		if err := syscall.Kill(-pid, 0); err != nil {
			return
		}
	}
}

// limit puts niceness and limits on a child that has just started. Failing is no
// reason not to run it.
func limit(pid, nice int, l Limits) {
	if nice > 0 {
		_ = unix.Setpriority(unix.PRIO_PROCESS, pid, nice)
	}
	set := func(what int, n int64) {
		_ = unix.Prlimit(pid, what, &unix.Rlimit{Cur: uint64(n), Max: uint64(n)}, nil)
	}
	set(unix.RLIMIT_CORE, 0)
	if l.Memory > 0 {
		set(unix.RLIMIT_AS, l.Memory)
	}
	if l.FileSize > 0 {
		set(unix.RLIMIT_FSIZE, l.FileSize)
	}
	if l.CPU > 0 {
		set(unix.RLIMIT_CPU, int64(math.Ceil(l.CPU.Seconds())))
	}
}
