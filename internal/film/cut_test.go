package film_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/testrun"
)

func run(t *testing.T, in []byte, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return string(out)
}

// pictures decodes a stream, failing on errors, and returns the hash of each picture.
func pictures(t *testing.T, in []byte, args ...string) []string {
	t.Helper()
	var out []string
	args = append(append([]string{"-v", "error", "-xerror"}, args...), "-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-")
	for line := range strings.Lines(run(t, in, "ffmpeg", args...)) {
		if !strings.HasPrefix(line, "#") {
			out = append(out, line[strings.LastIndex(line, ",")+1:])
		}
	}
	return out
}

// written writes a film to a file and returns its path.
func written(t *testing.T, b *bench, f *film.Film) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mp4")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteMP4(b.store, out); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func key(name string) cache.Key { return cache.NewHasher(name).Key() }

// encodeStill stores a segment of one picture.
func (b *bench) encodeStill(t *testing.T, n int) cache.Key {
	t.Helper()
	k := key(fmt.Sprint("still ", n))
	if err := b.enc.EncodeStills(t.Context(), [][]byte{b.pattern(n)}, []cache.Key{k}); err != nil {
		t.Fatal(err)
	}
	return k
}

func (b *bench) moving(t *testing.T, n int) cache.Key {
	t.Helper()
	k := key(fmt.Sprint("moving ", n))
	var frames bytes.Buffer
	for i := range n {
		frames.Write(b.pattern(20 + i))
	}
	if err := b.enc.EncodeFrames(t.Context(), k, &frames, nil); err != nil {
		t.Fatal(err)
	}
	return k
}

// chain stores a segment of still pictures that differ in a few rows, and another segment from the
// same process.
func (b *bench) chain(t *testing.T, n int) cache.Key {
	t.Helper()
	k := key(fmt.Sprint("chain ", n))
	var frames bytes.Buffer
	for i := range n + 2 {
		f := b.pattern(7)
		for at := range 16 * b.pic.Width {
			f[at] = byte(20 + 30*i)
		}
		frames.Write(f)
	}
	if err := b.enc.EncodeChains(t.Context(), &frames, []int64{2, int64(n)},
		[]cache.Key{key(fmt.Sprint("other chain ", n)), k}); err != nil {
		t.Fatal(err)
	}
	return k
}

func fps(num, den int64) frame.Rate { return frame.Rate{Num: num, Den: den} }

// TestWhatStandsAndMoves decodes films and compares which of their pictures are equal; equal letters
// mean equal pictures.
func TestWhatStandsAndMoves(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	b := newCompatibleBench(t, 96, 64, fps(10, 1))
	a, c, m := b.encodeStill(t, 1), b.encodeStill(t, 2), b.moving(t, 4)
	chain := b.chain(t, 3)
	for _, row := range []struct {
		name string
		runs []film.SegmentRun
		want string
		sync []int // indexes of the frames at which a player can start
	}{
		{"one picture", []film.SegmentRun{{Segment: a, Frames: 1}}, "a", []int{0}},
		{"a picture stands", []film.SegmentRun{{Segment: a, Frames: 5}}, "aaaaa", []int{0}},
		{"the same picture again", []film.SegmentRun{
			{Segment: a, Frames: 2},
			{Segment: c, Frames: 2},
			{Segment: a, Frames: 2},
		}, "aabbaa", []int{0, 2, 4}},
		{"a run of no length", []film.SegmentRun{
			{Segment: a, Frames: 2},
			{Segment: c, Frames: 0},
			{Segment: a, Frames: 1},
		}, "aaa", []int{0, 2}},
		{"what moves plays once", []film.SegmentRun{{Segment: m, Frames: 4}}, "abcd", []int{0}},
		{"its last picture stands", []film.SegmentRun{{Segment: m, Frames: 7}, {Segment: a, Frames: 1}}, "abcdddde", []int{0, 7}},
		{"it is cut", []film.SegmentRun{{Segment: m, Frames: 2}, {Segment: a, Frames: 2}}, "abcc", []int{0, 2}},
		{
			"a part of it is taken, and stands",
			[]film.SegmentRun{{Segment: m, Take: 2, Frames: 5}, {Segment: a, Frames: 1}},
			"abbbbc",
			[]int{0, 5},
		},
		{"it goes round", []film.SegmentRun{{Segment: m, Frames: 10, Cycle: 4}}, "abcdabcdab", []int{0, 4, 8}},
		{"it waits before it goes round", []film.SegmentRun{{Segment: m, Take: 3, Frames: 9, Cycle: 5}}, "abcccabcc", []int{0, 5}},
		{"pictures of a chain stand", []film.SegmentRun{
			{Segment: chain, Frames: 9, Holds: []int64{3, 1, 5}},
			{Segment: a, Frames: 2},
		}, "aaabcccccdd", []int{0, 9}},
		{"a chain stands twice", []film.SegmentRun{
			{Segment: chain, Frames: 6, Holds: []int64{1, 1, 4}},
			{Segment: chain, Frames: 40, Holds: []int64{20, 19, 1}},
		}, "abcccc" +
			strings.Repeat("a", 20) + strings.Repeat("b", 19) + "c", []int{0, 6}},
		{"its first picture is begun again", []film.SegmentRun{{
			Segment: chain, Frames: 112,
			Holds: []int64{110, 1, 1},
		}}, strings.Repeat("a", 110) + "bc", []int{0, 100}},
		{"long stills are begun again", []film.SegmentRun{{Segment: a, Frames: 205}}, strings.Repeat("a", 205), []int{0, 100, 200}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := &film.Film{Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1), Runs: row.runs}
			if f.CountFrames() != int64(len(row.want)) {
				t.Errorf("it says that it has %d frames", f.CountFrames())
			}
			f.Samples = f.CountFrames() * 4800
			f.Sound = silent(f.Samples)
			path := written(t, b, f)
			sums := pictures(t, nil, "-i", path)
			names := map[string]byte{}
			var got []byte
			for _, s := range sums {
				if _, ok := names[s]; !ok {
					names[s] = 'a' + byte(len(names))
				}
				got = append(got, names[s])
			}
			if string(got) != row.want {
				t.Errorf("it shows %s, want %s", got, row.want)
			}
			var sync []int
			for i, line := range strings.Fields(run(t, nil, "ffprobe", "-v", "error", "-select_streams", "v",
				"-show_entries", "packet=flags", "-of", "csv=p=0", path)) {
				if strings.HasPrefix(line, "K") {
					sync = append(sync, i)
				}
			}
			if !slices.Equal(sync, row.sync) {
				t.Errorf("players can start at %v, want %v", sync, row.sync)
			}
		})
	}
}

