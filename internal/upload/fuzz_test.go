package upload_test

import (
	"bytes"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/upload"
)

func FuzzUnpack(f *testing.F) {
	for _, b := range [][]byte{
		archive(nil),
		archive([]item{small("a.md"), file("p/", nil), small("p/b", packed), small("p/c", packed, described(true, false))}),
		archive([]item{small("a", described(false, true)), small("l", mode(0o120777))}, wideEnd()),
		archive([]item{small("gr\x94sse", both(func(h *head) { h.extra = unicodePath(h.name, "größe") })), small("e\u0301=\u0338/x")}),
		overlapBomb(f, 5, 1000, false), quotedBomb(f, 5, 1000),
	} {
		f.Add(b)
	}
	f.Fuzz(unpackAnything)
}

// FuzzEntries writes archives with a valid frame, so that the code for entries is reached.
func FuzzEntries(f *testing.F) {
	f.Add("a.md", "p/b", "", []byte("hello"), uint32(0), uint16(8), uint16(8), uint32(0), int64(-1))
	f.Add("p/", "p/l", field(1, numbers(5, 5)), []byte{}, uint32(0o120777)<<16, uint16(0), uint16(0), uint32(1), int64(0))
	f.Add("e\u0301", "\u00e9=\u0338/x", unicodePath("a", "b"), deflate(make([]byte, 1000)), uint32(0), uint16(1<<11),
		uint16(8), uint32(1000), int64(3))
	f.Fuzz(func(t *testing.T, name, second, extra string, data []byte, attrs uint32, flag, how uint16, size uint32, offset int64) {
		if len(name)+len(second)+len(extra) > 1<<15 {
			return // too long for the fields of a zip entry
		}
		change := func(i *item) {
			i.attrs = attrs
			if how == 8 {
				packed(i)
			}
			if flag&8 != 0 {
				described(size&1 == 0, size&2 == 0)(i)
			}
			both(func(h *head) { h.extra, h.method, h.flags = extra, how, flag })(i)
		}
		raw := small("raw", method(8), func(i *item) {
			i.body = data
			both(func(h *head) { h.packed, h.size = uint32(len(data)), size })(i)
			i.offset = offset
		})
		unpackAnything(t, archive([]item{file(name, data, change), small(second)}))
		unpackAnything(t, archive([]item{file(name, data), small(second, change)}))
		unpackAnything(t, archive([]item{small(name), raw, file(second, data, packed)}))
	})
}

// unpackAnything checks what must be true for any archive.
func unpackAnything(t *testing.T, b []byte) {
	t.Helper()
	outside := t.TempDir()
	if err := os.Mkdir(filepath.Join(outside, "into"), 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(outside, "into"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	limits := upload.Limits{Archive: 1 << 20, Unpacked: 1 << 20, Ratio: 50, Free: 10000, Entries: 20, Depth: 5, Path: 100, Name: 50}
	got, err := upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b)), root,
		upload.UnpackOptions{Limits: limits, SkipLinks: crc32.ChecksumIEEE(b)&1 == 0})
	files := listing(t, root)
	if list, err := os.ReadDir(outside); err != nil || len(list) != 1 {
		t.Fatalf("something was written outside: %v %v", list, err)
	}
	if err != nil {
		if len(files) > 0 {
			t.Fatalf("left behind: %q", keys(files))
		}
		if fault.CodeOf(err) != fault.Input {
			t.Fatal(err)
		}
		return
	}
	n, size := 0, int64(0)
	for name, data := range files {
		path := strings.TrimSuffix(name, "/")
		if len(path) > limits.Path || strings.Count(path, "/") >= limits.Depth {
			t.Fatalf("%q is over the limits", name)
		}
		if path == name {
			n++
			size += int64(len(data))
		}
	}
	if len(files)+len(got.Links) > limits.Entries || size > max(limits.Free, limits.Ratio*int64(len(b))) {
		t.Fatalf("%d files, %d bytes of %d", len(files), size, len(b))
	}
	if got.Files != n || got.Bytes != size {
		t.Fatalf("Unpack returns %+v; there are %d files of %d bytes", got, n, size)
	}
}
