package studio

import (
	"fmt"

	"mynah/internal/diag"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// The bounds of how a picture fills the frame without a warning.
const (
	leastKept   = 0.6
	mostEnlarge = 2.0
)

// checkSize warns of pictures of which little is left, or that are enlarged so much that
// they blur.
func (j *job) checkSize(shot storyboard.Shot, list *diag.List) {
	a := j.assets[shot.File]
	if a == nil || a.info != nil && a.info.Video == nil {
		return
	}
	source := a.picture().Source
	w, h := source.Upright()
	frameW, frameH := float64(j.board.Film.Width), float64(j.board.Film.Height)
	wide, high := frameW/float64(w), frameH/float64(h)
	scale := max(wide, high)
	if shot.Fit == script.Contain {
		scale = min(wide, high)
	}
	if scale > mostEnlarge && !a.drawn {
		d := list.Warnf(shot.Range, "%q has %d x %d pixels and is enlarged %.1f times: it will blur", shot.File, w, h, scale)
		d.Hint = fmt.Sprintf("use a larger picture, of %d x %d pixels or more", int(float64(w)*scale), int(float64(h)*scale))
	}
	if shot.Fit == script.Contain || shot.Fit == script.Stretch {
		return
	}
	kept, seen := frameW*frameH/(scale*scale*float64(w)*float64(h)), min(frameW, frameH)/scale
	const nothing = 0.01
	switch {
	case kept < nothing && seen < 2:
		d := list.Errorf(shot.Range, "nothing of %q is left: to fill the frame it is cropped to a line of its %d x %d pixels", shot.File, w, h)
		d.Hint = fmt.Sprintf("show all of it: ![contain](%s), or ![fit](%s) to stretch it", shot.File, shot.File)
	case kept < leastKept:
		d := list.Warnf(shot.Range, "only %.0f %% of %q is seen: it is cropped to fill the frame", max(kept*100, 1), shot.File)
		d.Hint = fmt.Sprintf("show all of it: ![contain](%s), or say which part is kept, as ![top](%s)", shot.File, shot.File)
	}
}
