package mix

import (
	"testing"

	"mynah/internal/cache"
	"mynah/internal/music"
	"mynah/internal/sound"
	"mynah/internal/testrun"
	"mynah/internal/timeline"
)

// tone is the level of low.wav: a sine with half of full scale.
const tone, silent = -9.1, -100.0

// TestAudio checks that sounds are at their positions, silence is not encoded, and scenes begin new chunks.
func TestAudio(t *testing.T) {
	t.Parallel()
	d := newDesk(t, `
(pause: 2)
(audio: low.wav)
(pause: 3)

---
(pause: 1)
(audio: low.wav)

---
(duration: 2)
`)
	x, track := d.makeTrack(t)
	wantPieces(t, x, track,
		"silence 93",
		"sound of scene 1, 1.0 s from 2.0 s on: 49",
		"silence 209",
		"sound of scene 2, 1.0 s from 7.5 s on: 49",
		"silence 117")
	if track.Channels != 1 || len(track.todo) != 2 {
		t.Errorf("%d channels, %d chunks to make", track.Channels, len(track.todo))
	}
	pcm := d.decodeTrack(t, x, track)
	for _, c := range []struct{ from, to, want float64 }{
		{0, 1.9, silent}, {2.02, 2.98, tone}, {3.1, 7.4, silent}, {7.53, 8.48, tone}, {8.6, 10.9, silent},
	} {
		wantLevel(t, pcm, c.from, c.to, c.want)
	}
	d.checkNothingNew(t, track)
}

// TestMusic checks that music repeats without a gap, fades, and is softer during speech.
func TestMusic(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, `
(background: low.wav 0.5 fade-in)
(duration: 3)

---
(background: low.wav fade-out)

Words are spoken here.

(pause: 3)
`)
	x, track := d.makeTrack(t)
	wantPieces(t, x, track,
		"sound of scene 1, 3.0 s from 0.0 s on: 141",
		"sound of scene 2, 4.8 s from 3.0 s on: 226")
	pcm := d.decodeTrack(t, x, track)
	for _, c := range []struct{ from, to, want float64 }{
		{0, 0.1, -45.8}, {0.5, 0.6, -26.3}, {1, 1.1, -20.6}, {2, 2.75, tone - 6}, // fade-in, at half of its volume
		{4.85, 5.75, tone}, {6, 6.1, -10.2}, {7, 7.1, -17.5}, {7.6, 7.7, -31.4}, // fade-out
		{4.21, 4.23, tone - 9}, // on the ramp back
	} {
		wantLevel(t, pcm, c.from, c.to, c.want)
	}
	if task := x.newDecodeTask(d.Line.Sounds[1]); task.in.Length != 0 {
		t.Errorf("a sound that is not MP4 has a stated length: %+v", task)
	}
	spoken := d.Line.Sounds[0]
	want := sound.Duck{
		From: spoken.Start, To: spoken.Start + spoken.Samples, Down: timeline.DuckDown,
		Up: timeline.DuckUp, Depth: 90,
	}
	for _, c := range track.clips[1:] {
		if len(c.Ducks) != 1 || c.Ducks[0] != want {
			t.Errorf("music steps back %+v, want %+v", c.Ducks, want)
		}
	}
	d.checkNothingNew(t, track)
}

// TestClips checks the sound of clips: a range, with match at its new length, with loop repeated.
func TestClips(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, `
![](low.mp4)
(pause: 1)

---
![0.3-0.8](low.mp4)
(pause: 0.5)

---
![match](low.mp4)
(pause: 2)

---
![loop](low.mp4)
(pause: 2)

---
![mute](low.mp4)
(pause: 1)

---
(video:
  file: low.mp4
  volume: 0.5)
(pause: 1)
`)
	x, track := d.makeTrack(t)
	wantPieces(t, x, track,
		"sound of scene 1, 1.0 s from 0.0 s on: 47",
		"sound of scene 2, 0.5 s from 1.0 s on: 23",
		"sound of scene 3, 2.0 s from 1.5 s on: 94",
		"sound of scene 4, 2.0 s from 3.5 s on: 95",
		"silence 46",
		"sound of scene 6, 1.0 s from 6.5 s on: 48")
	pcm := d.decodeTrack(t, x, track)
	for _, c := range []struct{ from, to, want float64 }{
		{0, 0.35, silent},
		{0.42, 0.58, tone},
		{0.65, 1.05, silent},
		{1.12, 1.27, tone},
		{1.35, 2.15, silent},
		{2.33, 2.65, tone},
		{2.75, 3.8, silent},
		{3.92, 4.07, tone},
		{4.2, 4.8, silent},
		{4.92, 5.07, tone},
		{5.2, 6.8, silent},
		{6.92, 7.07, tone - 6},
		{7.2, 7.4, silent},
	} {
		wantLevel(t, pcm, c.from, c.to, c.want)
	}
	d.checkNothingNew(t, track)
}

