package media

// parseMP3FrameHeader parses the header of an MPEG audio layer III frame (ISO/IEC 11172-3, 2.4.1.3, and 13818-3). It
// returns the length of the frame in bytes, 0 if there is no valid header, and the version and sample rate,
// which are the same in all frames of a stream.
func parseMP3FrameHeader(h []byte) (length int, kind byte) {
	if len(h) < 4 || h[0] != 0xff || h[1]&0xe6 != 0xe2 {
		return 0, 0
	}
	version, rate, bits := h[1]>>3&3, int(h[2]>>2&3), int(h[2]>>4)
	if version == 1 || rate == 3 || bits == 0 || bits == 15 {
		return 0, 0
	}
	hertz := []int{44100, 48000, 32000}[rate]
	kbits := []int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[bits]
	samples := 144 // samples per frame / 8
	if version != 3 {
		kbits = []int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[bits]
		samples, hertz = 72, hertz/2
		if version == 0 {
			hertz /= 2
		}
	}
	return samples*kbits*1000/hertz + int(h[2]>>1&1), version<<4 | byte(rate)
}

// hasMP3Frames reports whether bytes contain several consecutive frames of MPEG audio, at any position.
func hasMP3Frames(head []byte) bool {
	const enough = 4
	for from := range head {
		at := from
		length, kind := parseMP3FrameHeader(head[at:])
		for n := 1; length > 0; n++ {
			if n == enough {
				return true
			}
			at += length
			if at > len(head) {
				break
			}
			var other byte
			if length, other = parseMP3FrameHeader(head[at:]); other != kind {
				break
			}
		}
	}
	return false
}
