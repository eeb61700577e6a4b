package studio

import (
	"context"
	"time"

	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/meter"
	"mynah/internal/mix"
	"mynah/internal/part"
	"mynah/internal/release"
	"mynah/internal/speech"
)

// Request asks for a video.
type Request struct {
	compile.Request
	// Dir is the project's folder.
	Dir string
	// Output is the file of the video. The subtitles and the poster stand beside it under
	// the same name.
	Output string
	// Timeline writes the timeline as JSON beside the video.
	Timeline bool
	// Transcript writes what is said as Markdown beside the video, and a list of chapters
	// if there are any.
	Transcript bool
	// Force replaces files that an earlier build did not make.
	Force bool
	// Progress is told how far the work is; calls come one at a time. It may be nil.
	Progress func(meter.Progress)
}

// Result describes a finished build: its files and what it did.
type Result struct {
	release.Files
	Width     int        `json:"width"`
	Height    int        `json:"height"`
	FPS       frame.Rate `json:"fps"`
	Frames    int64      `json:"frames"`
	Seconds   float64    `json:"seconds"`
	Scenes    int        `json:"scenes"`
	Bytes     int64      `json:"bytes"`
	ElapsedMS int64      `json:"elapsedMs"`
	Findings  `json:"-"`
	// Work says what the build did.
	Work
}

// Work is what a build did.
type Work struct {
	// Phases tell what each phase took, in their order.
	Phases []meter.Phase `json:"phases"`
	// Made are the parts that were not in the cache, in the order of the video.
	Made []part.Made `json:"made,omitempty"`
	// Parts is how many there are, made or found.
	Parts int `json:"parts"`
	// Voices are those that spoke, in the order in which they are first heard.
	Voices []speech.VoiceUse `json:"voices,omitempty"`
}

// Findings are what was found in the script on the way.
type Findings struct {
	Warnings diag.List         `json:"-"`
	Sources  map[string][]byte `json:"-"` // what the warnings point into

	places []diag.Range // of the scenes
}

// SceneOf returns the scene that a finding is about, from 0; what is about none, or stands in
// an included script, is about the first.
func (f *Findings) SceneOf(d diag.Diagnostic) int {
	scene := 0
	for i, at := range f.places {
		if at.File == d.Range.File && at.Start.Line <= d.Range.Start.Line {
			scene = i
		}
	}
	return scene
}

// Produce makes a video. The error is a *ScriptError when the author can mend it, else
// a fault; the result then holds the findings alone. A file that was there before is only
// replaced by a whole one.
func (s *Studio) Produce(ctx context.Context, req Request) (*Result, error) {
	start := time.Now()
	e, err := s.open(ctx, req.Dir, req.Progress)
	if err != nil {
		return nil, err
	}
	defer e.close()
	src, err := e.read(ctx, req.Request)
	if err != nil {
		return &Result{Findings: e.findings(src.Board)}, err
	}
	result, err := e.produce(ctx, req, src)
	if err != nil {
		return &Result{Findings: e.findings(src.Board)}, err
	}
	result.Findings = e.findings(src.Board)
	result.Phases, result.Made, result.Parts = e.meter.Phases, e.maker.Book.ExplainMade(s.store, e.bookKey(src.Name, req.Output)), e.maker.Book.CountParts()
	result.ElapsedMS = time.Since(start).Milliseconds()
	e.meter.ReportCurrentPhase(meter.Film, 1)
	return result, nil
}

// produce runs the steps of a build after the reading of the script.
func (e *session) produce(ctx context.Context, req Request, src compile.Script) (*Result, error) {
	files, err := e.identify(ctx, src.Board)
	if err != nil {
		return nil, err
	}
	out, err := e.reserve(ctx, src, files, release.Target{Video: req.Output, Timeline: req.Timeline, Transcript: req.Transcript, Force: req.Force})
	if err != nil {
		return nil, err
	}
	e.meter.EstimateCosts(src.Board, files)
	spoken, err := e.speakAhead(ctx, src.Board, files)
	if err != nil {
		return nil, err
	}
	t, err := e.time(ctx, src.Board, files, spoken, req.Scenes == [2]int{})
	if err != nil {
		return nil, err
	}
	drawn, err := e.draw(ctx, src.Board, t, t.cues)
	if err != nil {
		return nil, err
	}
	pictures, err := e.cut(ctx, src.Board, t, files, drawn)
	if err != nil {
		return nil, err
	}
	sound, aac, err := e.mix(ctx, mix.Input{Board: src.Board, Line: t.line, Files: files, Spoken: t.spoken, Booth: e.studio.booth})
	if err != nil {
		return nil, err
	}
	result, err := e.publish(ctx, out, release.Video{
		Script: src.Name, Board: src.Board, Line: t.line, Cues: t.cues, Words: t.spoken.ListWords, Captions: drawn.captions,
		Form: e.studio.form(t.line), Pictures: pictures, Sound: sound.Runs, AAC: aac,
	})
	if err != nil {
		return nil, err
	}
	result.Voices = t.spoken.ListVoiceUses(src.Board)
	return result, nil
}
