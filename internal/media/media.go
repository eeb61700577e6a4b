// Package media identifies files by their content, independent of their names, so that ffmpeg never has to
// guess a demuxer. It also reads properties of pictures that decoders do not report: the size before decoding,
// and the orientation of the camera. It does not decode pictures.
package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	_ "image/gif"  // registers its header reader with image.DecodeConfig
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"regexp"
	"strings"

	"github.com/bep/imagemeta"
	_ "golang.org/x/image/webp" // likewise
)

// Format is a container or picture format.
type Format string

// The formats that Mynah reads, and Unknown.
const (
	Unknown  Format = ""
	PNG      Format = "png"
	JPEG     Format = "jpeg"
	GIF      Format = "gif"
	WebP     Format = "webp"
	AVIF     Format = "avif"
	SVG      Format = "svg"
	MOV      Format = "mov" // MP4, QuickTime, M4A, M4V
	Matroska Format = "matroska"
	WAV      Format = "wav"
	MP3      Format = "mp3"
	OGG      Format = "ogg"
	FLAC     Format = "flac"
)

// HeadSize is the number of bytes at the start of a file that DetectFormat needs.
const HeadSize = 64 << 10

// IsPicture reports whether the format is an image format.
func (f Format) IsPicture() bool {
	switch f {
	case PNG, JPEG, GIF, WebP, AVIF, SVG:
		return true
	default:
		return false
	}
}

// IsVideo reports whether files of the format may contain moving pictures.
func (f Format) IsVideo() bool { return f == MOV || f == Matroska || f == GIF }

// IsAudio reports whether files of the format may contain sound.
func (f Format) IsAudio() bool {
	switch f {
	case MOV, Matroska, WAV, MP3, OGG, FLAC:
		return true
	default:
		return false
	}
}

// DetectFormat returns the format of a file with the given first bytes.
func DetectFormat(head []byte) Format {
	has := func(at int, s string) bool {
		return len(head) >= at+len(s) && string(head[at:at+len(s)]) == s
	}
	switch {
	case has(0, "\x89PNG\r\n\x1a\n"):
		return PNG
	case has(0, "\xff\xd8\xff"):
		return JPEG
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return GIF
	case has(0, "RIFF") && has(8, "WEBP"):
		return WebP
	case has(0, "RIFF") && has(8, "WAVE"), has(0, "RF64") && has(8, "WAVE"):
		return WAV
	case has(4, "ftyp"):
		return detectFtypFormat(head)
	case has(4, "moov"), has(4, "mdat"), has(4, "wide"), has(4, "free"), has(4, "skip"):
		return MOV
	case has(0, "\x1a\x45\xdf\xa3"):
		return Matroska
	case has(0, "OggS"):
		return OGG
	case has(0, "fLaC"):
		return FLAC
	case has(0, "ID3"):
		return MP3
	case len(head) >= 4 && head[0] == 0xff && head[1]&0xe6 == 0xe2 && head[2]>>4 != 15 && head[2]>>4 != 0:
		return MP3 // MPEG audio, layer III
	case isSVG(head):
		return SVG
	case !canContainMP3(head) && hasMP3Frames(head):
		return MP3 // a part of a stream, which may begin within a frame
	}
	return Unknown
}

