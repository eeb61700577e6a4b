package studio

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

// Request describes a video to build.
type Request struct {
	compile.Request
	// Dir is the project's folder.
	Dir string
	// Output is the path of the video file. The subtitles and the poster are written to the same
	// folder, with the same base name.
	Output string
	// Timeline requests the timeline as a JSON file next to the video.
	Timeline bool
	// Transcript requests the narration as a Markdown file next to the video and, if the script has
	// chapters, a list of them.
	Transcript bool
	// Slides makes Check also lay out the slides, which needs the browser.
	Slides bool
	// Force allows replacing existing files that no earlier build wrote.
	Force bool
	// Progress is called with the progress of the build, never concurrently. It may be nil.
	Progress func(meter.Progress)
}

// Result describes the files of a finished build, and the work that it did.
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
	// Further are the same video in the further sizes that the script requests, in order.
	Further  []Further `json:"further,omitempty"`
	Findings `json:"-"`
	Work
}

// Further is a video in a further size.
type Further struct {
	release.Files
	Width  int   `json:"width"`
	Height int   `json:"height"`
	Bytes  int64 `json:"bytes"`
}

// Work describes what a build did.
type Work struct {
	// Phases are the phases of the build with their costs, in order.
	Phases []meter.Phase `json:"phases"`
	// Made lists the parts that were not in the cache, in the order of the video.
	Made []part.Made `json:"made,omitempty"`
	// Parts is the number of all parts, whether from the cache or made by this build.
	Parts int `json:"parts"`
	// Voices are the voices that spoke, in the order of their first sentence.
	Voices []speech.VoiceUse `json:"voices,omitempty"`
}

// Findings are the findings in the script and its files.
type Findings struct {
	Warnings diag.List         `json:"-"`
	Sources  map[string][]byte `json:"-"` // texts of the script and its includes, by file name

	places []diag.Range // of the scenes in the script
}

// FindScene returns the index, from 0, of the scene that a finding is about. For a finding about no
// scene, or in an included script, it returns 0.
func (f *Findings) FindScene(d diag.Diagnostic) int {
	scene := 0
	for i, at := range f.places {
		if at.File == d.Range.File && at.Start.Line <= d.Range.Start.Line {
			scene = i
		}
	}
	return scene
}

// Produce builds a video, and then the same video in the further sizes that the script requests. The error is a
// *ScriptError if the author of the script can correct it, and otherwise a fault; the result then contains only the
// findings. Existing files are replaced only when the new video is complete.
func (s *Studio) Produce(ctx context.Context, req Request) (*Result, error) {
	start := time.Now()
	total := &totalProgress{report: req.Progress, videos: 1}
	req.Progress = total.newVideoReport(0)
	result, sizes, err := s.produceOne(ctx, req, func(n int) { total.videos = 1 + n })
	if err != nil {
		return result, err
	}
	for i, size := range sizes {
		one := req
		one.Size, one.Progress, one.Output = &size, total.newVideoReport(i+1), addSizeToName(req.Output, size)
		more, _, err := s.produceOne(ctx, one, func(int) {})
		if err != nil {
			return more, err
		}
		result.addFurther(more)
	}
	result.ElapsedMS = time.Since(start).Milliseconds()
	return result, nil
}

// totalProgress converts the progress of each video of a build to that of the whole build.
type totalProgress struct {
	report func(meter.Progress) // may be nil
	// videos is the number of videos to build. It is 1 until the script was read.
	videos int
	// highest is the percentage that was reported last.
	highest float64
}

// newVideoReport returns a function that reports the progress of the video after done others. The percentage never
// decreases.
func (t *totalProgress) newVideoReport(done int) func(meter.Progress) {
	return func(p meter.Progress) {
		if t.report != nil {
			t.highest = max(t.highest, (float64(done)*100+p.Percent)/float64(t.videos))
			p.Percent = t.highest
			t.report(p)
		}
	}
}

// addSizeToName returns the name of a video in a further size: film-1080x1920.mp4 for film.mp4.
func addSizeToName(path string, size frame.Size) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%s%s", strings.TrimSuffix(path, ext), size, ext)
}

