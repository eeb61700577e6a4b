package studio

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/loudness"
	"mynah/internal/media"
	"mynah/internal/music"
	"mynah/internal/proc"
	"mynah/internal/sound"
	"mynah/internal/timeline"
)

// track is the sound of the film: the clips to be mixed, and the pieces that their sum
// is coded in.
type track struct {
	clips    []sound.Clip
	sources  []cache.Key // of the clips
	channels int
	sound    []film.SoundPiece
	// master is what is done to the sum of all.
	master sound.Master
	// todo are the pieces that are not in the cache.
	todo []pieceTask
	// decodes are the sounds of files, by their sources.
	decodes map[cache.Key]decodeTask
}

// pieceTask is a piece of the sound track that is not in the cache.
type pieceTask struct {
	sound.Piece
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

// planSound turns the sounds of the line into clips.
func (j *job) planSound() *track {
	t := &track{channels: 1}
	for _, s := range j.line.Sounds {
		if s.Kind != timeline.SoundSpeech && j.channels(s) > 1 {
			t.channels = 2
		}
	}
	decode := map[cache.Key]decodeTask{}
	for _, s := range j.line.Sounds {
		c := sound.Clip{Start: s.Start, Samples: s.Samples, Loop: s.Loop, Gain: s.Gain, FadeIn: s.FadeIn, FadeOut: s.FadeOut}
		for _, d := range s.Ducks {
			c.Ducks = append(c.Ducks, sound.Duck{From: d.From, To: d.To, Down: timeline.DuckDown, Up: timeline.DuckUp, Depth: s.DuckDepth})
		}
		var source cache.Key
		if s.Kind == timeline.SoundSpeech {
			spoken := j.spoken[s.Scene][s.Item]
			source = spoken.Key
			c.Source = j.speech(spoken)
		} else {
			task := j.decodeTask(s)
			source = task.key
			c.Source = pcm{store: j.store, kind: cache.Sounds, key: task.key, channels: task.in.Channels}
			decode[task.key] = task
		}
		t.clips, t.sources = append(t.clips, c), append(t.sources, source)
	}
	t.decodes = decode
	return t
}

// planPieces cuts the track into pieces, and lists what must be coded.
func (j *job) planPieces(ctx context.Context, t *track) error {
	var scenes []int64
	for _, s := range j.line.Scenes {
		scenes = append(scenes, s.Sound)
	}
	pieces := sound.Cut(t.clips, scenes, j.line.Samples)
	if err := j.balance(ctx, t, pieces); err != nil {
		return err
	}
	seen := map[cache.Key]bool{}
	for _, p := range pieces {
		if p.Silent {
			t.sound = append(t.sound, film.SoundPiece{Packets: p.Packets, Silent: true})
			continue
		}
		task := pieceTask{Piece: p, key: j.pieceKey(t, p)}
		t.sound = append(t.sound, film.SoundPiece{Packets: p.Packets, Segment: task.key})
		j.soundPart(t, task)
		if seen[task.key] || j.store.Has(cache.Sounds, task.key) {
			continue
		}
		seen[task.key] = true
		t.todo = append(t.todo, task)
	}
	return j.decode(ctx, t, t.todo)
}

// balance finds the film's gain: what brings all of it to the level that it is to have. The
// more gain, the more the limiter takes; so where the gain turns out to be far from that at
// which it was measured, all is measured again. A film that the limiter does not let reach its
// level stays below it.
func (j *job) balance(ctx context.Context, t *track, pieces []sound.Piece) error {
	level, ok := j.board.Level()
	if !ok {
		return nil
	}
	const (
		rounds = 5
		near   = 1    // half decibels, for which the limiter does nearly the same
		most   = 40   // half decibels
		least  = 0.25 // of a decibel, by which one more must make the film louder
	)
	// Sentences have their level already; in two channels they are heard 3 dB louder.
	begin := -6 * (t.channels - 1)
	t.master = sound.Master{Limit: true, Gain: begin}
	var before float64
	for round, step := 0, 0; round < rounds; round++ {
		heard, err := j.listen(ctx, t, pieces)
		if err != nil {
			return err
		}
		worth := 1.0
		if step != 0 {
			worth = min((heard-before)*2/float64(step), 1)
		}
		if worth < least {
			// The limiter takes nearly all: more gain would lift only what is soft.
			break
		}
		off := loudness.HalfDecibels(heard, level)
		gain := min(max(t.master.Gain+int(math.Round(float64(off)/worth)), begin-most), begin+most)
		before, step, t.master.Gain = heard, gain-t.master.Gain, gain
		if step == 0 || round == 0 && off >= -near && off <= near {
			break
		}
	}
	return nil
}

// listen tells how loud the film is as it is mastered. How loud a piece is is kept, so only
// new ones are mixed for it.
func (j *job) listen(ctx context.Context, t *track, pieces []sound.Piece) (float64, error) {
	steps := make([][]loudness.Step, len(pieces))
	var unknown []pieceTask
	var places []int
	for i, p := range pieces {
		if p.Silent {
			steps[i] = loudness.Silence(p.Packets * sound.Grid)
			continue
		}
		key := j.heardKey("loudness 3", t, p).Int(int64(t.master.Gain)).Key()
		b, found := j.store.Get(cache.Probes, key)
		if !found || json.Unmarshal(b, &steps[i]) != nil {
			unknown, places = append(unknown, pieceTask{Piece: p, key: key}), append(places, i)
		}
	}
	if err := j.decode(ctx, t, unknown); err != nil {
		return 0, err
	}
	g, gctx := j.newGroup(ctx, phaseSound)
	for k, task := range unknown {
		g.Go(func() error {
			s, err := j.measure(gctx, t, task)
			steps[places[k]] = s
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	return loudness.Integrated(slices.Concat(steps...)), nil
}

// measure tells how loud a piece is, without the lead around it, and keeps it.
func (j *job) measure(ctx context.Context, t *track, task pieceTask) ([]loudness.Step, error) {
	clips := task.Part(t.clips)
	for i := range clips {
		clips[i] = clips[i].Moved(-sound.Lead * sound.Grid)
	}
	steps, err := sound.Measure(ctx, clips, task.Packets*sound.Grid, t.channels, t.master)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(steps)
	if err != nil {
		return nil, err
	}
	return steps, j.store.PutBytes(cache.Probes, task.key, b)
}

// pieceKey addresses a piece as it is coded.
func (j *job) pieceKey(t *track, p sound.Piece) cache.Key {
	return j.heardKey("piece 2", t, p).String(fmt.Sprintf("%v", j.studio.aac(t.channels))).
		Int(int64(t.master.Gain)).Bool(t.master.Limit).Key()
}

// heardKey addresses a piece by all that is heard in it, timed from its own beginning.
func (j *job) heardKey(form string, t *track, p sound.Piece) *cache.Hasher {
	k := cache.NewHasher(form).String(j.studio.version).Int(p.Packets, int64(t.channels))
	for n, c := range p.Part(t.clips) {
		source := t.sources[p.Heard[n]]
		k.Bytes(source[:]).Int(c.Start, c.Samples, c.From, c.Gain, c.FadeIn, c.FadeOut).Bool(c.Loop).Int(int64(len(c.Ducks)))
		for _, d := range c.Ducks {
			k.Int(d.From, d.To, d.Down, d.Up, d.Depth)
		}
	}
	return k
}

// soundPart notes what a piece of sound is made of.
func (j *job) soundPart(t *track, p pieceTask) {
	scene, _ := slices.BinarySearchFunc(j.line.Scenes, p.First*sound.Grid+1, func(s timeline.Scene, at int64) int { return cmp.Compare(s.Sound, at) })
	var heard, times, levels []any
	for n, c := range p.Part(t.clips) {
		heard = append(heard, t.sources[p.Heard[n]])
		times = append(times, c.Start, c.Samples)
		levels = append(levels, c.Gain, c.FadeIn, c.FadeOut, c.Ducks)
	}
	levels = append(levels, t.master)
	at := time.Duration(p.First) * sound.Grid * time.Second / timeline.SampleRate
	j.part(p.key, partSound, fmt.Sprintf("%.1f s from %.1f s on", float64(p.Packets)*sound.Grid/timeline.SampleRate, at.Seconds()), max(scene, 1),
		of("what is heard", heard...), of("when it is heard", append(times, p.Packets)...), of("how loud it is", levels...),
		of("the sound's quality or encoder", j.studio.aac(t.channels), j.studio.version))
}

// channels of a sound that is not speech, as far as Mynah keeps them apart.
func (j *job) channels(s timeline.Sound) int {
	if s.Builtin != "" {
		return music.Channels
	}
	if a := j.assets[s.File]; a != nil && a.info != nil && a.info.Audio != nil && a.info.Audio.Channels > 1 {
		return 2
	}
	return 1
}

// decodeTask says which stretch of a file a sound is.
func (j *job) decodeTask(s timeline.Sound) decodeTask {
	channels := j.channels(s)
	if s.Builtin != "" {
		return decodeTask{
			builtin: s.Builtin, in: ffmpeg.SoundInput{Channels: channels},
			key: cache.NewHasher("music").String(music.Version).String(s.Builtin).Key(),
		}
	}
	a := j.assets[s.File]
	in := ffmpeg.SoundInput{Input: a.input, Channels: channels, SpeedNum: s.SpeedNum, SpeedDen: s.SpeedDen}
	in.Surround = a.info != nil && a.info.Audio != nil && a.info.Audio.Channels > 2
	if s.Kind == timeline.SoundClip {
		in.From = microsOf(s.From)
		in.Length = microsOf(s.SourceSamples)
	}
	if s.Loop && a.input.Format == media.MOV && a.info != nil && a.info.Audio != nil && a.info.Audio.Length != nil {
		// MP4 says where in the last packet the sound ends, and decoders go on to its end:
		// a gap that is heard whenever the sound begins again.
		in.Length = micros(a.info.Audio.Length)
	}
	d := decodeTask{in: in, name: s.File, place: j.places[s.File]}
	bytes := func(us int64) int64 { return us * timeline.SampleRate / 1_000_000 * int64(channels) * 2 }
	if a.info != nil && a.info.Audio != nil && a.info.Audio.Length != nil {
		stated := micros(a.info.Audio.Length)
		d.most = 2*bytes(max(stated, microsOf(s.Samples))) + bytes(60_000_000)
		if s.Kind != timeline.SoundClip {
			// What containers state may be a little more than there is.
			d.least = bytes(stated*97/100 - 500_000)
		}
	}
	d.key = cache.NewHasher("pcm 2").String(j.studio.version).Bytes(a.content[:]).
		Int(in.From, in.Length, in.SpeedNum, in.SpeedDen, int64(channels)).Bool(in.Surround).Key()
	return d
}

func microsOf(samples int64) int64 { return samples * 1_000_000 / timeline.SampleRate }

func micros(r *big.Rat) int64 {
	n := new(big.Rat).Mul(r, big.NewRat(1_000_000, 1))
	return new(big.Int).Div(n.Num(), n.Denom()).Int64()
}

// makeSound decodes, mixes and codes what is missing.
func (j *job) makeSound(ctx context.Context, t *track) error {
	if err := j.planPieces(ctx, t); err != nil {
		return err
	}
	if len(t.todo) == 0 {
		return nil
	}
	return j.encodeSound(ctx, t)
}

// decode puts the sounds of files that pieces need into the cache.
func (j *job) decode(ctx context.Context, t *track, pieces []pieceTask) error {
	var todo []decodeTask
	seen := map[cache.Key]bool{}
	for _, p := range pieces {
		for _, i := range p.Heard {
			if d, ok := t.decodes[t.sources[i]]; ok && !seen[d.key] && !j.store.Has(cache.Sounds, d.key) {
				seen[d.key] = true
				todo = append(todo, d)
			}
		}
	}
	var list diag.List
	fails := make([]error, len(todo))
	g, gctx := j.newGroup(ctx, phaseSound)
	for i, d := range todo {
		g.Go(func() error {
			err := j.store.Put(cache.Sounds, d.key, func(w io.Writer) error {
				if d.builtin != "" {
					return music.Write(w, d.builtin)
				}
				counted := &counter{w: w, most: d.most}
				err := j.studio.tools.Sound(gctx, d.in, timeline.SampleRate, counted)
				if err == nil && counted.n < d.least {
					err = errCutOff
				}
				return err
			})
			if err != nil && gctx.Err() == nil && (blamesFile(err) || errors.Is(err, errCutOff)) {
				fails[i], err = err, nil
			}
			return blameTool(err, d.place, d.name)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, err := range fails {
		if err != nil {
			list.Errorf(todo[i].place, "the sound of %q cannot be read: %s", todo[i].name, reason(err)).Hint = "check that the file plays, and export it again"
		}
	}
	return j.report(list)
}

// The bounds of what one process codes: a start costs as much as coding ten seconds.
const (
	leastBatch  = 20 * timeline.SampleRate / sound.Grid // packets
	mostBatch   = 120 * timeline.SampleRate / sound.Grid
	batchPieces = 24
)

// batches shares out the pieces, so that all workers have something to do.
func (j *job) batches(todo []pieceTask) [][]pieceTask {
	var total int64
	for _, p := range todo {
		total += p.Packets + 2*sound.Lead
	}
	most := min(max(total/int64(j.studio.run.Jobs())+1, leastBatch), mostBatch)
	var out [][]pieceTask
	var n int64
	for _, p := range todo {
		if k := len(out); k == 0 || n >= most || len(out[k-1]) == batchPieces {
			out, n = append(out, nil), 0
		}
		k := len(out) - 1
		out[k] = append(out[k], p)
		n += p.Packets + 2*sound.Lead
	}
	return out
}

// encodeSound mixes and codes pieces, side by side.
func (j *job) encodeSound(ctx context.Context, t *track) error {
	var mu sync.Mutex
	done := 0
	g, ctx := j.newGroup(ctx, phaseSound)
	for b, batch := range j.batches(t.todo) {
		g.Go(func() error {
			var jobs []film.SoundJob
			var keys []cache.Key
			for i, p := range batch {
				path := filepath.Join(j.work, fmt.Sprintf("sound-%d-%d", b, i))
				jobs = append(jobs, film.SoundJob{Key: p.key, PCM: path, Skip: sound.Lead, Packets: p.Packets})
				keys = append(keys, p.key)
			}
			err := j.making(func() error { return j.encodeBatch(ctx, t, batch, jobs) }, keys...)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done += len(batch)
			j.progress(phaseSound, float64(done)/float64(len(t.todo)))
			return nil
		})
	}
	return g.Wait()
}

// encodeBatch mixes pieces into files and codes these.
func (j *job) encodeBatch(ctx context.Context, t *track, batch []pieceTask, jobs []film.SoundJob) error {
	for i, p := range batch {
		if err := mixFile(ctx, p, t, jobs[i].PCM); err != nil {
			return err
		}
	}
	return j.encoder.EncodeSound(ctx, j.studio.aac(t.channels), jobs)
}

// mixFile mixes a piece into a file of raw samples.
func mixFile(ctx context.Context, p pieceTask, t *track, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(sound.Render(ctx, p.Part(t.clips), p.Samples(), t.channels, t.master, f), f.Close())
}

// errCutOff is a sound that ends long before its file says.
var errCutOff = errors.New("it ends before its header says: the file is cut off or damaged")

// counter counts bytes that pass, and lets no more pass than a file can hold.
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
