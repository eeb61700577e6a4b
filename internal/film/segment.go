package film

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/h264"
)

// unit is one encoded picture of a segment, or one frame of sound.
type unit struct {
	offset int64
	size   uint32 // size in bytes; of an IDR picture with idr_pic_id 1
	other  uint32 // size in bytes of an IDR picture with idr_pic_id 2
	idr    bool
	// shift is the number of frames by which a picture is shown later than its place in the segment says;
	// negative if it is shown earlier. It is not 0 only for pictures that were coded in another order.
	shift int8
	// unused is true if no other picture refers to this one.
	unused bool
}

// flags of a unit in the index. The shift is above them, its sign in the lowest bit.
const (
	flagIDR    = 1
	flagUnused = 2
	shiftBit   = 2
	mostShift  = 31
)

func (u unit) encodeFlags() byte {
	out := uint8(u.shift<<1^u.shift>>7) << shiftBit
	if u.idr {
		out |= flagIDR
	}
	if u.unused {
		out |= flagUnused
	}
	return out
}

func decodeFlags(b byte) unit {
	v := b >> shiftBit
	return unit{idr: b&flagIDR != 0, unused: b&flagUnused != 0, shift: int8(v>>1) ^ -int8(v&1)}
}

// Index lists the encoded pictures of a segment, or the frames of a chunk of sound.
type Index struct {
	// head is the data that a decoder needs first: the parameter sets of H.264, or the AudioSpecificConfig
	// of AAC.
	head  []byte
	units []unit
}

// CountUnits returns the number of pictures or sound frames.
func (x *Index) CountUnits() int { return len(x.units) }

// isClosedAt reports whether the first n coded pictures are the first n that are shown. Only at such a place can
// the segment be cut.
func (x *Index) isClosedAt(n int) bool {
	last := -1
	for i, u := range x.units[:n] {
		last = max(last, i+int(u.shift))
	}
	return last == n-1
}

// isOrderComplete reports whether each place of the segment is that of exactly one picture.
func isOrderComplete(units []unit) bool {
	seen := make([]bool, len(units))
	for i, u := range units {
		at := i + int(u.shift)
		if at < 0 || at >= len(units) || seen[at] {
			return false
		}
		seen[at] = true
	}
	return true
}

const (
	unitSize   = 9
	footerSize = 8
)

// segmentWriter writes units as they are encoded, and their index after them.
type segmentWriter struct {
	w     io.Writer
	head  []byte
	units []unit
	n     int64
	order *h264.OrderCounter
	from  int // index of the last IDR picture
}

func (s *segmentWriter) addUnit(data []byte, u unit) error {
	u.offset, u.size = s.n, uint32(len(data))
	s.units = append(s.units, u)
	s.n += int64(len(data))
	_, err := s.w.Write(data)
	return err
}

// addPicture adds an encoded picture. It sets the idr_pic_id of IDR pictures to 1, so that their size
// does not depend on their position.
func (s *segmentWriter) addPicture(p *h264.Params, nal []byte) error {
	u := unit{idr: h264.ParseNALType(nal) == h264.TypeIDR}
	if s.order == nil {
		s.order = p.NewOrderCounter()
	}
	place, err := s.order.AddPicture(nal)
	if err != nil {
		return err
	}
	if u.idr {
		s.from = len(s.units)
	}
	shift := s.from + place.Shown - len(s.units)
	if shift > mostShift || shift < -mostShift {
		return errOrder
	}
	u.shift, u.unused = int8(shift), !place.IsReference
	if u.idr {
		one, err := p.SetIDRPicID(nal, 1)
		if err != nil {
			return err
		}
		two, err := p.SetIDRPicID(one, 2)
		if err != nil {
			return err
		}
		nal, u.other = one, uint32(len(two))
	}
	return s.addUnit(nal, u)
}

// errOrder is the error for pictures of an encoder that cannot be brought into the order in which they are shown.
var errOrder = errors.New("the encoder wrote pictures in an unknown order")

