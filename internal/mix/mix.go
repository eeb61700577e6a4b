// Package mix makes the soundtrack: it places narration, the sound of clips, audio files and music
// on one track, sets its level, cuts it into chunks and encodes those that are not in the cache.
// It also writes speech to sound files.
package mix

import (
	"mynah/internal/assets"
	"mynah/internal/ffmpeg"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// Input is what is heard.
type Input struct {
	Board  *storyboard.Board
	Line   *timeline.Line
	Files  *assets.Set
	Spoken *speech.Spoken
	Booth  *voice.Booth
}

// Tools are the programs and settings that sound is made with.
type Tools struct {
	FFmpeg *ffmpeg.Tools
	// Version of ffmpeg, which is part of all keys.
	Version string
	Run     *proc.Runner
	// BitRate of stereo sound, in bits a second; mono has half of it.
	BitRate int
	// Coder of ffmpeg's AAC encoder: fast or twoloop.
	Coder string
}

// Mixer makes the sound of one video.
type Mixer struct {
	part.Maker
	in    Input
	tools Tools
}

const doing = "mixing sound"

// New returns a mixer.
func New(m part.Maker, tools Tools, in Input) *Mixer { return &Mixer{Maker: m, in: in, tools: tools} }

// AAC is how sound of some channels is coded.
func (x *Mixer) AAC(channels int) ffmpeg.AAC {
	a := ffmpeg.DefaultAAC(channels)
	a.BitRate, a.Coder = x.tools.BitRate*channels/2, x.tools.Coder
	return a
}
