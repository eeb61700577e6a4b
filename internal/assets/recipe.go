package assets

import (
	"mynah/internal/cache"
	"mynah/internal/media"
	"mynah/internal/part"
)

// Probe is the recipe of the measured properties of a clip or sound.
type Probe struct {
	Content cache.Key    `json:"content"`
	Format  media.Format `json:"format"`
	Cycles  bool         `json:"cycles,omitempty"`
	Tool    string       `json:"tool"`
}

// Kind implements part.Recipe.
func (Probe) Kind() part.Kind { return "probe" }

// Version implements part.Recipe.
func (Probe) Version() int { return 5 }

// Drawing is the recipe of an SVG picture that is drawn for a frame of Width x Height pixels.
type Drawing struct {
	Content cache.Key `json:"content"`
	Width   int       `json:"width"`
	Height  int       `json:"height"`
	Tool    string    `json:"tool"`
}

// Kind implements part.Recipe.
func (Drawing) Kind() part.Kind { return "svg" }

// Version implements part.Recipe.
func (Drawing) Version() int { return 2 }

// Decoded is the recipe of an AVIF picture that is decoded to PNG.
type Decoded struct {
	Content cache.Key `json:"content"`
	Tool    string    `json:"tool"`
	Decoder string    `json:"decoder"`
}

// Kind implements part.Recipe.
func (Decoded) Kind() part.Kind { return "avif" }

// Version implements part.Recipe.
func (Decoded) Version() int { return 3 }

// Converted is the recipe of a CMYK picture that is converted to PNG.
type Converted struct {
	Content cache.Key `json:"content"`
}

// Kind implements part.Recipe.
func (Converted) Kind() part.Kind { return "inks" }

// Version implements part.Recipe.
func (Converted) Version() int { return 2 }

// Movie is the recipe of an animation in a format that ffmpeg reads. From is its original format.
type Movie struct {
	Content cache.Key `json:"content"`
	From    string    `json:"from"`
	Tool    string    `json:"tool"`
}

// Kind implements part.Recipe.
func (Movie) Kind() part.Kind { return "movie" }

// Version implements part.Recipe.
func (Movie) Version() int { return 2 }
