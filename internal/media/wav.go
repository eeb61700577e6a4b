package media

import (
	"encoding/binary"
	"io"
)

// PCM is where the samples of a plain WAV file lie, and what they are: whole, signed, of
// 16 bits, the lowest byte first.
type PCM struct {
	Channels, Rate int
	// Offset and Bytes are their place in the file.
	Offset, Bytes int64
}

// Frames is how many samples a channel has.
func (p PCM) Frames() int64 { return p.Bytes / int64(2*p.Channels) }

// mostChunks is more than a plain file has: one of nothing but heads would take long.
const mostChunks = 16

// PlainWAV finds the samples of a WAV file of the plainest kind: one or two channels of
// 16 bit PCM, in one whole chunk. All that is out of the ordinary (an unknown chunk, a
// length that is not that of the file) is not plain and left to a decoder, which knows
// what others make of it.
func PlainWAV(r io.ReaderAt, size int64) (PCM, bool) {
	var head [12]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" ||
		int64(binary.LittleEndian.Uint32(head[4:]))+8 != size {
		return PCM{}, false
	}
	var p PCM
	chunks := 0
	for at := int64(len(head)); at < size; {
		if chunks++; chunks > mostChunks {
			return PCM{}, false
		}
		var chunk [8]byte
		if _, err := r.ReadAt(chunk[:], at); err != nil {
			return PCM{}, false
		}
		at += int64(len(chunk))
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		if length > size-at {
			return PCM{}, false
		}
		switch id := string(chunk[:4]); {
		case id == "fmt " && p.Channels == 0:
			if p.Channels, p.Rate = plainForm(r, at, length); p.Channels == 0 {
				return PCM{}, false
			}
		case id == "data" && p.Channels > 0 && p.Bytes == 0 && length > 0 && length%int64(2*p.Channels) == 0:
			p.Offset, p.Bytes = at, length
		case id == "LIST", id == "JUNK":
		default:
			return PCM{}, false
		}
		at += length + length%2
	}
	return p, p.Bytes > 0
}

// plainForm reads a format chunk; it gives no channels where the form is not plain.
func plainForm(r io.ReaderAt, at, length int64) (channels, rate int) {
	const pcm, bits = 1, 16
	var b [16]byte
	if _, err := r.ReadAt(b[:], at); err != nil || length != int64(len(b)) || binary.LittleEndian.Uint16(b[:]) != pcm {
		return 0, 0
	}
	channels, rate = int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))
	frame := int(binary.LittleEndian.Uint16(b[12:]))
	if channels < 1 || channels > 2 || rate < 8000 || rate > 192000 || frame != 2*channels ||
		int(binary.LittleEndian.Uint32(b[8:])) != rate*frame || binary.LittleEndian.Uint16(b[14:]) != bits {
		return 0, 0
	}
	return channels, rate
}
