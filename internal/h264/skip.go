package h264

// NewSkipPPS returns the picture parameter set to which skip pictures refer (7.3.2.2). Its id follows that of the
// stream's set. It selects CAVLC, in which a run of skipped macroblocks is one number.
func (p *Params) NewSkipPPS() []byte {
	w := &bitWriter{}
	w.writeBits(8, 3<<5|TypePPS)
	w.writeExpGolomb(p.id + 1) // pic_parameter_set_id
	w.writeExpGolomb(p.id)     // seq_parameter_set_id
	w.writeBit(0)              // entropy_coding_mode_flag: CAVLC
	w.writeBit(0)              // bottom_field_pic_order_in_frame_present_flag
	w.writeExpGolomb(0)        // num_slice_groups_minus1
	w.writeExpGolomb(0)        // num_ref_idx_l0_default_active_minus1
	w.writeExpGolomb(0)        // num_ref_idx_l1_default_active_minus1
	w.writeBit(0)              // weighted_pred_flag
	w.writeBits(2, 0)          // weighted_bipred_idc
	w.writeExpGolomb(0)        // pic_init_qp_minus26
	w.writeExpGolomb(0)        // pic_init_qs_minus26
	w.writeExpGolomb(0)        // chroma_qp_index_offset
	w.writeBit(1)              // deblocking_filter_control_present_flag
	w.writeBit(0)              // constrained_intra_pred_flag
	w.writeBit(0)              // redundant_pic_cnt_present_flag
	w.writeTrailing()
	return addEmulationPrevention(w.b)
}

// Skip is the place of a skip picture in its stream. The numbers can be larger than their fields, whose ranges they
// are taken modulo.
type Skip struct {
	// FrameNum is the number of reference pictures since the last IDR picture, including it.
	FrameNum int
	// Order is the number of pictures that are shown from the last IDR picture to the skip picture.
	Order int
	// Back says which reference picture is repeated: 1 or 0 for the last one in coding order, 2 for the one before
	// it, and so on. It is more than 1 if the picture that is shown last is not coded last.
	Back int
}

// NewSkipPicture returns a picture in which every macroblock is skipped, so that it decodes to exactly the
// picture before it (7.3.3, 7.4.3). Without moving neighbours, motion vectors are inferred as zero (8.4.1.1).
func (p *Params) NewSkipPicture(s Skip) []byte {
	w := &bitWriter{}
	w.writeBits(8, 2<<5|TypeSlice) // nal_ref_idc is not 0: order type 2 forbids two non-reference pictures in a row
	w.writeExpGolomb(0)            // first_mb_in_slice
	w.writeExpGolomb(5)            // slice_type: P, like all slices of the picture
	w.writeExpGolomb(p.id + 1)     // pic_parameter_set_id
	w.writeBits(p.log2FrameNum, uint32(s.FrameNum)%p.maxFrameNum)
	if p.HasReordering() {
		// pic_order_cnt_lsb: frames count twice (8.2.1)
		w.writeBits(p.log2Order, 2*uint32(s.Order)%(1<<p.log2Order))
	}
	w.writeBit(0) // num_ref_idx_active_override_flag
	if s.Back > 1 {
		w.writeBit(1)                        // ref_pic_list_modification_flag_l0
		w.writeExpGolomb(0)                  // modification_of_pic_nums_idc: subtract
		w.writeExpGolomb(uint32(s.Back) - 1) // abs_diff_pic_num_minus1
		w.writeExpGolomb(3)                  // modification_of_pic_nums_idc: end
	} else {
		w.writeBit(0)
	}
	w.writeBit(0)                        // adaptive_ref_pic_marking_mode_flag
	w.writeExpGolomb(0)                  // slice_qp_delta
	w.writeExpGolomb(1)                  // disable_deblocking_filter_idc
	w.writeExpGolomb(p.width * p.height) // mb_skip_run: all macroblocks
	w.writeTrailing()
	return addEmulationPrevention(w.b)
}
