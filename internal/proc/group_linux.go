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

// groupAttr puts a child in a group of its own and ties its life to ours. Descendants
// of the child are not tied: after a kill -9 of Mynah they see their pipes close.
func groupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// limit puts niceness and limits on a child that has just started. Failing is no
// reason not to run it.
func limit(pid, nice int, l Limits) {
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

// groupCPU is the processor time, in ticks of the kernel's, that the processes of a group
// have taken so far: a program may be a script around the one that works.
func groupCPU(group int) (ticks int64, known bool) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		// The name of the program, in brackets, may hold anything; proc(5).
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

// widen lets a pipe hold more: pictures come by the megabyte, and fewer, larger steps are
// cheaper. Where the kernel grants no more, the usual size does.
func widen(w *os.File) { _, _ = unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, pipeSize) }

// peakUnit is the unit of a process's most memory, in bytes; getrusage(2).
const peakUnit = 1024
