//go:build unix

package proc

import (
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// group is a child with all that it starts: a process group.
type group struct{ pid int }

// gather takes charge of a child that has just started.
func gather(cmd *exec.Cmd, nice int, l Limits) (group, error) {
	limit(cmd.Process.Pid, nice, l)
	return group{cmd.Process.Pid}, nil
}

// terminate asks all to end.
func (g group) terminate() { _ = syscall.Kill(-g.pid, syscall.SIGTERM) }

// kill ends all at once.
func (g group) kill() { _ = syscall.Kill(-g.pid, syscall.SIGKILL) }

// awaitExit waits until the child has ended, and leaves it to be reaped: while it is dead but
// not reaped, its group cannot be another's.
func (g group) awaitExit() { awaitExit(g.pid) }

// awaitEnd waits until no process is left in a group that was killed, for a while: where nobody
// reaps orphans they stay as zombies, which do no harm.
func (g group) awaitEnd(most time.Duration) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(most); time.Now().Before(end); <-tick.C {
		if err := syscall.Kill(-g.pid, 0); err != nil {
			return
		}
	}
}

// cpu is the processor time that all have taken so far, in units of the system's; it is not
// known on every system.
func (g group) cpu() (units int64, known bool) { return groupCPU(g.pid) }

// close lets go of a group that has ended.
func (group) close() {}

func setNice(pid, nice int) {
	if nice > 0 {
		_ = unix.Setpriority(unix.PRIO_PROCESS, pid, nice)
	}
}

// passFiles returns a child open files as its descriptors 3, 4 and so on.
func passFiles(cmd *exec.Cmd, files []*os.File) error {
	cmd.ExtraFiles = files
	return nil
}

// endSignal is the signal that ended a child, nil when it ended by itself.
func endSignal(st *os.ProcessState) os.Signal {
	if ws, ok := st.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return ws.Signal()
	}
	return nil
}

// IsOverFileSize reports whether a child ended because a file grew over its limit. A program that
// a shell started is said to have ended by the signal in its exit code.
func (e *ExitError) IsOverFileSize() bool {
	return e.Signal == unix.SIGXFSZ || e.Code == 128+int(unix.SIGXFSZ)
}

func isExecutable(fi os.FileInfo) bool { return fi.Mode().Perm()&0o111 != 0 }

// programFile is the name of a program's file.
func programFile(program string) string { return program }

// ownEnv are the variables that children need on this system alone.
func (Config) ownEnv() []string { return nil }
