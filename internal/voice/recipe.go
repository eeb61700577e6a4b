package voice

import (
	"mynah/internal/part"
	"mynah/internal/utter"
)

// Narration is the recipe of a spoken sentence.
type Narration struct {
	Runs     []utter.Run `json:"runs" part:"its words"`
	Language string      `json:"language,omitempty" part:"its words"`
	// Build is the version of the engine and of the voice's model. Voice is the engine's ID of the voice.
	Engine string `json:"engine" part:"its voice"`
	Build  string `json:"build" part:"its voice"`
	Voice  string `json:"voice" part:"its voice"`
	// TimedBy is the version of the engine that times the words; empty if the voice's engine does.
	TimedBy string `json:"timedBy,omitempty" part:"its voice"`
	// VoiceSpeed and VoicePitch belong to the voice. They are multiplied by Speed and Pitch, which belong to
	// the line.
	VoiceSpeed utter.Factor `json:"voiceSpeed,omitzero" part:"its voice"`
	VoicePitch utter.Factor `json:"voicePitch,omitzero" part:"its voice"`
	Speed      utter.Factor `json:"speed,omitzero" part:"speed, pitch, volume or emphasis"`
	Pitch      utter.Factor `json:"pitch,omitzero" part:"speed, pitch, volume or emphasis"`
	Volume     float64      `json:"volume" part:"speed, pitch, volume or emphasis"`
	Level      float64      `json:"level" part:"speed, pitch, volume or emphasis"`
	Emphasis   string       `json:"emphasis,omitempty" part:"speed, pitch, volume or emphasis"`
	Fragment   bool         `json:"fragment,omitempty" part:"speed, pitch, volume or emphasis"`
}

// Kind implements part.Recipe.
func (Narration) Kind() part.Kind { return part.Sentence }

// Version implements part.Recipe.
func (Narration) Version() int { return 10 }

// newNarration returns the recipe of a line that a voice speaks with a version of its engine.
func newNarration(version string, v Voice, l utter.Line, volume float64) Narration {
	return Narration{
		Runs: l.Runs, Language: v.Language, Engine: v.Engine, Build: version, Voice: v.EngineVoice,
		VoiceSpeed: utter.NewFactor(v.Speed.ClampTo(MinSpeed, MaxSpeed)),
		VoicePitch: utter.NewFactor(v.Pitch.ClampTo(minPitch, maxPitch)),
		Speed:      utter.NewFactor(l.Speed.ClampTo(MinSpeed, MaxSpeed)),
		Pitch:      utter.NewFactor(l.Pitch.ClampTo(minPitch, maxPitch)),
		Volume:     volume, Level: l.Level, Emphasis: l.Emphasis, Fragment: l.Fragment,
	}
}
