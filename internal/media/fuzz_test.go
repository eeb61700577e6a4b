package media_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime/metrics"
	"slices"
	"testing"

	"mynah/internal/media"
)

// FuzzSniff checks that DetectFormat does not panic and is deterministic, and that files with a known format are
// described.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{
		"", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "GIF89a", "RIFF\x24\x00\x00\x00WEBP", "RIFF\x24\x00\x00\x00WAVE", "ID3\x04",
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "\xff\xff\xff\xffftypheic", "\x00\x00\x00\x00ftyp", "\xff\xfb\x90\x00",
		"<svg:svg/>", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>", "<?xml version=\"1.0\"?><!-- a --><!DOCTYPE svg><svg>",
		"\ufeff<svg ", "%PDF-1.7", "PK\x03\x04", "<!doctype html>", "#EXTM3U", "text",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		got := media.DetectFormat(head)
		if got != media.Unknown && !got.IsPicture() && !got.IsVideo() && !got.IsAudio() {
			t.Errorf("%q is good for nothing", got)
		}
		if got != media.DetectFormat(slices.Clone(head)) {
			t.Error("the results for equal bytes differ")
		}
		if says := media.DescribeUnsupported(head); says == "" || got != media.Unknown && says == "is empty" {
			t.Errorf("a %q %q", got, says)
		}
	})
}

// allocated returns the number of bytes that the process has allocated so far.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// FuzzReadHeader checks that no header causes a panic, a large allocation or invalid values.
func FuzzReadHeader(f *testing.F) {
	m := image.NewNRGBA(image.Rect(0, 0, 8, 4))
	for _, encode := range []func(b *bytes.Buffer) error{
		func(b *bytes.Buffer) error { return png.Encode(b, m) },
		func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
		func(b *bytes.Buffer) error {
			return gif.Encode(b, image.NewPaletted(m.Rect, color.Palette{color.Black, color.White}), nil)
		},
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	turn := exif(binary.BigEndian, 6)
	f.Add(riff(riffChunk("VP8X", []byte{0x18, 0, 0, 0, 39, 0, 0, 19, 0, 0}), riffChunk("EXIF", turn)))
	f.Add(riff(riffChunk("VP8L", []byte{0x2f, 7, 0xc0, 0, 0, 0})))
	f.Add(slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", []byte{0, 0, 0, 9, 0, 0, 0, 9, 8, 3, 0, 0, 0}),
		chunk("PLTE", make([]byte, 6)),
		chunk("tRNS", []byte{0}), chunk("eXIf", turn), chunk("IDAT", nil), chunk("IEND", nil)))
	f.Add([]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x09irot\x03"))
	f.Add(append([]byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00"), turn...))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range []media.Format{media.PNG, media.JPEG, media.GIF, media.WebP} {
			before := allocated()
			h, err := media.ReadHeader(bytes.NewReader(b), format)
			if n := allocated() - before; n > 32<<20+100*uint64(len(b)) {
				t.Errorf("%s: %d bytes of header took %d bytes of memory", format, len(b), n)
			}
			if err == nil && (h.Width < 1 || h.Height < 1 || h.Turn < 1 || h.Turn > 8) {
				t.Errorf("%s: %+v", format, h)
			}
		}
		media.IsPNGComplete(bytes.NewReader(b))
		media.IsJPEGComplete(bytes.NewReader(b))
		media.IsGIFComplete(bytes.NewReader(b))
		if turn := media.ReadAVIF(bytes.NewReader(b)).Turn; turn < 1 || turn > 8 {
			t.Errorf("an AVIF file has the orientation %d", turn)
		}
	})
}
