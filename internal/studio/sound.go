package studio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"

	"golang.org/x/sync/errgroup"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/sound"
	"mynah/internal/timeline"
)

// track is the sound of the film: the clips to be mixed and what addresses their sum.
type track struct {
	clips    []sound.Clip
	channels int
	samples  int64 // to be encoded
	key      cache.Key
	decode   []decodeTask
}

// decodeTask is a stretch of a file's sound that is not in the cache as raw samples.
type decodeTask struct {
	in    ffmpeg.SoundInput
	key   cache.Key
	place diag.Range
	name  string
	// least bytes must come of it, or the file is cut off.
	least int64
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

// Open implements sound.Source.
func (p pcm) Open(frame int64) (io.ReadCloser, error) {
	e, ok := p.store.Open(p.kind, p.key)
	if !ok {
		return nil, fmt.Errorf("the cache lost a sound while it was in use (%s)", p.key)
	}
	_, err := e.Seek(frame*int64(p.channels)*2, io.SeekStart)
	if err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// planSound turns the sounds of the line into clips, and lists what must be decoded.
func (j *job) planSound() *track {
	t := &track{channels: 1}
	if len(j.line.Sounds) == 0 {
		t.key = cache.NewHasher("silence 1").Key()
		return t
	}
	// One frame more than the film lasts fills the encoder's delay.
	t.samples = j.line.Samples + 2*1024
	seen := map[cache.Key]bool{}
	for _, s := range j.line.Sounds {
		if s.Kind == timeline.SoundSpeech {
			continue
		}
		if a := j.assets[s.File]; a != nil && a.info != nil && a.info.Audio != nil && a.info.Audio.Channels > 1 {
			t.channels = 2
		}
	}
	k := cache.NewHasher("track 1").String(j.studio.version).Int(t.samples, int64(t.channels)).
		String(fmt.Sprintf("%v", j.studio.aac(t.channels)))
	for _, s := range j.line.Sounds {
		c := sound.Clip{Start: s.Start, Samples: s.Samples, Loop: s.Loop, Gain: s.Gain, FadeIn: s.FadeIn, FadeOut: s.FadeOut}
		var source cache.Key
		if s.Kind == timeline.SoundSpeech {
			spoken := j.spoken[s.Scene][s.Item]
			source = spoken.Key
			c.Source = j.speech(spoken)
		} else {
			task := j.decodeTask(s)
			source = task.key
			c.Source = pcm{store: j.store, kind: cache.Sounds, key: task.key, channels: task.in.Channels}
			if !seen[task.key] && !j.store.Has(cache.Sounds, task.key) {
				t.decode = append(t.decode, task)
			}
			seen[task.key] = true
		}
		k.Bytes(source[:]).Int(c.Start, c.Samples, c.From, c.Gain, c.FadeIn, c.FadeOut).Bool(c.Loop)
		t.clips = append(t.clips, c)
	}
	t.key = k.Key()
	return t
}

// decodeTask says which stretch of a file a sound is.
func (j *job) decodeTask(s timeline.Sound) decodeTask {
	a := j.assets[s.File]
	channels := 1
	if a.info != nil && a.info.Audio != nil && a.info.Audio.Channels > 1 {
		channels = 2
	}
	in := ffmpeg.SoundInput{Input: a.input, Channels: channels, SpeedNum: s.SpeedNum, SpeedDen: s.SpeedDen}
	if s.Kind == timeline.SoundClip {
		in.From = microsOf(s.From)
		in.Length = microsOf(s.SourceSamples)
	}
	d := decodeTask{in: in, name: s.File, place: j.places[s.File]}
	if a.info != nil && a.info.Audio != nil && a.info.Audio.Length != nil && s.Kind != timeline.SoundClip {
		// What containers state may be a little more than there is.
		stated := micros(a.info.Audio.Length)
		d.least = (stated*97/100 - 500_000) * timeline.SampleRate / 1_000_000 * int64(channels) * 2
	}
	d.key = cache.NewHasher("pcm 1").String(j.studio.version).Bytes(a.content[:]).
		Int(in.From, in.Length, in.SpeedNum, in.SpeedDen, int64(channels)).Key()
	return d
}

func microsOf(samples int64) int64 { return samples * 1_000_000 / timeline.SampleRate }

func micros(r *big.Rat) int64 {
	n := new(big.Rat).Mul(r, big.NewRat(1_000_000, 1))
	return new(big.Int).Div(n.Num(), n.Denom()).Int64()
}

// makeSound decodes what is missing, mixes and encodes the track.
func (j *job) makeSound(ctx context.Context, t *track) error {
	if j.store.Has(cache.Sounds, t.key) {
		return nil
	}
	if len(t.clips) == 0 {
		return j.encoder.PutSilence(t.key)
	}
	var list diag.List
	fails := make([]error, len(t.decode))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(j.studio.run.Jobs())
	for i, d := range t.decode {
		g.Go(func() error {
			err := j.store.Put(cache.Sounds, d.key, func(w io.Writer) error {
				counted := &counter{w: w}
				err := j.studio.tools.Run(gctx, ffmpeg.ReadSound(d.in, timeline.SampleRate), nil, counted)
				if err == nil && counted.n < d.least {
					err = errCutOff
				}
				return err
			})
			if err != nil && gctx.Err() == nil && (blamesFile(err) || errors.Is(err, errCutOff)) {
				fails[i], err = err, nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, err := range fails {
		if err != nil {
			list.Errorf(t.decode[i].place, "the sound of %q cannot be read: %s", t.decode[i].name, reason(err)).Hint = "check that the file plays, and export it again"
		}
	}
	if err := j.report(list); err != nil {
		return err
	}
	return j.encodeSound(ctx, t)
}

// encodeSound mixes straight into the encoder, so that memory does not grow with the
// film.
func (j *job) encodeSound(ctx context.Context, t *track) error {
	samples := t.samples
	r, w := io.Pipe()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		progress := &meter{w: w, total: samples * int64(t.channels) * 2, report: func(f float64) { j.progress(phaseSound, f) }}
		err := sound.Mix(ctx, t.clips, samples, t.channels, progress)
		_ = w.CloseWithError(err)
		return err
	})
	g.Go(func() error {
		err := j.encoder.EncodeSound(ctx, t.key, j.studio.aac(t.channels), r)
		_ = r.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		return err
	})
	return g.Wait()
}

// errCutOff is a sound that ends long before its file says.
var errCutOff = errors.New("it ends before its header says: the file is cut off or damaged")

// counter counts bytes that pass.
type counter struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// meter tells how much of a stream has passed.
type meter struct {
	w        io.Writer
	n, total int64
	last     int64
	report   func(float64)
}

// Write implements io.Writer.
func (m *meter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.n += int64(n)
	if m.n-m.last > m.total/50 {
		m.last = m.n
		m.report(float64(m.n) / float64(m.total))
	}
	return n, err
}
