//go:build linux

package proc_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
)

// panics is a reader and writer with a mistake.
type panics struct{}

func (panics) Read([]byte) (int, error)  { panic("reading") }
func (panics) Write([]byte) (int, error) { panic("writing") }

// A panic of what reads a program's output or makes its input fails that program alone.
func TestPanicsOfReadersAndWriters(t *testing.T) {
	t.Parallel()
	r, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]proc.Command{
		"input":  {Program: "cat", Stdin: panics{}},
		"output": {Program: "echo", Args: []string{"x"}, Stdout: panics{}},
		"errors": {Program: "cat", Stdin: strings.NewReader("x"), Stdout: panics{}},
	} {
		if err := r.Run(t.Context(), c); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// slow fails after the program has ended.
type slow struct{}

func (slow) Write([]byte) (int, error) {
	time.Sleep(300 * time.Millisecond)
	return 0, errors.New("disk full")
}

// Output that could not be taken is a failure also when the program ended before.
func TestOutputFailsAfterTheEnd(t *testing.T) {
	t.Parallel()
	r, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	err = r.Run(t.Context(), proc.Command{Program: "echo", Args: []string{"x"}, Stdout: slow{}})
	if _, ok := errors.AsType[*proc.TakeError](err); !ok {
		t.Errorf("got %v", err)
	}
}
