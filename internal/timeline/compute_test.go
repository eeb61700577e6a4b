package timeline_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// fps is the frame rate of the tests. Lengths are in seconds.
const fps = 50

func speech() storyboard.Part { return storyboard.Part{Kind: storyboard.Speech, Text: "x"} }

func pause(s float64) storyboard.Part {
	return storyboard.Part{Kind: storyboard.Pause, Length: time.Duration(s * float64(time.Second))}
}

func audio() storyboard.Part { return storyboard.Part{Kind: storyboard.Audio, File: "a.wav"} }

func clip(sync script.Sync) storyboard.Shot {
	return storyboard.Shot{Kind: storyboard.Clip, File: "c.mp4", Sync: sync, Volume: 1}
}

func gif(sync script.Sync) storyboard.Shot {
	return storyboard.Shot{Kind: storyboard.GIF, File: "g.gif", Sync: sync}
}

func image() storyboard.Shot { return storyboard.Shot{Kind: storyboard.Image, File: "i.png"} }

// compute returns the timeline of one scene. Every sentence lasts voice seconds, the clip c seconds,
// the GIF 1.2 seconds and the audio file 3 seconds.
func compute(s storyboard.Scene, voice, c float64) *timeline.Line {
	for _, shot := range s.Shots {
		if shot.Sync != "" {
			s.Sync = shot.Sync
		}
	}
	b := &storyboard.Board{Film: storyboard.Film{Width: 64, Height: 64, FPS: frame.Rate{Num: fps, Den: 1}}, Scenes: []storyboard.Scene{s}}
	rat := func(f float64) *big.Rat { return big.NewRat(int64(f*1000+0.5), 1000) }
	m := timeline.Measured{Files: map[string]timeline.Media{
		"c.mp4": {Length: rat(c), Rate: frame.Rate{Num: fps, Den: 1}, Sound: true},
		"g.gif": {Length: rat(1.2), Rate: frame.Rate{Num: 10, Den: 1}},
		"a.wav": {Length: rat(3), Sound: true},
		"i.png": {},
	}, Speech: [][]int64{nil}}
	for _, p := range s.Parts {
		n := int64(0)
		if p.Kind == storyboard.Speech {
			n = int64(voice * timeline.SampleRate)
		}
		m.Speech[0] = append(m.Speech[0], n)
	}
	return timeline.Compute(b, m)
}

func seconds(s float64) *time.Duration {
	d := time.Duration(s * float64(time.Second))
	return &d
}

