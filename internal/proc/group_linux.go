package proc

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// newGroupAttr makes the child the leader of a new process group that ends when Mynah ends. This does not apply to
// the child's descendants: if Mynah is killed, they only notice that their pipes are closed.
func newGroupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// awaitExit waits until a process has ended, without reaping it.
func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// setLimits sets niceness and limits of a child that has just started. It ignores failures.
func setLimits(pid, nice int, l Limits) {
	setNice(pid, nice)
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

// readGroupCPU returns the processor time of all processes of a group so far, in clock ticks. It adds up the group,
// because a program may be a script that starts the real program.
func readGroupCPU(group int) (ticks int64, known bool) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		// The program's name, in parentheses, may contain any character; proc(5).
		f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
		const pgrp, utime, cstime = 2, 11, 14
		if len(f) <= cstime || string(f[pgrp]) != strconv.Itoa(group) {
			continue
		}
		for _, v := range f[utime : cstime+1] {
			n, _ := strconv.ParseInt(string(v), 10, 64)
			ticks += n
		}
	}
	return ticks, true
}

// enlargePipe enlarges a pipe's buffer, because pictures are megabytes in size and fewer writes are faster. It
// ignores failures.
func enlargePipe(w *os.File) { _, _ = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, pipeSize) }

// peakUnit is the unit of getrusage(2)'s ru_maxrss, in bytes.
const peakUnit = 1024
