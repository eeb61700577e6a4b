// Package flite is the engine for the program flite, which speaks English. The text goes to standard input. The
// sound comes from a file that is already unlinked, so that nothing remains after a crash. The program prints
// the end time of each sound. To find out which word a sound belongs to, the package has flite's fastest voice
// speak each word separately.
package flite

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/program"
	"mynah/internal/wav"
)

// Config contains the settings of the engine.
type Config = program.Config

// DefaultConfig uses the installed flite.
func DefaultConfig() Config { return program.DefaultConfig("flite") }

// Engine implements voice.Engine with flite.
type Engine struct{ program *program.Program }

// New returns the engine. A missing program is reported at the first use.
func New(cfg Config, run *proc.Runner) (*Engine, error) {
	p, err := program.New("flite", cfg, run)
	if err != nil {
		return nil, err
	}
	return &Engine{p}, nil
}

// Name implements voice.Engine.
func (e *Engine) Name() string { return voice.EngineFlite }

// form is part of the engine's version. It changes if equal requests are sent to the program differently.
const form = "1"

// Version implements voice.Engine.
func (e *Engine) Version(ctx context.Context) (string, error) {
	out, err := e.program.RunForOutput(ctx, proc.Command{Args: []string{"--version"}})
	var exit *proc.ExitError
	// the program exits with status 1 although it succeeds
	if err != nil && (!errors.As(err, &exit) || len(out) <= 0) {
		return "", err
	}
	for line := range strings.Lines(string(out)) {
		if _, v, ok := strings.Cut(line, "version:"); ok {
			v, _, _ = strings.Cut(v, "(")
			return form + " " + strings.TrimSpace(v), nil
		}
	}
	return "", fault.New(fault.ToolFailed, nil, "the speech program flite does not print its version")
}

// Abilities implements voice.Engine.
func (e *Engine) Abilities() voice.Abilities {
	return voice.Abilities{Slowest: voice.MinSpeed, Fastest: voice.MaxSpeed, Pitch: true, Phonemes: true, Times: true}
}

// Voices implements voice.Engine. It omits awb_time, which can only tell the time.
func (e *Engine) Voices(ctx context.Context) ([]voice.EngineVoice, error) {
	out, err := e.program.RunForOutput(ctx, proc.Command{Args: []string{"-lv"}})
	if err != nil {
		return nil, err
	}
	_, names, _ := strings.Cut(string(out), ":")
	var list []voice.EngineVoice
	for n := range strings.FieldsSeq(names) {
		switch n {
		case "awb_time":
			continue
		case "slt":
			list = append(list, voice.EngineVoice{ID: n, Language: "en-US", Gender: voice.Female})
		case "awb":
			list = append(list, voice.EngineVoice{ID: n, Language: "en-GB", Gender: voice.Male})
		default:
			list = append(list, voice.EngineVoice{ID: n, Language: "en-US", Gender: voice.Male})
		}
	}
	return list, nil
}

