// Package steptest contains helpers for tests of build steps: a project in a temporary folder, an empty cache,
// the real programs, and the results of earlier steps. Its voice is the tone engine, so that all lengths follow
// from the text.
package steptest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/assets"
	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/project"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// Version replaces ffmpeg's version in cache keys.
const Version = "test"

// Bench is a project, an empty cache and the programs for a step.
type Bench struct {
	Dir     string // folder of the project
	Project *project.Project
	Store   *cache.Store
	Run     *proc.Runner
	FFmpeg  *ffmpeg.Tools
	Booth   *voice.Booth
}

// NewBench returns a bench that is removed when the test ends.
func NewBench(t *testing.T) *Bench {
	t.Helper()
	b := &Bench{Dir: t.TempDir()}
	var err error
	if b.Project, err = project.Open(b.Dir); err != nil {
		t.Fatal(err)
	}
	if b.Store, err = cache.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if b.Run, err = proc.New(proc.DefaultConfig()); err != nil {
		t.Fatal(err)
	}
	b.FFmpeg = ffmpeg.NewTools(b.Run, "ffmpeg", "ffprobe")
	if b.Booth, err = voice.NewBooth(voice.DefaultConfig(), []voice.Engine{tone.New()}, b.Store); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Project.Close(); b.Store.Close() })
	return b
}

// NewMaker returns a maker of parts with an empty book and a new folder for temporary files.
func (b *Bench) NewMaker(t *testing.T) part.Maker {
	t.Helper()
	return part.Maker{Store: b.Store, Book: part.NewBook(), Jobs: 2, Work: t.TempDir()}
}

// WriteFile writes a file of the project.
func (b *Bench) WriteFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.Dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// WritePNG writes an image of one colour to the project.
func (b *Bench) WritePNG(t *testing.T, name string, w, h int, c color.Color) {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	b.WriteFile(t, name, out.Bytes())
}

// WriteMedia creates a file of the project with ffmpeg. flags are separated by blanks.
func (b *Bench) WriteMedia(t *testing.T, name, flags string) {
	t.Helper()
	var said bytes.Buffer
	args := append([]string{"-v", "error", "-y"}, strings.Fields(flags)...)
	args = append(args, filepath.Join(b.Dir, name))
	if err := b.Run.Run(t.Context(), proc.Command{Program: "ffmpeg", Args: args, Stderr: &said}); err != nil {
		t.Fatalf("the program failed: %v: %s", err, &said)
	}
}

// Timed is a script after the steps up to its timeline: its files are identified and its sentences are spoken.
type Timed struct {
	Board  *storyboard.Board
	Files  *assets.Set
	Spoken *speech.Spoken
	Line   *timeline.Line
	Cues   []caption.Cue
	// Findings contains the warnings of these steps.
	Findings diag.List
}

// PlanTimeline runs the steps of a build up to the timeline. Errors in the script fail the test.
func (b *Bench) PlanTimeline(t *testing.T, m part.Maker, text string) Timed {
	t.Helper()
	b.WriteFile(t, "script.md", []byte(text))
	read, err := compile.PlanScript(t.Context(), b.Project, b.Booth, compile.Request{Script: "script.md"})
	out := Timed{Board: read.Board, Findings: read.Findings}
	check := func(list diag.List, err error) {
		t.Helper()
		out.Findings.Add(list...)
		if err != nil || out.Findings.HasErrors() {
			t.Fatalf("the script has findings %v, error %v", out.Findings, err)
		}
	}
	check(nil, err)
	var list diag.List
	tools := assets.Tools{FFmpeg: b.FFmpeg, Version: Version, Run: b.Run}
	out.Files, list, err = assets.Identify(t.Context(), m, tools, b.Project, out.Board)
	check(list, err)
	out.Spoken, list, err = speech.SpeakBoard(t.Context(), m, b.Booth, out.Board, nil)
	check(list, err)
	measured := out.Spoken.NewMeasured(out.Files.ListMedia())
	check(timeline.CheckLength(out.Board, measured), nil)
	out.Line = timeline.Compute(out.Board, measured)
	out.Cues = caption.MakeCues(out.Board, out.Line, out.Spoken.ListWords)
	return out
}

// NewTimelinePicture returns the form of a video's picture track.
func NewTimelinePicture(l *timeline.Line) ffmpeg.Picture {
	still, clip := ffmpeg.DefaultQuality()
	return ffmpeg.Picture{Width: l.Width, Height: l.Height, FPS: l.FPS, StillQP: still, ClipCRF: clip}
}

// StoreLayer stores a drawing of one colour in the cache, at box in a frame of w x h pixels.
func (b *Bench) StoreLayer(t *testing.T, w, h int, box image.Rectangle, c color.Color) picture.LayerRef {
	t.Helper()
	img := image.NewNRGBA(box)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			img.Set(x, y, c)
		}
	}
	drawn, err := picture.NewLayer(img, frame.Color{}, w, h).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	key := cache.NewHasher("drawing of a test").AddBytes(drawn).Key()
	if err := b.Store.PutBytes(cache.Pictures, key, drawn); err != nil {
		t.Fatal(err)
	}
	return picture.LayerRef{Key: key, Drawing: key}
}
