package fault

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic caught by Guard. Its text contains the stack and belongs in the log.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns the value and the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Guard runs f and turns a panic into an Internal fault, so that a bug in one build does not end
// the process. doing describes what f does, such as "drawing slides". A panic can be caught only
// in its own goroutine, so each goroutine needs its own Guard.
func Guard(doing string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = New(Internal, &PanicError{Value: v, Stack: debug.Stack()}, "internal error while %s", doing).
				WithHint("this is a bug in Mynah: please report it, and include Mynah's log")
		}
	}()
	return f()
}
