package mix

import (
	"context"
	"fmt"
	"io"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/sound"
	"mynah/internal/speech"
	"mynah/internal/timeline"
)

// Soundtrack is the soundtrack: the clips to mix, and the chunks in which their sum is encoded.
type Soundtrack struct {
	// sources contains the cache key of each clip's source.
	clips   []sound.Clip
	sources []cache.Key // of the clips
	// Channels is 1 or 2.
	Channels int
	// Runs is the encoded soundtrack, in order.
	Runs []film.PacketRun
	// master is applied to the sum of all clips.
	master sound.Master
	// todo contains the chunks that are not in the cache.
	todo []chunkTask
	// decodes contains the sounds of files by the key of their source.
	decodes map[cache.Key]decodeTask
}

// chunkTask is a chunk of the soundtrack that is not in the cache.
type chunkTask struct {
	sound.Chunk
	key cache.Key
}

// newDecodeTask decodes a range of a file's sound to raw samples.
type decodeTask struct {
	in    ffmpeg.SoundInput
	key   cache.Key
	place diag.Range
	name  string
	// least is the minimum size of the result in bytes, below which the file is truncated; most is the maximum.
	least, most int64
	// builtin is the name of a built-in track to render instead of a file.
	builtin string
}

// pcm is a sound.Source with raw samples in the cache.
type pcm struct {
	store    *cache.Store
	kind     cache.Kind
	key      cache.Key
	channels int
}

// Channels implements sound.Source.
func (p pcm) Channels() int { return p.channels }

// Frames implements sound.Source.
func (p pcm) Frames() (int64, error) {
	e, ok := p.store.OpenEntry(p.kind, p.key)
	if !ok {
		return 0, p.newLostError()
	}
	defer func() { _ = e.Close() }()
	return e.Size() / int64(p.channels) / 2, nil
}

// newLostError returns the error for samples that are no longer in the cache.
func (p pcm) newLostError() error {
	return fmt.Errorf("%w (%s)", cache.ErrLost, p.key)
}

// Open implements sound.Source.
func (p pcm) Open(frame int64) (io.ReadCloser, error) {
	e, ok := p.store.OpenEntry(p.kind, p.key)
	if !ok {
		return nil, p.newLostError()
	}
	_, err := e.Seek(frame*int64(p.channels)*2, io.SeekStart)
	if err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// PlanSoundtrack converts the sounds of the timeline to clips.
func (x *Mixer) PlanSoundtrack() *Soundtrack {
	t := &Soundtrack{Channels: 1}
	for _, s := range x.in.Line.Sounds {
		if s.Kind != timeline.SoundSpeech && x.countChannelsUpToTwo(s) > 1 {
			t.Channels = 2
		}
	}
	decode := map[cache.Key]decodeTask{}
	for _, s := range x.in.Line.Sounds {
		c := sound.Clip{
			Start: s.Start, Samples: s.Samples, Loop: s.Loop, Gain: s.Gain, FadeIn: s.FadeIn, FadeOut: s.FadeOut,
		}
		for _, d := range s.Ducks {
			c.Ducks = append(c.Ducks, sound.Duck{
				From: d.From, To: d.To, Down: timeline.DuckDown, Up: timeline.DuckUp, Depth: s.DuckDepth,
			})
		}
		var source cache.Key
		if s.Kind == timeline.SoundSpeech {
			spoken := x.in.Spoken.Sentences[s.Scene][s.Item]
			source = spoken.Key
			c.Source = speech.NewSource(x.in.Booth, spoken)
		} else {
			task := x.newDecodeTask(s)
			source = task.key
			c.Source = pcm{store: x.Store, kind: cache.Sounds, key: task.key, channels: task.in.Channels}
			decode[task.key] = task
		}
		t.clips, t.sources = append(t.clips, c), append(t.sources, source)
	}
	t.decodes = decode
	return t
}

// cutIntoChunks cuts the track into chunks at the starts of scenes and at silence.
func (x *Mixer) cutIntoChunks(t *Soundtrack) []sound.Chunk {
	var scenes []int64
	for _, s := range x.in.Line.Scenes {
		scenes = append(scenes, s.Sound)
	}
	return sound.CutIntoChunks(t.clips, scenes, x.in.Line.Samples)
}

// setGainAndPlanChunks sets the gain, and lists the chunks that must be encoded.
func (x *Mixer) setGainAndPlanChunks(ctx context.Context, t *Soundtrack, chunks []sound.Chunk) error {
	if err := x.setGainForTarget(ctx, t, chunks); err != nil {
		return err
	}
	seen := map[cache.Key]bool{}
	for _, p := range chunks {
		if p.Silent {
			t.Runs = append(t.Runs, film.PacketRun{Packets: p.Packets, Silent: true})
			continue
		}
		task := chunkTask{Chunk: p, key: x.Book.AddRecipe(x.newChunkRecipe(t, p))}
		t.Runs = append(t.Runs, film.PacketRun{Packets: p.Packets, Segment: task.key})
		if seen[task.key] || x.Store.HasEntry(cache.Sounds, task.key) {
			continue
		}
		seen[task.key] = true
		t.todo = append(t.todo, task)
	}
	return x.decodeSounds(ctx, t, t.todo)
}
