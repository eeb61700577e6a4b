package storyboard

import (
	"fmt"
	"strings"

	"mynah/internal/frame"
)

// layoutNeeds describes what a scene must contain for a layout.
type layoutNeeds struct {
	slide, picture bool
	headings       bool // at least two headings of level 2 in Markdown
}

// listLayoutNeeds returns what each layout needs.
func listLayoutNeeds() map[frame.Layout]layoutNeeds {
	return map[frame.Layout]layoutNeeds{
		frame.Split:       {slide: true, picture: true},
		frame.SplitLeft:   {slide: true, picture: true},
		frame.LowerThird:  {slide: true, picture: true},
		frame.QuoteLayout: {slide: true},
		frame.Stat:        {slide: true},
		frame.Columns:     {slide: true, headings: true},
		frame.Grid:        {picture: true},
		frame.Corner:      {picture: true},
		frame.TitleLayout: {slide: true},
	}
}

// checkLayout removes the layout of a scene that lacks what the layout needs. A layout that the header sets for all
// scenes is removed without a warning.
func (s *sceneState) checkLayout() {
	layout := s.out.Layout
	if layout == frame.NoLayout {
		return
	}
	needs := listLayoutNeeds()[layout]
	warn := func(problem, hint string) {
		if s.now.Layout != s.header.Layout {
			s.list.Warnf(s.now.Places["layout"], "(layout: %s) %s", layout, problem).Hint = hint
		}
	}
	var missing []string
	if needs.slide && len(s.out.Slides) == 0 {
		missing = append(missing, "a slide")
	}
	if needs.picture && len(s.out.Shots) == 0 {
		missing = append(missing, "a picture")
	}
	switch {
	case len(missing) > 0:
		s.out.Layout = frame.NoLayout
		warn("needs "+strings.Join(missing, " and ")+", but this scene has none; the layout is ignored",
			"add a slide as a block between ``` lines, a picture as ![](picture.png)")
	case needs.headings && s.countColumns() < 2:
		s.out.Layout = frame.NoLayout
		warn("makes a column of each ## heading, but this slide has fewer than two; the layout is ignored",
			"write a ## heading above each column in a ```md block")
	case layout == frame.Grid && len(s.out.Shots) == 1:
		s.out.Layout = frame.NoLayout
		warn("shows two to nine pictures, but this scene has one; the layout is ignored", "add pictures to the scene")
	case layout == frame.Grid && len(s.out.Shots) > frame.MostOfGrid:
		warn(fmt.Sprintf("shows at most %d pictures, but this scene has %d; the others are left out", frame.MostOfGrid,
			len(s.out.Shots)),
			"divide the pictures between several scenes")
		s.out.Shots = s.out.Shots[:frame.MostOfGrid]
	}
}

// countColumns returns the number of headings of level 2 in the scene's slides.
func (s *sceneState) countColumns() int {
	n := 0
	for _, slide := range s.out.Slides {
		if slide.Kind != frame.MarkdownBlock {
			continue
		}
		for line := range strings.Lines(slide.Text) {
			if strings.HasPrefix(line, "## ") {
				n++
			}
		}
	}
	return n
}
