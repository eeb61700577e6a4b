package h264_test

import (
	"bytes"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mynah/internal/h264"
)

// TestSplit splits streams that are written in parts of every size.
func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stream string
		want   []string
	}{
		"nothing":                {"", nil},
		"no start code":          {"abc\x00\x00", nil},
		"what comes before":      {"junk\x00\x00\x01a", []string{"a"}},
		"three bytes":            {"\x00\x00\x01ab\x00\x00\x01c", []string{"ab", "c"}},
		"four bytes":             {"\x00\x00\x00\x01ab\x00\x00\x00\x01c", []string{"ab", "c"}},
		"zeros at the end":       {"\x00\x00\x01ab\x00\x00\x00\x00\x00\x01c\x00\x00", []string{"ab", "c"}},
		"zeros within":           {"\x00\x00\x01a\x00\x00\x03\x01b\x00\x01", []string{"a\x00\x00\x03\x01b\x00\x01"}},
		"units of nothing":       {"\x00\x00\x01\x00\x00\x01\x00\x00\x00\x01a\x00\x00\x01", []string{"a"}},
		"a one is no start code": {"\x00\x00\x01\x01\x00\x01\x00\x00\x01\x01", []string{"\x01\x00\x01", "\x01"}},
	} {
		for size := 1; size <= len(c.stream)+1; size++ {
			var got []string
			s := h264.NewSplitter(func(nal []byte) error {
				got = append(got, string(nal))
				clear(nal) // emit may change the slice
				return nil
			})
			for part := range slices.Chunk([]byte(c.stream), size) {
				if n, err := s.Write(part); n != len(part) || err != nil {
					t.Fatalf("%s: %d bytes are taken, %v", name, n, err)
				}
			}
			if err := s.Close(); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s, %d bytes at a time: %q, want %q; %v", name, size, got, c.want, err)
			}
			if err := s.Close(); err != nil || len(got) != len(c.want) {
				t.Errorf("%s: closed twice, %q, %v", name, got, err)
			}
		}
	}
}

func TestASplitterStopsAtAnError(t *testing.T) {
	t.Parallel()
	no, calls := errors.New("no"), 0
	s := h264.NewSplitter(func([]byte) error { calls++; return no })
	if n, err := s.Write([]byte("\x00\x00\x01a")); n != 4 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	for range 2 {
		if n, err := s.Write([]byte("\x00\x00\x01b\x00\x00\x01c")); n != 0 || !errors.Is(err, no) {
			t.Errorf("%d bytes are taken, %v", n, err)
		}
	}
	if err := s.Close(); !errors.Is(err, no) || calls != 1 {
		t.Errorf("closing after %d calls: %v", calls, err)
	}
	s = h264.NewSplitter(func([]byte) error { return no })
	_, _ = s.Write([]byte("\x00\x00\x01a"))
	if err := s.Close(); !errors.Is(err, no) {
		t.Errorf("the last unit: %v", err)
	}
}

// TestAUnitHasALimit checks that a unit of 64 MiB is accepted and a larger one is an error.
func TestAUnitHasALimit(t *testing.T) {
	t.Parallel()
	s := h264.NewSplitter(func([]byte) error { return nil })
	if n, err := s.Write(make([]byte, 64<<20)); n != 64<<20 || err != nil {
		t.Fatalf("%d bytes are taken, %v", n, err)
	}
	if _, err := s.Write([]byte{0}); err == nil {
		t.Error("a unit grows without limit")
	}
	if err := s.Close(); err == nil {
		t.Error("the end of a unit that is too long is no error")
	}
}

// traced returns a function that returns the values of a header field of all pictures, as ffmpeg
// parses them.
func traced(t *testing.T, p *h264.Params, pictures [][]byte) func(field string) []string {
	t.Helper()
	var stream bytes.Buffer
	for _, nal := range append([][]byte{p.SPS, p.PPS, p.NewSkipPPS()}, pictures...) {
		stream.WriteString("\x00\x00\x00\x01")
		stream.Write(nal)
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "verbose", "-f", "h264", "-i", "-", "-c", "copy",
		"-bsf:v", "trace_headers", "-f", "null", "-")
	cmd.Stdin = &stream
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	_, text, _ := strings.Cut(string(out), "Stream mapping") // before it, ffmpeg probes the kind of the stream
	return func(field string) []string {
		var values []string
		for _, m := range regexp.MustCompile(` `+field+` +[01]+ = (-?\d+)`).FindAllStringSubmatch(text, -1) {
			values = append(values, m[1])
		}
		return values
	}
}

// TestHeadersAsFFmpegReadsThem checks that ffmpeg reads the values that were written.
func TestHeadersAsFFmpegReadsThem(t *testing.T) {
	t.Parallel()
	p, pics := encode(t, "-i", "testsrc2=r=25:d=0.12:s=160x90", "-qp", "30")
	if len(pics) != 3 {
		t.Fatalf("%d pictures, want 3", len(pics))
	}
	idr, err := p.SetIDRPicID(pics[0], 2)
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.SetFrameNum(pics[1], 2)
	if err != nil {
		t.Fatal(err)
	}
	third, err := p.SetFrameNum(pics[2], 4)
	if err != nil {
		t.Fatal(err)
	}
	value := traced(t, p, [][]byte{idr, p.NewSkipPicture(h264.Skip{FrameNum: 1}), second, p.NewSkipPicture(h264.Skip{FrameNum: 3}), third})
	for field, want := range map[string]string{
		"frame_num":                     "0 1 2 3 4",
		"idr_pic_id":                    "2",
		"first_mb_in_slice":             "0 0 0 0 0",
		"nal_unit_type":                 "7 8 8 5 1 1 1 1",
		"disable_deblocking_filter_idc": "0 1 0 1 0",
	} {
		if got := strings.Join(value(field), " "); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
}
