package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// newGroup makes a control group of its own, whose account of CPU time leaves out no
// process, however it ends. It gives "" where that is not allowed.
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

// groupCPU reads the account, in version 1 of control groups or in version 2.
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

// tree measures a whole tree of processes, with what it leaves after.
func (b *bench) tree(do func() (cost, error), known ...int) (cost, error) {
	before := 0.0
	if b.group != "" {
		before, _ = groupCPU(b.group)
	}
	c, err := do()
	c.cpu += orphans(known...)
	if b.group != "" {
		after, gerr := groupCPU(b.group)
		c.group, err = after-before, errors.Join(err, gerr)
	}
	return c, err
}
