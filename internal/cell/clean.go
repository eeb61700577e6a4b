package cell

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mynah/api"
)

// Bounds of what a cell may say in the results of its work. Honest results do not reach them.
const (
	mostFindings   = 2000
	mostText       = 4 << 10 // bytes
	mostVoices     = 20_000
	mostVoiceUses  = 1000
	mostScenes     = 100_000
	mostSizes      = 16
	mostNames      = 100 // styles of a voice, similar names
	longestSeconds = 360_000.0
)

var sizePattern = regexp.MustCompile(`^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$`)

// Clean bounds a decoded result of a cell: what is too long is cut, what cannot be is left out. It knows the results in
// this package, and lists of voices.
func Clean(result any) {
	switch r := result.(type) {
	case interface{ Clean() }:
		r.Clean()
	case *[]api.Voice:
		*r = firstOf(*r, mostVoices)
		for i := range *r {
			v := &(*r)[i]
			cutTexts(&v.Name, &v.Language, &v.LanguageCode)
			v.Styles = cleanNames(v.Styles, mostNames)
		}
	case *[]string:
		*r = cleanNames(*r, mostNames)
	}
}

// Clean bounds the result of a build.
func (r *BuildResult) Clean() {
	r.Failure = cutText(r.Failure, longestText)
	r.Errors, r.Warnings = cleanFindings(r.Errors), cleanFindings(r.Warnings)
	r.WarningScenes = firstOf(r.WarningScenes, len(r.Warnings))
	for i, n := range r.WarningScenes {
		if n < -1 || n >= mostScenes {
			r.WarningScenes[i] = -1
		}
	}
	r.Seconds = cleanSeconds(r.Seconds)
	r.Voices = firstOf(r.Voices, mostVoiceUses)
	for i := range r.Voices {
		v := &r.Voices[i]
		cutTexts(&v.Name, &v.Engine)
		v.Scenes = firstOf(v.Scenes, mostScenes)
		v.Scenes = slices.DeleteFunc(v.Scenes, func(n int) bool { return n < 0 || n >= mostScenes })
	}
	isNoSize := func(s string) bool { return !sizePattern.MatchString(s) }
	if isNoSize(r.Size) {
		r.Size = ""
	}
	r.Further = firstOf(slices.DeleteFunc(r.Further, isNoSize), mostSizes)
}

// Clean bounds the result of a check.
func (r *CheckResult) Clean() { r.Findings = cleanFindings(r.Findings) }

// Clean bounds what precedes a sound.
func (r *SpeakResult) Clean() {
	r.Seconds = cleanSeconds(r.Seconds)
	r.Warnings = cleanNames(r.Warnings, mostFindings)
}

// Clean bounds the answer about speech properties.
func (r *SpeechCheck) Clean() { r.Near = cleanNames(r.Near, mostNames) }

func cleanFindings(list []api.Diagnostic) []api.Diagnostic {
	list = firstOf(list, mostFindings)
	for i := range list {
		d := &list[i]
		cutTexts(&d.File, &d.Severity, &d.Code, &d.Summary, &d.Detail, &d.Hint, &d.Pointer)
		d.Line, d.Column = max(d.Line, 0), max(d.Column, 0)
	}
	return list
}

func cleanNames(list []string, most int) []string {
	list = firstOf(list, most)
	for i := range list {
		cutTexts(&list[i])
	}
	return list
}

// cleanSeconds returns a length in seconds within its bounds, or 0 for one that is no number.
func cleanSeconds(s float64) float64 {
	if math.IsNaN(s) {
		return 0
	}
	return min(max(s, 0), longestSeconds)
}

// firstOf returns the first elements of a list. The memory of the others is freed.
func firstOf[T any](list []T, most int) []T {
	if len(list) <= most {
		return list
	}
	return slices.Clone(list[:most])
}

func cutTexts(texts ...*string) {
	for _, s := range texts {
		*s = cutText(*s, mostText)
	}
}

// cutText returns the start of a text, up to a number of bytes, with whole characters.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.Clone(s[:most])
}
