package h264_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"mynah/internal/h264"
)

// reordered returns a sequence parameter set of pictures in another order than they are shown.
func reordered(frameNumBits, orderBits, w, h int) fields {
	return high(frameNumBits, w, h).with("id", ue(2)).with("order", ue(0)+ue(orderBits-4)).with("references", ue(4))
}

// weighted returns a picture parameter set with weighted prediction.
func weighted() fields {
	return pps("1").with("id", ue(2)).with("sps", ue(2)).with("weighted", "1").with("bipred", "10")
}

// TestWhichReorderedStreamsAreAccepted changes one field of the parameter sets at a time.
func TestWhichReorderedStreamsAreAccepted(t *testing.T) {
	t.Parallel()
	accepts := func(sps, pps fields) bool {
		_, err := h264.ParseParams(nal(t, sps), nal(t, pps))
		return err == nil
	}
	sps := reordered(4, 6, 80, 45)
	for _, c := range []struct {
		field, bits string
		ok          bool
	}{
		{"id", ue(2), true},
		{"id", ue(0), false}, // that of the picture parameter set is 2
		{"order", ue(0) + ue(0), true},
		{"order", ue(0) + ue(12), true},
		{"order", ue(0) + ue(13), false},
		{"order", ue(1), false},
		{"references", ue(0), false},
		{"references", ue(1), true},
		{"references", ue(16), true},
		{"references", ue(17), false},
	} {
		if got := accepts(sps.with(c.field, c.bits), weighted()); got != c.ok {
			t.Errorf("SPS with %s %s is accepted: %v", c.field, c.bits, got)
		}
	}
	for _, c := range []struct {
		field, bits string
		ok          bool
	}{
		{"sps", ue(0), false},
		{"id", ue(3), false},
		{"l0", ue(2), true},
		{"weighted", "0", true},
		{"bipred", "00", true},
		{"cabac", "0", false},
		{"order", "1", false},
		{"redundant", "1", false},
	} {
		if got := accepts(sps, weighted().with(c.field, c.bits)); got != c.ok {
			t.Errorf("PPS with %s %s is accepted: %v", c.field, c.bits, got)
		}
	}
	for id, ok := range map[int]bool{0: true, 1: false, 2: true, 29: false, 30: true, 31: false, 32: false} {
		if got := accepts(sps.with("id", ue(id)), weighted().with("id", ue(id)).with("sps", ue(id))); got != ok {
			t.Errorf("the id %d is accepted: %v", id, got)
		}
	}
}

// TestReorderedSkipIsWrittenAsTheStandardSays compares skip pictures and their parameter set bit by bit.
func TestReorderedSkipIsWrittenAsTheStandardSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		skip   h264.Skip
		number string // frame_num of 4 bits and pic_order_cnt_lsb of 6 bits
		list   string // ref_pic_list_modification
	}{
		{h264.Skip{FrameNum: 1, Order: 1}, "0001 000010", "0"},
		{h264.Skip{FrameNum: 9, Order: 31, Back: 1}, "1001 111110", "0"},
		{h264.Skip{FrameNum: 16, Order: 32, Back: 2}, "0000 000000", "1" + ue(0) + ue(1) + ue(3)},
		{h264.Skip{FrameNum: 37, Order: 100, Back: 4}, "0101 001000", "1" + ue(0) + ue(3) + ue(3)},
	} {
		p := params(t, reordered(4, 6, 80, 45), weighted())
		text := u(8, 0x41) + ue(0) + ue(5) + ue(3) + c.number + "0" + c.list + "0" + ue(0) + ue(1) + ue(80*45)
		if got, want := p.NewSkipPicture(c.skip), protected(octets(t, rbsp(text))); !bytes.Equal(got, want) {
			t.Errorf("%+v: %x, want %x", c.skip, got, want)
		}
		want := pps("1").with("id", ue(3)).with("sps", ue(2)).with("cabac", "0")
		if got := p.NewSkipPPS(); !bytes.Equal(got, nal(t, want)) {
			t.Errorf("the parameter set is %x, want %x", got, nal(t, want))
		}
	}
}

