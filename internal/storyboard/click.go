package storyboard

import (
	"slices"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/markup"
	"mynah/internal/script"
)

// pendingClick is a click that is not yet assigned to a sentence.
type pendingClick struct {
	// offset is the place in the text of the paragraph, in bytes.
	offset int
	at     diag.Range
}

// addClick remembers a click between paragraphs. It belongs to the next sentence.
func (s *sceneState) addClick(n *script.Click) {
	s.clicks = append(s.clicks, pendingClick{at: n.Range})
}

// addClicksOfParagraph assigns the clicks of a paragraph, and those before it, to its sentences. first is the index of
// the first of them in the scene.
func (s *sceneState) addClicksOfParagraph(first int, text string, clicks []int, at diag.Range) {
	for _, offset := range clicks {
		s.clicks = append(s.clicks, pendingClick{offset, at})
	}
	parts := s.out.Parts[first:]
	if len(parts) == 0 { // the paragraph is not spoken: its clicks belong to the next sentence
		for i := range s.clicks {
			s.clicks[i].offset = 0
		}
		return
	}
	var starts []int // offsets of the sentences in the paragraph
	done := 0
	for _, p := range parts {
		if i := strings.Index(text[done:], p.Text); i >= 0 {
			done += i
		}
		starts = append(starts, done)
		done = min(done+len(p.Text), len(text))
	}
	for _, c := range s.clicks {
		k := max(sortSearchLast(starts, c.offset), 0)
		offset := max(c.offset-starts[k], 0)
		if offset >= len(strings.TrimRight(parts[k].Text, " \n")) && k+1 < len(parts) {
			k, offset = k+1, 0 // between two sentences: the click belongs to the second
		}
		parts[k].Clicks = append(parts[k].Clicks, min(offset, len(parts[k].Text)))
		s.clickPlaces = append(s.clickPlaces, c.at)
	}
	s.clicks = nil
}

// sortSearchLast returns the index of the last of the ascending numbers that is at most n, or -1.
func sortSearchLast(ascending []int, n int) int {
	i, found := slices.BinarySearch(ascending, n)
	if found {
		return i
	}
	return i - 1
}

// finishClicks assigns the clicks at the end of a scene, decides what appears at the clicks, and warns about clicks at
// which nothing appears.
func (s *sceneState) finishClicks() {
	last := -1
	for i, p := range s.out.Parts {
		if p.Kind == Speech {
			last = i
		}
	}
	for _, c := range s.clicks {
		if last < 0 {
			d := s.list.Warnf(c.at, "this click has no effect: the scene has no narration")
			d.Hint = "put <!-- click --> into the narration, before the word at which the next item appears"
			continue
		}
		p := &s.out.Parts[last]
		p.Clicks = append(p.Clicks, len(p.Text))
		s.clickPlaces = append(s.clickPlaces, c.at)
	}
	n := len(s.clickPlaces)
	if n == 0 {
		return
	}
	s.revealForClicks()
	steps := s.out.CountClickSteps(n)
	if steps < n {
		d := s.list.Warnf(s.clickPlaces[steps], "nothing is left to appear at click %d of this scene", steps+1)
		d.Hint = "remove the click, or add a list item, a picture or a callout"
	}
}

// revealForClicks reveals the callouts of a scene with clicks, or its list, if nothing else in it can appear step by step.
func (s *sceneState) revealForClicks() {
	if s.out.CountClickSteps(0) > 0 {
		return
	}
	if s.out.CountCallouts() > 0 {
		s.out.RevealCallouts = true
		return
	}
	for i := range s.out.Slides {
		slide := &s.out.Slides[i]
		if n := markup.CountItems(slide.Text); slide.Kind == frame.MarkdownBlock && n > 0 {
			slide.Reveal, slide.Steps = true, n
			return
		}
	}
}

// CountRevealSteps returns the number of reveal steps of all slides of the scene, 0 if none is revealed.
func (s *Scene) CountRevealSteps() int {
	n := 0
	for _, slide := range s.Slides {
		if slide.Reveal || len(slide.Ranges) > 0 {
			n += slide.Steps
		}
	}
	return n
}

// CountClicks returns the number of clicks in the narration.
func (s *Scene) CountClicks() int {
	n := 0
	for _, p := range s.Parts {
		n += len(p.Clicks)
	}
	return n
}

// WaitsForClick reports whether no step of the slides is shown before the first click: there are enough clicks for all
// steps, pictures and callouts.
func (s *Scene) WaitsForClick() bool {
	return s.CountRevealSteps() > 0 && s.CountClicks() >= s.countAppearances()
}

// CountClickSteps returns the number of things in the scene that can appear at a click: steps of slides, pictures after
// the first, and callouts. clicks is the number of clicks; it decides whether the first step of a slide waits for one.
func (s *Scene) CountClickSteps(clicks int) int {
	n := s.countAppearances()
	if s.CountRevealSteps() > 0 && clicks < n {
		n-- // the first step is shown from the start
	}
	return n
}

// countSequentialShots returns the number of shots that are shown one after the other, or appear one after the other: all
// but that in the corner.
func (s *Scene) countSequentialShots() int {
	if s.Layout == frame.Corner {
		return len(s.Shots) - 1
	}
	return len(s.Shots)
}

// countAppearances returns the number of steps of slides, pictures after the first, and revealed callouts.
func (s *Scene) countAppearances() int {
	n := s.CountRevealSteps() + max(s.countSequentialShots()-1, 0)
	if s.RevealCallouts {
		n += s.CountCallouts()
	}
	return n
}
