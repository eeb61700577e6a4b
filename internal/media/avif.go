package media

import (
	"encoding/binary"
	"io"
)

// AVIFFacts contains what an AVIF file states about its picture, besides its pixels.
type AVIFFacts struct {
	// Turn is the orientation in EXIF's numbers, 1 to 8. It comes from irot and imir; EXIF data is ignored.
	Turn    int
	Colours Colours
	// Sequence: the file contains moving pictures. Alpha: they have a separate track for transparency.
	Sequence, Alpha bool
	// Cut: the file is truncated.
	Cut bool
}

// maxMeta is the maximum number of bytes of properties that are read.
const maxMeta = 16 << 20

// ReadAVIF reads the properties colr, irot and imir of the primary item of an AVIF file (ISO/IEC 23008-12,
// 6.5.5, 6.5.10 and 6.5.12). Damaged properties count as missing.
func ReadAVIF(r io.ReadSeeker) AVIFFacts {
	out := AVIFFacts{Turn: 1}
	end, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return out
	}
	at := int64(0)
	for range 64 { // maximum number of top-level boxes; no picture has more
		var head [16]byte
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			break
		}
		n, _ := io.ReadFull(r, head[:])
		if n < 8 {
			break
		}
		size, used := int64(binary.BigEndian.Uint32(head[:])), int64(8)
		if size == 1 && n == 16 {
			size, used = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		switch kind := string(head[4:8]); kind {
		case "ftyp", "meta", "moov":
			if size == 0 {
				size = maxMeta
			}
			if size < used || size > maxMeta {
				return out
			}
			body := make([]byte, size-used)
			if _, err := r.Seek(at+used, io.SeekStart); err != nil {
				return out
			}
			n, _ := io.ReadFull(r, body)
			switch {
			case kind == "ftyp":
				out.Sequence = n >= 4 && string(body[:4]) == "avis"
			case kind == "moov":
				out.Alpha = hasAlphaTrack(body[:n])
			case n > 4:
				out.readMetaBox(body[4:n])
			}
		}
		if size < used {
			break
		}
		at += size
		out.Cut = at > end
	}
	return out
}

// hasAlphaTrack reports whether a moov box contains a track of auxiliary pictures.
func hasAlphaTrack(moov []byte) bool {
	found := false
	forEachBox(moov, func(kind string, trak []byte) {
		if kind != "trak" {
			return
		}
		forEachBox(trak, func(kind string, mdia []byte) {
			if kind != "mdia" {
				return
			}
			forEachBox(mdia, func(kind string, b []byte) {
				found = found || kind == "hdlr" && len(b) >= 12 && string(b[8:12]) == "auxv"
			})
		})
	})
	return found
}

// forEachBox calls each for the boxes in a box, in order.
func forEachBox(b []byte, each func(kind string, body []byte)) {
	for len(b) >= 8 {
		size := int64(binary.BigEndian.Uint32(b))
		if size == 0 {
			size = int64(len(b))
		}
		if size < 8 || size > int64(len(b)) {
			return
		}
		each(string(b[4:8]), b[8:size])
		b = b[size:]
	}
}

// readMetaBox reads the properties of the primary item from a meta box.
func (a *AVIFFacts) readMetaBox(b []byte) {
	primary := uint32(0)
	var properties, associations [][]byte
	var kinds []string
	forEachBox(b, func(kind string, body []byte) {
		switch {
		case kind == "pitm" && len(body) >= 6 && body[0] == 0:
			primary = uint32(binary.BigEndian.Uint16(body[4:]))
		case kind == "pitm" && len(body) >= 8:
			primary = binary.BigEndian.Uint32(body[4:])
		case kind == "iprp":
			forEachBox(body, func(kind string, body []byte) {
				switch kind {
				case "ipco":
					forEachBox(body, func(kind string, body []byte) {
						kinds, properties = append(kinds, kind), append(properties, body)
					})
				case "ipma":
					associations = append(associations, body)
				}
			})
		}
	})
	rotation, mirror := 0, -1
	for _, list := range associations {
		for _, index := range listPropertyIndexes(list, primary) {
			if index < 1 || index > len(kinds) {
				continue
			}
			body := properties[index-1]
			switch kinds[index-1] {
			case "irot":
				if len(body) > 0 {
					rotation = int(body[0] & 3)
				}
			case "imir":
				if len(body) > 0 {
					mirror = int(body[0] & 1)
				}
			case "colr":
				a.readColrBox(body)
			}
		}
	}
	// The picture is first rotated counterclockwise by quarter turns, then mirrored top to bottom (0) or left
	// to right (1).
	switch mirror {
	case 0:
		a.Turn = []int{4, 5, 2, 7}[rotation]
	case 1:
		a.Turn = []int{2, 7, 4, 5}[rotation]
	default:
		a.Turn = []int{1, 8, 3, 6}[rotation]
	}
}

// listPropertyIndexes returns the indexes of an item's properties, from 1, in order.
func listPropertyIndexes(b []byte, item uint32) []int {
	if len(b) < 8 {
		return nil
	}
	version, wide := b[0], b[3]&1 != 0
	n := binary.BigEndian.Uint32(b[4:])
	b = b[8:]
	for range min(n, 1<<16) {
		var id uint32
		switch {
		case version == 0 && len(b) >= 3:
			id, b = uint32(binary.BigEndian.Uint16(b)), b[2:]
		case version > 0 && len(b) >= 5:
			id, b = binary.BigEndian.Uint32(b), b[4:]
		default:
			return nil
		}
		count, size := int(b[0]), 1
		if wide {
			size = 2
		}
		if b = b[1:]; len(b) < count*size {
			return nil
		}
		if id == item {
			var out []int
			for i := range count {
				if wide {
					out = append(out, int(binary.BigEndian.Uint16(b[2*i:])&0x7fff))
				} else {
					out = append(out, int(b[i]&0x7f))
				}
			}
			return out
		}
		b = b[count*size:]
	}
	return nil
}

// readColrBox reads a colr box.
func (a *AVIFFacts) readColrBox(body []byte) {
	if len(body) < 4 {
		return
	}
	switch kind := string(body[:4]); {
	case kind == "nclx" && len(body) >= 11 && a.Colours.ICC == "":
		a.Colours.Primaries = int(binary.BigEndian.Uint16(body[4:]))
		a.Colours.Transfer = int(binary.BigEndian.Uint16(body[6:]))
	case kind == "prof" || kind == "rICC":
		if a.Colours = (Colours{}); len(body)-4 > maxICC {
			a.Colours.BadICC = true
		} else {
			a.Colours.ICC = string(body[4:])
		}
	}
}
