package cut

import (
	"errors"
	"image"
	"os"
	"slices"
	"strconv"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/picture"
	"mynah/internal/timeline"
)

// addCaptions adds the captions of a scene to one of its pictures.
func (c *Cutter) addCaptions(v *picture.View, scene int, pic timeline.Picture) {
	var end int64 // end of the last caption that was added
	for _, s := range c.in.Captions[scene] {
		from, to := max(s.From-pic.Start, 0), min(s.To-pic.Start, pic.Frames)
		if from >= to {
			continue
		}
		if n := len(v.Captions); n > 0 && from > end {
			v.Captions = append(v.Captions, picture.Span{From: end})
		} else if n > 0 {
			from = end
		}
		v.Captions = append(v.Captions, picture.Span{From: from, Layers: []picture.LayerRef{s.Layer}})
		end = to
	}
	if len(v.Captions) > 0 && end < pic.Frames {
		v.Captions = append(v.Captions, picture.Span{From: end})
	}
	c.addWatermarks(v, scene)
}

// addWatermarks adds the layers that lie over a whole scene to its captions.
func (c *Cutter) addWatermarks(v *picture.View, scene int) {
	if len(c.in.Watermarks) <= scene || len(c.in.Watermarks[scene]) == 0 {
		return
	}
	watermarks := c.in.Watermarks[scene]
	if len(v.Captions) == 0 || v.Captions[0].From > 0 {
		v.Captions = append([]picture.Span{{}}, v.Captions...)
	}
	for i := range v.Captions {
		v.Captions[i].Layers = append(slices.Clone(watermarks), v.Captions[i].Layers...)
	}
}

// countOverlayChanges returns how often what lies over a view changes, counted from 1 for overlays that never change.
func countOverlayChanges(v *picture.View) int {
	captions := len(v.Captions)
	if captions == 1 && v.Captions[0].From == 0 {
		return max(len(v.Spans), 1)
	}
	return max(len(v.Spans), 2*captions)
}

// writeCaptionStates writes the captions that a view shows in count frames, beginning at the frame from, to a
// temporary file. It returns nil if there are none. The caller removes the file.
func (c *Cutter) writeCaptionStates(v *picture.View, from, count int64, key cache.Key) (*ffmpeg.StatesInput, error) {
	spans := v.WithCaptionsDuring(from, count).Captions
	var box image.Rectangle
	for _, s := range spans {
		for _, ref := range s.Layers {
			l, err := picture.ReadLayer(c.layers, ref)
			if err != nil {
				return nil, err
			}
			box = box.Union(l.Box())
		}
	}
	if box.Empty() {
		return nil, nil //nolint:nilnil // there are no captions
	}
	states := []ffmpeg.State{{Raw: func() ([]byte, error) { return picture.JoinLayersInBox(box), nil }}}
	for _, s := range spans {
		states = append(states, ffmpeg.State{Frame: s.From - from, Raw: func() ([]byte, error) {
			var list []*picture.Layer
			for _, ref := range s.Layers {
				l, err := picture.ReadLayer(c.layers, ref)
				if err != nil {
					return nil, err
				}
				list = append(list, l)
			}
			return picture.JoinLayersInBox(box, list...), nil
		}})
	}
	if spans[0].From == from {
		states = states[1:]
	}
	out := &ffmpeg.StatesInput{
		Path: c.MakeScratchPath("captions-"+strconv.FormatInt(from, 10), key),
		X:    box.Min.X, Y: box.Min.Y, W: box.Dx(), H: box.Dy(),
	}
	file, err := os.OpenFile(out.Path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return out, errors.Join(ffmpeg.WriteStates(file, out.W, out.H, states), file.Close())
}
