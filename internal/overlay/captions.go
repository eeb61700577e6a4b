package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/timeline"
)

// captionHead is the metadata of a drawn caption. It is stored separately from the drawing.
type captionHead struct {
	// Words are the boxes of each word, in pixels of the frame.
	Words [][]image.Rectangle `json:"words,omitempty"`
	// Missing and Broken report problems with the font. Tofu are characters that no font has, Lacked those
	// that the project's font does not have.
	Missing bool   `json:"missing,omitempty"`
	Broken  bool   `json:"broken,omitempty"`
	Tofu    []rune `json:"tofu,omitempty"`
	Lacked  []rune `json:"lacked,omitempty"`
}

// CaptionSpan is a range of frames of the film in which a caption looks the same. To is exclusive.
type CaptionSpan struct {
	From, To int64
	Layer    picture.LayerRef
}

// DrawCaptions draws the cues that are not in the cache. It returns the CaptionSpans of each scene, in
// order. It needs no browser if there are no cues or the script does not show subtitles in the
// picture.
func DrawCaptions(ctx context.Context, m part.Maker, in Input, line *timeline.Line,
	cues []caption.Cue,
) ([][]CaptionSpan, diag.List, error) {
	a := &artist{Maker: m, Input: in}
	out := make([][]CaptionSpan, len(in.Board.Scenes))
	if len(cues) == 0 || in.Board.Film.Subtitles.Mode != script.SubtitlesOverlay {
		return out, nil, nil
	}
	if in.Board.Film.Subtitles.Words {
		cues = caption.SplitIntoWords(cues)
	}
	version, err := in.Drawer.ReadVersion(ctx, "subtitles in the picture")
	if err != nil {
		return nil, nil, err
	}
	style := a.newCaptionStyle()
	for _, c := range cues {
		style.Texts = append(style.Texts, newCaptionText(c, in.Board.Film.Subtitles.Karaoke))
	}
	keys := style.ComputeKeys(version)
	for i, c := range cues {
		look := keys[i]
		keys[i] = m.Book.AddRecipe(
			Caption{
				Look: look, Width: line.Width, Height: line.Height, Margin: a.measureCaptionMargin(),
				Position: in.Board.Film.Subtitles.Position,
			},
			newCaptionLabel(c))
	}
	heads, err := a.drawMissingCaptions(ctx, style, keys)
	if err != nil {
		return nil, nil, err
	}
	for i, c := range cues {
		out[c.Scene] = append(out[c.Scene], newCaptionSpans(line, c, keys[i], heads[i])...)
	}
	return out, a.listCaptionWarnings(cues, heads), nil
}

// newCaptionLabel names a caption for messages by the beginning of its text.
func newCaptionLabel(c caption.Cue) part.Label {
	return part.Label{Name: diag.Shorten(c.Text, 60), Scene: c.Scene + 1}
}

