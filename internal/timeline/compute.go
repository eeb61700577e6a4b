package timeline

import (
	"math/big"
	"time"

	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// gap is the silence at the end of a scene with speech or audio.
const gap = 500 * time.Millisecond

// inSceneFade is the length of the cross-fade between two images of a scene, in milliseconds.
const inSceneFade = 400

// clipFade is the length of the fade where a sound is cut, in samples: 10 ms.
const clipFade = SampleRate / 100

// musicFade is the length of the fades of music, in samples: 2 s.
const musicFade = 2 * SampleRate

// computer is the state of computing a timeline.
type computer struct {
	line  *Line
	board *storyboard.Board
	m     Measured
	// shift is the offset, in samples, of the current scene's sound relative to its first frame, and next
	// the same for the following scene. end is the sample at which the current scene's sound must end.
	shift, next, end int64
	// enter is the length of the transition into the current scene, in frames.
	enter int64
}

// Compute returns the timeline of a storyboard. m must contain every file of the board.
func Compute(b *storyboard.Board, m Measured) *Line {
	c := &computer{board: b, m: m, line: &Line{
		FPS: ChooseFrameRate(b, m.Files), Width: b.Film.Width,
		Height: b.Film.Height,
	}}
	for i := range b.Scenes {
		c.addScene(i)
	}
	c.line.Samples = c.line.ToSample(c.line.Frames)
	c.placeMusic()
	return c.line
}

// toSeconds returns a duration in seconds as an exact number.
func toSeconds(d time.Duration) *big.Rat { return big.NewRat(int64(d), int64(time.Second)) }

func toSamples(d *big.Rat) int64 { return roundHalfUp(new(big.Rat).Mul(d, big.NewRat(SampleRate, 1))) }

func samplesToSeconds(n int64) *big.Rat { return big.NewRat(n, SampleRate) }

// roundHalfUp returns the nearest whole number, halves up.
func roundHalfUp(r *big.Rat) int64 {
	n := new(big.Int).Mul(r.Num(), big.NewInt(2))
	n.Add(n, r.Denom())
	d := new(big.Int).Mul(r.Denom(), big.NewInt(2))
	return new(big.Int).Div(n, d).Int64()
}

// roundUp returns the smallest whole number that is not below r.
func roundUp(r *big.Rat) int64 {
	n := new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1)))
	return new(big.Int).Div(n, r.Denom()).Int64()
}

func chooseLarger(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}

