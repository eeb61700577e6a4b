// Package codec runs programs for formats that ffmpeg does not support or encodes more slowly: avifdec for AVIF
// pictures, lame for MP3 sound.
package codec

import (
	"context"
	"io"
	"os"
	"strconv"

	"mynah/internal/proc"
	"mynah/internal/system"
)

const avifdec = "avifdec"

// IdentifyAVIFDecoder returns a text that identifies the installed AVIF decoder. It is part of cache keys, so that
// pictures are decoded again after the decoder was replaced.
func IdentifyAVIFDecoder(run *proc.Runner) (string, error) { return run.IdentifyProgram(avifdec) }

// DecodeAVIF decodes an AVIF picture to PNG. It writes temporary files to the folder of path.
func DecodeAVIF(ctx context.Context, run *proc.Runner, path string) ([]byte, error) {
	out := path + ".avif.png"
	link := path + ".avif" // avifdec requires this ending
	if err := system.Link(path, link); err != nil {
		return nil, err
	}
	c := proc.Command{Program: avifdec, Args: []string{"--jobs", "1", link, out}}
	if err := run.Run(ctx, c); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

const lame = "lame"

// HasMP3Encoder reports whether lame is installed. It starts ten times faster than ffmpeg, which uses the same
// encoder.
func HasMP3Encoder(run *proc.Runner) bool {
	_, err := run.FindProgram(lame)
	return err == nil
}

// MP3 contains the settings for MP3 sound.
type MP3 struct {
	SampleRate int // of the input, in Hz
	Channels   int // 1 or 2
	BitRate    int // bits per second
}

// Encode encodes raw 16-bit little-endian samples as MP3 with a constant bit rate.
func (f MP3) Encode(ctx context.Context, run *proc.Runner, pcm io.Reader, w io.Writer) error {
	mode := "m"
	if f.Channels == 2 {
		mode = "j"
	}
	return run.Run(ctx, proc.Command{
		Program: lame, Stdin: pcm, Stdout: w,
		Args: []string{
			"--silent", "-r", "-s", strconv.FormatFloat(float64(f.SampleRate)/1000, 'f', -1, 64),
			"--bitwidth", "16", "--signed", "--little-endian",
			"-m", mode, "--cbr", "-b", strconv.Itoa(f.BitRate / 1000), "--nores", "-t", "-", "-",
		},
	})
}
