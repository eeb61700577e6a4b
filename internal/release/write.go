package release

import (
	"context"
	"io"

	"mynah/internal/blame"
	"mynah/internal/pending"
)

// writer writes files under temporary names and then publishes them.
type writer struct {
	out   *Outputs
	files []*pending.File
	notes []notedFile // records of the files; paths are set before publishing
}

// writeTemporaryFile writes a file under a temporary name. made is the key of the record that a build wrote it.
func (w *writer) writeTemporaryFile(path, made string, write func(io.Writer) error) error {
	p, err := pending.CreateFile(path)
	if err != nil {
		return blame.NewDiskFault(err, "%s cannot be written", path)
	}
	w.files = append(w.files, p)
	sum := newCRC32C()
	if err := write(io.MultiWriter(p, sum)); err != nil {
		return err
	}
	w.notes = append(w.notes, notedFile{Path: path, Sum: sum.Sum32(), Made: made})
	return nil
}

// writeSidecar writes a file next to the video. It returns a fault if this would replace a file that no build
// wrote.
func (w *writer) writeSidecar(s sidecar) error {
	if err := w.out.claimFile(s.path, s.content); err != nil {
		return err
	}
	write := func(w io.Writer) error { _, err := w.Write(s.content); return err }
	return w.writeTemporaryFile(s.path, newWrittenFileKey(s.content).String(), write)
}

// publishAll renames all files to their final names.
func (w *writer) publishAll(ctx context.Context) error {
	for _, p := range w.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.Publish(); err != nil {
			return blame.NewDiskFault(err, "the video cannot be moved to its output file")
		}
	}
	return nil
}

// discardUnpublished removes the files that were not published.
func (w *writer) discardUnpublished() {
	for _, p := range w.files {
		p.Discard()
	}
}

// contextWriter is a writer that fails when its context ends.
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

// countingWriter is a writer that reports progress.
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
