package films_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mynah/internal/loudness"
	"mynah/internal/testrun"
)

// pcm decodes the sound of a video. It returns the interleaved samples and the number of channels.
func pcm(t *testing.T, film string) ([]float64, int) {
	t.Helper()
	_, audio := probe(t, film)
	raw := run(t, "ffmpeg", "-v", "error", "-i", film, "-map", "0:a", "-f", "s16le", "-")
	out := make([]float64, len(raw)/2)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(raw[2*i:]))) / 32768
	}
	return out, audio.Channels
}

// ebur128 measures a video with ffmpeg's filter ebur128. It returns the loudness in LUFS and the
// true peak in dBTP.
func ebur128(t *testing.T, film string) (integrated, peak float64) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	run(t, "sh", "-c", `ffmpeg -nostdin -hide_banner -nostats -i "$1" -af ebur128=peak=true -f null - 2>"$2"`, "sh", film, log)
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	summary := b[bytes.LastIndex(b, []byte("Summary:")):]
	number := func(pattern string) float64 {
		m := regexp.MustCompile(pattern).FindSubmatch(summary)
		if m == nil {
			t.Fatalf("no %s in %s", pattern, summary)
		}
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	return number(`I:\s+(-?[\d.]+) LUFS`), number(`Peak:\s+(-?[\d.]+) dBFS`)
}

const spoken = "This is a sentence that is said at its usual level. Another one follows it, and is a little longer than the first.\n\n" +
	"(voice: kendra)\n\nA second voice speaks softly! And it asks: how loud is it?\n\n---\n(voice-volume: soft)\n\n" +
	"(voice: matthew)\n\nA third voice ends it.\n"

// TestLoudness builds videos with several voices, with and without music and clips, and measures
// them with ffmpeg.
func TestLoudness(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	short := strings.Repeat("Go on.\n\n(pause: 5)\n\nA short one.\n\n(pause: 2)\n\n", 6)
	for name, c := range map[string]struct {
		header, script string
		want           float64
	}{
		"speech":                 {"", spoken, -16},
		"another target":         {"loudness: -23", spoken, -23},
		"music":                  {"background: ukulele-1 0.5", spoken, -16},
		"loud music, no ducking": {"background: uplifting-1 1.5\nducking: none", spoken, -16},
		"loud":                   {"loudness: -12\nbackground: corporate-1", spoken, -12},
		"pauses":                 {"", short, -16},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			film, _ := produce(t, written(t, "---\nsize: 320x180\n"+c.header+"\n---\n"+c.script), "", nil)
			got, peak := ebur128(t, film)
			if math.Abs(got-c.want) > 0.5 || peak > -1 {
				t.Errorf("%.1f LUFS, want %g; peak %.1f dBTP", got, c.want, peak)
			}
			t.Logf("%s: %.1f LUFS, peak %.1f dBTP", name, got, peak)
		})
	}
}

// TestLoudnessThroughTheLimiter checks that a sound reaches the target loudness even if the limiter
// reduces it considerably.
func TestLoudnessThroughTheLimiter(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	path := written(t, "---\nsize: 320x180\nvoice: joanna\n---\nOne sentence.\n\n(audio: knocks.wav)\n")
	run(t, "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i",
		"aevalsrc='if(lt(mod(t,0.5),0.004),0.98*sin(2*PI*1000*t),0.03*sin(2*PI*300*t))':d=10:s=48000",
		filepath.Join(filepath.Dir(path), "knocks.wav"))
	film, _ := produce(t, path, "", nil)
	if got, peak := ebur128(t, film); math.Abs(got+16) > 0.5 || peak > -1 {
		t.Errorf("%.1f LUFS, peak %.1f dBTP", got, peak)
	}
}

// TestLoudnessOutOfReach checks that quiet passages are not amplified in vain if the limiter
// removes all further gain.
func TestLoudnessOutOfReach(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	pause := func(level string) float64 {
		header := "---\nsize: 320x180\nbackground: ukulele-1 0.02\nducking: none\nloudness: " + level + "\n---\n"
		film, _ := produce(t, written(t, header+"(pause: 3)\n\n"+spoken), "", nil)
		if _, peak := ebur128(t, film); peak > -1 {
			t.Errorf("loudness %s: peak %.1f dBTP", level, peak)
		}
		sound, channels := pcm(t, film)
		sum := 0.0
		for _, v := range sound[48000*channels : 2*48000*channels] {
			sum += v * v
		}
		return 10 * math.Log10(sum)
	}
	usual, loud := pause("-16"), pause("-7")
	t.Logf("the music at the start is %.1f dB louder at -7 LUFS than at -16 LUFS", loud-usual)
	if loud > usual+6 {
		t.Errorf("the music at the start is %.1f dB louder at -7 LUFS than at -16 LUFS", loud-usual)
	}
}

