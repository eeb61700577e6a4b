package overlay

import (
	"context"
	"slices"

	"mynah/internal/arrange"
	"mynah/internal/cache"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// newPlace returns where the slide of a scene with a layout is.
func (a *artist) newPlace(s *storyboard.Scene) slide.Place {
	out := slide.Place{Layout: s.Layout}
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
	scene, picture int
	request        slide.Request
	recipe         Slide
	key            cache.Key
}

// DrawGrounds draws what surrounds the pictures that do not fill the frame: the theme's ground, shadows, bars of windows
// and edges of phones. It returns a layer for each picture of each scene; the key of a layer is zero if its picture
// needs none.
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
	g, ctx := m.NewGroup(ctx, doing, float64(len(tasks)))
	for _, t := range tasks {
		m.Book.AddRecipe(t.recipe, part.Label{Name: "the ground", Scene: t.scene + 1})
		out[t.scene][t.picture] = picture.LayerRef{Key: t.key, Drawing: newDrawingKey(t.key)}
		g.Go(1, func() error {
			_, err := a.ensureSlideDrawn(ctx, slideTask{scene: t.scene, request: t.request, recipe: t.recipe, key: t.key})
			return err
		})
	}
	return out, g.Wait()
}

// listGroundTasks returns the tasks for all pictures of the film that need a ground.
func (a *artist) listGroundTasks(ctx context.Context, line *timeline.Line) ([]groundTask, error) {
	var out []groundTask
	version := ""
	for i, scene := range line.Scenes {
		s := &a.Board.Scenes[i]
		for k, pic := range scene.Pictures {
			placed := arrange.Shots(s, pic.ListShots(), a.Sizes, a.Board.Film.Width, a.Board.Film.Height)
			if !placed.Ground && !slices.ContainsFunc(placed.Panes, func(p arrange.Pane) bool { return p.Shadow }) {
				continue
			}
			if version == "" {
				var err error
				if version, err = a.Drawer.ReadVersion(ctx, "slides"); err != nil {
					return nil, err
				}
			}
			r := a.newGroundRequest(s, placed)
			recipe := Slide{Look: r.ComputeKey(version)}
			out = append(out, groundTask{scene: i, picture: k, request: r, recipe: recipe, key: part.ComputeKey(recipe)})
		}
	}
	return out, nil
}

// newGroundRequest returns the request for what surrounds the panes of a scene.
func (a *artist) newGroundRequest(s *storyboard.Scene, placed arrange.Arrangement) slide.Request {
	r := slide.Request{
		Width: a.Board.Film.Width, Height: a.Board.Film.Height, Theme: s.Theme, Files: a.Files, Language: a.Board.Film.Language,
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
