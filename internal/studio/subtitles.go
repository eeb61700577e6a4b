package studio

import (
	"context"
	"os"
	"path/filepath"

	"mynah/internal/caption"
	"mynah/internal/fault"
)

// Subtitled are the subtitles of a film that is not built.
type Subtitled struct {
	*Plan
	// Text is the file's.
	Text string
}

// SubtitleFormats are the formats in which Subtitles writes.
func SubtitleFormats() []string { return []string{"srt", "vtt", "txt"} }

// Subtitles makes the subtitles of a film and writes them to the request's output, whole
// or not at all; "" only makes them. It speaks, since the voice says when words are said,
// and draws nothing. Format is one of SubtitleFormats.
func (s *Studio) Subtitles(ctx context.Context, req Request, format string) (*Subtitled, error) {
	j, done, err := s.open(ctx, req)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &Subtitled{}
	err = j.do(ctx, []step{
		{phaseScript, j.read},
		{phaseFiles, j.identifyAll},
		{phaseFiles, func(context.Context) error { return j.guardAlone(req.Output) }},
		{phaseVoice, j.speak},
		{phaseVoice, j.time},
		{phaseFilm, func(ctx context.Context) error {
			if len(j.cues) == 0 {
				return fault.New(fault.Input, nil, "nothing is said in %s, so there are no subtitles", req.Script).
					WithHint("write a sentence to be spoken, or the text of a scene: > text")
			}
			switch format {
			case "srt":
				out.Text = caption.SRT(j.cues)
			case "vtt":
				out.Text = caption.VTT(j.cues)
			default:
				out.Text = caption.Text(j.cues)
			}
			return j.writeAlone(ctx, req.Output, out.Text)
		}},
	})
	out.Plan = &Plan{Board: j.board, Line: j.line, Captions: j.cues, Warnings: j.list, Sources: j.sources}
	return out, err
}

// guardAlone refuses to replace a file of the project, or one that Mynah did not make.
func (j *job) guardAlone(path string) error {
	info, err := os.Stat(path)
	if path == "" || err != nil {
		return nil //nolint:nilerr // there is nothing to replace
	}
	if name := j.inputAt(info); name != "" {
		return fault.New(fault.Usage, nil, "the subtitles would replace %s, which the script uses", path).
			WithHint("name another file for them: -o %s", filepath.Join("subtitles", filepath.Base(path)))
	}
	if !j.req.Force && info.Size() > 0 && !j.ours(path) {
		j.strangers = append(j.strangers, path)
	}
	return nil
}

func (j *job) writeAlone(ctx context.Context, path, text string) error {
	if path == "" {
		return nil
	}
	w := &release{job: j}
	defer w.discard()
	if err := w.beside(sidecar{path, []byte(text)}); err != nil {
		return err
	}
	return w.publish(ctx)
}
