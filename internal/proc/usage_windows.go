package proc

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ReadOwnCPU returns the processor time of this process so far, without its children.
func ReadOwnCPU() time.Duration {
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &kernel, &user); err != nil {
		return 0
	}
	const unit = 100 * time.Nanosecond
	span := func(t windows.Filetime) time.Duration {
		return time.Duration(int64(t.HighDateTime)<<32|int64(t.LowDateTime)) * unit
	}
	return span(kernel) + span(user)
}

// memoryCounters is PROCESS_MEMORY_COUNTERS.
type memoryCounters struct {
	size, faults  uint32
	peakSet, set  uintptr
	quotaAndFiles [6]uintptr
}

// ReadPeakMemory returns the peak memory of this process in bytes; 0 if unknown. child is always 0, because Windows
// does not report it here.
func ReadPeakMemory() (own, child int64) {
	var m memoryCounters
	m.size = uint32(unsafe.Sizeof(m))
	read := windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")
	if ok, _, _ := read.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&m)), uintptr(m.size)); ok == 0 {
		return 0, 0
	}
	return int64(m.peakSet), 0
}
