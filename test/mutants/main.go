// Command mutants measures which mistakes the short tests of a package detect. It changes one
// comparison, logical operator or number at a time, at places chosen by a seed, and runs the tests
// on each change:
//
//	go run ./test/mutants -n 25 ./internal/script ./internal/storyboard
//
// The source files are not modified: the go command gets each change as an overlay.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	n := flag.Int("n", 25, "changes for each package")
	seed := flag.Uint64("seed", 1, "picks the places; the same seed picks the same ones in the same code")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: mutants [-n 25] [-seed 1] package folder…")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(ctx, flag.Args(), *n, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run tests n changes of each package and prints a line per package and a total.
func run(ctx context.Context, packages []string, n int, seed uint64) error {
	temp, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	var total tally
	for _, folder := range packages {
		t, err := trial{folder: folder, temp: temp}.run(ctx, n, seed)
		if err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
		fmt.Printf("%s: %s\n", folder, t)
		total.killed += t.killed
		total.survived += t.survived
	}
	fmt.Printf("all: %s\n", total)
	return nil
}

// tally counts the changes that the tests detected and those that they did not.
type tally struct{ killed, survived int }

// String returns the counts as text.
func (t tally) String() string { return fmt.Sprintf("%d of %d killed", t.killed, t.killed+t.survived) }

// trial tests changes of one package.
type trial struct {
	folder, temp string
	limit        time.Duration // maximum time of one run of the tests
}

// verdict is the result of testing a change.
type verdict string

// The verdicts. A change that does not compile is not counted.
const (
	killed   verdict = "killed"
	survived verdict = "SURVIVED"
	refused  verdict = "refused"
)

// run tests n changes of the package.
func (t trial) run(ctx context.Context, n int, seed uint64) (tally, error) {
	var out tally
	all, err := t.findAllSites(ctx)
	if err != nil {
		return out, err
	}
	start := time.Now()
	if text, err := t.runTests(ctx, 10*time.Minute); err != nil {
		return out, fmt.Errorf("the tests fail without a change: %w\n%s", err, text)
	}
	t.limit = 20*time.Second + 5*time.Since(start) // a change can cause an endless loop
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(all))
	for _, i := range order {
		if out.killed+out.survived == n {
			break
		}
		v, err := t.testSite(ctx, all[i])
		if err != nil {
			return out, err
		}
		switch v {
		case killed:
			out.killed++
		case survived:
			out.survived++
		case refused:
			continue
		}
		fmt.Printf("%-8s %s\n", v, all[i])
	}
	return out, nil
}

// findAllSites finds the places where the package's code, without its tests, can be changed.
func (t trial) findAllSites(ctx context.Context) ([]site, error) {
	list := exec.CommandContext(ctx, "go", "list", "-f", `{{range .GoFiles}}{{.}}{{"\n"}}{{end}}`, ".")
	list.Dir, list.Stderr = t.folder, os.Stderr
	names, err := list.Output()
	if err != nil {
		return nil, err
	}
	var out []site
	for name := range strings.FieldsSeq(string(names)) {
		found, err := findSites(filepath.Join(t.folder, name))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// testSite runs the tests on one change.
func (t trial) testSite(ctx context.Context, s site) (verdict, error) {
	src, err := os.ReadFile(s.file)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(t.temp, "changed.go")
	code := bytes.Join([][]byte{src[:s.from], []byte(s.other), src[s.to:]}, nil)
	if err := os.WriteFile(changed, code, 0o600); err != nil {
		return "", err
	}
	file, err := filepath.Abs(s.file)
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: changed}})
	if err != nil {
		return "", err
	}
	overlayFile := filepath.Join(t.temp, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return "", err
	}
	text, err := t.runTests(ctx, t.limit, "-overlay", overlayFile)
	switch exit := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil:
		return survived, nil
	case bytes.Contains(text, []byte("[build failed]")):
		return refused, nil
	case errors.As(err, &exit):
		return killed, nil
	}
	return "", err
}

// runTests runs the package's short tests and returns their output.
func (t trial) runTests(ctx context.Context, limit time.Duration, flags ...string) ([]byte, error) {
	args := append([]string{"test", "-short", "-failfast", "-vet=off", "-count=1", "-timeout", limit.String()}, flags...)
	tests := exec.CommandContext(ctx, "go", append(args, ".")...)
	tests.Dir = t.folder
	return tests.CombinedOutput()
}