// TestChannels checks that a single sound with two channels makes the soundtrack stereo.
func TestChannels(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, "(audio: low.wav)\n\n---\n(audio: wide.wav)\n")
	x, track := d.makeTrack(t)
	if track.Channels != 2 || x.NewAAC(1).BitRate*2 != x.NewAAC(2).BitRate || x.NewAAC(2).BitRate != x.tools.BitRate {
		t.Errorf("%d channels, %+v, %+v", track.Channels, x.NewAAC(1), x.NewAAC(2))
	}
	pcm := d.decodeTrack(t, x, track)
	wantLevel(t, pcm, 0.1, 0.9, tone)
	wantLevel(t, pcm, 1.6, 2.4, tone)
	if a := x.newDecodeTask(d.Line.Sounds[1]); a.in.Channels != 2 || a.in.Surround {
		t.Errorf("%+v", a.in)
	}
}

// TestDecodeTasks checks the range of a file that is decoded, and its minimum and maximum size.
func TestDecodeTasks(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, `
(audio: low.wav)

---
![0.3-0.8 match](low.mp4)
(pause: 1)

---
![loop](low.mp4)
(pause: 2)

---
(background: ukulele-1)
(duration: 1)
`)
	d.WriteMedia(t, "six.wav", "-f lavfi -i aevalsrc=0|0|0|0|0|0.1*sin(1000*PI*t):c=5.1:s=48000:d=4")
	x := d.mixer(t)
	const second = 48000 * 2
	sounds := d.Line.Sounds
	var audio, segment, loop, builtin decodeTask
	for _, s := range sounds {
		switch {
		case s.Builtin != "":
			builtin = x.newDecodeTask(s)
		case s.Kind == timeline.SoundAudio:
			audio = x.newDecodeTask(s)
		case s.Scene == 1:
			segment = x.newDecodeTask(s)
		default:
			loop = x.newDecodeTask(s)
		}
	}
	if audio.name != "low.wav" || audio.place.Start.Line != 9 || audio.in.From != 0 || audio.in.Length != 0 ||
		audio.least != second*47/100 || audio.most != 2*second+60*second {
		t.Errorf("audio: %+v", audio)
	}
	if segment.in.From != 300_000 || segment.in.Length != 500_000 || segment.in.SpeedNum == segment.in.SpeedDen ||
		segment.least != 0 {
		t.Errorf("segment: %+v", segment)
	}
	if loop.in.Length < 990_000 || loop.in.Length > 1_030_000 {
		t.Errorf("loop: %+v", loop)
	}
	if builtin.builtin != "ukulele-1" || builtin.in.Channels != music.Channels || x.PlanSoundtrack().Channels != 2 {
		t.Errorf("builtin: %+v", builtin)
	}
	keys := map[cache.Key]bool{audio.key: true, segment.key: true, loop.key: true, builtin.key: true}
	if len(keys) != 4 {
		t.Error("two of them have one key")
	}
	d.WriteMedia(t, "song.m4a", "-f lavfi -i aevalsrc=0.1*sin(1000*PI*t):s=48000:d=1.2345 -c:a aac")
	d.plan(t, "(background: song.m4a)\n(duration: 3)\n")
	if song := d.mixer(t).newDecodeTask(d.Line.Sounds[0]); song.in.Length < 1_230_000 || song.in.Length > 1_260_000 {
		t.Errorf("an MP4 that begins again: %+v", song)
	}
	d.plan(t, "(audio: six.wav)\n")
	if six := d.mixer(t).newDecodeTask(d.Line.Sounds[0]); !six.in.Surround || six.in.Channels != 2 ||
		six.most != 2*4*2*second+60*2*second ||
		six.least != 2*second*(4*97-50)/100 {
		t.Errorf("six channels: %+v", six)
	}
}

// TestBuiltinMusic checks that built-in music is rendered, not decoded.
func TestBuiltinMusic(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	d := newDesk(t, "(background: ukulele-1)\n(duration: 1)\n")
	x, track := d.makeTrack(t)
	pcm := d.decodeTrack(t, x, track)
	if l := level(pcm, 0.1, 0.9); l < -40 {
		t.Errorf("its level is %.1f dB", l)
	}
}
