// Package wav reads the structure of RIFF WAVE files. Its callers decide what they accept: some are strict,
// others accept files from programs that did not know the length in advance.
package wav

import (
	"encoding/binary"
	"io"
	"iter"
)

const (
	headSize  = 12 // "RIFF", a length, "WAVE"
	chunkHead = 8  // a name, a length
	// FormSize is the minimum size of a format chunk, in bytes.
	FormSize = 16
)

// Names of chunks.
const (
	FormChunk = "fmt "
	DataChunk = "data"
)

// ReadStatedLength reads the header of a file and returns the length that it states, which excludes the first eight
// bytes. ok is false if the file is not a WAVE file.
func ReadStatedLength(r io.ReaderAt) (length int64, ok bool) {
	var b [headSize]byte
	if _, err := r.ReadAt(b[:], 0); err != nil || string(b[:4]) != "RIFF" || string(b[8:]) != "WAVE" {
		return 0, false
	}
	return int64(binary.LittleEndian.Uint32(b[4:])), true
}

// Chunk is a chunk of a file.
type Chunk struct {
	Name string
	// Offset is the position of the content. Claimed is the length that the chunk's header states, Held how
	// much of it the file contains: the last chunk may be truncated. All are in bytes.
	Offset, Claimed, Held int64
}

// FindNextOffset returns the position of the next chunk, which is even.
func (c Chunk) FindNextOffset() int64 { return c.Offset + c.Held + c.Held&1 }

// ListChunks returns the chunks of a file of size bytes, in order.
func ListChunks(r io.ReaderAt, size int64) iter.Seq[Chunk] {
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
			at = c.FindNextOffset()
		}
	}
}

// Form is the format of samples in a format chunk.
type Form struct {
	Code      int // 1 is PCM
	Channels  int
	Rate      int // Hz
	PerSecond int // bytes per second
	Block     int // bytes per sample of all channels
	Bits      int // bits per sample of one channel
}

// PCM is the code of uncompressed samples.
const PCM = 1

// ReadForm reads a format chunk. ok is false if the chunk is too short.
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
	return Form{
		Code: short(0), Channels: short(2), Rate: long(4), PerSecond: long(8), Block: short(12), Bits: short(14),
	}, true
}
