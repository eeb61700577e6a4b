package voice

import (
	"mynah/internal/part"
	"mynah/internal/utter"
)

// Narration is the recipe of a spoken sentence.
type Narration struct {
	Runs     []utter.Run `json:"runs" part:"its words"`
	Language string      `json:"language,omitempty" part:"its words"`
	// Build is the version of the engine, with that of the voice's own model; Voice is the engine's name of it.
	Engine string `json:"engine" part:"its voice"`
	Build  string `json:"build" part:"its voice"`
	Voice  string `json:"voice" part:"its voice"`
	// TimedBy is the version of the engine whose word times are taken; "" for none.
	TimedBy  string       `json:"timedBy,omitempty" part:"its voice"`
	Speed    utter.Factor `json:"speed,omitzero" part:"speed, pitch, volume or emphasis"`
	Pitch    utter.Factor `json:"pitch,omitzero" part:"speed, pitch, volume or emphasis"`
	Volume   float64      `json:"volume" part:"speed, pitch, volume or emphasis"`
	Level    float64      `json:"level" part:"speed, pitch, volume or emphasis"`
	Emphasis string       `json:"emphasis,omitempty" part:"speed, pitch, volume or emphasis"`
	Fragment bool         `json:"fragment,omitempty" part:"speed, pitch, volume or emphasis"`
}

// Kind implements part.Recipe.
func (Narration) Kind() part.Kind { return part.Sentence }

// Version implements part.Recipe.
func (Narration) Version() int { return 10 }

// narration is the recipe of a request.
func narration(engine, version string, r Request, want levels) Narration {
	return Narration{
		Runs: r.Runs, Language: r.Language, Engine: engine, Build: version, Voice: r.Voice,
		Speed: r.Speed, Pitch: r.Pitch, Volume: want.volume, Level: want.level, Emphasis: r.Emphasis, Fragment: r.Fragment,
	}
}
