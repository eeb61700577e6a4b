//go:build linux

package proc_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"mynah/internal/proc"
	"mynah/internal/testrun"
)

// TestStalls checks that children without activity are killed, and that active ones, or those that wait for
// this process, are not.
func TestStalls(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	r := runner(t, func(c *proc.Config) {
		c.Jobs = 10
		// Long enough for a machine that runs other tests.
		c.Stall, c.Silence = 4*time.Second, 10*time.Second
	})
	slow := func() io.Reader {
		pr, pw := io.Pipe()
		go func() {
			time.Sleep(6 * time.Second)
			_ = pw.Close()
		}()
		return pr
	}
	for name, c := range map[string]struct {
		command       proc.Command
		stalled, busy bool
	}{
		"hangs":             {command: sh("exec sleep 60"), stalled: true},
		"hangs in its work": {command: sh("echo one; exec sleep 60"), stalled: true},
		"computes for ever": {command: sh("while :; do :; done"), stalled: true, busy: true},
		"complains, no more": {
			command: sh("while :; do echo no >&2; done"), stalled: true, busy: true,
		},
		"computes a while, in a child": {command: sh("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; :")},
		"writes now and then":          {command: sh("for i in 1 2 3 4 5; do echo $i; sleep 0.2; done")},
		"waits for its input":          {command: proc.Command{Program: "cat", Stdin: slow()}},
		"waits for its output": {command: proc.Command{
			Program: "cat", Args: []string{"/dev/zero"},
			MaxStdout: 300 << 10, Stdout: &slowWriter{},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := r.Run(t.Context(), c.command)
			stall, ok := errors.AsType[*proc.StallError](err)
			if ok != c.stalled || ok && stall.Busy != c.busy {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestStderrIsBounded(t *testing.T) {
	t.Parallel()
	r := runner(t, func(c *proc.Config) { c.MaxStderr = 1 << 20 })
	_, ok := errors.AsType[*proc.OutputError](r.Run(t.Context(), sh("exec cat /dev/zero >&2")))
	if !ok {
		t.Error("a flood of complaints goes on")
	}
}
