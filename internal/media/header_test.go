package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"slices"
	"testing"

	"mynah/internal/media"
)

// exif returns an EXIF block that contains only an orientation, in the layout of TIFF 6.0.
func exif(order binary.AppendByteOrder, turn uint16) []byte {
	b := []byte("MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = []byte("II")
	}
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)      // one entry
	b = order.AppendUint16(b, 0x0112) // orientation
	b = order.AppendUint16(b, 3)      // 16-bit value
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, turn)
	return append(b, make([]byte, 6)...)
}

// marked returns a picture with an EXIF block.
func marked(t *testing.T, f media.Format, exif []byte) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 20))
	switch f {
	case media.JPEG:
		plain := jpegOf(t, m)
		body := append([]byte("Exif\x00\x00"), exif...)
		app1 := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
		return slices.Concat(plain[:2], app1, body, plain[2:])
	case media.PNG:
		plain := pngOf(t, m)
		const ihdr = 33
		return slices.Concat(plain[:ihdr], chunk("eXIf", exif), plain[ihdr:])
	case media.WebP:
		vp8x := []byte{8, 0, 0, 0, 39, 0, 0, 19, 0, 0}
		return riff(riffChunk("VP8X", vp8x), riffChunk("VP8 ", make([]byte, 34)), riffChunk("EXIF", exif))
	default:
		t.Fatalf("no EXIF in %q", f)
		return nil
	}
}

// chunk returns a PNG chunk.
func chunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func riffChunk(kind string, body []byte) []byte {
	out := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	return append(out, make([]byte, len(body)%2)...)
}

// riff returns a WebP file with the given chunks.
func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), slices.Concat(chunks...)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func TestReadHeader(t *testing.T) {
	t.Parallel()
	opaque := image.NewRGBA(image.Rect(0, 0, 30, 7))
	for i := range opaque.Pix {
		opaque.Pix[i] = 255
	}
	transparent := image.NewNRGBA(image.Rect(0, 0, 1, 9))
	pal := func(c color.Color) image.Image {
		return image.NewPaletted(image.Rect(0, 0, 5, 6), color.Palette{color.Black, c})
	}
	for _, c := range []struct {
		name   string
		format media.Format
		bytes  func(t *testing.T) []byte
		want   media.Header
	}{
		{"png", media.PNG, func(t *testing.T) []byte { t.Helper(); return pngOf(t, opaque) }, media.Header{Width: 30, Height: 7, Turn: 1}},
		{
			"png with alpha", media.PNG, func(t *testing.T) []byte { t.Helper(); return pngOf(t, transparent) },
			media.Header{Width: 1, Height: 9, Turn: 1, Alpha: true},
		},
		{"png in grey", media.PNG, func(t *testing.T) []byte {
			t.Helper()
			return pngOf(t,
				image.NewGray16(image.Rect(0, 0, 3, 4)))
		}, media.Header{Width: 3, Height: 4, Turn: 1, FullRange: true}},
		{
			"png with a palette", media.PNG, func(t *testing.T) []byte { t.Helper(); return pngOf(t, pal(color.White)) },
			media.Header{Width: 5, Height: 6, Turn: 1},
		},
		{"png with a transparent colour", media.PNG, func(t *testing.T) []byte {
			t.Helper()
			return pngOf(t,
				pal(color.Transparent))
		}, media.Header{Width: 5, Height: 6, Turn: 1, Alpha: true}},
		{"png in grey with alpha", media.PNG, func(t *testing.T) []byte {
			t.Helper()
			return makeClip(t, "a.png", "-frames:v", "1", "-pix_fmt", "ya8")
		}, media.Header{Width: 64, Height: 36, Turn: 1, Alpha: true, FullRange: true}},
		{"png of ffmpeg", media.PNG, func(t *testing.T) []byte {
			t.Helper()
			return makeClip(t, "a.png", "-frames:v",
				"1")
		}, media.Header{Width: 64, Height: 36, Turn: 1}},
		{
			"jpeg", media.JPEG, func(t *testing.T) []byte { t.Helper(); return jpegOf(t, opaque) },
			media.Header{Width: 30, Height: 7, Turn: 1, YUV: true, FullRange: true},
		},
		{"jpeg of ffmpeg", media.JPEG, func(t *testing.T) []byte {
			t.Helper()
			return makeClip(t, "a.jpg",
				"-frames:v", "1")
		}, media.Header{Width: 64, Height: 36, Turn: 1, YUV: true, FullRange: true}},
		{
			"gif", media.GIF, func(t *testing.T) []byte { t.Helper(); return gifOf(t, 12, 13) },
			media.Header{Width: 12, Height: 13, Turn: 1, Alpha: true},
		},
		{"webp, lossy", media.WebP, func(t *testing.T) []byte {
			t.Helper()
			return makeClip(t, "a.webp", "-frames:v",
				"1")
		}, media.Header{Width: 64, Height: 36, Turn: 1, YUV: true}},
		{"webp, lossless", media.WebP, func(t *testing.T) []byte {
			t.Helper()
			return makeClip(t, "a.webp", "-frames:v", "1", "-lossless", "1")
		}, media.Header{Width: 64, Height: 36, Turn: 1, Alpha: true}},
		{"webp, lossy with alpha", media.WebP, func(t *testing.T) []byte {
			t.Helper()
			return makeClip(t, "a.webp", "-frames:v", "1", "-vf", "format=yuva420p,geq=lum=p(X\\,Y):a=X")
		}, media.Header{Width: 64, Height: 36, Turn: 1, Alpha: true, YUV: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := c.bytes(t)
			got, err := media.ReadHeader(bytes.NewReader(b), c.format)
			got.Colours, got.Channels, got.Deep = media.Colours{}, 0, false
			if err != nil || got != c.want {
				t.Errorf("%+v %v, want %+v", got, err, c.want)
			}
			if w, h, err := media.ReadPictureSize(bytes.NewReader(b)); err != nil || w != c.want.Width || h != c.want.Height {
				t.Errorf("size %dx%d, %v", w, h, err)
			}
		})
	}
}

