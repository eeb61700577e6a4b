package mp4_test

import (
	"bytes"
	"io"
	"testing"

	"mynah/internal/mp4"
)

// newSmallFile returns a small file with three pictures and four packets of sound.
func newSmallFile(tb testing.TB, first int64, offsets ...uint32) []byte {
	tb.Helper()
	fill := func(size int) func(io.Writer, int) error {
		return func(w io.Writer, n int) error {
			_, err := w.Write(make([]byte, n*size))
			return err
		}
	}
	var out bytes.Buffer
	_, err := mp4.WriteMovie(&out, &mp4.Movie{Tracks: []*mp4.Track{
		{
			Kind: mp4.Video, Entry: mp4.EncodeAVCEntry(64, 64, []byte{1, 2, 3}),
			Timing: mp4.Timing{Timescale: 12800, Delta: 512, Offsets: offsets},
			Sizes:  []uint32{10, 10, 10}, Sync: []uint32{0}, Width: 64, Height: 64,
			Presentation: mp4.Presentation{MediaTime: first, Duration: 5760}, Next: fill(10),
		},
		{
			Kind: mp4.Audio, Entry: mp4.EncodeAACEntry(1, 48000, 64000, []byte{0x11, 0x88}),
			Timing: mp4.Timing{Timescale: 48000, Delta: 1024}, Sizes: []uint32{
				7, 7, 7,
				7,
			}, Presentation: mp4.Presentation{MediaTime: 1024, Duration: 5760}, Next: fill(7),
		},
	}})
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func TestInspect(t *testing.T) {
	t.Parallel()
	b := newSmallFile(t, 0)
	found, err := mp4.ReadTrackInfos(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	for i, want := range []mp4.TrackInfo{
		{Handler: "vide", Samples: 3, Timed: 3, Length: 1536, Scale: 12800, Bytes: 30, Shown: 5760, IsSteady: true},
		{Handler: "soun", Samples: 4, Timed: 4, Length: 4096, Scale: 48000, Bytes: 28, Shown: 5760, Start: 1024},
	} {
		got := found[i]
		if got.First <= 0 || got.Last < got.First || got.First+got.Bytes > int64(len(b)) {
			t.Errorf("the samples lie at %d and %d of %d bytes", got.First, got.Last, len(b))
		}
		got.First, got.Last = 0, 0
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	for n := range 200 { // truncated anywhere in the index
		if _, err := mp4.ReadTrackInfos(bytes.NewReader(b[:n]), int64(n)); err == nil {
			t.Errorf("%d bytes of it are read without an error", n)
		}
	}
}

// TestInspectChecksTheOrder checks which composition offsets are those of a constant frame rate from time 0 on.
func TestInspectChecksTheOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first   int64
		offsets []uint32
		want    bool
	}{
		"in the order of decoding":          {0, nil, true},
		"a late beginning":                  {512, nil, false},
		"the second is shown last":          {512, []uint32{512, 1024, 0}, true},
		"the presentation begins too early": {0, []uint32{512, 1024, 0}, false},
		"the presentation begins too late":  {1024, []uint32{512, 1024, 0}, false},
		"two at the same time":              {512, []uint32{512, 512, 0}, false},
		"between two frames":                {512, []uint32{512, 1000, 0}, false},
		"a gap":                             {0, []uint32{0, 0, 512}, false},
	} {
		b := newSmallFile(t, c.first, c.offsets...)
		found, err := mp4.ReadTrackInfos(bytes.NewReader(b), int64(len(b)))
		if err != nil || found[0].IsSteady != c.want || found[0].Start != c.first {
			t.Errorf("%s: %+v, %v", name, found[0], err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(newSmallFile(f, 0))
	f.Add(newSmallFile(f, 512, 512, 1024, 0))
	f.Add([]byte("\x00\x00\x00\x08moov"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = mp4.ReadTrackInfos(bytes.NewReader(b), int64(len(b)))
	})
}
