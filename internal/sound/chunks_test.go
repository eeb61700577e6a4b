package sound_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"mynah/internal/sound"
)

// TestCutHoldsTheWholeTrack checks that chunks are contiguous and within the length limits, that silent chunks
// contain no sound, and that the mix of the chunks equals that of the whole track.
func TestCutHoldsTheWholeTrack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	trials := 20
	if testing.Short() {
		trials = 5
	}
	for range trials {
		samples := r.Int64N(40*48000) + 1
		var clips []sound.Clip
		for range r.IntN(12) {
			at := r.Int64N(samples)
			tape := mono(noise(r, 20000+r.IntN(60000))...)
			c := sound.Clip{
				Source: tape, Start: at, Samples: min(1+r.Int64N(20*48000), samples-at), Loop: r.IntN(3) == 0,
				Gain: r.Int64N(2000), FadeIn: r.Int64N(500), FadeOut: r.Int64N(500),
			}
			for from := r.Int64N(96000); from < samples && r.IntN(4) > 0; from += 60000 + r.Int64N(96000) {
				c.Ducks = append(c.Ducks, sound.Duck{From: from, To: from + r.Int64N(60000), Down: 9600, Up: 28800, Depth: 90})
			}
			clips = append(clips, c)
		}
		var scenes []int64
		for at := int64(0); at < samples; at += (1 + r.Int64N(400)) * sound.Grid {
			scenes = append(scenes, at)
		}
		whole := mix(t, clips, samples, 1)
		next := int64(0)
		for _, p := range sound.CutIntoChunks(clips, scenes, samples) {
			if p.First != next || p.Packets <= 0 || !p.Silent && p.Packets > 760 {
				t.Fatalf("chunk %+v comes where %d packets are behind", p, next)
			}
			next += p.Packets
			if p.Silent {
				for at := max(p.First-1, 0) * sound.Grid; at < min(next*sound.Grid, samples); at++ {
					if whole[at] != 0 {
						t.Fatalf("sample %d is heard in the silent chunk %+v", at, p)
					}
				}
				continue
			}
			part := mix(t, p.ListTrimmedClips(clips), p.CountEncodedSamples(), 1)
			for i, v := range part {
				want := int16(0)
				if at := p.FindFirstEncodedSample() + int64(i); at >= 0 && at < samples {
					want = whole[at]
				}
				if v != want {
					t.Fatalf("sample %d of the chunk %+v is %d, want %d", i, p, v, want)
				}
			}
		}
		if next != sound.CountPackets(samples) {
			t.Fatalf("the chunks hold %d packets of %d", next, sound.CountPackets(samples))
		}
	}
}

// TestChunksKnowOnlyWhatIsHeardInThem checks that a chunk does not depend on how long sounds continue elsewhere
// or how they fade there.
func TestChunksKnowOnlyWhatIsHeardInThem(t *testing.T) {
	t.Parallel()
	const second = 48000
	p := sound.Chunk{First: 10 * second / sound.Grid, Packets: 100, Heard: []int{0, 1}}
	part := func(end, speechEnd int64) []sound.Clip {
		return p.ListTrimmedClips([]sound.Clip{
			{Samples: end, Loop: true, Gain: 200, FadeIn: 2 * second, FadeOut: 2 * second, Ducks: []sound.Duck{
				{From: second, To: 3 * second, Down: 9600, Up: 28800, Depth: 90},
				{From: 9 * second, To: speechEnd, Down: 9600, Up: 28800, Depth: 90},
			}},
			{Start: 9 * second, Samples: 30 * second, Gain: 1000},
		})
	}
	want := part(60*second, 20*second)
	if got := part(75*second, 50*second); !reflect.DeepEqual(got, want) {
		t.Errorf("in a longer film the chunk is made of %+v, in the other of %+v", got, want)
	}
	if got := part(13*second, 20*second); reflect.DeepEqual(got, want) {
		t.Error("music that fades in the chunk is taken for music that goes on")
	}
	if got := part(60*second, 11*second); reflect.DeepEqual(got, want) {
		t.Error("speech that ends in the chunk is taken for speech that goes on")
	}
}

func noise(r *rand.Rand, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(r.IntN(2000) - 1000)
	}
	return out
}

// TestCutForgetsWhereAPieceStands checks that a scene that moves by whole packets keeps its chunks.
func TestCutForgetsWhereAPieceStands(t *testing.T) {
	t.Parallel()
	const g = sound.Grid
	film := func(before int64) []sound.Chunk {
		clips := []sound.Clip{
			{Start: 0, Samples: before * g},
			{Start: (before + 30) * g, Samples: 1000 * g},
			{Start: (before + 1040) * g, Samples: 5000},
		}
		return sound.CutIntoChunks(clips, []int64{0, (before + 30) * g}, (before+1100)*g)
	}
	var shapes [2][]int64
	for i, before := range []int64{100, 137} {
		for _, p := range film(before) {
			if p.First >= before+30 {
				shapes[i] = append(shapes[i], p.First-before, p.Packets, int64(len(p.Heard)))
			}
		}
	}
	if len(shapes[0]) == 0 || !slices.Equal(shapes[0], shapes[1]) {
		t.Errorf("chunks are cut as %v and as %v", shapes[0], shapes[1])
	}
}
