// Package piper is the engine for neural voices in Piper's format. espeak-ng converts text to phonemes, and the
// voice's model converts phonemes to sound. ONNX Runtime runs the model if its library is installed, else the
// program piper. Models use random numbers: the same sentence may sound slightly different the second time,
// unless Config.Steady is set.
package piper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice"
	"mynah/internal/voice/models"
	"mynah/internal/voice/onnx"
	"mynah/internal/voice/program"
)

// Name is the name of the engine.
const Name = "piper"

// Config contains the settings of the engine.
type Config struct {
	Dir     string        // folder of the voices
	Library string        // path of ONNX Runtime's library; empty means that the system's loader searches for it
	Program string        // piper: a name or an absolute path
	Espeak  string        // espeak-ng: a name or an absolute path
	TempDir string        // empty means the system's
	Timeout time.Duration // for one sentence
	// Steady turns off the models' randomness: the same sentence always sounds the same, and slightly more
	// monotonous.
	Steady bool
}

// DefaultConfig returns the default settings. The caller must set Dir.
func DefaultConfig() Config {
	return Config{Program: "piper", Espeak: "espeak-ng", Timeout: 2 * time.Minute}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.Library != "" && !filepath.IsAbs(c.Library) {
		errs = append(errs, fmt.Errorf("library: %q, must be an absolute path", c.Library))
	}
	if c.Program == "" || c.Espeak == "" {
		errs = append(errs, errors.New("program: empty"))
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: %s, must be above 0", c.Timeout))
	}
	return errors.Join(errs...)
}

// Engine implements voice.Engine with Piper's voices.
type Engine struct {
	cfg    Config
	run    *proc.Runner
	espeak *program.Program
	piper  *program.Program
	slots  chan struct{} // limits how many models run at once

	mu       sync.Mutex
	lib      *onnx.Library
	libErr   error
	sessions map[string]*session
	sums     map[string]string
}

// New returns the engine. Missing programs and voices are reported at the first use.
func New(cfg Config, run *proc.Runner) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	e := &Engine{
		cfg: cfg, run: run, slots: make(chan struct{}, max(run.MaxChildren(), 1)),
		sessions: map[string]*session{}, sums: map[string]string{},
	}
	var err1, err2 error
	e.espeak, err1 = program.New("espeak-ng",
		program.Config{Program: cfg.Espeak, TempDir: cfg.TempDir, Timeout: cfg.Timeout}, run)
	e.piper, err2 = program.New(Name, program.Config{
		Program: cfg.Program, TempDir: cfg.TempDir,
		Timeout: cfg.Timeout,
	}, run)
	return e, errors.Join(err1, err2)
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return Name }

// form is part of the engine's version. It changes if equal requests are sent to a model differently.
const form = "piper 1"

// LoadLibrary returns ONNX Runtime. It loads the library at the first call.
func (e *Engine) LoadLibrary() (*onnx.Library, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lib == nil && e.libErr == nil {
		e.lib, e.libErr = onnx.LoadLibrary(e.cfg.Library)
	}
	return e.lib, e.libErr
}

// ExplainMissingLibrary returns why ONNX Runtime's library cannot be used: what may be shown to everybody, cause only
// to the machine's administrator. what is empty if the library works, and if none is installed and the settings name
// none.
func (e *Engine) ExplainMissingLibrary() (what string, cause error) {
	_, err := e.LoadLibrary()
	missing, ok := errors.AsType[*onnx.MissingError](err)
	switch {
	case err == nil, ok && e.cfg.Library == "":
		return "", nil
	case ok:
		return filepath.Base(e.cfg.Library) + " cannot be loaded", missing.Err
	}
	what = err.Error()
	if cause = errors.Unwrap(err); cause != nil {
		what = strings.TrimSuffix(what, ": "+cause.Error())
	}
	return what, cause
}

