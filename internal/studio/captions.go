package studio

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"math"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/timeline"
)

// captionHead is what is known of a drawn caption, apart from the drawings themselves.
type captionHead struct {
	// Words are the boxes of the words in the frame.
	Words [][]image.Rectangle `json:"words,omitempty"`
	// Missing and Broken say what is wrong with its font, Tofu are letters that no font has,
	// Lacked those that the project's font lacks.
	Missing bool   `json:"missing,omitempty"`
	Broken  bool   `json:"broken,omitempty"`
	Tofu    []rune `json:"tofu,omitempty"`
	Lacked  []rune `json:"lacked,omitempty"`
}

// captionSpan is a stretch of the film, in frames, in which a caption looks the same.
type captionSpan struct {
	from, to int64
	layer    picture.LayerRef
}

// captions are the drawn captions of a build.
type captions struct {
	// spans of each scene, in order.
	spans [][]captionSpan

	mu sync.Mutex // guards what follows
	// kept are the layers that were used last, the last at the end: a caption is laid on
	// many frames.
	kept []keptLayer
}

type keptLayer struct {
	key   cache.Key
	layer *picture.Layer
}

// mostKept is how many layers are kept.
const mostKept = 32

// The distance of captions from their edge where the script sets none: in pixels of a frame
// whose shorter side is 720; at the bottom of upright frames, where the controls of apps lie,
// as a share of the height.
const (
	captionEdge  = 30
	uprightShare = 0.18
)

// captionMargin is the distance of captions from their edge, in pixels of the film.
func (j *job) captionMargin() int {
	f := j.board.Film
	w, h := float64(f.Width), float64(f.Height)
	switch m := f.Subtitles.Margin; {
	case m != nil && m.Percent:
		return int(math.Round(m.Value / 100 * h))
	case m != nil:
		return int(math.Round(m.Value * min(w, h) / 720))
	case h > w && f.Subtitles.Position != "top":
		return int(math.Round(uprightShare * h))
	}
	return int(math.Round(captionEdge * min(w, h) / 720))
}

// drawCaptions draws the captions of some scenes that are not in the cache; a film without
// any asks for no browser.
func (j *job) drawCaptions(ctx context.Context, wanted func(scene int) bool) error {
	j.captions = &captions{spans: make([][]captionSpan, len(j.board.Scenes))}
	var cues []caption.Cue
	for _, c := range j.cues {
		if j.board.Film.Subtitles.Mode == script.SubtitlesOverlay && wanted(c.Scene) {
			cues = append(cues, c)
		}
	}
	if len(cues) == 0 {
		return nil
	}
	version, err := j.studio.drawer.Version(ctx, "subtitles in the picture")
	if err != nil {
		return err
	}
	style := j.captionStyle()
	for _, c := range cues {
		style.Texts = append(style.Texts, captionText(c, j.board.Film.Subtitles.Karaoke))
	}
	keys := style.Keys(version)
	for i, c := range cues {
		look := keys[i]
		keys[i] = cache.NewHasher("caption head 1").Bytes(look[:]).Int(int64(j.line.Width), int64(j.line.Height), int64(j.captionMargin())).String(j.board.Film.Subtitles.Position).Key()
		j.part(keys[i], partCaption, shorten(c.Text, 60), c.Scene+1, of("its text, look or font", keys[i]))
	}
	heads, err := j.captionHeads(ctx, style, keys)
	if err != nil {
		return err
	}
	for i, c := range cues {
		j.captions.spans[c.Scene] = append(j.captions.spans[c.Scene], j.captionSpans(c, keys[i], heads[i])...)
	}
	return j.reportCaptions(cues, heads)
}

// captionStrips says how much of the frame the captions of a scene take, in pixels of a
// frame whose shorter side is 720. Room is kept for two lines, so that slides stand still
// from scene to scene and an edit of the narration leaves them alone.
func (j *job) captionStrips(scene int) slide.Strips {
	const (
		usual = 2    // lines
		air   = 16   // between the text of the slide and the captions
		most  = 0.55 // of the frame's height
	)
	if j.board.Film.Subtitles.Mode != script.SubtitlesOverlay {
		return slide.Strips{}
	}
	lines := 0
	for _, c := range j.cues {
		if c.Scene == scene {
			lines = max(lines, usual, len(c.Lines()))
		}
	}
	if lines == 0 {
		return slide.Strips{}
	}
	height := float64(j.captionStyle().Height(lines))
	frame, strip := float64(j.board.Film.Height), float64(j.captionMargin())+height
	if j.board.Film.Subtitles.Position == "middle" {
		strip = (frame + height) / 2
	}
	css := 720 / float64(min(j.board.Film.Width, j.board.Film.Height))
	strip = min(strip, most*frame)*css + air
	if j.board.Film.Subtitles.Position == "top" {
		return slide.Strips{Top: strip}
	}
	return slide.Strips{Bottom: strip}
}

