package sound_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"mynah/internal/sound"
)

// shape returns chunks as text: first-end, then s for silent ones, else the indexes of the clips.
func shape(chunks []sound.Chunk) (out []string) {
	for _, p := range chunks {
		text := fmt.Sprintf("%d-%d", p.First, p.First+p.Packets)
		if p.Silent {
			text += "s"
		}
		for _, c := range p.Heard {
			text += fmt.Sprintf(" %d", c)
		}
		out = append(out, text)
	}
	return out
}

// TestCutAtItsBounds tests lengths and gaps of one packet less and more than the limits.
func TestCutAtItsBounds(t *testing.T) {
	t.Parallel()
	const g = sound.Grid
	long := func(frames int64) []sound.Clip { return []sound.Clip{{Samples: frames * g}} }
	for _, c := range []struct {
		name    string
		clips   []sound.Clip
		scenes  []int64
		samples int64
		want    []string
	}{
		{"nothing", nil, nil, 0, []string{"0-1s"}},
		{"silence of one sample", nil, nil, 1, []string{"0-2s"}},
		{"silence of a frame", nil, nil, g, []string{"0-2s"}},
		{"silence of a frame and a sample", nil, nil, g + 1, []string{"0-3s"}},
		{"a clip of nothing", []sound.Clip{{Start: 5}}, nil, g, []string{"0-2s"}},
		{"a clip behind the end", []sound.Clip{{Start: 40 * g, Samples: 5}}, nil, 20 * g, []string{"0-21s"}},
		{"a clip just behind the end", []sound.Clip{{Start: 21 * g, Samples: 5}}, nil, 20 * g, []string{"0-21s"}},
		{
			"a clip of nothing within another",
			[]sound.Clip{{Samples: 9 * g}, {Start: 5 * g}},
			nil, 20 * g,
			[]string{"0-10 0", "10-21s"},
		},
		{"a clip before the beginning", []sound.Clip{{Start: -9 * g, Samples: g}}, nil, 20 * g, []string{"0-21s"}},
		{"one sample", []sound.Clip{{Start: 20 * g, Samples: 1}}, nil, 50 * g, []string{"0-20s", "20-22 0", "22-51s"}},
		{"a frame's last sample", []sound.Clip{{Start: 21*g - 1, Samples: 1}}, nil, 50 * g, []string{
			"0-20s", "20-22 0",
			"22-51s",
		}},
		{"two samples in two frames", []sound.Clip{{Start: 21*g - 1, Samples: 2}}, nil, 50 * g, []string{
			"0-20s",
			"20-23 0", "23-51s",
		}},
		{"begun before the beginning", []sound.Clip{{Start: -5 * g, Samples: 8 * g}}, nil, 50 * g, []string{
			"0-4 0",
			"4-51s",
		}},
		{
			"twelve packets of silence",
			[]sound.Clip{{Samples: 9 * g}, {Start: 22 * g, Samples: g}},
			nil, 40 * g,
			[]string{"0-10 0", "10-22s", "22-24 1", "24-41s"},
		},
		{
			"eleven packets of silence",
			[]sound.Clip{{Samples: 9 * g}, {Start: 21 * g, Samples: g}},
			nil, 40 * g,
			[]string{"0-23 0 1", "23-41s"},
		},
		{
			"a clip within another",
			[]sound.Clip{{Samples: 40 * g}, {Start: 5 * g, Samples: g}},
			nil, 60 * g,
			[]string{"0-41 0 1", "41-61s"},
		},
		{"listed backwards", []sound.Clip{{Start: 60 * g, Samples: g}, {Samples: g}}, nil, 80 * g, []string{
			"0-2 1",
			"2-60s", "60-62 0", "62-81s",
		}},
		{"scenes eight packets from either end", long(30), []int64{0, 8 * g, 23 * g}, 30 * g, []string{
			"0-8 0", "8-23 0",
			"23-31 0",
		}},
		{"scenes seven packets from either end", long(30), []int64{0, 7 * g, 24 * g}, 30 * g, []string{"0-31 0"}},
		{"scenes close to each other", long(40), []int64{10 * g, 17 * g, 18 * g, 25 * g}, 40 * g, []string{
			"0-10 0",
			"10-18 0", "18-41 0",
		}},
		{"a scene within a frame", long(30), []int64{10*g + g - 1}, 30 * g, []string{"0-10 0", "10-31 0"}},
		{
			"scenes before and behind",
			[]sound.Clip{{Start: 20 * g, Samples: 30 * g}},
			[]int64{0, 10 * g, 20 * g, 60 * g},
			70 * g,
			[]string{"0-20s", "20-51 0", "51-71s"},
		},
		{"as long as a chunk may be", long(749), nil, 749 * g, []string{"0-750 0"}},
		{"a packet longer", long(750), nil, 750 * g, []string{"0-375 0", "375-751 0"}},
		{"seven packets longer", long(756), nil, 756 * g, []string{"0-378 0", "378-757 0"}},
		{"eight packets longer", long(757), nil, 757 * g, []string{"0-750 0", "750-758 0"}},
		{"two chunks and a little", long(1504), nil, 1504 * g, []string{"0-750 0", "750-1127 0", "1127-1505 0"}},
		{"a scene after a long one", long(900), []int64{800 * g}, 900 * g, []string{"0-750 0", "750-800 0", "800-901 0"}},
	} {
		chunks := sound.CutIntoChunks(c.clips, c.scenes, c.samples)
		if got := shape(chunks); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWhoIsHeardInAChunk checks that exactly those clips count that overlap the chunk, its leads or the
// limiter's range.
func TestWhoIsHeardInAChunk(t *testing.T) {
	t.Parallel()
	const g = sound.Grid
	const begin, end = (20-4)*g - sound.Around, (31+4)*g + sound.Around // range that influences the chunk 20-31
	for _, c := range []struct {
		name           string
		start, samples int64
		want           bool
	}{
		{"ends where it begins to count", begin - 100, 100, false},
		{"ends a sample later", begin - 100, 101, true},
		{"begins where it no longer counts", end, 100, false},
		{"begins a sample before", end - 1, 100, true},
		{"around it all", 0, 60 * g, true},
	} {
		clips := []sound.Clip{{Start: c.start, Samples: c.samples}, {Start: 20 * g, Samples: 10 * g}}
		if c.name == "around it all" {
			clips[0].Start = -g
		}
		scenes := []int64{20 * g, 31 * g}
		heard := false
		for _, p := range sound.CutIntoChunks(clips, scenes, 80*g) {
			for at := p.First; at < p.First+p.Packets; at++ {
				if at == 25 && slices.Contains(p.Heard, 0) {
					heard = true
				}
				if at == 25 && c.name != "around it all" && (p.First != 20 || p.Packets != 11) {
					t.Errorf("%s: the chunk is %+v", c.name, p)
				}
			}
			if !slices.IsSorted(p.Heard) || p.Silent && p.Heard != nil {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
		if heard != c.want {
			t.Errorf("a clip that %s is heard: %v", c.name, heard)
		}
	}
}

// TestPartDropsWhatIsOver checks that fades and ducks are dropped if they end before the range that influences
// a chunk, or begin after it, to the sample.
func TestPartDropsWhatIsOver(t *testing.T) {
	t.Parallel()
	const g = sound.Grid
	p := sound.Chunk{First: 100, Packets: 50, Heard: []int{0}}
	const from, to = -sound.Around, 58*g + sound.Around // relative to the start of the chunk's encoding
	begin := p.FindFirstEncodedSample()
	if begin != 96*g || p.CountEncodedSamples() != 58*g {
		t.Fatalf("the chunk begins at %d and has %d samples", begin, p.CountEncodedSamples())
	}
	for _, c := range []struct {
		name     string
		in, want sound.Clip // want is relative to the start of the chunk's encoding
	}{
		{
			"a fade that is over",
			sound.Clip{Start: begin + from - 50, Samples: 100, FadeIn: 50},
			sound.Clip{Start: from - 50, Samples: 100},
		},
		{
			"a fade that ends",
			sound.Clip{Start: begin + from - 50, Samples: 100, FadeIn: 51},
			sound.Clip{Start: from - 50, Samples: 100, FadeIn: 51},
		},
		{
			"a fade that comes later",
			sound.Clip{Start: begin, Samples: to + 50, FadeOut: 50},
			sound.Clip{Samples: to},
		},
		{
			"a fade that begins",
			sound.Clip{Start: begin, Samples: to + 50, FadeOut: 51},
			sound.Clip{Samples: to + 50, FadeOut: 51},
		},
		{
			"ducks that are over or come later",
			sound.Clip{Start: begin, Samples: 100, Ducks: []sound.Duck{
				{From: begin + from - 100, To: begin + from - 30, Up: 30}, {From: begin + to + 30, To: begin + to + 100, Down: 30},
			}},
			sound.Clip{Samples: 100, Ducks: []sound.Duck{}},
		},
		{
			"ducks that end and begin",
			sound.Clip{Start: begin, Samples: 100, Ducks: []sound.Duck{
				{From: begin + from - 100, To: begin + from - 30, Up: 31}, {From: begin + to + 30, To: begin + to + 100, Down: 31},
			}},
			sound.Clip{Samples: 100, Ducks: []sound.Duck{{From: from, To: from - 30, Up: 31}, {
				From: to + 30, To: to,
				Down: 31,
			}}},
		},
		{
			"a duck around it all",
			sound.Clip{Start: begin, Samples: 100, Ducks: []sound.Duck{{From: 0, To: 500 * g, Down: 9, Up: 9}}},
			sound.Clip{Samples: 100, Ducks: []sound.Duck{{From: from, To: to, Down: 9, Up: 9}}},
		},
	} {
		if got := p.ListTrimmedClips([]sound.Clip{c.in}); len(got) != 1 || !reflect.DeepEqual(got[0], c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
