package films_test

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/compile"
	"mynah/internal/fault"
	"mynah/internal/studio"
	"mynah/internal/testrun"
)

func speak(t *testing.T, r studio.SpeechRequest) (*studio.Speech, error) {
	t.Helper()
	h := openHouse(t, "", nil)
	t.Cleanup(h.Close)
	sp, err := h.Studio.Speak(t.Context(), r)
	if err == nil {
		t.Cleanup(sp.Close)
	}
	return sp, err
}

// sound returns the start and end of the loud ranges of a speech, in seconds. Ranges are separated
// by at least 0.3 s of silence.
func sound(t *testing.T, sp *studio.Speech) [][2]float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.wav")
	if err := sp.WriteFile(t.Context(), "wav", path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, raw, ok := strings.Cut(string(b), "data")
	if !ok {
		t.Fatal("no wav")
	}
	pcm := []byte(raw[4:])
	if want := int(math.Round(sp.Seconds() * 48000)); len(pcm)/2 != want {
		t.Errorf("%d samples, want %d", len(pcm)/2, want)
	}
	var out [][2]float64
	for i := 0; i+1 < len(pcm); i += 2 {
		v := int16(binary.LittleEndian.Uint16(pcm[i:]))
		if v < 300 && v > -300 {
			continue
		}
		at := float64(i/2) / 48000
		if k := len(out); k == 0 || at-out[k-1][1] > 0.3 {
			out = append(out, [2]float64{at, at})
		}
		out[len(out)-1][1] = at
	}
	return out
}

func TestSubtitlesAreSpokenAtTheirTimes(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	sp, err := speak(t, studio.SpeechRequest{TextRequest: compile.TextRequest{Timed: "vtt", Text: `WEBVTT

00:00:01.000 --> 00:00:03.500
First line.

00:00:04.000 --> 00:00:06.500
A cue that takes some time but fits when it is spoken a little faster than usual.

00:00:08.000 --> 00:00:09.000
This sentence is far too long for a single second, even at twice its speed.

00:00:09.500 --> 00:00:12.000
Last.
`}})
	if err != nil {
		t.Fatal(err)
	}
	got := sound(t, sp)
	if len(got) < 3 {
		t.Fatalf("the loud ranges are %v", got)
	}
	for i, want := range []float64{1, 4, 8} {
		if math.Abs(got[i][0]-want) > 0.12 {
			t.Errorf("cue %d begins at %.2f s, want %g", i+1, got[i][0], want)
		}
	}
	if got[1][1] > 6.6 {
		t.Errorf("the second cue ends at %.2f s, want at most 6.5", got[1][1])
	}
	if len(sp.Warnings) != 1 || !strings.Contains(sp.Warnings[0].Summary, "Cue 4") {
		t.Errorf("warnings: %v", sp.Warnings)
	}
	if n := strings.Count(sp.VTT(), "-->"); n != 4 {
		t.Errorf("the subtitles have %d cues:\n%s", n, sp.VTT())
	}
}

func TestAFilePerScene(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	sp, err := speak(t, studio.SpeechRequest{TextRequest: compile.TextRequest{
		Text: "---\nvoice: brian\n---\nOne.\n\n---\n![](picture.png)\n\n(background: nothing.mp3)\n\n" +
			"Two is *here*, and a little longer.\n---\n> nothing is said\n",
		Header: map[string]string{"voice-speed": "slow"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.zip")
	if err := sp.WriteSceneFiles(t.Context(), "mp3", path); err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	if len(z.File) != 2 || sp.CountScenes() != 2 {
		t.Fatalf("%d files, %d scenes", len(z.File), sp.CountScenes())
	}
	for i, f := range z.File {
		if want := fmt.Sprintf("scene-%03d.mp3", i+1); f.Name != want || f.UncompressedSize64 < 2000 {
			t.Errorf("%s of %d bytes, want %s", f.Name, f.UncompressedSize64, want)
		}
	}
	if z.File[1].UncompressedSize64 < 2*z.File[0].UncompressedSize64 {
		t.Error("the file of the longer scene is not longer")
	}
}

func TestTextsThatCannotBeSpoken(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	unspoken := compile.TextRequest{Text: "...\n---\n![](x.png)\n"}
	if _, err := speak(t, studio.SpeechRequest{TextRequest: unspoken}); fault.CodeOf(err) != fault.Usage {
		t.Errorf("a text without words: %v", err)
	}
	_, err := speak(t, studio.SpeechRequest{TextRequest: compile.TextRequest{Text: "---\nvoice-speed: quick\n---\nHi.\n"}})
	if _, ok := errors.AsType[*studio.ScriptError](err); !ok {
		t.Errorf("a wrong header: %v", err)
	}
	if _, err := speak(t, studio.SpeechRequest{TextRequest: compile.TextRequest{
		Text:  "nothing",
		Timed: "vtt",
	}}); fault.CodeOf(err) != fault.Input {
		t.Errorf("invalid subtitles: %v", err)
	}
}

// TestSpeechKeepsItsBitRate checks that a long pause has the same bit rate as speech, and that
// decoders accept it.
func TestSpeechKeepsItsBitRate(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	sp, err := speak(t, studio.SpeechRequest{TextRequest: compile.TextRequest{Text: "One.\n\n(pause: 8)\n\nTwo.\n"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"mp3", "m4a"} {
		path := filepath.Join(t.TempDir(), "x."+format)
		if err := sp.WriteFile(t.Context(), format, path); err != nil {
			t.Fatal(err)
		}
		out := string(run(t, "ffprobe", "-v", "error", "-show_entries", "stream=bit_rate", "-of", "csv=p=0", path))
		var rate int
		if _, err := fmt.Sscan(out, &rate); err != nil || rate < 126_000 || rate > 132_000 { // padding changes the rate of short files
			t.Errorf("%s: %d bits a second, %v", format, rate, err)
		}
		run(t, "ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-")
	}
}