// drawMissingCaptions returns the metadata of captions. It draws the captions that are not in the cache,
// several on one sheet.
func (a *artist) drawMissingCaptions(
	ctx context.Context, style slide.Captions, keys []cache.Key,
) ([]captionHead, error) {
	heads := make([]captionHead, len(keys))
	first := map[cache.Key]int{}
	var missing []int
	for i, k := range keys {
		if _, ok := first[k]; ok {
			continue
		}
		first[k] = i
		head, ok := part.ReadJSON[captionHead](a.Store, cache.Pictures, k)
		heads[i] = head
		if !ok || !a.hasCaptionInCache(k, len(style.Texts[i].Words) > 0) {
			missing = append(missing, i)
		}
	}
	each := (len(missing) + a.Jobs - 1) / a.Jobs
	size := min(style.MaxPerSheet(), max(each, 4))
	g, ctx := a.NewGroup(ctx, doing, 0)
	for batch := range slices.Chunk(missing, size) {
		g.Go(0, func() error {
			var made []cache.Key
			for _, i := range batch {
				made = append(made, keys[i])
			}
			return a.MakeParts(ctx, func() error { return a.drawAndStoreSheet(ctx, style, keys, batch) }, made...)
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, i := range missing {
		var ok bool
		heads[i], ok = part.ReadJSON[captionHead](a.Store, cache.Pictures, keys[i])
		if !ok || !a.hasCaptionInCache(keys[i], len(style.Texts[i].Words) > 0) {
			return nil, cache.ErrLost
		}
	}
	for i, k := range keys {
		heads[i] = heads[first[k]]
	}
	return heads, nil
}

// newHighlightKey returns the cache key of a caption with all words highlighted.
func newHighlightKey(key cache.Key) cache.Key {
	return cache.NewHasher("caption lit 1").AddBytes(key[:]).Key()
}

func (a *artist) hasCaptionInCache(key cache.Key, karaoke bool) bool {
	return a.Store.HasEntry(cache.Pictures, newDrawingKey(key)) &&
		(!karaoke || a.Store.HasEntry(cache.Pictures, newDrawingKey(newHighlightKey(key))))
}

// drawAndStoreSheet draws the captions with the indexes in batch together, and stores them in the cache.
func (a *artist) drawAndStoreSheet(ctx context.Context, style slide.Captions, keys []cache.Key, batch []int) error {
	all := style.Texts
	style.Texts = nil
	for _, i := range batch {
		style.Texts = append(style.Texts, all[i])
	}
	drawn, fonts, err := a.Drawer.DrawCaptions(ctx, style)
	if err != nil {
		return err
	}
	for k, i := range batch {
		d := drawn[k]
		at := a.placeCaption(d)
		head := captionHead{Missing: fonts.Missing, Broken: fonts.Broken, Tofu: d.Tofu, Lacked: d.Lacked}
		for _, boxes := range d.Words {
			var word []image.Rectangle
			for _, b := range boxes {
				word = append(word, b.Add(at))
			}
			head.Words = append(head.Words, word)
		}
		kept, err := json.Marshal(head)
		errs := []error{err, a.storeLayer(newDrawingKey(keys[i]), d.Plain, at)}
		if d.Lit != nil {
			errs = append(errs, a.storeLayer(newDrawingKey(newHighlightKey(keys[i])), d.Lit, at))
		}
		if err := errors.Join(append(errs, a.Store.PutBytes(cache.Pictures, keys[i], kept))...); err != nil {
			return fault.New(fault.Disk, err, "cannot write a subtitle to the cache")
		}
	}
	return nil
}

// storeLayer stores a drawing in the cache. at is its position in the frame.
func (a *artist) storeLayer(key cache.Key, img *image.NRGBA, at image.Point) error {
	img.Rect = img.Rect.Add(at)
	b, err := picture.NewLayer(img, frame.Color{}, a.Board.Film.Width, a.Board.Film.Height).MarshalBinary()
	if err != nil {
		return err
	}
	return a.Store.PutBytes(cache.Pictures, key, b)
}

// placeCaption returns the position of a caption's picture in the frame, in even pixels.
func (a *artist) placeCaption(d slide.DrawnCaption) image.Point {
	w, h := d.Plain.Rect.Dx(), d.Plain.Rect.Dy()
	edge := a.measureCaptionMargin() - d.Margin
	y := a.Board.Film.Height - edge - h
	switch a.Board.Film.Subtitles.Position {
	case "top":
		y = edge
	case "middle":
		y = (a.Board.Film.Height - h) / 2
	}
	y = min(max(y, -d.Margin), a.Board.Film.Height-h+d.Margin)
	return image.Pt((a.Board.Film.Width-w)/2&^1, y&^1)
}

// pausing is the minimum pause between two words, in samples, during which no word is highlighted:
// 0.15 s. In a shorter pause the first word stays highlighted.
const pausing = timeline.SampleRate * 15 / 100

// newCaptionSpans returns the ranges of frames in which a cue is shown with each of its words
// highlighted.
func newCaptionSpans(line *timeline.Line, c caption.Cue, key cache.Key, head captionHead) []CaptionSpan {
	scene := line.Scenes[c.Scene]
	frame := func(sample int64) int64 {
		num := sample*line.FPS.Num*2 + timeline.SampleRate*line.FPS.Den
		return min(max(num/(timeline.SampleRate*line.FPS.Den*2), scene.Start), scene.Start+scene.Frames)
	}
	from, to := frame(c.Start), frame(c.End)
	to = max(to, min(from+1, scene.Start+scene.Frames))
	var out []CaptionSpan
	add := func(until int64, word int) {
		if until = min(until, to); until > from {
			out = append(out, CaptionSpan{From: from, To: until, Layer: newCaptionLayerRef(key, head, word)})
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

// newCaptionLayerRef returns the layer of a caption with one word highlighted; word is its index, or -1 for
// none.
func newCaptionLayerRef(key cache.Key, head captionHead, word int) picture.LayerRef {
	ref := picture.LayerRef{
		Key:     cache.NewHasher("caption state 1").AddBytes(key[:]).AddInts(int64(word)).Key(),
		Drawing: newDrawingKey(key), Often: true,
	}
	if word >= 0 {
		ref.Lit, ref.Boxes = newDrawingKey(newHighlightKey(key)), head.Words[word]
	}
	return ref
}

// listCaptionWarnings returns warnings about fonts and missing characters, each once.
func (a *artist) listCaptionWarnings(cues []caption.Cue, heads []captionHead) (list diag.List) {
	font := a.Board.Film.Subtitles.Font
	var lost, lacked []rune
	for i, h := range heads {
		if font != nil && i == 0 && h.Missing {
			list.Warnf(font.Range, "the font %q is not installed; another font is used",
				font.Name).Hint = "use a .ttf or .otf file of the project, or install the font"
		}
		if font != nil && i == 0 && h.Broken {
			list.Warnf(font.Range, "the font %q cannot be read; another font is used", font.Name).
				Hint = "check that the file is a font"
		}
		lacked = append(lacked, findNewRunes(lacked, h.Lacked)...)
		anew := findNewRunes(lost, h.Tofu)
		lost = append(lost, anew...)
		if w, ok := slide.NewTofuWarning("font for subtitles", anew); ok {
			list.Warnf(a.Board.Scenes[cues[i].Scene].Range, "%s", w.Summary).Hint = w.Hint
		}
	}
	if font != nil && len(lacked) > 0 {
		w := slide.NewMissingCharactersWarning(font.Name, lacked)
		list.Warnf(font.Range, "%s", w.Summary).Hint = w.Hint
	}
	return list
}

// findNewRunes returns the runes that are not in known.
func findNewRunes(known, runes []rune) (out []rune) {
	for _, r := range runes {
		if !slices.Contains(known, r) {
			out = append(out, r)
		}
	}
	return out
}
