package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/frame"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/slide"
)

// CalloutDrawing is a drawing of callouts that a picture of a scene needs: rings and labels, or markers.
type CalloutDrawing struct {
	// Scene is the index of the scene, Place the place of the first callout.
	Scene int
	Place diag.Range
	Marks []slide.CalloutMark
	// Front is set if the drawing does not move with the camera.
	Front bool
}

// ID returns a key of the drawing's content in its scene.
func (c CalloutDrawing) ID() cache.Key {
	b, err := json.Marshal(c.Marks)
	if err != nil {
		return cache.Key{} // cannot happen with these types
	}
	return cache.NewHasher("callouts of a scene").AddInts(int64(c.Scene)).AddBools(c.Front).AddBytes(b).Key()
}

// calloutHead is the metadata of a drawing of callouts. It is stored separately from the drawing.
type calloutHead struct {
	Tofu []rune `json:"tofu,omitempty"`
}

// DrawCallouts draws the callouts that are not in the cache. It returns the layers by CalloutDrawing.ID. It needs no
// browser if the list is empty.
func DrawCallouts(
	ctx context.Context, m part.Maker, in Input, list []CalloutDrawing, cues []caption.Cue,
) (map[cache.Key]picture.LayerRef, diag.List, error) {
	out := map[cache.Key]picture.LayerRef{}
	if len(list) == 0 {
		return out, nil, nil
	}
	a := &artist{Maker: m, Input: in}
	version, err := in.Drawer.ReadVersion(ctx, "callouts")
	if err != nil {
		return nil, nil, err
	}
	heads := make([]calloutHead, len(list))
	g, ctx := m.NewGroup(ctx, doing, 0)
	for i, c := range list {
		sheet := a.newCalloutSheet(c, cues)
		recipe := Callouts{Look: sheet.ComputeKey(version)}
		key := m.Book.AddRecipe(recipe, part.Label{Name: c.describe(), Scene: c.Scene + 1})
		ref := picture.LayerRef{Key: key, Drawing: newDrawingKey(key), Often: true}
		if scale := chooseLargeScale(&a.Board.Scenes[c.Scene], sheet.Request); scale > 0 && !c.Front {
			large := sheet.Enlarge(scale)
			largeKey := m.Book.AddRecipe(Callouts{Look: large.ComputeKey(version)},
				part.Label{Name: c.describe(), Scene: c.Scene + 1})
			ref.Large, ref.LargeScale = newDrawingKey(largeKey), scale
			g.Go(0, func() error {
				_, err := a.ensureCalloutsDrawn(ctx, large, largeKey)
				return err
			})
		}
		out[c.ID()] = ref
		g.Go(0, func() (err error) {
			heads[i], err = a.ensureCalloutsDrawn(ctx, sheet, key)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	return out, listCalloutWarnings(list, heads), nil
}

// CheckLabels draws the labels of callouts, and returns warnings about characters that no font has. It needs no browser
// if there are no labels.
func CheckLabels(ctx context.Context, m part.Maker, in Input) (diag.List, error) {
	var list []CalloutDrawing
	w, h := float64(in.Board.Film.Width), float64(in.Board.Film.Height)
	for i, scene := range in.Board.Scenes {
		d := CalloutDrawing{Scene: i, Front: true}
		all := slices.Clone(scene.Callouts)
		for _, shot := range scene.Shots {
			all = append(all, shot.Callouts...)
		}
		for _, c := range all {
			if c.Label == "" {
				continue
			}
			if len(d.Marks) == 0 {
				d.Place = c.Range
			}
			// The shape does not matter here.
			d.Marks = append(d.Marks, slide.CalloutMark{Right: w / 2, Bottom: h / 2, Label: c.Label, Within: [4]float64{0, 0, w, h}})
		}
		if len(d.Marks) > 0 {
			list = append(list, d)
		}
	}
	_, warnings, err := DrawCallouts(ctx, m, in, list, nil)
	return warnings, err
}

// describe names a drawing for messages.
func (c CalloutDrawing) describe() string {
	for _, m := range c.Marks {
		if m.Label != "" {
			return diag.Shorten(m.Label, 60)
		}
	}
	return "a callout"
}

func (a *artist) newCalloutSheet(c CalloutDrawing, cues []caption.Cue) slide.CalloutSheet {
	s := &a.Board.Scenes[c.Scene]
	return slide.CalloutSheet{Marks: c.Marks, Request: slide.Request{
		Width: a.Board.Film.Width, Height: a.Board.Film.Height, Theme: s.Theme,
		Brand: a.Board.Film.Brand, Language: a.Board.Film.Language,
		Files: a.Files, Captions: a.computeCaptionStrips(c.Scene, cues),
	}}
}

// ensureCalloutsDrawn returns the metadata of a drawing, and draws it if it is not in the cache.
func (a *artist) ensureCalloutsDrawn(ctx context.Context, s slide.CalloutSheet, key cache.Key) (calloutHead, error) {
	head, ok := part.ReadJSON[calloutHead](a.Store, cache.Pictures, key)
	if ok && a.Store.HasEntry(cache.Pictures, newDrawingKey(key)) {
		return head, nil
	}
	err := a.MakeParts(ctx, func() error {
		drawn, err := a.Drawer.DrawCallouts(ctx, s)
		if err != nil {
			return err
		}
		layer, err := picture.NewLayer(drawn.Image, frame.Color{}, s.Width, s.Height).MarshalBinary()
		if err != nil {
			return err
		}
		head, err := json.Marshal(calloutHead{Tofu: drawn.Tofu})
		if err == nil { // store the metadata last, so that it is there only with the drawing
			err = errors.Join(a.Store.PutBytes(cache.Pictures, newDrawingKey(key), layer),
				a.Store.PutBytes(cache.Pictures, key, head))
		}
		if err != nil {
			return fault.New(fault.Disk, err, "cannot write a callout to the cache")
		}
		return nil
	}, key)
	if err != nil {
		return calloutHead{}, err
	}
	head, ok = part.ReadJSON[calloutHead](a.Store, cache.Pictures, key)
	if !ok || !a.Store.HasEntry(cache.Pictures, newDrawingKey(key)) {
		return calloutHead{}, cache.ErrLost
	}
	return head, nil
}

// listCalloutWarnings returns warnings about characters of labels that no font has, each once.
func listCalloutWarnings(list []CalloutDrawing, heads []calloutHead) (found diag.List) {
	var lost []rune
	for i, h := range heads {
		anew := findNewRunes(lost, h.Tofu)
		lost = append(lost, anew...)
		if w, ok := slide.NewTofuWarning("font", anew); ok {
			found.Warnf(list[i].Place, "%s", w.Summary).Hint = w.Hint
		}
	}
	return found
}
