package music_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/loudness"
	"mynah/internal/music"
)

// tracks returns the names that scripts may use.
func tracks() []string {
	return []string{"ukulele-1", "ukulele-2", "corporate-1", "uplifting-1", "uplifting-2"}
}

// TestTracks checks that all tracks are complete, have the same loudness, do not clip, have no audible seam and
// are deterministic. It writes them to the folder MYNAH_TEST_MUSIC if set, for listening.
func TestTracks(t *testing.T) {
	t.Parallel()
	names := tracks()
	if testing.Short() {
		names = names[1:2] // all tracks would take too long under the race detector
	}
	var sounds [][]byte
	for _, name := range names {
		var b bytes.Buffer
		if err := music.WriteRawSamples(&b, name); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("MYNAH_TEST_MUSIC"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".raw"), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		sounds = append(sounds, b.Bytes())
		samples, ok := music.RenderSong(name)
		if frames := music.CountSampleFrames(name); !ok || int64(len(samples)) != frames*music.Channels ||
			frames < 20*music.Rate || frames > 60*music.Rate {
			t.Errorf("%s has %d samples, but Frames returns %d", name, len(samples), frames)
		}
		wide := make([]float64, len(samples))
		peak, mean := 0.0, 0.0
		for i, v := range samples {
			wide[i] = float64(v) / 32768
			peak = max(peak, math.Abs(wide[i]))
			mean += wide[i] / float64(len(samples))
		}
		m := loudness.NewMeter(music.Channels)
		m.AddSamples(wide)
		if l := loudness.ComputeIntegratedLoudness(m.ListSteps()); l < -27.5 || l > -26.5 || peak > 0.95 ||
			math.Abs(mean) > 0.001 {
			t.Errorf("%s: %.1f LUFS, peak %.2f, mean %.4f", name, l, peak, mean)
		}
		if step, usual := seam(samples); step > usual {
			t.Errorf("%s: the seam steps by %.0f, the steepest beats elsewhere by %.0f", name, step, usual)
		}
	}
	for i := range sounds {
		var again bytes.Buffer
		if err := music.WriteRawSamples(&again, names[i]); err != nil || !bytes.Equal(again.Bytes(), sounds[i]) {
			t.Errorf("%s sounds otherwise when played again", names[i])
		}
	}
	if _, ok := music.RenderSong("polka-1"); ok || music.CountSampleFrames("polka-1") != 0 {
		t.Error("an unknown track is played")
	}
}

// seam returns the largest second difference around the loop's seam, and that of the whole track. A click would
// be larger.
func seam(s []int16) (at, whole float64) {
	n := len(s)
	bend := func(i int) float64 {
		v := func(k int) float64 { return float64(s[((i+k*music.Channels)%n+n)%n]) }
		return math.Abs(v(-1) - 2*v(0) + v(1))
	}
	for i := range n {
		if b := bend(i); i < 8 || i >= n-8 {
			at = max(at, b)
		} else {
			whole = max(whole, b)
		}
	}
	return at, whole
}

func BenchmarkRender(b *testing.B) {
	for _, name := range tracks() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				music.RenderSong(name)
			}
		})
	}
}
