// Package h264 writes and edits parts of an H.264 stream: skip pictures, which decode to exactly the
// picture before them and so show a picture longer at almost no cost, and slice headers, so that
// pictures that were encoded separately can be joined to one stream. It never changes coded
// macroblocks.
//
// The package accepts only streams with the encoder settings of this project: one slice per frame,
// frame macroblocks, picture order count type 2, CABAC, no weighted prediction. Everything else is an
// error. Section numbers refer to ITU-T H.264.
package h264

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// NAL unit types, table 7-1.
const (
	TypeSlice = 1
	TypeIDR   = 5
	TypeSPS   = 7
	TypePPS   = 8
)

// ParseNALType returns the type of a NAL unit without start code.
func ParseNALType(nal []byte) int {
	if len(nal) == 0 {
		return 0
	}
	return int(nal[0] & 31)
}

// Params contains the parameter sets of a stream, and the values in them that are needed to parse
// slices.
type Params struct {
	// SPS and PPS are the parameter sets as the encoder wrote them, without start codes.
	SPS, PPS []byte

	log2FrameNum int
	mbs          uint32
	maxFrameNum  uint32
	deblocking   bool // PPS 0: deblocking_filter_control_present_flag
}

// ParseParams parses a sequence and a picture parameter set. It returns an error if this package
// cannot edit the stream.
func ParseParams(sps, pps []byte) (*Params, error) {
	p := &Params{SPS: bytes.Clone(sps), PPS: bytes.Clone(pps)}
	if err := p.parseSPS(); err != nil {
		return nil, err
	}
	if err := p.parsePPS(); err != nil {
		return nil, err
	}
	return p, nil
}

// parseSPS parses seq_parameter_set_data (7.3.2.1.1) up to the size of the picture.
func (p *Params) parseSPS() error {
	if ParseNALType(p.SPS) != TypeSPS || len(p.SPS) < 5 {
		return errors.New("h264: the stream has no sequence parameter set")
	}
	r := &bitReader{b: removeEmulationPrevention(p.SPS)[1:]}
	profile := r.readBits(8)
	r.readBits(16)
	if r.readExpGolomb() != 0 {
		return errors.New("h264: only the sequence parameter set id 0 is supported")
	}
	if profile == 100 || profile == 110 || profile == 122 || profile == 244 {
		chroma, luma8, chroma8, lossless, scaling := r.readExpGolomb(), r.readExpGolomb(), r.readExpGolomb(), r.readBit(),
			r.readBit()
		if chroma != 1 || luma8 != 0 || chroma8 != 0 || lossless != 0 || scaling != 0 {
			return errors.New("h264: only 8 bit 4:2:0 without scaling lists is supported")
		}
	}
	p.log2FrameNum = int(r.readExpGolomb()) + 4
	if p.log2FrameNum > 16 {
		return errors.New("h264: frame numbers of more than 16 bits are not supported")
	}
	p.maxFrameNum = 1 << p.log2FrameNum
	if r.readExpGolomb() != 2 {
		return errors.New("h264: only picture order count type 2 is supported")
	}
	if r.readExpGolomb() != 1 {
		return errors.New("h264: only one reference frame is supported")
	}
	r.readBit()
	w, h := r.readExpGolomb()+1, r.readExpGolomb()+1
	if r.readBit() != 1 {
		return errors.New("h264: interlaced")
	}
	if w > 1<<12 || h > 1<<12 {
		return errors.New("h264: the picture is too large")
	}
	p.mbs = w * h
	return r.err
}

