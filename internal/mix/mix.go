// Package mix makes the soundtrack. It places narration, the sound of clips, audio files and music on one
// track, sets its loudness, cuts it into chunks, and encodes those that are not in the cache. It also writes
// speech to sound files.
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

// Input is the content of the soundtrack.
type Input struct {
	Board  *storyboard.Board
	Line   *timeline.Line
	Files  *assets.Set
	Spoken *speech.Spoken
	Booth  *voice.Booth
}

// Tools contains the programs and settings for making sound.
type Tools struct {
	FFmpeg *ffmpeg.Tools
	// Version is ffmpeg's version. It is part of all cache keys.
	Version string
	Run     *proc.Runner
	// BitRate is that of stereo sound, in bits per second; mono gets half.
	BitRate int
	// Coder is the search method of ffmpeg's AAC encoder: fast or twoloop.
	Coder string
}

// Mixer makes the sound of one video.
type Mixer struct {
	part.Maker
	in    Input
	tools Tools
}

// doing is the name of this step in progress reports.
const doing = "mixing sound"

// New returns a mixer.
func New(m part.Maker, tools Tools, in Input) *Mixer { return &Mixer{Maker: m, in: in, tools: tools} }

// NewAAC returns the encoder's settings for a number of channels.
func (x *Mixer) NewAAC(channels int) ffmpeg.AAC {
	a := ffmpeg.NewDefaultAAC(channels)
	a.BitRate, a.Coder = x.tools.BitRate*channels/2, x.tools.Coder
	return a
}
