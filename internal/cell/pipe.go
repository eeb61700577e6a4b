package cell

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// pipes moves frames over two pipes. It cannot pass files.
type pipes struct {
	in   *bufio.Reader
	out  io.Writer
	shut func() error
	box  *outbox
}

// newPipes returns a transport over an input and an output; shut closes both.
func newPipes(in io.Reader, out io.Writer, shut func() error) *pipes {
	return &pipes{in: bufio.NewReaderSize(in, 64<<10), out: out, shut: shut, box: newOutbox(shut)}
}

func (t *pipes) read(l Limits) (frame, error) {
	f, err := readFrame(t.in, l)
	if err == nil && f.Files > 0 {
		err = broken("files cannot be passed on this system")
	}
	return f, err
}

// errNoFiles is the error of a message with files where they cannot be passed.
var errNoFiles = errors.New("files cannot be passed on this system")

func (t *pipes) write(ctx context.Context, f frame, l Limits) error {
	if len(f.files) > 0 {
		return unsentError{errNoFiles}
	}
	b, err := encodeFrame(f, l)
	if err != nil {
		return unsentError{err}
	}
	return t.box.put(ctx, l.Write, func() error {
		_, err := t.out.Write(b)
		if err == nil && len(f.data) > 0 {
			_, err = t.out.Write(f.data)
		}
		return err
	}, func() {})
}

// Close ends the connection. It may be called more than once.
func (t *pipes) Close() error { return t.shut() }
