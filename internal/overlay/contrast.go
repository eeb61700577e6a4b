package overlay

import (
	"context"
	"path"

	"mynah/internal/diag"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
)

// Letters is what is needed to measure the contrast of a slide with the picture behind it.
type Letters struct {
	Scene int // index of the scene
	Range diag.Range
	Theme string
	// Under is the slide with transparent letters, Texts are the places and colours of the letters.
	Under picture.LayerRef
	Texts []slide.Text
}

// FindLetters returns the letters of the slides that are drawn over pictures with a theme of the project. Themes of
// Mynah are known to be legible.
func FindLetters(ctx context.Context, m part.Maker, in Input) ([]Letters, error) {
	a := &artist{Maker: m, Input: in}
	var tasks []slideTask
	for i := range in.Board.Scenes {
		s := &in.Board.Scenes[i]
		if len(s.Slides) == 0 || len(s.Shots) == 0 || path.Ext(s.Theme) != ".css" {
			continue
		}
		r := a.newSlideRequest(s)
		if r.OnGround {
			continue
		}
		r.Only, r.State = slide.UnderText, r.CountSteps()-1
		t, err := a.addKey(ctx, slideTask{scene: i, request: r})
		if err != nil {
			return nil, err
		}
		m.Book.AddRecipe(t.recipe, part.Label{Name: "the slide without letters", Scene: i + 1})
		tasks = append(tasks, t)
	}
	heads, err := a.drawSlideTasks(ctx, tasks)
	if err != nil {
		return nil, err
	}
	var out []Letters
	for i, t := range tasks {
		s := in.Board.Scenes[t.scene]
		out = append(out, Letters{
			Scene: t.scene, Range: s.Slides[0].Range, Theme: s.Theme, Texts: heads[i].Texts,
			Under: picture.LayerRef{Key: t.key, Drawing: newDrawingKey(t.key)},
		})
	}
	return out, nil
}
