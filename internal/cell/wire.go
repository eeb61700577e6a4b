package cell

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// A frame on the wire: the lengths of head and data as two big-endian uint32, the head as JSON, then the data. Files
// travel beside the bytes, as descriptors with the first byte of their frame.
const prefixSize = 8

// Limits bound what one side accepts from the other.
type Limits struct {
	Head  int // bytes of a frame's JSON
	Data  int // bytes of a frame's data
	Calls int // calls in progress
	Files int // descriptors of a frame
	// Rate and Burst are frames a second, and frames at once. A side that sends more is read more slowly.
	Rate, Burst int
	// Events is the number of events that one call may send.
	Events int
}

// DefaultLimits returns limits that honest work does not reach.
func DefaultLimits() Limits {
	return Limits{Head: 16 << 20, Data: 64 << 20, Calls: 256, Files: 4, Rate: 2000, Burst: 4000, Events: 100_000}
}

// kind is the kind of a frame.
type kind string

const (
	kindCall   kind = "call"
	kindAnswer kind = "answer"
	kindEvent  kind = "event"  // of a call that is in progress, from its callee
	kindCancel kind = "cancel" // of a call, from its caller
)

// head is the JSON of a frame.
type head struct {
	Kind  kind            `json:"kind"`
	ID    uint64          `json:"id"` // of the call, chosen by its caller
	Name  string          `json:"name,omitempty"`
	Body  json.RawMessage `json:"body,omitempty"`
	Fault *Fault          `json:"fault,omitempty"`
	Files int             `json:"files,omitempty"`
}

// frame is what travels between the two sides.
type frame struct {
	head
	data  []byte
	files []*os.File
}

// protocolError is a violation of the rules by the other side. The connection ends.
type protocolError struct{ problem string }

func (e *protocolError) Error() string { return "the other side broke the protocol: " + e.problem }

func broken(format string, args ...any) error { return &protocolError{fmt.Sprintf(format, args...)} }

// encodeFrame returns the bytes of a frame before its data.
func encodeFrame(f frame, l Limits) ([]byte, error) {
	f.Files = len(f.files)
	text, err := json.Marshal(f.head)
	if err != nil {
		return nil, err
	}
	switch {
	case len(text) > l.Head:
		return nil, fmt.Errorf("a message of %d bytes is longer than %d", len(text), l.Head)
	case len(f.data) > l.Data:
		return nil, fmt.Errorf("data of %d bytes are longer than %d", len(f.data), l.Data)
	case len(f.files) > l.Files:
		return nil, fmt.Errorf("%d files are more than %d", len(f.files), l.Files)
	}
	out := binary.BigEndian.AppendUint32(make([]byte, 0, prefixSize+len(text)), uint32(len(text)))
	return append(binary.BigEndian.AppendUint32(out, uint32(len(f.data))), text...), nil
}

// readFrame reads a frame without its files. It allocates no more than what has arrived, plus 64 KiB.
func readFrame(r io.Reader, l Limits) (f frame, err error) {
	var prefix [prefixSize]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return f, err
	}
	n, data := int64(binary.BigEndian.Uint32(prefix[:])), int64(binary.BigEndian.Uint32(prefix[4:]))
	if n > int64(l.Head) || data > int64(l.Data) {
		return f, broken("a frame of %d and %d bytes", n, data)
	}
	text, err := readExactly(r, n)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(text, &f.head); err != nil {
		return f, broken("a frame is not JSON")
	}
	switch f.Kind {
	case kindCall, kindAnswer, kindEvent, kindCancel:
	default:
		return f, broken("a frame of unknown kind")
	}
	if f.Files < 0 || f.Files > l.Files {
		return f, broken("a frame with %d files", f.Files)
	}
	f.data, err = readExactly(r, data)
	return f, err
}

// readExactly reads n bytes. The buffer grows with what arrives, so that a false length costs no memory.
func readExactly(r io.Reader, n int64) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	const step = 64 << 10
	out := make([]byte, min(n, step))
	for have := int64(0); ; {
		got, err := io.ReadFull(r, out[have:])
		have += int64(got)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if have == n {
			return out, nil
		}
		more := make([]byte, min(n, 2*have))
		copy(more, out)
		out = more
	}
}
