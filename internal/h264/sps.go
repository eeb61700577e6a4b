package h264

import (
	"bytes"
	"errors"
)

// AlignReferences returns the streams with parameter sets that state the same number of reference frames: the highest of
// them. Pictures are not affected. Decoders then keep their memory where the parameter set changes; openh264 would lose
// pictures that it has not given out.
func AlignReferences(streams []*Params) ([]*Params, error) {
	most := uint32(0)
	for _, p := range streams {
		most = max(most, p.refs)
	}
	var out []*Params
	for _, p := range streams {
		q := *p
		if p.refs != most {
			sps, err := p.newSPSWithReferences(most)
			if err != nil {
				return nil, err
			}
			q.SPS, q.refs = sps, most
		}
		out = append(out, &q)
	}
	return out, nil
}

// newSPSWithReferences returns the sequence parameter set with other values of max_num_ref_frames and
// max_dec_frame_buffering (7.3.2.1.1, E.1.1).
func (p *Params) newSPSWithReferences(refs uint32) ([]byte, error) {
	rbsp := removeEmulationPrevention(p.SPS)
	r := &bitReader{b: rbsp}
	w := &bitWriter{b: make([]byte, 0, len(rbsp)+8)}
	// copyTo copies the bits from one position to another.
	copyTo := func(from, to int) {
		c := &bitReader{b: rbsp, pos: from}
		for c.pos < to {
			w.writeBit(c.readBit())
		}
	}
	r.skipToReferences()
	copyTo(0, r.pos)
	w.writeExpGolomb(refs)
	r.readExpGolomb()
	from := r.pos
	if !r.skipToFrameBuffering() {
		return nil, errors.New("h264: the sequence parameter set does not restrict the number of buffered frames")
	}
	copyTo(from, r.pos)
	w.writeExpGolomb(refs)
	r.readExpGolomb()
	if r.err != nil {
		return nil, r.err
	}
	w.writeTrailing()
	return addEmulationPrevention(bytes.Clone(w.b)), nil
}

// skipToReferences skips from the NAL header of a sequence parameter set that parseSPS accepts to
// max_num_ref_frames.
func (r *bitReader) skipToReferences() {
	r.readBits(8)
	profile := r.readBits(8)
	r.readBits(16)
	r.readExpGolomb() // seq_parameter_set_id
	if profile == 100 || profile == 110 || profile == 122 || profile == 244 {
		r.readExpGolomb() // chroma_format_idc
		r.readExpGolomb() // bit_depth_luma_minus8
		r.readExpGolomb() // bit_depth_chroma_minus8
		r.readBits(2)     // without scaling lists
	}
	r.readExpGolomb()           // log2_max_frame_num_minus4
	if r.readExpGolomb() == 0 { // pic_order_cnt_type
		r.readExpGolomb()
	}
}

// skipToFrameBuffering skips from max_num_ref_frames to max_dec_frame_buffering, or returns false if the set does not
// contain this field in a form that libx264 writes.
func (r *bitReader) skipToFrameBuffering() bool {
	r.readBit()       // gaps_in_frame_num_value_allowed_flag
	r.readExpGolomb() // pic_width_in_mbs_minus1
	r.readExpGolomb() // pic_height_in_map_units_minus1
	r.readBits(2)     // frame_mbs_only_flag, direct_8x8_inference_flag
	if r.readBit() == 1 {
		for range 4 { // frame cropping
			r.readExpGolomb()
		}
	}
	if r.readBit() != 1 { // vui_parameters_present_flag
		return false
	}
	if r.readBit() == 1 && r.readBits(8) == 255 { // aspect_ratio_idc: Extended_SAR
		r.readBits(32)
	}
	if r.readBit() == 1 {
		r.readBit() // overscan_appropriate_flag
	}
	if r.readBit() == 1 {
		r.readBits(4) // video_format, video_full_range_flag
		if r.readBit() == 1 {
			r.readBits(24) // colour description
		}
	}
	if r.readBit() == 1 {
		r.readExpGolomb() // chroma_sample_loc_type_top_field
		r.readExpGolomb() // chroma_sample_loc_type_bottom_field
	}
	if r.readBit() == 1 {
		r.readBits(32) // num_units_in_tick
		r.readBits(32) // time_scale
		r.readBit()
	}
	if r.readBits(2) != 0 { // buffering models
		return false
	}
	r.readBit()           // pic_struct_present_flag
	if r.readBit() != 1 { // bitstream_restriction_flag
		return false
	}
	r.readBit()
	for range 5 { // up to max_num_reorder_frames
		r.readExpGolomb()
	}
	return r.err == nil
}
