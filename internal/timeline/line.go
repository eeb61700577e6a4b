// Package timeline computes when everything in a film is shown and heard. It places the scenes of a
// storyboard, using the measured lengths of narration and clips, on a line of whole frames and whole
// samples. All decisions about time are made in this package. It reads no files and computes with
// exact numbers, so that even long films end on the right frame.
package timeline

import (
	"math/big"
	"slices"
	"time"

	"mynah/internal/frame"
)

// SampleRate is the sample rate of every film, in samples per second.
const SampleRate = 48000

// SoundGrid is the number of samples of a frame of coded sound (AAC-LC).
const SoundGrid = 1024

// Media contains the measured properties of a picture or audio file.
type Media struct {
	// Length is the length of a clip, of one cycle of a GIF, or of an audio file, in seconds.
	Length *big.Rat
	// Rate is the frame rate; for a variable rate it is the average.
	Rate frame.Rate
	// Frames is the number of frames of a clip, or 0 if they were not counted.
	Frames int64
	// Sound is true if a clip has sound.
	Sound bool
	// Still is true if a GIF has only one picture.
	Still bool
}

// Measured contains the measured files and narration of a storyboard.
type Measured struct {
	// Files are the measured files, by their path in the storyboard.
	Files map[string]Media
	// Speech is the length in samples of each part of each scene; 0 for parts that are not speech.
	Speech [][]int64
	// FindWord returns the start of the first word of a sentence at or after a byte offset in its text, in samples
	// from the start of the sentence; the length of the sentence if there is no such word. It may be nil if no
	// sentence has clicks.
	FindWord func(scene, part, offset int) int64
}

// Line is the timeline of a film.
type Line struct {
	FPS     frame.Rate `json:"fps"`
	Width   int        `json:"width"`
	Height  int        `json:"height"`
	Frames  int64      `json:"frames"`
	Samples int64      `json:"samples"`
	Scenes  []Scene    `json:"scenes"`
	Sounds  []Sound    `json:"sounds"`
}

// ToSample returns the sample at which a frame begins, rounded.
func (l *Line) ToSample(frame int64) int64 {
	return toSamples(big.NewRat(frame*l.FPS.Den, l.FPS.Num))
}

// Scene contains the times of a scene.
type Scene struct {
	Number int   `json:"number"`
	Start  int64 `json:"start"`  // first frame
	Frames int64 `json:"frames"` // length in frames
	// Sound is the sample at which the scene's sound begins: the sample of its first frame, rounded to
	// the nearest multiple of SoundGrid, so that the encoded sound does not depend on the scene's
	// position.
	Sound int64 `json:"sound"`
	// Voice are the times of the narration's parts, in order. With loop-audio, parts occur several times.
	Voice []Voice `json:"voice,omitempty"`
	// VoiceEnd is the sample at which the last part ends, or Sound without narration.
	VoiceEnd int64 `json:"voiceEnd"`
	// Pictures are consecutive and fill the scene.
	Pictures []Picture `json:"pictures"`
	// Steps are the frames of the film at which the reveal steps of the scene's slides begin. It is empty
	// if the slides have fewer than two steps. If the first step is later than the start of the scene, nothing is
	// revealed before it.
	Steps []int64 `json:"steps,omitempty"`
	// Callouts are the times of the scene's callouts, in the order of the script.
	Callouts []CalloutSpan `json:"callouts,omitempty"`
}

// Voice contains the times of one part of the narration.
type Voice struct {
	Part    int   `json:"part"`
	Start   int64 `json:"start"`   // first sample
	Samples int64 `json:"samples"` // length in samples, shortened if it does not fit
}

// Picture is a range of a scene in which one shot is shown.
type Picture struct {
	// Shot is the index of the shot in its scene, or -1 if only the canvas or a slide is shown.
	Shot   int   `json:"shot"`
	Start  int64 `json:"start"` // first frame in the film
	Frames int64 `json:"frames"`
	// Moving is the number of frames, from the start, during which the source moves. The last of them is
	// shown for the rest. It is 0 for a still picture.
	Moving int64 `json:"moving,omitempty"`
	// Cycle is the number of frames after which the source repeats. It does not repeat if Cycle is 0 or
	// not less than Moving.
	Cycle int64 `json:"cycle,omitempty"`
	// From and Length are the range of the source that is shown, in microseconds.
	From   int64 `json:"from,omitempty"`
	Length int64 `json:"length,omitempty"`
	// SpeedNum / SpeedDen is the speed: seconds of the source per second of the film. It is 1/1 except for
	// match.
	SpeedNum int64 `json:"speedNum,omitempty"`
	SpeedDen int64 `json:"speedDen,omitempty"`
	// Beside are further shots that are shown at the same time, by the layout of the scene. Each begins with the
	// first picture of the scene in which its shot is shown, and lasts to the end of the scene.
	Beside []Picture `json:"beside,omitempty"`
	// Fade is the length of the transition at the start, in frames, during which the last frame of the
	// previous picture is replaced. Enter is the type of the transition.
	Fade  int64  `json:"fade,omitempty"`
	Enter string `json:"enter,omitempty"`
}

