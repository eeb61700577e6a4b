package overlay

import (
	"mynah/internal/cache"
	"mynah/internal/part"
)

// Slide is the recipe of one step of a slide. Look is the key of its text, theme, files and fonts; see
// slide.Request.ComputeKey.
type Slide struct {
	Look cache.Key `json:"look" part:"its text, theme, files or font"`
	Step int       `json:"step,omitempty" part:"its step"`
}

// Kind implements part.Recipe.
func (Slide) Kind() part.Kind { return part.Slide }

// Version implements part.Recipe.
func (Slide) Version() int { return 2 }

// Callouts is the recipe of the drawing of callouts. Look is the key of their shapes, labels, theme and fonts; see
// slide.CalloutSheet.ComputeKey.
type Callouts struct {
	Look cache.Key `json:"look" part:"its shape, label, theme or font"`
}

// Kind implements part.Recipe.
func (Callouts) Kind() part.Kind { return part.Callout }

// Version implements part.Recipe.
func (Callouts) Version() int { return 1 }

// Caption is the recipe of a subtitle in the picture. Look is the key of its text, style and fonts;
// see slide.Captions.ComputeKeys. Margin is its distance from the edge of the frame, in pixels.
type Caption struct {
	Look     cache.Key `json:"look" part:"its text, look or font"`
	Width    int       `json:"width" part:"its text, look or font"`
	Height   int       `json:"height" part:"its text, look or font"`
	Margin   int       `json:"margin" part:"its text, look or font"`
	Position string    `json:"position,omitempty" part:"its text, look or font"`
}

// Kind implements part.Recipe.
func (Caption) Kind() part.Kind { return part.Subtitle }

// Version implements part.Recipe.
func (Caption) Version() int { return 2 }
