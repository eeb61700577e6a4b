package storyboard

// stopRevealingSlides undoes an earlier (reveal: items) of the scene, which (reveal: callouts) replaces.
func (s *sceneState) stopRevealingSlides() {
	for i := range s.out.Slides {
		s.out.Slides[i].Reveal, s.out.Slides[i].Ranges = false, nil
	}
}

// CountCallouts returns the number of callouts of a scene.
func (s *Scene) CountCallouts() int {
	n := len(s.Callouts)
	for _, shot := range s.Shots {
		n += len(shot.Callouts)
	}
	return n
}

// checkRevealedCallouts warns about (reveal: callouts) in a scene without callouts.
func (s *sceneState) checkRevealedCallouts() {
	if s.out.RevealCallouts && s.out.CountCallouts() == 0 {
		s.out.RevealCallouts = false
		s.list.Warnf(s.revealRange, "(reveal: callouts) shows callouts one after the other, and this scene has none").
			Hint = "add a (callout: …) for each paragraph of the narration"
	}
}
