package film

import (
	"bytes"
	"testing"
)

// FuzzIndex parses arbitrary bytes as the index of a segment and checks that all units are inside the
// segment.
func FuzzIndex(f *testing.F) {
	var whole bytes.Buffer
	sw := &segmentWriter{w: &whole, head: []byte("head")}
	for i := range 3 {
		shift := []int8{0, 1, -1}[i]
		if err := sw.addUnit(bytes.Repeat([]byte{byte(i)}, i+1), unit{idr: i == 0, other: 2, shift: shift}); err != nil {
			f.Fatal(err)
		}
	}
	if err := sw.close(); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add([]byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := readSegmentIndex(bytes.NewReader(b))
		if err != nil {
			return
		}
		for n := range x.CountUnits() + 1 {
			_ = x.isClosedAt(n)
		}
		for _, u := range x.units {
			if u.offset < 0 || u.offset+int64(u.size) > int64(len(b)) {
				t.Fatalf("%+v of %d bytes", u, len(b))
			}
		}
		_, _ = decodeParams(x.head)
	})
}

// TestFlagsOfUnits checks that the index keeps the order of pictures.
func TestFlagsOfUnits(t *testing.T) {
	t.Parallel()
	for shift := int8(-mostShift); shift <= mostShift; shift++ {
		for _, u := range []unit{{shift: shift}, {shift: shift, idr: true}, {shift: shift, unused: true}} {
			if got := decodeFlags(u.encodeFlags()); got != u {
				t.Errorf("%+v becomes %+v", u, got)
			}
		}
	}
	if decodeFlags(0) != (unit{}) || decodeFlags(1) != (unit{idr: true}) {
		t.Error("segments of earlier versions are read differently")
	}
}

// TestPlaceBehindReorderedPictures checks which picture a skip picture refers to, after groups of pictures in the order
// in which libx264 codes them.
func TestPlaceBehindReorderedPictures(t *testing.T) {
	t.Parallel()
	idr, p := unit{idr: true}, unit{}
	for name, c := range map[string]struct {
		units []unit
		want  place
	}{
		"an IDR picture":             {[]unit{idr}, place{refs: 1, all: 1, shown: 0, back: 1}},
		"a P picture":                {[]unit{idr, p}, place{refs: 2, all: 2, shown: 1, back: 1}},
		"a B picture":                {[]unit{idr, {shift: 1}, {shift: -1, unused: true}}, place{refs: 2, all: 3, shown: 2, back: 1}},
		"a B picture as a reference": {[]unit{idr, {shift: 1}, {shift: -1}}, place{refs: 3, all: 3, shown: 2, back: 2}},
		"two of them": {
			[]unit{idr, {shift: 3}, {}, {shift: -2, unused: true}, {shift: -1, unused: true}, p},
			place{refs: 4, all: 6, shown: 5, back: 1},
		},
		"a last picture that is no reference": {[]unit{idr, {unused: true}}, place{refs: 1, all: 2, shown: 1, back: 0}},
	} {
		var got place
		for _, u := range c.units {
			got.addUnit(u)
		}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		got.addSkip()
		if c.want.back > 0 && (got.back != 1 || got.all != c.want.all+1 || got.refs != c.want.refs+1) {
			t.Errorf("%s, then a skip picture: %+v", name, got)
		}
	}
}

// FuzzADTS splits arbitrary bytes, in two writes at an arbitrary position, and checks that the frames
// do not depend on that position.
func FuzzADTS(f *testing.F) {
	f.Add([]byte{0xff, 0xf1, 0x4c, 0x80, 0x01, 0x3f, 0xfc, 1, 2, 0xff, 0xf1, 0x4c, 0x80, 0x01, 0x1f, 0xfc, 3}, 5)
	f.Add([]byte{0xff, 0xf0, 0x4c, 0x80, 0x00, 0x1f, 0xfc}, 1)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		cut := func(parts ...[]byte) (string, bool) {
			var out bytes.Buffer
			a := &adts{frame: func(config, frame []byte) error {
				out.Write(config)
				out.Write(frame)
				return nil
			}}
			for _, p := range parts {
				if _, err := a.Write(p); err != nil {
					return out.String(), false
				}
			}
			return out.String(), len(a.buf) == 0
		}
		at = max(min(at, len(b)), 0)
		one, whole1 := cut(b)
		two, whole2 := cut(b[:at], b[at:])
		if one != two || whole1 != whole2 {
			t.Fatal("it matters how they come")
		}
	})
}
