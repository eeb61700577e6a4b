package diag_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"mynah/internal/diag"
)

// at returns a range in s.md.
func at(line, column, endLine, endColumn int) diag.Range {
	return diag.Range{File: "s.md", Start: diag.Pos{Line: line, Column: column}, End: diag.Pos{Line: endLine, Column: endColumn}}
}

// render returns the printed findings about a source.
func render(t *testing.T, src string, opts diag.Options, list ...diag.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	err := diag.RenderFindings(&b, list, func(file string) ([]byte, bool) { return []byte(src), file == "s.md" }, opts)
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRender(t *testing.T) {
	t.Parallel()
	wrong := func(r diag.Range) diag.Diagnostic { return diag.Diagnostic{Range: r, Summary: "wrong"} }
	for _, c := range []struct {
		name string
		src  string
		d    diag.Diagnostic
		want string
	}{
		{
			"all there is", "---\nsizze: 720p\n---\n",
			diag.Diagnostic{Range: at(2, 1, 2, 6), Summary: "unknown property", Detail: "Allowed: size", Hint: "did you mean size?"},
			"s.md:2:1: error: unknown property\n  2 | sizze: 720p\n    | ^~~~~\n  Allowed: size\n  help: did you mean size?\n",
		},
		{
			"a warning", "abc",
			diag.Diagnostic{Range: at(1, 2, 1, 3), Severity: diag.Warning, Summary: "odd"},
			"s.md:1:2: warning: odd\n  1 | abc\n    |  ^\n",
		},
		{
			"texts of several lines", "abc",
			diag.Diagnostic{Range: at(1, 1, 1, 2), Summary: "wrong", Detail: "one\ntwo", Hint: "three\nfour"},
			"s.md:1:1: error: wrong\n  1 | abc\n    | ^\n  one\n  two\n  help: three\n        four\n",
		},
		{"an empty range has a caret", "abc", wrong(at(1, 2, 1, 2)), "s.md:1:2: error: wrong\n  1 | abc\n    |  ^\n"},
		{"behind the end of the line", "abc", wrong(at(1, 9, 1, 12)), "s.md:1:9: error: wrong\n  1 | abc\n    |    ^\n"},
		{
			"over several lines, to the end of the first", "ab cd  \nef", wrong(at(1, 4, 2, 2)),
			"s.md:1:4: error: wrong\n  1 | ab cd\n    |    ^~\n",
		},
		{"a line that is not there", "abc", wrong(at(7, 1, 7, 2)), "s.md:7:1: error: wrong\n"},
		{"a file that nobody has", "abc", diag.Diagnostic{Range: diag.Range{
			File:  "x.md",
			Start: diag.Pos{Line: 1, Column: 1},
		}, Summary: "wrong"}, "x.md:1:1: error: wrong\n"},
		{"a whole file", "abc", diag.Diagnostic{Range: diag.Range{File: "s.md"}, Summary: "wrong"}, "s.md: error: wrong\n"},
		{"wide letters take two cells", "塔を見る abc", wrong(at(1, 6, 1, 9)), "s.md:1:6: error: wrong\n  1 | 塔を見る abc\n    |          ^~~\n"},
		{"wide letters under the mark", "a塔を", wrong(at(1, 2, 1, 4)), "s.md:1:2: error: wrong\n  1 | a塔を\n    |  ^~~~\n"},
		{
			"letters with marks of their own", "e\u0301tude x", wrong(at(1, 8, 1, 9)),
			"s.md:1:8: error: wrong\n  1 | e\u0301tude x\n    |       ^\n",
		},
		{
			"a tab reaches to the next column of four", "\tx\ty", wrong(at(1, 4, 1, 5)),
			"s.md:1:4: error: wrong\n  1 |     x   y\n    |         ^\n",
		},
		{"a tab behind wide letters", "塔\ty", wrong(at(1, 3, 1, 4)), "s.md:1:3: error: wrong\n  1 | 塔  y\n    |     ^\n"},
		{"a tab under the mark", "a\tb", wrong(at(1, 2, 1, 3)), "s.md:1:2: error: wrong\n  1 | a   b\n    |  ^~~\n"},
		{"CRLF", "one\r\ntwo\r\n", wrong(at(2, 1, 2, 4)), "s.md:2:1: error: wrong\n  2 | two\n    | ^~~\n"},
		{"lone CR", "one\rtwo", wrong(at(2, 1, 2, 4)), "s.md:2:1: error: wrong\n  2 | two\n    | ^~~\n"},
		{"a byte-order mark is no column", "\ufeffabc", wrong(at(1, 1, 1, 2)), "s.md:1:1: error: wrong\n  1 | abc\n    | ^\n"},
		{"bytes that are no text", "a\xffb", wrong(at(1, 3, 1, 4)), "s.md:1:3: error: wrong\n  1 | a\ufffdb\n    |   ^\n"},
		{"what would steer the terminal", "a\x1b[31mb", wrong(at(1, 1, 1, 2)), "s.md:1:1: error: wrong\n  1 | a\ufffd[31mb\n    | ^\n"},
		{"what would turn the text around", "a\u202eb", wrong(at(1, 3, 1, 4)), "s.md:1:3: error: wrong\n  1 | a\ufffdb\n    |   ^\n"},
		{"the same in a message", "", diag.Diagnostic{
			Range: diag.Range{File: "a\nb"}, Summary: "\x1b[2J",
			Detail: "\u2066", Hint: "\a",
		}, "a\ufffdb: error: \ufffd[2J\n  \ufffd\n  help: \ufffd\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := render(t, c.src, diag.Options{}, c.d); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// TestLongLines checks that long lines are shortened around the place, which stays visible if
// possible.
func TestLongLines(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0123456789", 30)
	wide := strings.Repeat("塔", 200)
	for _, c := range []struct {
		name     string
		src      string
		from, to int
		width    int
	}{
		{"at its beginning", digits, 1, 4, 40},
		{"in its middle", digits, 150, 153, 40},
		{"at its end", digits, 299, 301, 40},
		{"behind its end", digits, 301, 301, 40},
		{"longer than there is room", digits, 100, 200, 40},
		{"as long as there is room", digits, 100, 138, 40},
		{"in wide letters", wide, 100, 102, 40},
		{"wide letters without end", wide, 50, 150, 40},
		{"less room than there must be", digits, 150, 153, 1},
		{"the usual room", digits, 150, 153, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := strings.Split(render(t, c.src, diag.Options{Width: c.width},
				diag.Diagnostic{Range: at(1, c.from, 1, c.to), Summary: "wrong"}), "\n")
			text, mark := strings.TrimPrefix(out[1], "  1 | "), strings.TrimPrefix(out[2], "    | ")
			room := c.width
			if room == 0 {
				room = 100
			}
			room = max(room, 20)
			if n := cells(text); n > room || n < room/2 {
				t.Errorf("the line takes %d cells of %d: %s", n, room, text)
			}
			if n := len(mark); n > room+1 {
				t.Errorf("the mark takes %d cells of %d", n, room)
			}
			// The character above the caret is the one at the place.
			column := strings.Index(mark, "^")
			want := ""
			if r := []rune(c.src); c.from <= len(r) {
				want = string(r[c.from-1])
			}
			if got := letter(text, column); got != want {
				t.Errorf("the caret is under %q, want %q:\n%s\n%s", got, want, text, mark)
			}
		})
	}
}

// cells returns the width of a text in terminal cells, for the characters used here.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r == '塔' {
			n++
		}
	}
	return n
}

