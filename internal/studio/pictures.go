package studio

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"mynah/internal/cache"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// batchBytes bounds the raw frames that one worker holds, batchCount the pictures that
// one process reads.
const (
	batchBytes = 24 << 20
	batchCount = 24
)

// stillTask is a distinct still that is not in the cache.
type stillTask struct {
	still picture.Still
	key   cache.Key
	place diag.Range
	name  string
}

// clipTask is a distinct stretch of a clip that is not in the cache.
type clipTask struct {
	clip  ffmpeg.ClipInput
	key   cache.Key
	place diag.Range
	name  string
}

// fadeTask is a crossing of two stills that is not in the cache.
type fadeTask struct {
	from, to picture.Still
	frames   int64
	key      cache.Key
	place    diag.Range
}

// cutPlan is what the picture track consists of, and what of it is to be made.
type cutPlan struct {
	pieces []film.Piece
	stills []stillTask
	clips  []clipTask
	fades  []fadeTask
	seen   map[cache.Key]bool
	// short are clips that gave fewer pictures than they said.
	wanted map[cache.Key]clipTask
}

// plan turns the timed pictures into pieces, and lists what must be encoded for them.
func (j *job) plan() *cutPlan {
	p := &cutPlan{seen: map[cache.Key]bool{}, wanted: map[cache.Key]clipTask{}}
	for i, scene := range j.line.Scenes {
		var before picture.Still
		for _, pic := range scene.Pictures {
			if pic.Moving > 0 {
				p.pieces = append(p.pieces, j.moving(p, i, pic, longest(scene.Pictures, pic)))
				continue
			}
			still, name, place := j.still(i, pic)
			frames := pic.Frames
			if pic.Fade > 0 {
				p.pieces = append(p.pieces, j.fade(p, fadeTask{from: before, to: still, frames: pic.Fade, place: place}))
				frames -= pic.Fade
			}
			before = still
			w, h := j.form.Width, j.form.Height
			key := j.encoder.Key().String("still")
			pk := still.Key(w, h)
			task := stillTask{still: still, key: key.Bytes(pk[:]).Key(), place: place, name: name}
			j.stillPart(task, i)
			if !p.seen[task.key] {
				p.seen[task.key] = true
				if !j.encoder.Has(task.key) {
					p.stills = append(p.stills, task)
				}
			}
			p.pieces = append(p.pieces, film.Piece{Segment: task.key, Frames: frames})
		}
	}
	return p
}

// encoding is the ingredient that all coded pictures share.
func (j *job) encoding() ingredient {
	return of("the film's size, rate, quality or encoder", j.form.Settings(), j.studio.version)
}

// stillPart notes what a still is made of.
func (j *job) stillPart(t stillTask, scene int) {
	s := t.still
	var content, text any
	if s.Asset != nil {
		content = s.Asset.Content
	}
	if s.Text != nil {
		text = *s.Text
	}
	j.part(t.key, partPicture, t.name, scene+1, of("the file", content), of("the text", text),
		of("how it fills the frame", s.Fit, s.Position), of("the canvas", s.Canvas), of("the moment", s.Clip, s.AtEnd, s.From, s.Length), j.encoding())
}

// still says what a standing picture shows.
func (j *job) still(i int, pic timeline.Picture) (picture.Still, string, diag.Range) {
	scene := &j.board.Scenes[i]
	if pic.Shot < 0 {
		s := picture.Still{Canvas: scene.Canvas}
		if len(scene.Slides) > 0 {
			var texts []string
			for _, slide := range scene.Slides {
				texts = append(texts, slide.Text)
			}
			s.Text = &picture.Text{Text: strings.Join(texts, "\n"), Size: scene.Slides[0].FontSize, Color: ink(scene.Canvas)}
			return s, "the slide", scene.Slides[0].Range
		}
		return s, "the canvas", scene.Range
	}
	shot := scene.Shots[pic.Shot]
	a := j.assets[shot.File]
	s := picture.Still{Canvas: shot.Canvas, Asset: a.picture(), Fit: shot.Fit, Position: shot.Position}
	if shot.Kind == storyboard.Clip {
		s.Clip, s.AtEnd = true, shot.Still == script.StillEnd
		if l := a.info.Video.Length; l != nil {
			s.Length = micros(l)
		}
		if shot.Segment != nil {
			s.From, s.Length = shot.Segment.From.Microseconds(), (shot.Segment.To - shot.Segment.From).Microseconds()
		}
	}
	return s, shot.File, shot.Range
}

// ink is black on light canvases, white on dark ones, by their relative luminance
// (WCAG 2.1, without its gamma).
func ink(c script.Color) script.Color {
	if 2126*int(c.R)+7152*int(c.G)+722*int(c.B) < 10000*140 {
		return script.Color{R: 255, G: 255, B: 255, A: 255}
	}
	return script.Color{A: 255}
}