// TestIDsOfReorderedPictures compares the result of SetIDRPicID with a slice written with the other idr_pic_id, and checks
// that other pictures cannot be edited.
func TestIDsOfReorderedPictures(t *testing.T) {
	t.Parallel()
	p := params(t, reordered(4, 6, 80, 45), weighted())
	picture := func(id int) []byte {
		text := u(8, 0x65) + ue(0) + ue(7) + ue(2) + u(4, 0) + ue(id) + u(6, 0) + "00" + se(-3) + ue(1)
		return protected(append(octets(t, aligned(text, "1")), 1, 2, 0, 0, 3))
	}
	for _, id := range []int{0, 1, 2, 77} {
		if got, err := p.SetIDRPicID(picture(id), 2); err != nil || !bytes.Equal(got, picture(2)) {
			t.Errorf("id %d: %x, want %x; %v", id, got, picture(2), err)
		}
	}
	if _, err := p.SetFrameNum(newReorderedSlice(t, 0x41, 5, 1, 2), 3); err == nil {
		t.Error("a P picture with unknown fields gets another number")
	}
}

// newReorderedSlice returns the start of a picture of parameter set 2, with numbers of 4 and 6 bits.
func newReorderedSlice(t *testing.T, header, kind, frameNum, lsb int) []byte {
	t.Helper()
	text := u(8, header) + ue(0) + ue(kind) + ue(2) + u(4, frameNum&15)
	if header&31 == 5 {
		text += ue(1)
	}
	return protected(append(octets(t, aligned(text+u(6, lsb&63), "1")), 1, 2, 3))
}

// TestPlacesOfPictures writes groups of pictures in random orders and checks that their places are found, beyond the
// ranges of all numbers.
func TestPlacesOfPictures(t *testing.T) {
	t.Parallel()
	p := params(t, reordered(4, 6, 80, 45), weighted())
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		c := p.NewOrderCounter()
		refs := 0
		check := func(header, kind, shown int) {
			got, err := c.AddPicture(newReorderedSlice(t, header, kind, refs, 2*shown))
			if want := (h264.Place{Shown: shown, IsReference: header>>5 != 0}); err != nil || got != want {
				t.Fatalf("%+v, want %+v: %v", got, want, err)
			}
			if header>>5 != 0 {
				refs++
			}
		}
		check(0x65, 7, 0)
		for shown := 1; shown < 200; {
			b := random.IntN(4)
			check(0x41, 5, shown+b)
			order := random.Perm(b)
			for i, k := range order {
				if i == 0 && b > 1 && random.IntN(2) == 0 {
					check(0x41, 6, shown+k) // a B picture to which others refer
				} else {
					check(0x01, 6, shown+k)
				}
			}
			shown += b + 1
		}
	}
}

