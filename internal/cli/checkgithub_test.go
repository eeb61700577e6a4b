package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/diag"
)

func TestWorkflowCommand(t *testing.T) {
	t.Parallel()
	place := func(line, column, endLine, endColumn int) diag.Range {
		return diag.Range{
			File:  "script.md",
			Start: diag.Pos{Line: line, Column: column},
			End:   diag.Pos{Line: endLine, Column: endColumn},
		}
	}
	for name, c := range map[string]struct {
		finding diag.Diagnostic
		file    string
		want    string
	}{
		"one line": {
			diag.Diagnostic{Range: place(4, 2, 4, 7), Summary: "odd", Detail: "Known: a, b", Hint: "write a"},
			"sub/script.md",
			"::error file=sub/script.md,line=4,col=2,endLine=4,endColumn=6,title=Mynah::odd%0AKnown: a, b%0Ahelp: write a",
		},
		"a point": {
			diag.Diagnostic{Range: place(4, 2, 4, 2), Severity: diag.Warning, Code: diag.NearMiss, Summary: "odd"},
			"script.md",
			"::warning file=script.md,line=4,col=2,endLine=4,endColumn=2,title=Mynah (near-miss)::odd",
		},
		"several lines have no columns": {
			diag.Diagnostic{Range: place(4, 2, 6, 3), Summary: "odd"},
			"script.md",
			"::error file=script.md,line=4,endLine=6,title=Mynah::odd",
		},
		"an end at the beginning of a line is that of the line before": {
			diag.Diagnostic{Range: place(4, 1, 6, 1), Summary: "odd"},
			"script.md",
			"::error file=script.md,line=4,endLine=5,title=Mynah::odd",
		},
		"a line up to its end": {
			diag.Diagnostic{Range: place(4, 3, 5, 1), Summary: "odd"},
			"script.md",
			"::error file=script.md,line=4,col=3,endLine=4,endColumn=3,title=Mynah::odd",
		},
		"a whole file": {
			diag.Diagnostic{Range: diag.Range{File: "script.md"}, Summary: "odd"},
			"script.md",
			"::error file=script.md,title=Mynah::odd",
		},
		"no file": {diag.Diagnostic{Summary: "odd"}, "", "::error title=Mynah::odd"},
		"signs of the syntax": {
			diag.Diagnostic{Range: place(1, 1, 1, 2), Summary: "100% of a::b,\r\nc"},
			"50% a:b,c\r\n.md",
			"::error file=50%25 a%3Ab%2Cc%0D%0A.md,line=1,col=1,endLine=1,endColumn=1,title=Mynah::100%25 of a::b,%0D%0Ac",
		},
	} {
		if got := formatWorkflowCommand(c.finding, c.file); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}

func TestPathForGitHub(t *testing.T) {
	t.Parallel()
	working, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", working, filepath.Join(working, "..", "cli")} {
		if got, ok := makePathForGitHub(dir, "check.go"); !ok || got != "check.go" {
			t.Errorf("in %s the path is %q, %t", dir, got, ok)
		}
	}
	if got, ok := makePathForGitHub("../diag", "diag.go"); !ok || got != "../diag/diag.go" {
		t.Errorf("the path is %q, %t", got, ok)
	}
	for _, name := range []string{"", "--voice x"} {
		if got, ok := makePathForGitHub(".", name); ok {
			t.Errorf("%q is a file: %s", name, got)
		}
	}
}

func TestCheckFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format string
		json   bool
		want   string
		fails  string
	}{
		{"", false, formatText, ""},
		{"", true, formatJSON, ""},
		{"json", true, formatJSON, ""},
		{"github", false, formatGitHub, ""},
		{"github", true, "", "cannot be used together"},
		{"xml", false, "", "use text, json, github"},
		{"GitHub", false, "", "use text, json, github"},
	} {
		got, err := chooseCheckFormat(c.format, c.json, true)
		if got != c.want || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%q, %t: got %q, %v", c.format, c.json, got, err)
		}
	}
}

// TestFormatOverridesSettings checks that --format is used where a settings file sets json.
func TestFormatOverridesSettings(t *testing.T) {
	t.Parallel()
	got, err := chooseCheckFormat(formatGitHub, true, false)
	if got != formatGitHub || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
