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
	return []difference{
		{
			regexp.MustCompile(`--explain`), regexp.MustCompile(` changed: |why = "changed: `),
			"a recipe holds what decides a part, so reasons are true of the part itself: a clip names what was shown before only where it comes in over that",
		},
	}
}
