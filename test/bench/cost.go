package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cost is the resources that a command and its child processes used.
type cost struct {
	cpu, wall float64 // seconds
	group     float64 // CPU seconds by the kernel's control group; 0 without one
	rss       int64   // peak memory of the process without its children, in bytes
	children  int     // maximum number of simultaneous child processes
}

// measure runs a command in a folder and returns its cost.
func (b *bench) measure(dir, program string, args ...string) (cost, error) {
	cmd := exec.CommandContext(b.ctx, program, args...)
	if b.group != "" {
		cmd = exec.CommandContext(b.ctx, "sh",
			append([]string{"-c", `echo $$ >"$0/cgroup.procs" && exec "$@"`, b.group, program}, args...)...)
	}
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return cost{}, err
	}
	c := cost{}
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				c.rss = max(c.rss, peakMemory(cmd.Process.Pid))
				c.children = max(c.children, countChildren(cmd.Process.Pid))
			}
		}
	}()
	err := cmd.Wait()
	c.wall = since(start)
	close(done)
	<-watched
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if err != nil {
		return c, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, stderr.String())
	}
	return c, nil
}

// peakMemory returns the peak memory of a process in bytes.
func peakMemory(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// countChildren returns the number of child processes of a process.
func countChildren(pid int) int { return len(childPIDs(pid)) }

func childPIDs(pid int) []int {
	var pids []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		list, _ := os.ReadFile(t)
		for f := range strings.FieldsSeq(string(list)) {
			if n, err := strconv.Atoi(f); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

// ffmpeg runs ffmpeg without output, and returns its cost.
func (b *bench) ffmpeg(dir string, args ...string) (cost, error) {
	return b.measure(dir, "ffmpeg", append([]string{"-nostdin", "-v", "error", "-y"}, args...)...)
}

func (c *cost) add(d cost) {
	c.cpu += d.cpu
	c.wall += d.wall
	c.group += d.group
}

func fileSize(path string) int64 {
	fi, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return fi.Size()
}