// addFurther adds the result of a build in a further size.
func (r *Result) addFurther(more *Result) {
	r.Further = append(r.Further, Further{Files: more.Files, Width: more.Width, Height: more.Height, Bytes: more.Bytes})
	r.Phases, r.Made, r.Parts = append(r.Phases, more.Phases...), append(r.Made, more.Made...), r.Parts+more.Parts
	r.addNewWarnings(more.Findings)
}

// addNewWarnings adds the warnings that are not yet in the list.
func (f *Findings) addNewWarnings(more Findings) {
	for _, d := range more.Warnings {
		if !slices.ContainsFunc(f.Warnings, func(o diag.Diagnostic) bool { return o.Range == d.Range && o.Summary == d.Summary }) {
			f.Warnings = append(f.Warnings, d)
		}
	}
}

// produceOne builds a video in one size, and returns the further sizes that the script requests. It calls sizesKnown with
// their number before it reports progress.
func (s *Studio) produceOne(
	ctx context.Context, req Request, sizesKnown func(int),
) (result *Result, sizes []frame.Size, err error) {
	err = s.withSession(ctx, req.Dir, req.Progress, false, func(e *session) (err error) {
		result, sizes, err = e.produce(ctx, req, sizesKnown)
		return err
	})
	return result, sizes, err
}

// produce runs the steps of a build. See produceOne.
func (e *session) produce(ctx context.Context, req Request, sizesKnown func(int)) (*Result, []frame.Size, error) {
	src, err := e.planScript(ctx, req.Request)
	if err != nil {
		return &Result{Findings: e.newFindings(src.Board)}, nil, err
	}
	sizesKnown(len(src.Board.Film.Sizes))
	result, err := e.buildFromScript(ctx, req, src)
	if err != nil {
		return &Result{Findings: e.newFindings(src.Board)}, nil, err
	}
	result.Findings = e.newFindings(src.Board)
	result.Phases, result.Parts = e.meter.Phases, e.maker.Book.CountParts()
	result.Made = e.maker.Book.ExplainMade(e.studio.store, e.newBookKey(src.Name, req.Output))
	e.meter.ReportCurrentPhase(meter.Film, 1)
	return result, src.Board.Film.Sizes, nil
}

// buildFromScript runs the steps of a build that follow reading the script.
func (e *session) buildFromScript(ctx context.Context, req Request, src compile.Script) (*Result, error) {
	files, err := e.identifyFiles(ctx, src.Board)
	if err != nil {
		return nil, err
	}
	out, err := e.reserveOutputs(ctx, src, files, release.Target{
		Video: req.Output, Timeline: req.Timeline, Transcript: req.Transcript, Force: req.Force,
	})
	if err != nil {
		return nil, err
	}
	e.meter.SetEstimatedCosts(src.Board, files)
	spoken, err := e.speakAndMakeAhead(ctx, src.Board, files)
	if err != nil {
		return nil, err
	}
	t, err := e.computeTimeline(ctx, src.Board, files, spoken, req.Scenes == [2]int{})
	if err != nil {
		return nil, err
	}
	drawn, err := e.drawOverlays(ctx, src.Board, t, files, t.cues)
	if err != nil {
		return nil, err
	}
	pictures, err := e.cutPictures(ctx, src.Board, t, files, drawn)
	if err != nil {
		return nil, err
	}
	poster, err := e.drawPoster(ctx, src.Board, t, files, drawn)
	if err != nil {
		return nil, err
	}
	sound, aac, err := e.makeSoundtrack(ctx, mix.Input{
		Board: src.Board, Line: t.line, Files: files, Spoken: t.spoken, Booth: e.studio.booth,
	})
	if err != nil {
		return nil, err
	}
	result, err := e.publishVideo(ctx, out, release.Video{
		Script: src.Name, Board: src.Board, Line: t.line, Cues: t.cues, Words: t.spoken.ListWords, Captions: drawn.captions,
		Poster: poster, Form: e.studio.newPictureFormat(t.line), Pictures: pictures, Sound: sound.Runs, AAC: aac,
	})
	if err != nil {
		return nil, err
	}
	result.Voices = t.spoken.ListVoiceUses(src.Board)
	return result, nil
}
