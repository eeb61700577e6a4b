package meter

import (
	"math"
	"testing"

	"mynah/internal/frame"
	"mynah/internal/proc"
	"mynah/internal/storyboard"
)

func newMeter(t *testing.T, report func(Progress)) *Meter {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	return New(run, report)
}

// TestProgress checks that progress grows from 0 to 100 in proportion to the expected costs and never
// decreases.
func TestProgress(t *testing.T) {
	t.Parallel()
	var last Progress
	m := newMeter(t, func(p Progress) {
		if p.Percent < last.Percent {
			t.Errorf("%v falls to %v", last, p)
		}
		last = p
	})
	step := func(percent float64, phase string) {
		t.Helper()
		if math.Abs(last.Percent-percent) > 0.01 || last.Phase != phase {
			t.Errorf("%+v, want %g at %s", last, percent, phase)
		}
	}
	m.ReportCurrentPhase(Script, 0)
	step(0, Script)
	m.ReportCurrentPhase(Files, 0.5)
	step(6, Files)
	m.ReportCurrentPhase(Files, 1)
	step(10, Files)
	// The remaining 90, except the 5 of the last phase, are divided among these.
	m.setExpectedCosts(map[string]float64{Voice: 6, Slides: 0, Pictures: 3, Sound: 1})
	m.ReportCurrentPhase(Voice, 0.5)
	step(35.5, Voice)
	m.ReportLaterPhase(Pictures, 0.5)
	step(48.25, Voice)
	m.ReportCurrentPhase(Voice, 1)
	step(73.75, Voice)
	m.ReportCurrentPhase(Pictures, 0)
	step(73.75, Pictures)
	m.ReportCurrentPhase(Pictures, 1)
	step(86.5, Pictures)
	m.ReportCurrentPhase(Sound, 1)
	step(95, Sound)
	m.ReportCurrentPhase(Film, 1)
	step(100, Film)
	m.setExpectedCosts(nil)
	m.ReportCurrentPhase(Film, 1)
	step(100, Film)
}

// TestClock checks that a phase within another one is measured separately.
func TestClock(t *testing.T) {
	t.Parallel()
	m := newMeter(t, nil)
	outer := m.StartPhase(Film)
	inner := m.StartPhase(Check)
	inner()
	outer()
	m.StartPhase(Film)()
	if len(m.Phases) != 2 || m.Phases[0].Name != Check || m.Phases[1].Name != Film || m.Phases[1].WallMS < 0 {
		t.Errorf("%+v", m.Phases)
	}
	m.ReportCurrentPhase(Film, 1) // there is no receiver
}

// TestExpected checks that narration, pictures and motion are costs of their phases.
func TestExpected(t *testing.T) {
	t.Parallel()
	board := &storyboard.Board{Scenes: []storyboard.Scene{
		{
			Parts: []storyboard.Part{{Kind: storyboard.Speech, Text: "Hello there."}},
			Shots: []storyboard.Shot{{File: "a.png", Kind: storyboard.Image}},
		},
		{},
	}}
	plain := estimateCosts(board, nil)
	for _, phase := range []string{Voice, Pictures, Sound} {
		if plain[phase] <= 0 {
			t.Errorf("%s costs %g", phase, plain[phase])
		}
	}
	board.Scenes[1].Slides = []storyboard.Slide{{}}
	board.Scenes[0].Shots[0].Motion = frame.Zoom
	more := estimateCosts(board, nil)
	if plain[Slides] != 0 || more[Slides] <= 0 || more[Pictures] <= plain[Pictures] || more[Voice] != plain[Voice] {
		t.Errorf("%v, with a slide and a move %v", plain, more)
	}
}
