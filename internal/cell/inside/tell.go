package inside

import (
	"errors"
	"strings"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/diag"
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
			if hint := cell.AdaptHintForClients(d.Hint); hint != "" {
				line += ". " + cell.CapitalizeFirst(hint)
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	return cell.FormatFault(err)
}

// convertFindings converts findings to their wire form, up to the number that is shown to people.
func convertFindings(list diag.List) []api.Diagnostic {
	var out []api.Diagnostic
	for _, d := range list.LimitToPrinted() {
		out = append(out, api.Diagnostic{
			File: d.Range.File, Line: d.Range.Start.Line, Column: d.Range.Start.Column, Severity: d.Severity.String(),
			Code: string(d.Code), Summary: d.Summary, Detail: d.Detail, Hint: cell.AdaptHintForClients(d.Hint),
		})
	}
	return out
}
