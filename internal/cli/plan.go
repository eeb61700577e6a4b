package cli

import (
	"context"
	"fmt"
	"strings"

	"mynah/internal/studio"
)

// printPlan prints the storyboard and the timeline.
func (a *app) printPlan(ctx context.Context, s *studio.Studio, r studio.Request, f *buildFlags) error {
	p, err := s.Plan(ctx, r)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	a.printFindings(p.Warnings, p.Sources)
	if f.json {
		return a.printJSON(p)
	}
	fps := float64(p.Line.FPS.Num) / float64(p.Line.FPS.Den)
	fmt.Fprintf(a.Out, "%dx%d, %.6g frames per second, %.2f s, %s\n", p.Line.Width, p.Line.Height, fps,
		float64(p.Line.Frames)/fps, formatSceneCount(len(p.Line.Scenes)))
	for i, s := range p.Line.Scenes {
		fmt.Fprintf(a.Out, "%4d  %8.2f s  %7.2f s  %s\n",
			s.Number, float64(s.Start)/fps, float64(s.Frames)/fps, summarizeScene(p, i))
	}
	return nil
}

// summarizeScene describes a scene in a few words: its pictures and narration.
func summarizeScene(p *studio.Plan, i int) string {
	s := p.Board.Scenes[i]
	var parts []string
	for _, shot := range s.Shots {
		parts = append(parts, shot.File)
	}
	for _, slide := range s.Slides {
		parts = append(parts, "slide: "+strings.SplitN(slide.Text, "\n", 2)[0])
	}
	for _, part := range s.Parts {
		switch {
		case part.Text != "":
			parts = append(parts, "“"+part.Text+"”")
		case part.File != "":
			parts = append(parts, part.File)
		}
	}
	text := []rune(strings.Join(parts, " · "))
	if len(text) > 90 {
		return string(text[:89]) + "…"
	}
	return string(text)
}
