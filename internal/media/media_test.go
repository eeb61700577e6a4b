package media_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/media"
	"mynah/internal/testrun"
)

// makeFile runs a program that writes a file, and returns the file's content.
func makeFile(t *testing.T, name, program string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.CommandContext(t.Context(), program, append(args, path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// makeClip returns a file of pictures that ffmpeg writes.
func makeClip(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	all := append([]string{"-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=0.2"}, args...)
	return makeFile(t, name, "ffmpeg", all...)
}

// sound returns a sound file that ffmpeg writes.
func sound(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	all := append([]string{"-v", "error", "-y", "-f", "lavfi", "-i", "sine=r=44100:d=0.2"}, args...)
	return makeFile(t, name, "ffmpeg", all...)
}

func avif(t *testing.T, args ...string) []byte {
	t.Helper()
	src := filepath.Join(t.TempDir(), "in.png")
	if err := os.WriteFile(src, pngOf(t, image.NewRGBA(image.Rect(0, 0, 16, 16))), 0o600); err != nil {
		t.Fatal(err)
	}
	return makeFile(t, "a.avif", "avifenc", append(args, "-s", "10", "-j", "1", src)...)
}

func svg(t *testing.T) []byte {
	t.Helper()
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>`)
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func head(b []byte) []byte { return b[:min(len(b), media.HeadSize)] }

// TestWhatProgramsWrite checks files that real encoders write.
func TestWhatProgramsWrite(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, c := range []struct {
		name                  string
		bytes                 func(t *testing.T) []byte
		want                  media.Format
		picture, video, sound bool
		says                  string
	}{
		{
			"png", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.png", "-frames:v", "1") }, media.PNG,
			true, false, false, "is a PNG image",
		},
		{
			"jpeg", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.jpg", "-frames:v", "1") }, media.JPEG,
			true, false, false, "is a JPEG image",
		},
		{"gif", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.gif") }, media.GIF, true, true, false, "is a GIF image"},
		{
			"webp", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.webp", "-frames:v", "1") }, media.WebP,
			true, false, false, "is a WEBP image",
		},
		{"avif", func(t *testing.T) []byte { t.Helper(); return avif(t) }, media.AVIF, true, false, false, "is a AVIF image"},
		{"svg", svg, media.SVG, true, false, false, "is a SVG image"},
		{
			"mp4", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.mp4") }, media.MOV, false, true, true,
			"is a video or audio file",
		},
		{
			"mov", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.mov", "-c:v", "mjpeg") }, media.MOV,
			false, true, true, "is a video or audio file",
		},
		{
			"m4v", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.m4v") }, media.MOV, false, true, true,
			"is a video or audio file",
		},
		{
			"mkv", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.mkv") }, media.Matroska, false, true,
			true, "is a video or audio file",
		},
		{
			"webm", func(t *testing.T) []byte { t.Helper(); return makeClip(t, "a.webm", "-deadline", "realtime") },
			media.Matroska, false, true, true, "is a video or audio file",
		},
		{
			"m4a", func(t *testing.T) []byte { t.Helper(); return sound(t, "a.m4a") }, media.MOV, false, true, true,
			"is a video or audio file",
		},
		{"wav", func(t *testing.T) []byte { t.Helper(); return sound(t, "a.wav") }, media.WAV, false, false, true, "is a WAV audio file"},
		{
			"mp3 with tags", func(t *testing.T) []byte { t.Helper(); return sound(t, "a.mp3") }, media.MP3, false, false,
			true, "is a MP3 audio file",
		},
		{"mp3 of frames alone", func(t *testing.T) []byte {
			t.Helper()
			return sound(t, "a.mp3", "-write_xing", "0", "-id3v2_version", "0")
		}, media.MP3, false, false, true, "is a MP3 audio file"},
		{"ogg", func(t *testing.T) []byte { t.Helper(); return sound(t, "a.ogg") }, media.OGG, false, false, true, "is a OGG audio file"},
		{
			"flac", func(t *testing.T) []byte { t.Helper(); return sound(t, "a.flac") }, media.FLAC, false, false, true,
			"is a FLAC audio file",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := c.bytes(t)
			got := media.DetectFormat(head(b))
			if got != c.want {
				t.Fatalf("format %q, want %q", got, c.want)
			}
			if got.IsPicture() != c.picture || got.IsVideo() != c.video || got.IsAudio() != c.sound {
				t.Errorf("may be a picture %v, a clip %v, sound %v", got.IsPicture(), got.IsVideo(), got.IsAudio())
			}
			// Ignore the difference between a and an.
			if says := media.DescribeUnsupported(head(b)); strings.ReplaceAll(says, "is an ", "is a ") != c.says {
				t.Errorf("it %s, want: it %s", says, c.says)
			}
			if got := media.DetectFormat(b[:min(len(b), 32)]); got != c.want && c.want != media.SVG {
				t.Errorf("by its first 32 bytes it is %q", got)
			}
		})
	}
}

// TestHeads checks hand-made first bytes of files, genuine and misleading ones.
func TestHeads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, head string
		want       media.Format
		says       string // "" means not checked
	}{
		{"empty", "", media.Unknown, "is empty"},
		{"GIF of 1987", "GIF87a\x01\x00\x01\x00", media.GIF, ""},
		{"GIF of no year", "GIF90a\x01\x00\x01\x00", media.Unknown, ""},
		{"RIFF that is neither", "RIFF\x24\x00\x00\x00AVI LIST", media.Unknown, ""},
		{"WAV beyond 4 GiB", "RF64\xff\xff\xff\xffWAVEds64", media.WAV, ""},
		{"QuickTime without a brand", "\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", media.MOV, ""},
		{"QuickTime that begins with its index", "\x00\x00\x04\x00moov\x00\x00\x00\x6cmvhd", media.MOV, ""},
		{"AVIF by its second brand", "\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", media.AVIF, ""},
		{"AVIF in motion", "\x00\x00\x00\x18ftypavis\x00\x00\x00\x00msf1iso8", media.AVIF, ""},
		{"HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", media.Unknown, "is an HEIC photo, which cannot be read"},
		{"MP4 whose codec is named as a photo's brand", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomhevc", media.MOV, ""},
		{"brand behind the box", "\x00\x00\x00\x10ftypisom\x00\x00\x02\x00avif", media.MOV, ""},
		{"AAC in ADTS is no MP3", "\xff\xf1\x50\x80\x02\x1f\xfc", media.Unknown, ""},
		{"MPEG 2 layer III", "\xff\xf3\x84\xc4", media.MP3, ""},
		{"MPEG audio of a wrong bit rate", "\xff\xfb\xf0\x00", media.Unknown, ""},
		{"UTF-16 text", "\xff\xfeH\x00i\x00", media.Unknown, ""},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg"/>`, media.SVG, "is an SVG image"},
		{
			"SVG behind a declaration and a comment",
			"\ufeff<?xml version=\"1.0\"?>\n<!-- a\n-->\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\">\n<svg\n>",
			media.SVG, "is an SVG image",
		},
		{"SVG with an internal subset", "<?xml version=\"1.0\"?><!DOCTYPE svg [ <!ENTITY a \"x>y\"> ]>\n<svg/>", media.SVG, ""},
		{"SVG with a prefix", `<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>`, media.SVG, ""},
		{"SVG behind a long comment", "<!--" + strings.Repeat(" licence", 2000) + "--><svg >", media.SVG, ""},
		{"a web page with an SVG inside", "<!DOCTYPE html><html><svg></svg></html>", media.Unknown, "is an HTML page"},
		{"an element whose name begins so", "<svgfoo>", media.Unknown, "is a text file"},
		{"web page", "<HTML><body>404</body></HTML>", media.Unknown, "is an HTML page"},
		{"playlist", "#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n", media.Unknown, "is a playlist"},
		{"PDF", "%PDF-1.7\n%\xe2\xe3", media.Unknown, "is a PDF"},
		{"zip archive", "PK\x03\x04\x14\x00", media.Unknown, "is a zip archive"},
		{"text", "A script.\r\n\tIndented, with Türmen.\n", media.Unknown, "is a text file"},
		{"bytes", "\x00\x01\x02\x03\x04\x05\x06\x07", media.Unknown, "has an unknown format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := media.DetectFormat([]byte(c.head)); got != c.want {
				t.Errorf("format %q, want %q", got, c.want)
			}
			if says := media.DescribeUnsupported([]byte(c.head)); c.says != "" && says != c.says {
				t.Errorf("it %s, want: it %s", says, c.says)
			}
		})
	}
}

