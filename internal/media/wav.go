package media

import (
	"io"

	"mynah/internal/wav"
)

// PCM is the position and the format of the samples in a plain WAV file: signed, 16 bits, little-endian.
type PCM struct {
	Channels, Rate int
	// Offset and Bytes are the position and the length of the samples in the file.
	Offset, Bytes int64
}

// CountFrames returns the number of samples per channel.
func (p PCM) CountFrames() int64 { return p.Bytes / int64(2*p.Channels) }

// mostChunks is the maximum number of chunks of a plain file. It limits the time for files that consist only of
// chunk headers.
const mostChunks = 16

// FindPlainSamples finds the samples of a plain WAV file: one or two channels of 16-bit PCM in one complete chunk. It
// returns false for files with anything unusual, such as an unknown chunk or a length that differs from that of
// the file: for these, ffmpeg decides what they mean.
func FindPlainSamples(r io.ReaderAt, size int64) (PCM, bool) {
	if length, ok := wav.ReadStatedLength(r); !ok || length+8 != size {
		return PCM{}, false
	}
	var p PCM
	chunks, end := 0, int64(0)
	for c := range wav.ListChunks(r, size) {
		if chunks++; chunks > mostChunks || c.Claimed > c.Held {
			return PCM{}, false
		}
		switch {
		case c.Name == wav.FormChunk && p.Channels == 0:
			f, ok := wav.ReadForm(r, c)
			if !ok || c.Held != wav.FormSize || !isPlainPCM(f) {
				return PCM{}, false
			}
			p.Channels, p.Rate = f.Channels, f.Rate
		case c.Name == wav.DataChunk && p.Channels > 0 && p.Bytes == 0 && c.Held > 0 && c.Held%int64(2*p.Channels) == 0:
			p.Offset, p.Bytes = c.Offset, c.Held
		case c.Name == "LIST", c.Name == "JUNK":
		default:
			return PCM{}, false
		}
		end = c.FindNextOffset()
	}
	return p, p.Bytes > 0 && end >= size // otherwise, there is data after the last chunk
}

// isPlainPCM reports whether a format is plain PCM as FindPlainSamples describes it.
func isPlainPCM(f wav.Form) bool {
	return f.Code == wav.PCM && f.Bits == 16 && f.Channels >= 1 && f.Channels <= 2 &&
		f.Rate >= 8000 && f.Rate <= 192000 &&
		f.Block == 2*f.Channels && f.PerSecond == f.Rate*f.Block
}
