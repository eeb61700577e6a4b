package assets

import (
	"fmt"
	"slices"
	"strings"

	"mynah/internal/arrange"
	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/media"
	"mynah/internal/storyboard"
)

// Limits for warnings about size: the smallest visible share of a picture, and the largest scale
// factor.
const (
	leastKept   = 0.6
	mostEnlarge = 2.0
)

// sizeFindings collects pictures that are cropped too much, and pictures that are enlarged so much
// that they blur. A video gets at most one warning of each kind.
type sizeFindings struct{ cropped, enlarged []sizeFinding }

// sizeFinding is a picture, and the scenes that show it in the same way. how is the visible share or
// the scale factor, as text.
type sizeFinding struct {
	file, how, hint string
	place           diag.Range
	scenes          []int
	screenshot      bool
}

// formatCropHint returns how an author can show more of a cropped picture, the most suitable way first.
func formatCropHint(file string, screenshot bool) string {
	if screenshot {
		return fmt.Sprintf("it looks like a screenshot: write ![screen](%[1]s) or ![browser](%[1]s) to show it whole "+
			"on the theme's background, ![contain](%[1]s) for bars, ![blur](%[1]s) for a blurred copy of it instead of "+
			"bars, or ![focus 50%% 20%%](%[1]s) to choose the visible part", file)
	}
	return fmt.Sprintf("write ![contain](%[1]s) to show the whole picture, ![blur](%[1]s) to show it on a blurred "+
		"copy of itself, ![screen](%[1]s) for a screenshot, or choose the visible part, for example ![top](%[1]s) or "+
		"![focus 70%% 30%%](%[1]s)", file)
}

// looksLikeScreenshot reports whether an image is probably a screenshot or a drawing: these are stored in formats
// for few colours and sharp edges, unlike photographs.
func (a *Asset) looksLikeScreenshot() bool {
	if a.drawn || a.converted {
		return false
	}
	switch a.Input.Format {
	case media.PNG, media.WebP, media.GIF:
		return true
	default:
		return false
	}
}

// addOrMergeFinding adds a finding about a scene, and merges it with equal findings. scene counts from 0.
func addOrMergeFinding(list []sizeFinding, f sizeFinding, scene int) []sizeFinding {
	for i := range list {
		if known := &list[i]; known.file == f.file && known.how == f.how {
			if known.scenes[len(known.scenes)-1] != scene+1 {
				known.scenes = append(known.scenes, scene+1)
			}
			return list
		}
	}
	f.scenes = []int{scene + 1}
	return append(list, f)
}

// checkEnlargingAndCropping checks how a shot of a scene fills the frame. It is an error if almost nothing of the picture
// is visible.
func (c check) checkEnlargingAndCropping(in *storyboard.Scene, index, scene int, found *sizeFindings, list *diag.List) {
	shot := in.Shots[index]
	a := c.set.GetUsable(shot.File)
	if a == nil || a.Info != nil && a.Info.Video == nil {
		return
	}
	source := a.ToPicture().Source
	w, h := source.ComputeUprightSize()
	frameW, frameH := float64(c.board.Film.Width), float64(c.board.Film.Height)
	pane, inPane := arrange.FindPane(in, index, c.set.MeasurePicture, c.board.Film.Width, c.board.Film.Height)
	if inPane {
		frameW, frameH = float64(pane.Rect.Dx()), float64(pane.Rect.Dy())
	}
	wide, high := frameW/float64(w), frameH/float64(h)
	scale := max(wide, high)
	if shot.Fit.IsPadded() {
		scale = min(wide, high)
	}
	if scale > mostEnlarge && !a.drawn {
		found.enlarged = addOrMergeFinding(found.enlarged, sizeFinding{
			file: shot.File, how: fmt.Sprintf("%.1f times", scale), place: shot.Range,
			hint: fmt.Sprintf("use a picture of at least %d x %d pixels", int(float64(w)*scale), int(float64(h)*scale)),
		}, scene)
	}
	if shot.Fit.IsPadded() || shot.Fit == frame.Stretch || pane.Whole {
		return
	}
	kept, seen := frameW*frameH/(scale*scale*float64(w)*float64(h)), min(frameW, frameH)/scale
	const nothing = 0.01
	switch {
	case kept < nothing && seen < 2:
		d := list.Errorf(shot.Range, "nothing of %q is visible: to fill the frame, its %d x %d pixels are cropped to a line",
			shot.File, w, h)
		d.Hint = fmt.Sprintf("write ![contain](%s) to show the whole picture, or ![fit](%s) to stretch it", shot.File, shot.File)
	case kept < leastKept && shot.Position == frame.Position{} && !shot.Focus.Set:
		// With a position or focus, the author chose the visible part.
		found.cropped = addOrMergeFinding(found.cropped, sizeFinding{
			file: shot.File, how: fmt.Sprintf("%.0f %%", max(kept*100, 1)), place: shot.Range,
			hint: formatCropHint(shot.File, a.looksLikeScreenshot()), screenshot: a.looksLikeScreenshot(),
		}, scene)
	}
}

// reportAll reports the findings. A single picture gets its own hint.
func (f sizeFindings) reportAll(list *diag.List) {
	switch c := f.cropped; len(c) {
	case 0:
	case 1:
		list.Warnf(c[0].place, "only %s of %q is visible in %s: it is cropped to fill the frame", c[0].how,
			c[0].file, storyboard.FormatScenes(c[0].scenes)).Hint = c[0].hint
	default:
		list.Warnf(c[0].place, "%d pictures are cropped to fill the frame, with less than %.0f %% of each visible: %s",
			len(c), leastKept*100, formatFindings(c)).
			Hint = formatCropHint("file", !slices.ContainsFunc(c, func(f sizeFinding) bool { return !f.screenshot }))
	}
	switch e := f.enlarged; len(e) {
	case 0:
	case 1:
		list.Warnf(e[0].place, "%q is enlarged %s in %s and will look blurred", e[0].file, e[0].how,
			storyboard.FormatScenes(e[0].scenes)).Hint = e[0].hint
	default:
		list.Warnf(e[0].place, "%d pictures are enlarged more than %g times and will look blurred: %s",
			len(e), mostEnlarge, formatFindings(e)).
			Hint = "use larger pictures"
	}
}

func formatFindings(findings []sizeFinding) string {
	const most = 10
	var out []string
	for _, f := range findings[:min(len(findings), most)] {
		out = append(out, fmt.Sprintf("%q (%s) in %s", f.file, f.how, storyboard.FormatScenes(f.scenes)))
	}
	if more := len(findings) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}
