package ffmpeg_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/proc"
	"mynah/internal/testrun"
)

func tools(t *testing.T, ffprobe string) *ffmpeg.Tools {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return ffmpeg.NewTools(run, "ffmpeg", ffprobe)
}

// probeAnswer probes a file for which ffprobe prints the given JSON.
func probeAnswer(t *testing.T, f media.Format, answer, counted string) (*ffmpeg.Info, error) {
	t.Helper()
	fake, err := filepath.Abs("testdata/ffprobe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "in-1")
	for name, text := range map[string]string{path: answer, path + ".counted": counted} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tools(t, fake).ProbeFile(t.Context(), ffmpeg.Input{Path: path, Format: f})
}

// video returns the output for a clip with the given fields of its picture stream.
func video(fields string) string {
	return `{"streams": [{"codec_type": "video", "width": 640, "height": 360, "pix_fmt": "yuv420p", "avg_frame_rate": "25/1",
		"nb_frames": "50", "duration": "2.000000"` + fields + `}], "format": {"duration": "2.000000"}}`
}

// TestRates checks valid and invalid frame rates.
func TestRates(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]frame.Rate{
		`, "avg_frame_rate": "30000/1001"`:                         {Num: 30000, Den: 1001},
		`, "avg_frame_rate": "50/2"`:                               {Num: 25, Den: 1},
		`, "avg_frame_rate": "0/0", "r_frame_rate": "24/1"`:        {Num: 24, Den: 1},
		`, "avg_frame_rate": "", "r_frame_rate": "90000/3003"`:     {Num: 30000, Den: 1001},
		`, "avg_frame_rate": "0/0", "r_frame_rate": "0/0"`:         {Num: 25, Den: 1},
		`, "avg_frame_rate": "25", "r_frame_rate": "x/1"`:          {Num: 25, Den: 1},
		`, "avg_frame_rate": "-30/1", "r_frame_rate": "30/-1"`:     {Num: 25, Den: 1},
		`, "avg_frame_rate": "99999999999999999999/1"`:             {Num: 25, Den: 1},
		`, "avg_frame_rate": "1.5/1", "r_frame_rate": "15000/500"`: {Num: 30, Den: 1},
	} {
		info, err := probeAnswer(t, media.MOV, video(fields), "")
		if err != nil || info.Video == nil || info.Video.Rate != want {
			t.Errorf("%s: %+v %v, want %v", fields, info, err, want)
		}
	}
}

// TestLengths checks that rounded lengths become a whole number of frames.
func TestLengths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, fields string
		want         *big.Rat
	}{
		{"as stated", ``, big.NewRat(2, 1)},
		{
			"rounded to microseconds", `, "avg_frame_rate": "30000/1001", "nb_frames": "45", "duration": "1.501500"`,
			big.NewRat(45*1001, 30000),
		},
		{"rounded to milliseconds", `, "avg_frame_rate": "30/1", "nb_frames": "", "duration": "1.033"`, big.NewRat(31, 30)},
		{
			"of a tag, in clock time", `, "nb_frames": "", "duration": "", "tags": {"DURATION": "00:01:02.040000000"}`,
			big.NewRat(62040, 1000),
		},
		{"of a tag, in hours", `, "nb_frames": "", "duration": "", "tags": {"DURATION": "01:00:00.000000000"}`, big.NewRat(3600, 1)},
		{"of the file", `, "nb_frames": "", "duration": "N/A"`, big.NewRat(2, 1)},
		{"of the frames, within one of what is stated", `, "nb_frames": "51", "duration": "2.020000"`, big.NewRat(51, 25)},
		{"as stated, whatever the frames", `, "nb_frames": "10", "duration": "2.000000"`, big.NewRat(2, 1)},
		{"a number that would take for ever", `, "duration": "1e999999999"`, big.NewRat(2, 1)},
		{"a thousand years", `, "duration": "31557600000.000"`, big.NewRat(2, 1)},
		{"a fraction", `, "duration": "1/3"`, big.NewRat(2, 1)},
		{"below zero", `, "duration": "-3"`, big.NewRat(2, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			info, err := probeAnswer(t, media.MOV, video(c.fields), "")
			if err != nil || info.Video.Length.Cmp(c.want) != 0 {
				t.Errorf("%v %v, want %v", info.Video.Length, err, c.want)
			}
		})
	}
}