// TestLengthsOfTracks checks that picture and sound end together at every frame rate.
func TestLengthsOfTracks(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, rate := range []frame.Rate{fps(25, 1), fps(30000, 1001), fps(12, 1)} {
		t.Run(ffmpeg.FormatRate(rate), func(t *testing.T) {
			t.Parallel()
			const frames = 37
			b := newBench(t, 96, 64, rate)
			f := &film.Film{
				Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1),
				Runs: []film.SegmentRun{{Segment: b.encodeStill(t, 1), Frames: frames}}, Language: "deu",
			}
			f.Samples = (frames*48000*rate.Den + rate.Num - 1) / rate.Num
			f.Sound = b.encodeSamples(t, make([]int16, f.Samples))
			path := written(t, b, f)
			got := strings.Fields(run(t, nil, "ffprobe", "-v", "error", "-show_entries",
				"stream=avg_frame_rate,nb_frames,duration:stream_tags=language", "-of", "csv=p=0", path))
			seconds := fmt.Sprintf("%.6f", float64(frames*rate.Den)/float64(rate.Num))
			if want := fmt.Sprintf("%s,%s,%d,deu", ffmpeg.FormatRate(rate), seconds, frames); got[0] != want {
				t.Errorf("the picture is %s, want %s", got[0], want)
			}
			if n := len(pictures(t, nil, "-i", path)); n != frames {
				t.Errorf("%d pictures are shown of %d", n, frames)
			}
			var sound float64
			if _, err := fmt.Sscanf(strings.Split(got[1], ",")[1], "%f", &sound); err != nil {
				t.Fatal(err)
			}
			if off := sound - float64(f.Samples)/48000; off > 0.0001 || off < -0.0001 {
				t.Errorf("the sound lasts %v s, want %v", sound, float64(f.Samples)/48000)
			}
		})
	}
}

// TestSilenceIsSilent decodes packets of newSilentPacket.
func TestSilenceIsSilent(t *testing.T) {
	t.Parallel()
	b := newBench(t, 96, 64, fps(10, 1))
	for _, channels := range []int{1, 2} {
		f := &film.Film{
			Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(channels),
			Runs: []film.SegmentRun{{Segment: b.encodeStill(t, 1), Frames: 20}}, Samples: 96000,
		}
		f.Sound = silent(f.Samples)
		pcm := run(t, nil, "ffmpeg", "-v", "error", "-xerror", "-i", written(t, b, f), "-map", "0:a", "-f", "s16le", "-")
		if n := len(pcm) / 2 / channels; n < 96000 || n > 97024 || strings.Trim(pcm, "\x00") != "" {
			t.Errorf("%d channels: %d samples, some of them not silent", channels, n)
		}
	}
}

