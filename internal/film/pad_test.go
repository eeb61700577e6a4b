package film

import (
	"bytes"
	"testing"
)

// TestPadding checks that a frame grows by the requested size within two bytes, and keeps its content.
// Other tests check that decoders skip the padding.
func TestPadding(t *testing.T) {
	t.Parallel()
	frame := []byte{0x01, 0x40, 0x22, 0x80, 0xa3, 0x7e, 0xf7} // ends with 111 at the last bit
	for _, n := range []int{0, 3, 4, 5, 16, 17, 100, 269, 271, 272, 340, 1000} {
		got := padAACFrame(bytes.Clone(frame), n)
		grown := len(got) - len(frame)
		if n < leastFilled && grown != 0 || n >= leastFilled && (grown < n-leastFilled || grown > n+1) {
			t.Errorf("%d bytes wanted, %d came", n, grown)
		}
		if !bytes.Equal(got[:len(frame)-1], frame[:len(frame)-1]) {
			t.Errorf("%d: the frame itself is changed: %x", n, got[:len(frame)])
		}
	}
	if got := padAACFrame([]byte{0, 0}, 100); len(got) != 2 {
		t.Error("what is no frame is padded")
	}
}
