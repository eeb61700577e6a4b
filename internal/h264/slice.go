package h264

import (
	"bytes"
	"errors"
)

// head is a parsed slice header.
type head struct {
	kind        uint32 // slice_type modulo 5
	frameNumPos int    // bit position of frame_num in the RBSP after the NAL header byte
	idrPos      int    // bit position of idr_pic_id
	idrID       uint32
	afterIDR    int // bit position after idr_pic_id
	end         int // bit position after the header
	frameNum    uint32
	order       uint32 // pic_order_cnt_lsb; 0 for picture order count type 2
}

// Values of slice_type modulo 5, table 7-6.
const (
	sliceP = 0
	sliceB = 1
	sliceI = 2
)

// parseSliceStart parses the header of a slice up to the fields that every type of slice has (7.3.3).
func (p *Params) parseSliceStart(nalByte byte, r *bitReader) (head, error) {
	var h head
	first := r.readExpGolomb()
	h.kind = r.readExpGolomb() % 5
	pps := r.readExpGolomb()
	idr := nalByte&31 == TypeIDR
	isKnown := h.kind == sliceI || !idr && (h.kind == sliceP || h.kind == sliceB && p.HasReordering())
	if first != 0 || pps != p.id || !isKnown {
		return h, errors.New("h264: only I, P and reordered B pictures in one slice are supported")
	}
	h.frameNumPos = r.pos
	h.frameNum = r.readBits(p.log2FrameNum)
	if idr {
		h.idrPos = r.pos
		h.idrID = r.readExpGolomb()
		h.afterIDR = r.pos
	}
	if p.HasReordering() {
		h.order = r.readBits(p.log2Order)
	}
	return h, r.err
}

// parseSliceHeader parses the header of a slice of type I, or P without the fields of reordered streams. rbsp does
// not include the NAL header byte.
func (p *Params) parseSliceHeader(nalByte byte, rbsp []byte) (head, error) {
	r := &bitReader{b: rbsp}
	idr := nalByte&31 == TypeIDR
	h, err := p.parseSliceStart(nalByte, r)
	if err != nil {
		return h, err
	}
	if h.kind != sliceI && p.HasReordering() {
		return h, errors.New("h264: P and B pictures of reordered streams cannot be edited")
	}
	if h.kind == sliceP {
		if r.readBit() == 1 { // num_ref_idx_active_override_flag
			r.readExpGolomb()
		}
		if r.readBit() == 1 {
			return h, errors.New("h264: modified reference lists are not supported")
		}
	}
	if nalByte>>5&3 != 0 {
		if idr {
			r.readBits(2)
		} else if r.readBit() == 1 {
			return h, errors.New("h264: adaptive reference marking is not supported")
		}
	}
	if h.kind == sliceP {
		r.readExpGolomb() // cabac_init_idc
	}
	r.readExpGolomb() // slice_qp_delta
	if p.deblocking && r.readExpGolomb() != 1 {
		r.readExpGolomb() // slice_alpha_c0_offset_div2
		r.readExpGolomb() // slice_beta_offset_div2
	}
	h.end = r.pos
	return h, r.err
}

// SetIDRPicID returns an IDR picture with its idr_pic_id changed to 1 or 2. Consecutive IDR pictures
// must have different ids (7.4.3). Both values need the same number of bits, so further calls do not
// change the length of the picture.
func (p *Params) SetIDRPicID(nal []byte, id uint32) ([]byte, error) {
	if ParseNALType(nal) != TypeIDR || id != 1 && id != 2 {
		return nil, errors.New("h264: not an IDR picture, or an idr_pic_id other than 1 and 2")
	}
	rbsp := removeEmulationPrevention(nal)
	h, err := p.parseSliceHeader(rbsp[0], rbsp[1:])
	if err != nil {
		return nil, err
	}
	if h.idrID == id {
		return nal, nil
	}
	w := &bitWriter{b: make([]byte, 0, len(rbsp)+4)}
	w.writeBits(8, uint32(rbsp[0]))
	r := &bitReader{b: rbsp[1:]}
	for r.pos < h.idrPos {
		w.writeBit(r.readBit())
	}
	w.writeExpGolomb(id)
	r.pos = h.afterIDR
	for r.pos < h.end {
		w.writeBit(r.readBit())
	}
	for w.n&7 != 0 {
		w.writeBit(1) // cabac_alignment_one_bit, 7.3.4
	}
	w.b = append(w.b, rbsp[1+(h.end+7)/8:]...)
	return addEmulationPrevention(w.b), nil
}

