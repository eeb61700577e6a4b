package main

import "regexp"

// difference is one that is meant.
type difference struct {
	// place matches where it is, as the report names it: "captions: mynah check --json …".
	place *regexp.Regexp
	// lines matches the lines that are meant to differ, of both sides, without the sign in
	// front. A thing counts as meant when all of its differing lines are.
	lines  *regexp.Regexp
	reason string
}

// meant lists the differences that are meant. An entry that excuses nothing any more is
// reported: take it out.
func meant() []difference {
	all := regexp.MustCompile(`.`)
	return []difference{
		{
			regexp.MustCompile(`^explanations: `), regexp.MustCompile(`what was shown before`),
			"every clip and move named \"what was shown before\" whenever anything of it had changed; now only a transition does, when it has",
		},
		{
			regexp.MustCompile(`^explanations: .* --explain`), regexp.MustCompile(`changed: `),
			"recipes hold what decides a part, so reasons are those that are true of the part itself, not of all that its scene shows",
		},
		{
			regexp.MustCompile(`^snapshots: `), all,
			"slides of a snapshot leave room for subtitles in the picture, as those of the video do",
		},
	}
}