// TestCutHeads checks that a truncated signature is never recognised as any format.
func TestCutHeads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, head string
		least      int // minimum number of bytes that identify the format
		want       media.Format
	}{
		{"PNG", "\x89PNG\r\n\x1a\n", 8, media.PNG},
		{"JPEG", "\xff\xd8\xff\xe0", 3, media.JPEG},
		{"GIF", "GIF89a", 6, media.GIF},
		{"WebP", "RIFF\x24\x00\x00\x00WEBPVP8 ", 12, media.WebP},
		{"WAV", "RIFF\x24\x00\x00\x00WAVEfmt ", 12, media.WAV},
		{"Matroska", "\x1a\x45\xdf\xa3\x9f", 4, media.Matroska},
		{"OGG", "OggS\x00", 4, media.OGG},
		{"FLAC", "fLaC\x00", 4, media.FLAC},
		{"MP3", "ID3\x04", 3, media.MP3},
		{"MP4", "\x00\x00\x00\x20ftypisom", 8, media.MOV},
	} {
		for n := range len(c.head) + 1 {
			want := media.Unknown
			if n >= c.least {
				want = c.want
			}
			if got := media.DetectFormat([]byte(c.head[:n])); got != want {
				t.Errorf("%s: by %d bytes it is %q, want %q", c.name, n, got, want)
			}
		}
	}
}
