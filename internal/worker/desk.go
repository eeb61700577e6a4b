package worker

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/record"
)

// Asker asks the desk cell of a tenant.
type Asker interface {
	Ask(ctx context.Context, tenant, function string, m cell.Message, event func(cell.Message)) (cell.Message, error)
}

// Desk does what a server needs without a build: checking scripts, drawing pictures, listing voices, and speaking short
// texts. A cell of the tenant does the work.
type Desk struct {
	worker *Worker
	cells  Asker
}

// NewDesk creates a desk.
func NewDesk(w *Worker, cells Asker) *Desk { return &Desk{w, cells} }

// longestRequest is how long a request may take, in the queue of its cell and there.
const longestRequest = 2 * time.Minute

// ask asks the desk cell of a tenant, and decodes the body of the answer.
func ask[Out any](ctx context.Context, d *Desk, tenant, function string, m cell.Message) (out Out, data []byte, err error) {
	limited, done := context.WithTimeout(ctx, longestRequest)
	defer done()
	defer func() {
		if err != nil && limited.Err() != nil && ctx.Err() == nil {
			err = fault.New(fault.Input, err, "the request took longer than %s", longestRequest).
				WithHint("split the script, or build it: builds have more time")
		}
	}()
	got, err := d.cells.Ask(limited, tenant, function, m, nil)
	if err != nil {
		return out, nil, err
	}
	if err := got.Decode(&out); err != nil {
		return out, nil, fault.New(fault.Internal, err, "the answer of a process cannot be read")
	}
	cell.Clean(&out)
	return out, got.Data, nil
}

// withProject prepares a project for a cell, and removes it afterwards.
func (d *Desk) withProject(ctx context.Context, spec record.Spec, do func(cell.ProjectWork, []*os.File) error) error {
	dir, err := os.MkdirTemp(d.worker.cfg.Dir, "desk-*")
	if err != nil {
		return fault.New(fault.Disk, err, "cannot create a temporary folder")
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, archive, err := d.worker.prepareProject(ctx, spec, dir, func(cell.Progress) {})
	if err != nil {
		return err
	}
	var files []*os.File
	if archive != nil {
		defer func() { _ = archive.Close() }()
		files = append(files, archive)
	}
	return do(p, files)
}

// CheckProject returns the findings of a project.
func (d *Desk) CheckProject(ctx context.Context, tenant string, spec record.Spec) (list []api.Diagnostic, err error) {
	err = d.withProject(ctx, spec, func(p cell.ProjectWork, files []*os.File) error {
		out, _, err := ask[cell.CheckResult](ctx, d, tenant, cell.Check, cell.Message{Body: p, Files: files})
		list = out.Findings
		return err
	})
	return list, err
}

// DrawSnapshot draws a picture of a project's video as PNG. scene counts from 1; 0 means a contact sheet. seconds is
// the time in the scene; nil means its middle. The findings contain errors if there is no picture.
func (d *Desk) DrawSnapshot(
	ctx context.Context, tenant string, spec record.Spec, scene int, seconds *float64,
) (png []byte, list []api.Diagnostic, err error) {
	err = d.withProject(ctx, spec, func(p cell.ProjectWork, files []*os.File) error {
		m := cell.Message{Body: cell.SnapshotWork{ProjectWork: p, Scene: scene, Seconds: seconds}, Files: files}
		out, data, err := ask[cell.CheckResult](ctx, d, tenant, cell.Snapshot, m)
		png, list = data, out.Findings
		return err
	})
	return png, list, err
}

// longestSpoken is the longest speech of a request that is answered at once.
const longestSpoken = 10 * time.Minute

// Speak speaks a text and returns it with its warnings.
func (d *Desk) Speak(ctx context.Context, tenant, text string, s *record.SpeechSpec) (record.Spoken, []string, error) {
	work := cell.SpeakWork{Text: text, Speech: *s, Longest: longestSpoken.Seconds()}
	ctx, stop := context.WithCancel(ctx)
	sp := &spoken{stop: stop, begun: make(chan struct{}), more: make(chan struct{}, 1)}
	go func() {
		_, err := d.cells.Ask(ctx, tenant, cell.Speak, cell.Message{Body: work}, sp.receive)
		sp.end(err)
	}()
	select {
	case <-sp.begun:
	case <-ctx.Done():
		stop()
		return nil, nil, ctx.Err()
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.ended && sp.err != nil && !sp.told {
		stop()
		return nil, nil, sp.err
	}
	return sp, sp.result.Warnings, nil
}

// spoken implements record.Spoken with the events of a cell.
type spoken struct {
	stop  context.CancelFunc
	begun chan struct{} // closed when result or err is known
	more  chan struct{} // has a value when there is something new

	mu     sync.Mutex
	told   bool // result is known
	result cell.SpeakResult
	data   []byte // not yet written
	total  int64
	ended  bool
	err    error
}

// mostSound bounds the sound of a request that is answered at once, in bytes: 10 minutes of WAVE.
const mostSound = 128 << 20

// receive takes an event of the cell: the result, and then pieces of the sound.
func (sp *spoken) receive(m cell.Message) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if !sp.told {
		if err := m.Decode(&sp.result); err != nil {
			sp.stop()
			return
		}
		sp.result.Clean()
		sp.told = true
		close(sp.begun)
		return
	}
	if sp.total += int64(len(m.Data)); sp.total > mostSound {
		sp.stop()
		return
	}
	sp.data = append(sp.data, m.Data...)
	sp.wake()
}

func (sp *spoken) wake() {
	select {
	case sp.more <- struct{}{}:
	default:
	}
}

// end takes the end of the call.
func (sp *spoken) end(err error) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.ended, sp.err = true, err
	if !sp.told {
		if err == nil {
			sp.err = fault.New(fault.Internal, errors.New("no result"), "the text could not be spoken")
		}
		close(sp.begun)
	}
	sp.wake()
}

