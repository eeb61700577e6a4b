package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// maxICC is the maximum size of a colour profile in bytes. Larger ones count as unreadable.
const maxICC = 8 << 20

// Colours contains what a picture states about its colours. Only the first that is set counts: code points,
// profile, sRGB, then gamma and chromaticities.
type Colours struct {
	// Primaries and Transfer are code points of ITU-T H.273; 0 if not stated.
	Primaries, Transfer int
	// ICC contains the bytes of a profile. BadICC: there is a profile that cannot be read.
	ICC    string
	BadICC bool
	SRGB   bool
	// Gamma is the exponent in a PNG file's gAMA chunk, 0 if none exists. Chroma is its cHRM chunk: x and y
	// of white, red, green and blue.
	Gamma     float64
	Chroma    [8]float64
	HasChroma bool
}

// readPNGFacts reads the chunks of a PNG picture before its pixels (PNG, third edition, sections 11.3.2 and 4.3).
func readPNGFacts(r io.ReadSeeker, h *Header) {
	h.Alpha = true // unless the chunks show otherwise
	if _, err := r.Seek(8, io.SeekStart); err != nil {
		return
	}
	alpha := false
	for {
		kind, length, err := readPNGChunkHeader(r)
		if err != nil {
			return
		}
		switch kind {
		case "IDAT", "IEND":
			h.Alpha = alpha
			return
		case "acTL":
			h.Animated = true
		case "tRNS":
			alpha = true
		}
		body, err := readUsedPNGChunk(r, kind, length)
		if err != nil {
			return
		}
		if kind == "IHDR" {
			if length != 13 {
				return
			}
			alpha = alpha || body[9] == 4 || body[9] == 6
			h.Channels, h.Deep = 3, body[8] > 8
			if body[9] == 0 || body[9] == 4 {
				h.Channels, h.FullRange = 1, true
			}
		}
		h.Colours.setFromPNGChunk(kind, body)
	}
}

// readPNGChunkHeader reads the type and the length of a chunk.
func readPNGChunkHeader(r io.Reader) (kind string, length int64, err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", 0, err
	}
	return string(head[4:]), int64(binary.BigEndian.Uint32(head[:4])), nil
}

// readUsedPNGChunk returns the body of a chunk that this package uses, nil for others, and skips to the next one.
func readUsedPNGChunk(r io.ReadSeeker, kind string, length int64) ([]byte, error) {
	var body []byte
	switch kind {
	case "IHDR", "iCCP", "sRGB", "gAMA", "cHRM", "cICP":
		if length > maxICC {
			length += 4
			break
		}
		body = make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return nil, err
		}
		length = 4
	default:
		length += 4
	}
	_, err := r.Seek(length, io.SeekCurrent)
	return body, err
}

// setFromPNGChunk sets the colours from a chunk.
func (c *Colours) setFromPNGChunk(kind string, body []byte) {
	word := func(i int) float64 { return float64(binary.BigEndian.Uint32(body[4*i:])) / 100000 }
	switch {
	case kind == "cICP" && len(body) == 4 && body[2] == 0 && body[3] == 1:
		c.Primaries, c.Transfer = int(body[0]), int(body[1])
	case kind == "iCCP" && body == nil:
		c.BadICC = true
	case kind == "iCCP":
		c.ICC, c.BadICC = decompressPNGProfile(body)
	case kind == "sRGB" && len(body) == 1:
		c.SRGB = true
	case kind == "gAMA" && len(body) == 4:
		c.Gamma = word(0)
	case kind == "cHRM" && len(body) == 32:
		for i := range c.Chroma {
			c.Chroma[i] = word(i)
		}
		c.HasChroma = true
	}
}

// decompressPNGProfile returns the decompressed profile of an iCCP chunk.
func decompressPNGProfile(body []byte) (profile string, bad bool) {
	i := bytes.IndexByte(body, 0)
	if i < 0 || i+2 > len(body) {
		return "", true
	}
	z, err := zlib.NewReader(bytes.NewReader(body[i+2:]))
	if err != nil {
		return "", true
	}
	b, err := io.ReadAll(io.LimitReader(z, maxICC+1))
	if err != nil || len(b) > maxICC {
		return "", true
	}
	return string(b), false
}

// readJPEGFacts reads the segments of a JPEG picture before its first scan: the parts of its profile (ICC.1:2022,
// annex B.4) and the number of channels.
func readJPEGFacts(r io.ReadSeeker, h *Header) {
	h.Channels = 3
	if _, err := r.Seek(2, io.SeekStart); err != nil {
		return
	}
	const mark = "ICC_PROFILE\x00"
	var parts [256][]byte
	count := 0
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:2]); err != nil || head[0] != 0xff {
			break
		}
		if head[1] == 0xff {
			if _, err := r.Seek(-1, io.SeekCurrent); err != nil {
				break
			}
			continue
		}
		if _, err := io.ReadFull(r, head[2:]); err != nil || head[1] == 0xda {
			break
		}
		n := int(binary.BigEndian.Uint16(head[2:])) - 2
		var body []byte
		sof := head[1] >= 0xc0 && head[1] <= 0xcf && head[1] != 0xc4 && head[1] != 0xc8 && head[1] != 0xcc
		if n > 0 && (sof || head[1] == 0xe2) {
			body = make([]byte, n)
			if _, err := io.ReadFull(r, body); err != nil {
				break
			}
		} else if _, err := r.Seek(int64(max(n, 0)), io.SeekCurrent); err != nil {
			break
		}
		switch {
		case sof && len(body) > 5:
			h.Channels = int(body[5])
		case head[1] == 0xe2 && strings.HasPrefix(string(body), mark) && len(body) > len(mark)+2:
			parts[body[len(mark)]], count = body[len(mark)+2:], int(body[len(mark)+1])
		}
	}
	if count > 0 {
		h.Colours.ICC, h.Colours.BadICC = joinProfile(parts[1 : count+1])
	}
}

// joinProfile concatenates the parts of a profile. bad is true if a part is missing.
func joinProfile(parts [][]byte) (profile string, bad bool) {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
		if p == nil || len(out) > maxICC {
			return "", true
		}
	}
	return string(out), false
}

// CopyPNGWithoutProfile copies a PNG file without its colour profile, because decoders fail on a damaged one.
func CopyPNGWithoutProfile(w io.Writer, r io.Reader) error {
	if _, err := io.CopyN(w, r, 8); err != nil {
		return err
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		to, length := w, int64(binary.BigEndian.Uint32(head[:4]))+4
		if string(head[4:]) == "iCCP" {
			to = io.Discard
		}
		if _, err := to.Write(head[:]); err != nil {
			return err
		}
		if _, err := io.CopyN(to, r, length); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
}
