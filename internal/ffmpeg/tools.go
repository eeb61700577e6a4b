// Package ffmpeg is the only package that writes ffmpeg's arguments and filter graphs; it also
// runs ffmpeg and ffprobe. Its callers describe pictures and sounds. Nothing is left to guesses:
// the demuxer is always named, and ffmpeg opens only the files that it is given.
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
}

// NewTools returns the tools by their program names or paths.
func NewTools(run *proc.Runner, ffmpeg, ffprobe string) *Tools {
	return &Tools{FFmpeg: ffmpeg, FFprobe: ffprobe, run: run}
}

const (
	probeTimeout = 2 * time.Minute
	maxOutput    = 64 << 20
)

func (t *Tools) output(ctx context.Context, program string, args []string) ([]byte, error) {
	return t.run.Output(ctx, proc.Command{Program: program, Args: args, Timeout: probeTimeout, MaxStdout: maxOutput})
}

// Run runs ffmpeg with the arguments that a function of this package gave. in may be
// nil.
func (t *Tools) Run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	return t.run.Run(ctx, proc.Command{Program: t.FFmpeg, Args: args, Stdin: in, Stdout: out})
}

// Version names the build of ffmpeg and its libraries, which ffprobe shares: it decides
// what comes out, so it is part of keys. What the same file answered before is found: a
// program start is dearer than all else of an unchanged build.
func (t *Tools) Version(ctx context.Context, store *cache.Store) (string, error) {
	id, err := t.run.Identity(t.FFmpeg)
	if err != nil {
		return "", err
	}
	key := cache.NewHasher("version 2").String(id).Key()
	if b, ok := store.Get(cache.Probes, key); ok {
		return string(b), nil
	}
	b, err := t.output(ctx, t.FFmpeg, []string{"-version"})
	if err != nil {
		return "", err
	}
	return string(b), store.PutBytes(cache.Probes, key, b)
}

// Complaint returns the line of a program's error output that says most, without the
// names of our files and the addresses of its parts.
func Complaint(stderr string) string {
	best := ""
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		line = regexp.MustCompile(`^\[[^\]]* @ 0x[0-9a-f]+\]\s*`).ReplaceAllString(line, "")
		line = regexp.MustCompile(`\S*/in-\d+\S*:?\s*`).ReplaceAllString(line, "")
		if line != "" && (best == "" || !strings.Contains(line, "Invalid data")) && !strings.HasPrefix(line, "Error while") && !strings.HasPrefix(line, "Conversion failed") {
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
