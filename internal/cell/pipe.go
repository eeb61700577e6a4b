package cell

import (
	"bufio"
	"errors"
	"io"
	"sync"
)

// pipes moves frames over two pipes. It cannot pass files.
type pipes struct {
	in   *bufio.Reader
	out  io.Writer
	shut func() error

	mu sync.Mutex // serialises frames
}

// newPipes returns a transport over an input and an output; shut closes both.
func newPipes(in io.Reader, out io.Writer, shut func() error) *pipes {
	return &pipes{in: bufio.NewReaderSize(in, 64<<10), out: out, shut: shut}
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

func (t *pipes) write(f frame, l Limits) error {
	if len(f.files) > 0 {
		return errNoFiles
	}
	b, err := encodeFrame(f, l)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err = t.out.Write(b); err == nil && len(f.data) > 0 {
		_, err = t.out.Write(f.data)
	}
	return err
}

// Close ends the connection. It may be called more than once.
func (t *pipes) Close() error { return t.shut() }
