package studio

import (
	"context"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/meter"
	"mynah/internal/part"
)

// Snapshot asks for frames of a film that is not built.
type Snapshot struct {
	Request
	// Scene from 1; 0 asks for a sheet of all scenes, each in its middle.
	Scene int
	// At is the time in the scene; nil is its middle.
	At *time.Duration
}

// Snapshot draws one frame of a video, or a contact sheet of its scenes, as PNG, without
// building the video. Narration is spoken, since it says how long scenes last. The plan
// holds what was found on the way.
func (s *Studio) Snapshot(ctx context.Context, req Snapshot) ([]byte, *Plan, error) {
	e, err := s.open(ctx, req.Dir, req.Progress)
	if err != nil {
		return nil, nil, err
	}
	defer e.close()
	src, err := e.read(ctx, req.Request.Request)
	if err != nil {
		return nil, nil, err
	}
	files, err := e.identify(ctx, src.Board)
	if err != nil {
		return nil, nil, err
	}
	t, err := e.plan(ctx, src.Board, files, req.Scenes == [2]int{})
	if err != nil {
		return nil, nil, err
	}
	var cues []caption.Cue
	for _, c := range t.cues {
		if req.Scene == 0 || c.Scene == req.Scene-1 {
			cues = append(cues, c)
		}
	}
	d, err := e.draw(ctx, src.Board, t, cues)
	if err != nil {
		return nil, nil, err
	}
	out, err := do(ctx, e, meter.Pictures, func(ctx context.Context, m part.Maker) ([]byte, diag.List, error) {
		c, err := e.cutter(m, src.Board, t, files, d)
		if err != nil {
			return nil, nil, err
		}
		if req.Scene == 0 {
			return c.DrawSheet(ctx)
		}
		return c.DrawSnapshot(ctx, req.Scene, req.At)
	})
	if err != nil {
		return nil, nil, err
	}
	return out, e.planned(src.Board, t), nil
}
