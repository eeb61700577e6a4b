package timeline

import (
	"cmp"
	"math/big"
	"slices"

	"mynah/internal/diag"
	"mynah/internal/frame"
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
	kind appearanceKind
	shot int // index of a shot
}

type appearanceKind int

const (
	stepAppears appearanceKind = iota
	shotAppears
	calloutAppears
)

// listAppearances returns what appears in a scene at clicks, in the order of the script: steps of slides, shots after the
// first, and revealed callouts.
func listAppearances(b *storyboard.Scene) []appearance {
	var list []appearance
	steps := b.CountRevealSteps()
	if steps > 0 && !b.WaitsForClick() {
		steps-- // the first step is shown from the start
	}
	for range steps {
		list = append(list, appearance{at: b.Slides[0].Range.Start, kind: stepAppears})
	}
	callouts := slices.Clone(b.Callouts)
	for k, shot := range b.Shots {
		if inCorner := b.Layout == frame.Corner && k == len(b.Shots)-1; k > 0 && !inCorner {
			list = append(list, appearance{at: shot.Range.Start, kind: shotAppears, shot: k})
		}
		callouts = append(callouts, shot.Callouts...)
	}
	for _, callout := range callouts {
		if b.RevealCallouts {
			list = append(list, appearance{at: callout.Range.Start, kind: calloutAppears})
		}
	}
	slices.SortStableFunc(list, func(x, y appearance) int {
		return cmp.Or(cmp.Compare(x.at.Line, y.at.Line), cmp.Compare(x.at.Column, y.at.Column))
	})
	return list
}

// assignClicks assigns the clicks of a scene to what appears in it. Those without a click share the time after the last
// click.
func (c *computer) assignClicks(i int, scene *Scene) (out cueFrames) {
	b := &c.board.Scenes[i]
	if b.CountClicks() == 0 {
		return out
	}
	if b.CountRevealSteps() > 0 && !b.WaitsForClick() {
		out.steps = []int64{scene.Start}
	}
	if len(b.Shots) > 0 {
		out.shots = []int64{scene.Start}
	}
	list := listAppearances(b)
	frames := c.findClickFrames(i, scene)
	frames = frames[:min(len(frames), len(list))]
	if len(frames) > 0 {
		frames = fillEvenly(frames, len(list), scene.Start+scene.Frames)
	}
	for k, at := range frames {
		switch list[k].kind {
		case stepAppears:
			out.steps = append(out.steps, at)
		case shotAppears:
			out.shots = append(out.shots, at)
		case calloutAppears:
			out.callouts = append(out.callouts, at)
		}
	}
	if len(out.shots) < 2 {
		out.shots = nil // a single picture is shown for the whole scene
	}
	return out
}

// measureClipsAtClicks returns the time in seconds at which the last clip of a scene ends that begins at a click; nil if
// none exists. v are the lengths of the scene's parts in samples.
func (c *computer) measureClipsAtClicks(i int, v []int64) *big.Rat {
	b := &c.board.Scenes[i]
	if b.CountClicks() == 0 || b.Layout == frame.Corner || len(b.Shots) < 2 {
		return nil
	}
	var clicks []int64 // in samples from the start of the scene
	at := int64(0)
	for p, part := range b.Parts {
		for _, offset := range part.Clicks {
			clicks = append(clicks, at+c.findWord(i, p, offset))
		}
		at += v[p]
	}
	end := new(big.Rat)
	if first := b.Shots[0]; first.Kind == storyboard.Clip && c.moves(first) {
		end.Set(c.measureMovingPicture(first))
	}
	for k, a := range listAppearances(b) {
		if a.kind == shotAppears && k < len(clicks) && b.Shots[a.shot].Kind == storyboard.Clip && c.moves(b.Shots[a.shot]) {
			length := new(big.Rat).Add(samplesToSeconds(clicks[k]), c.measureMovingPicture(b.Shots[a.shot]))
			end = chooseLarger(end, length)
		}
	}
	if end.Sign() == 0 {
		return nil
	}
	return end
}

// findWord returns where the word at an offset of a sentence begins, in samples from the start of the sentence.
func (c *computer) findWord(scene, part, offset int) int64 {
	if c.m.FindWord == nil {
		return 0
	}
	return c.m.FindWord(scene, part, offset)
}

// findClickFrames returns the frames of the film at which the clicks of a scene are heard, in ascending order.
func (c *computer) findClickFrames(i int, scene *Scene) []int64 {
	b := &c.board.Scenes[i]
	var out []int64
	said := map[int]bool{} // with loop-audio, only the first time counts
	for _, v := range scene.Voice {
		if said[v.Part] {
			continue
		}
		said[v.Part] = true
		for _, offset := range b.Parts[v.Part].Clicks {
			after := c.findWord(i, v.Part, offset)
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
			c.setFadeInScene(&p)
		}
		out = append(out, p)
	}
	return out
}
