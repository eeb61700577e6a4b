package overlay

import (
	"math"

	"mynah/internal/caption"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/slide"
)

// The distance of captions from their edge where the script sets none: in pixels of a frame
// whose shorter side is 720; at the bottom of upright frames, where the controls of apps are,
// as a share of the height.
const (
	captionEdge  = 30
	uprightShare = 0.18
)

// captionMargin is the distance of captions from their edge, in pixels of the film.
func (a *artist) captionMargin() int {
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

// captionStrips says how much of the frame the captions of a scene take, in pixels of a
// frame whose shorter side is 720. Room is kept for two lines, so that slides stand still
// from scene to scene and an edit of the narration leaves them alone.
func (a *artist) captionStrips(scene int, cues []caption.Cue) slide.Strips {
	const (
		usual = 2    // lines
		air   = 16   // between the text of the slide and the captions
		most  = 0.55 // of the frame's height
	)
	if a.Board.Film.Subtitles.Mode != script.SubtitlesOverlay {
		return slide.Strips{}
	}
	lines := 0
	for _, c := range cues {
		if c.Scene == scene {
			lines = max(lines, usual, len(c.Lines()))
		}
	}
	if lines == 0 {
		return slide.Strips{}
	}
	height := float64(a.captionStyle().Height(lines))
	frame, strip := float64(a.Board.Film.Height), float64(a.captionMargin())+height
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

// captionStyle says how captions look.
func (a *artist) captionStyle() slide.Captions {
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
		outline = frame.Color{} // the box sets the letters off
	}
	out := slide.Captions{Width: a.Board.Film.Width, Language: a.Board.Film.Language, Files: a.Files, Style: slide.CaptionStyle{
		Size:  caption.Size(s) * scale,
		Color: color(s.Color, frame.Color{R: 255, G: 255, B: 255, A: 255}), Background: color(s.Background, frame.Color{}),
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

// captionText returns a cue as it is drawn.
func captionText(c caption.Cue, karaoke bool) slide.CaptionText {
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
