package studio

import (
	"context"
	"os"
	"path/filepath"

	"mynah/internal/caption"
	"mynah/internal/fault"
)

// SubtitleFile is a file of subtitles: one of SubtitleFormats, and where it is to stand, ""
// for nowhere.
type SubtitleFile struct {
	Format string `json:"format"`
	Path   string `json:"file"`
}

// Subtitled are the subtitles of a film that is not built.
type Subtitled struct {
	*Plan
	// Texts are those of the files, in their order.
	Texts []string
}

// SubtitleFormats are the formats in which Subtitles writes.
func SubtitleFormats() []string { return []string{"srt", "vtt", "txt"} }

// Subtitles makes the subtitles of a film and writes them to files, all of them whole or
// none. It speaks, since the voice says when words are said, and draws nothing. The
// request's output does not count.
func (s *Studio) Subtitles(ctx context.Context, req Request, files []SubtitleFile) (*Subtitled, error) {
	req.Output = ""
	j, done, err := s.open(ctx, req)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &Subtitled{}
	err = j.do(ctx, []step{
		{phaseScript, j.read},
		{phaseFiles, j.identifyAll},
		{phaseFiles, func(context.Context) error { return j.guardAlone(files) }},
		{phaseVoice, j.speak},
		{phaseVoice, j.time},
		{phaseFilm, func(ctx context.Context) error {
			if len(j.cues) == 0 {
				return fault.New(fault.Input, nil, "nothing is said in %s, so there are no subtitles", req.Script).
					WithHint("write a sentence to be spoken, or the text of a scene: > text")
			}
			for _, f := range files {
				out.Texts = append(out.Texts, subtitleText(f.Format, j.cues))
			}
			return j.writeAlone(ctx, files, out.Texts)
		}},
	})
	out.Plan = &Plan{Board: j.board, Line: j.line, Captions: j.cues, Warnings: j.list, Sources: j.sources}
	return out, err
}

func subtitleText(format string, cues []caption.Cue) string {
	switch format {
	case "srt":
		return caption.SRT(cues)
	case "vtt":
		return caption.VTT(cues)
	default:
		return caption.Text(cues)
	}
}

// guardAlone refuses to replace a file of the project, or one that Mynah did not make.
func (j *job) guardAlone(files []SubtitleFile) error {
	for _, f := range files {
		info, err := os.Stat(f.Path)
		if f.Path == "" || err != nil {
			continue // there is nothing to replace
		}
		if name := j.inputAt(info); name != "" {
			return fault.New(fault.Usage, nil, "the subtitles would replace %s, which the script uses", f.Path).
				WithHint("name another file for them: -o %s", filepath.Join("subtitles", filepath.Base(f.Path)))
		}
		if !j.req.Force && info.Size() > 0 && !j.ours(f.Path) {
			j.strangers = append(j.strangers, f.Path)
		}
	}
	return nil
}

func (j *job) writeAlone(ctx context.Context, files []SubtitleFile, texts []string) error {
	w := &release{job: j}
	defer w.discard()
	for i, f := range files {
		if f.Path == "" {
			continue
		}
		if err := w.beside(sidecar{f.Path, []byte(texts[i])}); err != nil {
			return err
		}
	}
	return w.publish(ctx)
}
