package h264_test

import (
	"bytes"
	"encoding/binary"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"mynah/internal/h264"
)

// encode returns the parameter sets and NAL units of a test picture that the real encoder encoded.
func encode(t *testing.T, args ...string) (*h264.Params, [][]byte) {
	t.Helper()
	const settings = "bframes=0:ref=1:slices=1:sliced-threads=0:scenecut=0:rc-lookahead=0:mbtree=0:weightp=0:" +
		"stitchable=1:level=40:keyint=100000"
	all := append([]string{"-v", "error", "-f", "lavfi"}, args...)
	all = append(all, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-threads", "1",
		"-x264-params", settings, "-forced-idr", "1", "-f", "h264", "-")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", all...).Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v", err)
	}
	var sps, pps []byte
	var pictures [][]byte
	s := h264.NewSplitter(func(nal []byte) error {
		switch h264.ParseNALType(nal) {
		case h264.TypeSPS:
			sps = nal
		case h264.TypePPS:
			pps = nal
		case h264.TypeSlice, h264.TypeIDR:
			pictures = append(pictures, nal)
		}
		return nil
	})
	for b := range slices.Chunk(out, 7) {
		if _, err := s.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := h264.ParseParams(sps, pps)
	if err != nil {
		t.Fatal(err)
	}
	return p, pictures
}

// hashes decodes a stream, failing on errors, and returns the hash of each picture.
func hashes(t *testing.T, p *h264.Params, pictures [][]byte) []string {
	t.Helper()
	var b bytes.Buffer
	for _, nal := range append([][]byte{p.SPS, p.PPS, p.NewSkipPPS()}, pictures...) {
		b.Write([]byte{0, 0, 0, 1})
		b.Write(nal)
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "warning", "-xerror", "-f", "h264", "-i", "-",
		"-fps_mode", "passthrough", "-f", "framemd5", "-")
	cmd.Stdin = &b
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("decode: %v\n%s", err, stderr.String())
	}
	var sums []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			f := strings.Split(strings.TrimSpace(line), ",")
			sums = append(sums, strings.TrimSpace(f[len(f)-1]))
		}
	}
	return sums
}

func TestSkipPicturesDecodeToTheirPredecessor(t *testing.T) {
	t.Parallel()
	sizes := []string{"1280x720", "320x240", "180x320", "16x16"}
	if testing.Short() {
		sizes = []string{"176x144", "16x16"}
	}
	for _, size := range sizes {
		t.Run(size, func(t *testing.T) {
			t.Parallel()
			p, pics := encode(t, "-i", "testsrc2=r=25:d=0.12:s="+size, "-qp", "20", "-force_key_frames", "expr:1")
			if len(pics) != 3 {
				t.Fatalf("%d pictures, want 3", len(pics))
			}
			var stream [][]byte
			const hold = 300 // more than the range of frame_num
			for i, pic := range pics {
				pic, err := p.SetIDRPicID(pic, uint32(1+i%2))
				if err != nil {
					t.Fatal(err)
				}
				stream = append(stream, pic)
				for n := 1; n < hold; n++ {
					stream = append(stream, p.NewSkipPicture(h264.Skip{FrameNum: n}))
				}
			}
			sums := hashes(t, p, stream)
			if len(sums) != len(stream) {
				t.Fatalf("%d pictures decoded, want %d", len(sums), len(stream))
			}
			direct := hashes(t, p, pics)
			for i, s := range sums {
				if s != direct[i/hold] {
					t.Fatalf("picture %d differs from the one that it repeats", i)
				}
			}
		})
	}
}

func TestPicturesAfterSkipsDecodeAsDirectly(t *testing.T) {
	t.Parallel()
	size := "640x360"
	if testing.Short() {
		size = "176x144"
	}
	p, pics := encode(t, "-i", "testsrc2=r=25:d=0.4:s="+size, "-crf", "23")
	want := hashes(t, p, pics)
	var stream [][]byte
	number := 0
	for _, pic := range pics {
		if h264.ParseNALType(pic) == h264.TypeSlice {
			var err error
			if pic, err = p.SetFrameNum(pic, number); err != nil {
				t.Fatal(err)
			}
		}
		stream = append(stream, pic)
		number++
		for range 97 {
			stream = append(stream, p.NewSkipPicture(h264.Skip{FrameNum: number}))
			number++
		}
	}
	got := hashes(t, p, stream)
	if len(got) != len(stream) {
		t.Fatalf("%d pictures decoded, want %d", len(got), len(stream))
	}
	for i, s := range got {
		if s != want[i/98] {
			t.Fatalf("picture %d differs from the direct decode", i)
		}
	}
}

func TestIDRPicIDKeepsItsLength(t *testing.T) {
	t.Parallel()
	p, pics := encode(t, "-i", "testsrc2=r=25:d=0.04:s=640x360", "-qp", "20")
	one, err := p.SetIDRPicID(pics[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	two, err := p.SetIDRPicID(one, 2)
	if err != nil {
		t.Fatal(err)
	}
	back, err := p.SetIDRPicID(two, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, back) || bytes.Equal(one, two) {
		t.Error("1 -> 2 -> 1 is not the identity")
	}
}

func TestAVCCHoldsBothPictureParameterSets(t *testing.T) {
	t.Parallel()
	p, _ := encode(t, "-i", "testsrc2=r=25:d=0.04:s=640x360", "-qp", "20")
	c := h264.EncodeAVCC(p)
	at := 8 + int(binary.BigEndian.Uint16(c[6:]))
	if c[at] != 2 {
		t.Errorf("%d picture parameter sets, want 2", c[at])
	}
	if c[4] != 0xff {
		t.Error("lengths are not of four bytes")
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte{0x65, 0x88, 0x84}, 1)
	f.Add([]byte{0x41, 0x9a, 0x24, 0, 0, 3, 1}, 70000)
	p, err := h264.ParseParams(
		[]byte{
			0x67, 0x64, 0x00, 0x28, 0xac, 0xb4, 0x03, 0xc0, 0x11, 0x3f, 0x2e, 0x02, 0xd4, 0x04, 0x04, 0x05, 0, 0,
			3, 0, 1, 0, 0, 3, 0, 0x3c, 0x0f, 0x18, 0x32, 0xa0,
		},
		[]byte{0x68, 0xee, 0x3c, 0xb0})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, nal []byte, n int) {
		if out, err := p.SetIDRPicID(nal, uint32(n&1)+1); err == nil && h264.ParseNALType(out) != h264.TypeIDR {
			t.Error("the type changed")
		}
		if out, err := p.SetFrameNum(nal, n&0xffff); err == nil && h264.ParseNALType(out) != h264.TypeSlice {
			t.Error("the type changed")
		}
		_, _ = h264.ParseParams(nal, p.PPS)
		_, _ = h264.ParseParams(p.SPS, nal)
		s := h264.NewSplitter(func([]byte) error { return nil })
		_, _ = s.Write(nal)
		_ = s.Close()
	})
}
