// Package storyboard plans a film: it resolves a parsed script into scenes with narration,
// pictures, sounds and styles, with every default filled in and every file known to exist. Later
// steps never ask what a script meant. It measures nothing and opens no file; it only asks which
// files exist.
package storyboard

import (
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/utter"
)

// Board is a planned film.
type Board struct {
	Script string  `json:"script"`
	Film   Film    `json:"film"`
	Scenes []Scene `json:"scenes"`
}

// Film is what holds for the whole film.
type Film struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	// Header is the frame size that the script is written for; it differs from Width and
	// Height where a build asks for another.
	Header frame.Size `json:"-"`
	// FPS is zero when the clips decide.
	FPS         frame.Rate       `json:"fps"`
	Title       string           `json:"title,omitempty"`
	Author      string           `json:"author,omitempty"`
	Description string           `json:"description,omitempty"`
	Language    string           `json:"language,omitempty"`
	Subtitles   script.Subtitles `json:"subtitles"`
	Poster      script.Poster    `json:"poster"`
	PosterRange diag.Range       `json:"-"`
	Music       *Music           `json:"music,omitempty"`
	Loudness    *script.Level    `json:"loudness,omitempty"`
	Ducking     *script.Level    `json:"ducking,omitempty"`
	Lexicon     string           `json:"lexicon,omitempty"`
}

// Music is a background track.
type Music struct {
	File    string     `json:"file,omitempty"` // in the project, or "" for a built-in track
	Builtin string     `json:"builtin,omitempty"`
	Range   diag.Range `json:"-"`
	Volume  float64    `json:"volume"`
	FadeIn  bool       `json:"fadeIn,omitempty"`
	FadeOut bool       `json:"fadeOut,omitempty"`
}

// Scene is one scene, resolved.
type Scene struct {
	Number int        `json:"number"` // from 1
	Range  diag.Range `json:"range"`
	// Parts are the narration, pauses and audio files, in order.
	Parts []Part `json:"parts,omitempty"`
	// Shots are the pictures, in order.
	Shots []Shot `json:"shots,omitempty"`
	// Sync is how clips and narration share the scene.
	Sync   script.Sync `json:"sync,omitempty"`
	Slides []Slide     `json:"slides,omitempty"`
	// Callouts of a scene without pictures are over its slides.
	Callouts []script.Callout `json:"callouts,omitempty"`
	Duration *time.Duration   `json:"duration,omitempty"`
	Canvas   frame.Color      `json:"canvas"`
	// CanvasSet tells that the script names the canvas; a theme's background gives way.
	CanvasSet  bool              `json:"canvasSet,omitempty"`
	Transition script.Transition `json:"transition"`
	// Quote replaces the subtitles of the scene when it is not nil: its lines as written,
	// several quotes apart by blank lines; empty text
	// removes them.
	Quote *string `json:"quote,omitempty"`
	// Chapter is the title of the one that starts here, "" where none does. A film with
	// chapters has one at its first scene.
	Chapter string `json:"chapter,omitempty"`
	// ChapterRange is the place of the direction that named the chapter; its line is 0 where a
	// heading did.
	ChapterRange diag.Range `json:"-"`
	// Music starts here when it is not nil; a Music with neither file nor built-in
	// track ends what plays.
	Music *Music `json:"music,omitempty"`
}

// PartKind is what a part of the narration is.
type PartKind string

// The kinds of parts.
const (
	Speech PartKind = "speech"
	Pause  PartKind = "pause"
	Audio  PartKind = "audio"
)

// Part is a sentence, a pause or an audio file.
type Part struct {
	Kind  PartKind   `json:"kind"`
	Range diag.Range `json:"range"`
	// Paragraph numbers the paragraph of the scene that a sentence is of, from 0;
	// subtitles are made per paragraph.
	Paragraph int `json:"paragraph"`
	// Runs are one sentence.
	Runs []utter.Run `json:"runs,omitempty"`
	Text string      `json:"text,omitempty"`
	// Voice is the name of a voice of the catalogue.
	Voice    string  `json:"voice,omitempty"`
	Speed    float64 `json:"speed,omitempty"`
	Volume   float64 `json:"volume,omitempty"`
	Pitch    float64 `json:"pitch,omitempty"`
	Emphasis string  `json:"emphasis,omitempty"`
	// Fragment: the sentence does not end here.
	Fragment bool `json:"fragment,omitempty"`
	// After is the silence between this sentence and the next part.
	After time.Duration `json:"after,omitempty"`
	// Length of a pause.
	Length time.Duration `json:"length,omitempty"`
	// File of an audio part, from the project's root.
	File string `json:"file,omitempty"`
}

// Line is what the voice of a sentence is asked to say.
func (p Part) Line() utter.Line {
	return utter.Line{
		Runs: p.Runs, Speed: utter.Times(p.Speed), Pitch: utter.Times(p.Pitch), Volume: utter.Times(p.Volume),
		Emphasis: p.Emphasis, Fragment: p.Fragment,
	}
}

// ShotKind is what a picture's file is, told by its name and mode.
type ShotKind string

// The kinds of shots.
const (
	Image ShotKind = "image"
	GIF   ShotKind = "gif"
	Clip  ShotKind = "clip"
)

// Shot is one picture of a scene.
type Shot struct {
	Kind  ShotKind   `json:"kind"`
	Range diag.Range `json:"range"`
	// File from the project's root, slashes forward.
	File string `json:"file"`
	frame.Placing
	Edge   string       `json:"edge,omitempty"`
	Motion frame.Motion `json:"motion,omitempty"`
	Strong bool         `json:"strong,omitempty"` // of the motion
	// Sync of a clip or GIF as its line says; "" is the default of its kind.
	Sync script.Sync `json:"sync,omitempty"`
	// Still is set when one frame of a clip stands.
	Still    script.Still     `json:"still,omitempty"`
	Segment  *script.Segment  `json:"segment,omitempty"`
	Volume   float64          `json:"volume"` // of a clip's own sound, 0 when muted
	Canvas   frame.Color      `json:"canvas"` // what shows around and through it
	Callouts []script.Callout `json:"callouts,omitempty"`
}

// Slide is a fenced block of a scene.
type Slide struct {
	Range    diag.Range      `json:"range"`
	Kind     frame.BlockKind `json:"kind"`
	Language string          `json:"language,omitempty"`
	Text     string          `json:"text"`
	Theme    string          `json:"theme"`
	// FontSize as the script sets it, in pixels of a frame whose shorter side is 720; 0
	// where the theme decides.
	FontSize float64 `json:"fontSize,omitempty"`
	Reveal   bool    `json:"reveal,omitempty"`
	// Steps is in how many states the slide is seen, one after the other.
	Steps     int               `json:"steps"`
	Ranges    []frame.LineRange `json:"ranges,omitempty"`
	Highlight []frame.LineRange `json:"highlight,omitempty"`
}

// Level is the loudness in LUFS that the film's sound is brought to; false where it stays
// as it is: without narration, and where the script says so.
func (b *Board) Level() (float64, bool) {
	const usual = -16
	spoken := false
	for _, s := range b.Scenes {
		for _, p := range s.Parts {
			spoken = spoken || p.Kind == Speech
		}
	}
	switch l := b.Film.Loudness; {
	case !spoken || l != nil && l.None:
		return 0, false
	case l != nil:
		return l.Value, true
	}
	return usual, true
}
