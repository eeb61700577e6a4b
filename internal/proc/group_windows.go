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

// group is a child with all that it starts: a job object. It ends with our last handle of it,
// however we end.
type group struct{ job, child windows.Handle }

// groupAttr starts a child that waits until it belongs to its job, in a process group of its own
// so that Ctrl+C in the console is ours alone, without a window.
func groupAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_SUSPENDED | windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
}

// killedCode is the exit code of what is ended by us: STATUS_CONTROL_C_EXIT.
const killedCode = 0xC000013A

// gather puts a child that waits into a job with its limits, and lets it run.
func gather(cmd *exec.Cmd, nice int, l Limits) (g group, err error) {
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
	info := jobLimits(nice, l)
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

// jobLimits are those of a job; the system has none for the size of files.
func jobLimits(nice int, l Limits) windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
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

// terminate ends all at once: the system has no softer way for programs without a window.
func (g group) terminate() { g.kill() }

func (g group) kill() { _ = windows.TerminateJobObject(g.job, killedCode) }

func (g group) awaitExit() { _, _ = windows.WaitForSingleObject(g.child, windows.INFINITE) }

// accounting is JOBOBJECT_BASIC_ACCOUNTING_INFORMATION; times are in units of 100 ns.
type accounting struct {
	user, kernel, periodUser, periodKernel int64
	faults, processes, active, terminated  uint32
}

func (g group) account() (a accounting, err error) {
	err = windows.QueryInformationJobObject(g.job, windows.JobObjectBasicAccountingInformation,
		uintptr(unsafe.Pointer(&a)), uint32(unsafe.Sizeof(a)), nil)
	return a, err
}

func (g group) awaitEnd(most time.Duration) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(most); time.Now().Before(end); <-tick.C {
		if a, err := g.account(); err != nil || a.active == 0 {
			return
		}
	}
}

func (g group) cpu() (units int64, known bool) {
	a, err := g.account()
	return a.user + a.kernel, err == nil
}

func (g group) close() {
	for _, h := range []windows.Handle{g.job, g.child} {
		if h != 0 {
			_ = windows.CloseHandle(h)
		}
	}
}

// passFiles lets a child have the handles of open files. It knows them by their numbers, which its
// arguments name.
func passFiles(cmd *exec.Cmd, files []*os.File) error {
	for _, f := range files {
		h := syscall.Handle(f.Fd())
		if err := syscall.SetHandleInformation(h, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT); err != nil {
			return fmt.Errorf("hand a pipe on: %w", err)
		}
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, h)
	}
	return nil
}

// endSignal tells an end by force or by an exception of the processor from one of a program's
// own: the codes of both are those of the kernel's errors.
func endSignal(st *os.ProcessState) os.Signal {
	switch code := uint32(st.ExitCode()); {
	case code == killedCode:
		return syscall.SIGKILL
	case code>>30 == 3:
		return syscall.SIGSEGV
	}
	return nil
}

// IsOverFileSize reports whether a child ended because a file grew over its limit.
func (e *ExitError) IsOverFileSize() bool { return false }

func isExecutable(fi os.FileInfo) bool { return strings.EqualFold(filepath.Ext(fi.Name()), ".exe") }

// programFile is the name of a program's file. Batch files are no programs: their shell reads
// arguments in its own way.
func programFile(program string) string {
	if strings.EqualFold(filepath.Ext(program), ".exe") {
		return program
	}
	return program + ".exe"
}

// ownEnv are the variables that children need on this system alone.
func (c Config) ownEnv() []string {
	return []string{"TEMP=" + c.TempDir, "TMP=" + c.TempDir, "USERPROFILE=" + c.Home, "SystemRoot=" + os.Getenv("SystemRoot")}
}

func widen(*os.File) {}
