//go:build unix

package proc

import (
	"time"

	"golang.org/x/sys/unix"
)

// OwnCPU is the processor time of this process so far, without that of its children.
func OwnCPU() time.Duration {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// PeakMemory is the most memory that this process held so far, and the largest of its children
// that have ended, in bytes; 0 is unknown.
func PeakMemory() (own, child int64) {
	return peak(unix.RUSAGE_SELF), peak(unix.RUSAGE_CHILDREN)
}

func peak(who int) int64 {
	var r unix.Rusage
	if err := unix.Getrusage(who, &r); err != nil {
		return 0
	}
	return r.Maxrss * peakUnit
}
