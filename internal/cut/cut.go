// Package cut makes the picture track. It plans the distinct pictures of a timed storyboard and encodes those
// that are not in the cache.
package cut

import (
	"mynah/internal/assets"
	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// Input is the content of the picture track.
type Input struct {
	Board *storyboard.Board
	Line  *timeline.Line
	Files *assets.Set
	// Slides and Captions are per scene, in the order in which they appear.
	Slides   [][]overlay.SlideState
	Captions [][]overlay.CaptionSpan
	// Grounds are the layers around pictures that do not fill the frame, per scene and picture.
	Grounds [][]picture.LayerRef
	// Watermarks are the layers over everything but the captions, per scene.
	Watermarks [][]picture.LayerRef
	// Callouts are the result of DrawCallouts; nil if no callouts are drawn.
	Callouts map[cache.Key]picture.LayerRef
}

// Tools contains the programs and settings for making pictures.
type Tools struct {
	FFmpeg *ffmpeg.Tools
	// Version is ffmpeg's version. It is part of all cache keys.
	Version string
	// Form is the size, frame rate and quality of the video.
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
	// collect receives the drawings of callouts that pictures need, while they are only listed; otherwise nil.
	collect func(overlay.CalloutDrawing)
}

// New returns a cutter.
func New(m part.Maker, tools Tools, in Input) *Cutter {
	return &Cutter{
		Maker: m, in: in, tools: tools.FFmpeg, version: tools.Version, form: tools.Form, layers: tools.Layers,
		encoder: film.NewEncoder(tools.FFmpeg, m.Store, tools.Form, tools.Version),
		painter: picture.NewPainter(tools.FFmpeg, tools.Form, tools.Layers),
	}
}
