// Package codec runs programs that decode and encode formats that ffmpeg does not, or not as fast:
// avifdec for AVIF pictures, lame for MP3 sound.
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

// IdentifyAVIF identifies the installed decoder of AVIF pictures: another build of it decodes
// pictures again.
func IdentifyAVIF(run *proc.Runner) (string, error) { return run.Identity(avifdec) }

// DecodeAVIF decodes the AVIF picture at path to PNG. It writes temporary files beside path.
func DecodeAVIF(ctx context.Context, run *proc.Runner, path string) ([]byte, error) {
	out := path + ".avif.png"
	link := path + ".avif" // the program goes by the name's ending
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

// HasMP3 reports whether lame is installed. It starts ten times faster than ffmpeg, which runs
// the same encoder.
func HasMP3(run *proc.Runner) bool {
	_, err := run.Look(lame)
	return err == nil
}

// MP3 is the form of MP3 sound.
type MP3 struct {
	SampleRate int // of the input, in samples a second
	Channels   int // 1 or 2
	BitRate    int // in bits a second
}

// Encode encodes raw samples, 16 bit little endian, as MP3 of a constant bit rate.
func (f MP3) Encode(ctx context.Context, run *proc.Runner, pcm io.Reader, w io.Writer) error {
	mode := "m"
	if f.Channels == 2 {
		mode = "j"
	}
	return run.Run(ctx, proc.Command{
		Program: lame, Stdin: pcm, Stdout: w,
		Args: []string{
			"--silent", "-r", "-s", strconv.FormatFloat(float64(f.SampleRate)/1000, 'f', -1, 64), "--bitwidth", "16", "--signed", "--little-endian",
			"-m", mode, "--cbr", "-b", strconv.Itoa(f.BitRate / 1000), "--nores", "-t", "-", "-",
		},
	})
}
