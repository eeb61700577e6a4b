package script_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"mynah/internal/script"
)

// TestFindings compares the findings of scripts, most of them invalid, with the golden file. Scripts
// in the input are separated by lines of ====.
func TestFindings(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/findings.txt")
	if err != nil {
		t.Fatal(err)
	}
	var header, directions []string
	for _, p := range script.ListProperties() {
		if p.Header {
			header = append(header, p.Name)
		}
		if p.Direction {
			directions = append(directions, p.Name)
		}
	}
	// Lists of known names are shortened; otherwise each new name would change all findings.
	lists := strings.NewReplacer(strings.Join(header, ", "), "{header}", strings.Join(directions, ", "), "{directions}")
	var got bytes.Buffer
	for s := range strings.SplitSeq(strings.TrimSuffix(string(src), "\n"), "\n====\n") {
		fmt.Fprintf(&got, "==== %q\n", s)
		parsed, list := script.Parse("f/a.md", []byte(s))
		for _, d := range list {
			r := d.Range
			fmt.Fprintf(&got, "%d:%d-%d:%d %s %s\n", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column, d.Severity, d.Code)
			fmt.Fprintf(&got, "  %s\n  %s\n  %s\n", d.Summary, lists.Replace(d.Detail), d.Hint)
		}
		for i, scene := range parsed.Scenes {
			for _, n := range scene.Nodes {
				r := n.Span()
				fmt.Fprintf(&got, "scene %d: %T %d:%d-%d:%d", i+1, n, r.Start.Line, r.Start.Column, r.End.Line, r.End.Column)
				switch n := n.(type) {
				case *script.Narration:
					fmt.Fprintf(&got, " %q", n.Text())
				case *script.Picture:
					fmt.Fprintf(&got, " %q", n.File)
				case *script.Fence:
					fmt.Fprintf(&got, " %s %q", n.Kind, n.Text)
				}
				fmt.Fprintln(&got)
			}
		}
	}
	const golden = "testdata/findings.golden"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("line %d of %s: look at what -update changes\ngot  %s\nwant %s", i+1, golden, a[i], b[i])
		}
	}
	if len(a) != len(b) {
		t.Fatalf("%d lines, want %d", len(a), len(b))
	}
}
