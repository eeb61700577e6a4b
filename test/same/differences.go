package main

import "regexp"

// difference describes expected differences between the two sides.
type difference struct {
	// place matches the name of the artifact in the report, such as "captions: mynah check --json
	// …".
	place *regexp.Regexp
	// lines matches the lines of both sides that are expected to differ, without their sign. An
	// artifact counts as expected if all of its differing lines match.
	lines  *regexp.Regexp
	reason string
}

// expectedDifferences lists the expected differences. The report names entries that match nothing, so that they
// can be removed.
func expectedDifferences() []difference {
	return []difference{
		{
			regexp.MustCompile(`--explain`), regexp.MustCompile(`^(Nothing was (made anew|rebuilt)|Made anew, |Rebuilt )`),
			"the heading of an explanation is a sentence",
		},
		{regexp.MustCompile(`mynah cache$|--help$`), regexp.MustCompile(`.`), "help texts are sentences"},
		{regexp.MustCompile(`^API|service: `), regexp.MustCompile(`^X-Mynah-Warning `), "a warning is a sentence"},
	}
}
