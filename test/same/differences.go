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
			regexp.MustCompile(`--explain`), regexp.MustCompile(`^(Nothing was (made anew|rebuilt)|Made anew, |Rebuilt )`),
			"the heading of an explanation is a sentence",
		},
		{regexp.MustCompile(`mynah cache$|--help$`), regexp.MustCompile(`.`), "help texts are sentences"},
		{regexp.MustCompile(`^API|service: `), regexp.MustCompile(`^X-Mynah-Warning `), "a warning is a sentence"},
	}
}
