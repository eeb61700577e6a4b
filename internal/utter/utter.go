// Package utter holds what a voice is asked to say: a line of runs, each in one style. The
// compiler makes lines from narration and SSML, package reading replaces text by words, and every
// engine takes them.
package utter

import (
	"strings"
	"time"
)

// Style is how a run is spoken.
type Style string

// The styles, with their marks in narration.
const (
	Plain    Style = ""
	Emphasis Style = "emphasis" // *x*, _x_
	Strong   Style = "strong"   // **x**
	Reduced  Style = "reduced"  // ~~x~~
	Spell    Style = "spell"    // `x`, letter by letter
)

// Factors are how a style is spoken by a voice that knows no styles: what is stressed is
// slower, higher and louder.
func (s Style) Factors() (speed, pitch, volume float64) {
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

// Run is a stretch of text that is said in one way: the form into which the markup of
// narration, SSML, lexicons and the reading of numbers are brought, for every engine. It holds
// no characters of markup.
type Run struct {
	Style Style  `json:"style,omitempty"`
	Text  string `json:"text"` // as it is written, and shown; offsets of words count in it
	// Say is what is said in place of Text, where it is not empty. No engine sees it: it is put
	// in Text before.
	Say string `json:"say,omitempty"`
	// IPA is how the run is pronounced; an engine that cannot read it says Text.
	IPA string `json:"ipa,omitempty"`
	// Language of a foreign stretch, BCP 47; empty is the line's.
	Language string `json:"language,omitempty"`
	// Speed, Pitch and Volume multiply those of the line.
	Speed  Factor `json:"speed,omitzero"`
	Pitch  Factor `json:"pitch,omitzero"`
	Volume Factor `json:"volume,omitzero"`
	// Pause is the silence after the run.
	Pause time.Duration `json:"pause,omitempty"`
}

// Like reports whether two runs are spoken in the same way.
func (r Run) Like(o Run) bool {
	r.Text, o.Text = "", ""
	return r == o && r.Say == "" && r.IPA == "" && r.Pause == 0
}

// Factors are the run's speed, pitch and volume, those of its style among them.
func (r Run) Factors() (speed, pitch, volume float64) {
	speed, pitch, volume = r.Style.Factors()
	return r.Speed.Value() * speed, r.Pitch.Value() * pitch, r.Volume.Value() * volume
}

// Text joins the texts of runs.
func Text(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// Line is one sentence to be spoken, by a voice that stands beside it.
type Line struct {
	Runs     []Run  `json:"runs"`
	Speed    Factor `json:"speed,omitzero"`     // 0.3 to 3
	Pitch    Factor `json:"pitch,omitzero"`     // 0.5 to 2
	Volume   Factor `json:"volume,omitzero"`    // 0 to 10
	Emphasis string `json:"emphasis,omitempty"` // none, reduced, moderate, strong; empty means none of them
	Fragment bool   `json:"fragment,omitempty"` // the sentence goes on in the next line
	// Level is the loudness in LUFS that the sentence is brought to, before Volume, Emphasis
	// and the volumes of runs apply; 0 leaves it as the engine speaks.
	Level float64 `json:"level,omitempty"`
}