// longest gives how many frames of a picture's stretch are shown where it is shown
// longest: a shorter showing takes the first of the same coded pictures.
func longest(pictures []timeline.Picture, pic timeline.Picture) int64 {
	n := pic.Moving
	for _, other := range pictures {
		if other.Shot == pic.Shot && other.From == pic.From && other.Length == pic.Length &&
			other.SpeedNum == pic.SpeedNum && other.SpeedDen == pic.SpeedDen {
			n = max(n, other.Moving)
		}
	}
	return n
}

// moving adds a stretch of a clip or GIF, of which frames are needed.
func (j *job) moving(p *cutPlan, i int, pic timeline.Picture, frames int64) film.Piece {
	shot := j.board.Scenes[i].Shots[pic.Shot]
	a := j.assets[shot.File].picture()
	w, h := a.Source.Upright()
	clip := ffmpeg.ClipInput{
		Input: a.Input, Source: a.Source, Canvas: shot.Canvas,
		Placement: ffmpeg.Place(w, h, j.form.Width, j.form.Height, shot.Fit, shot.Position),
		From:      pic.From, Length: pic.Length, SpeedNum: pic.SpeedNum, SpeedDen: pic.SpeedDen, Frames: frames,
		Rate: j.assets[shot.File].info.Video.Rate,
		// A picture that stands for long is repeated now and then, so it must be intra.
		Held: pic.Frames > pic.Moving && pic.Cycle == 0,
	}
	if shot.Segment == nil && clip.Frames*j.form.FPS.Den*1_000_000 >= pic.Length*j.form.FPS.Num {
		clip.Length = 0 // the whole file: let the decoder find the end
	}
	k := j.encoder.Key().String("clip").Bytes(a.Content[:]).String(string(shot.Fit)).
		String(string(shot.Position.X)).String(string(shot.Position.Y)).
		Int(int64(shot.Canvas.R), int64(shot.Canvas.G), int64(shot.Canvas.B)).
		Int(clip.From, clip.Length, clip.SpeedNum, clip.SpeedDen, clip.Frames).Bool(clip.Held)
	task := clipTask{clip: clip, key: k.Key(), place: shot.Range, name: shot.File}
	p.wanted[task.key] = task
	j.part(task.key, partClip, shot.File, i+1, of("the file", a.Content), of("how it fills the frame", shot.Fit, shot.Position), of("the canvas", shot.Canvas),
		of("how long it plays", clip.From, clip.Length, clip.Frames, clip.Held), of("its speed", clip.SpeedNum, clip.SpeedDen), j.encoding())
	if !p.seen[task.key] {
		p.seen[task.key] = true
		if !j.encoder.Has(task.key) {
			p.clips = append(p.clips, task)
		}
	}
	return film.Piece{Segment: task.key, Take: int(pic.Moving), Frames: pic.Frames, Cycle: pic.Cycle}
}

// fade adds the crossing of two stills.
func (j *job) fade(p *cutPlan, t fadeTask) film.Piece {
	a, b := t.from.Key(j.form.Width, j.form.Height), t.to.Key(j.form.Width, j.form.Height)
	t.key = j.encoder.Key().String("fade 1").Bytes(a[:]).Bytes(b[:]).Int(t.frames).Key()
	if !p.seen[t.key] {
		p.seen[t.key] = true
		j.part(t.key, partCrossing, fmt.Sprintf("line %d", t.place.Start.Line), 0, of("a picture", a, b), of("its length", t.frames), j.encoding())
		if !j.encoder.Has(t.key) {
			p.fades = append(p.fades, t)
		}
	}
	return film.Piece{Segment: t.key, Frames: t.frames}
}

