package studio

import (
	"context"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/meter"
	"mynah/internal/part"
)

// Snapshot describes the frame to draw of a video that has not been built.
type Snapshot struct {
	Request
	// Scene counts from 1; 0 means a contact sheet with the middle frame of every scene.
	Scene int
	// At is the time since the start of the scene; nil means its middle.
	At *time.Duration
}

// DrawSnapshot draws one frame of a video, or a contact sheet of its scenes, as PNG. It speaks the
// narration, because that determines the length of scenes, but does not build the video. The plan
// contains the warnings.
func (s *Studio) DrawSnapshot(ctx context.Context, req Snapshot) (png []byte, plan *Plan, err error) {
	err = s.withSession(ctx, req.Dir, req.Progress, false, func(e *session) (err error) {
		png, plan, err = e.drawSnapshot(ctx, req)
		return err
	})
	return png, plan, err
}

// drawSnapshot runs the steps of DrawSnapshot.
func (e *session) drawSnapshot(ctx context.Context, req Snapshot) ([]byte, *Plan, error) {
	src, err := e.planScript(ctx, req.Request.Request)
	if err != nil {
		return nil, nil, err
	}
	files, err := e.identifyFiles(ctx, src.Board)
	if err != nil {
		return nil, nil, err
	}
	t, err := e.speakAndTime(ctx, src.Board, files, req.Scenes == [2]int{})
	if err != nil {
		return nil, nil, err
	}
	var cues []caption.Cue
	for _, c := range t.cues {
		if req.Scene == 0 || c.Scene == req.Scene-1 {
			cues = append(cues, c)
		}
	}
	d, err := e.drawOverlays(ctx, src.Board, t, files, cues)
	if err != nil {
		return nil, nil, err
	}
	out, err := runStep(ctx, e, meter.Pictures, func(ctx context.Context, m part.Maker) ([]byte, diag.List, error) {
		c, err := e.newCutter(m, src.Board, t, files, d)
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
	return out, e.newPlan(src.Board, t), nil
}
