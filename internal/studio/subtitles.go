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

// SubtitleFile is a file of subtitles: one of SubtitleFormats, and where it is to stand, ""
// for nowhere.
type SubtitleFile struct {
	Format string `json:"format"`
	Path   string `json:"file"`
}

// Subtitled are the subtitles of a video that is not built.
type Subtitled struct {
	*Plan
	// Texts are those of the files, in their order.
	Texts []string
}

// SubtitleFormats are the formats in which Subtitles writes.
func SubtitleFormats() []string { return []string{"srt", "vtt", "txt"} }

// Subtitles makes the subtitles of a video and writes them to files, all of them whole or
// none. It speaks, since the voice says when words are said, and draws nothing. The
// request's output does not count.
func (s *Studio) Subtitles(ctx context.Context, req Request, files []SubtitleFile) (*Subtitled, error) {
	e, err := s.open(ctx, req.Dir, req.Progress)
	if err != nil {
		return nil, err
	}
	defer e.close()
	src, err := e.read(ctx, req.Request)
	if err != nil {
		return &Subtitled{Plan: e.planned(src.Board, timedBoard{})}, err
	}
	t, texts, err := e.subtitles(ctx, req, src, files)
	return &Subtitled{Plan: e.planned(src.Board, t), Texts: texts}, err
}

// subtitles times a script and writes its subtitles.
func (e *session) subtitles(ctx context.Context, req Request, src compile.Script, files []SubtitleFile) (t timedBoard, texts []string, err error) {
	found, err := e.identify(ctx, src.Board)
	if err != nil {
		return t, nil, err
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	out, err := e.reserveFiles(ctx, e.inputs(src, found), paths, req.Force)
	if err != nil {
		return t, nil, err
	}
	if t, err = e.plan(ctx, src.Board, found, req.Scenes == [2]int{}); err != nil {
		return t, nil, err
	}
	texts, err = do(ctx, e, meter.Film, func(ctx context.Context, _ part.Maker) ([]string, diag.List, error) {
		if len(t.cues) == 0 {
			return nil, nil, fault.New(fault.Input, nil, "%s has no narration, so there are no subtitles", req.Script).
				WithHint("write a sentence to speak, or the subtitle of a scene: > text")
		}
		var texts []string
		for _, f := range files {
			texts = append(texts, subtitleText(f.Format, t.cues))
		}
		return texts, nil, out.WriteTexts(ctx, paths, texts)
	})
	return t, texts, err
}

// reserveFiles makes sure that files replace nothing that they must not.
func (e *session) reserveFiles(ctx context.Context, in release.Inputs, paths []string, force bool) (*release.Outputs, error) {
	return do(ctx, e, meter.Files, func(context.Context, part.Maker) (*release.Outputs, diag.List, error) {
		out, err := release.ReserveFiles(e.studio.store, in, paths, force)
		return out, nil, err
	})
}

func subtitleText(format string, cues []caption.Cue) string {
	switch format {
	case "srt":
		return caption.FormatSRT(cues)
	case "vtt":
		return caption.FormatVTT(cues)
	default:
		return caption.FormatText(cues)
	}
}
