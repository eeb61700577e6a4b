package h264_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"mynah/internal/h264"
)

// The tests in this file write streams as texts of zeros and ones, according to the syntax tables of
// ITU-T H.264, and compare the package with them.

// u formats an unsigned number with n bits.
func u(n, v int) string { return fmt.Sprintf("%0*b", n, v) }

// ue formats an unsigned Exp-Golomb code, 9.1.
func ue(v int) string {
	code := fmt.Sprintf("%b", v+1)
	return strings.Repeat("0", len(code)-1) + code
}

// se formats a signed Exp-Golomb code, 9.1.1.
func se(v int) string {
	if v > 0 {
		return ue(2*v - 1)
	}
	return ue(-2 * v)
}

// TestCodesOfTheStandard compares ue and se with tables 9-2 and 9-3 of the standard.
func TestCodesOfTheStandard(t *testing.T) {
	t.Parallel()
	for v, want := range []string{"1", "010", "011", "00100", "00101", "00110", "00111", "0001000", "0001001", "0001010"} {
		if got := ue(v); got != want {
			t.Errorf("%d is coded %s, want %s", v, got, want)
		}
	}
	for code, v := range []int{0, 1, -1, 2, -2, 3, -3} {
		if se(v) != ue(code) {
			t.Errorf("%d is coded %s, want %s", v, se(v), ue(code))
		}
	}
}

// octets packs a text of bits, whose length must be a multiple of 8.
func octets(t *testing.T, text string) []byte {
	t.Helper()
	text = strings.ReplaceAll(text, " ", "")
	if len(text)%8 != 0 {
		t.Fatalf("%d bits", len(text))
	}
	var out []byte
	for c := range slices.Chunk([]byte(text), 8) {
		var b byte
		for _, bit := range c {
			b = b<<1 | bit&1
		}
		out = append(out, b)
	}
	return out
}

// aligned appends copies of with up to a whole byte.
func aligned(text, with string) string {
	text = strings.ReplaceAll(text, " ", "")
	return text + strings.Repeat(with, (8-len(text)%8)%8)
}

// rbsp ends a parameter set, or a slice coded in CAVLC, with a one and zeros (7.3.2.11).
func rbsp(text string) string { return aligned(text+"1", "0") }

// protected inserts emulation prevention bytes (7.4.1).
func protected(b []byte) []byte {
	var out []byte
	for _, c := range b {
		if c <= 3 && bytes.HasSuffix(out, []byte{0, 0}) {
			out = append(out, 3)
		}
		out = append(out, c)
	}
	return out
}

// fields are the fields of a parameter set or slice header, by name and in order.
type fields struct {
	names []string
	bits  map[string]string
}

func list(pairs ...string) fields {
	f := fields{bits: map[string]string{}}
	for p := range slices.Chunk(pairs, 2) {
		f.names = append(f.names, p[0])
		f.bits[p[0]] = p[1]
	}
	return f
}

// with returns the fields with one of them changed.
func (f fields) with(name, bits string) fields {
	out := fields{names: f.names, bits: map[string]string{}}
	maps.Copy(out.bits, f.bits)
	if _, ok := out.bits[name]; !ok {
		panic("no field " + name)
	}
	out.bits[name] = bits
	return out
}

func (f fields) String() string {
	var b strings.Builder
	for _, n := range f.names {
		b.WriteString(f.bits[n])
	}
	return b.String()
}

// high returns a sequence parameter set of the High profile (7.3.2.1.1), up to frame_mbs_only_flag.
func high(frameNumBits, w, h int) fields {
	return list("header", u(8, 0x67), "profile", u(8, 100), "constraints", u(8, 0), "level", u(8, 40), "id", ue(0),
		"chroma", ue(1), "luma8", ue(0), "chroma8", ue(0), "lossless", "0", "scaling", "0",
		"frame_num", ue(frameNumBits-4), "order", ue(2), "references", ue(1), "gaps", "0",
		"width", ue(w-1), "height", ue(h-1), "frame_mbs_only", "1", "rest", "1 0 0 0")
}

