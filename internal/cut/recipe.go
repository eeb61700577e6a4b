package cut

import (
	"mynah/internal/film"
	"mynah/internal/part"
	"mynah/internal/picture"
)

// Still is the recipe of a picture that stands.
type Still struct {
	picture.Look
	// Frame of a clip that is shown, 0 for what does not move.
	Frame int64     `json:"frame,omitempty" part:"the moment"`
	Form  film.Form `json:"form" part:"the video's size, rate, quality or encoder"`
}

// Kind implements part.Recipe.
func (Still) Kind() part.Kind { return part.Picture }

// Version implements part.Recipe.
func (Still) Version() int { return 1 }

// Chain is the recipe of pictures that stand one after the other and differ in what is on them.
type Chain struct {
	Links []Link    `json:"links"`
	Form  film.Form `json:"form" part:"the video's size, rate, quality or encoder"`
}

// Link is one picture in a chain.
type Link struct {
	picture.Look
	// Frame of a clip that is shown, 0 for what does not move.
	Frame int64 `json:"frame,omitempty" part:"the moment"`
}

// Kind implements part.Recipe.
func (Chain) Kind() part.Kind { return part.Picture }

// Version implements part.Recipe.
func (Chain) Version() int { return 2 }

// Motion is the recipe of moving pictures.
type Motion struct {
	picture.Look
	// Enter is the transition by which they come in; "" is a cut.
	Enter string `json:"enter,omitempty" part:"the transition"`
	// Before is what was shown before, BeforeFrame its frame where it moves.
	Before      *picture.Look `json:"before,omitempty" part:"what was shown before"`
	BeforeFrame int64         `json:"beforeFrame,omitempty" part:"what was shown before"`
	// From is the first frame of the view, Count how many there are. Held asks for a picture at
	// the end that may stand.
	From  int64     `json:"from,omitempty" part:"how long it plays"`
	Count int64     `json:"count" part:"how long it plays"`
	Held  bool      `json:"held,omitempty" part:"how long it plays"`
	Form  film.Form `json:"form" part:"the video's size, rate, quality or encoder"`
}

// Kind implements part.Recipe.
func (m Motion) Kind() part.Kind {
	switch {
	case m.Enter != "":
		return part.Crossing
	case m.Moment.Plays:
		return part.Clip
	default:
		return part.Move
	}
}

// Version implements part.Recipe.
func (Motion) Version() int { return 2 }

// frameOf is the frame that decides how a view looks, 0 where it does not move.
func frameOf(s viewFrame, frame int64) int64 {
	if s.view.Clip != nil {
		return frame
	}
	return 0
}

// label is how authors know what a scene, from 0, shows.
func (s viewFrame) label(scene int) part.Label { return part.Label{Name: s.name, Scene: scene + 1} }
