// Package storyboard plans a film: it resolves a parsed script into scenes with narration, pictures,
// sounds and styles. All defaults are filled in, and all files exist, so that later steps need not
// interpret the script. The package opens no files and measures nothing; it asks a Project which files
// exist.
package storyboard

import (
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/utter"
)

// Board is the plan of a film.
type Board struct {
	Script string  `json:"script"`
	Film   Film    `json:"film"`
	Scenes []Scene `json:"scenes"`
}

// Film contains the settings of the whole film.
type Film struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	// Header is the frame size that the script is written for. It differs from Width and Height if an
	// option of the build overrides the size.
	Header frame.Size `json:"-"`
	// Sizes are the further sizes in which the film is built, in addition to Width and Height.
	Sizes []frame.Size `json:"sizes,omitempty"`
	// FPS is zero if the frame rate follows from the clips.
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
	// Brand is the path of a style sheet of variables in the project, or "".
	Brand     string     `json:"brand,omitempty"`
	Watermark *Watermark `json:"watermark,omitempty"`
	// Progress is true if a bar shows how far the film is.
	Progress bool `json:"progress,omitempty"`
}

// Watermark is an image over the whole film.
type Watermark struct {
	File     string         `json:"file"` // path in the project
	Range    diag.Range     `json:"-"`
	Position frame.Position `json:"position"`
	Strength float64        `json:"strength"` // opacity, from 0 to 1
}

// Music is background music.
type Music struct {
	File    string     `json:"file,omitempty"` // path in the project; "" for built-in music
	Builtin string     `json:"builtin,omitempty"`
	Range   diag.Range `json:"-"`
	Volume  float64    `json:"volume"`
	FadeIn  bool       `json:"fadeIn,omitempty"`
	FadeOut bool       `json:"fadeOut,omitempty"`
}

// Scene is a resolved scene.
type Scene struct {
	Number int        `json:"number"` // number of the scene, from 1
	Range  diag.Range `json:"range"`
	// Parts are the sentences, pauses and audio files, in order.
	Parts []Part `json:"parts,omitempty"`
	// Shots are the pictures and clips, in order.
	Shots []Shot `json:"shots,omitempty"`
	// Sync says what happens if clips and narration have different lengths; "" means the default.
	Sync   script.Sync `json:"sync,omitempty"`
	Slides []Slide     `json:"slides,omitempty"`
	// Theme is the name of a built-in theme, or the path of a style sheet in the project.
	Theme string `json:"theme,omitempty"`
	// Layout is how slides and pictures share the frame.
	Layout frame.Layout `json:"layout,omitempty"`
	// Callouts are drawn over the slides, in a scene without pictures. Other callouts belong to a Shot.
	Callouts []script.Callout `json:"callouts,omitempty"`
	// RevealCallouts is true if the callouts of the scene are shown one after the other.
	RevealCallouts bool           `json:"revealCallouts,omitempty"`
	Duration       *time.Duration `json:"duration,omitempty"`
	Canvas         frame.Color    `json:"canvas"`
	// CanvasSet is true if the script sets the canvas. It then replaces the theme's background.
	CanvasSet  bool              `json:"canvasSet,omitempty"`
	Transition script.Transition `json:"transition"`
	// Quote replaces the subtitles of the scene if it is not nil. It contains the text as written, with
	// blank lines between several quotes. The empty text removes the subtitles.
	Quote *string `json:"quote,omitempty"`
	// Chapter is the title of the chapter that starts with this scene, or "". If a film has chapters, one
	// starts with the first scene.
	Chapter string `json:"chapter,omitempty"`
	// ChapterRange is the range of the direction that sets the chapter. Its start line is 0 if the title
	// comes from a heading.
	ChapterRange diag.Range `json:"-"`
	// Music is the music that starts with this scene, or nil. A Music with neither File nor Builtin ends
	// the music.
	Music *Music `json:"music,omitempty"`
}

// PartKind is the kind of a Part.
type PartKind string

// Values of PartKind.
const (
	Speech PartKind = "speech"
	Pause  PartKind = "pause"
	Audio  PartKind = "audio"
)