func TestSceneLengths(t *testing.T) {
	t.Parallel()
	type parts = []storyboard.Part
	type shots = []storyboard.Shot
	for _, c := range []struct {
		name     string
		parts    parts
		shots    shots
		duration *time.Duration
		voice    float64
		clip     float64
		want     float64
	}{
		{name: "no clip: T", parts: parts{speech()}, shots: shots{image()}, voice: 2, want: 2.5},
		{name: "no clip, neither V nor duration", shots: shots{image()}, want: 1},
		{name: "no clip, pauses alone", parts: parts{pause(2), pause(1)}, want: 3},
		{name: "audio in place of narration", parts: parts{audio()}, want: 3.5},
		{name: "speech, pause, speech", parts: parts{speech(), pause(1), speech()}, voice: 2, want: 5.5},

		{name: "rounded up to a frame", parts: parts{speech()}, voice: 2.001, want: 2.52},
		{name: "freeze: clip longer", parts: parts{speech()}, shots: shots{clip("")}, voice: 2, clip: 5, want: 5},
		{name: "freeze: narration longer", parts: parts{speech()}, shots: shots{clip("")}, voice: 6, clip: 5, want: 6.5},
		{name: "freeze: no narration", shots: shots{clip("")}, clip: 5, want: 5},
		{name: "several clips: their sum", shots: shots{clip(""), clip("")}, clip: 5, want: 10},
		{name: "match", parts: parts{speech()}, shots: shots{clip(script.Match)}, voice: 2, clip: 5, want: 2.5},
		{name: "match without V", shots: shots{clip(script.Match)}, clip: 5, want: 5},
		{name: "trim: clip shorter", parts: parts{speech()}, shots: shots{clip(script.Trim)}, voice: 6, clip: 5, want: 5},
		{name: "trim: narration shorter", parts: parts{speech()}, shots: shots{clip(script.Trim)}, voice: 2, clip: 5, want: 2.5},
		{name: "trim: pauses alone", parts: parts{pause(2)}, shots: shots{clip(script.Trim)}, clip: 5, want: 2},
		{name: "trim without V", shots: shots{clip(script.Trim)}, clip: 5, want: 5},
		{name: "loop without V", shots: shots{clip(script.Loop)}, clip: 5, want: 5},
		{name: "loop: narration longer", parts: parts{speech()}, shots: shots{clip(script.Loop)}, voice: 6, clip: 5, want: 6.5},
		{name: "loop: clip longer", parts: parts{speech()}, shots: shots{clip(script.Loop)}, voice: 2, clip: 5, want: 5},
		{name: "a GIF without V: a cycle", shots: shots{gif("")}, want: 1.2},
		{name: "a GIF with narration: T", parts: parts{speech()}, shots: shots{gif("")}, voice: 2, want: 2.5},
		{name: "a GIF with a pause", parts: parts{pause(0.5)}, shots: shots{gif("")}, want: 0.5},
		{name: "a GIF that freezes", parts: parts{speech()}, shots: shots{gif(script.Freeze)}, voice: 0.2, want: 1.2},
		{name: "loop-audio: clip longer", parts: parts{speech()}, shots: shots{clip(script.LoopAudio)}, voice: 1, clip: 5, want: 5},
		{name: "loop-audio: narration longer", parts: parts{speech()}, shots: shots{clip(script.LoopAudio)}, voice: 6, clip: 5, want: 6.5},
		{name: "duration without V", shots: shots{image()}, duration: seconds(3), want: 3},
		{name: "duration without V cuts a clip", shots: shots{clip("")}, clip: 5, duration: seconds(3), want: 3},
		{name: "duration without V holds a clip", shots: shots{clip("")}, clip: 5, duration: seconds(8), want: 8},
		{name: "duration with V: at least T", parts: parts{speech()}, duration: seconds(2), voice: 2, want: 2.5},
		{name: "duration with V", parts: parts{speech()}, duration: seconds(8), voice: 2, want: 8},
		{
			name:  "a still of a clip is no clip",
			shots: shots{{Kind: storyboard.Clip, File: "c.mp4", Still: script.StillStart}}, clip: 5, want: 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := compute(storyboard.Scene{Number: 1, Parts: c.parts, Shots: c.shots, Duration: c.duration}, c.voice, c.clip)
			if got := float64(l.Frames) / fps; got != c.want {
				t.Errorf("%.2f s, want %.2f", got, c.want)
			}
			total := int64(0)
			for _, p := range l.Scenes[0].Pictures {
				if p.Start != total || p.Frames <= 0 || p.Moving > p.Frames {
					t.Errorf("pictures do not fill the scene: %+v", l.Scenes[0].Pictures)
				}
				total += p.Frames
			}
			if total != l.Frames {
				t.Errorf("pictures last %d frames, the scene %d", total, l.Frames)
			}
		})
	}
}

func TestMatchFillsTheScene(t *testing.T) {
	t.Parallel()
	l := compute(storyboard.Scene{Parts: []storyboard.Part{speech()}, Shots: []storyboard.Shot{clip(script.Match)}}, 2, 5)
	p := l.Scenes[0].Pictures[0]
	if p.Moving != p.Frames || p.SpeedNum != 2*p.SpeedDen {
		t.Errorf("a clip of 5 s in a scene of 2.5 s: %+v", p)
	}
	if s := l.Sounds[len(l.Sounds)-1]; s.Kind != timeline.SoundClip || s.SpeedNum != 2*s.SpeedDen {
		t.Errorf("its sound: %+v", s)
	}
}

