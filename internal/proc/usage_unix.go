//go:build unix

package proc

import (
	"time"

	"golang.org/x/sys/unix"
)

// ReadOwnCPU returns the processor time of this process so far, without its children.
func ReadOwnCPU() time.Duration {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// ReadPeakMemory returns the peak memory of this process, and that of its largest child that has ended, in bytes; 0
// if unknown.
func ReadPeakMemory() (own, child int64) {
	return readPeakMemory(unix.RUSAGE_SELF), readPeakMemory(unix.RUSAGE_CHILDREN)
}

// readPeakMemory returns the peak memory of this process or its children, in bytes.
func readPeakMemory(who int) int64 {
	var r unix.Rusage
	if err := unix.Getrusage(who, &r); err != nil {
		return 0
	}
	return r.Maxrss * peakUnit
}
