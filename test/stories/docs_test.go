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

// block is a fenced example of a page.
type block struct {
	line int
	text string
}

// blocks returns the fences of a page whose info string is script.
func blocks(page []byte) []block {
	var out []block
	fence := ""
	for i, line := range strings.SplitAfter(string(page), "\n") {
		word := strings.TrimSpace(line)
		switch {
		case fence == "" && strings.HasSuffix(word, "script") && strings.Trim(strings.TrimSuffix(word, "script"), "`") == "" && len(word) > 8:
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

// examples reads the scripts that the documents show. What a page teaches must be what
// the parser takes.
func examples(t *testing.T) map[string][]block {
	t.Helper()
	out := map[string][]block{}
	for name, least := range map[string]int{"README.md": 1, "docs/language.md": 15, "docs/recipes.md": 9, "docs/voices.md": 1} {
		page, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = blocks(page)
		// A fence that is written otherwise would leave nothing to test.
		if n := len(out[name]); n < least {
			t.Fatalf("%s shows %d scripts, want at least %d", name, n, least)
		}
	}
	return out
}

// exampleName is the script that an example is taken for. Its folder is not the project's own, so
// that examples may name files of the folder above.
const exampleName = "lessons/example.md"

func TestExamplesParse(t *testing.T) {
	t.Parallel()
	for name, list := range examples(t) {
		for _, b := range list {
			loaded, found := script.Load(fstest.MapFS{
				exampleName: {Data: []byte(b.text)},
				// What an example may include.
				"lessons/intro.md":  {Data: []byte("Welcome.\n")},
				"shared/intro.md":   {Data: []byte("Welcome.\n")},
				"lessons/script.md": {Data: []byte("Welcome.\n")},
			}, exampleName, script.Options{Variables: map[string]string{"product": "Mynah", "version": "1.2"}})
			for _, d := range found {
				at := b.line + d.Range.Start.Line - 1
				// Warnings too: an example shows what is usual.
				t.Errorf("%s:%d: %s: %s", name, at, d.Severity, d.Summary)
			}
			if len(loaded.Script.Scenes) == 0 && loaded.Script.Header.Range == (diag.Range{}) {
				t.Errorf("%s:%d: the example is empty", name, b.line)
			}
		}
	}
}

// TestFormattedExamples holds the printer to the page: an example that is put into the
// usual form stays a script without errors, and the form is stable.
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
				t.Errorf("%s:%d: formatted again, it changes:\n%s\nbecomes\n%s", name, b.line, once, twice)
			}
		}
	}
}

// TestSettings holds the page's tables to the parser: each name that they list is known
// where they say, in the header, as a direction, or both.
func TestSettings(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "language.md"))
	if err != nil {
		t.Fatal(err)
	}
	misplaced := regexp.MustCompile(`is unknown|ignored`)
	// Each name with where it may stand, as section 2 of the page tells.
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
				// A value that makes no sense is another finding, and shows that the name is known.
				known = known && !misplaced.MatchString(d.Summary)
			}
			if want := strings.Contains(where, place); known != want {
				t.Errorf("%s as %s: known is %t, the page says %t", name, place, known, want)
			}
		}
	}
}

// withoutFences returns a page without its fenced blocks.
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

// anchors lists the addresses of a page's headings, as GitHub forms them.
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

// TestLinks follows every link of the documents to a file of the project, and to a heading of it.
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
				t.Errorf("%s: the link %s leads nowhere", page, m[1])
				continue
			}
			if u.Fragment == "" {
				continue
			}
			if linked, err := os.ReadFile(target); err != nil || !anchors(linked)[u.Fragment] {
				t.Errorf("%s: the link %s leads to no heading", page, m[1])
			}
		}
	}
	if count < 15 {
		t.Fatalf("the documents have %d links", count)
	}
}

// TestCommandsAreListed holds the table of commands to those that exist.
func TestCommandsAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	var help bytes.Buffer
	if code := cli.Main(t.Context(), cli.Streams{In: strings.NewReader(""), Out: &help, Err: io.Discard}, []string{"--help"}); code != 0 {
		t.Fatalf("mynah --help ends with %d", code)
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
