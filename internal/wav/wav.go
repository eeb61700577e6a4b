// Package wav reads the structure of RIFF WAVE files. Each caller decides what it accepts: some
// are strict, others take files of programs that did not know the length.
package wav

import (
	"encoding/binary"
	"io"
	"iter"
)

const (
	headSize  = 12 // "RIFF", a length, "WAVE"
	chunkHead = 8  // a name, a length
	// FormSize is the least that a format chunk holds, in bytes.
	FormSize = 16
)

// Names of chunks.
const (
	FormChunk = "fmt "
	DataChunk = "data"
)

// Head reads the first bytes of a file: the length that it claims for the rest after the eighth
// byte. It is not ok where the file is no WAVE file.
func Head(r io.ReaderAt) (length int64, ok bool) {
	var b [headSize]byte
	if _, err := r.ReadAt(b[:], 0); err != nil || string(b[:4]) != "RIFF" || string(b[8:]) != "WAVE" {
		return 0, false
	}
	return int64(binary.LittleEndian.Uint32(b[4:])), true
}

// Chunk is a part of a file.
type Chunk struct {
	Name string
	// Offset is the place of its content, Claimed the length that its head tells, Held how much
	// of that is there: the last chunk may be cut off. All in bytes.
	Offset, Claimed, Held int64
}

// End is where the next chunk begins: at an even place.
func (c Chunk) End() int64 { return c.Offset + c.Held + c.Held&1 }

// Chunks returns the chunks of a file of some size in their order.
func Chunks(r io.ReaderAt, size int64) iter.Seq[Chunk] {
	return func(yield func(Chunk) bool) {
		for at := int64(headSize); at+chunkHead <= size; {
			var b [chunkHead]byte
			if _, err := r.ReadAt(b[:], at); err != nil {
				return
			}
			c := Chunk{Name: string(b[:4]), Offset: at + chunkHead, Claimed: int64(binary.LittleEndian.Uint32(b[4:]))}
			c.Held = min(c.Claimed, size-c.Offset)
			if !yield(c) {
				return
			}
			at = c.End()
		}
	}
}

// Form is the form of samples, as a format chunk tells it.
type Form struct {
	Code      int // 1 is PCM
	Channels  int
	Rate      int // samples a second
	PerSecond int // bytes
	Block     int // bytes of a sample of all channels
	Bits      int // of a sample of one channel
}

// PCM is the code of samples that are not compressed.
const PCM = 1

// ReadForm reads the format chunk of a file; it is not ok where the chunk is too short.
func ReadForm(r io.ReaderAt, c Chunk) (f Form, ok bool) {
	var b [FormSize]byte
	if c.Held < FormSize {
		return Form{}, false
	}
	if _, err := r.ReadAt(b[:], c.Offset); err != nil {
		return Form{}, false
	}
	short := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	long := func(at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
	return Form{Code: short(0), Channels: short(2), Rate: long(4), PerSecond: long(8), Block: short(12), Bits: short(14)}, true
}