// Seconds implements record.Spoken.
func (sp *spoken) Seconds() float64 { return sp.result.Seconds }

// Stream implements record.Spoken. The format is that of the request.
func (sp *spoken) Stream(ctx context.Context, _ string, w io.Writer) error {
	for {
		sp.mu.Lock()
		data, ended, err := sp.data, sp.ended, sp.err
		sp.data = nil
		sp.mu.Unlock()
		if len(data) > 0 {
			if _, err := w.Write(data); err != nil {
				return err
			}
			continue
		}
		if ended {
			return err
		}
		select {
		case <-sp.more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close implements record.Spoken.
func (sp *spoken) Close() { sp.stop() }

// ListVoices lists the voices that can be used here.
func (d *Desk) ListVoices(ctx context.Context, tenant string) ([]api.Voice, error) {
	out, _, err := ask[[]api.Voice](ctx, d, tenant, cell.ListVoices, cell.Message{})
	return out, err
}

// CheckSpeechSpec returns an error for invalid speech properties, and reports whether the voice is known,
// with similar names if it is not.
func (d *Desk) CheckSpeechSpec(ctx context.Context, tenant string, s *record.SpeechSpec) (near []string, known bool, err error) {
	out, _, err := ask[cell.SpeechCheck](ctx, d, tenant, cell.CheckSpeech, cell.Message{Body: s})
	return out.Near, out.Known, err
}

// WriteVoiceSample writes a sample of a voice as MP3, using the cache. ok is false for an unknown voice.
func (d *Desk) WriteVoiceSample(ctx context.Context, tenant, name string, w io.Writer) (ok bool, err error) {
	out, data, err := ask[cell.SampleResult](ctx, d, tenant, cell.SampleVoice, cell.Message{Body: name})
	if err != nil || !out.Known {
		return false, err
	}
	_, err = w.Write(data)
	return true, err
}

// makeFolders creates the folders of a cell.
func makeFolders(dir string) error {
	for _, name := range []string{"project", "out"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return fault.New(fault.Disk, err, "the folder for the project cannot be created")
		}
	}
	return nil
}
