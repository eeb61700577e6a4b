package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a child with all of its descendants: a job object. Windows kills them when the last handle of the
// job is closed, which includes a crash of Mynah.
type group struct{ job, child windows.Handle }

// newGroupAttr starts a child suspended, so that it can be assigned to its job first, without a window, and in a
// new process group, so that Ctrl+C in the console reaches only Mynah.
func newGroupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		CreationFlags: windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW,
	}
}

// killedCode is the exit code of processes that Mynah kills: STATUS_CONTROL_C_EXIT.
const killedCode = 0xC000013A

// setUpGroup assigns a suspended child to a job with its limits, and resumes it.
func setUpGroup(cmd *exec.Cmd, nice int, l Limits) (g group, err error) {
	defer func() {
		if err != nil {
			_ = cmd.Process.Kill()
			g.close()
		}
	}()
	const access = windows.PROCESS_SET_QUOTA | windows.PROCESS_TERMINATE | windows.PROCESS_SUSPEND_RESUME |
		windows.PROCESS_SET_INFORMATION | windows.SYNCHRONIZE
	if g.child, err = windows.OpenProcess(access, false, uint32(cmd.Process.Pid)); err != nil {
		return g, fmt.Errorf("open the process: %w", err)
	}
	if g.job, err = windows.CreateJobObject(nil, nil); err != nil {
		return g, fmt.Errorf("make a job object: %w", err)
	}
	info := newJobLimits(nice, l)
	if _, err = windows.SetInformationJobObject(g.job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		return g, fmt.Errorf("limit the job object: %w", err)
	}
	if err = windows.AssignProcessToJobObject(g.job, g.child); err != nil {
		return g, fmt.Errorf("put the process into its job object: %w", err)
	}
	resume := windows.NewLazySystemDLL("ntdll.dll").NewProc("NtResumeProcess")
	if status, _, _ := resume.Call(uintptr(g.child)); status != 0 {
		return g, fmt.Errorf("resume the process: %w", windows.NTStatus(status))
	}
	return g, nil
}

// newJobLimits returns the limits of a job. Windows cannot limit file sizes.
func newJobLimits(nice int, l Limits) windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	basic := &info.BasicLimitInformation
	basic.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
	if nice > 0 {
		basic.LimitFlags |= windows.JOB_OBJECT_LIMIT_PRIORITY_CLASS
		basic.PriorityClass = windows.BELOW_NORMAL_PRIORITY_CLASS
	}
	if l.Memory > 0 {
		basic.LimitFlags |= windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY
		info.ProcessMemoryLimit = uintptr(l.Memory)
	}
	if l.CPU > 0 {
		basic.LimitFlags |= windows.JOB_OBJECT_LIMIT_PROCESS_TIME
		basic.PerProcessUserTimeLimit = int64(l.CPU / 100)
	}
	return info
}

// terminate kills all processes: Windows cannot ask programs without a window to end.
func (g group) terminate() { g.kill() }

func (g group) kill() { _ = windows.TerminateJobObject(g.job, killedCode) }

func (g group) awaitExit() { _, _ = windows.WaitForSingleObject(g.child, windows.INFINITE) }

// accounting is JOBOBJECT_BASIC_ACCOUNTING_INFORMATION. Times are in units of 100 ns.
type accounting struct {
	user, kernel, periodUser, periodKernel int64
	faults, processes, active, terminated  uint32
}

func (g group) queryAccounting() (a accounting, err error) {
	err = windows.QueryInformationJobObject(g.job, windows.JobObjectBasicAccountingInformation,
		uintptr(unsafe.Pointer(&a)), uint32(unsafe.Sizeof(a)), nil)
	return a, err
}

func (g group) awaitEnd(most time.Duration) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(most); time.Now().Before(end); <-tick.C {
		if a, err := g.queryAccounting(); err != nil || a.active == 0 {
			return
		}
	}
}

func (g group) readCPU() (units int64, known bool) {
	a, err := g.queryAccounting()
	return a.user + a.kernel, err == nil
}

func (g group) close() {
	for _, h := range []windows.Handle{g.job, g.child} {
		if h != 0 {
			_ = windows.CloseHandle(h)
		}
	}
}

// passFiles makes the handles of open files inheritable by a child. The child's arguments contain their
// numbers.
func passFiles(cmd *exec.Cmd, files []*os.File) error {
	for _, f := range files {
		h := syscall.Handle(f.Fd())
		if err := syscall.SetHandleInformation(h, syscall.HANDLE_FLAG_INHERIT,
			syscall.HANDLE_FLAG_INHERIT); err != nil {
			return fmt.Errorf("pass a pipe to the process: %w", err)
		}
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, h)
	}
	return nil
}

// findEndSignal returns SIGKILL for a process that Mynah killed, SIGSEGV for one that ended by a processor
// exception, and nil for one that exited. Both have exit codes of the form of kernel errors.
func findEndSignal(st *os.ProcessState) os.Signal {
	switch code := uint32(st.ExitCode()); {
	case code == killedCode:
		return syscall.SIGKILL
	case code>>30 == 3:
		return syscall.SIGSEGV
	}
	return nil
}

// IsOverFileSize implements the same method of other systems. Windows cannot limit file sizes.
func (e *ExitError) IsOverFileSize() bool { return false }

func isExecutable(fi os.FileInfo) bool { return strings.EqualFold(filepath.Ext(fi.Name()), ".exe") }

// formatProgramFile returns the file name of a program. Batch files do not count, because their shell interprets
// arguments differently.
func formatProgramFile(program string) string {
	if strings.EqualFold(filepath.Ext(program), ".exe") {
		return program
	}
	return program + ".exe"
}

// listSystemEnv returns the environment variables that only this system needs.
func (c Config) listSystemEnv() []string {
	return []string{
		"TEMP=" + c.TempDir, "TMP=" + c.TempDir, "USERPROFILE=" + c.Home, "SystemRoot=" + os.Getenv("SystemRoot"),
	}
}

func enlargePipe(*os.File) {}
