package studio

import (
	"context"

	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/part"
	"mynah/internal/release"
)

// SubtitleFile describes a file of subtitles: its format, which is one of ListSubtitleFormats, and its
// path. An empty path means that no file is written.
type SubtitleFile struct {
	Format string `json:"format"`
	Path   string `json:"file"`
}

// Subtitled contains the subtitles of a video that has not been built.
type Subtitled struct {
	*Plan
	// Texts are the contents of the requested files, in the same order.
	Texts []string
}

// ListSubtitleFormats lists the formats that MakeSubtitles can write.
func ListSubtitleFormats() []string { return []string{"srt", "vtt", "txt"} }

// MakeSubtitles makes the subtitles of a video and writes them to files: either all of them or none. It
// speaks the narration, because that determines the times of the words, and draws nothing. It
// ignores the Output of the request.
func (s *Studio) MakeSubtitles(ctx context.Context, req Request, files []SubtitleFile) (made *Subtitled, err error) {
	err = s.withSession(ctx, req.Dir, req.Progress, false, func(e *session) (err error) {
		made, err = e.makeSubtitles(ctx, req, files)
		return err
	})
	return made, err
}

// makeSubtitles runs the steps of MakeSubtitles.
func (e *session) makeSubtitles(ctx context.Context, req Request, files []SubtitleFile) (*Subtitled, error) {
	src, err := e.planScript(ctx, req.Request)
	if err != nil {
		return &Subtitled{Plan: e.newPlan(src.Board, timedBoard{})}, err
	}
	t, texts, err := e.composeSubtitles(ctx, req, src, files)
	return &Subtitled{Plan: e.newPlan(src.Board, t), Texts: texts}, err
}

// composeSubtitles computes the timeline of a script and writes its subtitles.
func (e *session) composeSubtitles(
	ctx context.Context, req Request, src compile.Script, files []SubtitleFile,
) (t timedBoard, texts []string, err error) {
	found, err := e.identifyFiles(ctx, src.Board)
	if err != nil {
		return t, nil, err
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	out, err := e.reserveFiles(ctx, e.listInputs(src, found), paths, req.Force)
	if err != nil {
		return t, nil, err
	}
	if t, err = e.speakAndTime(ctx, src.Board, found, req.Scenes == [2]int{}); err != nil {
		return t, nil, err
	}
	texts, err = runStep(ctx, e, meter.Film, func(ctx context.Context, _ part.Maker) ([]string, diag.List, error) {
		if len(t.cues) == 0 {
			return nil, nil, fault.New(fault.Input, nil, "%s has no narration, so there are no subtitles", req.Script).
				WithHint("write a sentence to speak, or the subtitle of a scene: > text")
		}
		var texts []string
		for _, f := range files {
			texts = append(texts, formatSubtitles(f.Format, t.cues))
		}
		return texts, nil, out.WriteTexts(ctx, paths, texts)
	})
	return t, texts, err
}

// reserveFiles returns an error if writing the files would replace a file that must not be
// replaced.
func (e *session) reserveFiles(ctx context.Context, in release.Inputs, paths []string, force bool) (*release.Outputs, error) {
	return runStep(ctx, e, meter.Files, func(context.Context, part.Maker) (*release.Outputs, diag.List, error) {
		out, err := release.ReserveFiles(e.studio.store, in, paths, force)
		return out, nil, err
	})
}

func formatSubtitles(format string, cues []caption.Cue) string {
	switch format {
	case "srt":
		return caption.FormatSRT(cues)
	case "vtt":
		return caption.FormatVTT(cues)
	default:
		return caption.FormatText(cues)
	}
}
