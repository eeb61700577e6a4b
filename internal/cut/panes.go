package cut

import (
	"errors"

	"mynah/internal/arrange"
	"mynah/internal/frame"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// addPanes adds the pictures of a scene that do not fill the frame to a view. It returns the sources of the panes, or
// nil if the picture fills the frame.
func (c *Cutter) addPanes(v *picture.View, i int, pic timeline.Picture) (sources []source) {
	scene := &c.in.Board.Scenes[i]
	placed := arrange.Shots(scene, pic.ListShots(), c.in.Files.MeasurePicture, c.form.Width, c.form.Height)
	if len(placed.Panes) == 0 {
		return nil
	}
	if len(c.in.Grounds) > i {
		for k, other := range c.in.Line.Scenes[i].Pictures {
			if other.Start == pic.Start {
				v.Mount = c.in.Grounds[i][k]
			}
		}
	}
	var shots []int
	for _, p := range placed.Panes {
		shots = append(shots, p.Shot)
		playing, shown := findPlaying(pic, p.Shot)
		view := &picture.View{Frames: playing.Frames}
		c.setShot(view, i, playing, p.Rect.Size())
		if p.Whole {
			view.Fit = frame.Stretch
			if view.Clip != nil {
				view.Clip = c.newClipInput(i, playing, view, p.Rect.Size())
			}
		}
		pane := picture.Pane{Rect: p.Rect, View: view, Shown: shown}
		switch {
		case view.Clip != nil:
			view.Clip.Again = playing.Cycle > 0
			pane.Moving = playing.Moving
			if playing.Cycle > 0 {
				view.Cycle, pane.Moving = playing.Cycle, playing.Frames
			}
			view.Clip.Frames = pane.Moving
		case view.Motion != "":
			pane.Moving = playing.Frames
		}
		v.Panes, sources = append(v.Panes, pane), append(sources, source{scene.Shots[p.Shot].Range, scene.Shots[p.Shot].File})
	}
	c.addCallouts(v, i, pic, shots...)
	return sources
}

// findPlaying returns how a shot is shown in a picture, and how many of its frames were shown before.
func findPlaying(pic timeline.Picture, shot int) (timeline.Picture, int64) {
	for _, b := range pic.Beside {
		if b.Shot == shot {
			return b, pic.Start - b.Start
		}
	}
	return pic, 0
}

// findSource returns what an error in painting a frame was caused by: the frame's picture, or that of a pane.
func (s viewFrame) findSource(err error) source {
	if p, ok := errors.AsType[*picture.PaneError](err); ok && p.Pane < len(s.panes) {
		return s.panes[p.Pane]
	}
	return s.source
}

// countMovingFrames returns the number of frames of a view with panes after which none of them moves any more.
func countMovingFrames(v *picture.View) int64 {
	n := int64(0)
	for _, p := range v.Panes {
		if p.View.IsMoving() {
			n = max(n, p.Moving-p.Shown)
		}
	}
	return n
}

// planPanes plans the frames of a view with panes, of which some move, from frame done on.
func (c *Cutter) planPanes(p *Plan, s viewFrame, scene int, frames, done int64) {
	moving := min(max(countMovingFrames(s.view), done), frames)
	if s.view.HasMovesAfter(moving) {
		moving = frames // callouts appear, or the camera moves, after the pictures stand still
	}
	if moving > done {
		held := frames // end of the time in which the last picture stays unchanged
		for _, spans := range [][]picture.Span{s.view.Spans, s.view.Captions} {
			for _, span := range spans {
				if span.From >= moving && span.From > 0 {
					held = min(held, span.From)
				}
			}
		}
		s.frame = done
		run := c.planMotion(p, movingTask{viewFrame: s, count: moving - done, held: held > moving}, scene, held-done)
		run.Take = int(moving - done)
		p.Runs = append(p.Runs, run)
		done = held
	}
	c.planStandingPictures(p, s, scene, done, frames)
}
