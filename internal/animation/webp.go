// Package animation decodes animated WebP, which ffmpeg does not decode, frame by frame.
package animation

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"golang.org/x/image/webp"
)

// Frame is one frame of an animation: its position in the file and in the picture, and how it is
// combined with the previous frames.
type Frame struct {
	at, length int64
	box        image.Rectangle
	Duration   time.Duration
	// overwrite replaces the previous pixels instead of blending with them. clear makes the frame's box
	// transparent after the frame's time.
	overwrite, clear bool
}

// WebP is an animated WebP file (RFC 9649).
type WebP struct {
	file          io.ReaderAt
	Width, Height int
	Frames        []Frame
}

// Limits of animations.
const (
	mostFrames = 20_000
	// mostPixels is the maximum number of pixels of all frames together: some minutes of a large picture.
	mostPixels = 4_000_000_000
	// mostCanvas is the maximum number of pixels of one frame, which is kept in memory.
	mostCanvas = 40_000_000
	mostChunk  = 64 << 20
)

// ErrCut is the error for a file whose end is missing.
var ErrCut = errors.New("the file is truncated: its end is missing")

// Browsers replace delays below shortest by usual.
const (
	shortest = 11 * time.Millisecond
	usual    = 100 * time.Millisecond
)

// ReadWebP reads the index of the frames of an animated WebP file. size is the size of the file in
// bytes.
func ReadWebP(file io.ReaderAt, size int64) (*WebP, error) {
	out := &WebP{file: file}
	for at := int64(12); at+8 <= size; {
		kind, length, err := readChunkHeader(file, at)
		if err != nil {
			return nil, err
		}
		body := at + 8
		if body+length > size {
			return nil, ErrCut
		}
		switch kind {
		case "VP8X":
			if err := out.readCanvas(body, length); err != nil {
				return nil, err
			}
		case "ANMF":
			if err := out.readFrame(body, length); err != nil {
				return nil, err
			}
		}
		at = body + length + length&1
	}
	var head [8]byte
	if _, err := file.ReadAt(head[:], 0); err != nil || int64(binary.LittleEndian.Uint32(head[4:]))+8 > size+1 {
		return nil, ErrCut
	}
	if len(out.Frames) == 0 || out.Width == 0 {
		return nil, errors.New("it contains no pictures")
	}
	if int64(out.Width)*int64(out.Height) > mostCanvas {
		return nil, fmt.Errorf("it has %d x %d pixels; an animation may have up to %d million",
			out.Width, out.Height, mostCanvas/1_000_000)
	}
	if int64(out.Width)*int64(out.Height)*int64(len(out.Frames)) > mostPixels {
		return nil, fmt.Errorf("it has too many frames, %d of %d x %d pixels; export it as a video",
			len(out.Frames), out.Width, out.Height)
	}
	return out, nil
}

func readChunkHeader(file io.ReaderAt, at int64) (kind string, length int64, err error) {
	var head [8]byte
	if _, err := file.ReadAt(head[:], at); err != nil {
		return "", 0, ErrCut
	}
	return string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:])), nil
}

// decodeUint24 decodes a little-endian number of three bytes.
func decodeUint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

var errDamaged = errors.New("it is damaged")

func (w *WebP) readCanvas(at, length int64) error {
	var b [10]byte
	if length < int64(len(b)) || w.Width > 0 { // a second canvas might not contain the frames of the first
		return errDamaged
	}
	if _, err := w.file.ReadAt(b[:], at); err != nil {
		return err
	}
	w.Width, w.Height = decodeUint24(b[4:])+1, decodeUint24(b[7:])+1
	return nil
}

func (w *WebP) readFrame(at, length int64) error {
	const head = 16
	var b [head]byte
	if length < head {
		return errDamaged
	}
	if len(w.Frames) == mostFrames {
		return fmt.Errorf("it has more than %d frames", mostFrames)
	}
	if _, err := w.file.ReadAt(b[:], at); err != nil {
		return err
	}
	x, y := 2*decodeUint24(b[:]), 2*decodeUint24(b[3:])
	f := Frame{
		at: at + head, length: length - head, box: image.Rect(x, y, x+decodeUint24(b[6:])+1, y+decodeUint24(b[9:])+1),
		Duration: time.Duration(decodeUint24(b[12:])) * time.Millisecond, overwrite: b[15]&2 != 0, clear: b[15]&1 != 0,
	}
	if f.Duration < shortest {
		f.Duration = usual
	}
	if !f.box.In(image.Rect(0, 0, w.Width, w.Height)) {
		return errDamaged
	}
	w.Frames = append(w.Frames, f)
	return nil
}