// TestLevelsThatStay checks that sound that must not be adjusted keeps its level.
func TestLevelsThatStay(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	tone := func(script string) float64 {
		path := written(t, script)
		run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=f=1000:d=4:r=48000,volume=4dB",
			filepath.Join(filepath.Dir(path), "tone.wav"))
		film, _ := produce(t, path, "", nil)
		sound, channels := pcm(t, film)
		m := loudness.NewMeter(channels)
		m.AddSamples(sound[48000*channels : 3*48000*channels])
		return loudness.ComputeIntegratedLoudness(m.ListSteps())
	}
	alone := tone("---\nsize: 320x180\n---\n(audio: tone.wav)\n\n![](red.png)\n")
	music := tone("---\nsize: 320x180\nbackground: tone.wav\n---\n(duration: 4)\n\n![](red.png)\n")
	if math.Abs(music-alone) > 0.2 || math.Abs(alone+17.1) > 0.5 {
		t.Errorf("films without narration have %.2f and %.2f LUFS", alone, music)
	}
	if got := tone("---\nsize: 320x180\nloudness: none\n---\n(audio: tone.wav)\n\n![](red.png)\n\n(pause: 1)\n\n" +
		"And speech.\n"); math.Abs(got-alone) > 0.2 {
		t.Errorf("with loudness: none the tone has %.2f LUFS, want %.2f", got, alone)
	}
}

// TestMusicBeginsAgainAtOnce checks that music is repeated without the padding that encoders add at
// the end.
func TestMusicBeginsAgainAtOnce(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, name := range []string{"tone.m4a", "tone.mp3", "tone.ogg"} {
		path := written(t, "---\nsize: 320x180\nbackground: "+name+"\n---\n(duration: 7)\n\n![](red.png)\n")
		run(t, "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=f=440:d=3:r=44100,volume=6dB",
			filepath.Join(filepath.Dir(path), name))
		film, _ := produce(t, path, "", nil)
		sound, channels := pcm(t, film)
		level := func(from, samples int) float64 {
			sum := 0.0
			for _, v := range sound[from*channels : (from+samples)*channels] {
				sum += v * v
			}
			return 10 * math.Log10(sum/float64(samples))
		}
		usual := level(48000, 48000)
		for at := 48000; at < 6*48000; at += 240 {
			if got := level(at, 240); got < usual-3 {
				t.Errorf("%s: %.1f dB at %.3f s, usually %.1f", name, got, float64(at)/48000, usual)
			}
		}
	}
}

// TestDucking measures the music of a video before, under and after the narration.
func TestDucking(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	for _, c := range []struct {
		header string
		want   float64
	}{{"", 9}, {"ducking: 15", 15}, {"ducking: none", 0}} {
		// The narration is a tone far from that of the music, so that a filter can remove it.
		path := written(t, "---\nsize: 320x180\nbackground: low.wav\n"+c.header+"\n---\n(duration: 3)\n\n![](red.png)\n\n"+
			"---\n![](blue.png)\n\n(audio: high.wav)\n\n(pause: 3)\n")
		dir := filepath.Dir(path)
		run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=f=150:d=3:r=48000", filepath.Join(dir, "low.wav"))
		run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=f=6000:d=3:r=48000", filepath.Join(dir, "high.wav"))
		film, _ := produce(t, path, "", nil)
		level := func(from, seconds string) float64 {
			raw := run(t, "ffmpeg", "-v", "error", "-ss", from, "-t", seconds, "-i", film, "-af",
				"lowpass=f=400,lowpass=f=400,lowpass=f=400", "-ac", "1", "-f", "s16le", "-")
			sum := 0.0
			for i := 0; i+1 < len(raw); i += 2 {
				v := float64(int16(binary.LittleEndian.Uint16(raw[i:])))
				sum += v * v
			}
			return 10 * math.Log10(sum/float64(len(raw)/2))
		}
		before, under, after := level("0.5", "2"), level("3.2", "2.6"), level("7", "1.5")
		if math.Abs(before-under-c.want) > 0.5 || math.Abs(after-before) > 0.5 {
			t.Errorf("%q: %.1f dB before, %.1f under and %.1f after the narration", c.header, before, under, after)
		}
	}
}
