package studio

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/picture"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
)

// slideState is what a scene's slides look like in one of their states.
type slideState struct {
	layer picture.LayerRef
	// backdrops are what the slide does to the picture behind it.
	backdrops []ffmpeg.Backdrop
}

// slideHead is what is known of a drawn slide. It lies apart from the drawing, which a
// build needs only where a picture is encoded anew.
type slideHead struct {
	Backdrops []ffmpeg.Backdrop `json:"backdrops,omitempty"`
	Warnings  []slide.Warning   `json:"warnings,omitempty"`
}

// slideTask is one state of a scene's slides.
type slideTask struct {
	scene, state int
	request      slide.Request
	key          cache.Key
}

// drawSlides draws the slides that are not in the cache, side by side, and reports what
// is wrong with them.
func (j *job) drawSlides(ctx context.Context) error {
	j.slides = make([][]slideState, len(j.board.Scenes))
	tasks, err := j.slideTasks(ctx)
	if err != nil || len(tasks) == 0 {
		return err
	}
	heads := make([]slideHead, len(tasks))
	wrong := make([]*slide.DiagramError, len(tasks))
	var mu sync.Mutex
	done := 0
	g, ctx := j.newGroup(ctx, phaseSlides)
	for i, t := range tasks {
		g.Go(func() error {
			var err error
			if heads[i], err = j.drawSlide(ctx, t); err != nil {
				if d, ok := errors.AsType[*slide.DiagramError](err); ok {
					wrong[i] = d
					return nil
				}
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			j.progress(phaseSlides, float64(done)/float64(len(tasks)))
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, t := range tasks {
		ref := picture.LayerRef{Key: t.key, Draw: func() (*picture.Layer, error) { return j.layer(t.key) }}
		j.slides[t.scene] = append(j.slides[t.scene], slideState{layer: ref, backdrops: heads[i].Backdrops})
	}
	return j.reportSlides(tasks, heads, wrong)
}

// slideTasks lists the slides of the film in the order in which they are seen.
func (j *job) slideTasks(ctx context.Context) ([]slideTask, error) {
	var out []slideTask
	version := ""
	for i := range j.board.Scenes {
		s := &j.board.Scenes[i]
		if len(s.Slides) == 0 {
			continue
		}
		if version == "" {
			var err error
			if version, err = j.studio.drawer.Version(ctx, "slides"); err != nil {
				return nil, err
			}
		}
		r := j.slideRequest(s)
		r.Captions = j.captionStrips(i)
		for state := range r.States() {
			r.State = state
			k := r.Key(version)
			out = append(out, slideTask{scene: i, state: state, request: r, key: cache.NewHasher("slide head 1").Bytes(k[:]).Key()})
		}
	}
	return out, nil
}

func (j *job) slideRequest(s *storyboard.Scene) slide.Request {
	r := slide.Request{
		Width: j.board.Film.Width, Height: j.board.Film.Height, Theme: s.Slides[0].Theme, Language: j.board.Film.Language,
		Files: j.project.FS(), Over: len(s.Shots) > 0, Canvas: s.Canvas, CanvasSet: s.CanvasSet,
	}
	for _, b := range s.Slides {
		r.Blocks = append(r.Blocks, slide.Block{
			Kind: b.Kind, Language: b.Language, Text: b.Text, FontSize: b.FontSize, Range: b.Range,
			Reveal: b.Reveal || len(b.Ranges) > 0, Ranges: b.Ranges, Highlight: b.Highlight,
		})
	}
	return r
}

// drawSlide draws one slide, or finds what is known of it.
func (j *job) drawSlide(ctx context.Context, t slideTask) (slideHead, error) {
	var head slideHead
	at := t.request.Blocks[0].Range
	j.part(t.key, partSlide, shorten(strings.SplitN(strings.TrimSpace(t.request.Blocks[0].Text), "\n", 2)[0], 60), t.scene+1, of("its text, theme, files or font", t.key), of("its step", t.state))
	if b, ok := j.store.Get(cache.Pictures, t.key); ok && json.Unmarshal(b, &head) == nil && j.store.Has(cache.Pictures, drawingKey(t.key)) {
		return head, nil
	}
	start := time.Now()
	drawn, err := j.studio.drawer.Draw(ctx, t.request)
	if err != nil {
		return head, err
	}
	rest := frame.Color{R: drawn.Rest.R, G: drawn.Rest.G, B: drawn.Rest.B, A: drawn.Rest.A}
	l, err := picture.NewLayer(drawn.Image, rest, t.request.Width, t.request.Height).MarshalBinary()
	if err != nil {
		return head, fault.New(fault.Internal, err, "%s:%d: the slide cannot be kept", at.File, at.Start.Line)
	}
	head = slideHead{Backdrops: backdropsOf(drawn, t.request), Warnings: drawn.Warnings}
	meta, err := json.Marshal(head)
	if err == nil { // the head last: where it is, the drawing is
		err = errors.Join(j.store.PutBytes(cache.Pictures, drawingKey(t.key), l), j.store.PutBytes(cache.Pictures, t.key, meta))
	}
	if err != nil {
		return head, fault.New(fault.Disk, err, "cannot keep a slide in the cache")
	}
	j.made(time.Since(start), t.key)
	return head, nil
}

func drawingKey(key cache.Key) cache.Key {
	return cache.NewHasher("drawing 1").Bytes(key[:]).Key()
}

// layer reads a drawing of the cache.
func (j *job) layer(key cache.Key) (*picture.Layer, error) {
	b, ok := j.store.Get(cache.Pictures, drawingKey(key))
	if !ok {
		return nil, cache.ErrLost
	}
	l := &picture.Layer{}
	return l, l.UnmarshalBinary(b)
}

// backdropsOf gives what a slide does to the picture behind it as our filters take it.
func backdropsOf(d *slide.Drawn, r slide.Request) []ffmpeg.Backdrop {
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

// reportSlides tells what authors should know about their slides, each thing once.
func (j *job) reportSlides(tasks []slideTask, heads []slideHead, wrong []*slide.DiagramError) error {
	var list diag.List
	said := map[string]bool{}
	for i, t := range tasks {
		for _, w := range heads[i].Warnings {
			if id := w.Range.File + w.Summary + string(rune(w.Range.Start.Line)); !said[id] {
				said[id] = true
				list.Warnf(w.Range, "%s", w.Summary).Hint = w.Hint
			}
		}
		if e := wrong[i]; e != nil && t.state == 0 {
			at := t.request.Blocks[e.Block].Range
			if e.Line > 0 { // the block's first line is that of its opening fence
				at.Start = diag.Pos{Line: at.Start.Line + e.Line, Column: 1}
				at.End = at.Start
			}
			what := map[frame.BlockKind]string{frame.MermaidBlock: "diagram", frame.DotBlock: "graph", frame.MathBlock: "formula"}
			list.Errorf(at, "the %s cannot be drawn: %s", what[t.request.Blocks[e.Block].Kind], e.Text)
		}
	}
	return j.report(list)
}
