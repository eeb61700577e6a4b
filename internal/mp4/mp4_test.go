package mp4_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"mynah/internal/mp4"
)

// newTrack returns a track with generated samples, each with different bytes.
func newTrack(kind mp4.Kind, number byte, count int, scale, delta uint32) *mp4.Track {
	t := &mp4.Track{Kind: kind, Timing: mp4.Timing{Timescale: scale, Delta: delta}, Width: 64, Height: 36}
	switch kind {
	case mp4.Audio:
		t.Entry = mp4.EncodeAACEntry(2, 48000, 128000, []byte{0x11, 0x90})
	case mp4.Video:
		t.Entry = mp4.EncodeAVCEntry(64, 36, []byte{1, 100, 0, 30, 0xff, 0xe0, 0})
	case mp4.Text:
		t.Entry = tx3g()
	}
	for i := range count {
		t.Sizes = append(t.Sizes, uint32(1+(i*7+int(number))%50))
	}
	t.Duration = int64(count) * int64(delta) * mp4.MovieTimescale / int64(scale)
	next := 0
	t.Next = func(w io.Writer, n int) error {
		for range n {
			if _, err := w.Write(content(number, next, int(t.Sizes[next]))); err != nil {
				return err
			}
			next++
		}
		return nil
	}
	return t
}

func content(number byte, i, size int) []byte {
	return bytes.Repeat([]byte{number<<6 | byte(i)&63}, size)
}

// tx3g returns a sample entry of plain text (3GPP TS 26.245, 5.16).
func tx3g() []byte {
	body := append(make([]byte, 7), 1)
	body = append(body, make([]byte, 38)...)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), "tx3g"...), body...)
}

func write(t *testing.T, m *mp4.Movie) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := mp4.WriteMovie(&b, m)
	if err != nil {
		t.Fatal(err)
	}
	if n != int64(b.Len()) {
		t.Errorf("it says that it wrote %d bytes, of %d", n, b.Len())
	}
	return b.Bytes()
}

func movie() *mp4.Movie {
	video := newTrack(mp4.Video, 0, 130, 12800, 512)
	video.Sync = []uint32{0, 64, 100}
	audio := newTrack(mp4.Audio, 1, 245, 48000, 1024)
	audio.MediaTime, audio.Duration = 1024, 249600
	return &mp4.Movie{Tracks: []*mp4.Track{video, audio}, Tags: []mp4.Tag{{mp4.TagTitle, "Türme"}, {mp4.TagArtist, ""}}}
}

// TestEverySampleIsWhereTheIndexSays finds samples by the index, as players do.
func TestEverySampleIsWhereTheIndexSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		movie *mp4.Movie
	}{
		{"picture and sound", movie()},
		{"picture alone", &mp4.Movie{Tracks: []*mp4.Track{newTrack(mp4.Video, 0, 300, 30000, 1001)}}},
		{"one sample", &mp4.Movie{Tracks: []*mp4.Track{newTrack(mp4.Video, 0, 1, 12800, 512)}}},
		{"samples longer than a second", &mp4.Movie{Tracks: []*mp4.Track{
			newTrack(mp4.Video, 0, 9, 10, 27),
			newTrack(mp4.Audio, 1, 40, 10, 7),
		}}},
		{"tracks of unequal length", &mp4.Movie{Tracks: []*mp4.Track{
			newTrack(mp4.Video, 0, 30, 25, 1),
			newTrack(mp4.Audio, 1, 500, 48000, 1024), newTrack(mp4.Text, 2, 3, 1, 2),
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := write(t, c.movie)
			file := walk(t, b, 0)
			if got := kinds(file); !slices.Equal(got, []string{"ftyp", "moov", "mdat"}) {
				t.Fatalf("the boxes are %q; the index must stand in front", got)
			}
			fills(t, file, int64(len(b)))
			for n, trak := range tracks(t, file) {
				for i, e := range samples(t, trak) {
					if want := content(byte(n), i, int(c.movie.Tracks[n].Sizes[i])); !bytes.Equal(b[e.at:e.at+e.size], want) {
						t.Fatalf("track %d: the index leads to another place than that of sample %d", n, i)
					}
				}
				if find(t, must(t, trak.children, "mdia/minf/stbl").children, "co64") != nil {
					t.Errorf("track %d of a small file has long offsets", n)
				}
			}
		})
	}
}

