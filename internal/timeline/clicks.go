package timeline

import (
	"cmp"
	"slices"

	"mynah/internal/diag"
	"mynah/internal/storyboard"
)

// cueFrames are the frames of the film at which the parts of a scene appear. A list is empty if its parts do not
// appear at clicks.
type cueFrames struct {
	steps    []int64 // reveal steps of slides
	shots    []int64 // shots
	callouts []int64 // callouts, in the order of the shots that they belong to
}

// appearance is something in a scene that appears at a click.
type appearance struct {
	at   diag.Pos // its place in the script
	list *[]int64
}

// assignClicks assigns the clicks of a scene to the steps of its slides, its pictures and its callouts, in the order in
// which these are in the script. Those without a click share the time after the last click.
func (c *computer) assignClicks(i int, scene *Scene) (out cueFrames) {
	b := &c.board.Scenes[i]
	if b.CountClicks() == 0 {
		return out
	}
	var list []appearance
	steps := b.CountRevealSteps()
	if steps > 0 && !b.WaitsForClick() {
		out.steps = []int64{scene.Start}
		steps--
	}
	for range steps {
		list = append(list, appearance{b.Slides[0].Range.Start, &out.steps})
	}
	if len(b.Shots) > 0 {
		out.shots = []int64{scene.Start}
	}
	for k, shot := range b.Shots {
		if k > 0 {
			list = append(list, appearance{shot.Range.Start, &out.shots})
		}
		for _, callout := range shot.Callouts {
			if b.RevealCallouts {
				list = append(list, appearance{callout.Range.Start, &out.callouts})
			}
		}
	}
	for _, callout := range b.Callouts {
		if b.RevealCallouts {
			list = append(list, appearance{callout.Range.Start, &out.callouts})
		}
	}
	slices.SortStableFunc(list, func(x, y appearance) int {
		return cmp.Or(cmp.Compare(x.at.Line, y.at.Line), cmp.Compare(x.at.Column, y.at.Column))
	})
	frames := c.findClickFrames(b, scene)
	frames = frames[:min(len(frames), len(list))]
	if len(frames) > 0 {
		frames = fillEvenly(frames, len(list), scene.Start+scene.Frames)
	}
	for k, at := range frames {
		*list[k].list = append(*list[k].list, at)
	}
	if len(out.shots) < 2 {
		out.shots = nil // a single picture is shown for the whole scene
	}
	return out
}

// findClickFrames returns the frames of the film at which the clicks of a scene are heard, in ascending order.
func (c *computer) findClickFrames(b *storyboard.Scene, scene *Scene) []int64 {
	var out []int64
	said := map[int]bool{} // with loop-audio, only the first time counts
	for _, v := range scene.Voice {
		if said[v.Part] {
			continue
		}
		said[v.Part] = true
		for _, offset := range b.Parts[v.Part].Clicks {
			after := int64(0)
			if c.m.FindWord != nil {
				after = c.m.FindWord(scene.Number-1, v.Part, offset)
			}
			out = append(out, c.findFrameInScene(scene, v.Start+min(after, v.Samples)))
		}
	}
	for i := 1; i < len(out); i++ {
		out[i] = max(out[i], out[i-1])
	}
	return out
}

// placeAtClicks returns the pictures of a scene whose shots appear at clicks. A clip plays from its click on, and its
// last frame stays until the next shot.
func (c *computer) placeAtClicks(i int, scene Scene, cues cueFrames) []Picture {
	b := &c.board.Scenes[i]
	fade := c.roundToAtLeastOneFrame(inSceneFadeSeconds())
	var out []Picture
	for k, from := range cues.shots {
		to := scene.Start + scene.Frames
		if k+1 < len(cues.shots) {
			to = cues.shots[k+1]
		}
		if from >= to {
			continue
		}
		p := Picture{Shot: k, Start: from, Frames: to - from}
		if c.setPlaying(&p, b.Shots[k]) {
			c.addClipSound(i, k, p)
		} else if len(out) > 0 && out[len(out)-1].Moving == 0 {
			p.Enter, p.Fade = "crossfade", min(fade, p.Frames-1)
		}
		out = append(out, p)
	}
	return out
}
