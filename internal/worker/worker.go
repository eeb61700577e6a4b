// Package worker runs the builds of a server: it gets an id from the queue, fetches the project,
// builds it with the studio and stores the results. Failures are written to the build's record.
package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mynah/api"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/objects"
	"mynah/internal/project"
	"mynah/internal/record"
	"mynah/internal/script"
	"mynah/internal/speech"
	"mynah/internal/studio"
	"mynah/internal/upload"
)

// Config contains the settings of a worker.
type Config struct {
	// Dir is the folder of projects that are being built, on the same disk as the objects.
	Dir string
	// Limits are the limits of archives.
	Limits upload.Limits
}

// Worker runs builds, several at once.
type Worker struct {
	cfg     Config
	store   record.Store
	objects *objects.Store
	fetcher *upload.Fetcher
	studio  *studio.Studio
	log     *slog.Logger
	now     func() time.Time

	mu      sync.Mutex
	running map[string]context.CancelFunc
}

// New creates a worker and empties its folder, which may contain files left by a crash.
func New(
	cfg Config, store record.Store, objects *objects.Store, fetcher *upload.Fetcher, st *studio.Studio, log *slog.Logger,
) (*Worker, error) {
	if err := errors.Join(os.RemoveAll(cfg.Dir), os.MkdirAll(cfg.Dir, 0o700)); err != nil {
		return nil, err
	}
	return &Worker{
		cfg: cfg, store: store, objects: objects, fetcher: fetcher, studio: st, log: log, now: time.Now,
		running: map[string]context.CancelFunc{},
	}, nil
}

// errOver is returned for a build that has already ended.
var errOver = errors.New("the build has already ended")

// Cancel stops a running build.
func (w *Worker) Cancel(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stop := w.running[id]; stop != nil {
		stop()
	}
}

// CountRunning returns the number of running builds.
func (w *Worker) CountRunning() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.running)
}

// Work runs a build. It returns record.ErrStopped if the server's stop interrupted it; all other
// results are in the record.
func (w *Worker) Work(ctx context.Context, id string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w.mu.Lock()
	w.running[id] = stop
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.running, id)
		w.mu.Unlock()
	}()
	log := w.log.With("build", id)
	b, err := w.store.Update(ctx, id, func(b *record.Build) error {
		if b.State.IsOver() {
			return errOver
		}
		if b.State == record.Queued {
			if err := b.MoveToState(record.Running, w.now()); err != nil {
				return err
			}
		}
		b.Attempts++
		b.Message = "Starting"
		return nil
	})
	if errors.Is(err, errOver) || errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "build begins", "kind", b.Kind, "attempt", b.Attempts)
	start := w.now()
	out := outcome{}
	doing := "making the video"
	if b.Kind == record.Speech {
		doing = "making the audio"
	}
	// otherwise the build would stay in the state running
	out.err = fault.Guard(doing, func() error { return w.buildInOwnFolder(ctx, log, b, &out) })
	out.took = w.now().Sub(start).Round(time.Millisecond)
	return w.recordOutcome(ctx, log, b.ID, out)
}

// outcome is the result of running a build.
type outcome struct {
	result   *record.Result
	warnings []api.Diagnostic
	scenes   []int // of the warnings, see record.Build.WarningScenes
	err      error
	took     time.Duration
}

