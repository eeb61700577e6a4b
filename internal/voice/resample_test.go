package voice

import (
	"math"
	"slices"
	"testing"
)

func sine(hz float64, rate, n int, amp float64) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = toInt16(amp * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// snr returns the signal-to-noise ratio relative to an ideal sine at the output's rate, without the ends.
func snr(got []int16, hz float64, rate int, amp float64) float64 {
	var signal, noise float64
	for i := rate / 40; i < len(got)-rate/40; i++ {
		want := amp * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))
		signal += want * want
		noise += (want - float64(got[i])) * (want - float64(got[i]))
	}
	return 10 * math.Log10(signal/noise)
}

func TestResampleSweep(t *testing.T) {
	t.Parallel()
	for _, from := range []int{8000, 11025, 16000, 22050, 24000, 44100} {
		r, err := newResampler(from, Rate)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []float64{0.01, 0.05, 0.13, 0.27, 0.5, 0.66, 0.8} { // of the Nyquist frequency
			hz := part * float64(from) / 2
			got := r.resample(sine(hz, from, from/5, 28000))
			if want := Rate / 5; len(got) != want {
				t.Fatalf("%d Hz: %d samples, want %d", from, len(got), want)
			}
			if db := snr(got, hz, Rate, 28000); db < 80 {
				t.Errorf("%d Hz, a tone of %.0f Hz: %.1f dB", from, hz, db)
			}
		}
	}
}

// TestResampleDown checks that frequencies above the new Nyquist frequency are removed and lower ones kept.
func TestResampleDown(t *testing.T) {
	t.Parallel()
	r, err := newResampler(96000, Rate)
	if err != nil {
		t.Fatal(err)
	}
	if db := snr(r.resample(sine(5000, 96000, 48000, 28000)), 5000, Rate, 28000); db < 80 {
		t.Errorf("5 kHz: %.1f dB", db)
	}
	for _, v := range r.resample(sine(30000, 96000, 48000, 28000))[2000:20000] {
		if v > 3 || v < -3 {
			t.Fatalf("30 kHz comes through as %d", v)
		}
	}
}

func TestResampleEdges(t *testing.T) {
	t.Parallel()
	r, err := newResampler(22050, Rate)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.resample(nil); len(got) != 0 {
		t.Errorf("an empty input returns %d samples", len(got))
	}
	if got := r.resample([]int16{1000}); len(got) != 3 {
		t.Errorf("one sample returns %d", len(got))
	}
	flat := slices.Repeat([]int16{math.MaxInt16}, 22050)
	for _, v := range r.resample(flat)[200:47000] {
		if v < math.MaxInt16-2 {
			t.Fatalf("full scale becomes %d", v)
		}
	}
	same, err := newResampler(Rate, Rate)
	if err != nil || !slices.Equal(same.resample([]int16{1, 2, 3}), []int16{1, 2, 3}) {
		t.Error("an equal rate changes samples")
	}
	for _, from := range []int{0, -1, 999, 383999} {
		if _, err := newResampler(from, Rate); err == nil {
			t.Errorf("%d Hz is taken", from)
		}
	}
}

func BenchmarkResample(b *testing.B) {
	r, err := newResampler(22050, Rate)
	if err != nil {
		b.Fatal(err)
	}
	in := sine(440, 22050, 22050, 20000)
	for b.Loop() {
		r.resample(in)
	}
}
