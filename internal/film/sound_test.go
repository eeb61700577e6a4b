package film_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/sound"
	"mynah/internal/testrun"
)

// music returns sound without pauses: a chord that changes slowly, and noise.
func music(n int) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]int16, n)
	for i := range out {
		at := float64(i) / 48000
		v := 0.0
		for k, f := range []float64{220, 277.2, 329.6, 880} {
			v += math.Sin(2*math.Pi*f*at+float64(k)) * (0.5 + 0.5*math.Sin(at*float64(k+1)))
		}
		out[i] = int16(4000*v + 600*r.NormFloat64())
	}
	return out
}

// decodeSound returns the decoded samples of a film's sound.
func decodeSound(t *testing.T, path string) []int16 {
	t.Helper()
	raw := run(t, nil, "ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "0:a", "-f", "s16le", "-")
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16([]byte(raw[2*i : 2*i+2])))
	}
	return out
}

// rms returns the root mean square error of the samples in [from, to).
func rms(pcm, got []int16, from, to int) float64 {
	var sum float64
	for i := from; i < to; i++ {
		d := float64(pcm[i]) - float64(got[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(to-from))
}

// TestSeams checks that sound encoded in chunks is as accurate as sound encoded at once, also at the
// seams.
func TestSeams(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := newBench(t, 96, 64, fps(10, 1))
	const seconds = 8
	pcm := music(seconds * 48000)
	whole := &film.Film{
		Picture: b.pic, AAC: ffmpeg.NewDefaultAAC(1),
		Runs: []film.SegmentRun{{Segment: b.encodeStill(t, 1), Frames: seconds * 10}}, Samples: int64(len(pcm)),
	}
	whole.Sound = b.encodeSamples(t, pcm)
	cut := *whole
	cut.Sound = nil
	var seams []int
	for at := int64(0); at < sound.CountPackets(int64(len(pcm))); at += 50 {
		p := sound.Chunk{First: at, Packets: min(50, sound.CountPackets(int64(len(pcm)))-at)}
		cut.Sound = append(cut.Sound, b.chunk(t, p, pcm))
		if at > 0 {
			seams = append(seams, int(at)*sound.Grid)
		}
	}
	one, many := decodeSound(t, written(t, b, whole)), decodeSound(t, written(t, b, &cut))
	if len(one) != len(many) || len(one) < len(pcm) {
		t.Fatalf("%d and %d samples are heard of %d", len(one), len(many), len(pcm))
	}
	worst := 0.0
	for _, s := range seams {
		worst = max(worst, rms(pcm, many, s-1024, s+1024)/rms(pcm, one, s-1024, s+1024))
	}
	if worst > 1.5 {
		t.Errorf("the error at a seam is %.2f times that of one long encode", worst)
	}
	t.Logf("worst of %d seams: %.2f times", len(seams), worst)
}

// TestChunksDoNotKnowEachOther checks that the bytes of a chunk do not depend on the other chunks in
// the same process.
func TestChunksDoNotKnowEachOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, 96, 64, fps(10, 1))
	alone := b.encodeSamples(t, music(48000))[0].Segment
	want, _ := b.store.ReadEntry(cache.Sounds, alone)
	together := b.together(t, music(96000), music(48000))
	got, ok := b.store.ReadEntry(cache.Sounds, together[1])
	if !ok || string(got) != string(want) {
		t.Error("a chunk has other bytes when another is coded before it in the same process")
	}
}
