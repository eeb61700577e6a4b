package cut

import (
	"slices"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/film"
	"mynah/internal/overlay"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// batchBytes is the maximum size of the raw frames that one worker keeps in memory, batchCount the maximum
// number of pictures that one process reads.
const (
	batchBytes = 24 << 20
	batchCount = 24
)

// source identifies in messages what a view or a pane shows.
type source struct {
	place diag.Range
	name  string
}

// viewFrame is a frame of a view, with its source.
type viewFrame struct {
	source
	view  *picture.View
	frame int64
	// panes are the sources of the view's panes.
	panes []source
	// slides are the states of the slides that the spans of the view show.
	slides []overlay.SlideState
}

// stillTask is a distinct still that is not in the cache.
type stillTask struct {
	viewFrame
	key cache.Key
	// raw requests the decoded frame, because other segments need it, too.
	raw bool
}

// movingTask is a distinct range of moving pictures that is not in the cache.
type movingTask struct {
	viewFrame // its frame is the first of the range
	count     int64
	// held requests an intra picture at the end, which can be repeated.
	held bool
	// enter is the transition from before; "" is a cut.
	enter  string
	before viewFrame
	key    cache.Key
}

// Plan contains the segments of the picture track, and the tasks for those that are not in the cache.
type Plan struct {
	// Runs is the picture track, in order.
	Runs   []film.SegmentRun
	stills []stillTask
	moving []movingTask
	chains []chainTask
	seen   map[cache.Key]bool
	// wanted contains the clips by key. A clip may yield fewer pictures than its header states.
	wanted map[cache.Key]movingTask
}

// PlanPictures converts the timed pictures to runs, and lists what must be encoded for them.
func (c *Cutter) PlanPictures() *Plan {
	p := &Plan{seen: map[cache.Key]bool{}, wanted: map[cache.Key]movingTask{}}
	var before viewFrame
	for i, scene := range c.in.Line.Scenes {
		for _, pic := range scene.Pictures {
			now := c.newView(i, pic)
			done := int64(0)
			if pic.Fade > 0 && before.view != nil {
				done = pic.Fade
				// Captions are drawn over both pictures; those of the old picture alone are gone.
				before.view = before.view.WithoutCaptions()
				t := movingTask{viewFrame: now, count: done, enter: pic.Enter, before: before}
				t.fadeTexts(pic.Start == scene.Start)
				t.view = cutForTransition(t.view, done)
				p.Runs = append(p.Runs, c.planMotion(p, t, i, done))
			}
			switch {
			case now.view.Clip != nil && now.view.NeedsPaintedFrames():
				c.planPaintedClip(p, now, i, pic, done)
			case now.view.Clip != nil:
				c.planClip(p, now, i, pic, done)
			case len(now.view.Panes) > 0 && now.view.IsMoving():
				c.planPanes(p, now, i, pic.Frames, done)
			case now.view.Motion != "":
				if left := pic.Frames - done; left > 0 {
					now.frame = done
					p.Runs = append(p.Runs, c.planMotion(p, movingTask{viewFrame: now, count: left}, i, left))
				}
			case now.view.HasTimedCallouts():
				c.planTimedStill(p, now, i, done, pic.Frames)
			default:
				c.planStandingPictures(p, now, i, done, pic.Frames)
			}
			before = now
			before.frame = pic.Frames - 1
		}
	}
	p.markStillsOfTransitions()
	return p
}

// markStillsOfTransitions marks the stills that are also part of a transition, so that they are painted only once.
func (p *Plan) markStillsOfTransitions() {
	used := map[*picture.View]bool{}
	for _, m := range p.moving {
		used[m.view] = true
		if m.enter != "" {
			used[m.before.view] = true
		}
	}
	for i := range p.stills {
		p.stills[i].raw = used[p.stills[i].view]
	}
}

// planStill plans one still and returns its key.
func (c *Cutter) planStill(p *Plan, s viewFrame, scene int) cache.Key {
	now := s.view.FreezeAt(s.frame)
	key := c.Book.AddRecipe(Still{
		Look: now.ComputeLook(), Frame: chooseFrameForKey(s, s.frame),
		Form: c.encoder.NewForm(),
	},
		s.newLabel(scene))
	if !p.seen[key] {
		p.seen[key] = true
		if !c.encoder.HasSegment(key) {
			p.stills = append(p.stills, stillTask{viewFrame: s, key: key})
		}
	}
	return key
}

// planMotion plans a range of moving pictures that is visible for some frames.
func (c *Cutter) planMotion(p *Plan, t movingTask, scene int, frames int64) film.SegmentRun {
	recipe := Motion{
		Look: t.view.WithCaptionsDuring(t.frame, t.count).ComputeLook(), From: t.frame, Count: t.count, Held: t.held,
		Enter: t.enter,
		Form:  c.encoder.NewMovingForm(),
	}
	if t.enter != "" {
		now := t.before.view.FreezeAt(t.before.frame)
		before := now.ComputeLook()
		recipe.Before = &before
		if t.before.view.IsMoving() {
			recipe.BeforeFrame = t.before.frame
		}
	}
	t.key = c.Book.AddRecipe(recipe, t.newLabel(scene))
	if t.view.Clip != nil {
		p.wanted[t.key] = t
	}
	if !p.seen[t.key] {
		p.seen[t.key] = true
		if !c.encoder.HasSegment(t.key) {
			p.moving = append(p.moving, t)
		}
	}
	return film.SegmentRun{Segment: t.key, Take: int(min(t.count, frames)), Frames: frames}
}

// planClip plans the frames of a clip or GIF, beginning at the frame firstFrame of its picture.
func (c *Cutter) planClip(p *Plan, s viewFrame, scene int, pic timeline.Picture, firstFrame int64) {
	if firstFrame >= pic.Frames {
		return
	}
	spans := countOverlayChanges(s.view)
	if pic.Cycle > 0 {
		if spans > 1 {
			s.frame = firstFrame
			p.Runs = append(p.Runs, c.planMotion(p, movingTask{viewFrame: s, count: pic.Frames - firstFrame}, scene,
				pic.Frames-firstFrame))
			return
		}
		if rest := firstFrame % pic.Cycle; rest > 0 {
			s.frame = rest
			n := min(pic.Cycle-rest, pic.Frames-firstFrame)
			p.Runs = append(p.Runs, c.planMotion(p, movingTask{viewFrame: s, count: n}, scene, n))
			firstFrame += n
		}
		c.planCycles(p, s, scene, pic, pic.Frames-firstFrame)
		return
	}
	moving := max(pic.Moving, firstFrame)
	held := pic.Frames // end of the time in which the last picture stays unchanged
	for _, span := range slices.Concat(s.view.Spans, s.view.Captions) {
		if span.From >= moving && span.From > 0 {
			held = min(held, span.From)
		}
	}
	if moving > firstFrame {
		s.frame = firstFrame
		t := movingTask{viewFrame: s, count: moving - firstFrame, held: pic.Frames > moving}
		if firstFrame == 0 && spans <= 1 {
			t = c.planSharedStart(p, t, scene, moving)
		}
		run := c.planMotion(p, t, scene, held-t.frame)
		run.Take = int(moving - t.frame)
		p.Runs = append(p.Runs, run)
		firstFrame = held
	}
	c.planStandingPictures(p, s, scene, firstFrame, pic.Frames)
}

// planCycles plans the frames of a GIF that repeats, beginning at the first frame of a cycle.
func (c *Cutter) planCycles(p *Plan, s viewFrame, scene int, pic timeline.Picture, frames int64) {
	count, rest := s.view.Clip.Frames, int64(0)
	if !c.form.CanCutAnywhere() {
		count = pic.Moving
		if rest = frames % pic.Cycle; rest >= pic.Moving {
			rest = 0 // the cycle is not cut: its last picture is only shown for a shorter time
		}
		frames -= rest
	}
	s.frame = 0
	if frames > 0 {
		run := c.planMotion(p, movingTask{viewFrame: s, count: count}, scene, frames)
		run.Take, run.Cycle = int(pic.Moving), pic.Cycle
		p.Runs = append(p.Runs, run)
	}
	if rest > 0 {
		p.Runs = append(p.Runs, c.planMotion(p, movingTask{viewFrame: s, count: rest}, scene, rest))
	}
}

// planSharedStart plans the start of a clip that is shown elsewhere for longer, so that both use the same segment. t is
// the task for the first moving frames of the clip. It returns the task for what remains.
func (c *Cutter) planSharedStart(p *Plan, t movingTask, scene int, moving int64) movingTask {
	longest := max(t.count, t.view.Clip.Frames)
	if c.form.CanCutAnywhere() || longest == t.count {
		t.count = longest
		return t
	}
	// At least a second remains, because a clip may be shorter than its header states by up to half of it.
	interval := int64(c.form.ChooseClipKeyint())
	second := max(c.form.FPS.Num/c.form.FPS.Den, 1)
	start := max(moving-second, 0) / interval * interval
	if start == 0 {
		return t
	}
	shared := t
	shared.count, shared.held = longest, false
	run := c.planMotion(p, shared, scene, start)
	run.Take = int(start)
	p.Runs = append(p.Runs, run)
	t.frame, t.count = start, moving-start
	return t
}
