package cell

import (
	"context"
	"errors"
	"unicode"
	"unicode/utf8"

	"mynah/internal/fault"
	"mynah/internal/record"
)

// Fault is a fault.Error on the wire.
type Fault struct {
	Code   fault.Code  `json:"code"`
	Public string      `json:"public"`
	Hint   string      `json:"hint,omitempty"`
	Cause  string      `json:"cause,omitempty"`
	Whose  fault.Whose `json:"whose,omitempty"`
	// Deck: the cause is record.ErrDeck.
	Deck bool `json:"deck,omitempty"`
}

// longestText bounds each text of a fault, in bytes.
const longestText = 64 << 10

// encodeFault converts an error to its form on the wire.
func encodeFault(err error) *Fault {
	e := fault.From(err)
	f := &Fault{Code: e.Code, Public: shorten(e.Public), Hint: shorten(e.Hint), Whose: e.Whose}
	if e.Cause != nil {
		f.Cause = shorten(e.Cause.Error())
	}
	f.Deck = errors.Is(err, record.ErrDeck)
	if panicked, ok := errors.AsType[*fault.PanicError](err); ok {
		f.Cause = shorten(f.Cause + "\n" + string(panicked.Stack))
	}
	return f
}

// ToError converts a fault from the wire to an error, and nil to nil.
func (f *Fault) ToError() error {
	if f == nil {
		return nil
	}
	return f.decode()
}

// NewFault converts an error to its form on the wire, and nil to nil.
func NewFault(err error) *Fault {
	if err == nil {
		return nil
	}
	return encodeFault(err)
}

// decode converts a fault from the wire. An unknown code becomes fault.Internal.
func (f *Fault) decode() error {
	code := f.Code
	var cause error
	if f.Cause != "" {
		cause = errors.New(shorten(f.Cause))
	}
	if f.Deck {
		cause = record.ErrDeck
	}
	switch code {
	case fault.Usage, fault.Script, fault.ToolMissing, fault.ToolFailed, fault.Input, fault.Disk, fault.Internal,
		fault.Budget:
	case fault.Cancelled:
		cause = context.Canceled
	default:
		code = fault.Internal
	}
	e := fault.New(code, cause, "%s", shorten(f.Public))
	e.Hint = shorten(f.Hint)
	switch f.Whose {
	case fault.Author, fault.Operator, fault.Service:
		e.Whose = f.Whose
	}
	return e
}

func shorten(s string) string {
	if len(s) <= longestText {
		return s
	}
	return s[:longestText]
}

// FormatFault explains a fault to a client of the server.
func FormatFault(err error) string {
	f := fault.From(err)
	if hint := AdaptHintForClients(f.Hint); hint != "" {
		return CapitalizeFirst(f.Public) + ": " + hint
	}
	return CapitalizeFirst(f.Public)
}

// CapitalizeFirst makes the first letter of a phrase a capital.
func CapitalizeFirst(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