// Version implements voice.Engine.
func (e *Engine) Version(ctx context.Context) (string, error) {
	var by string
	if lib, err := e.LoadLibrary(); err == nil {
		by = "onnxruntime " + lib.Version()
	} else if by, err = e.ProgramVersion(ctx); err != nil {
		return "", err
	}
	out, err := e.espeak.RunForOutput(ctx, proc.Command{Args: []string{"--version"}})
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(out), "  Data at") // the path of the data is not part of the version
	return fmt.Sprintf("%s %s %s %t", form, by, strings.TrimSpace(line), e.cfg.Steady), nil
}

// ProgramVersion returns the version of the program piper. It returns an error for the unrelated program of the
// same name that configures gaming mice.
func (e *Engine) ProgramVersion(ctx context.Context) (string, error) {
	missing := func(cause error) error {
		problem := "neither is installed"
		if what, why := e.ExplainMissingLibrary(); what != "" {
			problem, cause = what+", and the program is not installed", errors.Join(why, cause)
		}
		return fault.New(fault.ToolMissing, cause,
			"neural voices need ONNX Runtime's library or the program piper, and %s", problem).
			WithHint("see docs/voices.md for how to install them")
	}
	if _, err := e.run.FindProgram(e.cfg.Program); err != nil {
		return "", missing(err)
	}
	help, err := e.runForBothOutputs(ctx, "--help")
	if !strings.Contains(help, "--model") {
		return "", missing(errors.Join(errors.New("the installed program piper is not the speech program"), err))
	}
	version, err := e.runForBothOutputs(ctx, "--version")
	line := strings.TrimSpace(version)
	if err != nil || strings.ContainsAny(line, "\n/:") || line == "" {
		sum := sha256.Sum256([]byte(help)) // some versions cannot print their version
		line = hex.EncodeToString(sum[:4])
	}
	return "program " + line, nil
}

// runForBothOutputs returns what the program prints to standard output and standard error.
func (e *Engine) runForBothOutputs(ctx context.Context, arg string) (string, error) {
	var b strings.Builder
	err := e.piper.RunCommand(ctx, proc.Command{Args: []string{arg}, Stdout: &b, Stderr: &b, MaxStdout: 1 << 20})
	return b.String(), err
}

// VoiceVersion implements voice.Versioner. It returns hashes of the voice's files.
func (e *Engine) VoiceVersion(_ context.Context, id string) (string, error) {
	name, _, _ := strings.Cut(id, SpeakerMark)
	v, err := models.ReadInstalledVoice(e.cfg.Dir, name)
	if err != nil {
		return "", e.newMissingVoiceFault(id, err)
	}
	var parts []string
	for _, path := range []string{v.ConfigPath, v.Model} {
		sum, err := e.hashFile(path)
		if err != nil {
			return "", fault.New(fault.Disk, err, "the voice %s cannot be read", name)
		}
		parts = append(parts, sum)
	}
	return strings.Join(parts, " "), nil
}

// hashFile returns the hash of a file. It reads the file again only if its size or time has changed.
func (e *Engine) hashFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	key := fmt.Sprint(path, info.Size(), info.ModTime().UnixNano())
	e.mu.Lock()
	defer e.mu.Unlock()
	if s, ok := e.sums[key]; ok {
		return s, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	e.sums[key] = hex.EncodeToString(h.Sum(nil)[:16])
	return e.sums[key], nil
}

// Abilities implements voice.Engine. Beyond these speeds, models become unintelligible.
func (e *Engine) Abilities() voice.Abilities {
	return voice.Abilities{Slowest: 0.5, Fastest: 2, Phonemes: true}
}

// SpeakerMark separates the name of a voice from the name of one of its speakers.
const SpeakerMark = "+"

// Voices implements voice.Engine.
func (e *Engine) Voices(context.Context) ([]voice.EngineVoice, error) {
	return models.ToEngineVoices(models.ListVoices(e.cfg.Dir)), nil
}

// DescribeVoice implements voice.Namer.
func (e *Engine) DescribeVoice(id string) (voice.EngineVoice, bool) {
	v, _, err := e.findVoiceAndSpeaker(id)
	return voice.EngineVoice{ID: id, Language: v.FindLanguageTag()}, err == nil
}