// recordOutcome writes the outcome to the build's record.
func (w *Worker) recordOutcome(work context.Context, log *slog.Logger, id string, out outcome) error {
	ctx, stopped := context.WithoutCancel(work), false
	_, werr := w.store.Update(ctx, id, func(b *record.Build) error {
		if b.State != record.Running { // it was cancelled
			return errOver
		}
		b.Warnings, b.WarningScenes = out.warnings, out.scenes
		switch {
		case out.err == nil:
			b.Result, b.Percent, b.Phase, b.Message = out.result, 100, "", "Video ready"
			if b.Kind == record.Speech {
				b.Message = "Audio ready"
			}
			return b.MoveToState(record.Succeeded, w.now())
		case work.Err() != nil && errors.Is(context.Cause(work), context.DeadlineExceeded):
			b.Message = "The build took too long and was stopped. Split the script, or ask the operator of this server for more time."
			return b.MoveToState(record.Failed, w.now())
		case work.Err() != nil:
			stopped = true
			b.Attempts-- // a stopped server does not count as an attempt
			b.Message = "Waiting"
			return b.MoveToState(record.Queued, w.now())
		default:
			b.Message, b.Errors = formatFailure(out.err), convertFindings(listScriptErrors(out.err))
			return b.MoveToState(record.Failed, w.now())
		}
	})
	switch {
	case errors.Is(werr, errOver), errors.Is(werr, record.ErrNotFound):
		log.InfoContext(ctx, "build was cancelled", "took", out.took)
		return errors.Join(w.objects.Delete(ctx, out.result.ListKeys()...))
	case werr != nil:
		log.ErrorContext(ctx, "the end of a build cannot be written", "error", werr)
		return werr
	case stopped:
		log.InfoContext(ctx, "build goes back to the queue", "took", out.took)
		return record.ErrStopped
	case out.err != nil:
		log.WarnContext(ctx, "build failed", "took", out.took, "error", out.err)
	default:
		log.InfoContext(ctx, "build succeeded", "took", out.took, "seconds", out.result.Seconds)
	}
	return nil
}

// buildInOwnFolder runs a build in its own folder.
func (w *Worker) buildInOwnFolder(ctx context.Context, log *slog.Logger, b record.Build, out *outcome) error {
	dir := filepath.Join(w.cfg.Dir, b.ID)
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Join(dir, "project"), 0o700),
		os.Mkdir(filepath.Join(dir, "out"), 0o700)); err != nil {
		return fault.New(fault.Disk, err, "the folder for the build cannot be created")
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			log.ErrorContext(ctx, "a folder cannot be removed", "error", err)
		}
	}()
	report := w.newReporter(ctx, b.ID)
	if b.Kind == record.Speech {
		return w.buildSpeech(ctx, b, dir, report, out)
	}
	return w.buildVideo(ctx, b, dir, report, out)
}

// newReporter returns a function that writes progress to the record, at most a few times a second,
// and stops the build when it was cancelled.
func (w *Worker) newReporter(ctx context.Context, id string) func(meter.Progress) {
	var last time.Time
	var percent int
	var phase string
	var mu sync.Mutex
	return func(p meter.Progress) {
		mu.Lock()
		defer mu.Unlock()
		n := min(int(p.Percent), 99)
		if n == percent && p.Phase == phase || w.now().Sub(last) < 250*time.Millisecond && p.Phase == phase {
			return
		}
		last, percent, phase = w.now(), n, p.Phase
		_, err := w.store.Update(ctx, id, func(b *record.Build) error {
			if b.State != record.Running {
				return errOver
			}
			b.Percent, b.Phase, b.Message = n, p.Phase, capitalizeFirst(p.Phase)
			return nil
		})
		if errors.Is(err, errOver) || errors.Is(err, record.ErrNotFound) {
			w.Cancel(id)
		}
	}
}

// buildVideo fetches, unpacks and builds a project.
func (w *Worker) buildVideo(ctx context.Context, b record.Build, dir string, report func(meter.Progress), out *outcome) error {
	project, source, links, err := w.unpackProject(ctx, b.Spec, dir, report)
	if err != nil {
		return err
	}
	req := studio.Request{
		Dir:    filepath.Join(project, filepath.FromSlash(filepath.Dir(source))),
		Output: filepath.Join(dir, "out", "result.mp4"), Progress: report,
		Request: compile.Request{Script: filepath.Base(source), Variables: b.Spec.Variables},
	}
	if err := apply(&req, b.Spec.Settings); err != nil {
		return err
	}
	r, err := w.studio.Produce(ctx, req)
	if r != nil {
		out.warn(r.Warnings, r.FindScene)
	}
	if err != nil {
		return explainSkippedLink(err, links)
	}
	result := &record.Result{
		Seconds: r.Seconds, Main: record.MakeResultKey(b.ID, "result.mp4"),
		Voices: voiceUses(r.Voices),
	}
	files := map[string]string{result.Main: r.Film}
	if r.Poster != "" {
		result.Poster = record.MakeResultKey(b.ID, "poster.jpg")
		files[result.Poster] = r.Poster
	}
	if r.SRT != "" {
		result.SRT, result.VTT = record.MakeResultKey(b.ID, "result.srt"), record.MakeResultKey(b.ID, "result.vtt")
		files[result.SRT], files[result.VTT] = r.SRT, r.VTT
	}
	if len(r.Further) > 0 {
		result.Size = fmt.Sprintf("%dx%d", r.Width, r.Height)
	}
	for _, f := range r.Further {
		size := fmt.Sprintf("%dx%d", f.Width, f.Height)
		key := record.MakeResultKey(b.ID, "result-"+size+".mp4")
		result.Further = append(result.Further, record.SizedFile{Size: size, Key: key})
		files[key] = f.Film
	}
	out.result = result
	return w.storeFiles(ctx, files)
}