// NormalizeLastByte returns an encoded picture whose bytes do not depend on the pictures that the encoder wrote
// before. After the stop bit, libx264 fills the last byte of CABAC data with a bit of the picture's
// number, which decoders ignore. NormalizeLastByte sets this last bit to one; if the stop bit is the last bit,
// it is already one.
func NormalizeLastByte(nal []byte) []byte {
	if len(nal) < 2 {
		return nal
	}
	out := bytes.Clone(nal)
	out[len(out)-1] |= 1
	return out
}

// SetFrameNum returns a P picture with another frame_num, taken modulo the stream's range.
func (p *Params) SetFrameNum(nal []byte, frameNum int) ([]byte, error) {
	if ParseNALType(nal) != TypeSlice {
		return nil, errors.New("h264: not a P picture")
	}
	rbsp := removeEmulationPrevention(nal)
	h, err := p.parseSliceHeader(rbsp[0], rbsp[1:])
	if err != nil {
		return nil, err
	}
	want := uint32(frameNum) % p.maxFrameNum
	if h.frameNum == want {
		return nal, nil
	}
	putBits(rbsp, 8+h.frameNumPos, p.log2FrameNum, want)
	return addEmulationPrevention(rbsp), nil
}

// putBits overwrites n bits at a bit position.
func putBits(b []byte, at, n int, v uint32) {
	for i := range n {
		pos := at + i
		mask := byte(1) << (7 - pos&7)
		b[pos>>3] &^= mask
		if v>>(n-1-i)&1 == 1 {
			b[pos>>3] |= mask
		}
	}
}

// OrderCounter finds out in which order the pictures of a stream are shown. Its zero value is not usable; see
// NewOrderCounter.
type OrderCounter struct {
	p    *Params
	refs int // reference pictures since the last IDR picture, including it
	all  int // pictures since the last IDR picture, including it
	last int // picture order count of the last reference picture
}

// NewOrderCounter returns an OrderCounter for the pictures of a stream, which it gets in coding order.
func (p *Params) NewOrderCounter() *OrderCounter { return &OrderCounter{p: p} }

// Place is the place of a picture in its stream.
type Place struct {
	// Shown is the number of pictures that are shown between the last IDR picture and this one, including the
	// former.
	Shown int
	// IsReference is true if other pictures can refer to the picture.
	IsReference bool
}

// AddPicture returns the place of the next picture. Its frame_num must continue those of the pictures before.
func (c *OrderCounter) AddPicture(nal []byte) (Place, error) {
	kind := ParseNALType(nal)
	if kind != TypeIDR && kind != TypeSlice {
		return Place{}, errors.New("h264: not a picture")
	}
	const most = 64 // bytes; the fields up to pic_order_cnt_lsb are shorter
	rbsp := removeEmulationPrevention(nal[:min(len(nal), most)])
	h, err := c.p.parseSliceStart(rbsp[0], &bitReader{b: rbsp[1:]})
	if err != nil {
		return Place{}, err
	}
	out := Place{IsReference: rbsp[0]>>5&3 != 0}
	if kind == TypeIDR {
		c.refs, c.all, c.last = 0, 0, 0
	}
	if h.frameNum != uint32(c.refs)%c.p.maxFrameNum {
		return Place{}, errors.New("h264: the frame numbers of the stream have a gap")
	}
	order := 2 * c.all
	if c.p.HasReordering() {
		order = c.findNearestOrder(int(h.order))
	} else if !out.IsReference {
		return Place{}, errors.New("h264: pictures without references need picture order count type 0")
	}
	if order < 0 || order&1 != 0 {
		return Place{}, errors.New("h264: the picture order counts are not those of frames")
	}
	c.all++
	if out.IsReference {
		c.refs++
		c.last = order
	}
	out.Shown = order / 2
	return out, nil
}

// findNearestOrder returns the picture order count with the low bits lsb that is nearest to that of the last
// reference picture (8.2.1.1).
func (c *OrderCounter) findNearestOrder(lsb int) int {
	span := 1 << c.p.log2Order
	order := c.last&^(span-1) | lsb
	switch {
	case order < c.last && c.last-order >= span/2:
		order += span
	case order > c.last && order-c.last > span/2:
		order -= span
	}
	return order
}