// plain returns a parameter set of a profile without the additional fields of High.
func plain(profile int) fields {
	f := high(4, 2, 3).with("profile", u(8, profile))
	for _, n := range []string{"chroma", "luma8", "chroma8", "lossless", "scaling"} {
		f = f.with(n, "")
	}
	return f
}

// pps returns a picture parameter set (7.3.2.2).
func pps(deblocking string) fields {
	return list("header", u(8, 0x68), "id", ue(0), "sps", ue(0), "cabac", "1", "order", "0", "groups", ue(0),
		"l0", ue(0), "l1", ue(0), "weighted", "0", "bipred", "00", "qp", se(0), "qs", se(0), "chroma", se(0),
		"deblocking", deblocking, "constrained", "0", "redundant", "0")
}

func nal(t *testing.T, f fields) []byte {
	t.Helper()
	return protected(octets(t, rbsp(f.String())))
}

func params(t *testing.T, sps, pps fields) *h264.Params {
	t.Helper()
	p, err := h264.ParseParams(nal(t, sps), nal(t, pps))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWhichStreamsAreAccepted changes one field of the parameter sets at a time.
func TestWhichStreamsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, bits string
		ok          bool
	}{
		{"header", u(8, 0x27), true}, // another nal_ref_idc
		{"header", u(8, 0x68), false},
		{"profile", u(8, 110), true},
		{"profile", u(8, 122), true},
		{"profile", u(8, 244), true},
		{"id", ue(1), false},
		{"chroma", ue(0), false},
		{"chroma", ue(2), false},
		{"luma8", ue(1), false},
		{"chroma8", ue(2), false},
		{"lossless", "1", false},
		{"scaling", "1", false},
		{"frame_num", ue(12), true},
		{"frame_num", ue(13), false},
		{"order", ue(0), false},
		{"order", ue(1), false},
		{"references", ue(0), false},
		{"references", ue(2), false},
		{"gaps", "1", true},
		{"width", ue(4095), true},
		{"width", ue(4096), false},
		{"height", ue(4095), true},
		{"height", ue(4096), false},
		{"frame_mbs_only", "0", false},
		{"rest", "", true},
	} {
		sps := high(8, 80, 45).with(c.field, c.bits)
		if _, err := h264.ParseParams(nal(t, sps), nal(t, pps("1"))); (err == nil) != c.ok {
			t.Errorf("SPS with %s %s: %v, want it accepted: %v", c.field, c.bits, err, c.ok)
		}
	}
	for _, profile := range []int{66, 77, 88} {
		if _, err := h264.ParseParams(nal(t, plain(profile)), nal(t, pps("1"))); err != nil {
			t.Errorf("profile %d: %v", profile, err)
		}
	}
	for _, c := range []struct {
		field, bits string
		ok          bool
	}{
		{"header", u(8, 0x28), true},
		{"header", u(8, 0x67), false},
		{"id", ue(1), false},
		{"sps", ue(1), false},
		{"cabac", "0", false},
		{"order", "1", false},
		{"groups", ue(1), false},
		{"l0", ue(1), false},
		{"l1", ue(3), true},
		{"weighted", "1", false},
		{"bipred", "01", false},
		{"bipred", "10", false},
		{"qp", se(-20), true},
		{"qs", se(7), true},
		{"chroma", se(-2), true},
		{"deblocking", "0", true},
		{"constrained", "1", true},
		{"redundant", "1", false},
	} {
		if _, err := h264.ParseParams(nal(t, high(8, 80, 45)), nal(t, pps("1").with(c.field, c.bits))); (err == nil) != c.ok {
			t.Errorf("PPS with %s %s: %v, want it accepted: %v", c.field, c.bits, err, c.ok)
		}
	}
}

