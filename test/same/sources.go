package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// sessions returns all sessions to compare.
func sessions(shared string) ([]session, error) {
	var out []session
	for _, source := range []func() ([]session, error){
		testdataSessions, exampleSessions,
		func() ([]session, error) { return sharedExampleSessions(shared) },
		func() ([]session, error) { return sharedCaseSessions(shared) },
		storySessions,
	} {
		more, err := source()
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// testdataSessions returns the sessions in testdata. The comment of each archive contains the steps.
func testdataSessions() ([]session, error) {
	names, err := filepath.Glob("test/same/testdata/*.txtar")
	if err != nil || len(names) == 0 {
		return nil, errors.Join(errors.New("there is no test/same/testdata: run this in the repository's top folder"), err)
	}
	var out []session
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			return nil, err
		}
		s, err := parseSession(strings.TrimSuffix(filepath.Base(name), ".txtar"), a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// parseSession reads the steps of an archive. Steps that begin with ffmpeg create files, before the
// first of the other steps.
func parseSession(name string, a *txtar.Archive) (session, error) {
	s := session{name: name, exact: true}
	var media [][]string
	for line := range strings.Lines(string(a.Comment)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		words, err := splitWords(line)
		switch {
		case err != nil:
			return s, err
		case len(words) == 0:
		case words[0] == "ffmpeg":
			media = append(media, words[1:])
		case words[0] == "requests":
			s.serve = true
		default:
			s.steps = append(s.steps, words)
		}
	}
	s.seed = func(ctx context.Context, dir string) error {
		if err := txtar.Write(a, dir); err != nil {
			return err
		}
		for _, args := range media {
			if err := ffmpeg(ctx, dir, args); err != nil {
				return err
			}
		}
		return nil
	}
	return s, nil
}

// splitWords splits a line into words. Single quotes protect blanks.
func splitWords(line string) ([]string, error) {
	parts := strings.Split(line, "'")
	if len(parts)%2 == 0 {
		return nil, fmt.Errorf("a quote is not closed: %s", line)
	}
	var words []string
	for i, part := range parts {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words, nil
}

// ffmpeg creates a file of a session. An input with the prefix lavfi: is a filter graph.
func ffmpeg(ctx context.Context, dir string, args []string) error {
	all := []string{"-v", "error", "-y"}
	for i, a := range args {
		if from, ok := strings.CutPrefix(a, "lavfi:"); ok {
			all = append(all, "-f", "lavfi", "-i", from)
			continue
		}
		if i == len(args)-1 {
			all = append(all, "-bitexact", "-strict", "-1")
		}
		all = append(all, a)
	}
	cmd := exec.CommandContext(ctx, "ffmpeg", all...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg %q: %w: %s", args, err, bytes.TrimSpace(out))
	}
	return nil
}

// copyFolder returns a seed function that copies a folder.
func copyFolder(from string) func(context.Context, string) error {
	return func(_ context.Context, to string) error { return os.CopyFS(to, os.DirFS(from)) }
}

// exampleSessions returns sessions that build the example projects of the repository.
func exampleSessions() ([]session, error) { return projectSessions("examples", "example ", ".") }

// sharedExampleSessions returns sessions that build the scripts in the folder shared, if it exists.
func sharedExampleSessions(shared string) ([]session, error) {
	dir := filepath.Join(shared, "examples")
	if isMissing(dir) {
		return nil, nil
	}
	return projectSessions(dir, "shared example ", "script")
}

// isMissing reports whether a folder does not exist, and prints that it is skipped.
func isMissing(dir string) bool {
	_, err := os.Stat(dir)
	if err != nil {
		fmt.Fprintf(os.Stderr, "SKIPPED: there is no folder %s; name its parent with -shared or SHARED\n", dir)
	}
	return err != nil
}

// projectSessions returns sessions that build each project of a folder twice, first with an empty cache.
func projectSessions(dir, label, sub string) ([]session, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*", sub, "*.md"))
	if err != nil {
		return nil, err
	}
	var out []session
	for _, path := range names {
		script := filepath.Base(path)
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		project, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		out = append(out, session{
			exact: true, name: label + project,
			seed: copyFolder(filepath.Dir(path)),
			steps: [][]string{
				{"mynah", "check", "--json", script},
				{"mynah", "fmt", "--stdout", script},
				{"mynah", "build", "--plan", "--json", script},
				{"mynah", "build", "--json", "--explain", "--timeline", "--transcript", "-o", "out.mp4", script},
				{"mynah", "build", "--explain", "-o", "out.mp4", script},
			},
		})
	}
	return out, nil
}

// sharedCaseSessions returns sessions that build the small test inputs of the folder shared. Scripts whose
// media are missing fail with the same findings on both sides.
func sharedCaseSessions(shared string) ([]session, error) {
	dir := filepath.Join(shared, "cases")
	if isMissing(dir) {
		return nil, nil
	}
	var out []session
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Base(path) != "script.md" {
			return err
		}
		rel, err := filepath.Rel(dir, filepath.Dir(path))
		out = append(out, session{
			name: "case " + filepath.ToSlash(rel), seed: copyFolder(filepath.Dir(path)),
			steps: [][]string{
				{"mynah", "check", "--json", "script.md"},
				{"mynah", "fmt", "--stdout", "script.md"},
				{"mynah", "build", "--json", "--explain", "--timeline", "script.md"},
			},
		})
		return err
	})
	return out, err
}

// storySessions returns sessions that check and format every script of test/stories; many of them contain
// mistakes.
func storySessions() ([]session, error) {
	names, err := filepath.Glob("test/stories/testdata/*.txtar")
	if err != nil {
		return nil, err
	}
	out := session{name: "scripts of the stories"}
	var all []*txtar.Archive
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			return nil, err
		}
		folder := strings.TrimSuffix(filepath.Base(name), ".txtar")
		kept := &txtar.Archive{}
		for _, f := range a.Files {
			if !filepath.IsLocal(f.Name) {
				continue
			}
			f.Name = folder + "/" + f.Name
			kept.Files = append(kept.Files, f)
			if strings.HasSuffix(f.Name, ".md") {
				out.steps = append(out.steps,
					[]string{"mynah", "check", "--json", f.Name}, []string{"mynah", "fmt", "--stdout", f.Name})
			}
		}
		all = append(all, kept)
	}
	out.seed = func(_ context.Context, dir string) error {
		var errs []error
		for _, a := range all {
			errs = append(errs, txtar.Write(a, dir))
		}
		return errors.Join(errs...)
	}
	slices.SortStableFunc(out.steps, func(a, b []string) int { return strings.Compare(a[1], b[1]) })
	return []session{out}, nil
}
