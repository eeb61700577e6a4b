package ffmpeg

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
)

// StatesInput is an overlay on moving pictures that changes from time to time, such as captions: a file by
// WriteStates, its position in the frame and its size. All numbers are even.
type StatesInput struct {
	Path       string
	X, Y, W, H int
}

func (s *StatesInput) listInputArgs() []string { return []string{"-f", "matroska", "-i", s.Path} }

// formatOverlayGraph returns the filter graph that draws the states over frames. Both inputs are timed in frames,
// independent of the video's timestamps.
func (s *StatesInput) formatOverlayGraph(in, states, out string) string {
	return fmt.Sprintf("[%s]settb=1/1000,setpts=N[%sm];[%sm][%s]overlay=%d:%d:format=yuv420[%s]", in, out, out,
		states, s.X, s.Y, out)
}

// State is an overlay from a frame on. Raw returns its pixels: 8-bit 4:2:0 with straight alpha.
type State struct {
	Frame int64
	Raw   func() ([]byte, error)
}

// WriteStates writes overlays of w x h pixels as a Matroska file (RFC 9559) whose timestamps are frames. It
// compresses them: as most pixels are transparent, a thousand states take no more space than a slide.
func WriteStates(to io.Writer, w, h int, states []State) error {
	out := bufio.NewWriter(to)
	const planes = "Y4\x0b\x08" // libavcodec's tag for this pixel format
	if _, err := out.Write(encodeMatroskaHead(w, h, planes)); err != nil {
		return err
	}
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	if err != nil {
		return err
	}
	for _, s := range states {
		raw, err := s.Raw()
		if err != nil {
			return err
		}
		packed.Reset()
		packed.Write([]byte{0x81, 0, 0, 0x80}) // track 1, timestamp relative to the cluster, key frame
		z.Reset(&packed)
		if _, err := z.Write(raw); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if _, err := out.Write(encodeElement(0x1f43b675, encodeNumber(0xe7, s.Frame),
			encodeElement(0xa3, packed.Bytes()))); err != nil {
			return err
		}
	}
	return out.Flush()
}

// encodeMatroskaHead returns the start of a Matroska file with one track of raw pictures, each compressed by zlib, with
// timestamps in milliseconds. tag is libavcodec's tag for the pixel format.
func encodeMatroskaHead(w, h int, tag string) []byte {
	return bytes.Join([][]byte{
		encodeElement(0x1a45dfa3,
			encodeNumber(0x4286, 1), encodeNumber(0x42f7, 1), encodeNumber(0x42f2, 4), encodeNumber(0x42f3, 8),
			encodeElement(0x4282, []byte("matroska")), encodeNumber(0x4287, 4), encodeNumber(0x4285, 2)),
		{0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, // a segment of unknown length
		encodeElement(0x1549a966, encodeNumber(0x2ad7b1, 1_000_000)),
		encodeElement(0x1654ae6b, encodeElement(0xae,
			encodeNumber(0xd7, 1), encodeNumber(0x73c5, 1), encodeNumber(0x83, 1), encodeNumber(0x9c, 0),
			encodeElement(0x86, []byte("V_UNCOMPRESSED")),
			encodeElement(0x6d80, encodeElement(0x6240,
				encodeNumber(0x5031, 0), encodeNumber(0x5032, 1), encodeNumber(0x5033, 0),
				encodeElement(0x5034, encodeNumber(0x4254, 0)))),
			encodeElement(0xe0, encodeNumber(0xb0, int64(w)), encodeNumber(0xba, int64(h)),
				encodeElement(0x2eb524, []byte(tag))))),
	}, nil)
}

// MovieWriter writes 8-bit RGBA pictures as a Matroska file.
type MovieWriter struct {
	out    *bufio.Writer
	packed bytes.Buffer
	z      *zlib.Writer
	now    int64 // milliseconds
}

// NewMovieWriter starts a file of pictures of w x h pixels.
func NewMovieWriter(to io.Writer, w, h int) (*MovieWriter, error) {
	m := &MovieWriter{out: bufio.NewWriter(to)}
	var err error
	if m.z, err = zlib.NewWriterLevel(&m.packed, zlib.BestSpeed); err != nil {
		return nil, err
	}
	_, err = m.out.Write(encodeMatroskaHead(w, h, "RGBA"))
	return m, err
}

// AddPicture adds a picture that is visible for ms milliseconds.
func (m *MovieWriter) AddPicture(pixels []byte, ms int64) error {
	m.packed.Reset()
	m.packed.Write([]byte{0x81, 0, 0, 0}) // track 1, timestamp relative to the cluster
	m.z.Reset(&m.packed)
	if _, err := m.z.Write(pixels); err != nil {
		return err
	}
	if err := m.z.Close(); err != nil {
		return err
	}
	group := encodeElement(0xa0, encodeElement(0xa1, m.packed.Bytes()), encodeNumber(0x9b, ms))
	_, err := m.out.Write(encodeElement(0x1f43b675, encodeNumber(0xe7, m.now), group))
	m.now += ms
	return err
}

// Close writes the rest of the file. It does not close the underlying writer.
func (m *MovieWriter) Close() error { return m.out.Flush() }

// encodeElement returns an EBML element (RFC 8794): ID, length, content.
func encodeElement(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	out = binary.BigEndian.AppendUint64(out, 1<<56|uint64(len(body))) // the length always takes eight bytes
	return append(out, body...)
}

// encodeNumber returns an EBML element with an integer.
func encodeNumber(id uint32, v int64) []byte {
	return encodeElement(id, binary.BigEndian.AppendUint64(nil, uint64(v)))
}
