package worker

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"mynah/api"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/studio"
)

// message says to a person why a build failed: the errors of a script each with file,
// line and remedy.
func message(err error) string {
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		var lines []string
		for _, d := range wrong.List.Limit() {
			if d.Severity != diag.Error {
				continue
			}
			line := d.Error()
			if d.Code == diag.MoreFindings {
				line = d.Summary
			}
			if hint := serverHint(d.Hint); hint != "" {
				line += ". " + capitalize(hint)
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	f := fault.From(err)
	hint := serverHint(f.Hint)
	if hint == "" {
		return capitalize(f.Public)
	}
	return capitalize(f.Public) + ": " + hint
}

// capital makes a phrase the beginning of a sentence.
func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// diagnostics turns findings into their wire form, as many as a person is told.
func diagnostics(list diag.List) []api.Diagnostic {
	var out []api.Diagnostic
	for _, d := range list.Limit() {
		out = append(out, api.Diagnostic{
			File: d.Range.File, Line: d.Range.Start.Line, Column: d.Range.Start.Column, Severity: d.Severity.String(),
			Code: string(d.Code), Summary: d.Summary, Detail: d.Detail, Hint: serverHint(d.Hint),
		})
	}
	return out
}
