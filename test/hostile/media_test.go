//go:build linux

package hostile_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"testing"

	"mynah/internal/testrun"
)

// hugePNG returns a complete black picture of side x side pixels with one bit each. It has a few
// kilobytes but needs gigabytes when it is decoded.
func hugePNG(side int) []byte {
	chunk := func(kind string, data []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		out = append(append(out, kind...), data...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(side)), uint32(side))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	row := make([]byte, 1+(side+7)/8)
	for range side {
		_, _ = w.Write(row)
	}
	_ = w.Close()
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 1, 0, 0, 0, 0))...)
	return append(append(out, chunk("IDAT", z.Bytes())...), chunk("IEND", nil)...)
}

// patch returns a function that writes a 32-bit number at the offset behind after a word.
func patch(word string, behind int, v uint32) func([]byte) []byte {
	return func(b []byte) []byte {
		at := bytes.Index(b, []byte(word)) + len(word) + behind
		binary.BigEndian.PutUint32(b[at:], v)
		return b
	}
}

// source returns the ffmpeg arguments of a test video with 64x64 pixels and 25 frames per second.
func source(seconds float64) []string {
	return []string{"-f", "lavfi", "-i", fmt.Sprintf("testsrc=s=64x64:r=25:d=%g", seconds)}
}

// TestFiles builds videos of single files, each unusual or invalid in one way.
func TestFiles(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	pink := []byte{255, 128, 128}
	half := func(form string) []string {
		return []string{"-f", "lavfi", "-i", "color=red@0.5:s=64x64:r=25:d=1,format=" + form}
	}
	times := func(filter string) []string {
		return append(source(4), "-vf", "setpts="+filter, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-c:v", "mpeg4")
	}
	copied := func(t *testing.T, s *site, filter string) {
		t.Helper()
		plain := s.ffmpeg(t, "plain.mkv", append(source(4), "-pix_fmt", "yuv420p", "-c:v", "mpeg4", "-bf", "0")...)
		s.ffmpeg(t, "a.mkv", "-i", plain, "-c", "copy", "-bsf:v", "setts="+filter)
	}
	for name, c := range map[string]struct {
		file   string
		make   []string            // arguments of ffmpeg
		change func([]byte) []byte // changes the created file
		by     func(*testing.T, *site)
		errors []string // parts of the expected error; if nil, the video must have the frames below
		frames int
		color  []byte
		slow   bool
	}{
		"PNG of 30000 x 30000": {
			file: "a.png", by: func(t *testing.T, s *site) { t.Helper(); s.write(t, "a.png", string(hugePNG(30000))) },
			errors: []string{"s.md:4:1: error:", "30000 x 30000 pixels", "150 million"}, slow: true,
		},
		"PNG whose header claims it": {
			file: "a.png", make: []string{"-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"},
			change: func(b []byte) []byte { return patch("IHDR", 0, 30000)(patch("IHDR", 4, 30000)(b)) },
			errors: []string{"s.md:4:1: error:", "header of the image is damaged"},
		},
		"JPEG of 30000 x 30000": {
			file: "a.jpg", make: []string{"-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"},
			change: patch("\xff\xc0\x00\x11\x08", 0, 30000<<16|30000), errors: []string{"s.md:4:1: error:", "30000 x 30000 pixels"},
		},
		"PNG of 12000 x 12000, whole": {
			file: "a.png", by: func(t *testing.T, s *site) { t.Helper(); s.write(t, "a.png", string(hugePNG(12000))) },
			frames: 25, color: []byte{0, 0, 0}, slow: true,
		},
		"GIF cut off": {
			file: "a.gif", make: source(3), change: func(b []byte) []byte { return b[:9*len(b)/10] },
			errors: []string{"s.md:4:1: error:", "truncated"},
		},
		"GIF of a header": {
			file: "a.gif", make: source(1),
			change: func(b []byte) []byte { return b[:13] }, errors: []string{"s.md:4:1: error:"},
		},
		"GIF that loops for ever": {
			file: "a.gif",
			make: []string{"-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=1", "-loop", "0"}, frames: 10,
		},
		"GIF of thousands of frames": {
			file: "a.gif",
			make: []string{"-f", "lavfi", "-i", "testsrc=s=16x16:r=50:d=60"}, frames: 3000, slow: true,
		},
		"GIF without delays": {
			file: "a.gif", make: []string{"-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=2"},
			change: func(b []byte) []byte {
				for i := 0; i+6 < len(b); i++ {
					if string(b[i:i+3]) == "\x21\xf9\x04" {
						b[i+4], b[i+5] = 0, 0
					}
				}
				return b
			}, frames: 20,
		},
		"MP4 of one frame":  {file: "a.mp4", make: append(source(1), "-frames:v", "1", "-pix_fmt", "yuv420p"), frames: 1},
		"WebM of one frame": {file: "a.webm", make: append(source(1), "-frames:v", "1", "-c:v", "libvpx-vp9"), frames: 1},
		"MP4 of no frame": {
			file: "a.mp4", make: append(source(1), "-frames:v", "0", "-pix_fmt", "yuv420p"),
			errors: []string{"s.md:4:1: error:", "neither pictures nor sound"},
		},
		"Matroska of no frame": {
			file: "a.mkv", make: append(source(1), "-t", "0", "-pix_fmt", "yuv420p"),
			errors: []string{"s.md:4:1: error:"},
		},
		"MP4 that claims 10 hours": {
			file: "a.mp4", make: append(source(1), "-pix_fmt", "yuv420p"),
			change: func(b []byte) []byte { return patch("mvhd", 16, 36000*1000)(patch("tkhd", 20, 36000*1000)(b)) }, frames: 25,
		},
		"MP4 whose track claims 10 hours": {
			file: "a.mp4", make: append(source(1), "-pix_fmt", "yuv420p"),
			change: func(b []byte) []byte {
				return patch("mvhd", 16, 36000*1000)(patch("tkhd", 20,
					36000*1000)(patch("mdhd", 16, 36000*12800)(patch("elst", 8, 36000*1000)(b))))
			}, frames: 25,
		},
		"Matroska that claims 10 hours": {file: "a.mkv", make: append(source(1), "-pix_fmt", "yuv420p"), change: func(b []byte) []byte {
			at := bytes.Index(b, []byte{0x44, 0x89, 0x88})
			copy(b[at+3:], "\x41\x81\x2a\x88\x00\x00\x00\x00") // 36 million milliseconds
			// The length of the track is a tag; the changed name is ignored.
			return bytes.Replace(b, []byte("DURATION"), []byte("DURATIOM"), 1)
		}, errors: []string{"s.md:4:1: error:", "ends after 1.0 of 36000.0 seconds"}, slow: true},
		"MP4 of a frame in ten minutes": {
			file: "a.mp4",
			make: append([]string{"-f", "lavfi", "-i", "testsrc=s=64x64:r=1/600:d=1200"}, "-pix_fmt", "yuv420p"), frames: 12000, slow: true,
		},
		"MP4 with a gap of 5 minutes": {file: "a.mp4", make: times("'if(gt(N,20),PTS+300/TB,PTS)'"), frames: 3040, slow: true},
		"Matroska that begins late":   {file: "a.mkv", make: append(times("PTS+3/TB"), "-copyts"), frames: 100},
		"MP4 that begins before its time": {
			file: "a.mp4",
			make: append(times("PTS-2/TB"), "-copyts", "-avoid_negative_ts", "disabled"), frames: -1,
		},
		"Matroska whose times go back": {
			file:   "a.mkv",
			by:     func(t *testing.T, s *site) { t.Helper(); copied(t, s, "ts=4000-PTS") },
			errors: []string{"s.md:4:1: error:", "have no timestamps"},
		},
		"Matroska whose times stand": {
			file: "a.mkv",
			by:   func(t *testing.T, s *site) { t.Helper(); copied(t, s, "ts=0") }, errors: []string{"s.md:4:1: error:", "have no timestamps"},
		},
		"Matroska whose times jump": {
			file: "a.mkv",
			by:   func(t *testing.T, s *site) { t.Helper(); copied(t, s, "pts='if(eq(mod(N,2),0),PTS,PTS-200)':dts=DTS") }, frames: -1,
		},
		"MP4 with 16 sounds": {file: "a.mp4", make: func() []string {
			a := append(source(1), "-f", "lavfi", "-i", "sine=d=1", "-map", "0:v")
			for range 16 {
				a = append(a, "-map", "1:a")
			}
			return append(a, "-c:a", "aac", "-b:a", "32k", "-pix_fmt", "yuv420p")
		}(), frames: 25},
		"transparent VP9": {file: "a.webm", make: append(half("yuva420p"), "-c:v", "libvpx-vp9"), frames: 25, color: pink},
		"transparent ProRes": {
			file: "a.mov",
			make: append(half("yuva444p10le"), "-c:v", "prores_ks", "-profile:v", "4444"), frames: 25, color: pink,
		},
		"transparent QuickTime Animation": {file: "a.mov", make: append(half("argb"), "-c:v", "qtrle"), frames: 25, color: pink},
		"WebP cut off": {
			file:   "a.webp",
			make:   []string{"-f", "lavfi", "-i", "testsrc=s=300x300", "-frames:v", "1", "-c:v", "libwebp"},
			change: func(b []byte) []byte { return b[:len(b)/2] }, errors: []string{"s.md:4:1: error:"},
		},
		"noise with the head of an MP4": {
			file: "a.mp4",
			make: append(source(1), "-pix_fmt", "yuv420p", "-movflags", "+faststart"), change: func(b []byte) []byte {
				for i := bytes.Index(b, []byte("mdat")) + 4; i < len(b); i++ {
					b[i] = byte(i * 7919 >> 3)
				}
				return b
			}, errors: []string{"s.md:4:1: error:"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.slow {
				testrun.SkipShort(t)
			}
			s := newSite(t)
			s.cell = isInCell(name)
			if c.by != nil {
				c.by(t, s)
			} else {
				s.ffmpeg(t, c.file, c.make...)
			}
			if c.change != nil {
				s.change(t, c.file, c.change)
			}
			s.write(t, "s.md", header+"![]("+filepath.Base(c.file)+")\n")
			o := s.build(t)
			if c.errors != nil {
				o.refused(t, 3, append(c.errors, "help:")...)
				return
			}
			s.shows(t, o, c.frames, c.color)
		})
	}
}
