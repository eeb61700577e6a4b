package mp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// TrackInfo contains the properties of a track in a file's index.
type TrackInfo struct {
	Handler string // handler type: vide, soun, text, sbtl, …
	Samples int64  // number of samples in the table of sizes
	Timed   int64  // number of samples in the table of times
	Length  int64  // sum of the samples' durations, in units of Timescale
	Scale   uint32 // Timescale: units per second
	Bytes   int64  // sum of the samples' sizes
	Shown   int64  // duration of the presentation, in units of MovieTimescale
	First   int64  // file offset of the first chunk
	Last    int64  // file offset of the last chunk
	// Start is the time in the track at which the presentation begins, in units of Timescale.
	Start int64
	// IsSteady is true if the samples are shown without a gap or an overlap, whatever the order in which they are
	// decoded, and the presentation begins with the first that is shown. It is meaningful only for a track whose
	// samples have equal durations.
	IsSteady bool
}

// inspected is a track whose index is being read.
type inspected struct {
	TrackInfo
	delta   int64   // duration of the first sample, in units of Timescale
	offsets []int64 // how much later than decoded each sample is shown; nil if the index has no such table
}

// isSteady returns the value of TrackInfo.IsSteady.
func (f *inspected) isSteady() bool {
	if f.offsets == nil {
		return f.Start == 0 && f.Length == f.delta*f.Timed
	}
	if f.delta == 0 || f.Length != f.delta*f.Timed || int64(len(f.offsets)) != f.Timed {
		return false
	}
	shown := make([]bool, f.Timed)
	for i, offset := range f.offsets {
		at := int64(i)*f.delta + offset - f.Start
		if at < 0 || at%f.delta != 0 || at/f.delta >= f.Timed || shown[at/f.delta] {
			return false
		}
		shown[at/f.delta] = true
	}
	return true
}

// maxIndex is the maximum size of an index that ReadTrackInfos reads, in bytes.
const maxIndex = 512 << 20

// maxSamples is the maximum number of samples of a track whose order is checked: eleven days at 60 frames per second.
const maxSamples = 1 << 26

var errIndex = errors.New("the index of the file is damaged")

// ReadTrackInfos reads the index (ISO/IEC 14496-12) of a file that WriteMovie wrote. It reads no samples.
func ReadTrackInfos(r io.ReaderAt, size int64) ([]TrackInfo, error) {
	for at := int64(0); at < size; {
		kind, head, length, err := readBoxHeader(r, at, size)
		if err != nil {
			return nil, err
		}
		if kind == "moov" {
			if length > maxIndex {
				return nil, errIndex
			}
			b := make([]byte, length-head)
			if _, err := r.ReadAt(b, at+head); err != nil {
				return nil, fmt.Errorf("%w: %w", errIndex, err)
			}
			return inspectMovie(b)
		}
		at += length
	}
	return nil, fmt.Errorf("%w: it is missing", errIndex)
}

// readBoxHeader reads the header of the box at an offset of a file. It returns the type, and the lengths of
// the header and of the whole box.
func readBoxHeader(r io.ReaderAt, at, size int64) (kind string, head, length int64, err error) {
	var b [16]byte
	n, err := r.ReadAt(b[:min(int64(len(b)), size-at)], at)
	if n < 8 || err != nil && !errors.Is(err, io.EOF) {
		return "", 0, 0, errIndex
	}
	head, length = 8, int64(binary.BigEndian.Uint32(b[:]))
	if length == 1 && n == len(b) {
		head, length = 16, int64(binary.BigEndian.Uint64(b[8:]))
	}
	if length < head || length > size-at {
		return "", 0, 0, errIndex
	}
	return string(b[4:8]), head, length, nil
}

