// Package diag contains findings about a script for its author: the place, what is wrong, what is
// allowed and what to write instead. All stages report findings in this form, so that they can be
// shown together. Failures for callers of the service are in package fault.
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

// Values of Severity, the worst first.
const (
	Error Severity = iota
	Warning
)

// String returns the word for output and JSON.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText returns the same word as String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText parses a word that MarshalText returns.
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

// Pos is a position in a file. Line and Column count from 1. A column is one Unicode code point of the
// line as written.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Range is a part of a file; End is exclusive. File is relative to the project's folder, with
// forward slashes.
type Range struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// Code identifies a kind of finding for programs. Codes never change. Findings that programs need not
// distinguish have an empty code.
type Code string

// The codes. Code.FailsStrictBuild reports which of them fail a strict build.
const (
	// UnknownProperty is an unknown property, direction or map key.
	UnknownProperty Code = "unknown-property"
	// UnknownVoice is an unknown voice name.
	UnknownVoice Code = "unknown-voice"
	// OtherVoice is the name of another service's voice, which is replaced by a local voice of the same
	// language and gender.
	OtherVoice Code = "other-voice"
	// NearMiss is text that looks like a header, direction or image, but is read as narration.
	NearMiss Code = "near-miss"
	// TranslationLacks is something in a script that its translation does not have.
	TranslationLacks Code = "translation-lacks"
	// OtherLanguage is narration that is clearly in another language than its voice's.
	OtherLanguage Code = "other-language"
	// UnspokenLanguage is a voice whose language no installed voice speaks.
	UnspokenLanguage Code = "unspoken-language"
	// Unreadable is narration in letters that its voice cannot read.
	Unreadable Code = "unreadable"
	// MissingVoice is a known voice whose engine is not installed, so that another voice speaks.
	MissingVoice Code = "missing-voice"
	// TooLong is speech that is longer than the time for it.
	TooLong Code = "too-long"
	// UnknownVariable is a {{name}} without a value.
	UnknownVariable Code = "unknown-variable"
	// LowContrast is text of a slide that is hard to read over its picture.
	LowContrast Code = "low-contrast"
	// SmallText is text of a slide that is hard to read.
	SmallText Code = "small-text"
	// TextTooSmall is text of an overfull slide that nobody can read.
	TextTooSmall Code = "text-too-small"
	// MoreFindings is the last finding of a shortened list: it says how many were left out.
	MoreFindings Code = "more-findings"
)

// FailsStrictBuild reports whether a strict build fails for warnings with this code.
func (c Code) FailsStrictBuild() bool {
	switch c {
	case UnknownProperty, UnknownVoice, UnknownVariable, TextTooSmall:
		return true
	default:
		return false
	}
}

// Diagnostic is one finding. Summary is one sentence without a full stop. Detail says what is allowed,
// and Hint what to write instead; both may be empty.
type Diagnostic struct { //nolint:errname // it is only sometimes used as an error
	Range    Range
	Severity Severity
	Code     Code
	Summary  string
	Detail   string
	Hint     string
}

// Error implements error: "file:line:column: summary", without the place if it has none.
func (d Diagnostic) Error() string {
	switch {
	case d.Range.File == "":
		return d.Summary
	case d.Range.Start.Line == 0:
		return d.Range.File + ": " + d.Summary
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.Range.File, d.Range.Start.Line, d.Range.Start.Column, d.Summary)
}

// List collects findings. The zero value is an empty list.
type List []Diagnostic

// Add appends findings.
func (l *List) Add(d ...Diagnostic) { *l = append(*l, d...) }

// Errorf adds an error at r. The returned pointer can be used to set detail and hint, until the next
// call of Add.
func (l *List) Errorf(r Range, format string, args ...any) *Diagnostic {
	*l = append(*l, Diagnostic{Range: r, Severity: Error, Summary: fmt.Sprintf(format, args...)})
	return &(*l)[len(*l)-1]
}

// Warnf is like Errorf, but adds a warning.
func (l *List) Warnf(r Range, format string, args ...any) *Diagnostic {
	d := l.Errorf(r, format, args...)
	d.Severity = Warning
	return d
}

// HasErrors reports whether any finding stops the build.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// SortByPlace orders findings by file, place, severity and summary, for stable output.
func (l List) SortByPlace() {
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

// MergeWarnings returns a copy in which equal warnings at several places are one warning at the first
// place, with the other lines in its detail. Warnings that fail strict builds are not merged.
func (l List) MergeWarnings() List {
	type kind struct{ file, summary, hint, detail string }
	first := map[kind]int{}
	var out List
	others := map[int][]string{}
	for _, d := range l {
		k := kind{d.Range.File, d.Summary, d.Hint, d.Detail}
		at, known := first[k]
		if d.Severity != Warning || d.Code.FailsStrictBuild() || !known {
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

// WithStrictErrors returns a copy in which warnings that fail strict builds (see Code.FailsStrictBuild) are errors.
func (l List) WithStrictErrors() List {
	out := slices.Clone(l)
	for i := range out {
		if out[i].Severity == Warning && out[i].Code.FailsStrictBuild() {
			out[i].Severity = Error
			out[i].Summary = removeFallbackClause(out[i].Summary)
		}
	}
	return out
}

// removeFallbackClause removes the part of a warning's summary that says what the build does instead,
// because a strict build stops.
func removeFallbackClause(summary string) string {
	for _, outcome := range []string{" and ignored", " and stays as it is"} {
		summary = strings.TrimSuffix(summary, outcome)
	}
	if before, after, ok := strings.Cut(summary, "; "); ok && strings.HasSuffix(after, " speaks instead") {
		summary = before
	}
	return summary
}

// Shorten removes white space at both ends of s and shortens s to n characters and an ellipsis.
func Shorten(s string, n int) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