// TestLengthsThatAreNotStatedAreCounted checks that a missing length leads to a second call that counts
// pictures.
func TestLengthsThatAreNotStatedAreCounted(t *testing.T) {
	t.Parallel()
	silent := `{"streams": [{"codec_type": "video", "width": 64, "height": 36, "avg_frame_rate": "10/1"}], "format": {}}`
	counted := `{"streams": [{"codec_type": "video", "width": 64, "height": 36, "avg_frame_rate": "10/1", ` +
		`"nb_read_packets": "7"}], "format": {}}`
	info, err := probeAnswer(t, media.Matroska, silent, counted)
	if err != nil || info.Video.Frames != 7 || info.Video.Length.Cmp(big.NewRat(7, 10)) != 0 {
		t.Errorf("%+v %v", info, err)
	}
}

// TestSources checks the properties of a clip's pixels.
func TestSources(t *testing.T) {
	t.Parallel()
	rotated := func(degrees string) string { return `, "side_data_list": [{}, {"rotation": ` + degrees + `}]` }
	// sd returns a source of 640x360 with the defaults of players, and one change.
	sd := func(change func(s *ffmpeg.Source)) ffmpeg.Source {
		s := ffmpeg.Source{Width: 640, Height: 360, Turn: 1, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "bt601", Plain: true}}
		change(&s)
		return s
	}
	for _, c := range []struct {
		name, fields string
		change       func(s *ffmpeg.Source)
	}{
		{"unmarked and small", ``, func(*ffmpeg.Source) {}},
		{
			"unmarked and large", `, "width": 1280, "height": 720`,
			func(s *ffmpeg.Source) { s.Width, s.Height, s.Matrix = 1280, 720, "bt709" },
		},
		{
			"unmarked and upright", `, "width": 576, "height": 1024`,
			func(s *ffmpeg.Source) { s.Width, s.Height, s.Matrix = 576, 1024, "bt709" },
		},
		{"marked bt709", `, "color_space": "bt709"`, func(s *ffmpeg.Source) { s.Matrix = "bt709" }},
		{"marked bt601", `, "color_space": "smpte170m", "width": 1280`, func(s *ffmpeg.Source) { s.Width = 1280 }},
		{"marked bt2020", `, "color_space": "bt2020nc"`, func(s *ffmpeg.Source) { s.Matrix = "bt2020" }},
		{
			"HDR10", `, "color_transfer": "smpte2084", "color_space": "bt2020nc"`,
			func(s *ffmpeg.Source) { s.Matrix, s.Transfer = "bt2020", 16 },
		},
		{"HLG", `, "color_transfer": "arib-std-b67"`, func(s *ffmpeg.Source) { s.Transfer = 18 }},
		{"SDR", `, "color_transfer": "bt709", "color_primaries": "bt709"`, func(s *ffmpeg.Source) { s.Primaries, s.Transfer = 1, 1 }},
		{"of a telephone", `, "color_primaries": "smpte432"`, func(s *ffmpeg.Source) { s.Primaries = 12 }},
		{
			"colours that nobody knows", `, "color_primaries": "x", "color_transfer": "log100", "color_space": "ycgco"`,
			func(*ffmpeg.Source) {},
		},
		{"full range", `, "color_range": "pc"`, func(s *ffmpeg.Source) { s.FullRange = true }},
		{"full range of motion JPEG", `, "pix_fmt": "yuvj420p"`, func(s *ffmpeg.Source) { s.FullRange, s.Plain = true, false }},
		{"10 bit", `, "pix_fmt": "yuv420p10le"`, func(s *ffmpeg.Source) { s.Plain = false }},
		{"screen recording in RGB", `, "pix_fmt": "gbrp"`, func(s *ffmpeg.Source) { s.Matrix, s.Plain = "rgb", false }},
		{"with alpha", `, "pix_fmt": "yuva444p10le"`, func(s *ffmpeg.Source) { s.Alpha, s.Plain = true, false }},
		{"with alpha in RGB", `, "pix_fmt": "argb"`, func(s *ffmpeg.Source) { s.Alpha, s.Plain, s.Matrix = true, false, "rgb" }},
		{"anamorphic", `, "sample_aspect_ratio": "64:45"`, func(s *ffmpeg.Source) { s.PixelW, s.PixelH = 64, 45 }},
		{"pixels of no shape", `, "sample_aspect_ratio": "0:1"`, func(*ffmpeg.Source) {}},
		{"pixels of an absurd shape", `, "sample_aspect_ratio": "1:5000"`, func(*ffmpeg.Source) {}},
		{"turned by a phone", rotated("-90"), func(s *ffmpeg.Source) { s.Turn = 6 }},
		{"turned the other way", rotated("90"), func(s *ffmpeg.Source) { s.Turn = 8 }},
		{"upside down", rotated("-180"), func(s *ffmpeg.Source) { s.Turn = 3 }},
		{"upside down, said otherwise", rotated("180"), func(s *ffmpeg.Source) { s.Turn = 3 }},
		{"turned nearly", rotated("-89.9"), func(s *ffmpeg.Source) { s.Turn = 6 }},
		{"turned once round", rotated("360"), func(*ffmpeg.Source) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			info, err := probeAnswer(t, media.MOV, video(c.fields), "")
			if err != nil {
				t.Fatal(err)
			}
			if want := sd(c.change); info.Video.Source != want {
				t.Errorf("got  %+v\nwant %+v", info.Video.Source, want)
			}
		})
	}
}

