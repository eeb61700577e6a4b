package mp4_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/h264"
	"mynah/internal/mp4"
)

func run(t *testing.T, in io.Reader, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return out
}

// coded contains the samples of a track from a real encoder.
type coded struct {
	samples [][]byte
	sync    []uint32
	config  []byte
	stream  []byte // output of the encoder
}

// next returns a function that writes the samples.
func (c coded) next() func(w io.Writer, n int) error {
	i := 0
	return func(w io.Writer, n int) error {
		for range n {
			if _, err := w.Write(c.samples[i]); err != nil {
				return err
			}
			i++
		}
		return nil
	}
}

func (c coded) sizes() []uint32 {
	var out []uint32
	for _, s := range c.samples {
		out = append(out, uint32(len(s)))
	}
	return out
}

func picture(t *testing.T, rate string, frames int) coded {
	t.Helper()
	var c coded
	c.stream = run(t, nil, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r="+rate, "-frames:v", fmt.Sprint(frames),
		"-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-threads", "1",
		"-x264-params", "bframes=0:ref=1:slices=1:sliced-threads=0:scenecut=0:weightp=0:keyint=20:colorprim=bt709:"+
			"transfer=bt709:colormatrix=bt709",
		"-f", "h264", "-")
	var sps, pps []byte
	s := h264.NewSplitter(func(nal []byte) error {
		switch h264.ParseNALType(nal) {
		case h264.TypeSPS:
			sps = slices.Clone(nal)
		case h264.TypePPS:
			pps = slices.Clone(nal)
		case h264.TypeIDR, h264.TypeSlice:
			if h264.ParseNALType(nal) == h264.TypeIDR {
				c.sync = append(c.sync, uint32(len(c.samples)))
			}
			c.samples = append(c.samples, append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...))
		}
		return nil
	})
	if _, err := s.Write(c.stream); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := h264.ParseParams(sps, pps)
	if err != nil {
		t.Fatal(err)
	}
	c.config = h264.EncodeAVCC(p)
	return c
}

