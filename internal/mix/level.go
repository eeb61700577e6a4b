package mix

import (
	"context"
	"math"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/loudness"
	"mynah/internal/part"
	"mynah/internal/sound"
)

// setGainForTarget finds the gain that gives the whole soundtrack its target loudness. The higher the gain, the more
// the limiter reduces the loudness. If the gain differs much from the one at which the loudness was measured,
// setGainForTarget measures again. A soundtrack that the limiter keeps below its target stays below it.
func (x *Mixer) setGainForTarget(ctx context.Context, t *Soundtrack, chunks []sound.Chunk) error {
	level, ok := x.in.Board.FindTargetLoudness()
	if !ok {
		return nil
	}
	const (
		rounds = 5
		near   = 1    // half decibels; within this difference, the limiter has nearly the same effect
		most   = 40   // half decibels, maximum change of the gain
		least  = 0.25 // decibels; minimum increase of the loudness per decibel of gain
	)
	t.master = newExpectedMaster(t.Channels)
	begin := t.master.Gain
	var before float64
	for round, step := 0, 0; round < rounds; round++ {
		heard, err := x.measureLoudness(ctx, t, chunks)
		if err != nil {
			return err
		}
		worth := 1.0
		if step != 0 {
			worth = min((heard-before)*2/float64(step), 1)
		}
		if worth < least {
			// The limiter removes nearly everything; more gain would only raise the soft parts.
			break
		}
		off := loudness.ComputeGainInHalfDecibels(heard, level)
		gain := min(max(t.master.Gain+int(math.Round(float64(off)/worth)), begin-most), begin+most)
		before, step, t.master.Gain = heard, gain-t.master.Gain, gain
		if step == 0 || round == 0 && off >= -near && off <= near {
			break
		}
	}
	return nil
}

// newExpectedMaster returns the expected gain. Sentences already have the target loudness; in two channels, they
// are 3 dB louder.
func newExpectedMaster(channels int) sound.Master {
	return sound.Master{Limit: true, Gain: -6 * (channels - 1)}
}

// measureLoudness returns the loudness of the mastered soundtrack, in LUFS. It caches the loudness of each chunk, so it
// mixes only new ones.
func (x *Mixer) measureLoudness(ctx context.Context, t *Soundtrack, chunks []sound.Chunk) (float64, error) {
	steps := make([][]loudness.Step, len(chunks))
	var unknown []chunkTask
	var places []int
	for i, p := range chunks {
		if p.Silent {
			steps[i] = loudness.NewSilentSteps(p.Packets * sound.Grid)
			continue
		}
		key := part.ComputeKey(x.newLoudnessRecipe(t, p))
		var ok bool
		if steps[i], ok = part.ReadJSON[[]loudness.Step](x.Store, cache.Probes, key); !ok {
			unknown, places = append(unknown, chunkTask{Chunk: p, key: key}), append(places, i)
		}
	}
	if err := x.decodeSounds(ctx, t, unknown); err != nil {
		return 0, err
	}
	g, gctx := x.NewGroup(ctx, doing, 0)
	for k, task := range unknown {
		g.Go(0, func() error {
			s, err := x.measureChunkLoudness(gctx, t, task)
			steps[places[k]] = s
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	return loudness.ComputeIntegratedLoudness(slices.Concat(steps...)), nil
}

// measureChunkLoudness measures and caches the loudness of a chunk, without the leads around it.
func (x *Mixer) measureChunkLoudness(ctx context.Context, t *Soundtrack, task chunkTask) ([]loudness.Step, error) {
	return part.ReadOrMakeJSON(x.Store, cache.Probes, x.newLoudnessRecipe(t, task.Chunk), func() ([]loudness.Step, error) {
		clips := task.ListTrimmedClips(t.clips)
		for i := range clips {
			clips[i] = clips[i].MoveBy(-sound.Lead * sound.Grid)
		}
		return sound.MeasureLoudness(ctx, clips, task.Packets*sound.Grid, t.Channels, t.master)
	})
}

// newLoudnessRecipe returns the recipe of a chunk's loudness.
func (x *Mixer) newLoudnessRecipe(t *Soundtrack, p sound.Chunk) Loudness {
	return Loudness{
		Heard: t.listHeardSounds(p), Packets: p.Packets, Channels: t.Channels, Master: t.master, Tool: x.tools.Version,
	}
}
