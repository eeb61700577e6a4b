package piper

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice"
	"mynah/internal/voice/onnx"
)

// session is a model in memory. Its memory is freed when it has been dropped and has no users.
type session struct {
	once      sync.Once
	run       *onnx.Session
	durations string // name of the output with the lengths of the symbols; empty if none exists
	err       error
	users     int
	gone      bool
	used      uint64
}

// mostModels is the maximum number of models in memory; each uses about 100 MB.
const mostModels = 4

// dropModelWhenUnused frees the model now, or when its last user has finished. The caller holds the engine's lock.
func (s *session) dropModelWhenUnused() {
	s.gone = true
	if s.users == 0 && s.run != nil {
		s.run.Close()
		s.run = nil
	}
}

// acquireModel returns a loaded model, and a function that the caller must call when it no longer uses it.
func (e *Engine) acquireModel(path, sum string) (*session, func(), error) {
	key := path + sum
	e.mu.Lock()
	s, ok := e.sessions[key]
	if !ok {
		s = &session{}
		e.makeRoomForModel()
		e.sessions[key] = s
	}
	s.users++
	for _, other := range e.sessions {
		s.used = max(s.used, other.used)
	}
	s.used++
	lib := e.lib
	e.mu.Unlock()
	s.once.Do(func() { s.run, s.durations, s.err = openModelTimedIfPossible(lib, path) })
	back := func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if s.users--; s.gone {
			s.dropModelWhenUnused()
		}
		// the file may be replaced before the next attempt
		if s.err != nil && e.sessions[key] == s {
			delete(e.sessions, key) // the next may find a better file
		}
	}
	return s, back, s.err
}

// makeRoomForModel drops the least recently used models to make room for one more.
func (e *Engine) makeRoomForModel() {
	for len(e.sessions) >= mostModels {
		oldest := ""
		for key, s := range e.sessions {
			if oldest == "" || s.used < e.sessions[oldest].used {
				oldest = key
			}
		}
		e.sessions[oldest].dropModelWhenUnused()
		delete(e.sessions, oldest)
	}
}

// runWithLibrary runs the model with ONNX Runtime. It also returns the times of the sounds, nil if the model does
// not report them.
func (e *Engine) runWithLibrary(ctx context.Context, p performance) ([]int16, []voice.Sound, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	timed, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	sum, err := e.hashFile(p.voice.Model)
	if err != nil {
		return nil, nil, fault.New(fault.Disk, err, "the voice %s cannot be read", p.voice.Name)
	}
	model, back, err := e.acquireModel(p.voice.Model, sum)
	defer back()
	if err != nil {
		return nil, nil, fault.New(fault.ToolFailed, err, "ONNX Runtime cannot use the voice %s", p.voice.Name).
			WithHint("install it again: mynah voices install %s", p.voice.Name)
	}
	numbers := listSymbolIDs(p.voice.Config, p.phonemes)
	inputs := []onnx.Tensor{
		{Name: "input", Shape: []int64{1, int64(len(numbers))}, Ints: numbers},
		{Name: "input_lengths", Shape: []int64{1}, Ints: []int64{int64(len(numbers))}},
		{Name: "scales", Shape: []int64{3}, Floats: []float32{float32(p.noise), float32(p.length), float32(p.noiseW)}},
	}
	if slices.Contains(model.run.Inputs(), "sid") {
		inputs = append(inputs, onnx.Tensor{Name: "sid", Shape: []int64{1}, Ints: []int64{max(p.speaker, 0)}})
	}
	outputs := model.run.Outputs()[:1]
	if model.durations != "" {
		outputs = append(outputs, model.durations)
	}
	given, err := model.run.RunForOutputs(timed, outputs, inputs...)
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case timed.Err() != nil:
		return nil, nil, fault.New(fault.ToolFailed, timed.Err(),
			"the neural voice %s took longer than %s", p.voice.Name, e.cfg.Timeout)
	case err != nil:
		return nil, nil, fault.New(fault.ToolFailed, err, "ONNX Runtime failed on the voice %s", p.voice.Name)
	case len(given[0]) == 0:
		return nil, nil, fault.New(fault.ToolFailed, nil, "the neural voice %s produced no sound", p.voice.Name)
	}
	pcm, err := normaliseSamples(given[0])
	if err != nil || len(given) < 2 {
		return pcm, nil, err
	}
	if at := computeSymbolEnds(given[1], len(numbers), len(pcm), p.voice.Config.Audio.SampleRate); at != nil {
		return pcm, listTimedSounds(p.voice.Config, p.phonemes, at), nil
	}
	return pcm, nil, nil
}

// runWithProgram runs the model with the program piper. The description that it passes declares the text to be
// phonemes, so that the program speaks exactly the same symbols as runWithLibrary.
func (e *Engine) runWithProgram(ctx context.Context, p performance) ([]int16, error) {
	config, err := e.writeConfigForPhonemes(p.voice.ConfigPath)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(config)) }()
	args := []string{
		"--model", p.voice.Model, "--config", config, "--output-raw",
		"--length_scale", formatNumber(p.length), "--noise_scale", formatNumber(p.noise), "--noise_w",
		formatNumber(p.noiseW),
		"--sentence_silence", "0",
	}
	if p.speaker >= 0 {
		args = append(args, "--speaker", strconv.FormatInt(p.speaker, 10))
	}
	var out bytes.Buffer
	err = e.piper.RunCommand(ctx, proc.Command{
		Args: args, Stdin: strings.NewReader(strings.Join(p.phonemes, "") + "\n"), Stdout: &out, MaxStdout: 256 << 20,
	})
	if err != nil {
		return nil, err
	}
	if out.Len() < 2 {
		return nil, fault.New(fault.ToolFailed, nil, "the speech program piper produced no sound")
	}
	if out.Len()%2 != 0 || bytes.HasPrefix(out.Bytes(), []byte("RIFF")) {
		return nil, fault.New(fault.ToolFailed, nil, "the speech program piper did not return samples")
	}
	pcm := make([]int16, out.Len()/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(out.Bytes()[2*i:]))
	}
	return pcm, nil
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }

// writeConfigForPhonemes writes a copy of a voice's description in which the text consists of phonemes, to a new
// temporary folder, and returns its path.
func (e *Engine) writeConfigForPhonemes(path string) (string, error) {
	failed := func(err error) error { return fault.New(fault.Disk, err, "a temporary file cannot be written") }
	b, err := os.ReadFile(path)
	if err != nil {
		return "", failed(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return "", failed(err)
	}
	fields["phoneme_type"] = json.RawMessage(`"text"`)
	if b, err = json.Marshal(fields); err != nil {
		return "", failed(err)
	}
	dir, err := os.MkdirTemp(e.cfg.TempDir, "mynah-piper-*")
	if err != nil {
		return "", failed(err)
	}
	own := filepath.Join(dir, "voice.json")
	if err := os.WriteFile(own, b, 0o600); err != nil {
		_ = os.RemoveAll(dir)
		return "", failed(err)
	}
	return own, nil
}
