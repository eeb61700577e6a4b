package main

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// becomeSubreaper makes this process the parent of orphaned descendants. The processes of a browser outlive
// the one that started them, so their CPU time would otherwise not be counted.
func becomeSubreaper() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl: %w", err)
	}
	return nil
}

// reapOrphans waits for adopted processes, kills those that do not end, and returns the CPU seconds of
// all of them. The processes known are left alone.
func reapOrphans(known ...int) float64 {
	cpu := 0.0
	deadline := time.Now().Add(5 * time.Second)
	for {
		left := 0
		for _, pid := range childPIDs(os.Getpid()) {
			if slices.Contains(known, pid) {
				continue
			}
			if time.Now().After(deadline) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			var status syscall.WaitStatus
			var used syscall.Rusage
			if got, err := syscall.Wait4(pid, &status, syscall.WNOHANG, &used); err == nil && got == pid {
				cpu += time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
			} else {
				left++
			}
		}
		if left == 0 {
			return cpu
		}
		time.Sleep(20 * time.Millisecond)
	}
}
