package script

import (
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/utter"
)

// Script is a parsed script: its header and its scenes in order, with the scenes of included
// files in place.
type Script struct {
	File   string
	Header Header
	Scenes []Scene
}

// Header is the parsed header of a script.
type Header struct {
	Range diag.Range
	Properties
}

// Scene is the part of a script between two separators. It is never empty.
type Scene struct {
	Range diag.Range
	// Nodes are in the order of the source.
	Nodes []Node
}

// Node is a part of a scene: one of *Narration, *SSML, *Quote, *Fence, *Picture,
// *Pause, *Audio, *Set, *Callout, *Chapter, *Reveal, *Highlight, *Include, *Click.
// After Load no *Include is left.
type Node interface {
	// Span returns the place of the node in the source.
	Span() diag.Range
}

// At is embedded in every node type and is the node's range in the source.
type At struct{ Range diag.Range }

// Span implements Node.
func (a At) Span() diag.Range { return a.Range }

// Narration is a spoken paragraph, heading, list item or table row.
type Narration struct {
	At
	Source string // the paragraph as written, lines joined by "\n"
	Runs   []utter.Run
	// Clicks are the places of <!-- click --> comments, as byte offsets in the joined text of Runs.
	Clicks []int
}

// Text returns the paragraph without markup, with its lines joined by blanks.
func (n *Narration) Text() string { return joinRuns(n.Runs) }

// SSML is a <speak>…</speak> block.
type SSML struct {
	At
	Source string // the whole block as written
	Root   *Element
}

// Element is an element of SSML 1.1. Text between children is kept in order.
type Element struct {
	Range      diag.Range
	Name       string
	Attributes map[string]string
	Content    []Content
}

// Content is either text or a child element.
type Content struct {
	Text  string
	Child *Element
}

// Quote is a block quote. Its text replaces the scene's subtitles; an empty Text removes them.
type Quote struct {
	At
	Text string // lines joined by "\n", without inline markup
}

// Fence is a fenced block, which is drawn as a slide.
type Fence struct {
	At
	Kind     frame.BlockKind
	Language string // the info string's first word, for code
	Info     string // the whole info string
	Text     string // the lines of the block, joined by "\n"
}

// Sync says what happens if a clip and the narration of its scene have different lengths. "" means the
// default: Freeze for clips and Loop for GIFs.
type Sync string

// Values of Sync. They say what happens when clip and narration have different lengths.
const (
	Match     Sync = "match"
	Trim      Sync = "trim"
	Loop      Sync = "loop"
	LoopAudio Sync = "loop-audio"
	Freeze    Sync = "freeze"
)

// Still selects one frame of a clip.
type Still string

// Values of Still: the first or the last frame of the clip.
const (
	StillStart Still = "start"
	StillEnd   Still = "end"
)

// ClipRange is the range of a clip that is played. To 0 means the end of the clip.
type ClipRange struct {
	From, To time.Duration
}

// Picture is an image or clip line, or an (image: …) or (video: …) direction.
type Picture struct {
	At
	File      string
	FileRange diag.Range
	// Video is set by (video: …); for image lines the file decides whether it is a clip.
	Video bool
	frame.Placing
	// Edge is the side or corner towards which a pan moves: "top", "bottom-left", …; "" means none.
	Edge   string
	Motion frame.Motion
	Strong bool // doubles the effect of Motion
	Mount  frame.Mount
	Playing
}

// Playing says how a clip is played; its zero value means the defaults.
type Playing struct {
	Sync    Sync
	Still   Still
	Segment *ClipRange
	Mute    bool
	Volume  *float64
}

// Pause is silence between the paragraphs before and after it.
type Pause struct {
	At
	Length time.Duration
}

// Audio is a sound file that plays instead of narration.
type Audio struct {
	At
	File      string
	FileRange diag.Range
}

// Set is a direction that sets a property, such as (voice: amy). In Properties only this property is
// not nil.
type Set struct {
	At
	Name string
	Properties
}

// CalloutShape is the shape of a callout.
type CalloutShape string

// The shapes of callouts.
const (
	Circle    CalloutShape = "circle"
	Rectangle CalloutShape = "rectangle"
)