func TestHeadersThatAreCut(t *testing.T) {
	t.Parallel()
	for f, b := range map[media.Format][]byte{
		media.PNG:  pngOf(t, image.NewRGBA(image.Rect(0, 0, 30, 7))),
		media.JPEG: jpegOf(t, image.NewRGBA(image.Rect(0, 0, 30, 7))),
		media.GIF:  gifOf(t, 12, 13),
		media.WebP: makeClip(t, "a.webp", "-frames:v", "1"),
	} {
		for n := range min(len(b), 1000) {
			h, err := media.ReadHeader(bytes.NewReader(b[:n]), f)
			if err == nil && (h.Width < 1 || h.Height < 1 || h.Turn != 1) {
				t.Errorf("%s: by %d bytes it is %+v", f, n, h)
			}
			if n < 10 && !errors.Is(err, media.ErrNoSize) {
				t.Errorf("%s: %d bytes have a size: %v", f, n, err)
			}
		}
	}
	for name, b := range map[string][]byte{"no width": {0, 0, 0, 0, 0, 0, 0, 5}, "no height": {0, 0, 0, 5, 0, 0, 0, 0}} {
		png := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(b, 8, 2, 0, 0, 0)))
		if _, _, err := media.ReadPictureSize(bytes.NewReader(png)); !errors.Is(err, media.ErrNoSize) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrientation(t *testing.T) {
	t.Parallel()
	for _, f := range []media.Format{media.JPEG, media.PNG, media.WebP} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			for turn := range uint16(11) {
				want := int(turn)
				if turn < 1 || turn > 8 {
					want = 1
				}
				for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
					b := marked(t, f, exif(order, turn))
					if got := media.ReadOrientation(bytes.NewReader(b), f); got != want {
						t.Errorf("%v: orientation %d is read as %d, want %d", order, turn, got, want)
					}
					h, err := media.ReadHeader(bytes.NewReader(b), f)
					if err != nil || h.Turn != want || h.Width != 40 || h.Height != 20 {
						t.Errorf("%v: orientation %d: %+v %v; the size is that of the stored picture", order, turn, h, err)
					}
				}
			}
			whole := exif(binary.BigEndian, 6)
			for _, n := range []int{0, 3, 8, 9, 12, len(whole) - 10} {
				if got := media.ReadOrientation(bytes.NewReader(marked(t, f, whole[:n])), f); got != 1 {
					t.Errorf("by %d bytes of EXIF the orientation is %d", n, got)
				}
			}
		})
	}
	for _, f := range []media.Format{media.GIF, media.AVIF, media.SVG, media.Unknown} {
		if got := media.ReadOrientation(bytes.NewReader(marked(t, media.JPEG, exif(binary.BigEndian, 6))), f); got != 1 {
			t.Errorf("%q has the orientation %d", f, got)
		}
	}
}

