package cut

import (
	"bytes"
	"context"
	"io"
	"math/big"
	"slices"
	"time"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/overlay"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// sheetWidth is the width of a picture on a contact sheet, in pixels; mostSheet is the maximum number of
// pictures.
const (
	sheetWidth = 480
	mostSheet  = 400
)

// DrawSnapshot draws a frame of a scene as PNG. number is the scene, from 1; from is the time in the scene, nil for
// its middle. If a file cannot be read, it returns a finding instead.
func (c *Cutter) DrawSnapshot(ctx context.Context, number int, from *time.Duration) ([]byte, diag.List, error) {
	if number < 1 || number > len(c.in.Line.Scenes) {
		return nil, nil, fault.New(fault.Usage, nil,
			"scene %d does not exist: the last scene is %d", number, len(c.in.Line.Scenes)).
			WithHint("scenes are numbered from 1; run mynah snapshot --sheet to see all")
	}
	scene := c.in.Line.Scenes[number-1]
	n := scene.Frames / 2
	if from != nil {
		at := new(big.Rat).Mul(big.NewRat(int64(*from), int64(time.Second)),
			big.NewRat(c.in.Line.FPS.Num, c.in.Line.FPS.Den))
		n = new(big.Int).Div(at.Num(), at.Denom()).Int64()
		if n < 0 || n >= scene.Frames {
			length := big.NewRat(scene.Frames*c.in.Line.FPS.Den, c.in.Line.FPS.Num)
			return nil, nil, fault.New(fault.Usage, nil,
				"scene %d has no frame at %s: it lasts %s s", number, *from, length.FloatString(2)).
				WithHint("--at counts from the scene's beginning, in seconds")
		}
	}
	frame, list, err := c.DrawFrame(ctx, number-1, n)
	if err != nil || len(list) > 0 {
		return nil, list, err
	}
	var out bytes.Buffer
	err = c.tools.RunFFmpeg(ctx, c.form.EncodePNGArgs(), bytes.NewReader(frame), &out)
	return out.Bytes(), nil, err
}

// chooseSheetFrame returns the frame of a scene for a contact sheet: the one nearest to its middle at which no picture
// fades into another and, if the scene has captions, one of them is shown.
func (c *Cutter) chooseSheetFrame(scene int) int64 {
	s := c.in.Line.Scenes[scene]
	captions := c.in.Captions[scene]
	fades := func(n int64) bool {
		return slices.ContainsFunc(s.Pictures, func(p timeline.Picture) bool { return p.Start <= n && n < p.Start+p.Fade })
	}
	shows := func(n int64) bool {
		return len(captions) == 0 ||
			slices.ContainsFunc(captions, func(p overlay.CaptionSpan) bool { return p.From <= n && n < p.To })
	}
	middle, still := s.Start+s.Frames/2, int64(-1)
	for k := range 2 * s.Frames { // outwards from the middle
		n := middle + (k+1)/2
		if k%2 == 1 {
			n = middle - (k+1)/2
		}
		if n < s.Start || n >= s.Start+s.Frames || fades(n) {
			continue
		}
		if shows(n) {
			return n - s.Start
		}
		if still < 0 {
			still = n
		}
	}
	if still < 0 {
		still = middle
	}
	return still - s.Start
}

// DrawSheet draws a contact sheet as PNG with a frame near the middle of each scene. If a file cannot be read, it returns
// a finding instead.
func (c *Cutter) DrawSheet(ctx context.Context) ([]byte, diag.List, error) {
	count := len(c.in.Line.Scenes)
	if count > mostSheet {
		return nil, nil, fault.New(fault.Usage, nil, "the video has %d scenes; a sheet shows at most %d", count,
			mostSheet).
			WithHint("draw single scenes with --scene")
	}
	// Draw all frames before starting the program that combines them: drawing may start programs, too, and only
	// one may be allowed to run at a time.
	small := c.form
	by := 1
	for small.Width/(by+1) >= sheetWidth && small.Height/(by+1) >= 2 {
		by++
	}
	small.Width, small.Height = small.Width/by&^1, small.Height/by&^1
	var frames []io.Reader
	for i := range c.in.Line.Scenes {
		frame, list, err := c.DrawFrame(ctx, i, c.chooseSheetFrame(i))
		if err != nil || len(list) > 0 {
			return nil, list, err
		}
		frames = append(frames, bytes.NewReader(picture.Shrink(frame, c.form.Width, c.form.Height, by)))
		c.ReportProgress(float64(i+1) / float64(count))
	}
	var out bytes.Buffer
	err := c.tools.RunFFmpeg(ctx, small.EncodeSheetArgs(count, sheetWidth), io.MultiReader(frames...), &out)
	return out.Bytes(), nil, err
}