// Part is one sentence, pause or audio file of a scene.
type Part struct {
	Kind  PartKind   `json:"kind"`
	Range diag.Range `json:"range"`
	// Paragraph is the index of the sentence's paragraph in the scene. Each paragraph has separate
	// subtitles.
	Paragraph int `json:"paragraph"`
	// Runs are the text of one sentence; Text is the same without styles.
	Runs []utter.Run `json:"runs,omitempty"`
	Text string      `json:"text,omitempty"`
	// Voice is the catalogue name of the voice.
	Voice    string  `json:"voice,omitempty"`
	Speed    float64 `json:"speed,omitempty"`
	Volume   float64 `json:"volume,omitempty"`
	Pitch    float64 `json:"pitch,omitempty"`
	Emphasis string  `json:"emphasis,omitempty"`
	// Fragment is true if the sentence continues in the next paragraph, so that the voice does not fall.
	Fragment bool `json:"fragment,omitempty"`
	// After is the silence after this sentence.
	After time.Duration `json:"after,omitempty"`
	// Length is the length of a pause.
	Length time.Duration `json:"length,omitempty"`
	// File is the path of an audio file in the project.
	File string `json:"file,omitempty"`
	// Clicks are byte offsets in Text: at the word that begins there, the next step of the scene appears.
	Clicks []int `json:"clicks,omitempty"`
}

// ToLine returns the sentence in the form that package utter passes to a speech engine.
func (p Part) ToLine() utter.Line {
	return utter.Line{
		Runs: p.Runs, Speed: utter.NewFactor(p.Speed), Pitch: utter.NewFactor(p.Pitch), Volume: utter.NewFactor(p.Volume),
		Emphasis: p.Emphasis, Fragment: p.Fragment,
	}
}

// ShotKind is the kind of a picture's file. It follows from the file's content.
type ShotKind string

// Values of ShotKind.
const (
	Image ShotKind = "image"
	GIF   ShotKind = "gif"
	Clip  ShotKind = "clip"
)

// Shot is one picture or clip of a scene.
type Shot struct {
	Kind  ShotKind   `json:"kind"`
	Range diag.Range `json:"range"`
	// File is the path in the project, with forward slashes.
	File string `json:"file"`
	frame.Placing
	Edge   string       `json:"edge,omitempty"`
	Motion frame.Motion `json:"motion,omitempty"`
	Strong bool         `json:"strong,omitempty"` // doubles the effect of Motion
	Mount  frame.Mount  `json:"mount,omitempty"`
	// Sync is the option of a clip or GIF; "" means the default of its kind.
	Sync script.Sync `json:"sync,omitempty"`
	// Still is set if one frame of a clip is shown as a still picture.
	Still    script.Still      `json:"still,omitempty"`
	Segment  *script.ClipRange `json:"segment,omitempty"`
	Volume   float64           `json:"volume"` // factor for the clip's own sound; 0 if it is muted
	Canvas   frame.Color       `json:"canvas"` // the colour around the picture and behind transparent parts
	Callouts []script.Callout  `json:"callouts,omitempty"`
}

// Slide is a fenced block of a scene, with the settings that determine its appearance.
type Slide struct {
	Range    diag.Range      `json:"range"`
	Kind     frame.BlockKind `json:"kind"`
	Language string          `json:"language,omitempty"`
	Text     string          `json:"text"`
	Theme    string          `json:"theme"`
	// FontSize is the font size that the script sets, in pixels of a frame whose shorter side is 720; 0
	// means the theme's size.
	FontSize float64 `json:"fontSize,omitempty"`
	Reveal   bool    `json:"reveal,omitempty"`
	// Steps is the number of reveal steps, at least 1.
	Steps     int               `json:"steps"`
	Ranges    []frame.LineRange `json:"ranges,omitempty"`
	Highlight []frame.LineRange `json:"highlight,omitempty"`
}

// FindTargetLoudness returns the loudness in LUFS to which the sound of the film is normalized. It returns false if
// the sound is not normalized: without narration, or if the script says so.
func (b *Board) FindTargetLoudness() (float64, bool) {
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
