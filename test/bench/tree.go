package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// newGroup creates a control group, which counts the CPU time of all of its processes, however they
// end. It returns "" if it lacks the permission.
func newGroup() string {
	name := fmt.Sprintf("mynah-bench-%d", os.Getpid())
	for _, root := range []string{"/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup"} {
		group := filepath.Join(root, name)
		if err := os.Mkdir(group, 0o755); err != nil {
			continue
		}
		if _, err := groupCPU(group); err == nil {
			return group
		}
		_ = os.Remove(group)
	}
	return ""
}

// groupCPU returns the CPU seconds of a control group of version 1 or 2.
func groupCPU(group string) (float64, error) {
	if usage, err := os.ReadFile(filepath.Join(group, "cpuacct.usage")); err == nil {
		n, err := strconv.ParseInt(strings.TrimSpace(string(usage)), 10, 64)
		return float64(n) / 1e9, err
	}
	stat, err := os.ReadFile(filepath.Join(group, "cpu.stat"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(stat)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "usage_usec" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return float64(n) / 1e6, err
		}
	}
	return 0, errors.New("cpu.stat has no usage_usec")
}

// measureTree measures a whole tree of processes, including those that outlive their parent. The processes
// known are not counted.
func (b *bench) measureTree(do func() (cost, error), known ...int) (cost, error) {
	before := 0.0
	if b.group != "" {
		before, _ = groupCPU(b.group)
	}
	c, err := do()
	c.cpu += reapOrphans(known...)
	if b.group != "" {
		after, gerr := groupCPU(b.group)
		c.group, err = after-before, errors.Join(err, gerr)
	}
	return c, err
}
