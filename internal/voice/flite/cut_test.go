package flite

import "testing"

// TestSpeechThatIsCutOff checks that a truncated file is detected, because flite does not report a full disk.
func TestSpeechThatIsCutOff(t *testing.T) {
	t.Parallel()
	wav := append(
		[]byte("RIFF\xf8\x0f\x00\x00WAVEfmt "+
			"\x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x10\x00\x00\x00"),
		make([]byte, 16)...,
	)
	for n := range wav {
		if !isTruncated(wav[:n]) {
			t.Errorf("a file with %d of %d bytes is not recognised as truncated", n, len(wav))
		}
	}
	if isTruncated(wav) {
		t.Error("a complete file is treated as truncated")
	}
}
