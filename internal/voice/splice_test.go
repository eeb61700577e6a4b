package voice

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mynah/internal/testrun"
	"mynah/internal/utter"
)

// melody returns a gliding tone with a word every 150 ms and gaps between some words.
func melody(words []string, r *rand.Rand) (Clip, string) {
	c := Clip{Rate: Rate}
	phase := 0.0
	tone := func(n int, level float64) {
		for range n {
			phase += 2 * math.Pi * (180 + 40*math.Sin(float64(len(c.PCM))/Rate)) / Rate
			c.PCM = append(c.PCM, int16(level*math.Sin(phase)))
		}
	}
	text := ""
	for i, w := range words {
		if i > 0 {
			text += " "
		}
		from := c.Length()
		tone(Rate/100+r.IntN(Rate/4), 9000)
		c.Words = append(c.Words, Word{Text: w, Offset: len(text), Start: from, End: c.Length(), Exact: r.IntN(2) == 0})
		text += w
		if r.IntN(3) == 0 {
			for k := range Rate / 100 { // fade out the word
				at := len(c.PCM) - 1 - k
				c.PCM[at] = int16(float64(c.PCM[at]) * float64(k) * 100 / Rate)
			}
			tone(r.IntN(Rate/10), 0)
			phase = 0
		}
	}
	return c, text
}

// TestReshapeAnything applies random changes to random runs. Words must stay in order and within the clip, and
// no step between samples may be larger than that of the tone at its maximum volume and pitch.
func TestReshapeAnything(t *testing.T) {
	t.Parallel()
	b := &Booth{resamplers: map[int]*resampler{}}
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(f ...float64) float64 { return f[r.IntN(len(f))] }
	rounds := 150
	if testrun.IsMinute() {
		rounds = 15
	}
	for round := range rounds {
		speeds, most := []float64{1, 1, 0.82, 0.9, 1.08}, 2.0
		if round%3 == 2 { // far more than emphasis needs; short sounds become rougher
			speeds, most = []float64{1, 1, 0.3, 0.5, 2, 3}, 3.5
		}
		c, text := melody(strings.Fields(strings.Repeat("abc de fghijk ", 1+r.IntN(3))), r)
		var runs []utter.Run
		var left []manner
		high := 1.0
		for at := 0; at < len(text); {
			n := min(1+r.IntN(8), len(text)-at)
			pause := time.Duration(pick(0, 0, 0, 0.05, 0.4) * float64(time.Second))
			m := manner{pick(speeds...), pick(1, 1, 1.15, 0.94), 1, pause}
			runs, left = append(runs, utter.Run{Text: text[at : at+n]}), append(left, m)
			high = max(high, m.pitch)
			at += n
		}
		before := len(c.Words)
		got, gains, err := b.applyMannersExceptVolume(c, runs, left)
		if err != nil || len(gains) != 0 || len(got.Words) != before {
			t.Fatalf("round %d: %v, gains %v", round, err, gains)
		}
		last := time.Duration(0)
		for _, w := range got.Words {
			if w.Start < last || w.End < w.Start || w.End > got.Length()+time.Millisecond {
				t.Fatalf("round %d: %+v after %s, of %s", round, w, last, got.Length())
			}
			last = w.End
		}
		limit := 9000 * 2 * math.Pi * 220 / Rate * high * most
		for i := 1; i < len(got.PCM); i++ {
			if d := math.Abs(float64(got.PCM[i]) - float64(got.PCM[i-1])); d > limit {
				t.Fatalf("round %d: a step of %.0f at %d of %d, want at most %.0f; %+v", round, d, i, len(got.PCM), limit, left)
			}
		}
	}
}

// TestGains checks that a volume ramps up and down, and does not change the samples outside.
func TestGains(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 3*Rate/10)
	for i := range pcm {
		pcm[i] = 1000
	}
	amplify(pcm, 1, gain{Rate / 10, Rate / 5, 2})
	ramp := toSamples(gainRamp, Rate)
	for i, v := range pcm {
		want := int16(1000)
		if i >= Rate/10+ramp && i <= Rate/5-ramp {
			want = 2000
		}
		inRamp := i > Rate/10-ramp && i < Rate/10+ramp || i > Rate/5-ramp && i < Rate/5+ramp
		if !inRamp && v != want || v < 1000 || v > 2000 {
			t.Fatalf("sample %d is %d", i, v)
		}
		if i > 0 && (v-pcm[i-1] > 12 || pcm[i-1]-v > 12) {
			t.Fatalf("a step to %d at %d", v, i)
		}
	}
}
