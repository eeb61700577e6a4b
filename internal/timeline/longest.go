package timeline

import (
	"fmt"
	"math/big"
	"time"

	"mynah/internal/diag"
	"mynah/internal/storyboard"
)

// longest is the maximum length of a film. It is far more than needed, and stops a build early if a
// typing mistake, a clip with a wrong length or an endless text would make a film too long.
const longest = 10 * time.Hour

// CheckLength reports the scene at which a film exceeds the maximum length. It must be called before
// Compute, which does not check the length. m must contain every file of the board.
func CheckLength(b *storyboard.Board, m Measured) diag.List {
	c := &computer{board: b, m: m, line: &Line{FPS: ChooseFrameRate(b, m.Files)}}
	var list diag.List
	total := new(big.Rat)
	for i := range b.Scenes {
		s := c.measureSceneShape(i)
		total.Add(total, s.computeSceneLength(b.Scenes[i].Duration))
		if total.Cmp(toSeconds(longest)) > 0 {
			minutes := roundUp(new(big.Rat).Quo(total, big.NewRat(60, 1)))
			d := list.Errorf(c.findCauseOfLength(i, s), "with this scene the video lasts %d hours and %d minutes", minutes/60, minutes%60)
			d.Detail = fmt.Sprintf("A video can last up to %d hours", longest/time.Hour)
			d.Hint = "split it into several videos, or shorten a long (duration: …), pause, clip or text"
			return list
		}
	}
	return nil
}

// findCauseOfLength returns the range of the part, clip or GIF that makes up more than half of a scene's
// length, or else the range of the scene.
func (c *computer) findCauseOfLength(i int, s shape) diag.Range {
	b := &c.board.Scenes[i]
	half := new(big.Rat).Quo(s.computeSceneLength(b.Duration), big.NewRat(2, 1))
	for p, n := range s.v {
		if samplesToSeconds(n).Cmp(half) > 0 {
			return b.Parts[p].Range
		}
	}
	for _, k := range s.clips {
		if b.Duration == nil && c.measureMovingPicture(b.Shots[k]).Cmp(half) > 0 {
			return b.Shots[k].Range
		}
	}
	return b.Range
}
