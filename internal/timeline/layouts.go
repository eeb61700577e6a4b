package timeline

import (
	"math/big"
	"slices"

	"mynah/internal/frame"
	"mynah/internal/storyboard"
)

// setFadeInScene sets a picture to be cross-faded with the picture before it in its scene.
func (c *computer) setFadeInScene(p *Picture) {
	p.Enter, p.Fade = "crossfade", min(c.roundToAtLeastOneFrame(big.NewRat(inSceneFade, 1000)), p.Frames-1)
}

// moves reports whether a shot plays.
func (c *computer) moves(shot storyboard.Shot) bool {
	switch shot.Kind {
	case storyboard.Clip:
		return shot.Still == ""
	case storyboard.GIF:
		return !c.m.Files[shot.File].Still
	case storyboard.Image:
	}
	return false
}

// setPlaying sets how a shot plays during a picture, and reports whether it moves. A GIF repeats; the last frame of a
// clip stays.
func (c *computer) setPlaying(p *Picture, shot storyboard.Shot) bool {
	if !c.moves(shot) {
		return false
	}
	if shot.Kind == storyboard.GIF {
		c.setRepetition(p, shot, p.Frames)
		return true
	}
	length := c.measureMovingPicture(shot)
	c.setSourceRange(p, shot, length)
	p.Moving = min(max(c.roundUpToFrames(length), 1), p.Frames)
	return true
}

// newBeside returns how a shot is shown from a frame of the film to the end of its scene.
func (c *computer) newBeside(i, shot int, from int64, scene Scene) Picture {
	p := Picture{Shot: shot, Start: from, Frames: scene.Start + scene.Frames - from}
	if c.setPlaying(&p, c.board.Scenes[i].Shots[shot]) {
		c.addClipSound(i, shot, p)
	}
	return p
}

// placeGrid returns the pictures of a scene that shows all of its shots at the same time. At clicks, the shots appear
// one after the other.
func (c *computer) placeGrid(i int, scene Scene, cues cueFrames) []Picture {
	starts := cues.shots
	if len(starts) == 0 {
		starts = make([]int64, len(c.board.Scenes[i].Shots))
		for k := range starts {
			starts[k] = scene.Start
		}
	}
	var all []Picture
	for k, from := range starts {
		all = append(all, c.newBeside(i, k, from, scene))
	}
	var out []Picture
	for k, from := range starts {
		to := scene.Start + scene.Frames
		if k+1 < len(starts) {
			to = starts[k+1]
		}
		if from >= to {
			continue
		}
		p := Picture{Shot: -1, Start: from, Frames: to - from, Beside: slices.Clone(all[:k+1])}
		if len(out) > 0 {
			c.setFadeInScene(&p)
		}
		out = append(out, p)
	}
	return out
}

// placeCorner returns the pictures of a scene that shows its last shot in a corner, over the others.
func (c *computer) placeCorner(i int, scene Scene, cues cueFrames) []Picture {
	shots := c.board.Scenes[i].Shots
	last := len(shots) - 1
	corner := c.newBeside(i, last, scene.Start, scene)
	out := []Picture{{Shot: -1, Start: scene.Start, Frames: scene.Frames}}
	switch {
	case len(cues.shots) > 0:
		out = c.placeAtClicks(i, scene, cues)
	case last > 0:
		out = c.shareTimeAmongShots(i, scene, last)
	}
	for k := range out {
		out[k].Beside = []Picture{corner}
	}
	return out
}

// shareTimeAmongShots returns the pictures of the first n shots of a scene: images and GIFs share the time that
// clips leave.
func (c *computer) shareTimeAmongShots(i int, scene Scene, n int) []Picture {
	shots := c.board.Scenes[i].Shots[:n]
	clips, stills := int64(0), int64(0)
	for _, shot := range shots {
		if shot.Kind == storyboard.Clip && shot.Still == "" {
			clips += max(c.roundUpToFrames(c.measureMovingPicture(shot)), 1)
		} else {
			stills++
		}
	}
	rest := max(scene.Frames-clips, 0)
	at, end, still := scene.Start, scene.Start+scene.Frames, int64(0)
	var out []Picture
	for k, shot := range shots {
		p := Picture{Shot: k, Start: at}
		if shot.Kind == storyboard.Clip && shot.Still == "" {
			p.Frames = min(max(c.roundUpToFrames(c.measureMovingPicture(shot)), 1), end-at)
		} else {
			p.Frames = min(rest*(still+1)/max(stills, 1)-rest*still/max(stills, 1), end-at)
			still++
		}
		if k == n-1 {
			p.Frames = end - at
		}
		if p.Frames <= 0 {
			continue
		}
		if c.setPlaying(&p, shot) {
			c.addClipSound(i, k, p)
		} else if len(out) > 0 && out[len(out)-1].Moving == 0 {
			c.setFadeInScene(&p)
		}
		out = append(out, p)
		at += p.Frames
	}
	return out
}

// measureShownTogether returns the length in seconds of the clips of a scene whose layout shows several shots at the
// same time: that of the longest.
func (c *computer) measureShownTogether(b *storyboard.Scene) *big.Rat {
	longest, others := new(big.Rat), new(big.Rat)
	for k, shot := range b.Shots {
		if shot.Kind != storyboard.Clip || shot.Still != "" {
			continue
		}
		length := c.measureMovingPicture(shot)
		if b.Layout == frame.Corner && k+1 < len(b.Shots) {
			others.Add(others, length)
			length = others
		}
		longest = chooseLarger(longest, length)
	}
	return longest
}