// warn keeps the warnings of a build and their scenes.
func (out *outcome) warn(list diag.List, sceneOf func(diag.Diagnostic) int) {
	var warnings diag.List
	for _, d := range list {
		if d.Severity != diag.Error {
			warnings = append(warnings, d)
		}
	}
	out.warnings = convertFindings(warnings)
	for _, d := range warnings.LimitToPrinted() {
		out.scenes = append(out.scenes, sceneOf(d))
	}
}

// voiceUses converts the voices of a result to their wire form, with scenes from 0.
func voiceUses(list []speech.VoiceUse) []api.VoiceUse {
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

// storeFiles stores files under their keys.
func (w *Worker) storeFiles(ctx context.Context, files map[string]string) error {
	for key, path := range files {
		if err := w.objects.PutFile(ctx, key, path); err != nil {
			return fault.New(fault.Disk, err, "the result cannot be stored")
		}
	}
	return nil
}

// apply checks settings and adds them to a request.
func apply(req *studio.Request, s api.Settings) error {
	values := map[string]any{}
	for name, v := range s {
		if name != "strict" {
			values[name] = v
		}
	}
	p, wrong := script.ReadSettings(values)
	if len(wrong) > 0 {
		return fault.New(fault.Usage, nil, "settings%s: %s", wrong[0].Pointer, wrong[0].Summary)
	}
	req.Strict, _ = s["strict"].(bool)
	req.Size, req.FPS = p.Size, p.FPS
	if p.Voice != nil {
		req.Voice, req.VoicePlace = *p.Voice, p.Places["voice"]
	}
	p.Size, p.FPS, p.Voice = nil, nil, nil
	req.Header = p
	return nil
}

// unpackProject writes the project's files to the build's folder.
func (w *Worker) unpackProject(
	ctx context.Context, spec record.Spec, dir string, report func(meter.Progress),
) (folder, source string, links []string, err error) {
	folder = filepath.Join(dir, "project")
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", "", nil, fault.New(fault.Disk, err, "the project's folder cannot be opened")
	}
	defer func() { _ = root.Close() }()
	if spec.Type == "" {
		if err := root.WriteFile("script.md", []byte(spec.Text), 0o600); err != nil {
			return "", "", nil, fault.New(fault.Disk, err, "the script cannot be written")
		}
		return folder, "script.md", nil, nil
	}
	report(meter.Progress{Phase: "fetching the project"})
	archive, size, done, err := w.openArchive(ctx, spec, dir)
	if err != nil {
		return "", "", nil, err
	}
	defer done()
	report(meter.Progress{Phase: "unpacking the project", Percent: 1})
	u, err := upload.Unpack(ctx, archive, size, root, upload.UnpackOptions{Limits: w.cfg.Limits, SkipLinks: spec.Type == api.GitHub})
	if err != nil {
		return "", "", nil, err
	}
	source, err = upload.FindSource(root.FS(), spec.Source)
	if err == nil && project.IsPresentationName(source) {
		err = fault.New(fault.Input, record.ErrDeck, "presentations are not supported by this server")
	}
	return folder, source, u.Links, err
}