// TestStreams checks that the first picture and sound streams are used, and that a cover image does not count.
func TestStreams(t *testing.T) {
	t.Parallel()
	const (
		cover = `{"codec_type": "video", "width": 300, "height": 300, "disposition": {"attached_pic": 1}}`
		sound = `{"codec_type": "audio", "channels": 2, "duration": "1.5"}`
		other = `{"codec_type": "audio", "channels": 1, "duration": "9"}`
		text  = `{"codec_type": "subtitle"}`
		odd   = `{"codec_type": "video", "width": 0, "height": 0}`
	)
	for _, c := range []struct {
		name, streams string
		sound         bool
		err           error
	}{
		{"a song with its cover", cover + "," + sound, true, nil},
		{"two languages", sound + "," + other, true, nil},
		{"subtitles alone", text, false, ffmpeg.ErrNoStream},
		{"a cover alone", cover, false, ffmpeg.ErrNoStream},
		{"a picture of no size", odd, false, ffmpeg.ErrNoStream},
		{"sound of no channel", `{"codec_type": "audio", "channels": 0}`, false, ffmpeg.ErrNoStream},
		{"nothing", "", false, ffmpeg.ErrNoStream},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			info, err := probeAnswer(t, media.MOV, `{"streams": [`+c.streams+`], "format": {}}`, "")
			if !errors.Is(err, c.err) {
				t.Fatalf("%+v %v, want %v", info, err, c.err)
			}
			if c.sound && (info.Video != nil || info.Audio == nil || info.Audio.Channels != 2 ||
				info.Audio.Length.Cmp(big.NewRat(3, 2)) != 0) {
				t.Errorf("%+v", info)
			}
		})
	}
	if _, err := probeAnswer(t, media.MOV, "not the JSON", ""); err == nil || errors.Is(err, ffmpeg.ErrNoStream) {
		t.Errorf("invalid JSON is accepted: %v", err)
	}
}