// tone returns encoded sound of the given length in seconds, plus the encoder's delay.
func tone(t *testing.T, seconds string) coded {
	t.Helper()
	c := coded{config: []byte{0x11, 0x88}} // AAC-LC, 48 kHz, one channel
	c.stream = run(t, nil, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=r=48000:d="+seconds, "-c:a", "aac", "-f", "adts", "-")
	for b := c.stream; len(b) > 7; {
		n := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
		c.samples = append(c.samples, b[7:n])
		b = b[n:]
	}
	return c
}

// probed is the output of ffprobe.
type probed struct {
	Streams []struct {
		Type       string         `json:"codec_type"`
		Profile    string         `json:"profile"`
		Width      int            `json:"width"`
		Height     int            `json:"height"`
		SAR        string         `json:"sample_aspect_ratio"`
		Space      string         `json:"color_space"`
		Primaries  string         `json:"color_primaries"`
		Transfer   string         `json:"color_transfer"`
		Range      string         `json:"color_range"`
		Rate       string         `json:"avg_frame_rate"`
		RealRate   string         `json:"r_frame_rate"`
		TimeBase   string         `json:"time_base"`
		Start      string         `json:"start_time"`
		Duration   string         `json:"duration"`
		Frames     string         `json:"nb_frames"`
		SampleRate string         `json:"sample_rate"`
		Channels   int            `json:"channels"`
		BitRate    string         `json:"bit_rate"`
		Tags       map[string]any `json:"tags"`
	} `json:"streams"`
	Packets []struct {
		Type     string `json:"codec_type"`
		PTS      int64  `json:"pts"`
		DTS      int64  `json:"dts"`
		Duration int64  `json:"duration"`
		Flags    string `json:"flags"`
	} `json:"packets"`
	Chapters []struct {
		Start string            `json:"start_time"`
		End   string            `json:"end_time"`
		Tags  map[string]string `json:"tags"`
	} `json:"chapters"`
	Format struct {
		Duration string            `json:"duration"`
		Tags     map[string]string `json:"tags"`
	} `json:"format"`
}

func probe(t *testing.T, file []byte) (out probed, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	b := run(t, nil, "ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_packets", "-show_chapters", "-show_format", path)
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out, path
}

// hashes decodes a file and returns the hash of each picture.
func hashes(t *testing.T, in io.Reader, args ...string) []string {
	t.Helper()
	args = append(append([]string{"-v", "error", "-xerror"}, args...), "-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-")
	var out []string
	for line := range strings.Lines(string(run(t, in, "ffmpeg", args...))) {
		if !strings.HasPrefix(line, "#") {
			out = append(out, line[strings.LastIndex(line, ",")+1:])
		}
	}
	return out
}

// TestReadersSeeWhatWasMeant writes files at whole and fractional frame rates and checks them with
// ffmpeg's demuxer and decoders.
func TestReadersSeeWhatWasMeant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate         string
		scale, delta uint32
		frames       int
		seconds      string // length of the picture track
	}{
		{"25/1", 12800, 512, 50, "2.000000"},
		{"30000/1001", 30000, 1001, 45, "1.501500"},
		{"10/1", 10240, 1024, 13, "1.300000"},
	} {
		t.Run(c.rate, func(t *testing.T) {
			t.Parallel()
			v, a := picture(t, c.rate, c.frames), tone(t, c.seconds)
			length := (int64(c.frames)*int64(c.delta)*mp4.MovieTimescale + int64(c.scale) - 1) / int64(c.scale)
			file := write(t, &mp4.Movie{
				Tracks: []*mp4.Track{
					{
						Kind: mp4.Video, Entry: mp4.EncodeAVCEntry(320, 180, v.config), Timing: mp4.Timing{
							Timescale: c.scale,
							Delta:     c.delta,
						}, Sizes: v.sizes(), Sync: v.sync,
						Width: 320, Height: 180, Presentation: mp4.Presentation{Duration: length, Language: "deu"}, Next: v.next(),
					},
					{
						Kind: mp4.Audio, Entry: mp4.EncodeAACEntry(1, 48000, 128000,
							a.config), Timing: mp4.Timing{Timescale: 48000, Delta: 1024}, Sizes: a.sizes(),
						Presentation: mp4.Presentation{MediaTime: 1024, Duration: length, Language: "deu"}, Next: a.next(),
					},
				},
				Tags: []mp4.Tag{
					{mp4.TagTitle, "Die Türme — 塔"},
					{mp4.TagArtist, "Anna"},
					{mp4.TagComment, ""},
					{mp4.TagDescription, "about towers"},
					{mp4.TagTool, "Mynah"},
				},
			})
			p, path := probe(t, file)
			if len(p.Streams) != 2 {
				t.Fatalf("%d streams", len(p.Streams))
			}
			sv, sa := p.Streams[0], p.Streams[1]
			for _, is := range []struct{ what, got, want string }{
				{"size", fmt.Sprint(sv.Width, sv.Height), "320 180"},
				{"profile", sv.Profile, "High"},
				{"pixels", sv.SAR, "1:1"},
				{"colours", sv.Space + " " + sv.Primaries + " " + sv.Transfer + " " + sv.Range, "bt709 bt709 bt709 tv"},
				{"rate", sv.Rate, c.rate},
				{"constant rate", sv.RealRate, c.rate},
				{"time base", sv.TimeBase, fmt.Sprintf("1/%d", c.scale)},
				{"frames", sv.Frames, fmt.Sprint(c.frames)},
				{"start", sv.Start, "0.000000"},
				{"length", sv.Duration, c.seconds},
				{"language", fmt.Sprint(sv.Tags["language"]), "deu"},
				{"sound", sa.Profile + " " + sa.SampleRate + " " + fmt.Sprint(sa.Channels), "LC 48000 1"},
				{"start of sound", sa.Start, "0.000000"},
				{"length of sound", sa.Duration, c.seconds},
				{"language of sound", fmt.Sprint(sa.Tags["language"]), "deu"},
				{"title", p.Format.Tags["title"], "Die Türme — 塔"},
				{"artist", p.Format.Tags["artist"], "Anna"},
				{"description", p.Format.Tags["description"], "about towers"},
				{"tool", p.Format.Tags["encoder"], "Mynah"},
			} {
				if is.got != is.want {
					t.Errorf("%s: %q, want %q", is.what, is.got, is.want)
				}
			}
			if _, ok := p.Format.Tags["comment"]; ok {
				t.Error("an empty comment is in the file")
			}
			packets(t, p, map[string]track{
				"video": {step: int64(c.delta), end: int64(c.frames) * int64(c.delta)},
				"audio": {at: -1024, step: 1024, end: length},
			}, v.sync)
			got, want := hashes(t, nil, "-i", path), hashes(t, bytes.NewReader(v.stream), "-f", "h264", "-i", "-")
			if !slices.Equal(got, want) || len(got) != c.frames {
				t.Errorf("%d pictures decode otherwise than the %d that were encoded", len(got), len(want))
			}
		})
	}
}

