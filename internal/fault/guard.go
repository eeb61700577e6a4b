package fault

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic that Guard caught. Its text has the stack and belongs in the log.
type PanicError struct {
	Value any
	Stack []byte
}

// Error is the value and the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

// Unwrap is the value, where that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Guard runs f and turns a panic into an Internal fault, so that a mistake of Mynah at one build
// does not end the whole process. What f does is doing, as in "drawing slides". A panic in a
// goroutine can only be caught there: each one needs a guard of its own.
func Guard(doing string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = New(Internal, &PanicError{Value: v, Stack: debug.Stack()}, "Mynah failed inside, at %s", doing).
				WithHint("report this mistake of Mynah, with its log")
		}
	}()
	return f()
}