// TestParameterSetsThatEndEarly checks that a set that ends inside a field is an error.
func TestParameterSetsThatEndEarly(t *testing.T) {
	t.Parallel()
	sps, picture := nal(t, high(8, 80, 45)), nal(t, pps("1"))
	for n := range len(sps) - 1 {
		if _, err := h264.ParseParams(sps[:n], picture); err == nil {
			t.Errorf("an SPS of %d bytes of %d is accepted", n, len(sps))
		}
	}
	for n := range len(picture) - 1 {
		if _, err := h264.ParseParams(sps, picture[:n]); err == nil {
			t.Errorf("a PPS of %d bytes of %d is accepted", n, len(picture))
		}
	}
	const id = "11" // of the PPS and of the SPS
	zeros := append([]byte{0x68}, octets(t, id+"100"+"000"+strings.Repeat("11111111", 8))...)
	if _, err := h264.ParseParams(sps, zeros); err == nil {
		t.Error("a PPS with slice groups is accepted")
	}
	for n, ok := range map[int]bool{31: true, 32: false, 40: false} {
		// num_ref_idx_l1_default_active_minus1 with n leading zeros; more than 31 are invalid.
		long := pps("1").with("l1", strings.Repeat("0", n)+"1"+strings.Repeat("0", n))
		if _, err := h264.ParseParams(sps, nal(t, long)); (err == nil) != ok {
			t.Errorf("a code of %d zeros: %v", n, err)
		}
	}
}

// slice is the header of a picture that consists of one slice (7.3.3).
type slice struct {
	header, kind      int
	frameNumBits, num int
	idr               int // idr_pic_id, of an IDR picture
	override, marking string
	initIDC, qp       int
	deblocking        string // fields after slice_qp_delta
	first, pps        int
	modification      string
	payload           []byte
}

func (s slice) bytes(t *testing.T) []byte {
	t.Helper()
	text := u(8, s.header) + ue(s.first) + ue(s.kind) + ue(s.pps) + u(s.frameNumBits, s.num)
	idr := s.header&31 == 5
	if idr {
		text += ue(s.idr)
	}
	if s.kind%5 == 0 {
		text += s.override + s.modification
	}
	if s.header>>5 != 0 {
		text += s.marking
	}
	if s.kind%5 == 0 {
		text += ue(s.initIDC)
	}
	text += se(s.qp) + s.deblocking
	return protected(append(octets(t, aligned(text, "1")), s.payload...))
}

// headers calls do for slice headers with several values for each field.
func headers(t *testing.T, do func(name string, p *h264.Params, s slice)) {
	t.Helper()
	payload := []byte{0x12, 0, 0, 1, 0, 0, 0, 0x80, 0, 0, 3, 0xff, 0, 0, 4}
	for bits := 4; bits <= 16; bits++ {
		for _, control := range []string{"0", "1"} {
			p := params(t, high(bits, 80, 45), pps(control))
			tails := []string{""}
			if control == "1" {
				tails = []string{ue(1), ue(0) + se(0) + se(0), ue(2) + se(-3) + se(6)}
			}
			for i, tail := range tails {
				for _, qp := range []int{0, 1, -1, 4, -26, 25} {
					s := slice{
						frameNumBits: bits, qp: qp, deblocking: tail, payload: payload,
						override: "0", modification: "0", marking: "0",
					}
					do(fmt.Sprintf("%d bits, deblocking %d, qp %d", bits, i, qp), p, s)
				}
			}
		}
	}
}

