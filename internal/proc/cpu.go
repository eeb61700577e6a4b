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
