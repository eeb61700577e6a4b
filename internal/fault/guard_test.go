package fault_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"mynah/internal/fault"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	if err := fault.Guard("resting", func() error { return nil }); err != nil {
		t.Error(err)
	}
	err := fault.Guard("reading", func() error { return fs.ErrNotExist })
	if !errors.Is(err, fs.ErrNotExist) || fault.CodeOf(err) != fault.Internal {
		t.Errorf("an error is returned as %v", err)
	}
	var list []int
	for name, f := range map[string]func() error{
		"index out of range":  func() error { list[3]++; return nil },
		"boom":                func() error { panic("boom") },
		"file does not exist": func() error { panic(fs.ErrNotExist) },
	} {
		got, ok := fault.As(fault.Guard("reading files", f))
		if !ok || got.Code != fault.Internal || got.Whose != fault.Service || got.Public != "internal error while reading files" {
			t.Errorf("%s: %#v", name, got)
			continue
		}
		if text := got.Error(); !strings.Contains(text, name) || !strings.Contains(text, "guard_test.go") {
			t.Errorf("the log lacks the reason or the stack: %s", text)
		}
	}
	if err := fault.Guard("x", func() error { panic(fs.ErrNotExist) }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error of a panic is lost: %v", err)
	}
}
