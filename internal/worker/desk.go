package worker

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/api"
	"mynah/internal/compile"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/record"
	"mynah/internal/studio"
	"mynah/internal/voice"
)

// Desk does what a server needs the studio for without a build: checking scripts, listing voices,
// and speaking short texts.
type Desk struct {
	worker *Worker
	booth  *voice.Booth
}

// NewDesk creates a desk.
func NewDesk(w *Worker, booth *voice.Booth) *Desk { return &Desk{w, booth} }

// CheckProject returns the findings of a project.
func (d *Desk) CheckProject(ctx context.Context, spec record.Spec) ([]api.Diagnostic, error) {
	dir, err := os.MkdirTemp(d.worker.cfg.Dir, "check-*")
	if err != nil {
		return nil, fault.New(fault.Disk, err, "cannot create a temporary folder")
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Mkdir(filepath.Join(dir, "project"), 0o700); err != nil {
		return nil, fault.New(fault.Disk, err, "cannot create a temporary folder")
	}
	project, source, _, err := d.worker.unpackProject(ctx, spec, dir, func(meter.Progress) {})
	if err != nil {
		return nil, err
	}
	req := studio.Request{
		Dir:     filepath.Join(project, filepath.FromSlash(filepath.Dir(source))),
		Request: compile.Request{Script: filepath.Base(source), Variables: spec.Variables},
	}
	if err := apply(&req, spec.Settings); err != nil {
		return nil, err
	}
	list, _, err := d.worker.studio.Check(ctx, req)
	return convertFindings(list), err
}

// Speak speaks a text and returns it with its warnings.
func (d *Desk) Speak(ctx context.Context, text string, s *record.SpeechSpec) (record.Spoken, []string, error) {
	const longest = 10 * time.Minute // other requests wait while it runs
	req := newSpeechRequest(text, s, nil)
	req.Longest = longest
	sp, err := d.worker.studio.Speak(ctx, req)
	if err != nil {
		if list := listScriptErrors(err); list != nil {
			return nil, nil, fault.New(fault.Input, err, "%s", formatFailure(err))
		}
		return nil, nil, err
	}
	var warnings []string
	for _, w := range sp.Warnings {
		warnings = append(warnings, w.Summary)
	}
	return sp, warnings, nil
}

// ListVoices lists the voices that can be used here.
func (d *Desk) ListVoices(ctx context.Context) []api.Voice {
	out := []api.Voice{}
	for _, v := range d.booth.ListVoices(ctx) {
		styles := []string{"normal", "literal"}
		if v.Phonemes {
			styles = append(styles, "ipa")
		}
		out = append(out, api.Voice{Name: v.Name, Language: v.LanguageName, LanguageCode: v.ToLanguageCode(), Styles: styles})
	}
	return out
}

// CheckSpeechSpec returns an error for invalid speech properties, and reports whether the voice is known,
// with similar names if it is not.
func (d *Desk) CheckSpeechSpec(ctx context.Context, s *record.SpeechSpec) (near []string, known bool, err error) {
	if err := compile.CheckTextHeader(newSpeechRequest("", s, nil).Header); err != nil {
		return nil, false, err
	}
	if strings.TrimSpace(s.Voice) == "" {
		return nil, true, nil
	}
	_, m := d.booth.Resolve(ctx, s.Voice, "")
	return m.Nearest, m.Kind != voice.Unknown, nil
}

// WriteVoiceSample writes a sample of a voice as MP3, using the cache. ok is false for an unknown voice.
func (d *Desk) WriteVoiceSample(ctx context.Context, name string, w io.Writer) (ok bool, err error) {
	v, m := d.booth.Resolve(ctx, name, "")
	if m.Kind == voice.Unknown || name == "" {
		return false, nil
	}
	sp, err := d.worker.studio.Speak(ctx, studio.SpeechRequest{
		TextRequest: compile.TextRequest{
			Text:   voice.FormatSampleSentence(v.Name, v.Language),
			Header: map[string]string{"voice": v.Name},
		},
	})
	if err != nil {
		return true, err
	}
	defer sp.Close()
	return true, sp.Stream(ctx, "mp3", w)
}
