package mix

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/music"
	"mynah/internal/proc"
	"mynah/internal/sound"
	"mynah/internal/timeline"
)

// MakeSoundtrack decodes, mixes and encodes the missing chunks of a track. It returns findings for sounds that cannot
// be read.
func (x *Mixer) MakeSoundtrack(ctx context.Context, t *Soundtrack) (diag.List, error) {
	err := x.setGainAndPlanChunks(ctx, t, x.cutIntoChunks(t))
	if err == nil && len(t.todo) > 0 {
		err = x.encodeMissingChunks(ctx, t)
	}
	return splitFindingsFromError(err)
}

// MakeChunksBefore decodes, mixes and encodes the chunks that end before a sample of the track. It uses the gain of
// these chunks alone, which is probably also that of the whole track. The other chunks may still change.
func (x *Mixer) MakeChunksBefore(ctx context.Context, sample int64) error {
	t := x.PlanSoundtrack()
	chunks := slices.DeleteFunc(x.cutIntoChunks(t),
		func(p sound.Chunk) bool { return (p.First+p.Packets)*sound.Grid > sample })
	if len(chunks) == 0 {
		return nil
	}
	if err := x.setGainAndPlanChunks(ctx, t, chunks); err != nil || len(t.todo) == 0 {
		return err
	}
	return x.encodeMissingChunks(ctx, t)
}

// DecodeAllSounds writes the decoded sounds of all files of a track to the cache. It returns findings for sounds that
// cannot be read.
func (x *Mixer) DecodeAllSounds(ctx context.Context, t *Soundtrack) (diag.List, error) {
	all := chunkTask{}
	for i := range t.clips {
		all.Heard = append(all.Heard, i)
	}
	return splitFindingsFromError(x.decodeSounds(ctx, t, []chunkTask{all}))
}

// unreadableError contains findings about sounds that cannot be read.
type unreadableError struct{ list diag.List }

// Error implements error.
func (e *unreadableError) Error() string { return e.list[0].Error() }

// splitFindingsFromError returns the findings in an error, or the error if it contains none.
func splitFindingsFromError(err error) (diag.List, error) {
	if e, ok := errors.AsType[*unreadableError](err); ok {
		return e.list, nil
	}
	return nil, err
}

// decodeSounds writes the decoded sounds of the files that chunks need to the cache.
func (x *Mixer) decodeSounds(ctx context.Context, t *Soundtrack, chunks []chunkTask) error {
	var todo []decodeTask
	seen := map[cache.Key]bool{}
	for _, p := range chunks {
		for _, i := range p.Heard {
			if d, ok := t.decodes[t.sources[i]]; ok && !seen[d.key] && !x.Store.HasEntry(cache.Sounds, d.key) {
				seen[d.key] = true
				todo = append(todo, d)
			}
		}
	}
	var list diag.List
	fails := make([]error, len(todo))
	g, gctx := x.NewGroup(ctx, doing, 0)
	for i, d := range todo {
		g.Go(0, func() error {
			err := x.Store.Put(cache.Sounds, d.key, func(w io.Writer) error {
				if d.builtin != "" {
					return music.WriteRawSamples(w, d.builtin)
				}
				counted := &counter{w: w, most: d.most}
				err := x.tools.FFmpeg.WriteDecodedSound(gctx, d.in, timeline.SampleRate, counted)
				if err == nil && counted.n < d.least {
					err = errCutOff
				}
				return err
			})
			if err != nil && gctx.Err() == nil && (blame.MayBeInputError(err) || errors.Is(err, errCutOff)) {
				fails[i], err = err, nil
			}
			return blame.ToToolFault(err, d.place, d.name)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, err := range fails {
		if err != nil {
			d := list.Errorf(todo[i].place, "the sound of %q cannot be read: %s", todo[i].name, blame.FormatReason(err))
			d.Hint = "check that the file plays, and export it again"
		}
	}
	if len(list) > 0 {
		return &unreadableError{list}
	}
	return nil
}

// Limits of the batch that one process encodes. Starting a process takes as long as encoding ten seconds.
const (
	leastBatch  = 20 * timeline.SampleRate / sound.Grid  // minimum packets
	mostBatch   = 120 * timeline.SampleRate / sound.Grid // maximum packets
	batchChunks = 24                                     // maximum chunks
)

// splitIntoBatches divides the chunks so that all workers have work.
func (x *Mixer) splitIntoBatches(todo []chunkTask) [][]chunkTask {
	var total int64
	for _, p := range todo {
		total += p.Packets + 2*sound.Lead
	}
	most := min(max(total/int64(x.Jobs)+1, leastBatch), mostBatch)
	var out [][]chunkTask
	var n int64
	for _, p := range todo {
		if k := len(out); k == 0 || n >= most || len(out[k-1]) == batchChunks {
			out, n = append(out, nil), 0
		}
		k := len(out) - 1
		out[k] = append(out[k], p)
		n += p.Packets + 2*sound.Lead
	}
	return out
}

// encodeMissingChunks mixes and encodes the missing chunks in parallel.
func (x *Mixer) encodeMissingChunks(ctx context.Context, t *Soundtrack) error {
	g, ctx := x.NewGroup(ctx, doing, float64(len(t.todo)))
	for b, batch := range x.splitIntoBatches(t.todo) {
		g.Go(float64(len(batch)), func() error {
			var jobs []film.ChunkTask
			var keys []cache.Key
			for i, p := range batch {
				path := filepath.Join(x.Work, fmt.Sprintf("sound-%d-%d", b, i))
				jobs = append(jobs, film.ChunkTask{Key: p.key, PCM: path, Skip: sound.Lead, Packets: p.Packets})
				keys = append(keys, p.key)
			}
			return x.MakeParts(ctx, func() error { return x.encodeBatch(ctx, t, batch, jobs) }, keys...)
		})
	}
	return g.Wait()
}

// encodeBatch mixes chunks to files and encodes the files.
func (x *Mixer) encodeBatch(ctx context.Context, t *Soundtrack, batch []chunkTask, jobs []film.ChunkTask) error {
	for i, p := range batch {
		if err := mixChunkToFile(ctx, p, t, jobs[i].PCM); err != nil {
			return err
		}
	}
	encoder := film.NewEncoder(x.tools.FFmpeg, x.Store, ffmpeg.Picture{}, x.tools.Version)
	return encoder.EncodeChunks(ctx, x.NewAAC(t.Channels), jobs)
}

// mixChunkToFile mixes a chunk to a file of raw samples.
func mixChunkToFile(ctx context.Context, p chunkTask, t *Soundtrack, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(sound.WriteMastered(ctx, p.ListTrimmedClips(t.clips), p.CountEncodedSamples(), t.Channels, t.master,
		f), f.Close())
}

// errCutOff means that a sound ends long before the time that its file states.
var errCutOff = errors.New("it is shorter than its header says: the file is truncated or damaged")

// counter is a writer that counts bytes and fails after most bytes.
type counter struct {
	w       io.Writer
	n, most int64
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	if c.n += int64(len(b)); c.most > 0 && c.n > c.most {
		return 0, &proc.OutputError{Program: "ffmpeg", Max: c.most}
	}
	return c.w.Write(b)
}
