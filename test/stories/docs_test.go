package stories_test

import (
	"bytes"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"mynah/internal/cli"
	"mynah/internal/diag"
	"mynah/internal/script"
)

// block is a fenced code block of a page.
type block struct {
	line int
	text string
}

// blocks returns the fenced code blocks of a page whose info string is script.
func blocks(page []byte) []block {
	var out []block
	fence := ""
	for i, line := range strings.SplitAfter(string(page), "\n") {
		word := strings.TrimSpace(line)
		switch {
		case fence == "" && strings.HasSuffix(word, "script") &&
			strings.Trim(strings.TrimSuffix(word, "script"), "`") == "" && len(word) > 8:
			fence = strings.TrimSuffix(word, "script")
			out = append(out, block{line: i + 2})
		case fence != "" && word == fence:
			fence = ""
		case fence != "":
			out[len(out)-1].text += line
		}
	}
	return out
}

// examples returns the scripts in the documentation, by page. The parser must accept them.
func examples(t *testing.T) map[string][]block {
	t.Helper()
	out := map[string][]block{}
	for name, least := range map[string]int{
		"README.md": 1, "docs/language.md": 15, "docs/recipes.md": 9, "docs/themes.md": 1, "docs/voices.md": 1,
	} {
		page, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = blocks(page)
		// If a fence is written differently, its script is not found; so the number of scripts is
		// checked.
		if n := len(out[name]); n < least {
			t.Fatalf("%s shows %d scripts, want at least %d", name, n, least)
		}
	}
	return out
}

// exampleName is the file name under which the examples are parsed. Its folder is a subfolder of
// the project, because examples may refer to files in the parent folder.
const exampleName = "lessons/example.md"

func TestExamplesParse(t *testing.T) {
	t.Parallel()
	for name, list := range examples(t) {
		for _, b := range list {
			loaded, found := script.Load(fstest.MapFS{
				exampleName: {Data: []byte(b.text)},
				// Files that an example may include.
				"lessons/intro.md":  {Data: []byte("Welcome.\n")},
				"shared/intro.md":   {Data: []byte("Welcome.\n")},
				"lessons/script.md": {Data: []byte("Welcome.\n")},
			}, exampleName, script.Options{Variables: map[string]string{"product": "Mynah", "version": "1.2"}})
			for _, d := range found {
				at := b.line + d.Range.Start.Line - 1
				// Warnings are errors here too, because examples show the recommended form.
				t.Errorf("%s:%d: %s: %s", name, at, d.Severity, d.Summary)
			}
			if len(loaded.Script.Scenes) == 0 && loaded.Script.Header.Range == (diag.Range{}) {
				t.Errorf("%s:%d: the example is empty", name, b.line)
			}
		}
	}
}

// TestFormattedExamples checks that a formatted example is a script without errors, and that
// formatting it again does not change it.
func TestFormattedExamples(t *testing.T) {
	t.Parallel()
	for name, list := range examples(t) {
		for _, b := range list {
			once, found := script.Format(exampleName, []byte(b.text))
			if found.HasErrors() {
				t.Errorf("%s:%d: %v", name, b.line, found)
				continue
			}
			twice, found := script.Format(exampleName, once)
			if found.HasErrors() || !bytes.Equal(once, twice) {
				t.Errorf("%s:%d: formatting again changes the script:\n%s\nbecomes\n%s", name, b.line, once, twice)
			}
		}
	}
}

// TestSettings compares the tables of the page with the parser: each listed name must be accepted
// in the header, as a direction, or both, as the table says.
func TestSettings(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "language.md"))
	if err != nil {
		t.Fatal(err)
	}
	misplaced := regexp.MustCompile(`is unknown|ignored`)
	// Each name with the places where it is allowed, from the tables of section 2.
	rows := regexp.MustCompile("(?m)^\\| `([a-z-]+)`.*? \\| (H|D|H D) \\|").FindAllSubmatch(page, -1)
	if len(rows) < 20 {
		t.Fatalf("the page has %d rows of settings", len(rows))
	}
	for _, row := range rows {
		name, where := string(row[1]), string(row[2])
		for place, text := range map[string]string{"H": "---\n" + name + ": ?\n---\n\nHello.\n", "D": "Hello.\n\n(" + name + ": ?)\n"} {
			known := true
			_, found := script.Load(fstest.MapFS{"script.md": {Data: []byte(text)}}, "script.md", script.Options{})
			for _, d := range found {
				// A finding about the value shows that the name itself is accepted.
				known = known && !misplaced.MatchString(d.Summary)
			}
			if want := strings.Contains(where, place); known != want {
				t.Errorf("%s as %s: accepted is %t, but the page says %t", name, place, known, want)
			}
		}
	}
}

// withoutFences returns a page without its fenced code blocks.
func withoutFences(page []byte) []byte {
	var out []byte
	fence := ""
	for line := range bytes.Lines(page) {
		word := strings.TrimSpace(string(line))
		switch {
		case fence != "" && word == fence:
			fence = ""
		case fence != "":
		case strings.HasPrefix(word, "```") || strings.HasPrefix(word, "~~~"):
			fence = word[:len(word)-len(strings.TrimLeft(word, word[:1]))]
		default:
			out = append(out, line...)
		}
	}
	return out
}

// anchors returns the anchors of a page's headings, in GitHub's form.
func anchors(page []byte) map[string]bool {
	out := map[string]bool{}
	for line := range bytes.Lines(withoutFences(page)) {
		heading := strings.TrimLeft(strings.TrimSpace(string(line)), "#")
		if !bytes.HasPrefix(line, []byte("#")) || !strings.HasPrefix(heading, " ") {
			continue
		}
		out[strings.Map(func(r rune) rune {
			switch {
			case r == ' ' || r == '-':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(heading))] = true
	}
	return out
}

// TestLinks checks every link in the documentation to a file of the project and to a heading in it.
func TestLinks(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	count := 0
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile("`[^`\n]*`").ReplaceAll(withoutFences(b), nil)
		for _, m := range link.FindAllSubmatch(text, -1) {
			u, err := url.Parse(string(m[1]))
			if err != nil || u.Scheme != "" {
				continue
			}
			count++
			target := page
			if u.Path != "" {
				target = filepath.Join(filepath.Dir(page), filepath.FromSlash(u.Path))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: the target of the link %s does not exist", page, m[1])
				continue
			}
			if u.Fragment == "" {
				continue
			}
			if linked, err := os.ReadFile(target); err != nil || !anchors(linked)[u.Fragment] {
				t.Errorf("%s: the heading of the link %s does not exist", page, m[1])
			}
		}
	}
	if count < 15 {
		t.Fatalf("the documents have %d links", count)
	}
}

// TestCommandsAreListed compares the table of commands with the existing commands.
func TestCommandsAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	var help bytes.Buffer
	if code := cli.Main(t.Context(), cli.Streams{In: strings.NewReader(""), Out: &help, Err: io.Discard}, []string{"--help"}); code != 0 {
		t.Fatalf("the exit code of mynah --help is %d", code)
	}
	_, list, _ := strings.Cut(help.String(), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	count := 0
	for line := range strings.Lines(list) {
		name := strings.Fields(line)[0]
		if name == "completion" || name == "help" {
			continue
		}
		count++
		if !bytes.Contains(page, []byte("| `mynah "+name)) {
			t.Errorf("docs/commands.md does not list mynah %s", name)
		}
	}
	if count < 9 {
		t.Fatalf("the help lists %d commands:\n%s", count, help.String())
	}
}
