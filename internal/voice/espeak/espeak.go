// Package espeak is the engine for espeak-ng, which is never linked. It runs mynah-espeak, a small program that
// uses espeak-ng's library. One such process speaks many sentences, accepts markup and reports the time of each
// word. If mynah-espeak is missing, the engine runs the program espeak-ng, one process per sentence, without
// markup and word times. Text goes to standard input, never into the arguments. Both programs are
// deterministic.
package espeak

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/program"
)

// Config contains the settings of the engine.
type Config = program.Config

// DefaultConfig uses the installed espeak-ng, and mynah-espeak from the folder of this program, else the
// installed one.
func DefaultConfig() Config {
	cfg := program.DefaultConfig("espeak-ng")
	cfg.Helper = Helper
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), Helper)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			cfg.Helper = beside
		}
	}
	return cfg
}

// Helper is the name of the program that also reports word times.
const Helper = "mynah-espeak"

// Engine implements voice.Engine with espeak-ng.
type Engine struct {
	program *program.Program
	helpers *helpers // nil if mynah-espeak is missing
}

// New returns the engine. A missing program is reported at the first use.
func New(cfg Config, run *proc.Runner) (*Engine, error) {
	p, err := program.New("espeak-ng", cfg, run)
	if err != nil {
		return nil, err
	}
	e := &Engine{program: p}
	if cfg.Helper != "" {
		if _, err := run.FindProgram(cfg.Helper); err == nil {
			e.helpers = newHelpers(run, cfg.Helper, cfg.Timeout)
		}
	}
	return e, nil
}

// Close ends the running helpers.
func (e *Engine) Close() {
	if e.helpers != nil {
		e.helpers.close()
	}
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return voice.EngineEspeak }

// The forms are part of the engine's version. They change if equal requests are sent to the programs
// differently.
const (
	form       = "1"
	helperForm = "helper 2"
)

// Version implements voice.Engine.
func (e *Engine) Version(ctx context.Context) (string, error) {
	out, err := e.program.RunForOutput(ctx, proc.Command{Args: []string{"--version"}})
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(out), "  Data at") // the path of the data is not part of the version
	if e.helpers != nil {
		return helperForm + " " + strings.TrimSpace(line), nil
	}
	return form + " " + strings.TrimSpace(line), nil
}

// Abilities implements voice.Engine.
func (e *Engine) Abilities() voice.Abilities {
	inside := e.helpers != nil
	return voice.Abilities{
		Slowest: voice.MinSpeed, Fastest: voice.MaxSpeed, Pitch: true,
		Prosody: inside, Emphasis: inside, Language: inside, Phonemes: inside, Pauses: inside, Times: inside,
	}
}

// Voices implements voice.Engine. It omits variants ("+f3"), because each voice has them.
func (e *Engine) Voices(ctx context.Context) ([]voice.EngineVoice, error) {
	out, err := e.program.RunForOutput(ctx, proc.Command{Args: []string{"--voices"}})
	if err != nil {
		return nil, err
	}
	var list []voice.EngineVoice
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 5 || f[0] == "Pty" {
			continue
		}
		v := voice.EngineVoice{ID: f[1], Language: f[1]}
		switch {
		case strings.HasSuffix(f[2], "/F"):
			v.Gender = voice.Female
		case strings.HasSuffix(f[2], "/M"):
			v.Gender = voice.Male
		}
		list = append(list, v)
	}
	return list, nil
}

// newUnknownVoiceFault returns the fault for a voice that the installed program does not have.
func newUnknownVoiceFault(id string) error {
	return fault.New(fault.ToolFailed, &voice.UnknownVoiceError{Engine: voice.EngineEspeak, Voice: id},
		"the installed espeak-ng has no voice %q", id).WithHint("install a newer espeak-ng, or choose another voice")
}

// Speak implements voice.Engine. Word times are exact with the helper; otherwise they are estimated from the
// phonemes and the silences between clauses.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	if e.helpers != nil {
		return e.speakWithHelper(ctx, req.ClampSpeedAndPitch())
	}
	req = req.ClampSpeedAndPitch()
	phrases, plain, spans := voice.SplitPhrases(req)
	clip := voice.Clip{Rate: 22050, Words: voice.NewWords(plain, spans)}
	if err := ctx.Err(); err != nil {
		return clip, err
	}
	if len(spans) == 0 {
		return clip, nil
	}
	if !isValidID(req.Voice) {
		return clip, newUnknownVoiceFault(req.Voice)
	}
	phonemes, err := newPhonemeFile(e.program.Config().TempDir)
	if err != nil {
		return clip, fault.New(fault.Disk, err, "cannot create a temporary file")
	}
	defer phonemes.close()
	args, rest, raise := formatArguments(req)
	args = append(args, "--phonout="+phonemes.name())
	var wav bytes.Buffer
	err = e.program.RunCommand(ctx, proc.Command{
		Args: args, Stdin: strings.NewReader(joinPhrases(phrases, req.Fragment)), Stdout: &wav,
		Stderr: phonemes.stderr(), MaxStdout: maxSound,
	})
	if exit, ok := errors.AsType[*proc.ExitError](err); ok && ctx.Err() == nil &&
		strings.Contains(exit.Stderr, "voice does not exist") {
		return clip, newUnknownVoiceFault(req.Voice)
	}
	if err != nil {
		return clip, err
	}
	if clip.PCM, clip.Rate, err = e.program.ParseSound(wav.Bytes()); err != nil {
		return clip, err
	}
	clip.PCM = voice.ChangeSpeed(clip.PCM, clip.Rate, rest)
	said, err := phonemes.read()
	if err != nil {
		return clip, fault.New(fault.Disk, err, "cannot read a temporary file")
	}
	setTimesFromPhonemes(&clip, phrases, said)
	raisePlaybackRate(&clip, raise)
	return clip, nil
}

