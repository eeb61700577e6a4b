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
	size  int64 // bytes, of a frame that was read
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
	most := l.of(f.Kind)
	switch {
	case len(text) > most.Head:
		return nil, fmt.Errorf("a message of %d bytes is longer than %d", len(text), most.Head)
	case len(f.data) > most.Data:
		return nil, fmt.Errorf("data of %d bytes are longer than %d", len(f.data), most.Data)
	case len(f.files) > most.Files:
		return nil, fmt.Errorf("%d files are more than %d", len(f.files), most.Files)
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
	if most := l.largest(); n > int64(most.Head) || data > int64(most.Data) {
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
	if most := l.of(f.Kind); n > int64(most.Head) || data > int64(most.Data) || f.Files < 0 || f.Files > most.Files {
		return f, broken("a frame of the kind %s with %d and %d bytes and %d files", f.Kind, n, data, f.Files)
	}
	f.size = n + data
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
