package sound_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"mynah/internal/sound"
)

// tape is a source with samples in memory. It counts open readers.
type tape struct {
	samples  []int16 // interleaved if stereo
	channels int
	fail     error // returned after the last sample instead of io.EOF
	open     int
	opened   int
}

func mono(samples ...int16) *tape   { return &tape{samples: samples, channels: 1} }
func stereo(samples ...int16) *tape { return &tape{samples: samples, channels: 2} }

func (s *tape) Channels() int { return s.channels }

func (s *tape) Frames() (int64, error) { return int64(len(s.samples) / s.channels), nil }

func (s *tape) Open(frame int64) (io.ReadCloser, error) {
	s.open++
	s.opened++
	var b bytes.Buffer
	for _, v := range s.samples[min(int(frame)*s.channels, len(s.samples)):] {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return &reel{tape: s, r: &b}, nil
}

// reel is a reader that returns a few bytes at a time, ignoring sample boundaries.
type reel struct {
	tape *tape
	r    *bytes.Buffer
}

func (r *reel) Read(b []byte) (int, error) {
	n, err := r.r.Read(b[:min(len(b), 4093)])
	if errors.Is(err, io.EOF) && r.tape.fail != nil {
		err = r.tape.fail
	}
	return n, err
}

func (r *reel) Close() error {
	r.tape.open--
	return nil
}

func mix(t *testing.T, clips []sound.Clip, samples int64, channels int) []int16 {
	t.Helper()
	var b bytes.Buffer
	if err := sound.WriteMix(t.Context(), clips, samples, channels, &b); err != nil {
		t.Fatal(err)
	}
	out := make([]int16, b.Len()/2)
	if err := binary.Read(&b, binary.LittleEndian, out); err != nil {
		t.Fatal(err)
	}
	for i, c := range clips {
		if s, ok := c.Source.(*tape); ok && s.open != 0 {
			t.Errorf("clip %d: %d readers are still open", i, s.open)
		}
	}
	return out
}

func TestMix(t *testing.T) {
	t.Parallel()
	const most, least = math.MaxInt16, math.MinInt16
	for _, c := range []struct {
		name     string
		channels int
		samples  int64
		clips    []sound.Clip
		want     []int16
	}{
		{"nothing is silence", 1, 3, nil, []int16{0, 0, 0}},
		{"nothing in stereo", 2, 2, nil, []int16{0, 0, 0, 0}},
		{"no samples", 1, 0, []sound.Clip{{Source: mono(5), Samples: 1, Gain: 1000}}, nil},
		{"as recorded", 1, 4, []sound.Clip{{Source: mono(1, -2, most, least), Samples: 4, Gain: 1000}}, []int16{1, -2, most, least}},
		{"at its place", 1, 5, []sound.Clip{{Source: mono(7, 8), Start: 2, Samples: 2, Gain: 1000}}, []int16{0, 0, 7, 8, 0}},
		{"cut by its length", 1, 4, []sound.Clip{{Source: mono(7, 8, 9), Start: 1, Samples: 2, Gain: 1000}}, []int16{0, 7, 8, 0}},
		{"shorter than its length", 1, 4, []sound.Clip{{Source: mono(7, 8), Samples: 4, Gain: 1000}}, []int16{7, 8, 0, 0}},
		{"cut by the end", 1, 3, []sound.Clip{{Source: mono(7, 8, 9), Start: 2, Samples: 3, Gain: 1000}}, []int16{0, 0, 7}},
		{"behind the end", 1, 2, []sound.Clip{{Source: mono(7), Start: 2, Samples: 1, Gain: 1000}}, []int16{0, 0}},
		{"before the beginning", 1, 2, []sound.Clip{{Source: mono(7, 8), Start: -2, Samples: 2, Gain: 1000}}, []int16{0, 0}},
		{"of no length", 1, 2, []sound.Clip{{Source: mono(7), Samples: 0, Gain: 1000}}, []int16{0, 0}},
		{"from the middle of the source", 1, 3, []sound.Clip{{
			Source: mono(1, 2, 3, 4), From: 2, Samples: 2,
			Gain: 1000,
		}}, []int16{3, 4, 0}},
		{"from behind the end of the source", 1, 2, []sound.Clip{{Source: mono(1, 2), From: 9, Samples: 2, Gain: 1000}}, []int16{0, 0}},
		{"overlaps add up", 1, 4, []sound.Clip{
			{Source: mono(1, 1, 1), Samples: 3, Gain: 1000},
			{Source: mono(10, 10, 10), Start: 1, Samples: 3, Gain: 1000},
		}, []int16{1, 11, 11, 10}},
		{"in whatever order they are listed", 1, 3, []sound.Clip{
			{Source: mono(3), Start: 2, Samples: 1, Gain: 1000},
			{Source: mono(1), Start: 0, Samples: 1, Gain: 1000},
			{Source: mono(2), Start: 1, Samples: 1, Gain: 1000},
		}, []int16{1, 2, 3}},
		{"held at the limits", 1, 2, []sound.Clip{
			{Source: mono(most, least), Samples: 2, Gain: 1000},
			{Source: mono(1, -1), Samples: 2, Gain: 1000},
		}, []int16{most, least}},
		{"only the sum is held", 1, 1, []sound.Clip{
			{Source: mono(most), Samples: 1, Gain: 1000},
			{Source: mono(most), Samples: 1, Gain: 1000},
			{Source: mono(least), Samples: 1, Gain: 1000},
		}, []int16{most - 1}},
		{"gain is rounded to the nearest", 1, 5, []sound.Clip{{
			Source: mono(100, 3, 2, -3, -100), Samples: 5,
			Gain: 250,
		}}, []int16{25, 1, 1, -1, -25}},
		{"gain above one", 1, 3, []sound.Clip{{Source: mono(100, -100, 30000), Samples: 3, Gain: 1500}}, []int16{150, -150, most}},
		{"muted", 1, 2, []sound.Clip{{Source: mono(100, -100), Samples: 2, Gain: 0}}, []int16{0, 0}},
		{"fade in", 1, 6, []sound.Clip{{
			Source: mono(100, 100, 100, 100, 100, 100), Samples: 6, Gain: 1000,
			FadeIn: 4,
		}}, []int16{0, 25, 50, 75, 100, 100}},
		{"fade out", 1, 6, []sound.Clip{{
			Source: mono(100, 100, 100, 100, 100, 100), Samples: 6, Gain: 1000,
			FadeOut: 4,
		}}, []int16{100, 100, 80, 60, 40, 20}},
		{"fades and gain multiply", 1, 3, []sound.Clip{{
			Source: mono(800, 800, 800), Samples: 3, Gain: 500, FadeIn: 2,
			FadeOut: 1,
		}}, []int16{0, 200, 200}},
		{
			"the fade out ends where the clip ends, not the source", 1, 3,
			[]sound.Clip{{Source: mono(90, 90, 90, 90), Samples: 3, Gain: 1000, FadeOut: 2}},
			[]int16{90, 60, 30},
		},
		{
			"a loop begins again", 1, 7,
			[]sound.Clip{{Source: mono(1, 2, 3), Samples: 6, Gain: 1000, Loop: true}},
			[]int16{1, 2, 3, 1, 2, 3, 0},
		},
		{"a loop begins again where it began", 1, 6, []sound.Clip{{
			Source: mono(1, 2, 3), From: 1, Samples: 5,
			Gain: 1000, Loop: true,
		}}, []int16{2, 3, 2, 3, 2, 0}},
		{"a loop of nothing ends", 1, 2, []sound.Clip{{Source: mono(), Samples: 2, Gain: 1000, Loop: true}}, []int16{0, 0}},
		{"a fade goes over the whole loop", 1, 4, []sound.Clip{{
			Source: mono(100), Samples: 4, Gain: 1000, Loop: true,
			FadeIn: 2,
		}}, []int16{0, 50, 100, 100}},
		{"mono into stereo", 2, 2, []sound.Clip{{Source: mono(5, -6), Samples: 2, Gain: 1000}}, []int16{5, 5, -6, -6}},
		{"stereo", 2, 2, []sound.Clip{{Source: stereo(1, 2, 3, 4), Samples: 2, Gain: 1000}}, []int16{1, 2, 3, 4}},
		{"stereo from a frame on", 2, 1, []sound.Clip{{Source: stereo(1, 2, 3, 4), From: 1, Samples: 1, Gain: 1000}}, []int16{3, 4}},
		{"stereo into mono", 1, 3, []sound.Clip{{
			Source: stereo(10, 20, most, most, least, least), Samples: 3,
			Gain: 1000,
		}}, []int16{15, most, least}},
		{"mono and stereo", 2, 2, []sound.Clip{
			{Source: stereo(1, 2, 3, 4), Samples: 2, Gain: 1000},
			{Source: mono(10, 20), Samples: 2, Gain: 1000},
		}, []int16{11, 12, 23, 24}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := mix(t, c.clips, c.samples, c.channels); !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

// TestPositionsAreExact places single loud samples in a long track, around block boundaries.
func TestPositionsAreExact(t *testing.T) {
	t.Parallel()
	const length = 40000
	for _, channels := range []int{1, 2} {
		want := make([]int16, length*channels)
		var clips []sound.Clip
		for n := range int64(120) {
			start := n * 333
			v := int16(n + 1)
			clips = append(clips, sound.Clip{Source: mono(0, v), Start: start, Samples: 2, Gain: 1000})
			for c := range channels {
				want[int(start+1)*channels+c] = v
			}
		}
		ramp := make([]int16, 30000)
		for i := range ramp {
			ramp[i] = int16(i%1000 - 500)
		}
		clips = append(clips, sound.Clip{Source: mono(ramp...), Start: 4095, From: 3, Samples: 29997, Gain: 1000})
		for i, v := range ramp[3:] {
			for c := range channels {
				want[(4095+i)*channels+c] += v
			}
		}
		if got := mix(t, clips, length, channels); !slices.Equal(got, want) {
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("%d channels: sample %d is %d, want %d", channels, i, got[i], want[i])
					break
				}
			}
		}
	}
}

func TestLongLoopsAndFadesAreExact(t *testing.T) {
	t.Parallel()
	const period, length, fade = 1009, 50000, 20000
	src := make([]int16, period)
	for i := range src {
		src[i] = int16(i*31 - 15000)
	}
	got := mix(t, []sound.Clip{{Source: mono(src...), Samples: length, Gain: 1000, Loop: true, FadeIn: fade, FadeOut: fade}}, length, 1)
	for i, v := range got {
		exact := float64(src[i%period])
		if i < fade {
			exact *= float64(i) / fade
		}
		if left := length - i; left <= fade {
			exact *= float64(left) / (fade + 1)
		}
		if math.Abs(float64(v)-exact) > 0.6 {
			t.Fatalf("sample %d is %d, want %.2f", i, v, exact)
		}
	}
}

func TestClipsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	clips := []sound.Clip{
		{Source: mono(2), Start: 1, Samples: 1, Gain: 1000},
		{Source: mono(1), Start: 0, Samples: 1, Gain: 1000},
	}
	mix(t, clips, 2, 1)
	if clips[0].Start != 1 || clips[1].Start != 0 {
		t.Error("the order of the caller's clips changed")
	}
}

// TestFailuresEndTheMix checks that an error is returned, and that no reader stays open.
func TestFailuresEndTheMix(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	long := make([]int16, 20000)
	for _, c := range []struct {
		name string
		stop bool
		src  *tape
		w    io.Writer
		want error
	}{
		{"a source that fails", false, &tape{samples: long[:5000], channels: 1, fail: broken}, io.Discard, broken},
		{"a writer that fails", false, mono(long...), &gate{room: 9000, err: broken}, broken},
		{"a stop", true, mono(long...), io.Discard, context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if c.stop {
				stop()
			}
			clip := sound.Clip{Source: c.src, Samples: int64(len(long)), Gain: 1000}
			if err := sound.WriteMix(ctx, []sound.Clip{clip}, clip.Samples, 1, c.w); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if c.src.open != 0 {
				t.Errorf("%d readers are still open", c.src.open)
			}
		})
	}
}

