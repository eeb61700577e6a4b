package timeline

import (
	"math/big"
	"slices"

	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// listStandardRates returns the standard frame rates.
func listStandardRates() []frame.Rate {
	return []frame.Rate{
		{Num: 10, Den: 1},
		{Num: 12, Den: 1},
		{Num: 15, Den: 1},
		{Num: 24000, Den: 1001},
		{Num: 24, Den: 1},
		{Num: 25, Den: 1},
		{Num: 30000, Den: 1001},
		{Num: 30, Den: 1},
		{Num: 48, Den: 1},
		{Num: 50, Den: 1},
		{Num: 60000, Den: 1001},
		{Num: 60, Den: 1},
	}
}

// SnapToStandardRate returns the standard frame rate that is nearest to r.
func SnapToStandardRate(r frame.Rate) frame.Rate {
	best := listStandardRates()[0]
	var least *big.Rat
	for _, c := range listStandardRates() {
		d := new(big.Rat).Sub(big.NewRat(c.Num, c.Den), big.NewRat(r.Num, r.Den))
		if d.Abs(d); least == nil || d.Cmp(least) < 0 {
			best, least = c, d
		}
	}
	return best
}

// ChooseFrameRate returns the frame rate of a film: the header's; else the highest of its clips and GIFs,
// each rounded to a standard rate; else 25. Without clips, GIFs can make the rate lower than 25 only
// if nothing else in the film moves.
func ChooseFrameRate(b *storyboard.Board, files map[string]Media) frame.Rate {
	if b.Film.FPS.Num > 0 {
		return b.Film.FPS
	}
	usual := frame.Rate{Num: 25, Den: 1}
	var best frame.Rate
	moves, clips := false, false
	for i, s := range b.Scenes {
		moves = moves || i > 0 && s.Transition.Type != "" && s.Transition.Duration > 0
		stills := 0
		moves = moves || hasMovingCallouts(s.Callouts, s.RevealCallouts)
		for _, shot := range s.Shots {
			m, ok := files[shot.File]
			if shot.Kind == storyboard.Image {
				stills++
			}
			moves = moves || hasMovingCallouts(shot.Callouts, s.RevealCallouts)
			moves = moves || shot.Motion != "" || stills > 1 // several images in a scene are cross-faded
			if shot.Kind == storyboard.Image || !ok || m.Still || m.Rate.Num <= 0 || m.Rate.Den <= 0 {
				continue
			}
			if r := SnapToStandardRate(m.Rate); best.Num == 0 || isHigherRate(r, best) {
				best = r
			}
			clips = clips || shot.Kind == storyboard.Clip
		}
	}
	if best.Num == 0 || !clips && moves && isHigherRate(usual, best) {
		return usual
	}
	return best
}

func isHigherRate(a, b frame.Rate) bool { return a.Num*b.Den > b.Num*a.Den }

// hasMovingCallouts reports whether callouts fade in or move the camera.
func hasMovingCallouts(list []script.Callout, revealed bool) bool {
	return slices.ContainsFunc(list, func(c script.Callout) bool {
		return c.Label != "" || !c.Style.IsPlain() && c.Style != script.BlurInside || revealed
	})
}
