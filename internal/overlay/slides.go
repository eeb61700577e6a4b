package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"mynah/internal/arrange"
	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// SlideState is the appearance of a scene's slides at one reveal step.
type SlideState struct {
	Layer picture.LayerRef
	// Text and Ground are Layer as two layers: the text, and the background below it. Their keys are zero, except for
	// slides that a transition follows or precedes. A slide on a ground of its own has no Ground.
	Text, Ground picture.LayerRef
	// Backdrops are the filters that the slide applies to the picture behind it.
	Backdrops []ffmpeg.Backdrop
}

// slideHead is the metadata of a drawn slide. It is stored separately from the drawing, because a
// build needs the drawing only if a picture is encoded again.
type slideHead struct {
	Backdrops []ffmpeg.Backdrop `json:"backdrops,omitempty"`
	Warnings  []slide.Warning   `json:"warnings,omitempty"`
	Texts     []slide.Text      `json:"texts,omitempty"`
}

// slideTask is the drawing of a scene's slides at one reveal step.
type slideTask struct {
	scene, state int
	only         slide.Part
	request      slide.Request
	recipe       Slide
	key          cache.Key // key of the recipe
	// large is the scale of a larger drawing of the slide in the task before, for the camera; 0 for other tasks.
	large float64
}

// addKey adds the recipe and key to the task of a slide. Without a browser it returns an error.
func (a *artist) addKey(ctx context.Context, t slideTask) (slideTask, error) {
	version, err := a.Drawer.ReadVersion(ctx, "slides")
	if err != nil {
		return slideTask{}, err
	}
	return t.withKey(version), nil
}

// withKey returns the task with its recipe and key; version is the result of Drawer.ReadVersion.
func (t slideTask) withKey(version string) slideTask {
	t.recipe = Slide{Look: t.request.ComputeKey(version), Step: t.state}
	t.key = part.ComputeKey(t.recipe)
	return t
}