// TestWhichPlacesAreRefused checks pictures whose numbers do not continue those before.
func TestWhichPlacesAreRefused(t *testing.T) {
	t.Parallel()
	idr := newReorderedSlice(t, 0x65, 7, 0, 0)
	for name, c := range map[string]struct {
		next []byte
		ok   bool
	}{
		"the next":               {newReorderedSlice(t, 0x41, 5, 1, 2), true},
		"an I picture":           {newReorderedSlice(t, 0x41, 7, 1, 2), true},
		"an IDR picture":         {idr, true},
		"a gap of frame numbers": {newReorderedSlice(t, 0x41, 5, 2, 2), false},
		"an equal frame number":  {newReorderedSlice(t, 0x41, 5, 0, 2), false},
		"a field":                {newReorderedSlice(t, 0x41, 5, 1, 3), false},
		"before the IDR picture": {newReorderedSlice(t, 0x41, 5, 1, 62), false},
		"an SP picture":          {newReorderedSlice(t, 0x41, 8, 1, 2), false},
		"an IDR picture of P":    {newReorderedSlice(t, 0x65, 5, 0, 0), false},
		"a parameter set":        {[]byte{0x67, 1, 2, 3}, false},
		"nothing":                {nil, false},
		"a short unit":           {[]byte{0x41, 0x9a}, false},
	} {
		counter := params(t, reordered(4, 6, 80, 45), weighted()).NewOrderCounter()
		if _, err := counter.AddPicture(idr); err != nil {
			t.Fatal(err)
		}
		if _, err := counter.AddPicture(c.next); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain := params(t, high(4, 80, 45), pps("1")).NewOrderCounter()
	first := slice{header: 0x65, kind: 7, frameNumBits: 4, marking: "00", deblocking: ue(1), payload: []byte{1}}
	unused := slice{
		header: 0x01, kind: 5, frameNumBits: 4, num: 1, override: "0", modification: "0", deblocking: ue(1), payload: []byte{1},
	}
	if _, err := plain.AddPicture(first.bytes(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := plain.AddPicture(unused.bytes(t)); err == nil {
		t.Error("a picture that is no reference is accepted in a stream without reordering")
	}
}

// TestRecordsOfTwoStreams compares the decoder configuration record with ISO/IEC 14496-15, 5.3.3.1.2, and checks which
// streams can be joined.
func TestRecordsOfTwoStreams(t *testing.T) {
	t.Parallel()
	still, moving := params(t, high(4, 80, 45), pps("1")), params(t, reordered(4, 6, 80, 45), weighted())
	sized := func(b []byte) []byte { return append([]byte{byte(len(b) / 256), byte(len(b) % 256)}, b...) }
	want := slices.Concat([]byte{1, 100, 0, 40, 0xff, 0xe2}, sized(still.SPS), sized(moving.SPS), []byte{4},
		sized(still.PPS), sized(still.NewSkipPPS()), sized(moving.PPS), sized(moving.NewSkipPPS()), []byte{0xfd, 0xf8, 0xf8, 0})
	if got := h264.EncodeAVCC(still, moving); !bytes.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
	if !still.CanJoinStreams(moving) || !moving.CanJoinStreams(still) {
		t.Error("stills and moving pictures cannot be joined")
	}
	for name, sps := range map[string]fields{
		"width": reordered(4, 6, 81, 45), "height": reordered(4, 6, 80, 46),
		"level": reordered(4, 6, 80, 45).with("level", u(8, 31)),
	} {
		if still.CanJoinStreams(params(t, sps, weighted())) {
			t.Errorf("streams of a different %s can be joined", name)
		}
	}
}

// FuzzOrder gets the places of arbitrary pictures, and changes the ids of those that have one.
func FuzzOrder(f *testing.F) {
	p, err := h264.ParseParams( // of libx264
		[]byte{
			0x67, 0x64, 0, 0x1f, 0x6b, 0x36, 0x50, 0x50, 0x67, 0xe7, 0xc0, 0x44, 0, 0, 3, 0, 4, 0, 0, 3, 0, 0xc8, 0x3c, 0x60,
			0xc6, 0x58,
		},
		[]byte{0x68, 0x6e, 0xfb, 0xcb})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0x65, 0x88, 0x61, 0, 0x27, 0xe9, 0xd7}, []byte{0x41, 0x99, 0x89, 6, 0x26, 0xff})
	f.Add([]byte{0x65}, []byte{0x01, 0x9d, 0x98, 0x51, 8})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if q, err := h264.ParseParams(first, second); err == nil {
			_, _ = h264.AlignReferences([]*h264.Params{p, q})
		}
		c := p.NewOrderCounter()
		for _, nal := range [][]byte{first, second, first} {
			if place, err := c.AddPicture(nal); err == nil && place.Shown < 0 {
				t.Error("a picture is shown before the IDR picture")
			}
			_, _ = p.SetIDRPicID(nal, 1)
			_, _ = p.SetFrameNum(nal, 3)
		}
	})
}

// TestAlignedReferences compares a parameter set with one that was written with another number of reference frames.
func TestAlignedReferences(t *testing.T) {
	t.Parallel()
	// vui returns the fields after frame_mbs_only_flag, with all optional fields before bitstream_restriction that
	// libx264 can write (E.1.1).
	vui := func(refs int, optional bool) string {
		crop, extra := "0", "0 0 0 0 0"
		if optional {
			crop = "1" + ue(0) + ue(0) + ue(0) + ue(4)
			extra = "1" + u(8, 255) + u(16, 1) + u(16, 1) + "1 1" + "1" + u(3, 5) + "0 1" + u(24, 0x010101) +
				"1" + ue(0) + ue(0) + "1" + u(32, 1) + u(32, 50) + "1"
		}
		return "1" + crop + "1" + extra + "0 0 0" + "1" + "1" + ue(0) + ue(0) + ue(11) + ue(11) + ue(0) + ue(refs)
	}
	moving := params(t, reordered(4, 6, 80, 45).with("rest", vui(4, true)), weighted())
	for _, optional := range []bool{false, true} {
		still := func(refs int) []byte {
			return nal(t, high(4, 80, 45).with("references", ue(refs)).with("rest", vui(refs, optional)))
		}
		p, err := h264.ParseParams(still(1), nal(t, pps("1")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := h264.AlignReferences([]*h264.Params{p, moving})
		if err != nil || !bytes.Equal(got[0].SPS, still(4)) || !bytes.Equal(got[1].SPS, moving.SPS) {
			t.Errorf("%v: %x, want %x", err, got[0].SPS, still(4))
		}
		alone, err := h264.AlignReferences([]*h264.Params{p})
		if err != nil || !bytes.Equal(alone[0].SPS, p.SPS) {
			t.Errorf("a set alone is changed: %v", err)
		}
	}
	bare := params(t, high(4, 80, 45), pps("1"))
	if _, err := h264.AlignReferences([]*h264.Params{bare, moving}); err == nil {
		t.Error("a set without restrictions is changed")
	}
}
