package assets

import (
	"fmt"
	"math/big"

	"mynah/internal/diag"
	"mynah/internal/storyboard"
)

// check compares the files of a storyboard with their use in the script.
type check struct {
	board *storyboard.Board
	set   *Set
}

// checkUsesOfFiles reports files that lack the picture, sound or length for which the script uses them.
func (c check) checkUsesOfFiles(list *diag.List) {
	silent := func(name string, place diag.Range) {
		list.Errorf(place, "%q contains no sound", name).Hint = "Allowed: wav, mp3, m4a, ogg or flac files"
	}
	music := func(m *storyboard.Music) {
		if m == nil {
			return
		}
		if a := c.set.GetUsable(m.File); a != nil && (a.Info == nil || a.Info.Audio == nil) {
			silent(m.File, m.Range)
		}
	}
	music(c.board.Film.Music)
	var sizes sizeFindings
	for i, s := range c.board.Scenes {
		c.checkCallouts(s.Callouts, nil, -1, list)
		music(s.Music)
		for _, p := range s.Parts {
			if a := c.set.GetUsable(p.File); a != nil && (a.Info == nil || a.Info.Audio == nil || a.Info.Audio.Length == nil) {
				silent(p.File, p.Range)
			}
		}
		for k, shot := range s.Shots {
			c.checkShot(shot, list)
			c.checkEnlargingAndCropping(&s, k, i, &sizes, list)
			c.checkCallouts(shot.Callouts, &s, k, list)
		}
	}
	sizes.reportAll(list)
}

func (c check) checkShot(shot storyboard.Shot, list *diag.List) {
	a := c.set.GetUsable(shot.File)
	if a == nil || shot.Kind == storyboard.Image {
		return
	}
	if a.Info.Video == nil {
		list.Errorf(shot.Range, "%q has sound but no picture", shot.File).
			Hint = fmt.Sprintf("to play its sound, write (audio: %s)", shot.File)
		return
	}
	length := a.Info.Video.Length
	if length.Sign() <= 0 {
		list.Errorf(shot.Range, "%q has no duration", shot.File).Hint = "export the clip again"
		return
	}
	if shot.Segment == nil {
		return
	}
	end := big.NewRat(shot.Segment.To.Microseconds(), 1_000_000)
	// Containers round times: allow a segment to end one frame after the clip's stated end.
	frame := big.NewRat(a.Info.Video.Rate.Den, a.Info.Video.Rate.Num)
	if end.Cmp(new(big.Rat).Add(length, frame)) > 0 {
		d := list.Errorf(shot.Range, "the segment ends at %s s, but %q is only %s s long", end.FloatString(2),
			shot.File, length.FloatString(2))
		d.Detail = "A segment must be within its clip: ![from-to](file), in seconds or clock time"
		d.Hint = fmt.Sprintf("end it at %s or earlier", length.FloatString(2))
	}
}
