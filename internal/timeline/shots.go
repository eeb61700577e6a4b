package timeline

import (
	"math/big"

	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// findRevealStarts returns the frames at which the reveal steps of a scene's slides begin: the first with the
// scene, the next ones with the paragraphs of the narration. The remaining steps share the time of the
// last paragraph. Without a second paragraph, all share the time of the scene. Clicks take precedence over paragraphs.
func (c *computer) findRevealStarts(i int, scene *Scene, cues cueFrames) []int64 {
	b := &c.board.Scenes[i]
	n := b.CountRevealSteps() // slides are revealed one after the other
	if len(cues.steps) > 0 {
		return cues.steps
	}
	if n < 2 {
		return nil
	}
	return c.findStepStarts(i, n, scene)
}

// findStepStarts returns the frames at which n steps of a scene begin, as findRevealStarts describes.
func (c *computer) findStepStarts(i, n int, scene *Scene) []int64 {
	b := &c.board.Scenes[i]
	starts := []int64{scene.Start}
	seen := map[int]bool{}
	for _, v := range scene.Voice {
		part := b.Parts[v.Part]
		if part.Kind != storyboard.Speech || seen[part.Paragraph] || len(starts) > n {
			continue
		}
		if seen[part.Paragraph] = true; len(seen) > 1 {
			starts = append(starts, c.findFrameInScene(scene, v.Start))
		}
	}
	starts = starts[:min(len(starts), n)]
	return fillEvenly(starts, n, scene.Start+scene.Frames)
}

// findFrameInScene returns the frame of the film at which a sample of a scene is heard, within the scene.
func (c *computer) findFrameInScene(scene *Scene, sample int64) int64 {
	at := c.roundToAtLeastOneFrame(samplesToSeconds(sample - c.shift))
	return min(max(at, scene.Start), scene.Start+scene.Frames-1)
}

// fillEvenly appends frames up to n, which share the time between the last of starts and end equally.
func fillEvenly(starts []int64, n int, end int64) []int64 {
	last := starts[len(starts)-1]
	for left, k := int64(n-len(starts)), int64(1); k <= left; k++ {
		starts = append(starts, last+(end-last)*k/(left+1))
	}
	return starts
}

func listIndexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// shareTimeAmongImages returns the pictures of images that share a range of frames equally. Consecutive still
// images are cross-faded. shots are the indexes of the images.
func (c *computer) shareTimeAmongImages(i int, start, frames int64, shots []int) []Picture {
	b := &c.board.Scenes[i]
	var out []Picture
	for k, n := range shots {
		from, to := frames*int64(k)/int64(len(shots)), frames*int64(k+1)/int64(len(shots))
		if from == to {
			continue // there are more images than frames
		}
		p := Picture{Shot: n, Start: start + from, Frames: to - from}
		if b.Shots[n].Kind == storyboard.GIF && !c.m.Files[b.Shots[n].File].Still {
			c.setRepetition(&p, b.Shots[n], p.Frames)
		} else if len(out) > 0 && out[len(out)-1].Moving == 0 {
			c.setFadeInScene(&p)
		}
		out = append(out, p)
	}
	return out
}

// setRepetition sets a picture to repeat its source for a number of frames.
func (c *computer) setRepetition(p *Picture, shot storyboard.Shot, frames int64) {
	length := c.measureMovingPicture(shot)
	p.Moving = min(c.roundToAtLeastOneFrame(length), frames)
	p.Cycle = p.Moving
	c.setSourceRange(p, shot, length)
	if shot.Sync == script.Freeze {
		p.Cycle = 0
	}
}

// setSourceRange sets the range of its file that a picture shows.
func (c *computer) setSourceRange(p *Picture, shot storyboard.Shot, length *big.Rat) {
	p.Length = roundUp(new(big.Rat).Mul(length, big.NewRat(1_000_000, 1)))
	if shot.Segment != nil {
		p.From = shot.Segment.From.Microseconds()
	}
	p.SpeedNum, p.SpeedDen = 1, 1
}

// placeClips returns the pictures of a scene with clips. The clips play one after the other at their
// places among the shots, and images share the remaining time.
func (c *computer) placeClips(i int, s shape, scene Scene) []Picture {
	b := &c.board.Scenes[i]
	if s.gif {
		p := Picture{Shot: 0, Start: scene.Start, Frames: scene.Frames}
		c.setRepetition(&p, b.Shots[0], scene.Frames)
		if s.sync == script.Freeze || s.sync == script.Trim {
			p.Cycle = 0
		}
		if s.sync == script.Match {
			c.matchSpeed(&p, big.NewRat(scene.Frames*c.line.FPS.Den, c.line.FPS.Num), s.c)
			p.Moving, p.Cycle = scene.Frames, 0
		}
		return []Picture{p}
	}
	plays := scene.Frames
	if s.sync != script.Match {
		plays = min(plays, c.roundUpToFrames(s.c))
	}
	images := scene.Frames - plays
	stills := len(b.Shots) - len(s.clips)
	if stills == 0 {
		images = 0
	}
	var out []Picture
	at, left, still := scene.Start, scene.Start+scene.Frames, 0
	played := new(big.Rat)
	for k, shot := range b.Shots {
		if shot.Kind != storyboard.Clip || shot.Still != "" {
			n := images*int64(still+1)/int64(max(stills, 1)) - images*int64(still)/int64(max(stills, 1))
			still++
			out = append(out, c.shareTimeAmongImages(i, at, min(n, left-at), []int{k})...)
			at += min(n, left-at)
			continue
		}
		played.Add(played, c.measureMovingPicture(shot))
		p := c.newClipPicture(k, shot, s, scene)
		p.Start, p.Frames = at, min(p.Moving, left-at)
		p.Moving = p.Frames
		if p.Frames > 0 {
			c.addClipSound(i, k, p)
			out = append(out, p)
		}
		at += p.Frames
	}
	return c.fillAfterClips(i, s, out, at, left)
}

// newClipPicture returns a Picture in which Moving is the number of frames for which a clip plays.
func (c *computer) newClipPicture(k int, shot storyboard.Shot, s shape, scene Scene) Picture {
	p := Picture{Shot: k}
	length := c.measureMovingPicture(shot)
	c.setSourceRange(&p, shot, length)
	if s.sync == script.Match && s.c.Sign() > 0 {
		share := new(big.Rat).Quo(length, s.c)
		film := new(big.Rat).Mul(share, big.NewRat(scene.Frames*c.line.FPS.Den, c.line.FPS.Num))
		c.matchSpeed(&p, film, length)
		p.Moving = max(roundHalfUp(new(big.Rat).Mul(share, big.NewRat(scene.Frames, 1))), 1)
		return p
	}
	p.Moving = max(c.roundUpToFrames(length), 1)
	return p
}

// matchSpeed sets the speed at which length seconds of a source last film seconds.
func (c *computer) matchSpeed(p *Picture, film, length *big.Rat) {
	if film.Sign() <= 0 || length.Sign() <= 0 {
		return
	}
	// Whole microseconds keep the fraction short enough for an argument of ffmpeg.
	p.SpeedNum = max(roundHalfUp(new(big.Rat).Mul(length, big.NewRat(1_000_000, 1))), 1)
	p.SpeedDen = max(roundHalfUp(new(big.Rat).Mul(film, big.NewRat(1_000_000, 1))), 1)
	g := new(big.Int).GCD(nil, nil, big.NewInt(p.SpeedNum), big.NewInt(p.SpeedDen)).Int64()
	p.SpeedNum, p.SpeedDen = p.SpeedNum/g, p.SpeedDen/g
}

// fillAfterClips fills the rest of a scene after its clips: it repeats the clips, or extends the last picture.
func (c *computer) fillAfterClips(i int, s shape, played []Picture, atFrame, endFrame int64) []Picture {
	if len(played) == 0 || atFrame >= endFrame {
		return played
	}
	out := played
	if s.sync == script.Loop && s.total.Sign() > 0 {
		for atFrame < endFrame {
			for _, p := range played {
				if atFrame >= endFrame {
					break
				}
				p.Start, p.Frames = atFrame, min(p.Frames, endFrame-atFrame)
				if p.Moving > 0 {
					p.Moving = p.Frames
					c.addClipSound(i, p.Shot, p)
				}
				out = append(out, p)
				atFrame += p.Frames
			}
		}
		return out
	}
	out[len(out)-1].Frames += endFrame - atFrame
	return out
}

// addClipSound adds the sound of a clip while it plays.
func (c *computer) addClipSound(scene, shotIndex int, p Picture) {
	shot := c.board.Scenes[scene].Shots[shotIndex]
	m := c.m.Files[shot.File]
	gain := roundHalfUp(new(big.Rat).Mul(toRat(shot.Volume), big.NewRat(1000, 1)))
	if shot.Kind != storyboard.Clip || !m.Sound || gain == 0 {
		return
	}
	start := c.line.ToSample(p.Start) + c.shift
	fadeIn := int64(clipFade / 10)
	if at := p.Start - c.line.Frames; at < c.enter { // the clip fades in with the transition of its scene
		fadeIn = max(fadeIn, c.line.ToSample(c.line.Frames+c.enter)+c.shift-start)
	}
	c.line.Sounds = append(c.line.Sounds, Sound{
		Kind: SoundClip, Scene: scene, Item: shotIndex, File: shot.File,
		Start: start, Samples: min(c.line.ToSample(p.Start+p.Moving)+c.shift, c.end) - start,
		From:          toSamples(big.NewRat(p.From, 1_000_000)),
		SourceSamples: toSamples(big.NewRat(p.Length, 1_000_000)),
		Gain:          gain, FadeIn: fadeIn, FadeOut: clipFade,
		SpeedNum: p.SpeedNum, SpeedDen: p.SpeedDen,
	})
}