// TestAnyFrameCanBeDecodedAlone checks the pictures that WriteAnnexB writes, as for the poster.
func TestAnyFrameCanBeDecodedAlone(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	b := newBench(t, 96, 64, fps(10, 1))
	f := &film.Film{Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1), Sound: silent(48000 * 13), Samples: 48000 * 13}
	f.Runs = []film.SegmentRun{
		{Segment: b.encodeStill(t, 1), Frames: 105},
		{Segment: b.moving(t, 4), Frames: 9, Cycle: 6},
		{Segment: b.encodeStill(t, 2), Frames: 16},
	}
	want := pictures(t, nil, "-i", written(t, b, f))
	track, err := f.OpenPictureTrack(b.store)
	if err != nil {
		t.Fatal(err)
	}
	defer track.Close()
	for _, n := range []int64{0, 99, 104, 106, 108, 110, 112, 129} {
		var stream bytes.Buffer
		count, err := track.WriteAnnexB(&stream, n)
		if err != nil {
			t.Fatal(err)
		}
		got := pictures(t, stream.Bytes(), "-f", "h264", "-i", "-")
		if len(got) != count || got[count-1] != want[n] {
			t.Errorf("frame %d decodes to another picture than in the film (%d of %d)", n, len(got), count)
		}
	}
}

// TestImagesAreEncodedAsTheirFrames checks that encoding an image file gives the same bytes as
// encoding its raw frame.
func TestImagesAreEncodedAsTheirFrames(t *testing.T) {
	t.Parallel()
	b := newBench(t, 96, 64, fps(25, 1))
	var images []ffmpeg.StillInput
	var direct, painted []cache.Key
	for i := range 3 {
		m := image.NewRGBA(image.Rect(0, 0, 120, 50+20*i))
		for p := range m.Pix {
			m.Pix[p] = byte(p*(i+3)) | 3
		}
		for p := 3; p < len(m.Pix); p += 4 {
			m.Pix[p] = 255
		}
		m.Set(3, 3, color.RGBA{A: 255})
		path := filepath.Join(t.TempDir(), "in-1")
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(out, m), out.Close()); err != nil {
			t.Fatal(err)
		}
		images = append(images, ffmpeg.StillInput{
			Input:     ffmpeg.Input{Path: path, Format: media.PNG},
			Source:    ffmpeg.Source{Width: 120, Height: 50 + 20*i, Turn: 1, PixelW: 1, PixelH: 1, Coding: ffmpeg.Coding{Matrix: "rgb"}},
			Placement: ffmpeg.PlaceSource(120, 50+20*i, 96, 64, frame.Placing{Fit: frame.Cover, Position: frame.Position{}}),
		})
		direct, painted = append(direct, key(fmt.Sprint("direct ", i))), append(painted, key(fmt.Sprint("painted ", i)))
	}
	if err := b.enc.EncodeImages(t.Context(), images, direct); err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := b.tools.RunFFmpeg(t.Context(), ffmpeg.ReadStillsArgs(images), nil, &raw); err != nil {
		t.Fatal(err)
	}
	frames := slices.Collect(slices.Chunk(raw.Bytes(), 96*64*3/2))
	if err := b.enc.EncodeStills(t.Context(), frames, painted); err != nil {
		t.Fatal(err)
	}
	for i := range direct {
		one, ok1 := b.store.ReadEntry(cache.Segments, direct[i])
		two, ok2 := b.store.ReadEntry(cache.Segments, painted[i])
		if !ok1 || !ok2 || !bytes.Equal(one, two) {
			t.Errorf("image %d is encoded otherwise than its frame: %v %v", i, ok1, ok2)
		}
		if !b.enc.HasSegment(direct[i]) {
			t.Errorf("image %d is not in the cache", i)
		}
	}
}

