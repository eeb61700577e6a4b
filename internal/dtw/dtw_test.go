package dtw

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"
)

// chirps returns one gliding tone per word, with silence between them. lengths are in milliseconds.
func chirps(rate int, lengths ...int) []int16 {
	var pcm []int16
	for i, ms := range lengths {
		n := rate * ms / 1000
		if i%2 == 1 {
			pcm = append(pcm, make([]int16, n)...)
			continue
		}
		phase := 0.0
		for k := range n {
			hz := 300 + 250*float64(i) + 900*float64(k)/float64(n)
			phase += 2 * math.Pi * hz / float64(rate)
			pcm = append(pcm, int16(6000*math.Sin(phase)+2000*math.Sin(3*phase)))
		}
	}
	return pcm
}

// TestAlign checks that positions in a recording are found in another one with different speed, pauses, rate
// and volume.
func TestAlign(t *testing.T) {
	t.Parallel()
	one := []int{300, 100, 500, 60, 200, 200, 400}
	other := []int{400, 60, 350, 300, 260, 100, 380}
	loud := chirps(22050, other...)
	for i := range loud {
		loud[i] *= 3
	}
	p, ok := AlignRecordings(ComputeMFCC(chirps(16000, one...), 16000), ComputeMFCC(loud, 22050))
	if !ok {
		t.Fatal("not aligned")
	}
	at, want := 0, 0
	for i := range one {
		got := p.MapFrame(float64(at)/10) * 10
		if math.Abs(got-float64(want)) > 25 {
			t.Errorf("%d ms are %.0f ms, want %d", at, got, want)
		}
		middle, inOther := p.MapFrame(float64(at+one[i]/2)/10)*10, want+other[i]/2
		if i%2 == 0 && math.Abs(middle-float64(inOther)) > 35 {
			t.Errorf("the middle of part %d is %.0f ms, want %d", i, middle, inOther)
		}
		at, want = at+one[i], want+other[i]
	}
	if p.Bent > 0.1 || p.Cost > 2.5 {
		t.Errorf("cost %.2f, bent %.2f", p.Cost, p.Bent)
	}
	reversed := slices.Clone(loud)
	slices.Reverse(reversed)
	bad, ok := AlignRecordings(ComputeMFCC(chirps(16000, one...), 16000), ComputeMFCC(reversed, 22050))
	if ok && bad.Cost+bad.Bent < p.Cost+p.Bent+0.5 {
		t.Errorf("backwards it costs %.2f, bent %.2f; forwards %.2f, %.2f", bad.Cost, bad.Bent, p.Cost, p.Bent)
	}
}

// TestSame aligns a recording with itself.
func TestSame(t *testing.T) {
	t.Parallel()
	f := ComputeMFCC(noise(3, 24000, 7), 24000)
	p, ok := AlignRecordings(f, f)
	if !ok || p.Cost > 0.1 || p.Bent != 0 {
		t.Fatalf("%t, cost %f, bent %f", ok, p.Cost, p.Bent)
	}
	for i := range f.frames {
		if got := p.MapFrame(float64(i)); got != float64(i) {
			t.Fatalf("frame %d is %f", i, got)
		}
	}
}

// TestLimits checks that recordings which cannot be aligned are rejected without much time and memory.
func TestLimits(t *testing.T) {
	t.Parallel()
	some := ComputeMFCC(noise(1, 16000, 1), 16000)
	for name, pair := range map[string][2]Features{
		"nothing":  {ComputeMFCC(nil, 16000), some},
		"no rate":  {some, ComputeMFCC([]int16{1, 2, 3}, 0)},
		"too long": {{frames: 1 << 20}, {frames: 1 << 20}},
	} {
		if _, ok := AlignRecordings(pair[0], pair[1]); ok {
			t.Errorf("%s: aligned", name)
		}
	}
	if got := (Path{}).MapFrame(3); got != 0 {
		t.Errorf("no path leads to %f", got)
	}
	began := time.Now()
	long := ComputeMFCC(noise(60, 16000, 1), 16000)
	if _, ok := AlignRecordings(long, ComputeMFCC(noise(50, 16000, 2), 16000)); !ok || time.Since(began) > 5*time.Second {
		t.Errorf("a minute: %t after %s", ok, time.Since(began))
	}
}

func FuzzAlign(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, []byte{9, 9}, uint16(16000))
	f.Add(make([]byte, 5000), []byte("speech"), uint16(8000))
	f.Fuzz(func(t *testing.T, a, b []byte, rate uint16) {
		samples := func(raw []byte) (pcm []int16) {
			for ; len(raw) > 1; raw = raw[2:] {
				pcm = append(pcm, int16(binary.LittleEndian.Uint16(raw)))
			}
			return pcm
		}
		one, other := ComputeMFCC(samples(a), int(rate)), ComputeMFCC(samples(b), 16000)
		p, ok := AlignRecordings(one, other)
		if !ok {
			return
		}
		last := 0.0
		for i := range one.frames {
			at := p.MapFrame(float64(i))
			if math.IsNaN(at) || at < last || at > float64(other.frames-1) {
				t.Fatalf("frame %d is %f, after %f, of %d", i, at, last, other.frames)
			}
			last = at
		}
	})
}