// forEachBox calls f with the type and content of each box in b.
func forEachBox(b []byte, f func(kind string, b []byte) error) error {
	for len(b) > 0 {
		if len(b) < 8 {
			return errIndex
		}
		n := int64(binary.BigEndian.Uint32(b))
		if n < 8 || n > int64(len(b)) {
			return errIndex
		}
		if err := f(string(b[4:8]), b[8:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

func inspectMovie(b []byte) ([]TrackInfo, error) {
	var out []TrackInfo
	err := forEachBox(b, func(kind string, b []byte) error {
		if kind != "trak" {
			return nil
		}
		f := &inspected{TrackInfo: TrackInfo{First: -1}}
		if err := inspectTrack(b, f); err != nil {
			return err
		}
		f.IsSteady = f.isSteady()
		out = append(out, f.TrackInfo)
		return nil
	})
	return out, err
}

func inspectTrack(b []byte, f *inspected) error {
	return forEachBox(b, func(kind string, b []byte) error {
		switch kind {
		case "mdia", "minf", "stbl", "edts":
			return inspectTrack(b, f)
		case "tkhd":
			const version1 = 36
			if len(b) < version1 {
				return errIndex
			}
			if f.Shown = int64(binary.BigEndian.Uint32(b[20:])); b[0] == 1 {
				f.Shown = int64(binary.BigEndian.Uint64(b[28:]))
			}
		case "mdhd":
			at := 12
			if len(b) > 0 && b[0] == 1 {
				at = 20
			}
			if len(b) < at+4 {
				return errIndex
			}
			f.Scale = binary.BigEndian.Uint32(b[at:])
		case "hdlr":
			if len(b) < 12 {
				return errIndex
			}
			f.Handler = string(b[8:12])
		default:
			return inspectTable(kind, b, f)
		}
		return nil
	})
}

// inspectTable reads one of the tables of samples into f.
func inspectTable(kind string, b []byte, f *inspected) error {
	entries := func(at, width int) (int, error) {
		if len(b) < at+4 {
			return 0, errIndex
		}
		n := int64(binary.BigEndian.Uint32(b[at:]))
		if n*int64(width) > int64(len(b)-at-4) {
			return 0, errIndex
		}
		return int(n), nil
	}
	switch kind {
	case "elst":
		n, err := entries(4, 20)
		if n > 0 && b[0] == 1 {
			f.Start = int64(binary.BigEndian.Uint64(b[16:]))
		}
		return err
	case "stts":
		n, err := entries(4, 8)
		for i := range n {
			count, delta := int64(binary.BigEndian.Uint32(b[8+8*i:])), int64(binary.BigEndian.Uint32(b[12+8*i:]))
			if i == 0 {
				f.delta = delta
			}
			f.Timed += count
			f.Length += count * delta
		}
		return err
	case "ctts":
		n, err := entries(4, 8)
		for i := range n {
			count, offset := int64(binary.BigEndian.Uint32(b[8+8*i:])), int64(binary.BigEndian.Uint32(b[12+8*i:]))
			if int64(len(f.offsets))+count > maxSamples {
				return errIndex
			}
			f.offsets = append(f.offsets, slices.Repeat([]int64{offset}, int(count))...)
		}
		return err
	case "stsz":
		if len(b) < 12 {
			return errIndex
		}
		if each := int64(binary.BigEndian.Uint32(b[4:])); each != 0 {
			f.Samples = int64(binary.BigEndian.Uint32(b[8:]))
			f.Bytes = f.Samples * each
			return nil
		}
		n, err := entries(8, 4)
		for i := range n {
			f.Bytes += int64(binary.BigEndian.Uint32(b[12+4*i:]))
		}
		f.Samples = int64(n)
		return err
	case "stco", "co64":
		width := 4
		if kind == "co64" {
			width = 8
		}
		n, err := entries(4, width)
		for i := range n {
			at := int64(binary.BigEndian.Uint32(b[8+width*i:]))
			if width == 8 {
				at = int64(binary.BigEndian.Uint64(b[8+width*i:]))
			}
			if f.First < 0 {
				f.First = at
			}
			f.Last = at
		}
		return err
	}
	return nil
}
