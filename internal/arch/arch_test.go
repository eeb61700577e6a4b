// Package arch holds the rules of the house: which package may import which, and which
// must stay pure.
package arch_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors gives each package its floor; a package imports only from lower ones.
func floors() map[string]int {
	return map[string]int{
		"examples":                         0,
		"internal/diag":                    0,
		"internal/fault":                   0,
		"internal/frame":                   0,
		"internal/utter":                   0,
		"internal/cache":                   0,
		"internal/animation":               0,
		"internal/names":                   0,
		"internal/colour":                  0,
		"internal/pending":                 0,
		"internal/emphasis":                0,
		"internal/similar":                 0,
		"internal/langid":                  0,
		"internal/loudness":                0,
		"internal/dtw":                     0,
		"internal/script":                  1,
		"internal/markup":                  1,
		"internal/music":                   1,
		"internal/media":                   1,
		"internal/h264":                    1,
		"internal/mp4":                     1,
		"internal/proc":                    1,
		"internal/voice":                   1,
		"internal/storyboard":              2,
		"internal/ffmpeg":                  2,
		"internal/slide":                   2,
		"internal/voice/program":           2,
		"internal/voice/remote":            2,
		"internal/voice/ssml":              2,
		"internal/voice/models":            3,
		"internal/voice/onnx":              2,
		"internal/voice/espeak":            3,
		"internal/voice/openai":            3,
		"internal/voice/elevenlabs":        3,
		"internal/voice/polly":             3,
		"internal/voice/google":            3,
		"internal/voice/azure":             3,
		"internal/voice/piper":             4,
		"internal/voice/remote/remotetest": 3,
		"internal/voice/flite":             3,
		"internal/voice/tone":              2,
		"internal/voice/voicetest":         3,
		"internal/timeline":                3,
		"internal/picture":                 3,
		"internal/sound":                   3,
		"internal/caption":                 4,
		"internal/film":                    5,
		"internal/studio":                  6,
		"internal/objects":                 2,
		"internal/upload":                  2,
		"internal/build":                   1,
		"internal/auth":                    1,
		"api":                              0,
		"client":                           1,
		"internal/store":                   7,
		"internal/queue":                   7,
		"internal/worker":                  7,
		"internal/httpapi":                 7,
		"internal/watch":                   7,
		"internal/house":                   8,
		"internal/cli":                     9,
		"cmd/mynah":                        10,
		"test/bench":                       10,
		"test/mutants":                     10,
		"internal/reading":                 2,
		"internal/spellout":                0,
	}
}

// workshop gives the packages that make pictures, sound and videos, and those of the compiler,
// which read the language. The workshop works on values, so that it needs no script.
func workshop() (packages, compiler []string) {
	packages = []string{
		"internal/ffmpeg", "internal/film", "internal/h264", "internal/media", "internal/mp4", "internal/music",
		"internal/picture", "internal/proc", "internal/slide", "internal/sound", "internal/voice",
	}
	compiler = []string{
		"mynah/internal/script", "mynah/internal/storyboard", "mynah/internal/timeline", "mynah/internal/caption",
		"mynah/internal/reading",
	}
	return packages, compiler
}

// pure are the packages of the compiler, and what none of them may import.
func pure() (packages, forbidden []string) {
	return []string{"internal/diag", "internal/emphasis", "internal/similar", "internal/langid", "internal/script", "internal/markup", "internal/storyboard", "internal/timeline", "internal/caption"},
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

// TestPlanTellsFloors: the plan of the house lists every package with its floor. A row may
// name several of one folder.
func TestPlanTellsFloors(t *testing.T) {
	t.Parallel()
	plan, err := os.ReadFile(filepath.Join("..", "..", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*`) \\| (\\d+) \\|").FindAllStringSubmatch(string(plan), -1) {
		names := strings.Split(strings.ReplaceAll(row[1], "`", ""), ", ")
		for i, name := range names {
			if i > 0 {
				name = path.Join(path.Dir(names[0]), name)
			}
			told[name] = row[2]
		}
	}
	for pkg, floor := range floors() {
		if told[pkg] != strconv.Itoa(floor) {
			t.Errorf("ARCHITECTURE.md has %s on floor %q, not %d", pkg, told[pkg], floor)
		}
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

// TestWorkshopWithoutCompiler: tests of the workshop count too.
func TestWorkshopWithoutCompiler(t *testing.T) {
	t.Parallel()
	packages, compiler := workshop()
	for _, files := range []map[string][]string{imports(t), testImports(t)} {
		for pkg, names := range files {
			if !slices.ContainsFunc(packages, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") }) {
				continue
			}
			for _, name := range names {
				if slices.Contains(compiler, name) {
					t.Errorf("%s imports %s: the workshop knows nothing of the language", pkg, name)
				}
			}
		}
	}
}

func TestWhatLivesApart(t *testing.T) {
	t.Parallel()
	// What engines share, and what installs their voices, is no engine.
	shared := []string{"mynah/internal/voice/program", "mynah/internal/voice/remote", "mynah/internal/voice/models"}
	for pkg, names := range imports(t) {
		for _, name := range names {
			if name == "os/exec" && pkg != "internal/proc" && !strings.HasPrefix(pkg, "test/") {
				t.Errorf("%s imports os/exec: only proc starts programs", pkg)
			}
			if path.Dir(name) == "mynah/internal/voice" && !slices.Contains(shared, name) && pkg != "internal/house" && !strings.HasPrefix(pkg, "internal/voice/") {
				t.Errorf("%s imports %s: only the house picks engines", pkg, name)
			}
		}
	}
}
