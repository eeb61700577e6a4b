package espeak_test

import (
	"math"
	"slices"
	"testing"

	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// height returns the median pitch of a clip in Hz, by autocorrelation.
func height(c voice.Clip) float64 {
	size := c.Rate / 20
	var found []float64
	for from := 0; from+size <= len(c.PCM); from += size {
		stretch := c.PCM[from : from+size]
		like := func(lag int) float64 {
			sum := 0.0
			for i := 0; i+lag < size; i++ {
				sum += float64(stretch[i]) * float64(stretch[i+lag])
			}
			return sum / float64(size-lag)
		}
		best, at := 0.0, 0
		for lag := c.Rate / 500; lag < c.Rate/60; lag++ {
			if v := like(lag); v > 1.1*best { // multiples of the period correlate equally well
				best, at = v, lag
			}
		}
		if power := like(0); power > 1e5 && best > power/2 {
			found = append(found, float64(c.Rate)/float64(at))
		}
	}
	slices.Sort(found)
	if len(found) == 0 {
		return 0
	}
	return found[len(found)/2]
}

// TestPitchIsAFactor checks that a pitch factor changes the measured pitch by this factor, within and beyond
// the range of the program's scale, for sentences and for runs. The length must not change.
func TestPitchIsAFactor(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const text = "We were all away a year ago and nobody knew why we were leaving."
	say := func(t *testing.T, e voice.Engine, pitch, run float64) voice.Clip {
		t.Helper()
		c, err := e.Speak(t.Context(), voice.Request{
			Voice: "en-us+f2", Language: "en-US",
			Runs: []utter.Run{{Text: text, Pitch: utter.NewFactor(run)}}, Pitch: utter.NewFactor(pitch),
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, e := range map[string]voice.Engine{"helper": engine(t), "program": program(t)} {
		plain := say(t, e, 1, 1)
		for _, c := range []struct{ pitch, run float64 }{
			{0.5, 1},
			{0.8, 1},
			{1.2, 1},
			{1.5, 1},
			{2, 1},
			{1, 1.3},
			{1.2, 1.2},
			{1.2, 0.75},
		} {
			if name == "program" && c.run != 1 {
				continue // the Booth applies it
			}
			got := say(t, e, c.pitch, c.run)
			want := c.pitch * c.run
			if f := height(got) / height(plain); math.Abs(f/want-1) > 0.06 {
				t.Errorf("%s: pitch %g and %g of the run sounds %.2f times as high", name, c.pitch, c.run, f)
			}
			if f := got.Length().Seconds() / plain.Length().Seconds(); math.Abs(f-1) > 0.06 {
				t.Errorf("%s: pitch %g and %g of the run makes it %.2f times as long", name, c.pitch, c.run, f)
			}
			if last := got.Words[len(got.Words)-1]; last.End > got.Length() || last.End < got.Length()*8/10 {
				t.Errorf("%s: at pitch %g the last word ends at %s of %s", name, c.pitch, last.End, got.Length())
			}
		}
	}
}
