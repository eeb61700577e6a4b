//go:build unix

package proc

import (
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// group is a child with all of its descendants: a process group.
type group struct{ pid int }

// setUpGroup sets the limits of a child that has just started, and returns its group.
func setUpGroup(cmd *exec.Cmd, nice int, l Limits) (group, error) {
	setLimits(cmd.Process.Pid, nice, l)
	return group{cmd.Process.Pid}, nil
}

// terminate asks all processes of the group to end.
func (g group) terminate() { _ = syscall.Kill(-g.pid, syscall.SIGTERM) }

// kill kills all processes of the group.
func (g group) kill() { _ = syscall.Kill(-g.pid, syscall.SIGKILL) }

// awaitExit waits until the child has ended, without reaping it: until it is reaped, no other group can get its
// ID.
func (g group) awaitExit() { awaitExit(g.pid) }

// awaitEnd waits until a killed group has no processes, but no longer than most. Where nothing reaps orphans,
// they remain as harmless zombies.
func (g group) awaitEnd(most time.Duration) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(most); time.Now().Before(end); <-tick.C {
		if err := syscall.Kill(-g.pid, 0); err != nil {
			return
		}
	}
}

// readCPU returns the processor time of the group so far, in a unit of the system. known is false if the system
// does not report it.
func (g group) readCPU() (units int64, known bool) { return readGroupCPU(g.pid) }

// close releases the group's resources.
func (group) close() {}

// setNice sets the niceness of a process if nice is above 0.
func setNice(pid, nice int) {
	if nice > 0 {
		_ = unix.Setpriority(unix.PRIO_PROCESS, pid, nice)
	}
}

// passFiles passes open files to a child as file descriptors 3, 4 and so on.
func passFiles(cmd *exec.Cmd, files []*os.File) error {
	cmd.ExtraFiles = files
	return nil
}

// findEndSignal returns the signal that ended a child, nil if it exited.
func findEndSignal(st *os.ProcessState) os.Signal {
	if ws, ok := st.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return ws.Signal()
	}
	return nil
}

// IsOverFileSize reports whether a child ended because a file exceeded its size limit. If a shell started the
// program, the exit code contains the signal.
func (e *ExitError) IsOverFileSize() bool {
	return e.Signal == unix.SIGXFSZ || e.Code == 128+int(unix.SIGXFSZ)
}

func isExecutable(fi os.FileInfo) bool { return fi.Mode().Perm()&0o111 != 0 }

// formatProgramFile returns the file name of a program.
func formatProgramFile(program string) string { return program }

// listSystemEnv returns the environment variables that only this system needs.
func (Config) listSystemEnv() []string { return nil }
