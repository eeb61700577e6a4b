package studio

import (
	"context"
	"errors"
	"slices"
	"sync"

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

// shown is a frame of a view.
type shown struct {
	view  *picture.View
	frame int64
	place diag.Range
	name  string
}

// stillTask is a distinct still that is not in the cache.
type stillTask struct {
	shown
	key cache.Key
	// raw asks for the frame itself, which is needed for more than its own segment.
	raw bool
}

// movingTask is a distinct stretch of moving pictures that is not in the cache.
type movingTask struct {
	shown // from its frame on
	count int64
	// held asks for a picture at the end that may stand.
	held bool
	// enter is how it comes in over what was shown before; "" is a cut.
	enter  string
	before shown
	key    cache.Key
}

// cutPlan is what the picture track consists of, and what of it is to be made.
type cutPlan struct {
	pieces []film.Piece
	stills []stillTask
	moving []movingTask
	chains []chainTask
	seen   map[cache.Key]bool
	// wanted are the clips, which may give fewer pictures than they say.
	wanted map[cache.Key]movingTask
}

// plan turns the timed pictures into pieces, and lists what must be encoded for them.
func (j *job) plan() *cutPlan {
	p := &cutPlan{seen: map[cache.Key]bool{}, wanted: map[cache.Key]movingTask{}}
	var before shown
	for i, scene := range j.line.Scenes {
		for _, pic := range scene.Pictures {
			now := j.view(i, pic)
			done := int64(0)
			if pic.Fade > 0 && before.view != nil {
				done = pic.Fade
				// Captions lie on both, and those that went with the old picture are gone.
				before.view = before.view.Uncaptioned()
				t := movingTask{shown: now, count: done, enter: pic.Enter, before: before}
				p.pieces = append(p.pieces, j.motion(p, t, i, done))
			}
			switch {
			case now.view.Clip != nil:
				j.clip(p, now, i, pic, done)
			case now.view.Motion != "":
				if left := pic.Frames - done; left > 0 {
					now.frame = done
					p.pieces = append(p.pieces, j.motion(p, movingTask{shown: now, count: left}, i, left))
				}
			default:
				j.standing(p, now, i, done, pic.Frames)
			}
			before = now
			before.frame = pic.Frames - 1
		}
	}
	p.rawFrames()
	return p
}

// rawFrames marks the stills that also come in or go out, so that they are painted once.
func (p *cutPlan) rawFrames() {
	used := map[*picture.View]bool{}
	for _, m := range p.moving {
		used[m.view] = true
		if m.enter != "" {
			used[m.before.view] = true
		}
	}
	for i := range p.stills {
		p.stills[i].raw = used[p.stills[i].view]
	}
}

// still adds one standing picture.
func (j *job) still(p *cutPlan, s shown, scene int) cache.Key {
	now := s.view.At(s.frame)
	vk := now.Key(j.form)
	k := j.encoder.Key().String("still").Bytes(vk[:])
	if s.view.Clip != nil {
		k.Int(s.frame)
	}
	key := k.Key()
	if !p.seen[key] {
		p.seen[key] = true
		j.viewPart(key, partPicture, s, scene)
		if !j.encoder.Has(key) {
			p.stills = append(p.stills, stillTask{shown: s, key: key})
		}
	}
	return key
}

// motion adds a stretch of moving pictures that is on for some frames.
func (j *job) motion(p *cutPlan, t movingTask, scene int, frames int64) film.Piece {
	vk := t.view.During(t.frame, t.count).Key(j.form)
	k := j.encoder.Key().String("moving 2").Bytes(vk[:]).Int(t.frame, t.count).Bool(t.held)
	what := partMotion
	if t.view.Clip != nil {
		what = partClip
	}
	if t.enter != "" {
		before := t.before.view.At(t.before.frame)
		bk := before.Key(j.form)
		k.String(t.enter).Bytes(bk[:])
		if t.before.view.Moves() {
			k.Int(t.before.frame)
		}
		what = partCrossing
	}
	t.key = k.Key()
	if t.view.Clip != nil {
		p.wanted[t.key] = t
	}
	if !p.seen[t.key] {
		p.seen[t.key] = true
		j.viewPart(t.key, what, t.shown, scene, of("the transition", t.enter), of("what was shown before", k.Key()), of("how long it plays", t.frame, t.count))
		if !j.encoder.Has(t.key) {
			p.moving = append(p.moving, t)
		}
	}
	return film.Piece{Segment: t.key, Take: int(min(t.count, frames)), Frames: frames}
}

// clip adds what a clip or GIF shows from a frame of its picture on.
func (j *job) clip(p *cutPlan, s shown, scene int, pic timeline.Picture, done int64) {
	if done >= pic.Frames {
		return
	}
	spans := max(len(s.view.Spans), 2*len(s.view.Captions))
	if pic.Cycle > 0 {
		if spans > 1 {
			s.frame = done
			p.pieces = append(p.pieces, j.motion(p, movingTask{shown: s, count: pic.Frames - done}, scene, pic.Frames-done))
			return
		}
		if rest := done % pic.Cycle; rest > 0 {
			s.frame = rest
			n := min(pic.Cycle-rest, pic.Frames-done)
			p.pieces = append(p.pieces, j.motion(p, movingTask{shown: s, count: n}, scene, n))
			done += n
		}
		if done < pic.Frames {
			s.frame = 0
			piece := j.motion(p, movingTask{shown: s, count: s.view.Clip.Frames}, scene, pic.Frames-done)
			piece.Take, piece.Cycle = int(pic.Moving), pic.Cycle
			p.pieces = append(p.pieces, piece)
		}
		return
	}
	moving := max(pic.Moving, done)
	held := pic.Frames // until where its last picture stands as it is
	for _, span := range slices.Concat(s.view.Spans, s.view.Captions) {
		if span.From >= moving && span.From > 0 {
			held = min(held, span.From)
		}
	}
	if moving > done {
		s.frame = done
		t := movingTask{shown: s, count: moving - done, held: pic.Frames > moving}
		if done == 0 && spans <= 1 {
			t.count = max(t.count, s.view.Clip.Frames)
		}
		piece := j.motion(p, t, scene, held-done)
		piece.Take = int(moving - done)
		p.pieces = append(p.pieces, piece)
		done = held
	}
	j.standing(p, s, scene, done, pic.Frames)
}

// encoding is the ingredient that all coded pictures share.
func (j *job) encoding() ingredient {
	return of("the video's size, rate, quality or encoder", j.form.Settings(), j.studio.version)
}

// viewPart notes what a part that shows a view is made of.
func (j *job) viewPart(key cache.Key, what string, s shown, scene int, more ...ingredient) {
	v := s.view
	var content any
	if v.Asset != nil {
		content = v.Asset.Content
	}
	var layers []cache.Key
	for _, span := range v.Spans {
		for _, l := range span.Layers {
			layers = append(layers, l.Key)
		}
	}
	var captions []cache.Key
	for _, span := range v.Captions {
		for _, l := range span.Layers {
			captions = append(captions, l.Key)
		}
	}
	list := []ingredient{
		of("the file", content), of("the slide", layers), of("the subtitles", captions), of("the callouts", v.Callouts), of("how it fills the frame", v.Fit, v.Position),
		of("how it moves", v.Move), of("the canvas", v.Canvas), of("the moment", v.Still.Clip, v.AtEnd, v.From, v.Length), j.encoding(),
	}
	if v.Clip != nil {
		list = append(list, of("its speed", v.Clip.SpeedNum, v.Clip.SpeedDen))
	}
	j.part(key, what, s.name, scene+1, append(list, more...)...)
}

// view says what a picture of a scene shows.
func (j *job) view(i int, pic timeline.Picture) shown {
	scene := &j.board.Scenes[i]
	v := &picture.View{Still: picture.Still{Canvas: scene.Canvas}, Frames: pic.Frames}
	out := shown{view: v, place: scene.Range, name: "the canvas"}
	if len(scene.Slides) > 0 {
		out.name, out.place = "the slide", scene.Slides[0].Range
		j.onSlides(v, i, pic)
	}
	j.onCaptions(v, i, pic)
	if pic.Shot < 0 {
		v.Callouts = j.calloutsOf(scene.Callouts, nil)
		return out
	}
	shot := scene.Shots[pic.Shot]
	a := j.assets[shot.File].picture()
	out.name, out.place = shot.File, shot.Range
	v.Canvas, v.Asset, v.Fit, v.Position = shot.Canvas, a, shot.Fit, shot.Position
	v.Callouts = j.calloutsOf(shot.Callouts, &shot)
	switch {
	case pic.Moving > 0:
		v.Clip, v.Cycle = j.stretch(i, pic, v), pic.Cycle
	case shot.Kind == storyboard.Clip:
		v.Still.Clip, v.AtEnd = true, shot.Still == script.StillEnd
		if l := j.assets[shot.File].info.Video.Length; l != nil {
			v.Length = micros(l)
		}
		if shot.Segment != nil {
			v.From, v.Length = shot.Segment.From.Microseconds(), (shot.Segment.To - shot.Segment.From).Microseconds()
		}
	default:
		v.Move = picture.Move{Motion: shot.Motion, Edge: shot.Edge, Strong: shot.Strong}
	}
	return out
}

// onSlides lays the states of a scene's slides on one of its pictures.
func (j *job) onSlides(v *picture.View, i int, pic timeline.Picture) {
	states := j.slides[i]
	if len(states) == 0 {
		return
	}
	v.Backdrops = states[0].backdrops
	steps := j.line.Scenes[i].Steps
	if len(steps) == 0 {
		steps = []int64{pic.Start}
	}
	for k, at := range steps {
		at -= pic.Start
		layer := states[min(k, len(states)-1)].layer
		switch {
		case at >= pic.Frames:
		case at <= 0:
			v.Spans = []picture.Span{{Layers: []picture.LayerRef{layer}}}
		default:
			v.Spans = append(v.Spans, picture.Span{From: at, Layers: []picture.LayerRef{layer}})
		}
	}
}

// stretch is the part of a clip or GIF that a picture plays.
func (j *job) stretch(i int, pic timeline.Picture, v *picture.View) *ffmpeg.ClipInput {
	shot := j.board.Scenes[i].Shots[pic.Shot]
	w, h := v.Asset.Source.Upright()
	clip := &ffmpeg.ClipInput{
		Input: v.Asset.Input, Source: v.Asset.Source, Canvas: shot.Canvas, Backdrops: v.Backdrops,
		Placement: ffmpeg.Place(w, h, j.form.Width, j.form.Height, shot.Fit, shot.Position),
		From:      pic.From, Length: pic.Length, SpeedNum: pic.SpeedNum, SpeedDen: pic.SpeedDen,
		Frames: longest(j.line.Scenes[i].Pictures, pic), Rate: j.assets[shot.File].info.Video.Rate,
		Again: pic.Cycle > 0 && (len(v.Spans) > 1 || len(v.Captions) > 0 || pic.Fade > pic.Cycle),
	}
	if shot.Segment == nil && (clip.Again || clip.Frames*j.form.FPS.Den*1_000_000 >= pic.Length*j.form.FPS.Num) {
		clip.Length = 0 // the whole file: let the decoder find the end
	}
	return clip
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

// makePictures encodes what is missing, side by side.
func (j *job) makePictures(ctx context.Context, p *cutPlan) error {
	if len(p.stills)+len(p.moving)+len(p.chains) > 0 {
		if err := j.writeFiles(); err != nil {
			return err
		}
	}
	total := float64(len(p.stills))
	for _, m := range p.moving {
		total += float64(m.count)
	}
	for _, t := range p.chains {
		total += float64(len(t.frames))
	}
	var mu sync.Mutex
	var list diag.List
	done := 0.0
	finish := func(weight float64, at shown, err error) error {
		mu.Lock()
		defer mu.Unlock()
		done += weight
		j.progress(phasePictures, done/max(total, 1))
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case !blamesFile(err):
			return blameTool(err, at.place, at.name)
		case at.view == nil || at.view.Asset == nil: // no file of the author's was read
			return fault.New(fault.ToolFailed, err, "%s:%d: ffmpeg failed at the picture", at.place.File, at.place.Start.Line).WithHint(hintDoctor)
		}
		d := list.Errorf(at.place, "%q cannot be used: %s", at.name, reason(err))
		d.Hint = "check that the file opens in a player or viewer, and export it again"
		return nil
	}
	g, ctx := j.newGroup(ctx, phasePictures)
	crossings, moving := p.apart(j.painter.FrameSize())
	for _, m := range moving {
		g.Go(func() error {
			at, err := j.makeMoving(ctx, m)
			return finish(float64(m.count), at, err)
		})
	}
	for _, batch := range crossings {
		g.Go(func() error {
			at, err := j.makeCrossings(ctx, batch)
			return finish(float64(len(batch))*float64(batch[0].count), at, err)
		})
	}
	for _, batch := range p.inBatches(j.studio.run.Jobs(), j.painter.FrameSize()) {
		g.Go(func() error {
			at, err := j.makeChains(ctx, batch)
			weight := 0.0
			for _, t := range batch {
				weight += float64(len(t.frames))
			}
			return finish(weight, at, err)
		})
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
			return finish(float64(len(batch)), at.shown, err)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return j.report(list)
}

// makeStills encodes stills: bare image files by one process that reads and encodes
// them, all else from frames that are painted first.
func (j *job) makeStills(ctx context.Context, batch []stillTask) error {
	var bare, painted []int
	for i, t := range batch {
		if t.view.Bare() && !t.raw {
			bare = append(bare, i)
		} else {
			painted = append(painted, i)
		}
	}
	if len(bare) > 0 {
		var inputs []ffmpeg.StillInput
		var keys []cache.Key
		for _, i := range bare {
			inputs, keys = append(inputs, j.painter.Input(batch[i].view.Still)), append(keys, batch[i].key)
		}
		encode := func() error { return j.encoder.EncodeImages(ctx, inputs, keys) }
		if err := j.making(encode, keys...); err != nil {
			return j.blameImage(ctx, batch, bare, err)
		}
	}
	if len(painted) == 0 {
		return nil
	}
	var keys []cache.Key
	for _, i := range painted {
		keys = append(keys, batch[i].key)
	}
	return j.making(func() error { return j.paintStills(ctx, batch, painted, keys) }, keys...)
}

// paintStills paints some stills of a batch and encodes their frames.
func (j *job) paintStills(ctx context.Context, batch []stillTask, painted []int, keys []cache.Key) error {
	var images []picture.Still
	var places []int
	for _, i := range painted {
		if v := batch[i].view; v.Clip == nil {
			images, places = append(images, v.Still), append(places, i)
		}
	}
	err := j.painter.Prepare(ctx, images)
	if f, ok := errors.AsType[*picture.Failure](err); ok {
		return &picture.Failure{Index: places[f.Index], Err: f.Err}
	}
	if err != nil {
		return err
	}
	var frames [][]byte
	for _, i := range painted {
		frame, err := j.painter.Frame(ctx, batch[i].view, batch[i].frame)
		if err != nil {
			return &picture.Failure{Index: i, Err: err}
		}
		frames = append(frames, frame)
	}
	return j.encoder.EncodeStills(ctx, frames, keys)
}

// blameImage finds which image of a batch cannot be read: each alone tells.
func (j *job) blameImage(ctx context.Context, batch []stillTask, bare []int, err error) error {
	for _, i := range bare {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := j.painter.Paint(ctx, []picture.Still{batch[i].view.Still}); err != nil {
			if f, ok := errors.AsType[*picture.Failure](err); ok {
				return &picture.Failure{Index: i, Err: f.Err}
			}
			return err
		}
	}
	return err
}