func chooseSmaller(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

// roundUpToFrames converts a length in seconds to frames, rounded up.
func (c *computer) roundUpToFrames(d *big.Rat) int64 {
	return roundUp(new(big.Rat).Mul(d, big.NewRat(c.line.FPS.Num, c.line.FPS.Den)))
}

// roundToAtLeastOneFrame converts a length in seconds to the nearest number of frames, at least one.
func (c *computer) roundToAtLeastOneFrame(d *big.Rat) int64 {
	return max(roundHalfUp(new(big.Rat).Mul(d, big.NewRat(c.line.FPS.Num, c.line.FPS.Den))), 1)
}

// shape contains the values from which a scene's length is computed.
type shape struct {
	v     []int64  // length of each part and the silence after it, in samples
	heard []int64  // length of each part without the silence, in samples
	total *big.Rat // V: the length of all parts, in seconds
	t     *big.Rat // T: V plus the gap at the end, in seconds
	pure  bool     // the parts are only pauses
	clips []int    // indexes of shots that are clips, or of the single GIF
	c     *big.Rat // C: the total length of clips, in seconds
	sync  script.Sync
	// atClicks is when the last clip ends that begins at a click, in seconds; nil if none exists.
	atClicks *big.Rat
	// shownTogether is C if a layout shows clips at the same time, else 0.
	shownTogether *big.Rat
	gif           bool // the only moving picture of the scene is a GIF
}

func (c *computer) measureSceneShape(i int) shape {
	s := &c.board.Scenes[i]
	out := shape{total: new(big.Rat), c: new(big.Rat), shownTogether: new(big.Rat), pure: true, sync: s.Sync}
	speaks := false
	for p, part := range s.Parts {
		var n int64
		switch part.Kind {
		case storyboard.Pause:
			n = toSamples(toSeconds(part.Length))
		case storyboard.Audio:
			if l := c.m.Files[part.File].Length; l != nil {
				n = toSamples(l)
			}
			speaks = true
		case storyboard.Speech:
			n = c.m.Speech[i][p]
			speaks = true
		}
		out.heard = append(out.heard, n)
		if part.Kind == storyboard.Speech {
			n += toSamples(toSeconds(part.After))
		}
		out.v = append(out.v, n)
		out.total.Add(out.total, samplesToSeconds(n))
	}
	out.pure = !speaks
	out.t = new(big.Rat).Set(out.total)
	if speaks {
		out.t.Add(out.t, toSeconds(gap))
	}
	for k, shot := range s.Shots {
		if shot.Kind == storyboard.Clip && shot.Still == "" {
			out.clips = append(out.clips, k)
			out.c.Add(out.c, c.measureMovingPicture(shot))
		}
	}
	out.atClicks = c.measureClipsAtClicks(i, out.v)
	if s.Layout.ShowsAllPictures() {
		out.c = c.measureShownTogether(s)
		out.shownTogether.Set(out.c)
	}
	if len(out.clips) == 0 && len(s.Shots) == 1 && s.Shots[0].Kind == storyboard.GIF && !c.m.Files[s.Shots[0].File].Still {
		out.clips, out.gif = []int{0}, true
		out.c = c.measureMovingPicture(s.Shots[0])
	}
	if out.sync == "" && len(out.clips) > 0 {
		out.sync = script.Freeze
		if out.gif {
			out.sync = script.Loop
		}
	}
	return out
}

// measureMovingPicture returns the length in seconds of a clip's segment, of a whole clip, or of a GIF's cycle.
func (c *computer) measureMovingPicture(shot storyboard.Shot) *big.Rat {
	if shot.Segment != nil {
		return toSeconds(shot.Segment.To - shot.Segment.From)
	}
	if l := c.m.Files[shot.File].Length; l != nil {
		return l
	}
	return new(big.Rat)
}

// computeSceneLength returns the length of a scene in seconds, according to the table on timing in the
// description of the script language. duration is nil if the script sets none.
func (s shape) computeSceneLength(duration *time.Duration) *big.Rat {
	silent := s.total.Sign() == 0
	if duration != nil {
		if silent {
			return toSeconds(*duration)
		}
		return chooseLarger(s.t, toSeconds(*duration))
	}
	if s.atClicks != nil {
		return chooseLarger(chooseLarger(s.t, s.atClicks), s.shownTogether)
	}
	if len(s.clips) == 0 {
		if silent {
			return big.NewRat(1, 1)
		}
		return s.t
	}
	switch s.sync {
	case script.Match:
		if silent {
			return s.c
		}
		return s.t
	case script.Trim:
		switch {
		case silent:
			return s.c
		case s.pure:
			return chooseSmaller(s.total, s.c)
		default:
			return chooseSmaller(s.t, s.c)
		}
	case script.Loop:
		switch {
		case silent:
			return s.c
		case s.gif:
			return s.t
		default:
			return chooseLarger(s.t, s.c)
		}
	default: // freeze, loop-audio
		return chooseLarger(s.t, s.c)
	}
}

// addScene computes the times of scene i and appends it to the timeline.
func (c *computer) addScene(i int) {
	b := &c.board.Scenes[i]
	s := c.measureSceneShape(i)
	frames := max(c.roundUpToFrames(s.computeSceneLength(b.Duration)), 1)
	scene := Scene{Number: b.Number, Start: c.line.Frames, Frames: frames}
	end := c.line.ToSample(scene.Start + frames)
	c.shift = c.next
	c.next = 0
	if i+1 < len(c.board.Scenes) {
		c.next = roundToGrid(end) - end
	}
	c.end = end + c.next
	scene.Sound = c.line.ToSample(scene.Start) + c.shift
	scene.VoiceEnd = scene.Sound
	c.placeNarration(i, s, &scene)
	c.enter = 0
	if t := b.Transition; i > 0 && t.Type != "none" && t.Type != "" && t.Duration > 0 {
		c.enter = min(c.roundToAtLeastOneFrame(toSeconds(t.Duration)), frames)
	}
	cues := c.assignClicks(i, &scene)
	scene.Pictures = c.planScenePictures(i, s, scene, cues)
	if first := &scene.Pictures[0]; c.enter > 0 {
		first.Enter, first.Fade = b.Transition.Type, min(c.enter, first.Frames)
	}
	scene.Steps = c.findRevealStarts(i, &scene, cues)
	scene.Callouts = c.placeCallouts(i, &scene, cues)
	c.line.Scenes = append(c.line.Scenes, scene)
	c.line.Frames += frames
}

// roundToGrid returns the multiple of SoundGrid that is nearest to sample.
func roundToGrid(sample int64) int64 { return (sample + SoundGrid/2) / SoundGrid * SoundGrid }

// placeNarration places the narration: once, or with loop-audio again and again until the scene ends.
func (c *computer) placeNarration(i int, s shape, scene *Scene) {
	b, end := &c.board.Scenes[i], c.end
	round := toSamples(s.t)
	at := scene.Sound
	for {
		from := at
		for p, n := range s.v {
			if from >= end {
				break
			}
			length := min(s.heard[p], end-from)
			scene.Voice = append(scene.Voice, Voice{Part: p, Start: from, Samples: length})
			part := b.Parts[p]
			if part.Kind != storyboard.Pause && length > 0 {
				c.line.Sounds = append(c.line.Sounds, c.newPartSound(i, p, from, length, s.heard[p]))
			}
			scene.VoiceEnd = min(from+length, end)
			from += n
		}
		at += round
		if s.sync != script.LoopAudio || len(s.clips) == 0 || round <= 0 || at >= end {
			return
		}
	}
}

func (c *computer) newPartSound(scene, p int, start, length, whole int64) Sound {
	part := c.board.Scenes[scene].Parts[p]
	out := Sound{Kind: SoundSpeech, Scene: scene, Item: p, Start: start, Samples: length, Gain: 1000}
	if part.Kind == storyboard.Audio {
		out.Kind, out.File, out.FadeOut = SoundAudio, part.File, clipFade
	}
	if length < whole {
		out.FadeOut = clipFade
	}
	return out
}

// planScenePictures returns the pictures that fill a scene.
func (c *computer) planScenePictures(i int, s shape, scene Scene, cues cueFrames) []Picture {
	b := &c.board.Scenes[i]
	switch {
	case len(b.Shots) == 0:
		return []Picture{{Shot: -1, Start: scene.Start, Frames: scene.Frames}}
	case b.Layout == frame.Grid:
		return c.placeGrid(i, scene, cues)
	case b.Layout == frame.Corner:
		return c.placeCorner(i, scene, cues)
	case len(cues.shots) > 0:
		return c.placeAtClicks(i, scene, cues)
	}
	if len(s.clips) > 0 {
		return c.placeClips(i, s, scene)
	}
	return c.shareTimeAmongImages(i, scene.Start, scene.Frames, listIndexes(len(b.Shots)))
}

func toRat(f float64) *big.Rat {
	r := new(big.Rat)
	if r.SetFloat64(f) == nil {
		return new(big.Rat)
	}
	return r
}
