// Package diag is what an author is told about a script: where, what is wrong,
// what is allowed instead. It exists so that every stage reports in one form and
// all at once; it refuses to know how a caller of the service is answered (see
// package fault) and it does no input or output of its own.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Severity says whether a finding stops the build.
type Severity int

// The severities, worst first.
const (
	Error Severity = iota
	Warning
)

// String gives the word that is printed and put into JSON.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word that MarshalText writes.
func (s *Severity) UnmarshalText(b []byte) error {
	switch string(b) {
	case "error":
		*s = Error
	case "warning":
		*s = Warning
	default:
		return fmt.Errorf("unknown severity %q", b)
	}
	return nil
}

// Pos is a place in a file. Line and Column count from 1; a column is one Unicode
// code point of the line as the author wrote it.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Range is a stretch of a file, End exclusive. File is the name that the author
// knows: relative to the project's folder, with forward slashes.
type Range struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// Code marks a sort of finding for programs; its words never change. Findings that
// no program has to tell apart have none.
type Code string

// The codes. Those of which Strict answers true fail a strict build.
const (
	// UnknownProperty is a property, direction, or key of a map that nobody knows.
	UnknownProperty Code = "unknown-property"
	// UnknownVoice is the name of a voice that no table has.
	UnknownVoice Code = "unknown-voice"
	// OtherVoice is a name of another service's voice; one of its language and gender speaks.
	OtherVoice Code = "other-voice"
	// NearMiss is what was most likely meant as structure and is not.
	NearMiss Code = "near-miss"
	// TranslationLacks is what a script shows and its translation does not.
	TranslationLacks Code = "translation-lacks"
	// OtherLanguage is narration that clearly speaks for another language than its voice's.
	OtherLanguage Code = "other-language"
	// UnspokenLanguage is a voice of a language that no voice here speaks.
	UnspokenLanguage Code = "unspoken-language"
	// Unreadable is narration in letters that its voice cannot read.
	Unreadable Code = "unreadable"
	// MissingVoice is a known voice whose engine is not installed; another speaks.
	MissingVoice Code = "missing-voice"
	// TooLong is speech that does not fit its time.
	TooLong Code = "too-long"
	// UnknownVariable is a {{name}} for which no value was given.
	UnknownVariable Code = "unknown-variable"
	// MoreFindings closes a list that was cut.
	MoreFindings Code = "more-findings"
)

// Strict tells whether a strict build fails for warnings of this sort.
func (c Code) Strict() bool {
	switch c {
	case UnknownProperty, UnknownVoice, UnknownVariable:
		return true
	default:
		return false
	}
}

// Diagnostic is one finding. Summary is one sentence without a final stop, Detail
// says what is allowed, Hint what to write instead; both may be empty.
type Diagnostic struct { //nolint:errname // it is a finding first, an error where one is wanted
	Range    Range
	Severity Severity
	Code     Code
	Summary  string
	Detail   string
	Hint     string
}

// Error makes a Diagnostic usable as an error: "file:line:column: summary", without the place
// where it has none.
func (d Diagnostic) Error() string {
	switch {
	case d.Range.File == "":
		return d.Summary
	case d.Range.Start.Line == 0:
		return d.Range.File + ": " + d.Summary
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.Range.File, d.Range.Start.Line, d.Range.Start.Column, d.Summary)
}

// List collects findings. The zero value is ready for use.
type List []Diagnostic

// Add appends findings.
func (l *List) Add(d ...Diagnostic) { *l = append(*l, d...) }

// Errorf adds an error at r with a formatted summary and returns a pointer to it,
// valid until the next Add, so that detail and hint can be set.
func (l *List) Errorf(r Range, format string, args ...any) *Diagnostic {
	*l = append(*l, Diagnostic{Range: r, Severity: Error, Summary: fmt.Sprintf(format, args...)})
	return &(*l)[len(*l)-1]
}

// Warnf adds a warning at r, as Errorf does an error.
func (l *List) Warnf(r Range, format string, args ...any) *Diagnostic {
	d := l.Errorf(r, format, args...)
	d.Severity = Warning
	return d
}

// HasErrors tells whether any finding stops the build.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders findings by file, place, severity and text, so that output is stable.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Range.File, b.Range.File),
			cmp.Compare(a.Range.Start.Line, b.Range.Start.Line),
			cmp.Compare(a.Range.Start.Column, b.Range.Start.Column),
			cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Summary, b.Summary),
		)
	})
}

// Merged returns a copy in which warnings that say the same of several places are one, at the
// first place, with the lines of the others as its detail. Those that fail strict builds stay
// apart.
func (l List) Merged() List {
	type kind struct{ file, summary, hint, detail string }
	first := map[kind]int{}
	var out List
	others := map[int][]string{}
	for _, d := range l {
		k := kind{d.Range.File, d.Summary, d.Hint, d.Detail}
		at, known := first[k]
		if d.Severity != Warning || d.Code.Strict() || !known {
			first[k] = len(out)
			out = append(out, d)
			continue
		}
		others[at] = append(others[at], strconv.Itoa(d.Range.Start.Line))
	}
	const most = 12
	for i, lines := range others {
		lines = slices.Compact(lines)
		also := "Also in line " + lines[0]
		if n := len(lines); n > 1 {
			also = "Also in lines " + strings.Join(lines[:min(n, most)], ", ")
			if n > most {
				also += fmt.Sprintf(" and %d more", n-most)
			}
		}
		out[i].Detail = strings.TrimPrefix(out[i].Detail+". "+also, ". ")
	}
	return out
}

// Strict returns a copy in which the warnings for which strict builds fail (see
// Code.Strict) are errors; other warnings stay what they are.
func (l List) Strict() List {
	out := slices.Clone(l)
	for i := range out {
		if out[i].Severity == Warning && out[i].Code.Strict() {
			out[i].Severity = Error
			out[i].Summary = withoutOutcome(out[i].Summary)
		}
	}
	return out
}

// withoutOutcome takes from a warning what the build does instead, which it does not do in a strict
// build.
func withoutOutcome(summary string) string {
	for _, outcome := range []string{" and ignored", " and stays as it is"} {
		summary = strings.TrimSuffix(summary, outcome)
	}
	if before, after, ok := strings.Cut(summary, "; "); ok && strings.HasSuffix(after, " speaks instead") {
		summary = before
	}
	return summary
}

// Shorten returns a text without the space around it, cut to at most n characters.
func Shorten(s string, n int) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