func TestPNGEnds(t *testing.T) {
	t.Parallel()
	noise := image.NewGray(image.Rect(0, 0, 100, 100))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i * 31 >> 3)
	}
	whole := pngOf(t, noise)
	for _, c := range []struct {
		name  string
		bytes []byte
		want  bool
	}{
		{"whole", whole, true},
		{"small", pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1))), true},
		{"with something behind", append(slices.Clone(whole), make([]byte, 900)...), true},
		{"without its last chunk", whole[:len(whole)-12], false},
		{"cut within its last chunk", whole[:len(whole)-9], false},
		{"half", whole[:len(whole)/2], false},
		{"its head", whole[:33], false},
	} {
		if got := media.IsPNGComplete(bytes.NewReader(c.bytes)); got != c.want {
			t.Errorf("%s: it ends: %v", c.name, got)
		}
	}
}

func TestJPEGEnds(t *testing.T) {
	t.Parallel()
	noise := image.NewGray(image.Rect(0, 0, 100, 100))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i * 31 >> 3)
	}
	whole := jpegOf(t, noise)
	thumb := jpegOf(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	app1 := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(thumb)+2))...)
	inside := slices.Concat(whole[:2], app1, thumb, whole[2:])
	filled := slices.Concat(whole[:2], []byte{0xff, 0xff}, whole[2:])
	for _, c := range []struct {
		name  string
		bytes []byte
		want  bool
	}{
		{"whole", whole, true},
		{"of ffmpeg", makeClip(t, "a.jpg", "-frames:v", "1"), true},
		{"with something behind", append(slices.Clone(whole), make([]byte, 9000)...), true},
		{"with a thumbnail", inside, true},
		{"filled up between its segments", filled, true},
		{"without its last marker", whole[:len(whole)-2], false},
		{"cut within its last marker", whole[:len(whole)-1], false},
		{"half", whole[:len(whole)/2], false},
		{"half, with a whole thumbnail", inside[:len(inside)-len(whole)/2], false},
		{"cut within its thumbnail", inside[:len(thumb)/2], false},
		{"its first marker", whole[:2], false},
		{"nothing", nil, false},
	} {
		if got := media.IsJPEGComplete(bytes.NewReader(c.bytes)); got != c.want {
			t.Errorf("%s: it ends: %v", c.name, got)
		}
	}
}

func TestAVIFTurn(t *testing.T) {
	t.Parallel()
	for quarters, want := range map[string]int{"0": 1, "1": 8, "2": 3, "3": 6} {
		b := avif(t, "--irot", quarters)
		if got := media.ReadAVIF(bytes.NewReader(b)).Turn; got != want {
			t.Errorf("%s quarters anticlockwise are orientation %d, want %d", quarters, got, want)
		}
	}
	if got := media.ReadAVIF(bytes.NewReader(avif(t))).Turn; got != 1 {
		t.Errorf("a picture that says nothing has orientation %d", got)
	}
	if got := media.ReadAVIF(bytes.NewReader([]byte("\x00\x00\x00\x09irot"))).Turn; got != 1 {
		t.Errorf("a head that is cut has orientation %d", got)
	}
}

func TestGIFEnds(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	palette := color.Palette{color.Black, color.White, color.Gray{100}}
	g := &gif.GIF{LoopCount: 3}
	for range 2 {
		m := image.NewPaletted(image.Rect(0, 0, 60, 60), palette)
		for i := range m.Pix {
			m.Pix[i] = byte(i * 7 % 3)
		}
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 5)
	}
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for name, c := range map[string]struct {
		bytes []byte
		want  bool
	}{
		"whole":                   {whole, true},
		"without its trailer":     {whole[:len(whole)-1], true},
		"with something behind":   {append(bytes.Clone(whole), "more"...), true},
		"without its last byte":   {whole[:len(whole)-2], false},
		"cut within a picture":    {whole[:len(whole)*3/4], false},
		"cut within its header":   {whole[:9], false},
		"cut within its colours":  {whole[:15], false},
		"cut within an extension": {whole[:13+3*4+10], false},
	} {
		if got := media.IsGIFComplete(bytes.NewReader(c.bytes)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