// TestPictureAndSoundLieTogether checks that the tracks are interleaved, so that players need little
// memory.
func TestPictureAndSoundLieTogether(t *testing.T) {
	t.Parallel()
	b := write(t, movie())
	trak := tracks(t, walk(t, b, 0))
	video, audio := samples(t, trak[0]), samples(t, trak[1])
	for i, v := range video {
		second := float64(i) * 512 / 12800
		a := audio[min(int(second*48000/1024), len(audio)-1)]
		between := int64(0)
		for _, e := range slices.Concat(video, audio) {
			if e.at > min(a.at, v.at) && e.at < max(a.at, v.at) {
				between++
			}
		}
		if between > 25+47 {
			t.Fatalf("%d samples lie between the picture and the sound of %.2f s", between, second)
		}
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	trak := tracks(t, walk(t, write(t, movie()), 0))
	table := func(n *node, from int) []int64 {
		var out []int64
		for i := from; i+4 <= len(n.body); i += 4 {
			out = append(out, n.u32(i))
		}
		return out
	}
	video, audio := trak[0].children, trak[1].children
	for _, c := range []struct {
		name string
		got  []int64
		want []int64
	}{
		{"sync samples count from 1", table(must(t, video, "mdia/minf/stbl/stss"), 4), []int64{3, 1, 65, 101}},
		{"times of the picture", table(must(t, video, "mdia/minf/stbl/stts"), 4), []int64{1, 130, 512}},
		{"times of the sound", table(must(t, audio, "mdia/minf/stbl/stts"), 4), []int64{1, 245, 1024}},
		{"every sample of sound takes a roll", table(must(t, audio, "mdia/minf/stbl/sbgp"), 8), []int64{1, 245, 1}},
		{"the edit list of the picture", table(must(t, video, "edts/elst"), 4), []int64{1, 0, 249600, 0, 0, 1 << 16}},
		{
			"the edit list of the sound passes over the delay", table(must(t, audio, "edts/elst"), 4),
			[]int64{1, 0, 249600, 0, 1024, 1 << 16},
		},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	// bt709 in primaries, transfer and matrix, limited range: ISO/IEC 23091-2.
	if colr := must(t, video, "mdia/minf/stbl/stsd/avc1/colr").body; !bytes.Equal(colr, []byte("nclx\x00\x01\x00\x01\x00\x01\x00")) {
		t.Errorf("the colours are %q", colr)
	}
	if find(t, audio, "mdia/minf/stbl/stss") != nil {
		t.Error("sound, which can start anywhere, lists where it can")
	}
}

// TestDeltas checks samples of different durations, such as those of text.
func TestDeltas(t *testing.T) {
	t.Parallel()
	text := newTrack(mp4.Text, 1, 6, 1000, 0)
	text.Deltas = []uint32{500, 500, 2000, 500, 500, 500}
	text.Duration = 4.5 * mp4.MovieTimescale
	b := write(t, &mp4.Movie{Tracks: []*mp4.Track{newTrack(mp4.Video, 0, 113, 12800, 512), text}})
	file := walk(t, b, 0)
	fills(t, file, int64(len(b)))
	stts := must(t, tracks(t, file)[1].children, "mdia/minf/stbl/stts")
	var got []int64
	for i := 4; i < len(stts.body); i += 4 {
		got = append(got, stts.u32(i))
	}
	if want := []int64{3, 2, 500, 1, 2000, 3, 500}; !slices.Equal(got, want) {
		t.Errorf("the table of times is %v, want %v", got, want)
	}
	if mdhd := must(t, tracks(t, file)[1].children, "mdia/mdhd"); mdhd.u64(24) != 4500 {
		t.Errorf("the track lasts %d, want 4500", mdhd.u64(24))
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	// Three letters of five bits, ISO/IEC 14496-12 8.4.2.
	for code, want := range map[string]int64{"deu": 0x10b5, "eng": 0x15c7, "": 0x55c4, "en": 0x55c4, "english": 0x55c4} {
		track := newTrack(mp4.Video, 0, 1, 25, 1)
		track.Language = code
		mdhd := must(t, tracks(t, walk(t, write(t, &mp4.Movie{Tracks: []*mp4.Track{track}}), 0))[0].children, "mdia/mdhd")
		if got := mdhd.u32(32) >> 16; got != want {
			t.Errorf("%q is %#x, want %#x", code, got, want)
		}
	}
}

func TestDisabledTracksSaySo(t *testing.T) {
	t.Parallel()
	video, text := newTrack(mp4.Video, 0, 25, 25, 1), newTrack(mp4.Text, 1, 1, 1, 1)
	video.Chapters, text.Disabled = 1, true
	trak := tracks(t, walk(t, write(t, &mp4.Movie{Tracks: []*mp4.Track{video, text}}), 0))
	for i, want := range []int64{3, 2} { // in the movie; and enabled
		if got := must(t, trak[i].children, "tkhd").u32(0) & 0xffffff; got != want {
			t.Errorf("track %d has the flags %d, want %d", i, got, want)
		}
	}
	if chap := must(t, trak[0].children, "tref").body; !bytes.Equal(chap, []byte{0, 0, 0, 12, 'c', 'h', 'a', 'p', 0, 0, 0, 2}) {
		t.Errorf("the picture names its chapters as %v", chap)
	}
}

func TestSameMovieSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(write(t, movie()), write(t, movie())) {
		t.Error("the same movie has different bytes")
	}
}

// wire discards data, but keeps the header and the offsets of small writes.
type wire struct {
	n      int64
	head   []byte
	marked map[string]int64
}

func (s *wire) Write(b []byte) (int, error) {
	if s.n+int64(len(b)) < 1<<20 {
		s.head = append(s.head, b...)
	}
	if bytes.HasPrefix(b, []byte("mark")) {
		s.marked[string(b)] = s.n
	}
	s.n += int64(len(b))
	return len(b), nil
}

// huge returns a track of large samples, each with its number in front.
func huge(number, count int, size uint32) *mp4.Track {
	t := newTrack(mp4.Video, 0, count, 25, 5)
	for i := range t.Sizes {
		t.Sizes[i] = size
	}
	zeros := make([]byte, 8<<20)
	next := 0
	t.Next = func(w io.Writer, n int) error {
		for range n {
			mark := fmt.Sprintf("mark %d %d", number, next)
			next++
			if _, err := io.WriteString(w, mark); err != nil {
				return err
			}
			for left := int(size) - len(mark); left > 0; left -= min(left, len(zeros)) {
				if _, err := w.Write(zeros[:min(left, len(zeros))]); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return t
}

// TestLargeFiles checks that offsets above 4 GiB have 64 bits.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	for _, c := range []struct {
		name          string
		count         int
		size          uint32
		offsets, mdat int // bytes of a number
	}{
		{"small", 4, mega, 4, 4},
		{"most of 4 GiB", 20, 99 * mega, 4, 4},
		{"just below 4 GiB", 32, 64*mega - 64, 8, 4},
		{"just above 4 GiB", 32, 64 * mega, 8, 8},
		{"far above", 90, 100 * mega, 8, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := &mp4.Movie{Tracks: []*mp4.Track{huge(0, c.count, c.size), huge(1, c.count, c.size)}}
			s := &wire{marked: map[string]int64{}}
			n, err := mp4.WriteMovie(s, m)
			if err != nil || n != s.n {
				t.Fatalf("%d of %d bytes: %v", n, s.n, err)
			}
			file := walk(t, s.head, 0)
			fills(t, file, s.n)
			for i, trak := range tracks(t, file) {
				stbl := must(t, trak.children, "mdia/minf/stbl").children
				if long := find(t, stbl, "co64") != nil; long != (c.offsets == 8) {
					t.Errorf("long offsets: %v, want %v", long, !long)
				}
				for k, e := range samples(t, trak) {
					if at, ok := s.marked[fmt.Sprintf("mark %d %d", i, k)]; !ok || at != e.at {
						t.Fatalf("sample %d of track %d is at %d according to the index, but at %d", k, i, e.at, at)
					}
				}
			}
			mdat := must(t, file, "mdat")
			long := binary.BigEndian.Uint32(s.head[mdat.at:]) == 1
			if long != (c.mdat == 8) || !long && mdat.size > math.MaxUint32 {
				t.Errorf("the media data of %d bytes state a long size: %v", mdat.size, long)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, c := range []struct {
		name   string
		change func(m *mp4.Movie)
		w      io.Writer
		want   error // nil for any error
	}{
		{"a sample shorter than its size", func(m *mp4.Movie) {
			m.Tracks[0].Sizes[3]++
			m.Tracks[0].Next = newTrack(mp4.Video, 0, 130, 12800, 512).Next
		}, io.Discard, nil},
		{"the last sample shorter than its size", func(m *mp4.Movie) {
			m.Tracks = m.Tracks[:1]
			m.Tracks[0].Sizes[129]++
			m.Tracks[0].Next = newTrack(mp4.Video, 0, 130, 12800, 512).Next
		}, io.Discard, nil},
		{"fewer durations than samples", func(m *mp4.Movie) { m.Tracks[0].Deltas = []uint32{1, 2} }, io.Discard, nil},
		{"samples that cannot be read", func(m *mp4.Movie) {
			m.Tracks[1].Next = func(io.Writer,
				int,
			) error {
				return broken
			}
		}, io.Discard, broken},
		{"a writer that fails in the head", func(*mp4.Movie) {}, &full{room: 100, err: broken}, broken},
		{"a writer that fails in the samples", func(*mp4.Movie) {}, &full{room: 6000, err: broken}, broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := movie()
			c.change(m)
			_, err := mp4.WriteMovie(c.w, m)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("the error is %v, want %v", err, c.want)
			}
		})
	}
}

// full is a writer that fails after a number of bytes.
type full struct {
	room int
	err  error
}

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, f.err
	}
	return len(b), nil
}