// letter returns the character at a cell.
func letter(s string, cell int) string {
	for _, r := range s {
		if cell <= 0 {
			return string(r)
		}
		cell -= cells(string(r))
	}
	return ""
}

// TestColorsAddNothingElse checks that the text without colour codes is the same as without colours.
func TestColorsAddNothingElse(t *testing.T) {
	t.Parallel()
	d := diag.Diagnostic{Range: at(1, 2, 1, 3), Summary: "wrong", Detail: "detail", Hint: "hint"}
	plain, colored := render(t, "abc", diag.Options{}, d), render(t, "abc", diag.Options{Color: true}, d)
	for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"} {
		colored = strings.ReplaceAll(colored, code, "")
	}
	if plain != colored || !strings.Contains(render(t, "abc", diag.Options{Color: true}, d), "\x1b[1;31m") {
		t.Errorf("%q\n%q", plain, colored)
	}
}

// TestFindingsStandApart checks the blank lines between findings, and that a write error ends
// printing.
func TestFindingsStandApart(t *testing.T) {
	t.Parallel()
	d := diag.Diagnostic{Range: at(1, 1, 1, 2), Summary: "wrong"}
	one := "s.md:1:1: error: wrong\n  1 | abc\n    | ^\n"
	if got := render(t, "abc", diag.Options{}, d, d); got != one+"\n"+one {
		t.Errorf("%q", got)
	}
	var b strings.Builder
	if err := diag.RenderFindings(&b, diag.List{d}, nil, diag.Options{}); err != nil ||
		b.String() != "s.md:1:1: error: wrong\n" {
		t.Errorf("without sources: %q %v", b.String(), err)
	}
	broken := errors.New("broken")
	if err := diag.RenderFindings(failing{broken}, diag.List{d}, nil, diag.Options{}); !errors.Is(err, broken) {
		t.Errorf("the writer's error is %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestStrict(t *testing.T) {
	t.Parallel()
	want := map[diag.Code]diag.Severity{
		diag.UnknownProperty: diag.Error, diag.UnknownVoice: diag.Error, diag.UnknownVariable: diag.Error,
		diag.MissingVoice: diag.Warning, diag.TooLong: diag.Warning, "": diag.Warning,
	}
	var list diag.List
	for code := range want {
		list.Warnf(at(1, 1, 1, 1), "odd").Code = code
	}
	for _, d := range list.WithStrictErrors() {
		if d.Severity != want[d.Code] {
			t.Errorf("a strict build takes %q for %v", d.Code, d.Severity)
		}
	}
	if list.HasErrors() || !list.WithStrictErrors().HasErrors() {
		t.Error("the list itself changed")
	}
	if (diag.List{}).HasErrors() {
		t.Error("an empty list has errors")
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	one := func(file string, line, column int, s diag.Severity, summary string) diag.Diagnostic {
		return diag.Diagnostic{Range: diag.Range{File: file, Start: diag.Pos{Line: line, Column: column}}, Severity: s, Summary: summary}
	}
	want := diag.List{
		one("a.md", 0, 0, diag.Warning, "z"),
		one("a.md", 2, 9, diag.Error, "z"),
		one("a.md", 10, 1, diag.Error, "b"),
		one("a.md", 10, 1, diag.Warning, "a"),
		one("a.md", 10, 1, diag.Warning, "b"),
		one("a.md", 10, 2, diag.Error, "a"),
		one("b.md", 1, 1, diag.Error, "a"),
	}
	for shift := range len(want) {
		var got diag.List
		for i := range want {
			got.Add(want[(i*3+shift)%len(want)])
		}
		if got.SortByPlace(); !reflect.DeepEqual(got, want) {
			t.Errorf("%v", got)
		}
	}
}

// TestJSON checks the JSON form of findings in both directions.
func TestJSON(t *testing.T) {
	t.Parallel()
	list := diag.List{
		{Range: at(2, 3, 2, 9), Severity: diag.Warning, Code: diag.UnknownVoice, Summary: "s", Detail: "d", Hint: "h"},
		{Range: diag.Range{File: "x"}, Summary: "s"},
	}
	b, err := json.Marshal(list)
	const want = `[{"file":"s.md","line":2,"column":3,"severity":"warning","code":"unknown-voice","summary":"s","detail":"d","hint":"h"},` +
		`{"file":"x","line":0,"column":0,"severity":"error","summary":"s","detail":"","hint":""}]`
	if err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
	var back diag.List
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	list[0].Range.End = list[0].Range.Start
	if !reflect.DeepEqual(back, list) {
		t.Errorf("%+v", back)
	}
	if err := json.Unmarshal([]byte(`[{"severity":"fatal"}]`), &back); err == nil {
		t.Error("an unknown severity is accepted")
	}
	if got := list[0].Error(); got != "s.md:2:3: s" {
		t.Errorf("as an error: %s", got)
	}
}

func TestFloodsAreCut(t *testing.T) {
	t.Parallel()
	var list diag.List
	for range 200 {
		list.Warnf(diag.Range{File: "s.md"}, "odd")
	}
	for range 1000 {
		d := list.Errorf(diag.Range{File: "s.md"}, "wrong %s", strings.Repeat("x", 10000))
		d.Detail, d.Hint = strings.Repeat("ü", 10000), strings.Repeat("z", 10000)
	}
	var out strings.Builder
	if err := diag.RenderFindings(&out, list, nil, diag.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "error: wrong"); n != 100 ||
		!strings.Contains(out.String(), "1100 more findings") || out.Len() > 300_000 {
		t.Errorf("%d findings in %d bytes", n, out.Len())
	}
}

// TestForemost checks that LimitToPrinted returns as many findings as RenderFindings prints, and the number of all.
func TestForemost(t *testing.T) {
	t.Parallel()
	many := func(errors, warnings int) diag.List {
		var l diag.List
		for range warnings {
			l.Warnf(diag.Range{File: "s.md"}, "odd")
		}
		for range errors {
			l.Errorf(diag.Range{File: "s.md"}, "wrong")
		}
		return l
	}
	for _, c := range []struct {
		errors, warnings int
		shown, wrong     int // expected number of findings and errors in the result
		more             string
		severity         diag.Severity
	}{
		{0, 0, 0, 0, "", 0},
		{40, 60, 100, 40, "", 0},
		{40, 61, 100, 40, "1 more", diag.Warning},
		{100, 7, 100, 100, "7 more", diag.Warning},
		{101, 0, 100, 100, "1 more", diag.Error},
		{500, 500, 100, 100, "900 more", diag.Error},
	} {
		got := many(c.errors, c.warnings).LimitToPrinted()
		if c.more != "" {
			last := got[len(got)-1]
			if !strings.HasPrefix(last.Summary, c.more+" findings") || last.Code != diag.MoreFindings ||
				last.Severity != c.severity || last.Range.File != "s.md" {
				t.Errorf("%d errors, %d warnings: %+v", c.errors, c.warnings, last)
			}
			got = got[:len(got)-1]
		}
		wrong := 0
		for _, d := range got {
			if d.Severity == diag.Error {
				wrong++
			}
		}
		if len(got) != c.shown || wrong != c.wrong {
			t.Errorf("%d errors, %d warnings: %d are told, %d of them errors", c.errors, c.warnings, len(got), wrong)
		}
	}
}

// TestStrictSaysNoOutcome checks that an error of a strict build does not mention what the build would
// do instead.
func TestStrictSaysNoOutcome(t *testing.T) {
	t.Parallel()
	for warning, want := range map[string]string{
		`the property "foo" is unknown and ignored`:              `the property "foo" is unknown`,
		`unknown voice "brain"; matthew speaks instead`:          `unknown voice "brain"`,
		`the variable "x" was given no value and stays as it is`: `the variable "x" was given no value`,
	} {
		var list diag.List
		list.Warnf(diag.Range{}, "%s", warning).Code = diag.UnknownProperty
		if got := list.WithStrictErrors()[0].Summary; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