func TestLoopAudioRepeatsTheNarration(t *testing.T) {
	t.Parallel()
	l := compute(storyboard.Scene{Parts: []storyboard.Part{speech()}, Shots: []storyboard.Shot{clip(script.LoopAudio)}}, 1, 5)
	var starts []int64
	for _, s := range l.Sounds {
		if s.Kind == timeline.SoundSpeech {
			starts = append(starts, s.Start)
		}
	}
	if len(starts) != 4 || starts[1] != 72000 {
		t.Errorf("narration of 1.5 s in 5 s begins at %v", starts)
	}
	last := l.Sounds[0]
	for _, s := range l.Sounds {
		if s.Kind == timeline.SoundSpeech {
			last = s
		}
	}
	if last.Start+last.Samples > l.Samples || last.Samples != 24000 {
		t.Errorf("the last repetition is not cut: %+v", last)
	}
}

func TestImagesShareAScene(t *testing.T) {
	t.Parallel()
	l := compute(storyboard.Scene{Shots: []storyboard.Shot{image(), image(), image()}, Duration: seconds(6)}, 0, 0)
	for i, p := range l.Scenes[0].Pictures {
		fade := int64(20)
		if i == 0 {
			fade = 0
		}
		if p.Frames != 100 || p.Fade != fade {
			t.Errorf("picture %d: %+v", i, p)
		}
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want frame.Rate }{
		{frame.Rate{Num: 30000, Den: 1001}, frame.Rate{Num: 30000, Den: 1001}},
		{frame.Rate{Num: 2997, Den: 100}, frame.Rate{Num: 30000, Den: 1001}},
		{frame.Rate{Num: 29, Den: 1}, frame.Rate{Num: 30000, Den: 1001}},
		{frame.Rate{Num: 240, Den: 1}, frame.Rate{Num: 60, Den: 1}},
		{frame.Rate{Num: 5, Den: 1}, frame.Rate{Num: 10, Den: 1}},
		{frame.Rate{Num: 2398, Den: 100}, frame.Rate{Num: 24000, Den: 1001}},
	} {
		if got := timeline.SnapToStandardRate(c.in); got != c.want {
			t.Errorf("%v snaps to %v, want %v", c.in, got, c.want)
		}
	}
}

// TestRateOfGIFs checks that GIFs can raise the frame rate of a film, and lower it only if nothing
// else moves.
func TestRateOfGIFs(t *testing.T) {
	t.Parallel()
	still, moving := image(), image()
	moving.Motion = frame.Zoom
	movie := clip("")
	for name, c := range map[string]struct {
		scenes []storyboard.Scene
		gif    int64 // frames per second
		still  bool
		want   int64
	}{
		"fast":                {[]storyboard.Scene{{Shots: []storyboard.Shot{gif("")}}}, 50, false, 50},
		"slow":                {[]storyboard.Scene{{Shots: []storyboard.Shot{gif("")}}, {Shots: []storyboard.Shot{still}}}, 10, false, 10},
		"of a single picture": {[]storyboard.Scene{{Shots: []storyboard.Shot{gif("")}}}, 10, true, 25},
		"slow, and a zoom": {[]storyboard.Scene{
			{Shots: []storyboard.Shot{gif("")}},
			{Shots: []storyboard.Shot{moving}},
		}, 10, false, 25},
		"slow, and crossfades": {[]storyboard.Scene{
			{Shots: []storyboard.Shot{gif("")}},
			{Shots: []storyboard.Shot{still, still}},
		}, 10, false, 25},
		"slow, and a transition": {[]storyboard.Scene{{Shots: []storyboard.Shot{gif("")}}, {
			Shots: []storyboard.Shot{still}, Transition: script.Transition{Type: "crossfade", Duration: time.Second},
		}}, 10, false, 25},
		"slower than a clip": {[]storyboard.Scene{{Shots: []storyboard.Shot{gif("")}}, {Shots: []storyboard.Shot{movie}}}, 10, false, 24},
		"faster than a clip": {[]storyboard.Scene{{Shots: []storyboard.Shot{gif("")}}, {Shots: []storyboard.Shot{movie}}}, 30, false, 30},
	} {
		files := map[string]timeline.Media{
			gif("").File: {Rate: frame.Rate{Num: c.gif, Den: 1}, Still: c.still}, movie.File: {Rate: frame.Rate{Num: 24, Den: 1}},
		}
		if got := timeline.ChooseFrameRate(&storyboard.Board{Scenes: c.scenes}, files); got.Num != c.want*got.Den {
			t.Errorf("%s: %v frames a second, want %d", name, got, c.want)
		}
	}
}