// newMissingVoiceFault returns the fault for a voice that cannot be read.
func (e *Engine) newMissingVoiceFault(id string, err error) error {
	unknown := &voice.UnknownVoiceError{Engine: Name, Voice: id}
	if !errors.Is(err, os.ErrNotExist) {
		return fault.New(fault.ToolFailed, errors.Join(err, unknown), "the voice %s of piper is damaged", id).
			WithHint("install it again: mynah voices install %s", id)
	}
	return fault.New(fault.ToolFailed, unknown, "the voice %s of piper is not installed", id).
		WithHint("install it: mynah voices install %s", id)
}

// findVoiceAndSpeaker returns a voice and the number of its speaker, or -1 if the voice has only one speaker.
func (e *Engine) findVoiceAndSpeaker(id string) (models.Voice, int64, error) {
	name, speaker, several := strings.Cut(id, SpeakerMark)
	v, err := models.ReadInstalledVoice(e.cfg.Dir, name)
	if err != nil {
		return v, 0, e.newMissingVoiceFault(id, err)
	}
	if !several {
		if v.Config.NumSpeakers > 1 {
			return v, 0, nil
		}
		return v, -1, nil
	}
	n, ok := v.FindSpeaker(speaker)
	if !ok {
		return v, 0, fault.New(fault.ToolFailed, &voice.UnknownVoiceError{Engine: Name, Voice: id},
			"the voice %s of piper has no speaker %q", name, speaker)
	}
	return v, n, nil
}

// Speak implements voice.Engine. Word times are exact if ONNX Runtime runs the model and the model reports the
// lengths of its sounds; otherwise they are estimates.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	req = req.ClampSpeedAndPitch()
	phrases, plain, spans := voice.SplitPhrases(req)
	clip := voice.Clip{Rate: 22050, Words: voice.NewWords(plain, spans)}
	if err := ctx.Err(); err != nil {
		return clip, err
	}
	if len(spans) == 0 {
		return clip, nil
	}
	v, speaker, err := e.findVoiceAndSpeaker(req.Voice)
	if err != nil {
		return clip, err
	}
	clip.Rate = v.Config.Audio.SampleRate
	phonemes, err := e.listRequestSymbols(ctx, v.Config, req)
	if err != nil || len(phonemes) == 0 {
		return clip, err
	}
	noise, length, noiseW := v.Config.ChooseInferenceScales()
	if e.cfg.Steady {
		noise, noiseW = 0, 0
	}
	p := performance{
		voice: v, speaker: speaker, phonemes: phonemes, noise: noise, length: length / req.Speed.ValueOrOne(),
		noiseW: noiseW,
	}
	var heard []voice.Sound
	if _, missing := e.LoadLibrary(); missing == nil {
		clip.PCM, heard, err = e.runWithLibrary(ctx, p)
	} else {
		clip.PCM, err = e.runWithProgram(ctx, p)
	}
	if err != nil {
		return clip, err
	}
	if len(heard) > 0 {
		if alone, ok := e.listWordSounds(ctx, v.Config, req); ok && voice.AlignWordsToSounds(clip.Words, alone, heard) {
			return clip, nil
		}
	}
	voice.EstimateTimes(&clip, phrases)
	return clip, ctx.Err()
}

// performance contains the input of a model.
type performance struct {
	voice                 models.Voice
	speaker               int64 // -1 if the model has only one speaker
	phonemes              []string
	noise, length, noiseW float64
}

// Close frees the models' memory.
func (e *Engine) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for path, s := range e.sessions {
		s.dropModelWhenUnused()
		delete(e.sessions, path)
	}
}

// normaliseSamples converts a model's samples to 16 bits and normalises their peak, as the program piper does.
func normaliseSamples(samples []float32) ([]int16, error) {
	peak := 0.01
	for _, s := range samples {
		if f := float64(s); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fault.New(fault.ToolFailed, nil, "the neural voice returned no values")
		}
		peak = max(peak, math.Abs(float64(s)))
	}
	out := make([]int16, len(samples))
	for i, s := range samples {
		out[i] = int16(math.RoundToEven(float64(s) / peak * math.MaxInt16))
	}
	return out, nil
}
