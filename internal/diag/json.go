package diag

import "encoding/json"

// Finding is a Diagnostic in JSON. It contains only the start of the range. Line and Column count from
// 1; both are 0 for a finding about a whole file.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Severity Severity `json:"severity"`
	Code     Code     `json:"code,omitempty"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Hint     string   `json:"hint"`
}

// ToFinding converts a diagnostic to its JSON form.
func (d Diagnostic) ToFinding() Finding {
	return Finding{
		File:     d.Range.File,
		Line:     d.Range.Start.Line,
		Column:   d.Range.Start.Column,
		Severity: d.Severity,
		Code:     d.Code,
		Summary:  d.Summary,
		Detail:   d.Detail,
		Hint:     d.Hint,
	}
}

// MarshalJSON writes the diagnostic as a Finding.
func (d Diagnostic) MarshalJSON() ([]byte, error) { return json.Marshal(d.ToFinding()) }

// UnmarshalJSON parses a Finding. The range of the result starts and ends at its position.
func (d *Diagnostic) UnmarshalJSON(b []byte) error {
	var f Finding
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	at := Pos{Line: f.Line, Column: f.Column}
	*d = Diagnostic{
		Range:    Range{File: f.File, Start: at, End: at},
		Severity: f.Severity,
		Code:     f.Code,
		Summary:  f.Summary,
		Detail:   f.Detail,
		Hint:     f.Hint,
	}
	return nil
}
