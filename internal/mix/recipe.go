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

// chunkKey addresses a piece as it is coded.
func (x *Mixer) chunkKey(t *Track, p sound.Piece) cache.Key {
	return x.heardKey("piece 2", t, p).String(fmt.Sprintf("%v", x.AAC(t.Channels))).
		Int(int64(t.master.Gain)).Bool(t.master.Limit).Key()
}

// heardKey addresses a piece by all that is heard in it, timed from its own beginning.
func (x *Mixer) heardKey(form string, t *Track, p sound.Piece) *cache.Hasher {
	k := cache.NewHasher(form).String(x.tools.Version).Int(p.Packets, int64(t.Channels))
	for n, c := range p.Part(t.clips) {
		source := t.sources[p.Heard[n]]
		k.Bytes(source[:]).Int(c.Start, c.Samples, c.From, c.Gain, c.FadeIn, c.FadeOut).Bool(c.Loop).Int(int64(len(c.Ducks)))
		for _, d := range c.Ducks {
			k.Int(d.From, d.To, d.Down, d.Up, d.Depth)
		}
	}
	return k
}

// addRecipe records what a chunk of sound is made of.
func (x *Mixer) addRecipe(t *Track, p chunkTask) {
	scene, _ := slices.BinarySearchFunc(x.in.Line.Scenes, p.First*sound.Grid+1, func(s timeline.Scene, at int64) int { return cmp.Compare(s.Sound, at) })
	var heard, times, levels []any
	for n, c := range p.Part(t.clips) {
		heard = append(heard, t.sources[p.Heard[n]])
		times = append(times, c.Start, c.Samples)
		levels = append(levels, c.Gain, c.FadeIn, c.FadeOut, c.Ducks)
	}
	levels = append(levels, t.master)
	at := time.Duration(p.First) * sound.Grid * time.Second / timeline.SampleRate
	x.Book.Add(p.key, part.Recipe{Kind: part.Sound, Name: fmt.Sprintf("%.1f s from %.1f s on", float64(p.Packets)*sound.Grid/timeline.SampleRate, at.Seconds()), Scene: max(scene, 1), Ingredients: []part.Ingredient{
		part.Of("what is heard", heard...), part.Of("when it is heard", append(times, p.Packets)...), part.Of("how loud it is", levels...),
		part.Of("the sound's quality or encoder", x.AAC(t.Channels), x.tools.Version),
	}})
}

// channels of a sound that is not speech, as far as Mynah keeps them apart.
func (x *Mixer) channels(s timeline.Sound) int {
	if s.Builtin != "" {
		return music.Channels
	}
	if a := x.in.Files.Get(s.File); a != nil && a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Channels > 1 {
		return 2
	}
	return 1
}

// decodeTask says which stretch of a file a sound is.
func (x *Mixer) decodeTask(s timeline.Sound) decodeTask {
	channels := x.channels(s)
	if s.Builtin != "" {
		return decodeTask{
			builtin: s.Builtin, in: ffmpeg.SoundInput{Channels: channels},
			key: cache.NewHasher("music").String(music.Version).String(s.Builtin).Key(),
		}
	}
	a := x.in.Files.Get(s.File)
	in := ffmpeg.SoundInput{Input: a.Input, Channels: channels, SpeedNum: s.SpeedNum, SpeedDen: s.SpeedDen}
	in.Surround = a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Channels > 2
	if s.Kind == timeline.SoundClip {
		in.From = micros(s.From)
		in.Length = micros(s.SourceSamples)
	}
	if s.Loop && a.Input.Format == media.MOV && a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Length != nil {
		// MP4 says where in the last packet the sound ends, and decoders go on to its end:
		// a gap that is heard whenever the sound begins again.
		in.Length = timeline.Microseconds(a.Info.Audio.Length)
	}
	d := decodeTask{in: in, name: s.File, place: x.in.Files.Place(s.File)}
	bytes := func(us int64) int64 { return us * timeline.SampleRate / 1_000_000 * int64(channels) * 2 }
	if a.Info != nil && a.Info.Audio != nil && a.Info.Audio.Length != nil {
		stated := timeline.Microseconds(a.Info.Audio.Length)
		d.most = 2*bytes(max(stated, micros(s.Samples))) + bytes(60_000_000)
		if s.Kind != timeline.SoundClip {
			// What containers state may be a little more than there is.
			d.least = bytes(stated*97/100 - 500_000)
		}
	}
	d.key = cache.NewHasher("pcm 2").String(x.tools.Version).Bytes(a.Content[:]).
		Int(in.From, in.Length, in.SpeedNum, in.SpeedDen, int64(channels)).Bool(in.Surround).Key()
	return d
}

func micros(samples int64) int64 { return samples * 1_000_000 / timeline.SampleRate }
