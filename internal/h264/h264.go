// Package h264 writes and edits parts of an H.264 stream: skip pictures, which decode to exactly the
// picture before them and so show a picture longer at almost no cost, and slice headers, so that
// pictures that were encoded separately can be joined to one stream. It never changes coded
// macroblocks.
//
// The package accepts only streams with the encoder settings of this project: one slice per frame,
// frame macroblocks and CABAC. The pictures are either in the order in which they are shown, with one
// reference (picture order count type 2), or reordered, with B pictures, several references and
// weighted prediction (type 0). Everything else is an error. Section numbers refer to ITU-T H.264.
package h264

import (
	"bytes"
	"errors"
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

	id            uint32 // of both sets; the next higher id belongs to the PPS of skip pictures
	log2FrameNum  int
	log2Order     int // length of pic_order_cnt_lsb in bits; 0 for picture order count type 2
	refs          uint32
	width, height uint32
	maxFrameNum   uint32
	deblocking    bool // PPS: deblocking_filter_control_present_flag
}

// maxID is the highest id of a sequence parameter set (7.4.2.1.1).
const maxID = 31

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

// GetID returns the id that the sequence and the picture parameter set have. It is even.
func (p *Params) GetID() int { return int(p.id) }

// HasReordering reports whether pictures can be coded in another order than they are shown.
func (p *Params) HasReordering() bool { return p.log2Order > 0 }

// parseSPS parses seq_parameter_set_data (7.3.2.1.1) up to the size of the picture.
func (p *Params) parseSPS() error {
	if ParseNALType(p.SPS) != TypeSPS || len(p.SPS) < 5 {
		return errors.New("h264: the stream has no sequence parameter set")
	}
	r := &bitReader{b: removeEmulationPrevention(p.SPS)[1:]}
	profile := r.readBits(8)
	r.readBits(16)
	if p.id = r.readExpGolomb(); p.id >= maxID || p.id&1 != 0 {
		return errors.New("h264: only parameter sets with even ids are supported")
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
	if err := p.parseOrder(r); err != nil {
		return err
	}
	r.readBit()
	w, h := r.readExpGolomb()+1, r.readExpGolomb()+1
	if r.readBit() != 1 {
		return errors.New("h264: interlaced")
	}
	if w > 1<<12 || h > 1<<12 {
		return errors.New("h264: the picture is too large")
	}
	p.width, p.height = w, h
	return r.err
}

// parseOrder parses the fields of an SPS about the order of pictures and the number of references.
func (p *Params) parseOrder(r *bitReader) error {
	mostRefs := uint32(1)
	switch r.readExpGolomb() {
	case 0:
		p.log2Order = int(r.readExpGolomb()) + 4
		mostRefs = 16
	case 2:
	default:
		return errors.New("h264: only picture order count types 0 and 2 are supported")
	}
	if p.log2Order > 16 {
		return errors.New("h264: picture order counts of more than 16 bits are not supported")
	}
	if p.refs = r.readExpGolomb(); p.refs < 1 || p.refs > mostRefs {
		return errors.New("h264: the number of reference frames is not supported")
	}
	return nil
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
	if id != p.id || spsID != p.id || cabac != 1 || order != 0 || groups != 0 || redundant != 0 {
		return errors.New("h264: the picture parameter set has unsupported options")
	}
	if !p.HasReordering() && (l0 != 0 || weighted != 0 || bipred != 0) {
		return errors.New("h264: weighted prediction and several references need picture order count type 0")
	}
	p.deblocking = deblocking == 1
	return nil
}

// CanJoinStreams reports whether pictures of two streams can be joined to one stream: either their parameter
// sets are equal, or they have different ids and the same profile, level and size.
func (p *Params) CanJoinStreams(q *Params) bool {
	if p.id == q.id {
		return bytes.Equal(p.SPS, q.SPS) && bytes.Equal(p.PPS, q.PPS)
	}
	return bytes.Equal(p.SPS[1:4], q.SPS[1:4]) && p.width == q.width && p.height == q.height
}

// EncodeAVCC returns the decoder configuration record with the parameter sets of streams that can be joined, and
// the picture parameter sets of their skip pictures (ISO/IEC 14496-15, 5.3.3.1.2). There must be at least one
// stream.
func EncodeAVCC(streams ...*Params) []byte {
	first := streams[0].SPS
	out := []byte{1, first[1], first[2], first[3], 0xfc | 3, 0xe0 | byte(len(streams))}
	put := func(nal []byte) {
		out = append(out, byte(len(nal)>>8), byte(len(nal)))
		out = append(out, nal...)
	}
	for _, p := range streams {
		put(p.SPS)
	}
	out = append(out, byte(2*len(streams)))
	for _, p := range streams {
		put(p.PPS)
		put(p.NewSkipPPS())
	}
	if first[1] >= 100 {
		out = append(out, 0xfc|1, 0xf8, 0xf8, 0) // 4:2:0, 8 bit, no SPS extensions
	}
	return out
}
