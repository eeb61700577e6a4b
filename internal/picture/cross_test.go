package picture_test

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"mynah/internal/picture"
)

// repeatFrame returns a reader that repeats a frame.
func repeatFrame(frame []byte, frames int64) io.Reader {
	return bytes.NewReader(bytes.Repeat(frame, int(frames)))
}

func TestCross(t *testing.T) {
	t.Parallel()
	from, to := []byte{0, 255, 16, 100}, []byte{255, 0, 16, 101}
	for _, c := range []struct {
		frames int64
		want   []byte
	}{
		{0, nil},
		{1, []byte{128, 128, 16, 101}},
		{3, []byte{64, 191, 16, 100, 128, 128, 16, 101, 191, 64, 16, 101}},
	} {
		got, err := io.ReadAll(picture.CrossFade(from, repeatFrame(to, c.frames), c.frames))
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%d frames: %v %v, want %v", c.frames, got, err, c.want)
		}
		if err := iotest.TestReader(picture.CrossFade(from, repeatFrame(to, c.frames), c.frames), c.want); err != nil {
			t.Error(err)
		}
	}
}

// TestCrossGoesInEqualSteps checks that a cross-fade changes in equal steps, beginning with its first
// frame.
func TestCrossGoesInEqualSteps(t *testing.T) {
	t.Parallel()
	const frames = 10
	got, err := io.ReadAll(picture.CrossFade([]byte{0}, repeatFrame([]byte{220}, frames), frames))
	if err != nil || len(got) != frames {
		t.Fatalf("%v %v", got, err)
	}
	was := 0
	for i, v := range append(got, 220) {
		if step := int(v) - was; step < 18 || step > 22 {
			t.Errorf("frame %d is at %d, the one before at %d", i, v, was)
		}
		was = int(v)
	}
}
