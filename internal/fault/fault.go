// Package fault describes a failure to its caller: the command line, the API or a worker. A fault
// has a code for programs, a sentence for people, who can act on it, and a cause for the log.
// Mistakes of authors in scripts are findings of package diag; a fault with the code Script only
// says that there are some.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Code is a class of failures. Exit codes and HTTP statuses are derived from it.
type Code string

// The codes.
const (
	Usage       Code = "usage"        // the command line or a request is invalid
	Script      Code = "script"       // the script has errors; see the diagnostics
	ToolMissing Code = "tool-missing" // a program or codec is not installed
	ToolFailed  Code = "tool-failed"  // a program ran and failed
	Input       Code = "input"        // a file of the project cannot be used
	Disk        Code = "disk"         // reading or writing our own files failed
	Budget      Code = "budget"       // the tenant's budget of a paid service is used up
	Cancelled   Code = "cancelled"    // a user stopped it; not a failure
	Internal    Code = "internal"     // a bug in Mynah
)

// Whose is who can act on a fault.
type Whose string

// The values of Whose.
const (
	Author   Whose = "author"   // who wrote the script
	Operator Whose = "operator" // who runs the machine
	Service  Whose = "service"  // who makes Mynah
)

// Error is a fault. Public and Hint are plain sentences for anybody; Cause may contain paths and
// program output, and belongs in the log.
type Error struct {
	Code   Code
	Public string
	Hint   string // what to do about it; may be empty
	Cause  error  // may be nil
	Whose  Whose
}

// Error returns the public sentence and the cause.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Public
	}
	return e.Public + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// WithHint returns a copy with a hint on what to do.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// New creates a fault; Whose follows from the code. The cause may be nil.
func New(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Public: fmt.Sprintf(format, args...), Cause: cause, Whose: chooseOwner(code)}
}

func chooseOwner(code Code) Whose {
	switch code {
	case Usage, Script, Input, Cancelled:
		return Author
	case ToolMissing, ToolFailed, Disk, Budget:
		return Operator
	default:
		return Service
	}
}

// As returns the fault in a chain of errors.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// From converts any error to a fault: the fault that it wraps, Cancelled for a cancelled context,
// otherwise Internal. From(nil) is nil.
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
	return New(Internal, err, "an internal error occurred")
}

// CodeOf returns the code of From(err), or "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}
