package media_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"slices"
	"strings"
	"testing"

	"mynah/internal/media"
)

func headerOf(t *testing.T, b []byte, f media.Format) media.Header {
	t.Helper()
	h, err := media.ReadHeader(bytes.NewReader(b), f)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestColours(t *testing.T) {
	t.Parallel()
	plain := pngOf(t, image.NewRGBA(image.Rect(0, 0, 30, 7)))
	const ihdr = 33
	png := func(chunks ...[]byte) media.Colours {
		return headerOf(t, slices.Concat(plain[:ihdr], slices.Concat(chunks...), plain[ihdr:]), media.PNG).Colours
	}
	profile := strings.Repeat("profile ", 20_000) // larger than one JPEG segment
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write([]byte(profile))
	_ = z.Close()
	iccp := func(b []byte) []byte { return chunk("iCCP", append([]byte("name\x00\x00"), b...)) }
	if c := png(iccp(packed.Bytes())); c.ICC != profile || c.BadICC {
		t.Error("the profile of a PNG is not read")
	}
	var bomb bytes.Buffer
	z = zlib.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 20<<20))
	_ = z.Close()
	for name, b := range map[string][]byte{
		"no zlib": []byte("x"), "cut": packed.Bytes()[:packed.Len()/2],
		"nothing": nil, "too large": bomb.Bytes(),
	} {
		if c := png(iccp(b)); c.ICC != "" || !c.BadICC {
			t.Errorf("%s: %d bytes are a profile", name, len(c.ICC))
		}
	}
	number := func(v ...uint32) (out []byte) {
		for _, n := range v {
			out = binary.BigEndian.AppendUint32(out, n)
		}
		return out
	}
	c := png(chunk("gAMA", number(45455)), chunk("cHRM", number(31270, 32900, 64000, 33000, 30000, 60000, 15000,
		6000)), chunk("sRGB", []byte{0}), chunk("cICP", []byte{9, 16, 0, 1}))
	if c.Gamma != 0.45455 || !c.HasChroma || c.Chroma[2] != 0.64 || !c.SRGB || c.Primaries != 9 || c.Transfer != 16 {
		t.Errorf("%+v", c)
	}

	jpeg := jpegOf(t, image.NewRGBA(image.Rect(0, 0, 30, 7)))
	parts := func(order ...int) []byte {
		out := slices.Clone(jpeg[:2])
		for _, n := range order {
			body := append([]byte("ICC_PROFILE\x00"), byte(n), 3)
			body = append(body, profile[(n-1)*60_000:min(n*60_000, len(profile))]...)
			out = append(binary.BigEndian.AppendUint16(append(out, 0xff, 0xe2), uint16(len(body)+2)), body...)
		}
		return append(out, jpeg[2:]...)
	}
	if h := headerOf(t, parts(2, 1, 3), media.JPEG); h.Colours.ICC != profile || h.Channels != 3 {
		t.Error("the profile of a JPEG is not read")
	}
	if h := headerOf(t, parts(2, 1), media.JPEG); h.Colours.ICC != "" || !h.Colours.BadICC {
		t.Error("a part of a profile is taken for one")
	}
}

// TestOddChunks checks that the chunk after one of odd length is found.
func TestOddChunks(t *testing.T) {
	t.Parallel()
	for _, length := range []int{34, 35} {
		vp8x := []byte{0x28, 0, 0, 0, 39, 0, 0, 19, 0, 0}
		b := riff(riffChunk("VP8X", vp8x), riffChunk("ICCP", []byte("odd")), riffChunk("VP8 ", make([]byte, length)),
			riffChunk("EXIF", exif(binary.BigEndian, 6)))
		h := headerOf(t, b, media.WebP)
		if h.Turn != 6 || h.Colours.ICC != "odd" {
			t.Errorf("behind %d bytes: %+v", length, h)
		}
	}
}

func TestMP3BehindJunk(t *testing.T) {
	t.Parallel()
	mp3 := makeFile(t, "a.mp3", "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-c:a", "libmp3lame",
		"-write_xing", "0", "-id3v2_version", "0")
	for name, b := range map[string][]byte{
		"zeros": append(make([]byte, 300), mp3...), "a part of a frame": mp3[200:], "text": append([]byte("ICY 200 OK\r\n\r\n"), mp3...),
	} {
		if f := media.DetectFormat(b[:min(len(b), media.HeadSize)]); f != media.MP3 {
			t.Errorf("behind %s it is %q", name, f)
		}
	}
	for name, b := range map[string][]byte{
		"an archive": append([]byte("PK\x03\x04"), mp3...), "a PDF": append([]byte("%PDF-1.4"), mp3...),
		"noise": bytes.Repeat([]byte{7, 0xff, 0xfb, 0x90, 1}, 900),
	} {
		if f := media.DetectFormat(b[:min(len(b), media.HeadSize)]); f != media.Unknown {
			t.Errorf("%s is %q", name, f)
		}
	}
}

func TestCopyPNG(t *testing.T) {
	t.Parallel()
	plain := pngOf(t, image.NewRGBA(image.Rect(0, 0, 30, 7)))
	const ihdr = 33
	var out bytes.Buffer
	err := media.CopyPNGWithoutProfile(&out, bytes.NewReader(slices.Concat(plain[:ihdr], chunk("iCCP", []byte("damaged")), plain[ihdr:])))
	if err != nil || !bytes.Equal(out.Bytes(), plain) {
		t.Errorf("%d bytes, want %d: %v", out.Len(), len(plain), err)
	}
	out.Reset()
	if err := media.CopyPNGWithoutProfile(&out, bytes.NewReader(plain[:len(plain)-7])); err != nil {
		t.Errorf("one that is cut: %v", err)
	}
}