// TestProbe probes the output of real encoders.
func TestProbe(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	const picture, tone = "testsrc2=s=64x36:r=25:d=0.4", "sine=r=48000:d=0.4"
	type want struct {
		width, height, turn int
		rate                frame.Rate
		frames              int64
		length              *big.Rat // of the pictures
		alpha               bool
		decoder             string
		channels            int
		sound               float64 // seconds, with a tolerance of one packet
	}
	at25 := frame.Rate{Num: 25, Den: 1}
	for _, c := range []struct {
		name   string
		format media.Format
		args   []string
		want   want
	}{
		{
			"mp4", media.MOV,
			[]string{"-i", picture, "-f", "lavfi", "-i", tone, "-pix_fmt", "yuv420p", "-ac", "2", "-f", "mp4"},
			want{width: 64, height: 36, turn: 1, rate: at25, frames: 10, length: big.NewRat(2, 5), channels: 2, sound: 0.4},
		},
		{
			"mov at a broken rate", media.MOV,
			[]string{"-i", "testsrc2=s=64x36:r=30000/1001", "-frames:v", "11", "-c:v", "mjpeg", "-f", "mov"},
			want{width: 64, height: 36, turn: 1, rate: frame.Rate{Num: 30000, Den: 1001}, frames: 11, length: big.NewRat(11*1001, 30000)},
		},
		{
			"mkv", media.Matroska,
			[]string{"-i", picture, "-f", "lavfi", "-i", tone, "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", "-f", "matroska"},
			want{width: 64, height: 36, turn: 1, rate: at25, length: big.NewRat(2, 5), channels: 1, sound: 0.4},
		},
		{
			"webm that is transparent", media.Matroska,
			[]string{
				"-i", picture, "-vf", "format=yuva420p,colorchannelmixer=aa=0.5", "-c:v", "libvpx-vp9",
				"-deadline", "realtime", "-cpu-used", "8", "-f", "webm",
			},
			want{width: 64, height: 36, turn: 1, rate: at25, length: big.NewRat(2, 5), alpha: true, decoder: "libvpx-vp9"},
		},
		{
			"wav", media.WAV,
			[]string{"-i", tone, "-ac", "2", "-f", "wav"},
			want{channels: 2, sound: 0.4},
		},
		{
			"mp3", media.MP3,
			[]string{"-i", tone, "-f", "mp3"},
			want{channels: 1, sound: 0.4},
		},
		{
			"flac", media.FLAC,
			[]string{"-i", tone, "-f", "flac"},
			want{channels: 1, sound: 0.4},
		},
		{
			"ogg", media.OGG,
			[]string{"-i", tone, "-c:a", "libvorbis", "-f", "ogg"},
			want{channels: 1, sound: 0.4},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "in-1")
			args := append(append([]string{"-v", "error", "-y", "-f", "lavfi"}, c.args...), path)
			if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
				t.Fatalf("ffmpeg: %v\n%s", err, out)
			}
			info, err := tools(t, "ffprobe").ProbeFile(t.Context(), ffmpeg.Input{Path: path, Format: c.format})
			if err != nil {
				t.Fatal(err)
			}
			w := c.want
			if v := info.Video; w.width == 0 {
				if v != nil {
					t.Errorf("it has a picture: %+v", v)
				}
			} else if v == nil || v.Source.Width != w.width || v.Source.Height != w.height ||
				v.Source.Turn != w.turn || v.Source.Alpha != w.alpha ||
				v.AlphaVPX != w.decoder || w.rate.Num > 0 && v.Rate != w.rate ||
				w.frames > 0 && v.Frames != w.frames || v.Length.Cmp(w.length) != 0 {
				t.Errorf("picture %+v, want %+v", v, w)
			}
			switch a := info.Audio; {
			case w.channels == 0:
				if a != nil {
					t.Errorf("it has sound: %+v", a)
				}
			case a == nil || a.Channels != w.channels || a.Length == nil:
				t.Errorf("sound %+v, want %+v", a, w)
			default:
				if s, _ := a.Length.Float64(); s < w.sound-0.03 || s > w.sound+0.07 {
					t.Errorf("the sound lasts %v s, want %v", s, w.sound)
				}
			}
		})
	}
}

