package sound_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"mynah/internal/sound"
)

func render(t *testing.T, clips []sound.Clip, samples int64, channels int, m sound.Master) []int16 {
	t.Helper()
	var b bytes.Buffer
	if err := sound.WriteMastered(t.Context(), clips, samples, channels, m, &b); err != nil {
		t.Fatal(err)
	}
	out := make([]int16, b.Len()/2)
	if err := binary.Read(&b, binary.LittleEndian, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// bursts returns alternating louder and softer noise, similar to speech.
func bursts(n int, level float64) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]int16, n)
	for i := range out {
		swell := 0.1 + 0.9*math.Abs(math.Sin(float64(i)/9000))
		out[i] = int16(level * swell * (2*r.Float64() - 1) * 32767)
	}
	return out
}

// TestRenderIsMix checks that mastering changes nothing without gain and peaks.
func TestRenderIsMix(t *testing.T) {
	t.Parallel()
	clips := []sound.Clip{{Source: mono(bursts(30000, 0.3)...), Start: 100, Samples: 30000, Gain: 1000}}
	want := mix(t, clips, 40000, 2)
	for _, m := range []sound.Master{{}, {Limit: true}} {
		if got := render(t, clips, 40000, 2, m); !slices.Equal(got, want) {
			t.Errorf("%+v changes the sound", m)
		}
	}
	got := render(t, clips, 40000, 2, sound.Master{Gain: 12})
	if f := float64(got[20001]) / float64(want[20001]); math.Abs(f-math.Pow(10, 6.0/20)) > 0.01 {
		t.Errorf("6 dB are a factor of %.3f", f)
	}
}

// TestLimit checks that peaks are limited, samples more than 100 ms away are unchanged, and a part rendered
// separately equals the same part of the whole.
func TestLimit(t *testing.T) {
	t.Parallel()
	pcm := bursts(96000, 0.3)
	for i := 48000; i < 48200; i++ {
		pcm[i] = int16(30000 * math.Sin(float64(i)*0.7))
	}
	clips := []sound.Clip{{Source: mono(pcm...), Samples: 96000, Gain: 1000}}
	plain := mix(t, clips, 96000, 1)
	got := render(t, clips, 96000, 1, sound.Master{Limit: true})
	most := 0.0
	for i, v := range got {
		most = max(most, math.Abs(float64(v)))
		if far := i < 48000-sound.Around-16 || i > 48200+sound.Around+16; far && v != plain[i] {
			t.Fatalf("sample %d changed, 100 ms off the peak", i)
		}
	}
	if db := 20 * math.Log10(most/32768); db > -1.9 || db < -3.5 {
		t.Errorf("peaks at %.2f dB", db)
	}
	for _, from := range []int64{40000, 47990, 48100, 52000} {
		part := []sound.Clip{clips[0].MoveBy(-from)}
		if again := render(t, part, 5000, 1, sound.Master{Limit: true}); !slices.Equal(again, got[from:from+5000]) {
			t.Errorf("from %d on it sounds otherwise by itself", from)
		}
	}
}

// TestTruePeaks checks that a tone whose samples are never at its crests is limited by its crests.
func TestTruePeaks(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 20000)
	for i := range pcm {
		pcm[i] = int16(32000 * math.Sin(math.Pi/2*float64(i)+math.Pi/4)) // samples at 0.707 of the crest
	}
	got := render(t, []sound.Clip{{Source: mono(pcm...), Samples: 20000, Gain: 1000}}, 20000, 1, sound.Master{Limit: true})
	if v := math.Abs(float64(got[10000])) / 32768 * math.Sqrt2; 20*math.Log10(v) > -1.9 {
		t.Errorf("the crests are at %.2f dB", 20*math.Log10(v))
	}
}

// TestDucks checks the volume at the corners of ducks, for clips that are cut in different ways.
func TestDucks(t *testing.T) {
	t.Parallel()
	const level = 20000
	flat := slices.Repeat([]int16{level}, 48000*5)
	clip := sound.Clip{
		Source: mono(flat...), Start: 1000, Samples: int64(len(flat)), Gain: 1000,
		Ducks: []sound.Duck{
			{From: 48000, To: 96000, Down: 9600, Up: 28800, Depth: 90},
			{From: 150000, To: 160000, Down: 9600, Up: 28800, Depth: 90},
		},
	}
	got := mix(t, []sound.Clip{clip}, 240000, 1)
	for _, c := range []struct {
		at int
		db float64
	}{
		{2000, 0},
		{38400, 0},
		{43200, -4.5},
		{48000, -9},
		{70000, -9},
		{96000, -9},
		{110400, -4.5},
		{124800, 0},
		{140400, 0},
		{145200, -4.5},
		{155000, -9},
		{174400, -4.5},
		{188800, 0},
		{220000, 0},
	} {
		if db := 20 * math.Log10(float64(got[c.at])/level); math.Abs(db-c.db) > 0.02 {
			t.Errorf("at %d: %.2f dB, want %.2f", c.at, db, c.db)
		}
	}
	step := 0
	for i := 1001; i < len(got); i++ {
		step = max(step, int(math.Abs(float64(got[i])-float64(got[i-1]))))
	}
	if step > 4 {
		t.Errorf("the level jumps by %d", step)
	}
	if part := mix(t, []sound.Clip{clip.MoveBy(-100000)}, 90000, 1); !slices.Equal(part, got[100000:190000]) {
		t.Error("a part of it is ducked otherwise")
	}
}
