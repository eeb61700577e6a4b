package script

import (
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/utter"
)

// Script is a parsed script: its header and its scenes in the order of the film.
// Scenes of included files stand where the include stood.
type Script struct {
	File   string
	Header Header
	Scenes []Scene
}

// Header is the YAML block at the head of a script, typed.
type Header struct {
	Range diag.Range
	Properties
}

// Scene is what stands between two separators. It is never empty.
type Scene struct {
	Range diag.Range
	// Nodes in the order of the source.
	Nodes []Node
}

// Node is a part of a scene: one of *Narration, *SSML, *Quote, *Fence, *Picture,
// *Pause, *Audio, *Set, *Callout, *Chapter, *Reveal, *Highlight, *Include.
// After Load no *Include is left.
type Node interface {
	// Span is where the node stands in the source.
	Span() diag.Range
}

// At is embedded in every node.
type At struct{ Range diag.Range }

// Span implements Node.
func (a At) Span() diag.Range { return a.Range }

// Narration is one spoken paragraph.
type Narration struct {
	At
	Source string // as written, its lines joined by "\n"
	Runs   []utter.Run
}

// Text is the paragraph without markup, lines joined by blanks.
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

// Quote is a block quote: it replaces the scene's subtitles; with an empty Text it
// removes them.
type Quote struct {
	At
	Text string // lines joined by blanks, inline markup removed
}

// Fence is a slide.
type Fence struct {
	At
	Kind     frame.BlockKind
	Language string // the info string's first word, for code
	Info     string // the whole info string
	Text     string // the lines inside, joined by "\n", without the last line end
}

// Sync is how a clip and the narration of its scene share their time. Empty means
// the default of the file: Freeze for clips, looping for GIFs.
type Sync string

// The modes.
const (
	Match     Sync = "match"
	Trim      Sync = "trim"
	Loop      Sync = "loop"
	LoopAudio Sync = "loop-audio"
	Freeze    Sync = "freeze"
)

// Still picks one frame of a clip.
type Still string

// The stills.
const (
	StillStart Still = "start"
	StillEnd   Still = "end"
)

// Segment is a part of a clip.
type Segment struct {
	From, To time.Duration
}

// Picture is an image or clip line, or an (image: …) or (video: …) direction.
type Picture struct {
	At
	File      string
	FileRange diag.Range
	// Video is set by (video: …); image lines are told apart by their file.
	Video bool
	frame.Placing
	// Edge is the word that gives a pan its direction: "top", "left", … or "".
	Edge   string
	Motion frame.Motion
	Strong bool // the motion goes further
	Playing
}

// Playing is how a clip is played.
type Playing struct {
	Sync    Sync
	Still   Still
	Segment *Segment
	Mute    bool
	Volume  *float64
}

// Pause is silence at its place in the narration.
type Pause struct {
	At
	Length time.Duration
}

// Audio is a file that plays in place of narration.
type Audio struct {
	At
	File      string
	FileRange diag.Range
}

// Set is a direction that sets one or more properties: (voice: amy), (duration: 2).
// Exactly the property that it names is not nil.
type Set struct {
	At
	Name string
	Properties
}

// CalloutShape is the form of a callout.
type CalloutShape string

// The forms.
const (
	Circle    CalloutShape = "circle"
	Rectangle CalloutShape = "rectangle"
)

// Callout darkens everything but a shape, or with Mask paints the shape black. Lengths are
// pixels of the film's frame as the header's size says, or with OfImage those of the
// original picture, with which the shape then moves.
type Callout struct {
	At
	Shape                    CalloutShape
	CX, CY, Size             float64
	Left, Top, Right, Bottom float64
	Alpha                    float64
	Mask                     bool
	OfImage                  bool
}

// Chapter starts a chapter of the film.
type Chapter struct {
	At
	Title string
}

// Reveal shows a slide step by step: list items, or ranges of lines of code.
type Reveal struct {
	At
	Items  bool
	Ranges []frame.LineRange
}

// Highlight dims all but some lines of code.
type Highlight struct {
	At
	Ranges []frame.LineRange
}

// Include takes in the scenes of another script.
type Include struct {
	At
	File      string
	FileRange diag.Range
}

// File is a name with the place where it stands. Literal is set when the value is
// a built-in name rather than a file.
type File struct {
	Name    string
	Range   diag.Range
	Literal bool
}

// Background is music under the film. Name is a built-in track or a file; empty
// ends the music.
type Background struct {
	Name    string
	Range   diag.Range
	Volume  float64 // 1 = as recorded
	FadeIn  bool
	FadeOut bool
}

// Transition is how a scene enters. Type "none" is a cut.
type Transition struct {
	Type     string // canonical: crossfade, wipe-right, circle, …
	Duration time.Duration
}

// SubtitleMode is where subtitles go, beside the .srt and .vtt files.
type SubtitleMode string

// The modes.
const (
	SubtitlesOverlay  SubtitleMode = "overlay"
	SubtitlesEmbed    SubtitleMode = "embed"
	SubtitlesExternal SubtitleMode = "external"
	SubtitlesNone     SubtitleMode = "none"
)

// Subtitles are the header's subtitle settings; nil and zero mean the default.
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
	Highlight  *frame.Color
}

// Margin is the distance of subtitles from their edge of the frame: pixels of a frame whose
// shorter side is 720, or a share of the height.
type Margin struct {
	Value   float64
	Percent bool
}

// Poster is the time of the poster image: "start", "end", or At.
type Poster struct {
	Word string
	At   time.Duration
}

// Level is a number in dB or LUFS, or "none".
type Level struct {
	None  bool
	Value float64
}