// Speak implements voice.Engine. Word times are exact if the sounds of the sentence can be matched to its
// words.
func (e *Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	req = req.ClampSpeedAndPitch()
	phrases, plain, spans := voice.SplitPhrases(req)
	clip := voice.Clip{Rate: 16000, Words: voice.NewWords(plain, spans)}
	if err := ctx.Err(); err != nil {
		return clip, err
	}
	if !slices.Contains(listKnownVoices(), req.Voice) {
		err := &voice.UnknownVoiceError{Engine: voice.EngineFlite, Voice: req.Voice}
		return clip, fault.New(fault.ToolFailed, err, "flite has no voice %q", req.Voice)
	}
	for i := range phrases {
		phrases[i].Text = toASCII(phrases[i].Text)
	}
	markup := slices.ContainsFunc(req.Runs, func(r utter.Run) bool { return len(toPhones(r.IPA)) > 0 })
	var given map[int][]string
	if markup {
		for i := range phrases {
			phrases[i].Text = replaceMarkupCharacters(phrases[i].Text)
		}
		given = insertPhones(req.Runs, phrases, spans)
	}
	say := joinPhrases(phrases, req.Fragment)
	if !strings.ContainsFunc(say, isSpoken) {
		return clip, nil
	}
	var sounds []voice.Sound
	var alone [][]string
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		sounds, err = e.synthesize(ctx, &clip, req, say, markup)
		return err
	})
	g.Go(func() (err error) {
		alone, err = e.listWordSounds(ctx, phrases, len(clip.Words), given)
		return err
	})
	if err := g.Wait(); err != nil || len(sounds) == 0 {
		return clip, err
	}
	if alone == nil || !voice.AlignWordsToSounds(clip.Words, alone, sounds) {
		effort := make([]float64, len(clip.Words))
		for _, p := range phrases {
			if p.Word >= 0 {
				effort[p.Word] = voice.EstimateEffort(p.Text)
			}
		}
		voice.SpreadTimeByWeights(clip.Words, effort, sounds[0].Start, sounds[len(sounds)-1].End)
	}
	cutOuterPauses(&clip, sounds)
	return clip, nil
}

// cutOuterPauses removes the sound before the first and after the last speech sound: 0.2 s of hiss that is too loud
// to count as silence.
func cutOuterPauses(clip *voice.Clip, sounds []voice.Sound) {
	const before, behind = 20 * time.Millisecond, 60 * time.Millisecond
	from := max(sounds[0].Start-before, 0)
	to := min(sounds[len(sounds)-1].End+behind, clip.Length())
	sample := func(t time.Duration) int { return min(int(t.Seconds()*float64(clip.Rate)), len(clip.PCM)) }
	clip.PCM = clip.PCM[sample(from):sample(to)]
	for i := range clip.Words {
		w := &clip.Words[i]
		w.Start = max(w.Start-from, 0)
		w.End = min(max(w.End-from, w.Start), clip.Length())
	}
}

// listKnownVoices returns the voices whose pitch this package can set.
func listKnownVoices() []string { return []string{"slt", "rms", "awb", "kal16", "kal"} }

// findMeanPitch returns a voice's default pitch in Hz, 0 if the program cannot change the voice's pitch.
func findMeanPitch(id string) float64 {
	switch id {
	case "slt":
		return 173
	case "awb":
		return 131
	case "rms":
		return 0
	default:
		return 98
	}
}

// computePlaybackFactor returns by how much faster to play the samples of a voice to reach the request's pitch, if the
// program cannot change the pitch; otherwise 1. The program then speaks slower by the same factor. This also
// changes the perceived size of the speaker. The resulting rate is a multiple of 100 Hz.
func computePlaybackFactor(req voice.Request) float64 {
	const rate = 16000
	if findMeanPitch(req.Voice) > 0 {
		return 1
	}
	return math.Round(rate*req.Pitch.ValueOrOne()/100) * 100 / rate
}

// formatArguments returns the command line for a request.
func formatArguments(req voice.Request) []string {
	args := []string{"-voice", req.Voice, "-psdur"}
	if stretch := computePlaybackFactor(req) / req.Speed.ValueOrOne(); stretch != 1 {
		args = append(args, "--setf", "duration_stretch="+formatNumber(stretch))
	}
	if req.Pitch.ValueOrOne() != 1 && findMeanPitch(req.Voice) > 0 {
		args = append(args, "--setf", "int_f0_target_mean="+formatNumber(findMeanPitch(req.Voice)*req.Pitch.ValueOrOne()))
	}
	return args
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }

