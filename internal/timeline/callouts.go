package timeline

import (
	"math/big"
	"slices"

	"mynah/internal/script"
)

// CalloutSpan is the time in which a callout is visible.
type CalloutSpan struct {
	// Shot is the index of the shot, -1 for a callout on a scene without pictures. Item is the index of the callout
	// among those of the shot or scene.
	Shot int `json:"shot"`
	Item int `json:"item"`
	// From is the first frame of the film that shows the callout, To the one after the last.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Fade is the number of frames during which the callout appears; 0 for one that is there from the beginning.
	Fade int64 `json:"fade,omitempty"`
	// Move is the number of frames of a camera's movement to the callout, which begins at From, and of the movement
	// back, which ends at To. Follows and Continues are set if the camera comes from another callout or goes on to
	// another one.
	Move      int64 `json:"move,omitempty"`
	Follows   bool  `json:"follows,omitempty"`
	Continues bool  `json:"continues,omitempty"`
}

// Times of callouts, in milliseconds: calloutFade is the longest time in which one appears, cameraMove the duration of
// a movement of the camera.
const (
	calloutFade = 250
	cameraMove  = 800
)

// item is a callout of a scene, and the time in which its picture is visible.
type item struct {
	script.Callout
	span CalloutSpan
}

// placeCallouts returns the times of a scene's callouts.
func (c *computer) placeCallouts(i int, scene *Scene, cues cueFrames) []CalloutSpan {
	items := c.listCallouts(i, scene)
	if len(items) == 0 {
		return nil
	}
	if c.board.Scenes[i].RevealCallouts {
		starts := cues.callouts
		if len(starts) != len(items) {
			starts = c.findStepStarts(i, len(items), scene)
		}
		revealCallouts(items, starts, scene)
	}
	items = slices.DeleteFunc(items, func(it item) bool { return it.span.From >= it.span.To }) // never visible
	if !c.board.Scenes[i].RevealCallouts {
		shareTimeAmongZooms(items)
	}
	out := make([]CalloutSpan, 0, len(items))
	for k := range items {
		c.setEntrance(&items[k], c.board.Scenes[i].RevealCallouts, scene)
		out = append(out, items[k].span)
	}
	joinCameraMoves(items, out, scene.Pictures)
	return out
}

// listCallouts returns the callouts of a scene. Each lasts as long as its picture is visible.
func (c *computer) listCallouts(i int, scene *Scene) (out []item) {
	b := &c.board.Scenes[i]
	add := func(shot int, list []script.Callout) {
		if len(list) == 0 {
			return
		}
		span := CalloutSpan{Shot: shot, From: scene.Start + scene.Frames, To: scene.Start}
		for _, p := range scene.Pictures {
			if p.shows(shot) {
				span.From, span.To = min(span.From, p.Start), max(span.To, p.Start+p.Frames)
			}
		}
		for k, one := range list {
			span.Item = k
			out = append(out, item{one, span})
		}
	}
	add(-1, b.Callouts)
	for k, shot := range b.Shots {
		add(k, shot.Callouts)
	}
	return out
}

// revealCallouts lets the callouts of a scene appear one after the other, at the frames in starts. A callout whose step
// does not fall into the time of its picture appears with the picture.
func revealCallouts(items []item, starts []int64, scene *Scene) {
	for k := range items {
		span := &items[k].span
		from, to := starts[k], scene.Start+scene.Frames
		if k+1 < len(starts) {
			to = starts[k+1]
		}
		if from, to = max(from, span.From), min(to, span.To); from < to {
			span.From, span.To = from, to
		}
	}
}

// shareTimeAmongZooms divides the time of a picture evenly among the callouts to which the camera moves.
func shareTimeAmongZooms(items []item) {
	zooms := map[int][]*CalloutSpan{}
	for k := range items {
		if items[k].Style == script.CameraZoom {
			shot := items[k].span.Shot
			zooms[shot] = append(zooms[shot], &items[k].span)
		}
	}
	for _, list := range zooms {
		from, frames := list[0].From, list[0].To-list[0].From
		for k, span := range list {
			span.From, span.To = from+frames*int64(k)/int64(len(list)), from+frames*int64(k+1)/int64(len(list))
		}
	}
}

// setEntrance sets how a callout, or the label of one, appears: after the transition to its picture. Callouts without
// a label that are there from the first frame of their picture on have no entrance: plain darkening and masks outside
// of (reveal: callouts), and blurring, which must hide its content all the time.
func (c *computer) setEntrance(it *item, revealed bool, scene *Scene) {
	span := &it.span
	if it.Label == "" && (it.Style == script.BlurInside || it.Style.IsPlain() && !revealed) {
		return
	}
	for _, p := range scene.Pictures {
		if p.shows(span.Shot) && p.Start+p.Fade > span.From && p.Start <= span.From {
			span.From = min(p.Start+p.Fade, span.To-1)
		}
	}
	frames := span.To - span.From
	span.Fade = min(c.roundDownToFrames(big.NewRat(calloutFade, 1000)), frames/2)
	if it.Style == script.CameraZoom {
		span.Move = min(c.roundToAtLeastOneFrame(big.NewRat(cameraMove, 1000)), frames*2/5)
	}
}

func (c *computer) roundDownToFrames(d *big.Rat) int64 {
	frames := new(big.Rat).Mul(d, big.NewRat(c.line.FPS.Num, c.line.FPS.Den))
	return new(big.Int).Div(frames.Num(), frames.Denom()).Int64()
}

// joinCameraMoves marks the callouts between which the camera does not return.
func joinCameraMoves(items []item, spans []CalloutSpan, pictures []Picture) {
	last := -1
	for k := range items {
		if items[k].Style != script.CameraZoom || spans[k].Move == 0 {
			continue
		}
		cut := func(p Picture) bool { return p.Start == spans[k].From }
		if last >= 0 && spans[last].Shot == spans[k].Shot && spans[last].To == spans[k].From && !slices.ContainsFunc(pictures, cut) {
			spans[last].Continues, spans[k].Follows = true, true
		}
		last = k
	}
}