// canContainMP3 reports whether a file is of a type that may contain uncompressed MP3 files.
func canContainMP3(head []byte) bool {
	for _, mark := range []string{"PK", "%PDF", "RIFF", "Rar!", "7z\xbc\xaf", "\x1f\x8b", "<"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

// detectFtypFormat returns the format of a file with an ftyp box.
func detectFtypFormat(head []byte) Format {
	n := min(int(min(binary.BigEndian.Uint32(head), HeadSize)), len(head))
	for i := 8; i+4 <= n; i += 4 {
		switch string(head[i : i+4]) {
		case "avif", "avis":
			return AVIF
		case "heic", "heix", "hevc", "mif1":
			if i == 8 && !bytes.Contains(head[:n], []byte("avif")) {
				return Unknown
			}
		}
	}
	return MOV
}

// isSVG reports whether text is an SVG document.
func isSVG(head []byte) bool {
	text := strings.TrimSpace(strings.TrimPrefix(string(head), "\xef\xbb\xbf"))
	if !strings.HasPrefix(text, "<") {
		return false
	}
	// A DOCTYPE may contain declarations in brackets, and the root element may have a prefix.
	pattern := `^(?s:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?:[\w.-]+:)?svg[^>\[]*(?:\[.*?\]\s*)?>|\s)*` +
		`<(?:[\w.-]+:)?svg[\s>/]`
	return regexp.MustCompile(pattern).MatchString(text)
}

// IsAnimatedWebPOrAVIF reports whether a WebP or AVIF file with the given first bytes is animated. It returns false for
// GIFs, which must be decoded to find out.
func IsAnimatedWebPOrAVIF(head []byte) bool {
	switch DetectFormat(head) {
	case WebP:
		const animation = 0x02
		return len(head) > 20 && string(head[12:16]) == "VP8X" && head[20]&animation != 0
	case AVIF:
		return len(head) >= 12 && string(head[8:12]) == "avis"
	default:
		return false
	}
}

// DescribeUnsupported describes a file in an unsupported format, as the predicate of a sentence: "is an HTML page".
func DescribeUnsupported(head []byte) string {
	f := DetectFormat(head)
	low := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 1024)]))
	switch {
	case len(head) == 0:
		return "is empty"
	case f == SVG:
		return "is an SVG image"
	case f.IsPicture():
		return "is a " + strings.ToUpper(string(f)) + " image"
	case f == MOV || f == Matroska:
		return "is a video or audio file"
	case f != Unknown:
		return "is a " + strings.ToUpper(string(f)) + " audio file"
	case bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<html")):
		return "is an HTML page"
	case bytes.HasPrefix(low, []byte("#extm3u")):
		return "is a playlist"
	case bytes.HasPrefix(head, []byte("%PDF")):
		return "is a PDF"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "is a zip archive"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "is an HEIC photo, which cannot be read"
	case isText(head):
		return "is a text file"
	}
	return "has an unknown format"
}

// isText reports whether bytes contain no control characters except line ends and tabs.
func isText(head []byte) bool {
	for _, c := range head {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

// ErrNoSize means that a picture's header does not contain a valid size.
var ErrNoSize = errors.New("the header of the image is damaged")

// ReadPictureSize returns the stored size of a picture, in pixels.
func ReadPictureSize(r io.Reader) (width, height int, err error) {
	c, _, err := image.DecodeConfig(r)
	if err != nil || c.Width < 1 || c.Height < 1 {
		return 0, 0, ErrNoSize
	}
	return c.Width, c.Height, nil
}

// ReadOrientation returns the orientation of a picture in EXIF's numbers (EXIF 2.32, tag 0x0112): 1 upright, 2
// mirrored left to right, 3 upside down, 4 mirrored top to bottom, 5 to 8 rotated by 90 degrees. It returns 1
// if there is no valid tag.
func ReadOrientation(r io.ReadSeeker, f Format) int {
	if f == WebP {
		h := Header{Turn: 1}
		readWebPFacts(r, &h)
		return h.Turn
	}
	formats := map[Format]imagemeta.ImageFormat{JPEG: imagemeta.JPEG, PNG: imagemeta.PNG}
	format, ok := formats[f]
	if !ok {
		return 1
	}
	out := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: r, ImageFormat: format, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" && t.Namespace == "IFD0" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if v, ok := t.Value.(uint16); ok && v >= 1 && v <= 8 {
				out = int(v)
			}
			return nil
		},
	})
	if err != nil {
		return 1
	}
	return out
}

