// Package voice turns text into sound and the times of its words. An Engine is one program or
// service that speaks; the Booth calls engines for everybody else and adds the catalogue of
// voices, the cache, one sample rate, and trimmed ends. The package starts no program and opens no
// connection; the engines in its subfolders do.
package voice

import (
	"context"
	"fmt"
	"math"
	"time"

	"mynah/internal/utter"
)

// Engine is one way of turning text into sound. Every engine passes the suite in
// package voicetest. Caching, retries and limits wrap an engine and are never in one.
type Engine interface {
	// Name is short, lower-case and never changes; the catalogue refers to it.
	Name() string
	// Version names program and data, as far as they decide the sound. A missing
	// program is a fault of code ToolMissing.
	Version(ctx context.Context) (string, error)
	// Voices are those that can be used on this machine.
	Voices(ctx context.Context) ([]EngineVoice, error)
	// Speak says one sentence. Equal requests give equal clips. Text is never taken
	// as markup or commands. Text that holds nothing to say gives a clip with silence
	// or without samples, and no error.
	Speak(ctx context.Context, req Request) (Clip, error)
	// Abilities tell what the engine does by itself; it is never asked for more.
	Abilities() Abilities
}

// Abilities are what an engine does by itself. The rest the Booth does to the spoken sentence:
// it stretches it or parts of it, raises them, turns them up and puts silence between words.
type Abilities struct {
	// Slowest and Fastest bound Request.Speed; zeros mean that the engine knows one
	// speed only.
	Slowest, Fastest float64
	// Pitch: Request.Pitch is honoured.
	Pitch bool
	// Prosody: Speed, Pitch and Volume of an utter.Run are honoured within a sentence.
	Prosody bool
	// Emphasis: the styles Emphasis, Strong and Reduced are heard with every voice.
	Emphasis bool
	// Language: utter.Run.Language is honoured within a sentence.
	Language bool
	// Phonemes: utter.Run.IPA is honoured.
	Phonemes bool
	// Pauses: utter.Run.Pause is honoured within a sentence.
	Pauses bool
	// Remote: a service answers, and this machine can do other work meanwhile.
	Remote bool
	// Times: when words are said is measured, as a rule; see Word.Exact.
	Times bool
}

// EngineVoice is a voice as its engine knows it.
type EngineVoice struct {
	ID       string
	Language string // BCP 47, as far as the engine tells
	Gender   Gender // may be empty
}

// Gender of a voice.
type Gender string

// The genders.
const (
	Female Gender = "female"
	Male   Gender = "male"
)

// The ranges of speed and pitch.
const (
	MinSpeed = 0.3
	MaxSpeed = 3.0
	minPitch = 0.5
	maxPitch = 2.0
)

// Request is one sentence for an engine.
type Request struct {
	Voice    string       // EngineVoice.ID
	Language string       // BCP 47; for engines with one voice for many languages
	Runs     []utter.Run  // the sentence
	Speed    utter.Factor // MinSpeed to MaxSpeed
	Pitch    utter.Factor // minPitch to MaxPitch
	Emphasis string       // none, reduced, moderate, strong; empty means none of them
	Fragment bool         // the sentence goes on in the next request: no falling end
}

// Text is the request's text without styles; Word.Offset counts in it.
func (r Request) Text() string { return utter.Text(r.Runs) }

// Normal returns the request with speed and pitch in range.
func (r Request) Normal() Request {
	r.Speed = utter.Times(r.Speed.Within(MinSpeed, MaxSpeed))
	r.Pitch = utter.Times(r.Pitch.Within(minPitch, maxPitch))
	return r
}

// Clip is spoken text: mono samples and when each word was said. Words are those that
// the function Words finds in the request's text, all of them, in order.
type Clip struct {
	PCM   []int16
	Rate  int // samples a second
	Words []Word

	// untimed says that the reference for the times of its words failed.
	untimed bool
}

// Length of the clip.
func (c Clip) Length() time.Duration { return samplesToTime(int64(len(c.PCM)), c.Rate) }

// Word is a word and its time from the start of the clip. A word that was not spoken,
// such as a symbol the engine does not know, has Start equal to End.
type Word struct {
	Text   string        `json:"text"`
	Offset int           `json:"offset"` // in bytes, in the plain text of the request
	Start  time.Duration `json:"start"`
	End    time.Duration `json:"end"`
	Exact  bool          `json:"exact,omitempty"` // measured by the engine, not estimated
}

// UnknownVoiceError is a voice that an engine does not have.
type UnknownVoiceError struct{ Engine, Voice string }

func (e *UnknownVoiceError) Error() string {
	return fmt.Sprintf("%s has no voice %q", e.Engine, e.Voice)
}

func samplesToTime(n int64, rate int) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(rate) * float64(time.Second))
}

func timeToSamples(t time.Duration, rate int) int {
	return int(math.Round(t.Seconds() * float64(rate)))
}
