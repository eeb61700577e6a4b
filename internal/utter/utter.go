// Package utter defines the input of voices: a line of runs, each in one style. The compiler makes lines from
// narration and SSML, package reading replaces text by words, and all engines accept lines.
package utter

import (
	"strings"
	"time"
)

// Style is how a run is spoken.
type Style string

// The styles, with their markup in narration.
const (
	Plain    Style = ""
	Emphasis Style = "emphasis" // *x*, _x_
	Strong   Style = "strong"   // **x**
	Reduced  Style = "reduced"  // ~~x~~
	Spell    Style = "spell"    // `x`, letter by letter
)

// ComputeFactors returns speed, pitch and volume of a style for voices without styles: stressed words are slower,
// higher and louder.
func (s Style) ComputeFactors() (speed, pitch, volume float64) {
	switch s {
	case Emphasis:
		return 0.9, 1.08, 1.25
	case Strong:
		return 0.82, 1.15, 1.5
	case Reduced:
		return 1.08, 0.94, 0.7
	}
	return 1, 1, 1
}

// Run is text that is spoken in one way. Markup of narration, SSML, lexicons and expanded numbers are all
// converted to runs, for all engines. Runs contain no markup.
type Run struct {
	Style Style  `json:"style,omitempty"`
	Text  string `json:"text"` // as written and shown; word offsets refer to it
	// Say is spoken instead of Text if it is not empty. The caller of engines moves it to Text first.
	Say string `json:"say,omitempty"`
	// IPA is the pronunciation. Engines without support for IPA speak Text.
	IPA string `json:"ipa,omitempty"`
	// Language is the BCP 47 tag of text in a foreign language; empty means the line's language.
	Language string `json:"language,omitempty"`
	// Speed, Pitch and Volume are multiplied by those of the line.
	Speed  Factor `json:"speed,omitzero"`
	Pitch  Factor `json:"pitch,omitzero"`
	Volume Factor `json:"volume,omitzero"`
	// Pause is the silence after the run.
	Pause time.Duration `json:"pause,omitempty"`
}

// CanJoinRun reports whether two runs are spoken in the same way and can be joined.
func (r Run) CanJoinRun(o Run) bool {
	r.Text, o.Text = "", ""
	return r == o && r.Say == "" && r.IPA == "" && r.Pause == 0
}

// ComputeFactors returns the run's speed, pitch and volume, including those of its style.
func (r Run) ComputeFactors() (speed, pitch, volume float64) {
	speed, pitch, volume = r.Style.ComputeFactors()
	return r.Speed.ValueOrOne() * speed, r.Pitch.ValueOrOne() * pitch, r.Volume.ValueOrOne() * volume
}

// JoinTexts returns the concatenated texts of runs.
func JoinTexts(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// Line is one sentence. The voice that speaks it is not a part of it.
type Line struct {
	Runs     []Run  `json:"runs"`
	Speed    Factor `json:"speed,omitzero"`     // 0.3 to 3
	Pitch    Factor `json:"pitch,omitzero"`     // 0.5 to 2
	Volume   Factor `json:"volume,omitzero"`    // 0 to 10
	Emphasis string `json:"emphasis,omitempty"` // none, reduced, moderate or strong; empty means no emphasis
	Fragment bool   `json:"fragment,omitempty"` // the sentence continues in the next line
	// Level is the loudness in LUFS to which the sentence is changed before Volume, Emphasis and the volumes of
	// runs apply. 0 keeps the engine's loudness.
	Level float64 `json:"level,omitempty"`
}