// captionStyle says how captions look.
func (j *job) captionStyle() slide.Captions {
	s := j.board.Film.Subtitles
	color := func(c *frame.Color, otherwise frame.Color) frame.Color {
		if c == nil {
			return otherwise
		}
		return *c
	}
	scale := float64(min(j.line.Width, j.line.Height)) / 720
	outline := frame.Color{A: 255}
	if s.Background != nil && s.Background.A > 0 {
		outline = frame.Color{} // the box sets the letters off
	}
	out := slide.Captions{Width: j.line.Width, Language: j.board.Film.Language, Files: j.project.FS(), Style: slide.CaptionStyle{
		Size:  caption.Size(s) * scale,
		Color: color(s.Color, frame.Color{R: 255, G: 255, B: 255, A: 255}), Background: color(s.Background, frame.Color{}),
		Outline: color(s.Outline, outline), Highlight: color(s.Highlight, frame.Color{R: 255, G: 255, A: 255}),
	}}
	switch {
	case s.Font == nil:
	case s.Font.Literal:
		out.Style.Family = s.Font.Name
	default:
		out.Style.File = s.Font.Name
	}
	return out
}

// captionText gives a cue as it is drawn.
func captionText(c caption.Cue, karaoke bool) slide.CaptionText {
	t := slide.CaptionText{Lines: c.Lines()}
	if !karaoke {
		return t
	}
	starts := append([]int{0}, c.Breaks...)
	for _, w := range c.Words {
		var word slide.CaptionWord
		for k, at := range starts {
			from, to := max(w.Offset-at, 0), min(w.Offset+w.Length-at, len(t.Lines[k]))
			if from < to {
				word = append(word, slide.CaptionPart{Line: k, From: from, To: to})
			}
		}
		t.Words = append(t.Words, word)
	}
	return t
}

