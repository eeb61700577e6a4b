package studio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/big"
	"time"

	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
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

// Snapshot draws one frame of a film, or a contact sheet of its scenes, as PNG, without
// building the film. Narration is spoken, since it says how long scenes last. The list
// holds what was found on the way, as Result.Warnings does.
func (s *Studio) Snapshot(ctx context.Context, req Snapshot) ([]byte, *Plan, error) {
	j, done, err := s.open(ctx, req.Request)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	var out bytes.Buffer
	err = j.do(ctx, []step{
		{phaseScript, j.read},
		{phaseFiles, j.identifyAll},
		{phaseVoice, j.speak},
		{phaseSlides, j.drawSlides},
		{phaseVoice, j.time},
		{phaseSlides, func(ctx context.Context) error {
			return j.drawCaptions(ctx, func(scene int) bool { return req.Scene == 0 || scene == req.Scene-1 })
		}},
		{phasePictures, func(ctx context.Context) error {
			if req.Scene == 0 {
				return j.sheet(ctx, &out)
			}
			return j.snapshot(ctx, req, &out)
		}},
	})
	if err != nil {
		return nil, nil, err
	}
	return out.Bytes(), &Plan{Board: j.board, Line: j.line, Captions: j.cues, Warnings: j.list, Sources: j.sources}, nil
}

func (j *job) snapshot(ctx context.Context, req Snapshot, out io.Writer) error {
	if req.Scene < 1 || req.Scene > len(j.line.Scenes) {
		return fault.New(fault.Usage, nil, "there is no scene %d: the video has %d", req.Scene, len(j.line.Scenes)).
			WithHint("scenes count from 1; mynah snapshot --sheet shows all")
	}
	scene := j.line.Scenes[req.Scene-1]
	n := scene.Frames / 2
	if req.At != nil {
		at := new(big.Rat).Mul(big.NewRat(int64(*req.At), int64(time.Second)), big.NewRat(j.line.FPS.Num, j.line.FPS.Den))
		n = new(big.Int).Div(at.Num(), at.Denom()).Int64()
		if n < 0 || n >= scene.Frames {
			length := big.NewRat(scene.Frames*j.line.FPS.Den, j.line.FPS.Num)
			return fault.New(fault.Usage, nil, "scene %d has no time %s: it lasts %s s", req.Scene, *req.At, length.FloatString(2)).
				WithHint("--at counts from the scene's beginning, in seconds")
		}
	}
	frame, err := j.frameOf(ctx, req.Scene-1, n)
	if err != nil {
		return err
	}
	return j.studio.tools.Run(ctx, j.form.PNG(), bytes.NewReader(frame), out)
}

// sheet tiles a frame of each scene.
func (j *job) sheet(ctx context.Context, out io.Writer) error {
	count := len(j.line.Scenes)
	if count > mostSheet {
		return fault.New(fault.Usage, nil, "the video has %d scenes; a sheet shows at most %d", count, mostSheet).WithHint("look at single scenes by --scene")
	}
	// All are drawn before the program starts that lays them together: drawing may need one
	// too, and there may be room for one alone.
	small := j.form
	by := 1
	for small.Width/(by+1) >= sheetWidth && small.Height/(by+1) >= 2 {
		by++
	}
	small.Width, small.Height = small.Width/by&^1, small.Height/by&^1
	var frames []io.Reader
	for i, scene := range j.line.Scenes {
		frame, err := j.frameOf(ctx, i, scene.Frames/2)
		if err != nil {
			return err
		}
		frames = append(frames, bytes.NewReader(picture.Shrink(frame, j.form.Width, j.form.Height, by)))
		j.progress(phasePictures, float64(i+1)/float64(count))
	}
	return j.studio.tools.Run(ctx, small.Sheet(count, sheetWidth), io.MultiReader(frames...), out)
}

// frameOf draws what a scene shows at one of its frames.
func (j *job) frameOf(ctx context.Context, scene int, n int64) ([]byte, error) {
	if err := j.writeFiles(); err != nil {
		return nil, err
	}
	var before shown
	for i := range scene + 1 {
		for _, pic := range j.line.Scenes[i].Pictures {
			at := j.line.Scenes[i].Start + n - pic.Start
			if i == scene && at < pic.Frames {
				now := j.view(i, pic)
				now.frame = at
				if at >= pic.Fade || before.view == nil {
					return j.paint(ctx, now)
				}
				bare := now
				bare.view, before.view = now.view.Uncaptioned(), before.view.Uncaptioned()
				frame, err := j.paint(ctx, bare)
				if err != nil {
					return nil, err
				}
				frame, err = j.entering(ctx, before, frame, ffmpeg.EnterInput{Type: pic.Enter, Frames: pic.Fade}, at)
				if err != nil {
					return nil, err
				}
				return frame, j.painter.Caption(frame, now.view, at)
			}
			before = shown{view: &picture.View{}, frame: pic.Frames - 1}
			if i >= scene-1 { // that of an earlier scene is never seen in this one
				before = j.view(i, pic)
				before.frame = pic.Frames - 1
			}
		}
	}
	return nil, fault.New(fault.Internal, nil, "a scene has no picture at frame %d", n)
}

// paint draws a frame; a file that cannot be read is the author's to mend.
func (j *job) paint(ctx context.Context, s shown) ([]byte, error) {
	frame, err := j.painter.Frame(ctx, s.view, s.frame)
	if err == nil || ctx.Err() != nil || !blamesFile(err) {
		return frame, err
	}
	list := j.list
	list.Errorf(s.place, "%q cannot be used: %s", s.name, reason(err)).Hint = "check that the file opens in a player or viewer, and export it again"
	return nil, &ScriptError{List: list, Sources: j.sources}
}

// entering draws frame n of a transition to a frame.
func (j *job) entering(ctx context.Context, before shown, frame []byte, e ffmpeg.EnterInput, n int64) ([]byte, error) {
	old, err := j.paint(ctx, before)
	if err != nil {
		return nil, err
	}
	if e.Path, err = j.scratch("enter", before.view.Key(j.form), old); err != nil {
		return nil, err
	}
	// Each frame of a transition depends on its number alone.
	in := bytes.NewReader(bytes.Repeat(frame, int(n+1)))
	var out bytes.Buffer
	if err := j.studio.tools.Run(ctx, j.form.ReadEnter(e, n+1), in, &out); err != nil {
		return nil, err
	}
	if b := out.Bytes(); len(b) >= len(frame) {
		return b[len(b)-len(frame):], nil
	}
	return nil, errors.New("the transition could not be drawn")
}
