// Package tone is an engine for tests. It starts no program, and plays a tone for each word. Length and pitch
// of a tone depend only on the text. Word times are exact.
package tone

import (
	"context"
	"math"
	"strings"
	"time"
	"unicode"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// Name is the name of the engine.
const Name = "tone"

const (
	rate      = 24000
	perLetter = 60 * time.Millisecond // length of a tone per letter at speed 1
	gap       = 40 * time.Millisecond // between words
	clause    = 200 * time.Millisecond
	edge      = 5 * time.Millisecond // length of a tone's rise and fall
	level     = 8000                 // amplitude
)

// Engine plays tones. The zero value is ready to use.
type Engine struct{}

// New returns the engine.
func New() *Engine { return &Engine{} }

// Name implements voice.Engine.
func (*Engine) Name() string { return Name }

// Version implements voice.Engine.
func (*Engine) Version(context.Context) (string, error) { return "1", nil }

// Abilities implements voice.Engine.
func (*Engine) Abilities() voice.Abilities {
	return voice.Abilities{Slowest: voice.MinSpeed, Fastest: voice.MaxSpeed, Pitch: true, Times: true}
}

// Voices implements voice.Engine.
func (*Engine) Voices(context.Context) ([]voice.EngineVoice, error) {
	return []voice.EngineVoice{
		{ID: "high", Language: "en-US", Gender: voice.Female},
		{ID: "low", Language: "en-US", Gender: voice.Male},
	}, nil
}

// NewVoice returns a voice of the engine for use with a Booth. It is not in the catalogue.
func NewVoice() voice.Voice {
	return voice.Voice{
		Name: "tone", Language: "en-US", LanguageName: "English", Gender: voice.Female,
		Engine: Name, EngineVoice: "high", Styles: []utter.Style{utter.Spell},
	}
}

// Speak implements voice.Engine: 60 ms per letter at speed 1, 40 ms between words, 200 ms at punctuation within
// the text.
func (*Engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	req = req.ClampSpeedAndPitch()
	phrases, plain, spans := voice.SplitPhrases(req)
	clip := voice.Clip{Rate: rate, Words: voice.NewWords(plain, spans)}
	var base float64
	switch req.Voice {
	case "high":
		base = 330
	case "low":
		base = 110
	default:
		err := &voice.UnknownVoiceError{Engine: Name, Voice: req.Voice}
		return clip, fault.New(fault.ToolFailed, err, "the tone engine has no voice %q", req.Voice)
	}
	for _, p := range phrases {
		if err := ctx.Err(); err != nil {
			return clip, err
		}
		if p.Word < 0 {
			if len(clip.PCM) > 0 {
				clip.PCM = append(clip.PCM, make([]int16, toSamples(choosePause(p.Text), req.Speed.ValueOrOne()))...)
			}
			continue
		}
		n := toSamples(time.Duration(max(countLetters(p.Text), 1))*perLetter, req.Speed.ValueOrOne())
		w := &clip.Words[p.Word]
		w.Start, w.Exact = clip.Length(), true
		clip.PCM = appendTone(clip.PCM, base*req.Pitch.ValueOrOne()*(1+float64(hashText(p.Text)%12)/12), n)
		w.End = clip.Length()
	}
	return clip, ctx.Err()
}

func toSamples(d time.Duration, speed float64) int {
	return int(math.Round(d.Seconds() / speed * rate))
}

func choosePause(between string) time.Duration {
	if strings.ContainsAny(between, ",;:.!?…") {
		return clause
	}
	return gap
}

func countLetters(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsMark(r) && !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

func hashText(s string) int {
	n := 0
	for _, r := range s {
		n = (n*31 + int(r)) % 1009
	}
	return n
}

func appendTone(pcm []int16, hz float64, n int) []int16 {
	ramp := min(toSamples(edge, 1), n/2)
	for i := range n {
		g := 1.0
		if k := min(i, n-1-i); k < ramp {
			g = float64(k) / float64(ramp)
		}
		pcm = append(pcm, int16(math.RoundToEven(level*g*math.Sin(2*math.Pi*hz*float64(i)/rate))))
	}
	return pcm
}
