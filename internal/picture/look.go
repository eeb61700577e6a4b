package picture

import (
	"encoding/json"
	"image"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
)

// Look describes everything that determines the appearance of a view, for cache keys. Files and layers
// are represented by their keys. The part tags name the ingredients of parts; see package part.
type Look struct {
	ShotLook
	// Slides are the layers of slides, Backdrops the filters that slides apply to the picture.
	Slides        []LayersFrom       `json:"slides,omitempty" part:"the slide"`
	Backdrops     []ffmpeg.Backdrop  `json:"backdrops,omitempty" part:"the slide"`
	Captions      []LayersFrom       `json:"captions,omitempty" part:"the subtitles"`
	Callouts      []Callout          `json:"callouts,omitempty" part:"the callouts"`
	CalloutStates []CalloutStateLook `json:"calloutStates,omitempty" part:"the callouts"`
	Camera        []CameraMove       `json:"camera,omitempty" part:"the callouts"`
	Panes         []PaneLook         `json:"panes,omitempty" part:"the pictures of the layout"`
	Mount         cache.Key          `json:"mount,omitzero" part:"the ground"`
}

// ShotLook describes everything that determines the appearance of a picture, without what lies over it.
type ShotLook struct {
	File    cache.Key     `json:"file,omitzero" part:"the file"`
	Placing frame.Placing `json:"placing,omitzero" part:"how it fills the frame"`
	Move    Move          `json:"move,omitzero" part:"how it moves"`
	// Frames is the length of the move, in frames.
	Frames int64       `json:"frames,omitempty" part:"how it moves"`
	Canvas frame.Color `json:"canvas" part:"the canvas"`
	Moment Moment      `json:"moment,omitzero" part:"the time of the frame"`
	Speed  Speed       `json:"speed,omitzero" part:"its speed"`
}

// PaneLook describes everything that determines the appearance of a pane.
type PaneLook struct {
	ShotLook
	Rect image.Rectangle `json:"rect" part:"the pictures of the layout"`
	// Shown is the number of frames that were shown before, and Moving the number of frames after which the picture
	// stands still, of a pane that moves.
	Shown  int64 `json:"shown,omitempty" part:"how it moves"`
	Moving int64 `json:"moving,omitempty" part:"how it moves"`
}

// LayersFrom are the layers that are shown from frame From on.
type LayersFrom struct {
	From   int64       `json:"from,omitempty"`
	Layers []cache.Key `json:"layers,omitempty"`
}

// Moment is the frame or the range of a clip that is shown.
type Moment struct {
	// Still is true if a single frame is shown, AtEnd if it is the last of the range.
	Still bool `json:"still,omitempty"`
	AtEnd bool `json:"atEnd,omitempty"`
	// From and Length are the range in microseconds; Length 0 means to the end.
	From   int64 `json:"from,omitempty"`
	Length int64 `json:"length,omitempty"`
	// Plays is true if the clip plays, Again if it repeats. PlaysFrom and PlaysLength are the range that
	// plays, like From and Length.
	Plays       bool  `json:"plays,omitempty"`
	Again       bool  `json:"again,omitempty"`
	PlaysFrom   int64 `json:"playsFrom,omitempty"`
	PlaysLength int64 `json:"playsLength,omitempty"`
}

// Speed is the speed of a clip: Num seconds of it are shown in Den seconds of the video.
type Speed struct {
	Num int64 `json:"num,omitempty"`
	Den int64 `json:"den,omitempty"`
}

// ComputeLook returns the Look of the view.
func (v *View) ComputeLook() Look {
	l := v.computeLook()
	l.Slides, l.Captions, l.Callouts, l.Move = listLayerKeys(v.Spans), listLayerKeys(v.Captions), v.Callouts, v.Move
	l.CalloutStates, l.Camera = listStateLooks(v.CalloutStates), v.Camera
	l.Panes, l.Mount = listPaneLooks(v.Panes), v.Mount.Key
	if v.Motion != "" {
		l.Frames = v.Frames
	}
	if c := v.Clip; c != nil {
		l.Moment.Plays, l.Moment.Again, l.Moment.PlaysFrom, l.Moment.PlaysLength = true, c.Again, c.From, c.Length
		l.Speed = Speed{c.SpeedNum, c.SpeedDen}
	}
	return l
}

func (s Still) computeLook() Look {
	l := Look{ShotLook: ShotLook{Canvas: s.Canvas}, Backdrops: s.Backdrops}
	if s.Asset != nil {
		l.File, l.Placing = s.Asset.Content, s.Placing
		l.Moment = Moment{Still: s.Clip, AtEnd: s.AtEnd, From: s.From, Length: s.Length}
	}
	return l
}

// listLayerKeys returns the keys of the layers of spans, or nil if there are no layers.
func listLayerKeys(spans []Span) []LayersFrom {
	if !hasAnyLayer(spans) {
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

// Key returns the cache key of the look, for pictures in memory.
func (l Look) Key() cache.Key {
	b, err := json.Marshal(l)
	if err != nil {
		return cache.Key{} // cannot happen with these types
	}
	return cache.NewHasher("look").AddBytes(b).Key()
}
