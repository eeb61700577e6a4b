package picture

import (
	"encoding/json"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
)

// Look is all that decides how a view looks, in a form that can be written down: files and layers
// are named by their keys. Its fields are named as the ingredients of parts; see package part.
type Look struct {
	File cache.Key `json:"file,omitzero" part:"the file"`
	// Slides and Backdrops are what slides lay on the picture and do to it.
	Slides    []LayersFrom      `json:"slides,omitempty" part:"the slide"`
	Backdrops []ffmpeg.Backdrop `json:"backdrops,omitempty" part:"the slide"`
	Captions  []LayersFrom      `json:"captions,omitempty" part:"the subtitles"`
	Callouts  []Callout         `json:"callouts,omitempty" part:"the callouts"`
	Placing   frame.Placing     `json:"placing,omitzero" part:"how it fills the frame"`
	Move      Move              `json:"move,omitzero" part:"how it moves"`
	// Frames are how long the move lasts.
	Frames int64       `json:"frames,omitempty" part:"how it moves"`
	Canvas frame.Color `json:"canvas" part:"the canvas"`
	Moment Moment      `json:"moment,omitzero" part:"the moment"`
	Speed  Speed       `json:"speed,omitzero" part:"its speed"`
}

// LayersFrom are layers from a frame of a view on.
type LayersFrom struct {
	From   int64       `json:"from,omitempty"`
	Layers []cache.Key `json:"layers,omitempty"`
}

// Moment is the frame or the stretch of a clip that is shown.
type Moment struct {
	// Still is a single frame, AtEnd the last of the stretch.
	Still bool `json:"still,omitempty"`
	AtEnd bool `json:"atEnd,omitempty"`
	// From and Length in microseconds; a length of 0 is all of it.
	From   int64 `json:"from,omitempty"`
	Length int64 `json:"length,omitempty"`
	// Plays reports that the clip moves, Again that it begins again at its end; PlaysFrom and
	// PlaysLength are its stretch, as From and Length.
	Plays       bool  `json:"plays,omitempty"`
	Again       bool  `json:"again,omitempty"`
	PlaysFrom   int64 `json:"playsFrom,omitempty"`
	PlaysLength int64 `json:"playsLength,omitempty"`
}

// Speed is Num seconds of a clip in Den seconds of the video.
type Speed struct {
	Num int64 `json:"num,omitempty"`
	Den int64 `json:"den,omitempty"`
}

// Look returns all that decides how the view looks.
func (v *View) Look() Look {
	l := v.look()
	l.Slides, l.Captions, l.Callouts, l.Move = shown(v.Spans), shown(v.Captions), v.Callouts, v.Move
	if v.Motion != "" {
		l.Frames = v.Frames
	}
	if c := v.Clip; c != nil {
		l.Moment.Plays, l.Moment.Again, l.Moment.PlaysFrom, l.Moment.PlaysLength = true, c.Again, c.From, c.Length
		l.Speed = Speed{c.SpeedNum, c.SpeedDen}
	}
	return l
}

func (s Still) look() Look {
	l := Look{Canvas: s.Canvas, Backdrops: s.Backdrops}
	if s.Asset != nil {
		l.File, l.Placing = s.Asset.Content, s.Placing
		l.Moment = Moment{Still: s.Clip, AtEnd: s.AtEnd, From: s.From, Length: s.Length}
	}
	return l
}

// shown names the layers of spans; it is nil where none is ever seen.
func shown(spans []Span) []LayersFrom {
	if !shows(spans) {
		return nil
	}
	var out []LayersFrom
	for _, s := range spans {
		one := LayersFrom{From: s.From}
		for _, l := range s.Layers {
			one.Layers = append(one.Layers, l.Key)
		}
		out = append(out, one)
	}
	return out
}

// Key addresses the look, for pictures that are kept in memory.
func (l Look) Key() cache.Key {
	b, err := json.Marshal(l)
	if err != nil {
		return cache.Key{} // nothing in it fails
	}
	return cache.NewHasher("look").Bytes(b).Key()
}
