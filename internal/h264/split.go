package h264

import (
	"bytes"
	"fmt"
	"slices"
)

// Splitter splits an Annex B byte stream into NAL units while it is written.
type Splitter struct {
	buf    []byte // bytes of the current unit
	scan   int    // number of bytes of buf that were searched for a start code
	inside bool   // a start code was found
	emit   func(nal []byte) error
	err    error
}

// NewSplitter returns a Splitter that calls emit for each NAL unit, without start code and trailing
// zeros. emit may keep the slice. Units larger than maxNAL are an error.
func NewSplitter(emit func(nal []byte) error) *Splitter { return &Splitter{emit: emit} }

const maxNAL = 64 << 20

// Write implements io.Writer.
func (s *Splitter) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.buf = append(s.buf, b...)
	for {
		from := max(s.scan-2, 0)
		i := bytes.Index(s.buf[from:], []byte{0, 0, 1})
		if i < 0 {
			break
		}
		i += from
		if s.err = s.emitUnit(i); s.err != nil {
			return 0, s.err
		}
		s.buf = slices.Delete(s.buf, 0, i+3)
		s.inside, s.scan = true, 0
	}
	s.scan = len(s.buf)
	if len(s.buf) > maxNAL {
		s.err = fmt.Errorf("h264: a NAL unit of more than %d bytes", maxNAL)
	}
	return len(b), s.err
}

func (s *Splitter) emitUnit(end int) error {
	nal := bytes.TrimRight(s.buf[:end], "\x00")
	if !s.inside || len(nal) == 0 {
		return nil
	}
	return s.emit(bytes.Clone(nal))
}

// Close ends the stream and emits its last unit.
func (s *Splitter) Close() error {
	if s.err != nil {
		return s.err
	}
	err := s.emitUnit(len(s.buf))
	s.buf, s.inside = nil, false
	return err
}
