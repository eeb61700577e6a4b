package timeline

import (
	"math/big"
	"time"

	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// Gap is the silence that ends a scene with speech or audio.
const Gap = 500 * time.Millisecond

// inSceneFade is how long two images of one scene cross, in milliseconds.
const inSceneFade = 400

// clipFade is how long a sound fades where it is cut, in samples: 10 ms.
const clipFade = SampleRate / 100

// musicFade is how long music fades in or out, in samples: 2 s.
const musicFade = 2 * SampleRate

// Rates are the frame rates that clips are snapped to.
func Rates() []script.Rate {
	return []script.Rate{
		{Num: 10, Den: 1},
		{Num: 12, Den: 1},
		{Num: 15, Den: 1},
		{Num: 24000, Den: 1001},
		{Num: 24, Den: 1},
		{Num: 25, Den: 1},
		{Num: 30000, Den: 1001},
		{Num: 30, Den: 1},
		{Num: 48, Den: 1},
		{Num: 50, Den: 1},
		{Num: 60000, Den: 1001},
		{Num: 60, Den: 1},
	}
}

// Snap gives the standard rate that is nearest to r.
func Snap(r script.Rate) script.Rate {
	best := Rates()[0]
	var least *big.Rat
	for _, c := range Rates() {
		d := new(big.Rat).Sub(big.NewRat(c.Num, c.Den), big.NewRat(r.Num, r.Den))
		if d.Abs(d); least == nil || d.Cmp(least) < 0 {
			best, least = c, d
		}
	}
	return best
}

// FrameRate gives a film's rate: the header's; else the highest of its clips' and GIFs', each
// snapped; else 25. GIFs alone bring it below 25 only where nothing else moves.
func FrameRate(b *storyboard.Board, files map[string]Media) script.Rate {
	if b.Film.FPS.Num > 0 {
		return b.Film.FPS
	}
	usual := script.Rate{Num: 25, Den: 1}
	var best script.Rate
	moves, clips := false, false
	for i, s := range b.Scenes {
		moves = moves || i > 0 && s.Transition.Type != "" && s.Transition.Duration > 0
		stills := 0
		for _, shot := range s.Shots {
			m, ok := files[shot.File]
			if shot.Kind == storyboard.Image {
				stills++
			}
			moves = moves || shot.Motion != "" || stills > 1 // those of a scene are crossfaded
			if shot.Kind == storyboard.Image || !ok || m.Still || m.Rate.Num <= 0 || m.Rate.Den <= 0 {
				continue
			}
			if r := Snap(m.Rate); best.Num == 0 || higher(r, best) {
				best = r
			}
			clips = clips || shot.Kind == storyboard.Clip
		}
	}
	if best.Num == 0 || !clips && moves && higher(usual, best) {
		return usual
	}
	return best
}

func higher(a, b script.Rate) bool { return a.Num*b.Den > b.Num*a.Den }

// computer carries what the scenes share.
type computer struct {
	line  *Line
	board *storyboard.Board
	m     Measured
	// shift is how many samples the sound of the scene being placed begins after its
	// first frame, next the same for the scene behind it, and end where its sound has to
	// be over.
	shift, next, end int64
	// enter is how many frames the scene being placed takes to come in.
	enter int64
}

// Compute puts a storyboard on the line. Every file of the board must be measured.
func Compute(b *storyboard.Board, m Measured) *Line {
	c := &computer{board: b, m: m, line: &Line{FPS: FrameRate(b, m.Files), Width: b.Film.Width, Height: b.Film.Height}}
	for i := range b.Scenes {
		c.scene(i)
	}
	c.line.Samples = c.line.Sample(c.line.Frames)
	c.music()
	return c.line
}

// seconds makes an exact number of a duration.
func seconds(d time.Duration) *big.Rat { return big.NewRat(int64(d), int64(time.Second)) }

func samplesOf(d *big.Rat) int64 { return round(new(big.Rat).Mul(d, big.NewRat(SampleRate, 1))) }

func fromSamples(n int64) *big.Rat { return big.NewRat(n, SampleRate) }

// round gives the nearest whole number, halves up.
func round(r *big.Rat) int64 {
	n := new(big.Int).Mul(r.Num(), big.NewInt(2))
	n.Add(n, r.Denom())
	d := new(big.Int).Mul(r.Denom(), big.NewInt(2))
	return new(big.Int).Div(n, d).Int64()
}

// ceil gives the next whole number that is not below r.
func ceil(r *big.Rat) int64 {
	n := new(big.Int).Add(r.Num(), new(big.Int).Sub(r.Denom(), big.NewInt(1)))
	return new(big.Int).Div(n, r.Denom()).Int64()
}

func larger(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}

func smaller(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

// frames rounds a length up to whole frames.
func (c *computer) frames(d *big.Rat) int64 {
	return ceil(new(big.Rat).Mul(d, big.NewRat(c.line.FPS.Num, c.line.FPS.Den)))
}

// nearest rounds a length to the nearest whole number of frames, at least one.
func (c *computer) nearest(d *big.Rat) int64 {
	return max(round(new(big.Rat).Mul(d, big.NewRat(c.line.FPS.Num, c.line.FPS.Den))), 1)
}

// shape is what decides a scene's length.
type shape struct {
	v     []int64  // samples of each part, with the silence behind it
	heard []int64  // samples of each part alone
	total *big.Rat // V
	t     *big.Rat // T = V + G
	pure  bool     // V is pauses alone
	clips []int    // shots that are clips or play like one
	c     *big.Rat // their length
	sync  script.Sync
	gif   bool // the scene's only moving picture is a GIF
}

func (c *computer) shape(i int) shape {
	s := &c.board.Scenes[i]
	out := shape{total: new(big.Rat), c: new(big.Rat), pure: true, sync: s.Sync}
	speaks := false
	for p, part := range s.Parts {
		var n int64
		switch part.Kind {
		case storyboard.Pause:
			n = samplesOf(seconds(part.Length))
		case storyboard.Audio:
			if l := c.m.Files[part.File].Length; l != nil {
				n = samplesOf(l)
			}
			speaks = true
		case storyboard.Speech:
			n = c.m.Speech[i][p]
			speaks = true
		}
		out.heard = append(out.heard, n)
		if part.Kind == storyboard.Speech {
			n += samplesOf(seconds(part.After))
		}
		out.v = append(out.v, n)
		out.total.Add(out.total, fromSamples(n))
	}
	out.pure = !speaks
	out.t = new(big.Rat).Set(out.total)
	if speaks {
		out.t.Add(out.t, seconds(Gap))
	}
	for k, shot := range s.Shots {
		if shot.Kind == storyboard.Clip && shot.Still == "" {
			out.clips = append(out.clips, k)
			out.c.Add(out.c, c.length(shot))
		}
	}
	if len(out.clips) == 0 && len(s.Shots) == 1 && s.Shots[0].Kind == storyboard.GIF && !c.m.Files[s.Shots[0].File].Still {
		out.clips, out.gif = []int{0}, true
		out.c = c.length(s.Shots[0])
	}
	if out.sync == "" && len(out.clips) > 0 {
		out.sync = script.Freeze
		if out.gif {
			out.sync = script.Loop
		}
	}
	return out
}

// length is that of a clip's segment, or of the clip, or of a GIF's cycle.
func (c *computer) length(shot storyboard.Shot) *big.Rat {
	if shot.Segment != nil {
		return seconds(shot.Segment.To - shot.Segment.From)
	}
	if l := c.m.Files[shot.File].Length; l != nil {
		return l
	}
	return new(big.Rat)
}

// sceneLength is the table of the language's section on timing.
func (s shape) sceneLength(duration *time.Duration) *big.Rat {
	silent := s.total.Sign() == 0
	if duration != nil {
		if silent {
			return seconds(*duration)
		}
		return larger(s.t, seconds(*duration))
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
			return smaller(s.total, s.c)
		default:
			return smaller(s.t, s.c)
		}
	case script.Loop:
		switch {
		case silent:
			return s.c
		case s.gif:
			return s.t
		default:
			return larger(s.t, s.c)
		}
	default: // freeze, loop-audio
		return larger(s.t, s.c)
	}
}

// scene times scene i and puts it behind the ones before.
func (c *computer) scene(i int) {
	b := &c.board.Scenes[i]
	s := c.shape(i)
	frames := max(c.frames(s.sceneLength(b.Duration)), 1)
	scene := Scene{Number: b.Number, Start: c.line.Frames, Frames: frames}
	end := c.line.Sample(scene.Start + frames)
	c.shift = c.next
	c.next = 0
	if i+1 < len(c.board.Scenes) {
		c.next = onGrid(end) - end
	}
	c.end = end + c.next
	scene.Sound = c.line.Sample(scene.Start) + c.shift
	scene.VoiceEnd = scene.Sound
	c.voice(i, s, &scene)
	c.enter = 0
	if t := b.Transition; i > 0 && t.Type != "none" && t.Type != "" && t.Duration > 0 {
		c.enter = min(c.nearest(seconds(t.Duration)), frames)
	}
	scene.Pictures = c.pictures(i, s, scene)
	if first := &scene.Pictures[0]; c.enter > 0 {
		first.Enter, first.Fade = b.Transition.Type, min(c.enter, first.Frames)
	}
	scene.Steps = c.steps(i, &scene)
	c.line.Scenes = append(c.line.Scenes, scene)
	c.line.Frames += frames
}

// onGrid gives the multiple of SoundGrid that is nearest to a sample.
func onGrid(sample int64) int64 { return (sample + SoundGrid/2) / SoundGrid * SoundGrid }

// voice places the narration, once or with loop-audio until the scene ends.
func (c *computer) voice(i int, s shape, scene *Scene) {
	b, end := &c.board.Scenes[i], c.end
	round := samplesOf(s.t)
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
				c.line.Sounds = append(c.line.Sounds, c.partSound(i, p, from, length, s.heard[p]))
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

func (c *computer) partSound(i, p int, start, length, whole int64) Sound {
	part := c.board.Scenes[i].Parts[p]
	out := Sound{Kind: SoundSpeech, Scene: i, Item: p, Start: start, Samples: length, Gain: 1000}
	if part.Kind == storyboard.Audio {
		out.Kind, out.File, out.FadeOut = SoundAudio, part.File, clipFade
	}
	if length < whole {
		out.FadeOut = clipFade
	}
	return out
}

// pictures fills a scene with its shots.
func (c *computer) pictures(i int, s shape, scene Scene) []Picture {
	b := &c.board.Scenes[i]
	if len(b.Shots) == 0 {
		return []Picture{{Shot: -1, Start: scene.Start, Frames: scene.Frames}}
	}
	if len(s.clips) > 0 {
		return c.withClips(i, s, scene)
	}
	return c.shared(i, scene.Start, scene.Frames, allShots(len(b.Shots)))
}

// steps says when each state of a scene's slide begins: the first with the scene, the
// others with the paragraphs of the narration, of which the last is shared by those that
// are left; without two paragraphs all share the scene.
func (c *computer) steps(i int, scene *Scene) []int64 {
	b := &c.board.Scenes[i]
	n := 0
	for _, slide := range b.Slides { // one after the other
		if slide.Reveal || len(slide.Ranges) > 0 {
			n += slide.Steps
		}
	}
	if n < 2 {
		return nil
	}
	starts := []int64{scene.Start}
	seen := map[int]bool{}
	for _, v := range scene.Voice {
		part := b.Parts[v.Part]
		if part.Kind != storyboard.Speech || seen[part.Paragraph] || len(starts) > n {
			continue
		}
		if seen[part.Paragraph] = true; len(seen) > 1 {
			at := c.nearest(fromSamples(v.Start - c.shift))
			starts = append(starts, min(max(at, scene.Start), scene.Start+scene.Frames-1))
		}
	}
	starts = starts[:min(len(starts), n)]
	last, end := starts[len(starts)-1], scene.Start+scene.Frames
	for left, k := int64(n-len(starts)), int64(1); k <= left; k++ {
		starts = append(starts, last+(end-last)*k/(left+1))
	}
	return starts
}

func allShots(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// shared gives images equal shares of a stretch, crossing where both stand still.
func (c *computer) shared(i int, start, frames int64, shots []int) []Picture {
	b := &c.board.Scenes[i]
	fade := c.nearest(big.NewRat(inSceneFade, 1000))
	var out []Picture
	for k, n := range shots {
		from, to := frames*int64(k)/int64(len(shots)), frames*int64(k+1)/int64(len(shots))
		if from == to {
			continue // more images than frames
		}
		p := Picture{Shot: n, Start: start + from, Frames: to - from}
		if b.Shots[n].Kind == storyboard.GIF && !c.m.Files[b.Shots[n].File].Still {
			c.cycle(&p, b.Shots[n], p.Frames)
		} else if len(out) > 0 && out[len(out)-1].Moving == 0 {
			p.Enter, p.Fade = "crossfade", min(fade, p.Frames-1)
		}
		out = append(out, p)
	}
	return out
}

// cycle makes a picture play its source from the start again and again.
func (c *computer) cycle(p *Picture, shot storyboard.Shot, frames int64) {
	length := c.length(shot)
	p.Moving = min(c.nearest(length), frames)
	p.Cycle = p.Moving
	c.source(p, shot, length)
	if shot.Sync == script.Freeze {
		p.Cycle = 0
	}
}

// source notes which stretch of its file a picture plays.
func (c *computer) source(p *Picture, shot storyboard.Shot, length *big.Rat) {
	p.Length = ceil(new(big.Rat).Mul(length, big.NewRat(1_000_000, 1)))
	if shot.Segment != nil {
		p.From = shot.Segment.From.Microseconds()
	}
	p.SpeedNum, p.SpeedDen = 1, 1
}

// withClips plays the clips one after the other, where they stand among the shots;
// images share the time that is left.
func (c *computer) withClips(i int, s shape, scene Scene) []Picture {
	b := &c.board.Scenes[i]
	if s.gif {
		p := Picture{Shot: 0, Start: scene.Start, Frames: scene.Frames}
		c.cycle(&p, b.Shots[0], scene.Frames)
		if s.sync == script.Freeze || s.sync == script.Trim {
			p.Cycle = 0
		}
		if s.sync == script.Match {
			c.matched(&p, big.NewRat(scene.Frames*c.line.FPS.Den, c.line.FPS.Num), s.c)
			p.Moving, p.Cycle = scene.Frames, 0
		}
		return []Picture{p}
	}
	plays := scene.Frames
	if s.sync != script.Match {
		plays = min(plays, c.frames(s.c))
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
			out = append(out, c.shared(i, at, min(n, left-at), []int{k})...)
			at += min(n, left-at)
			continue
		}
		played.Add(played, c.length(shot))
		p := c.clipPicture(k, shot, s, scene)
		p.Start, p.Frames = at, min(p.Moving, left-at)
		p.Moving = p.Frames
		if p.Frames > 0 {
			c.clipSound(i, k, p)
			out = append(out, p)
		}
		at += p.Frames
	}
	return c.fillUp(i, s, out, at, left)
}

// clipPicture gives the frames that a clip plays for.
func (c *computer) clipPicture(k int, shot storyboard.Shot, s shape, scene Scene) Picture {
	p := Picture{Shot: k}
	length := c.length(shot)
	c.source(&p, shot, length)
	if s.sync == script.Match && s.c.Sign() > 0 {
		share := new(big.Rat).Quo(length, s.c)
		film := new(big.Rat).Mul(share, big.NewRat(scene.Frames*c.line.FPS.Den, c.line.FPS.Num))
		c.matched(&p, film, length)
		p.Moving = max(round(new(big.Rat).Mul(share, big.NewRat(scene.Frames, 1))), 1)
		return p
	}
	p.Moving = max(c.frames(length), 1)
	return p
}

// matched sets the speed at which length seconds of a source fill film seconds.
func (c *computer) matched(p *Picture, film, length *big.Rat) {
	if film.Sign() <= 0 || length.Sign() <= 0 {
		return
	}
	// Microseconds keep the fraction small enough for a program's argument.
	p.SpeedNum = max(round(new(big.Rat).Mul(length, big.NewRat(1_000_000, 1))), 1)
	p.SpeedDen = max(round(new(big.Rat).Mul(film, big.NewRat(1_000_000, 1))), 1)
	g := new(big.Int).GCD(nil, nil, big.NewInt(p.SpeedNum), big.NewInt(p.SpeedDen)).Int64()
	p.SpeedNum, p.SpeedDen = p.SpeedNum/g, p.SpeedDen/g
}

// fillUp fills what the clips leave of a scene: by beginning again, or by letting the
// last picture stand.
func (c *computer) fillUp(i int, s shape, played []Picture, at, end int64) []Picture {
	if len(played) == 0 || at >= end {
		return played
	}
	out := played
	if s.sync == script.Loop && s.total.Sign() > 0 {
		for at < end {
			for _, p := range played {
				if at >= end {
					break
				}
				p.Start, p.Frames = at, min(p.Frames, end-at)
				if p.Moving > 0 {
					p.Moving = p.Frames
					c.clipSound(i, p.Shot, p)
				}
				out = append(out, p)
				at += p.Frames
			}
		}
		return out
	}
	out[len(out)-1].Frames += end - at
	return out
}

// clipSound lets a clip be heard while it plays.
func (c *computer) clipSound(i, k int, p Picture) {
	shot := c.board.Scenes[i].Shots[k]
	m := c.m.Files[shot.File]
	gain := round(new(big.Rat).Mul(ratOf(shot.Volume), big.NewRat(1000, 1)))
	if shot.Kind != storyboard.Clip || !m.Sound || gain == 0 {
		return
	}
	start := c.line.Sample(p.Start) + c.shift
	fadeIn := int64(clipFade / 10)
	if at := p.Start - c.line.Frames; at < c.enter { // it comes in with its scene
		fadeIn = max(fadeIn, c.line.Sample(c.line.Frames+c.enter)+c.shift-start)
	}
	c.line.Sounds = append(c.line.Sounds, Sound{
		Kind: SoundClip, Scene: i, Item: k, File: shot.File,
		Start: start, Samples: min(c.line.Sample(p.Start+p.Moving)+c.shift, c.end) - start,
		From:          samplesOf(big.NewRat(p.From, 1_000_000)),
		SourceSamples: samplesOf(big.NewRat(p.Length, 1_000_000)),
		Gain:          gain, FadeIn: fadeIn, FadeOut: clipFade,
		SpeedNum: p.SpeedNum, SpeedDen: p.SpeedDen,
	})
}

func ratOf(f float64) *big.Rat {
	r := new(big.Rat)
	if r.SetFloat64(f) == nil {
		return new(big.Rat)
	}
	return r
}

// music lays the background under the film: the header's from the first frame, a
// scene's from that scene on.
func (c *computer) music() {
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
			starts = append(starts, start{s.Music, c.line.Sample(c.line.Scenes[i].Start)})
		}
	}
	spans := c.narration()
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
			Gain:   round(new(big.Rat).Mul(ratOf(s.m.Volume), big.NewRat(1000, 1))),
			FadeIn: clipFade, FadeOut: clipFade,
		}
		if depth := c.depth(s.m); depth > 0 {
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

// depth is by how many tenths of a dB a track steps back under narration.
func (c *computer) depth(m *storyboard.Music) int64 {
	d := c.board.Film.Ducking
	switch {
	case d == nil && m.Builtin != "":
		return builtinDepth
	case d == nil:
		return duckDepth
	case d.None:
		return 0
	}
	return round(new(big.Rat).Mul(ratOf(d.Value), big.NewRat(10, 1)))
}

// narration gives the stretches in which somebody speaks, or a file does in place of
// narration.
func (c *computer) narration() []Duck {
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
