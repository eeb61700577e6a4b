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

// Track is the sound of the film: the clips to be mixed, and the chunks that their sum
// is coded in.
type Track struct {
	clips   []sound.Clip
	sources []cache.Key // of the clips
	// Channels is 1 or 2.
	Channels int
	// Runs are the coded soundtrack, in order.
	Runs []film.PacketRun
	// master is what is done to the sum of all.
	master sound.Master
	// todo are the chunks that are not in the cache.
	todo []chunkTask
	// decodes are the sounds of files, by their sources.
	decodes map[cache.Key]decodeTask
}

// chunkTask is a chunk of the sound track that is not in the cache.
type chunkTask struct {
	sound.Chunk
	key cache.Key
}

// decodeTask is a stretch of a file's sound that is not in the cache as raw samples.
type decodeTask struct {
	in    ffmpeg.SoundInput
	key   cache.Key
	place diag.Range
	name  string
	// least bytes must come of it, or the file is cut off; most may.
	least, most int64
	// builtin names a track of our own, which is played instead.
	builtin string
}

// pcm is raw sound in the cache.
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
	e, ok := p.store.Open(p.kind, p.key)
	if !ok {
		return 0, p.lost()
	}
	defer func() { _ = e.Close() }()
	return e.Size() / int64(p.channels) / 2, nil
}

func (p pcm) lost() error {
	return fmt.Errorf("%w (%s)", cache.ErrLost, p.key)
}

// Open implements sound.Source.
func (p pcm) Open(frame int64) (io.ReadCloser, error) {
	e, ok := p.store.Open(p.kind, p.key)
	if !ok {
		return nil, p.lost()
	}
	_, err := e.Seek(frame*int64(p.channels)*2, io.SeekStart)
	if err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// Plan turns the sounds of the line into clips.
func (x *Mixer) Plan() *Track {
	t := &Track{Channels: 1}
	for _, s := range x.in.Line.Sounds {
		if s.Kind != timeline.SoundSpeech && x.channels(s) > 1 {
			t.Channels = 2
		}
	}
	decode := map[cache.Key]decodeTask{}
	for _, s := range x.in.Line.Sounds {
		c := sound.Clip{Start: s.Start, Samples: s.Samples, Loop: s.Loop, Gain: s.Gain, FadeIn: s.FadeIn, FadeOut: s.FadeOut}
		for _, d := range s.Ducks {
			c.Ducks = append(c.Ducks, sound.Duck{From: d.From, To: d.To, Down: timeline.DuckDown, Up: timeline.DuckUp, Depth: s.DuckDepth})
		}
		var source cache.Key
		if s.Kind == timeline.SoundSpeech {
			spoken := x.in.Spoken.Sentences[s.Scene][s.Item]
			source = spoken.Key
			c.Source = speech.Source(x.in.Booth, spoken)
		} else {
			task := x.decodeTask(s)
			source = task.key
			c.Source = pcm{store: x.Store, kind: cache.Sounds, key: task.key, channels: task.in.Channels}
			decode[task.key] = task
		}
		t.clips, t.sources = append(t.clips, c), append(t.sources, source)
	}
	t.decodes = decode
	return t
}

// cut cuts the track into chunks, at scenes and where it is silent.
func (x *Mixer) cut(t *Track) []sound.Chunk {
	var scenes []int64
	for _, s := range x.in.Line.Scenes {
		scenes = append(scenes, s.Sound)
	}
	return sound.Cut(t.clips, scenes, x.in.Line.Samples)
}

// planChunks cuts the track into chunks, and lists what must be coded.
func (x *Mixer) planChunks(ctx context.Context, t *Track, chunks []sound.Chunk) error {
	if err := x.balance(ctx, t, chunks); err != nil {
		return err
	}
	seen := map[cache.Key]bool{}
	for _, p := range chunks {
		if p.Silent {
			t.Runs = append(t.Runs, film.PacketRun{Packets: p.Packets, Silent: true})
			continue
		}
		task := chunkTask{Chunk: p, key: x.Book.Add(x.chunk(t, p))}
		t.Runs = append(t.Runs, film.PacketRun{Packets: p.Packets, Segment: task.key})
		if seen[task.key] || x.Store.Has(cache.Sounds, task.key) {
			continue
		}
		seen[task.key] = true
		t.todo = append(t.todo, task)
	}
	return x.decode(ctx, t, t.todo)
}