// gate is a writer that fails after a number of bytes.
type gate struct {
	room int
	err  error
	then func()
}

func (g *gate) Write(b []byte) (int, error) {
	if g.room -= len(b); g.room < 0 {
		if g.then == nil {
			return 0, g.err
		}
		g.then()
	}
	return len(b), nil
}

func TestAStopEndsALongMix(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	g := &gate{room: 1 << 16, then: stop}
	src := mono(1, 2, 3)
	err := sound.WriteMix(ctx, []sound.Clip{{Source: src, Samples: 1 << 40, Gain: 1000, Loop: true}}, 1<<40, 1, g)
	if !errors.Is(err, context.Canceled) || src.open != 0 {
		t.Errorf("error %v, %d readers open", err, src.open)
	}
	if g.room < -1<<16 {
		t.Errorf("%d bytes were written after the stop", -g.room)
	}
}

// endless is an endless source.
type endless struct{}

func (endless) Channels() int                     { return 2 }
func (endless) Frames() (int64, error)            { return 1 << 40, nil }
func (endless) Open(int64) (io.ReadCloser, error) { return endless{}, nil }
func (endless) Read(b []byte) (int, error)        { return len(b), nil }
func (endless) Close() error                      { return nil }

// TestMemoryDoesNotGrowWithLength counts allocations, so it must not run in parallel with other tests.
func TestMemoryDoesNotGrowWithLength(t *testing.T) { //nolint:paralleltest // counts the allocations of the process
	allocations := func(samples int64) float64 {
		clips := []sound.Clip{
			{Source: endless{}, Samples: samples, Gain: 1000},
			{Source: endless{}, Start: 100, Samples: samples, Gain: 700, FadeOut: samples},
		}
		return testing.AllocsPerRun(2, func() {
			if err := sound.WriteMix(t.Context(), clips, samples, 2, io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	short, long := allocations(48000), allocations(100*48000)
	if long > short {
		t.Errorf("%.0f allocations for one second, %.0f for a hundred", short, long)
	}
}
