// Package ffmpeg runs ffmpeg and ffprobe, and is the only package that writes their arguments and filter
// graphs. Its callers describe pictures and sounds. It always names the demuxer, and ffmpeg opens only the
// files that it names.
package ffmpeg

import (
	"context"
	"io"
	"regexp"
	"strings"
	"time"

	"mynah/internal/cache"
	"mynah/internal/proc"
)

// Tools runs ffmpeg and ffprobe.
type Tools struct {
	FFmpeg, FFprobe string
	run             *proc.Runner
	beside          bool
}

// RunBeside returns tools whose programs run beside others: they do not wait until another program has ended. A
// program must be started in this way if another one reads its output, or waits for the caller.
func (t *Tools) RunBeside() *Tools {
	out := *t
	out.beside = true
	return &out
}

// NewTools returns the tools. ffmpeg and ffprobe are program names or paths.
func NewTools(run *proc.Runner, ffmpeg, ffprobe string) *Tools {
	return &Tools{FFmpeg: ffmpeg, FFprobe: ffprobe, run: run}
}

const (
	probeTimeout = 2 * time.Minute
	maxOutput    = 64 << 20
)

// runForOutput runs a program and returns its standard output.
func (t *Tools) runForOutput(ctx context.Context, program string, args []string) ([]byte, error) {
	return t.run.RunForOutput(ctx, proc.Command{Program: program, Args: args, Timeout: probeTimeout, MaxStdout: maxOutput})
}

// RunFFmpeg runs ffmpeg with arguments from a function of this package. in may be nil.
func (t *Tools) RunFFmpeg(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	return t.run.Run(ctx, proc.Command{Program: t.FFmpeg, Args: args, Stdin: in, Stdout: out, Resident: t.beside})
}

// FindFFmpegVersion returns ffmpeg's version and build options, which determine its output and are part of cache keys.
// It caches them by the program's file, because starting a program takes longer than the rest of an unchanged
// build.
func (t *Tools) FindFFmpegVersion(ctx context.Context, store *cache.Store) (string, error) {
	id, err := t.run.IdentifyProgram(t.FFmpeg)
	if err != nil {
		return "", err
	}
	key := cache.NewHasher("version 2").AddString(id).Key()
	if b, ok := store.ReadEntry(cache.Probes, key); ok {
		return string(b), nil
	}
	b, err := t.runForOutput(ctx, t.FFmpeg, []string{"-version"})
	if err != nil {
		return "", err
	}
	return string(b), store.PutBytes(cache.Probes, key, b)
}

// FindComplaint returns the most informative line of a program's error output, without the names of Mynah's own
// files and the addresses of ffmpeg's modules.
func FindComplaint(stderr string) string {
	best := ""
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		line = regexp.MustCompile(`^\[[^\]]* @ 0x[0-9a-f]+\]\s*`).ReplaceAllString(line, "")
		line = regexp.MustCompile(`\S*/in-\d+\S*:?\s*`).ReplaceAllString(line, "")
		general := strings.HasPrefix(line, "Error while") || strings.HasPrefix(line, "Conversion failed")
		if line != "" && (best == "" || !strings.Contains(line, "Invalid data")) && !general {
			if best == "" {
				best = line
			}
		}
	}
	if best == "" {
		return "it cannot be decoded"
	}
	return "it cannot be decoded (" + best + ")"
}
