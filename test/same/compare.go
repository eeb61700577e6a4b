package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rogpeppe/go-internal/diff"
)

// artifact is one result of a side, such as a file or an answer.
type artifact struct {
	kind  string // row of the table in which it is counted
	place string // its origin, such as the command; the same for both sides
	text  string // content, if it is text
	data  []byte // content, if it is binary
}

// count is a row of the table: the number of artifacts by result.
type count struct{ compared, same, meant, different int }

// comparison counts and reports the differences between the two sides.
type comparison struct {
	sentences bool
	rows      map[string]*count
	meant     []difference
	used      []int    // how often each entry of meant matched
	reports   []string // unexpected differences
	left      int      // number of sessions that the flag -only excluded
}

func newComparison(o options) *comparison {
	m := expectedDifferences()
	return &comparison{sentences: o.sentences, rows: map[string]*count{}, meant: m, used: make([]int, len(m))}
}

// add compares the artifacts of both sides and returns the number of unexpected differences.
func (c *comparison) add(base, tree []artifact) (different int) {
	index := map[string]artifact{}
	for _, a := range tree {
		index[a.place] = a
	}
	seen := map[string]bool{}
	for _, a := range base {
		b, ok := index[a.place]
		seen[a.place] = true
		var lines []string
		switch {
		case !ok:
			lines = []string{"- the base makes this, the working tree does not"}
		default:
			lines = c.differ(a, b)
		}
		different += c.count(a, lines)
	}
	for _, b := range tree {
		if !seen[b.place] {
			different += c.count(b, []string{"+ the working tree makes this, the base does not"})
		}
	}
	return different
}

// writeArtifacts appends the artifacts of a side to a file, in the form that is compared, for inspection.
func writeArtifacts(name string, all []artifact, sentences bool) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for _, a := range all {
		fmt.Fprintf(f, "== %s: %s\n", a.kind, a.place)
		if a.data != nil {
			fmt.Fprintf(f, "%d bytes, sha256 %x\n", len(a.data), sha256.Sum256(a.data))
			continue
		}
		fmt.Fprintln(f, a.normalize(sentences))
	}
	return f.Close()
}

// count adds an artifact and its differing lines to the table. It returns 1 for an unexpected
// difference, and otherwise 0.
func (c *comparison) count(a artifact, lines []string) (different int) {
	row := c.rows[a.kind]
	if row == nil {
		row = &count{}
		c.rows[a.kind] = row
	}
	row.compared++
	switch {
	case len(lines) == 0:
		row.same++
	case c.isExpected(a.place, lines):
		row.meant++
	default:
		row.different++
		c.reports = append(c.reports, formatDifference(a, lines))
		return 1
	}
	return 0
}

// isExpected reports whether each line matches an entry of the expected differences.
func (c *comparison) isExpected(place string, lines []string) bool {
	var by []int
	for _, line := range lines {
		i := slices.IndexFunc(c.meant, func(d difference) bool {
			return d.place.MatchString(place) && d.lines.MatchString(strings.TrimPrefix(line[1:], " "))
		})
		if i < 0 {
			return false
		}
		by = append(by, i)
	}
	for _, i := range by {
		c.used[i]++
	}
	return true
}

// differ returns the differing lines: those of the base begin with a minus sign, those of the
// working tree with a plus sign.
func (c *comparison) differ(a, b artifact) []string {
	if a.data == nil && b.data == nil {
		x, y := a.normalize(c.sentences), b.normalize(c.sentences)
		var out []string
		for line := range strings.Lines(string(diff.Diff("base", []byte(x), "tree", []byte(y)))) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case line == "--- base" || line == "+++ tree":
			case strings.HasPrefix(line, "-"), strings.HasPrefix(line, "+"):
				out = append(out, line)
			}
		}
		return out
	}
	if bytes.Equal(a.data, b.data) {
		return nil
	}
	at := 0
	for at < min(len(a.data), len(b.data)) && a.data[at] == b.data[at] {
		at++
	}
	return []string{
		fmt.Sprintf("- %d bytes, sha256 %x, differ from byte %d on", len(a.data), sha256.Sum256(a.data), at),
		fmt.Sprintf("+ %d bytes, sha256 %x", len(b.data), sha256.Sum256(b.data)),
	}
}

// formatDifference formats a difference for the output.
func formatDifference(a artifact, lines []string) string {
	const most, longest = 16, 220
	var b strings.Builder
	fmt.Fprintf(&b, "DIFFERENT %s: %s\n", a.kind, a.place)
	for _, line := range lines[:min(most, len(lines))] {
		if len(line) > longest {
			line = line[:longest] + " …"
		}
		fmt.Fprintf(&b, "    %s\n", line)
	}
	if len(lines) > most {
		fmt.Fprintf(&b, "    … and %d lines more\n", len(lines)-most)
	}
	return b.String()
}

// print writes the table and the unexpected differences. It reports whether there are none.
func (c *comparison) print(w io.Writer) (good bool, err error) {
	for _, r := range c.reports {
		fmt.Fprintln(w, r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tcompared\tsame\tmeant\tDIFFERENT")
	var sum count
	for _, kind := range kinds() {
		r := c.rows[kind]
		if r == nil {
			continue
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\n", kind, r.compared, r.same, r.meant, r.different)
		sum.compared, sum.same = sum.compared+r.compared, sum.same+r.same
		sum.meant, sum.different = sum.meant+r.meant, sum.different+r.different
	}
	fmt.Fprintf(t, "all\t%d\t%d\t%d\t%d\n", sum.compared, sum.same, sum.meant, sum.different)
	if err := t.Flush(); err != nil {
		return false, err
	}
	for i, d := range c.meant {
		switch {
		case c.used[i] > 0:
			fmt.Fprintf(w, "meant, %d lines in %s: %s\n", c.used[i], d.place, d.reason)
		case c.left == 0:
			fmt.Fprintf(w, "unused, take it out: %s, %s: %s\n", d.place, d.lines, d.reason)
		}
	}
	if sum.compared == 0 {
		return false, fmt.Errorf("nothing was compared: no session matches -only")
	}
	return sum.different == 0, nil
}
