package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"mynah/internal/fault"
)

func TestErrorKeepsItsCause(t *testing.T) {
	t.Parallel()
	e := fault.New(fault.Disk, fs.ErrPermission, "cannot write %s", "the film")
	wrapped := fmt.Errorf("publish: %w", e)
	got, ok := fault.As(wrapped)
	if !ok || got != e {
		t.Fatalf("As = %v, %v", got, ok)
	}
	if !errors.Is(wrapped, fs.ErrPermission) {
		t.Error("the cause is lost")
	}
	if want := "cannot write the film: permission denied"; e.Error() != want {
		t.Errorf("Error() = %q, want %q", e.Error(), want)
	}
	if e.Whose != fault.Operator {
		t.Errorf("Whose = %q", e.Whose)
	}
}

func TestWithHintCopies(t *testing.T) {
	t.Parallel()
	e := fault.New(fault.ToolMissing, nil, "ffmpeg is not installed")
	h := e.WithHint("apt install %s", "ffmpeg")
	if e.Hint != "" || h.Hint != "apt install ffmpeg" {
		t.Errorf("hints %q, %q", e.Hint, h.Hint)
	}
}

func TestFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want fault.Code
	}{
		{nil, ""},
		{errors.New("boom"), fault.Internal},
		{fmt.Errorf("render: %w", context.Canceled), fault.Cancelled},
		{fault.New(fault.ToolFailed, context.Canceled, "ffmpeg failed"), fault.Cancelled},
		{fmt.Errorf("x: %w", fault.New(fault.Input, nil, "bad picture")), fault.Input},
	} {
		if got := fault.CodeOf(c.err); got != c.want {
			t.Errorf("CodeOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}