func TestAThousandScenesEndOnTheFrame(t *testing.T) {
	t.Parallel()
	b := &storyboard.Board{Film: storyboard.Film{FPS: frame.Rate{Num: 30000, Den: 1001}}}
	m := timeline.Measured{}
	for range 1000 {
		b.Scenes = append(b.Scenes, storyboard.Scene{Duration: seconds(1)})
		m.Speech = append(m.Speech, nil)
	}
	l := timeline.Compute(b, m)
	if l.Frames != 30000 || l.Samples != 48048000 {
		t.Errorf("%d frames and %d samples, want 30000 and 48048000", l.Frames, l.Samples)
	}
}

// computeLine returns the timeline of consecutive scenes, each with the arguments of compute.
func computeLine(scenes ...storyboard.Scene) *timeline.Line {
	b := &storyboard.Board{Film: storyboard.Film{Width: 64, Height: 64, FPS: frame.Rate{Num: fps, Den: 1}}}
	m := timeline.Measured{Files: map[string]timeline.Media{"c.mp4": {
		Length: big.NewRat(3, 1),
		Rate:   frame.Rate{Num: fps, Den: 1}, Sound: true,
	}}}
	for _, s := range scenes {
		lengths := make([]int64, len(s.Parts))
		for i, p := range s.Parts {
			if p.Kind == storyboard.Speech {
				lengths[i] = 2 * timeline.SampleRate
			}
		}
		b.Scenes, m.Speech = append(b.Scenes, s), append(m.Speech, lengths)
	}
	return timeline.Compute(b, m)
}

func enters(kind string, s float64, shots ...storyboard.Shot) storyboard.Scene {
	return storyboard.Scene{Transition: script.Transition{Type: kind, Duration: time.Duration(s * float64(time.Second))}, Shots: shots}
}

// TestTransitions checks that transitions are in the incoming scene and change no lengths.
func TestTransitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		scene storyboard.Scene
		fade  int64
		enter string
	}{
		{"a cut", enters("none", 0, image()), 0, ""},
		{"half a second", enters("radial", 0.5, image()), 25, "radial"},
		{"to the nearest frame", enters("crossfade", 0.329, image()), 16, "crossfade"},
		{"longer than the scene", enters("circle", 7, image()), 50, "circle"},
		{"longer than the first picture", enters("circle", 0.9, image(), image()), 25, "circle"},
		{"over a clip", enters("dissolve", 1, clip("")), 50, "dissolve"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := computeLine(storyboard.Scene{}, c.scene)
			first := l.Scenes[1].Pictures[0]
			if first.Fade != c.fade || first.Enter != c.enter {
				t.Errorf("it enters by %q for %d frames, want %q for %d", first.Enter, first.Fade, c.enter, c.fade)
			}
			plain := c.scene
			plain.Transition = script.Transition{}
			if other := computeLine(storyboard.Scene{}, plain); other.Frames != l.Frames || other.Samples != l.Samples {
				t.Errorf("the film has %d frames, without the transition %d", l.Frames, other.Frames)
			}
		})
	}
	many := make([]storyboard.Scene, 25)
	for i := range many {
		many[i] = enters("crossfade", 0.5, image())
	}
	l := computeLine(many...)
	if l.Frames != 25*fps || l.Scenes[0].Pictures[0].Fade != 0 {
		t.Errorf("%d frames, the first scene enters for %d", l.Frames, l.Scenes[0].Pictures[0].Fade)
	}
	heard := computeLine(storyboard.Scene{}, enters("dissolve", 1, clip("")))
	if got := heard.Sounds[0].FadeIn; got < timeline.SampleRate-1024 || got > timeline.SampleRate+1024 {
		t.Errorf("the clip's sound fades in over %d samples", got)
	}
}

