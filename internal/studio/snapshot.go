package studio

import (
	"bytes"
	"context"
	"io"
	"math/big"
	"time"

	"mynah/internal/caption"
	"mynah/internal/cut"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/meter"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// Snapshot asks for frames of a film that is not built.
type Snapshot struct {
	Request
	// Scene from 1; 0 asks for a sheet of all scenes, each in its middle.
	Scene int
	// At is the time in the scene; nil is its middle.
	At *time.Duration
}

// sheetWidth is how wide a picture of a sheet is, in pixels; mostSheet how many there
// are at most.
const (
	sheetWidth = 480
	mostSheet  = 400
)

// Snapshot draws one frame of a video, or a contact sheet of its scenes, as PNG, without
// building the video. Narration is spoken, since it says how long scenes last. The list
// holds what was found on the way, as Result.Warnings does.
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
	t, err := e.time(ctx, src.Board, files, req.Scenes == [2]int{})
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
	cutter, form, err := e.cutter(src.Board, t, files, d)
	if err != nil {
		return nil, nil, err
	}
	out, err := do(ctx, e, meter.Pictures, func(ctx context.Context, m part.Maker) ([]byte, diag.List, error) {
		p := photographer{Maker: m, cutter: cutter(m), tools: s.tools, line: t.line, form: form}
		if req.Scene == 0 {
			return p.sheet(ctx)
		}
		return p.snapshot(ctx, req)
	})
	if err != nil {
		return nil, nil, err
	}
	return out, e.planned(src.Board, t), nil
}

// photographer draws frames of a timed video.
type photographer struct {
	part.Maker
	cutter *cut.Cutter
	tools  *ffmpeg.Tools
	line   *timeline.Line
	form   ffmpeg.Picture
}

// snapshot draws the frame that a request asks for.
func (p photographer) snapshot(ctx context.Context, req Snapshot) ([]byte, diag.List, error) {
	if req.Scene < 1 || req.Scene > len(p.line.Scenes) {
		return nil, nil, fault.New(fault.Usage, nil, "there is no scene %d: the video has %d", req.Scene, len(p.line.Scenes)).
			WithHint("scenes count from 1; mynah snapshot --sheet shows all")
	}
	scene := p.line.Scenes[req.Scene-1]
	n := scene.Frames / 2
	if req.At != nil {
		at := new(big.Rat).Mul(big.NewRat(int64(*req.At), int64(time.Second)), big.NewRat(p.line.FPS.Num, p.line.FPS.Den))
		n = new(big.Int).Div(at.Num(), at.Denom()).Int64()
		if n < 0 || n >= scene.Frames {
			length := big.NewRat(scene.Frames*p.line.FPS.Den, p.line.FPS.Num)
			return nil, nil, fault.New(fault.Usage, nil, "scene %d has no time %s: it lasts %s s", req.Scene, *req.At, length.FloatString(2)).
				WithHint("--at counts from the scene's beginning, in seconds")
		}
	}
	frame, list, err := p.cutter.Frame(ctx, req.Scene-1, n)
	if err != nil || len(list) > 0 {
		return nil, list, err
	}
	var out bytes.Buffer
	err = p.tools.Run(ctx, p.form.PNG(), bytes.NewReader(frame), &out)
	return out.Bytes(), nil, err
}

// sheet tiles a frame of each scene.
func (p photographer) sheet(ctx context.Context) ([]byte, diag.List, error) {
	count := len(p.line.Scenes)
	if count > mostSheet {
		return nil, nil, fault.New(fault.Usage, nil, "the video has %d scenes; a sheet shows at most %d", count, mostSheet).WithHint("look at single scenes by --scene")
	}
	// All are drawn before the program starts that lays them together: drawing may need one
	// too, and there may be room for one alone.
	small := p.form
	by := 1
	for small.Width/(by+1) >= sheetWidth && small.Height/(by+1) >= 2 {
		by++
	}
	small.Width, small.Height = small.Width/by&^1, small.Height/by&^1
	var frames []io.Reader
	for i, scene := range p.line.Scenes {
		frame, list, err := p.cutter.Frame(ctx, i, scene.Frames/2)
		if err != nil || len(list) > 0 {
			return nil, list, err
		}
		frames = append(frames, bytes.NewReader(picture.Shrink(frame, p.form.Width, p.form.Height, by)))
		p.Progress(float64(i+1) / float64(count))
	}
	var out bytes.Buffer
	err := p.tools.Run(ctx, small.Sheet(count, sheetWidth), io.MultiReader(frames...), &out)
	return out.Bytes(), nil, err
}
