// Package fault describes a failure to its caller: the command line, the
// API, a worker. It carries a code for programs, a sentence for people, whose turn it
// is to act, and the cause for the log. What an author did wrong in a script is told
// by package diag; a fault of code Script only says that there is such a list.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Code names a class of failures. The doors (exit codes, HTTP statuses) go by it.
type Code string

// The codes.
const (
	Usage       Code = "usage"        // the command line or a request makes no sense
	Script      Code = "script"       // the script is wrong; diagnostics tell where
	ToolMissing Code = "tool-missing" // a program or codec is not installed
	ToolFailed  Code = "tool-failed"  // a program ran and failed
	Input       Code = "input"        // a file of the project cannot be used
	Disk        Code = "disk"         // reading or writing our own files failed
	Cancelled   Code = "cancelled"    // somebody asked to stop; not a failure of anything
	Internal    Code = "internal"     // a mistake in Mynah
)

// Whose tells who can do something about a fault.
type Whose string

// Those who can act.
const (
	Author   Whose = "author"   // who wrote the script
	Operator Whose = "operator" // who runs the machine
	Service  Whose = "service"  // who makes Mynah
)

// Error is a fault. Public and Hint are plain sentences that may be shown to anybody;
// Cause may name paths and program output and belongs in the log.
type Error struct {
	Code   Code
	Public string
	Hint   string // what to do about it; may be empty
	Cause  error  // may be nil
	Whose  Whose
}

// Error is the public sentence and the cause.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Public
	}
	return e.Public + ": " + e.Cause.Error()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }

// WithHint returns a copy that says what to do about it.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// New makes a fault whose owner follows from its code. The cause may be nil.
func New(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Public: fmt.Sprintf(format, args...), Cause: cause, Whose: owner(code)}
}

func owner(code Code) Whose {
	switch code {
	case Usage, Script, Input, Cancelled:
		return Author
	case ToolMissing, ToolFailed, Disk:
		return Operator
	default:
		return Service
	}
}

// As finds the fault in a chain of errors.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// From turns any error into a fault: the one it wraps; a stop, whatever wraps it, into
// Cancelled; all else into Internal. It is nil for nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		if e, ok := As(err); ok && e.Code == Cancelled {
			return e
		}
		return New(Cancelled, err, "stopped")
	}
	if e, ok := As(err); ok {
		return e
	}
	return New(Internal, err, "something went wrong inside Mynah")
}

// CodeOf is the code of From(err), and empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}