// Header contains the properties in a picture's header.
type Header struct {
	Width, Height int
	// Turn is the orientation in EXIF's numbers, 1 to 8.
	Turn  int
	Alpha bool
	// YUV: the picture decodes to luma and chroma with the BT.601 matrix. FullRange: they use all 256 values.
	YUV, FullRange bool
	// Channels is the number of colour channels: 1 for grey, 3 for colour, 4 for CMYK.
	Channels int
	// Deep: channels have 16 bits.
	Deep bool
	// Animated: the file contains a sequence of pictures.
	Animated bool
	Colours  Colours
}

// ReadHeader reads the header of a picture in the format f: PNG, JPEG, GIF or WebP.
func ReadHeader(r io.ReadSeeker, f Format) (Header, error) {
	h := Header{Turn: 1}
	var err error
	if h.Width, h.Height, err = ReadPictureSize(r); err != nil {
		return h, err
	}
	switch f {
	case JPEG:
		h.YUV, h.FullRange = true, true
		readJPEGFacts(r, &h)
	case WebP:
		readWebPFacts(r, &h)
		return h, nil
	case PNG:
		readPNGFacts(r, &h)
	case GIF:
		h.Alpha = true
	default:
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return h, err
	}
	h.Turn = ReadOrientation(r, f)
	return h, nil
}

// IsPNGComplete reports whether a PNG picture has its last chunk. Some programs append other data, which is ignored.
func IsPNGComplete(r io.ReadSeeker) bool {
	const tail = 4096
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return true
	}
	if _, err := r.Seek(max(size-tail, 0), io.SeekStart); err != nil {
		return true
	}
	b, err := io.ReadAll(io.LimitReader(r, tail))
	return err != nil || bytes.Contains(b, []byte("IEND"))
}

// IsJPEGComplete reports whether a JPEG picture has an end marker after its first scan (ITU-T T.81, section B.1).
// Some programs append other data, which is ignored.
func IsJPEGComplete(r io.ReadSeeker) bool {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return true
	}
	b := bufio.NewReaderSize(r, 64<<10)
	if _, err := b.Discard(2); err != nil {
		return false
	}
	for { // skip the segments before the first scan, because an embedded thumbnail has an end marker, too
		var head [4]byte
		if _, err := io.ReadFull(b, head[:2]); err != nil {
			return false
		}
		if head[0] != 0xff {
			return true // invalid: let the decoder report it
		}
		if head[1] == 0xff {
			_ = b.UnreadByte()
			continue
		}
		if _, err := io.ReadFull(b, head[2:]); err != nil {
			return false
		}
		n := int(binary.BigEndian.Uint16(head[2:]))
		if _, err := b.Discard(max(n-2, 0)); err != nil {
			return false
		}
		if head[1] == 0xda {
			break
		}
	}
	for was := byte(0); ; {
		c, err := b.ReadByte()
		if err != nil {
			return false
		}
		if was == 0xff && c == 0xd9 {
			return true
		}
		was = c
	}
}

// IsGIFComplete reports whether the last picture of a GIF is complete. The trailer may be missing: viewers do not
// need it, and some programs do not write it.
func IsGIFComplete(r io.ReadSeeker) bool {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return true
	}
	b := bufio.NewReaderSize(r, 64<<10)
	head := make([]byte, 13)
	skip := func(n int) bool {
		got, err := b.Discard(n)
		return err == nil && got == n
	}
	table := func(flags byte) bool { // skips a colour table if there is one
		return flags&0x80 == 0 || skip(3<<(flags&7+1))
	}
	if _, err := io.ReadFull(b, head); err != nil || !table(head[10]) {
		return false
	}
	for {
		kind, err := b.ReadByte()
		if err != nil {
			return true
		}
		switch kind {
		case 0x21: // an extension, after its label
			if !skip(1) {
				return false
			}
		case 0x2c: // a picture: descriptor, colour table, minimum code size
			if _, err := io.ReadFull(b, head[:9]); err != nil || !table(head[8]) || !skip(1) {
				return false
			}
		default: // the trailer, or an error that the decoder reports
			return true
		}
		for n := byte(1); n > 0; {
			if n, err = b.ReadByte(); err != nil || !skip(int(n)) {
				return false
			}
		}
	}
}
