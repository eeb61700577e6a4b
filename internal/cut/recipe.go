package cut

import (
	"mynah/internal/film"
	"mynah/internal/part"
	"mynah/internal/picture"
)

// Still is the recipe of a picture without motion.
type Still struct {
	picture.Look
	// Frame is the frame of the clip; 0 for pictures without motion.
	Frame int64     `json:"frame,omitempty" part:"the time of the frame"`
	Form  film.Form `json:"form" part:"the video's size, rate, quality or encoder"`
}

// Kind implements part.Recipe.
func (Still) Kind() part.Kind { return part.Picture }

// Version implements part.Recipe.
func (Still) Version() int { return 1 }

// Chain is the recipe of consecutive pictures without motion that differ in their overlays.
type Chain struct {
	Links []Link    `json:"links"`
	Form  film.Form `json:"form" part:"the video's size, rate, quality or encoder"`
}

// Link is one picture in a chain.
type Link struct {
	picture.Look
	// Frame is the frame of the clip; 0 for pictures without motion.
	Frame int64 `json:"frame,omitempty" part:"the time of the frame"`
}

// Kind implements part.Recipe.
func (Chain) Kind() part.Kind { return part.Picture }

// Version implements part.Recipe.
func (Chain) Version() int { return 2 }

// Motion is the recipe of moving pictures.
type Motion struct {
	picture.Look
	// Enter is the transition at the start; "" is a cut.
	Enter string `json:"enter,omitempty" part:"the transition"`
	// Before is the picture before the transition, BeforeFrame its frame if it is in motion.
	Before      *picture.Look `json:"before,omitempty" part:"what was shown before"`
	BeforeFrame int64         `json:"beforeFrame,omitempty" part:"what was shown before"`
	// From is the first frame of the view, Count the number of frames. Held requests an intra picture at the
	// end, which can be repeated.
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

// chooseFrameForKey returns the frame number if it influences how a view looks, else 0.
func chooseFrameForKey(s viewFrame, frame int64) int64 {
	switch {
	case s.view.Clip != nil:
		return frame
	case len(s.view.Panes) > 0 && s.view.IsMoving():
		return min(frame, max(countMovingFrames(s.view)-1, 0))
	}
	return 0
}

// newLabel returns how explanations name what scene number scene, from 0, shows.
func (s viewFrame) newLabel(scene int) part.Label { return part.Label{Name: s.name, Scene: scene + 1} }
