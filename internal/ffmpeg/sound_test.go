package ffmpeg_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/ffmpeg"
	"mynah/internal/media"
	"mynah/internal/proc"
	"mynah/internal/testrun"
)

// TestPlainSoundIsReadWithoutAProgram checks that plain WAV files are read without a program, with the same
// result.
func TestPlainSoundIsReadWithoutAProgram(t *testing.T) {
	t.Parallel()
	none, programs := ffmpeg.NewTools(nil, "", ""), tools(t, "ffprobe") // a nil runner cannot start programs
	for _, c := range []struct{ rate, channels, samples int }{
		{48000, 1, 48000}, {48000, 2, 12345}, {48000, 1, 1}, {48000, 1, 80001}, {48000, 2, 500000}, {44100, 1, 44101}, {22050, 2, 7},
	} {
		t.Run(fmt.Sprintf("%d Hz, %d channels, %d samples", c.rate, c.channels, c.samples), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "in-1")
			makeWAV(t, programs, path, c.rate, c.channels, c.samples)
			in := ffmpeg.Input{Path: path, Format: media.WAV}
			s := ffmpeg.SoundInput{Input: in, Channels: c.channels}
			got, err := none.ProbeFile(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			var copied, decoded bytes.Buffer
			if c.rate == 48000 {
				if err := none.WriteDecodedSound(t.Context(), s, 48000, &copied); err != nil {
					t.Fatal(err)
				}
			}
			if err := programs.RunFFmpeg(t.Context(), ffmpeg.ReadSoundArgs(s, 48000), nil, &decoded); err != nil {
				t.Fatal(err)
			}
			if c.rate == 48000 && (copied.Len() != c.samples*c.channels*2 || !bytes.Equal(copied.Bytes(), decoded.Bytes())) {
				t.Errorf("%d bytes were copied, %d decoded, and they differ", copied.Len(), decoded.Len())
			}
			// With an unknown chunk, ffmpeg reads the file, with the same result.
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString("what\x00\x00\x00\x00"); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			want, err := programs.ProbeFile(t.Context(), in)
			if err != nil || want.Audio == nil || got.Audio == nil || got.Video != nil ||
				got.Audio.Channels != want.Audio.Channels || got.Audio.Length.Cmp(want.Audio.Length) != 0 {
				t.Errorf("%+v, by ffprobe %+v %v", got.Audio, want.Audio, err)
			}
		})
	}
}

// makeWAV writes noise with ffmpeg.
func makeWAV(t *testing.T, tools *ffmpeg.Tools, path string, rate, channels, samples int) {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	noise := fmt.Sprintf("anoisesrc=r=%d:a=0.7:seed=1,atrim=end_sample=%d,aformat=channel_layouts=%s", rate, samples,
		map[int]string{1: "mono", 2: "stereo"}[channels])
	if err := run.Run(t.Context(), proc.Command{Program: tools.FFmpeg, Args: []string{
		"-nostdin", "-v", "error", "-f", "lavfi", "-i", noise, "-c:a", "pcm_s16le", "-f", "wav", path,
	}}); err != nil {
		t.Fatal(err)
	}
}

// TestStretchesOfPlainSoundAreDecoded checks that only whole files are copied without ffmpeg.
func TestStretchesOfPlainSoundAreDecoded(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	programs := tools(t, "ffprobe")
	path := filepath.Join(t.TempDir(), "in-1")
	makeWAV(t, programs, path, 48000, 2, 48000)
	in := ffmpeg.Input{Path: path, Format: media.WAV}
	for name, c := range map[string]struct {
		s     ffmpeg.SoundInput
		bytes int
	}{
		"its end":      {ffmpeg.SoundInput{Input: in, From: 750_000, Channels: 2}, 48000},
		"its start":    {ffmpeg.SoundInput{Input: in, Length: 250_000, Channels: 2}, 48000},
		"one channel":  {ffmpeg.SoundInput{Input: in, Channels: 1}, 96000},
		"at its speed": {ffmpeg.SoundInput{Input: in, Channels: 2, SpeedNum: 3, SpeedDen: 3}, 192000},
	} {
		var out bytes.Buffer
		if err := programs.WriteDecodedSound(t.Context(), c.s, 48000, &out); err != nil || out.Len() != c.bytes {
			t.Errorf("%s: %d bytes, want %d (%v)", name, out.Len(), c.bytes, err)
		}
	}
}
