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

// formatFailure explains to a person why a build failed: for scripts, each error with file, line and
// hint.
func formatFailure(err error) string {
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		var lines []string
		for _, d := range wrong.List.LimitToPrinted() {
			if d.Severity != diag.Error {
				continue
			}
			line := d.Error()
			if d.Code == diag.MoreFindings {
				line = d.Summary
			}
			if hint := adaptHintForClients(d.Hint); hint != "" {
				line += ". " + capitalizeFirst(hint)
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	f := fault.From(err)
	hint := adaptHintForClients(f.Hint)
	if hint == "" {
		return capitalizeFirst(f.Public)
	}
	return capitalizeFirst(f.Public) + ": " + hint
}

// capitalizeFirst makes the first letter of a phrase a capital.
func capitalizeFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// convertFindings converts findings to their wire form, up to the number that is shown to people.
func convertFindings(list diag.List) []api.Diagnostic {
	var out []api.Diagnostic
	for _, d := range list.LimitToPrinted() {
		out = append(out, api.Diagnostic{
			File: d.Range.File, Line: d.Range.Start.Line, Column: d.Range.Start.Column, Severity: d.Severity.String(),
			Code: string(d.Code), Summary: d.Summary, Detail: d.Detail, Hint: adaptHintForClients(d.Hint),
		})
	}
	return out
}
