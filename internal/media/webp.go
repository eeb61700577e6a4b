package media

import (
	"encoding/binary"
	"io"
	"strings"
)

// forEachWebPChunk calls each for the chunks of a WebP file (RFC 9649, section 2) until it returns false. When each
// is called, r is at the start of the chunk's body. Chunks of odd length are followed by a padding byte.
func forEachWebPChunk(r io.ReadSeeker, each func(kind string, length int64) bool) {
	at := int64(12)
	for {
		var head [8]byte
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return
		}
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		if !each(string(head[:4]), length) {
			return
		}
		at += 8 + length + length&1
	}
}

// readWebPFacts reads the chunks of a WebP picture.
func readWebPFacts(r io.ReadSeeker, h *Header) {
	h.Alpha, h.YUV, h.Channels = true, true, 3
	first := true
	body := func(length int64) []byte {
		if length > maxICC {
			return nil
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil
		}
		return b
	}
	forEachWebPChunk(r, func(kind string, length int64) bool {
		was := first
		first = false
		switch kind {
		case "VP8X":
			if b := body(min(length, 10)); len(b) == 10 {
				h.Alpha, h.Animated = b[0]&0x10 != 0, b[0]&0x02 != 0
			}
			return true
		case "VP8 ":
			if was {
				h.Alpha = false
			}
		case "VP8L":
			h.YUV = false
			if was {
				h.Alpha = true
			}
		case "ICCP":
			if b := body(length); b != nil {
				h.Colours.ICC = string(b)
			} else {
				h.Colours.BadICC = true
			}
		case "EXIF":
			h.Turn = parseEXIFOrientation(body(length))
		}
		return !was // a file that begins with pixel data has no other chunks
	})
}

// parseEXIFOrientation returns the orientation in an EXIF 2.32 block: tag 0x0112 of its first directory. It returns 1
// if there is no valid tag.
func parseEXIFOrientation(b []byte) int {
	b = []byte(strings.TrimPrefix(string(b), "Exif\x00\x00"))
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(b[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(b[4:]))
	if order.Uint16(b[2:]) != 42 || at+2 > uint64(len(b)) {
		return 1
	}
	n := uint64(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > uint64(len(b)) {
			return 1
		}
		const orientation, short = 0x0112, 3
		if order.Uint16(b[e:]) == orientation && order.Uint16(b[e+2:]) == short {
			if v := order.Uint16(b[e+8:]); v >= 1 && v <= 8 {
				return int(v)
			}
			return 1
		}
	}
	return 1
}
