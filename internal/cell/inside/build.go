package inside

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/speech"
	"mynah/internal/studio"
)

// build builds a video, or speaks a text to files. Failures that the author can read are in the result.
func (w *Worker) build(ctx context.Context, m cell.Message, send func(cell.Message) error) (cell.Message, error) {
	in, err := decode[cell.BuildWork](m)
	if err != nil {
		return cell.Message{}, err
	}
	report, end := newReporter(send)
	defer end()
	var out cell.BuildResult
	if in.Speech != nil {
		err = w.buildSpeech(ctx, in, report, &out)
	} else {
		err = w.buildVideo(ctx, m, report, &out)
	}
	if ctx.Err() != nil {
		return cell.Message{}, fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	if list := listScriptErrors(err); list != nil {
		out.Failure, out.Errors = formatFailure(err), convertFindings(list)
	} else {
		out.Fault = cell.NewFault(err)
	}
	out.Clean() // the host accepts no longer texts
	return cell.Message{Body: out}, nil
}

// buildVideo unpacks and builds a project.
func (w *Worker) buildVideo(ctx context.Context, m cell.Message, report func(meter.Progress), out *cell.BuildResult) error {
	in, parts, req, u, err := prepare(ctx, w, m, func(in cell.BuildWork) cell.ProjectWork { return in.ProjectWork }, report)
	if err != nil {
		return err
	}
	req.Output, req.Progress = filepath.Join(in.Dir, "out", cell.ResultFilm), report
	r, err := parts.Studio.Produce(ctx, req)
	if r != nil {
		setWarnings(out, r)
	}
	if err != nil {
		return explainSkippedLink(err, u.links)
	}
	out.Seconds, out.Voices = r.Seconds, convertVoiceUses(r.Voices)
	if len(r.Further) > 0 {
		out.Size = fmt.Sprintf("%dx%d", r.Width, r.Height)
	}
	renamed := map[string]string{r.Poster: cell.ResultPoster, r.SRT: cell.ResultSRT, r.VTT: cell.ResultVTT}
	for _, f := range r.Further {
		size := fmt.Sprintf("%dx%d", f.Width, f.Height)
		out.Further = append(out.Further, size)
		renamed[f.Film] = cell.FormatResultName(size)
	}
	for from, name := range renamed {
		to := filepath.Join(in.Dir, "out", name)
		if from == "" || from == to {
			continue
		}
		if err := os.Rename(from, to); err != nil {
			return fault.New(fault.Disk, err, "the result cannot be stored")
		}
	}
	return nil
}

// setWarnings keeps the warnings of a build and their scenes.
func setWarnings(out *cell.BuildResult, r *studio.Result) {
	var warnings diag.List
	for _, d := range r.Warnings {
		if d.Severity != diag.Error {
			warnings = append(warnings, d)
		}
	}
	out.Warnings = convertFindings(warnings)
	for _, d := range warnings.LimitToPrinted() {
		out.WarningScenes = append(out.WarningScenes, r.FindScene(d))
	}
}

// convertVoiceUses converts the voices of a result to their wire form, with scenes from 0.
func convertVoiceUses(list []speech.VoiceUse) []api.VoiceUse {
	var out []api.VoiceUse
	for _, u := range list {
		v := api.VoiceUse{Name: u.Name, Engine: u.Engine}
		for _, n := range u.Scenes {
			v.Scenes = append(v.Scenes, n-1)
		}
		out = append(out, v)
	}
	return out
}
