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

// panics is a reader and writer that panics.
type panics struct{}

func (panics) Read([]byte) (int, error)  { panic("reading") }
func (panics) Write([]byte) (int, error) { panic("writing") }

// TestPanicsOfReadersAndWriters checks that a panic in the reader or writer of a program fails only that
// program.
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

// slow is a writer that fails after the program has ended.
type slow struct{}

func (slow) Write([]byte) (int, error) {
	time.Sleep(300 * time.Millisecond)
	return 0, errors.New("disk full")
}

// TestOutputFailsAfterTheEnd checks that an error of the writer is reported even if the program has already
// ended.
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