// TestSteps checks that reveal steps begin with paragraphs of the narration, or share the available
// time.
func TestSteps(t *testing.T) {
	t.Parallel()
	said := func(paragraphs ...int) (out []storyboard.Part) {
		for _, p := range paragraphs {
			out = append(out, storyboard.Part{Kind: storyboard.Speech, Text: "x", Paragraph: p})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		parts []storyboard.Part
		steps int
		want  []int64 // tenths of a second from the scene's start
	}{
		{"one state", said(0), 1, nil},
		{"a paragraph each", said(0, 1, 2), 3, []int64{0, 20, 40}},
		{"several sentences a paragraph", said(0, 0, 1, 1), 2, []int64{0, 40}},
		{"more paragraphs than states", said(0, 1, 2, 3), 2, []int64{0, 20}},
		{"more states than paragraphs", said(0, 1), 4, []int64{0, 20, 28, 36}},
		{"one paragraph", said(0, 0), 3, []int64{0, 15, 30}},
		{"silence", nil, 2, []int64{0, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := storyboard.Scene{Parts: c.parts, Slides: []storyboard.Slide{{Steps: 1}, {Steps: c.steps, Reveal: true}}}
			l := computeLine(storyboard.Scene{}, s)
			var got []int64
			for _, at := range l.Scenes[1].Steps {
				got = append(got, (at-l.Scenes[1].Start)*10/fps)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestLongest checks that a film that is too long is reported at the cause, and that the maximum
// length is allowed.
func TestLongest(t *testing.T) {
	t.Parallel()
	at := func(line int) diag.Range { return diag.Range{File: "s.md", Start: diag.Pos{Line: line, Column: 1}} }
	hours := func(h float64) *time.Duration { return seconds(h * 3600) }
	paused := func(h float64) storyboard.Part { p := pause(h * 3600); p.Range = at(7); return p }
	long := clip(script.Freeze)
	long.File, long.Range = "long.mp4", at(8)
	files := map[string]timeline.Media{
		"c.mp4": {Length: big.NewRat(2, 1), Rate: frame.Rate{
			Num: 25,
			Den: 1,
		}}, "long.mp4": {Length: big.NewRat(9_999_999, 1), Rate: frame.Rate{Num: 25, Den: 1}},
	}
	for _, c := range []struct {
		name   string
		scenes []storyboard.Scene
		line   int // line of the finding, or 0 for none
		says   string
	}{
		{"ten hours", []storyboard.Scene{{Duration: hours(4)}, {Duration: hours(6)}}, 0, ""},
		{"a second more", []storyboard.Scene{{Duration: hours(4)}, {Duration: hours(6)}, {}}, 3, "10 hours and 1 minutes"},
		{"one scene", []storyboard.Scene{{Duration: hours(24)}, {}}, 1, "24 hours and 0 minutes"},
		{"a pause", []storyboard.Scene{{}, {Parts: []storyboard.Part{pause(1), paused(11)}}}, 7, "11 hours"},
		{"many pauses", []storyboard.Scene{{Parts: slices.Repeat([]storyboard.Part{paused(5)}, 4000)}}, 1, "20000 hours"},
		{"a clip", []storyboard.Scene{{Shots: []storyboard.Shot{clip(script.Freeze), long}}}, 8, "2777 hours and 47 minutes"},
		{"a clip that is cut", []storyboard.Scene{{Shots: []storyboard.Shot{long}, Duration: hours(1)}}, 0, ""},
		{"a short voice for ever", []storyboard.Scene{{
			Shots: []storyboard.Shot{clip(script.LoopAudio)},
			Sync:  script.LoopAudio, Parts: []storyboard.Part{pause(0.01)}, Duration: hours(24),
		}}, 1, "24 hours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := timeline.Measured{Files: files}
			for i := range c.scenes {
				c.scenes[i].Range = at(i + 1)
				m.Speech = append(m.Speech, make([]int64, len(c.scenes[i].Parts)))
			}
			list := timeline.CheckLength(&storyboard.Board{Scenes: c.scenes}, m)
			if c.line == 0 && len(list) == 0 {
				return
			}
			if len(list) != 1 || c.line == 0 {
				t.Fatalf("%d findings: %+v", len(list), list)
			}
			if d := list[0]; d.Severity != diag.Error || d.Range.Start.Line != c.line ||
				!strings.Contains(d.Summary, c.says) || !strings.Contains(d.Detail, "up to 10 hours") || d.Hint == "" {
				t.Errorf("%+v", d)
			}
		})
	}
}
