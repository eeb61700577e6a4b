package timeline

import (
	"math/big"

	"mynah/internal/storyboard"
)

// placeMusic places the background music: the header's from the first frame, and a scene's from the start
// of that scene.
func (c *computer) placeMusic() {
	type start struct {
		m  *storyboard.Music
		at int64
	}
	var starts []start
	if c.board.Film.Music != nil {
		starts = append(starts, start{c.board.Film.Music, 0})
	}
	for i, s := range c.board.Scenes {
		if s.Music != nil {
			starts = append(starts, start{s.Music, c.line.ToSample(c.line.Scenes[i].Start)})
		}
	}
	spans := c.listNarrationRanges()
	for i, s := range starts {
		end := c.line.Samples
		if i+1 < len(starts) {
			end = starts[i+1].at
		}
		if end <= s.at || s.m.File == "" && s.m.Builtin == "" {
			continue
		}
		sound := Sound{
			Kind: SoundMusic, Scene: -1, Item: -1, File: s.m.File, Builtin: s.m.Builtin,
			Start: s.at, Samples: end - s.at, Loop: true,
			Gain:   roundHalfUp(new(big.Rat).Mul(toRat(s.m.Volume), big.NewRat(1000, 1))),
			FadeIn: clipFade, FadeOut: clipFade,
		}
		if depth := c.computeDuckDepth(s.m); depth > 0 {
			for _, d := range spans {
				if d.To+DuckUp > s.at && d.From-DuckDown < end {
					sound.Ducks, sound.DuckDepth = append(sound.Ducks, d), depth
				}
			}
		}
		if s.m.FadeIn {
			sound.FadeIn = min(musicFade, sound.Samples)
		}
		if s.m.FadeOut {
			sound.FadeOut = min(musicFade, sound.Samples)
		}
		c.line.Sounds = append(c.line.Sounds, sound)
	}
}

// computeDuckDepth returns the reduction of music under narration, in tenths of a decibel.
func (c *computer) computeDuckDepth(m *storyboard.Music) int64 {
	d := c.board.Film.Ducking
	switch {
	case d == nil && m.Builtin != "":
		return builtinDepth
	case d == nil:
		return duckDepth
	case d.None:
		return 0
	}
	return roundHalfUp(new(big.Rat).Mul(toRat(d.Value), big.NewRat(10, 1)))
}

// listNarrationRanges returns the ranges of the film with speech or audio files, joined if they are close to
// each other.
func (c *computer) listNarrationRanges() []Duck {
	var out []Duck
	for _, s := range c.line.Sounds {
		if s.Kind != SoundSpeech && s.Kind != SoundAudio {
			continue
		}
		if k := len(out) - 1; k >= 0 && s.Start < out[k].To+duckJoin {
			out[k].To = max(out[k].To, s.Start+s.Samples)
			continue
		}
		out = append(out, Duck{s.Start, s.Start + s.Samples})
	}
	return out
}
