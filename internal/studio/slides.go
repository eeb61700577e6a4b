package studio

import (
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
)

// slideState is what a scene's slides look like in one of their states.
type slideState struct {
	layer picture.LayerRef
	// effects are what the slide does to the picture behind it.
	effects ffmpeg.Effects
}
