package overlay

import (
	"math"

	"mynah/internal/caption"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/slide"
)

// Distance of captions from the edge of the frame, if the script sets none: captionEdge is in pixels
// of a frame whose shorter side is 720; uprightShare is a share of the height at the bottom of upright
// frames, where apps show their controls.
const (
	captionEdge  = 30
	uprightShare = 0.18
)

// measureCaptionMargin returns the distance of captions from the edge, in pixels of the video frame.
func (a *artist) measureCaptionMargin() int {
	f := a.Board.Film
	w, h := float64(f.Width), float64(f.Height)
	switch m := f.Subtitles.Margin; {
	case m != nil && m.Percent:
		return int(math.Round(m.Value / 100 * h))
	case m != nil:
		return int(math.Round(m.Value * min(w, h) / 720))
	case h > w && f.Subtitles.Position != "top":
		return int(math.Round(uprightShare * h))
	}
	return int(math.Round(captionEdge * min(w, h) / 720))
}

// computeCaptionStrips returns the heights of the areas that the captions of a scene occupy, in pixels of a
// frame whose shorter side is 720. It reserves at least two lines, so that slides do not move between
// scenes and an edit of the narration does not change them.
func (a *artist) computeCaptionStrips(scene int, cues []caption.Cue) slide.Strips {
	const (
		usual = 2    // minimum number of lines
		air   = 16   // distance between the slide's text and the captions
		most  = 0.55 // maximum, as a share of the frame's height
	)
	if a.Board.Film.Subtitles.Mode != script.SubtitlesOverlay {
		return slide.Strips{}
	}
	lines := 0
	for _, c := range cues {
		switch {
		case c.Scene != scene:
		case a.Board.Film.Subtitles.Words:
			lines = 1
		default:
			lines = max(lines, usual, len(c.Lines()))
		}
	}
	if lines == 0 {
		return slide.Strips{}
	}
	height := float64(a.newCaptionStyle().ComputeBoxHeight(lines))
	frame, strip := float64(a.Board.Film.Height), float64(a.measureCaptionMargin())+height
	if a.Board.Film.Subtitles.Position == "middle" {
		strip = (frame + height) / 2
	}
	css := 720 / float64(min(a.Board.Film.Width, a.Board.Film.Height))
	strip = min(strip, most*frame)*css + air
	if a.Board.Film.Subtitles.Position == "top" {
		return slide.Strips{Top: strip}
	}
	return slide.Strips{Bottom: strip}
}

// newCaptionStyle returns the style of captions.
func (a *artist) newCaptionStyle() slide.Captions {
	s := a.Board.Film.Subtitles
	color := func(c *frame.Color, otherwise frame.Color) frame.Color {
		if c == nil {
			return otherwise
		}
		return *c
	}
	scale := float64(min(a.Board.Film.Width, a.Board.Film.Height)) / 720
	outline := frame.Color{A: 255}
	if s.Background != nil && s.Background.A > 0 {
		outline = frame.Color{} // the background makes the letters readable
	}
	background := frame.Color{}
	if s.Box {
		background, outline = frame.Color{R: 8, G: 10, B: 14, A: 190}, frame.Color{}
	}
	out := slide.Captions{Width: a.Board.Film.Width, Language: a.Board.Film.Language, Files: a.Files, Style: slide.CaptionStyle{
		Size:       caption.ChooseFontSize(s) * scale,
		Color:      color(s.Color, frame.Color{R: 255, G: 255, B: 255, A: 255}),
		Background: color(s.Background, background), Box: s.Box, Heavy: s.Words,
		Outline: color(s.Outline, outline), Highlight: color(s.Highlight, frame.Color{R: 255, G: 255, A: 255}),
	}}
	switch {
	case s.Font == nil:
	case s.Font.Literal:
		out.Style.Family = s.Font.Name
	default:
		out.Style.File = s.Font.Name
	}
	return out
}

// newCaptionText converts a cue for drawing. With karaoke it contains the positions of the words.
func newCaptionText(c caption.Cue, karaoke bool) slide.CaptionText {
	t := slide.CaptionText{Lines: c.Lines()}
	if !karaoke {
		return t
	}
	starts := append([]int{0}, c.Breaks...)
	for _, w := range c.Words {
		var word slide.CaptionWord
		for k, at := range starts {
			from, to := max(w.Offset-at, 0), min(w.Offset+w.Length-at, len(t.Lines[k]))
			if from < to {
				word = append(word, slide.CaptionPart{Line: k, From: from, To: to})
			}
		}
		t.Words = append(t.Words, word)
	}
	return t
}
