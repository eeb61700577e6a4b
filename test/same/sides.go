package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// side is one of the two programs that are compared.
type side struct {
	name  string
	home  string // folder for all files of the program
	mynah string
}

// buildSides builds the programs of the base commit and of the working tree, each with its own
// helpers and libraries.
func buildSides(ctx context.Context, base, dir string) ([2]*side, error) {
	sources := filepath.Join(dir, "base-sources")
	if err := unpackCommit(ctx, base, sources); err != nil {
		return [2]*side{}, fmt.Errorf("the sources of %s: %w", base, err)
	}
	sides := [2]*side{
		{name: "base", home: filepath.Join(dir, "base")},
		{name: "tree", home: filepath.Join(dir, "tree")},
	}
	_, err := runBoth(sides, func(s *side) (struct{}, error) {
		from := "."
		if s.name == "base" {
			from = sources
		}
		return struct{}{}, s.buildProgram(ctx, from)
	})
	return sides, err
}

// unpackCommit unpacks the files of a commit and copies the libraries that the working tree has
// downloaded. The commit's scripts/assets then downloads those that it needs in another version.
func unpackCommit(ctx context.Context, commit, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	tar := exec.CommandContext(ctx, "git", "archive", "--format=tar", commit)
	unpack := exec.CommandContext(ctx, "tar", "-x", "-C", to)
	tar.Stderr, unpack.Stderr = os.Stderr, os.Stderr
	pipe, err := tar.StdoutPipe()
	if err != nil {
		return err
	}
	unpack.Stdin = pipe
	if err := tar.Start(); err != nil {
		return err
	}
	if err := errors.Join(unpack.Run(), tar.Wait()); err != nil {
		return err
	}
	libraries, err := filepath.Glob("internal/*/diagrams/*.js")
	if err != nil {
		return err
	}
	for _, name := range libraries {
		if err := copyFile(name, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

// buildProgram builds a side's program from a folder with its sources.
func (s *side) buildProgram(ctx context.Context, from string) error {
	bin := filepath.Join(s.home, "bin")
	s.mynah = filepath.Join(bin, "mynah")
	for _, d := range []string{bin, filepath.Join(s.home, "tmp"), filepath.Join(s.home, "work")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	for _, words := range [][]string{
		{"scripts/assets"},
		{"scripts/helpers", bin},
		// Without version control stamps, both programs print the same version.
		{"go", "build", "-trimpath", "-buildvcs=false", "-o", s.mynah, "./cmd/mynah"},
	} {
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = from, os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", words[0], err)
		}
	}
	return nil
}

// command returns a command that runs the side's program in a folder. Its environment contains none
// of the caller's settings and caches.
func (s *side) command(ctx context.Context, dir, cache string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.mynah, args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "TMPDIR=" + filepath.Join(s.home, "tmp"),
		"LC_ALL=C.UTF-8", "TZ=UTC", "MYNAH_CACHE_DIR=" + cache,
	}
	return cmd
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
