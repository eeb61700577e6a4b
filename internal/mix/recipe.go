package mix

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/media"
	"mynah/internal/music"
	"mynah/internal/part"
	"mynah/internal/sound"
	"mynah/internal/timeline"
)

// HeardSound is a sound in a chunk, timed from the start of the chunk.
type HeardSound struct {
	Source cache.Key `json:"source" part:"what is heard"`
	// From is the first audible sample of the source.
	From    int64        `json:"from,omitempty" part:"what is heard"`
	Loop    bool         `json:"loop,omitempty" part:"what is heard"`
	Start   int64        `json:"start" part:"when it is heard"`
	Samples int64        `json:"samples" part:"when it is heard"`
	Gain    int64        `json:"gain" part:"how loud it is"`
	FadeIn  int64        `json:"fadeIn,omitempty" part:"how loud it is"`
	FadeOut int64        `json:"fadeOut,omitempty" part:"how loud it is"`
	Ducks   []sound.Duck `json:"ducks,omitempty" part:"how loud it is"`
}

// Chunk is the recipe of an encoded chunk of the soundtrack.
type Chunk struct {
	Heard   []HeardSound `json:"heard"`
	Packets int64        `json:"packets" part:"when it is heard"`
	Master  sound.Master `json:"master" part:"how loud it is"`
	AAC     ffmpeg.AAC   `json:"aac" part:"the sound's quality or encoder"`
	Tool    string       `json:"tool" part:"the sound's quality or encoder"`
}

// Kind implements part.Recipe.
func (Chunk) Kind() part.Kind { return part.Sound }

// Version implements part.Recipe.
func (Chunk) Version() int { return 3 }

// Loudness is the recipe of a chunk's loudness before encoding.
type Loudness struct {
	Heard    []HeardSound `json:"heard"`
	Packets  int64        `json:"packets"`
	Channels int          `json:"channels"`
	Master   sound.Master `json:"master"`
	Tool     string       `json:"tool"`
}

// Kind implements part.Recipe.
func (Loudness) Kind() part.Kind { return "loudness" }

// Version implements part.Recipe.
func (Loudness) Version() int { return 4 }

// Samples is the recipe of a file's sound as raw samples.
type Samples struct {
	Content cache.Key `json:"content"`
	// From and Length are in microseconds of the file; Length 0 means to its end.
	From     int64  `json:"from,omitempty"`
	Length   int64  `json:"length,omitempty"`
	SpeedNum int64  `json:"speedNum,omitempty"`
	SpeedDen int64  `json:"speedDen,omitempty"`
	Channels int    `json:"channels"`
	Surround bool   `json:"surround,omitempty"`
	Tool     string `json:"tool"`
}

// Kind implements part.Recipe.
func (Samples) Kind() part.Kind { return "samples" }

// Version implements part.Recipe.
func (Samples) Version() int { return 3 }

// Music is the recipe of a built-in track as raw samples.
type Music struct {
	Track    string `json:"track"`
	Composer string `json:"composer"` // version of package music
}

// Kind implements part.Recipe.
func (Music) Kind() part.Kind { return "music" }

// Version implements part.Recipe.
func (Music) Version() int { return 2 }

// listHeardSounds lists the sounds of a chunk.
func (t *Soundtrack) listHeardSounds(p sound.Chunk) []HeardSound {
	var out []HeardSound
	for n, c := range p.ListTrimmedClips(t.clips) {
		out = append(out, HeardSound{
			Source: t.sources[p.Heard[n]], From: c.From, Loop: c.Loop, Start: c.Start, Samples: c.Samples,
			Gain: c.Gain, FadeIn: c.FadeIn, FadeOut: c.FadeOut, Ducks: c.Ducks,
		})
	}
	return out
}

// newChunkRecipe returns the recipe of a chunk, and its name in explanations.
func (x *Mixer) newChunkRecipe(t *Soundtrack, p sound.Chunk) (Chunk, part.Label) {
	byStart := func(s timeline.Scene, at int64) int { return cmp.Compare(s.Sound, at) }
	scene, _ := slices.BinarySearchFunc(x.in.Line.Scenes, p.First*sound.Grid+1, byStart)
	at := time.Duration(p.First) * sound.Grid * time.Second / timeline.SampleRate
	name := fmt.Sprintf("%.1f s from %.1f s on", float64(p.Packets)*sound.Grid/timeline.SampleRate, at.Seconds())
	recipe := Chunk{
		Heard: t.listHeardSounds(p), Packets: p.Packets, Master: t.master, AAC: x.NewAAC(t.Channels), Tool: x.tools.Version,
	}
	return recipe,
		part.Label{Name: name, Scene: max(scene, 1)}
}

// countChannelsUpToTwo returns the number of channels of a sound that is not speech, at most 2.
func (x *Mixer) countChannelsUpToTwo(s timeline.Sound) int {
	if s.Builtin != "" {
		return music.Channels
	}
	if a := x.in.Files.GetUsable(s.File); a != nil && a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Channels > 1 {
		return 2
	}
	return 1
}

// newDecodeTask returns the task that decodes a sound.
func (x *Mixer) newDecodeTask(s timeline.Sound) decodeTask {
	channels := x.countChannelsUpToTwo(s)
	if s.Builtin != "" {
		return decodeTask{
			builtin: s.Builtin, in: ffmpeg.SoundInput{Channels: channels},
			key: part.ComputeKey(Music{Track: s.Builtin, Composer: music.Version}),
		}
	}
	a := x.in.Files.GetUsable(s.File)
	in := ffmpeg.SoundInput{Input: a.Input, Channels: channels, SpeedNum: s.SpeedNum, SpeedDen: s.SpeedDen}
	in.Surround = a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Channels > 2
	if s.Kind == timeline.SoundClip {
		in.From = toMicroseconds(s.From)
		in.Length = toMicroseconds(s.SourceSamples)
	}
	if s.Loop && a.Input.Format == media.MOV && a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Length != nil {
		// MP4 states where in the last packet the sound ends, but decoders continue to the end of the packet.
		// In a loop, this would be an audible gap.
		in.Length = timeline.ToMicroseconds(a.Info.Audio.Length)
	}
	d := decodeTask{in: in, name: s.File, place: x.in.Files.FindFirstUse(s.File)}
	bytes := func(us int64) int64 { return us * timeline.SampleRate / 1_000_000 * int64(channels) * 2 }
	if a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Length != nil {
		stated := timeline.ToMicroseconds(a.Info.Audio.Length)
		d.most = 2*bytes(max(stated, toMicroseconds(s.Samples))) + bytes(60_000_000)
		if s.Kind != timeline.SoundClip {
			// Containers may state a little more than there is.
			d.least = bytes(stated*97/100 - 500_000)
		}
	}
	d.key = part.ComputeKey(Samples{
		Content: a.Content, From: in.From, Length: in.Length, SpeedNum: in.SpeedNum, SpeedDen: in.SpeedDen,
		Channels: channels, Surround: in.Surround, Tool: x.tools.Version,
	})
	return d
}

// toMicroseconds converts samples to microseconds.
func toMicroseconds(samples int64) int64 { return samples * 1_000_000 / timeline.SampleRate }