// speakWithHelper has the helper speak a sentence.
func (e *Engine) speakWithHelper(ctx context.Context, req voice.Request) (voice.Clip, error) {
	plain := req.Text()
	clip := voice.Clip{Rate: 22050, Words: voice.NewWords(plain, voice.SplitWords(plain))}
	if err := ctx.Err(); err != nil {
		return clip, err
	}
	if !isValidID(req.Voice) {
		return clip, newUnknownVoiceFault(req.Voice)
	}
	if len(clip.Words) == 0 {
		return clip, nil
	}
	height, raise := findNearestPitch(req.Pitch.ValueOrOne())
	req.Pitch = utter.NewFactor(height)
	wpm, rest := toWordsPerMinute(req.Speed.ValueOrOne() / raise)
	src := newSource(req)
	s, err := e.helpers.speak(ctx, order{
		voice: req.Voice, rate: wpm, pitch: toProgramPitch(height), ssml: src.ssml, phon: src.phon,
		text: src.text.String(),
	})
	if errors.Is(err, errNoVoice) {
		return clip, newUnknownVoiceFault(req.Voice)
	}
	if err != nil {
		return clip, e.helpers.explainFailure(ctx, err)
	}
	if clip.PCM, clip.Rate = s.pcm, s.rate; len(clip.PCM) == 0 {
		return clip, nil
	}
	setTimesFromEvents(&clip, src, s.events)
	stretchClip(&clip, rest)
	raisePlaybackRate(&clip, raise)
	return clip, nil
}

// stretchClip changes the speed of a clip and its word times.
func stretchClip(clip *voice.Clip, speed float64) {
	before := len(clip.PCM)
	clip.PCM = voice.ChangeSpeed(clip.PCM, clip.Rate, speed)
	if len(clip.PCM) == before {
		return
	}
	scaleWordTimes(clip, float64(len(clip.PCM))/float64(before))
}

// raisePlaybackRate plays a clip faster by a factor, which raises its pitch. The program spoke it slower by the same
// factor. This extends the program's range of pitches.
func raisePlaybackRate(clip *voice.Clip, by float64) {
	if by == 1 {
		return
	}
	const step = 100 // a large common divisor keeps the resampler's tables small
	before := clip.Rate
	clip.Rate = int(math.Round(float64(before)*by/step)) * step
	scaleWordTimes(clip, float64(before)/float64(clip.Rate))
}

// scaleWordTimes multiplies the word times by a factor.
func scaleWordTimes(clip *voice.Clip, scale float64) {
	for i := range clip.Words {
		w := &clip.Words[i]
		w.Start, w.End = time.Duration(float64(w.Start)*scale), time.Duration(float64(w.End)*scale)
	}
}

// isValidID reports whether id can be a voice name. The program would treat other text as a path.
func isValidID(id string) bool {
	return id != "" && id[0] != '-' &&
		strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+") == ""
}

// maxSound is the maximum sound of one sentence, in bytes.
const maxSound = 256 << 20

const (
	normalWPM = 175
	slowest   = 80  // words per minute, the program's minimum
	fastest   = 450 // words per minute; above it, the program uses another method
)

// formatArguments returns the command line. rest is the speed factor that remains to be applied by stretching, raise
// the pitch factor that remains to be applied by faster playback.
func formatArguments(req voice.Request) (args []string, rest, raise float64) {
	height, raise := findNearestPitch(req.Pitch.ValueOrOne())
	wpm, rest := toWordsPerMinute(req.Speed.ValueOrOne() / raise)
	return []string{
		"--stdin", "--stdout", "-b", "1", "-x",
		"-v", req.Voice,
		"-s", strconv.Itoa(wpm),
		"-p", strconv.Itoa(toProgramPitch(height)),
	}, rest, raise
}

// toWordsPerMinute converts a speed factor to words per minute, and returns the factor that remains.
func toWordsPerMinute(speed float64) (wpm int, rest float64) {
	want := math.Round(normalWPM * speed)
	in := min(max(want, slowest), fastest)
	return int(in), want / in
}

// based is the share of a voice's pitch that the program's scale changes. It is about the same for all
// languages without tones. The rest is the melody, which does not change. In languages with tones, the melody
// is larger and the result of a factor is up to a seventh larger.
const based = 0.66

// toProgramPitch converts a factor to the program's scale of 0 to 99: 50 is factor 1, and 50 steps are an octave of the
// part that the scale changes.
func toProgramPitch(f float64) int {
	part := max(1+(f-1)/based, 0.5)
	return int(min(max(math.Round(50+50*math.Log2(part)), 0), 99))
}

// findNearestPitch returns the factor nearest to f that the scale supports, and the factor that remains.
func findNearestPitch(f float64) (near, left float64) {
	near = min(max(f, 1-based/2), 1+based)
	return near, f / near
}

// joinPhrases concatenates the phrases. It separates "[[", which would start phonemes. A fragment gets a final comma,
// which prevents a falling pitch.
func joinPhrases(phrases []voice.Phrase, fragment bool) string {
	var b strings.Builder
	for _, p := range phrases {
		b.WriteString(p.Text)
	}
	s := strings.TrimSpace(b.String())
	for strings.Contains(s, "[[") {
		s = strings.ReplaceAll(s, "[[", "[ [")
	}
	if fragment {
		s = voice.TrimEndPunctuation(s) + ","
	}
	return s + "\n"
}
