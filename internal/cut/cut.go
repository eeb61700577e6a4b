// Package cut makes the picture track: it plans the distinct pictures of a timed storyboard, and
// encodes those that are not in the cache.
package cut

import (
	"mynah/internal/assets"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// Input is what pictures are made of.
type Input struct {
	Board *storyboard.Board
	Line  *timeline.Line
	Files *assets.Set
	// Slides and Captions of each scene, in the order in which they are seen.
	Slides   [][]overlay.SlideState
	Captions [][]overlay.CaptionSpan
}

// Tools are the programs and settings that pictures are made with.
type Tools struct {
	FFmpeg *ffmpeg.Tools
	// Version of ffmpeg, which is part of all keys.
	Version string
	// Form is the size, rate and quality of the video.
	Form   ffmpeg.Picture
	Layers picture.Layers
}

// Cutter makes the pictures of one video.
type Cutter struct {
	part.Maker
	in      Input
	tools   *ffmpeg.Tools
	version string
	form    ffmpeg.Picture
	layers  picture.Layers
	encoder *film.Encoder
	painter *picture.Painter
}

// New returns a cutter.
func New(m part.Maker, tools Tools, in Input) *Cutter {
	return &Cutter{
		Maker: m, in: in, tools: tools.FFmpeg, version: tools.Version, form: tools.Form, layers: tools.Layers,
		encoder: film.NewEncoder(tools.FFmpeg, m.Store, tools.Form, tools.Version),
		painter: picture.NewPainter(tools.FFmpeg, tools.Form, tools.Layers),
	}
}