// DrawSlides draws the slides that are not in the cache, in parallel. It returns the states of each
// scene in the order in which they are shown. Slides leave room for the cues of their scene if these
// are drawn into the picture.
func DrawSlides(ctx context.Context, m part.Maker, in Input, cues []caption.Cue) ([][]SlideState, diag.List, error) {
	a := &artist{Maker: m, Input: in}
	out := make([][]SlideState, len(in.Board.Scenes))
	tasks, err := a.listSlideTasks(ctx, cues)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tasks {
		m.Book.AddRecipe(t.recipe, t.newLabel())
	}
	heads := make([]slideHead, len(tasks))
	wrong := make([]*slide.DiagramError, len(tasks))
	g, ctx := m.NewGroup(ctx, doing, float64(len(tasks)))
	for i, t := range tasks {
		g.Go(1, func() error {
			var err error
			if heads[i], err = a.ensureSlideDrawn(ctx, t); err != nil {
				if d, ok := errors.AsType[*slide.DiagramError](err); ok {
					wrong[i] = d
					return nil
				}
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	for i, t := range tasks {
		layer := picture.LayerRef{Key: t.key, Drawing: newDrawingKey(t.key)}
		states := out[t.scene]
		switch {
		case t.large > 0:
			last := &states[len(states)-1].Layer
			last.Large, last.LargeScale = newDrawingKey(t.key), t.large
		case t.only == slide.OnlyText:
			states[len(states)-1].Text = layer
		case t.only == slide.OnlyBackground:
			states[len(states)-1].Ground = layer
		default:
			out[t.scene] = append(states, SlideState{Layer: layer, Backdrops: heads[i].Backdrops})
		}
	}
	list := listSlideFindings(tasks, heads, wrong)
	if film := in.Board.Film; film.Brand != "" && len(tasks) == 0 {
		// Slides report what is wrong with the brand. Without slides, callouts and the progress bar may use it.
		for _, w := range slide.CheckBrand(in.Files, film.Brand) {
			list.Warnf(w.Range, "%s", w.Summary).Hint = w.Hint
		}
	}
	return out, list, nil
}

// ListSlideFiles returns the names of the files that the slides of a scene, or the ground around its pictures, refer to.
func ListSlideFiles(in Input, scene *storyboard.Scene) []string {
	a := &artist{Input: in}
	if len(scene.Slides) > 0 {
		return slide.ListFiles(a.newSlideRequest(scene))
	}
	isMounted := func(s storyboard.Shot) bool { return s.Mount != frame.NoMount }
	if scene.CountCallouts() > 0 || slices.ContainsFunc(scene.Shots, isMounted) || scene.Layout != frame.NoLayout {
		return slide.ListFiles(a.newGroundRequest(scene, arrange.Arrangement{}))
	}
	return nil
}

// listSlideTasks returns the tasks for all slides of the film, in order.
func (a *artist) listSlideTasks(ctx context.Context, cues []caption.Cue) ([]slideTask, error) {
	var out []slideTask
	for i := range a.Board.Scenes {
		s := &a.Board.Scenes[i]
		if len(s.Slides) == 0 {
			continue
		}
		r := a.newSlideRequest(s)
		r.Captions = a.computeCaptionStrips(i, cues)
		for state := range r.CountSteps() {
			r.State = state
			tasks := []slideTask{{scene: i, state: state, request: r}}
			// The first click may be at the first word, so that the second state is shown from the start.
			first, last := state == 0 || r.Waits && state == 1, state == r.CountSteps()-1
			if first && a.textFadesBefore(i) || last && a.textFadesBefore(i+1) {
				tasks = append(tasks, tasks[0].split()...)
			}
			if scale := chooseLargeScale(s, r); scale > 0 {
				tasks = append(tasks, slideTask{scene: i, state: state, request: r.Enlarge(scale), large: scale})
			}
			for _, t := range tasks {
				t, err := a.addKey(ctx, t)
				if err != nil {
					return nil, err
				}
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// textFadesBefore reports whether the texts of the slides of scenes i-1 and i fade during the transition between them.
func (a *artist) textFadesBefore(i int) bool {
	scenes := a.Board.Scenes
	return i > 0 && i < len(scenes) && scenes[i].Transition.Duration > 0 &&
		len(scenes[i-1].Slides) > 0 && len(scenes[i].Slides) > 0
}

// split returns the tasks that draw the text and the background of a slide separately, without their keys.
func (t slideTask) split() []slideTask {
	parts := []slide.Part{slide.OnlyText}
	if !t.request.OnGround {
		parts = append(parts, slide.OnlyBackground)
	}
	var out []slideTask
	for _, only := range parts {
		half := t
		half.only, half.request.Only = only, only
		if only == slide.OnlyBackground {
			empty := slide.Block{Kind: frame.TextBlock, Range: t.request.Blocks[0].Range}
			half.request.Blocks, half.request.State, half.state, half.request.Waits = []slide.Block{empty}, 0, 0, false
		}
		out = append(out, half)
	}
	return out
}

// chooseLargeScale returns the scale of an additional drawing of a slide or callout to which a camera moves, so that
// its text is sharp; 0 if there is no such camera or the drawing would be too large.
func chooseLargeScale(s *storyboard.Scene, r slide.Request) float64 {
	const most = 8192 // pixels
	moves := func(list []script.Callout) bool {
		return slices.ContainsFunc(list, func(c script.Callout) bool { return c.Style == script.CameraZoom })
	}
	onShot := slices.ContainsFunc(s.Shots, func(shot storyboard.Shot) bool { return moves(shot.Callouts) })
	if !moves(s.Callouts) && !onShot {
		return 0
	}
	for _, scale := range []int{3, 2} {
		if max(r.Width, r.Height)*scale <= most {
			return float64(scale)
		}
	}
	return 0
}

func (a *artist) newSlideRequest(s *storyboard.Scene) slide.Request {
	r := slide.Request{
		Width: a.Board.Film.Width, Height: a.Board.Film.Height, Theme: s.Slides[0].Theme,
		Brand: a.Board.Film.Brand, Language: a.Board.Film.Language,
		Files: a.Files, Over: len(s.Shots) > 0, Canvas: s.Canvas, CanvasSet: s.CanvasSet, Waits: s.WaitsForClick(),
	}
	r.Upright = arrange.IsUpright(r.Width, r.Height)
	if s.Layout != frame.NoLayout {
		r.Place = a.newPlace(s)
		r.Over = r.Over && !r.OnGround
	}
	for _, b := range s.Slides {
		r.Blocks = append(r.Blocks, slide.Block{
			Kind: b.Kind, Language: b.Language, Text: b.Text, FontSize: b.FontSize, Range: b.Range,
			Reveal: b.Reveal || len(b.Ranges) > 0, Ranges: b.Ranges, Highlight: b.Highlight,
		})
	}
	return r
}

// newLabel names a slide for messages by its first line.
func (t slideTask) newLabel() part.Label {
	return part.Label{Name: diag.Shorten(strings.SplitN(strings.TrimSpace(t.request.Blocks[0].Text), "\n", 2)[0], 60), Scene: t.scene + 1}
}

// ensureSlideDrawn returns the metadata of a slide, and draws the slide if it is not in the cache.
func (a *artist) ensureSlideDrawn(ctx context.Context, t slideTask) (slideHead, error) {
	head, ok := part.ReadJSON[slideHead](a.Store, cache.Pictures, t.key)
	if ok && a.Store.HasEntry(cache.Pictures, newDrawingKey(t.key)) {
		return head, nil
	}
	if err := a.MakeParts(ctx, func() error { return a.drawAndStoreSlide(ctx, t) }, t.key); err != nil {
		return slideHead{}, err
	}
	head, ok = part.ReadJSON[slideHead](a.Store, cache.Pictures, t.key)
	if !ok || !a.Store.HasEntry(cache.Pictures, newDrawingKey(t.key)) {
		return slideHead{}, cache.ErrLost
	}
	return head, nil
}

// drawAndStoreSlide draws a slide and stores it in the cache.
func (a *artist) drawAndStoreSlide(ctx context.Context, t slideTask) error {
	at := t.request.Blocks[0].Range
	drawn, err := a.Drawer.Draw(ctx, t.request)
	if err != nil {
		return err
	}
	rest := frame.Color{R: drawn.Rest.R, G: drawn.Rest.G, B: drawn.Rest.B, A: drawn.Rest.A}
	l, err := picture.NewLayer(drawn.Image, rest, t.request.Width, t.request.Height).MarshalBinary()
	if err != nil {
		return fault.New(fault.Internal, err, "%s:%d: the slide cannot be written to the cache", at.File, at.Start.Line)
	}
	meta, err := json.Marshal(slideHead{Backdrops: convertBackdrops(drawn, t.request), Warnings: drawn.Warnings, Texts: drawn.Texts})
	if err == nil { // store the metadata last, so that it is there only with the drawing
		err = errors.Join(a.Store.PutBytes(cache.Pictures, newDrawingKey(t.key), l), a.Store.PutBytes(cache.Pictures, t.key, meta))
	}
	if err != nil {
		return fault.New(fault.Disk, err, "cannot write a slide to the cache")
	}
	return nil
}

// convertBackdrops converts the backdrop filters of a slide for package ffmpeg.
func convertBackdrops(d *slide.Drawn, r slide.Request) []ffmpeg.Backdrop {
	var out []ffmpeg.Backdrop
	for _, b := range d.Backdrops {
		box := ffmpeg.Backdrop{
			Left: b.Bounds.Min.X, Top: b.Bounds.Min.Y, Width: b.Bounds.Dx(), Height: b.Bounds.Dy(), FrameW: r.Width, FrameH: r.Height,
		}
		for _, f := range b.Filters {
			box.Effects = append(box.Effects, ffmpeg.Effect{Name: f.Name, Value: f.Value})
		}
		out = append(out, box)
	}
	return out
}

// listSlideFindings returns warnings and errors about slides, each once.
func listSlideFindings(tasks []slideTask, heads []slideHead, wrong []*slide.DiagramError) (list diag.List) {
	said := map[string]bool{}
	for i, t := range tasks {
		for _, w := range heads[i].Warnings {
			if id := w.Range.File + w.Summary + string(rune(w.Range.Start.Line)); !said[id] {
				said[id] = true
				d := list.Warnf(w.Range, "%s", w.Summary)
				d.Code, d.Hint = w.Code, w.Hint
			}
		}
		if e := wrong[i]; e != nil && t.state == 0 {
			at := t.request.Blocks[e.Block].Range
			if e.Line > 0 { // line 1 of the text is the line after the opening fence
				at.Start = diag.Pos{Line: at.Start.Line + e.Line, Column: 1}
				at.End = at.Start
			}
			what := map[frame.BlockKind]string{frame.MermaidBlock: "diagram", frame.DotBlock: "graph", frame.MathBlock: "formula"}
			list.Errorf(at, "the %s cannot be drawn: %s", what[t.request.Blocks[e.Block].Kind], e.Text)
		}
	}
	return list
}
