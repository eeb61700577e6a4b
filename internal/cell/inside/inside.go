// Package inside is a cell: it answers the calls of the host with the studio. It reads the files of strangers, so it
// runs in a process of its own, with one project, one output folder and its tenant's cache.
package inside

import (
	"context"
	"encoding/json"
	"sync"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/studio"
	"mynah/internal/upload"
	"mynah/internal/voice"
)

// Parts are the parts that a cell works with.
type Parts struct {
	Studio *studio.Studio
	Booth  *voice.Booth
	Runner *proc.Runner
	// Limits are the limits of archives.
	Limits upload.Limits
	// Close ends helpers and removes temporary files.
	Close func()
}

// Openers create what a cell works with, from the settings in the host's first call.
type Openers struct {
	Parts func(config json.RawMessage, host Host) (Parts, error)
	// Model opens the engine of a model host, and returns what ends it.
	Model func(config json.RawMessage) (voice.Engine, func(), error)
}

// Worker does the work of a cell or of a model host.
type Worker struct {
	host *cell.Peer
	open Openers

	mu     sync.Mutex
	parts  *Parts
	engine voice.Engine
	close  func()
}

// New creates a worker.
func New(host *cell.Peer, open Openers) *Worker { return &Worker{host: host, open: open} }

// Handlers returns the functions for the host.
func (w *Worker) Handlers() map[string]cell.Handler {
	all := map[string]cell.Handler{
		cell.SetUpModel:  cell.Answer(w.setUpModel),
		cell.SetUp:       cell.Answer(w.setUp),
		cell.Build:       w.build,
		cell.Check:       w.check,
		cell.Snapshot:    w.drawSnapshot,
		cell.Speak:       w.speak,
		cell.CheckSpeech: cell.Answer(w.checkSpeech),
		cell.ListVoices:  cell.Answer(w.listVoices),
		cell.SampleVoice: w.sampleVoice,
		cell.CheckTools:  cell.Answer(w.checkTools),
	}
	for name := range cell.ServeEngines() {
		all[name] = w.useEngine(name)
	}
	return all
}

// useEngine returns the function of a model host that uses its engine.
func (w *Worker) useEngine(name string) cell.Handler {
	return func(ctx context.Context, m cell.Message, send func(cell.Message) error) (cell.Message, error) {
		w.mu.Lock()
		e := w.engine
		w.mu.Unlock()
		if e == nil {
			closeFiles(m.Files)
			return cell.Message{}, fault.New(fault.Internal, nil, "the process is no model host")
		}
		return cell.ServeEngines(e)[name](ctx, m, send)
	}
}

// Close ends the parts.
func (w *Worker) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.close != nil {
		w.close()
	}
}

func (w *Worker) setUpModel(_ context.Context, in cell.Setup) (struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.close != nil {
		return struct{}{}, errSetUp
	}
	e, end, err := w.open.Model(in.Config)
	if err == nil {
		w.engine, w.close = e, end
	}
	return struct{}{}, err
}

var errSetUp = fault.New(fault.Internal, nil, "the cell is already set up")

func (w *Worker) setUp(_ context.Context, in cell.Setup) (struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.close != nil {
		return struct{}{}, errSetUp
	}
	parts, err := w.open.Parts(in.Config, NewHost(w.host))
	if err == nil {
		w.parts, w.close = &parts, parts.Close
	}
	return struct{}{}, err
}

// getParts returns the parts. It is an error to call before setUp.
func (w *Worker) getParts() (*Parts, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.parts == nil {
		return nil, fault.New(fault.Internal, nil, "the cell is not set up")
	}
	return w.parts, nil
}

// decode decodes the body of a call.
func decode[In any](m cell.Message) (in In, err error) {
	if err := m.Decode(&in); err != nil {
		return in, fault.New(fault.Internal, err, "the host's request cannot be read")
	}
	return in, nil
}

func (w *Worker) listVoices(ctx context.Context, _ struct{}) ([]api.Voice, error) {
	parts, err := w.getParts()
	if err != nil {
		return nil, err
	}
	out := []api.Voice{}
	for _, v := range parts.Booth.ListVoices(ctx) {
		styles := []string{"normal", "literal"}
		if v.Phonemes {
			styles = append(styles, "ipa")
		}
		out = append(out, api.Voice{Name: v.Name, Language: v.LanguageName, LanguageCode: v.ToLanguageCode(), Styles: styles})
	}
	return out, nil
}

// checkTools returns the programs that every build needs and that are missing.
func (w *Worker) checkTools(context.Context, struct{}) ([]string, error) {
	parts, err := w.getParts()
	if err != nil {
		return nil, err
	}
	missing := []string{}
	for _, name := range []string{"ffmpeg", "ffprobe", "espeak-ng"} {
		if _, err := parts.Runner.FindProgram(name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing, nil
}