// openArchive opens the archive of a build and downloads it if necessary.
func (w *Worker) openArchive(ctx context.Context, spec record.Spec, dir string) (r io.ReaderAt, size int64, done func(), err error) {
	switch spec.Type {
	case api.ZipURL, api.GitHub:
		f, err := os.OpenFile(filepath.Join(dir, "archive.zip"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, 0, nil, fault.New(fault.Disk, err, "the archive cannot be written")
		}
		if spec.Type == api.ZipURL {
			size, err = w.fetcher.FetchURL(ctx, spec.Repository, f)
		} else {
			size, err = w.fetcher.FetchGitHub(ctx, spec.Repository, spec.SHA, spec.Token, f)
		}
		if err != nil {
			_ = f.Close()
			return nil, 0, nil, err
		}
		return f, size, func() { _ = f.Close() }, nil
	default:
		a, ok, err := w.objects.ReadAttributes(ctx, record.MakeUploadKey(spec.Repository))
		if err != nil {
			return nil, 0, nil, fault.New(fault.Disk, err, "the upload cannot be read")
		}
		if !ok {
			return nil, 0, nil, fault.New(fault.Input, nil, "the upload has expired").WithHint("upload the project again")
		}
		o, err := w.objects.OpenAt(ctx, record.MakeUploadKey(spec.Repository))
		if err != nil {
			return nil, 0, nil, fault.New(fault.Disk, err, "the upload cannot be read")
		}
		return o, a.Size, func() { _ = o.Close() }, nil
	}
}

// buildSpeech speaks a text.
func (w *Worker) buildSpeech(ctx context.Context, b record.Build, dir string, report func(meter.Progress), out *outcome) error {
	s := b.Spec.Speech
	sp, err := w.studio.Speak(ctx, newSpeechRequest(b.Spec.Text, s, report))
	if err != nil {
		return err
	}
	defer sp.Close()
	name := "result." + s.Format
	if s.Scenes {
		name = "result.zip"
	}
	path := filepath.Join(dir, "out", name)
	result := &record.Result{Seconds: sp.Seconds(), Main: record.MakeResultKey(b.ID, name), Voices: voiceUses(sp.Uses)}
	files := map[string]string{result.Main: path}
	if s.Scenes {
		err = sp.WriteSceneFiles(ctx, s.Format, path)
	} else {
		err = sp.WriteFile(ctx, s.Format, path)
	}
	if err != nil {
		return err
	}
	if s.Captions {
		result.SRT, result.VTT = record.MakeResultKey(b.ID, "result.srt"), record.MakeResultKey(b.ID, "result.vtt")
		for key, text := range map[string]string{result.SRT: sp.SRT(), result.VTT: sp.VTT()} {
			files[key] = filepath.Join(dir, "out", filepath.Base(key))
			if err := os.WriteFile(files[key], []byte(text), 0o600); err != nil {
				return fault.New(fault.Disk, err, "the subtitles cannot be written")
			}
		}
	}
	out.result, out.warnings = result, convertFindings(sp.Warnings)
	return w.storeFiles(ctx, files)
}

// newSpeechRequest converts a speech request to that of the studio.
func newSpeechRequest(text string, s *record.SpeechSpec, report func(meter.Progress)) studio.SpeechRequest {
	return studio.SpeechRequest{
		Progress: report,
		TextRequest: compile.TextRequest{
			Text: text, Timed: s.Timed,
			Header: map[string]string{
				"voice": s.Voice, "voice-speed": s.Speed, "voice-pitch": s.Pitch,
				"voice-volume": s.Volume, "language": s.Language,
			},
		},
	}
}

// listScriptErrors returns the findings of an error about a script.
func listScriptErrors(err error) diag.List {
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		return wrong.List
	}
	return nil
}

// explainSkippedLink adds to an error that a symbolic link was left out, if that may be its cause.
func explainSkippedLink(err error, links []string) error {
	wrong, ok := errors.AsType[*studio.ScriptError](err)
	if !ok || len(links) == 0 {
		return err
	}
	wrong.List = append(wrong.List, diag.Diagnostic{
		Severity: diag.Warning,
		Summary:  fmt.Sprintf("the archive contains %d symbolic links, which are left out; the first is %q", len(links), links[0]),
		Hint:     "put the files themselves into the repository",
	})
	return err
}