// captionHeads finds what is known of captions, and draws those that are new, many to a
// sheet.
func (j *job) captionHeads(ctx context.Context, style slide.Captions, keys []cache.Key) ([]captionHead, error) {
	heads := make([]captionHead, len(keys))
	first := map[cache.Key]int{}
	var missing []int
	for i, k := range keys {
		if _, ok := first[k]; ok {
			continue
		}
		first[k] = i
		b, ok := j.store.Get(cache.Pictures, k)
		if !ok || json.Unmarshal(b, &heads[i]) != nil || !j.hasCaption(k, len(style.Texts[i].Words) > 0) {
			missing = append(missing, i)
		}
	}
	size := style.PerSheet()
	if per := (len(missing) + j.studio.run.Jobs() - 1) / j.studio.run.Jobs(); per > 0 {
		size = min(size, max(per, 4))
	}
	g, ctx := j.newGroup(ctx, phaseSlides)
	for batch := range slices.Chunk(missing, size) {
		g.Go(func() error { return j.drawSheet(ctx, style, keys, heads, batch) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i, k := range keys {
		heads[i] = heads[first[k]]
	}
	return heads, nil
}

// litKey addresses a caption with all of its words highlighted.
func litKey(key cache.Key) cache.Key { return cache.NewHasher("caption lit 1").Bytes(key[:]).Key() }

func (j *job) hasCaption(key cache.Key, karaoke bool) bool {
	return j.store.Has(cache.Pictures, drawingKey(key)) && (!karaoke || j.store.Has(cache.Pictures, drawingKey(litKey(key))))
}

// drawSheet draws some captions at once and keeps them.
func (j *job) drawSheet(ctx context.Context, style slide.Captions, keys []cache.Key, heads []captionHead, batch []int) error {
	start := time.Now()
	all := style.Texts
	style.Texts = nil
	var made []cache.Key
	for _, i := range batch {
		style.Texts, made = append(style.Texts, all[i]), append(made, keys[i])
	}
	drawn, fonts, err := j.studio.drawer.DrawCaptions(ctx, style)
	if err != nil {
		return err
	}
	for k, i := range batch {
		d := drawn[k]
		at := j.captionPlace(d)
		heads[i] = captionHead{} // what the cache had of it is older than this drawing
		for _, boxes := range d.Words {
			var word []image.Rectangle
			for _, b := range boxes {
				word = append(word, b.Add(at))
			}
			heads[i].Words = append(heads[i].Words, word)
		}
		heads[i].Missing, heads[i].Broken, heads[i].Tofu, heads[i].Lacked = fonts.Missing, fonts.Broken, d.Tofu, d.Lacked
		head, err := json.Marshal(heads[i])
		errs := []error{err, j.keepLayer(drawingKey(keys[i]), d.Plain, at)}
		if d.Lit != nil {
			errs = append(errs, j.keepLayer(drawingKey(litKey(keys[i])), d.Lit, at))
		}
		if err := errors.Join(append(errs, j.store.PutBytes(cache.Pictures, keys[i], head))...); err != nil {
			return fault.New(fault.Disk, err, "cannot keep a subtitle in the cache")
		}
	}
	j.made(time.Since(start), made...)
	return nil
}

// keepLayer puts a drawing into the cache that lies at a place of the frame.
func (j *job) keepLayer(key cache.Key, img *image.NRGBA, at image.Point) error {
	img.Rect = img.Rect.Add(at)
	b, err := picture.NewLayer(img, frame.Color{}, j.line.Width, j.line.Height).MarshalBinary()
	if err != nil {
		return err
	}
	return j.store.PutBytes(cache.Pictures, key, b)
}

// captionPlace says where in the frame a caption's picture lies, in even pixels.
func (j *job) captionPlace(d slide.DrawnCaption) image.Point {
	w, h := d.Plain.Rect.Dx(), d.Plain.Rect.Dy()
	edge := j.captionMargin() - d.Margin
	y := j.line.Height - edge - h
	switch j.board.Film.Subtitles.Position {
	case "top":
		y = edge
	case "middle":
		y = (j.line.Height - h) / 2
	}
	y = min(max(y, -d.Margin), j.line.Height-h+d.Margin)
	return image.Pt((j.line.Width-w)/2&^1, y&^1)
}

// pausing is the shortest time, in samples, between two words in which none is highlighted:
// 0.15 s. In less the first keeps its colour.
const pausing = timeline.SampleRate * 15 / 100

// captionSpans says from when to when a cue's states are seen, in whole frames.
func (j *job) captionSpans(c caption.Cue, key cache.Key, head captionHead) []captionSpan {
	scene := j.line.Scenes[c.Scene]
	frame := func(sample int64) int64 {
		num := sample*j.line.FPS.Num*2 + timeline.SampleRate*j.line.FPS.Den
		return min(max(num/(timeline.SampleRate*j.line.FPS.Den*2), scene.Start), scene.Start+scene.Frames)
	}
	from, to := frame(c.Start), frame(c.End)
	if to = max(to, min(from+1, scene.Start+scene.Frames)); from >= to {
		return nil
	}
	var out []captionSpan
	add := func(until int64, word int) {
		if until = min(until, to); until > from {
			out = append(out, captionSpan{from: from, to: until, layer: j.captionLayer(key, head, word)})
			from = until
		}
	}
	if len(head.Words) == len(c.Words) {
		for i, w := range c.Words {
			end := w.End
			if i+1 < len(c.Words) && c.Words[i+1].Start < end+pausing {
				end = c.Words[i+1].Start
			}
			add(frame(w.Start), -1)
			add(frame(end), i)
		}
	}
	add(to, -1)
	return out
}

// captionLayer names a caption as it looks while one of its words is said, -1 for none.
func (j *job) captionLayer(key cache.Key, head captionHead, word int) picture.LayerRef {
	state := cache.NewHasher("caption state 1").Bytes(key[:]).Int(int64(word)).Key()
	draw := func() (*picture.Layer, error) {
		plain, err := j.keptLayer(key)
		if err != nil || word < 0 {
			return plain, err
		}
		lit, err := j.keptLayer(litKey(key))
		if err != nil {
			return nil, err
		}
		return plain.With(lit, head.Words[word]), nil
	}
	return picture.LayerRef{Key: state, Draw: func() (*picture.Layer, error) { return j.captions.keep(state, draw) }}
}

func (j *job) keptLayer(key cache.Key) (*picture.Layer, error) {
	return j.captions.keep(key, func() (*picture.Layer, error) { return j.layer(key) })
}

// keep gives a layer, which it makes when it is not one of those that were used last.
func (c *captions) keep(key cache.Key, draw func() (*picture.Layer, error)) (*picture.Layer, error) {
	c.mu.Lock()
	if i := slices.IndexFunc(c.kept, func(k keptLayer) bool { return k.key == key }); i >= 0 {
		k := c.kept[i]
		c.kept = append(slices.Delete(c.kept, i, i+1), k)
		c.mu.Unlock()
		return k.layer, nil
	}
	c.mu.Unlock()
	l, err := draw()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept = append(c.kept, keptLayer{key, l}); len(c.kept) > mostKept {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	return l, nil
}

// onCaptions lays the captions of a scene on one of its pictures.
func (j *job) onCaptions(v *picture.View, scene int, pic timeline.Picture) {
	if j.captions == nil {
		return
	}
	end := int64(0)
	for _, s := range j.captions.spans[scene] {
		from, to := max(s.from-pic.Start, 0), min(s.to-pic.Start, pic.Frames)
		if from >= to {
			continue
		}
		if n := len(v.Captions); n > 0 && from > end {
			v.Captions = append(v.Captions, picture.Span{From: end})
		} else if n > 0 {
			from = end
		}
		v.Captions = append(v.Captions, picture.Span{From: from, Layers: []picture.LayerRef{s.layer}})
		end = to
	}
	if len(v.Captions) > 0 && end < pic.Frames {
		v.Captions = append(v.Captions, picture.Span{From: end})
	}
}

// captionStates writes the captions that a view has from a frame on for count frames as a
// file of this build; nil without any. The caller removes it.
func (j *job) captionStates(v *picture.View, from, count int64, key cache.Key) (*ffmpeg.StatesInput, error) {
	spans := v.During(from, count).Captions
	var box image.Rectangle
	for _, s := range spans {
		for _, ref := range s.Layers {
			l, err := ref.Draw()
			if err != nil {
				return nil, err
			}
			box = box.Union(l.Box())
		}
	}
	if box.Empty() {
		return nil, nil //nolint:nilnil // nothing lies on it
	}
	states := []ffmpeg.State{{Raw: func() ([]byte, error) { return picture.RawIn(box), nil }}}
	for _, s := range spans {
		states = append(states, ffmpeg.State{Frame: s.From - from, Raw: func() ([]byte, error) {
			var list []*picture.Layer
			for _, ref := range s.Layers {
				l, err := ref.Draw()
				if err != nil {
					return nil, err
				}
				list = append(list, l)
			}
			return picture.RawIn(box, list...), nil
		}})
	}
	if spans[0].From == from {
		states = states[1:]
	}
	out := &ffmpeg.StatesInput{Path: j.scratchPath("captions-"+strconv.FormatInt(from, 10), key), X: box.Min.X, Y: box.Min.Y, W: box.Dx(), H: box.Dy()}
	file, err := os.OpenFile(out.Path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return out, errors.Join(ffmpeg.WriteStates(file, out.W, out.H, states), file.Close())
}

// reportCaptions tells what an author should know of the captions, each thing once.
func (j *job) reportCaptions(cues []caption.Cue, heads []captionHead) error {
	var list diag.List
	font := j.board.Film.Subtitles.Font
	var lost, lacked []rune
	for i, h := range heads {
		if font != nil && i == 0 && h.Missing {
			list.Warnf(font.Range, "there is no font %q; another is drawn", font.Name).Hint = "name a .ttf or .otf file of the project, or install the font"
		}
		if font != nil && i == 0 && h.Broken {
			list.Warnf(font.Range, "the font %q cannot be read; another is drawn", font.Name).Hint = "check that the file is a font"
		}
		lacked = append(lacked, newRunes(lacked, h.Lacked)...)
		anew := newRunes(lost, h.Tofu)
		lost = append(lost, anew...)
		if w, ok := slide.Boxes("font for subtitles", anew); ok {
			list.Warnf(j.board.Scenes[cues[i].Scene].Range, "%s", w.Summary).Hint = w.Hint
		}
	}
	if font != nil && len(lacked) > 0 {
		w := slide.LackWarning(font.Name, lacked)
		list.Warnf(font.Range, "%s", w.Summary).Hint = w.Hint
	}
	return j.report(list)
}

// newRunes are those that are not known yet.
func newRunes(known, runes []rune) (out []rune) {
	for _, r := range runes {
		if !slices.Contains(known, r) {
			out = append(out, r)
		}
	}
	return out
}
