package film_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/testrun"
)

// drift returns a raw frame of a texture that moves, so that the encoder uses B pictures. seed selects the texture.
func (b *bench) drift(seed, n int) []byte {
	w, h := b.pic.Width, b.pic.Height
	out := bytes.Repeat([]byte{128}, w*h*3/2)
	for y := range h {
		for x := range w {
			u, v := (x+2*n)/4, (y+n)/4
			out[y*w+x] = byte(60 + (u*u*7+v*v*5+u*v*seed)%97 + x*40/w)
		}
	}
	return out
}

// drifts stores a segment of moving pictures.
func (b *bench) drifts(t *testing.T, seed, n int) cache.Key {
	t.Helper()
	k := key(fmt.Sprint("drift ", seed, " ", n))
	var frames bytes.Buffer
	for i := range n {
		frames.Write(b.drift(seed, i))
	}
	if err := b.enc.EncodeFrames(t.Context(), k, &frames, nil); err != nil {
		t.Fatal(err)
	}
	return k
}

// crossing stores a segment of a crossfade between two pictures.
func (b *bench) crossing(t *testing.T, n int) cache.Key {
	t.Helper()
	from, to := b.drift(3, 0), b.drift(11, 40)
	var frames []byte
	for i := range n {
		f := slices.Clone(from)
		for k := range f {
			f[k] = byte((int(from[k])*(n-i) + int(to[k])*i) / n)
		}
		frames = append(frames, f...)
	}
	k := key(fmt.Sprint("crossing ", n))
	err := b.enc.EncodeCrossings(t.Context(), bytes.NewReader(frames), []int64{int64(n)}, []cache.Key{k})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// film returns a film with the runs and silence.
func (b *bench) film(runs ...film.SegmentRun) *film.Film {
	f := &film.Film{Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1), Runs: runs}
	f.Samples = f.CountFrames() * 48000 * b.pic.FPS.Den / b.pic.FPS.Num
	f.Sound = silent(f.Samples)
	return f
}

// checkTimes checks that the frames of a video are shown at a constant rate from time 0 on, and returns the types of
// its pictures in the order in which they are shown.
func checkTimes(t *testing.T, path string, fps int64) string {
	t.Helper()
	var times []string
	for line := range strings.FieldsSeq(run(t, nil, "ffprobe", "-v", "error", "-select_streams", "v",
		"-show_entries", "packet=pts_time", "-of", "csv=p=0", path)) {
		times = append(times, strings.Trim(line, ","))
	}
	slices.SortFunc(times, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for i, got := range times {
		if want := fmt.Sprintf("%.6f", float64(i)/float64(fps)); got != want {
			t.Fatalf("%s: frame %d is shown at %s, want %s", path, i, got, want)
		}
	}
	var types strings.Builder
	for line := range strings.FieldsSeq(run(t, nil, "ffprobe", "-v", "error", "-select_streams", "v",
		"-show_entries", "frame=pict_type", "-of", "csv=p=0", path)) {
		types.WriteString(strings.Trim(line, ","))
	}
	return types.String()
}

// TestReorderedSegmentsAreJoined checks that segments with B pictures decode between stills as each alone, hold their
// last pictures, and can be cut at intra pictures.
func TestReorderedSegmentsAreJoined(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	b := newBench(t, 192, 128, fps(10, 1))
	still, long, crossing := b.encodeStill(t, 1), b.drifts(t, 3, 120), b.crossing(t, 12)
	runs := []film.SegmentRun{
		{Segment: still, Frames: 3},
		{Segment: long, Frames: 120},
		{Segment: long, Take: 50, Frames: 50},
		{Segment: still, Frames: 2},
		{Segment: long, Take: 100, Frames: 400}, // more skip pictures than the range of their numbers
		{Segment: crossing, Frames: 12},
		{Segment: b.encodeStill(t, 2), Frames: 2},
		{Segment: crossing, Frames: 40, Cycle: 14},
		{Segment: b.chain(t, 3), Frames: 9, Holds: []int64{3, 1, 5}},
	}
	for n := 1; n <= 14; n++ { // every end of a group of B pictures
		runs = append(runs, film.SegmentRun{Segment: b.drifts(t, 5+n, n), Frames: int64(n) + 3})
	}
	f := b.film(runs...)
	path := written(t, b, f)
	got := pictures(t, nil, "-i", path)
	if types := checkTimes(t, path, 10); strings.Count(types[3:123], "B") < 40 || !strings.Contains(types[575:587], "B") {
		t.Errorf("the types of the pictures are %s", types)
	}
	alone := map[cache.Key][]string{}
	var want []string
	for _, r := range runs {
		sums := alone[r.Segment]
		if sums == nil {
			sums = pictures(t, nil, "-i", written(t, b, b.film(film.SegmentRun{
				Segment: r.Segment, Frames: b.countPictures(t, r.Segment),
			})))
			alone[r.Segment] = sums
		}
		want = append(want, shown(r, sums)...)
	}
	if !slices.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("frame %d of %d differs from its segment's picture decoded alone", i, len(got))
			}
		}
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
	b.checkAccess(t, f, path, got)
	b.checkSeams(t, f)
}