func (s *segmentWriter) close() error {
	if !isOrderComplete(s.units) {
		return errOrder
	}
	out := append(make([]byte, 0, len(s.head)+unitSize*len(s.units)+footerSize), s.head...)
	for _, u := range s.units {
		out = append(out, u.encodeFlags())
		out = binary.BigEndian.AppendUint32(out, u.size)
		out = binary.BigEndian.AppendUint32(out, u.other)
	}
	out = binary.BigEndian.AppendUint32(out, uint32(len(s.head)))
	out = binary.BigEndian.AppendUint32(out, uint32(len(s.units)))
	_, err := s.w.Write(out)
	return err
}

var errSegment = errors.New("a cached segment has an unknown format")

// readSegmentIndex reads the index at the end of a segment in the cache.
func readSegmentIndex(e interface {
	io.ReaderAt
	Size() int64
},
) (*Index, error) {
	size := e.Size()
	var tail [footerSize]byte
	if size < footerSize {
		return nil, errSegment
	}
	if _, err := e.ReadAt(tail[:], size-footerSize); err != nil {
		return nil, err
	}
	head, count := int64(binary.BigEndian.Uint32(tail[:])), int64(binary.BigEndian.Uint32(tail[4:]))
	length := head + count*unitSize
	if length+footerSize > size {
		return nil, errSegment
	}
	b := make([]byte, length)
	if _, err := e.ReadAt(b, size-footerSize-length); err != nil {
		return nil, err
	}
	x := &Index{head: b[:head], units: make([]unit, count)}
	var at int64
	for i := range x.units {
		v := b[head+int64(i)*unitSize:]
		u := decodeFlags(v[0])
		u.offset, u.size, u.other = at, binary.BigEndian.Uint32(v[1:]), binary.BigEndian.Uint32(v[5:])
		x.units[i] = u
		at += int64(u.size)
	}
	if at != size-footerSize-length || !isOrderComplete(x.units) {
		return nil, errSegment
	}
	return x, nil
}

// library reads units of segments from the cache. It keeps all indexes and the last segment open.
type library struct {
	store   *cache.Store
	kind    cache.Kind
	indexes map[cache.Key]*Index
	open    *cache.Entry
	openKey cache.Key
	// whole contains the bytes of the open segment if it is small, because one read is faster than one per
	// unit.
	whole []byte
}

// smallSegment is the maximum size in bytes of a segment that is read at once.
const smallSegment = 1 << 20

func newLibrary(store *cache.Store, kind cache.Kind) *library {
	return &library{store: store, kind: kind, indexes: map[cache.Key]*Index{}}
}

func (l *library) switchToEntry(k cache.Key) (*cache.Entry, error) {
	if l.open != nil && l.openKey == k {
		return l.open, nil
	}
	l.close()
	e, ok := l.store.OpenEntry(l.kind, k)
	if !ok {
		return nil, fmt.Errorf("%w (%s)", cache.ErrLost, k)
	}
	l.open, l.openKey, l.whole = e, k, l.whole[:0]
	if n := e.Size(); n <= smallSegment {
		l.whole = slices.Grow(l.whole, int(n))[:n]
		if _, err := e.ReadAt(l.whole, 0); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (l *library) close() {
	if l.open != nil {
		_ = l.open.Close()
		l.open = nil
	}
}

// recallOrReadIndex returns the index of a segment.
func (l *library) recallOrReadIndex(k cache.Key) (*Index, error) {
	if x, ok := l.indexes[k]; ok {
		return x, nil
	}
	e, err := l.switchToEntry(k)
	if err != nil {
		return nil, err
	}
	x, err := readSegmentIndex(e)
	if err != nil {
		return nil, err
	}
	l.indexes[k] = x
	return x, nil
}

// readUnit returns the bytes of unit i of a segment.
func (l *library) readUnit(k cache.Key, i int, buf []byte) ([]byte, error) {
	x, err := l.recallOrReadIndex(k)
	if err != nil {
		return nil, err
	}
	e, err := l.switchToEntry(k)
	if err != nil {
		return nil, err
	}
	u := x.units[i]
	if cap(buf) < int(u.size) {
		buf = make([]byte, u.size)
	}
	buf = buf[:u.size]
	if end := u.offset + int64(u.size); end <= int64(len(l.whole)) {
		copy(buf, l.whole[u.offset:end])
		return buf, nil
	}
	_, err = e.ReadAt(buf, u.offset)
	return buf, err
}
