// Package voice converts text to speech with the times of its words. An Engine is one program or service that
// speaks. The Booth calls engines and adds the catalogue of voices, the cache, a common sample rate and the
// removal of silence. This package starts no program and opens no connection; the engines in its subfolders do.
package voice

import (
	"context"
	"fmt"
	"math"
	"time"

	"mynah/internal/utter"
)

// Engine converts text to speech with one program or service. All engines pass the tests of package voicetest.
// Engines do not cache, retry or limit requests; their callers do.
type Engine interface {
	// Name returns the engine's short, lower-case name. It never changes, because the catalogue and cache keys
	// contain it.
	Name() string
	// Version identifies the program and data that determine the sound. If the program is missing, the error is
	// a fault with code ToolMissing.
	Version(ctx context.Context) (string, error)
	// Voices returns the voices that this machine can use.
	Voices(ctx context.Context) ([]EngineVoice, error)
	// Speak speaks one sentence. Equal requests return equal clips. Text is never interpreted as markup or
	// commands. For text without anything to say, it returns a clip that is silent or has no samples, and no
	// error.
	Speak(ctx context.Context, req Request) (Clip, error)
	// Abilities returns what the engine can do. Requests never contain anything else.
	Abilities() Abilities
}

// Abilities contains what an engine can do. The Booth does the rest to the sound: it changes speed, pitch and
// volume of the sentence or parts of it, and inserts pauses.
type Abilities struct {
	// Slowest and Fastest limit Request.Speed. Zeros mean that the engine has a single speed.
	Slowest, Fastest float64
	// Pitch: the engine supports Request.Pitch.
	Pitch bool
	// Prosody: the engine supports Speed, Pitch and Volume of an utter.Run within a sentence.
	Prosody bool
	// Emphasis: the styles Emphasis, Strong and Reduced are audible with every voice.
	Emphasis bool
	// Language: the engine supports utter.Run.Language within a sentence.
	Language bool
	// Phonemes: the engine supports utter.Run.IPA.
	Phonemes bool
	// Pauses: the engine supports utter.Run.Pause within a sentence.
	Pauses bool
	// Remote: a remote service does the work; this machine only waits.
	Remote bool
	// Times: the engine usually measures word times; see Word.Exact.
	Times bool
}

// EngineVoice is a voice as its engine describes it.
type EngineVoice struct {
	ID       string
	Language string // BCP 47; may be empty
	Gender   Gender // may be empty
}

// Gender is the gender of a voice.
type Gender string

// The genders.
const (
	Female Gender = "female"
	Male   Gender = "male"
)

// The ranges of speed and pitch, as factors.
const (
	MinSpeed = 0.3
	MaxSpeed = 3.0
	minPitch = 0.5
	maxPitch = 2.0
)

// Request is one sentence for an engine.
type Request struct {
	Voice    string       // EngineVoice.ID
	Language string       // BCP 47; for engines whose voices speak several languages
	Runs     []utter.Run  // the sentence
	Speed    utter.Factor // MinSpeed to MaxSpeed
	Pitch    utter.Factor // minPitch to MaxPitch
	Emphasis string       // none, reduced, moderate or strong; empty means no emphasis
	Fragment bool         // the sentence continues in the next request, so the pitch should not fall at the end
}

// Text returns the request's text without styles. Word.Offset counts bytes of this text.
func (r Request) Text() string { return utter.JoinTexts(r.Runs) }

// ClampSpeedAndPitch returns the request with speed and pitch limited to their ranges.
func (r Request) ClampSpeedAndPitch() Request {
	r.Speed = utter.NewFactor(r.Speed.ClampTo(MinSpeed, MaxSpeed))
	r.Pitch = utter.NewFactor(r.Pitch.ClampTo(minPitch, maxPitch))
	return r
}

// Clip is spoken text: mono samples and word times. Words contains all words that the function SplitWords finds in
// the request's text, in order.
type Clip struct {
	PCM   []int16
	Rate  int // Hz
	Words []Word

	// untimed: the reference engine for the word times failed.
	untimed bool
}

// Length returns the duration of the clip.
func (c Clip) Length() time.Duration { return toTime(int64(len(c.PCM)), c.Rate) }

// Word is a word with its times from the start of the clip. A word that was not spoken, such as a symbol that
// the engine does not support, has Start equal to End.
type Word struct {
	Text   string        `json:"text"`
	Offset int           `json:"offset"` // bytes from the start of the request's plain text
	Start  time.Duration `json:"start"`
	End    time.Duration `json:"end"`
	Exact  bool          `json:"exact,omitempty"` // measured by the engine, not estimated
}

// UnknownVoiceError reports a voice that an engine does not have.
type UnknownVoiceError struct{ Engine, Voice string }

func (e *UnknownVoiceError) Error() string {
	return fmt.Sprintf("%s has no voice %q", e.Engine, e.Voice)
}

func toTime(samples int64, rate int) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(float64(samples) / float64(rate) * float64(time.Second))
}

func toSamples(t time.Duration, rate int) int {
	return int(math.Round(t.Seconds() * float64(rate)))
}