// ListShots returns the indexes of all shots that the picture shows, in the order in which they are drawn.
func (p Picture) ListShots() []int {
	var out []int
	if p.Shot >= 0 {
		out = append(out, p.Shot)
	}
	for _, b := range p.Beside {
		out = append(out, b.Shot)
	}
	return out
}

// shows reports whether the picture shows a shot; -1 stands for a picture without shots.
func (p Picture) shows(shot int) bool {
	if shot < 0 {
		return p.Shot < 0 && len(p.Beside) == 0
	}
	return p.Shot == shot || slices.ContainsFunc(p.Beside, func(b Picture) bool { return b.Shot == shot })
}

// SoundKind is the source of a sound.
type SoundKind string

// Values of SoundKind.
const (
	SoundSpeech SoundKind = "speech"
	SoundAudio  SoundKind = "audio"
	SoundClip   SoundKind = "clip"
	SoundMusic  SoundKind = "music"
)

// Sound is a sound on the soundtrack.
type Sound struct {
	Kind SoundKind `json:"kind"`
	// Scene is the index of the scene, Item the index of the part or shot. Both are -1 for music.
	Scene int `json:"scene"`
	Item  int `json:"item"`
	// File is the source of a sound in the project; Builtin is the name of built-in music. Both are "" for
	// speech.
	File    string `json:"file,omitempty"`
	Builtin string `json:"builtin,omitempty"`
	// Start and Samples are the range of the film, in samples.
	Start   int64 `json:"start"`
	Samples int64 `json:"samples"`
	// From is the start of the sound in its source, in samples at the film's rate and at normal speed.
	// SourceSamples is the length of the part that is used; 0 means all.
	From          int64 `json:"from,omitempty"`
	SourceSamples int64 `json:"sourceSamples,omitempty"`
	// Loop is true if the source repeats until the end of the range.
	Loop bool `json:"loop,omitempty"`
	// Gain is the volume in thousandths; 1000 is the recorded volume.
	Gain int64 `json:"gain"`
	// FadeIn and FadeOut are lengths of fades in samples.
	FadeIn  int64 `json:"fadeIn,omitempty"`
	FadeOut int64 `json:"fadeOut,omitempty"`
	// SpeedNum / SpeedDen is the speed, as in Picture.
	SpeedNum int64 `json:"speedNum,omitempty"`
	SpeedDen int64 `json:"speedDen,omitempty"`
	// Ducks are the ranges of the film in which music is quieter by DuckDepth, in tenths of a decibel. The
	// volume changes during DuckDown before each range and during DuckUp after it.
	Ducks     []Duck `json:"ducks,omitempty"`
	DuckDepth int64  `json:"duckDepth,omitempty"`
}

// Duck is a range of narration in the film, in samples.
type Duck struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Constants of music under narration, in samples: the volume falls in 0.2 s and rises in 0.6 s. Ranges
// of narration less than 1 s apart are joined.
const (
	DuckDown = SampleRate / 5
	DuckUp   = SampleRate * 3 / 5
	duckJoin = SampleRate
)

// duckDepth is the default reduction of music under narration, in tenths of a decibel.
const duckDepth = 90

// builtinDepth is the default reduction of built-in music, which is quieter.
const builtinDepth = 40

// ToSamplesDown converts a duration to samples, rounded down.
func ToSamplesDown(d time.Duration) int64 { return d.Nanoseconds() * SampleRate / 1_000_000_000 }

// ToMicroseconds converts seconds to whole microseconds, rounded down.
func ToMicroseconds(seconds *big.Rat) int64 {
	n := new(big.Rat).Mul(seconds, big.NewRat(1_000_000, 1))
	return new(big.Int).Div(n.Num(), n.Denom()).Int64()
}