// TestClips checks the number of encoded pictures, also for clips that are too short.
func TestClips(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path := filepath.Join(t.TempDir(), "in-1")
	run(t, nil, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=10:d=1", "-pix_fmt", "yuv420p", "-f", "mp4", path)
	b := newBench(t, 96, 64, fps(10, 1))
	for i, c := range []struct {
		from, length, num, den, frames int64
		want                           int
		err                            error
	}{
		{0, 0, 1, 1, 10, 10, nil},
		{0, 0, 1, 1, 4, 4, nil},
		{0, 0, 1, 1, 50, 10, nil},
		{500_000, 0, 1, 1, 50, 5, nil},
		{200_000, 300_000, 1, 1, 50, 3, nil},
		{0, 0, 2, 1, 50, 5, nil},
		{0, 0, 1, 2, 50, 20, nil},
		{5_000_000, 0, 1, 1, 10, 0, film.ErrNoPicture},
	} {
		clip := ffmpeg.ClipInput{
			Input: ffmpeg.Input{Path: path, Format: media.MOV},
			Source: ffmpeg.Source{
				Width: 96, Height: 64, Turn: 1, PixelW: 1, PixelH: 1,
				Coding: ffmpeg.Coding{Matrix: "bt601", Plain: true},
			},
			Placement: ffmpeg.PlaceSource(96, 64, 96, 64, frame.Placing{Fit: frame.Cover, Position: frame.Position{}}),
			Stretch:   ffmpeg.Stretch{From: c.from, Length: c.length, SpeedNum: c.num, SpeedDen: c.den}, Frames: c.frames,
		}
		k := key(fmt.Sprint("clip ", i))
		n, err := b.enc.EncodeClip(t.Context(), k, clip)
		if n != c.want || !errors.Is(err, c.err) {
			t.Errorf("%+v: %d pictures, %v", c, n, err)
		}
		if n, ok := b.enc.CountCachedPictures(k); n != c.want || ok != (c.err == nil) {
			t.Errorf("%+v: the cache says %d, %v", c, n, ok)
		}
	}
}

// TestFilmsThatCannotBeCut checks the errors for invalid films.
func TestFilmsThatCannotBeCut(t *testing.T) {
	t.Parallel()
	b := newBench(t, 96, 64, fps(10, 1))
	other := newBench(t, 64, 64, fps(10, 1))
	other.store = b.store
	other.enc = film.NewEncoder(b.tools, b.store, other.pic, "test")
	good, foreign := b.encodeStill(t, 1), other.encodeStill(t, 2)
	broken, empty := key("broken"), key("empty")
	for k, bytes := range map[cache.Key][]byte{broken: []byte("this is no segment of a film"), empty: nil} {
		if err := b.store.PutBytes(cache.Segments, k, bytes); err != nil {
			t.Fatal(err)
		}
	}
	shifted := key("shifted")
	if whole, ok := b.store.ReadEntry(cache.Segments, good); !ok {
		t.Fatal("no segment")
	} else if err := b.store.PutBytes(cache.Segments, shifted, append([]byte{0}, whole...)); err != nil {
		t.Fatal(err)
	}
	sound := b.encodeSamples(t, make([]int16, 4800))
	nowhere := []film.PacketRun{{Packets: sound[0].Packets, Segment: key("nowhere")}}
	for _, c := range []struct {
		name   string
		runs   []film.SegmentRun
		sound  []film.PacketRun
		length int64
	}{
		{"no picture", nil, sound, 4800},
		{"a segment that is not there", []film.SegmentRun{{Segment: key("nowhere"), Frames: 1}}, sound, 4800},
		{"a broken segment", []film.SegmentRun{{Segment: good, Frames: 1}, {Segment: broken, Frames: 1}}, sound, 4800},
		{"a segment of no bytes", []film.SegmentRun{{Segment: empty, Frames: 1}}, sound, 4800},
		{"a segment that is longer than its index says", []film.SegmentRun{{Segment: shifted, Frames: 1}}, sound, 4800},
		{"segments of two sizes", []film.SegmentRun{{Segment: good, Frames: 1}, {Segment: foreign, Frames: 1}}, sound, 4800},
		{"sound that is not there", []film.SegmentRun{{Segment: good, Frames: 1}}, nowhere, 4800},
		{"sound that is too short", []film.SegmentRun{{Segment: good, Frames: 1}}, sound, 480000},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &film.Film{Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1), Runs: c.runs, Sound: c.sound, Samples: c.length}
			var out bytes.Buffer
			if _, err := f.WriteMP4(b.store, &out); err == nil {
				t.Error("it is cut")
			}
			if out.Len() > 0 {
				t.Errorf("%d bytes were written before the mistake was found", out.Len())
			}
		})
	}
	if n, ok := b.enc.CountCachedPictures(broken); ok {
		t.Errorf("what is no segment has %d pictures", n)
	}
}

// TestTheEncodersOwnMistakes checks that an encoder that writes too few pictures is an error.
func TestTheEncodersOwnMistakes(t *testing.T) {
	t.Parallel()
	b := newBench(t, 96, 64, fps(10, 1))
	if err := b.enc.EncodeStills(t.Context(), [][]byte{b.pattern(1)}, []cache.Key{key("a"), key("b")}); err == nil {
		t.Error("one picture passes for two")
	}
	if err := b.enc.EncodeStills(t.Context(), [][]byte{b.pattern(1), b.pattern(2)}, []cache.Key{key("c")}); err == nil {
		t.Error("two pictures pass for one")
	}
	if err := b.enc.EncodeFrames(t.Context(), key("d"), bytes.NewReader(nil), nil); err == nil ||
		b.enc.HasSegment(key("d")) {
		t.Errorf("no picture passes for some: %v", err)
	}
}
