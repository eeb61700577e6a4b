package cut

import (
	"context"
	"errors"
	"slices"
	"sync"

	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/part"
	"mynah/internal/picture"
)

// doing is the name of this step in progress reports.
const doing = "drawing pictures"

// maker makes the missing parts of a plan and collects findings about files.
type maker struct {
	*Cutter
	group *part.Group
	mu    sync.Mutex // guards list and short
	list  diag.List
	// short are the clips in panes that are truncated.
	short map[source]*picture.ShortClipError
}

// MakePictures encodes the missing parts of a plan in parallel. It returns findings for files that cannot be read.
func (c *Cutter) MakePictures(ctx context.Context, p *Plan) (diag.List, error) {
	if len(p.stills)+len(p.moving)+len(p.chains) > 0 {
		if err := c.in.Files.WriteFiles(); err != nil {
			return nil, err
		}
	}
	m := &maker{Cutter: c, short: map[source]*picture.ShortClipError{}}
	m.group, ctx = c.NewGroup(ctx, doing, max(p.countPicturesToMake(), 1))
	m.startMoving(ctx, p)
	m.startChains(ctx, p)
	m.startStills(ctx, p)
	err := m.group.Wait()
	for from, short := range m.short {
		c.addShortClip(&m.list, from, short.Frames, short.Stated)
	}
	if err != nil || m.list.HasErrors() {
		return m.list, err
	}
	short, err := c.checkClipLengths(p)
	m.list.Add(short...)
	return m.list, err
}

// countPicturesToMake returns the amount of work of a plan, in pictures.
func (p *Plan) countPicturesToMake() float64 {
	total := float64(len(p.stills))
	for _, m := range p.moving {
		total += float64(m.count)
	}
	for _, t := range p.chains {
		total += float64(len(t.frames))
	}
	return total
}

// explainFailure converts a failure at a picture to a finding or a fault.
func (m *maker) explainFailure(ctx context.Context, at viewFrame, err error) error {
	from := at.findSource(err)
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case !blame.MayBeInputError(err):
		return blame.ToToolFault(err, from.place, from.name)
	case at.view == nil || at.view.Asset == nil && len(at.view.Panes) == 0: // no file of the author was read
		return fault.New(fault.ToolFailed, err, "%s:%d: ffmpeg failed on the picture", at.place.File,
			at.place.Start.Line).
			WithHint(blame.HintDoctor)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if short, ok := errors.AsType[*picture.ShortClipError](err); ok {
		// Of the ranges of a clip that lack frames, the first one tells where it ends.
		if other := m.short[from]; other == nil || short.Frames < other.Frames {
			m.short[from] = short
		}
	} else {
		blame.AddUnusableFile(&m.list, from.place, from.name, err)
	}
	return nil
}

func (m *maker) startMoving(ctx context.Context, p *Plan) {
	crossings, moving := p.separateComputedCrossfades(m.painter.CountFrameBytes())
	for _, t := range moving {
		m.group.Go(float64(t.count), func() error {
			at, err := m.makeMoving(ctx, t)
			return m.explainFailure(ctx, at, err)
		})
	}
	for _, batch := range crossings {
		m.group.Go(float64(len(batch))*float64(batch[0].count), func() error {
			at, err := m.makeCrossings(ctx, batch)
			return m.explainFailure(ctx, at, err)
		})
	}
}

func (m *maker) startChains(ctx context.Context, p *Plan) {
	for _, batch := range p.splitChainsIntoBatches(m.Jobs, m.painter.CountFrameBytes()) {
		weight := 0.0
		for _, t := range batch {
			weight += float64(len(t.frames))
		}
		m.group.Go(weight, func() error {
			at, err := m.makeChains(ctx, batch)
			return m.explainFailure(ctx, at, err)
		})
	}
}

func (m *maker) startStills(ctx context.Context, p *Plan) {
	for batch := range slices.Chunk(p.stills, chooseStillsPerProcess(len(p.stills), m.Jobs, m.painter.CountFrameBytes())) {
		m.group.Go(float64(len(batch)), func() error {
			err := m.makeStills(ctx, batch)
			at := batch[0]
			if f, ok := errors.AsType[*picture.Failure](err); ok {
				at = batch[f.Index]
			}
			return m.explainFailure(ctx, at.viewFrame, err)
		})
	}
}

// chooseStillsPerProcess returns how many stills one process encodes. Each worker gets an equal share, limited by
// memory, but at least six, because starting a process takes time.
func chooseStillsPerProcess(stills, workers, frameBytes int) int {
	const least = 6
	return max(min(max((stills+workers-1)/workers, least), batchBytes/frameBytes, batchCount), 1)
}

// checkClipLengths adds an error for each clip that yields far fewer pictures than its header states. If only a
// frame or two are missing, the last picture is repeated instead.
func (c *Cutter) checkClipLengths(p *Plan) (list diag.List, err error) {
	for k, t := range p.wanted {
		n, ok := c.encoder.CountCachedPictures(k)
		if !ok {
			return nil, cache.ErrLost
		}
		missing := t.count - int64(n)
		if missing*c.form.FPS.Den*2 < c.form.FPS.Num || missing < 3 {
			continue
		}
		c.addShortClip(&list, t.source, int64(n), t.count)
	}
	return list, nil
}

// addShortClip adds an error for a clip that yields far fewer frames than its header states.
func (c *Cutter) addShortClip(list *diag.List, from source, frames, stated int64) {
	rate := float64(c.form.FPS.Num) / float64(c.form.FPS.Den)
	list.Errorf(from.place, "%q ends after %.1f of %.1f seconds: the file is truncated or damaged",
		from.name, float64(frames)/rate, float64(stated)/rate).Hint = "export or copy the clip again"
}