// parsePPS parses pic_parameter_set_rbsp (7.3.2.2).
func (p *Params) parsePPS() error {
	if ParseNALType(p.PPS) != TypePPS {
		return errors.New("h264: the stream has no picture parameter set")
	}
	r := &bitReader{b: removeEmulationPrevention(p.PPS)[1:]}
	id, spsID, cabac, order, groups := r.readExpGolomb(), r.readExpGolomb(), r.readBit(), r.readBit(), r.readExpGolomb()
	l0, _, weighted, bipred := r.readExpGolomb(), r.readExpGolomb(), r.readBit(), r.readBits(2)
	r.readExpGolomb() // pic_init_qp_minus26
	r.readExpGolomb() // pic_init_qs_minus26
	r.readExpGolomb() // chroma_qp_index_offset
	deblocking, _, redundant := r.readBit(), r.readBit(), r.readBit()
	if r.err != nil {
		return r.err
	}
	if id != 0 || spsID != 0 || cabac != 1 || order != 0 || groups != 0 ||
		l0 != 0 || weighted != 0 || bipred != 0 || redundant != 0 {
		return errors.New("h264: the picture parameter set has unsupported options")
	}
	p.deblocking = deblocking == 1
	return nil
}

// CanJoinStreams reports whether pictures of two streams can be joined to one stream.
func (p *Params) CanJoinStreams(q *Params) bool {
	return bytes.Equal(p.SPS, q.SPS) && bytes.Equal(p.PPS, q.PPS)
}

// NewSkipPPS returns the picture parameter set with id 1 to which skip pictures refer (7.3.2.2). It
// selects CAVLC, in which a run of skipped macroblocks is one number.
func (p *Params) NewSkipPPS() []byte {
	w := &bitWriter{}
	w.writeBits(8, 3<<5|TypePPS)
	w.writeExpGolomb(1) // pic_parameter_set_id
	w.writeExpGolomb(0) // seq_parameter_set_id
	w.writeBit(0)       // entropy_coding_mode_flag: CAVLC
	w.writeBit(0)       // bottom_field_pic_order_in_frame_present_flag
	w.writeExpGolomb(0) // num_slice_groups_minus1
	w.writeExpGolomb(0) // num_ref_idx_l0_default_active_minus1
	w.writeExpGolomb(0) // num_ref_idx_l1_default_active_minus1
	w.writeBit(0)       // weighted_pred_flag
	w.writeBits(2, 0)   // weighted_bipred_idc
	w.writeExpGolomb(0) // pic_init_qp_minus26
	w.writeExpGolomb(0) // pic_init_qs_minus26
	w.writeExpGolomb(0) // chroma_qp_index_offset
	w.writeBit(1)       // deblocking_filter_control_present_flag
	w.writeBit(0)       // constrained_intra_pred_flag
	w.writeBit(0)       // redundant_pic_cnt_present_flag
	w.writeTrailing()
	return addEmulationPrevention(w.b)
}

// NewSkipPicture returns a picture in which every macroblock is skipped, so that it decodes to exactly the
// picture before it. frameNum is the number of reference pictures since the last IDR picture,
// including it; it is taken modulo the range of frame_num (7.3.3, 7.4.3). Without moving neighbours,
// motion vectors are inferred as zero (8.4.1.1).
func (p *Params) NewSkipPicture(frameNum int) []byte {
	w := &bitWriter{}
	w.writeBits(8, 2<<5|TypeSlice) // nal_ref_idc is not 0: order type 2 forbids two non-reference pictures in a row
	w.writeExpGolomb(0)            // first_mb_in_slice
	w.writeExpGolomb(5)            // slice_type: P, like all slices of the picture
	w.writeExpGolomb(1)            // pic_parameter_set_id
	w.writeBits(p.log2FrameNum, uint32(frameNum)%p.maxFrameNum)
	w.writeBit(0)           // num_ref_idx_active_override_flag
	w.writeBit(0)           // ref_pic_list_modification_flag_l0
	w.writeBit(0)           // adaptive_ref_pic_marking_mode_flag
	w.writeExpGolomb(0)     // slice_qp_delta
	w.writeExpGolomb(1)     // disable_deblocking_filter_idc
	w.writeExpGolomb(p.mbs) // mb_skip_run: all macroblocks
	w.writeTrailing()
	return addEmulationPrevention(w.b)
}