// PlayFrames decodes the frames in order and calls show with each as a whole picture, with straight (not
// premultiplied) alpha. The picture is valid only until show returns.
func (w *WebP) PlayFrames(show func(picture *image.NRGBA, d time.Duration) error) error {
	canvas := image.NewNRGBA(image.Rect(0, 0, w.Width, w.Height))
	for i, f := range w.Frames {
		if !f.box.In(canvas.Rect) {
			return fmt.Errorf("frame %d is outside the image: %w", i+1, errDamaged)
		}
		img, err := w.decodeFrame(f)
		if err != nil {
			return fmt.Errorf("frame %d cannot be decoded: %w", i+1, err)
		}
		drawFrame(canvas, img, f)
		if err := show(canvas, f.Duration); err != nil {
			return err
		}
		if f.clear {
			for y := f.box.Min.Y; y < f.box.Max.Y; y++ {
				clear(canvas.Pix[canvas.PixOffset(f.box.Min.X, y):][:4*f.box.Dx()])
			}
		}
	}
	return nil
}

// decodeFrame decodes the picture of a frame by making a separate WebP file of it.
func (w *WebP) decodeFrame(f Frame) (image.Image, error) {
	if f.length > mostChunk {
		return nil, errDamaged
	}
	data := make([]byte, f.length)
	if _, err := w.file.ReadAt(data, f.at); err != nil {
		return nil, ErrCut
	}
	alpha := bytes.HasPrefix(data, []byte("ALPH"))
	var file bytes.Buffer
	put := func(kind string, body []byte) {
		file.WriteString(kind)
		_ = binary.Write(&file, binary.LittleEndian, uint32(len(body)))
		file.Write(body)
		if len(body)&1 == 1 {
			file.WriteByte(0)
		}
	}
	file.WriteString("RIFF\x00\x00\x00\x00WEBP")
	if alpha {
		const hasAlpha = 0x10
		x, y := f.box.Dx()-1, f.box.Dy()-1
		put("VP8X", []byte{hasAlpha, 0, 0, 0, byte(x), byte(x >> 8), byte(x >> 16), byte(y), byte(y >> 8), byte(y >> 16)})
	}
	for at := int64(0); at+8 <= int64(len(data)); {
		kind, length := string(data[at:at+4]), int64(binary.LittleEndian.Uint32(data[at+4:]))
		if length > int64(len(data))-at-8 {
			return nil, errDamaged
		}
		if kind == "ALPH" || kind == "VP8 " || kind == "VP8L" {
			put(kind, data[at+8:at+8+length])
		}
		at += 8 + length + length&1
	}
	b := file.Bytes()
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	config, err := webp.DecodeConfig(bytes.NewReader(b))
	if err != nil || config.Width != f.box.Dx() || config.Height != f.box.Dy() {
		return nil, errDamaged
	}
	return webp.Decode(bytes.NewReader(b))
}

// drawFrame draws a frame on the canvas.
func drawFrame(canvas *image.NRGBA, img image.Image, f Frame) {
	at := newPixelReader(img)
	for y := range f.box.Dy() {
		row := canvas.Pix[canvas.PixOffset(f.box.Min.X, f.box.Min.Y+y):]
		for x := range f.box.Dx() {
			r, g, b, a := at(x, y)
			p := row[4*x : 4*x+4 : 4*x+4]
			switch {
			case f.overwrite || a == 255 || p[3] == 0:
				p[0], p[1], p[2], p[3] = r, g, b, a
			case a > 0:
				// Alpha is not premultiplied: the old colour counts by the share that stays visible.
				under := uint32(p[3]) * (255 - uint32(a)) / 255
				all := uint32(a) + under
				mix := func(top, old byte) byte { return byte((uint32(top)*uint32(a) + uint32(old)*under) / all) }
				p[0], p[1], p[2], p[3] = mix(r, p[0]), mix(g, p[1]), mix(b, p[2]), byte(all)
			}
		}
	}
}

// newPixelReader returns a function for the colours of a decoded frame. Lossy frames are BT.601 with limited
// range (RFC 6386, 9.2), unlike image.YCbCr, which uses the full range of JPEG.
func newPixelReader(img image.Image) func(x, y int) (r, g, b, a byte) {
	var yuv *image.YCbCr
	alpha := func(int, int) byte { return 255 }
	switch img := img.(type) {
	case *image.NRGBA:
		return func(x, y int) (r, g, b, a byte) {
			p := img.Pix[img.PixOffset(x, y):]
			return p[0], p[1], p[2], p[3]
		}
	case *image.NYCbCrA:
		yuv, alpha = &img.YCbCr, func(x, y int) byte { return img.A[img.AOffset(x, y)] }
	case *image.YCbCr:
		yuv = img
	default:
		return func(x, y int) (r, g, b, a byte) {
			cr, cg, cb, ca := img.At(x, y).RGBA()
			return byte(cr >> 8), byte(cg >> 8), byte(cb >> 8), byte(ca >> 8)
		}
	}
	return func(x, y int) (r, g, b, a byte) {
		l := 298 * (int(yuv.Y[yuv.YOffset(x, y)]) - 16)
		c := yuv.COffset(x, y)
		u, v := int(yuv.Cb[c])-128, int(yuv.Cr[c])-128
		return clampByte(l + 409*v), clampByte(l - 100*u - 208*v), clampByte(l + 516*u), alpha(x, y)
	}
}

func clampByte(v int) byte { return byte(min(max((v+128)>>8, 0), 255)) }