// synthesize speaks the text, sets the clip's samples and returns the sounds without pauses.
func (e *Engine) synthesize(
	ctx context.Context, clip *voice.Clip, req voice.Request, say string, markup bool,
) ([]voice.Sound, error) {
	spool, err := proc.NewSpool(e.program.Config().TempDir)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "cannot create a temporary file")
	}
	defer spool.Close()
	args := formatArguments(req)
	if markup {
		args = append(args, "-ssml")
	}
	out, err := e.program.RunForOutput(ctx, proc.Command{
		Args:       append(args, "-f", "-", "-o", spool.Name),
		Stdin:      strings.NewReader(say),
		ExtraFiles: spool.Files,
	})
	if err != nil {
		return nil, err
	}
	sound, err := spool.ReadUpTo(1 << 30)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "cannot read a temporary file")
	}
	if isTruncated(sound) { // flite does not report a full disk
		return nil, fault.New(fault.Disk, syscall.ENOSPC, "a temporary file of speech is truncated")
	}
	if clip.PCM, clip.Rate, err = e.program.ParseSound(sound); err != nil {
		return nil, err
	}
	clip.Rate = int(math.Round(float64(clip.Rate) * computePlaybackFactor(req)))
	return placeSoundsInTime(parseSounds(out), clip.Length()), nil
}

// isTruncated reports whether a WAV file contains fewer samples than its data chunk announces. The length in the
// file's header cannot show this, because flite sets it at the end to the actual length.
func isTruncated(b []byte) bool {
	r := bytes.NewReader(b)
	for c := range wav.ListChunks(r, r.Size()) {
		if c.Name == wav.DataChunk {
			return c.Claimed > c.Held
		}
	}
	return true
}

// sound is a speech sound that the program printed.
type sound struct {
	name string
	end  float64 // seconds from the start of the utterance
}

// parseSounds parses the program's output: one utterance per line, as "name:end" pairs.
func parseSounds(out []byte) [][]sound {
	var lines [][]sound
	for line := range bytes.Lines(out) {
		var l []sound
		for f := range strings.FieldsSeq(string(line)) {
			name, at, ok := strings.Cut(f, ":")
			end, err := strconv.ParseFloat(at, 64)
			if ok && err == nil {
				l = append(l, sound{name, end})
			}
		}
		if len(l) > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

// silence is the program's name for a pause.
const silence = "pau"

// placeSoundsInTime places the utterances one after the other. The printed times are planned times; it scales them to
// the actual length, which consists of whole frames.
func placeSoundsInTime(lines [][]sound, length time.Duration) []voice.Sound {
	planned := 0.0
	for _, l := range lines {
		planned += l[len(l)-1].end
	}
	if planned <= 0 {
		return nil
	}
	scale := float64(length) / planned
	var out []voice.Sound
	base := 0.0
	for _, l := range lines {
		at := 0.0
		for _, s := range l {
			if s.name != silence {
				out = append(out, voice.Sound{
					Symbol: s.name,
					Start:  time.Duration((base + at) * scale),
					End:    min(time.Duration((base+s.end)*scale), length),
				})
			}
			at = s.end
		}
		base += at
	}
	return out
}

// listWordSounds returns the sounds of each word when spoken separately, each in its own paragraph. It uses the
// fastest voice, which has the same pronunciation as the others. The result is nil if the output cannot be
// assigned to the words.
func (e *Engine) listWordSounds(
	ctx context.Context, phrases []voice.Phrase, n int, given map[int][]string,
) ([][]string, error) {
	var b strings.Builder
	var order []int
	for _, p := range phrases {
		word := strings.TrimFunc(p.Text, func(r rune) bool { return !isSpoken(r) })
		if p.Word >= 0 && word != "" && given[p.Word] == nil {
			b.WriteString(word + "\n\n")
			order = append(order, p.Word)
		}
	}
	out, err := e.program.RunForOutput(ctx, proc.Command{
		Args: []string{"-voice", "kal", "-psdur", "-f", "-", "-o", "none"}, Stdin: strings.NewReader(b.String()),
	})
	if err != nil {
		return nil, err
	}
	lines := parseSounds(out)
	if len(lines) != len(order) {
		return nil, nil
	}
	alone := make([][]string, n)
	for w, list := range given {
		alone[w] = list
	}
	for i, l := range lines {
		for _, s := range l {
			if s.name != silence {
				alone[order[i]] = append(alone[order[i]], s.name)
			}
		}
	}
	return alone, nil
}
