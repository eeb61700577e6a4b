// Package timeline computes what is shown and heard from which frame to which: it places the
// scenes of a storyboard, with the measured lengths of their narration and clips, on one line of
// whole frames and whole samples. No other package decides about time. It is pure and computes in
// whole numbers: a film of a thousand scenes ends on exactly the right frame.
package timeline

import (
	"math/big"
	"time"

	"mynah/internal/frame"
)

// SampleRate is that of every film, in samples a second.
const SampleRate = 48000

// SoundGrid is the number of samples of a frame of coded sound (AAC-LC).
const SoundGrid = 1024

// Media is what was measured of a picture file, or of an audio file.
type Media struct {
	// Length of the clip, of one cycle of a GIF, or of an audio file, in seconds.
	Length *big.Rat
	// Rate is the frame rate, averaged where it varies.
	Rate frame.Rate
	// Frames of the clip's picture where they were counted, else 0.
	Frames int64
	// Sound tells whether a clip has any.
	Sound bool
	// Still tells that a GIF has a single picture.
	Still bool
}

// Measured is what the storyboard's pieces turned out to be.
type Measured struct {
	// Files by their name in the storyboard.
	Files map[string]Media
	// Speech gives the samples of each part of each scene; 0 for parts that are not
	// speech.
	Speech [][]int64
}

// Line is the timed film.
type Line struct {
	FPS     frame.Rate `json:"fps"`
	Width   int        `json:"width"`
	Height  int        `json:"height"`
	Frames  int64      `json:"frames"`
	Samples int64      `json:"samples"`
	Scenes  []Scene    `json:"scenes"`
	Sounds  []Sound    `json:"sounds"`
}

// Sample returns the sample at which a frame begins, rounded.
func (l *Line) Sample(frame int64) int64 {
	return samplesOf(big.NewRat(frame*l.FPS.Den, l.FPS.Num))
}

// Scene is where a scene stands.
type Scene struct {
	Number int   `json:"number"`
	Start  int64 `json:"start"`  // frame
	Frames int64 `json:"frames"` // length
	// Sound is the sample at which the scene's sound begins: that of its first frame,
	// brought to the nearest multiple of SoundGrid, so that its coded sound is the same
	// wherever the scene stands. A scene that goes on from a fragment keeps the place
	// that it would have without that.
	Sound int64 `json:"sound"`
	// Voice are its narration parts, in samples of the film, in order; with
	// loop-audio they recur.
	Voice []Voice `json:"voice,omitempty"`
	// VoiceEnd is the sample after the last part, or the scene's start without any.
	VoiceEnd int64 `json:"voiceEnd"`
	// Pictures follow each other without a gap and fill the scene.
	Pictures []Picture `json:"pictures"`
	// Steps are the frames of the film at which the states of the scene's slide begin;
	// none for a slide that shows at once.
	Steps []int64 `json:"steps,omitempty"`
}

// Voice is where one part of the narration stands.
type Voice struct {
	Part    int   `json:"part"`
	Start   int64 `json:"start"`   // sample
	Samples int64 `json:"samples"` // length, after cuts
}

// Picture is a stretch of a scene in which one shot is on.
type Picture struct {
	// Shot is the index of the shot in its scene, -1 for the canvas or slide alone.
	Shot   int   `json:"shot"`
	Start  int64 `json:"start"` // frame of the film
	Frames int64 `json:"frames"`
	// Moving is how many frames, from the start, come from a moving source; the
	// last of them stands for the rest. 0 for a still.
	Moving int64 `json:"moving,omitempty"`
	// Cycle is the number of frames after which the moving source begins again;
	// equal to Moving or greater when it does not.
	Cycle int64 `json:"cycle,omitempty"`
	// From and Length are the stretch of the source, in microseconds.
	From   int64 `json:"from,omitempty"`
	Length int64 `json:"length,omitempty"`
	// SpeedNum / SpeedDen is how many seconds of the source pass in one of the
	// film; 1/1 but for match.
	SpeedNum int64 `json:"speedNum,omitempty"`
	SpeedDen int64 `json:"speedDen,omitempty"`
	// Fade is how many frames at the start come out of the held last frame of the
	// picture before, Enter in which way: a type of the language's transitions.
	Fade  int64  `json:"fade,omitempty"`
	Enter string `json:"enter,omitempty"`
}

// SoundKind is where a sound comes from.
type SoundKind string

// The kinds of sounds.
const (
	SoundSpeech SoundKind = "speech"
	SoundAudio  SoundKind = "audio"
	SoundClip   SoundKind = "clip"
	SoundMusic  SoundKind = "music"
)

// Sound is one sound of the film.
type Sound struct {
	Kind SoundKind `json:"kind"`
	// Scene is the index of the scene, from 0; Item that of the part or shot.
	Scene int `json:"scene"`
	Item  int `json:"item"`
	// File for all but speech; Builtin for the project's own music.
	File    string `json:"file,omitempty"`
	Builtin string `json:"builtin,omitempty"`
	// Start and Samples in the film.
	Start   int64 `json:"start"`
	Samples int64 `json:"samples"`
	// From is where in the source the sound begins, in samples of the film's rate
	// before any change of speed; SourceSamples how much of it there is, 0 for all.
	From          int64 `json:"from,omitempty"`
	SourceSamples int64 `json:"sourceSamples,omitempty"`
	// Loop repeats the source until Samples are full.
	Loop bool `json:"loop,omitempty"`
	// Gain in thousandths, 1000 as recorded.
	Gain int64 `json:"gain"`
	// FadeIn and FadeOut in samples.
	FadeIn  int64 `json:"fadeIn,omitempty"`
	FadeOut int64 `json:"fadeOut,omitempty"`
	// SpeedNum / SpeedDen as in Picture.
	SpeedNum int64 `json:"speedNum,omitempty"`
	SpeedDen int64 `json:"speedDen,omitempty"`
	// Ducks are stretches of the film in which music steps back by DuckDepth, in tenths of
	// a decibel: it is down from From to To, on its way DuckDown before and DuckUp after.
	Ducks     []Duck `json:"ducks,omitempty"`
	DuckDepth int64  `json:"duckDepth,omitempty"`
}

// Duck is a stretch of narration, in samples.
type Duck struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// The ways of music under speech, in samples: 0.2 s down, 0.6 s up; stretches of
// narration that are closer than 1 s are one.
const (
	DuckDown = SampleRate / 5
	DuckUp   = SampleRate * 3 / 5
	duckJoin = SampleRate
)

// duckDepth is how far music steps back where the script does not say, in tenths of a
// decibel.
const duckDepth = 90

// builtinDepth is the same for built-in tracks, which are made softer.
const builtinDepth = 40

// SamplesIn is how many samples of the soundtrack are heard in a time.
func SamplesIn(d time.Duration) int64 { return d.Nanoseconds() * SampleRate / 1_000_000_000 }

// Microseconds returns a time in seconds as whole microseconds.
func Microseconds(seconds *big.Rat) int64 {
	n := new(big.Rat).Mul(seconds, big.NewRat(1_000_000, 1))
	return new(big.Int).Div(n.Num(), n.Denom()).Int64()
}