// track contains the expected time and duration of the next packet of a track, and the end of the last
// packet.
type track struct{ at, step, end int64 }

// packets checks the time of every packet. The edit list shortens the last packet of sound.
func packets(t *testing.T, p probed, tracks map[string]track, sync []uint32) {
	t.Helper()
	number := uint32(0)
	for _, k := range p.Packets {
		is := tracks[k.Type]
		if want := min(is.step, is.end-is.at); k.PTS != is.at || k.DTS != k.PTS || k.Duration != want {
			t.Fatalf("a packet of %s is at %d (%d) for %d, want %d for %d", k.Type, k.PTS, k.DTS, k.Duration, is.at, want)
		}
		is.at += k.Duration
		tracks[k.Type] = is
		if k.Type == "video" {
			if key := strings.Contains(k.Flags, "K"); key != slices.Contains(sync, number) {
				t.Errorf("picture %d counts as one to start at: %v", number, key)
			}
			number++
		}
	}
	for kind, is := range tracks {
		if is.at != is.end {
			t.Errorf("the packets of %s end at %d, want %d", kind, is.at, is.end)
		}
	}
}

// TestTheEditListHidesTheDelay checks that the decoded sound begins with the original's first sample.
func TestTheEditListHidesTheDelay(t *testing.T) {
	t.Parallel()
	v, a := picture(t, "25/1", 25), tone(t, "1")
	sound := &mp4.Track{
		Kind: mp4.Audio, Entry: mp4.EncodeAACEntry(1, 48000, 128000, a.config),
		Timing: mp4.Timing{Timescale: 48000, Delta: 1024}, Sizes: a.sizes(),
		Presentation: mp4.Presentation{MediaTime: 1024, Duration: 48000}, Next: a.next(),
	}
	file := write(t, &mp4.Movie{Tracks: []*mp4.Track{{
		Kind: mp4.Video, Entry: mp4.EncodeAVCEntry(320, 180, v.config), Timing: mp4.Timing{
			Timescale: 12800,
			Delta:     512,
		}, Sizes: v.sizes(), Sync: v.sync,
		Width: 320, Height: 180, Presentation: mp4.Presentation{Duration: 48000}, Next: v.next(),
	}, sound}})
	path := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	all := run(t, bytes.NewReader(a.stream), "ffmpeg", "-v", "error", "-f", "aac", "-i", "-", "-f", "s16le", "-")
	got := run(t, nil, "ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "s16le", "-")
	// At the end, players may round up to a whole frame.
	if want := all[2*1024 : 2*(1024+48000)]; !bytes.HasPrefix(got, want) || len(got) >= len(want)+2*1024 {
		t.Errorf("%d samples are heard, want the %d behind the delay", len(got)/2, len(want)/2)
	}
}

// TestChapters checks that chapter titles are a text track to which the picture track refers.
func TestChapters(t *testing.T) {
	t.Parallel()
	v := picture(t, "25/1", 50)
	var titles coded
	for _, s := range []string{"Eins", "Türme", ""} {
		titles.samples = append(titles.samples, append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...))
	}
	p, _ := probe(t, write(t, &mp4.Movie{Tracks: []*mp4.Track{
		{
			Kind: mp4.Video, Entry: mp4.EncodeAVCEntry(320, 180, v.config), Timing: mp4.Timing{
				Timescale: 12800,
				Delta:     512,
			}, Sizes: v.sizes(), Sync: v.sync,
			Width: 320, Height: 180, Presentation: mp4.Presentation{Duration: 96000, Chapters: 1}, Next: v.next(),
		},
		{
			Kind: mp4.Text, Entry: tx3g(), Timing: mp4.Timing{Timescale: 1000, Deltas: []uint32{500, 1250, 250}}, Sizes: titles.sizes(),
			Presentation: mp4.Presentation{Duration: 96000, Disabled: true}, Next: titles.next(),
		},
	}}))
	var got []string
	for _, c := range p.Chapters {
		got = append(got, c.Start+" "+c.End+" "+c.Tags["title"])
	}
	want := []string{"0.000000 0.500000 Eins", "0.500000 1.750000 Türme", "1.750000 2.000000 "}
	if !slices.Equal(got, want) {
		t.Errorf("the chapters are %q, want %q", got, want)
	}
}