// head is a parsed slice header.
type head struct {
	frameNumPos int // bit position of frame_num in the RBSP after the NAL header byte
	idrPos      int // bit position of idr_pic_id
	idrID       uint32
	afterIDR    int // bit position after idr_pic_id
	end         int // bit position after the header
	frameNum    uint32
}

// parseSliceHeader parses the header of a slice that refers to PPS 0 (7.3.3). rbsp does not include the NAL
// header byte.
func (p *Params) parseSliceHeader(nalByte byte, rbsp []byte) (head, error) {
	var h head
	r := &bitReader{b: rbsp}
	idr := nalByte&31 == TypeIDR
	first, kind, pps := r.readExpGolomb(), r.readExpGolomb()%5, r.readExpGolomb()
	if first != 0 || pps != 0 || kind != 0 && kind != 2 {
		return h, errors.New("h264: only I and P pictures in one slice are supported")
	}
	h.frameNumPos = r.pos
	h.frameNum = r.readBits(p.log2FrameNum)
	if idr {
		h.idrPos = r.pos
		h.idrID = r.readExpGolomb()
		h.afterIDR = r.pos
	}
	if kind == 0 {
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
	if kind == 0 {
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
	for i := range p.log2FrameNum {
		pos := 8 + h.frameNumPos + i
		mask := byte(1) << (7 - pos&7)
		rbsp[pos>>3] &^= mask
		if want>>(p.log2FrameNum-1-i)&1 == 1 {
			rbsp[pos>>3] |= mask
		}
	}
	return addEmulationPrevention(rbsp), nil
}

// EncodeAVCC returns the decoder configuration record with both picture parameter sets (ISO/IEC 14496-15,
// 5.3.3.1.2).
func (p *Params) EncodeAVCC() []byte {
	out := []byte{1, p.SPS[1], p.SPS[2], p.SPS[3], 0xfc | 3, 0xe0 | 1}
	put := func(nal []byte) {
		out = append(out, byte(len(nal)>>8), byte(len(nal)))
		out = append(out, nal...)
	}
	put(p.SPS)
	out = append(out, 2)
	put(p.PPS)
	put(p.NewSkipPPS())
	if p.SPS[1] >= 100 {
		out = append(out, 0xfc|1, 0xf8, 0xf8, 0) // 4:2:0, 8 bit, no SPS extensions
	}
	return out
}

// Splitter splits an Annex B byte stream into NAL units while it is written.
type Splitter struct {
	buf    []byte // bytes of the current unit
	scan   int    // number of bytes of buf that were searched for a start code
	inside bool   // a start code was found
	emit   func(nal []byte) error
	err    error
}

// NewSplitter returns a Splitter that calls emit for each NAL unit, without start code and trailing
// zeros. emit may keep the slice. Units larger than maxNAL are an error.
func NewSplitter(emit func(nal []byte) error) *Splitter { return &Splitter{emit: emit} }

const maxNAL = 64 << 20

// Write implements io.Writer.
func (s *Splitter) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.buf = append(s.buf, b...)
	for {
		from := max(s.scan-2, 0)
		i := bytes.Index(s.buf[from:], []byte{0, 0, 1})
		if i < 0 {
			break
		}
		i += from
		if s.err = s.emitUnit(i); s.err != nil {
			return 0, s.err
		}
		s.buf = slices.Delete(s.buf, 0, i+3)
		s.inside, s.scan = true, 0
	}
	s.scan = len(s.buf)
	if len(s.buf) > maxNAL {
		s.err = fmt.Errorf("h264: a NAL unit of more than %d bytes", maxNAL)
	}
	return len(b), s.err
}

func (s *Splitter) emitUnit(end int) error {
	nal := bytes.TrimRight(s.buf[:end], "\x00")
	if !s.inside || len(nal) == 0 {
		return nil
	}
	return s.emit(bytes.Clone(nal))
}

// Close ends the stream and emits its last unit.
func (s *Splitter) Close() error {
	if s.err != nil {
		return s.err
	}
	err := s.emitUnit(len(s.buf))
	s.buf, s.inside = nil, false
	return err
}
