package ffmpeg

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"

	"mynah/internal/media"
)

// SoundInput is a range of a file's sound.
type SoundInput struct {
	Input
	// From and Length are in microseconds of the file; Length 0 means to its end.
	From, Length       int64
	SpeedNum, SpeedDen int64
	// Channels is the number of output channels, 1 or 2.
	Channels int
	// Surround: the file has more than two channels.
	Surround bool
}

// ReadSoundArgs returns the arguments of a process that writes sound as raw 16-bit samples at a sample rate.
func ReadSoundArgs(s SoundInput, sampleRate int) []string {
	var before []string
	if s.From > 0 {
		before = append(before, "-ss", formatMicros(s.From))
	}
	if s.Length > 0 {
		before = append(before, "-t", formatMicros(s.Length))
	}
	// Fill gaps between packets with silence, so that sound keeps its time.
	resample := fmt.Sprintf("aresample=%d:async=1:first_pts=0:filter_size=64:phase_shift=10:linear_interp=0",
		sampleRate)
	if s.Surround && s.Channels == 2 {
		resample += surround
	}
	filters := []string{resample}
	filters = append(filters, listTempoFilters(s.SpeedNum, s.SpeedDen)...)
	layout := "mono"
	if s.Channels == 2 {
		layout = "stereo"
	}
	filters = append(filters, "aformat=sample_fmts=s16:channel_layouts="+layout)
	args := append(listQuietArgs(), s.listReadArgs(before...)...)
	return append(args, "-map", "0:a:0", "-vn", "-sn", "-dn", "-af", strings.Join(filters, ","),
		"-f", "s16le", "pipe:1")
}

// surround mixes more than two channels to stereo by ITU-R BS.775-3, table 2: centre and surround channels at
// -3 dB, without the low-frequency channel. The high maxval prevents ffmpeg from reducing the volume.
const surround = ":ochl=stereo:clev=0.7071068:slev=0.7071068:lfe_mix_level=0:rematrix_maxval=64"

// listTempoFilters returns the filters that change the speed but not the pitch. One filter supports factors of 0.5 to
// 100.
func listTempoFilters(num, den int64) []string {
	if num <= 0 || den <= 0 || num == den {
		return nil
	}
	factor := big.NewRat(num, den)
	half, hundred := big.NewRat(1, 2), big.NewRat(100, 1)
	var out []string
	for factor.Cmp(half) < 0 && len(out) < 20 {
		out = append(out, "atempo=0.5")
		factor.Quo(factor, half)
	}
	for factor.Cmp(hundred) > 0 && len(out) < 20 {
		out = append(out, "atempo=100")
		factor.Quo(factor, hundred)
	}
	return append(out, "atempo="+factor.FloatString(9))
}

// WriteDecodedSound writes a range of a file's sound as ReadSoundArgs describes. It copies the samples of whole WAV
// files that already have the right format, because starting a program takes longer than decoding ten seconds of sound.
func (t *Tools) WriteDecodedSound(ctx context.Context, s SoundInput, sampleRate int, out io.Writer) error {
	whole := s.From == 0 && s.Length == 0 && s.SpeedNum == s.SpeedDen
	pcm, ok := findPlainSamples(s.Input)
	if !ok || !whole || pcm.Rate != sampleRate || pcm.Channels != s.Channels {
		return t.RunFFmpeg(ctx, ReadSoundArgs(s, sampleRate), nil, out)
	}
	f, err := os.Open(s.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	for at := int64(0); at < pcm.Bytes; at += copyStep {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.Copy(out, io.NewSectionReader(f, pcm.Offset+at, min(copyStep, pcm.Bytes-at))); err != nil {
			return err
		}
	}
	return nil
}

// copyStep is the number of bytes between checks for cancellation.
const copyStep = 8 << 20

// findPlainSamples returns the position of the samples in a file that needs no decoder.
func findPlainSamples(in Input) (media.PCM, bool) {
	if in.Format != media.WAV {
		return media.PCM{}, false
	}
	f, err := os.Open(in.Path)
	if err != nil {
		return media.PCM{}, false
	}
	defer func() { _ = f.Close() }()
	fi, err := f.Stat()
	if err != nil {
		return media.PCM{}, false
	}
	return media.FindPlainSamples(f, fi.Size())
}