// TestSetFrameNumChangesNothingElse compares the result with a slice written with the other frame_num.
func TestSetFrameNumChangesNothingElse(t *testing.T) {
	t.Parallel()
	headers(t, func(name string, p *h264.Params, s slice) {
		for _, header := range []int{0x01, 0x21, 0x61} {
			for _, c := range []struct {
				kind, initIDC int
				override      string
			}{{5, 0, "0"}, {0, 2, "1" + ue(0)}, {7, 0, ""}, {2, 0, ""}} {
				s.header, s.kind, s.initIDC, s.override, s.num = header, c.kind, c.initIDC, c.override, 5
				most := 1 << s.frameNumBits
				for _, number := range []int{0, 5, most/2 + 1, most - 1, most, most + 6, 3*most + 5} {
					got, err := p.SetFrameNum(s.bytes(t), number)
					want := s
					want.num = number % most
					if err != nil || !bytes.Equal(got, want.bytes(t)) {
						t.Fatalf("%s, header %#x, type %d: number %d gives\n%x, want\n%x; %v", name, header, c.kind, number, got,
							want.bytes(t), err)
					}
				}
			}
		}
	})
}

// TestSetIDRPicIDChangesNothingElse compares the result with a slice written with the other
// idr_pic_id.
func TestSetIDRPicIDChangesNothingElse(t *testing.T) {
	t.Parallel()
	headers(t, func(name string, p *h264.Params, s slice) {
		for _, header := range []int{0x65, 0x25} {
			for _, kind := range []int{7, 2} {
				s.header, s.kind, s.marking = header, kind, "00"
				for _, before := range []int{0, 1, 2, 3, 300} {
					for _, after := range []uint32{1, 2} {
						s.idr = before
						got, err := p.SetIDRPicID(s.bytes(t), after)
						want := s
						want.idr = int(after)
						if err != nil || !bytes.Equal(got, want.bytes(t)) {
							t.Fatalf("%s, header %#x: id %d to %d gives\n%x, want\n%x; %v", name, header, before, after, got,
								want.bytes(t), err)
						}
					}
				}
			}
		}
	})
}

// TestWhichPicturesAreRefused changes one property of an accepted picture at a time.
func TestWhichPicturesAreRefused(t *testing.T) {
	t.Parallel()
	p := params(t, high(8, 80, 45), pps("1"))
	ok := slice{
		header: 0x41, kind: 5, frameNumBits: 8, num: 1, override: "0", modification: "0", marking: "0",
		deblocking: ue(1), payload: []byte{1, 2, 3, 4},
	}
	if _, err := p.SetFrameNum(ok.bytes(t), 9); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*slice){
		"not the first macroblock": func(s *slice) { s.first = 1 },
		"the other parameter set":  func(s *slice) { s.pps = 1 },
		"a B picture":              func(s *slice) { s.kind = 6 },
		"a B slice":                func(s *slice) { s.kind = 1 },
		"an SP picture":            func(s *slice) { s.kind = 8 },
		"an SI picture":            func(s *slice) { s.kind = 9 },
		"other reference lists":    func(s *slice) { s.modification = "1" },
		"adaptive marking":         func(s *slice) { s.marking = "1" },
		"an IDR picture":           func(s *slice) { s.header = 0x65 },
		"another unit":             func(s *slice) { s.header = 0x46 },
	} {
		s := ok
		change(&s)
		if got, err := p.SetFrameNum(s.bytes(t), 9); err == nil || got != nil {
			t.Errorf("%s is accepted: %x, %v", name, got, err)
		}
	}
	idr := slice{header: 0x65, kind: 7, frameNumBits: 8, marking: "00", deblocking: ue(1), payload: []byte{1, 2}}
	for id, want := range map[uint32]bool{0: false, 1: true, 2: true, 3: false} {
		if _, err := p.SetIDRPicID(idr.bytes(t), id); (err == nil) != want {
			t.Errorf("the id %d: %v", id, err)
		}
	}
	if _, err := p.SetIDRPicID(ok.bytes(t), 1); err == nil {
		t.Error("a P picture gets an idr_pic_id")
	}
	for n := range 4 {
		if _, err := p.SetFrameNum(ok.bytes(t)[:n], 9); err == nil {
			t.Errorf("a picture of %d bytes is accepted", n)
		}
		if _, err := p.SetIDRPicID(idr.bytes(t)[:n], 1); err == nil {
			t.Errorf("an IDR picture of %d bytes is accepted", n)
		}
	}
}

