package cut

import (
	"context"
	"errors"

	"mynah/internal/cache"
	"mynah/internal/film"
	"mynah/internal/picture"
)

// chainTask is a chain that is not in the cache: pictures of one view that differ only in their captions. All
// but the first are encoded as differences from the picture before.
type chainTask struct {
	viewFrame
	frames []int64
	key    cache.Key
}

// longestChain is the maximum number of pictures in a chain. Changing one of them makes the whole chain again.
const longestChain = 100

// planStandingPictures plans the frames from to to of a view without motion, with one picture per state. Pictures that
// differ only in captions are encoded as a chain, up to the maximum time between intra pictures.
func (c *Cutter) planStandingPictures(p *Plan, s viewFrame, scene int, from, to int64) {
	states := s.view.SplitIntoStates(from, to)
	for len(states) > 0 {
		n, length := 1, states[0].Frames
		for len(s.view.Captions) > 0 && n < min(len(states), longestChain) &&
			length+states[n].Frames <= film.ChooseMaxUnchangedFrames(c.form) {
			length += states[n].Frames
			n++
		}
		s.frame = states[0].From
		if n == 1 {
			p.Runs = append(p.Runs, film.SegmentRun{Segment: c.planStill(p, s, scene), Frames: length})
		} else {
			p.Runs = append(p.Runs, c.planChain(p, s, scene, states[:n]))
		}
		states = states[n:]
	}
}

// planChain plans consecutive pictures without motion as one segment.
func (c *Cutter) planChain(p *Plan, s viewFrame, scene int, states []picture.State) film.SegmentRun {
	recipe := Chain{Form: c.encoder.NewForm()}
	t := chainTask{viewFrame: s}
	var run film.SegmentRun
	for _, state := range states {
		now := s.view.FreezeAt(state.From)
		recipe.Links = append(recipe.Links, Link{Look: now.ComputeLook(), Frame: chooseFrameForKey(s, state.From)})
		t.frames = append(t.frames, state.From)
		run.Holds, run.Frames = append(run.Holds, state.Frames), run.Frames+state.Frames
	}
	t.key = c.Book.AddRecipe(recipe, s.newLabel(scene))
	run.Segment = t.key
	if !p.seen[t.key] {
		p.seen[t.key] = true
		if !c.encoder.HasSegment(t.key) {
			p.chains = append(p.chains, t)
		}
	}
	return run
}

// splitChainsIntoBatches divides chains into batches. One process encodes a batch.
func (p *Plan) splitChainsIntoBatches(workers, frameBytes int) [][]chainTask {
	const (
		least = 24 // minimum pictures per batch, because starting a process takes time
		most  = 400
	)
	total := 0
	for _, t := range p.chains {
		total += len(t.frames)
	}
	per := min(max((total+workers-1)/workers, least), most)
	bases := max(min(batchBytes/frameBytes, batchCount), 1)
	var out [][]chainTask
	n := per
	var seen map[*picture.View]bool
	for _, t := range p.chains {
		if n >= per || len(seen) == bases && !seen[t.view] {
			out, n, seen = append(out, nil), 0, map[*picture.View]bool{}
		}
		last := len(out) - 1
		out[last] = append(out[last], t)
		n += len(t.frames)
		seen[t.view] = true
	}
	return out
}

// makeChains encodes a batch of chains with one process. With an error, it returns the frame whose file was
// being read.
func (c *Cutter) makeChains(ctx context.Context, batch []chainTask) (viewFrame, error) {
	at := batch[0].viewFrame
	var keys []cache.Key
	for _, t := range batch {
		keys = append(keys, t.key)
	}
	err := c.MakeParts(ctx, func() error {
		var images []picture.Still
		var places []int
		for i, t := range batch {
			if t.view.Clip == nil {
				images, places = append(images, t.view.Still), append(places, i)
			}
		}
		err := c.painter.PaintAndKeep(ctx, images)
		if f, ok := errors.AsType[*picture.Failure](err); ok {
			at = batch[places[f.Index]].viewFrame
		}
		if err != nil {
			return err
		}
		var list []picture.ViewFrame
		var lengths []int64
		for _, t := range batch {
			if t.view.Clip != nil || len(t.view.Panes) > 0 { // read the files here, where a failure can be attributed to them
				if _, err := c.painter.PaintFrame(ctx, t.view, t.frames[0]); err != nil {
					at = t.viewFrame
					return err
				}
			}
			for _, frame := range t.frames {
				list = append(list, picture.ViewFrame{View: t.view, Frame: frame})
			}
			lengths = append(lengths, int64(len(t.frames)))
		}
		return c.encoder.EncodeChains(ctx, c.painter.PaintSequence(ctx, list), lengths, keys)
	}, keys...)
	return at, err
}
