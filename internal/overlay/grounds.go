package overlay

import (
	"context"
	"slices"

	"mynah/internal/arrange"
	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// newPlace returns where the slide of a scene with a layout is.
func (a *artist) newPlace(s *storyboard.Scene) slide.Place {
	out := slide.Place{Layout: s.Layout, Upright: arrange.IsUpright(a.Board.Film.Width, a.Board.Film.Height)}
	text := arrange.Text(s, a.Sizes, a.Board.Film.Width, a.Board.Film.Height)
	out.Area, out.OnGround, out.Avoid = text.Area, text.OnGround, text.Avoid.Rect
	if !out.Avoid.Empty() {
		out.Holes = []slide.Hole{newHole(text.Avoid)}
	}
	return out
}

func newHole(p arrange.Pane) slide.Hole {
	return slide.Hole{Rect: p.Rect, Radius: p.Radius, SquareTop: p.SquareTop}
}

// groundTask is the drawing of what surrounds the pictures of a scene at one time.
type groundTask struct {
	slideTask
	picture int
}

// DrawGrounds draws what surrounds the pictures that do not fill the frame: the theme's ground, shadows, bars of
// windows and edges of phones. It returns a layer for each picture of each scene; the key of a layer is zero if its
// picture needs none.
func DrawGrounds(ctx context.Context, m part.Maker, in Input, line *timeline.Line) ([][]picture.LayerRef, error) {
	a := &artist{Maker: m, Input: in}
	tasks, err := a.listGroundTasks(ctx, line)
	if err != nil {
		return nil, err
	}
	out := make([][]picture.LayerRef, len(in.Board.Scenes))
	for i := range line.Scenes {
		out[i] = make([]picture.LayerRef, len(line.Scenes[i].Pictures))
	}
	for _, t := range tasks {
		m.Book.AddRecipe(t.recipe, part.Label{Name: "the ground", Scene: t.scene + 1})
		out[t.scene][t.picture] = picture.LayerRef{Key: t.key, Drawing: newDrawingKey(t.key)}
	}
	var drawings []slideTask
	for _, t := range tasks {
		drawings = append(drawings, t.slideTask)
	}
	_, err = a.drawSlideTasks(ctx, drawings)
	return out, err
}

// listGroundTasks returns the tasks for all pictures of the film that need a ground.
func (a *artist) listGroundTasks(ctx context.Context, line *timeline.Line) ([]groundTask, error) {
	var out []groundTask
	for i, scene := range line.Scenes {
		s := &a.Board.Scenes[i]
		for k, pic := range scene.Pictures {
			placed := arrange.Shots(s, pic.ListShots(), a.Sizes, a.Board.Film.Width, a.Board.Film.Height)
			if !placed.Ground && !slices.ContainsFunc(placed.Panes, func(p arrange.Pane) bool { return p.Shadow }) {
				continue
			}
			task, err := a.addKey(ctx, slideTask{scene: i, request: a.newGroundRequest(s, placed)})
			if err != nil {
				return nil, err
			}
			out = append(out, groundTask{slideTask: task, picture: k})
		}
	}
	return out, nil
}

// newGroundRequest returns the request for what surrounds the panes of a scene.
func (a *artist) newGroundRequest(s *storyboard.Scene, placed arrange.Arrangement) slide.Request {
	r := slide.Request{
		Width: a.Board.Film.Width, Height: a.Board.Film.Height, Theme: s.Theme, Brand: a.Board.Film.Brand,
		Files: a.Files, Language: a.Board.Film.Language,
		Canvas: s.Canvas, CanvasSet: s.CanvasSet, Ground: &slide.Ground{Bare: !placed.Ground},
		Place: slide.Place{Layout: s.Layout},
	}
	r.Blocks = []slide.Block{{Kind: frame.TextBlock, Range: s.Range}}
	whole := r.Width * r.Height
	for _, p := range placed.Panes {
		if p.Rect.Dx()*p.Rect.Dy() == whole {
			continue
		}
		r.Holes = append(r.Holes, newHole(p))
		if p.Mount != frame.NoMount || p.Shadow {
			r.Ground.Mounts = append(r.Ground.Mounts, slide.Mount{Kind: p.Mount, Rect: p.Rect, Radius: p.Radius})
		}
	}
	return r
}

// DrawWatermarks draws what lies over the whole film: the watermark and the progress bar. It returns the layers of
// each scene.
func DrawWatermarks(ctx context.Context, m part.Maker, in Input) ([][]picture.LayerRef, diag.List, error) {
	a := &artist{Maker: m, Input: in}
	out := make([][]picture.LayerRef, len(in.Board.Scenes))
	film := in.Board.Film
	if film.Watermark == nil && !film.Progress {
		return out, nil, nil
	}
	version, err := a.Drawer.ReadVersion(ctx, "the watermark and the progress bar")
	if err != nil {
		return nil, nil, err
	}
	var tasks []slideTask
	for i := range in.Board.Scenes {
		for _, r := range a.listWatermarkRequests(i) {
			t := slideTask{scene: i, request: r}.withKey(version)
			out[i] = append(out[i], picture.LayerRef{Key: t.key, Drawing: newDrawingKey(t.key), Often: true})
			if !slices.ContainsFunc(tasks, func(other slideTask) bool { return other.key == t.key }) {
				m.Book.AddRecipe(t.recipe, part.Label{Name: "the watermark or progress bar", Scene: i + 1})
				tasks = append(tasks, t)
			}
		}
	}
	heads, err := a.drawSlideTasks(ctx, tasks)
	return out, listSlideFindings(tasks, heads, make([]*slide.DiagramError, len(tasks))), err
}

// listWatermarkRequests returns the requests for what lies over a scene.
func (a *artist) listWatermarkRequests(scene int) []slide.Request {
	film, s := a.Board.Film, &a.Board.Scenes[scene]
	r := slide.Request{
		Width: film.Width, Height: film.Height, Brand: film.Brand, Files: a.Files,
		Blocks: []slide.Block{{Kind: frame.TextBlock, Range: s.Range}},
	}
	var out []slide.Request
	if w := film.Watermark; w != nil {
		watermark := r
		watermark.Blocks = []slide.Block{{Kind: frame.TextBlock, Range: w.Range}}
		watermark.Ground = &slide.Ground{
			Bare: true, Watermark: &slide.Watermark{File: w.File, Position: w.Position, Opacity: w.Strength},
		}
		out = append(out, watermark)
	}
	if film.Progress {
		r.Theme = s.Theme
		r.Ground = &slide.Ground{Bare: true, Progress: float64(scene+1) / float64(len(a.Board.Scenes))}
		out = append(out, r)
	}
	return out
}

// drawSlideTasks draws slides that are not in the cache, in parallel, and returns their metadata.
func (a *artist) drawSlideTasks(ctx context.Context, tasks []slideTask) ([]slideHead, error) {
	heads := make([]slideHead, len(tasks))
	g, ctx := a.NewGroup(ctx, doing, float64(len(tasks)))
	for i, t := range tasks {
		g.Go(1, func() (err error) {
			heads[i], err = a.ensureSlideDrawn(ctx, t)
			return err
		})
	}
	return heads, g.Wait()
}
