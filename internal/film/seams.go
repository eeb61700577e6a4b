package film

import (
	"io"

	"mynah/internal/cache"
)

// seamPictures is the number of pictures of a segment that are decoded to check it. If the segment cannot be cut
// there, more are decoded.
const seamPictures = 12

// ListNewSegments returns the segments of the film for which isNew returns true, each once, in the order of the
// film.
func (f *Film) ListNewSegments(isNew func(cache.Key) bool) []cache.Key {
	var out []cache.Key
	seen := map[cache.Key]bool{}
	for _, p := range f.Runs {
		if !seen[p.Segment] && isNew(p.Segment) {
			out = append(out, p.Segment)
		}
		seen[p.Segment] = true
	}
	return out
}

// WriteSeams writes the first pictures of each segment, joined as in the film and with a skip picture after
// each segment, as an H.264 byte stream (ITU-T H.264, annex B). It returns the number of pictures. If
// a decoder reads the stream without errors, it can play the segments and the transitions between
// them.
func (f *Film) WriteSeams(store *cache.Store, segments []cache.Key, w io.Writer) (pictures int, err error) {
	t, err := f.OpenPictureTrack(store)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	put, err := t.newAnnexBWriter(w)
	if err != nil {
		return 0, err
	}
	part := *t
	part.runs = nil
	for _, key := range segments {
		x, err := t.lib.recallOrReadIndex(key)
		if err != nil {
			return 0, err
		}
		n := min(x.CountUnits(), seamPictures)
		for n < x.CountUnits() && !x.isClosedAt(n) {
			n++
		}
		part.runs = append(part.runs, SegmentRun{Segment: key, Take: n, Frames: int64(n) + 1})
	}
	var buf []byte
	for c := part.newCursor(); ; pictures++ {
		s, ok, err := c.readNextSample()
		if err != nil || !ok {
			return pictures, err
		}
		nal, err := part.readSample(s, &buf)
		if err != nil {
			return 0, err
		}
		if err := put(nal); err != nil {
			return 0, err
		}
	}
}

// ListPacketSizes returns the size in bytes of each packet of the soundtrack, in order, and the size of a
// silent packet. The first packet is the encoder's delay; packet i contains the samples from
// 1024*(i-1) on.
func (f *Film) ListPacketSizes(store *cache.Store) (sizes []uint32, silence uint32, err error) {
	lib := newLibrary(store, cache.Sounds)
	defer lib.close()
	packets, err := f.listPackets(lib)
	for _, p := range packets {
		sizes = append(sizes, p.size)
	}
	return sizes, uint32(len(newSilentPacket(f.AAC.Channels))), err
}