func (b *bench) countPictures(t *testing.T, k cache.Key) int64 {
	t.Helper()
	n, ok := b.enc.CountCachedPictures(k)
	if !ok {
		t.Fatal("no segment")
	}
	return int64(n)
}

// shown returns what a run shows of its segment's pictures.
func shown(r film.SegmentRun, sums []string) []string {
	var out []string
	if r.Holds != nil {
		for i, n := range r.Holds {
			out = append(out, slices.Repeat(sums[i:i+1], int(n))...)
		}
		return out
	}
	take := len(sums)
	if r.Take > 0 {
		take = r.Take
	}
	for i := range r.Frames {
		if r.Cycle > 0 {
			i %= r.Cycle
		}
		out = append(out, sums[min(int(i), take-1)])
	}
	return out
}

// checkAccess checks that a player that seeks, and a poster, show the right frame.
func (b *bench) checkAccess(t *testing.T, f *film.Film, path string, want []string) {
	t.Helper()
	track, err := f.OpenPictureTrack(b.store)
	if err != nil {
		t.Fatal(err)
	}
	defer track.Close()
	for _, n := range []int{0, 3, 4, 5, 6, 7, 60, 122, 123, 170, 173, 175, 180, 274, 275, 276, 500, 575, 580, 586, 590, 605} {
		at := fmt.Sprintf("%.6f", float64(n)/10)
		if got := pictures(t, nil, "-ss", at, "-i", path, "-frames:v", "1"); got[0] != want[n] {
			t.Errorf("a player that seeks to frame %d shows another", n)
		}
		var stream bytes.Buffer
		place, err := track.WriteAnnexB(&stream, int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if got := pictures(t, stream.Bytes(), "-f", "h264", "-i", "-"); len(got) < place || got[place-1] != want[n] {
			t.Errorf("frame %d decodes to another picture than in the film (%d of %d)", n, place, len(got))
		}
	}
}

// checkSeams decodes the stream by which new segments are checked.
func (b *bench) checkSeams(t *testing.T, f *film.Film) {
	t.Helper()
	var stream bytes.Buffer
	n, err := f.WriteSeams(b.store, f.ListNewSegments(func(cache.Key) bool { return true }), &stream)
	if err != nil {
		t.Fatal(err)
	}
	if got := pictures(t, stream.Bytes(), "-f", "h264", "-i", "-"); len(got) != n {
		t.Errorf("%d of %d pictures at seams were decoded", len(got), n)
	}
}

// TestCutsAreRightOrRefused cuts a segment at every frame. Where its pictures need later ones, this is an error.
func TestCutsAreRightOrRefused(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	b := newBench(t, 192, 128, fps(10, 1))
	still, moving := b.encodeStill(t, 1), b.drifts(t, 3, 60)
	want := pictures(t, nil, "-i", written(t, b, b.film(film.SegmentRun{Segment: moving, Frames: 60})))
	refused := 0
	for n := 1; n <= 60; n++ {
		for _, r := range []film.SegmentRun{
			{Segment: moving, Take: n, Frames: int64(n) + 2},
			{Segment: moving, Frames: int64(n)},
			{Segment: moving, Frames: 60 + int64(n), Cycle: 60},
		} {
			f := b.film(r, film.SegmentRun{Segment: still, Frames: 1})
			var file bytes.Buffer
			if _, err := f.WriteMP4(b.store, &file); err != nil {
				if n == 50 || n == 60 || !strings.Contains(err.Error(), "cannot be cut") {
					t.Errorf("%d frames: %v", n, err)
				}
				refused++
				continue
			}
			if n%7 != 1 && n < 48 {
				continue // decoding each takes long
			}
			path := filepath.Join(t.TempDir(), "cut.mp4")
			if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			got := pictures(t, nil, "-i", path)
			if !slices.Equal(got[:len(got)-1], shown(r, want)) {
				t.Errorf("%+v shows wrong pictures", r)
			}
		}
	}
	if refused < 60 {
		t.Errorf("only %d cuts are refused; the segment has few B pictures", refused)
	}
}

// TestCompatibleVideosHaveOneParameterSet checks the number of sequence parameter sets in the file.
func TestCompatibleVideosHaveOneParameterSet(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, c := range []struct {
		b    *bench
		sets byte
	}{
		{newBench(t, 192, 128, fps(10, 1)), 2},
		{newCompatibleBench(t, 192, 128, fps(10, 1)), 1},
	} {
		path := written(t, c.b, c.b.film(
			film.SegmentRun{Segment: c.b.encodeStill(t, 1), Frames: 2},
			film.SegmentRun{Segment: c.b.drifts(t, 3, 20), Frames: 20},
			film.SegmentRun{Segment: c.b.crossing(t, 9), Frames: 9},
		))
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, record, ok := bytes.Cut(file, []byte("avcC"))
		if !ok || record[5]&31 != c.sets {
			t.Errorf("%d sequence parameter sets, want %d", record[5]&31, c.sets)
		}
		if hasOffsets := bytes.Contains(file, []byte("ctts")); hasOffsets != (c.sets == 2) {
			t.Errorf("%d sets, and composition offsets: %v", c.sets, hasOffsets)
		}
		if types := checkTimes(t, path, 10); strings.Contains(types, "B") != (c.sets == 2) {
			t.Errorf("%d sets: pictures of the types %s", c.sets, types)
		}
	}
}

// TestCrossingsAreApart checks that the bytes of a cross-fade do not depend on the others in the same
// process.
func TestCrossingsAreApart(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	b := newBench(t, 96, 64, fps(10, 1))
	frames := func(from, count int) []byte {
		var out []byte
		for i := range count {
			out = append(out, b.pattern(from+i)...)
		}
		return out
	}
	last := frames(70, 5)
	segment := func(k cache.Key) []byte {
		s, ok := b.store.ReadEntry(cache.Segments, k)
		if !ok {
			t.Fatal("no segment")
		}
		return s
	}
	alone := key("crossing alone")
	if err := b.enc.EncodeCrossings(t.Context(), bytes.NewReader(last), []int64{5}, []cache.Key{alone}); err != nil {
		t.Fatal(err)
	}
	for i, before := range [][]int64{{3}, {1, 7}, {2, 2, 2}} {
		var all []byte
		var keys []cache.Key
		for k, n := range before {
			all = append(all, frames(10*k, int(n))...)
			keys = append(keys, key(fmt.Sprint("crossing ", i, k)))
		}
		k := key(fmt.Sprint("crossing last ", i))
		if err := b.enc.EncodeCrossings(t.Context(), bytes.NewReader(append(all, last...)), append(before, 5),
			append(keys, k)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(segment(k), segment(alone)) {
			t.Errorf("behind crossfades of %v frames it has other bytes", before)
		}
		k = key(fmt.Sprint("crossing first ", i))
		for n := range keys {
			keys[n] = key(fmt.Sprint("crossing behind ", i, n))
		}
		if err := b.enc.EncodeCrossings(t.Context(), bytes.NewReader(append(slices.Clone(last), all...)),
			append([]int64{5}, before...), append([]cache.Key{k}, keys...)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(segment(k), segment(alone)) {
			t.Errorf("before crossfades of %v frames it has other bytes", before)
		}
	}
}
