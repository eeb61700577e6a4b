package mp4_test

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// node is a parsed box.
type node struct {
	kind     string
	at, size int64 // in the file, including the header
	body     []byte
	children []*node
}

// inside returns the number of bytes of fields before the boxes inside a box, or -1 for a box that
// contains no boxes.
func inside(kind string) int {
	switch kind {
	case "moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "udta", "tref", "ilst":
		return 0
	case "meta":
		return 4
	case "stsd", "dref":
		return 8
	case "avc1":
		return 78
	case "mp4a":
		return 28
	default:
		return -1
	}
}

// walk parses boxes that must fill b completely; at is the offset of b in the file.
func walk(t *testing.T, b []byte, at int64) []*node {
	t.Helper()
	var out []*node
	for len(b) > 0 {
		if len(b) < 8 {
			t.Fatalf("%d bytes at %d are no box", len(b), at)
		}
		n := &node{kind: string(b[4:8]), at: at, size: int64(binary.BigEndian.Uint32(b))}
		head := int64(8)
		if n.size == 1 {
			n.size, head = int64(binary.BigEndian.Uint64(b[8:])), 16
		}
		if n.kind == "mdat" {
			return append(out, n)
		}
		if n.size < head || n.size > int64(len(b)) {
			t.Fatalf("the box %q at %d has %d bytes, its parent has %d left", n.kind, at, n.size, len(b))
		}
		n.body = b[head:n.size]
		if skip := inside(n.kind); skip >= 0 {
			if len(n.body) < skip {
				t.Fatalf("the box %q at %d is too short", n.kind, at)
			}
			n.children = walk(t, n.body[skip:], at+head+int64(skip))
		}
		out = append(out, n)
		b, at = b[n.size:], at+n.size
	}
	return out
}

// kinds returns the types of boxes in order.
func kinds(nodes []*node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.kind)
	}
	return out
}

// find returns the only box at a path below nodes, or nil if none exists.
func find(t *testing.T, nodes []*node, path string) *node {
	t.Helper()
	name, rest, more := strings.Cut(path, "/")
	var found *node
	for _, n := range nodes {
		if n.kind == name {
			if found != nil {
				t.Fatalf("there are two boxes %q", name)
			}
			found = n
		}
	}
	if found == nil || !more {
		return found
	}
	return find(t, found.children, rest)
}

// must is like find, but fails the test if there is no box.
func must(t *testing.T, nodes []*node, path string) *node {
	t.Helper()
	n := find(t, nodes, path)
	if n == nil {
		t.Fatalf("there is no box %q", path)
	}
	return n
}

func (n *node) u32(at int) int64 { return int64(binary.BigEndian.Uint32(n.body[at:])) }
func (n *node) u64(at int) int64 { return int64(binary.BigEndian.Uint64(n.body[at:])) }

// tracks returns the tracks in a file's index.
func tracks(t *testing.T, file []*node) []*node {
	t.Helper()
	var out []*node
	for _, n := range must(t, file, "moov").children {
		if n.kind == "trak" {
			out = append(out, n)
		}
	}
	return out
}

// extent is the offset and size of a sample.
type extent struct{ at, size int64 }

// samples computes the offsets and sizes of a track's samples from its stsc, stsz, and stco or co64.
func samples(t *testing.T, trak *node) []extent {
	t.Helper()
	stbl := must(t, trak.children, "mdia/minf/stbl").children
	stsz, stsc := must(t, stbl, "stsz"), must(t, stbl, "stsc")
	var chunks []int64
	if n := find(t, stbl, "stco"); n != nil {
		for i := range int(n.u32(4)) {
			chunks = append(chunks, n.u32(8+4*i))
		}
	} else {
		n = must(t, stbl, "co64")
		for i := range int(n.u32(4)) {
			chunks = append(chunks, n.u64(8+8*i))
		}
	}
	var out []extent
	entry := 0
	for i, at := range chunks {
		if entry+1 < int(stsc.u32(4)) && stsc.u32(8+12*(entry+1)) == int64(i+1) {
			entry++
		}
		for range stsc.u32(12 + 12*entry) {
			size := stsz.u32(12 + 4*len(out))
			out = append(out, extent{at, size})
			at += size
		}
	}
	if int64(len(out)) != stsz.u32(8) {
		t.Fatalf("the chunks hold %d samples, the table of sizes %d", len(out), stsz.u32(8))
	}
	return out
}

// fills checks that the samples of all tracks fill the media data box without gaps or overlaps.
func fills(t *testing.T, file []*node, size int64) {
	t.Helper()
	mdat := must(t, file, "mdat")
	var all []extent
	for _, trak := range tracks(t, file) {
		all = append(all, samples(t, trak)...)
	}
	slices.SortFunc(all, func(a, b extent) int { return int(min(max(a.at-b.at, math.MinInt32), math.MaxInt32)) })
	head := int64(8)
	if mdat.size > math.MaxUint32 {
		head = 16
	}
	at := mdat.at + head
	for i, e := range all {
		if e.at != at {
			t.Fatalf("sample %d of the file is at %d, want %d", i, e.at, at)
		}
		at += e.size
	}
	if at != mdat.at+mdat.size || at != size {
		t.Errorf("the samples end at %d, the media data at %d, the file at %d", at, mdat.at+mdat.size, size)
	}
}