// makePictures encodes what is missing, side by side.
func (j *job) makePictures(ctx context.Context, p *cutPlan) error {
	total := float64(len(p.stills) + len(p.fades))
	for _, c := range p.clips {
		total += float64(c.clip.Frames)
	}
	var mu sync.Mutex
	var list diag.List
	done := 0.0
	finish := func(weight float64, place diag.Range, name string, err error) error {
		mu.Lock()
		defer mu.Unlock()
		done += weight
		j.progress(phasePictures, done/max(total, 1))
		var d *diag.Diagnostic
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case !blamesFile(err):
			return blameTool(err, place, name)
		case j.assets[name] == nil: // no file of the author's was read
			return fault.New(fault.ToolFailed, err, "%s:%d: ffmpeg failed at the picture", place.File, place.Start.Line).WithHint(hintDoctor)
		}
		d = list.Errorf(place, "%q cannot be used: %s", name, reason(err))
		d.Hint = "check that the file opens in a player or viewer, and export it again"
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(j.studio.run.Jobs())
	for _, c := range p.clips {
		g.Go(func() error { return finish(float64(c.clip.Frames), c.place, c.name, j.makeClip(ctx, c)) })
	}
	for _, f := range p.fades {
		g.Go(func() error { return finish(1, f.place, "", j.makeFade(ctx, f)) })
	}
	frame := j.form.Width * j.form.Height * 3 / 2
	size := max(min(batchBytes/frame, batchCount), 1)
	if per := (len(p.stills) + j.studio.run.Jobs() - 1) / j.studio.run.Jobs(); per > 0 {
		size = min(size, max(per, 6))
	}
	for from := 0; from < len(p.stills); from += size {
		batch := p.stills[from:min(from+size, len(p.stills))]
		g.Go(func() error {
			err := j.makeStills(ctx, batch)
			at := batch[0]
			if f, ok := errors.AsType[*picture.Failure](err); ok {
				at = batch[f.Index]
			}
			return finish(float64(len(batch)), at.place, at.name, err)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return j.report(list)
}

// makeStills encodes stills: image files by one process that reads and encodes them,
// all else from frames that are painted first.
func (j *job) makeStills(ctx context.Context, batch []stillTask) error {
	var stills []picture.Still
	var inputs []ffmpeg.StillInput
	var imageKeys, frameKeys []cache.Key
	for _, t := range batch {
		if t.still.Image() {
			inputs = append(inputs, j.painter.Input(t.still))
			imageKeys = append(imageKeys, t.key)
			continue
		}
		stills = append(stills, t.still)
		frameKeys = append(frameKeys, t.key)
	}
	if len(inputs) > 0 {
		encode := func() error { return j.encoder.EncodeImages(ctx, inputs, imageKeys) }
		if err := j.making(encode, imageKeys...); err != nil {
			return j.blameImage(ctx, batch, err)
		}
	}
	if len(stills) == 0 {
		return nil
	}
	return j.making(func() error { return j.paintStills(ctx, batch, stills, frameKeys) }, frameKeys...)
}

// paintStills encodes stills that are no image files.
func (j *job) paintStills(ctx context.Context, batch []stillTask, stills []picture.Still, keys []cache.Key) error {
	frames, err := j.painter.Paint(ctx, stills)
	if f, ok := errors.AsType[*picture.Failure](err); ok {
		// The place in the batch, where only the stills that are no images count.
		for i, t := range batch {
			if t.key == keys[f.Index] {
				return &picture.Failure{Index: i, Err: f.Err}
			}
		}
	}
	if err != nil {
		return err
	}
	return j.encoder.EncodeStills(ctx, frames, keys)
}

// blameImage finds which image of a batch cannot be read: each alone tells.
func (j *job) blameImage(ctx context.Context, batch []stillTask, err error) error {
	for i, t := range batch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !t.still.Image() {
			continue
		}
		if _, err := j.painter.Paint(ctx, []picture.Still{t.still}); err != nil {
			if f, ok := errors.AsType[*picture.Failure](err); ok {
				return &picture.Failure{Index: i, Err: f.Err}
			}
			return err
		}
	}
	return err
}

func (j *job) makeClip(ctx context.Context, c clipTask) error {
	return j.making(func() error {
		_, err := j.encoder.EncodeClip(ctx, c.key, c.clip)
		return err
	}, c.key)
}

// makeFade crosses two stills in straight lines.
func (j *job) makeFade(ctx context.Context, f fadeTask) error {
	return j.making(func() error {
		frames, err := j.painter.Paint(ctx, []picture.Still{f.from, f.to})
		if err != nil {
			return err
		}
		return j.encoder.EncodeFrames(ctx, f.key, picture.Cross(frames[0], frames[1], f.frames))
	}, f.key)
}

// lengths reports clips that gave much less than they said, and lets the last picture
// stand where a frame or two are missing.
func (j *job) lengths(p *cutPlan) error {
	var list diag.List
	for k, t := range p.wanted {
		n, ok := j.encoder.Count(k)
		if !ok {
			return cache.ErrLost
		}
		missing := t.clip.Frames - int64(n)
		if missing*j.form.FPS.Den*2 < j.form.FPS.Num || missing < 3 {
			continue
		}
		rate := float64(j.form.FPS.Num) / float64(j.form.FPS.Den)
		d := list.Errorf(t.place, "%q ends after %.1f of %.1f seconds: the file is cut off or damaged", t.name, float64(n)/rate, float64(t.clip.Frames)/rate)
		d.Hint = "export or copy the clip again"
	}
	return j.report(list)
}
