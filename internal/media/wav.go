package media

import (
	"io"

	"mynah/internal/wav"
)

// PCM is where the samples of a plain WAV file are, and what they are: whole, signed, of
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
	if length, ok := wav.Head(r); !ok || length+8 != size {
		return PCM{}, false
	}
	var p PCM
	chunks, end := 0, int64(0)
	for c := range wav.Chunks(r, size) {
		if chunks++; chunks > mostChunks || c.Claimed > c.Held {
			return PCM{}, false
		}
		switch {
		case c.Name == wav.FormChunk && p.Channels == 0:
			f, ok := wav.ReadForm(r, c)
			if !ok || c.Held != wav.FormSize || !isPlain(f) {
				return PCM{}, false
			}
			p.Channels, p.Rate = f.Channels, f.Rate
		case c.Name == wav.DataChunk && p.Channels > 0 && p.Bytes == 0 && c.Held > 0 && c.Held%int64(2*p.Channels) == 0:
			p.Offset, p.Bytes = c.Offset, c.Held
		case c.Name == "LIST", c.Name == "JUNK":
		default:
			return PCM{}, false
		}
		end = c.End()
	}
	return p, p.Bytes > 0 && end >= size // else something is after the chunks
}

func isPlain(f wav.Form) bool {
	return f.Code == wav.PCM && f.Bits == 16 && f.Channels >= 1 && f.Channels <= 2 && f.Rate >= 8000 && f.Rate <= 192000 &&
		f.Block == 2*f.Channels && f.PerSecond == f.Rate*f.Block
}
