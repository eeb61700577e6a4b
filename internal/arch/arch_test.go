// Package arch tests the rules between packages: which package may import which, and which
// must stay pure.
package arch_test

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors returns the floor of each package.
func floors() map[string]int {
	out := map[string]int{}
	for _, s := range table() {
		for _, r := range s.rows {
			if r.floor != noFloor {
				out[r.pkg] = r.floor
			}
		}
	}
	return out
}

// toolsAndCompiler returns the packages that make pictures, sound and videos, and those of the compiler,
// which read the language. The former work on values and need no script.
func toolsAndCompiler() (packages, compiler []string) {
	packages = []string{
		"internal/ffmpeg", "internal/film", "internal/h264", "internal/media", "internal/mp4", "internal/music",
		"internal/picture", "internal/proc", "internal/slide", "internal/sound", "internal/voice",
	}
	compiler = []string{
		"mynah/internal/script", "mynah/internal/storyboard", "mynah/internal/timeline", "mynah/internal/caption",
		"mynah/internal/reading", "mynah/internal/reading/figure", "mynah/internal/reading/calendar",
		"mynah/internal/reading/address", "mynah/internal/reading/short", "mynah/internal/reading/sign",
		"mynah/internal/reading/idiom", "mynah/internal/reading/passage", "mynah/internal/reading/grammar",
		"mynah/internal/reading/lexicon", "mynah/internal/reading/token",
	}
	return packages, compiler
}

// pure are the packages of the compiler, and what none of them may import.
func pure() (packages, forbidden []string) {
	return []string{
			"internal/diag", "internal/emphasis", "internal/similar", "internal/langid", "internal/script", "internal/markup",
			"internal/storyboard", "internal/timeline", "internal/caption",
		},
		[]string{"os", "os/exec", "net", "net/http", "database/sql", "log", "log/slog", "time.Now"}
}

// imports reads the imports of every package of the module, tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	return importsOf(t, func(file string) bool { return !strings.HasSuffix(file, "_test.go") })
}

// testImports reads the imports of every package's tests.
func testImports(t *testing.T) map[string][]string {
	t.Helper()
	return importsOf(t, func(file string) bool { return strings.HasSuffix(file, "_test.go") })
}

// importsOf reads the imports of the Go files that are wanted, by package.
func importsOf(t *testing.T, wanted func(file string) bool) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || !wanted(p) {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		if _, ok := out[pkg]; !ok {
			out[pkg] = nil
		}
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			out[pkg] = append(out[pkg], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFloors(t *testing.T) {
	t.Parallel()
	table := floors()
	for pkg, names := range imports(t) {
		floor, ok := table[pkg]
		if !ok {
			t.Errorf("%s has no floor", pkg)
			continue
		}
		for _, name := range names {
			in, ok := strings.CutPrefix(name, "mynah/")
			if !ok {
				continue
			}
			if other, known := table[in]; known && other >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, floor, in, other)
			}
		}
	}
}

var update = flag.Bool("update", false, "write the listing of ARCHITECTURE.md")

// listing is the table as ARCHITECTURE.md has it.
func listing() string {
	var b strings.Builder
	b.WriteString("| package | floor | why it is there |\n| --- | --- | --- |\n")
	for _, s := range table() {
		fmt.Fprintf(&b, "| *%s* | | |\n", s.name)
		for _, r := range s.rows {
			floor := ""
			if r.floor != noFloor {
				floor = strconv.Itoa(r.floor)
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.pkg, floor, r.why)
		}
	}
	return b.String()
}

// TestListing: ARCHITECTURE.md lists the packages as the table does.
func TestListing(t *testing.T) {
	t.Parallel()
	const file = "../../ARCHITECTURE.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	plan, want := string(b), listing()
	from := strings.Index(plan, want[:strings.Index(want, "\n")])
	if from < 0 {
		t.Fatal("ARCHITECTURE.md has no listing")
	}
	to := from + strings.Index(plan[from:], "\n\n") + 1
	if plan[from:to] == want {
		return
	}
	if !*update {
		t.Fatal("the listing in ARCHITECTURE.md differs from the table; write it by: go test ./internal/arch -update")
	}
	if err := os.WriteFile(file, []byte(plan[:from]+want+plan[to:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPurity(t *testing.T) {
	t.Parallel()
	packages, forbidden := pure()
	all := imports(t)
	for _, pkg := range packages {
		for _, name := range all[pkg] {
			if slices.Contains(forbidden, name) {
				t.Errorf("%s imports %s: the compiler plans and never acts", pkg, name)
			}
		}
	}
}

// TestToolsWithoutCompiler also reads the imports of tests.
func TestToolsWithoutCompiler(t *testing.T) {
	t.Parallel()
	packages, compiler := toolsAndCompiler()
	for _, files := range []map[string][]string{imports(t), testImports(t)} {
		for pkg, names := range files {
			if !slices.ContainsFunc(packages, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") }) {
				continue
			}
			for _, name := range names {
				if slices.Contains(compiler, name) {
					t.Errorf("%s imports %s: packages of tools must not know the language", pkg, name)
				}
			}
		}
	}
}

// reserved are packages that only some of ours may import, by the beginning of their paths.
func reserved() []reservation {
	return []reservation{
		{"os/exec", []string{"internal/proc"}, "only proc starts programs"},
		{"database/sql", []string{"internal/store"}, "other packages use the interfaces of records"},
		{"mynah/internal/voice/", []string{"internal/house", "internal/voice/", "internal/steptest"}, "only house picks engines"},
	}
}

// reservation says which packages may import what, and why no other does.
type reservation struct {
	what  string
	users []string
	why   string
}

func TestReserved(t *testing.T) {
	t.Parallel()
	// What engines share, and what installs their voices, is no engine.
	shared := []string{"mynah/internal/voice/program", "mynah/internal/voice/remote", "mynah/internal/voice/models"}
	for pkg, names := range imports(t) {
		for _, name := range names {
			for _, r := range reserved() {
				may := strings.HasPrefix(pkg, "test/") || slices.ContainsFunc(r.users, func(u string) bool { return strings.HasPrefix(pkg, u) })
				if strings.HasPrefix(name, r.what) && !may && !slices.Contains(shared, name) {
					t.Errorf("%s imports %s: %s", pkg, name, r.why)
				}
			}
		}
	}
}
