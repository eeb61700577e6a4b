package cell

import (
	"context"
	"time"
)

// outbox puts the frames of concurrent writers in a row. After a failure nothing more is written, because a frame may
// have been cut.
type outbox struct {
	turn   chan struct{} // has a value while a frame is written
	failed error         // only with the turn
	shut   func() error
}

// newOutbox returns an outbox; shut closes the connection, which ends a write that is in progress.
func newOutbox(shut func() error) *outbox { return &outbox{turn: make(chan struct{}, 1), shut: shut} }

// unsentError is the error of a frame of which nothing was written.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// put waits for its turn and writes a frame with do. If that takes longer than longest, the connection ends. When ctx
// ends, put returns at once: the error is an unsentError if nothing will be written; otherwise do goes on. end is called
// when the frame is no longer needed.
func (o *outbox) put(ctx context.Context, longest time.Duration, do func() error, end func()) error {
	select {
	case o.turn <- struct{}{}:
	case <-ctx.Done():
		end()
		return unsentError{ctx.Err()}
	}
	if ctx.Done() == nil {
		return o.write(longest, do, end)
	}
	written := make(chan error, 1)
	go func() { written <- o.write(longest, do, end) }()
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write writes a frame and ends the turn.
func (o *outbox) write(longest time.Duration, do func() error, end func()) error {
	defer func() { <-o.turn }()
	defer end()
	if o.failed != nil {
		return o.failed
	}
	late := time.AfterFunc(longest, func() { _ = o.shut() })
	o.failed = do()
	late.Stop()
	if o.failed != nil {
		_ = o.shut()
	}
	return o.failed
}