// TestGIF checks that frame delays are added up. Delays below 0.02 s count as 0.1 s, as in browsers.
func TestGIF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		delays []int
		want   *big.Rat
	}{
		{[]int{5, 20, 35, 30}, big.NewRat(9, 10)},
		{[]int{0, 1, 2, 40}, big.NewRat(62, 100)},
		{[]int{70}, big.NewRat(7, 10)},
	} {
		g := &gif.GIF{Delay: c.delays}
		for i := range c.delays {
			m := image.NewPaletted(image.Rect(0, 0, 12, 8), color.Palette{color.Black, color.White})
			m.Pix[i] = 1
			g.Image = append(g.Image, m)
		}
		var b bytes.Buffer
		if err := gif.EncodeAll(&b, g); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "in-1")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := tools(t, "ffprobe").ProbeFile(t.Context(), ffmpeg.Input{Path: path, Format: media.GIF})
		if err != nil {
			t.Fatal(err)
		}
		v := info.Video
		if v.Frames != int64(len(c.delays)) || v.Length.Cmp(c.want) != 0 || v.Source.Width != 12 ||
			v.Source.Height != 8 || !v.Source.Alpha {
			t.Errorf("%v hundredths: %+v, want %v s", c.delays, v, c.want)
		}
	}
}

// TestOtherFilesAreNotOpened checks that a file is read only in its stated format and cannot refer to other
// files.
func TestOtherFilesAreNotOpened(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	wav := filepath.Join(dir, "a.wav")
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=0.1",
		wav).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	list := filepath.Join(dir, "list")
	if err := os.WriteFile(list,
		[]byte("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://"+wav+"\n#EXT-X-ENDLIST\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []media.Format{media.WAV, media.MOV, media.Matroska, media.MP3} {
		if info, err := tools(t, "ffprobe").ProbeFile(t.Context(), ffmpeg.Input{Path: list, Format: f}); err == nil {
			t.Errorf("a playlist is read as %s: %+v", f, info)
		}
	}
	if _, err := tools(t, "ffprobe").ProbeFile(t.Context(), ffmpeg.Input{Path: wav, Format: media.MOV}); err == nil {
		t.Error("a WAV file is read as an MP4")
	}
}

// TestVersionIsAskedOnce checks that ffmpeg's version is cached until the program changes.
func TestVersionIsAskedOnce(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		v, err := ffmpeg.NewTools(run, "ffmpeg", "ffprobe").FindFFmpegVersion(t.Context(), store)
		if err != nil || !strings.Contains(v, "libavcodec") {
			t.Errorf("%q %v", v, err)
		}
	}
	if n := run.ReadStats().Started; n != 1 {
		t.Errorf("%d programs were started", n)
	}
	// A different file is a different program, which in this case cannot print a version.
	if _, err := ffmpeg.NewTools(run, "false", "ffprobe").FindFFmpegVersion(t.Context(), store); err == nil || run.ReadStats().Started != 2 {
		t.Errorf("a program that fails has a version: %v", err)
	}
	if _, err := ffmpeg.NewTools(run, "no-such-program", "ffprobe").FindFFmpegVersion(t.Context(), store); err == nil {
		t.Error("a program that is not there has a version")
	}
}

// TestMovie checks that pictures with durations in milliseconds are read as written.
func TestMovie(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.mkv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ffmpeg.NewMovieWriter(f, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	ms := []int64{40, 100, 100, 1000, 7}
	for i, d := range ms {
		if err := m.AddPicture(bytes.Repeat([]byte{byte(50 * i), 1, 2, byte(255 - i)}, 8), d); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(m.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	info := ffmpeg.DescribeMovie(4, 2, ms)
	if v := info.Video; v.Frames != 5 || v.Rate != (frame.Rate{Num: 10, Den: 1}) || v.Length.Cmp(big.NewRat(1247, 1000)) != 0 {
		t.Errorf("%+v", v)
	}
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "matroska", "-i", path, "-f",
		"rawvideo", "-pix_fmt", "rgba", "-fps_mode", "passthrough", "-").Output()
	if err != nil || len(out) != 5*4*2*4 || out[3*32] != 150 || out[3*32+3] != 252 {
		t.Errorf("%d bytes %v", len(out), err)
	}
	times, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-f", "matroska", "-show_entries",
		"packet=pts_time,duration_time", "-of", "csv=p=0", path).Output()
	want := "0.000000,0.040000\n0.040000,0.100000\n0.140000,0.100000\n0.240000,1.000000\n1.240000,0.007000\n"
	if err != nil || string(times) != want {
		t.Errorf("%q %v", times, err)
	}
}
