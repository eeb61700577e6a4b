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
		if err := sw.addUnit(bytes.Repeat([]byte{byte(i)}, i+1), unit{idr: i == 0, other: 2}); err != nil {
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
		for _, u := range x.units {
			if u.offset < 0 || u.offset+int64(u.size) > int64(len(b)) {
				t.Fatalf("%+v of %d bytes", u, len(b))
			}
		}
		_, _ = decodeParams(x.head)
	})
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
