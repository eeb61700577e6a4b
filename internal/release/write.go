package release

import (
	"context"
	"io"

	"mynah/internal/blame"
	"mynah/internal/pending"
)

// writer writes files on their way to their places.
type writer struct {
	out   *Outputs
	files []*pending.File
	notes []notedFile // of the files, before they have their places
}

// add writes a file under another name; made names the note that it is a build's own.
func (w *writer) add(path, made string, write func(io.Writer) error) error {
	p, err := pending.Create(path)
	if err != nil {
		return blame.Disk(err, "%s cannot be written", path)
	}
	w.files = append(w.files, p)
	sum := newSum()
	if err := write(io.MultiWriter(p, sum)); err != nil {
		return err
	}
	w.notes = append(w.notes, notedFile{Path: path, Sum: sum.Sum32(), Made: made})
	return nil
}

// writeSidecar writes a file beside the film, unless something of others is in its place.
func (w *writer) writeSidecar(s sidecar) error {
	if err := w.out.claim(s.path, s.content); err != nil {
		return err
	}
	return w.add(s.path, madeKey(s.content).String(), func(w io.Writer) error { _, err := w.Write(s.content); return err })
}

// publish returns all files their names.
func (w *writer) publish(ctx context.Context) error {
	for _, p := range w.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.Publish(); err != nil {
			return blame.Disk(err, "the video cannot be moved to its output file")
		}
	}
	return nil
}

// discard removes what was not published.
func (w *writer) discard() {
	for _, p := range w.files {
		p.Discard()
	}
}

// contextWriter ends a long copy when it is no longer wanted.
type contextWriter struct {
	ctx context.Context //nolint:containedctx // lives as long as the copy
	w   io.Writer
}

// Write implements io.Writer.
func (s *contextWriter) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

// countingWriter reports how much of a stream has passed.
type countingWriter struct {
	w        io.Writer
	n, total int64
	last     int64
	report   func(float64)
}

// Write implements io.Writer.
func (m *countingWriter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.n += int64(n)
	if m.n-m.last > m.total/50 {
		m.last = m.n
		m.report(float64(m.n) / float64(m.total))
	}
	return n, err
}
