package h264

import "errors"

// errShort is the error for a NAL unit that ends inside a field.
var errShort = errors.New("h264: the data ends inside a field")

// bitReader reads the bits of an RBSP.
type bitReader struct {
	b   []byte
	pos int // position in bits
	err error
}

func (r *bitReader) readBit() uint32 {
	if r.pos>>3 >= len(r.b) {
		r.err = errShort
		return 0
	}
	v := r.b[r.pos>>3] >> (7 - r.pos&7) & 1
	r.pos++
	return uint32(v)
}

func (r *bitReader) readBits(n int) uint32 {
	var v uint32
	for range n {
		v = v<<1 | r.readBit()
	}
	return v
}

// readExpGolomb reads an unsigned Exp-Golomb code (9.1). Signed codes have the same length, so ue can skip them,
// too.
func (r *bitReader) readExpGolomb() uint32 {
	zeros := 0
	for r.readBit() == 0 {
		zeros++
		if r.err != nil || zeros > 31 {
			r.err = errShort
			return 0
		}
	}
	return 1<<zeros - 1 + r.readBits(zeros)
}

// bitWriter writes the bits of an RBSP.
type bitWriter struct {
	b []byte
	n int // number of bits written
}

func (w *bitWriter) writeBit(v uint32) {
	if w.n&7 == 0 {
		w.b = append(w.b, 0)
	}
	w.b[w.n>>3] |= byte(v&1) << (7 - w.n&7)
	w.n++
}

func (w *bitWriter) writeBits(n int, v uint32) {
	for i := n - 1; i >= 0; i-- {
		w.writeBit(v >> i)
	}
}

func (w *bitWriter) writeExpGolomb(v uint32) {
	v++
	n := 0
	for v>>n > 1 {
		n++
	}
	w.writeBits(n, 0)
	w.writeBits(n+1, v)
}

// writeTrailing ends an RBSP with a one bit and zero bits up to a whole byte (rbsp_trailing_bits).
func (w *bitWriter) writeTrailing() {
	w.writeBit(1)
	for w.n&7 != 0 {
		w.writeBit(0)
	}
}

// removeEmulationPrevention removes the emulation prevention bytes from a NAL unit (7.4.1).
func removeEmulationPrevention(nal []byte) []byte {
	out := make([]byte, 0, len(nal))
	zeros := 0
	for _, c := range nal {
		if zeros >= 2 && c == 3 {
			zeros = 0
			continue
		}
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, c)
	}
	return out
}

// addEmulationPrevention inserts emulation prevention bytes into an RBSP (7.4.1).
func addEmulationPrevention(rbsp []byte) []byte {
	out := make([]byte, 0, len(rbsp)+16)
	zeros := 0
	for _, c := range rbsp {
		if zeros >= 2 && c <= 3 {
			out = append(out, 3)
			zeros = 0
		}
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, c)
	}
	return out
}