// TestSkipIsWrittenAsTheStandardSays compares skip pictures and their parameter set bit by bit.
func TestSkipIsWrittenAsTheStandardSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ bits, w, h int }{{4, 1, 1}, {8, 80, 45}, {16, 4096, 4096}, {5, 1, 2}, {9, 120, 68}} {
		p := params(t, high(c.bits, c.w, c.h), pps("1"))
		for _, number := range []int{0, 1, 15, 16, 17, 300, 65535, 65536, 70001} {
			text := u(8, 0x41) + ue(0) + ue(5) + ue(1) + u(c.bits, number%(1<<c.bits)) + "000" + ue(0) + ue(1) + ue(c.w*c.h)
			if got, want := p.NewSkipPicture(h264.Skip{FrameNum: number}), protected(octets(t, rbsp(text))); !bytes.Equal(got, want) {
				t.Errorf("%+v, picture %d: %x, want %x", c, number, got, want)
			}
		}
		want := pps("1").with("id", ue(1)).with("cabac", "0")
		if got := p.NewSkipPPS(); !bytes.Equal(got, nal(t, want)) {
			t.Errorf("the parameter set is %x, want %x", got, nal(t, want))
		}
	}
}

// TestAVCCByteByByte compares the decoder configuration record with ISO/IEC 14496-15, 5.3.3.1.2.
func TestAVCCByteByByte(t *testing.T) {
	t.Parallel()
	long := append(nal(t, high(8, 80, 45)), bytes.Repeat([]byte{0x55}, 0x0234)...)
	for name, c := range map[string]struct {
		sps  []byte
		tail []byte
	}{
		"High":     {nal(t, high(8, 80, 45)), []byte{0xfd, 0xf8, 0xf8, 0}},
		"long":     {long, []byte{0xfd, 0xf8, 0xf8, 0}},
		"Main":     {nal(t, plain(77)), nil},
		"Baseline": {nal(t, plain(66)), nil},
	} {
		p, err := h264.ParseParams(c.sps, nal(t, pps("1")))
		if err != nil {
			t.Fatal(err)
		}
		sized := func(b []byte) []byte { return append([]byte{byte(len(b) / 256), byte(len(b) % 256)}, b...) }
		want := slices.Concat([]byte{1, c.sps[1], c.sps[2], c.sps[3], 0xff, 0xe1}, sized(c.sps), []byte{2}, sized(p.PPS),
			sized(p.NewSkipPPS()), c.tail)
		if got := h264.EncodeAVCC(p); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", name, got, want)
		}
	}
}

func TestEqualSets(t *testing.T) {
	t.Parallel()
	a := params(t, high(8, 80, 45), pps("1"))
	for name, c := range map[string]struct {
		p    *h264.Params
		want bool
	}{
		"the same":    {params(t, high(8, 80, 45), pps("1")), true},
		"another SPS": {params(t, high(8, 80, 46), pps("1")), false},
		"another PPS": {params(t, high(8, 80, 45), pps("0")), false},
		"both":        {params(t, high(8, 80, 46), pps("0")), false},
	} {
		if got := a.CanJoinStreams(c.p); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSettledSetsTheLastBit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want []byte }{
		{nil, nil},
		{[]byte{0x40}, []byte{0x40}},
		{[]byte{0x40, 0x80}, []byte{0x40, 0x81}},
		{[]byte{0x40, 1}, []byte{0x40, 1}},
		{[]byte{0x40, 0xf0, 0x02}, []byte{0x40, 0xf0, 0x03}},
	} {
		before := bytes.Clone(c.in)
		if got := h264.NormalizeLastByte(c.in); !bytes.Equal(got, c.want) || !bytes.Equal(c.in, before) {
			t.Errorf("%x becomes %x, want %x; the input is now %x", before, got, c.want, c.in)
		}
	}
}
