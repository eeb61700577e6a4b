package timeline

import (
	"fmt"
	"math/big"
	"time"

	"mynah/internal/diag"
	"mynah/internal/storyboard"
)

// longest is how long a film may last. It is more than anybody watches, and keeps what
// making one takes within bounds: a slip of the finger in a time, a clip that lies about
// its length, or a text without end is told before pictures are drawn.
const longest = 10 * time.Hour

// Check tells at which scene a film becomes longer than may be. It must be asked before
// Compute, which lays down whatever it is given. Every file of the board must be measured.
func Check(b *storyboard.Board, m Measured) diag.List {
	c := &computer{board: b, m: m, line: &Line{FPS: FrameRate(b, m.Files)}}
	var list diag.List
	total := new(big.Rat)
	for i := range b.Scenes {
		s := c.shape(i)
		total.Add(total, s.sceneLength(b.Scenes[i].Duration))
		if total.Cmp(seconds(longest)) > 0 {
			minutes := ceil(new(big.Rat).Quo(total, big.NewRat(60, 1)))
			d := list.Errorf(c.weightiest(i, s), "with this scene the video lasts %d hours and %d minutes", minutes/60, minutes%60)
			d.Detail = fmt.Sprintf("A video can last up to %d hours", longest/time.Hour)
			d.Hint = "split it into several videos, or shorten a long (duration: …), pause, clip or text"
			return list
		}
	}
	return nil
}

// weightiest returns the place of what makes a scene as long as it is, as far as one thing
// makes up half of it; else that of the scene.
func (c *computer) weightiest(i int, s shape) diag.Range {
	b := &c.board.Scenes[i]
	half := new(big.Rat).Quo(s.sceneLength(b.Duration), big.NewRat(2, 1))
	for p, n := range s.v {
		if fromSamples(n).Cmp(half) > 0 {
			return b.Parts[p].Range
		}
	}
	for _, k := range s.clips {
		if b.Duration == nil && c.length(b.Shots[k]).Cmp(half) > 0 {
			return b.Shots[k].Range
		}
	}
	return b.Range
}