// CalloutStyle is how a callout highlights its shape. The empty style darkens everything outside the shape.
type CalloutStyle string

// Values of CalloutStyle.
const (
	Darken      CalloutStyle = ""
	Mask        CalloutStyle = "mask"      // paints the shape black
	Outline     CalloutStyle = "outline"   // a ring around the shape
	CameraZoom  CalloutStyle = "zoom"      // the camera moves to the shape and back
	BlurInside  CalloutStyle = "blur"      // makes the content of the shape unreadable
	MarkerColor CalloutStyle = "highlight" // a marker's colour over the shape
)

// IsPlain reports whether a style only darkens the surroundings of the shape or masks the shape.
func (s CalloutStyle) IsPlain() bool { return s == Darken || s == Mask }

// Callout highlights a shape. Lengths are in pixels of the video frame. With OfImage they are in pixels of the original
// picture, and the shape moves with the picture.
type Callout struct {
	At
	Shape                    CalloutShape
	CX, CY, Size             float64
	Left, Top, Right, Bottom float64
	Alpha                    float64
	Style                    CalloutStyle
	OfImage                  bool
	// Label is a text next to the shape; "" means none.
	Label string
}

// Chapter starts a chapter of the video.
type Chapter struct {
	At
	Title string
}

// Reveal shows a scene step by step: list items of a slide if Items is set, callouts if Callouts is set, otherwise
// ranges of lines of code.
type Reveal struct {
	At
	Items    bool
	Callouts bool
	Ranges   []frame.LineRange
}

// Highlight dims all but some lines of code.
type Highlight struct {
	At
	Ranges []frame.LineRange
}

// Click is a <!-- click --> comment between paragraphs: the next step of the scene appears at the word after it.
type Click struct{ At }

// Include inserts the scenes of another script.
type Include struct {
	At
	File      string
	FileRange diag.Range
}

// File is a file name with its range in the source. Literal is set if Name is a built-in name or a
// font family, not a file.
type File struct {
	Name    string
	Range   diag.Range
	Literal bool
}

// Background is music under the video. Name is the name of built-in music or a file; an empty Name
// ends the music.
type Background struct {
	Name    string
	Range   diag.Range
	Volume  float64 // factor; 1 is the recorded volume
	FadeIn  bool
	FadeOut bool
}

// Watermark is an image over the whole video. Strength is its opacity, from 0 to 1.
type Watermark struct {
	File     File
	Position frame.Position
	Strength float64
}

// Transition is how a scene begins. Type "none" is a cut.
type Transition struct {
	Type     string // canonical name, such as crossfade, wipe-right or circle
	Duration time.Duration
}

// SubtitleMode says where subtitles appear, in addition to the .srt and .vtt files.
type SubtitleMode string

// Values of SubtitleMode: drawn into the picture, as a track of the MP4, only as files, and not in the
// video.
const (
	SubtitlesOverlay  SubtitleMode = "overlay"
	SubtitlesEmbed    SubtitleMode = "embed"
	SubtitlesExternal SubtitleMode = "external"
	SubtitlesNone     SubtitleMode = "none"
)

// Subtitles are the header's settings of subtitles. Nil and zero fields mean the default.
type Subtitles struct {
	Mode       SubtitleMode
	Break      int
	Size       float64
	Scale      float64
	Color      *frame.Color
	Background *frame.Color
	Outline    *frame.Color
	Font       *File
	Position   string // bottom, middle, top
	Margin     *Margin
	Karaoke    bool
	Box        bool // white on a translucent box
	Words      bool // one to three large words at a time
	Highlight  *frame.Color
}

// Margin is the distance between subtitles and the edge of the frame at which they are placed. Value
// is in pixels of a frame whose shorter side is 720, or with Percent in percent of the frame's height.
type Margin struct {
	Value   float64
	Percent bool
}

// Poster selects the frame for the poster image: Word is "start" or "end", or Word is empty and At is
// the time in the video.
type Poster struct {
	Word string
	At   time.Duration
}

// Level is a number of dB or LUFS; None means that the author wrote "none".
type Level struct {
	None  bool
	Value float64
}
