package proc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mynah/internal/fault"
)

// copyInput copies r to the child's standard input. A child that stops reading is not an error.
func (p *Process) copyInput(w *os.File, r io.Reader) {
	src := &errReader{r: r, m: &p.moved}
	// hides *os.File's ReadFrom, which would use its own buffer
	_, _ = io.CopyBuffer(struct{ io.Writer }{w}, src, make([]byte, chunk))
	if src.err != nil {
		p.stopGroup(fmt.Errorf("read the input of %s: %w", p.name, src.err))
	}
	_ = w.Close()
}

// errReader stores its read error, which distinguishes it from a write error.
type errReader struct {
	r   io.Reader
	m   *activity
	err error
}

func (e *errReader) Read(b []byte) (n int, err error) {
	e.m.ours.Add(1)
	err = fault.Guard("reading the input of a program", func() (err error) {
		n, err = e.r.Read(b)
		return err
	})
	e.m.ours.Add(-1)
	e.m.bytes.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		e.err = err
	}
	return n, err
}

// copyOutput copies a pipe to its end, or until it stays silent after the child has ended.
func (p *Process) copyOutput(r *os.File, w io.Writer, m *activity) {
	buf := make([]byte, 64<<10)
	fresh := false
	failed := false
	for {
		n, err := r.Read(buf)
		if n > 0 {
			fresh = false
			m.bytes.Add(int64(n))
			if !failed {
				m.ours.Add(1)
				werr := fault.Guard("reading the output of a program", func() error {
					_, err := w.Write(buf[:n])
					return err
				})
				if werr != nil {
					p.stopForOutputError(werr)
					failed = true // continue reading, so that the child does not block
				}
				m.ours.Add(-1)
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded) && !fresh:
			fresh = true
		default:
			return
		}
		if p.over.Load() {
			_ = r.SetReadDeadline(time.Now().Add(drainTime))
		}
	}
}

// errorIgnorer is a writer that ignores the errors of the underlying writer.
type errorIgnorer struct{ w io.Writer }

func (d *errorIgnorer) Write(b []byte) (int, error) {
	_, _ = d.w.Write(b)
	return len(b), nil
}

// limitOutput returns the writer for the child's standard output, with its size limit.
func (p *Process) limitOutput(c Command) io.Writer {
	w := &limitedWriter{w: c.Stdout, left: c.MaxStdout, max: c.MaxStdout, name: p.name}
	if c.MaxStdout == 0 {
		w.left = 1<<63 - 1
	}
	return w
}

// limitedWriter is a writer that fails after max bytes.
type limitedWriter struct {
	w         io.Writer
	left, max int64
	name      string
}

func (l *limitedWriter) Write(b []byte) (int, error) {
	over := int64(len(b)) > l.left
	if over {
		b = b[:l.left]
	}
	l.left -= int64(len(b))
	n, err := l.w.Write(b)
	if err != nil {
		return n, &TakeError{Program: l.name, Err: err}
	}
	if over {
		return n, &OutputError{Program: l.name, Max: l.max}
	}
	return n, nil
}
